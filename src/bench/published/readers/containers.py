"""The containers that figures come in: a CSV, or a sheet of a workbook.

Both come as rows of cells as printed, with a way to say where each stands.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bench.errors import LayoutError
from bench.published.workbooks import confined
from bench.published.workbooks.sheets import (
    LARGEST_GRID,
    LARGEST_TABLE,
    LONGEST_TABLE,
    WIDEST_TABLE,
    letters,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bench.published.readers.cells import Printed
    from bench.published.workbooks.sheets import WorkbookSheet

# A row of the widest published table has 4,000 characters.
LONGEST_ROW = 1_000_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Table(NamedTuple):
    """Rows of one sheet or CSV, with a way to say where a cell stands."""

    rows: Sequence[Sequence[Printed]]
    place: Callable[[int, int], str]


def csv_table(content: bytes, encoding: str, file: str, delimiter: str = ",") -> Table:
    """The rows of a CSV, or of another text whose cells a delimiter parts.

    Raises:
        LayoutError: The bytes are not text in the encoding, not CSV, or larger than any table; the
            line is named.
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
    rows: list[Sequence[Printed]] = []
    lines: list[int] = []
    ended = width = 0  # the line where the last row ended, and the length of the longest row

    def within_limits() -> Iterator[str]:
        """The lines, until a row runs over too many characters."""
        length, row = 0, 0
        for line in _LINE.finditer(text, 1 if text.startswith("\ufeff") else 0):
            length, row = (length, row) if row == len(rows) else (0, len(rows))
            length += line.end() - line.start()
            if length > LONGEST_ROW:
                raise LayoutError(
                    f"{file} line {ended + 1}: found a row of more than {LONGEST_ROW:,} "
                    "characters, which no published table has.",
                    mend="look for a quotation mark that is not closed, or take the table alone.",
                )
            yield line[0]

    reader = csv.reader(within_limits(), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            ended = reader.line_num
            lines.append(ended)
            width = max(width, len(row))
            height = len(rows)
            if width > WIDEST_TABLE or height > LONGEST_TABLE or width * height > LARGEST_GRID:
                raise LayoutError(
                    f"{file} line {ended}: found {width:,} columns and {height:,} rows, "
                    f"expected {LARGEST_TABLE}.",
                    mend="take the table alone.",
                )
    except csv.Error as error:
        raise LayoutError(f"{file} line {reader.line_num}: {error}, expected CSV.") from None
    return Table(rows, lambda row, _column: f"line {lines[row] if row < len(lines) else row + 1}")


@dataclass(frozen=True, slots=True)
class Workbook:
    """An XLS, XLSX or ODS file: its sheets by their names, in their order."""

    sheets: Mapping[str, WorkbookSheet]

    @property
    def sheet_names(self) -> list[str]:
        """What its tabs say."""
        return list(self.sheets)


# How bytes become sheets: by a process of its own, since nobody knows where they come from.
read_workbook: Callable[[bytes], Iterable[WorkbookSheet]] = confined.read


def workbook(content: bytes, file: str) -> Workbook:
    """An XLS, XLSX or ODS file, read.

    Raises:
        LayoutError: The bytes are no workbook, or one that cannot be read within the limits.
    """
    try:
        return _workbook(content)
    except LayoutError as error:
        problems = [f"{file}: {problem}" for problem in error.problems]
        raise LayoutError(*problems, mend=error.mend) from None


@functools.lru_cache(maxsize=1)  # one file is read by its sheets, and more than once
def _workbook(content: bytes) -> Workbook:
    return Workbook({sheet.name: sheet for sheet in read_workbook(content)})


def forget() -> None:
    """Let the next workbook be read anew."""
    _workbook.cache_clear()


def sheet_table(book: Workbook, sheet: str, file: str) -> Table:
    """The rows of one sheet, empty areas at its edges included.

    Raises:
        LayoutError: There is no such sheet.
    """
    if sheet not in book.sheets:
        found = ", ".join(book.sheet_names[:8])
        raise LayoutError(f"{file}: found the sheets {found}, expected a sheet {sheet!r}.")
    return Table(
        book.sheets[sheet].rows,  # type: ignore[arg-type]  # dates are refused as cells
        lambda row, column: f"{sheet}!{letters(column)}{row + 1}",
    )
