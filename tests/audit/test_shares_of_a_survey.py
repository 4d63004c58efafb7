"""Intervals of a share in a finite population, against statsmodels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from bench.audit.survey_weights import wilson_of_finite
from bench.judge.intervals import wilson


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
