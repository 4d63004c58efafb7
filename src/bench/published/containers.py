"""The containers that figures come in: a CSV, or a sheet of a workbook.

Enters: bytes. Leaves: rows of cells as printed, with a way to say where each stands.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import io
from typing import TYPE_CHECKING, NamedTuple

import python_calamine as calamine

from bench.errors import LayoutError
from bench.published import archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.published.cells import Printed

__all__ = ["Table", "csv_table", "letters", "sheet_table", "workbook"]


class Table(NamedTuple):
    """Rows of one sheet or CSV, with a way to say where a cell stands."""

    rows: Sequence[Sequence[Printed]]
    place: Callable[[int, int], str]


def csv_table(content: bytes, encoding: str, file: str, delimiter: str = ",") -> Table:
    """The rows of a CSV, or of another text whose cells a delimiter parts.

    Raises:
        LayoutError: The bytes are not text in the encoding, or not CSV; the line is named.
    """
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LayoutError(
            f"{file} line {line}: found byte 0x{content[error.start]:02x}, "
            f"expected text in {encoding}.",
            mend="take the file as published; a spreadsheet program may have saved it anew.",
        ) from None
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True
    )
    rows: list[Sequence[Printed]] = []
    lines: list[int] = []
    try:
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise LayoutError(f"{file} line {reader.line_num}: {error}, expected CSV.") from None
    return Table(rows, lambda row, _column: f"line {lines[row] if row < len(lines) else row + 1}")


def workbook(content: bytes, file: str) -> calamine.CalamineWorkbook:
    """An XLS, XLSX or ODS file, opened.

    Raises:
        LayoutError: The bytes are no workbook, or one that must not be parsed.
    """
    archive.check(content, file)
    with _opening(file):
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))


def sheet_table(book: calamine.CalamineWorkbook, sheet: str, file: str) -> Table:
    """The rows of one sheet, empty areas at its edges included.

    Raises:
        LayoutError: There is no such sheet.
    """
    if sheet not in book.sheet_names:
        found = ", ".join(book.sheet_names[:8])
        raise LayoutError(f"{file}: found the sheets {found}, expected a sheet {sheet!r}.")
    with _opening(f"{file}: sheet {sheet!r}"):
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return Table(
        rows,  # type: ignore[arg-type]  # dates are refused as cells, with their place
        lambda row, column: f"{sheet}!{letters(column)}{row + 1}",
    )


@contextlib.contextmanager
def _opening(what: str) -> Iterator[None]:
    """Whatever a damaged workbook does to its parser is told as a fault of the file."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the parser is no Exception
        raise LayoutError(f"{what} cannot be opened as a workbook: {error}") from None


@functools.cache
def letters(column: int) -> str:
    """A column as a spreadsheet calls it: A for 0, AB for 27."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
