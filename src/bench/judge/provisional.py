"""A council's own provisional figure beside the latest that is published.

Enters: the table in force and the registers. Leaves: the year of peers and England, and what must
be said of the figure before its colour is read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.judge import statistics
from bench.judge.figure import Printed
from bench.judge.intervals import exact
from bench.judge.remarks import Remark
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from bench.judge.row import Row
    from bench.published.provisional import OwnFigure
    from bench.reference import Indicator, Registers

__all__ = ["alongside", "benchmark_year", "printed", "remark", "taken_in"]

_PROVISIONAL = "provisional_own_figure"


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
    return _PROVISIONAL in row.flags


def printed(own: OwnFigure) -> Printed:
    """The figure as if it stood in the table."""
    return Printed(
        value=own.value,
        numerator=own.numerator,
        denominator=own.denominator,
        respondents=None,
        margin=None,
        status="observed",
        marker=repr(own.value),
    )


def remark(
    beside: FinancialYear, year: FinancialYear, published: float | None, indicator: Indicator
) -> Remark:
    """What must be known of a provisional figure.

    Args:
        beside: The year of peers and England.
        year: The figure's year.
        published: The council's published figure of that year, if there is one.
        indicator: Of which it is a figure.
    """
    text = "Provisional, not published: the council's own figure."
    if beside != year:
        text += f" Peers and England are those of {beside}, the latest published year."
    if published is not None:
        shown = statistics.rounded(exact(published), indicator.decimals(year))
        text += f" The published figure of {year} is {shown:.10g}."
    return Remark(_PROVISIONAL, text)
