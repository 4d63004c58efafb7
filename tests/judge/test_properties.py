"""What holds of judging whatever the figures are, and what becomes of figures that are odd."""

import random
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from bands import rules
from hypothesis import given
from hypothesis import strategies as st

from bench import briefing, indicator
from bench.judge import statistics
from bench.judge.benchmarks import one_left_out, peers_average
from bench.judge.figure import FigureInForce
from bench.judge.intervals import Interval, PublishedFigure, exact, interval
from bench.judge.rag import Average, Benchmark, Meaning, RuleName, judge
from bench.judge.robustness import Probe, Trial, TrialCase, hinges_on
from bench.judge.statistics import Field
from bench.published import sources
from bench.reference import FinancialYear
from bench.reference.indicator import IntervalMethod
from bench.reference.peers import Peer, PeerGroup

HIGHER, LOWER = "higher_is_better", "lower_is_better"
MIRROR = {
    Meaning.BETTER: Meaning.WORSE,
    Meaning.WORSE: Meaning.BETTER,
    Meaning.SIMILAR: Meaning.SIMILAR,
    Meaning.UNCLEAR: Meaning.UNCLEAR,
    Meaning.NOT_COMPARED: Meaning.NOT_COMPARED,
}


def field(values):
    return Field({str(n): exact(v) for n, v in enumerate(values)})


tenths = st.integers(-20, 1000).map(lambda n: n / 10)
councils = st.lists(tenths, min_size=30, max_size=40)


def case(value, benchmark, everyone, *, margin=None, rule="auto", polarity=HIGHER, members=()):
    figure = PublishedFigure(value, "score", IntervalMethod.MARGIN, margin=margin)
    made = interval(figure)
    made = made if isinstance(made, Interval) else None
    beside = Benchmark(exact(benchmark), members=tuple(map(exact, members)))
    verdict = judge(
        exact(value), beside, polarity=polarity, interval=made, field=everyone, rules=rules(rule)
    )
    return TrialCase(
        figure, 1, False, made, polarity, everyone, "none was made", beside, rules(rule), verdict
    )


@given(
    value=tenths,
    benchmark=tenths,
    everyone=councils,
    margin=st.none() | st.integers(0, 100).map(lambda n: n / 10),
    rule=st.sampled_from(list(RuleName)),
    members=st.lists(tenths, max_size=6),
)
def test_a_mirrored_polarity_mirrors_every_verdict_and_what_would_change_it(
    value, benchmark, everyone, margin, rule, members
):
    one, other = (
        case(
            value, benchmark, field(everyone), margin=margin, rule=rule, polarity=way,
            members=members,
        )
        for way in (HIGHER, LOWER)
    )  # fmt: skip
    assert MIRROR[one.verdict.meaning] == other.verdict.meaning
    if not one.verdict.compared:
        return
    here, there = (each.rounding() for each in (one, other))
    assert here.reason == there.reason
    assert [MIRROR[m] for _, m in here.changes] == [m for _, m in there.changes]
    assert hinges_on([here]) == hinges_on([there])


@given(
    value=tenths,
    benchmark=tenths,
    everyone=councils,
    margin=st.integers(1, 100).map(lambda n: n / 10),
    polarity=st.sampled_from([HIGHER, LOWER, "none"]),
)
def test_the_three_probabilities_are_of_one_distribution(
    value, benchmark, everyone, margin, polarity
):
    own = exact(value)
    found = judge(
        own,
        Benchmark(exact(benchmark), variance=0.1),
        polarity=polarity,
        interval=Interval(own - exact(margin), own + exact(margin)),
        field=field(everyone),
        rules=rules(),
    )
    if not found.compared:
        return
    known = found.belief
    assert known.below + known.close + known.above == pytest.approx(1)
    assert min(known.below, known.close, known.above) >= 0
    # A colour is never against the printed gap, and never as likely as not to be wrong.
    if found.meaning not in (Meaning.SIMILAR, Meaning.UNCLEAR):
        above = found.meaning in (Meaning.HIGHER, MIRRORED[polarity])
        assert (own > exact(benchmark)) == above
        assert found.probability == (known.above if above else known.below) >= 0.7


MIRRORED = {HIGHER: Meaning.BETTER, LOWER: Meaning.WORSE, "none": Meaning.HIGHER}


@given(
    value=tenths,
    benchmark=tenths,
    lower=st.integers(0, 100),
    upper=st.integers(0, 100),
    wider=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    polarity=st.sampled_from([HIGHER, LOWER, "none"]),
)
def test_a_wider_interval_never_turns_similar_into_anything(
    value, benchmark, lower, upper, wider, polarity
):
    def judged(below, above):
        own = exact(value)
        return judge(
            own,
            Benchmark(exact(benchmark)),
            polarity=polarity,
            interval=Interval(own - Fraction(below, 10), own + Fraction(above, 10)),
            field=Field({}),
            rules=rules("interval"),
        ).meaning

    narrow, wide = judged(lower, upper), judged(lower + wider[0], upper + wider[1])
    assert wide in (narrow, Meaning.SIMILAR)


def printed(value, numerator=None, denominator=None):
    return FigureInForce(value, numerator, denominator, None, None, "observed", "")


COUNTED = sources.reference().indicators["direct_payments"]


@given(
    counts=st.lists(
        st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=9,
    ),
    order=st.randoms(use_true_random=False),
    average=st.sampled_from(list(Average)),
    rule=st.sampled_from(list(RuleName)),
    value=tenths,
)
def test_the_order_of_peers_never_matters(counts, order, average, rule, value):
    figures = {
        str(n): printed(round(100 * x / n_all, 1), float(x), float(n_all))
        for n, (x, n_all) in enumerate(counts)
    }
    members = [Peer(name, name, True) for name in figures]
    shuffled = list(members)
    order.shuffle(shuffled)
    one, other = (PeerGroup("own", "", "us", tuple(each)) for each in (members, shuffled))
    averages = [peers_average(COUNTED, each, figures, average) for each in (one, other)]
    assert averages[0].value == averages[1].value
    verdicts = [
        judge(
            exact(value), each, polarity=HIGHER, interval=None, field=field(range(40)),
            rules=rules(rule, average),
        )
        for each in averages
    ]  # fmt: skip
    # A sum of errors may differ in its last digit by the order of those summed.
    assert replace(verdicts[0], benchmark_variance=0.0) == replace(
        verdicts[1], benchmark_variance=0.0
    )
    left = [dict(one_left_out(COUNTED, each, figures, average)) for each in (one, other)]
    assert {name: b.value for name, b in left[0].items()} == {
        name: b.value for name, b in left[1].items()
    }


@pytest.mark.parametrize("year", ["2014-15", "2018-19", "2021-22", "2024-25"])
def test_a_council_is_never_its_own_peer(year):
    registers, of_year = sources.reference(), FinancialYear.parse(year)
    for council in registers.councils.in_year(of_year):
        for model in (*registers.peers.names(), f"{council.name};Leeds;Kent"):
            group = registers.peers.group(model, council, of_year)
            assert council.area_id not in {peer.area_id for peer in group.members}


# --- bad input: each has a defined answer ---------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "made", "verdict", "becomes"),
    [
        # what rounding makes of it
        ("all councils share one value", {"value": 60.0, "everyone": [60.0] * 40},
         "not_compared", None),
        ("and the council has a margin", {"value": 60.0, "everyone": [60.0] * 40, "margin": 1.0},
         "not_compared", None),
        ("the same by its interval", {"value": 60.0, "everyone": [60.0] * 40, "margin": 1.0,
                                      "rule": "interval"}, "similar", ""),
        ("all at 100%", {"value": 100.0, "benchmark": 100.0, "everyone": [100.0] * 40,
                         "rule": "tolerance"}, "similar", ""),
        ("one council", {"value": 60.0, "everyone": [60.0]}, "not_compared", None),
        ("one council, with a margin", {"value": 70.0, "everyone": [70.0], "margin": 1.0},
         "not_compared", None),
        ("the same by its interval", {"value": 70.0, "everyone": [70.0], "margin": 1.0,
                                      "rule": "interval"}, "better", ""),
        ("a score below 0", {"value": -0.2, "benchmark": -0.1, "everyone": range(40),
                             "rule": "tolerance"}, "worse", ""),
        ("the same by its size", {"value": -0.2, "benchmark": -0.1, "everyone": range(40)},
         "similar", ""),
        ("all peers equal", {"value": 60.0, "everyone": range(40), "members": [60.0] * 6,
                             "rule": "quartile"}, "similar", "worse better"),
    ],
)  # fmt: skip
def test_odd_figures_have_a_defined_answer(why, made, verdict, becomes):
    given_ = {"benchmark": 60.0, **made, "everyone": field(made["everyone"])}
    found = case(given_.pop("value"), given_.pop("benchmark"), given_.pop("everyone"), **given_)
    assert found.verdict.meaning == verdict, why
    if becomes is None:
        assert found.verdict.reason
        return
    assert " ".join(meaning for _, meaning in found.rounding().changes) == becomes, why


def test_a_denominator_of_one_has_an_interval_and_a_trial():
    figure = PublishedFigure(
        100.0, "per_cent", IntervalMethod.WILSON, numerator=1.0, denominator=1.0
    )
    found = replace(
        case(100.0, 60.0, field(range(40)), margin=1.0), figure=figure, interval=interval(figure)
    )
    found = replace(found, rounded_counts=True)
    assert found.interval.holds(Fraction(60))
    assert found.rounding().reason == ""


def test_indicators_without_counts_are_judged_by_size_and_tried_all_the_same():
    brief = briefing("Leeds", "2018-19")
    frame = brief.sensitivity()
    own = frame[frame["code"] == "1F"]
    assert set(own["rule"]) == {"size"}
    assert set(own.loc[own["outcome"] == "not_asked", "alternative"]) == {"pooled"}
    assert not own["sensitivity"].isna().any()


def test_a_council_without_peers_is_tried_against_england_alone():
    frame = briefing("Cumberland", "2023-24").sensitivity()
    assert set(frame["against"]) == {"england"}


def test_a_page_without_a_verdict_has_no_trials():
    frame = briefing("City of London", "2018-19").sensitivity()
    assert frame.empty
    assert "sensitivity" in frame.columns


def test_without_any_trial_a_verdict_hinges_on_nothing():
    """There is nothing that changes the verdict; a page always has its rounding."""
    assert hinges_on([]) == ()
    assert hinges_on([Trial(Probe.AVERAGE, "pooled", reason="none")]) == ()


@pytest.mark.parametrize(
    "made", [lambda: briefing("Leeds", "2018-19"), lambda: indicator("1B", "2018-19")]
)
def test_the_former_name_of_sensitivity_still_answers_and_says_so(made):
    brief = made()
    with pytest.warns(DeprecationWarning, match=r"sensitivity\(\)"):
        former = brief.firmness()
    pd.testing.assert_frame_equal(former, brief.sensitivity())


@pytest.mark.parametrize("seed", range(20))
def test_whole_numbers_of_a_part_say_what_fractions_say(seed: int) -> None:
    """What is reckoned in parts for speed is the plain definition, to the last digit."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    number, *values = (
        Fraction(drawn.randint(-3000, 3000), drawn.choice([1, 10, 10, 7, 2000]))
        for _ in range(drawn.randint(2, 18))
    )
    decimals = drawn.randint(0, 3)
    ordered, last = sorted(values), len(values) - 1

    def between(share: Fraction) -> Fraction:
        below = int(last * share)
        above = min(below + 1, last)
        return ordered[below] + (ordered[above] - ordered[below]) * (last * share - below)

    quarter = Fraction(1, 4)
    assert statistics.mean(values) == sum(values, Fraction(0)) / len(values)
    assert statistics.median(values) == between(2 * quarter)
    assert statistics.quartiles(values) == (between(quarter), between(3 * quarter))
    assert statistics.quantile(values, Fraction(1, 10)) == between(Fraction(1, 10))
    top, bottom = statistics.gap_parts(values[0], number)
    assert bottom > 0
    assert top / bottom == float(values[0] - number)
    assert statistics.sign(values[0], number) == (values[0] > number) - (values[0] < number)
    edge = abs(number)
    assert statistics.apart(values[0], number, edge) is (abs(values[0] - number) >= edge)
    assert statistics.apart(values[0], values[0] + edge, edge)  # the edge itself is apart
    nearest = int(abs(number) * 10**decimals + Fraction(1, 2))
    shown = (-nearest if number < 0 else nearest) / 10**decimals
    assert statistics.rounded(number, decimals) == shown
    assert statistics.rounded(float(number), decimals) == statistics.rounded(
        Fraction(float(number)), decimals
    )
    field = Field({str(at): value for at, value in enumerate(values)})
    assert field.rank("0") == 1 + sum(value > values[0] for value in values)
    assert field.rank("0", lowest_first=True) == 1 + sum(value < values[0] for value in values)
