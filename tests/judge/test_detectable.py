"""The smallest gap that a figure could show: always what the rule `auto` says of it."""

import math
from fractions import Fraction

import pytest
from bands import rules
from hypothesis import assume, given
from hypothesis import strategies as st

from bench import briefing
from bench.judge.belief import Prior
from bench.judge.detectable import (
    AnswersGiven,
    NoAnswers,
    answers_of,
    detectable,
    more_answers,
    people_of,
    similar_range,
    thresholds,
)
from bench.judge.intervals import Interval, PublishedFigure, exact
from bench.judge.rag import Benchmark, Meaning, Verdict, judge, material_gap
from bench.judge.statistics import Field
from bench.reference.indicator import IntervalMethod
from worked import worked

HIGHER = "higher_is_better"
# The median of 0, 1 ... 30 is 15 and the usual gap 1.4826 x 8, so that half of it matters: 5.9304.
COUNCILS = Field({str(n): Fraction(n) for n in range(31)}, {"0": 4.0}, Fraction(1, 10))
LITTLE = Fraction(1, 10**6)


def judged(value, benchmark, margin, benchmark_variance=0.0):
    return judge(
        value,
        Benchmark(benchmark, variance=benchmark_variance),
        polarity=HIGHER,
        interval=None if margin is None else Interval(value - margin, value + margin),
        field=COUNCILS,
        rules=rules(),
    )


def found(value, benchmark, margin, respondents=None, benchmark_variance=0.0, people=None):
    figure = PublishedFigure(
        float(value), "score", IntervalMethod.MARGIN, respondents=respondents, denominator=people,
        margin=None if margin is None else float(margin),
    )  # fmt: skip
    interval = None if margin is None else Interval(value - margin, value + margin)
    verdict = judged(value, benchmark, margin, benchmark_variance)
    return detectable(figure, interval, verdict, COUNCILS, rules())


@worked("smallest_gap")
def test_the_smallest_gap_and_the_answers_that_it_takes(
    figure, margin, benchmark, answers, people, verdict, smallest_gap, more_answers, why
):
    value, beside = exact(figure), exact(benchmark)
    error = None if margin is None else exact(margin)
    made = found(value, beside, error, answers, people=people)
    assert judged(value, beside, error).meaning == verdict, why
    assert round(made.gap, 2) == smallest_gap, why
    assert (made.more_answers if made.reason is None else str(made.reason)) == more_answers, why


@given(
    value=st.integers(0, 300),
    benchmark=st.integers(0, 300),
    margin=st.none() | st.integers(1, 200),
    benchmark_variance=st.floats(0, 4),
)
def test_from_the_smallest_gap_on_the_rule_calls_it_better_or_worse(
    value, benchmark, margin, benchmark_variance
):
    value, beside = Fraction(value, 10), Fraction(benchmark, 10)
    error = None if margin is None else Fraction(margin, 10)
    made = found(value, beside, error, benchmark_variance=benchmark_variance)
    side = -1 if value < beside else 1
    assume(value != beside and made.gap > 0)
    for gap, shown in ((Fraction(made.gap) + LITTLE, True), (Fraction(made.gap) - LITTLE, False)):
        at = judged(beside + side * gap, beside, error, benchmark_variance).meaning
        assert (at is (Meaning.BETTER if side > 0 else Meaning.WORSE)) == shown


@given(
    gap=st.integers(-200, 200).filter(bool),
    deviation=st.floats(0.2, 8),
    answers=st.integers(20, 2_000),
    centre=st.floats(-5, 5),
    spread=st.floats(0.5, 10),
    benchmark_variance=st.floats(0, 2),
    people=st.none() | st.integers(2_006, 20_000),
)
def test_so_many_more_answers_and_not_one_fewer_show_the_gap(
    gap, deviation, answers, centre, spread, benchmark_variance, people
):
    gap, variance, prior = gap / 10, deviation**2, Prior(centre, spread**2)
    known = {"edge": 1.0, "benchmark_variance": benchmark_variance}

    def shown(more):
        left = variance * answers / (answers + more)
        limits = thresholds(left, prior, rules().auto, **known)
        return gap >= limits.above if gap > 0 else gap <= limits.below

    more = more_answers(gap, AnswersGiven(variance, answers, people), prior, rules().auto, **known)
    if isinstance(more, NoAnswers):
        assert not shown(0)
        assert (more is NoAnswers.TOO_SMALL) == (abs(gap) < 1)
        most = 10 * answers if people is None else people - answers
        assert abs(gap) < 1 or not shown(most)
        assert (more is NoAnswers.HIDDEN) == (abs(gap) >= 1 and not shown(math.inf))
        if more in (NoAnswers.PEOPLE, NoAnswers.TIMES):
            assert (more is NoAnswers.TIMES) == (people is None)
    else:
        assert shown(more * (1 + 1e-9) + 1e-6)
        assert more == 0 or not shown(more - 1 - 1e-6)


@pytest.mark.parametrize(
    ("why", "figure", "expected"),
    [
        ("as published", PublishedFigure(60.0, "per_cent", IntervalMethod.MARGIN, respondents=350.0, margin=5.0), 350),
        ("as the margin says", PublishedFigure(50.0, "per_cent", IntervalMethod.MARGIN, margin=9.8), 100),
        ("a score", PublishedFigure(19.1, "score", IntervalMethod.MARGIN, margin=0.3), None),
        ("at 100%", PublishedFigure(100.0, "per_cent", IntervalMethod.MARGIN, margin=1.0), None),
        ("a margin of 0", PublishedFigure(60.0, "per_cent", IntervalMethod.MARGIN, margin=0.0), None),
        ("no margin", PublishedFigure(60.0, "per_cent", IntervalMethod.MARGIN), None),
        ("no survey", PublishedFigure(60.0, "per_cent", IntervalMethod.WILSON, 60.0, 100.0), None),
    ],
)  # fmt: skip
def test_how_many_answered(why, figure, expected):
    answers = answers_of(figure)
    assert (answers if answers is None else round(answers)) == expected, why


@pytest.mark.parametrize(
    ("why", "value", "margin", "answers", "people", "beside", "expected"),
    [
        ("the gap is shown", "25", "1.0", 300, None, 0.0, 0),
        ("too small to matter", "18", "4.0", 300, None, 0.0, NoAnswers.TOO_SMALL),
        ("nobody knows how many answered", "22", "8.0", None, None, 0.0, NoAnswers.UNKNOWN),
        ("no margin", "25", None, 300, None, 0.0, None),
        ("so many may be asked", "22", "8.0", 300, 1881, 0.0, 1581),
        ("one person too few", "22", "8.0", 300, 1880, 0.0, NoAnswers.PEOPLE),
        ("the people are the answers, rounded", "22", "8.0", 300, 305, 0.0, 1581),
        ("ten times the answers", "21", "8.0", 300, None, 0.0, NoAnswers.TIMES),
        ("more than that, of many people", "21.2", "8.0", 300, 90_000, 0.0, 21_371),
        ("the other figure's error", "21.2", "8.0", 300, 90_000, 4.0, NoAnswers.HIDDEN),
    ],
)  # fmt: skip
def test_where_no_number_of_answers_can_be_named(
    why, value, margin, answers, people, beside, expected
):
    error = None if margin is None else Fraction(margin)
    made = found(Fraction(value), Fraction(15), error, answers, beside, people)
    assert (made.more_answers, made.reason) == (
        (None, expected) if isinstance(expected, NoAnswers) else (expected, None)
    ), why


def test_only_what_matters_and_cannot_be_shown_is_out_of_reach():
    assert {reason for reason in NoAnswers if reason.beyond_reach} == {
        NoAnswers.HIDDEN, NoAnswers.PEOPLE, NoAnswers.TIMES,
    }  # fmt: skip
    assert people_of(PublishedFigure(60.0, "per_cent", IntervalMethod.WILSON, 60.0, 900.0)) is None


@pytest.mark.parametrize("rule", ["interval", "spread", "quartile", "tolerance", "funnel"])
def test_by_another_rule_there_is_none(rule):
    rows = briefing("Leeds", "2018-19", rule=rule).rows
    assert {row.detectable_vs_peers for row in rows} == {None}
    assert {row.record()["smallest_gap_vs_england"] for row in rows} == {None}


def test_without_a_verdict_or_a_usual_gap_there_is_none():
    figure = PublishedFigure(60.0, "per_cent", IntervalMethod.MARGIN, margin=3.0)
    same = Field({str(n): Fraction(60) for n in range(40)})
    assert isinstance(material_gap(same, rules()), str)
    verdict = Verdict(Meaning.NOT_COMPARED, "none")
    assert detectable(figure, None, verdict, same, rules()) is None
    assert detectable(figure, None, verdict, COUNCILS, rules()) is None
    assert similar_range(Fraction(60), None, same, rules()) is None


@pytest.mark.parametrize(("council", "year"), [("Leeds", "2018-19"), ("Kent", "2024-25")])
def test_a_row_holds_what_its_verdict_says(council, year):
    for row in briefing(council, year).rows:
        for verdict, made in (
            (row.vs_peers, row.detectable_vs_peers),
            (row.vs_england, row.detectable_vs_england),
        ):
            assert (made is None) == (not verdict.compared)
            if made is None:
                continue
            gap = abs(row.value - float(verdict.benchmark))
            apart = verdict.meaning not in (Meaning.SIMILAR, Meaning.UNCLEAR)
            assert apart == (gap >= made.gap - 1e-9)
            if made.more_answers is not None:
                assert apart == (made.more_answers == 0)
