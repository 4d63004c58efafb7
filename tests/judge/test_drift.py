"""Drifts and turns beside the usual ups and downs of a measure, against a reckoning by hand."""

from itertools import product
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.judge.drift import Series, Turn, highest, movement, odd_year, turning, usual

YEARS = (2014, 2015, 2016, 2017, 2018)
SIGNIFICANCE = 0.05


def series(*figures, years=YEARS):
    return Series(tuple(years[: len(figures)]), tuple(map(float, figures)))


def wandering(councils=60, seed=1, scale=4.0, years=5):
    """Councils whose figures wander without drift."""
    steps = np.random.default_rng(seed).normal(0, scale, (councils, years))
    return [series(*np.round(50 + one.cumsum(), 1), years=range(2014, 2030)) for one in steps]


def usual_of(councils, least=30):
    longest = max(map(len, councils))
    return usual(councils, fewest=2, most=longest - 1, least_councils=least)


MEASURE = usual_of(wandering())


# --- against a reckoning by hand ----------------------------------------------------------------


def statistic(one, variance, patterns, signs):
    """The largest |sum of signed changes| over its standard error, in plain Python."""
    changes = [b - a for a, b in zip(one.figures, one.figures[1:], strict=False)]
    gaps = [b - a for a, b in zip(one.years, one.years[1:], strict=False)]
    own = sum(d * d / g for d, g in zip(changes, gaps, strict=True)) / len(changes)
    error = ((variance + own) / 2 * sum(gaps)) ** 0.5
    return max(
        abs(sum(p * s * d for p, s, d in zip(pattern, signs, changes, strict=True))) / error
        for pattern in patterns
    )


def by_hand(councils, one, turns):
    """The chance, over every council and every flip of signs."""
    many = len(one) - 1
    patterns = [[1] * many]
    if turns:
        patterns = [[1] * at + [-1] * (many - at) for at in range(1, many)]
    of_year = []
    for each in councils:
        changes = [b - a for a, b in zip(each.figures, each.figures[1:], strict=False)]
        gaps = [b - a for a, b in zip(each.years, each.years[1:], strict=False)]
        of_year.append(sum(d * d / g for d, g in zip(changes, gaps, strict=True)) / len(changes))
    variance = median(of_year)
    own = statistic(one, variance, patterns, [1] * many)
    latest = [Series(c.years[-many - 1 :], c.figures[-many - 1 :]) for c in councils]
    flipped = [
        statistic(each, variance, patterns, signs) >= own - 1e-9
        for each in latest
        for signs in product((1, -1), repeat=many)
    ]
    return sum(flipped) / len(flipped)


@pytest.mark.parametrize("turns", [False, True])
@pytest.mark.parametrize(
    "one",
    [
        series(50, 54, 58, 63, 66),
        series(50, 58, 66, 58, 50),
        series(50, 54, 58, 63, years=(2018, 2019, 2021, 2022)),
        series(50, 50, 50, 50, 50),
        series(50, 58, 60),
    ],
)
def test_the_chance_is_that_of_every_council_and_every_flip(one, turns):
    councils = wandering(40, seed=3)
    measure = usual_of(councils)
    chance = measure.chance_of_turn(one) if turns else measure.chance_of_drift(one)
    assert chance == pytest.approx(by_hand(councils, one, turns), abs=1e-12)


def test_the_usual_change_is_the_median_councils():
    councils = wandering(31, seed=5)
    own = [np.mean(np.diff(one.figures) ** 2) for one in councils]
    assert usual_of(councils).variance == pytest.approx(median(own))


def test_a_change_over_two_years_counts_half_of_its_square():
    assert series(50, 54, 58, years=(2014, 2016, 2017)).variance == pytest.approx((8 + 16) / 2)


# --- false drifts and turns -------------------------------------------------------------------


def flips(one):
    """The series with the signs of its changes flipped in every way."""
    changes = np.diff(one.figures)
    for signs in product((1, -1), repeat=len(changes)):
        moved = np.concatenate([[0.0], np.cumsum(changes * signs)])
        yield Series(one.years, tuple(one.figures[0] + moved))


def claims(many, measure):
    """The share of series that drift or turn, and of those beyond with all years."""
    moved = [movement(one, measure, SIGNIFICANCE) for one in many]
    return (
        sum(bool(one.drift or one.turn) for one in moved) / len(moved),
        sum(one.beyond for one in moved) / len(moved),
    )


def heavy(councils=60, seed=8):
    """Councils of which a few move by very much."""
    steps = np.random.default_rng(seed).standard_t(2, (councils, 5)) * 3
    return [series(*np.round(50 + one.cumsum(), 1)) for one in steps]


@pytest.mark.parametrize("councils", [wandering(60, seed=2), heavy(), wandering(60, 4, years=4)])
def test_series_that_wander_have_a_trend_in_at_most_one_of_twenty(councils):
    many = [flipped for one in councils for flipped in flips(one)]
    clear, with_all_years = claims(many, usual_of(councils))
    assert clear <= SIGNIFICANCE
    assert with_all_years <= SIGNIFICANCE + 1e-9  # by construction, over every flip


@pytest.mark.parametrize("scale", [0.5, 4.0])
def test_series_that_wobble_about_a_level_have_fewer(scale):
    random = np.random.default_rng(6)
    councils = [series(*np.round(one, 1)) for one in random.normal(50, scale, (400, 5))]
    clear, with_all_years = claims(councils, usual_of(councils))
    assert clear <= SIGNIFICANCE / 2
    assert with_all_years <= SIGNIFICANCE / 2


def test_a_drift_that_is_there_is_found():
    """Half of the councils rise by three usual changes a year."""
    random = np.random.default_rng(7)
    councils = wandering(100)
    rising = [series(*np.round(50 + 12 * np.arange(5) + e, 1)) for e in random.normal(0, 1, (9, 5))]
    moved = [movement(one, usual_of([*councils, *rising]), SIGNIFICANCE) for one in rising]
    assert sum(one.drift == 1 for one in moved) >= 8


# --- what is found, case by case ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "one", "drift", "turn", "odd"),
    [
        ("even steps up", series(50, 60, 70, 80, 90), 1, None, None),
        ("even steps down", series(90, 80, 70, 60, 50), -1, None, None),
        ("five equal years", series(50, 50, 50, 50, 50), 0, None, None),
        ("small even steps", series(50, 50.5, 51, 51.5, 52), 0, None, None),
        ("one odd year, as Camden's", series(94.3, 96.5, 98.7, 14.4, 91.4), 0, None, 3),
        ("the last year is odd", series(50, 50, 50, 50, 90), 0, None, 4),
        ("the first year is odd", series(90, 50, 50.5, 50, 49.5), 0, None, 0),
        ("up, then down", series(50, 65, 80, 65, 50), 0, Turn(2, 1), None),
        ("down, then up", series(80, 65, 50, 65, 80), 0, Turn(2, -1), None),
        ("up and down and up", series(50, 80, 50, 80, 50), 0, None, None),
    ],
)
def test_how_a_series_moves(why, one, drift, turn, odd):
    moved = movement(one, MEASURE, SIGNIFICANCE)
    assert (moved.drift, moved.turn, moved.odd_year) == (drift, turn, odd), why


def test_a_year_that_alone_makes_a_drift_is_named():
    # Beyond the usual with all years, and not without the last.
    one = series(50, 50, 54, 62, 70)
    moved = movement(one, MEASURE, SIGNIFICANCE)
    assert (moved.beyond, moved.drift, moved.odd_year) == (True, 0, 4)
    assert [at for at in range(5) if MEASURE.chance_of_drift(one.without(at)) > SIGNIFICANCE] == [4]


def test_where_more_than_one_year_makes_a_drift_none_is_named():
    moved = movement(series(50, 58, 54, 62, 78), MEASURE, SIGNIFICANCE)
    assert (moved.beyond, moved.drift, moved.odd_year) == (True, 0, None)


@pytest.mark.parametrize(
    ("one", "side", "expected"),
    [
        (series(50, 60, 70, 90, 80), 1, Turn(3, 1)),
        (series(90, 80, 60, 50, 70), -1, Turn(3, -1)),
        (series(50, 60, 70, 80, 90), 1, None),  # the highest year is the last
        (series(90, 60, 70, 80, 85), 1, None),  # or the first
        (series(50, 90, 90, 80, 60), 1, Turn(2, 1)),  # of two that are as high, the later
    ],
)
def test_the_highest_year_is_where_a_trend_turned(one, side, expected):
    assert highest(one, side) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (series(50, 52, 51, 90, 50), 3),
        (series(50, 52, 51, 58, 50), None),  # further than the others' range, not three times
        (series(50, 50, 50, 50.3, 50), None),  # less than twice the usual change
        (series(50, 50, 50, 50, 50), None),
        (series(10, 30, 50, 70, 90), None),
    ],
)
def test_an_odd_year_stands_apart_from_all_others(one, expected):
    assert odd_year(one, MEASURE.variance) == expected


@pytest.mark.parametrize(
    ("councils", "reason"),
    [
        (wandering(29), "only 29 councils have enough comparable years, and the test needs 30"),
        ([], "only 0 councils have enough comparable years, and the test needs 30"),
        ([series(50, 50, 50, 50, 50)] * 40, "no council's figure moves"),
    ],
)
def test_the_usual_ups_and_downs_may_be_unknown(councils, reason):
    assert usual(councils, fewest=2, most=4, least_councils=30) == reason


def test_where_most_councils_stand_still_the_mean_change_is_the_usual_one():
    still, moving = [series(100, 100, 100, 100, 100)] * 40, wandering(20)
    assert usual_of([*still, *moving]).variance == pytest.approx(
        sum(one.variance for one in moving) / 60
    )


def test_lengths_that_too_few_councils_have_are_not_known():
    measure = usual_of([*wandering(35, years=4), *wandering(5, years=5)])
    assert sorted(measure.drifts) == [2, 3]


def test_one_change_has_a_drift_and_no_turn():
    measure = usual(wandering(35, years=3), fewest=1, most=2, least_councils=30)
    assert (sorted(measure.drifts), sorted(measure.turns)) == ([1, 2], [2])


# --- what holds for anything --------------------------------------------------------------------

figures = st.lists(
    st.integers(0, 1000).map(lambda tenths: tenths / 10), min_size=5, max_size=5
).map(lambda values: series(*values))


@given(figures)
def test_a_mirrored_series_moves_the_other_way(one):
    other = Series(one.years, tuple(100 - figure for figure in one.figures))
    here, there = (movement(each, MEASURE, SIGNIFICANCE) for each in (one, other))
    assert (there.p, there.beyond, there.drift) == (here.p, here.beyond, -here.drift)
    assert here.odd_year == there.odd_year
    if here.turn is None:
        assert there.turn is None
    else:
        assert there.turn == Turn(here.turn.at, -here.turn.side)


@given(figures, st.integers(-500, 500), st.integers(-20, 20))
def test_only_changes_and_distances_of_years_count(one, tenths, years):
    moved = tuple(round(figure + tenths / 10, 1) for figure in one.figures)
    other = Series(tuple(year + years for year in one.years), moved)
    assert movement(other, MEASURE, SIGNIFICANCE) == movement(one, MEASURE, SIGNIFICANCE)


@given(figures)
def test_a_drift_holds_without_any_one_year(one):
    if movement(one, MEASURE, SIGNIFICANCE).drift:
        assert all(
            MEASURE.chance_of_drift(one.without(at)) <= SIGNIFICANCE for at in range(len(one))
        )


@given(figures)
def test_the_turning_year_is_the_sharpest(one):
    changes = list(one.changes)
    sums = {at: sum(changes[:at]) - sum(changes[at:]) for at in range(1, len(changes))}
    assert abs(sums[turning(one).at]) == pytest.approx(max(map(abs, sums.values())), abs=1e-8)
