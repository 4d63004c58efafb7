"""How sure a verdict is, in words, and what a figure would need to show more."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.judge.detectable import NoAnswers
from bench.present.numbers import about_in_ten, bare, short
from bench.present.sentences import size
from bench.present.theme import NO_MARGIN

if TYPE_CHECKING:
    from bench.judge.published_row import Measure, PublishedRow

OUT_OF_REACH: Final = "no survey of this size could show this one"
_TRULY: Final = {
    **{
        name: f"that it is truly {name} by enough to matter"
        for name in ("better", "worse", "higher", "lower")
    },
    "similar": "that the true gap is too small to matter",
}


class GradedComparison(NamedTuple):
    """What a row says of one comparison, and how sure it is.

    Attributes:
        verdict: a word of `bench.judge.rag.Meaning`.
        certainty: a word of `bench.judge.rag.Certainty`; None where it is unclear, and of rules
            that know none.
        probability: that what the verdict says is true; None where that is not known.
        smallest_gap: that the figure could show, in the indicator's unit; None where it was not
            judged by size and certainty.
        more_answers: that would show the gap there is; 0 where it is shown, None where no number
            is named, and for what is no survey.
        answers_reason: why no number is named for a survey, a word of
            `bench.judge.detectable.NoAnswers`; None where one is.
    """

    verdict: str
    certainty: str | None
    probability: float | None
    smallest_gap: float | None = None
    more_answers: int | None = None
    answers_reason: str | None = None


def against_peers(row: PublishedRow) -> GradedComparison:
    """The comparison with the peers' average."""
    return GradedComparison(
        row.verdict_vs_peers,
        row.certainty_vs_peers,
        row.probability_vs_peers,
        row.smallest_gap_vs_peers,
        row.more_answers_vs_peers,
        row.more_answers_reason_vs_peers,
    )


def against_england(row: PublishedRow) -> GradedComparison:
    """The comparison with England's published figure."""
    return GradedComparison(
        row.verdict_vs_england,
        row.certainty_vs_england,
        row.probability_vs_england,
        row.smallest_gap_vs_england,
        row.more_answers_vs_england,
        row.more_answers_reason_vs_england,
    )


def chance(comparison: GradedComparison) -> tuple[str, str]:
    """How likely a verdict is, and of what: `about 8 in 10`, `that it is truly worse by ...`.

    Both are empty where no probability is known.
    """
    if comparison.probability is None or comparison.verdict not in _TRULY:
        return "", ""
    return about_in_ten(comparison.probability), _TRULY[comparison.verdict]


def in_words(comparison: GradedComparison) -> str:
    """How sure a verdict is: `about 8 in 10 that it is truly worse by enough to matter`.

    Without a margin of error it says that the size decided; it is empty where nothing is compared,
    and of rules that do not say how sure they are.
    """
    if comparison.certainty == "untested":
        return f"{NO_MARGIN}: judged by size alone"
    if comparison.verdict == "unclear":
        return "cannot be told"
    return " ".join(chance(comparison)).strip()


def could_show(comparison: GradedComparison, measure: Measure) -> str:
    """What it would take for a verdict to be better or worse, as words behind a verdict.

    `too unsure for gaps under 3.2 points; about 240 more answers would show this one`: the smallest
    gap that the figure could show, and for a survey how many more answers would show the gap there
    is, or that no survey of its size could and why. Empty where size and certainty do not decide.
    """
    return "; ".join(filter(None, (smallest_gap(comparison, measure), more_answers(comparison))))


def smallest_gap(comparison: GradedComparison, measure: Measure) -> str:
    """Rounded up to the decimals of the indicator, so that no smaller gap is promised."""
    if comparison.smallest_gap is None:
        return ""
    unit = Decimal(1).scaleb(-measure.decimals)
    # It is held with a further decimal and cut off there, so the next one is the one that is safe.
    safe = Decimal(str(comparison.smallest_gap)) + unit / 10
    least = size(float(safe.quantize(unit, ROUND_CEILING)), measure)
    return f"too unsure for gaps under {least}"


def more_answers(comparison: GradedComparison) -> str:
    """To two digits, rounded up, so that they are never too few."""
    if comparison.answers_reason and NoAnswers(comparison.answers_reason).beyond_reach:
        return f"{OUT_OF_REACH}: {comparison.answers_reason}"
    if not comparison.more_answers:
        return ""
    step: int = 10 ** max(0, len(str(comparison.more_answers)) - 2)
    count = -(-comparison.more_answers // step) * step
    return f"about {count:,} more answer{'s' * (count != 1)} would show this one"


def middle_of_peers(row: PublishedRow) -> tuple[str, str] | None:
    """The median and the range of the peers, where a few of them drag their average."""
    if not row.peer_mean_dragged or row.peer_lowest is None or row.peer_highest is None:
        return None
    lowest, highest = bare(row.peer_lowest, row.decimals), short(row.peer_highest, row)
    return short(row.peer_median, row), f"{lowest} to {highest}"


def lines(comparison: GradedComparison, measure: Measure) -> list[str]:
    """What stands beneath a verdict: its chance, or what an unclear figure could show."""
    if comparison.verdict == "unclear":
        return [could] if (could := could_show(comparison, measure)) else []
    likely, _ = chance(comparison)
    return [f"chance {likely}"] if likely else []
