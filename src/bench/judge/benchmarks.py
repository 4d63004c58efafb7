"""The two benchmarks of a council's figure: the average of its peers, and England as published."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.judge import statistics
from bench.judge.figure import NO_ROW, FigureInForce, error_variances
from bench.judge.intervals import exact
from bench.judge.rag import Average, Benchmark, side_by_size
from bench.reference.areas import ENGLAND
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.judge.rag import Verdict
    from bench.reference import Indicator
    from bench.reference.peers import PeerGroup


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
