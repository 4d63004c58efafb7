"""How much there is: councils with a figure, by indicator and year.

Enters: figures of one release or more. Leaves: one row per indicator and year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.reference import Registers

__all__ = ["coverage"]


def coverage(figures: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """Councils with a figure, beside the councils that there were.

    Args:
        figures: a frame with the columns of the one table.
        registers: councils and indicators.

    Returns:
        One row per indicator and year of its framework, of the years and indicators in the
        figures: `indicator_id`, `period`, `councils` with a figure, and `of`, the councils of
        that year; indicators in the order of the register, years from the earliest.
    """
    councils = {council.area_id for council in registers.councils}
    rows = figures[(figures["breakdown"] == "all") & figures["area_id"].isin(councils)]
    rows = rows.astype({"indicator_id": "str", "period": "str", "area_id": "str"})
    by = ["indicator_id", "period"]
    with_figure = rows[rows["value"].notna()].groupby(by)["area_id"].nunique()
    held, periods = set(rows["indicator_id"]), set(rows["period"])
    there = {
        period: len(registers.councils.in_year(FinancialYear.parse(period))) for period in periods
    }
    return pd.DataFrame(
        [
            (
                indicator.indicator_id,
                str(year),
                int(with_figure.get((indicator.indicator_id, str(year)), 0)),
                there[str(year)],
            )
            for indicator in registers.indicators
            if indicator.indicator_id in held
            for year in indicator.years
            if str(year) in periods
        ],
        columns=["indicator_id", "period", "councils", "of"],
    )
