"""The containers that figures come in: a CSV, or a sheet of a workbook.

Enters: bytes. Leaves: rows of cells as printed, with a way to say where each stands.
"""

from __future__ import annotations

import csv
import functools
import io
from typing import TYPE_CHECKING, NamedTuple

import python_calamine as calamine

from bench.errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.published.cells import Printed

__all__ = ["Table", "csv_table", "sheet_table", "workbook"]


class Table(NamedTuple):
    """Rows of one sheet or CSV, with a way to say where a cell stands."""

    rows: Sequence[Sequence[Printed]]
    place: Callable[[int, int], str]


def csv_table(content: bytes, encoding: str, file: str) -> Table:
    """The rows of a CSV.

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
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
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
        LayoutError: The bytes are no workbook.
    """
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise LayoutError(f"{file} cannot be opened as a workbook: {error}") from None


def sheet_table(book: calamine.CalamineWorkbook, sheet: str, file: str) -> Table:
    """The rows of one sheet, empty areas at its edges included.

    Raises:
        LayoutError: There is no such sheet.
    """
    if sheet not in book.sheet_names:
        found = ", ".join(book.sheet_names[:8])
        raise LayoutError(f"{file}: found the sheets {found}, expected a sheet {sheet!r}.")
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return Table(
        rows,  # type: ignore[arg-type]  # dates are refused as cells, with their place
        lambda row, column: f"{sheet}!{_letters(column)}{row + 1}",
    )


@functools.cache
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
