"""A foreign table while it is being understood, and the fate of each of its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, ParameterError
from bench.published.readers.cells import printed_code
from bench.published.readers.header_words import plain, years_in
from bench.published.readers.matrix import DEEPEST
from bench.published.workbooks import sheets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.published.adding.overrides import Overrides
    from bench.published.adding.plausible import Usual
    from bench.published.readers.containers import Table
    from bench.reference import Registers
    from bench.reference.periods import FinancialYear


class FateKind(StrEnum):
    """Whether a part of a file is read."""

    READ = "read"
    LEFT_OUT = "left out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a sheet, a column, a group of rows or of cells.

    Attributes:
        part: sheet, column, rows, cells, title or note.
        name: as printed.
        kind: read, left out or unknown.
        words: what it is read as, why it is left out, or what is not known of it.
        place: where it stands, without the file's name; "" for the whole file.
        maps: for the unknown, the options that would settle it; who agrees at the terminal takes
            the first, which is how the figures that are shown were read.
        firm: whether agreeing at the terminal does not settle it.
    """

    part: str
    name: str
    kind: FateKind
    words: str
    place: str = ""
    maps: tuple[str, ...] = ()
    firm: bool = False

    @property
    def problem(self) -> str:
        """The unknown as one line of a refusal."""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.words}"


@dataclass(frozen=True, slots=True)
class Grid:
    """One table of a file, and how it is opened.

    Attributes:
        table: its cells, from A1 to the last row and column with anything in them.
        sheet: the name of its sheet; None for a text.
        encoding: of a text.
        delimiter: of a text.
        hidden: whether the spreadsheet program does not show the sheet.
        hidden_rows: rows that it does not show, filtered ones included, counted from 0.
        hidden_columns: columns that it does not show, counted from 0.
        merged: areas of merged cells, each as first row, first column, last row, last column,
            counted from 0; the text of an area stands in its first cell.
    """

    table: Table
    sheet: str | None
    encoding: str = "utf-8"
    delimiter: str = ","
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(slots=True)
class ExaminedTable:
    """A table being understood: its cells as plain text, and where its headings stand."""

    grid: Grid
    registers: Registers
    overrides: Overrides
    file: str
    cells: list[list[str]]
    width: int
    usual: Mapping[str, Usual]
    header: int = 0
    depth: int = 1
    names: list[str] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    areas: dict[str, str | None] = field(default_factory=dict)

    def area(self, printed: str) -> str | None:
        """The area that a cell names by name or ONS code; a number names none."""
        if printed not in self.areas:
            self.areas[printed] = self._area(printed)
        return self.areas[printed]

    def _area(self, printed: str) -> str | None:
        if not re.search(r"[A-Za-z]{2}|^[A-Z]\d{8}$", printed):
            return None
        code = printed_code(printed)
        try:
            return self.registers.councils.match(ons_code=code, name="" if code else printed)
        except BenchError:
            return None

    @property
    def whole_area(self) -> str | None:
        """The one area that the whole table is about, as its reader says."""
        if self.overrides.area is not None:
            return self.overrides.area
        mapped = self.overrides.last("council")
        if mapped is None or re.fullmatch(r"[A-Za-z]{1,2}", mapped):
            return None
        printed = any(mapped == cell for row in self.cells[:DEEPEST] for cell in row)
        return None if printed else self.area(plain(mapped))

    def column(self, number: int) -> list[str]:
        """The cells of a column beside the rows of the table's labels."""
        return [self.cells[row][number] for row in self.body]

    def titles(self) -> list[str]:
        """The texts that stand above the headings."""
        return [cell for row in self.cells[: self.first] for cell in row if cell]

    @property
    def first(self) -> int:
        """The first row of the headings."""
        return max(0, self.header - self.depth + 1)

    def above(self) -> str:
        """What stands above the headings and on the sheet's tab."""
        return " ".join([*self.titles(), self.grid.sheet or ""])

    def year_said(self) -> FinancialYear | None:
        """The one year that stands above the table, else in the file's name; None without one."""
        for source in (self.above(), self.file):
            years = years_in(source.replace("_", "-"))
            if len(years) == 1:
                return next(iter(years))
        return None

    def at(self, row: int, column: int = 0) -> str:
        """Where a cell stands, without the file's name."""
        return self.grid.table.place(row, column)

    def place(self) -> str:
        """The file, and where in it the headings are taken to stand."""
        return f"{self.file}: {self.at(self.header)}"

    def fail(self, what: str, mend: str) -> LayoutError:
        """The refusal of this table, with the option that would help."""
        return LayoutError(f"{self.place()}: {what}", mend=mend)


def position_of(seen: ExaminedTable, heading: str) -> int | None:
    """Where a heading's column stands, told by all of it or its last level; None if nowhere."""
    key = " ".join(plain(heading).casefold().split())
    for number, name in enumerate(seen.names):
        if name.casefold() == key or name.casefold().rpartition(" | ")[2] == key:
            return number
    return None


def column_of(seen: ExaminedTable, heading: str) -> str:
    """The column of a heading, or of a letter as a spreadsheet calls it."""
    number = position_of(seen, heading)
    if number is None and re.fullmatch(r"[A-Za-z]{1,2}", heading):
        number = sheets.column_of(heading)
    if number is None or number >= len(seen.names):
        raise ParameterError(
            f"{seen.place()}: found no column {heading!r}; its columns are "
            f"{', '.join(map(repr, seen.names[:20]))}.",
            mend="--map FIELD=COLUMN with a heading as printed, or a letter.",
        )
    return seen.names[number]
