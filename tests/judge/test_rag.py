"""How a verdict is reached. The tables are data/reference/method.yaml, which the page shows."""

from fractions import Fraction

import pytest
from bands import rules
from hypothesis import given
from hypothesis import strategies as st

from bench.judge import statistics
from bench.judge.benchmarks import _of_pooled, mean_is_dragged
from bench.judge.funnel import Funnel, FunnelPosition
from bench.judge.intervals import Z_95, Interval, exact
from bench.judge.published_row import printed_share
from bench.judge.rag import Benchmark, judge, material_gap
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
    **made,
):
    found = verdict_of(value, benchmark, polarity, **made)
    return f"{found.meaning} by {found.rule}"


def verdict_of(
    value,
    benchmark,
    polarity=HIGHER,
    *,
    interval=None,
    field=(),
    margins=None,
    unit=Fraction(0),
    rule="auto",
    members=(),
    benchmark_margin=None,
    bands=None,
    **standing,
):
    """`margins` are the margin of error of every council's figure, `benchmark_margin` the other's."""
    known = {} if margins is None else dict.fromkeys(map(str, range(len(field))), squared(margins))
    return judge(
        exact(value),
        Benchmark(
            None if benchmark is None else exact(benchmark),
            "no England figure is published",
            tuple(map(exact, members)),
            0.0 if benchmark_margin is None else squared(benchmark_margin),
        ),
        polarity=polarity,
        interval=ends(interval),
        field=Field({str(n): exact(v) for n, v in enumerate(field)}, known, unit),
        rules=rules(rule, **(bands or {})),
        **standing,
    )


def squared(margin):
    """The variance that a 95% margin of error stands for."""
    return (margin / Z_95) ** 2


# 31 councils at 0, 1, 2 ... 30: the median is 15, the median deviation 8, so a gap matters from half
# of 1.4826 x 8 = 5.9304 on.
COUNCILS = [float(n) for n in range(31)]


@worked("certainty")
def test_by_size_and_certainty(
    figure, margin, benchmark, benchmark_margin, polarity, verdict, certainty, probability, why
):
    found = verdict_of(
        figure,
        benchmark,
        polarity,
        interval=(figure - margin, figure + margin),
        field=COUNCILS,
        margins=margin,
        benchmark_margin=benchmark_margin,
    )
    assert (found.meaning, found.certainty, found.rule) == (verdict, certainty, "probability"), why
    assert printed_share(found.probability) == probability, why


@worked("belief")
def test_three_probabilities(figure, margin, benchmark, gap_drawn_in, low, close, high, why):
    found = verdict_of(
        figure,
        benchmark,
        interval=(figure - margin, figure + margin),
        field=COUNCILS,
        margins=margin,
    ).belief
    assert found.mean == pytest.approx(gap_drawn_in, abs=5e-3), why
    for chance, printed in zip(
        (found.below, found.close, found.above), (low, close, high), strict=True
    ):
        assert min(max(round(chance, 3), 0.001), 0.999) == printed, why


@worked("usual_gap")
def test_the_usual_gap_and_the_smallest_that_matters(
    others, step, at_100, decimals, usual_gap, smallest_gap, why
):
    values = [step * n for n in range(others)] + [100.0] * at_100
    councils = Field(
        {str(n): exact(round(value, 6)) for n, value in enumerate(values)},
        printed_unit=Fraction(1, 10**decimals),
    )
    gap = material_gap(councils, rules())
    assert isinstance(gap, str) == (smallest_gap is None), why
    if smallest_gap is not None:
        assert float(councils.spread) == pytest.approx(usual_gap, abs=5e-3), why
        assert float(gap) == pytest.approx(smallest_gap, abs=5e-3), why


@worked("dragged")
def test_worked_cases_of_a_mean_that_is_dragged(figure, peers, mean, median, dragged, why):
    members = tuple(map(exact, peers))
    assert float(statistics.mean(members)) == pytest.approx(mean, abs=5e-3)
    assert float(statistics.median(members)) == median
    assert mean_is_dragged(exact(figure), members, Fraction(6)) == (dragged == "yes"), why


@worked("size")
def test_without_an_error_by_size_alone(figure, benchmark, polarity, verdict, why):
    found = verdict_of(figure, benchmark, polarity, field=COUNCILS)
    assert (found.meaning, found.certainty, found.rule) == (verdict, "untested", "size"), why
    assert (found.probability, found.belief) == (None, None)


@worked("interval")
def test_by_the_interval_of_the_figure(figure, interval, benchmark, polarity, verdict, why):
    found = judged(figure, benchmark, polarity, interval=interval, rule="interval")
    rule = "none" if verdict == "not_compared" else "interval"
    assert found == f"{verdict} by {rule}", why


@worked("spread")
def test_by_the_spread_of_councils(figure, benchmark, polarity, verdict, why):
    found = judged(figure, benchmark, polarity, field=COUNCILS, rule="spread")
    assert found == f"{verdict} by spread", why


@worked("tolerance")
def test_by_a_share_of_the_benchmark(figure, benchmark, polarity, verdict, why):
    found = judged(figure, benchmark, polarity, rule="tolerance")
    assert found == f"{verdict} by tolerance", why


@worked("quartile")
def test_by_quarters_of_the_peers_or_of_all(figure, peers, verdict, why):
    found = judged(figure, 50.0, field=COUNCILS, rule="quartile", members=peers)
    rule = "none" if verdict == "not_compared" else "quartile"
    assert found == f"{verdict} by {rule}", why


HALF_AT_100 = [100.0] * 16 + [float(n) for n in range(60, 75)]


@pytest.mark.parametrize("interval", [None, (39.0, 41.0)])
@pytest.mark.parametrize(
    ("why", "field", "expected"),
    [
        ("29 councils are too few", COUNCILS[:29], "only 29 councils have a figure"),
        ("30 are enough", COUNCILS[:30], "better"),
        ("all share one value", [5.0] * 30, "the councils do not spread"),
        ("three quarters share one value", [5.0] * 24 + [6.0] * 6, "the councils do not spread"),
        ("half share one value: quartiles", [5.0] * 16 + [6.0] * 15, "better"),
        ("nobody else", [40.0], "only 1 councils have a figure"),
    ],
)
def test_when_there_is_a_usual_gap(why, field, expected, interval):
    found = verdict_of(40.0, 5.0, field=field, interval=interval)
    assert expected in (found.meaning, found.reason[: len(expected)]), why
    assert found.compared == (expected == "better")


@pytest.mark.parametrize(
    ("why", "value", "benchmark", "made", "expected"),
    [
        # the edge of 0 to 30 is 5.9304 and its own gap is one that matters
        ("a tie with the edge", 20.9304, 15.0, {}, "better, untested"),
        ("just inside it", 20.9303, 15.0, {}, "similar, untested"),
        ("a tie with the edge, exactly known", 20.9304, 15.0,
         {"interval": (20.9304, 20.9304)}, "better, sure"),
        ("just inside it, exactly known", 20.9303, 15.0,
         {"interval": (20.9303, 20.9303)}, "similar, sure"),
        ("less than one printed unit", 15.9, 15.0,
         {"unit": Fraction(1), "bands": {"auto": {"material": "0.05", "probable": 0.7, "sure": 0.9,
                                                  "close": 0.5}}}, "similar, untested"),
        ("one printed unit", 16.0, 15.0,
         {"unit": Fraction(1), "bands": {"auto": {"material": "0.05", "probable": 0.7, "sure": 0.9,
                                                  "close": 0.5}}}, "better, untested"),
        ("no margin, no counts", 27.0, 15.0, {}, "better, untested"),
        ("a score below 0", -0.5, 15.0, {"interval": (-1.0, 0.0), "margins": 0.5}, "worse, sure"),
        ("one peer", 27.0, 15.0, {"members": [15.0], "interval": (25.0, 29.0), "margins": 2.0},
         "better, sure"),
        ("one peer whose margin is wide", 27.0, 15.0,
         {"members": [15.0], "interval": (25.0, 29.0), "margins": 2.0, "benchmark_margin": 30.0},
         "unclear"),
        ("a heap at 100, in it", 100.0, 85.0,
         {"field": HALF_AT_100, "interval": (96.0, 100.0), "margins": 4.0}, "better, sure"),
        ("a heap at 100, below it", 60.0, 85.0,
         {"field": HALF_AT_100, "interval": (56.0, 64.0), "margins": 4.0}, "worse, sure"),
        ("a wide margin far out never takes the other side", 5.0, 8.0,
         {"field": [n + 50 for n in COUNCILS], "interval": (-95.0, 105.0), "margins": 1.0},
         "unclear"),
        ("a wide margin and no gap, all councils far above", 8.0, 8.0,
         {"field": [n + 50 for n in COUNCILS], "interval": (-92.0, 108.0), "margins": 1.0},
         "unclear"),
        ("a wide margin and no gap, all councils far below", 80.0, 80.0,
         {"field": COUNCILS, "interval": (-20.0, 180.0), "margins": 1.0}, "unclear"),
        ("no benchmark", 27.0, None, {}, "not_compared"),
    ],
)  # fmt: skip
def test_odd_figures_by_size_and_certainty(why, value, benchmark, made, expected):
    found = verdict_of(value, benchmark, **{"field": COUNCILS, **made})
    told = ", ".join(filter(None, (found.meaning, found.certainty)))
    assert told == expected, (why, found)


@pytest.mark.parametrize(
    ("probable", "sure", "close", "expected"),
    [
        (0.79, 0.9, 0.5, "better, probable"),
        (0.79, 0.798, 0.5, "better, sure"),
        (0.81, 0.9, 0.5, "unclear"),
    ],
)
def test_from_which_probability_on_something_is_said(probable, sure, close, expected):
    """The true gap of 23 with a margin of 4 matters with a probability of 0.799."""
    auto = {"material": "0.5", "probable": probable, "sure": sure, "close": close}
    found = verdict_of(
        23.0, 15.0, interval=(19.0, 27.0), field=COUNCILS, margins=4.0, bands={"auto": auto}
    )
    assert ", ".join(filter(None, (found.meaning, found.certainty))) == expected


@pytest.mark.parametrize(
    ("why", "value", "peers", "expected"),
    [
        # a gap of 6 matters
        ("two far below drag it: better than it, similar to the median", 88.0,
         [100.0] * 6 + [10.0, 40.0], True),
        ("the same figure far below both", 20.0, [100.0] * 6 + [10.0, 40.0], True),  # outside half
        ("evenly spread", 88.0, [60.0, 70.0, 80.0, 90.0, 100.0], False),
        ("dragged, but by less than half of a gap that matters", 88.0, [88.0] * 5 + [75.0], False),
        ("a side changes, mean within the middle half", 57.0,
         [40.0, 41.0, 50.0, 60.0, 77.0], True),
        ("one peer", 88.0, [60.0], False),
        ("none", 88.0, [], False),
    ],
)  # fmt: skip
def test_when_a_few_drag_the_mean(why, value, peers, expected):
    found = mean_is_dragged(exact(value), tuple(map(exact, peers)), Fraction(6))
    assert found == expected, why


def test_what_is_sure_cannot_be_asked_below_what_is_probable():
    with pytest.raises(ValueError, match=r"sure is 0\.6, and probable already 0\.7"):
        rules(auto={"material": "0.5", "probable": 0.7, "sure": 0.6, "close": 0.5})


@pytest.mark.parametrize("rule", ["interval", "spread"])
def test_a_figure_without_an_interval_by_spread(rule):
    assert judged(60.0, 50.0, field=COUNCILS, rule=rule) == "better by spread"


def test_the_rule_spread_leaves_an_interval_aside():
    wide = {"field": COUNCILS, "interval": (40.0, 80.0)}
    assert judged(60.0, 50.0, rule="interval", **wide) == "similar by interval"
    assert judged(60.0, 50.0, rule="spread", **wide) == "better by spread"


# A survey percentage with a margin of 3 (a standard deviation of 1.5306) among councils that differ
# by a standard deviation of 2 beyond chance: the root of the two variances is 2.5185, and 1.96 of
# it 4.9361.
SURVEY = FunnelPosition(
    Funnel(Scale(Form.SURVEY, 100), 65.0, phi=2.4, tau2=4.0, councils=150), size=3.0
)
# 200 people counted, nothing beyond chance: asin(sqrt(0.5)) -/+ 1.96 / (2 sqrt(200)) is 43.09 to 56.91%.
COUNTED = FunnelPosition(
    Funnel(Scale(Form.PROPORTION, 100), 50.0, phi=0.9, tau2=0.0, councils=150), 200
)
# 40,000 people: (sqrt(400) -/+ 1.96 / 2 sqrt(100,000 / 40,000))^2 is 340.42 to 464.38 per 100,000.
RATE = FunnelPosition(
    Funnel(Scale(Form.RATE, 100_000), 400.0, phi=1.0, tau2=0.0, councils=150), 40_000
)
NO_SPREAD = FunnelPosition(
    Funnel(Scale(Form.SURVEY, 100), 50.0, phi=0.0, tau2=0.0, councils=150), 4.2
)


@pytest.mark.parametrize(
    ("why", "field", "expected"),
    [
        ("more than half at 100", HALF_AT_100, "not_compared by none"),
        ("half at 100", [100.0] * 15 + [90.0] * 15, "not_compared by none"),
        ("less than half", [100.0] * 14 + [90.0] * 16, "better by funnel"),
        ("half at another value", [90.0] * 30, "better by funnel"),
    ],
)
def test_a_funnel_has_no_power_around_a_heap_at_100(why, field, expected):
    found = verdict_of(70.0, 65.0, field=field, rule="funnel", standing=SURVEY)
    assert f"{found.meaning} by {found.rule}" == expected, why
    assert ("no power" in found.reason) == (expected == "not_compared by none")


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
    "unclear": "unclear",
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
    assert (one.certainty, one.probability) == (other.certainty, other.probability)


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


@pytest.mark.parametrize("rule", ["interval", "spread"])
@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ([*range(29)], "only 29 councils have a figure, and the spread needs 30"),
        ([50] * 40, "the councils do not spread: the middle half of them share one value"),
    ],
)
def test_without_an_interval_and_a_usual_gap_nothing_is_compared(rule, field, reason):
    found = verdict_of(20, 10, field=field, rule=rule)
    assert (str(found.meaning), found.reason) == ("not_compared", reason)


@pytest.mark.parametrize(
    ("counts", "errors", "variance"),
    [
        ([(1, 2), (3, 6)], [4.0, 8.0], (2 / 8) ** 2 * 4 + (6 / 8) ** 2 * 8),
        ([(0, 0), (0, 0)], [4.0, 8.0], 0.0),  # nobody to be part of
        ([], [], 0.0),
    ],
)
def test_the_error_of_a_pooled_average_weighs_by_denominators(counts, errors, variance):
    pairs = [(Fraction(n), Fraction(of)) for n, of in counts]
    assert _of_pooled(pairs, errors) == pytest.approx(variance)
