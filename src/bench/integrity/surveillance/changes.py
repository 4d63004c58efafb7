"""Every change that can be judged: a council's figure beside the year it may be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from bench.judge.intervals import Z_95, byar, wilson_of_all
from bench.published.schema import FIGURE, NUMBERS
from bench.reference.indicator import PER, IntervalMethod, Unit
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bench.reference import Indicator, Registers

# The counts of people that are indicators by themselves are printed to the nearest five.
_ROUNDED_TO: Final = 5
CHANGE_COLUMNS: Final = (
    *FIGURE,
    "area_code",
    "previous_period",
    *NUMBERS,
    *(f"previous_{name}" for name in NUMBERS),
    "change",
    "unit",
    "polarity",
    "interval",
    "decimals",
    "tiny",
    "ceiling",
    "moved",
    "error",
)


def changes(figures: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """Every pair of a council's figures that may be compared.

    Args:
        figures: The table in force, breakdown "all".
        registers: Councils, indicators and breaks.

    Returns:
        `CHANGE_COLUMNS`, sorted by indicator, area and period. `previous_period` is the latest
        earlier published year that no cut keeps apart; a pair is there only if both years hold a
        figure that can be right. `value`, `change`, `margin` are in the indicator's unit; `moved`
        and `error` (one standard error, of sampling and rounding) are on the scale of `on_scale`;
        `ceiling` says that both years print the same end of a percentage.
    """
    possible = _possible(figures, registers)
    if possible.empty:
        return pd.DataFrame(columns=list(CHANGE_COLUMNS))
    table = _with_error(possible, registers)
    pairs = table.merge(_previous(table, registers), on=FIGURE, how="inner")
    earlier = table[[*FIGURE, *NUMBERS, "y", "variance"]].rename(
        columns={"period": "previous_period", "y": "previous_y", "variance": "previous_variance"}
        | {name: f"previous_{name}" for name in NUMBERS}
    )
    found = pairs.merge(earlier, on=["indicator_id", "area_id", "previous_period"], how="inner")
    # Published decimals differ by a decimal: the binary noise of the difference is taken off.
    found["change"] = (found["value"] - found["previous_value"]).round(6)
    found["moved"] = found["y"] - found["previous_y"]
    found["error"] = np.sqrt(found["variance"] + found["previous_variance"])
    found["tiny"] = found["area_id"].isin([one.area_id for one in registers.councils if one.tiny])
    found["ceiling"] = (
        (found["unit"] == Unit.PER_CENT)
        & (found["change"] == 0)
        & found["value"].isin([0.0, 100.0])
    )
    return found.sort_values(FIGURE, ignore_index=True)[list(CHANGE_COLUMNS)]


def on_scale(values: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Figures on a scale where a move means the same wherever it begins, as far as chance goes.

    The angle whose sine squared is the share, for percentages, as in the funnels of Spiegelhalter
    (2005); the square root of a rate; the logarithm of a count and one; a score as it is.
    """
    if unit == Unit.PER_CENT:
        return np.asarray(np.arcsin(np.sqrt(np.clip(values, 0, 100) / 100)))
    if unit == Unit.PER_100K:
        return np.asarray(np.sqrt(np.clip(values, 0, None)))
    if unit == Unit.COUNT:
        return np.asarray(np.log1p(np.clip(values, 0, None)))
    return values


def _possible(figures: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """Figures of councils that existed, but for those that cannot be right as they stand."""
    lived = {
        (council.area_id, period)
        for period in figures["period"].unique()
        for council in registers.councils.in_year(FinancialYear.parse(str(period)))
    }
    told = figures[figures["value"].notna()]
    told = told[[*FIGURE, "area_code", *NUMBERS]].astype(
        dict.fromkeys([*FIGURE, "area_code"], "object")
    )
    there = pd.MultiIndex.from_frame(told[["area_id", "period"]]).isin(list(lived))
    unit = told["indicator_id"].map(
        {one.indicator_id: one.unit.value for one in registers.indicators}
    )
    percentage = unit == Unit.PER_CENT
    impossible = (told["denominator"] == 0) | (
        percentage & ((told["value"] > 100) | (told["numerator"] > told["denominator"]))
    )
    return told.assign(unit=unit)[there & ~impossible].sort_values(FIGURE, ignore_index=True)


def _previous(table: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """The year that each figure may be compared with, where there is one."""
    comparability = registers.comparability

    def answer(name: str, area: str, period: str) -> str | None:
        year = comparability.previous_comparable(
            registers.indicators[name], area, FinancialYear.parse(period)
        )
        return str(year) if year else None

    # Few areas have breaks or notes of their own: the others share one answer.
    special = {(one.indicator_id, one.area_id) for one in comparability.breaks if one.area_id}
    special |= {(one.indicator_id, one.area_id) for one in comparability.usage_notes if one.area_id}
    shared = table[["indicator_id", "period"]].drop_duplicates()
    shared["previous_period"] = pd.Series(
        [answer(name, "", period) for name, period in shared.itertuples(index=False)],
        index=shared.index,
        dtype="object",
    )
    found = table[FIGURE].merge(shared, on=["indicator_id", "period"], how="left")
    own = pd.MultiIndex.from_frame(found[["indicator_id", "area_id"]]).isin(list(special))
    found.loc[own, "previous_period"] = [
        answer(*key) for key in found.loc[own, FIGURE].itertuples(index=False)
    ]
    return found[found["previous_period"].notna()]


def _with_error(table: pd.DataFrame, registers: Registers) -> pd.DataFrame:
    """The figures on their scale, each with the variance that sampling and rounding give it."""
    by_council = table.groupby(["indicator_id", "area_id"], sort=False)
    parts = ["denominator", "respondents", "margin"]
    # Years that print no counts are as sure as the nearest of the council's years that does.
    filled = by_council[parts].ffill().fillna(by_council[parts].bfill())
    printed = [table["value"].to_numpy(), *(filled[part].to_numpy() for part in parts)]
    periods = table["period"].to_numpy(dtype=object)
    decimals = np.zeros(len(table), dtype=np.int64)
    y, variance = np.zeros(len(table)), np.zeros(len(table))
    for name, rows in table.groupby("indicator_id", sort=False).indices.items():
        indicator = registers.indicators[str(name)]
        of_year = {
            period: indicator.decimals(FinancialYear.parse(period)) for period in set(periods[rows])
        }
        decimals[rows] = [of_year[period] for period in periods[rows]]
        y[rows], variance[rows] = _one(
            [column[rows] for column in printed], decimals[rows], indicator
        )
    measures, indicators = table["indicator_id"], registers.indicators
    return table.assign(
        y=y,
        variance=variance,
        decimals=decimals,
        polarity=measures.map({one.indicator_id: one.polarity.value for one in indicators}),
        interval=measures.map({one.indicator_id: one.interval.value for one in indicators}),
    )


def _one(
    printed: Sequence[NDArray[np.float64]], decimals: NDArray[np.int64], indicator: Indicator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An indicator's figures on their scale, and the variance of each.

    Args:
        printed: Values, denominators, respondents and margins.
        decimals: That the values are printed with.
        indicator: Of which.
    """
    unit, values = indicator.unit, printed[0]
    low, high = _edges(printed, indicator)
    wide = on_scale(high, unit) - on_scale(low, unit)
    half = 0.5 * 10.0 ** -decimals.astype(float)
    if unit is Unit.COUNT:
        half = np.full(len(values), _ROUNDED_TO / 2)
    step = on_scale(values + half, unit) - on_scale(values - half, unit)
    # A council that never printed how sure it is counts as sure as the middle one.
    if not np.isnan(wide).all():
        wide = np.where(np.isnan(wide), np.nanmedian(wide), wide)
    # An interval is 2 x 1.96 standard errors wide; a rounded number lies evenly within its step.
    variance = np.nan_to_num(wide / (2 * Z_95)) ** 2 + step**2 / 12
    return on_scale(values, unit), variance


def _edges(
    printed: Sequence[NDArray[np.float64]], indicator: Indicator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of each figure's 95% interval in its unit; not a number where there is none."""
    value, out_of, answers, margin = printed
    low, high = np.full(len(value), np.nan), np.full(len(value), np.nan)
    if indicator.interval is IntervalMethod.MARGIN:
        low, high = value - margin, value + margin
        rest = np.isnan(margin) & (answers > 0) & indicator.wilson_on_respondents
        shares = wilson_of_all(value[rest] / 100 * answers[rest], answers[rest])
        low[rest], high[rest] = (100 * share for share in shares)
    elif indicator.interval is IntervalMethod.WILSON:
        rest = out_of > 0
        shares = wilson_of_all(value[rest] / 100 * out_of[rest], out_of[rest])
        low[rest], high[rest] = (100 * share for share in shares)
    elif indicator.interval is IntervalMethod.BYAR:
        for at in np.flatnonzero(out_of > 0):
            per = PER[indicator.unit] / float(out_of[at])
            ends = byar(float(value[at]) / per)
            low[at], high[at] = (end * per for end in ends)
    elif indicator.unit is Unit.COUNT:
        for place, count in enumerate(value.tolist()):
            low[place], high[place] = byar(count)
    return low, high
