"""pyHanko's verdicts, one line of JSON per file. Runs inside the virtual environment.

    python_judge.py validate --root PEM [--crl FILE] PDF…
    python_judge.py sign --p12 FILE --password TEXT IN OUT      (PAdES-B-B by pyHanko: the good case)
"""
import argparse
import json
import logging
import pathlib
import sys

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import pem
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext


def load_crl(path):
    data = pathlib.Path(path).read_bytes()
    return asn1_crl.CertificateList.load(pem.unarmor(data)[2] if pem.detect(data) else data)


def verdict_of(signature, arguments):
    context = ValidationContext(
        trust_roots=[load_cert_from_pemder(path) for path in arguments.root],
        crls=[load_crl(path) for path in arguments.crl],
        ocsps=[asn1_ocsp.OCSPResponse.load(pathlib.Path(path).read_bytes()) for path in arguments.ocsp],
        allow_fetching=False, revocation_mode="require" if arguments.crl or arguments.ocsp else "soft-fail")
    status = validate_pdf_signature(signature, context)
    return {
        "field": signature.field_name,
        "valid": status.bottom_line,
        "intact": status.intact,
        "trusted": status.trusted,
        "coverage": status.coverage.name,
        "modification": status.modification_level.name if status.modification_level else None,
        "summary": status.summary(),
    }


def verdict_on_field(reader, name, field, arguments):
    """One broken signature does not silence the judge about the others."""
    try:
        return verdict_of(EmbeddedPdfSignature(reader, field, name), arguments)
    except Exception as failure:
        return {"field": name, "valid": False, "intact": False, "trusted": False, "coverage": "UNKNOWN",
                "modification": None, "summary": f"{type(failure).__name__}: {failure}"}


def validate(arguments):
    for path in arguments.pdf:
        try:
            with open(path, "rb") as file:
                reader = PdfFileReader(file, strict=False)
                if reader.encrypted:
                    reader.decrypt(b"")
                found = [verdict_on_field(reader, name, field.get_object(), arguments)
                         for name, value, field in fields.enumerate_sig_fields(reader, filled_status=True)
                         if value.get_object().get("/Type") != "/DocTimeStamp"]
            print(json.dumps({"file": path, "signatures": found}))
        except Exception as failure:  # whatever a judge stumbles over is its verdict
            print(json.dumps({"file": path, "error": f"{type(failure).__name__}: {failure}"}))


def sign(arguments):
    signer = signers.SimpleSigner.load_pkcs12(arguments.p12, passphrase=arguments.password.encode())
    metadata = signers.PdfSignatureMetadata(field_name="Judge", subfilter=fields.SigSeedSubFilter.PADES)
    with open(arguments.source, "rb") as source, open(arguments.target, "wb") as target:
        signers.sign_pdf(IncrementalPdfFileWriter(source), metadata, signer=signer, output=target)


def main():
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("validate")
    one.add_argument("--root", action="append", required=True)
    one.add_argument("--crl", action="append", default=[])
    one.add_argument("--ocsp", action="append", default=[])
    one.add_argument("pdf", nargs="+")
    one.set_defaults(perform=validate)
    two = commands.add_parser("sign")
    two.add_argument("--p12", required=True)
    two.add_argument("--password", required=True)
    two.add_argument("source")
    two.add_argument("target")
    two.set_defaults(perform=sign)
    arguments = parser.parse_args()
    arguments.perform(arguments)


sys.exit(main())
