"""The two benchmarks of a council's figure: the average of its peers, and England as published.

What peers are worth is how much of the differences among councils their average explains: the share
1 - sum (figure - mean of its peers)^2 / sum (figure - mean of the other councils)^2. Both means
leave the council itself out, so that no council helps to guess its own figure. Peers who guess no
better than all other councils together score 0, peers who guess exactly 1. Peers drawn by lot score
below 0, about -1/k for groups of k, since the mean of few councils wavers more than that of all.

The range is that of a bootstrap: whole councils are drawn with replacement, each with the gaps that
it has, the same councils for every measure. Who is whose peer stays as it is.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.judge import statistics
from bench.judge.figure import NO_ROW, FigureInForce, error_variances
from bench.judge.intervals import exact
from bench.judge.rag import Average, Benchmark, side_by_size
from bench.reference.areas import ENGLAND
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from bench.judge.rag import PeersWorthRules, Verdict
    from bench.reference import Indicator
    from bench.reference.peers import PeerGroup

# The flag of a row whose peers are no better guide than England.
NO_GUIDE: Final = "peers_no_guide"
RESAMPLES: Final = 1_000
_SEED: Final = 20_250_401
_ENDS: Final = (0.025, 0.975)


def peers_average(
    indicator: Indicator,
    peers: PeerGroup,
    printed: Mapping[str, FigureInForce],
    average: Average,
    *,
    variances: Mapping[str, float] | None = None,
) -> Benchmark:
    """The average of the peers that have a figure, unrounded.

    Args:
        indicator: Of which.
        peers: Who is meant.
        printed: The figures of the year by area.
        average: Which average.
        variances: The sampling variances of all of them, where they are at hand; see
            `bench.judge.figure.error_variances`.
    """
    if not peers.members:
        return Benchmark(None, peers.reason)
    figures = _reporting(peers, printed)
    reporting = list(figures.values())
    if not reporting:
        return Benchmark(None, "no peer has a figure")
    values = tuple(exact(found.value) for found in reporting if found.value is not None)
    errors = _errors(indicator, figures, variances)
    if average is Average.MEDIAN:
        return Benchmark(
            statistics.median(values), members=values, variance=_of_median(values, errors)
        )
    if average is Average.MEAN:
        return Benchmark(
            statistics.mean(values), members=values, variance=math.fsum(errors) / len(values) ** 2
        )
    counts = _counts(indicator, reporting)
    if counts is None:
        return Benchmark(None, "a pooled average needs the counts of every peer", values)
    pooled = statistics.pooled(counts, per=PER[str(indicator.unit)])
    return Benchmark(pooled, "the peers' denominators are 0", values, _of_pooled(counts, errors))


def one_left_out(
    indicator: Indicator,
    peers: PeerGroup,
    printed: Mapping[str, FigureInForce],
    average: Average,
    *,
    variances: Mapping[str, float] | None = None,
) -> Iterator[tuple[str, Benchmark]]:
    """Each peer that has a figure, by name, and the average of the others.

    The same as `peers_average` of a list without that peer, from one sum for all of them. Nothing
    where fewer than two peers have a figure, or where there is no such average.
    """
    whole = peers_average(indicator, peers, printed, average, variances=variances)
    values = whole.members
    if whole.value is None or len(values) < 2:
        return
    reporting = [p for p in peers.members if printed.get(p.area_id, NO_ROW).value is not None]
    figures = _reporting(peers, printed)
    errors = _errors(indicator, figures, variances)
    counts = (_counts(indicator, list(figures.values())) or []) if average is Average.POOLED else []
    top = statistics.total(numerator for numerator, _ in counts)
    bottom = statistics.total(denominator for _, denominator in counts)
    parts, per = statistics.in_parts(values)
    total = sum(parts)
    for at, peer in enumerate(reporting):
        others = values[:at] + values[at + 1 :]
        value: Fraction | None
        if average is Average.MEDIAN:
            value = statistics.median(others)
            variance = _of_median(others, errors[:at] + errors[at + 1 :])
        elif average is Average.MEAN:
            value = Fraction(total - parts[at], per * len(others))
            variance = math.fsum(errors[:at] + errors[at + 1 :]) / len(others) ** 2
        else:
            own_top, own_bottom = counts[at]
            rest = [(top - own_top, bottom - own_bottom)]
            value = statistics.pooled(rest, per=PER[str(indicator.unit)])
            variance = _of_pooled(counts[:at] + counts[at + 1 :], errors[:at] + errors[at + 1 :])
        yield peer.name, Benchmark(value, "the peers' denominators are 0", others, variance)


def _reporting(peers: PeerGroup, printed: Mapping[str, FigureInForce]) -> dict[str, FigureInForce]:
    """The figures of the peers that have one, by area."""
    return {
        peer.area_id: figure
        for peer in peers.members
        if (figure := printed.get(peer.area_id, NO_ROW)).value is not None
    }


def _errors(
    indicator: Indicator,
    reporting: Mapping[str, FigureInForce],
    variances: Mapping[str, float] | None,
) -> list[float]:
    """The sampling variance of each figure; where it is not known the mean of the others', or 0."""
    if variances is None:
        variances = error_variances(reporting, indicator)
    known = [variances[area_id] for area_id in reporting if area_id in variances]
    usual = math.fsum(known) / len(known) if known else 0.0
    return [variances.get(area_id, usual) for area_id in reporting]


def _of_pooled(counts: Sequence[tuple[Fraction, Fraction]], errors: Sequence[float]) -> float:
    """The sampling variance of a pooled average: members weigh by their denominators."""
    sizes = [float(denominator) for _, denominator in counts]
    out_of = math.fsum(sizes)
    if not out_of:
        return 0.0
    return math.fsum((n / out_of) ** 2 * error for n, error in zip(sizes, errors, strict=True))


def _of_median(values: Sequence[Fraction], errors: Sequence[float]) -> float:
    """The sampling variance of a median of figures with errors of their own.

    Where members lie far apart for their errors it is the error of the middle one or two. Where
    they lie close, others take the middle by chance, and it is that of a quantile of a mixture,
    F (1 - F) / f squared. The smaller one holds: each is too large where the other applies.
    """
    ordered = sorted(zip(map(float, values), errors, strict=True))
    count = len(ordered)
    middle = ordered[(count - 1) // 2 : count // 2 + 1]
    apart = sum(error for _, error in middle) / len(middle) ** 2
    at = sum(value for value, _ in middle) / len(middle)
    spread, density = 0.0, 0.0
    for value, error in ordered:
        if error:
            z = (at - value) / math.sqrt(error)
            below = 0.5 * math.erfc(-z / math.sqrt(2))
            spread += below * (1 - below)
            density += math.exp(-z * z / 2) / math.sqrt(2 * math.pi * error)
    return min(apart, spread / density / density) if density > 0 else apart


def _counts(
    indicator: Indicator, reporting: Sequence[FigureInForce]
) -> list[tuple[Fraction, Fraction]] | None:
    """Numerator and denominator of each, or None where they are not those of people counted."""
    if indicator.interval not in (IntervalMethod.WILSON, IntervalMethod.BYAR):
        return None
    counts = [
        (exact(found.numerator), exact(found.denominator))
        for found in reporting
        if found.numerator is not None and found.denominator is not None
    ]
    return counts if len(counts) == len(reporting) else None


def mean_is_dragged(value: Fraction, members: Sequence[Fraction], edge: Fraction) -> bool:
    """Whether a few peers drag the mean of all so far that it misleads.

    It lies away from their median by at least half of a gap that matters, and either beyond the
    middle half of them or where the figure stands otherwise beside it than beside the median.

    Args:
        value: The council's figure.
        members: The peers' figures.
        edge: The smallest gap that matters.
    """
    if not members:
        return False
    mean, middle = statistics.mean(members), statistics.median(members)
    if not statistics.apart(mean, middle, edge / 2):
        return False
    low, high = statistics.quartiles(members)
    apart = side_by_size(value, mean, edge) != side_by_size(value, middle, edge)
    return apart or not low <= mean <= high


def england(printed: FigureInForce, indicator: Indicator) -> Benchmark:
    """England's published figure, with its own error as far as that is known."""
    if printed.value is None:
        return Benchmark(None, "no England figure is published")
    variance = error_variances({ENGLAND: printed}, indicator).get(ENGLAND, 0.0)
    return Benchmark(exact(printed.value), variance=variance)


def not_compared(vs_peers: Verdict, vs_england: Verdict) -> str | None:
    """What is not compared, with which benchmark, and why; None if both are compared."""
    if vs_peers.compared and vs_england.compared:
        return None
    if vs_peers.reason == vs_england.reason:
        return f"Peers and England: {_stop(vs_peers.reason)}"
    parts = [
        f"{name}: {_stop(verdict.reason)}"
        for name, verdict in (("Peers", vs_peers), ("England", vs_england))
        if not verdict.compared
    ]
    return " ".join(parts)


def _stop(reason: str) -> str:
    """The reason as the end of a sentence, whether or not it brings its own full stop."""
    return reason.rstrip(".") + "."


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
