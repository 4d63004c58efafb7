"""Sentences on what chance alone would do to verdicts, and which were taken back for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bench.judge import statistics
from bench.judge.multiplicity import BY_CHANCE, TAKEN_BACK
from bench.judge.rag import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.published_row import PublishedRow

_JUDGED: Final = {
    Rule.SPREAD: "by the usual gap between councils",
    Rule.QUARTILE: "by quarters",
    Rule.TOLERANCE: "by a set tolerance",
}
_AT_ONCE: Final = {
    "page": "all comparisons of this page with one benchmark",
    "map": "all councils' comparisons of one indicator with one benchmark",
}


def chance_line(rows: Sequence[PublishedRow], *, multiplicity: str = "none") -> str | None:
    """How many verdicts would differ by chance alone, and which were taken back for it.

    Args:
        rows: one per indicator.
        multiplicity: none, page or map: over which comparisons chance was allowed for.

    Returns:
        None where nothing is compared.
    """
    made = Counter(
        Rule(row.rule) for row in rows for verdict in row.verdicts if verdict != "not_compared"
    )
    sentences = [_by_margin(made), _by_funnel(made), *_otherwise(made)]
    if together := at_once(multiplicity):
        sentences += [together, _taken_back(rows)]
    return " ".join(filter(None, sentences)) or None


def at_once(multiplicity: str) -> str:
    """Over which comparisons chance is allowed for, as a sentence; empty where over none."""
    if multiplicity not in _AT_ONCE:
        return ""
    return (
        f"Chance is allowed for over {_AT_ONCE[multiplicity]} at once. A verdict that does not "
        "hold among so many is similar."
    )


def _by_margin(made: Counter[Rule]) -> str:
    """Of the verdicts for which chance can be reckoned, how many it alone would make."""
    counted, about = made[Rule.INTERVAL], _about(made, Rule.INTERVAL)
    if not counted:
        return ""
    return (
        f"{counted} {'comparison uses' if counted == 1 else 'comparisons use'} a margin of error. "
        f"Of {'it' if counted == 1 else 'these'}, {about} would differ by chance alone at 95%, "
        "even if nothing were truly different."
    )


def _by_funnel(made: Counter[Rule]) -> str:
    if not made[Rule.FUNNEL]:
        return ""
    return (
        f"{made[Rule.FUNNEL]} {'is' if made[Rule.FUNNEL] == 1 else 'are'} judged by the funnel of "
        f"all councils. Of these, {_about(made, Rule.FUNNEL)} would lie outside it by chance, even "
        "if no council were unusual."
    )


def _about(made: Counter[Rule], rule: Rule) -> str:
    by_chance = int(statistics.rounded(made[rule] * BY_CHANCE[rule], 0))
    return f"about {by_chance}" if by_chance else "fewer than one"


def _otherwise(made: Counter[Rule]) -> list[str]:
    """The verdicts for which it cannot, by what decided."""
    return [
        f"{made[rule]} {'is' if made[rule] == 1 else 'are'} judged {how}."
        for rule, how in _JUDGED.items()
        if made[rule]
    ]


def _taken_back(rows: Sequence[PublishedRow]) -> str:
    names = {TAKEN_BACK["peers"]: "against peers", TAKEN_BACK["england"]: "against England"}
    taken = [f"{row.code} {names[flag]}" for row in rows for flag in row.flags if flag in names]
    if not taken:
        return "No verdict was taken back."
    one = len(taken) == 1
    return (
        f"{len(taken)} {'verdict was' if one else 'verdicts were'} taken back and "
        f"{'is' if one else 'are'} now similar: {'; '.join(taken)}."
    )
