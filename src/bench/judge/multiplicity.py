"""Allowing for many comparisons: p-values, the false discovery rate, and which verdicts hold."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bench.judge.intervals import (
    FEWEST_FOR_BYAR,
    Z_95,
    Interval,
    count_of,
    gamma_below,
    interval,
    margin_of,
)
from bench.judge.rag import DecidingRule, Meaning, Multiplicity
from bench.judge.remarks import Remark
from bench.reference.areas import ENGLAND
from bench.reference.indicator import PER, IntervalMethod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bench.judge.intervals import PublishedFigure
    from bench.judge.rag import Verdict
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council, Indicator


LEVEL = 0.05
_NO_SIDE = (Meaning.SIMILAR, Meaning.UNCLEAR)
# Of comparisons with nothing behind them, the share that each rule takes for a difference; by
# spread, quarters or a tolerance nobody can say.
BY_CHANCE = {DecidingRule.INTERVAL: Fraction(1, 20), DecidingRule.FUNNEL: Fraction(1, 20)}


def p_value(figure: PublishedFigure, interval: Interval, benchmark: Fraction) -> float:
    """How often chance alone would set a figure at least so far from a benchmark, two-sided.

    Each test is the one whose 95% interval the figure has, so p is below 0.05 exactly when the
    benchmark lies outside it (an edge that equals the benchmark counts as inside):

    - published margin m: z = |value - benchmark| / (m / 1.96), normal;
    - Wilson's interval: the score test, z = |x/n - p0| / sqrt(p0 (1 - p0) / n);
    - Byar's interval: his approximation solved for z, z = 3 sqrt(x) (1 - 1/(9x) - cbrt(E/x)) where
      E, the count at the benchmark, is below x, and above it
      3 sqrt(x + 1) (cbrt(E/(x + 1)) - 1 + 1/(9 (x + 1)));
    - the exact Poisson interval of a count below 10: twice the smaller tail.

    The count is everywhere the one that the published figure stands for.

    Args:
        figure: With a value and whatever its interval was made of.
        interval: Its 95% interval.
        benchmark: In the figure's unit.
    """
    if figure.method is IntervalMethod.BYAR and count_of(figure) < FEWEST_FOR_BYAR:
        p = _poisson_p(figure, benchmark)
    else:
        p = math.erfc(max(0.0, _z(figure, interval, benchmark)) / math.sqrt(2))
    # At the very edge binary rounding must not say otherwise than the exact interval.
    if interval.holds(benchmark):
        return max(p, LEVEL)
    return min(p, math.nextafter(LEVEL, 0))


def _z(figure: PublishedFigure, interval: Interval, benchmark: Fraction) -> float:
    if figure.method is IntervalMethod.BYAR:
        return _byar_z(figure, benchmark)
    if figure.method is IntervalMethod.MARGIN and margin_of(figure) is not None:
        return _margin_z(interval, benchmark)
    return _score_z(figure, benchmark)


def _margin_z(interval: Interval, benchmark: Fraction) -> float:
    half = (interval.upper - interval.lower) / 2
    gap = abs(benchmark - interval.lower - half)
    return float(gap / half) * Z_95


def _score_z(figure: PublishedFigure, benchmark: Fraction) -> float:
    counted = figure.method is IntervalMethod.WILSON
    out_of = figure.denominator if counted else figure.respondents
    assert figure.value is not None  # noqa: S101 - else the figure has no interval
    assert out_of is not None  # noqa: S101
    share, expected = figure.value / 100, float(benchmark / 100)
    if not 0 < expected < 1:
        return 0.0 if share == expected else math.inf
    return abs(share - expected) / math.sqrt(expected * (1 - expected) / out_of)


def _byar_z(figure: PublishedFigure, benchmark: Fraction) -> float:
    count, expected = count_of(figure), _expected(figure, benchmark)
    if expected < count:
        return 3 * math.sqrt(count) * (1 - 1 / (9 * count) - math.cbrt(expected / count))
    above = count + 1
    return 3 * math.sqrt(above) * (math.cbrt(expected / above) - 1 + 1 / (9 * above))


def _poisson_p(figure: PublishedFigure, benchmark: Fraction) -> float:
    count, expected = count_of(figure), _expected(figure, benchmark)
    at_most = 1 - gamma_below(count + 1, expected)
    at_least = gamma_below(count, expected) if count > 0 else 1.0
    return min(1.0, 2 * at_most, 2 * at_least)


def _expected(figure: PublishedFigure, benchmark: Fraction) -> float:
    """The count of events that there would be at the benchmark."""
    assert figure.denominator is not None  # noqa: S101 - else the figure has no interval
    return float(benchmark) * figure.denominator / PER[figure.unit]


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest false discovery rate at which each of several tests is a discovery.

    Benjamini and Hochberg (1995): p x tests / place, and no more than that of any larger p.
    """
    order = np.argsort(p, kind="stable")
    places = np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate((p[order] * len(p) / places)[::-1])[::-1].clip(max=1)
    return q


def expected_share_false(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share expected to be false of each verdict and all that are surer.

    Newton, Noueiry, Sarkar and Ahlquist (2004): the running mean, from the surest on, of the
    probability that a verdict is wrong. Verdicts that are equally sure stand or fall together.

    Args:
        errors: The probability that each verdict is wrong.
    """
    order = np.argsort(errors, kind="stable")
    ordered = errors[order]
    running = np.cumsum(ordered) / np.arange(1, len(errors) + 1)
    last = np.searchsorted(ordered, ordered, side="right") - 1
    share = np.empty(len(errors))
    share[order] = running[last]
    return share


PEERS = "peers"
# The flag of a row, by the benchmark of the verdict that was taken back.
TAKEN_BACK = {PEERS: "taken_back_vs_peers", ENGLAND: "taken_back_vs_england"}
_CALLED = {PEERS: "peers", ENGLAND: "England"}


class _WithVerdicts(Protocol):
    """A figure with its two verdicts: a row, or what a table says of one before it is a row."""

    @property
    def figure(self) -> PublishedFigure: ...
    @property
    def vs_peers(self) -> Verdict: ...
    @property
    def vs_england(self) -> Verdict: ...


def of_council(
    table: YearTable, council: Council, model: str, rows: Sequence[Row]
) -> tuple[Row, ...]:
    """A council's rows with what `table.rules.multiplicity` takes back.

    Args:
        table: The year's table that the rows come from.
        council: Whose rows.
        model: Peer model, for the maps that its rows are part of.
        rows: All its rows of the year.
    """
    if table.rules.multiplicity is not Multiplicity.MAP:
        return of_year(table.rules.multiplicity, [rows])[0]
    everyone = table.registers.councils.in_year(table.year)
    at = everyone.index(council)
    groups = [table.registers.peers.group(model, other, table.year) for other in everyone]
    found = []
    for row in rows:
        maps: list[_WithVerdicts] = [
            table.judged(row.indicator, other, group)
            for other, group in zip(everyone, groups, strict=True)
        ]
        maps[at] = row
        found.append(_corrected(row, at, maps))
    return tuple(found)


def of_indicator(
    table: YearTable, indicator: Indicator, model: str, rows: Sequence[Row]
) -> tuple[Row, ...]:
    """One indicator of every council with what `table.rules.multiplicity` takes back.

    Args:
        table: The year's table that the rows come from.
        indicator: Of which.
        model: Peer model, for the pages that the rows are part of.
        rows: One of each council, in the order of `table.across`.
    """
    if table.rules.multiplicity is Multiplicity.NONE:
        return tuple(rows)
    if table.rules.multiplicity is Multiplicity.MAP:
        return tuple(corrected(rows))
    at = table.indicators.index(indicator)
    found = []
    for council, row in zip(table.registers.councils.in_year(table.year), rows, strict=True):
        group = table.registers.peers.group(model, council, table.year)
        page = [table.judged(other, council, group) for other in table.indicators]
        found.append(_corrected(row, at, page))
    return tuple(found)


def of_year(multiplicity: Multiplicity, rows: Sequence[Sequence[Row]]) -> list[tuple[Row, ...]]:
    """Every council's rows with what is taken back.

    Args:
        multiplicity: Over which comparisons chance is allowed for.
        rows: Each council's rows of the year, all of the same indicators in the same order.
    """
    if multiplicity is Multiplicity.PAGE:
        return [tuple(corrected(page)) for page in rows]
    if multiplicity is Multiplicity.MAP:
        return list(zip(*(corrected(column) for column in zip(*rows, strict=True)), strict=True))
    return [tuple(page) for page in rows]


def corrected(rows: Sequence[Row]) -> list[Row]:
    """The rows of a page or a map, with those verdicts taken back that do not hold.

    Args:
        rows: The whole family: all that a reader looks over together.
    """
    dropped = {against: _dropped(rows, against) for against in TAKEN_BACK}
    return [_without(row, at, dropped) for at, row in enumerate(rows)]


def _corrected(row: Row, at: int, family: Sequence[_WithVerdicts]) -> Row:
    """One row of a family, whose other members are judged but have no rows."""
    return _without(row, at, {against: _dropped(family, against) for against in TAKEN_BACK})


def _dropped(family: Sequence[_WithVerdicts], against: str) -> dict[int, int]:
    """Which verdicts against a benchmark do not hold, each with the size of its family."""
    verdicts = [(one.figure, _verdict(one, against)) for one in family]
    return {**_not_listed(verdicts), **_not_borne_out(verdicts)}


def _not_listed(verdicts: Sequence[tuple[PublishedFigure, Verdict]]) -> dict[int, int]:
    """Of the verdicts by interval, those that Benjamini and Hochberg do not list."""
    tested = [
        at for at, (_, verdict) in enumerate(verdicts) if verdict.rule is DecidingRule.INTERVAL
    ]
    p = np.array([_p(*verdicts[at]) for at in tested])
    return {
        at: len(tested)
        for at, q in zip(tested, benjamini_hochberg(p), strict=True)
        if q > LEVEL and verdicts[at][1].meaning is not Meaning.SIMILAR
    }


def _not_borne_out(verdicts: Sequence[tuple[PublishedFigure, Verdict]]) -> dict[int, int]:
    """Of the verdicts by probability, those with which too many would be expected to be false."""
    tested = [
        at for at, (_, verdict) in enumerate(verdicts) if verdict.rule is DecidingRule.PROBABILITY
    ]
    sided = [at for at in tested if verdicts[at][1].meaning not in _NO_SIDE]
    errors = np.array([1 - (verdicts[at][1].probability or 0.0) for at in sided])
    return {
        at: len(tested)
        for at, share in zip(sided, expected_share_false(errors), strict=True)
        if share > LEVEL
    }


def _verdict(judged: _WithVerdicts, against: str) -> Verdict:
    return judged.vs_peers if against == PEERS else judged.vs_england


def _p(figure: PublishedFigure, verdict: Verdict) -> float:
    made = interval(figure)
    assert isinstance(made, Interval)  # noqa: S101 - else another rule decided
    assert verdict.benchmark is not None  # noqa: S101
    return p_value(figure, made, verdict.benchmark)


def _without(row: Row, at: int, dropped: Mapping[str, Mapping[int, int]]) -> Row:
    for against, taken in dropped.items():
        if at in taken:
            row = _taken_back(row, against, taken[at])
    return row


def _taken_back(row: Row, against: str, family: int) -> Row:
    was = _verdict(row, against)
    if was.rule is DecidingRule.PROBABILITY:
        verdict = replace(
            was, meaning=Meaning.UNCLEAR, before=was.meaning, certainty=None, probability=None
        )
    else:
        verdict = replace(was, meaning=Meaning.SIMILAR, before=was.meaning)
    text = (
        f"Against {_CALLED[against]} it was {was.meaning} before many comparisons were allowed "
        f"for. {family} were made at once, and this one may differ by chance."
    )
    return replace(
        row,
        vs_peers=verdict if against == PEERS else row.vs_peers,
        vs_england=verdict if against == ENGLAND else row.vs_england,
        flags=(*row.flags, TAKEN_BACK[against]),
        notes=(*row.notes, Remark(TAKEN_BACK[against], text)),
    )
