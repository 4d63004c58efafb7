"""Who reaches a milestone: reached, missed, or within the margin of error."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.judge.intervals import Interval
from bench.judge.summaries import Reach, reach


def figure(value, half=None):
    made = None if half is None else Interval(Fraction(value) - half, Fraction(value) + half)
    return Fraction(value), made


@pytest.mark.parametrize(
    ("figures", "lowest_first", "expected"),
    [
        ([], False, Reach(0, 0, 0, 0)),
        ([figure(70)], False, Reach(1, 0, 0, 1)),  # the milestone itself reaches it
        ([figure(70)], True, Reach(1, 0, 0, 1)),
        ([figure(69), figure(71)], False, Reach(1, 1, 0, 2)),
        ([figure(69, 1), figure(71, 1)], False, Reach(0, 0, 2, 0)),  # an edge counts as inside
        ([figure(60, 1), figure(80, 1)], False, Reach(1, 1, 0, 0)),
        ([figure(60, 1), figure(80, 1), figure(50)], True, Reach(2, 1, 0, 1)),
    ],
)
def test_figures_held_against_70(figures, lowest_first, expected):
    found = reach(figures, Fraction(70), lowest_first=lowest_first)
    assert found == expected
    assert found.total == len(figures)


@given(st.lists(st.tuples(st.integers(-20, 120), st.none() | st.integers(0, 40))))
def test_mirrored_polarity_mirrors_who_reaches_it(pairs):
    figures = [figure(*pair) for pair in pairs]
    mirrored = [figure(-value, half) for value, half in pairs]
    high = reach(figures, Fraction(70))
    assert high == reach(mirrored, Fraction(-70), lowest_first=True)


@given(st.integers(0, 100), st.integers(0, 30), st.integers(0, 30))
def test_a_wider_interval_only_makes_it_open(value, half, more):
    narrow, wide = (reach([figure(value, h)], Fraction(70)) for h in (half, half + more))
    assert wide.reached <= narrow.reached
    assert wide.missed <= narrow.missed
