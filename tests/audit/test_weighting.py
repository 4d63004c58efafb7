"""Weights to the population: raking against an optimiser, and what cannot be weighted."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from bench.audit.survey_weights import effective, rake, weigh


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
    assert (found.left_out, found.empty_regions, found.empty_types) == (0, (), ())
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
    assert found.empty_regions == ("london",)
    assert found.empty_types == ("inner", "metropolitan")
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
