"""Long tables and workbooks -> published rows, as printed. No year and no choice in the code.

Enters: a file's bytes, its layout, and the registers. Leaves: a frame with one row per printed
figure, `COLUMNS` below, in the order of the file. Nothing is summed, chosen, renamed or filled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published.cells import Cell, Printed, Status, at_decimals, parse, parse_bracketed
from bench.published.containers import (
    Columns,
    Table,
    columns_of,
    csv_columns,
    sheet_table,
    workbook,
)
from bench.published.layouts import LongLayout, WideLayout
from bench.published.schema import FIELDS, KEY
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.registers import Indicator, Registers

__all__ = ["COLUMNS", "read"]

COLUMNS = [*KEY, "value", *FIELDS, "status", "marker", "area_code", "place"]
_NUMBERS = dict.fromkeys(["value", *FIELDS], "float64")
_WORDS = {name: "str" for name in COLUMNS if name not in _NUMBERS}
_ONS_CODE = re.compile(r"[EJ]\d{8}")
# The bracketed carers' figure of 2016-17: the population eligible before that year.
_BRACKETED_BREAKDOWN = "original_eligible"
_NO_CELL = Cell(None, Status.NOT_AVAILABLE, "")


def read(
    content: bytes,
    *,
    layout: LongLayout | WideLayout,
    year: FinancialYear,
    registers: Registers,
    file: str,
) -> pd.DataFrame:
    """Read one published file.

    Args:
        content: The file's bytes.
        layout: What its columns and sheets hold.
        year: The year whose framework gives the codes; of a long table without a period column,
            also the year of its figures.
        registers: Areas, indicators and breakdowns to recognise.
        file: The name to use in messages.

    Returns:
        A frame with `COLUMNS`; `value` in the indicator's own unit at published decimals.

    Raises:
        LayoutError: The file is not as the layout says; every place is named.
    """
    if isinstance(layout, WideLayout):
        return _read_wide(content, layout, year, registers, file)
    wanted = frozenset(layout.columns.values())
    if layout.sheet is None:
        columns = csv_columns(content, layout.encoding, file, wanted=wanted)
    else:
        table = sheet_table(workbook(content, file), layout.sheet, file)
        columns = columns_of(table, file, wanted=wanted)
    return _read_long(columns, layout, year, registers, file)


# --- long ---------------------------------------------------------------------------------------


class _Meanings(NamedTuple):
    """What a column's cells mean: the distinct meanings and, for each row, which of them."""

    distinct: list[Any]
    codes: np.ndarray

    def of(self, rows: np.ndarray) -> pd.Categorical:
        """The meanings of some rows as labels."""
        return _labels(self.distinct, self.codes[rows])


def _read_long(
    table: Columns, layout: LongLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    problems = Problems(LayoutError, file)
    at = _positions(table.header, layout.columns, table.place, 0, problems)
    if not table.rows:
        problems.add("found no rows beneath the header")
    problems.raise_if_any()
    body = np.arange(table.rows)

    def column(recognise: Callable[..., Any], *names: str) -> _Meanings:
        """What each row's cells mean: one look-up per distinct combination, one message each."""
        cells = [table.cells[at[name]] for name in names]
        sizes = tuple(len(one.distinct) for one in cells)
        combined = np.ravel_multi_index([one.codes[body] for one in cells], sizes)
        codes, combinations = pd.factorize(combined)
        printed = []
        for name, one, picks in zip(
            names, cells, np.unravel_index(combinations, sizes), strict=True
        ):
            blank = layout.blanks.get(name, "")
            filled = [cell or blank or cell for cell in one.distinct]
            printed.append([filled[pick] for pick in picks.tolist()])
        distinct: list[Any] = []
        for number, combination in enumerate(zip(*printed, strict=True)):
            try:
                distinct.append(recognise(*combination))
            except (BenchError, ValueError) as error:
                distinct.append(None)
                row = body[np.argmax(codes == number)]
                problems.add(f"{table.place(row + 1, at[names[0]])}: {error}")
        return _Meanings(distinct, codes)

    look = _Lookup(registers, year)
    if "period" in at:
        # The codes of the file's other years may mean something else.
        periods = column(look.period, "period")
        body = body[np.array([period == str(year) for period in periods.distinct])[periods.codes]]
    indicators = column(
        look.indicator, "indicator_code", *(n for n in ("measure_code",) if n in at)
    )
    breakdowns = column(look.breakdown, "breakdown")
    areas = column(look.area, "ons_code", "area_name", *(n for n in ("cassr_code",) if n in at))
    cells = column(lambda printed: parse(printed, layout.symbols), "printed")
    codes = column(_code, "ons_code")
    fields = _Meanings(["value"], np.zeros(len(body), dtype="int64"))
    if "measure_type" in at:
        fields = column(
            lambda label: _one_of(label, layout.measure_types, "measure type"), "measure_type"
        )
    problems.raise_if_any()

    numbers, measures = _numbers((indicators, breakdowns, areas)), _numbers((fields,))
    for row in body[pd.Series(numbers * (measures.max() + 1) + measures).duplicated()][:21]:
        problems.add(f"{table.place(row + 1, 0)}: a second row for the same figure")
    problems.raise_if_any()

    field_of = np.array(fields.distinct, dtype="object")[fields.codes]
    outcomes = np.flatnonzero(field_of == "value")
    places = pd.Index(numbers[outcomes])
    value_of = np.array([cell.value for cell in cells.distinct], dtype="float64")
    figures: dict[str, Any] = {
        "indicator_id": indicators.of(outcomes),
        "breakdown": breakdowns.of(outcomes),
        "area_id": areas.of(outcomes),
        "period": _labels([str(year)], np.zeros(len(outcomes), dtype="int64")),
        "value": value_of[cells.codes[outcomes]],
    }
    for field in FIELDS:
        rows = np.flatnonzero(field_of == field)
        found = places.get_indexer(numbers[rows])
        for row in body[rows[found < 0]][:1]:
            problems.add(f"{table.place(row + 1, 0)}: a {field} without an outcome")
        figures[field] = np.full(len(outcomes), np.nan)
        figures[field][found] = value_of[cells.codes[rows]]
    problems.raise_if_any()
    printed = cells.codes[outcomes]
    figures["status"] = _labels([str(cell.status) for cell in cells.distinct], printed)
    figures["marker"] = _labels([cell.marker for cell in cells.distinct], printed)
    figures["area_code"] = codes.of(outcomes)
    figures["place"] = [table.place(row, at["printed"]) for row in (body[outcomes] + 1).tolist()]
    return _finish(pd.DataFrame(figures), registers, file)


def _labels(meanings: list[str], codes: np.ndarray) -> pd.Categorical:
    """Labels of rows, by the number of each in a list that may hold the same twice."""
    numbers, distinct = pd.factorize(np.array(meanings, dtype="object"))
    return pd.Categorical.from_codes(numbers[codes], categories=pd.Index(distinct))


def _numbers(columns: Sequence[_Meanings]) -> np.ndarray:
    """One number per row, the same for rows that mean the same."""
    number = np.zeros(len(columns[0].codes), dtype="int64")
    for column in columns:
        codes, distinct = pd.factorize(np.array(column.distinct, dtype="object"))
        number = number * len(distinct) + codes[column.codes]
    return number


def _positions(
    header: Sequence[Printed],
    columns: dict[str, str],
    place: Callable[[int, int], str],
    row: int,
    problems: Problems,
    *,
    others: re.Pattern[str] | None = None,
) -> dict[str, int]:
    """Where each column stands; a header that is missing, unknown or there twice is a problem."""
    names = [str(cell).strip() if cell is not None else "" for cell in header]
    for column, name in enumerate(names):
        known = name in columns.values() or (others is not None and others.fullmatch(name))
        if not known:
            problems.add(f"{place(row, column)}: found an unexpected column {name[:60]!r}")
        if name in names[:column]:
            problems.add(f"{place(row, column)}: found a second column {name[:60]!r}")
    for name in columns.values():
        if name not in names:
            problems.add(f"{place(row, 0)}: expected a column {name!r}, found none")
    return {field: names.index(name) for field, name in columns.items() if name in names}


# --- wide ---------------------------------------------------------------------------------------


def _read_wide(
    content: bytes, layout: WideLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    problems = Problems(LayoutError, file)
    book = workbook(content, file)
    sheet_pattern = re.compile(layout.sheet)
    look = _Lookup(registers, year)
    figures: list[tuple[Any, ...]] = []
    for sheet in book.sheet_names:
        match = sheet_pattern.fullmatch(sheet)
        if match:
            try:
                indicator = look.find_indicator(match["indicator_code"])
            except ValueError as error:
                problems.add(f"{sheet}: {error}")
                continue
            table = sheet_table(book, sheet, file)
            symbols = layout.symbols_for(match["indicator_code"])
            figures += _wide_sheet(table, layout, indicator, symbols, look, problems)
        elif sheet not in layout.other_sheets:
            problems.add(f"found an unexpected sheet {sheet!r}")
    if not figures:
        problems.add(f"found no sheet like {layout.sheet!r} with figures")
    problems.raise_if_any()
    return _finish(pd.DataFrame(figures, columns=COLUMNS), registers, file)


def _wide_sheet(
    table: Table,
    layout: WideLayout,
    indicator: Indicator,
    symbols: dict[str, Status],
    look: _Lookup,
    problems: Problems,
) -> list[tuple[Any, ...]]:
    """The figures of a sheet, each with `COLUMNS`."""
    names = set(layout.columns.values())
    start = next((i for i, row in enumerate(table.rows) if names <= set(map(str, row))), None)
    if start is None:
        problems.add(f"{table.place(0, 0)}: found no header row with {', '.join(sorted(names))}")
        return []
    pattern = re.compile(layout.field)
    header = table.rows[start]
    at = _positions(header, layout.columns, table.place, start, problems, others=pattern)
    # Which columns hold the fields of one period and breakdown.
    fields: dict[tuple[str, str], dict[str, int]] = {}
    for column, name in enumerate(header):
        if match := pattern.fullmatch(str(name).strip()):
            try:
                period = look.period(match["period"])
                measure = _one_of(match["measure_type"], layout.measure_types, "measure type")
                breakdown = look.breakdown(match["breakdown"] or "total")
            except (BenchError, ValueError) as error:
                problems.add(f"{table.place(start, column)}: {error}")
                continue
            group = fields.setdefault((period, breakdown), {})
            if measure in group:
                problems.add(f"{table.place(start, column)}: a second {measure} of {period}")
            group[measure] = column
    for (period, breakdown), group in fields.items():
        if "value" not in group:
            column = min(group.values())
            problems.add(f"{table.place(start, column)}: {period} {breakdown} without an outcome")
    if any("value" not in group for group in fields.values()):
        return []

    known: dict[tuple[bool, Printed], tuple[Cell, Cell | None]] = {}

    def read_cell(row: int, column: int) -> tuple[Cell, Cell | None]:
        printed = table.rows[row][column]
        key = (isinstance(printed, bool), printed)  # a dictionary takes True for 1
        if key not in known:
            try:
                known[key] = parse_bracketed(printed, symbols)
            except ValueError as error:
                problems.add(f"{table.place(row, column)}: {error}")
                return _NO_CELL, None
        return known[key]

    figures: list[tuple[Any, ...]] = []
    seen: set[str] = set()
    for row in range(start + 1, len(table.rows)):
        cells = table.rows[row]
        ons_code, name = cells[at["ons_code"]], cells[at["area_name"]]
        try:
            area_id = look.area(ons_code, name, cells[at["cassr_code"]])
        except (BenchError, ValueError) as error:
            problems.add(f"{table.place(row, 0)}: {error}")
            continue
        if area_id in seen:
            problems.add(f"{table.place(row, 0)}: a second row for {area_id}")
        seen.add(area_id)
        code = _code(ons_code)
        for (period, breakdown), group in fields.items():
            read = {measure: read_cell(row, column) for measure, column in group.items()}
            place = table.place(row, group["value"])
            for which, split in ((0, breakdown), (1, _BRACKETED_BREAKDOWN)):
                outcome = read["value"][which]
                if outcome is not None:
                    numbers = [_number(read.get(field), which) for field in FIELDS]
                    key = (indicator.indicator_id, split, area_id, period)
                    how = (str(outcome.status), outcome.marker, code, place)
                    figures.append((*key, outcome.value, *numbers, *how))
                elif any(cells[which] is not None for cells in read.values()):
                    problems.add(f"{place}: a figure in brackets without an outcome")
    return figures


def _number(cells: tuple[Cell, Cell | None] | None, which: int) -> float | None:
    cell = cells[which] if cells else None
    return cell.value if cell else None


# --- shared -------------------------------------------------------------------------------------


class _Lookup:
    """What a printed label stands for, by the registers."""

    def __init__(self, registers: Registers, year: FinancialYear) -> None:
        self._registers, self._year = registers, year

    def find_indicator(self, code: str) -> Indicator:
        found = self._registers.indicators.match_code(code, self._year)
        if found is None:
            raise ValueError(f"found the indicator code {code!r}, unknown in {self._year}")
        return found

    def indicator(self, code: Printed, measure_code: Printed = None) -> str:
        found = self.find_indicator(_text(code))
        if measure_code is not None and not _bare(measure_code).startswith(_bare(code)):
            raise ValueError(f"found the measure {measure_code!r} under the indicator {code!r}")
        return found.indicator_id

    def breakdown(self, label: Printed) -> str:
        found = self._registers.indicators.breakdown(_text(label))
        if found is None:
            raise ValueError(f"found the breakdown {label!r}, unknown")
        return found

    def area(self, ons_code: Printed, name: Printed, cassr_code: Printed = None) -> str:
        code, short, name = _code(ons_code), _text(cassr_code), _text(name)
        area_id = self._registers.councils.match(ons_code=code, cassr_code=short, name=name)
        if area_id is None:
            raise ValueError(f"found the area {name!r} ({code or short or 'no code'}), unknown")
        return area_id

    def period(self, label: Printed) -> str:
        return str(FinancialYear.parse(_text(label)))


def _one_of(label: Printed, meanings: Mapping[str, str], kind: str) -> str:
    key = _text(label).casefold()
    if key not in meanings:
        raise ValueError(f"found the {kind} {label!r}, expected one of {', '.join(meanings)}")
    return meanings[key]


def _text(printed: Printed) -> str:
    """A label's text; a code that a spreadsheet took for a number loses its '.0'."""
    if printed is None:
        return ""
    if isinstance(printed, float) and printed.is_integer():
        return str(int(printed))
    return str(printed).strip()


def _bare(code: Printed) -> str:
    return re.sub(r"[()\s]", "", _text(code)).upper()


def _code(ons_code: Printed) -> str:
    """The ONS code as printed, or nothing where a symbol or 0 stands in its place."""
    text = _text(ons_code)
    return text if _ONS_CODE.fullmatch(text) else ""


def _finish(figures: pd.DataFrame, registers: Registers, file: str) -> pd.DataFrame:
    """Labels as text; value and margin at their published decimals."""
    problems = Problems(LayoutError, file)
    figures = figures[COLUMNS].astype(_NUMBERS)
    of_indicator, indicators = pd.factorize(figures["indicator_id"])
    of_period, periods = pd.factorize(figures["period"])
    years = [FinancialYear.parse(str(period)) for period in periods]
    digits = [
        [registers.indicators[str(indicator)].decimals(year) for year in years]
        for indicator in indicators
    ]
    decimals = np.array(digits)[of_indicator, of_period]
    figures = figures.astype(_WORDS)
    for field in ("value", "margin"):
        numbers = figures[field].to_numpy()
        published = at_decimals(numbers, decimals)
        for row in np.flatnonzero(np.isnan(published) & ~np.isnan(numbers))[:21]:
            problems.add(
                f"{figures['place'].iloc[row]} ({field}): found {numbers[row]}, "
                f"expected at most {decimals[row]} decimal(s)"
            )
        figures[field] = published
    problems.raise_if_any()
    return figures
