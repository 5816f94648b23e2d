#!/usr/bin/python3
"""Writes the spreadsheets under tests/fuzz/corpus/xlsx: good ones as three programs write them, and hostile ones.

    tests/fuzz/xlsx_seeds.py            (needs python3-openpyxl of Debian)

Every file is at most 20 KB; what must be large is made by the tests themselves. The expected result of each
stands in tests/unit/codec/sheet/test_xlsx_read.c.
"""
import datetime
import io
import pathlib
import struct
import zipfile

import openpyxl

FOLDER = pathlib.Path(__file__).parent / "corpus" / "xlsx"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
DATE = (1980, 1, 1, 0, 0, 0)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def pack(members, compression=zipfile.ZIP_DEFLATED):
    """Members is a list of (name, content): names may come twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        for name, content in members:
            z.writestr(zipfile.ZipInfo(name, DATE), content, compression)
    return out.getvalue()


def relations(*targets, office=OFFICE):
    rows = "".join(f'<Relationship Id="rId{i}" Type="{office}/{kind}" Target="{target}"{more}/>'
                   for i, (kind, target, more) in enumerate(targets, 1))
    return f'{DECLARATION}<Relationships xmlns="{RELS}">{rows}</Relationships>'


def parts(sheet, strings=None, styles=None, main=MAIN, office=OFFICE, content_type=SHEET_TYPE, target="worksheets/sheet1.xml",
          workbook_pr="", sheets=None, more="", prolog=DECLARATION):
    """A whole small workbook around the content of <worksheet>."""
    sheets = sheets or '<sheet name="S" sheetId="1" r:id="rId1"/>'
    members = [
        ("[Content_Types].xml", f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         f'<Default Extension="xml" ContentType="application/xml"/>'
         f'<Override PartName="/xl/workbook.xml" ContentType="{content_type}"/></Types>'),
        ("_rels/.rels", relations(("officeDocument", "xl/workbook.xml", ""), office=office)),
        ("xl/workbook.xml", f'{DECLARATION}<workbook xmlns="{main}" xmlns:r="{office}">{workbook_pr}'
         f'<sheets>{sheets}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", relations(
            ("worksheet", target, more), ("sharedStrings", "sharedStrings.xml", ""), ("styles", "styles.xml", ""),
            ("worksheet", "worksheets/sheet2.xml", ""), office=office)),
        ("xl/worksheets/sheet1.xml", f'{prolog}<worksheet xmlns="{main}" xmlns:r="{office}">{sheet}</worksheet>'),
        ("xl/worksheets/sheet2.xml", f'{DECLARATION}<worksheet xmlns="{main}"><sheetData><row><c t="inlineStr"><is>'
         f'<t>second</t></is></c></row></sheetData></worksheet>'),
        ("xl/sharedStrings.xml", f'{DECLARATION}<sst xmlns="{main}">{strings or "<si><t>one</t></si>"}</sst>'),
        ("xl/styles.xml", f'{DECLARATION}<styleSheet xmlns="{main}">{styles or ""}</styleSheet>'),
    ]
    return members


def data(*rows):
    return f"<sheetData>{''.join(rows)}</sheetData>"


def inline(ref, text):
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


STYLES = ('<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="&quot;ngày&quot; 0"/>'
          '<numFmt numFmtId="166" formatCode="[Red]0.00\\d"/></numFmts>'
          '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>')
RICH = ('<si><r><rPr><b/></rPr><t>Nguyễn </t></r><r><t xml:space="preserve">Thị  Lan </t></r><rPh sb="0" eb="1"><t>ghost</t>'
        '</rPh></si><si><t xml:space="preserve">  kept  </t></si><si><t>  cut  </t></si><si><t>a_x000A_b_x005F_x0041_</t></si>')


def good():
    kinds = data(
        '<row r="1" spans="1:9"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
        '<c r="D1" t="s"><v>3</v></c></row>',
        '<row r="3"><c r="A3"><v>912345678</v></c><c r="B3" s="1"><v>31115</v></c><c r="C3" s="2"><v>31115.3125</v></c>'
        '<c r="D3" s="3"><v>7</v></c><c r="E3" s="4"><v>1.5E3</v></c><c r="F3" t="b"><v>1</v></c>'
        '<c r="G3" t="e"><v>#N/A</v></c><c r="H3" t="str"><v>text</v></c><c r="I3" t="d"><v>2026-11-23</v></c></row>',
        '<row><c><v>1</v></c><c r="D4"><f>1+1</f><v>2</v></c><c s="1"/><c t="inlineStr"><is><t>sau</t></is></c></row>')
    yield "good-kinds", pack(parts(kinds + '<mergeCells><mergeCell ref="A5:C6"/></mergeCells>', RICH, STYLES))
    yield "good-strict", pack(parts(kinds, RICH, STYLES, main=STRICT, office=STRICT_OFFICE))
    yield "good-1904", pack(parts(data('<row r="1"><c r="A1" s="1"><v>29653</v></c></row>'), None, STYLES,
                                  workbook_pr='<workbookPr date1904="1"/>'))
    yield "good-hidden-first", pack(parts(
        data(f'<row>{inline("A1", "hidden")}</row>'),
        sheets='<sheet name="H" sheetId="1" state="hidden" r:id="rId1"/><sheet name="V" sheetId="2" r:id="rId4"/>'))
    prefixed = parts(data(f'<row>{inline("A1", "x")}</row>'), target="/xl/worksheets/sheet1.xml")
    yield "good-absolute-target", pack(prefixed, zipfile.ZIP_STORED)
    yield "good-openpyxl", openpyxl_people()


def openpyxl_people():
    """As a clerk would fill in: a title in merged cells, numbers for identity and telephone, a real date."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["DANH SÁCH NGƯỜI ĐỀ NGHỊ CẤP CHỨNG THƯ SỐ"])
    sheet.merge_cells("A1:K1")
    sheet.append([])
    sheet.append(["STT", "Họ và tên", "SỐ CCCD", "Ngày sinh", "Giới tính", "Chức vụ", "Email", "Số điện thoại",
                  "Chính chủ", "Lĩnh vực", "Có thẩm quyền", "Giao dịch tài chính", "Ghi chú"])
    sheet.append([1, "Nguyễn Thị Lan", "001185004217", datetime.date(1985, 3, 9), "Nữ", "Giáo viên",
                  "lan@c1.hanoi.edu.vn", "0912345678", "Có", "Giáo dục", "Không", "Không", None])
    sheet.append([2, "Trần  Văn Minh ", 1082007731, datetime.date(1982, 1, 1), "Nam", None, "minh@c1.hanoi.edu.vn",
                  912345679, "x", "Y tế", "không", "0", "ghi chú"])
    sheet.append([3, '=HYPERLINK("http://x")', 79185004217, 1985, "nam", None, None, None, True, "Công nghệ", "?", None])
    sheet.append([4])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hostile():
    one = data(f'<row>{inline("A1", "x")}</row>')
    laugh = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    yield "bad-doctype", pack(parts(data(f'<row>{inline("A1", "&b;")}</row>'), prolog=DECLARATION + laugh))
    yield "bad-external-entity", pack(parts(data(f'<row>{inline("A1", "&a;")}</row>'),
                                            prolog=DECLARATION + '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'))
    yield "bad-undeclared-entity", pack(parts(data(f'<row>{inline("A1", "&a;")}</row>')))
    yield "bad-external-sheet", pack(parts(one, target="http://127.0.0.1/s.xml", more=' TargetMode="External"'))
    yield "bad-target-path", pack(parts(one, target="../../../etc/passwd"))
    yield "bad-target-missing", pack(parts(one, target="worksheets/nine.xml"))
    yield "bad-member-path", pack(parts(one) + [("../evil.xml", "x")])
    yield "bad-member-absolute", pack(parts(one) + [("/etc/passwd", "x")])
    yield "bad-member-backslash", pack(parts(one) + [("xl\\evil.xml", "x")])
    yield "bad-member-twice", pack(parts(one) + [("xl/worksheets/Sheet1.xml", "x")])
    yield "bad-members", pack(parts(one) + [(f"m{i}", "") for i in range(153)], zipfile.ZIP_STORED)
    yield "bad-macro-member", pack(parts(one) + [("xl/vbaProject.bin", "x")])
    yield "bad-macro-type", pack(parts(one, content_type=MACRO_TYPE))
    yield "bad-no-content-types", pack([("mimetype", "application/vnd.oasis.opendocument.spreadsheet")])
    yield "bad-ole-xls", ole("Workbook")
    yield "bad-ole-encrypted", ole("EncryptedPackage")
    yield "bad-encrypted-member", encrypted(pack(parts(one)))
    yield "bad-string-index", pack(parts(data('<row r="2"><c r="B2" t="s"><v>7</v></c></row>')))
    yield "bad-cell-type", pack(parts(data('<row r="2"><c r="B2" t="zz"><v>7</v></c></row>')))
    yield "bad-cell-elsewhere", pack(parts(data('<row r="2"><c r="B3"><v>7</v></c></row>')))
    yield "bad-cell-twice", pack(parts(data('<row r="2"><c r="B2"><v>7</v></c><c r="B2"><v>8</v></c></row>')))
    yield "bad-row-order", pack(parts(data('<row r="2"><c r="A2"><v>7</v></c></row><row r="1"><c r="A1"><v>8</v></c></row>')))
    yield "bad-row-far", pack(parts(data('<row r="1048576"><c r="A1048576"><v>7</v></c></row>')))
    yield "bad-column-far", pack(parts(data('<row r="1"><c r="NTP1"><v>7</v></c></row>')))
    cells = "".join(f"<c><v>1</v></c>" for _ in range(10000))
    yield "bad-columns", pack(parts(data(f'<row r="1">{cells}</row>')))
    yield "bad-cell-long", pack(parts(data(f'<row r="1">{inline("A1", "x" * 5000)}</row>')))
    yield "bad-shared-long", pack(parts(data('<row r="1"><c r="C1" t="s"><v>0</v></c></row>'), f'<si><t>{"x" * 5000}</t></si>'))
    attributes = "".join(f' a{i}="{i}"' for i in range(900))
    yield "bad-attributes", pack(parts(f"<sheetData><row{attributes}/></sheetData>"))
    yield "bad-tag-long", pack(parts(f'<sheetData><row a="{"x" * 20000}"/></sheetData>'))
    yield "bad-depth", pack(parts("<a>" * 60 + "</a>" * 60))
    yield "bad-xml", pack(parts("<sheetData><row></sheetData>"))
    yield "bad-encoding", pack(parts(one)[:4] + [("xl/worksheets/sheet1.xml", ("\ufeff<?xml version=\"1.0\" encoding=\"UTF-16\"?>"
                               f'<worksheet xmlns="{MAIN}">{one}</worksheet>').encode("utf-16-le"))] + parts(one)[5:])
    yield "bad-empty", pack(parts(data('<row r="1"><c r="A1" s="1"/></row>')))
    yield "bad-merges", pack(parts(one + "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 1100 + "</mergeCells>"))
    whole = pack(parts(one))
    yield "bad-cut", whole[:len(whole) // 2]
    yield "bad-crc", whole[:60] + b"\xff" + whole[61:]
    yield "bad-size-lies", size_lies(pack(parts(data(*[f'<row>{inline("", "y" * 900)}</row>'.replace(' r=""', "")
                                                      for _ in range(2000)]))))


def ole(stream):
    return (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + stream.encode("utf-16-le")).ljust(1536, b"\0")


def encrypted(file):
    """Sets the encryption bit of every member in the directory."""
    out = bytearray(file)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        out[at + 8] |= 1
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def size_lies(file):
    """The directory says that every member unpacks to 10 bytes."""
    out = bytearray(file)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        out[at + 24:at + 28] = struct.pack("<L", 10)
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def main():
    for old in FOLDER.glob("*.xlsx"):
        old.unlink()
    for name, content in [*good(), *hostile()]:
        (FOLDER / f"{name}.xlsx").write_bytes(content)
        if len(content) > 20480:
            print(f"{name}: {len(content)} bytes")


main()
