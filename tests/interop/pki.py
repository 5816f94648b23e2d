"""A throw-away PKI made with the openssl tool: one root, leaves of each key type with PKCS#12 files, and a CRL."""
import pathlib
import subprocess

PASSWORD = "thử-nghiệm"  # protects nothing: the keys live as long as the test's folder
KEY_TYPES = {
    "rsa2048": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "rsa3072": ["RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    "p256": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
}
CONFIG = """
[ca]
default_ca = root
[root]
database = {folder}/index.txt
crlnumber = {folder}/crlnumber
default_md = sha256
default_crl_days = 7
certificate = {folder}/root.pem
private_key = {folder}/root.key
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid
[req]
distinguished_name = none
prompt = no
[none]
[ca_ext]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf_ext]
keyUsage = critical,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 1.3.6.1.4.1.99999.1
subjectAltName = email:{name}@truong.example.vn
crlDistributionPoints = URI:http://pki.example.vn/root.crl
authorityInfoAccess = caIssuers;URI:http://pki.example.vn/root.cer,OCSP;URI:http://pki.example.vn/ocsp
"""


def openssl(*argv, text=None):
    run = subprocess.run(["openssl", *map(str, argv)], capture_output=True, text=True, input=text)
    if run.returncode != 0:
        raise RuntimeError(f"openssl {argv[0]}: {run.stderr.strip()}")
    return run.stdout


class Pki:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = self.folder / "root.pem"
        self.crl = self.folder / "root.crl"
        (self.folder / "index.txt").touch()
        (self.folder / "crlnumber").write_text("01\n")
        self.config = self.folder / "openssl.cnf"
        self._configure("nobody")
        self._key("root", "p256")
        openssl("req", "-x509", "-utf8", "-new", "-key", self.folder / "root.key", "-subj", "/C=VN/O=Thử nghiệm/CN=Gốc thử",
                "-days", "30", "-config", self.config, "-extensions", "ca_ext", "-out", self.root)
        self._list()

    def _list(self):
        """A new CRL: one that is older than a certificate says nothing about it."""
        openssl("ca", "-gencrl", "-config", self.config, "-out", self.crl)

    def _configure(self, name):
        self.config.write_text(CONFIG.format(folder=self.folder, name=name))

    def _key(self, name, key_type):
        algorithm, *options = KEY_TYPES[key_type]
        openssl("genpkey", "-algorithm", algorithm, *options, "-out", self.folder / f"{name}.key")

    def leaf(self, key_type):
        """Certificate of a person with a key of this type; also NAME.key and NAME.p12 beside it."""
        certificate = self.folder / f"{key_type}.pem"
        if certificate.exists():
            return certificate
        self._configure(key_type)
        self._key(key_type, key_type)
        request, key = self.folder / f"{key_type}.csr", self.folder / f"{key_type}.key"
        openssl("req", "-new", "-utf8", "-key", key, "-config", self.config, "-out", request, "-subj",
                f"/C=VN/O=Trường thử/GN=Ánh/SN=Nguyễn Thị Hồng/CN=Nguyễn Thị Hồng Ánh/serialNumber=IDCVN-00109900{len(key_type)}")
        openssl("x509", "-req", "-in", request, "-CA", self.root, "-CAkey", self.folder / "root.key", "-days", "20",
                "-extfile", self.config, "-extensions", "leaf_ext", "-out", certificate)
        openssl("pkcs12", "-export", "-in", certificate, "-inkey", key, "-certfile", self.root,
                "-passout", f"pass:{PASSWORD}", "-out", self.folder / f"{key_type}.p12")
        self._list()
        return certificate
