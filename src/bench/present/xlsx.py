"""A workbook as XLSX: typed numbers, marked-up tables, no merged cell, no formula, no time."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.present.sheet import FORMULA
from bench.present.workbook import EPOCH, LANGUAGE, letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.present.sheet import Cell, Sheet
    from bench.present.workbook import Spreadsheet, SpreadsheetPage

_A4: Final = 9
_FONT: Final = "Arial"
_ASIDE: Final = {"align": "right", "indent": 1}
_LINE: Final = 15.0  # points of a line of text
_LONGEST: Final = 255  # characters of a property
_HEADING_STYLES: Final = ("Heading 1", "Heading 2")  # the program's own, 16 and 17 of its list
_FIRST_STYLE: Final = 2  # after the styles of text and of links, which every workbook here has


def xlsx_bytes(book: Spreadsheet) -> bytes:
    """The workbook; the same every time."""
    from xlsxwriter import Workbook, worksheet

    content = io.BytesIO()
    # A font that every program has or has the measures of, or columns would be of another width.
    font = {"font_name": _FONT, "font_size": 11}
    options = {"in_memory": True, "default_format_properties": font}
    with Workbook(content, options) as written:
        written.set_properties(
            {
                "title": book.title,
                "subject": book.subject,
                "author": "bench",
                "keywords": ", ".join(book.keywords),
                "comments": book.description,
                "created": book.dated,
            }
        )
        for name, value in book.properties.items():
            written.set_custom_property(_cut(name), _cut(value), "text")
        styles = _CellFormats(written)
        for page in book.pages:
            _fill(written.add_worksheet(page.name, _sheet_class(worksheet.Worksheet)), page, styles)
    return _completed(content, {sheet.part: sheet.rows_text for sheet in written.worksheets()})


@functools.cache
def _sheet_class(library: Any) -> Any:
    """The library's sheet, without the rows of its table.

    They are most of a workbook, and the library would take some ten times as long for them. So
    they are written here as text, which goes into the sheet once the library is done.
    """

    class TableSheet(library):  # type: ignore[misc]
        """A sheet that may end with a table.

        Attributes:
            rows: of the table: how many lines of text each needs, and of each cell its style, and
                the end of its element.
            rows_text: the elements of the rows, once the sheet is written.
        """

        def __init__(self) -> None:
            super().__init__()
            self.rows: list[tuple[int, list[Any], list[str]]] = []
            self.rows_text = ""

        @property
        def part(self) -> str:
            """The name of its part of the workbook."""
            return f"xl/worksheets/sheet{self.index + 1}.xml"

        def take_rows(self, page: SpreadsheetPage, table: Sheet, styles: _CellFormats) -> None:
            """Take the rows; the library numbers texts as they come."""
            number_of = self.str_table._get_shared_string_index
            plain = [(numeric, styles.text("", numeric=numeric)) for numeric in page.numeric]
            for row in table.rows:
                formats, ends = [], []
                for value, (numeric, style) in zip(row, plain, strict=True):
                    if isinstance(value, str):
                        if value.startswith(FORMULA):
                            style = styles.text(value, numeric=numeric)
                        ends.append(f' t="s"><v>{number_of(value)}</v></c>')
                    else:
                        style = styles.number(value)
                        ends.append(f"><v>{value:.16G}</v></c>")
                    formats.append(style)
                self.rows.append((page.lines_of(row), formats, ends))

        def add_table(self, row: int, column: int, last: int, right: int, options: Any) -> None:
            """Mark up the table. The library would note each of its cells, lest tables overlap."""
            super().add_table(row, column, row + 1, right, options)
            self.tables[-1]["range"] = (
                f"{letters(column + 1)}{row + 1}:{letters(right + 1)}{last + 1}"
            )
            self.dim_rowmax = last

        def _write_rows(self) -> None:
            """Write all other rows; the library numbers styles as it writes, and so here too."""
            super()._write_rows()
            columns = [letters(number) for number in range(1, self.dim_colmax + 2)]
            first = self.dim_rowmax + 2 - len(self.rows)
            rows = []
            for number, (lines, formats, ends) in enumerate(self.rows, start=first):
                text = "".join(
                    f'<c r="{column}{number}" s="{style._get_xf_index()}"{end}'
                    for column, style, end in zip(columns, formats, ends, strict=True)
                )
                # Not every program grows a row to the text that is wrapped in it.
                height = f' ht="{_LINE * lines:.16g}" customHeight="1"' if lines > 1 else ""
                rows.append(f'<row r="{number}" spans="1:{len(columns)}"{height}>{text}</row>')
            self.rows_text = "".join(rows)

    return TableSheet


def _cut(text: str) -> str:
    """A property at the length that one may have; what is cut off stands on the cover."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."


class _CellFormats:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._texts: dict[tuple[bool, bool, bool], Any] = {}
        self._numbers: dict[int, Any] = {}
        self.link = self._wrapped(hyperlink=True)
        self.line = book.add_format({"valign": "top"})
        self.title = self._heading(16, _FIRST_STYLE, wrap=False)
        self.wrapped_title = self._heading(16, _FIRST_STYLE, wrap=True)
        self.heading = self._heading(13, _FIRST_STYLE + 1, wrap=True)

    def _wrapped(self, **properties: Any) -> Any:
        return self._book.add_format({"valign": "top", "text_wrap": True, **properties})

    def _heading(self, size: int, style: int, *, wrap: bool) -> Any:
        heading = self._book.add_format({"bold": True, "font_size": size, "text_wrap": wrap})
        heading.xf_id = style
        return heading

    def text(self, text: str, *, header: bool = False, numeric: bool = False) -> Any:
        """Of a text, which may look like a formula; in a column of numbers it stands as they do."""
        key = text.startswith(FORMULA), header, numeric
        if key not in self._texts:
            aside = _ASIDE if numeric else {}
            self._texts[key] = self._wrapped(quote_prefix=key[0], bold=header, **aside)
        return self._texts[key]

    def number(self, value: Cell) -> Any:
        """Of a number, with its own decimals."""
        decimals = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
        if decimals not in self._numbers:
            form = f"#,##0.{'0' * decimals}" if decimals > 0 else "#,##0"
            # Not wrapped: LibreOffice sets a wrapped number at the edge, against the next column.
            shape = {"valign": "top", "num_format": form, **_ASIDE}
            self._numbers[decimals] = self._book.add_format(shape)
        return self._numbers[decimals]


def _fill(written: Any, page: SpreadsheetPage, styles: _CellFormats) -> None:
    written.set_paper(_A4)
    written.fit_to_pages(1, 0)  # as wide as the paper, as long as it is
    if page.table is not None:
        written.set_landscape()
        written.repeat_rows(page.header)
    for number, width in enumerate(page.widths):
        written.set_column(number, number, width)
    title = styles.title if page.table else styles.wrapped_title
    written.write_string(0, 0, page.title, title)
    if page.table is None:
        # The letters of a title are half as large again.
        written.set_row(0, 1.5 * _LINE * page.lines_of([page.title + page.title[::2]]))
    for number, line in enumerate(page.lines, start=1):
        # Above a table a line may run on over the next columns, whose cells are empty there.
        plain = styles.line if page.table else styles.text(line.text)
        written.write_string(number, 0, line.text, styles.heading if line.heading else plain)
        if not page.table and not line.heading:
            written.set_row(number, _LINE * page.lines_of([line.text]))
    if page.table is not None:
        _write_table(written, page, page.table, styles)


def _write_table(written: Any, page: SpreadsheetPage, table: Sheet, styles: _CellFormats) -> None:
    if page.leads:
        _write_leading(written, page, table, styles)
    else:
        written.take_rows(page, table, styles)
    written.add_table(
        page.header,
        0,
        page.header + len(table.rows),
        len(table.columns) - 1,
        {
            "columns": [{"header": heading} for heading in table.columns],
            "autofilter": False,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "name": page.table_name,
        },
    )
    written.set_row(page.header, _LINE * page.lines_of(table.columns))
    # After the table, which would write its headings as it likes.
    for number, heading in enumerate(table.columns):
        style = styles.text(heading, header=True, numeric=page.numeric[number])
        written.write_string(page.header, number, heading, style)


def _write_leading(written: Any, page: SpreadsheetPage, table: Sheet, styles: _CellFormats) -> None:
    """The rows of a table of sheets, each of which leads to the sheet that it names."""
    for row_number, row in enumerate(table.rows, start=page.header + 1):
        written.set_row(row_number, _LINE * page.lines_of(row))
        for column_number, text in enumerate(map(str, row)):
            written.write_string(row_number, column_number, text, styles.text(text))
    for row_number, (name, *_) in enumerate(table.rows, start=page.header + 1):
        address = f"internal:'{name}'!A1"
        written.write_url(row_number, 0, address, styles.link, string=str(name))


def _completed(content: io.BytesIO, rows: Mapping[str, str]) -> bytes:
    """The workbook with the rows of its tables, its language and its headings' styles.

    Args:
        content: the workbook as the library wrote it.
        rows: part of the workbook -> the elements of rows that its sheet ends with.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(content) as before, zipfile.ZipFile(made, "w") as after:
        for member in before.infolist():
            text = before.read(member)
            if member.filename == "docProps/core.xml":
                text = _with_language(text)
            elif member.filename == "xl/styles.xml":
                text = _with_headings(text)
            elif more := rows.get(member.filename):
                end = b"</sheetData>"
                text = text.replace(end, more.encode() + end)
            entry = zipfile.ZipInfo(member.filename, EPOCH.timetuple()[:6])
            entry.external_attr = member.external_attr
            after.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _with_language(core: bytes) -> bytes:
    end = b"</cp:coreProperties>"
    return core.replace(end, f"<dc:language>{LANGUAGE}</dc:language>".encode() + end)


def _with_headings(styles: bytes) -> bytes:
    """Headings by the program's own styles, so that it knows them for headings."""
    text = styles.decode()
    shapes, names = [], []
    for at, name in enumerate(_HEADING_STYLES):
        style = _FIRST_STYLE + at
        font = re.search(rf'<xf numFmtId="0" fontId="(\d+)"[^>]* xfId="{style}"', text)
        if font is None:
            continue
        shapes.append(f'<xf numFmtId="0" fontId="{font[1]}" fillId="0" borderId="0"/>')
        names.append(f'<cellStyle name="{name}" xfId="{style}" builtinId="{16 + at}"/>')
    for element, count, more in (
        ("cellStyleXfs", _FIRST_STYLE, shapes),
        ("cellStyles", _FIRST_STYLE, names),
    ):
        text = text.replace(
            f'<{element} count="{count}">', f'<{element} count="{count + len(more)}">'
        )
        text = text.replace(f"</{element}>", f"{''.join(more)}</{element}>")
    return text.encode()
