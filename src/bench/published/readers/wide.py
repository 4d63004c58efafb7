"""Workbooks with a sheet for each indicator and a column for each period -> figures as printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published.readers.cells import (
    Cell,
    Lookup,
    Printed,
    Status,
    one_of,
    parse_bracketed,
    printed_code,
)
from bench.published.readers.containers import sheet_table, workbook
from bench.published.readers.long import positions
from bench.published.readers.normalise import finish
from bench.published.schema import FIELDS, KEY

if TYPE_CHECKING:
    from bench.published.layouts import WideLayout
    from bench.published.readers.containers import Table
    from bench.reference import Indicator, Registers
    from bench.reference.periods import FinancialYear

# The bracketed carers' figure of 2016-17: the population eligible before that year.
_BRACKETED_BREAKDOWN = "original_eligible"
_NO_CELL = Cell(None, Status.NOT_AVAILABLE, "")
_PRINTED = [*KEY, "value", *FIELDS, "area_code", "place"]


def read(
    content: bytes, layout: WideLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    """Read one file of this kind; see `published_file.read`."""
    problems = Problems(LayoutError, file)
    book = workbook(content, file)
    sheet_pattern = re.compile(layout.sheet)
    look = Lookup(registers, year)
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
    return finish(pd.DataFrame(figures, columns=_PRINTED), registers, file)


def _wide_sheet(
    table: Table,
    layout: WideLayout,
    indicator: Indicator,
    symbols: dict[str, Status],
    look: Lookup,
    problems: Problems,
) -> list[tuple[Any, ...]]:
    """The figures of a sheet, each with the columns `_PRINTED`."""
    names = set(layout.columns.values())
    start = next((i for i, row in enumerate(table.rows) if names <= set(map(str, row))), None)
    if start is None:
        problems.add(f"{table.place(0, 0)}: found no header row with {', '.join(sorted(names))}")
        return []
    pattern = re.compile(layout.field)
    header = table.rows[start]
    at = positions(header, layout.columns, table.place, start, problems, others=pattern)
    # Which columns hold the fields of one period and breakdown.
    fields: dict[tuple[str, str], dict[str, int]] = {}
    for column, name in enumerate(header):
        if match := pattern.fullmatch(str(name).strip()):
            try:
                period = look.period(match["period"])
                measure = one_of(match["measure_type"], layout.measure_types, "measure type")
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
        code = printed_code(ons_code)
        for (period, breakdown), group in fields.items():
            read = {measure: read_cell(row, column) for measure, column in group.items()}
            place = table.place(row, group["value"])
            printings = [(0, breakdown)]
            if any(cells[1] for cells in read.values()):
                printings.append((1, _BRACKETED_BREAKDOWN))
            for which, split in printings:
                outcome = read["value"][which]
                if outcome is None:
                    problems.add(f"{place}: a figure in brackets without an outcome")
                    continue
                fields_read = [read[field][which] if field in read else None for field in FIELDS]
                key = (indicator.indicator_id, split, area_id, period)
                figures.append((*key, outcome, *fields_read, code, place))
    return figures
