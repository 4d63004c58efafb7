"""Intervals by kind of measure, against values worked out elsewhere."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from bench.judge.intervals import (
    FEWEST_FOR_BYAR,
    Interval,
    PublishedFigure,
    byar,
    error_variance,
    events,
    exact,
    gamma_below,
    impossible,
    poisson,
    wilson,
    wilson_of_all,
)
from bench.judge.intervals import interval as interval_of
from bench.reference.indicator import IntervalMethod
from worked import worked


def figure(value, method="wilson", unit="per_cent", **counts):
    return PublishedFigure(value=value, unit=unit, method=IntervalMethod(method), **counts)


def variance(one):
    return error_variance(one, unit=one.unit, method=one.method)


@worked("wilson")
def test_wilson_as_published(numerator, denominator, interval):
    assert wilson(numerator, denominator) == pytest.approx(interval, abs=5e-5)


@worked("byar")
def test_a_count_has_the_exact_limits_or_is_near_them(numerator, interval):
    exactly = numerator < FEWEST_FOR_BYAR
    assert events(numerator) == pytest.approx(interval, rel=0 if exactly else 0.01, abs=5e-5)
    if not exactly:
        assert byar(numerator) == events(numerator)


@pytest.mark.parametrize("count", [0.0, 0.4, 1.0, 2.5, 4.0, 9.0, 9.99])
def test_the_exact_limits_agree_with_scipy(count):
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert poisson(count) == pytest.approx((low, stats.chi2.ppf(0.975, 2 * count + 2) / 2))


@pytest.mark.parametrize(
    ("shape", "mean"), [(1, 0.0), (1, 0.5), (9.5, 3.0), (3, 900.0), (2, 5000.0), (400, 0.1)]
)
def test_the_incomplete_gamma_function_agrees_with_scipy(shape, mean):
    assert gamma_below(shape, mean) == pytest.approx(special.gammainc(shape, mean), abs=1e-12)


@worked("kinds")
def test_each_kind_has_its_interval(
    kind, method, unit, figure, margin, respondents, numerator, denominator, interval
):
    found = interval_of(
        PublishedFigure(
            figure, unit, IntervalMethod(method), numerator, denominator, respondents, margin
        )
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
        (figure(0.4, "margin", "score", margin=0.0), "no margin of error is published"),
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


@pytest.mark.parametrize(
    ("why", "one", "expected"),
    [
        ("counts rounded to 5 make 90.9%", figure(96.6, numerator=50, denominator=55), 88.02),
        ("all of them", figure(100.0, numerator=55, denominator=55), 93.47),
        ("none of them", figure(0.0, numerator=0, denominator=55), 0.0),
        ("a count that the figure's rounding moves", figure(8.4, "byar", "per_100k", numerator=4,
                                                            denominator=47_000.0), 2.3),
        ("nobody", figure(0.0, "byar", "per_100k", numerator=0, denominator=47_000.0), 0.0),
    ],
)  # fmt: skip
def test_an_interval_holds_its_own_figure(why, one, expected):
    found = interval_of(one)
    assert found.holds(exact(one.value)), why
    assert float(found.lower) == pytest.approx(expected, abs=0.05), why
    assert found.variance == pytest.approx(variance(one))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (figure(60.0, "margin", margin=3.92), 4.0),
        (figure(60.0, "margin", "score", margin=0.392), 0.04),
        (figure(60.0, "margin", "score"), None),
        (figure(60.0, "margin", "score", margin=0.0), None),
        (figure(60.0, "none"), None),
        (figure(104.1, numerator=25, denominator=24), None),
    ],
)
def test_the_error_of_a_figure_is_a_margin_by_1_96(one, expected):
    found = variance(one)
    assert found == (expected and pytest.approx(expected, rel=1e-4))


def test_decimals_are_exact():
    assert exact(63.3) == Fraction(633, 10)
    # as binary floats 63.3 - 4.2 is 59.099999999999994, and the edge would be missed
    assert interval_of(figure(63.3, "margin", margin=4.2)).holds(exact(59.1))


def test_wilson_of_many_is_that_of_each_to_the_last_digit():
    out_of = np.array([1, 5, 7.5, 20, 333, 12_345.0])
    for share in (0, 0.001, 1 / 3, 0.5, 0.95, 1):
        many = wilson_of_all(share * out_of, out_of)
        each = [wilson(share * count, count) for count in out_of.tolist()]
        assert list(zip(*(ends.tolist() for ends in many), strict=True)) == each


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


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, None),
        (0.0, None),
        (24.0, None),
        (24.1, "it is above 24, the highest that it can be"),
        (-0.1, "it is below 0, the lowest that it can be"),
    ],
)
def test_a_score_beyond_its_scale_cannot_be_right(value, reason):
    assert impossible(figure(value, "margin", "score", lowest=0.0, highest=24.0)) == reason
