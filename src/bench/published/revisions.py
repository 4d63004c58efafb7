"""Figures that two releases print differently, and the number of councils with a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.published import observations
from bench.published.schema import KEY
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from bench.reference import Registers


COLUMNS = [
    "indicator_id",
    "breakdown",
    "area_id",
    "period",
    "earlier_release_id",
    "later_release_id",
    "earlier",
    "later",
    "change",
]


def printed_again(history: pd.DataFrame) -> pd.DataFrame:
    """Every figure that stands in a release and in the one before that printed it.

    Args:
        history: a frame as `observations.history()` gives it, releases in order of publication.

    Returns:
        A frame with `COLUMNS`, sorted; values in the indicator's own unit, `change` later less
        earlier and 0 where both agree.
    """
    observed = history.loc[history["value"].notna(), ["release_id", *KEY, "value"]]
    observed = observed.astype(dict.fromkeys(["release_id", *KEY], "str"))
    before = observed.groupby(KEY)[["release_id", "value"]].shift()
    again = before["value"].notna()
    pairs = observed[again].rename(columns={"release_id": "later_release_id", "value": "later"})
    pairs["earlier_release_id"] = before.loc[again, "release_id"]
    pairs["earlier"] = before.loc[again, "value"]
    # Published decimals have at most three places; what is left beyond them is binary noise.
    pairs["change"] = (pairs["later"] - pairs["earlier"]).round(6)
    return pairs[COLUMNS].sort_values([*KEY, "later_release_id"], ignore_index=True)


def revisions() -> pd.DataFrame:
    """The figures that two releases print differently.

    Returns:
        One row per figure and later release: `indicator_id, breakdown, area_id, period,
        earlier_release_id, later_release_id`, and `earlier, later, change` (later less earlier) in
        the indicator's unit.

    >>> changed = bench.revisions().query("area_id == 'england' and period == '2018-19'")
    >>> print(changed[["indicator_id", "earlier", "later"]].to_string(index=False))
                    indicator_id  earlier  later
    care_home_admissions_65_over    579.4  577.6
      carers_finding_information     62.3   62.5
    """
    return differences(observations.history())


def differences(history: pd.DataFrame) -> pd.DataFrame:
    """The figures that two releases print differently, with `COLUMNS`."""
    pairs = printed_again(history)
    return pairs[pairs["change"] != 0].reset_index(drop=True)


def agreement(history: pd.DataFrame) -> pd.DataFrame:
    """How many figures two releases both print, and how many of them differ.

    Returns:
        One row per pair of releases, indicator and year: `both`, `differing`, and
        `differing_councils`, which leaves out every other kind of area.
    """
    pairs = printed_again(history)
    differs = pairs["change"] != 0
    council = observations.of_councils(pairs["area_id"])
    pairs = pairs.assign(differs=differs, differs_council=differs & council)
    by = ["earlier_release_id", "later_release_id", "indicator_id", "period"]
    return (
        pairs.groupby(by)
        .agg(
            both=("change", "size"),
            differing=("differs", "sum"),
            differing_councils=("differs_council", "sum"),
        )
        .reset_index()
    )


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
    indicators, periods = set(rows["indicator_id"]), set(rows["period"])
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
            if indicator.indicator_id in indicators
            for year in indicator.years
            if str(year) in periods
        ],
        columns=["indicator_id", "period", "councils", "of"],
    )
