"""What the page of an indicator says of its verdicts: how sure, what it takes, and other rules."""

import re

import pytest

import bench
from bench.judge.rag import RuleName
from bench.pages.choices import rules_for
from bench.pages.indicator import verdicts
from bench.pages.indicator.data import Demand
from present.test_page import read

pytestmark = pytest.mark.usefixtures("judged_once")


def words(section):
    return " ".join(re.sub(r"<[^>]+>", " ", str(section)).split())


@pytest.fixture(scope="module")
def contact():
    return bench.indicator("1I(1)", "2018-19", council="Blackburn with Darwen")


def test_the_page_names_what_is_sure_before_what_is_probable(contact):
    frame = contact.frame()
    count = frame.groupby(["verdict_vs_england", "certainty_vs_england"]).size()
    text = words(contact.heading())
    sure = f"{count['worse', 'sure']} are RED (worse) and {count['better', 'sure']} are GREEN"
    probable = f"{count['worse', 'probable']} are probably worse and {count['better', 'probable']}"
    unclear = f"{(frame['verdict_vs_england'] == 'unclear').sum()} are unclear."
    assert text.index(sure) < text.index(probable) < text.index(unclear)


@pytest.mark.parametrize(
    ("indicator", "year", "rule", "said"),
    [
        # A survey, counts in a heap at 100%, no margin of error, another rule, not compared.
        ("1I(1)", "2018-19", None, "For all of them more answers to the survey would show the gap"),
        (
            "1C(2B)",
            "2018-19",
            None,
            "60 stand at exactly 100% and others far below, so that hardly",
        ),
        ("6A", "2024-25", None, "No figure has a margin of error, so the size of the gap alone"),
        ("1I(1)", "2018-19", "interval", ""),
        ("3D(1a)", "2024-25", None, ""),
    ],
)
def test_the_page_says_what_it_takes_to_be_judged_apart(indicator, year, rule, said):
    text = words(bench.indicator(indicator, year, rule=rule).needed())
    assert said in text
    assert bool(text) is bool(said)


def test_what_it_takes_is_what_the_rows_say(contact):
    frame, demand = contact.frame(), contact.demand
    unclear = frame[frame["verdict_vs_england"] == "unclear"]
    assert (demand.unclear, demand.compared) == (len(unclear), frame["rank"].notna().sum())
    assert sorted(unclear["more_answers_vs_england"].dropna().astype(int)) == list(demand.answers)
    assert demand.typical == pytest.approx(frame["smallest_gap_vs_england"].median(), abs=0.02)
    assert demand.matters == pytest.approx(contact.table.field("social_contact").spread / 2)


EVERY = Demand(
    against="england", matters=2.0, of_spread=True, compared=100, untested=0, typical=3.0,
    coloured=20, at_100=0, unclear=0, too_small=0, answers=(), beyond_reach=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said", "unsaid"),
    [
        ({}, "from about 2.0 points on: half of the usual gap between councils.", "unclear"),
        ({"of_spread": False}, "the least by which two printed figures differ.", "half of the"),
        ({"against": "peers"}, "than their peers only from a gap of about 3.0 points", "England"),
        ({"untested": 1}, "1 has none, and there the size of the gap alone decides.", "have none"),
        ({"typical": None, "untested": 100}, "No figure has a margin of error", "only from"),
        ({"unclear": 1}, "1 council is unclear beside England", "more answers"),
        ({"unclear": 3, "too_small": 2}, "For 2 of them the gap is too small to matter", "answers"),
        (
            {"unclear": 3, "beyond_reach": 2},
            "For 2 of them no survey of this size could",
            "would show",
        ),
        ({"unclear": 1, "beyond_reach": 1}, "For it no survey of this size could show", "of them"),
        ({"unclear": 2, "answers": (438,)}, "For 1 of them more answers", "middle one"),
        (
            {"unclear": 2, "answers": (438, 2150)},
            "from about 440 to 2,200 more, and for the",
            "438",
        ),
        ({"coloured": 75}, "75 of 100 councils have a colour. They lie far apart", "100%"),
        ({"coloured": 75, "at_100": 25}, "25 stand at exactly 100%", "They lie far apart"),
        ({"coloured": 74, "at_100": 50}, "matters", "have a colour"),
    ],
)
def test_each_case_has_its_sentence(contact, changed, said, unsaid):
    demand = EVERY._replace(**changed)
    text = words(verdicts.needed(demand, measure=contact.measure, rules=rules_for()))
    assert said in text
    assert unsaid not in text


def test_every_row_says_how_sure_its_verdicts_are(contact):
    rows = contact.frame()
    cells = [text for _, text in read(contact.council_table()).find("td", "judged")][::2]
    for row, cell in zip(rows.to_dict("records"), cells, strict=True):
        if row["verdict_vs_england"] == "unclear":
            assert "too unsure for gaps under" in cell
        elif row["verdict_vs_england"] != "not_compared":
            assert "chance " in cell
            assert ("probably" in cell) is (
                row["certainty_vs_england"] == "probable" and row["verdict_vs_england"] != "similar"
            )


def test_the_appendix_shows_every_rule_with_the_council_s_own_verdicts(contact):
    frame = contact.by_every_rule().set_index("rule")
    assert set(frame.index) == {str(rule) for rule in RuleName}
    assert frame.index[0] == "auto"
    for rule in ("interval", "quartile", "funnel"):
        alone = bench.indicator("1I(1)", "2018-19", rule=rule).frame()["verdict_vs_england"]
        counted = {key: (alone == key).sum() for key in ("better", "similar", "worse", "unclear")}
        assert frame.loc[rule, list(counted)].to_dict() == counted
    text = words(contact.other_rules())
    assert "Auto, by which this page judges" in text
    assert "Blackburn with Darwen against England" in text
    assert "Blackburn" not in words(bench.indicator("1I(1)", "2018-19").other_rules())


def test_a_rule_that_compares_nobody_says_why():
    frame = bench.indicator("1C(1B)", "2018-19").by_every_rule().set_index("rule")
    assert "the funnel has no power" in frame.loc["funnel", "reason"]
    text = words(bench.indicator("1C(1B)", "2018-19").other_rules())
    assert "None is compared: " in text
    assert "No rule compares any council here: " in words(
        bench.indicator("3D(1a)", "2024-25").other_rules()
    )


def test_the_files_of_the_page_say_how_sure_each_verdict_is(contact):
    _, sheet = contact._tables()["councils"]
    by_heading = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert by_heading["Certainty, against England"] == "sure"
    assert "In words, against peers" in by_heading
    assert "More answers needed, against England" in by_heading
