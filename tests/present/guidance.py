"""The Analysis Function's checklist for spreadsheets, asked of a file of either kind."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import openpyxl

from bench.present.sheet import SHORTHAND

if TYPE_CHECKING:
    from collections.abc import Iterator

SYMBOLS = {empty.value for empty in SHORTHAND}
WIDE = 20  # columns that somebody still reads across
_LONGEST = 110  # characters of a column


@dataclass
class ReadSheet:
    """A sheet as a program reads it."""

    name: str
    rows: list[list[object]]
    tables: dict[str, tuple[int, int, int]]  # name -> first row, last row, columns; from 0
    heading: str
    faults: list[str] = field(default_factory=list)

    @property
    def table(self) -> list[list[object]]:
        """The header row and the cells beneath it."""
        first, last, columns = next(iter(self.tables.values()))
        return [row[:columns] for row in self.rows[first : last + 1]]


@dataclass
class ReadBook:
    """A workbook as a program reads it."""

    document: dict[str, str]
    properties: dict[str, str]
    sheets: list[ReadSheet]

    def __getitem__(self, name: str) -> ReadSheet:
        return next(sheet for sheet in self.sheets if sheet.name == name)

    @property
    def names(self) -> list[str]:
        return [sheet.name for sheet in self.sheets]


def read_book(content: bytes) -> ReadBook:
    """An XLSX or ODS, told by what is in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _ods(archive) if "mimetype" in archive.namelist() else _xlsx(content, archive)


def _xlsx(content: bytes, archive: zipfile.ZipFile) -> ReadBook:
    book = openpyxl.load_workbook(io.BytesIO(content))
    about = book.properties
    sheets = []
    for page in book.worksheets:
        faults = [
            *(["merged cells"] if page.merged_cells.ranges else []),
            *(["frozen panes"] if page.freeze_panes else []),
            *(["a filter"] if page.auto_filter.ref else []),
            *(["a hidden sheet"] if page.sheet_state != "visible" else []),
            *(["a hidden row"] if any(one.hidden for one in page.row_dimensions.values()) else []),
            *(["a hidden column"] if any(one.hidden for one in page.column_dimensions.values()) else []),
            *(["too wide a column"] if any(one.width > _LONGEST for one in page.column_dimensions.values()) else []),
            *(["a header or footer"] if page.oddHeader.center.text or page.oddFooter.center.text else []),
        ]  # fmt: skip
        tables = {}
        for name, table in ((one.name, one) for one in page.tables.values()):
            left, top, right, bottom = openpyxl.utils.range_boundaries(table.ref)
            tables[name] = top - 1, bottom - 1, right
            faults += ["a table away from the edge"] if left != 1 else []
            faults += ["a filter"] if table.autoFilter else []
            faults += [] if all(cell.alignment.wrap_text for cell in page[top]) else ["no wrapping"]
        for row in page.iter_rows():
            faults += [f"a formula in {cell.coordinate}" for cell in row if cell.data_type == "f"]
        rows = [[cell.value for cell in row] for row in page.iter_rows()]
        sheets.append(ReadSheet(page.title, rows, tables, page["A1"].style, faults))
    core = ElementTree.fromstring(archive.read("docProps/core.xml"))  # noqa: S314 - our own
    language = core.find("{http://purl.org/dc/elements/1.1/}language")
    document = {
        "title": about.title or "",
        "subject": about.subject or "",
        "keywords": about.keywords or "",
        "language": language.text if language is not None else "",
        "author": about.creator or "",
        "date": f"{about.created:%Y-%m-%d}",
    }
    further = {one.name: str(one.value) for one in book.custom_doc_props.props}
    return ReadBook(document, further, sheets)


def _ods(archive: zipfile.ZipFile) -> ReadBook:
    content, meta, styles = (
        ElementTree.fromstring(archive.read(f"{part}.xml"))  # noqa: S314 - our own
        for part in ("content", "meta", "styles")
    )
    names = {
        _of(one, "name"): _of(one, "display-name") for one in styles.iter() if _tag(one) == "style"
    }
    own = {
        _of(one, "name"): _of(one, "parent-style-name")
        for one in content.iter()
        if _tag(one) == "style"
    }
    widths = {
        _of(one, "name"): float(_of(one[0], "column-width").removesuffix("cm"))
        for one in content.iter()
        if _tag(one) == "style" and _of(one, "family") == "table-column"
    }
    ranges = [one for one in content.iter() if _tag(one) == "database-range"]
    sheets = []
    for page in (one for one in content.iter() if _tag(one) == "table"):
        faults = []
        for element in page.iter():
            kind = _tag(element)
            faults += ["merged cells"] if "spanned" in str(element.attrib) else []
            faults += ["a hidden row or column"] if _of(element, "visibility") else []
            faults += [f"a formula: {kind}"] if _of(element, "formula") else []
            if kind == "table-column" and widths[_of(element, "style-name")] > _LONGEST / 4:
                faults.append("too wide a column")
        rows = [[_value(cell) for cell in row] for row in page.iter() if _tag(row) == "table-row"]
        heads = [one for one in page if _tag(one) == "table-header-rows"]
        tables = {}
        for one in ranges:
            address = re.fullmatch(
                r"'(.+)'\.A(\d+):'\1'\.([A-Z]+)(\d+)", _of(one, "target-range-address")
            )
            assert address, "a table away from the edge"
            if address[1] == _of(page, "name"):
                columns = 0
                for letter in address[3]:
                    columns = 26 * columns + ord(letter) - 64
                tables[_of(one, "name")] = int(address[2]) - 1, int(address[4]) - 1, columns
        faults += [] if len(heads) == len(tables) else ["no header row"]
        style = next(_of(cell, "style-name") for cell in page.iter() if _tag(cell) == "table-cell")
        sheets.append(
            ReadSheet(_of(page, "name"), rows, tables, names[own.get(style, style)], faults)
        )
    about = {_tag(one): one.text or "" for one in meta.iter()}
    keywords = ", ".join(one.text or "" for one in meta.iter() if _tag(one) == "keyword")
    document = {
        **{name: about.get(name, "") for name in ("title", "subject", "language")},
        "keywords": keywords,
        "author": about.get("creator", ""),
        "date": about.get("creation-date", "")[:10],
    }
    further = {
        _of(one, "name"): one.text or "" for one in meta.iter() if _tag(one) == "user-defined"
    }
    faults = ["a header or footer" for one in styles.iter() if _tag(one) in {"header", "footer"}]
    sheets[0].faults += faults
    return ReadBook(document, further, sheets)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _of(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), "")


def _value(cell: ElementTree.Element) -> object:
    if _of(cell, "value-type") == "float":
        return float(_of(cell, "value"))
    return "\n".join(_words(paragraph) for paragraph in cell if _tag(paragraph) == "p") or None


def _words(element: ElementTree.Element) -> str:
    inner = {"s": " " * int(_of(element, "c") or 1), "tab": "\t"}.get(_tag(element), "")
    children = "".join(_words(child) + (child.tail or "") for child in element)
    return inner + (element.text or "") + children


def missing(content: bytes) -> list[str]:
    """What the checklist asks for and the file lacks; empty where all of it is there."""
    book = read_book(content)
    return [
        *_of_document(book),
        *(fault for sheet in book.sheets for fault in _of_sheet(sheet, book)),
    ]


def _of_document(book: ReadBook) -> Iterator[str]:
    yield from (f"no {name} of the document" for name, text in book.document.items() if not text)
    if book.document["author"] != "bench":
        yield "a person as the author"
    for name in ("Made by", "Version of the code"):
        if not book.properties.get(name):
            yield f"no {name} among the properties"
    if book.names[:3] != ["Cover", "Contents", "Notes"]:
        yield f"sheets in another order: {book.names}"
        return
    listed = [row[0] for row in book["Contents"].table[1:]]
    if listed != book.names[2:]:
        yield f"contents of other sheets: {listed}"
    names = [name.casefold() for name in book.names]
    tables = [name.casefold() for sheet in book.sheets for name in sheet.tables]
    if len({*names}) < len(names) or len({*tables}) < len(tables):
        yield "two sheets or tables of one name"
    key = {
        str(row[0]).removeprefix("Shorthand ")
        for row in book["Notes"].table
        if str(row[0]).startswith("Shorthand ")
    }
    used = {
        cell
        for sheet in book.sheets[3:]
        if sheet.name != "Sources"
        for row in sheet.rows[1:]
        for cell in row
        if cell in SYMBOLS
    }
    if key != used:
        yield f"shorthand: used {sorted(used)}, explained {sorted(key)}"


def _of_sheet(sheet: ReadSheet, book: ReadBook) -> Iterator[str]:
    yield from (f"{sheet.name}: {fault}" for fault in sheet.faults)
    if not sheet.rows or not sheet.rows[0][0]:
        yield f"{sheet.name}: no title in A1"
        return
    if sheet.heading != "Heading 1":
        yield f"{sheet.name}: the title is no heading but {sheet.heading}"
    if any(not row or not row[0] for row in sheet.rows):
        yield f"{sheet.name}: a blank row, or one without its first cell"
    if sheet.name == "Cover":
        yield from ["Cover: a table"] if sheet.tables else []
        yield from (
            ["Cover: another title than the document's"]
            if sheet.rows[0][0] != book.document["title"]
            else []
        )
        return
    if not str(sheet.rows[1][0]).startswith("This sheet contains "):
        yield f"{sheet.name}: what follows is not said under the title"
    if "no table" in str(sheet.rows[1][0]):
        yield from [f"{sheet.name}: a table after all"] if sheet.tables else []
        return
    if len(sheet.tables) != 1:
        yield f"{sheet.name}: {len(sheet.tables)} tables"
        return
    (_, last, columns) = next(iter(sheet.tables.values()))
    if last != len(sheet.rows) - 1:
        yield f"{sheet.name}: something below the table"
    if columns > WIDE:
        yield f"{sheet.name}: {columns} columns"
    header, *rows = sheet.table
    if len({str(one).casefold() for one in header}) < len(header) or not all(
        isinstance(one, str) and one for one in header
    ):
        yield f"{sheet.name}: a heading twice, or none"
    empty = [
        str(header[at])
        for row in rows
        for at, cell in enumerate(row)
        if cell is None or not str(cell).strip()
    ]
    if empty:
        yield f"{sheet.name}: {len(empty)} empty cells, of {sorted({*empty})}"
