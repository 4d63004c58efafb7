"""What a table's columns hold, by their headings and by what stands in them.

Enters: a table being understood. Leaves: its label columns and its columns of figures.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.published.cells import parse
from bench.published.layouts import Figures
from bench.published.wishes import MEASURES, Seen, column_of
from bench.published.wording import (
    field_of,
    indicator_of,
    mentioned,
    not_a_figure,
    unit_of,
    years_in,
)
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.published.layouts import Label

__all__ = ["figures_of", "is_number", "is_numeric", "label_by_content", "meaning_of"]


def label_by_content(seen: Seen, labels: dict[Label, str], number: int, held: list[str]) -> None:
    """Take a column for the label that all its cells are, if there is one."""
    name = seen.names[number]
    tests: tuple[tuple[Label, Callable[[str], object]], ...] = (
        ("period", lambda cell: bool(FinancialYear.parse(cell))),
        ("breakdown", seen.registers.indicators.breakdown),
        ("measure_type", lambda cell: cell.casefold() in _MEASURE_WORDS),
        ("indicator", lambda cell: _names_indicator(seen, cell)),
        ("unit", unit_of),
    )
    if is_numeric(held):
        return
    for label, test in tests:
        if label in labels:
            continue
        known = sum(_holds(test, cell) for cell in held)
        if known and (known == len(held) or (label == "indicator" and 2 * known > len(held))):
            labels[label] = name
            return


_MEASURE_WORDS = {
    "outcome", "value", "numerator", "denominator", "base", "respondents",
    "number of respondents", "margin of error",
}  # fmt: skip


def _holds(test: Callable[[str], object], cell: str) -> bool:
    try:
        return bool(test(cell))
    except (BenchError, ValueError):
        return False


def _names_indicator(seen: Seen, cell: str) -> bool:
    if cell in seen.registers.indicators or mentioned(cell, seen.registers.indicators):
        return True
    latest = FinancialYear.parse("2024-25")
    years = {latest, *years_in(" ".join(seen.cells[0]))}
    for year in years:
        try:
            indicator_of(cell, seen.registers.indicators, year)
        except ValueError:
            continue
        return True
    return False


def figures_of(seen: Seen, taken: set[str]) -> tuple[dict[str, Figures], list[str]]:
    """What each column of figures holds, and the names of those that hold values."""
    figures: dict[str, Figures] = {}
    unclear: list[str] = []
    for measure in MEASURES:
        for wished in seen.wishes.of(measure):
            name = column_of(seen, wished)
            figures[name] = Figures.model_validate(meaning_of(seen, name) | {"field": measure})
    values_wished = bool(seen.wishes.of("value"))
    for number, name in enumerate(seen.names):
        if name in taken or name in figures:
            continue
        held = [cell for cell in seen.column(number) if cell]
        meaning = meaning_of(seen, name)
        measure_named = field_of(name)
        # What its heading calls a figure is one, whatever stands in it: the reader refuses text.
        if not held or not_a_figure(name):
            continue
        if not (is_numeric(held) or measure_named or meaning):
            continue
        if measure_named in (None, "value") and values_wished:
            continue
        if measure_named or meaning:
            figures[name] = Figures.model_validate(meaning | {"field": measure_named or "value"})
        else:
            unclear.append(name)
    values = [name for name, figure in figures.items() if figure.field == "value"]
    if not values:
        raise seen.fail(
            "found no column of values"
            + (f" among {', '.join(map(repr, unclear))}." if unclear else "."),
            f"name it: --map value={unclear[0]!r}" if unclear else "name it: --map value=COLUMN",
        )
    plain = [name for name in values if figures[name] == Figures()]
    if len(plain) > 1:
        raise seen.fail(
            f"found several columns that may hold the value: {', '.join(map(repr, plain))}.",
            f"choose: --map value={plain[0]!r}",
        )
    return figures, values


def meaning_of(seen: Seen, name: str) -> dict[str, str]:
    """The year, indicator and breakdown that a heading names."""
    meaning: dict[str, str] = {}
    years = years_in(name)
    if len(years) == 1:
        meaning["period"] = str(next(iter(years)))
    year = next(iter(years), seen.wishes.year)
    indicators = mentioned(name, seen.registers.indicators, year)
    if len(indicators) > 1 and year is None:
        year = seen.year_said()
        indicators = mentioned(name, seen.registers.indicators, year)
    if len(indicators) == 1:
        meaning["indicator"] = indicators[0].indicator_id
    for part in re.split(r"[|(),:–—]| - ", name):
        breakdown = seen.registers.indicators.breakdown(part.strip()) if part.strip() else None
        if breakdown and breakdown != "all":
            meaning["breakdown"] = breakdown
    return meaning


def is_numeric(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells with anything in them are numbers."""
    held = [cell for cell in cells if cell]
    return bool(held) and 2 * sum(map(is_number, held)) >= len(held)


def is_number(cell: str) -> bool:
    """Whether a cell is a number, with or without a per cent sign."""
    try:
        parse(cell.removesuffix("%"), {})
    except ValueError:
        return False
    return True
