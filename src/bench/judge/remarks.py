"""What is to be said beside a figure: other versions of it, provisional ones, a heap at 100%."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bench.judge import statistics
from bench.judge.figure import FigureInForce
from bench.judge.intervals import exact
from bench.reference.areas import ENGLAND
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from bench.judge.row import Row
    from bench.judge.statistics import Field
    from bench.published.provisional import OwnFigure
    from bench.reference import Indicator, Registers


# The breakdown of the carers' figures that a cut does not touch: those asked before it.
ORIGINAL = "original_eligible"


@dataclass(frozen=True, slots=True)
class Remark:
    """A flag and its words."""

    code: str
    text: str


class Remarks:
    """Remarks by indicator, area and year; those on England go with every council's row."""

    def __init__(self, remarks: Mapping[tuple[str, str, str], list[Remark]]) -> None:
        self._found = remarks

    def joined(self, others: Mapping[tuple[str, str, str], list[Remark]]) -> Remarks:
        """These and others, which come after."""
        keys = dict.fromkeys([*self._found, *others])
        return Remarks({k: [*self._found.get(k, []), *others.get(k, [])] for k in keys})

    def of(self, indicator_id: str, area_id: str, year: FinancialYear) -> tuple[Remark, ...]:
        """What is to be said beside a council's figure."""
        areas = dict.fromkeys((area_id, ENGLAND))
        return tuple(
            remark
            for area in areas
            for remark in self._found.get((indicator_id, area, str(year)), ())
        )


def remarks(superseded: pd.DataFrame, figures: pd.DataFrame, registers: Registers) -> Remarks:
    """Gather the remarks of all years.

    Args:
        superseded: Earlier printings that differ, as `bench.published.observations.superseded`
            gives them; the first of a figure is the one named.
        figures: The table in force, with the breakdowns `all` and `original_eligible`.
        registers: Indicators and breaks.
    """
    found: dict[tuple[str, str, str], list[Remark]] = defaultdict(list)
    first = superseded.drop_duplicates(["indicator_id", "area_id", "period"], keep="first")
    # Only what may have been revised: the whole table is large, and this is on every command's way.
    near = figures["breakdown"] == "all"
    for label in ("indicator_id", "area_id", "period"):
        near &= figures[label].isin(first[label].unique())
    bereft = _sure(first) - _sure(figures[near])
    for indicator_id, area, period, value in _rows(first):
        indicator = registers.indicators[indicator_id]
        whose = "England's figure was revised" if area == ENGLAND else "Revised"
        shown = _shown(value, indicator, period)
        text = f"{whose}: it was first published as {shown}."
        if (indicator_id, area, period) in bereft and area != ENGLAND:
            text += (
                " What was printed with that figure does not belong to this one, and no counts or "
                "margin of error are published with it."
            )
        found[indicator_id, area, period].append(Remark("revised", text))

    original = figures[figures["breakdown"] == ORIGINAL]
    surveys = original[["indicator_id", "period"]].drop_duplicates().astype(str)
    before_them = {
        str(registers.indicators[indicator_id].previous_year(FinancialYear.parse(period)))
        for indicator_id, period in surveys.itertuples(index=False)
    }
    of_carers = figures["indicator_id"].isin(surveys["indicator_id"].unique())
    official = figures[
        of_carers & figures["period"].isin(before_them) & (figures["breakdown"] == "all")
    ]
    by_key = {(i, a, p): value for i, a, p, value in _rows(official)}
    for indicator_id, area, period, value in _rows(original):
        indicator, year = registers.indicators[indicator_id], FinancialYear.parse(period)
        before = indicator.previous_year(year)
        cut = before and registers.comparability.cut_between(indicator_id, area, before, year)
        if area == ENGLAND or cut is None:
            continue
        earlier = by_key.get((indicator_id, area, str(before)))
        told = "" if earlier is None else f" ({_shown(earlier, indicator, str(before))} then)"
        text = (
            f"Among the carers who were eligible before, it is {_shown(value, indicator, period)}: "
            f"that figure compares with {before}{told}, the official one does not."
        )
        found[indicator_id, area, period].append(Remark("original_eligible_figure", text))
    return Remarks(found)


def _rows(figures: pd.DataFrame) -> list[tuple[str, str, str, float]]:
    held = figures[figures["value"].notna()]
    columns = held[["indicator_id", "area_id", "period", "value"]]
    return [(str(i), str(a), str(p), float(v)) for i, a, p, v in columns.itertuples(index=False)]


def _sure(figures: pd.DataFrame) -> set[tuple[str, str, str]]:
    """The figures that have counts or a margin, by indicator, area and year."""
    counted = figures["numerator"].notna() & figures["denominator"].notna()
    has = figures[counted | figures["margin"].notna() | figures["respondents"].notna()]
    keys = has[["indicator_id", "area_id", "period"]].astype(str)
    return set(keys.itertuples(index=False, name=None))


def _shown(value: float, indicator: Indicator, period: str) -> str:
    digits = f"{value:.{indicator.decimals(FinancialYear.parse(period))}f}"
    return f"{digits}%" if indicator.unit == "per_cent" else digits


# The flag of a figure that is the council's own, in place of a published one.
PROVISIONAL_FIGURE: Final = "provisional_own_figure"


def benchmark_year(
    figures: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    area_id: str,
    year: FinancialYear,
) -> FinancialYear:
    """The year of published peers and England: the figure's own, else the latest earlier one.

    Isolated years are passed over. Without any published year it is the figure's own.
    """
    others = figures[
        (figures["indicator_id"] == indicator.indicator_id)
        & (figures["area_id"] != area_id)
        & figures["value"].notna()
    ]
    held = {FinancialYear.parse(str(period)) for period in set(others["period"])}
    if year in held:
        return year
    isolated = registers.comparability.isolated
    earlier = (
        other
        for other in held
        if other < year and isolated(indicator.indicator_id, area_id, other) is None
    )
    return max(earlier, default=year)


def alongside(rows: Iterable[Row], own_figures: Iterable[OwnFigure]) -> list[Row]:
    """The rows with the council's own figures of their indicators beside them, which none judges.

    Args:
        rows: Of published figures.
        own_figures: Of the same year or later ones.
    """
    of: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for figure in own_figures:
        of[figure.indicator_id].append((figure.period, figure.value))
    return [
        replace(row, own_figures=tuple(sorted(of.get(row.indicator.indicator_id, ()))))
        for row in rows
    ]


def taken_in(row: Row) -> bool:
    """Whether the row's figure is the council's own, in place of a published one."""
    return PROVISIONAL_FIGURE in row.flags


def printed(own: OwnFigure) -> FigureInForce:
    """The figure as if it stood in the table."""
    return FigureInForce(
        value=own.value,
        numerator=own.numerator,
        denominator=own.denominator,
        respondents=None,
        margin=None,
        status="observed",
        marker=repr(own.value),
    )


def remark(
    benchmark_year: FinancialYear,
    year: FinancialYear,
    published: float | None,
    indicator: Indicator,
) -> Remark:
    """What must be known of a provisional figure.

    Args:
        benchmark_year: The year of peers and England.
        year: The figure's year.
        published: The council's published figure of that year, if there is one.
        indicator: Of which it is a figure.
    """
    text = "Provisional, not published: the council's own figure."
    if benchmark_year != year:
        text += f" Peers and England are those of {benchmark_year}, the latest published year."
    if published is not None:
        shown = statistics.rounded(exact(published), indicator.decimals(year))
        text += f" The published figure of {year} is {shown:.10g}."
    return Remark(PROVISIONAL_FIGURE, text)


_HEAP: Final = "heap_at_100"
# From this share of councils on those at 100 are a heap.
_LEAST_HEAP: Final = Fraction(1, 4)


def heap(value: float | None, field: Field, edge: Fraction | str) -> Remark | None:
    """What many councils at 100% mean for a verdict by size and certainty, where they matter.

    They matter to a council among them, and where they are more than half: then the usual gap is
    that of the middle half of councils.

    Args:
        value: The council's figure, in per cent.
        field: Every council's value that year.
        edge: The smallest gap that matters, or why there is none.
    """
    at_100 = field.count(100)
    if value is None or isinstance(edge, str) or at_100 < _LEAST_HEAP * len(field):
        return None
    many = f"{at_100} of {len(field)} councils stand at 100%"
    if value == 100:
        return Remark(_HEAP, f"{many}, this one among them. They share one place.")
    if 2 * at_100 <= len(field):
        return None
    gap = f"{float(edge):.2f}".rstrip("0").rstrip(".")
    return Remark(
        _HEAP,
        f"{many}. So the usual gap is that of the middle half of councils: from {gap} points on a "
        "gap matters.",
    )
