"""Published tables of a declared layout -> published rows, as printed. No year, no choice here.

Enters: a file's bytes, its layout, and the registers. Leaves: a frame with one row per printed
figure, `COLUMNS` below, in the order of the file. Nothing is summed, chosen, renamed or filled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published import coded
from bench.published.cells import Cell, Printed, Status, at_decimals, parse, parse_bracketed
from bench.published.containers import Table, csv_table, sheet_table, workbook
from bench.published.layouts import CodedLayout, LongLayout, WideLayout
from bench.published.schema import FIELDS, KEY
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.registers import Indicator, Registers

__all__ = ["COLUMNS", "read"]

COLUMNS = [*KEY, "value", *FIELDS, "status", "marker", "area_code", "place"]
_ONS_CODE = re.compile(r"[EJ]\d{8}")
# The bracketed carers' figure of 2016-17: the population eligible before that year.
_BRACKETED_BREAKDOWN = "original_eligible"


def read(
    content: bytes,
    *,
    layout: LongLayout | WideLayout | CodedLayout,
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
    if isinstance(layout, CodedLayout):
        return _read_coded(content, layout, year, registers, file)
    if layout.sheet is None:
        table = csv_table(content, layout.encoding, file)
    else:
        table = sheet_table(workbook(content, file), layout.sheet, file)
    return _read_long(table, layout, year, registers, file)


# --- long ---------------------------------------------------------------------------------------


def _read_long(
    table: Table, layout: LongLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    problems = Problems(LayoutError, file)
    header, *rows = table.rows or [[]]
    body = list(enumerate(rows, start=1))
    at = _positions(header, layout.columns, table, 0, problems)
    for row, cells in body:
        if len(cells) != len(header):
            problems.add(f"{table.place(row, 0)}: found {len(cells)} cells, expected {len(header)}")
    if not body:
        problems.add("found no rows beneath the header")
    problems.raise_if_any()

    def column(recognise: Callable[..., Any], *names: str) -> list[Any]:
        """What each row's cells mean: one look-up per distinct combination, one message each."""
        indices = [at[name] for name in names]
        blanks = [layout.blanks.get(name, "") for name in names]
        keys = [tuple(map(cells.__getitem__, indices)) for _, cells in body]
        known: dict[tuple[Printed, ...], Any] = {}
        for key in dict.fromkeys(keys):
            printed = (cell or blank or cell for cell, blank in zip(key, blanks, strict=True))
            try:
                known[key] = recognise(*printed)
            except (BenchError, ValueError) as error:
                known[key] = None
                row, _ = body[keys.index(key)]
                problems.add(f"{table.place(row, indices[0])}: {error}")
        return [known[key] for key in keys]

    look = _Lookup(registers, year)
    if "period" in at:
        # The codes of the file's other years may mean something else.
        periods = column(look.period, "period")
        body = [pair for pair, period in zip(body, periods, strict=True) if period == str(year)]
    frame = pd.DataFrame(
        {
            "indicator_id": column(
                look.indicator, "indicator_code", *(n for n in ("measure_code",) if n in at)
            ),
            "breakdown": column(look.breakdown, "breakdown"),
            "area_id": column(
                look.area, "ons_code", "area_name", *(n for n in ("cassr_code",) if n in at)
            ),
            "period": str(year),
            "field": column(
                lambda label: _one_of(label, layout.measure_types, "measure type"), "measure_type"
            )
            if "measure_type" in at
            else "value",
            "cell": column(lambda printed: parse(printed, layout.symbols), "printed"),
            "area_code": column(_code, "ons_code"),
            "row": [row for row, _ in body],
        }
    )
    problems.raise_if_any()
    twice = frame[frame.duplicated([*KEY, "field"], keep="first")]
    for row in twice["row"].head(21):
        problems.add(f"{table.place(row, 0)}: a second row for the same figure")
    problems.raise_if_any()

    by_field = {
        str(field): part.set_index(KEY) for field, part in frame.groupby("field", sort=False)
    }
    figures = by_field.pop("value", frame.iloc[:0].set_index(KEY))
    for field, part in by_field.items():
        orphans = part.index.difference(figures.index)
        if len(orphans):
            row = part.loc[orphans, "row"].iloc[0]
            problems.add(f"{table.place(row, 0)}: a {field} without an outcome")
        figures[field] = part["cell"]
    problems.raise_if_any()
    figures = figures.rename(columns={"cell": "value"}).reset_index()
    place_at = at["printed"]
    figures["place"] = [table.place(row, place_at) for row in figures["row"]]
    return _finish(figures, registers, file)


def _positions(
    header: Sequence[Printed],
    columns: dict[str, str],
    table: Table,
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
            problems.add(f"{table.place(row, column)}: found an unexpected column {name[:60]!r}")
        if name in names[:column]:
            problems.add(f"{table.place(row, column)}: found a second column {name[:60]!r}")
    for name in columns.values():
        if name not in names:
            problems.add(f"{table.place(row, 0)}: expected a column {name!r}, found none")
    return {field: names.index(name) for field, name in columns.items() if name in names}


# --- wide ---------------------------------------------------------------------------------------


def _read_wide(
    content: bytes, layout: WideLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    problems = Problems(LayoutError, file)
    book = workbook(content, file)
    sheet_pattern = re.compile(layout.sheet)
    look = _Lookup(registers, year)
    figures: list[dict[str, Any]] = []
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
    return _finish(pd.DataFrame(figures), registers, file)


def _wide_sheet(
    table: Table,
    layout: WideLayout,
    indicator: Indicator,
    symbols: dict[str, Status],
    look: _Lookup,
    problems: Problems,
) -> list[dict[str, Any]]:
    names = set(layout.columns.values())
    start = next((i for i, row in enumerate(table.rows) if names <= set(map(str, row))), None)
    if start is None:
        problems.add(f"{table.place(0, 0)}: found no header row with {', '.join(sorted(names))}")
        return []
    pattern = re.compile(layout.field)
    header = table.rows[start]
    at = _positions(header, layout.columns, table, start, problems, others=pattern)
    fields: list[tuple[int, str, str, str]] = []
    for column, name in enumerate(header):
        if match := pattern.fullmatch(str(name).strip()):
            try:
                period = look.period(match["period"])
                measure = _one_of(match["measure_type"], layout.measure_types, "measure type")
                breakdown = look.breakdown(match["breakdown"] or "total")
            except (BenchError, ValueError) as error:
                problems.add(f"{table.place(start, column)}: {error}")
                continue
            fields.append((column, period, breakdown, measure))

    figures: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in range(start + 1, len(table.rows)):
        cells = table.rows[row]
        ons_code, name = cells[at["ons_code"]], cells[at["area_name"]]
        try:
            area_id = look.area(ons_code, name, cells[at["cassr_code"]])
        except (BenchError, ValueError) as error:
            problems.add(f"{table.place(row, 0)}: {error}")
            continue
        for column, period, breakdown, measure in fields:
            try:
                official, other = parse_bracketed(cells[column], symbols)
            except ValueError as error:
                problems.add(f"{table.place(row, column)}: {error}")
                continue
            for cell, split in ((official, breakdown), (other, _BRACKETED_BREAKDOWN)):
                if cell is None:
                    continue
                figure = figures.setdefault(
                    (area_id, period, split),
                    {
                        "indicator_id": indicator.indicator_id,
                        "breakdown": split,
                        "area_id": area_id,
                        "period": period,
                        "area_code": _code(ons_code),
                    },
                )
                if measure in figure:
                    problems.add(f"{table.place(row, column)}: a second figure for {area_id}")
                figure[measure] = cell
                if measure == "value":
                    figure["place"] = table.place(row, column)
    return list(figures.values())


def _read_coded(
    content: bytes, layout: CodedLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    problems = Problems(LayoutError, file)
    table = csv_table(content, layout.encoding, file)
    look = _Lookup(registers, year)
    figures = coded.rows(table, layout, look.area_in_year, str(year), problems)
    problems.raise_if_any()
    return _finish(pd.DataFrame(figures), registers, file)


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
        return self._area(_code(ons_code), _text(cassr_code), _text(name), None)

    def area_in_year(self, name: str, cassr_code: str) -> str:
        """The area of a row without ONS code, whose name may have meant another council once."""
        return self._area("", cassr_code, name, self._year)

    def _area(self, code: str, short: str, name: str, year: FinancialYear | None) -> str:
        area_id = self._registers.councils.match(
            ons_code=code, cassr_code=short, name=name, year=year
        )
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
    """Cells into columns; the value at its published decimals."""
    problems = Problems(LayoutError, file)
    cells = figures["value"]
    for place in figures.loc[cells.isna(), "place" if "place" in figures else "area_id"].head(21):
        problems.add(f"{place}: a row without an outcome")
    problems.raise_if_any()
    out = figures[KEY].copy()
    digits = {
        (indicator, period): registers.indicators[indicator].decimals(FinancialYear.parse(period))
        for indicator, period in set(zip(out["indicator_id"], out["period"], strict=True))
    }
    decimals = np.array(
        [digits[pair] for pair in zip(out["indicator_id"], out["period"], strict=True)]
    )
    for field in ("value", *FIELDS):
        column = figures[field] if field in figures else [None] * len(figures)
        numbers = np.array(
            [cell.value if isinstance(cell, Cell) else None for cell in column], dtype="float64"
        )
        out[field] = numbers
        if field in ("value", "margin"):
            published = at_decimals(numbers, decimals)
            for row in np.flatnonzero(np.isnan(published) & ~np.isnan(numbers))[:21]:
                problems.add(
                    f"{figures['place'].iloc[row]} ({field}): found {numbers[row]}, "
                    f"expected at most {decimals[row]} decimal(s)"
                )
            out[field] = published
    problems.raise_if_any()
    out["status"] = [cell.status.value for cell in cells]
    out["marker"] = [cell.marker for cell in cells]
    out["area_code"] = figures["area_code"]
    out["place"] = figures["place"]
    return out[COLUMNS]
