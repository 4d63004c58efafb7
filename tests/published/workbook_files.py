"""Workbooks written part by part, so that a test can say what no library writes."""

import io
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ODS_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("number", "datastyle"), ("draw", "drawing"),
    )
) + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'  # fmt: skip
ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def archive(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return out.getvalue()


def relations(*pairs):
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(pairs, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def xlsx_parts(
    data, *, sheets=("Data",), formats=(), texts=None, states=(), book="", before="", after=""
):
    """The parts of an XLSX workbook.

    Args:
        data: What is within <sheetData> of each sheet.
        sheets: Names of the sheets, which all hold the same.
        formats: Codes of number formats, or numbers of built-in ones; the n-th is style n + 1.
        texts: What is within <sst>.
        states: For each sheet, "visible", "hidden" or "veryHidden".
        book: More elements of the workbook.
        before: What stands before <sheetData>.
        after: What stands after it.
    """
    states = states or ["visible"] * len(sheets)
    tabs = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state) in enumerate(zip(sheets, states, strict=True), start=1)
    )
    codes = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for n, code in enumerate(formats)
        if isinstance(code, str)
    )
    styles = '<xf numFmtId="0"/>' + "".join(
        f'<xf numFmtId="{code if isinstance(code, int) else 164 + n}"/>'
        for n, code in enumerate(formats)
    )
    parts = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{tabs}</sheets>'
        f"{book}</workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            *(("worksheet", f"worksheets/sheet{n + 1}.xml") for n in range(len(sheets))),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts>'
        f"<cellXfs>{styles}</cellXfs></styleSheet>",
    }
    if texts is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'
    for n in range(len(sheets)):
        parts[f"xl/worksheets/sheet{n + 1}.xml"] = (
            f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
        )
    return parts


def xlsx_of(data, **more):
    return archive(xlsx_parts(data, **more))


def ods_of(tables, *, styles="", head=""):
    content = (
        f'<?xml version="1.0"?>{head}<office:document-content {ODS_SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return archive({"mimetype": ODS_KIND, "content.xml": content})


def table_of(rows, name="Data", style=""):
    said = f' table:style-name="{style}"' if style else ""
    return f'<table:table table:name="{name}"{said}>{rows}</table:table>'


def ods_row(cells, more=""):
    return f"<table:table-row {more}>{cells}</table:table-row>"


def ods_cell(shown="", **attributes):
    said = " ".join(
        f'{name.replace("__", ":").replace("_", "-")}="{escape(value, {chr(34): "&quot;"})}"'
        for name, value in attributes.items()
    )
    text = f"<text:p>{escape(shown)}</text:p>" if shown else ""
    return f"<table:table-cell {said}>{text}</table:table-cell>"
