"""How sure a verdict is, as a reader meets it: in a cell, a sentence, a file and a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bench.judge.detectable import NoAnswers
from bench.pages.choices import rules_for
from bench.present import certainty_words, numbers, sentences, sheet, table, terminal
from bench.present.provenance import rule_sentence
from present.conftest import only, published

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow

RULES = ("auto", "interval", "spread", "quartile", "tolerance", "funnel")


def one(indicator: str = "control_over_daily_life", **changes: Any) -> PublishedRow:
    """A row judged by size and certainty against its peers, and so against England."""
    return only(indicator, rule="probability", **changes)[0]


def against_peers(verdict: str, certainty: str | None = None, **more: Any) -> PublishedRow:
    """A row of 80.4% beside 77.2%, with one verdict against peers and none against England."""
    changes = {
        "verdict_vs_peers": verdict,
        "certainty_vs_peers": certainty,
        "verdict_vs_england": "not_compared",
        **more,
    }
    return one(**changes)


def text_of(html: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(html))).replace("&#39;", "'")


def shown(*rows: PublishedRow) -> str:
    return text_of(table.peer_table(rows, council="A", year="2014-15", peers_title="P"))


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.5, "about 5 in 10"),
        (0.549, "about 5 in 10"),
        (0.55, "nearly 6 in 10"),
        (0.7, "about 7 in 10"),
        (0.749, "about 7 in 10"),
        (0.75, "nearly 8 in 10"),
        (0.8, "about 8 in 10"),
        (0.899, "nearly 9 in 10"),
        (0.9, "about 9 in 10"),
        (0.949, "about 9 in 10"),
        (0.95, "about 95 in 100"),
        (0.969, "about 96 in 100"),
        (0.99, "about 99 in 100"),
        (0.991, "over 99 in 100"),
        (1.0, "over 99 in 100"),
    ],
)
def test_a_probability_in_words_never_promises_more(probability: float, words: str) -> None:
    assert numbers.about_in_ten(probability) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.5, "5 in 10"), (0.7, "7 in 10"), (0.85, "85 in 100"), (0.975, "975 in 1,000")],
)
def test_a_band_as_a_chance(share: float, words: str) -> None:
    assert numbers.in_ten(share) == words


@pytest.mark.parametrize(
    ("verdict", "certainty", "probability", "words"),
    [
        ("worse", "probable", 0.81, "about 8 in 10 that it is truly worse by enough to matter"),
        ("better", "sure", 0.93, "about 9 in 10 that it is truly better by enough to matter"),
        ("higher", "probable", 0.72, "about 7 in 10 that it is truly higher by enough to matter"),
        ("lower", "sure", 0.98, "about 98 in 100 that it is truly lower by enough to matter"),
        ("similar", "probable", 0.6, "about 6 in 10 that the true gap is too small to matter"),
        ("worse", "untested", None, "no margin of error: judged by size alone"),
        ("similar", "untested", None, "no margin of error: judged by size alone"),
        ("unclear", None, None, "cannot be told"),
        ("not_compared", None, None, ""),
        ("worse", None, None, ""),  # a rule that does not say how sure it is
    ],
)
def test_how_sure_in_words(
    verdict: str, certainty: str | None, probability: float | None, words: str
) -> None:
    row = against_peers(verdict, certainty, probability_vs_peers=probability)
    assert certainty_words.in_words(certainty_words.against_peers(row)) == words


@pytest.mark.parametrize(
    ("gap", "answers", "unit", "decimals", "words"),
    [
        (3.14, 240, "per_cent", 1,
         "too unsure for gaps under 3.2 points; about 240 more answers would show this one"),
        (3.1, None, "per_cent", 1, "too unsure for gaps under 3.2 points"),
        (0.99, None, "per_cent", 1, "too unsure for gaps under 1.0 point"),
        (48.31, None, "per_100k", 1, "too unsure for gaps under 48.4 per 100,000"),
        (0.0319, 1, "score", 3,
         "too unsure for gaps under 0.032; about 1 more answer would show this one"),
        (5, 1234, "count", 0,
         "too unsure for gaps under 6; about 1,300 more answers would show this one"),
        (0.4, 0, "score", 1, "too unsure for gaps under 0.5"),
        (None, None, "score", 1, ""),
    ],
)  # fmt: skip
def test_what_an_unclear_figure_could_show(
    gap: float | None, answers: int | None, unit: str, decimals: int, words: str
) -> None:
    row = against_peers(
        "unclear",
        unit=unit,
        decimals=decimals,
        smallest_gap_vs_peers=gap,
        more_answers_vs_peers=answers,
    )
    assert certainty_words.could_show(certainty_words.against_peers(row), row) == words


@pytest.mark.parametrize(
    ("changes", "cell", "plain"),
    [
        ({"verdict_vs_peers": "worse", "certainty_vs_peers": "sure", "probability_vs_peers": 0.97},
         "▼ RED worse chance about 97 in 100 that it is truly worse by enough to matter",
         "▼ RED worse, 97 in 100"),
        ({"verdict_vs_peers": "worse", "certainty_vs_peers": "probable",
          "probability_vs_peers": 0.899},
         "▽ probably worse chance nearly 9 in 10 that it is truly worse by enough to matter",
         "▽ probably worse, nearly 9 in 10"),
        ({"verdict_vs_peers": "better", "certainty_vs_peers": "untested"},
         "▲ GREEN better , no margin of error",
         "▲ GREEN better, no margin of error"),
        ({"verdict_vs_peers": "similar", "certainty_vs_peers": "probable",
          "probability_vs_peers": 0.6},
         "● AMBER similar chance about 6 in 10 that the true gap is too small to matter",
         "● AMBER similar, 6 in 10"),
        ({"verdict_vs_peers": "unclear", "smallest_gap_vs_peers": 4.5,
          "more_answers_vs_peers": 231},
         "beside the peers: about 240 more answers would show this one.",
         "Against peers: too unsure for gaps under 4.6 points"),
        ({"verdict_vs_peers": "unclear", "smallest_gap_vs_peers": 4.5,
          "more_answers_reason_vs_peers": str(NoAnswers.PEOPLE)},
         "beside the peers: no survey of this size could show this one: it would take more answers "
         "than there are people to ask.",
         "no survey of this size could show this one: it would take more answers than there are"),
        ({"verdict_vs_peers": "unclear", "smallest_gap_vs_peers": 4.5,
          "more_answers_reason_vs_peers": str(NoAnswers.TOO_SMALL)},
         "? unclear too unsure for gaps under 4.6 points",
         "Against peers: too unsure for gaps under 4.6 points."),
        ({"verdict_vs_peers": "higher", "certainty_vs_peers": "probable",
          "probability_vs_peers": 0.75, "polarity": "none"},
         "⇧ probably higher chance nearly 8 in 10 that it is truly higher by enough to matter",
         "⇧ probably higher, nearly 8 in 10"),
        ({"verdict_vs_peers": "worse"}, "▼ RED worse", "▼ RED worse"),
        ({"peer_mean_dragged": True, "peer_median": 76.0, "peer_lowest": 50.0,
          "peer_highest": 98.2},
         "a few peers pull their average. The peers' figures range from 50.0 to 98.2%.",
         "A few peers pull their average: median 76.0%, range 50.0 to 98.2%."),
        ({"change_margin_from": "2018-19"}, "margin reckoned from 2018-19", "Control"),
        ({"change_not_judged": "no margin of error in either year",
          "verdict_vs_previous": "not_compared"},
         "up 3.2 points: not judged from 77.2% no margin of error in either year", "Control"),
        ({"next": 99.7, "next_period": "2015-16"}, ", then 99.7%", "Control"),
    ],
)  # fmt: skip
def test_one_row_says_how_sure_it_is(changes: dict[str, Any], cell: str, plain: str) -> None:
    row = one(**changes)
    assert cell in shown(row)
    assert plain in terminal.text_table([row], council="A", year="2014-15", peers_title="P")


def test_a_mean_that_nothing_drags_stands_alone() -> None:
    row = one(peer_median=76.0, peer_lowest=50.0, peer_highest=98.2)
    assert "median" not in shown(row)
    plain = terminal.text_table([row], council="A", year="2014-15", peers_title="P")
    assert "median" not in plain


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"verdict_vs_peers": "worse", "certainty_vs_peers": "probable",
          "probability_vs_peers": 0.8, "verdict_vs_england": "unclear"},
         "It is probably worse than its peers' average (77.2%), a chance of about 8 in 10, and "
         "unclear beside England (77.3%)."),
        ({"certainty_vs_peers": "sure", "probability_vs_peers": 0.96,
          "certainty_vs_england": "sure", "probability_vs_england": 0.962},
         "It is GREEN, better than both its peers' average (77.2%) and England (77.3%), a chance "
         "of about 96 in 100."),
        ({"certainty_vs_peers": "sure", "probability_vs_peers": 0.96,
          "certainty_vs_england": "probable", "probability_vs_england": 0.8},
         "It is GREEN, better than its peers' average (77.2%), a chance of about 96 in 100, and "
         "probably better than England (77.3%), a chance of about 8 in 10."),
        ({"certainty_vs_peers": "untested", "certainty_vs_england": "untested"},
         "It is GREEN, better than both its peers' average (77.2%) and England (77.3%), by size "
         "alone with no margin of error."),
        ({"verdict_vs_peers": "similar", "certainty_vs_peers": "probable",
          "probability_vs_peers": 0.6, "verdict_vs_england": "similar"},
         "It is AMBER, close to its peers' average (77.2%), a chance of about 6 in 10, and AMBER, "
         "too close to England (77.3%) to tell apart."),
    ],
)  # fmt: skip
def test_a_sentence_is_as_sure_as_the_verdict(changes: dict[str, Any], text: str) -> None:
    assert sentences.compared(one(**changes)) == text


def unless_empty(cell: object) -> object:
    return None if isinstance(cell, sheet.Empty) else cell


def test_the_files_say_how_sure_and_what_a_figure_could_show() -> None:
    row = one(
        verdict_vs_peers="worse",
        certainty_vs_peers="probable",
        probability_vs_peers=0.812,
        smallest_gap_vs_peers=3.14,
        more_answers_vs_peers=0,
        verdict_vs_england="unclear",
        smallest_gap_vs_england=2.96,
        more_answers_vs_england=231,
        peer_median=76.0,
        peer_lowest=50.0,
        peer_highest=98.2,
        peer_mean_dragged=True,
        certainty_vs_previous="sure",
        probability_vs_previous=0.95,
        change_margin_from="2012-13",
        next=79.0,
        next_period="2015-16",
    )
    made = sheet.table_sheet("I", sheet.INDICATOR, [row])
    cells = dict(zip(made.columns, map(unless_empty, made.rows[0]), strict=True))
    expected = {
        "Against peers": "probably worse",
        "Certainty, against peers": "probable",
        "Probability, against peers": Decimal("0.812"),
        "In words, against peers": "about 8 in 10 that it is truly worse by enough to matter",
        "Smallest gap it could show, against peers": Decimal("3.14"),
        "More answers needed, against peers": 0,
        "Against England": "unclear",
        "Certainty, against England": None,
        "Probability, against England": None,
        "In words, against England": "cannot be told",
        "Smallest gap it could show, against England": Decimal("2.96"),
        "More answers needed, against England": 231,
        "Median of the peers": Decimal("76.0"),
        "Lowest of the peers": Decimal("50.0"),
        "Highest of the peers": Decimal("98.2"),
        "A few peers pull their average": "yes",
        "Certainty of the change": "sure",
        "Probability of the change": Decimal("0.950"),
        "Margin of the change reckoned from": "2012-13",
        "Next figure": Decimal("79.0"),
        "Next year": "2015-16",
    }
    assert {name: cells[name] for name in expected} == expected


def test_what_is_said_above_the_table_is_not_said_in_its_rows() -> None:
    reason, other = "no earlier year is held", "a new measure"
    rows = [
        replace(row, change=None, change_reason=reason if at else other, previous=None)
        for at, row in enumerate(published())
    ]
    section = table.peer_table(
        rows,
        council="A",
        year="2014-15",
        peers_title="P",
        once=table.SaidOnce(("Said once.",), frozenset({reason})),
    )
    assert text_of(section).count("Said once.") == 1
    assert reason not in text_of(section)
    assert other in text_of(section)


def test_a_council_without_peers_is_told_once() -> None:
    alone = [replace(row, peers_total=0, peers_missing=()) for row in published()]
    assert shown(*alone).count("none is known") == 1
    assert "no peers known" not in shown(*alone)
    assert "no peers known" in shown(*alone[:1], *published()[1:])


@pytest.mark.parametrize("rule", RULES)
def test_the_key_holds_the_chips_that_a_rule_can_show(rule: str) -> None:
    chips = text_of(table.key(rule))
    assert ("probably worse" in chips) == (rule == "auto")
    assert ("unclear" in chips) == (rule == "auto")
    assert ("no margin of error" in chips) == (rule == "auto")
    for always in ("GREEN better", "AMBER similar", "RED worse", "higher", "not compared"):
        assert always in chips


def test_the_rule_and_the_terms_say_the_bands_in_force() -> None:
    rules = rules_for()
    bands = rules.auto.model_copy(
        update={"material": Decimal("0.25"), "probable": 0.65, "sure": 0.95, "close": 0.6}
    )
    others = rules.model_copy(update={"auto": bands})
    before, after = (
        f"{rule_sentence(one)} {text_of(table.glossary_list(one))}" for one in (rules, others)
    )
    for word, other in [
        ("half of the usual gap between councils", "a quarter of the usual gap between councils"),
        ("from 7 in 10", "from 65 in 100"),
        ("chance of 9 in 10", "chance of 95 in 100"),
        ("at least 5 in 10", "at least 6 in 10"),
    ]:
        assert word in before, word
        assert other in after, other
        assert other not in before
