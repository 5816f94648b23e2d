"""The two ordinary shapes of PDF as inputs: a classic cross-reference table, and cross-reference and object streams."""
import subprocess


def classic(path, lines=("Quyet dinh thu", "Hai trang")):
    """A two-page PDF 1.7 with a cross-reference table, written by hand."""
    streams = [f"BT /F1 18 Tf 72 720 Td ({line}) Tj ET".encode() for line in lines]
    pages = range(4, 4 + len(streams))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(streams), b" ".join(b"%d 0 R" % p for p in pages)),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for page, stream in zip(pages, streams):
        content = page + len(streams)
        objects[page] = (b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                         b"/Resources << /Font << /F1 3 0 R >> >> >>" % content)
        objects[content] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number in sorted(objects):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for number in sorted(objects):
        out += b"%010d 00000 n \n" % offsets[number]
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def streams(path, source):
    """The same document with object streams and a cross-reference stream."""
    subprocess.run(["qpdf", "--object-streams=generate", "--deterministic-id", source, path], check=True)
    return path
