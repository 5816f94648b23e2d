"""Foreign programs judge what the service made."""
import json
import pathlib
import re
import ssl
import urllib.parse
import urllib.request


def processes_are_confined(world, told):
    """Every process but the supervisor: no capability, no_new_privs, a seccomp filter; key processes: no network socket."""
    for name, pid in world.processes().items():
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                      if ":\t" in line)
        held = (int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0 and status["NoNewPrivs"] == "1"
                and status["Seccomp"] == "2")
        if not held:
            told.check(f"{name}: CapEff {status['CapEff']} NoNewPrivs {status['NoNewPrivs']} Seccomp {status['Seccomp']}",
                       False)
    told.check(f"{len(world.processes())} tiến trình: không đặc quyền, no_new_privs, seccomp "
               "/ processes without capabilities, each behind a filter")


def with_openssl(world, told, *command, wanted, text):
    out = world.run("openssl", *command)
    held = wanted in out + world.last_errors
    told.check(f"openssl {command[0]}: {text}", held)


def post_json(world, path, body, token):
    context = ssl.create_default_context(cafile=str(world.tls))
    request = urllib.request.Request(world.server + path, json.dumps(body).encode(),
                                     {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, context=context, timeout=30) as answer:
        return json.load(answer)


def access_token(world, client):
    """OAuth 2.0 client credentials."""
    context = ssl.create_default_context(cafile=str(world.tls))
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": client["client_id"],
                                   "client_secret": client["client_secret"]}).encode()
    with urllib.request.urlopen(world.server + "/oauth2/token", form, context=context, timeout=30) as answer:
        return json.load(answer)["access_token"]


def certificate_of(world, credential, token, file):
    """A subscriber's certificate, as CSC gives it."""
    info = post_json(world, "/csc/v2/credentials/info",
                     {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}, token)
    lines = "".join(f"-----BEGIN CERTIFICATE-----\n{c}\n-----END CERTIFICATE-----\n"
                    for c in info["cert"]["certificates"][:1])
    file.write_text(lines)
    return info


def revocation_status(world, told, cert):
    """CRL and OCSP over plain HTTP, judged by openssl."""
    public = world.state / "public"
    crl, crl_pem = world.root / "issuing.crl", world.root / "issuing.crl.pem"
    crl.write_bytes(urllib.request.urlopen(f"{world.plain}/crl/issuing.crl", timeout=30).read())
    world.run("openssl", "crl", "-inform", "DER", "-in", crl, "-out", crl_pem)
    with_openssl(world, told, "crl", "-in", crl_pem, "-noout", "-CAfile", public / "issuing.pem", wanted="verify OK",
                 text="chữ ký danh sách thu hồi / CRL signature")
    with_openssl(world, told, "verify", "-CAfile", public / "root.pem", "-untrusted", public / "issuing.pem",
                 "-CRLfile", crl_pem, "-crl_check", cert, wanted=": OK", text="chuỗi chứng thư và CRL / chain with CRL")
    with_openssl(world, told, "ocsp", "-issuer", public / "issuing.pem", "-cert", cert, "-url", f"{world.plain}/ocsp",
                 "-CAfile", public / "root.pem", "-verify_other", public / "issuing.pem", wanted=": good",
                 text="OCSP trả lời “good” / OCSP says good")


def evidence(world, told, cert):
    """What a verifier needs to judge off line, fetched after the signature: an OCSP answer about the signer, the root's CRL."""
    public, folder = world.state / "public", world.root / "evidence"
    folder.mkdir()
    signer, root = folder / "signer.ocsp", folder / "root.crl"
    with_openssl(world, told, "ocsp", "-issuer", public / "issuing.pem", "-cert", cert, "-no_nonce", "-url", f"{world.plain}/ocsp",
                 "-respout", signer, "-CAfile", public / "root.pem", "-verify_other", public / "issuing.pem", wanted=": good",
                 text="trả lời OCSP sau khi ký, để cạnh tài liệu / an OCSP answer after the signature, kept beside it")
    root.write_bytes(urllib.request.urlopen(f"{world.plain}/crl/root.crl", timeout=30).read())
    with_openssl(world, told, "crl", "-inform", "DER", "-in", root, "-noout", "-CAfile", public / "root.pem", wanted="verify OK",
                 text="danh sách thu hồi của CA gốc / CRL of the root")


def time_stamp(world, told, file):
    public, query, answer = world.state / "public", world.root / "ts.tsq", world.root / "ts.tsr"
    chain = world.root / "tsa-chain.pem"
    chain.write_text((public / "issuing.pem").read_text() + (public / "tsa.pem").read_text())
    world.run("openssl", "ts", "-query", "-data", file, "-sha256", "-cert", "-out", query)
    request = urllib.request.Request(f"{world.plain}/tsa", query.read_bytes(), {"Content-Type": "application/timestamp-query"})
    answer.write_bytes(urllib.request.urlopen(request, timeout=30).read())
    with_openssl(world, told, "ts", "-verify", "-queryfile", query, "-in", answer, "-CAfile", public / "root.pem",
                 "-untrusted", chain, wanted="Verification: OK", text="dấu thời gian RFC 3161 / time stamp")


def signed_pdf(world, told, file, root_pem, name):
    """Every judge at hand looks at the signed document."""
    report = json.loads(world.kyso("verify", "--trust", root_pem, "--json", file))
    told.check(f"kyso verify: {report['indication']}", report["indication"] == "TOTAL-PASSED")
    out = world.run("pdfsig", "-nocert", file)
    told.check("pdfsig: Signature is Valid", "Signature is Valid" in out and "Total document signed" in out)
    world.run("qpdf", "--check", file)
    told.check("qpdf --check: không có lỗi / no errors")
    text = re.sub(r"\s+", " ", world.run("pdftotext", "-layout", file, "-"))
    told.check(f"pdftotext: “{name}”", name in text)
    fonts = [line.split() for line in world.run("pdffonts", file).splitlines()[2:]]
    told.check(f"pdffonts: {len(fonts)} phông, đều được nhúng / all embedded",
               bool(fonts) and all(line[-5] == "yes" for line in fonts))
    changed = world.root / "changed.pdf"
    data = bytearray(file.read_bytes())
    at = data.index(b"/Title") if b"/Title" in data else 200
    data[at + 10] ^= 1
    changed.write_bytes(data)
    world.kyso("verify", "--trust", root_pem, changed, statuses=(1,))
    told.check("bản bị sửa một bit bị phát hiện / one changed bit is found")
    changed.unlink()
