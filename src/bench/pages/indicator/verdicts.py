"""How an indicator's year came out, what it takes to be judged apart, and the other rules."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.judge.rag import Certainty
from bench.present.html import joined, markup
from bench.present.numbers import share_in_words
from bench.present.provenance import rule_sentence
from bench.present.sentences import listed, size
from bench.present.table import beneath, capital, paragraph, records_table
from bench.present.theme import LOOKS, look, look_vs_england

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.rag import Rules, Verdict
    from bench.pages.indicator.data import Demand, OtherRule
    from bench.present.html import Section

_WHOM: Final = {"england": "England", "peers": "their peers"}
# From this share of councils on that have a colour, the page says why nearly everybody has one.
_MOST: Final = 0.75
# From this share of councils at exactly 100% on, they are a crowd of their own.
_HEAP: Final = 0.25


def came_out(rows: Sequence[PublishedRow]) -> list[str]:
    """How many councils are on which side of England, in sentences; what is sure first."""
    seen = [look_vs_england(row) for row in rows]
    count = Counter(one.key for one in seen)
    compared = len(seen) - count["not_compared"]
    if not compared:
        return []
    sides = ("worse", "better") if rows[0].judged else ("lower", "higher")
    parts = [_counted(count, sides) or f"none is {_named(sides[0])} or {_named(sides[1])}"]
    parts[0] = f"Against England, {parts[0]}."
    for keys in (
        [f"probably_{side}" for side in sides],
        ("similar", "similar_unjudged", "unclear"),
    ):
        if text := _counted(count, keys):
            parts.append(f"{text}.")
    untested = sum(bool(one.note) for one in seen)
    if untested == compared:
        parts.append("No figure has a margin of error, so the size of the gap alone decides.")
    elif untested:
        have = "has" if untested == 1 else "have"
        parts.append(
            f"{untested} of them {have} no margin of error, and there the size alone decides."
        )
    return parts


def _counted(count: Counter[str], keys: Sequence[str]) -> str:
    """`41 are RED (worse) and 1 is GREEN (better)`; "" where there is none of them."""
    parts = [
        f"{count[key]} {'is' if count[key] == 1 else 'are'} {_named(key)}"
        for key in keys
        if count[key]
    ]
    return listed(parts) if parts else ""


def _named(key: str) -> str:
    seen = LOOKS[key]
    return f"{seen.word} ({seen.meaning})" if seen.word else seen.meaning


def needed(demand: Demand | str, *, measure: Measure, rules: Rules) -> Section:
    """From which gap on a colour is given, who is unclear, and what would show more.

    Args:
        demand: over the councils of the year, or why it cannot be said; then nothing is shown.
        measure: what is counted.
        rules: by which they were judged.
    """
    if isinstance(demand, str):
        return joined()
    parts = [
        _matters(demand, measure, rules),
        _typical(demand, measure),
        *_unclear(demand),
        _crowded(demand),
    ]
    return paragraph(" ".join(part for part in parts if part))


def _matters(demand: Demand, measure: Measure, rules: Rules) -> str:
    usual = share_in_words(rules.auto.material, "the usual gap between councils")
    why = usual if demand.of_spread else "the least by which two printed figures differ"
    return f"A gap matters from about {size(demand.matters, measure)} on: {why}."


def _typical(demand: Demand, measure: Measure) -> str:
    whom = _WHOM[demand.against]
    if demand.typical is None:
        return "No figure has a margin of error, so the size of the gap alone decides."
    apart = "better or worse" if measure.judged else "higher or lower"
    text = (
        f"Half of the councils could be called {apart} than {whom} only from a gap of about "
        f"{size(demand.typical, measure)} on, because of their margins of error."
    )
    if demand.untested:
        have = "has" if demand.untested == 1 else "have"
        text += f" {demand.untested} {have} none, and there the size of the gap alone decides."
    return text


def _unclear(demand: Demand) -> list[str]:
    if not demand.unclear:
        return []
    are = "council is" if demand.unclear == 1 else "councils are"
    whom = _WHOM[demand.against]
    parts = [f"{demand.unclear} {are} unclear beside {whom}; the table says what each could show."]
    if demand.answers:
        low, high = demand.answers[0], demand.answers[-1]
        whose = "all" if len(demand.answers) == demand.unclear > 1 else f"{len(demand.answers)}"
        text = f"For {whose} of them more answers to the survey would show the gap there is: "
        if low == high:
            text += f"about {_roughly(low)} more."
        else:
            middle = median(demand.answers)
            text += (
                f"from about {_roughly(low)} to {_roughly(high)} more, and for the middle one "
                f"{_roughly(middle)}."
            )
        parts.append(text)
    if demand.beyond_reach:
        whose = "it" if demand.unclear == 1 else f"{demand.beyond_reach} of them"
        parts.append(
            f"For {whose} no survey of this size could show the gap there is: it would take more "
            "answers than there are people to ask, or than ten times those there are, or the error "
            "of the other figure alone hides it."
        )
    if demand.too_small:
        whose = "it" if demand.unclear == 1 else f"{demand.too_small} of them"
        parts.append(f"For {whose} the gap is too small to matter as it stands.")
    return parts


def _roughly(count: float) -> str:
    """A number of people to two digits: `440` of 438."""
    return f"{float(f'{count:.2g}'):,.0f}"


def _crowded(demand: Demand) -> str:
    """Why nearly every council has a colour, where that is so."""
    if demand.coloured < _MOST * demand.compared:
        return ""
    text = f"{demand.coloured} of {demand.compared} councils have a colour."
    if demand.at_100 >= _HEAP * demand.compared:
        return (
            f"{text} {demand.at_100} stand at exactly 100% and others far below, so that hardly "
            "any is near the middle."
        )
    return f"{text} They lie far apart, next to their margins of error."


def by_every_rule(
    rules_tried: Sequence[OtherRule], *, measure: Measure, year: str, council: str | None
) -> Section:
    """How the year comes out by every rule, or that none compares anybody.

    Args:
        rules_tried: every rule, the one in force first.
        measure: what is counted.
        council: the council whose own verdicts are shown, by its name.
    """
    if all(tried.reason for tried in rules_tried):
        return paragraph(f"No rule compares any council here: {rules_tried[0].reason.rstrip('.')}.")
    better, worse = ("better", "worse") if measure.judged else ("higher", "lower")
    keys = (better, "similar", worse, "unclear", "not_compared")
    shown = [key for key in keys if any(_count(tried.verdicts, key) for tried in rules_tried)]
    headings = [look(key, measure.polarity).label for key in shown]
    own = [f"{council} against {whom}" for whom in ("England", "peers")] if council else []
    return records_table(
        caption=f"{measure.short_title}: councils of {year} by every rule, against "
        f"{_WHOM[rules_tried[0].against]}",
        columns=("Rule", *(capital(heading) for heading in headings), *own),
        lines=[
            (
                _rule(tried),
                *(_cell(tried.verdicts, key) for key in shown),
                *(_chip(verdict, measure) for verdict in reversed(tried.own or ())),
            )
            for tried in rules_tried
        ],
        note=_NOTE,
    )


_NOTE: Final = (
    "Each rule asks another question, so that none is a check of another. Each comparison stands "
    "by itself."
)


def _rule(tried: OtherRule) -> str:
    name = (
        f"{tried.rules.rule}, by which this page judges"
        if tried.in_force
        else str(tried.rules.rule)
    )
    none = [f"None is compared: {tried.reason}."] if tried.reason else []
    return beneath(capital(name), rule_sentence(tried.rules), *none)


def _count(verdicts: Sequence[Verdict], key: str) -> int:
    return sum(verdict.meaning == key for verdict in verdicts)


def _cell(verdicts: Sequence[Verdict], key: str) -> str:
    """How many verdicts say so, and beneath it how many of them only probably."""
    probable = sum(
        verdict.meaning == key and verdict.certainty is Certainty.PROBABLE for verdict in verdicts
    )
    small = [f"of these {probable} probably"] if probable and f"probably_{key}" in LOOKS else []
    return beneath(str(_count(verdicts, key)), *small)


def _chip(verdict: Verdict, measure: Measure) -> Markup:
    certainty = None if verdict.certainty is None else str(verdict.certainty)
    seen = look(str(verdict.meaning), measure.polarity, certainty)
    return markup("tables/tag.html.j2", look=seen)
