"""The page that shows the journey: plain HTML without scripts, pictures of the documents, the files to take along."""
import html
import json
import pathlib
import shutil

from .journey import VISIBLE

HERE = pathlib.Path(__file__).resolve().parent
PAGE_HEIGHT = 842
DPI = 110


def esc(text):
    return html.escape(str(text))


def checks(items):
    return '<ul class="checks">' + "".join(f"<li>{esc(item)}</li>" for item in items) + "</ul>"


def picture(world, pdf, name, dpi=DPI, box=None):
    """The first page as PNG, or a part of it."""
    pages = world.root / "pages"
    part = []
    if box is not None:
        scale = dpi / 72
        x, y, w, h = box
        part = ["-x", int(x * scale), "-y", int((PAGE_HEIGHT - y - h) * scale), "-W", int(w * scale), "-H", int(h * scale)]
    world.run("pdftoppm", "-png", "-r", dpi, "-f", 1, "-l", 1, "-singlefile", *part, pdf, pages / name)
    return f"{name}.png"


def header(journey, told, seconds):
    return f"""<header><div class="inner">
<h1>Một chữ ký số, từ hồ sơ đến tài liệu</h1>
<p>Hành trình vừa chạy trên máy này bằng các chương trình thật: hồ sơ, phê duyệt, khoá trong HSM, chứng thư số, điện thoại, chữ ký, kiểm tra.</p>
<p class="en">One digital signature, from dossier to document: what has just run on this machine, on real parts.</p>
<div class="facts"><span>{len(told.steps)} bước, bước nào cũng đúng / steps, all held</span>
<span>{sum(len(s["checks"]) for s in told.steps)} điều đã kiểm tra / checks</span><span>{seconds:.0f} giây / seconds</span>
<span class="mono">realm {journey.realm[:16]}…</span></div></div></header>"""


def result(world, journey, told):
    judged = next(s for s in told.steps if s["en"].startswith("Other programs"))
    sheet = picture(world, journey.signed, "signed")
    signature = picture(world, journey.signed, "signature", 220, VISIBLE)
    return f"""<section><h2>Tài liệu đã ký</h2><p>Signed document: PAdES-B-B, khoá P-256 trong HSM</p>
<div class="result"><figure><a href="signed.pdf"><img class="sheet" src="{sheet}" alt="Trang đầu của tài liệu đã ký"></a></figure>
<div><figure class="signature"><img src="{signature}" alt="Chữ ký nhìn thấy được trên tài liệu"></figure>
<div class="buttons"><a class="button" href="signed.pdf">Tải signed.pdf</a><a class="button plain" href="root.pem">root.pem (CA gốc)</a>
<a class="button plain" href="request.pdf">Văn bản đề nghị</a><a class="button plain" href="journey.json">journey.json</a></div>
{checks(judged["checks"])}</div></div></section>"""


def phone(statement):
    document = statement["documents"][0]
    rows = [("Ứng dụng yêu cầu", statement["requester"]["name"]), ("Tài liệu", document["name"]),
            ("Kích thước", f"{document['size']:,} byte".replace(",", ".")), ("Nội dung", statement.get("text", "")),
            ("SHA-256 của tài liệu", document["digest"]), ("Giá trị được ký", statement["hashes"][0]),
            ("Thuật toán", f"{statement['sign_alg']} / {statement['hash_alg']}"), ("Chứng thư số", statement["cert"])]
    mono = {"SHA-256 của tài liệu", "Giá trị được ký", "Thuật toán", "Chứng thư số"}
    items = "".join(f'<dt>{esc(name)}</dt><dd{" class=mono" if name in mono else ""}>{esc(value)}</dd>'
                    for name, value in rows if value)
    return (f'<div class="phone" role="img" aria-label="Màn hình phê duyệt trên điện thoại"><h3>Phê duyệt ký số</h3><dl>{items}</dl>'
            f'<div class="touch">Đã phê duyệt bằng vân tay</div></div>')


def people(world, journey):
    request = picture(world, journey.request_pdf, "request")
    rows = "".join(f"<tr><td>{esc(r['person']['name'])}</td><td>{esc(r['person']['title'])}</td>"
                   f"<td class=mono>{esc(r['serial'][:16])}…</td><td>{esc(r['words'])}</td></tr>" for r in journey.people_rows)
    messages = "".join(f'<div class="message"><b>{esc(m["head"])}</b>{esc(m["text"])}</div>' for m in journey.messages)
    refused = journey.refused
    return f"""<section><h2>Người và tin nhắn</h2><p>People, messages, and what the phone showed before the teacher approved</p>
<div class="three"><figure><img class="sheet" src="{request}" alt="Văn bản đề nghị cấp chứng thư số đã ký">
<figcaption>Văn bản đề nghị, vẽ từ hồ sơ và được hiệu trưởng ký số (PAdES) cùng nội dung yêu cầu (CMS).</figcaption></figure>
<div>{messages}<div class="message refused"><b>Không nhận: {esc(refused["name"])} ({esc(refused["title"])})</b>{esc(refused["reason"])}</div></div>
{phone(journey.shown)}</div>
<div class="scroll"><table><thead><tr><th>Thuê bao</th><th>Chức danh</th><th>Số chứng thư</th><th>Dấu vân tay của điện thoại</th></tr></thead>
<tbody>{rows}</tbody></table></div></section>"""


def steps(told):
    items = "".join(f'<li><div class="number">{i}</div><div><h3>{esc(s["vi"])}</h3><div class="en">{esc(s["en"])}</div>'
                    f'{checks(s["checks"])}</div></li>' for i, s in enumerate(told.steps, 1))
    return f'<section><h2>Từng bước</h2><p>Step by step, each with what was checked</p><ol class="steps">{items}</ol></section>'


def processes():
    return """<section><h2>Các tiến trình</h2><p>The processes: the web tier decides nothing; keys are only where nobody comes in</p>
<img class="processes" src="processes.svg" alt="Sơ đồ các tiến trình: web, sam, ca, courier, parse và kysod"></section>"""


def name(world):
    """The page is the first one, unless the portal is."""
    return "hanh-trinh.html" if world.portal else "index.html"


def write(world, journey, told, seconds):
    pages = world.root / "pages"
    pages.mkdir()
    pages.chmod(0o755)
    body = (header(journey, told, seconds) + "<main>" + result(world, journey, told) + people(world, journey) + steps(told)
            + processes() + "</main><footer>Trang tĩnh do kyso-web phục vụ, không có mã chạy trong trình duyệt. "
            "Static page served by kyso-web; no scripts.</footer>")
    (pages / name(world)).write_text(
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>kyso: hành trình của một chữ ký số</title><link rel="stylesheet" href="page.css"></head><body>{body}</body></html>\n')
    shutil.copy(HERE / "page.css", pages)
    shutil.copy(HERE.parent.parent / "docs" / "img" / "processes.svg", pages)
    for file in (journey.signed, journey.request_pdf, world.root / "root.pem"):
        shutil.copy(file, pages)
    facts = {"realm": journey.realm, "seconds": round(seconds, 1), "steps": told.steps, "signed": "signed.pdf", "root": "root.pem"}
    for folder in (world.root, pages):
        (folder / "journey.json").write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
    for file in pages.iterdir():
        file.chmod(0o644)
