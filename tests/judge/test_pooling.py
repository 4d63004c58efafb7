"""Figures of councils together: what is summed, what is weighted, and what is not known."""

import math
from dataclasses import replace

import pytest

from bench.judge.figure import NO_ROW, FigureInForce, by_indicator
from bench.judge.intervals import exact
from bench.judge.pooled_figure import BY_PEOPLE, BY_RESPONDENTS, SUMMED, pooled
from bench.pages import store
from bench.published import sources
from bench.reference import FinancialYear

YEAR = FinancialYear.parse("2018-19")


@pytest.fixture(scope="module")
def registers():
    return sources.reference()


@pytest.fixture(scope="module")
def pair(registers):
    return [registers.councils[name] for name in ("leeds", "bradford")]


def printed(value, numerator=None, denominator=None, respondents=None, margin=None):
    return FigureInForce(value, numerator, denominator, respondents, margin, "observed", str(value))


def missing(status):
    return replace(NO_ROW, status=status)


def of(registers, pair, indicator, first, second):
    figures = {"leeds": first, "bradford": second}
    return pooled(pair, figures, registers.indicators[indicator], YEAR)


# indicator, both figures, the value together, how
KNOWN = [
    ("direct_payments", printed(20.0, 200, 1000), printed(50.0, 150, 300), 26.9, SUMMED),
    (
        "care_home_admissions_65_over",
        printed(500.0, 500, 100_000),
        printed(1000.0, 500, 50_000),
        666.7,
        SUMMED,
    ),
    ("delayed_transfers", printed(10.0, 50, 500_000), printed(20.0, 50, 250_000), 13.3, SUMMED),
    ("day_services_65_over_in_house", printed(120), printed(35), 155, SUMMED),
    (
        "feeling_safe",
        printed(70.0, 2100, 3000, 400, 4.0),
        printed(80.0, 800, 1000, 400, 3.0),
        72.5,
        BY_PEOPLE,
    ),
    (
        "social_care_quality_of_life",
        printed(19.0, None, None, 300, 0.3),
        printed(20.0, None, None, 100, 0.5),
        19.3,
        BY_RESPONDENTS,
    ),
    # The carers' denominator is the respondents, rounded: no people.
    (
        "carers_satisfaction",
        printed(40.0, 120, 300, 302, 5.0),
        printed(30.0, 30, 100, 99, 8.0),
        37.5,
        BY_RESPONDENTS,
    ),
]


@pytest.mark.parametrize(("indicator", "first", "second", "value", "how"), KNOWN)
def test_what_all_parts_hold_is_pooled(registers, pair, indicator, first, second, value, how):
    whole = of(registers, pair, indicator, first, second)
    assert (whole.value, whole.how) == (value, how)
    assert whole.parts == ((pair[0], first), (pair[1], second))
    ranged = registers.indicators[indicator].interval != "none"
    assert (whole.interval is not None) == ranged
    assert bool(whole.reason) != ranged
    if whole.interval:
        assert whole.interval.holds(exact(value))


def test_the_error_of_independent_surveys_is_combined(registers, pair):
    _, _, _, _, row, *_ = KNOWN
    whole = of(registers, pair, *row[:3])
    half = math.hypot(0.75 * 4.0, 0.25 * 3.0)
    assert float(whole.interval.upper) == pytest.approx(72.5 + half)
    assert not whole.interval.approximate


def test_a_mean_by_respondents_is_wider_the_more_its_parts_differ(registers, pair):
    halves = []
    for second in (70.0, 80.0, 90.0):
        whole = of(
            registers,
            pair,
            "feeling_safe",
            printed(70.0, None, None, 400, 4.0),
            printed(second, None, None, 400, 4.0),
        )
        assert whole.interval.approximate
        halves.append(float(whole.interval.upper - whole.interval.lower) / 2)
    assert halves == sorted(halves)
    assert halves[0] == pytest.approx(4.0 / math.sqrt(2))
    assert halves[2] > 1.5 * halves[0]


UNKNOWN = [
    ("direct_payments", missing("suppressed"), "Bradford is suppressed"),
    ("direct_payments", missing("unusable"), "no usable data of Bradford"),
    ("direct_payments", NO_ROW, "Bradford is not available"),
    ("direct_payments", printed(20.0), "no counts are published of Bradford"),
    ("direct_payments", printed(20.0, 0, 0), "its denominator is 0"),
    ("direct_payments", printed(90.0, 400, 300), "its numerator is above its denominator"),
    ("direct_payments", printed(90.0, 100, 300), "the counts of Bradford do not give"),
    ("mental_health_employment", printed(7.0), "no counts are published"),
    ("feeling_safe", printed(70.0), "no number of respondents"),
]


@pytest.mark.parametrize(("indicator", "second", "reason"), UNKNOWN)
def test_what_a_part_lacks_is_not_known_and_says_why(registers, pair, indicator, second, reason):
    first = printed(20.0, 200, 1000, 500, 3.0)
    whole = of(registers, pair, indicator, first, second)
    assert whole.value is whole.interval is None
    assert whole.reason.startswith("not known")
    assert reason in whole.reason
    assert not whole.how


def test_england_and_its_regions_are_found_again_from_their_councils(registers):
    """Counts, and surveys weighted by people, within a printed unit."""
    table = store.figures()
    of_year = table[table["period"] == str(YEAR)]
    figures = by_indicator(of_year)
    compared = 0
    for indicator in registers.indicators.in_year(YEAR):
        by_area = figures.get(indicator.indicator_id, {})
        councils = registers.councils.in_year(YEAR)
        for area in ("england", "region:south_west", "region:north_east"):
            inside = [c for c in councils if area in ("england", f"region:{c.region}")]
            whole = pooled(inside, by_area, indicator, YEAR)
            if whole.value is None or whole.how == BY_RESPONDENTS:
                continue
            gap = abs(exact(whole.value) - exact(by_area[area].value))
            assert gap * 10 ** indicator.decimals(YEAR) <= 1, (indicator.indicator_id, area)
            compared += 1
    assert compared > 20


def test_a_mean_without_every_margin_has_no_range_and_says_whose(registers, pair):
    first = printed(19.0, respondents=300, margin=0.3)
    whole = of(
        registers, pair, "social_care_quality_of_life", first, printed(18.0, respondents=100)
    )
    assert (whole.value, whole.interval) == (18.8, None)  # (3 * 19 + 18) / 4 = 18.75
    assert whole.reason == "no range: no margin of error is known of Bradford"
