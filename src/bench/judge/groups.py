"""One indicator by age and by sex, where the publisher splits it: nothing is worked out here.

Enters: the table in force with its breakdowns, and the areas wanted. Leaves: one row per group and
area, each with its own interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.judge.figure import NO_ROW, by_indicator, figure_of
from bench.judge.intervals import Interval, impossible, interval
from bench.judge.statistics import rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bench.reference import FinancialYear, Indicator, Registers

__all__ = ["GROUP_COLUMNS", "by_age_or_sex", "groups"]

GROUP_COLUMNS = ["breakdown", "group", "area_id", "value", "lower", "upper", "status", "wrong"]
_SEXES = ("female", "male")
_AGE = "age_"


def by_age_or_sex(breakdowns: Iterable[str]) -> list[str]:
    """The breakdowns that are an age or a sex: ages from the youngest, then women and men."""
    found = set(breakdowns)
    return sorted(one for one in found if one.startswith(_AGE)) + sorted(found & set(_SEXES))


def groups(
    figures: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    year: FinancialYear,
    areas: Collection[str],
) -> pd.DataFrame:
    """The figures of each group, beside those of everybody.

    Args:
        figures: The table in force with its breakdowns.
        registers: For the groups' labels.
        indicator: Which one.
        year: Which year.
        areas: The areas wanted, by `area_id`, in order.

    Returns:
        `GROUP_COLUMNS`, everybody first, then ages, then sexes, the areas of each in the order
        given. Numbers in the indicator's unit, ends with one more
        decimal than the figure; `wrong` says why a figure cannot be right as
        published, "" where it can. No rows where no group's figure is published for any area.
    """
    named = figures[
        (figures["indicator_id"] == indicator.indicator_id) & (figures["period"] == str(year))
    ]
    decimals = indicator.decimals(year) + 1
    held = {
        area_id: by_indicator(named[named["area_id"] == area_id], within="breakdown").get(
            indicator.indicator_id, {}
        )
        for area_id in areas
    }
    split = by_age_or_sex(named.loc[named["value"].notna(), "breakdown"].astype(str))
    rows = []
    for breakdown in ["all", *split] if split else []:
        for area_id in areas:
            printed = held[area_id].get(breakdown, NO_ROW)
            figure = figure_of(printed, indicator)
            made = interval(figure)
            ends = (made.lower, made.upper) if isinstance(made, Interval) else (None, None)
            rows.append(
                (
                    breakdown,
                    registers.indicators.breakdowns[breakdown].label,
                    area_id,
                    printed.value,
                    *(None if end is None else rounded(end, decimals) for end in ends),
                    printed.status,
                    (impossible(figure) or "") if printed.value is not None else "",
                )
            )
    return pd.DataFrame(rows, columns=GROUP_COLUMNS)
