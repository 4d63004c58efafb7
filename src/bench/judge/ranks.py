"""How sure is a place? Every council's rank with a 95% interval.

The true figures are drawn many times, ranked each time, and the places counted (Goldstein and
Spiegelhalter 1996, JRSS A 159; Marshall and Spiegelhalter 1998, BMJ 316). The others are drawn
shrunk towards the councils' centre by B = tau2 / (tau2 + s2), from N(centre + B (y - centre), B s2)
on the scale of `variance`: were all drawn from N(y, s2), 95% intervals of survey figures would
cover the true place in only 91 to 94%, since a printed figure varies twice, once in the survey and
again in the draw. The council whose place is asked for is drawn from N(y, s2): shrunk too, the
intervals would hold 95% of all true places, but only 85 to 90% of the true best and worst five,
which shrinking always draws away from their end (`benchmarks/judge.py --coverage`). The mean place
and the chances of a quarter are those of the shrunk figures. Rankability is tau2 / (tau2 + median
s2) (Lingsma et al. 2009, BMC Medical Research Methodology 9).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from bench.judge import variance
from bench.judge.variance import scale_of, size
from bench.project.files import StrictModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bench.judge.intervals import PublishedFigure

# How sure a place is, as columns beside a row: places, a mean place, and per cent.
PLACES = ("rank_lower", "rank_upper", "rank_expected", "best_quarter_pct", "worst_quarter_pct")

DRAWS = 2_000
_SEED = 20_240_601
# How many draws lie beyond each end of a 95% interval.
_BEYOND = DRAWS * 25 // 1000
_WINSORISED = 0.1
_BLOCK = 160


class RankRules(StrictModel):
    """When councils can be ranked: params/rag.yaml."""

    least_councils: int = Field(ge=4)


@dataclass(frozen=True, slots=True)
class RankInterval:
    """Where one council's place could be.

    Attributes:
        expected: its mean place.
        lower: the best place of the 95% interval.
        upper: the worst place of it.
        best_quarter: the probability that it is in the best quarter of places.
        worst_quarter: the same of the worst quarter.
    """

    expected: float
    lower: int
    upper: int
    best_quarter: float
    worst_quarter: float


@dataclass(frozen=True, eq=False)
class Ranking:
    """Every council's place, as sure as it is.

    Attributes:
        areas: the councils that have a place, by `area_id`, sorted.
        sized: those of them with counts or a margin of error; only their range can be told, but
            the others stand among them, as unsure as the middle one.
        middle: the centre of each council's true figure, lower for better, on the scale.
        spread: its standard deviation.
        placed: each council's own figure, lower for better, on the scale.
        chance: its standard deviation of chance.
        ends: between which true figures lie, in the direction of `middle`.
        rankability: the share of the differences between councils that is more than chance.
    """

    areas: tuple[str, ...]
    sized: frozenset[str]
    middle: NDArray[np.float64]
    spread: NDArray[np.float64]
    placed: NDArray[np.float64]
    chance: NDArray[np.float64]
    ends: tuple[float, float]
    rankability: float

    def __len__(self) -> int:
        return len(self.areas)

    def interval(self, area_id: str) -> RankInterval | None:
        """The interval of one council's place; None where it cannot be told."""
        return self._interval(self._draw(), area_id) if area_id in self.sized else None

    def intervals(self) -> dict[str, RankInterval]:
        """The interval of every place that can be told, by `area_id`."""
        drawn = self._draw()
        ranges = (area_id for area_id in self.areas if area_id in self.sized)
        return {area_id: self._interval(drawn, area_id) for area_id in ranges}

    def _draw(self) -> NDArray[np.float64]:
        """True figures as they could be, beyond the ends too: a row a council, a column a draw."""
        drawn = self.spread[:, None] * _normal(len(self))
        drawn += self.middle[:, None]
        return drawn

    def _within(self, figures: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a draw must be below to come before figures, were both kept within the ends."""
        low, high = self.ends
        return np.where(figures > low, np.minimum(figures, high), -np.inf)

    def _interval(self, drawn: NDArray[np.float64], area_id: str) -> RankInterval:
        at = self.areas.index(area_id)
        # Those that come out the same share the best place, as in every rank.
        places = 1 + (drawn < self._within(drawn[at])).sum(axis=0, dtype=np.int16)
        own = self._within(self.placed[at] + self.chance[at] * _normal(len(self))[at])
        among = 1 + (drawn < own).sum(axis=0, dtype=np.int16) - (drawn[at] < own)
        inner = np.partition(among, (_BEYOND, DRAWS - 1 - _BEYOND))
        expected = float(places.mean())
        return RankInterval(
            expected=expected,
            # Where the figures say little, the mean place may lie nearer to the middle than any.
            lower=min(int(inner[_BEYOND]), math.floor(expected)),
            upper=max(int(inner[DRAWS - 1 - _BEYOND]), math.ceil(expected)),
            best_quarter=float(np.mean(4 * places <= len(self))),
            worst_quarter=float(np.mean(4 * (len(self) + 1 - places) <= len(self))),
        )


def places(interval: RankInterval | None) -> dict[str, float | int | None]:
    """How sure a council's place is, by `PLACES`; None where nobody can tell."""
    if interval is None:
        return dict.fromkeys(PLACES)
    return {
        "rank_lower": interval.lower,
        "rank_upper": interval.upper,
        "rank_expected": round(interval.expected, 1),
        "best_quarter_pct": _per_cent(interval.best_quarter),
        "worst_quarter_pct": _per_cent(interval.worst_quarter),
    }


def _per_cent(probability: float) -> int:
    """Rounded towards the middle, and never 0 or 100: no place of a figure with an error is sure.

    1 stands for that or less, 99 for that or more.
    """
    per_cent = 100 * probability
    whole = math.floor(per_cent) if probability > 0.5 else math.ceil(per_cent)
    return min(max(whole, 1), 99)


def _normal(councils: int) -> NDArray[np.float64]:
    """Standard normal draws, one row a council, the same in every process."""
    return _block(-(-councils // _BLOCK))[:councils]


@functools.lru_cache(maxsize=2)
def _block(blocks: int) -> NDArray[np.float64]:
    """Rows for so many blocks of councils, so that indicators of a year share them."""
    return np.random.default_rng(_SEED).standard_normal((blocks * _BLOCK, DRAWS))


def ranking(
    figures: Mapping[str, PublishedFigure], rules: RankRules, *, lowest_first: bool = False
) -> Ranking | str:
    """The places of one indicator and year.

    Args:
        figures: Of every council that has a rank, by area; all of one indicator. Those without
            counts and without a margin of error have no range, but they have their place.
        rules: How many councils it takes.
        lowest_first: Whether the lowest figure is the best.

    Returns:
        The ranking, or why councils cannot be ranked: no figure has counts or a margin, too few
        have, all figures are the same, or they differ no more than chance alone makes them.
    """
    held = {area_id: figures[area_id] for area_id in sorted(figures)}
    sizes = {area_id: size(figure) for area_id, figure in held.items()}
    sized = {area_id: at for area_id, at in sizes.items() if not isinstance(at, str)}
    if not sized:
        return "no counts and no margins of error are published"
    if len(sized) < rules.least_councils:
        return (
            f"only {len(sized)} councils have counts or a margin of error, "
            f"and it takes {rules.least_councils}"
        )
    values = np.array([held[area_id].value for area_id in sized], dtype=float)
    if np.all(values == values[0]):
        return "every council has the same figure"
    one = held[next(iter(sized))]
    scale = scale_of(one.method, one.unit)
    assert scale is not None  # noqa: S101 - else no figure had a size
    placed = scale.up(values)
    chance = scale.chance(np.array(list(sized.values()), dtype=float))
    tau2 = variance.calibrated(placed, chance, share=_WINSORISED).tau2
    if not tau2:
        return "councils differ no more than chance alone would make them"
    centre = variance.centre(placed, chance, tau2)
    # From here on all councils: a range is one of all the places that are printed.
    usual, rankable = float(np.median(chance)), np.median(chance**2)
    known = dict(zip(sized, chance, strict=True))
    chance = np.array([known.get(area_id, usual) for area_id in held])
    placed = scale.up(np.array([figure.value for figure in held.values()], dtype=float))
    kept = tau2 / (tau2 + chance**2)
    way = 1.0 if lowest_first else -1.0
    low, high = scale.kept(np.array([-np.inf, np.inf])).tolist()
    return Ranking(
        areas=tuple(held),
        sized=frozenset(sized),
        middle=way * (centre + kept * (placed - centre)),
        spread=way * np.sqrt(kept) * chance,
        placed=way * placed,
        chance=way * chance,
        ends=(low, high) if lowest_first else (-high, -low),
        rankability=float(tau2 / (tau2 + rankable)),
    )
