"""Workbooks made to abort, hang or fill memory: each is refused with a sentence, or read right.

Each is small as a file. They go the way that any file of a reader's own goes, through a process
with limits; so these tests start one each.
"""

import io
import struct
import subprocess
import sys
import zipfile
import zlib

import psutil
import pytest
import xlwt

from bench.errors import ExecutionError, LayoutError
from bench.published.readers import containers
from bench.published.workbooks import confined

from .shapes import xls, xlsx
from .workbook_files import (
    MAIN,
    archive,
    ods_cell,
    ods_of,
    ods_row,
    relations,
    table_of,
    xlsx_of,
    xlsx_parts,
)

pytestmark = pytest.mark.slow

ROW = '<row r="1"><c r="A1"><v>68.3</v></c></row>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
FLOAT = {"office__value_type": "float", "office__value": "68.3"}


def with_part(content, name, part):
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {entry: old.read(entry) for entry in old.namelist()}
    return archive(parts | {name: part})


def sheet(xml):
    return with_part(xlsx_of(ROW), "xl/worksheets/sheet1.xml", xml)


def bomb(size=1_000_000_000, name="xl/worksheets/sheet1.xml"):
    """A part of blanks, packed once and laid into the archive as it is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    check, packed, chunk = 0, bytearray(), b" " * 10_000_000
    for _ in range(size // len(chunk)):
        packed += packer.compress(chunk)
        check = zlib.crc32(chunk, check)
    packed += packer.flush()
    return raw_part(name, bytes(packed), size, check)


def raw_part(name, packed, size, check, others=None):
    parts = xlsx_parts(ROW) if others is None else others
    parts.pop(name, None)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for other, part in parts.items():
            file.writestr(other, part)
        info = zipfile.ZipInfo(name)
        info.compress_type, info.CRC = zipfile.ZIP_DEFLATED, check
        info.compress_size, info.file_size = len(packed), size
        info.header_offset = out.tell()
        out.write(info.FileHeader() + packed)
        file.start_dir = out.tell()
        file.filelist.append(info)
        file.NameToInfo[name] = info
    return out.getvalue()


def lying():
    """A bomb whose directory says that it is small."""
    content = bomb(50_000_000)
    return content.replace(struct.pack("<I", 50_000_000), struct.pack("<I", 500))


def flagged(content, bit):
    """An archive whose parts claim to be encrypted."""
    content = bytearray(content)
    at = -1
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= bit
    return bytes(content)


def doubled():
    out = io.BytesIO(xlsx_of(ROW))
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(out, "a") as file,
    ):
        file.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    return out.getvalue()


def overlapping():
    """Many sheets whose entries share one packed stream."""
    names = [f"S{n}" for n in range(900)]
    parts = xlsx_parts(ROW, sheets=names)
    xml = (f'<worksheet xmlns="{MAIN}"><sheetData/>' + " " * 2_000_000 + "</worksheet>").encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(xml) + packer.flush()
    content = raw_part("shared", packed, len(xml), zlib.crc32(xml), parts)
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as file:
        shared = file.getinfo("shared")
        for entry in file.filelist:
            if entry.filename.startswith("xl/worksheets/"):
                entry.header_offset = shared.header_offset
                entry.compress_type, entry.CRC = shared.compress_type, shared.CRC
                entry.compress_size, entry.file_size = shared.compress_size, shared.file_size
        file._didModify = True
    return out.getvalue()


def old(**changes):
    """An XLS workbook with bytes of its header changed: offset of a 32-bit number -> number."""
    content = bytearray(xls("Data", [["68.3"]]))
    for at, number in changes.items():
        struct.pack_into("<I", content, int(at.removeprefix("at_")), number)
    return bytes(content)


def old_with_chain_to_itself():
    content = bytearray(xls("Data", [["Leeds", "68.3"]] * 500))
    table = struct.unpack_from("<I", content, 76)[0]
    for sector in range(60):
        struct.pack_into("<I", content, 512 * (table + 1) + 4 * sector, sector)
    return bytes(content)


def old_with_folder_in_itself():
    content = bytearray(xls("Data", [["Leeds", "68.3"]]))
    folder = 512 * (struct.unpack_from("<I", content, 48)[0] + 1)
    for entry in range(4):
        struct.pack_into("<III", content, folder + 128 * entry + 68, 1, 1, 1)
    return bytes(content)


def old_record(kind, change):
    """An XLS workbook in which the first record of a kind has been changed."""
    content = bytearray(xls("Data", [["Leeds", "68.3"]] * 5))
    at = 512
    while at < len(content):
        found, length = struct.unpack_from("<HH", content, at)
        if found == kind:
            change(content, at, length)
            return bytes(content)
        at += 4 + length
    raise AssertionError(kind)


def old_corner():
    book = xlwt.Workbook()
    page = book.add_sheet("Data")
    page.write(65535, 255, 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def encrypted_old():
    return old_record(0x0042, lambda c, at, _: struct.pack_into("<H", c, at, 0x002F))


HOSTILE = {
    # cells far out
    "a far cell in single quotes": lambda: xlsx_of("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    "a far cell in a row without number": lambda: xlsx_of('<row><c r="XFD1048576"><v>1</v></c></row>'),
    "a far row whose cell has no name": lambda: xlsx_of('<row r="1048576"><c><v>1</v></c></row>'),
    "a far cell with blanks in its tag": lambda: xlsx_of('<row\n r = "900000" ><c\tr="XFA900000"\n><v>1</v></c></row>'),
    "a far cell under a prefix": lambda: sheet(f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="900000"><x:c r="XFA900000"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'),
    "a far text": lambda: xlsx_of('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'),
    "a row beyond the last": lambda: xlsx_of('<row r="99999999999999999999"><c><v>1</v></c></row>'),
    "a row of 5,000 digits": lambda: xlsx_of(f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'),
    "a column beyond the last": lambda: xlsx_of('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'),
    "a formula for every cell": lambda: xlsx_of('<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">B1</f></c></row>'),
    # cells without end
    "30 million empty cells": lambda: xlsx_of('<row r="1">' + "<c/>" * 30_000_000 + "</row>"),
    "two million cells": lambda: xlsx_of("".join(f"<row>{'<c><v>1</v></c>' * 100}</row>" for _ in range(20_000))),
    "300,000 rows": lambda: xlsx_of("<row><c><v>1</v></c></row>" * 300_000),
    "many sheets, each within the limit": lambda: xlsx_of('<row r="10000"><c r="J10000"><v>1</v></c></row>', sheets=[f"S{n}" for n in range(200)]),
    "4,000 sheets": lambda: xlsx_of(ROW, sheets=[f"S{n}" for n in range(4_000)]),
    "20,000 parts": lambda: archive(xlsx_parts(ROW) | {f"p{n}": "" for n in range(20_000)}),
    # text without end
    "a shared text, 4 GB in all": lambda: xlsx_of('<row r="1">' + '<c t="s"><v>0</v></c>' * 3_000 + "</row>", texts=f"<si><t>{'x' * 1_500_000}</t></si>"),
    "shared texts of 100 MB": lambda: xlsx_of(ROW, texts=f"<si><t>{'x' * 1_000}</t></si>" * 100_000),
    "a text of 120 MB": lambda: xlsx_of(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 120_000_000}</t></is></c></row>'),
    "a formula of 120 MB": lambda: xlsx_of(f'<row r="1"><c r="A1"><f>{"x" * 120_000_000}</f></c></row>'),
    "an attribute of 120 MB": lambda: xlsx_of(f'<row r="1" x="{"x" * 120_000_000}"/>'),
    "a number format of 4 MB": lambda: xlsx_of('<row r="1"><c r="A1" s="1"><v>1</v></c></row>', formats=["[Red]0.0%;" * 400_000]),
    # archives
    "a bomb of 1 GB": bomb,
    "a bomb among the styles": lambda: bomb(400_000_000, "xl/styles.xml"),
    "a bomb that lies about its size": lying,
    "overlapping parts": overlapping,
    "an archive within an archive": lambda: archive({"inner.xlsx": xlsx("Data", [["Leeds", "1"]])}),
    "an empty archive": lambda: archive({}),
    "two parts of one name": doubled,
    "parts said to be encrypted": lambda: flagged(xlsx_of(ROW), 1),
    "parts packed by another method": lambda: archive(xlsx_parts(ROW), zipfile.ZIP_LZMA),
    "cut in the middle": lambda: xlsx_of(ROW * 1)[:600],
    "a binary workbook": lambda: archive({"_rels/.rels": relations(("officeDocument", "xl/workbook.bin")), "[Content_Types].xml": "<x/>", "xl/workbook.bin": "x"}),
    # XML
    "a billion laughs in a sheet": lambda: sheet(f'<?xml version="1.0"?>{LAUGHS}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'),
    "a billion laughs in the texts": lambda: with_part(xlsx_of(ROW, texts=""), "xl/sharedStrings.xml", f"{LAUGHS}<sst>&j;</sst>"),
    "a billion laughs in the workbook": lambda: with_part(xlsx_of(ROW), "xl/workbook.xml", f"{LAUGHS}<workbook>&j;</workbook>"),
    "an entity from a file": lambda: sheet('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'),
    "elements 5 million deep": lambda: sheet(f'<worksheet xmlns="{MAIN}">' + "<a>" * 5_000_000),
    "no XML": lambda: sheet("\x00\x01\x02"),
    "a sheet that leads nowhere": lambda: archive({k: v for k, v in xlsx_parts(ROW).items() if "rels/workbook" not in k} | {"xl/_rels/workbook.xml.rels": relations()}),
    "a sheet outside of the archive": lambda: archive(xlsx_parts(ROW) | {"xl/_rels/workbook.xml.rels": relations(("worksheet", "../../../../etc/passwd"))}),
    "a sheet that is not there": lambda: archive({k: v for k, v in xlsx_parts(ROW).items() if "sheet1" not in k}),
    "two cells in one place": lambda: xlsx_of('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
    "a cell in another row": lambda: xlsx_of('<row r="1"><c r="A7"><v>1</v></c></row>'),
    "a text that is not there": lambda: xlsx_of('<row r="1"><c r="A1" t="s"><v>5</v></c></row>', texts="<si><t>x</t></si>"),
    "two sheets of one name": lambda: xlsx_of(ROW, sheets=["Data", "data"]),
    # ODS
    "a cell repeated over the sheet": lambda: ods_of(table_of(ods_row(ods_cell("68.3", **FLOAT, table__number_columns_repeated="16384"), 'table:number-rows-repeated="1048576"'))),
    "a row repeated a million times": lambda: ods_of(table_of(ods_row(ods_cell("68.3", **FLOAT), "table:number-rows-repeated='1048576'"))),
    "a covered cell repeated": lambda: ods_of(table_of(ods_row(f'<table:covered-table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000"/>{ods_cell("1", **FLOAT)}'))),
    "a far cell after empty ones": lambda: ods_of(table_of(ods_row('<table:table-cell table:number-columns-repeated="16383"/>' + ods_cell("1", **FLOAT)) + ods_row("", 'table:number-rows-repeated="1048000"') + ods_row(ods_cell("1", **FLOAT)))),
    "repeated more often than can be said": lambda: ods_of(table_of(ods_row(ods_cell("1", **FLOAT, table__number_columns_repeated="9" * 5000)))),
    "repeated less than never": lambda: ods_of(table_of(ods_row(ods_cell("1", **FLOAT, table__number_columns_repeated="-5")))),
    "tables, each within the limit": lambda: ods_of("".join(table_of(ods_row(ods_cell("1", **FLOAT, table__number_columns_repeated="100"), 'table:number-rows-repeated="5000"'), f"S{n}") for n in range(50))),
    "two billion blanks": lambda: ods_of(table_of(ods_row('<table:table-cell office:value-type="string"><text:p><text:s text:c="2000000000"/></text:p></table:table-cell>'))),
    "many times 40 million blanks": lambda: ods_of(table_of(ods_row(('<table:table-cell office:value-type="string"><text:p>' + '<text:s text:c="40000000"/>' * 50 + "</text:p></table:table-cell>") * 3))),
    "a billion laughs in the content": lambda: ods_of(table_of(ods_row(ods_cell("&j;"))), head=LAUGHS),
    "an array formula over the sheet": lambda: ods_of(table_of(ods_row(ods_cell(table__formula="of:=B1", table__number_matrix_columns_spanned="16384", table__number_matrix_rows_spanned="1048576")))),
    "an encrypted document": lambda: with_part(ods_of(""), "META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:encryption-data/></m:manifest>'),
    # XLS
    "an old chain that leads to itself": old_with_chain_to_itself,
    "an old folder within itself": old_with_folder_in_itself,
    "old sectors that are not there": lambda: old(at_48=0x00FFFFFF),
    "an old file cut in the middle": lambda: old()[:2000],
    "old and then noise": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40,
    "an old sheet that starts in itself": lambda: old_record(0x0085, lambda c, at, _: struct.pack_into("<I", c, at + 4, 0)),
    "an old sheet that starts nowhere": lambda: old_record(0x0085, lambda c, at, _: struct.pack_into("<I", c, at + 4, 0x7FFFFFF0)),
    "two billion old texts": lambda: old_record(0x00FC, lambda c, at, _: struct.pack_into("<II", c, at + 4, 0x7FFFFFFF, 0x7FFFFFFF)),
    "an old cell far out": old_corner,
    "an old encrypted workbook": encrypted_old,
}  # fmt: skip


def read(content):
    return containers.workbook(content, "own.dat")


@pytest.fixture(autouse=True)
def _nothing_stays_behind():
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_workbook_is_refused_with_a_sentence(kind):
    content = HOSTILE[kind]()
    assert len(content) < 6_000_000, "it is small"
    with pytest.raises(LayoutError) as refused:
        read(content)
    (sentence,) = refused.value.problems
    assert sentence.startswith("own.dat: ")
    assert len(sentence) < 400
    assert sentence.endswith(".")


MISLEADING = {
    "a size that is not true": lambda: xlsx_of(ROW, before='<dimension ref="A1:XFD1048576"/>'),
    "styled cells far out": lambda: xlsx_of(ROW + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
    "a row of styled cells": lambda: xlsx_of(f'<row r="1"><c r="A1"><v>68.3</v></c>{"<c/>" * 16_000}</row>'),
    "hidden to the last row and column": lambda: xlsx_of(ROW + '<row r="1048576" hidden="1"/>', before='<cols><col min="2" max="16384" hidden="1"/></cols>'),
    "a bomb that no sheet names": lambda: bomb(300_000_000, "xl/media/image1.png"),
    "an archive in a part that no sheet names": lambda: with_part(xlsx_of(ROW), "xl/embeddings/a.zip", archive({"a": "b" * 100_000})),
    "empty cells repeated over the sheet": lambda: ods_of(table_of(ods_row(ods_cell("68.3", **FLOAT) + '<table:table-cell table:number-columns-repeated="16383"/>') + ods_row('<table:table-cell table:number-columns-repeated="16384"/>', 'table:number-rows-repeated="1048575"'))),
    "50,000 merged areas, each ten times": lambda: xlsx_of(ROW, after="<mergeCells>" + "".join(f'<mergeCell ref="A1:{c}{n}"/>' for n in range(1, 5_000) for c in "BCDEFGHIJK") * 10 + "</mergeCells>"),
    "old sectors of any size": lambda: old(at_30=0x00FF00FF),
    "an old table of sectors without end": lambda: old(at_44=0x7FFFFFFF),
    "an old cell": lambda: xls("Data", [["68.3"]]),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISLEADING)
def test_what_only_looks_hostile_is_read(kind):
    assert read(MISLEADING[kind]()).sheets["Data"].rows == [[68.3]]


# --- the process --------------------------------------------------------------------------------


def program(text):
    def start():
        return subprocess.Popen(
            [sys.executable, "-c", f"import os, sys; sys.stdin.buffer.read(); {text}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    return start


@pytest.mark.parametrize(
    ("how", "text", "message"),
    [
        ("killed from outside", "os.kill(os.getpid(), 9)", "more memory than any published table"),
        ("aborted", "os.abort()", "more memory than any published table"),
        ("a crash", "os.kill(os.getpid(), 11)", "the process that read it ended with -11"),
        ("out of its time", "os.kill(os.getpid(), 24)", "takes more than 12 seconds"),
        ("in the middle of a line", "print('{', flush=True); os._exit(1)", "ended with 1"),
        ("in the middle of a sheet", "print('{\"name\": \"A\", \"height\": 9}'); sys.exit(0)", "ended with 0"),
        ("without end", "import time; time.sleep(600)", "takes more than 12 seconds"),
    ],
)  # fmt: skip
def test_the_death_of_the_process_is_a_refusal(how, text, message, monkeypatch):
    monkeypatch.setattr(confined, "_start", program(text))
    monkeypatch.setattr(confined, "_PATIENCE_SECONDS", 2 if how == "without end" else 60)
    with pytest.raises(LayoutError, match=message):
        read(b"PK of any kind")


def test_a_process_that_cannot_be_started_is_said(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ExecutionError, match="cannot be started: No such file"):
        read(xlsx_of(ROW))


def test_a_process_reads_what_is_read_without_one(tmp_path, monkeypatch):
    (tmp_path / "xlrd.py").write_text("raise SystemExit('taken from the working folder')")
    monkeypatch.chdir(tmp_path)
    content = xlsx("Data", [["Leeds", "68.3", "=1+1"]])
    assert read(content).sheets["Data"].rows == [["Leeds", 68.3, "=1+1 (formula without a result)"]]
