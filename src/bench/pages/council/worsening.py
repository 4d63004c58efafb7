"""What is RED and getting worse, in words: a trend over years, or one step down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.present import sentences as words
from bench.present.numbers import number
from bench.present.trend_words import CLEAR, how_fast, turned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.present.robustness_words import Told
    from bench.present.trend_words import Tendency


@dataclass(frozen=True)
class Worse:
    """An indicator that is RED and has become worse.

    Attributes:
        row: it beside its peers and England.
        tendency: its trend, where that is known.
        hinges: of its RED verdicts, those that hinge on a choice.
    """

    row: PublishedRow
    tendency: Tendency | None
    hinges: tuple[Told, ...] = ()

    @property
    def worsening(self) -> bool:
        """Whether it has become worse over years, and not only since the last."""
        return self.tendency is not None and self.tendency.direction == "worsening"

    @property
    def kind(self) -> str:
        """Whether it is a trend or one step, in a few words."""
        return "Worse and worsening" if self.worsening else "Worse since the last figure"

    def sentences(self, council: str) -> str:
        """What it says: the trend first where there is one, else the last step."""
        own = f"{words.possessive(council)} figure is {number(self.row.value, self.row)}."
        told = (self._trend(), self._step()) if self.worsening else (self._step(), self._trend())
        parts = (own, *told, self._later(), words.compared(self.row), *self._hinging())
        return " ".join(part for part in parts if part)

    def _hinging(self) -> list[str]:
        """On which choice each RED verdict hinges, if it does."""
        return [f"{one.against}, RED {one.hinges_on}." for one in self.hinges]

    def _step(self) -> str:
        """How it has moved since the last year it can be compared with."""
        row = self.row
        if row.change is None:
            return ""
        before = f"It was {number(row.previous, row)} in {row.previous_period}"
        if row.change == 0:
            return f"{before}, the same."
        way = "up" if row.change > 0 else "down"
        text = f"{before}, so it is {way} by {words.size(abs(row.change), row)}"
        verdict = {
            "similar": "which is too little to matter",
            "unclear": "and that may be chance",
        }.get(row.verdict_vs_previous, words.change_verdict(row))
        if row.change_not_judged:
            verdict += f": {row.change_not_judged}"
        text += f", {verdict}." if verdict else "."
        if row.change_margin_from:
            text += f" One margin of error is reckoned from {row.change_margin_from}."
        return text

    def _later(self) -> str:
        """What came next, where that is held."""
        return f"The figure after it is {words.then(self.row)}." if self.row.next_period else ""

    def _trend(self) -> str:
        one = self.tendency
        if one is None:
            return ""
        if self.worsening:
            return f"Over {one.span} it has gone {how_fast(one, self.row)}, which is worse. {CLEAR}"
        if one.direction == "improving":
            return f"Yet over {one.span} its trend is getting better."
        if one.direction == "turned":
            return f"Over {one.span} it has turned: {turned(one).lower()}."
        if one.direction == "no_clear_change":
            return f"Over {one.span} there is no clear trend."
        return "Too few years can be compared to show a trend."


def ordered(
    rows: Iterable[PublishedRow],
    trends: Mapping[str, Tendency] | None = None,
    sensitivity: Mapping[tuple[str, str], Told] | None = None,
) -> list[Worse]:
    """What is RED and worse than before, in order; those with a trend come first."""
    going, tried = trends or {}, sensitivity or {}
    red = [
        Worse(
            row,
            going.get(row.indicator),
            tuple(
                one
                for against, verdict in zip(("peers", "england"), row.verdicts, strict=True)
                if verdict == "worse"
                and (one := tried.get((row.indicator, against)))
                and one.hinges
            ),
        )
        for row in rows
        if "worse" in row.verdicts
    ]
    return sorted(
        (one for one in red if one.worsening or one.row.worsening),
        key=lambda one: not one.worsening,
    )


def summary(
    rows: Sequence[PublishedRow],
    *,
    council: str,
    trends: Mapping[str, Tendency] | None = None,
) -> str:
    """How many indicators are RED, how many of these are worse than before, and over years."""
    red = [row for row in rows if "worse" in row.verdicts]
    if not red:
        return f"No indicator of {words.possessive(council)} is RED this year."
    held = sum(row.change is not None for row in red)
    worse = sum(row.worsening for row in red)
    text = f"{council} has {_indicators(len(red))} RED against the peers, England or both."
    over_years = _over_years(sum(one.worsening for one in ordered(rows, trends)))
    if not held:
        return f"{text} None can be set beside an earlier year.{over_years}"
    all_held = (
        "It" if len(red) == 1 else "All of these" if held == len(red) else f"Of these, {held}"
    )
    if held == 1:
        found = "it has" if worse else "it has not"
    else:
        found = "1 has" if worse == 1 else f"{worse or 'none'} have"
    return f"{text} {all_held} can be set beside an earlier year: {found} become worse.{over_years}"


def _over_years(count: int) -> str:
    if not count:
        return ""
    many = "1 has" if count == 1 else f"{count} have"
    return f" Over several years, {many} a trend that is getting worse."


def _indicators(count: int) -> str:
    return "1 indicator that is" if count == 1 else f"{count} indicators that are"
