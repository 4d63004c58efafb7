"""What a row says of a figure that is odd: a table of figures and the sentence that tells of each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bench.judge import published_row, robustness
from bench.judge.figure import FigureInForce
from bench.pages import store
from bench.pages.choices import rules_for
from bench.present import robustness_words, table
from bench.reference import FinancialYear
from bench.reference.areas import ENGLAND
from present.reading import grade
from worked import worked

if TYPE_CHECKING:
    from collections.abc import Callable


YEAR = FinancialYear.parse("2018-19")
LEEDS = "leeds"
Figures = dict[str, FigureInForce]


def bare(value: float) -> FigureInForce:
    """A figure with neither counts nor a margin."""
    return FigureInForce(value, None, None, None, None, "observed", str(value))


def leeds(**changes: Any) -> Callable[[Figures], Figures]:
    """Leeds' figure otherwise, all others as published."""
    return lambda held: held | {LEEDS: replace(held[LEEDS], **changes)}


def everybody(at: Callable[[int], float], leeds: float, england: float) -> Any:
    """Every figure without a margin: the n-th council's, Leeds' and England's."""

    def made(held: Figures) -> Figures:
        councils = {area: bare(at(n)) for n, area in enumerate(sorted(held))}
        return councils | {LEEDS: bare(leeds), ENGLAND: bare(england)}

    return made


def heaped(held: Figures) -> Figures:
    """Two of three figures are 100, with all of their people counted."""
    whole = {
        area: replace(one, value=100.0, numerator=one.denominator)
        for n, (area, one) in enumerate(sorted(held.items()))
        if n % 3 and one.denominator and area != LEEDS
    }
    return held | whole


def few(held: Figures) -> Figures:
    """Leeds, England and 20 others alone."""
    kept = [area for area in sorted(held) if area not in (LEEDS, ENGLAND)][:20]
    return {area: held[area] for area in (*kept, LEEDS, ENGLAND)}


NOTHING: dict[str, Any] = dict.fromkeys(("numerator", "denominator", "respondents", "margin"))


def text_of(code: str, changed: Callable[[Figures], Figures], rule: str, peers: str) -> str:
    """The words of the one row of Leeds, with its notes and what it hinges on."""
    rules = rules_for(rule)
    usual = store.year_table(YEAR, rules)
    indicator = usual.registers.indicators.find(code, YEAR)
    council = usual.registers.councils.find("Leeds")
    group = usual.registers.peers.group(peers, council, YEAR)
    held = usual.printed(indicator.indicator_id)
    made = usual.with_figures(indicator.indicator_id, changed(dict(held)))
    (row,) = (one for one in made.rows(council, group) if one.code == code)
    shown = published_row.published(row)
    trials = [
        record
        for one in robustness.sensitivity(made, council, group, [row])
        for record in one.records()
    ]
    told = robustness_words.grounds(
        [(shown.indicator, shown)],
        trials,
        key="indicator",
        peers_titles={},
        rules=rules,
    )
    html = str(
        table.peer_table(
            [shown],
            council="Leeds",
            year=str(YEAR),
            peers_title="its peers",
            context=table.RowContext(sensitivity=told),
        ).html()
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


ODD = [
    # what is odd, the indicator, its figures, the rule, the peers, what the row says
    ("a survey without a margin", "1B", leeds(**NOTHING), "auto", "cipfa", "no margin of error"),
    ("a share without counts", "1C(1A)", leeds(**NOTHING), "auto", "cipfa", "no margin of error"),
    ("a score without a margin", "1A", leeds(**NOTHING), "auto", "cipfa", "no margin of error"),
    ("a survey with a margin of 0", "1A", leeds(margin=0.0), "auto", "cipfa", "no margin of error"),
    ("councils that do not spread", "1F", everybody(lambda n: 100.0, 90.0, 99.0), "auto", "cipfa",
     "the councils do not spread: the middle half of them share one value."),
    ("nine of ten share one figure", "1F",
     everybody(lambda n: 100.0 if n % 10 else 60.0 + n % 7, 90.0, 99.0), "auto", "cipfa",
     "the councils do not spread: the middle half of them share one value."),
    ("too few councils", "1A", few, "auto", "england",
     "councils have a figure, and the spread needs 30."),
    ("one peer", "1A", leeds(), "auto", "Kent",
     "Few peers have a figure, so their average rests on little."),
    ("a tie with the edge", "1F",
     everybody(lambda n: 8.0 + n % 3, 10.0, 9.0), "auto", "cipfa",
     "hinges on the rounding of the figure"),
    ("a heap at 100, and not in it", "1C(1A)", heaped, "auto", "cipfa",
     "councils stand at 100%. So the usual gap is that of the middle half of councils:"),
    ("a heap at 100, and in it", "1C(1B)", leeds(value=100.0), "auto", "cipfa",
     "councils stand at 100%, this one among them. They share one place."),
    ("a heap at 100, by the funnel", "1C(1A)", heaped, "funnel", "cipfa",
     "councils stand at 100: around them the funnel has no power to tell who is unusual."),
    ("a numerator above its denominator", "1C(1A)",
     leeds(numerator=7000.0, denominator=6000.0), "auto", "cipfa",
     "the figure cannot be right as published: its numerator is above its denominator."),
    ("a denominator of 0", "1C(1A)", leeds(numerator=0.0, denominator=0.0), "auto", "cipfa",
     "the figure cannot be right as published: its denominator is 0."),
    ("above 100%", "1C(1A)", leeds(value=104.1), "auto", "cipfa",
     "the figure cannot be right as published: it is above 100%."),
    ("a score above its scale", "1A", leeds(value=25.0), "auto", "cipfa",
     "the figure cannot be right as published: it is above 24, the highest that it can be."),
    ("below 0", "2A(2)", leeds(value=-1.0), "auto", "cipfa",
     "the figure cannot be right as published: it is below 0, the lowest that it can be."),
    ("a margin of error below 0", "1B", leeds(margin=-2.0), "auto", "cipfa",
     "the figure cannot be right as published: its margin of error is below 0."),
    ("suppressed", "1C(1A)",
     leeds(value=None, status="suppressed", marker="[c]", **NOTHING), "auto", "cipfa",
     "suppressed printed [c]"),
    ("no usable data", "1C(1A)",
     leeds(value=None, status="unusable", marker="[c]", **NOTHING), "auto", "cipfa",
     "no usable data"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "changed", "rule", "peers", "says"), ODD)
def test_a_row_says_what_is_odd_about_it(
    what: str,
    code: str,
    changed: Callable[[Figures], Figures],
    rule: str,
    peers: str,
    says: str,
) -> None:
    text = text_of(code, changed, rule, peers)
    assert says in text, what
    assert grade(says) <= 12, what
    # The row as it was published says it less often, or not at all.
    usual = text_of(code, lambda held: held, "auto", "cipfa")
    assert text.count(says) > usual.count(says), what
    if "cannot be right" in says or "no usable" in says or "suppressed" in says:
        assert ("printed [c]" in text) == ("suppressed" in says), what
        assert not re.search(r"(GREEN|AMBER|RED) (better|similar|worse)|unclear", text), what


@worked("odd")
def test_the_method_page_says_what_rows_say(what: str, says: str) -> None:
    assert (what, says) in {(one[0], one[-1]) for one in ODD}
