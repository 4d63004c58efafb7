"""Long tables and workbooks -> published rows, as printed. No year and no choice in the code.

Enters: a file's bytes, its layout, and the registers. Leaves: a frame with one row per printed
figure, `COLUMNS` below, in the order of the file. Nothing is summed, chosen, renamed or filled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published import matrix
from bench.published.cells import Printed, Status, parse, parse_bracketed
from bench.published.containers import Table, csv_table, sheet_table, workbook
from bench.published.labels import Lookup, one_of, printed_code
from bench.published.layouts import LongLayout, MatrixLayout, WideLayout
from bench.published.schema import KEY
from bench.published.tidying import COLUMNS, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.published.layouts import AnyLayout
    from bench.registers import Indicator, Registers
    from bench.registers.periods import FinancialYear

__all__ = ["COLUMNS", "read"]

# The bracketed carers' figure of 2016-17: the population eligible before that year.
_BRACKETED_BREAKDOWN = "original_eligible"


def read(
    content: bytes,
    *,
    layout: AnyLayout,
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
    if isinstance(layout, MatrixLayout):
        return matrix.read(content, layout, year, registers, file)
    if isinstance(layout, WideLayout):
        return _read_wide(content, layout, year, registers, file)
    if layout.sheet is None:
        table = csv_table(content, layout.encoding, file, layout.delimiter)
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

    look = Lookup(registers, year)
    if "period" in at:
        # The codes of the file's other years may mean something else.
        periods = column(look.period, "period")
        body = [pair for pair, period in zip(body, periods, strict=True) if period == str(year)]
        if not body:
            problems.add(
                f"found no row of {year}, but of {', '.join(sorted(set(map(str, periods))))}"
            )
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
                lambda label: one_of(label, layout.measure_types, "measure type"), "measure_type"
            )
            if "measure_type" in at
            else "value",
            "cell": column(lambda printed: parse(printed, layout.symbols), "printed"),
            "area_code": column(printed_code, "ons_code"),
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
    return finish(figures, registers, file)


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
    look = Lookup(registers, year)
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
    return finish(pd.DataFrame(figures), registers, file)


def _wide_sheet(
    table: Table,
    layout: WideLayout,
    indicator: Indicator,
    symbols: dict[str, Status],
    look: Lookup,
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
                measure = one_of(match["measure_type"], layout.measure_types, "measure type")
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
                        "area_code": printed_code(ons_code),
                        "place": table.place(row, column),
                    },
                )
                if measure in figure:
                    problems.add(f"{table.place(row, column)}: a second figure for {area_id}")
                figure[measure] = cell
                if measure == "value":
                    figure["place"] = table.place(row, column)
    return list(figures.values())
