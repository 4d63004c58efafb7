"""What is RED and getting worse, in words: a trend over years, or one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.pages.council.findings import FindingVerdict, verdicts
from bench.present import sentences as words
from bench.present.numbers import number, with_unit
from bench.present.trend_words import CLEAR, how_fast, turned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency


@dataclass(frozen=True)
class Worse:
    """An indicator that is RED, or probably worse, and has become worse.

    Attributes:
        row: it beside its peers and England.
        tendency: its trend, where that is known.
        verdicts: those that say that it is worse, each with what it hinges on.
        tried: whether anything was tried on them.
    """

    row: PublishedRow
    tendency: Tendency | None
    verdicts: tuple[FindingVerdict, ...] = ()
    tried: bool = False

    @property
    def red(self) -> bool:
        """Whether it is RED, and not only probably worse."""
        return _red(self.row)

    @property
    def worsening(self) -> bool:
        """Whether it has become worse over years, and not only since the last."""
        return self.tendency is not None and self.tendency.direction == "worsening"

    @property
    def kind(self) -> str:
        """How sure it is, and whether it is a trend or one step, in a few words."""
        colour = "RED" if self.red else "Probably worse"
        if self.worsening:
            return f"{colour} and worsening"
        probably = "probably " * (self.row.certainty_vs_previous == "probable")
        return f"{colour} and {probably}worse since the last figure"

    @property
    def text(self) -> str:
        """What it says, as it follows its kind: the trend first if there is one, else the step."""
        own, step = with_unit(self.row.value, self.row), self._step()
        if self.worsening:
            told = (f"{own}.", self._trend(), f"It is {step}" if step else "")
        else:
            told = (f"{own}, {step}" if step else f"{own}.", self._trend(), "")
        parts = (*told, self._later(), words.compared(self.row), *self._hinging())
        return " ".join(part for part in parts if part)

    def _hinging(self) -> list[str]:
        """On which choice each verdict that it is worse hinges; nothing where on none."""
        return [
            f"Against {one.against}, that {one.hinges_on}."
            for one in self.verdicts
            if one.hinges_on
        ]

    def _step(self) -> str:
        """How it has moved since the last year it can be compared with, as it follows `It is`.

        What its kind says of the step already is not said again.
        """
        row = self.row
        if row.change is None:
            return ""
        if row.change == 0:
            return f"the same as in {row.previous_period}."
        way = "up" if row.change > 0 else "down"
        before = f"from {number(row.previous, row)} in {row.previous_period}"
        text = f"{way} by {words.size(abs(row.change), row)} {before}"
        told = row.worsening and not self.worsening
        verdict = (
            ""
            if told
            else {
                "similar": "which is too little to matter",
                "unclear": "and that may be chance",
            }.get(row.verdict_vs_previous, words.change_verdict(row))
        )
        if row.change_not_judged:
            verdict += f": {row.change_not_judged}"
        text += f", {verdict}." if verdict else "."
        if row.change_margin_from:
            text += f" One margin of error is reckoned from {row.change_margin_from}."
        return text

    def _later(self) -> str:
        """What came next, where that is held."""
        row = self.row
        return f"In {row.next_period} it is {number(row.next, row)}." if row.next_period else ""

    def _trend(self) -> str:
        """Where it has gone over years; nothing where that cannot be tested."""
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
        return ""


def ordered(
    rows: Iterable[PublishedRow],
    trends: Mapping[str, Tendency] | None = None,
    sensitivity: Mapping[tuple[str, str], VerdictGrounds] | None = None,
) -> list[Worse]:
    """What is RED and worse than before, in order, then what is probably worse.

    Of each, what has become worse over years comes first.
    """
    going, tried = trends or {}, sensitivity or {}
    worse = []
    for row in rows:
        made = tuple(one for one in verdicts(row, tried) if one.meaning == "worse")
        keys = {(row.indicator, one.against.casefold()) for one in made}
        if made:
            worse.append(Worse(row, going.get(row.indicator), made, bool(keys & tried.keys())))
    return sorted(
        (one for one in worse if one.worsening or one.row.worsening),
        key=lambda one: (not one.red, not one.worsening),
    )


def summary(
    rows: Sequence[PublishedRow],
    *,
    council: str,
    trends: Mapping[str, Tendency] | None = None,
) -> str:
    """How many indicators are RED or probably worse, and how many of these have become worse."""
    if not any(row.comparable for row in rows):
        return f"No indicator of {words.possessive(council)} can be compared this year."
    worse = [row for row in rows if "worse" in row.verdicts]
    if not worse:
        return f"No indicator of {words.possessive(council)} is RED, or probably worse, this year."
    red = sum(map(_red, worse))
    over_years = _over_years(sum(one.worsening for one in ordered(rows, trends)))
    return f"{_how_many(council, red, len(worse) - red)} {_since(worse)}{over_years}"


def _red(row: PublishedRow) -> bool:
    """Whether a verdict is RED: worse, and more than probably so."""
    graded = zip(row.verdicts, (row.certainty_vs_peers, row.certainty_vs_england), strict=True)
    return any(verdict == "worse" and certainty != "probable" for verdict, certainty in graded)


def _how_many(council: str, red: int, probable: int) -> str:
    whom = "its peers, England or both"
    if not red:
        return (
            f"{council} has no indicator that is RED. {_are(probable)} probably worse than {whom}."
        )
    text = f"{council} has {_indicators(red)} RED against {whom}."
    return f"{text} {_are(probable, more=True)} probably worse." if probable else text


def _since(worse: Sequence[PublishedRow]) -> str:
    """How many changes since the last comparable year can be tested, and what they show."""
    tested = sum(row.verdict_vs_previous != "not_compared" for row in worse)
    new = [row for row in worse if row.worsening]
    probable = sum(row.certainty_vs_previous == "probable" for row in new)
    if len(worse) == 1:
        if not tested:
            return "How it has changed cannot be tested."
        if not new:
            return "Its change can be tested: it is not shown to have become worse."
        return f"Its change can be tested: it has {'probably ' * probable}become worse."
    if not tested:
        return "Of none of them can the change be tested."
    all_of_them = "both" if tested == 2 else f"all {tested}"
    of_these = all_of_them if tested == len(worse) else f"{tested} of these {len(worse)}"
    return f"The change of {of_these} can be tested: {_become(len(new) - probable, probable)}."


def _become(sure: int, probable: int) -> str:
    """`2 have become worse, and 1 more probably has`."""
    if not sure and not probable:
        return "none is shown to have become worse"
    if not sure:
        return f"{_have(probable)} probably become worse"
    more = f", and {probable} more probably {'has' if probable == 1 else 'have'}"
    return f"{_have(sure)} become worse{more if probable else ''}"


def _over_years(count: int) -> str:
    if not count:
        return ""
    return f" Over several years, {_have(count)} a trend that is getting worse."


def _have(count: int) -> str:
    return f"{count} {'has' if count == 1 else 'have'}"


def _are(count: int, *, more: bool = False) -> str:
    return f"{count}{' more' if more else ''} {'is' if count == 1 else 'are'}"


def _indicators(count: int) -> str:
    return "1 indicator that is" if count == 1 else f"{count} indicators that are"
