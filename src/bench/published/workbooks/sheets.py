"""One sheet as a grid of cells, gathered within limits."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

from bench.errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Iterable

# The largest published table has 84,000 rows of 10 columns and 12 million characters, the widest
# 130 columns.
LARGEST_GRID = 1_500_000
LONGEST_TABLE = 200_000
WIDEST_TABLE = 4_000
LARGEST_TEXT = 50_000_000
MOST_SHEETS = 1_000
# Where a spreadsheet program has cells.
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
# A number as both formats write it in their XML.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
LARGEST_TABLE = (
    f"a table of at most {WIDEST_TABLE:,} columns, {LONGEST_TABLE:,} rows and "
    f"{LARGEST_GRID:,} cells"
)

Value = (
    str
    | float
    | bool
    | datetime.datetime
    | datetime.date
    | datetime.time
    | datetime.timedelta
)  # fmt: skip
# First row, first column, last row, last column, counted from 0.
Area = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """The cells of a sheet, every row as long as the longest; an empty cell is "".

    Attributes:
        name: as on its tab.
        rows: from A1 to the last row and column with anything in them.
        hidden: whether the spreadsheet program does not show it.
        hidden_rows: rows that are not shown, filtered ones included, counted from 0.
        hidden_columns: columns that are not shown, counted from 0.
        merged: areas of merged cells.
    """

    name: str
    rows: list[list[Value]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[Area, ...] = ()


@dataclass(slots=True)
class Budget:
    """What the sheets of one workbook may still hold, all together."""

    cells: int
    text: int
    sheets: int

    @classmethod
    def full(cls) -> Budget:
        """As the limits stand."""
        return cls(LARGEST_GRID, LARGEST_TEXT, MOST_SHEETS)


class Gathering:
    """A sheet while its cells come in, in any order."""

    def __init__(self, name: str, budget: Budget) -> None:
        self.name, self._budget = name, budget
        self._rows: dict[int, list[Value]] = {}
        self._height = self._width = 0
        self._text = 0
        self._hidden_rows: list[range] = []
        self._hidden_columns: list[range] = []
        self._merged: set[Area] = set()
        self.hidden = False
        budget.sheets -= 1
        if budget.sheets < 0:
            raise LayoutError(
                f"found more than {MOST_SHEETS:,} sheets, expected at most so many.",
                mend="keep the sheets with tables, and save the workbook.",
            )

    def place(self, row: int, column: int) -> str:
        """Where a cell stands, as a message calls it."""
        return f"sheet {self.name!r} cell {letters(column)}{row + 1}"

    def fail(self, row: int, column: int, what: str) -> NoReturn:
        """Refuse the workbook for one of its cells."""
        raise LayoutError(
            f"{self.place(row, column)}: {what}.",
            mend="open the file in a spreadsheet program and save it anew.",
        )

    def add(self, row: int, column: int, value: Value, columns: int = 1, rows: int = 1) -> None:
        """Take one cell, or one that is repeated; an empty one takes no room.

        Raises:
            LayoutError: The sheet grows beyond the limits, or the cell is there already.
        """
        if isinstance(value, str):
            if not value:
                return
            self._text += len(value) * columns * rows
            if self._text > self._budget.text:
                raise LayoutError(
                    f"{self.place(row, column)}: the cells hold more than {LARGEST_TEXT:,} "
                    "characters, expected at most so many.",
                    mend="take the table alone.",
                )
        self.extend(row + rows - 1, column + columns - 1)
        for at in range(row, row + rows):
            cells = self._rows.get(at)
            if cells is None:
                cells = self._rows[at] = []
            if columns == 1 and len(cells) == column:
                cells.append(value)
                continue
            cells.extend([""] * (column + columns - len(cells)))
            if any(cell != "" for cell in cells[column : column + columns]):
                self.fail(at, column, "found two cells in one place")
            cells[column : column + columns] = [value] * columns

    def extend(self, row: int, column: int) -> None:
        """Let the sheet reach a cell.

        Raises:
            LayoutError: It would be larger than the limits allow.
        """
        if row < self._height and column < self._width:
            return
        height, width = max(self._height, row + 1), max(self._width, column + 1)
        if height > LONGEST_TABLE or width > WIDEST_TABLE or height * width > self._budget.cells:
            raise LayoutError(
                f"sheet {self.name!r}: a cell stands {width:,} columns and {height:,} rows from "
                f"the first, expected {LARGEST_TABLE} in all sheets together.",
                mend="delete the stray cell in a spreadsheet program, or take the file as "
                "published.",
            )
        self._height, self._width = height, width

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell so far."""
        cells = self._rows.get(row, ())
        return cells[column] if column < len(cells) else ""

    def fill(self, area: Area, value: Value) -> None:
        """Put a value into those cells of an area that are empty.

        Raises:
            LayoutError: The sheet grows beyond the limits.
        """
        self.extend(area[2], area[3])
        for row in range(area[0], area[2] + 1):
            for column in range(area[1], area[3] + 1):
                if self.value(row, column) == "":
                    self.add(row, column, value)

    def hide_rows(self, start: int, count: int = 1) -> None:
        """Some rows are not shown."""
        self._hidden_rows.append(range(start, start + count))

    def hide_columns(self, start: int, count: int = 1) -> None:
        """Some columns are not shown."""
        self._hidden_columns.append(range(start, start + count))

    def merge(self, area: Area) -> None:
        """Some cells are shown as one."""
        self._merged.add(area)

    def finish(self) -> WorkbookSheet:
        """The sheet, its rows of one length."""
        self._budget.cells -= self._height * self._width
        self._budget.text -= self._text
        rows: list[list[Value]] = []
        for number in range(self._height):
            cells = self._rows.pop(number, [])
            cells.extend([""] * (self._width - len(cells)))
            rows.append(cells)
        return WorkbookSheet(
            self.name,
            rows,
            hidden=self.hidden,
            hidden_rows=_within(self._hidden_rows, self._height),
            hidden_columns=_within(self._hidden_columns, self._width),
            merged=tuple(
                sorted(a for a in self._merged if a[0] < self._height and a[1] < self._width)
            ),
        )


def _within(ranges: Iterable[range], end: int) -> tuple[int, ...]:
    numbers: set[int] = set()
    for one in ranges:
        numbers.update(range(one.start, min(one.stop, end)))
    return tuple(sorted(numbers))


def letters(column: int) -> str:
    """A column as a spreadsheet calls it: A for 0, AB for 27."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(letters: str) -> int:
    """The column that a spreadsheet calls by letters: 0 for A, 27 for ab."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def as_percentage(number: float) -> str:
    """A share as the percentage that a spreadsheet shows, to all the digits that it keeps: 61.49%.

    A spreadsheet keeps 15 digits; a sixteenth is the noise of binary numbers.
    """
    return f"{_plain(Decimal(f'{number:.15g}').scaleb(2))}%"


def with_sign(number: float) -> str:
    """A number beside which the spreadsheet shows a per cent sign of its own: 61.49%."""
    return f"{_plain(Decimal(f'{number:.15g}'))}%"


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def uncalculated(formula: str, *, empty: bool = False) -> str:
    """What stands for a formula whose result the file does not hold, or holds as an empty text.

    Whether an empty text is what the formula gives or what an uncalculated one was stored as, no
    file tells.
    """
    result = "with an empty result" if empty else "without a result"
    return f"={formula.removeprefix('=')[:200]} (formula {result})"
