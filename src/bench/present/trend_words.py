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
    "turned": "turned",
    "no_clear_change": "no clear trend",
    "too_few_years": "too few years",
    "cannot_be_tested": "not tested",
}
# What a clear trend is.
CLEAR: Final = "That is beyond the usual ups and downs of this measure, whichever year is left out."
_UNCLEAR: Final = {
    "no_clear_change": "No clear trend",
    "too_few_years": "Too few years for a trend",
    "cannot_be_tested": "Trend not tested",
}


@dataclass(frozen=True, kw_only=True)
class Tendency:
    """Where one figure is going; see `bench.judge.trend_test.TrendVerdict`."""

    direction: str
    first_year: str | None
    last_year: str | None
    years: list[str]
    left_out: list[list[str]]
    slope_per_year: float | None
    p: float | None
    beyond_usual: bool
    odd_year: str | None
    turning_year: str | None
    turns: str | None
    reason: str

    @property
    def clear(self) -> bool:
        """Whether it goes one way by more than the usual ups and downs."""
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


def brief(tendency: Tendency) -> str:
    """For a cell: `Trend: getting better`, `Down to 2016-17, up since`, `No clear trend`."""
    if tendency.clear:
        return f"Trend: {SHORT[tendency.direction]}"
    if tendency.direction == "turned":
        return turned(tendency)
    if tendency.odd_year:
        if tendency.beyond_usual:
            return f"No clear trend without {tendency.odd_year}"
        return f"No clear trend: {tendency.odd_year} stands apart"
    return _UNCLEAR[tendency.direction]


def turned(tendency: Tendency) -> str:
    """`Down to 2016-17, up since`."""
    before, since = ("Up", "down") if tendency.turns == "up_then_down" else ("Down", "up")
    return f"{before} to {tendency.turning_year}, {since} since"


def short_of(tendency: Tendency) -> str:
    """For a column headed "Trend": `getting better`, `down to 2016-17, up since`."""
    return turned(tendency).lower() if tendency.direction == "turned" else SHORT[tendency.direction]


def how_fast(tendency: Tendency, measure: Measure) -> str:
    """`up by about 1.2 points a year`; below 1, with a decimal more than the figure's own."""
    slope = tendency.slope_per_year or 0.0
    finer = replace(measure, decimals=measure.decimals + (abs(slope) < 1))
    return f"{'up' if slope > 0 else 'down'} by about {sentences.size(abs(slope), finer)} a year"


def explained(tendency: Tendency, measure: Measure) -> str:
    """For a figure's note: the direction, how sure it is, and by which test."""
    if tendency.direction == "too_few_years":
        return f"Too few years for a trend: {tendency.reason}."
    if tendency.direction == "cannot_be_tested":
        return f"The trend is not tested: {tendency.reason.rstrip('.')}."
    omitted = (
        f" Left out: {', '.join(year for year, _ in tendency.left_out)}."
        if tendency.left_out
        else ""
    )
    named = "No clear trend" if tendency.direction == "no_clear_change" else brief(tendency)
    return f"{named}, {tendency.span}. {_evidence(tendency, measure)}{omitted}"


def _evidence(tendency: Tendency, measure: Measure) -> str:
    """What a test that was made says, in a sentence or two."""
    if tendency.clear:
        return f"It goes {how_fast(tendency, measure)}. {CLEAR}"
    if tendency.direction == "turned" and tendency.beyond_usual:
        way = "up" if (tendency.slope_per_year or 0) > 0 else "down"
        return (
            f"Over all these years it went {way}, beyond the usual ups and downs of this measure, "
            "but the last change goes the other way."
        )
    if tendency.direction == "turned":
        return "The turn is beyond the usual ups and downs of this measure."
    if tendency.beyond_usual:
        without = tendency.odd_year or "one or another of these years"
        return f"Without {without} it is within the usual ups and downs of this measure."
    if tendency.odd_year:
        return f"The figure of {tendency.odd_year} stands apart from those of all other years."
    return "What it moved is within the usual ups and downs of this measure."


def sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def counted(tendencies: list[Tendency]) -> str:
    """How many councils go which way, in sentences."""
    count = Counter(one.direction for one in tendencies)
    tested = [
        one for one in tendencies if one.clear or one.direction in {"turned", "no_clear_change"}
    ]
    if not tested:
        reasons = Counter(one.reason for one in tendencies)
        most = f": for most, {reasons.most_common(1)[0][0].rstrip('.')}" if reasons else ""
        return f"No council's trend can be tested{most}."
    span = Counter(one.span for one in tested).most_common(1)[0][0]
    parts = [
        f"{count[name]} {'is' if count[name] == 1 else 'are'} {SHORT[name]}"
        for name in ("improving", "worsening", "rising", "falling")
        if count[name]
    ]
    if turns := count["turned"]:
        parts.append(f"{turns} {'has' if turns == 1 else 'have'} turned")
    if none := count["no_clear_change"]:
        parts.append(f"{none} {'has' if none == 1 else 'have'} no clear trend")
    text = (
        f"The trend of {len(tested)} councils can be tested, of most over {span}: "
        f"{sentences.listed(parts)}."
    )
    if rest := len(tendencies) - len(tested):
        text += (
            f" {rest} more {'has' if rest == 1 else 'have'} too few years, or no figure to test."
        )
    return f"{text} A trend or a turn is beyond the usual ups and downs of this measure."


def left_out(tendency: Tendency) -> str:
    """The years that are left out, each with its reason."""
    return "; ".join(f"{year}: {sentence(why)}" for year, why in tendency.left_out)


WORSENING_RULE: Final = (
    "The rule: the figure is RED or probably worse, against the peers or England. Worsening: its "
    "trend over several years is getting worse. Worse since the last figure: that is one step, "
    "from the last year it can be compared with, and it is worse by enough to matter."
)
