"""Many comparisons at once: which verdicts hold, and which one of so many would bring by chance.

Enters: rows that a reader looks over together. Leaves: the same rows; a verdict that does not hold
is "similar", and says what it was and why.

The family is what stands together for one benchmark: a council's page, or a map, which is one
indicator of every council. Of its verdicts by the interval those are kept that Benjamini and
Hochberg (1995) list at 5%. A verdict by spread, quarters or a tolerance has no p-value: it is
neither counted nor taken back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bench.judge.chance import LEVEL, benjamini_hochberg, p_value
from bench.judge.intervals import Interval, interval
from bench.judge.rag import Meaning, Multiplicity, Rule
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.judge.intervals import Figure
    from bench.judge.rag import Verdict
    from bench.judge.row import Row
    from bench.judge.year_table import YearTable
    from bench.reference import Council, Indicator

__all__ = ["TAKEN_BACK", "corrected", "of_council", "of_indicator", "of_year"]

PEERS = "peers"
# The flag of a row, by the benchmark of the verdict that was taken back.
TAKEN_BACK = {PEERS: "taken_back_vs_peers", ENGLAND: "taken_back_vs_england"}
_CALLED = {PEERS: "peers", ENGLAND: "England"}


class _WithVerdicts(Protocol):
    """A figure with its two verdicts: a row, or what a table says of one before it is a row."""

    @property
    def figure(self) -> Figure: ...
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
    """Which verdicts against a benchmark do not hold, each with the size of the family."""
    verdicts = [(one.figure, _verdict(one, against)) for one in family]
    tested = [at for at, (_, verdict) in enumerate(verdicts) if verdict.rule is Rule.INTERVAL]
    p = np.array([_p(*verdicts[at]) for at in tested])
    return {
        at: len(tested)
        for at, q in zip(tested, benjamini_hochberg(p), strict=True)
        if q > LEVEL and verdicts[at][1].meaning is not Meaning.SIMILAR
    }


def _verdict(judged: _WithVerdicts, against: str) -> Verdict:
    return judged.vs_peers if against == PEERS else judged.vs_england


def _p(figure: Figure, verdict: Verdict) -> float:
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
        notes=(*row.notes, text),
    )
