"""Weights of a survey, the exact test of its make-up, and the interval of a share.

Against an optimiser, scipy's distribution choice by choice, and statsmodels.
"""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

from bench.audit.survey_weights import effective, likeness, rake, weigh, wilson_of_finite
from bench.judge.intervals import wilson
from bench.published import sources
from bench.reference.periods import FinancialYear

# --- weights to the population ---------------------------------------------------------------------


def by_optimiser(cells, rows, columns):
    """Raking is the least change of the weights, in relative entropy, that meets both margins."""
    keys = sorted(cells)
    names = [("row", one) for one in sorted(rows)] + [("column", one) for one in sorted(columns)]
    counts = np.array([cells[key] for key in keys], float)
    design = np.array([[(kind == "row" and key[0] == name) or (kind == "column" and key[1] == name)
                        for kind, name in names] for key in keys], float)  # fmt: skip
    wanted = np.array([rows[n] if kind == "row" else columns[n] for kind, n in names], float)

    def short(multipliers):
        return design.T @ (counts * np.exp(design @ multipliers)) - wanted

    found = optimize.root(short, np.zeros(len(names)), method="lm", tol=1e-15)
    return dict(zip(keys, np.exp(design @ found.x), strict=True))


SURVEY = {
    ("london", "inner"): 3, ("london", "outer"): 6, ("north", "metropolitan"): 4,
    ("north", "unitary"): 2, ("south", "unitary"): 5, ("south", "shire"): 3,
    ("north", "shire"): 1,
}  # fmt: skip
REGIONS = {"london": 33, "north": 50, "south": 34}
TYPES = {"inner": 13, "outer": 20, "metropolitan": 30, "unitary": 34, "shire": 20}


def test_raking_is_what_an_optimiser_finds():
    found = rake(SURVEY, REGIONS, TYPES)
    assert found == pytest.approx(by_optimiser(SURVEY, REGIONS, TYPES), abs=1e-9)


def test_one_group_each_way_is_post_stratification():
    cells = {("north", "a"): 2, ("south", "a"): 8}
    found = rake(cells, {"north": 30, "south": 60}, {"a": 90})
    assert found == pytest.approx({("north", "a"): 15, ("south", "a"): 7.5}, abs=1e-9)


many = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=9, max_size=60
).filter(lambda cells: len(set(cells)) == 9)


@given(many, many)
@settings(deadline=None)
def test_weighted_counts_meet_both_margins(answered, everyone):
    found = weigh(answered, everyone + answered)
    assert found.by_region
    assert found.left_out == 0
    for at in (0, 1):
        told = Counter()
        for cell in answered:
            told[cell[at]] += found.by_cell[cell]
        wanted = Counter(cell[at] for cell in everyone + answered)
        assert told == pytest.approx(wanted, abs=1e-9)


@given(many)
@settings(deadline=None)
def test_those_that_answered_alike_count_alike(everyone):
    found = weigh(everyone, everyone * 3)
    assert list(found.by_cell.values()) == pytest.approx([3.0] * 9, abs=1e-9)


def test_nobody_speaks_for_a_region_or_type_in_which_none_answered():
    answered = [("north", "unitary"), ("south", "unitary"), ("south", "shire")]
    everyone = [*answered * 4, ("london", "inner"), ("north", "metropolitan"), ("london", "shire")]
    found = weigh(answered, everyone)
    assert (found.stands_for, found.left_out) == (12, 3)
    assert sum(found.by_cell[cell] for cell in answered) == pytest.approx(12, abs=1e-9)


def test_where_region_and_type_cannot_both_be_met_the_type_is():
    # the north has 10 councils, all that answered there are shires, and there are only 2 shires
    answered = [("north", "shire"), ("south", "unitary"), ("south", "unitary")]
    everyone = [("north", "shire")] * 2 + [("north", "unitary")] * 8 + [("south", "unitary")] * 10
    assert rake(Counter(answered), {"north": 10, "south": 10}, {"shire": 2, "unitary": 18}) is None
    found = weigh(answered, everyone)
    assert not found.by_region
    assert found.by_cell == {("north", "shire"): 2.0, ("south", "unitary"): 9.0}


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=30))
@settings(deadline=None)
def test_uneven_weights_are_worth_fewer_answers(weights):
    assert 1 - 1e-9 <= effective(weights) <= len(weights) + 1e-9
    assert effective([weights[0]] * 7) == pytest.approx(7)


def test_what_weights_are_worth_is_kishs():
    assert effective([1, 1, 2]) == pytest.approx(16 / 6, abs=1e-9)
    assert math.isclose(effective([4.0, 4.0]), 2.0)


# --- how like the population those that answered are -----------------------------------------------


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


def test_no_year_of_the_register_needs_larger_numbers_than_a_computer_counts_in():
    for year in map(FinancialYear, range(2008, 2026)):
        councils = sources.reference().councils.in_year(year)
        for groups in (
            Counter(one.region for one in councils),
            Counter(one.type_in(year) for one in councils),
        ):
            total = sum(groups.values())
            assert math.lcm(*groups.values()) * total * total < 2**62, year


# --- a share of a finite population ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "base", "population"),
    [(29, 52, 152), (23, 52, 152), (57, 58, 152), (0, 18, 151), (18, 18, 151), (7, 18, 19)],
)
def test_it_is_wilson_with_the_sample_that_would_vary_as_little(count, base, population):
    as_if = base * (population - 1) / (population - base)
    assert wilson_of_finite(count, base, population) == pytest.approx(
        proportion_confint(count / base * as_if, as_if, method="wilson"), abs=1e-9
    )


def test_a_response_rate_is_wilson():
    assert wilson(58, 152) == pytest.approx(
        proportion_confint(58, 152, method="wilson"), abs=1e-9
    )  # fmt: skip


@given(st.integers(1, 150).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
@settings(deadline=None)
def test_it_holds_the_share_and_lies_within_that_of_an_endless_population(found):
    count, base = found
    low, high = wilson_of_finite(count, base, 152)
    wide_low, wide_high = wilson(count, base)
    assert wide_low - 1e-12 <= low <= count / base + 1e-12
    assert count / base - 1e-12 <= high <= wide_high + 1e-12


def test_a_census_has_nothing_left_to_vary():
    assert wilson_of_finite(38, 152, 152) == (0.25, 0.25)
