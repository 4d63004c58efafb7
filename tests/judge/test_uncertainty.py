"""Intervals by kind of measure, against values worked out elsewhere."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.judge.intervals import Figure, Interval, Method, byar, exact, impossible, wilson
from bench.judge.intervals import interval as interval_of
from worked import worked


def figure(value, method="wilson", unit="per_cent", **counts):
    return Figure(value=value, unit=unit, method=Method(method), **counts)


@worked("wilson")
def test_wilson_as_published(numerator, denominator, interval):
    assert wilson(numerator, denominator) == pytest.approx(interval, abs=5e-5)


@worked("byar")
def test_byar_is_near_the_exact_poisson_limits(numerator, interval):
    assert byar(numerator) == pytest.approx(interval, rel=0.01)


def test_byar_of_none_begins_at_zero():
    low, high = byar(0)
    assert low == 0
    assert high == pytest.approx(3.67, abs=0.02)


@worked("kinds")
def test_each_kind_has_its_interval(
    kind, method, unit, figure, margin, respondents, numerator, denominator, interval
):
    found = interval_of(
        Figure(figure, unit, Method(method), numerator, denominator, respondents, margin)
    )
    assert isinstance(found, Interval), kind
    assert (float(found.lower), float(found.upper)) == pytest.approx(interval, abs=0.005)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (figure(None), "there is no figure"),
        (figure(58.0, "none"), "no counts are published"),
        (figure(58.0), "no counts are published with it"),
        (figure(58.0, numerator=58), "no counts are published with it"),
        (figure(0.4, "margin", "score"), "no margin of error is published"),
        (figure(58.0, "margin"), "neither a margin of error nor the number of respondents"),
        (figure(58.0, "margin", respondents=0), "neither a margin of error nor"),
        (figure(104.1, numerator=25, denominator=24), "numerator is above its denominator"),
        (figure(50.0, numerator=0, denominator=0), "denominator is 0"),
        (figure(103.4), "above 100%"),
    ],
)
def test_where_there_is_none_it_says_why(made, why):
    assert why in interval_of(made)


def test_a_survey_never_uses_its_weighted_denominator():
    plain = figure(50.0, "margin", respondents=100)
    weighted = figure(50.0, "margin", respondents=100, numerator=5_000, denominator=10_000)
    assert interval_of(plain) == interval_of(weighted)
    assert interval_of(plain).approximate


def test_a_rate_may_have_a_numerator_above_a_hundredth():
    assert impossible(figure(592.5, "byar", "per_100k", numerator=1, denominator=100)) is None


def test_decimals_are_exact():
    assert exact(63.3) == Fraction(633, 10)
    # as binary floats 63.3 - 4.2 is 59.099999999999994, and the edge would be missed
    assert interval_of(figure(63.3, "margin", margin=4.2)).holds(exact(59.1))


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_wilson_holds_the_share_and_stays_a_share(count, out_of):
    count = min(count, out_of)
    low, high = wilson(count, out_of)
    assert 0 <= low <= count / out_of + 1e-12
    assert count / out_of - 1e-12 <= high <= 1


@given(st.integers(0, 100_000))
def test_byar_holds_the_count(count):
    low, high = byar(count)
    assert 0 <= low <= count < high
