"""Intervals by kind of measure, against values worked out elsewhere."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.judge.uncertainty import (
    Figure,
    Interval,
    Method,
    byar,
    exact,
    impossible,
    interval,
    wilson,
)


def figure(value, method="wilson", unit="per_cent", **counts):
    return Figure(value=value, unit=unit, method=Method(method), **counts)


@pytest.mark.parametrize(
    ("count", "out_of", "lower", "upper"),
    [
        # Newcombe (1998), table I, method 3 without continuity correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(count, out_of, lower, upper):
    assert wilson(count, out_of) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [
        # Exact Poisson limits, which Byar's approximation meets within 1%
        (10, 4.7954, 18.3904),
        (25, 16.1787, 36.9049),
        (100, 81.3640, 121.6270),
    ],
)
def test_byar_is_near_the_exact_poisson_limits(count, lower, upper):
    assert byar(count) == pytest.approx((lower, upper), rel=0.01)


def test_byar_of_none_begins_at_zero():
    low, high = byar(0)
    assert low == 0
    assert high == pytest.approx(3.67, abs=0.02)


@pytest.mark.parametrize(
    ("what", "made", "lower", "upper"),
    [
        ("survey with its margin", figure(63.3, "margin", margin=4.2), 59.1, 67.5),
        ("score with its margin", figure(19.1, "margin", "score", margin=0.3), 18.8, 19.4),
        ("survey without, by respondents", figure(50.0, "margin", respondents=100), 40.38, 59.62),
        ("people counted", figure(10.1, numerator=15, denominator=148), 6.24, 16.05),
        (
            "admissions per 100,000",
            figure(20.0, "byar", "per_100k", numerator=10, denominator=50_000),
            9.59,
            36.78,
        ),
    ],
)
def test_each_kind_has_its_interval(what, made, lower, upper):
    found = interval(made)
    assert isinstance(found, Interval), what
    assert (float(found.lower), float(found.upper)) == pytest.approx((lower, upper), abs=0.15)


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
    assert why in interval(made)


def test_a_survey_never_uses_its_weighted_denominator():
    plain = figure(50.0, "margin", respondents=100)
    weighted = figure(50.0, "margin", respondents=100, numerator=5_000, denominator=10_000)
    assert interval(plain) == interval(weighted)
    assert interval(plain).approximate


def test_a_rate_may_have_a_numerator_above_a_hundredth():
    assert impossible(figure(592.5, "byar", "per_100k", numerator=1, denominator=100)) is None


def test_decimals_are_exact():
    assert exact(63.3) == Fraction(633, 10)
    # as binary floats 63.3 - 4.2 is 59.099999999999994, and the edge would be missed
    assert interval(figure(63.3, "margin", margin=4.2)).holds(exact(59.1))


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
