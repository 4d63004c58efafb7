"""Tables whose figures stand where labelled rows and columns meet -> published rows, as printed.

Enters: a file's bytes, its `MatrixLayout` and the registers. Leaves: one row per printed figure.
Titles above the heading row are not read; below it every cell is understood or refused.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published.cells import Cell, Printed, parse
from bench.published.containers import Table, csv_table, letters, sheet_table, workbook
from bench.published.labels import Lookup, printed_code, text
from bench.published.tidying import finish
from bench.published.wording import field_of, indicator_of, unit_of
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.published.layouts import Figures, MatrixLayout
    from bench.registers import Registers

__all__ = ["DEEPEST", "decimals_in", "headings", "locate", "read", "table_of"]

# A table's headings stand within so many rows of its beginning.
DEEPEST = 60
_LARGEST = Decimal(10) ** 15


def table_of(content: bytes, layout: MatrixLayout, file: str) -> Table:
    """The rows of the sheet or text that the layout names."""
    if layout.sheet is None:
        return csv_table(content, layout.encoding, file, layout.delimiter)
    return sheet_table(workbook(content, file), layout.sheet, file)


def headings(rows: Sequence[Sequence[Printed]], last: int, depth: int, width: int) -> list[str]:
    """The columns' names: of several heading rows, the texts above each other joined by " | ".

    A text of an upper row reaches right to the next one, as a merged cell does. A column without
    a heading is called by its letter, "[C]".
    """
    parts: list[list[str]] = []
    for row in range(last - depth + 1, last + 1):
        cells = [" ".join(text(cell).split()) for cell in rows[row]]
        cells += [""] * (width - len(cells))
        if row < last:
            for column in range(1, width):
                cells[column] = cells[column] or cells[column - 1]
        parts.append(cells)
    names = []
    for column, stack in enumerate(zip(*parts, strict=True)):
        name = " | ".join(dict.fromkeys(part for part in stack if part))
        names.append(name if stack[-1] or (depth > 1 and name) else f"[{letters(column)}]")
    return names


def locate(table: Table, layout: MatrixLayout) -> tuple[int, list[str]] | str:
    """The last heading row and the columns' names, or what the nearest row lacks."""
    wanted = [*layout.labels.values(), *layout.figures, *layout.unread]
    best, fewest = 0, wanted
    width = max((len(row) for row in table.rows), default=0)
    for row in range(layout.header_rows - 1, min(len(table.rows), DEEPEST)):
        names = headings(table.rows, row, layout.header_rows, width)
        absent = [name for name in wanted if name not in names]
        if not absent:
            return row, names
        if len(absent) < len(fewest):
            best, fewest = row, absent
    return f"{table.place(best, 0)}: expected a column {', '.join(map(repr, fewest))}, found none"


def read(
    content: bytes, layout: MatrixLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    """Read one file of this kind; see `readers.read`."""
    return _Reading(table_of(content, layout, file), layout, year, registers, file).figures()


class _Reading:
    """One table on its way to published rows; every problem is collected."""

    def __init__(
        self,
        table: Table,
        layout: MatrixLayout,
        year: FinancialYear,
        registers: Registers,
        file: str,
    ) -> None:
        self.table, self.layout, self.year, self.registers = table, layout, year, registers
        self.file = file
        self.look = Lookup(registers, year)
        self.problems = Problems(LayoutError, file)
        self.found: dict[tuple[str, ...], dict[str, Any]] = {}

    def figures(self) -> pd.DataFrame:
        """One row per figure."""
        located = locate(self.table, self.layout)
        if isinstance(located, str):
            self.problems.add(located)
            self.problems.raise_if_any()
            return pd.DataFrame()
        start, names = located
        at = self._columns(start, names)
        self.problems.raise_if_any()
        for row in range(start + 1, len(self.table.rows)):
            cells = [*self.table.rows[row]]
            short = len(cells) <= max(at.values()) and sum(bool(text(cell)) for cell in cells) > 1
            if short:
                self.problems.add(
                    f"{self.table.place(row, 0)}: found {len(cells)} cells, "
                    f"expected {max(at.values()) + 1}"
                )
                continue
            cells += [""] * (len(names) - len(cells))
            self._row(row, cells, at)
        if not self.found:
            self.problems.add(f"{self.table.place(start, 0)}: found no figure beneath the headings")
        self.problems.raise_if_any()
        return finish(pd.DataFrame(list(self.found.values())), self.registers, self.file)

    def _columns(self, start: int, names: list[str]) -> dict[str, int]:
        layout = self.layout
        known = {*layout.labels.values(), *layout.figures, *layout.unread, *layout.skip}
        count = Counter(names)
        for column, name in enumerate(names):
            place = self.table.place(start, column)
            empty = not any(
                text(row[column]) for row in self.table.rows[start + 1 :] if column < len(row)
            )
            if name not in known and not (empty and name.startswith("[")):
                self.problems.add(f"{place}: found an unexpected column {name[:60]!r}")
            if count[name] > 1 and names.index(name) != column:
                self.problems.add(f"{place}: found a second column {name[:60]!r}")
        return {name: names.index(name) for name in known if name in names}

    def _row(self, row: int, cells: list[Printed], at: dict[str, int]) -> None:
        labels: dict[str, Printed] = {
            label: cells[at[name]] for label, name in self.layout.labels.items()
        }
        held = [name for name in self.layout.figures if text(cells[at[name]])]
        filled = sum(bool(text(cell)) for cell in cells)
        # A line with one text and no figure is a heading within the table or a note beneath it.
        if filled == 0 or (filled == 1 and not held):
            return
        if any(text(label) in self.layout.skip for label in labels.values() if text(label)):
            return
        stated = unit_of(text(labels["unit"])) if text(labels.get("unit")) else self.layout.unit
        for name, column in self.layout.figures.items():
            place = self.table.place(row, at[name])
            try:
                self._figure(cells[at[name]], column, labels, stated, place)
            except (BenchError, ValueError) as error:
                self.problems.add(f"{place}: {error}")

    def _figure(
        self,
        printed: Printed,
        column: Figures,
        labels: dict[str, Printed],
        stated: str | None,
        place: str,
    ) -> None:
        period = FinancialYear.parse(column.period or text(labels.get("period")) or self.year)
        indicator = indicator_of(
            column.indicator or text(labels.get("indicator")) or self.layout.indicator or "",
            self.registers.indicators,
            period,
        )
        _check_unit(stated, indicator.unit.value, indicator.indicator_id)
        area_id, area_code = self._area(column, labels, period)
        breakdown = column.breakdown or (
            self.look.breakdown(labels["breakdown"])
            if text(labels.get("breakdown"))
            else self.layout.breakdown
        )
        field: str = column.field
        if "measure_type" in labels:
            said = text(labels["measure_type"])
            named = field_of(said)
            if named is None:
                raise ValueError(f"found the measure type {said!r}, unknown")
            field = named
        cell = self._cell(printed, field, stated, indicator.decimals(period))
        key = (indicator.indicator_id, breakdown, area_id, str(period))
        figure = self.found.setdefault(
            key,
            {
                "indicator_id": key[0],
                "breakdown": key[1],
                "area_id": key[2],
                "period": key[3],
                "area_code": area_code,
                "value": None,
                "place": place,
            },
        )
        if figure.get(field) is not None:
            raise ValueError(f"a second {field} of {area_id}, {indicator.indicator_id}, {period}")
        figure[field] = cell
        if field == "value":
            figure["place"] = place

    def _area(
        self, column: Figures, labels: dict[str, Printed], period: FinancialYear
    ) -> tuple[str, str]:
        code = printed_code(labels.get("ons_code"))
        if column.area is not None:
            return column.area, code
        name = labels.get("area_name")
        if not (text(name) or code):
            raise ValueError("found figures in a row without an area")
        return self.look.area(code, name, labels.get("cassr_code"), year=period), code

    def _cell(self, printed: Printed, field: str, stated: str | None, decimals: int) -> Cell:
        if isinstance(printed, str):
            printed = printed.strip()
            if field in ("value", "margin") and printed.endswith("%") and stated == "per_cent":
                cell = parse(printed.removesuffix("%"), {})
                cell = Cell(cell.value, cell.status, printed)
                return self._at_unit(cell, field, stated, decimals)
        return self._at_unit(parse(printed, self.layout.symbols), field, stated, decimals)

    def _at_unit(self, cell: Cell, field: str, stated: str | None, decimals: int) -> Cell:
        """The figure in the indicator's unit; rounded only where the layout says it is not."""
        if cell.value is None or field not in ("value", "margin"):
            return cell
        exact = Decimal(repr(cell.value))
        if stated == "fraction":
            exact *= 100
        if self.layout.rounded:
            if abs(exact) > _LARGEST:
                raise ValueError(f"found {cell.marker}, which no {field} reaches")
            exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return Cell(float(exact), cell.status, cell.marker)


def _check_unit(stated: str | None, unit: str, indicator_id: str) -> None:
    if stated is not None and stated != unit and (stated, unit) != ("fraction", "per_cent"):
        raise ValueError(f"found the unit {stated}, expected {unit}, that of {indicator_id}")


def decimals_in(marker: str) -> int:
    """How many decimals a printed number has."""
    match = re.search(r"\.(\d+)%?$", marker)
    return len(match[1]) if match else 0
