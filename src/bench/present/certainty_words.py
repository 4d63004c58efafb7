"""How sure verdicts are, in words.

Of one: its chance, and what a figure would need to show more. Of all on a page: how many may be
wrong, and which were taken back for it.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.judge import statistics
from bench.judge.detectable import NoAnswers
from bench.judge.multiplicity import BY_CHANCE, TAKEN_BACK
from bench.judge.rag import DecidingRule
from bench.present.numbers import about_in_ten, bare, short
from bench.present.sentences import size
from bench.present.theme import NO_MARGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

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


_JUDGED: Final = {
    DecidingRule.SIZE: "by size alone, as no margin of error is known",
    DecidingRule.SPREAD: "by the usual gap between councils",
    DecidingRule.QUARTILE: "by quarters",
    DecidingRule.TOLERANCE: "by a set tolerance",
}
_NO_SIDE: Final = ("not_compared", "similar", "unclear")
_AT_ONCE: Final = {
    "page": "all comparisons of this page with one benchmark",
    "map": "all councils' comparisons of one indicator with one benchmark",
}


def chance_line(rows: Sequence[PublishedRow], *, multiplicity: str = "none") -> str | None:
    """How many verdicts may be wrong, and which were taken back for it.

    Args:
        rows: one per indicator.
        multiplicity: none, page or map: over which comparisons chance was allowed for.

    Returns:
        None where nothing is compared.
    """
    made = Counter(
        DecidingRule(row.rule)
        for row in rows
        for verdict in row.verdicts
        if verdict != "not_compared"
    )
    sentences = [_by_certainty(rows), _by_margin(made), _by_funnel(made), *_otherwise(made)]
    if together := at_once(multiplicity):
        sentences += [together, _taken_back(rows)]
    return " ".join(filter(None, sentences)) or None


def at_once(multiplicity: str) -> str:
    """Over which comparisons chance is allowed for, as a sentence; empty where over none."""
    if multiplicity not in _AT_ONCE:
        return ""
    return (
        f"Chance is allowed for over {_AT_ONCE[multiplicity]} at once. A verdict that does not "
        "hold among so many is taken back."
    )


def _by_certainty(rows: Sequence[PublishedRow]) -> str:
    """Of the verdicts by size and certainty, how many are expected to be wrong, by what they say.

    Similar and unclear ones are left out: none says that a gap matters.
    """
    sided = [
        probability
        for row in rows
        if row.rule == DecidingRule.PROBABILITY
        for verdict, probability in zip(
            row.verdicts, (row.probability_vs_peers, row.probability_vs_england), strict=True
        )
        if verdict not in _NO_SIDE and probability is not None
    ]
    if not sided:
        return ""
    if len(sided) == 1:
        return f"1 gap is likely to matter, with a chance of {about_in_ten(sided[0])}."
    wrong = round(sum(1 - probability for probability in sided))
    about = f"about {wrong}" if wrong else "fewer than one"
    return f"{len(sided)} gaps are likely to matter. Of these, {about} may be expected not to."


def _by_margin(counts: Counter[DecidingRule]) -> str:
    """Of the verdicts for which chance can be reckoned, how many it alone would make."""
    counted, about = counts[DecidingRule.INTERVAL], _about(counts, DecidingRule.INTERVAL)
    if not counted:
        return ""
    return (
        f"{counted} {'comparison uses' if counted == 1 else 'comparisons use'} a margin of error. "
        f"Of {'it' if counted == 1 else 'these'}, {about} would differ by chance alone at 95%, "
        "even if nothing were truly different."
    )


def _by_funnel(counts: Counter[DecidingRule]) -> str:
    judged = counts[DecidingRule.FUNNEL]
    if not judged:
        return ""
    return (
        f"{judged} {'is' if judged == 1 else 'are'} judged by the funnel of all councils. Of "
        f"these, {_about(counts, DecidingRule.FUNNEL)} would lie outside it by chance, even if no "
        "council were unusual."
    )


def _about(counts: Counter[DecidingRule], rule: DecidingRule) -> str:
    by_chance = int(statistics.rounded(counts[rule] * BY_CHANCE[rule], 0))
    return f"about {by_chance}" if by_chance else "fewer than one"


def _otherwise(counts: Counter[DecidingRule]) -> list[str]:
    """The verdicts for which it cannot, by what decided."""
    return [
        f"{counts[rule]} {'is' if counts[rule] == 1 else 'are'} judged {how}."
        for rule, how in _JUDGED.items()
        if counts[rule]
    ]


def _taken_back(rows: Sequence[PublishedRow]) -> str:
    names = {TAKEN_BACK["peers"]: "against peers", TAKEN_BACK["england"]: "against England"}
    taken = [f"{row.code} {names[flag]}" for row in rows for flag in row.flags if flag in names]
    if not taken:
        return "No verdict was taken back."
    one = len(taken) == 1
    # By the rule that decided: the words of verdicts that were taken back.
    now = dict.fromkeys(
        verdict
        for row in rows
        for against, verdict in zip(TAKEN_BACK, row.verdicts, strict=True)
        if TAKEN_BACK[against] in row.flags
    )
    return (
        f"{len(taken)} {'verdict was' if one else 'verdicts were'} taken back and "
        f"{'is' if one else 'are'} now {' or '.join(now)}: {'; '.join(taken)}."
    )
