"""Sentences on how many verdicts may be wrong, and which were taken back for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bench.judge import statistics
from bench.judge.multiplicity import BY_CHANCE, TAKEN_BACK
from bench.judge.rag import DecidingRule
from bench.present.numbers import about_in_ten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.published_row import PublishedRow

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
