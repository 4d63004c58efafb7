"""The scale on which chance is the same everywhere, and how large chance is on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.judge.intervals import PublishedFigure, wilson
from bench.judge.variance import Form, Scale, scale_of, size
from bench.reference.indicator import IntervalMethod

PROPORTION, RATE = Scale(Form.PROPORTION, 100), Scale(Form.RATE, 100_000)
SHARE, SCORE = Scale(Form.SURVEY, 100), Scale(Form.SURVEY, 0)


@pytest.mark.parametrize(
    ("method", "unit", "expected"),
    [
        (IntervalMethod.WILSON, "per_cent", PROPORTION),
        (IntervalMethod.BYAR, "per_100k", RATE),
        (IntervalMethod.MARGIN, "per_cent", SHARE),
        (IntervalMethod.MARGIN, "score", SCORE),
        (IntervalMethod.NONE, "per_cent", None),
    ],
)
def test_each_kind_of_measure_has_its_scale(method, unit, expected):
    assert scale_of(method, unit) == expected


@pytest.mark.parametrize(
    ("scale", "value", "place"),
    [
        (PROPORTION, 0.0, 0.0),
        (PROPORTION, 25.0, np.pi / 6),  # the root of a quarter is a half, the sine of 30 degrees
        (PROPORTION, 100.0, np.pi / 2),
        (RATE, 0.0, 0.0),
        (RATE, 625.0, 25.0),
        (SHARE, 61.2, 61.2),
        (SCORE, -0.013, -0.013),  # an adjusted score may be negative
    ],
)
def test_up_and_back(scale, value, place):
    assert scale.up(np.array([value])) == pytest.approx([place], abs=1e-12)
    assert scale.back(np.array([place])) == pytest.approx([value], abs=1e-9)


@pytest.mark.parametrize(
    ("scale", "place", "value"),
    [
        (PROPORTION, -0.3, 0.0),
        (PROPORTION, 2.0, 100.0),
        (RATE, -3.0, 0.0),
        (SHARE, 104.0, 100.0),
        (SHARE, -4.0, 0.0),
        (SCORE, -4.0, -4.0),
    ],
)
def test_what_lies_beyond_the_range_is_put_at_its_end(scale, place, value):
    assert scale.back(np.array([place])) == pytest.approx([value], abs=1e-12)


@given(value=st.floats(0, 100), other=st.floats(0, 100))
def test_order_is_kept(value, other):
    for scale in (PROPORTION, RATE, SHARE, SCORE):
        low, high = scale.up(np.array(sorted((value, other))))
        assert low <= high


@pytest.mark.parametrize(("share", "out_of"), [(0.1, 400), (0.3, 150), (0.5, 1_000), (0.9, 400)])
def test_chance_of_a_proportion_is_that_of_the_binomial(share, out_of):
    counts = np.arange(out_of + 1)
    likely = stats.binom.pmf(counts, out_of, share)
    places = PROPORTION.up(100 * counts / out_of)
    deviation = np.sqrt((likely * places**2).sum() - (likely * places).sum() ** 2)
    assert PROPORTION.chance(np.array([float(out_of)])).item() == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize(("expected", "people"), [(30, 100_000), (400, 250_000), (60, 900_000)])
def test_chance_of_a_rate_is_that_of_the_poisson(expected, people):
    counts = np.arange(expected * 4)
    likely = stats.poisson.pmf(counts, expected)
    places = RATE.up(counts * 100_000 / people)
    deviation = np.sqrt((likely * places**2).sum() - (likely * places).sum() ** 2)
    assert RATE.chance(np.array([float(people)])).item() == pytest.approx(deviation, rel=0.02)


def test_a_rate_is_judged_as_observed_over_expected_is():
    """The root of the rate is the root of observed over expected times a constant: the same z."""
    count, people, average = 180.0, 61_000.0, 240.0
    expected = average * people / 100_000
    z = (np.sqrt(count / expected) - 1) / (1 / (2 * np.sqrt(expected)))
    rate = np.array([count * 100_000 / people])
    ours = (RATE.up(rate) - RATE.up(np.array([average]))) / RATE.chance(np.array([people]))
    assert ours.item() == pytest.approx(z, rel=1e-9)


def figure(method, value=50.0, unit="per_cent", **parts):
    return PublishedFigure(value=value, unit=unit, method=IntervalMethod(method), **parts)


LOW, HIGH = wilson(120, 200)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (figure("wilson", numerator=1, denominator=1), 1),
        (figure("byar", unit="per_100k", numerator=30, denominator=61_000), 61_000),
        (figure("margin", margin=4.2), 4.2),
        (figure("margin", unit="score", value=-0.01, margin=0.04), 0.04),
        (figure("margin", value=60.0, respondents=200), 100 * (HIGH - LOW) / 2),
        (
            figure("margin", margin=0.0),
            "neither a margin of error nor the number of respondents is published",
        ),
        (figure("margin", unit="score"), "no margin of error is published"),
        (figure("wilson", numerator=1, denominator=0), "its denominator is 0"),
        (figure("wilson", numerator=3, denominator=2), "its numerator is above its denominator"),
        (figure("wilson"), "no counts are published with it"),
        (figure("none"), "no counts are published"),
        (figure("wilson", value=None), "there is no figure"),
    ],
)
def test_size_is_what_decides_how_far_chance_moves_a_figure(given, expected):
    found = size(given)
    assert found == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-12))
