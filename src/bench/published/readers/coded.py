"""Tables with a code above each column, beneath several rows of headings -> figures as printed.

Nothing is summed, and a column that has moved is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import BenchError, LayoutError, Problems
from bench.published.readers.cells import Lookup, parse, text
from bench.published.readers.containers import csv_table
from bench.published.readers.normalise import finish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.published.layouts import CodedColumn, CodedLayout
    from bench.published.readers.cells import Printed
    from bench.published.readers.containers import Table
    from bench.reference import Registers
    from bench.reference.periods import FinancialYear


def read(
    content: bytes, layout: CodedLayout, year: FinancialYear, registers: Registers, file: str
) -> pd.DataFrame:
    """Read one file of this kind; see `published_file.read`."""
    problems = Problems(LayoutError, file)
    table = csv_table(content, layout.encoding, file)
    figures = _figures(table, layout, Lookup(registers, year).area_in_year, str(year), problems)
    problems.raise_if_any()
    return finish(pd.DataFrame(figures), registers, file)


def _figures(
    table: Table,
    layout: CodedLayout,
    area: Callable[[str, str], str],
    period: str,
    problems: Problems,
) -> list[dict[str, Any]]:
    """The figures of the columns that the layout takes.

    Args:
        table: The rows as printed.
        layout: Which code holds what.
        area: From a name and a CASSR code, as printed, to our id of the area.
        period: The year that the table is about.
        problems: Where faults are noted; the figures are of use only if there are none.

    Returns:
        Per area and column taken: its keys, the cell as `value`, and its place.
    """
    start = row_of_codes(table, layout)
    if start is None:
        problems.add(f"found no row with the codes {', '.join(layout.figures)}")
        return []
    codes = [text(code) for code in table.rows[start]]
    taken = _columns(table, start, codes, layout, problems)
    first = next(column for column, code in enumerate(codes) if code)
    figures: list[dict[str, Any]] = []
    lines: dict[str, str] = {}
    for row in range(start + 1, len(table.rows)):
        cells, place = table.rows[row], table.place(row, 0)
        if not any(map(text, cells[first:])):
            if _is_area(cells[:first], layout, area):
                problems.add(f"{place}: found an area without any figure")
            continue  # blank, or a note beneath the table
        try:
            if len(cells) != len(codes):
                raise ValueError(f"found {len(cells)} cells, expected {len(codes)}")
            area_id = _area(cells[:first], layout, area)
            if area_id in lines:
                raise ValueError(f"a second row for {area_id}, which stands in {lines[area_id]}")
        except (BenchError, ValueError) as error:
            problems.add(f"{place}: {error}")
            continue
        lines[area_id] = place
        for column, meaning in taken.items():
            try:
                cell = parse(cells[column], layout.symbols)
            except ValueError as error:
                problems.add(f"{table.place(row, column)} ({codes[column]}): {error}")
                continue
            figures.append(
                {
                    "indicator_id": meaning.indicator_id,
                    "breakdown": meaning.breakdown,
                    "area_id": area_id,
                    "period": period,
                    "area_code": "",
                    "value": cell,
                    "place": table.place(row, column),
                }
            )
    if not lines:
        problems.add("found no rows beneath the codes")
    return figures


def row_of_codes(table: Table, layout: CodedLayout) -> int | None:
    """Where the codes of the columns taken stand, or None where no row has them all."""
    wanted = set(layout.figures)
    return next((i for i, row in enumerate(table.rows) if wanted <= set(map(text, row))), None)


def _columns(
    table: Table, start: int, codes: list[str], layout: CodedLayout, problems: Problems
) -> dict[int, CodedColumn]:
    """What each column taken holds; one whose headings say another thing is a problem."""
    others = re.compile(layout.others)
    taken: dict[int, CodedColumn] = {}
    for column, code in enumerate(codes):
        place = table.place(start, column)
        if code and code in codes[:column]:
            problems.add(f"{place}: found a second column {code[:60]!r}")
        elif code in layout.figures:
            taken[column] = layout.figures[code]
            headings = _headings(table.rows[:start], column)
            for words in layout.figures[code].words:
                if words.casefold() not in headings.casefold():
                    problems.add(
                        f"{place}: the column {code} is headed {headings[-120:]!r}, "
                        f"expected {words!r} in it"
                    )
        elif code and not others.fullmatch(code):
            problems.add(f"{place}: found an unexpected column {code[:60]!r}")
        elif not code and any(codes[:column]):
            problems.add(f"{place}: found a column without a code, after {codes[column - 1]!r}")
    return taken


def _headings(above: Sequence[Sequence[Printed]], column: int) -> str:
    """What stands above a column; a heading over several columns stands in their first."""
    found = []
    for cells in above:
        leftwards = map(text, reversed(cells[: column + 1]))
        found.append(next(filter(None, leftwards), ""))
    return " / ".join(filter(None, found))


def _area(cells: Sequence[Printed], layout: CodedLayout, area: Callable[[str, str], str]) -> str:
    printed = " ".join(filter(None, map(text, cells)))
    match = re.fullmatch(layout.area, printed)
    if match is None:
        raise ValueError(f"found the area {printed!r}, expected one like {layout.area!r}")
    return area(match["area_name"], match["cassr_code"] or "")


def _is_area(
    cells: Sequence[Printed], layout: CodedLayout, area: Callable[[str, str], str]
) -> bool:
    try:
        return bool(_area(cells, layout, area))
    except BenchError:
        return True  # a code and a name of two councils
    except ValueError:
        return False
