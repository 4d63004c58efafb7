"""Trends in words: for a cell, a figure's note and a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.present import sentences
from bench.present.rows import records

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.rows import Measure


SHORT: Final = {
    "improving": "getting better",
    "worsening": "getting worse",
    "rising": "rising",
    "falling": "falling",
    "no_clear_change": "no clear trend",
    "too_few_years": "too few years",
    "cannot_be_tested": "not tested",
}
METHODS: Final = {
    "chi_squared_for_trend": "The test goes by the people counted each year.",
    "weighted_slope": "A year counts for more in the test, the smaller its margin of error.",
    "mann_kendall": "Not every year has counts or a margin of error, so the test goes by the order "
    "of the years alone.",
}
# What a clear trend is.
CLEAR: Final = (
    "Chance alone would hardly do that, and it goes the same way whichever year is left out."
)
_UNCLEAR: Final = {
    "no_clear_change": "No clear trend",
    "too_few_years": "Too few years for a trend",
    "cannot_be_tested": "Trend not tested",
}
# What a file holds of a trend, in order.
COLUMNS: Final = (
    "Trend",
    "Years of the trend",
    "Years left out of the trend",
    "Slope a year",
    "Chance alone (p)",
    "Test of the trend",
    "Why no trend is tested",
)
_TESTS: Final = {
    "chi_squared_for_trend": "chi-squared for trend",
    "weighted_slope": "weighted slope",
    "mann_kendall": "Mann-Kendall, exact",
}


@dataclass(frozen=True, kw_only=True)
class Tendency:
    """Where one figure is going; see `bench.judge.trend_test.TrendVerdict`."""

    direction: str
    first_year: str | None
    last_year: str | None
    years: list[str]
    left_out: list[list[str]]
    method: str | None
    slope_per_year: float | None
    p: float | None
    beyond_chance: bool
    reason: str

    @property
    def clear(self) -> bool:
        """Whether it goes one way by more than chance."""
        return self.direction in {"improving", "worsening", "rising", "falling"}

    @property
    def span(self) -> str:
        """`2019-20 to 2024-25`."""
        return f"{self.first_year} to {self.last_year}"


def tendencies(frame: pd.DataFrame, *, by: str = "indicator") -> dict[str, Tendency]:
    """The frame of trend tests, by the column that names its lines."""
    wanted = [field.name for field in fields(Tendency)]
    return {
        str(line[by]): Tendency(**{name: line[name] for name in wanted}) for line in records(frame)
    }


def brief(one: Tendency) -> str:
    """For a cell: `Trend: getting better`, `No clear trend`."""
    if one.clear:
        return f"Trend: {SHORT[one.direction]}"
    return _UNCLEAR[one.direction]


def short_of(one: Tendency) -> str:
    """For a column headed "Trend": `getting better`."""
    return SHORT[one.direction]


def how_fast(one: Tendency, measure: Measure) -> str:
    """`up by about 1.2 points a year`; below 1, with a decimal more than the figure's own."""
    slope = one.slope_per_year or 0.0
    finer = replace(measure, decimals=measure.decimals + (abs(slope) < 1))
    return f"{'up' if slope > 0 else 'down'} by about {sentences.size(abs(slope), finer)} a year"


def explained(one: Tendency, measure: Measure) -> str:
    """For a figure's note: the direction, how sure it is, and by which test."""
    if one.direction == "too_few_years":
        return f"Too few years for a trend: {one.reason}."
    if one.direction == "cannot_be_tested":
        return f"The trend is not tested: {one.reason.rstrip('.')}."
    if one.clear:
        found = f"It goes {how_fast(one, measure)}. {CLEAR}"
    elif one.beyond_chance:
        found = "Without one of these years the figure would not go the same way."
    elif one.method == "mann_kendall":
        found = "The years do not go one way."
    else:
        found = "Chance alone could move the figure as far."
    left_out = f" Left out: {', '.join(year for year, _ in one.left_out)}." if one.left_out else ""
    return f"{brief(one)}, {one.span}. {found} {METHODS[one.method or '']}{left_out}"


def sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def counted(found: list[Tendency]) -> str:
    """How many councils go which way, in sentences."""
    count = Counter(one.direction for one in found)
    tested = [one for one in found if one.clear or one.direction == "no_clear_change"]
    if not tested:
        reasons = Counter(one.reason for one in found)
        most = f": for most, {reasons.most_common(1)[0][0].rstrip('.')}" if reasons else ""
        return f"No council's trend can be tested{most}."
    span = Counter(one.span for one in tested).most_common(1)[0][0]
    parts = [
        f"{count[name]} {'is' if count[name] == 1 else 'are'} {SHORT[name]}"
        for name in ("improving", "worsening", "rising", "falling")
        if count[name]
    ]
    none = count["no_clear_change"]
    parts.append(f"{none} {'has' if none == 1 else 'have'} no clear trend")
    text = (
        f"The trend of {len(tested)} councils can be tested, of most over {span}: "
        f"{sentences.listed(parts)}."
    )
    if rest := len(found) - len(tested):
        text += (
            f" {rest} more {'has' if rest == 1 else 'have'} too few years, or no figure to test."
        )
    methods = {one.method or "" for one in tested}
    return f"{text} {METHODS[methods.pop()]}" if len(methods) == 1 else text


def cells(one: Tendency | None, decimals: int) -> tuple[Any, ...]:
    """`COLUMNS` of one line; empty cells where nothing is known."""
    if one is None:
        return ("", "", "", None, None, "", "")
    return (
        SHORT[one.direction],
        "; ".join(one.years),
        "; ".join(f"{year}: {sentence(why)}" for year, why in one.left_out),
        _rounded(one.slope_per_year, decimals + 2),
        _rounded(one.p, 6),
        _TESTS.get(one.method or "", ""),
        one.reason,
    )


def _rounded(value: float | None, decimals: int) -> Decimal | None:
    if value is None:
        return None
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(exact) if exact == 0 else exact


WORSENING_RULE: Final = (
    "The rule: the figure is RED against the peers or England. Worse and worsening: its trend over "
    "several years is getting worse. Worse since the last figure: that is one step, from the "
    "last year it can be compared with. Where both years have a margin of error, these must not "
    "overlap."
)
