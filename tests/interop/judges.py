"""What foreign tools say about our files. Every judge returns complaints: an empty list means it accepts."""
import json
import pathlib
import re
import subprocess
import tempfile

import toolchains

HERE = pathlib.Path(__file__).resolve().parent
ZLINT_SOURCES = "RFC3279,RFC5280,RFC5480,RFC5891,RFC8813,ETSI_ESI,Community"
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


def run(*argv, timeout=120):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True, errors="replace", timeout=timeout)


# --- documents, many at a time: {path: [complaint]} ---------------------------------------------------------

def dss(files, anchors, crls=(), ocsps=(), level="PAdES-BASELINE-B"):
    """EU DSS: TOTAL_PASSED, the level, no errors of the AdES checks."""
    argv = toolchains.dss()
    for anchor in anchors:
        argv += ["--anchor", anchor]
    for crl in crls:
        argv += ["--crl", crl]
    for ocsp in ocsps:
        argv += ["--ocsp", ocsp]
    return by_file(run(*argv, *files, timeout=600), files, lambda s: dss_complaints(s, level))


def dss_complaints(signature, level):
    found = [f"AdES check: {text}" for text in signature["adesErrors"]]
    if signature["format"] != level:
        found.append(f"format {signature['format']}, {level} expected")
    if signature["indication"] != "TOTAL_PASSED":
        found.append(f"{signature['indication']} {signature['subIndication']}")
    return found


def pyhanko(files, anchors, crls=(), ocsps=()):
    """pyHanko: valid to the root, nothing changed after signing, the last signature covers the whole file."""
    argv = [toolchains.python(), HERE / "python_judge.py", "validate"]
    for anchor in anchors:
        argv += ["--root", anchor]
    for crl in crls:
        argv += ["--crl", crl]
    for ocsp in ocsps:
        argv += ["--ocsp", ocsp]
    return by_file(run(*argv, *files, timeout=600), files,
                   lambda s: [] if s["valid"] and s["trusted"] else [f"{s['field']}: {s['summary']}"])


def by_file(result, files, complaints_of):
    """Complaints per file from a judge that prints one line of JSON for each."""
    verdicts = {}
    for line in result.stdout.splitlines():
        if not line.startswith("{"):
            continue
        verdict = json.loads(line)
        found = [verdict["error"]] if "error" in verdict else []
        signatures = verdict.get("signatures", [])
        if not found and not signatures:
            found = ["no signature found"]
        for signature in signatures:
            found += complaints_of(signature)
        verdicts[verdict["file"]] = found
    silent = f"no verdict: {result.stderr.strip()[-300:]}"
    return {str(f): verdicts.get(str(f), [silent]) for f in files}


# --- documents, one at a time -------------------------------------------------------------------------------

def pdfsig(path):
    result = run("pdfsig", path)
    states = re.findall(r"Signature Validation: (.*)", result.stdout)
    if not states:
        return [f"no signature found: {(result.stdout + result.stderr).strip()[-200:]}"]
    found = [state for state in states if state != "Signature is Valid."]
    return found if "Total document signed" in result.stdout else found + ["document not totally signed"]


def qpdf(path):
    result = run("qpdf", "--check", path)
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip()[-300:]]


def cms_of(path):
    """(DER CMS, signed bytes) of the last signature in a PDF."""
    data = pathlib.Path(path).read_bytes()
    ranges = [tuple(map(int, found.groups())) for found in BYTE_RANGE.finditer(data)]
    if not ranges:
        raise ValueError("no ByteRange")
    a, b, c, d = max(ranges, key=lambda r: r[2] + r[3])
    padded = bytes.fromhex(data[a + b:c].strip(b"<> \r\n\t").decode("ascii"))
    return padded[:der_size(padded)], data[a:a + b] + data[c:c + d]


def der_size(data):
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] & 0x7F
    return 2 + count + int.from_bytes(data[2:2 + count], "big")


def openssl_cms(path, anchor):
    """OpenSSL: signature, chain and signing-certificate-v2 of the last signature."""
    with tempfile.TemporaryDirectory() as folder:
        cms, content = pathlib.Path(folder, "cms.der"), pathlib.Path(folder, "content")
        try:
            der, signed = cms_of(path)
        except ValueError as failure:
            return [str(failure)]
        cms.write_bytes(der)
        content.write_bytes(signed)
        result = run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", content,
                     "-CAfile", anchor, "-purpose", "any", "-out", "/dev/null")
    return [] if result.returncode == 0 else [result.stderr.strip()[-300:]]


# --- certificates and revocation lists (PEM) ----------------------------------------------------------------

def pkilint(program, path, *options, severity="WARNING"):
    result = run(toolchains.python().parent / program, "lint", *options, "-s", severity, "-f", "JSON", path)
    try:
        results = json.loads(result.stdout)["results"]
    except ValueError:
        return [f"no verdict: {result.stderr.strip()[-300:]}"]
    return [f"{one['severity']} {one['code']} {one['message'] or ''}".strip()
            for place in results for one in place["finding_descriptions"]]


def pkilint_certificate(path):
    return pkilint("lint_pkix_cert", path)


def pkilint_person(path):
    return pkilint("lint_etsi_cert", path, "-t", "NCP-NATURAL-PERSON-CERTIFICATE")


def pkilint_crl(path):
    return pkilint("lint_crl", path, "-t", "CRL", "-p", "PKIX")


def zlint(path):
    """zlint on a certificate or CRL, with the sources that apply outside the web's PKI."""
    result = run(toolchains.zlint(), "-includeSources", ZLINT_SOURCES, path)
    try:
        lints = json.loads(result.stdout)
    except ValueError:
        return [f"no verdict: {result.stderr.strip()[-300:]}"]
    bad = {name: lint["result"] for name, lint in lints.items() if lint["result"] in ("warn", "error", "fatal")}
    return [f"{result} {name}" for name, result in bad.items()]
