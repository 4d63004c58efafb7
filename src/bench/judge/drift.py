"""Does a series drift or turn by more than the usual ups and downs of its measure? Numbers only.

The statistic is the sum of a series' successive changes over its standard error. The variance of
a change is moderated: the mean of the series' own and of the usual one over all councils, so that
a few quiet years of one council do not pass for certainty. How large a statistic must be comes
from the measure itself: it is worked out for every council with the signs of its changes flipped
in every way. Such series wander without drift, and move as much as the published ones do.

Where the figures wobble about a level, the sum of changes, which is the last figure less the
first, varies less than this null allows. So the share of false trends is at most the significance
under both nulls.

A turn is looked for in the same way: the changes before a year less the changes after it, at the
year where that is furthest from 0.

Sources: the moderated variance of Smyth (2004), Statistical Applications in Genetics and Molecular
Biology 3, article 3, with the two variances weighted alike; the randomisation test of Fisher
(1935), The Design of Experiments, section 21.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

# Statistics that are the same but for the last digits of floating point are the same.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Series:
    """A council's figures in the years that compare, earliest first.

    Attributes:
        years: the year in which each financial year starts, each once, in order.
        figures: that of each year, in the measure's unit.
    """

    years: tuple[int, ...]
    figures: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.years)

    def without(self, at: int) -> Series:
        """The same without the year at a place: its neighbours are then successive."""
        return Series(
            self.years[:at] + self.years[at + 1 :], self.figures[:at] + self.figures[at + 1 :]
        )

    def latest(self, changes: int) -> Series:
        """The latest years that have so many changes between them."""
        return Series(self.years[-changes - 1 :], self.figures[-changes - 1 :])

    @property
    def changes(self) -> tuple[float, ...]:
        """Each figure less the one before."""
        return tuple(
            round(after - before, _DIGITS)
            for before, after in zip(self.figures, self.figures[1:], strict=False)
        )

    @property
    def gaps(self) -> tuple[int, ...]:
        """The years from each figure to the next: more than 1 where a year is passed over."""
        return tuple(
            after - before for before, after in zip(self.years, self.years[1:], strict=False)
        )

    @property
    def variance(self) -> float:
        """The mean squared change of a year; a change over two years counts half of its square."""
        squares = [d * d / gap for d, gap in zip(self.changes, self.gaps, strict=True)]
        return sum(squares) / len(squares)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a series turns.

    Attributes:
        at: the place of its highest or lowest year, neither the first nor the last.
        side: 1 where it rises up to that year, -1 where it falls.
    """

    at: int
    side: int


@dataclass(frozen=True)
class UpsAndDowns:
    """The usual ups and downs of a measure, over all councils.

    Attributes:
        variance: the usual squared change of a year, in the measure's unit squared; above 0.
        drifts: by number of changes, the statistics of all councils' series whose changes have
            their signs flipped in every way, in order.
        turns: the same of turns.
    """

    variance: float
    drifts: Mapping[int, NDArray[np.float64]]
    turns: Mapping[int, NDArray[np.float64]]

    def chance_of_drift(self, series: Series) -> float:
        """How often a series without drift would go as far one way, either way."""
        changes = len(series) - 1
        return self._chance(series, _one_way(changes), self.drifts[changes])

    def chance_of_turn(self, series: Series) -> float:
        """How often a series without drift would turn as sharply at any of its years."""
        changes = len(series) - 1
        return self._chance(series, _turning(changes), self.turns[changes])

    def _chance(
        self, series: Series, patterns: NDArray[np.float64], ordered: NDArray[np.float64]
    ) -> float:
        as_published = np.ones((1, len(series) - 1))
        (statistic,) = _statistics([series], patterns, self.variance, as_published)
        below = int(np.searchsorted(ordered, statistic - 10**-_DIGITS))
        return (len(ordered) - below) / len(ordered)

    def drivers(self, series: Series, significance: float) -> tuple[int, ...]:
        """The places of the years without any one of which no drift shows."""
        return tuple(
            at
            for at in range(len(series))
            if self.chance_of_drift(series.without(at)) > significance
        )

    def keeps_turn(self, series: Series, significance: float) -> bool:
        """Whether the turn stays whichever year is left out.

        It has the same side without any year, and without any but the turning year, which
        every turn rests on, it is still beyond chance at twice the significance.
        """
        turn = turning(series)
        for at in range(len(series)):
            rest = series.without(at)
            if turning(rest).side != turn.side:
                return False
            if at != turn.at and self.chance_of_turn(rest) > 2 * significance:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Movement:
    """How a series moves beside the usual ups and downs of its measure.

    Attributes:
        p: how often a series without drift would go as far one way, either way.
        beyond: whether that is rare enough, with all years.
        drift: 1 where it rises and -1 where it falls beyond them, whichever year is left out;
            else 0.
        odd_year: the place of the one year without which no drift shows, or that stands apart from
            all others; else None.
        turn: where it turns beyond them, whichever year is left out; None where it does not, or
            drifts.
    """

    p: float
    beyond: bool
    drift: int = 0
    odd_year: int | None = None
    turn: Turn | None = None


def movement(series: Series, usual: UpsAndDowns, significance: float) -> Movement:
    """How a series moves beside the usual ups and downs of its measure.

    Args:
        series: Of as many changes as `usual` knows, and of one less.
        usual: Of its measure.
        significance: At most so often a series without drift may pass for one that has it.
    """
    p = usual.chance_of_drift(series)
    if p <= significance:
        if drivers := usual.drivers(series, significance):
            return Movement(p, beyond=True, odd_year=drivers[0] if len(drivers) == 1 else None)
        return Movement(p, beyond=True, drift=1 if series.figures[-1] > series.figures[0] else -1)
    if (odd := odd_year(series, usual.variance)) is not None:
        return Movement(p, beyond=False, odd_year=odd)
    if usual.chance_of_turn(series) <= significance and usual.keeps_turn(series, significance):
        return Movement(p, beyond=False, turn=turning(series))
    return Movement(p, beyond=False)


def usual(
    series: Sequence[Series], *, fewest: int, most: int, least_councils: int
) -> UpsAndDowns | str:
    """The usual ups and downs of a measure.

    Args:
        series: The series of every council that has one of `fewest` changes and one more.
        fewest: The fewest changes that are tested, 1 or more.
        most: The most.
        least_councils: How many councils are needed.

    Returns:
        The usual ups and downs, or a short reason why nobody can tell.
    """
    if len(series) < least_councils:
        return (
            f"only {len(series)} councils have enough comparable years, "
            f"and the test needs {least_councils}"
        )
    variances = [one.variance for one in series]
    # Where most councils stand still, as at 100%, the mean is what is left of usual changes.
    variance = float(np.median(variances)) or float(np.mean(variances))
    if not variance:
        return "no council's figure moves"
    drifts, turns = {}, {}
    for changes in range(fewest, most + 1):
        long_enough = [one.latest(changes) for one in series if len(one) > changes]
        if len(long_enough) < least_councils:
            break
        flips = _flips(changes)
        drifts[changes] = _statistics(long_enough, _one_way(changes), variance, flips)
        if changes > 1:
            turns[changes] = _statistics(long_enough, _turning(changes), variance, flips)
    return UpsAndDowns(variance, drifts, turns)


def turning(series: Series) -> Turn:
    """The year at which the changes before it and after it differ most; of three years or more."""
    sums = _turning(len(series) - 1) @ np.array(series.changes)
    at = int(np.argmax(np.round(np.abs(sums), _DIGITS)))
    return Turn(at + 1, 1 if sums[at] > 0 else -1)


def highest(series: Series, side: int) -> Turn | None:
    """The turn at the highest year, or with side -1 the lowest; None at the first or last."""
    at = max(range(len(series)), key=lambda at: (side * series.figures[at], at))
    return Turn(at, side) if 0 < at < len(series) - 1 else None


def odd_year(series: Series, variance: float) -> int | None:
    """The place of a year that stands apart from all the others; None where none does.

    Its figure is further from the nearest other one than three times the range of all others, and
    than twice the usual change.

    Args:
        series: Three years or more.
        variance: The usual squared change of a year.
    """
    for at, value in enumerate(series.figures):
        others = series.figures[:at] + series.figures[at + 1 :]
        apart = min(abs(value - other) for other in others)
        if apart > max(3 * (max(others) - min(others)), 2 * variance**0.5) + 10**-_DIGITS:
            return at
    return None


@functools.cache
def _one_way(changes: int) -> NDArray[np.float64]:
    """All changes with one sign: a drift."""
    return np.ones((1, changes))


@functools.cache
def _turning(changes: int) -> NDArray[np.float64]:
    """For each year but the first and last: the changes before it with one sign, then the other."""
    return np.array([[1.0] * at + [-1.0] * (changes - at) for at in range(1, changes)])


@functools.cache
def _flips(changes: int) -> NDArray[np.float64]:
    """Every way to flip signs but those that mirror another one, which has the same statistic."""
    return np.array([(1.0, *rest) for rest in product((1.0, -1.0), repeat=changes - 1)])


def _statistics(
    series: Sequence[Series],
    patterns: NDArray[np.float64],
    variance: float,
    flips: NDArray[np.float64],
) -> NDArray[np.float64]:
    """For each series and flip of signs, the largest statistic of the patterns; in order.

    Args:
        series: All of one length.
        patterns: Signs of changes that are looked for, in rows.
        variance: The usual squared change of a year.
        flips: Signs by which the changes are multiplied, in rows.
    """
    figures = np.array([one.figures for one in series])
    gaps = np.diff(np.array([one.years for one in series]), axis=1)
    changes = np.round(np.diff(figures, axis=1), _DIGITS)
    own = (changes**2 / gaps).mean(axis=1)
    errors = np.sqrt((variance + own) / 2 * gaps.sum(axis=1))
    signed = patterns[:, None, :] * flips[None, :, :]  # pattern, flip, change
    largest = np.abs(np.einsum("pfc,sc->spf", signed, changes)).max(axis=1)
    ordered: NDArray[np.float64] = np.sort((largest / errors[:, None]).ravel())
    return ordered
