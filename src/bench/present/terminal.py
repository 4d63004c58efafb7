"""Tables as plain text, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.present.certainty_words import (
    against_england,
    against_peers,
    chance,
    could_show,
    middle_of_peers,
)
from bench.present.numbers import NO_NUMBER, interval, short
from bench.present.sentences import PROVISIONAL, STATUS_WORDS, own_beside
from bench.present.theme import look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.present.certainty_words import GradedComparison
    from bench.present.theme import Look


_HEAD = ("Code", "Indicator", "Council", "95% range", "Peers (n)", "England", "Against peers",
         "Against England", "Rank")  # fmt: skip
_NUMBERS = {2, 3, 4, 5, 8}


def text_table(
    rows: Sequence[PublishedRow],
    *,
    council: str,
    year: str,
    peers_title: str,
    provisional: bool = False,
) -> str:
    """One line per indicator, and beneath it why it is not compared, if it is not.

    `provisional`: nothing is published for the year, and the figures are the council's own.
    """
    lines = [_cells(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEAD, *lines, strict=True)]
    of_year = f"{year} ({PROVISIONAL})" if provisional else year
    printed = [f"{council}, {of_year}. Peers: {peers_title}.", "", _line(_HEAD, widths)]
    domain = ""
    for row, cells in zip(rows, lines, strict=True):
        if row.domain != domain:
            domain = row.domain
            printed += ["", domain]
        printed.append(_line(cells, widths))
        if row.reason:
            printed.append(f"{'':{widths[0]}}  {row.reason}")
        printed += [f"{'':{widths[0]}}  {text}" for text in (*_taken_back(row), *_sure(row))]
        for period, told in own_beside(row):
            printed.append(f"{'':{widths[0]}}  Own figure of {period}: {told}.")
        if row.provisional:
            printed.append(f"{'':{widths[0]}}  {row.flag_texts[0]}")
    return "\n".join(printed)


def _taken_back(row: PublishedRow) -> list[str]:
    """Why a verdict is similar that was none before many comparisons were allowed for."""
    notes = zip(row.flags, row.flag_texts, strict=False)
    return [text for flag, text in notes if flag.startswith("taken_back")]


def _cells(row: PublishedRow) -> tuple[str, ...]:
    value = STATUS_WORDS[row.status] if row.value is None else short(row.value, row)
    value += " provisional" if row.provisional else ""
    peers = f"{short(row.peer_average, row)} ({row.peers_reporting}/{row.peers_total})"
    return (
        row.code,
        row.short_title,
        value,
        interval(row.lower, row.upper, row) or NO_NUMBER,
        peers if row.peers_total else NO_NUMBER,
        short(row.england, row),
        _verdict(look_vs_peers(row), against_peers(row)),
        _verdict(look_vs_england(row), against_england(row)),
        f"{row.rank} of {row.rank_of}" if row.rank else NO_NUMBER,
    )


def _verdict(seen: Look, comparison: GradedComparison) -> str:
    """`▽ probably worse, 8 in 10`; without a probability, the look and its note alone."""
    likely = chance(comparison)[0].removeprefix("about ")
    return f"{seen.symbol} {seen.text}{f', {likely}' if likely else ''}"


def _sure(row: PublishedRow) -> list[str]:
    """What the figure could show where a verdict is unclear, and how the peers lie apart."""
    lines = [
        f"Against {whom}: {told}."
        for whom, one in (("peers", against_peers(row)), ("England", against_england(row)))
        if one.verdict == "unclear" and (told := could_show(one, row))
    ]
    if spread := middle_of_peers(row):
        median, span = spread
        lines.append(f"A few peers pull their average: median {median}, range {span}.")
    return lines


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(
        f"{cell:>{width}}" if number in _NUMBERS else f"{cell:{width}}"
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def columns(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """A heading and rows of as many cells, each column as wide as its widest cell."""
    table = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)).rstrip()
