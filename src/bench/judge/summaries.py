"""Summaries over councils: distributions, groups, parts of a whole, milestones, correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.judge import statistics
from bench.judge.figure import MISSING, NO_ROW, by_indicator, figure_of
from bench.judge.intervals import Z_95, Interval, exact, impossible, interval, wilson
from bench.judge.statistics import rounded
from bench.reference import Region
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bench.judge.figure import FigureInForce
    from bench.judge.year_table import YearTable
    from bench.reference import FinancialYear, Indicator, Registers


AREA_COLUMNS = [
    "area",
    "value",
    "status",
    "councils",
    "low",
    "lower_quartile",
    "median",
    "upper_quartile",
    "high",
]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a summary with None for every missing value."""
    clean = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in clean]


def within_regions(table: YearTable, indicator: Indicator) -> pd.DataFrame:
    """England and the regions as published, with how their councils lie.

    Args:
        table: The year's figures.
        indicator: One that the year's framework publishes.

    Returns:
        `AREA_COLUMNS`: England, then regions by name. `value` is the published figure of the area;
        `councils` counts those with a figure, without the tiny two, and the others are of these.
    """
    printed = table.printed(indicator.indicator_id)
    field = table.field(indicator.indicator_id)
    councils = table.registers.councils.in_year(table.year)
    places = [(ENGLAND, "England", [council.area_id for council in councils])]
    places += [
        (f"region:{region}", region.label, [c.area_id for c in councils if c.region == region])
        for region in sorted(Region, key=lambda one: one.label)
    ]
    rows = []
    for area_id, name, within in places:
        own = sorted(field.values[one] for one in within if one in field.values)  # noqa: PD011
        middle = [
            statistics.quartiles(own)[0], statistics.median(own), statistics.quartiles(own)[1]
        ] if own else []  # fmt: skip
        five = [own[0], *middle, own[-1]] if own else [None] * 5
        found = printed.get(area_id)
        rows.append(
            (
                name,
                found.value if found else None,
                found.status if found else "not_available",
                len(own),
                *(None if one is None else float(one) for one in five),
            )
        )
    return pd.DataFrame(rows, columns=AREA_COLUMNS)


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


_PER_CENT = 100


class ShareBasis(StrEnum):
    """What a share is worked out from."""

    COUNTS = "counts"
    RATES = "rates"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in per cent.

    Attributes:
        value: the share; None where there is none.
        interval: its 95% interval by Wilson; None where no counts are published.
        part, whole: the counts of people; None where the share is of rates.
        basis: counts or rates; none where there is no share.
        reason: why it is missing or not compared; "" where it is neither.
    """

    value: Fraction | None
    interval: Interval | None
    part: float | None
    whole: float | None
    basis: ShareBasis
    reason: str

    @property
    def possible(self) -> bool:
        """Whether there is a share and a part is no more than its whole."""
        return self.value is not None and self.value <= _PER_CENT


def share(part: FigureInForce, whole: FigureInForce) -> Share:
    """The part as a share of the whole: of their numerators, else of their rates.

    Rates give the same share only because both have the same denominator.

    Args:
        part: the figure of those who are a part.
        whole: the figure of everybody of whom they are a part.
    """
    counted = part.numerator, whole.numerator
    basis, (top, bottom) = ShareBasis.COUNTS, counted
    if top is None or bottom is None:
        basis, (top, bottom) = ShareBasis.RATES, (part.value, whole.value)
    if top is None or bottom is None:
        absent = whole if bottom is None else part
        return Share(None, None, *counted, ShareBasis.NONE, MISSING[absent.status])
    if bottom == 0:
        return Share(None, None, *counted, ShareBasis.NONE, "nobody is counted in the whole")
    value = exact(top) * _PER_CENT / exact(bottom)
    if value > _PER_CENT:
        return Share(value, None, *counted, basis, "not possible: the part is above its whole")
    made = None
    if basis is ShareBasis.COUNTS:
        low, high = wilson(top, bottom)
        made = Interval(Fraction(low * _PER_CENT), Fraction(high * _PER_CENT))
    return Share(value, made, *counted, basis, "")


@dataclass(frozen=True, slots=True)
class Parted:
    """Two counts that make a whole, and what the first is of it; None where nobody is counted."""

    part: float
    rest: float

    @property
    def share(self) -> Fraction | None:
        """The first count out of both, from 0 to 1."""
        whole = exact(self.part) + exact(self.rest)
        return exact(self.part) / whole if whole else None


def parts_of(
    figures: pd.DataFrame, part_id: str, rest_id: str, period: str, areas: Collection[str]
) -> dict[str, Parted]:
    """Two published counts of a year, for every area that prints both.

    Args:
        figures: The table in force, breakdown "all".
        part_id: An indicator whose value is a count of people.
        rest_id: Another; nobody is in both.
        period: The year.
        areas: The areas wanted, by `area_id`.
    """
    of_year = figures[(figures["period"] == period) & figures["area_id"].isin(list(areas))]
    first, second = (
        dict(
            zip(rows["area_id"].astype(str), rows["value"].astype(float), strict=True)
            if len(rows := of_year[(of_year["indicator_id"] == name) & of_year["value"].notna()])
            else ()
        )
        for name in (part_id, rest_id)
    )
    return {
        area: Parted(first[area], second[area]) for area in sorted(first.keys() & second.keys())
    }


@dataclass(frozen=True, slots=True)
class Reach:
    """How many figures reach a milestone.

    Attributes:
        reached: at it or beyond it, and further from it than chance.
        missed: short of it, and further from it than chance.
        open: the figure's interval holds the milestone, so nobody can tell.
        without: of those reached or missed, how many have no interval, and go by the figure alone.
    """

    reached: int
    missed: int
    open: int
    without: int

    @property
    def total(self) -> int:
        """All figures that were held against it."""
        return self.reached + self.missed + self.open


def reach(
    figures: Iterable[tuple[Fraction, Interval | None]],
    milestone: Fraction,
    *,
    lowest_first: bool = False,
) -> Reach:
    """Hold each figure against a milestone.

    Args:
        figures: Each with its 95% interval, or None where there is none.
        milestone: In the figures' unit.
        lowest_first: Whether a figure reaches it from above: a low one is good.
    """
    reached = missed = unsure = without = 0
    for value, made in figures:
        if made is not None and made.holds(milestone):
            unsure += 1
            continue
        without += made is None
        if value <= milestone if lowest_first else value >= milestone:
            reached += 1
        else:
            missed += 1
    return Reach(reached, missed, unsure, without)


# With three pairs the variance of Fisher's transformation has no value.
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Association:
    """A rank correlation.

    Attributes:
        rho: from -1 to 1.
        lower, upper: its 95% interval; both `rho` where the order is the very same or reversed.
        count: pairs.
    """

    rho: float
    lower: float
    upper: float
    count: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0: more than chance would give."""
        return self.lower > 0 or self.upper < 0


def spearman(x: Sequence[float], y: Sequence[float]) -> Association | str:
    """Spearman's rank correlation; ties share the mean of their ranks.

    Args:
        x: figures of one indicator, in any order.
        y: those of the other, in the same order.

    Returns:
        The correlation, or a short reason why there is none.
    """
    count = len(x)
    if count < FEWEST:
        return f"only {count} councils have both figures"
    ranks = [pd.Series(list(values), dtype=float).rank() for values in (x, y)]
    if any(one.min() == one.max() for one in ranks):
        return "every council has the same figure"
    rho = float(ranks[0].corr(ranks[1]))
    if math.isclose(abs(rho), 1, rel_tol=0, abs_tol=1e-12):
        rho = math.copysign(1, rho)
        return Association(rho, rho, rho, count)
    half = Z_95 * math.sqrt((1 + rho**2 / 2) / (count - 3))
    middle = math.atanh(rho)
    return Association(rho, math.tanh(middle - half), math.tanh(middle + half), count)
