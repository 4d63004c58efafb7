"""Sentences about unusual changes: what happened, how rare it is, what to ask.

A finding is a question, so no sentence says why a figure moved or whether it should have.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bench.integrity.surveillance.patterns import Pattern
from bench.present.numbers import number, short
from bench.present.sentences import possessive, size
from bench.present.table import uncapital
from bench.reference.indicator import IntervalMethod, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from bench.integrity.surveillance.patterns import NationalMilestone
    from bench.judge.published_row import Measure

# What each pattern means, for the page; in the order in which its question comes first.
PATTERNS: Final = {
    Pattern.FLAT: "The same figure for three years in a row or more.",
    Pattern.DENOMINATOR: "The number that the figure is out of moved by a fifth or more. The "
    "number counted moved much less.",
    Pattern.NUMERATOR: "The number counted moved by a fifth or more. The number that it is out of "
    "moved much less.",
    Pattern.SPIKE: "The figure leapt and came back the next time.",
    Pattern.NOT_SHARED: "The figure got better, but no related figure clearly did.",
    Pattern.MILESTONE: "The figure has just passed a share that was once a national milestone.",
    Pattern.HEAP: "The figure became exactly 100%, where many others stand.",
    Pattern.STEP: "The figure leapt and stayed near its new place.",
    Pattern.LARGE: "A large move that is none of these, or too new to tell.",
}
_QUESTIONS: Final = {
    Pattern.FLAT: "was the figure worked out anew each year?",
    Pattern.DENOMINATOR: "who is new, or no longer, among those that the figure is out of?",
    Pattern.NUMERATOR: "who is newly counted, or no longer counted?",
    Pattern.SPIKE: "was one of these years counted in another way?",
    Pattern.NOT_SHARED: "would people say that something changed for them?",
    Pattern.MILESTONE: "who was counted last, and on what grounds?",
    Pattern.HEAP: "what does it take to be counted, and is there nobody without it?",
    Pattern.STEP: "did the service change then, or the way of counting?",
    Pattern.LARGE: "what changed: the service, the people, or the way of counting?",
}
# From this share of councils that moved further on, a reader wonders why the change is listed.
_MANY: Final = 0.1


class Teller(NamedTuple):
    """What sentences need to know: names, measures of a year, milestones."""

    councils: Mapping[str, str]
    measure: Callable[[str, str], Measure]
    milestones: Sequence[NationalMilestone]


def sentences(findings: pd.DataFrame, teller: Teller) -> list[str]:
    """A few plain sentences per finding, in the frame's order."""
    return [sentence(row, teller) for row in findings.to_dict("records")]


def sentence(row: Mapping[Any, Any], teller: Teller) -> str:
    """What one finding says."""
    now = teller.measure(row["indicator_id"], row["period"])
    before = teller.measure(row["indicator_id"], row["previous_period"])
    labels = row["pattern"].split("; ")
    parts = [
        _flat(row, now, teller) if Pattern.FLAT in labels else _happened(row, now, before, teller),
        _after(row, labels, teller),
        _rare(row, flat=Pattern.FLAT in labels),
        _own(row, now) if Pattern.FLAT not in labels else "",
        _parts(row, labels),
        _heap(row) if Pattern.HEAP in labels else "",
        _milestone(row, teller) if Pattern.MILESTONE in labels else "",
        _relatives(row, teller) if Pattern.NOT_SHARED in labels else "",
        "It is a very small council: a few people more or less change its figure."
        if row["tiny"]
        else "",
        f"Worth asking: {next(_QUESTIONS[one] for one in PATTERNS if one in labels)}",
    ]
    return " ".join(part for part in parts if part)


def _happened(row: Mapping[Any, Any], now: Measure, before: Measure, teller: Teller) -> str:
    name = possessive(teller.councils[row["area_id"]])
    finer = now if now.decimals >= before.decimals else before
    if not row["change"]:
        return (
            f"{name} figure stayed at {short(row['value'], now)} from {row['previous_period']} to "
            f"{row['period']}."
        )
    moved = f"{'up' if row['change'] > 0 else 'down'} {size(abs(row['change']), finer)}"
    return (
        f"{name} figure went from {number(row['previous_value'], before)} in "
        f"{row['previous_period']} to {short(row['value'], now)} in {row['period']}, {moved}."
    )


def _flat(row: Mapping[Any, Any], now: Measure, teller: Teller) -> str:
    name = possessive(teller.councils[row["area_id"]])
    return (
        f"{name} figure is {number(row['value'], now)} in {row['period']}, the same as in each of "
        f"the {row['flat_years'] - 1} years before that it can be compared with."
    )


def _after(row: Mapping[Any, Any], labels: Sequence[str], teller: Teller) -> str:
    if Pattern.SPIKE in labels and row["back"]:
        return f"That is back near the {_figure(row, 'first', teller)} of {row['first_period']}."
    if Pattern.SPIKE in labels:
        later = _figure(row, "next", teller)
        return f"In {row['next_period']} it was back near where it had been, at {later}."
    if Pattern.STEP in labels:
        later = _figure(row, "next", teller)
        return f"In {row['next_period']} it was still near that, at {later}."
    return ""


def _figure(row: Mapping[Any, Any], when: str, teller: Teller) -> str:
    """The figure of another year of the council, with that year's decimals."""
    return short(row[f"{when}_value"], teller.measure(row["indicator_id"], row[f"{when}_period"]))


def _rare(row: Mapping[Any, Any], *, flat: bool) -> str:
    others, farther = row["councils"], row["farther"]
    if flat:
        told = _count(others - farther, "printed the same figure as the time before")
        return f"Of the {others} other councils compared that year, {told}."
    told = f"Of the {others} other councils compared that year, {_count(farther, 'moved further')}."
    if farther > _MANY * others:
        told += " Given where the figure began and how much chance allows, it is rare all the same."
    return told


def _own(row: Mapping[Any, Any], now: Measure) -> str:
    count, largest = row["own_changes"], row["own_largest"]
    if not count:
        return ""
    # Earlier years may have been printed more finely than this one.
    now = replace(now, decimals=max(now.decimals, 1)) if largest % 1 else now
    if largest >= abs(row["change"]):
        return f"It had moved by {size(largest, now)} before."
    earlier = "in the change just before" if count == 1 else f"in the {count} changes just before"
    if not largest:
        return f"It had not moved at all {earlier}."
    return f"It had moved by at most {size(largest, now)} {earlier}."


def _parts(row: Mapping[Any, Any], labels: Sequence[str]) -> str:
    if row["interval"] == IntervalMethod.MARGIN:
        answers, earlier = row["respondents"], row["previous_respondents"]
        if answers == answers and earlier == earlier:
            return f"The survey had {earlier:,.0f} answers, then {answers:,.0f}."
        return ""
    if row["unit"] == Unit.COUNT:
        return ""
    counts = [
        row[f"{when}{part}"] for part in ("numerator", "denominator") for when in ("previous_", "")
    ]
    if any(count != count for count in counts):
        return "Counts are missing for one year or both, so which part moved cannot be seen."
    top_before, top, bottom_before, bottom = (f"{count:,.0f}" for count in counts)
    told = (
        f"The number counted {_went(top_before, top)}, and the number that it is out of "
        f"{_went(bottom_before, bottom)}."
    )
    if Pattern.NUMERATOR in labels and bottom_before != bottom:
        return f"{told} So it was the first that moved."
    if Pattern.DENOMINATOR in labels and top_before != top:
        return f"{told} So it was the second that moved."
    return told


def _went(before: str, now: str) -> str:
    """From one printed number to another, or that it is the same."""
    return f"stayed at {now}" if before == now else f"went from {before} to {now}"


def _heap(row: Mapping[Any, Any]) -> str:
    return f"Of the others, {_count(row['at_top'], 'printed exactly 100% too')}."


def _milestone(row: Mapping[Any, Any], teller: Teller) -> str:
    one = teller.milestones[row["milestone"]]
    return (
        f"That is just above {one.value:g}%, a milestone for earlier years and an earlier way of "
        f"counting ({one.document})."
    )


def _relatives(row: Mapping[Any, Any], teller: Teller) -> str:
    told = []
    for name, earlier, later in row["relatives"]:
        measures = [teller.measure(name, row[when]) for when in ("previous_period", "period")]
        title = uncapital(measures[1].short_title)
        told.append(f"{title}, {short(earlier, measures[0])} then {short(later, measures[1])}")
    return f"What should go with it did not clearly follow: {'; '.join(told)}."


def _count(number: int, what: str) -> str:
    return f"{'none' if not number else 'one' if number == 1 else f'{number:,}'} {what}"
