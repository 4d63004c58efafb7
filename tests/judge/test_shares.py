"""A part as a share of its whole: of counts, else of rates, never above 100%."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.judge.figure import FigureInForce
from bench.judge.summaries import ShareBasis, share


def printed(value=None, numerator=None, denominator=None, status="observed"):
    return FigureInForce(value, numerator, denominator, None, None, status, "")


def test_counts_come_first_with_wilson_s_interval():
    found = share(printed(28.3, 125_949, 444_990), printed(89.0, 395_856, 444_990))
    low, high = stats.binomtest(125_949, 395_856).proportion_ci(method="wilson")
    assert found.basis is ShareBasis.COUNTS
    assert found.value == Fraction(125_949 * 100, 395_856)
    assert (float(found.interval.lower), float(found.interval.upper)) == pytest.approx(
        (low * 100, high * 100), abs=1e-9
    )
    assert found.possible


@pytest.mark.parametrize(
    ("part", "whole", "basis", "value", "reason"),
    [
        (printed(26.2), printed(93.5), "rates", Fraction(262, 935) * 100, ""),
        (printed(26.2, 20, 80), printed(93.5), "rates", Fraction(262, 935) * 100, ""),
        (printed(0.0, 0, 80), printed(50.0, 40, 80), "counts", 0, ""),
        (printed(50.0, 40, 80), printed(50.0, 40, 80), "counts", 100, ""),
        (
            printed(60.0, 48, 80),
            printed(50.0, 40, 80),
            "counts",
            120,
            "not possible: the part is above its whole",
        ),
        (
            printed(60.0),
            printed(50.0),
            "rates",
            120,
            "not possible: the part is above its whole",
        ),
        (printed(0.0, 0, 22), printed(0.0, 0, 22), "none", None, "nobody is counted in the whole"),
        (printed(status="suppressed"), printed(50.0, 40, 80), "none", None, "suppressed"),
        (printed(9.0), printed(status="not_available"), "none", None, "not available"),
    ],
)
def test_each_case_has_its_answer(part, whole, basis, value, reason):
    found = share(part, whole)
    assert (found.basis, found.value, found.reason) == (basis, value, reason)
    assert (found.interval is None) is (basis != "counts" or value > 100)
    assert found.possible is (value is not None and value <= 100)


@given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 2000))
def test_rates_over_one_denominator_give_the_share_of_the_counts(part, whole, denominator):
    def of(count):
        return printed(float(count), count, denominator)

    exact = share(of(part), of(whole))
    rates = share(printed(float(part)), printed(float(whole)))
    assert exact.value == rates.value
