"""Tables whose figures stand where labelled rows and columns meet -> published rows, as printed.

Titles above the heading row are not read; below it every cell is understood or refused.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published.readers.cells import Cell, Lookup, Printed, expected, parse, printed_code, text
from bench.published.readers.containers import Table, csv_table, sheet_table, workbook
from bench.published.readers.header_words import (
    IndicatorLabel,
    bare_number,
    field_of,
    group_named,
    label_of,
    outside,
    plain,
    unit_of,
)
from bench.published.readers.normalise import finish
from bench.published.workbooks.sheets import letters
from bench.reference.areas import ONS_CODE
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.published.layouts import FigureColumn, MatrixLayout
    from bench.reference import Indicator, Registers

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
        cells = [" ".join(plain(text(cell)).split()) for cell in rows[row]]
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
    wanted = [plain(n) for n in (*layout.labels.values(), *layout.figures, *layout.unread)]
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


# One figure on its way: what it is a figure of, its cells by field, and where it stands.
Entry = dict[str, Any]


def read(
    content: bytes, layout: MatrixLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    """Read one file of this kind; see `published_file.read`."""
    entries = read_entries(content, layout, year, registers, file)
    return finish(pd.DataFrame(entries), registers, file)


def read_entries(
    content: bytes, layout: MatrixLayout, year: FinancialYear, registers: Registers, file: str
) -> list[Entry]:
    """The figures of one file, each with its cells; a value may be missing beside its counts.

    Raises:
        LayoutError: The file is not as the layout says; every place is named.
    """
    return _Reading(table_of(content, layout, file), layout, year, registers, file).entries()


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
        self.problems: list[str] = []
        self.symbols: dict[str, list[str]] = {}
        self.options: list[str] = []
        self.found: dict[tuple[str, ...], Entry] = {}
        self.areas: dict[tuple[str, ...], str | ValueError | BenchError] = {}
        self.labels: dict[tuple[str, FinancialYear], IndicatorLabel | ValueError] = {}
        self.periods: dict[str, FinancialYear] = {}
        self.breakdowns: dict[tuple[str | None, ...], str | ValueError] = {}

    def entries(self) -> list[Entry]:
        """One entry per figure."""
        located = locate(self.table, self.layout)
        if isinstance(located, str):
            self.problems.append(located)
            self._refuse()
            return []
        start, names = located
        at = self._columns(start, names)
        self._refuse()
        last = max(at.values())
        width = len(names)
        for row in range(start + 1, len(self.table.rows)):
            cells = [
                plain(cell).strip() if isinstance(cell, str) else cell
                for cell in self.table.rows[row]
            ]
            short = len(cells) <= last and sum(bool(text(cell)) for cell in cells) > 1
            if short:
                self.problems.append(
                    f"{self.table.place(row, 0)}: found {len(cells)} cells, expected {last + 1}"
                )
                continue
            cells += [""] * (width - len(cells))
            self._row(row, cells, at)
        if not self.found:
            self.problems.append(
                f"{self.table.place(start, 0)}: found no figure beneath the headings"
            )
        self._refuse()
        return list(self.found.values())

    def _refuse(self) -> None:
        """Raise what was collected; cells with one text are told once, with the way out."""
        symbols = " ".join(
            f'--map "symbol={symbol}=suppressed"' for symbol in list(self.symbols)[:6]
        )
        options = [f"{symbols} (or =not_available, =not_applicable)"] if symbols else []
        problems = Problems(LayoutError, self.file, mend="; ".join([*options, *self.options]))
        for problem in self.problems:
            problems.add(problem)
        for symbol, places in self.symbols.items():
            more = (
                f" (and in {len(places) - 1} more: {', '.join(places[1:6])})" if places[1:] else ""
            )
            problems.add(
                f"{places[0]}: found {symbol!r}, expected {expected(self.layout.symbols)}{more}"
            )
        problems.raise_if_any()

    def _columns(self, start: int, names: list[str]) -> dict[str, int]:
        layout = self.layout
        known = {*layout.labels.values(), *layout.figures, *layout.unread, *layout.skip}
        known = {plain(name) for name in known}
        count = Counter(names)
        for column, name in enumerate(names):
            place = self.table.place(start, column)
            empty = not any(
                text(row[column]) for row in self.table.rows[start + 1 :] if column < len(row)
            )
            if name not in known and not (empty and name.startswith("[")):
                self.problems.append(f"{place}: found an unexpected column {name[:60]!r}")
            if count[name] > 1 and names.index(name) != column:
                self.problems.append(f"{place}: found a second column {name[:60]!r}")
        return {name: names.index(name) for name in known if name in names}

    def _row(self, row: int, cells: list[Printed], at: dict[str, int]) -> None:
        labels: dict[str, Printed] = {
            label: cells[at[name]] for label, name in self.layout.labels.items()
        }
        figures = [name for name in self.layout.figures if cells[at[name]] not in _EMPTY]
        filled = sum(cell not in _EMPTY for cell in cells)
        # A line with one text and no figure is a heading within the table or a note beneath it.
        if filled == 0 or (filled == 1 and not figures):
            return
        printed = {label: text(cell) for label, cell in labels.items()}
        if any(word in self.layout.skip for word in printed.values() if word):
            return
        if self.layout.skip_codes and self._foreign(labels):
            return
        if not figures and "area_name" in labels and self._is_note(labels):
            return
        unit = printed.get("unit", "")
        stated = unit_of(unit) if unit else self.layout.unit
        if unit and stated is None:
            heading = self.layout.labels["unit"]
            self.problems.append(f"{self.table.place(row, 0)}: found the unit {unit!r}, unknown")
            unread = (
                f"{option('unread', heading)} with {option('unit', 'fraction')} (or {_OTHER_UNITS})"
            )
            if unread not in self.options:
                self.options.append(unread)
            return
        for name, column in self.layout.figures.items():
            place = self.table.place(row, at[name])
            try:
                self._figure(cells[at[name]], column, labels, stated, place)
            except (BenchError, ValueError) as error:
                self.problems.append(f"{place}: {error}")

    def _foreign(self, labels: dict[str, Printed]) -> bool:
        """Whether the row's code is one of those whose rows are left out."""
        codes = [text(labels.get(label)) for label in ("ons_code", "area_name")]
        return any(
            ONS_CODE.fullmatch(code) and code.startswith(self.layout.skip_codes) for code in codes
        )

    def _is_note(self, labels: dict[str, Printed]) -> bool:
        """Whether a row without any figure is about no area either."""
        try:
            self._area_of(labels, self.year)
        except (BenchError, ValueError):
            return True
        return False

    def _figure(
        self,
        printed: Printed,
        column: FigureColumn,
        labels: dict[str, Printed],
        stated: str | None,
        place: str,
    ) -> None:
        period = self._period(column.period or text(labels.get("period")))
        named = column.indicator or text(labels.get("indicator")) or self.layout.indicator or ""
        label = self._label(named, period)
        indicator = label.indicator
        if label.objection:
            raise ValueError(f"found {named[:60]!r}, which is {label.objection}")
        area_id, area_code = self._area(column, labels, period)
        breakdown = self._breakdown(column, labels, label)
        field: str = column.field
        if "measure_type" in labels:
            said = text(labels["measure_type"])
            measure = field_of(said)
            if measure is None:
                raise ValueError(f"found the measure type {said!r}, unknown")
            field = measure
        unit = stated or column.unit or self.layout.units.get(indicator.indicator_id)
        if field in ("value", "margin"):
            _check_unit(unit, indicator.unit.value, indicator.indicator_id)
        cell = self._cell(printed, field, unit, indicator, period, place)
        if cell is None:
            return
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

    def _period(self, printed: str) -> FinancialYear:
        if printed not in self.periods:
            self.periods[printed] = FinancialYear.parse(printed or self.year)
        return self.periods[printed]

    def _label(self, named: str, period: FinancialYear) -> IndicatorLabel:
        key = (named, period)
        if key not in self.labels:
            try:
                self.labels[key] = label_of(named, self.registers.indicators, period)
            except ValueError as error:
                self.labels[key] = ValueError(f"{error}{self._nearest(named, period)}")
        label = self.labels[key]
        if isinstance(label, ValueError):
            raise label
        return label

    def _nearest(self, named: str, period: FinancialYear) -> str:
        """The indicators that a strange label looks like, as a question; "" for none."""
        try:
            self.registers.indicators.find(named, period)
        except BenchError as error:
            return f" ({error.mend})" if error.mend.startswith("did you mean") else ""
        return ""

    def _breakdown(
        self, column: FigureColumn, labels: dict[str, Printed], label: IndicatorLabel
    ) -> str:
        """The one group of people that row, column and table name."""
        printed = text(labels.get("breakdown"))
        key = (column.breakdown, label.breakdown, printed, label.indicator.indicator_id)
        if key not in self.breakdowns:
            try:
                self.breakdowns[key] = self._group(column.breakdown, printed, label)
            except ValueError as error:
                self.breakdowns[key] = error
        breakdown = self.breakdowns[key]
        if isinstance(breakdown, ValueError):
            raise breakdown
        return breakdown

    def _group(self, of_column: str | None, printed: str, label: IndicatorLabel) -> str:
        indicator = label.indicator
        titles = (indicator.title, indicator.short_title)
        said = {of_column, label.breakdown, self.layout.breakdown}
        if printed:
            heading = self.layout.labels["breakdown"]
            group = group_named(printed, self.registers.indicators, heading=heading, titles=titles)
            if not group:
                raise ValueError(f"found the breakdown {printed!r}, unknown")
            said.add(group)
        named = {group for group in said if group and group != "all"}
        if len(named) > 1:
            raise ValueError(f"found the groups {' and '.join(sorted(named))} for one figure")
        breakdown = next(iter(named), "all")
        if outside(breakdown, titles):
            raise ValueError(f"found {breakdown} of {indicator.indicator_id}, which counts others")
        return breakdown

    def _area(
        self, column: FigureColumn, labels: dict[str, Printed], period: FinancialYear
    ) -> tuple[str, str]:
        code = printed_code(labels.get("ons_code"))
        if column.area is not None:
            return self._lived(column.area, period), code
        if self.layout.area is not None and not text(labels.get("area_name")):
            return self.layout.area, code
        return self._area_of(labels, period), code

    def _lived(self, area_id: str, period: FinancialYear) -> str:
        """The area of a heading, or the one that had its name in the year."""
        councils = self.registers.councils
        if area_id not in councils or councils[area_id].exists(period):
            return area_id
        return councils.match(name=councils[area_id].name, year=period) or area_id

    def _area_of(self, labels: dict[str, Printed], period: FinancialYear) -> str:
        code, name = printed_code(labels.get("ons_code")), labels.get("area_name")
        if not code and printed_code(name):
            code, name = text(name), ""
        if not (text(name) or code):
            raise ValueError("found figures in a row without an area")
        key = (code, text(name), text(labels.get("cassr_code")), str(period))
        if key not in self.areas:
            try:
                self.areas[key] = self.look.area(code, name, labels.get("cassr_code"), year=period)
            except (BenchError, ValueError) as error:
                self.areas[key] = error
        area = self.areas[key]
        if not isinstance(area, str):
            raise area
        return area

    def _cell(
        self,
        printed: Printed,
        field: str,
        unit: str | None,
        indicator: Indicator,
        period: FinancialYear,
        place: str,
    ) -> Cell | None:
        """The cell's figure; None for a text that is noted as no figure."""
        decimals = indicator.decimals(period)
        if isinstance(printed, str):
            written = printed.strip()
            bare = written if written in self.layout.symbols else bare_number(written)
            per_cent = bare.endswith("%") and indicator.unit.value == "per_cent"
            if per_cent and field in ("value", "margin"):
                cell = parse(bare.removesuffix("%").strip(), {})
                return self._at_unit(Cell(cell.value, cell.status, written), field, None, decimals)
            try:
                cell = parse(bare, self.layout.symbols)
            except ValueError as error:
                if _FIGURE_START.match(bare):
                    raise ValueError(f"{error}{_why_no_number(bare)}") from None
                self.symbols.setdefault(written, []).append(place)
                return None
            return self._at_unit(Cell(cell.value, cell.status, written), field, unit, decimals)
        return self._at_unit(parse(printed, self.layout.symbols), field, unit, decimals)

    def _at_unit(self, cell: Cell, field: str, unit: str | None, decimals: int) -> Cell:
        """The figure in the indicator's unit; rounded only where the layout says it is not."""
        if cell.value is None or field not in ("value", "margin"):
            return cell
        exact = Decimal(repr(cell.value))
        if unit == "fraction":
            exact *= 100
        if self.layout.rounded:
            if abs(exact) > _LARGEST:
                raise ValueError(f"found {cell.marker}, which no {field} reaches")
            exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return Cell(float(exact), cell.status, cell.marker)


_EMPTY = ("", None)
# What begins as a number does is a spoiled number, no symbol.
_FIGURE_START = re.compile(r"[+-]?[£$€]?\s?[\d.,]*\d|=")
_OTHER_UNITS = "per_cent, per_100k, score"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+%?", re.ASCII)


def _why_no_number(written: str) -> str:
    """What is known of a cell that begins as a number and is none; "" where nothing is."""
    if re.match(r"[+-]?[£$€]", written):
        return ": it is an amount of money, and no indicator is one"
    if _DECIMAL_COMMA.fullmatch(written):
        return f": a decimal comma is written as a point, as {written.replace(',', '.')}"
    return ""


def option(field: str, value: str) -> str:
    """A --map as it is typed, quoted where a shell would part it."""
    given = f"{field}={value}"
    plain = all(sign.isalnum() or sign in "=_./-" for sign in given)
    return f"--map {given}" if plain else f'--map "{given}"'


def _check_unit(stated: str | None, unit: str, indicator_id: str) -> None:
    if stated is not None and stated != unit and (stated, unit) != ("fraction", "per_cent"):
        raise ValueError(f"found the unit {stated}, expected {unit}, that of {indicator_id}")


def decimals_in(marker: str) -> int:
    """How many decimals a printed number has."""
    match = re.search(r"\.(\d+)%?$", bare_number(marker))
    return len(match[1]) if match else 0
