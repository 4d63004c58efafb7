"""How all councils lie in each year of one indicator: quartiles and England, never joined by hand.

Enters: the table in force and the registers. Leaves: one row per year that the framework
published the indicator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.judge import statistics
from bench.judge.intervals import exact

if TYPE_CHECKING:
    from bench.reference import FinancialYear, Indicator, Registers

__all__ = ["DISTRIBUTION_COLUMNS", "distribution"]

DISTRIBUTION_COLUMNS = [
    "period",
    "england",
    "councils",
    "low",
    "lower_quartile",
    "median",
    "upper_quartile",
    "high",
    "gap_before",
    "gap_text",
    "isolated",
]


def distribution(figures: pd.DataFrame, registers: Registers, indicator: Indicator) -> pd.DataFrame:
    """The councils of each year, without the tiny two, and England as published.

    Args:
        figures: The table in force, breakdown "all".
        registers: Councils and breaks.
        indicator: Whose years.

    Returns:
        `DISTRIBUTION_COLUMNS`, ordered by year: numbers in the indicator's unit, missing where no
        figure is held; `gap_before` says that nothing crosses from the year before, `isolated`
        that the year compares with no other, and `gap_text` why either is so.
    """
    of_indicator = figures[
        (figures["indicator_id"] == indicator.indicator_id) & figures["value"].notna()
    ]
    comparability = registers.comparability
    rows = []
    previous: FinancialYear | None = None
    for year in indicator.years:
        of_year = of_indicator[of_indicator["period"] == str(year)]
        values = dict(zip(of_year["area_id"], of_year["value"], strict=True))
        if not values:
            continue
        own = [
            exact(values[council.area_id])
            for council in registers.councils.in_year(year)
            if council.area_id in values and not council.tiny
        ]
        apart = comparability.isolated(indicator.indicator_id, "", year)
        cut = (
            comparability.cut_between(indicator.indicator_id, "", previous, year)
            if previous
            else None
        )
        lower, upper = statistics.quartiles(own) if own else (None, None)
        middle = statistics.median(own) if own else None
        reason = apart or cut
        rows.append(
            {
                "period": str(year),
                "england": values.get("england"),
                "councils": len(own),
                "low": float(min(own)) if own else None,
                "lower_quartile": None if lower is None else float(lower),
                "median": None if middle is None else float(middle),
                "upper_quartile": None if upper is None else float(upper),
                "high": float(max(own)) if own else None,
                "gap_before": cut is not None,
                "gap_text": reason.text if reason else "",
                "isolated": apart is not None,
            }
        )
        if apart is None:
            previous = year
    return pd.DataFrame(rows, columns=DISTRIBUTION_COLUMNS)
