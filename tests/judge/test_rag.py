"""How a verdict is reached. The tables can be read without knowing any programming."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.judge.compare import Field
from bench.judge.funnel import Funnel, Standing
from bench.judge.rag import Benchmark, Rules, judge, judge_change
from bench.judge.stabilise import Form, Scale
from bench.judge.uncertainty import Interval, exact

HIGHER, LOWER, NONE = "higher_is_better", "lower_is_better", "none"


def rules(rule="auto", **changes):
    bands = {
        "rule": rule,
        "average": "mean",
        "spread": {"half_width": "0.5", "least_councils": 30},
        "quartile": {"least_values": 5},
        "tolerance": {"per_cent_of_benchmark": "5"},
        "funnel": {"tau": "calibrated", "winsorised": "0.1", "least_councils": 30},
        "ranks": {"least_councils": 30},
        "few_peers": 5,
        "trend": {
            "years": 5,
            "least_years": 4,
            "least_years_by_order": 5,
            "significance": 0.002,
            "significance_by_order": 0.05,
        },
    }
    return Rules.model_validate(bands | changes)


def verdict(
    value, benchmark, polarity=HIGHER, *, margin=None, field=(), rule="auto", members=(), **standing
):
    value = exact(value)
    interval = (
        Interval(value - exact(margin), value + exact(margin)) if margin is not None else None
    )
    found = judge(
        value,
        Benchmark(
            None if benchmark is None else exact(benchmark),
            "no England figure is published",
            tuple(map(exact, members)),
        ),
        polarity=polarity,
        interval=interval,
        field=Field({str(n): exact(v) for n, v in enumerate(field)}),
        rules=rules(rule),
        **standing,
    )
    return f"{found.meaning} by {found.rule}"


@pytest.mark.parametrize(
    ("value", "margin", "benchmark", "polarity", "expected"),
    [
        # figure  +/-   benchmark
        (60.0, 3.0, 50.0, HIGHER, "better by interval"),
        (60.0, 3.0, 70.0, HIGHER, "worse by interval"),
        (60.0, 3.0, 61.0, HIGHER, "similar by interval"),
        (60.0, 3.0, 57.0, HIGHER, "similar by interval"),  # an edge that equals it is similar
        (60.0, 3.0, 63.0, HIGHER, "similar by interval"),
        (60.0, 3.0, 56.9, HIGHER, "better by interval"),
        (60.0, 3.0, 50.0, LOWER, "worse by interval"),
        (60.0, 3.0, 70.0, LOWER, "better by interval"),
        (60.0, 3.0, 61.0, LOWER, "similar by interval"),
        (60.0, 3.0, 50.0, NONE, "higher by interval"),
        (60.0, 3.0, 70.0, NONE, "lower by interval"),
        (60.0, 3.0, 61.0, NONE, "similar by interval"),
        (60.0, 3.0, None, HIGHER, "not_compared by none"),
        (63.3, 4.2, 59.1, HIGHER, "similar by interval"),  # exact decimals, not binary floats
        (60.0, 0.0, 60.0, HIGHER, "similar by interval"),
    ],
)
def test_by_the_interval_of_the_figure(value, margin, benchmark, polarity, expected):
    assert verdict(value, benchmark, polarity, margin=margin) == expected


# 31 councils at 0, 1, 2 ... 30: the median is 15, the median deviation 8, so similar is within
# half of 1.4826 x 8 = 5.9304 of the benchmark.
COUNCILS = [float(n) for n in range(31)]


@pytest.mark.parametrize(
    ("value", "benchmark", "polarity", "expected"),
    [
        (15.0, 15.0, HIGHER, "similar by spread"),
        (20.9, 15.0, HIGHER, "similar by spread"),
        (21.0, 15.0, HIGHER, "better by spread"),
        (9.1, 15.0, HIGHER, "similar by spread"),
        (9.0, 15.0, HIGHER, "worse by spread"),
        (9.0, 15.0, LOWER, "better by spread"),
        (9.0, 15.0, NONE, "lower by spread"),
        (21.0, 15.0, NONE, "higher by spread"),
    ],
)
def test_without_an_interval_by_the_spread_of_councils(value, benchmark, polarity, expected):
    assert verdict(value, benchmark, polarity, field=COUNCILS) == expected


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
    assert verdict(40.0, 5.0, field=field) == expected, why


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("interval", 60.0, "not_compared by none"),  # no interval given
        ("tolerance", 52.5, "similar by tolerance"),  # within 5% of 50
        ("tolerance", 52.6, "better by tolerance"),
        ("tolerance", 47.4, "worse by tolerance"),
        ("quartile", 24.0, "better by quartile"),  # the upper quartile of 0 ... 30 is 22.5
        ("quartile", 22.5, "similar by quartile"),
        ("quartile", 7.5, "similar by quartile"),
        ("quartile", 7.0, "worse by quartile"),
        ("spread", 60.0, "better by spread"),
    ],
)
def test_other_rules_by_parameter(rule, value, expected):
    assert verdict(value, 50.0, field=COUNCILS, rule=rule) == expected


def test_the_rule_spread_leaves_an_interval_aside():
    assert verdict(60.0, 50.0, field=COUNCILS, margin=20.0) == "similar by interval"
    assert verdict(60.0, 50.0, field=COUNCILS, margin=20.0, rule="spread") == "better by spread"


@pytest.mark.parametrize(
    ("members", "value", "expected"),
    [
        ((1.0, 2.0, 3.0, 4.0), 9.0, "better by quartile"),
        ((1.0, 2.0, 3.0, 4.0), 0.0, "worse by quartile"),
        ((1.0, 2.0, 3.0, 4.0), 2.5, "similar by quartile"),
        ((1.0, 2.0, 3.0), 9.0, "not_compared by none"),  # four values make no quarters
    ],
)
def test_quarters_beside_peers_are_those_of_the_peers(members, value, expected):
    assert verdict(value, 2.5, field=COUNCILS, rule="quartile", members=members) == expected


# A survey percentage with a margin of 3 (a standard deviation of 1.5306) among councils that differ
# by a standard deviation of 2 beyond chance: the root of the two variances is 2.5185, and 1.96 of
# it 4.9361.
SURVEY = Standing(Funnel(Scale(Form.SURVEY, 100), 65.0, phi=2.4, tau2=4.0, councils=150), size=3.0)
# 200 people counted, nothing beyond chance: asin(sqrt(0.5)) -/+ 1.96 / (2 sqrt(200)) is 43.09 to 56.91%.
COUNTED = Standing(Funnel(Scale(Form.PROPORTION, 100), 50.0, phi=0.9, tau2=0.0, councils=150), 200)
# 40,000 people: (sqrt(400) -/+ 1.96 / 2 sqrt(100,000 / 40,000))^2 is 340.42 to 464.38 per 100,000.
RATE = Standing(Funnel(Scale(Form.RATE, 100_000), 400.0, phi=1.0, tau2=0.0, councils=150), 40_000)
NO_SPREAD = Standing(Funnel(Scale(Form.SURVEY, 100), 50.0, phi=0.0, tau2=0.0, councils=150), 4.2)


@pytest.mark.parametrize(
    ("standing", "value", "benchmark", "polarity", "expected"),
    [
        (SURVEY, 69.9, 65.0, HIGHER, "similar by funnel"),  # outside its margin, but not unusual
        (SURVEY, 70.0, 65.0, HIGHER, "better by funnel"),
        (SURVEY, 60.1, 65.0, HIGHER, "similar by funnel"),
        (SURVEY, 60.0, 65.0, HIGHER, "worse by funnel"),
        (SURVEY, 60.0, 65.0, LOWER, "better by funnel"),
        (SURVEY, 60.0, 65.0, NONE, "lower by funnel"),
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
def test_by_the_funnel_of_all_councils(standing, value, benchmark, polarity, expected):
    assert verdict(value, benchmark, polarity, rule="funnel", standing=standing) == expected


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


@pytest.mark.parametrize(
    ("value", "margin", "previous", "margin_before", "polarity", "expected"),
    [
        # this year +/-  last year +/-
        (60.0, 3.0, 50.0, 3.0, HIGHER, "better"),
        (60.0, 3.0, 70.0, 3.0, HIGHER, "worse"),
        (60.0, 3.0, 70.0, 3.0, LOWER, "better"),
        (60.0, 3.0, 70.0, 3.0, NONE, "lower"),
        (60.0, 3.0, 66.1, 3.0, HIGHER, "worse"),
        (60.0, 3.0, 66.0, 3.0, HIGHER, "similar"),  # edges that touch are similar
        (60.0, 3.0, 60.5, 3.0, HIGHER, "similar"),
        (60.0, None, 60.5, 3.0, HIGHER, "worse"),  # without both margins, the sign alone
        (60.0, 3.0, 60.5, None, LOWER, "better"),
        (60.0, None, 60.0, None, HIGHER, "similar"),
    ],
)
def test_a_change_within_the_margins_of_both_years_is_similar(
    value, margin, previous, margin_before, polarity, expected
):
    def interval(centre, half):
        return half and Interval(exact(centre) - exact(half), exact(centre) + exact(half))

    found = judge_change(
        exact(value),
        exact(previous),
        polarity=polarity,
        intervals=(interval(value, margin), interval(previous, margin_before)),
    )
    assert found == expected
