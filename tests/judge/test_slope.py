"""Slopes and their tests, against numpy, scipy, every order counted, and printed examples."""

import math
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.judge.intervals import exact
from bench.judge.slope import by_counts, by_order, by_weight

ISOLATED = [2018, 2019, 2021, 2022, 2023]  # 2020-21 is passed over


def fractions(*numbers):
    return [exact(number) for number in numbers]


def pairs(*numbers):
    return [(exact(one), exact(other)) for one, other in numbers]


figures = st.integers(-300, 1000).map(lambda tenths: Fraction(tenths, 10))
widths = st.integers(1, 200).map(lambda tenths: Fraction(tenths, 10))
weighted = st.lists(st.tuples(figures, widths), min_size=4, max_size=8)
people = st.integers(1, 400).flatmap(
    lambda n: st.integers(0, n).map(lambda x: (Fraction(x), Fraction(n)))
)
counted = st.lists(people, min_size=4, max_size=8)


# --- printed examples ---------------------------------------------------------------------------


def test_smokers_among_patients_as_printed_by_r():
    """The example of R's prop.trend.test, from Fleiss (1981): X-squared 8.2249, p 0.004132."""
    found = by_counts([1, 2, 3, 4], pairs((83, 86), (90, 93), (129, 136), (70, 82)))
    assert found.statistic == pytest.approx(8.2249, abs=5e-5)
    assert found.p == pytest.approx(0.004132, abs=5e-7)
    assert found.side == -1


@pytest.mark.parametrize(
    ("values", "statistic", "one_sided"),
    [  # Kendall's table of S, as in Gilbert (1987), table A18
        ([1, 2, 3, 4], 6, 0.042),
        ([1, 2, 3, 4, 5], 10, 0.0083),
        ([1, 2, 3, 5, 4], 8, 0.042),
        ([1, 2, 3, 4, 5, 6], 15, 0.0014),
        ([2, 1, 4, 3, 6, 5], 9, 0.068),
        ([1, 2, 3, 4, 5, 9, 10, 8, 7, 6], 27, 0.0083),
    ],
)
def test_kendalls_s_as_tabled(values, statistic, one_sided):
    found = by_order(range(len(values)), fractions(*values))
    assert found.statistic == statistic
    assert found.p / 2 == pytest.approx(one_sided, rel=0.02)


def test_the_threshold_is_that_of_fingertips():
    assert math.erfc(math.sqrt(9.54953570606324 / 2)) == pytest.approx(0.002, abs=1e-12)


# --- independent reckonings ---------------------------------------------------------------------


@given(weighted)
def test_the_weighted_slope_is_numpys(points):
    years = range(len(points))
    values, wide = (np.array([float(each) for each in one]) for one in zip(*points, strict=True))
    (slope, _), cov = np.polyfit(years, values, 1, w=3.92 / wide, cov="unscaled")
    found = by_weight(years, points)
    assert float(found.per_year) == pytest.approx(slope, rel=1e-9, abs=1e-9)
    assert found.statistic == pytest.approx(slope**2 / cov[0, 0], rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(stats.chi2.sf(found.statistic, 1), rel=1e-9)


@given(counted)
def test_chi_squared_for_trend_is_that_of_every_person_told_apart(counts):
    """N times the squared correlation of year and answer, over all N people."""
    found = by_counts(range(len(counts)), counts)
    year = np.repeat(range(len(counts)), [int(n) for _, n in counts])
    answer = np.concatenate([np.arange(int(n)) < int(x) for x, n in counts]).astype(float)
    if answer.std() == 0:
        assert (found.statistic, found.p, found.side) == (0, 1, 0)
        return
    correlation = np.corrcoef(year, answer)[0, 1]
    assert found.statistic == pytest.approx(len(year) * correlation**2, rel=1e-9, abs=1e-9)
    assert found.p == pytest.approx(stats.chi2.sf(found.statistic, 1), rel=1e-9)
    slope = stats.linregress(year, answer).slope
    assert float(found.per_year) == pytest.approx(100 * slope, rel=1e-9, abs=1e-9)


@given(st.permutations(range(7)))
def test_the_order_of_untied_years_is_scipys(values):
    found = by_order(range(7), fractions(*values))
    assert found.p == pytest.approx(
        stats.kendalltau(range(7), values, method="exact").pvalue, rel=1e-9
    )
    assert float(found.per_year) == pytest.approx(stats.theilslopes(values).slope, rel=1e-9)


@given(st.lists(st.integers(1, 3), min_size=2, max_size=6))
def test_the_order_of_tied_years_is_that_of_all_orders(values):
    def rising(order):
        return sum(
            (later > earlier) - (later < earlier) for earlier, later in combinations(order, 2)
        )

    orders = [abs(rising(order)) for order in permutations(values)]
    found = by_order(range(len(values)), fractions(*values))
    assert found.statistic == rising(values)
    assert found.p == pytest.approx(sum(s >= abs(rising(values)) for s in orders) / len(orders))


# --- the guard ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "steady"),
    [
        ((50.0, 52.0, 54.0, 56.0, 58.0), True),
        ((58.0, 56.0, 54.0, 52.0, 50.0), True),
        ((50.0, 50.0, 50.0, 50.0, 50.0), False),  # no sign at all
        ((58.7, 91.5, 80.5, 68.7, 60.0), False),  # the first year alone makes it rise
        ((50.0, 50.0, 50.0, 50.0, 90.0), False),  # the last year alone
        ((50.0, 50.1, 50.0, 50.1, 90.0), True),
    ],
)
def test_no_single_year_makes_a_steady_slope(values, steady):
    points = pairs(*((value, 1.0) for value in values))
    assert by_weight(ISOLATED, points).steady is steady
    counts = pairs(*((value * 10, 1000) for value in values))
    assert by_counts(ISOLATED, counts).steady is steady
    by_hand = [by_weight(*zip(*kept, strict=True)).side for kept in _without_one(points)]
    assert (len({*by_hand, by_weight(ISOLATED, points).side}) == 1 and 0 not in by_hand) is steady


def _without_one(points):
    named = list(zip(ISOLATED, points, strict=True))
    return [named[:at] + named[at + 1 :] for at in range(len(named))]


@pytest.mark.parametrize(
    ("values", "steady"),
    [
        ((1, 2, 3, 4, 5), True),
        ((2, 1, 3, 4, 5), True),
        ((5, 1, 2, 3, 4), False),
        ((4, 1, 2, 5, 3), False),
        ((1, 1), False),
    ],
)
def test_the_guard_by_order(values, steady):
    assert by_order(range(len(values)), fractions(*values)).steady is steady


# --- what holds for anything --------------------------------------------------------------------


@given(weighted, figures)
def test_adding_a_constant_to_every_year_changes_nothing(points, constant):
    years, moved = range(len(points)), [(value + constant, width) for value, width in points]
    assert by_weight(years, moved) == by_weight(years, points)
    values, others = ([value for value, _ in one] for one in (points, moved))
    assert by_order(years, others) == by_order(years, values)


@given(weighted)
def test_a_mirrored_line_has_the_mirrored_slope(points):
    years = range(len(points))
    for one, other in (
        (by_weight(years, points), by_weight(years, [(-v, width) for v, width in points])),
        (by_order(years, [v for v, _ in points]), by_order(years, [-v for v, _ in points])),
    ):
        assert (one.per_year, one.side, one.p, one.steady) == (
            -other.per_year, -other.side, other.p, other.steady,
        )  # fmt: skip


@given(counted)
def test_those_who_did_not_answer_so_fall_as_those_who_did_rise(counts):
    years = range(len(counts))
    one, other = by_counts(years, counts), by_counts(years, [(n - x, n) for x, n in counts])
    assert (one.per_year, one.side, one.p, one.steady) == (
        -other.per_year, -other.side, other.p, other.steady,
    )  # fmt: skip


@given(counted, st.integers(1900, 2100))
def test_only_the_distance_of_years_counts(counts, first):
    assert by_counts(range(first, first + len(counts)), counts) == by_counts(
        range(len(counts)), counts
    )


def test_years_apart_count_by_their_distance():
    even = by_weight([0, 1, 2, 3], pairs((1, 1), (2, 1), (3, 1), (4, 1)))
    apart = by_weight([0, 2, 4, 6], pairs((1, 1), (2, 1), (3, 1), (4, 1)))
    assert (even.per_year, apart.per_year) == (1, Fraction(1, 2))
    assert even.p == apart.p


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "counts"),
    [
        ("everybody, every year", [(50, 50)] * 5),
        ("nobody, any year", [(0, 50)] * 5),
        ("one person a year, always yes", [(1, 1)] * 5),
    ],
)
def test_all_alike_has_no_slope(why, counts):
    found = by_counts(range(5), pairs(*counts))
    assert (found.per_year, found.side, found.statistic, found.p) == (0, 0, 0, 1), why
    assert not found.steady


@pytest.mark.parametrize("answers", [(0, 0, 0, 1, 1), (0, 1, 1, 1, 1), (0, 0, 1, 1, 1)])
def test_one_person_a_year_is_never_beyond_chance(answers):
    assert by_counts(range(5), pairs(*((answer, 1) for answer in answers))).p > 0.002


def test_negative_scores_have_a_slope_like_others():
    found = by_weight(range(5), pairs(*((-0.4 - 0.1 * t, 0.02) for t in range(5))))
    assert float(found.per_year) == pytest.approx(-0.1, abs=1e-9)
    assert found.steady
