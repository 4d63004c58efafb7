"""The exact test of a survey's make-up, against scipy's distribution choice by choice."""

import math
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.audit.survey_weights import likeness
from bench.published import sources
from bench.reference.periods import FinancialYear

REGIONS_2011 = [12, 23, 15, 9, 14, 12, 33, 19, 15]


def by_hand(answered, everyone):
    """The share of choices as far off or farther, from scipy's probabilities of all of them."""
    chosen = sum(answered)

    def far(counts):
        return sum(x * x / size for x, size in zip(counts, everyone, strict=True))

    choices = [
        counts for counts in product(*(range(size + 1) for size in everyone))
        if sum(counts) == chosen
    ]  # fmt: skip
    law = stats.multivariate_hypergeom(m=everyone, n=chosen)
    return sum(law.pmf(one) for one in choices if far(one) >= far(answered) - 1e-12)


@pytest.mark.parametrize(
    ("answered", "everyone"),
    [
        ([3, 1], [4, 6]),
        ([2, 0, 3], [5, 4, 6]),
        ([1, 1, 1, 1], [4, 4, 4, 4]),  # many choices lie equally far off
        ([5, 0, 2, 1], [6, 3, 5, 4]),
        ([0, 4], [7, 4]),
        ([1, 2, 0, 0, 3], [3, 4, 2, 3, 5]),
    ],
)
def test_the_p_value_is_that_of_the_multivariate_hypergeometric(answered, everyone):
    assert likeness(answered, everyone).p_value == pytest.approx(
        by_hand(answered, everyone), abs=1e-9
    )


@pytest.mark.parametrize(
    ("answered", "everyone"),
    [([20, 38], [57, 95]), ([5, 6, 1, 2, 4, 0], [30, 30, 20, 30, 30, 12]),
     ([0, 1, 3, 0, 0, 2, 5, 6, 1], REGIONS_2011)],
)  # fmt: skip
def test_the_distance_is_pearsons_with_the_finite_population_correction(answered, everyone):
    left = [size - count for count, size in zip(answered, everyone, strict=True)]
    total = sum(everyone)
    pearson = stats.chi2_contingency([answered, left], correction=False)
    found = likeness(answered, everyone)
    assert found.distance == pytest.approx(pearson.statistic * (total - 1) / total, abs=1e-9)
    assert found.degrees_of_freedom == pearson.dof
    assert found.expected == pytest.approx(pearson.expected_freq[0], abs=1e-9)


def test_nine_regions_are_close_to_what_chi_squared_says():
    found = likeness([8, 4, 7, 1, 8, 3, 12, 12, 3], REGIONS_2011)
    rough = stats.chi2.sf(found.distance, found.degrees_of_freedom)
    assert found.p_value == pytest.approx(rough, abs=0.01)


groups = st.lists(
    st.integers(1, 8).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))),
    min_size=2, max_size=5,
)  # fmt: skip


@given(groups)
@settings(deadline=None)
def test_order_does_not_matter_and_who_did_not_answer_is_as_far_off(found):
    answered, everyone = [one for one, _ in found], [size for _, size in found]
    p = likeness(answered, everyone).p_value
    assert 0 < p <= 1
    assert likeness(answered[::-1], everyone[::-1]).p_value == pytest.approx(p, abs=1e-9)
    rest = [size - count for count, size in found]
    assert likeness(rest, everyone).p_value == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize("answered", [[0, 0, 0], [4, 2, 5]])
def test_nobody_and_everybody_are_just_like_all(answered):
    found = likeness(answered, [4, 2, 5])
    assert (found.distance, found.p_value) == (0, 1)


def test_the_same_make_up_has_no_distance():
    assert likeness([2, 4, 6], [10, 20, 30]).distance == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("start", range(2008, 2026))
def test_no_year_of_the_register_needs_larger_numbers_than_a_computer_counts_in(start):
    year = FinancialYear(start)
    councils = sources.reference().councils.in_year(year)
    for groups in (
        Counter(one.region for one in councils),
        Counter(one.type_in(year) for one in councils),
    ):
        total = sum(groups.values())
        assert math.lcm(*groups.values()) * total * total < 2**62
