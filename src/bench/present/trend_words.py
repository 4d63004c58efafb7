"""Trends in words: for a cell, a figure's note and a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from bench.present import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.judge.published_row import Measure
    from bench.judge.trend_test import TrendVerdict


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


def tendencies(verdicts: Mapping[str, TrendVerdict]) -> dict[str, Tendency]:
    """The tests of trends in words, by the key of each."""
    return {key: _tendency(verdict) for key, verdict in verdicts.items()}


def _tendency(verdict: TrendVerdict) -> Tendency:
    record = verdict.record()
    return Tendency(**{field.name: record[field.name] for field in fields(Tendency)})


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
    omitted = f" Left out: {', '.join(year for year, _ in one.left_out)}." if one.left_out else ""
    return f"{brief(one)}, {one.span}. {found} {METHODS[one.method or '']}{omitted}"


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


def left_out(tendency: Tendency) -> str:
    """The years that are left out, each with its reason."""
    return "; ".join(f"{year}: {sentence(why)}" for year, why in tendency.left_out)


def test_of(tendency: Tendency) -> str:
    """By which test; "" where by none."""
    return _TESTS.get(tendency.method or "", "")


WORSENING_RULE: Final = (
    "The rule: the figure is RED against the peers or England. Worse and worsening: its trend over "
    "several years is getting worse. Worse since the last figure: that is one step, from the "
    "last year it can be compared with. Where both years have a margin of error, these must not "
    "overlap."
)
