"""What peers are worth: how much of the differences among councils their average explains.

It is the share 1 - sum (figure - mean of its peers)^2 / sum (figure - mean of the other
councils)^2. Both means leave the council itself out, so that no council helps to guess its own
figure. Peers who guess no better than all other councils together score 0, peers who guess exactly
1. Peers drawn by lot score below 0, about -1/k for groups of k, since the mean of few councils
wavers more than that of all.

The range is that of a bootstrap: whole councils are drawn with replacement, each with the gaps that
it has, the same councils for every measure. Who is whose peer stays as it is.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.judge.figure import NO_ROW, FigureInForce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bench.judge.rag import PeersWorthRules
    from bench.reference.peers import PeerGroup

# The flag of a row whose peers are no better guide than England.
NO_GUIDE: Final = "peers_no_guide"
RESAMPLES: Final = 1_000
_SEED: Final = 20_250_401
_ENDS: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class PeersWorth:
    """The share of the differences among councils that the average of their peers explains.

    Attributes:
        share: At most 1; below 0 where the peers' average is further off than that of all others.
        lower: The lower end of its 95% range.
        upper: The upper end.
        councils: How many were counted, or on average over several measures.
        group_size: How many peers with a figure a council has on average.
    """

    share: float
    lower: float
    upper: float
    councils: float
    group_size: float


@dataclass(frozen=True, eq=False, slots=True)
class SquaredGaps:
    """One measure of one year: how far each council is from its peers' mean, and from another.

    Attributes:
        from_peers: shape (n,), the squared gap from the mean of the peers; 0 where not counted.
        from_benchmark: shape (n,), the same from the other councils' mean, or a figure given.
        counted: shape (n,), whether the council and at least one of its peers have a figure.
        sizes: shape (n,), how many of its peers have a figure.
    """

    from_peers: NDArray[np.float64]
    from_benchmark: NDArray[np.float64]
    counted: NDArray[np.bool_]
    sizes: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        values: NDArray[np.float64],
        members: NDArray[np.bool_],
        benchmark: float | None = None,
    ) -> SquaredGaps:
        """The gaps of councils in one order.

        Args:
            values: shape (n,), the figures; NaN where there is none.
            members: shape (n, n), whether the column's council is a peer of the row's.
            benchmark: What else to stand beside; by default the mean of the other councils.
        """
        known = ~np.isnan(values)
        figures = np.where(known, values, 0.0)
        others = members & known & ~np.eye(len(values), dtype=bool)
        sizes = others.sum(axis=1).astype(float)
        counted = known & (sizes > 0)
        peers = others @ figures / np.maximum(sizes, 1)
        rest: NDArray[np.float64] | float = (figures.sum() - figures) / max(known.sum() - 1, 1)
        if benchmark is not None:
            rest = benchmark
        return cls(
            np.where(counted, (figures - peers) ** 2, 0.0),
            np.where(counted, (figures - rest) ** 2, 0.0),
            counted,
            np.where(counted, sizes, 0.0),
        )

    def only(self, counted: NDArray[np.bool_]) -> SquaredGaps:
        """The same of fewer councils, so that two ways to choose peers have the same task."""
        both = self.counted & counted
        return SquaredGaps(
            self.from_peers * both, self.from_benchmark * both, both, self.sizes * both
        )


def explained(
    values: NDArray[np.float64],
    members: NDArray[np.bool_],
    rules: PeersWorthRules,
    *,
    benchmark: float | None = None,
) -> PeersWorth | str:
    """The share that peers explain of one measure in one year, or why there is none.

    Args:
        values: See `SquaredGaps.of`.
        members: See `SquaredGaps.of`.
        rules: How many councils it needs.
        benchmark: See `SquaredGaps.of`.
    """
    gaps = SquaredGaps.of(values, members, benchmark)
    number = int(gaps.counted.sum())
    if number < rules.least_councils:
        return f"fewer than {rules.least_councils} councils have a figure and a peer that has one"
    if np.ptp(values[gaps.counted]) == 0:
        return "all councils have the same figure"
    return mean_explained([gaps])


def mean_explained(measures: Sequence[SquaredGaps]) -> PeersWorth:
    """The mean share over one measure or more, each of which counts the same.

    Args:
        measures: One or more, of the same councils in one order, in each of which councils differ.
    """
    return _worth(measures, _shares(measures), _resampled(measures))


def more_explained(
    measures: Sequence[SquaredGaps], others: Sequence[SquaredGaps]
) -> tuple[float, float, float]:
    """How much more one way to choose peers explains than another, and the 95% range of that.

    Args:
        measures: See `mean_explained`.
        others: The same measures with other peers, in the same order.
    """
    low, high = np.nanquantile(_resampled(measures) - _resampled(others), _ENDS)
    return float((_shares(measures) - _shares(others)).mean()), float(low), float(high)


def members_of(groups: Sequence[PeerGroup]) -> NDArray[np.bool_]:
    """Who is whose peer among some councils: shape (n, n), in their order.

    Args:
        groups: Each council's peers; those that are none of these councils do not count.
    """
    place = {group.area_id: at for at, group in enumerate(groups)}
    members = np.zeros((len(groups), len(groups)), dtype=bool)
    for at, group in enumerate(groups):
        members[at, [place[one.area_id] for one in group.members if one.area_id in place]] = True
    return members


def figures_of(
    area_ids: Sequence[str], printed: Mapping[str, FigureInForce]
) -> NDArray[np.float64]:
    """The figures of some councils in their order: shape (n,), NaN where there is none."""
    values = [printed.get(area_id, NO_ROW).value for area_id in area_ids]
    return np.array([math.nan if value is None else float(value) for value in values])


def no_guide(shares: Sequence[PeersWorth | str], rules: PeersWorthRules) -> bool:
    """Whether peers are no better guide than what they were set beside, even at the upper end."""
    return all(isinstance(worth, PeersWorth) and worth.upper <= rules.no_guide for worth in shares)


def drawn_by_lot(number: int, size: int, seed: int) -> NDArray[np.bool_]:
    """Who is whose peer where peers are drawn by lot: shape (number, number), none its own.

    Args:
        number: How many councils there are.
        size: How many peers each has, fewer than `number`.
        seed: The same draws for the same seed.
    """
    lots = np.random.default_rng([_SEED, seed]).random((number, number))
    np.fill_diagonal(lots, np.inf)
    members = np.zeros((number, number), dtype=bool)
    np.put_along_axis(members, np.argsort(lots, axis=1)[:, :size], values=True, axis=1)
    return members


def _worth(
    measures: Sequence[SquaredGaps], shares: NDArray[np.float64], drawn: NDArray[np.float64]
) -> PeersWorth:
    low, high = np.nanquantile(drawn, _ENDS)
    counted = np.array([one.counted.sum() for one in measures])
    sizes = np.array([one.sizes.sum() for one in measures])
    return PeersWorth(
        share=float(shares.mean()),
        lower=float(low),
        upper=float(high),
        councils=float(counted.mean()),
        group_size=float((sizes / counted).mean()),
    )


def _shares(measures: Sequence[SquaredGaps]) -> NDArray[np.float64]:
    """The share of each measure: shape (measures,)."""
    return np.array([1 - one.from_peers.sum() / one.from_benchmark.sum() for one in measures])


def _resampled(measures: Sequence[SquaredGaps]) -> NDArray[np.float64]:
    """The mean share of each resample: shape (RESAMPLES,), NaN where nobody drawn differs."""
    weights = _weights(len(measures[0].counted))
    from_peers = weights @ np.array([one.from_peers for one in measures]).T
    from_benchmark = weights @ np.array([one.from_benchmark for one in measures]).T
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(from_benchmark > 0, 1 - from_peers / from_benchmark, np.nan)
    mean: NDArray[np.float64] = shares.mean(axis=1)
    return mean


@functools.lru_cache(maxsize=4)
def _weights(number: int) -> NDArray[np.float64]:
    """How often each council is drawn in each resample: shape (RESAMPLES, number)."""
    even = np.full(number, 1 / number)
    drawn = np.random.default_rng(_SEED).multinomial(number, even, size=RESAMPLES)
    return drawn.astype(float)
