"""Certificates of this world: the server's, those for log-in, and what the browser trusts. No check is switched off anywhere."""
import pathlib
import subprocess

NICKNAME = "kyso test root"
P12_PASSWORD = "browser"  # of a file that lives for a second in this world's own folder

ROOT_CONF = """[req]
distinguished_name = none
[none]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
authorityKeyIdentifier = keyid
[person]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
[ca]
default_ca = ca
database = {folder}/index.txt
default_md = sha256
default_crl_days = 7
"""


def call(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def list_name(cert):
    """What the service calls the revocation list of a CA: its key identifier."""
    text = call("openssl", "x509", "-in", cert, "-noout", "-ext", "subjectKeyIdentifier")
    return text.split("\n")[1].strip().replace(":", "").lower() + ".crl"


class Authority:
    """A root of this world, with its key and revocation list in a folder."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700)
        self.conf = self.folder / "openssl.cnf"
        self.conf.write_text(ROOT_CONF.format(folder=self.folder))
        (self.folder / "index.txt").touch()
        self.cert, self.key = self.folder / "root.pem", self.folder / "root.key"
        self.make_key(self.key)
        call("openssl", "req", "-x509", "-new", "-key", self.key, "-subj", f"/CN={name}", "-days", "30", "-utf8", "-config", self.conf,
             "-extensions", "root", "-out", self.cert)

    def make_key(self, path):
        call("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)

    def certify(self, label, name, kind):
        """(certificate, key) of a new key."""
        key, request, cert = (self.folder / f"{label}.{end}" for end in ("key", "csr", "pem"))
        self.make_key(key)
        call("openssl", "req", "-new", "-utf8", "-key", key, "-subj", f"/CN={name}", "-config", self.conf, "-out", request)
        call("openssl", "x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-days", "20", "-extfile", self.conf,
             "-extensions", kind, "-out", cert)
        return cert, key

    def publish_list(self, folder):
        """An empty revocation list, where the service looks for it."""
        pem = self.folder / "root.crl.pem"
        call("openssl", "ca", "-config", self.conf, "-gencrl", "-keyfile", self.key, "-cert", self.cert, "-out", pem)
        call("openssl", "crl", "-in", pem, "-outform", "DER", "-out", folder / list_name(self.cert))


class Trust:
    """The home folder of browsers: its certificate database is all they know."""

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.database = self.home / ".pki" / "nssdb"
        self.database.mkdir(parents=True, mode=0o700)
        call("certutil", "-N", "-d", f"sql:{self.database}", "--empty-password")

    def root(self, cert, nickname=NICKNAME):
        call("certutil", "-A", "-d", f"sql:{self.database}", "-t", "C,,", "-n", nickname, "-i", cert)

    def person(self, cert, key, name):
        """A certificate with its key, as a person imports it."""
        bag = self.home / "person.p12"
        call("openssl", "pkcs12", "-export", "-in", cert, "-inkey", key, "-name", name, "-passout", f"pass:{P12_PASSWORD}", "-out", bag)
        call("pk12util", "-i", bag, "-d", f"sql:{self.database}", "-W", P12_PASSWORD, "-K", "")
        bag.unlink()
