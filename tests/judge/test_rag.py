"""How a verdict is reached. The tables are data/reference/method.yaml, which the page shows."""

from fractions import Fraction

import pytest
from bands import rules
from hypothesis import given
from hypothesis import strategies as st

from bench.judge.funnel import Funnel, Standing
from bench.judge.intervals import Interval, exact
from bench.judge.rag import Benchmark, judge
from bench.judge.statistics import Field
from bench.judge.variance import Form, Scale
from worked import worked

HIGHER, LOWER = "higher_is_better", "lower_is_better"


def ends(interval):
    return interval and Interval(exact(interval[0]), exact(interval[1]))


def judged(
    value,
    benchmark,
    polarity=HIGHER,
    *,
    interval=None,
    field=(),
    rule="auto",
    members=(),
    **standing,
):
    found = judge(
        exact(value),
        Benchmark(
            None if benchmark is None else exact(benchmark),
            "no England figure is published",
            tuple(map(exact, members)),
        ),
        polarity=polarity,
        interval=ends(interval),
        field=Field({str(n): exact(v) for n, v in enumerate(field)}),
        rules=rules(rule),
        **standing,
    )
    return f"{found.meaning} by {found.rule}"


@worked("interval")
def test_by_the_interval_of_the_figure(figure, interval, benchmark, polarity, verdict, why):
    found = judged(figure, benchmark, polarity, interval=interval)
    rule = "none" if verdict == "not_compared" else "interval"
    assert found == f"{verdict} by {rule}", why


# 31 councils at 0, 1, 2 ... 30: the median is 15, the median deviation 8, so similar is within
# half of 1.4826 x 8 = 5.9304 of the benchmark.
COUNCILS = [float(n) for n in range(31)]


@worked("spread")
def test_without_an_interval_by_the_spread_of_councils(figure, benchmark, polarity, verdict, why):
    assert judged(figure, benchmark, polarity, field=COUNCILS) == f"{verdict} by spread", why


@worked("tolerance")
def test_by_a_share_of_the_benchmark(figure, benchmark, polarity, verdict, why):
    found = judged(figure, benchmark, polarity, rule="tolerance")
    assert found == f"{verdict} by tolerance", why


@worked("quartile")
def test_by_quarters_of_the_peers_or_of_all(figure, peers, verdict, why):
    found = judged(figure, 50.0, field=COUNCILS, rule="quartile", members=peers)
    rule = "none" if verdict == "not_compared" else "quartile"
    assert found == f"{verdict} by {rule}", why


@pytest.mark.parametrize(
    ("why", "field", "expected"),
    [
        ("29 councils are too few", COUNCILS[:29], "not_compared by none"),
        ("30 are enough", COUNCILS[:30], "better by spread"),
        ("all share one value", [5.0] * 30, "not_compared by none"),
        ("half share one value: quartiles", [5.0] * 16 + [6.0] * 15, "better by spread"),
    ],
)
def test_when_the_spread_can_judge(why, field, expected):
    assert judged(40.0, 5.0, field=field) == expected, why


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("interval", "not_compared by none"), ("spread", "better by spread")],
)
def test_a_figure_without_an_interval_by_other_rules(rule, expected):
    assert judged(60.0, 50.0, field=COUNCILS, rule=rule) == expected


def test_the_rule_spread_leaves_an_interval_aside():
    assert judged(60.0, 50.0, field=COUNCILS, interval=(40.0, 80.0)) == "similar by interval"
    assert (
        judged(60.0, 50.0, field=COUNCILS, interval=(40.0, 80.0), rule="spread")
        == "better by spread"
    )


# A survey percentage with a margin of 3 (a standard deviation of 1.5306) among councils that differ
# by a standard deviation of 2 beyond chance: the root of the two variances is 2.5185, and 1.96 of
# it 4.9361.
SURVEY = Standing(Funnel(Scale(Form.SURVEY, 100), 65.0, phi=2.4, tau2=4.0, councils=150), size=3.0)
# 200 people counted, nothing beyond chance: asin(sqrt(0.5)) -/+ 1.96 / (2 sqrt(200)) is 43.09 to 56.91%.
COUNTED = Standing(Funnel(Scale(Form.PROPORTION, 100), 50.0, phi=0.9, tau2=0.0, councils=150), 200)
# 40,000 people: (sqrt(400) -/+ 1.96 / 2 sqrt(100,000 / 40,000))^2 is 340.42 to 464.38 per 100,000.
RATE = Standing(Funnel(Scale(Form.RATE, 100_000), 400.0, phi=1.0, tau2=0.0, councils=150), 40_000)
NO_SPREAD = Standing(Funnel(Scale(Form.SURVEY, 100), 50.0, phi=0.0, tau2=0.0, councils=150), 4.2)


@worked("funnel")
def test_by_the_funnel_of_all_councils(figure, benchmark, polarity, verdict, why):
    found = judged(figure, benchmark, polarity, rule="funnel", standing=SURVEY)
    assert found == f"{verdict} by funnel", why


@pytest.mark.parametrize(
    ("standing", "value", "benchmark", "polarity", "expected"),
    [
        (SURVEY, 60.0, 64.9, HIGHER, "similar by funnel"),  # around the benchmark it is given
        (SURVEY, 60.0, None, HIGHER, "not_compared by none"),
        (COUNTED, 43.1, 50.0, HIGHER, "similar by funnel"),
        (COUNTED, 43.0, 50.0, HIGHER, "worse by funnel"),
        (COUNTED, 56.9, 50.0, HIGHER, "similar by funnel"),
        (COUNTED, 57.0, 50.0, HIGHER, "better by funnel"),
        (COUNTED, 100.0, 100.0, HIGHER, "similar by funnel"),
        (
            COUNTED,
            100.0,
            101.3,
            HIGHER,
            "similar by funnel",
        ),  # an average may hold a slip above 100
        (COUNTED, 0.0, 2.0, LOWER, "better by funnel"),
        (RATE, 340.5, 400.0, LOWER, "similar by funnel"),
        (RATE, 340.4, 400.0, LOWER, "better by funnel"),
        (RATE, 464.3, 400.0, LOWER, "similar by funnel"),
        (RATE, 464.4, 400.0, LOWER, "worse by funnel"),
        (NO_SPREAD, 63.3, 59.1, HIGHER, "similar by funnel"),  # an edge that equals it is similar
        (NO_SPREAD, 63.4, 59.1, HIGHER, "better by funnel"),
        ("no counts are published", 60.0, 65.0, HIGHER, "not_compared by none"),
    ],
)
def test_at_the_edges_of_the_funnel(standing, value, benchmark, polarity, expected):
    assert judged(value, benchmark, polarity, rule="funnel", standing=standing) == expected


def test_a_funnel_that_is_not_there_says_why():
    found = judge(
        Fraction(60),
        Benchmark(Fraction(65)),
        polarity=HIGHER,
        interval=None,
        field=Field({}),
        rules=rules("funnel"),
        standing="no counts are published",
    )
    assert (found.benchmark, found.reason) == (65, "no counts are published")


MIRROR = {
    "better": "worse",
    "worse": "better",
    "similar": "similar",
    "not_compared": "not_compared",
}


@given(
    value=st.integers(0, 1000),
    benchmark=st.integers(0, 1000),
    margin=st.none() | st.integers(0, 100),
    rule=st.sampled_from(["auto", "interval", "spread", "quartile", "tolerance", "funnel"]),
)
def test_polarity_is_a_mirror(value, benchmark, margin, rule):
    one, other = (
        judge(
            Fraction(value),
            Benchmark(Fraction(benchmark)),
            polarity=polarity,
            interval=None
            if margin is None
            else Interval(Fraction(value - margin), Fraction(value + margin)),
            field=Field({str(n): exact(v) for n, v in enumerate(COUNCILS)}),
            rules=rules(rule),
            standing=SURVEY,
        )
        for polarity in (HIGHER, LOWER)
    )
    assert MIRROR[one.meaning] == other.meaning
    assert one.compared == other.compared
    assert one.rule == other.rule


def test_a_verdict_carries_its_benchmark_and_reason():
    found = judge(
        Fraction(1),
        Benchmark(None, "no peer has a figure"),
        polarity=HIGHER,
        interval=None,
        field=Field({}),
        rules=rules(),
    )
    assert (found.benchmark, found.reason) == (None, "no peer has a figure")
