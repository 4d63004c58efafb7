"""What would change a verdict. The tables can be read without knowing any programming."""

from dataclasses import replace
from fractions import Fraction

import pytest
from bands import rules
from hypothesis import given
from hypothesis import strategies as st

from bench import briefing
from bench.judge import robustness
from bench.judge.benchmarks import one_left_out, peers_average
from bench.judge.funnel import Funnel, FunnelPosition
from bench.judge.intervals import Interval, PublishedFigure, exact, interval
from bench.judge.rag import Average, Benchmark, DecidingRule, Meaning, RuleName, Verdict, judge
from bench.judge.robustness import (
    SENSITIVITY_COLUMNS,
    Grade,
    Probe,
    Trial,
    TrialCase,
    TrialOutcome,
    hinges_on,
    sensitivity,
)
from bench.judge.statistics import Field
from bench.judge.variance import scale_of
from bench.pages import store
from bench.published import sources
from bench.reference.indicator import IntervalMethod
from bench.reference.peers import Peer, PeerGroup
from worked import worked

HIGHER = "higher_is_better"
# The median of 0, 1 ... 30 is 15 and the median deviation 8, so by the spread similar is within
# half of 1.4826 x 8 = 5.9304 of the benchmark.
COUNCILS = Field({str(n): Fraction(n) for n in range(31)})


def case(
    value,
    benchmark,
    *,
    margin=None,
    rule="auto",
    members=(),
    decimals=1,
    figure=None,
    five=False,
    standing="no funnel was made",
):
    figure = figure or PublishedFigure(
        value=value, unit="score", method=IntervalMethod.MARGIN, margin=margin
    )
    made = interval(figure)
    made = made if isinstance(made, Interval) else None
    beside = Benchmark(exact(benchmark), members=tuple(map(exact, members)))
    verdict = judge(
        exact(value),
        beside,
        polarity=HIGHER,
        interval=made,
        field=COUNCILS,
        rules=rules(rule),
        standing=standing,
    )
    return TrialCase(
        figure, decimals, five, made, HIGHER, COUNCILS, standing, beside, rules(rule), verdict
    )


@given(
    value=st.integers(0, 300),
    benchmark=st.integers(0, 3000),
    margin=st.none() | st.integers(0, 150),
)
def test_from_which_figure_to_which_it_is_similar_by_size_and_certainty(value, benchmark, margin):
    asked = case(
        value / 10, benchmark / 100, margin=None if margin is None else margin / 10, rule="auto"
    )
    found = asked.similar()

    def there(figure):
        shift = figure - exact(value / 10)
        moved = asked.interval and Interval(
            asked.interval.lower + shift, asked.interval.upper + shift
        )
        return judge(
            figure, asked.benchmark, polarity=HIGHER, interval=moved, field=COUNCILS,
            rules=asked.rules,
        ).meaning  # fmt: skip

    little = Fraction(1, 1000)
    if found is None:
        assert asked.verdict.meaning != "similar"
        return
    low, high = found
    assert {there(low + little), there((low + high) / 2), there(high - little)} == {"similar"}
    assert "similar" not in {there(low - little), there(high + little)}
    assert (asked.verdict.meaning == "similar") == (low < exact(value / 10) < high)


def becoming(trial):
    return [str(meaning) for _, meaning in trial.changes]


@worked("rounding")
def test_anywhere_within_the_rounding(figure, margin, benchmark, decimals, verdict, becomes):
    asked = case(figure, benchmark, margin=margin, decimals=decimals, rule="interval")
    assert asked.verdict.meaning == verdict
    assert becoming(asked.rounding()) == list(becomes)


@pytest.mark.parametrize(
    ("counts", "five", "expected"),
    [
        # 45 of 90 is 50.0%; Wilson's interval ends at 60.1%, but that of 46.2 of 92.5 below 60%
        ("as printed", False, []),
        ("multiples of 5", True, ["worse"]),
    ],
)
def test_counts_rounded_to_5_may_narrow_the_interval(counts, five, expected):
    figure = PublishedFigure(
        50.0, "per_cent", IntervalMethod.WILSON, numerator=45.0, denominator=90.0
    )
    asked = case(50.0, 60.0, figure=figure, five=five, rule="interval")
    assert asked.verdict.meaning == "similar"
    assert becoming(asked.rounding()) == expected, counts


@pytest.mark.parametrize(
    "figure",
    [
        PublishedFigure(0.0, "per_cent", IntervalMethod.WILSON, numerator=0.0, denominator=5.0),
        PublishedFigure(100.0, "per_cent", IntervalMethod.WILSON, numerator=5.0, denominator=5.0),
        PublishedFigure(100.0, "per_cent", IntervalMethod.WILSON, numerator=1.0, denominator=1.0),
        PublishedFigure(0.0, "per_100k", IntervalMethod.BYAR, numerator=0.0, denominator=5.0),
        PublishedFigure(50.0, "per_cent", IntervalMethod.MARGIN, respondents=2.0),
    ],
)
def test_at_the_ends_of_the_scale_rounding_asks_only_what_can_be(figure):
    asked = case(figure.value, 50.0, figure=figure, five=True)
    assert asked.rounding().outcome in (TrialOutcome.UNCHANGED, TrialOutcome.CHANGED)


@given(
    value=st.integers(0, 300),
    benchmark=st.integers(0, 3000),
    margin=st.none() | st.integers(0, 60),
    rule=st.sampled_from(list(RuleName)),
    members=st.lists(st.integers(0, 300), max_size=8),
    at=st.fractions(-1, 1),
)
def test_nothing_within_the_rounding_goes_unseen(value, benchmark, margin, rule, members, at):
    asked = case(
        value / 10,
        benchmark / 100,
        margin=None if margin is None else margin / 10,
        rule=rule,
        members=[member / 10 for member in members],
    )
    if not asked.verdict.compared:
        return
    shift = at / 20
    moved = asked.interval and Interval(asked.interval.lower + shift, asked.interval.upper + shift)
    there = judge(
        exact(value / 10) + shift,
        asked.benchmark,
        polarity=HIGHER,
        interval=moved,
        field=COUNCILS,
        rules=asked.rules,
    ).meaning
    reached = {str(asked.verdict.meaning), *becoming(asked.rounding())}
    # Between better and worse lies similar, which the ends need not show.
    # Likewise unclear lies between similar and either, and between better and worse.
    between = {
        "similar": [{"better", "worse"}, {"better", "unclear"}, {"unclear", "worse"}],
        "unclear": [{"similar", "worse"}, {"similar", "better"}, {"better", "worse"}],
    }
    assert there in reached or any(reached >= ends for ends in between.get(there, []))


@pytest.mark.parametrize(
    ("rule", "margin", "expected"),
    [
        ("interval", 6.0, (9.0, 21.0)),  # 15 less and more 6
        ("auto", None, (9.0696, 20.9304)),
        ("tolerance", None, (14.25, 15.75)),
        ("quartile", None, (7.5, 22.5)),
    ],
)
def test_from_which_figure_to_which_it_is_similar(rule, margin, expected):
    found = case(20.0, 15.0, margin=margin, rule=rule).similar()
    assert tuple(map(float, found)) == pytest.approx(expected, abs=1e-9)


def trial(probe, outcome, name="x"):
    """A trial that changes the verdict (+), leaves it (-) or cannot be made (?)."""
    changes = (("", Meaning.SIMILAR),) if outcome == "+" else ()
    return Trial(Probe(probe), name, changes, "no peer has a figure" if outcome == "?" else "")


@pytest.mark.parametrize(
    ("rounding", "one_peer", "peers", "average", "expected"),
    [
        # + changes the word, - does not, ? cannot be tried
        ("-", "-", "----", "--", []),
        ("", "", "", "", []),
        ("?", "?", "????", "??", []),
        ("+", "-", "----", "--", ["rounding"]),
        ("-", "+", "----", "--", ["one_peer"]),
        ("+", "+", "----", "--", ["rounding", "one_peer"]),
        # most of the other peer models and averages together
        ("-", "-", "++--", "--", []),
        ("-", "-", "+++-", "--", []),  # a half is not most
        ("-", "-", "++++", "--", ["peers"]),
        ("-", "-", "+++-", "-?", ["peers"]),
        ("-", "-", "+++-", "++", ["peers", "average"]),
        ("-", "-", "++--", "++", ["average"]),
        ("-", "-", "----", "++", []),  # two of six
        ("-", "-", "+-??", "+?", ["average"]),
        ("-", "-", "????", "+?", ["average"]),
        ("-", "-", "+???", "??", ["peers"]),
        ("-", "-", "+???", "-?", []),
        ("+", "+", "++++", "++", ["rounding", "one_peer", "peers", "average"]),
    ],
)
def test_what_a_verdict_hinges_on(rounding, one_peer, peers, average, expected):
    signs = {"rounding": rounding, "one_peer": one_peer, "peers": peers, "average": average}
    trials = [trial(probe, sign) for probe, outcomes in signs.items() for sign in outcomes]
    assert list(hinges_on(trials)) == expected
    assert list(hinges_on(reversed(trials))) == expected


@worked("hinges")
def test_worked_cases_of_what_a_verdict_hinges_on(
    rounding, one_peer, other_peers, other_averages, hinges_on
):
    asked = {
        "rounding": rounding, "one_peer": one_peer, "peers": other_peers,
        "average": other_averages,
    }  # fmt: skip
    found = robustness.hinges_on(
        trial(probe, sign) for probe, signs in asked.items() for sign in signs.replace("−", "-")
    )
    assert (", ".join(found).replace("_", " ") or "nothing") == hinges_on


def test_a_verdict_taken_back_among_many_hinges_on_that():
    assert hinges_on([trial("chance", "+")]) == (Probe.CHANCE,)


# --- on published figures -----------------------------------------------------------------------


def tried(council, year, **choices):
    made = briefing(council, year, **choices)
    table = store.year_table(made.choice.year, made.rules)
    return made, sensitivity(table, made.choice.council, made.peers, made.rows)


@pytest.mark.parametrize("year", ["2014-15", "2018-19", "2022-23", "2024-25"])
@pytest.mark.parametrize("council", ["Leeds", "Kent"])
def test_each_trial_says_what_the_page_made_otherwise_says(council, year):
    _, found = tried(council, year)
    others = {
        **{("peers", m): {"peers": m} for m in sources.reference().peers.names() if m != "cipfa"},
        **{("average", a.value): {"average": a} for a in Average if a != "mean"},
    }
    pages = {
        key: {row["indicator"]: row for row in briefing(council, year, **choices).records()}
        for key, choices in others.items()
    }
    asked = 0
    for one in found:
        for trial in one.trials:
            if (trial.probe, trial.alternative) not in pages:
                continue
            page = pages[trial.probe, trial.alternative]
            there = page[one.row.indicator.indicator_id][f"verdict_vs_{one.against}"]
            here = [str(one.case.verdict.meaning), *becoming(trial)][-1]
            assert there == ("not_compared" if trial.reason else here)
            asked += 1
    assert asked > 100


@pytest.mark.parametrize("average", list(Average))
def test_without_one_peer_is_the_average_of_a_list_without_it(average):
    made, _ = tried("Leeds", "2018-19")
    table = store.year_table(made.choice.year, made.rules)
    for row in made.rows:
        printed = table.printed(row.indicator.indicator_id, row.year)
        without = dict(one_left_out(row.indicator, made.peers, printed, average))
        for peer in made.peers.members:
            others = tuple(one for one in made.peers.members if one != peer)
            group = PeerGroup("own", "", made.peers.area_id, others)
            expected = peers_average(row.indicator, group, printed, average)
            if peer.name in without:
                assert without[peer.name].value == expected.value
                assert without[peer.name].members == expected.members


def test_a_lone_peer_cannot_be_left_out():
    _, found = tried("Leeds", "2018-19", peers="Kent")
    trial = next(t for one in found for t in one.trials if t.probe is Probe.ONE_PEER)
    assert trial.outcome is TrialOutcome.NOT_ASKED
    assert "nothing to compare with" in trial.reason


def test_what_is_not_compared_is_not_tried():
    _, found = tried("Leeds", "2024-25")
    assert "3D(1a)" not in {one.row.code for one in found}
    _, none = tried("City of London", "2018-19")
    assert none == ()


def test_an_indicator_has_a_record_for_every_trial():
    made, found = tried("Leeds", "2018-19")
    records = [record for one in found for record in one.records()]
    assert [list(record) for record in records] == [SENSITIVITY_COLUMNS] * len(records)
    compared = sum(row.vs_peers.compared + row.vs_england.compared for row in made.rows)
    assert len(found) == compared
    assert {record["sensitivity"] for record in records} == set(Grade)


def test_against_england_no_peer_is_tried():
    _, found = tried("Leeds", "2018-19")
    asked = {(one.against, trial.probe) for one in found for trial in one.trials}
    assert {probe for against, probe in asked if against == "peers"} == {
        probe for probe in Probe if probe is not Probe.CHANCE
    }
    assert {probe for against, probe in asked if against == "england"} == {Probe.ROUNDING}


def test_a_peer_that_did_not_exist_is_not_left_out():
    absent = Peer("nowhere", "Nowhere", False)
    made, _ = tried("Leeds", "2018-19")
    group = PeerGroup("own", "", "leeds", (*made.peers.members, absent))
    table = store.year_table(made.choice.year, made.rules)
    row = made.rows[0]
    printed = table.printed(row.indicator.indicator_id, row.year)
    left = dict(one_left_out(row.indicator, group, printed, Average.MEAN))
    assert "Nowhere" not in left
    assert len(left) == len(row.peer_values)


def test_the_rule_that_decided_is_named():
    _, found = tried("Leeds", "2018-19")
    assert {one.case.verdict.rule for one in found} <= {DecidingRule.PROBABILITY, DecidingRule.SIZE}


def test_by_the_funnel_the_range_ends_at_its_limits():
    """A figure at either limit is the last that is similar."""
    figure = PublishedFigure(
        60.0, "per_cent", IntervalMethod.WILSON, numerator=120.0, denominator=200.0
    )
    funnel = Funnel(scale_of(IntervalMethod.WILSON, "per_cent"), 55.0, 1.0, 0.001, 40)
    asked = case(60.0, 55.0, figure=figure, rule="funnel", standing=FunnelPosition(funnel, 200.0))
    low, high = asked.similar()
    assert low < 55 < high
    sides = [asked.standing.side(end, Fraction(55)) for end in (low, high)]
    beyond = [asked.standing.side(end, Fraction(55)) for end in (low - 1, high + 1)]
    assert (sides, beyond) == ([0, 0], [-1, 1])


def test_where_no_range_is_known_none_is_named():
    asked = replace(
        case(20.0, 15.0), verdict=Verdict(Meaning.BETTER, DecidingRule.NONE, Fraction(15))
    )
    assert asked.similar() is None
