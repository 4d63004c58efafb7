"""Rank correlation against scipy, its interval by simulation, and what has none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.judge.summaries import FEWEST, Association, spearman

FIGURES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=FEWEST, max_size=60)


@given(FIGURES)
def test_the_correlation_is_scipy_s_with_ties_or_without(pairs):
    x, y = zip(*pairs, strict=True)
    found = spearman(x, y)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found == "every council has the same figure"
    else:
        assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
        assert -1 <= found.lower <= found.rho <= found.upper <= 1


@given(FIGURES)
def test_a_mirrored_figure_mirrors_the_interval(pairs):
    x, y = zip(*pairs, strict=True)
    one, other = spearman(x, y), spearman(x, [-value for value in y])
    if isinstance(one, Association):
        mirrored = (-other.rho, -other.upper, -other.lower)
        assert (one.rho, one.lower, one.upper) == pytest.approx(mirrored, abs=1e-9)


def test_the_interval_is_that_of_bonett_and_wright():
    x = list(range(1, 13))
    y = [2, 1, 4, 3, 7, 5, 6, 9, 8, 12, 10, 11]
    found = spearman(x, y)
    rho = 1 - 6 * sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) / (12 * (12**2 - 1))
    half = stats.norm.ppf(0.975) * math.sqrt((1 + rho**2 / 2) / 9)
    assert found.rho == pytest.approx(rho, abs=1e-12)
    assert (math.atanh(found.lower), math.atanh(found.upper)) == pytest.approx(
        (math.atanh(rho) - half, math.atanh(rho) + half), abs=1e-9
    )


@pytest.mark.parametrize("linear", [0.0, 0.5, -0.7])
def test_the_interval_covers_about_95_in_100(linear):
    random = np.random.default_rng(20261124)
    true = 6 / math.pi * math.asin(linear / 2)  # of normal figures
    held = 0
    for _ in range(400):
        x, noise = random.standard_normal((2, 150))
        found = spearman(x, linear * x + math.sqrt(1 - linear**2) * noise)
        held += found.lower <= true <= found.upper
    assert held / 400 == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ([], [], "only 0 councils have both figures"),
        ([1, 2, 3], [1, 2, 3], "only 3 councils have both figures"),
        ([100.0] * 5, [1, 2, 3, 4, 5], "every council has the same figure"),
        ([1, 2, 3, 4], [10, 20, 30, 40], Association(1, 1, 1, 4)),
        ([1, 2, 3, 4], [9, 7, 5, 3], Association(-1, -1, -1, 4)),
    ],
)
def test_what_cannot_be_worked_out_says_why(x, y, expected):
    assert spearman(x, y) == expected


@pytest.mark.parametrize(
    ("ends", "clear"), [((0.1, 0.3), True), ((-0.1, 0.3), False), ((-0.3, -0.1), True)]
)
def test_clear_is_without_0(ends, clear):
    assert Association(sum(ends) / 2, *ends, 150).clear is clear
