"""What holds for a whole table: its year, indicator, unit and symbols.

Enters: a table being understood and its columns. Leaves: the layout to propose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.published.cells import Status
from bench.published.columns import is_number
from bench.published.layouts import MatrixLayout
from bench.published.wishes import UNITS, Seen
from bench.published.wording import SYMBOLS, mentioned, unit_of, years_in
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from bench.published.layouts import Figures, Label, PrintedUnit
    from bench.registers import Indicator

__all__ = ["Proposal", "whole_table"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layout to agree to, the year it is about, and what the table's labels matched."""

    layout: MatrixLayout
    year: FinancialYear
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]
    title: str
    unit_text: str


def whole_table(
    seen: Seen,
    labels: dict[Label, str],
    figures: dict[str, Figures],
    value_names: list[str],
    unread: list[str],
    skip: list[str],
    matched: list[str],
    unmatched: list[str],
) -> Proposal:
    """The layout to propose, its year, and which of the file's labels it matched."""
    year = _year(seen, labels, figures)
    indicator = None
    named = {f.indicator for f in figures.values() if f.indicator}
    if len(named) == 1 and "indicator" not in labels:
        # What one column's heading says of the indicator holds for the counts beside it.
        indicator = next(iter(named))
        figures = {n: f.model_copy(update={"indicator": None}) for n, f in figures.items()}
    if "indicator" not in labels and any(f.indicator is None for f in figures.values()):
        wished = seen.wishes.one("indicator")
        indicator = indicator if indicator and not wished else _indicator(seen, year)
    unit_text = " ".join([*value_names, seen.above()])
    single = "unit" not in labels and len({f.indicator for f in figures.values()}) == 1
    unit = seen.wishes.one("unit") if seen.wishes.one("unit") in UNITS else None
    if unit is None and single and "indicator" not in labels and indicator:
        unit, indicator = _unit(seen, value_names, unit_text, indicator, year)
    layout = MatrixLayout.model_validate(
        {
            "kind": "matrix",
            "sheet": seen.grid.sheet,
            "encoding": seen.grid.encoding,
            "delimiter": seen.grid.delimiter,
            "header_rows": seen.depth,
            "labels": labels,
            "figures": figures,
            "indicator": indicator,
            "unit": unit,
            "unread": unread,
            "skip": skip,
            "symbols": _symbols(seen, figures),
        }
    )
    title = next((c for row in seen.cells[: seen.header] for c in row if c), "")
    return Proposal(layout, year, tuple(matched), tuple(unmatched), title, unit_text)


def _year(seen: Seen, labels: dict[Label, str], figures: dict[str, Figures]) -> FinancialYear:
    if seen.wishes.year is not None:
        return seen.wishes.year
    if "period" in labels:
        held = seen.column(seen.names.index(labels["period"]))
        found = [y for cell in held for y in years_in(cell)]
        if found:
            return max(found)
    named = [FinancialYear.parse(f.period) for f in figures.values() if f.period]
    if named and len(named) == len(figures):
        return max(named)
    said = seen.year_said()
    if said is None:
        raise seen.fail("does not say which year it is about.", "--year 2010-11")
    return said


def _indicator(seen: Seen, year: FinancialYear) -> str:
    wished = seen.wishes.one("indicator")
    if wished is not None:
        return seen.registers.indicators.find(wished, year).indicator_id
    names = " ".join(seen.names)
    for source in (seen.above(), names, seen.file.replace("-", " ").replace("_", " ")):
        found: list[Indicator] = mentioned(source, seen.registers.indicators, year)
        if len(found) == 1:
            return found[0].indicator_id
    raise seen.fail(
        "does not say which indicator it is about.",
        "--map indicator=ID; see `bench list indicators`.",
    )


def _unit(
    seen: Seen, value_names: list[str], said: str, indicator_id: str, year: FinancialYear
) -> tuple[PrintedUnit | None, str]:
    """The unit that the file states, and the indicator of that unit where it has a sibling."""
    indicators = seen.registers.indicators
    entry = indicators[indicator_id]
    stated = unit_of(" ".join(value_names)) or unit_of(said)
    if stated is not None and stated != entry.unit.value:
        siblings = [
            other.indicator_id
            for other in indicators
            if other.unit.value == stated
            and other.framework == entry.framework
            and any(s.value.startswith(entry.code(year)) for s in other.codes if s.holds(year))
        ]
        return stated, siblings[0] if len(siblings) == 1 else indicator_id
    if entry.unit.value != "per_cent":
        return stated, indicator_id
    held = [
        float(cell)
        for name in value_names
        for cell in seen.column(seen.names.index(name))
        if is_number(cell) and not cell.endswith("%") and "," not in cell
    ]
    if len(held) > 2 and max(held) <= 1 and any(0 < number < 1 for number in held):
        if stated == "per_cent":
            raise seen.fail(
                "states per cent, but no value is above 1: are they fractions of 1?",
                "--map unit=fraction if 0.07 means 7%, else --map unit=per_cent",
            )
        return "fraction", indicator_id
    return stated, indicator_id


def _symbols(seen: Seen, figures: dict[str, Figures]) -> dict[str, Status]:
    symbols: dict[str, Status] = {}
    for name in figures:
        for cell in seen.column(seen.names.index(name)):
            if cell in SYMBOLS:
                symbols[cell] = SYMBOLS[cell]
    for wished in seen.wishes.of("symbol"):
        symbol, _, status = wished.rpartition("=")
        if status not in list(Status):
            raise ParameterError(
                f"found symbol={wished!r}, expected a symbol and one of {', '.join(Status)}.",
                mend='--map "symbol=-=suppressed"',
            )
        symbols[symbol] = Status(status)
    return dict(sorted(symbols.items()))
