"""The two benchmarks of a council's figure: the average of its peers, and England as published."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bench.judge import statistics
from bench.judge.figure import NO_ROW, Printed
from bench.judge.intervals import PER, Method, exact
from bench.judge.rag import Average, Benchmark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.judge.rag import Verdict
    from bench.reference import Indicator
    from bench.reference.peers import PeerGroup


def peers_average(
    indicator: Indicator, peers: PeerGroup, printed: Mapping[str, Printed], average: Average
) -> Benchmark:
    """The average of the peers that have a figure, unrounded.

    Args:
        indicator: Of which.
        peers: Who is meant.
        printed: The figures of the year by area.
        average: Which average.
    """
    if not peers.members:
        return Benchmark(None, peers.reason)
    reporting = [
        found
        for peer in peers.members
        if (found := printed.get(peer.area_id, NO_ROW)).value is not None
    ]
    if not reporting:
        return Benchmark(None, "no peer has a figure")
    values = tuple(exact(found.value) for found in reporting if found.value is not None)
    if average is Average.MEDIAN:
        return Benchmark(statistics.median(values), members=values)
    if average is Average.MEAN:
        return Benchmark(statistics.mean(values), members=values)
    counts = _counts(indicator, reporting)
    if counts is None:
        return Benchmark(None, "a pooled average needs the counts of every peer", values)
    pooled = statistics.pooled(counts, per=PER[str(indicator.unit)])
    return Benchmark(pooled, "the peers' denominators are 0", values)


def one_left_out(
    indicator: Indicator, peers: PeerGroup, printed: Mapping[str, Printed], average: Average
) -> Iterator[tuple[str, Benchmark]]:
    """Each peer that has a figure, by name, and the average of the others.

    The same as `peers_average` of a list without that peer, from one sum for all of them. Nothing
    where fewer than two peers have a figure, or where there is no such average.
    """
    whole = peers_average(indicator, peers, printed, average)
    values = whole.members
    if whole.value is None or len(values) < 2:
        return
    reporting = [p for p in peers.members if printed.get(p.area_id, NO_ROW).value is not None]
    counts = (
        (_counts(indicator, [printed[p.area_id] for p in reporting]) or [])
        if (average is Average.POOLED)
        else []
    )
    top = sum((numerator for numerator, _ in counts), Fraction(0))
    bottom = sum((denominator for _, denominator in counts), Fraction(0))
    total = sum(values, Fraction(0))
    for at, peer in enumerate(reporting):
        others = values[:at] + values[at + 1 :]
        value: Fraction | None
        if average is Average.MEDIAN:
            value = statistics.median(others)
        elif average is Average.MEAN:
            value = (total - values[at]) / len(others)
        else:
            own_top, own_bottom = counts[at]
            rest = [(top - own_top, bottom - own_bottom)]
            value = statistics.pooled(rest, per=PER[str(indicator.unit)])
        yield peer.name, Benchmark(value, "the peers' denominators are 0", others)


def _counts(
    indicator: Indicator, reporting: Sequence[Printed]
) -> list[tuple[Fraction, Fraction]] | None:
    """Numerator and denominator of each, or None where they are not those of people counted."""
    if indicator.interval.value not in (Method.WILSON, Method.BYAR):
        return None
    counts = [
        (exact(found.numerator), exact(found.denominator))
        for found in reporting
        if found.numerator is not None and found.denominator is not None
    ]
    return counts if len(counts) == len(reporting) else None


def england(printed: Printed) -> Benchmark:
    """England's published figure."""
    if printed.value is None:
        return Benchmark(None, "no England figure is published")
    return Benchmark(exact(printed.value))


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
