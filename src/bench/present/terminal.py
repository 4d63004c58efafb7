"""Tables as plain text: all that is said of each row, or what a terminal has room for."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from bench.judge.multiplicity import TAKEN_BACK
from bench.judge.rag import RuleName
from bench.judge.remarks import PROVISIONAL_FIGURE
from bench.present.certainty_words import (
    against_england,
    against_peers,
    chance,
    could_show,
    middle_of_peers,
)
from bench.present.numbers import NO_NUMBER, band_words, interval, short
from bench.present.sentences import PROVISIONAL, STATUS_WORDS, listed, note_number, own_beside
from bench.present.theme import LOOKS, NO_MARGIN, look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.judge.rag import Rules
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
    title = whose(council, year, provisional=provisional)
    printed = [f"{title}. Peers: {peers_title}.", "", _line(_HEAD, widths)]
    domain = ""
    for row, cells in zip(rows, lines, strict=True):
        if row.domain != domain:
            domain = row.domain
            printed += ["", domain]
        printed.append(_line(cells, widths))
        if row.reason:
            printed.append(f"{'':{widths[0]}}  {row.reason}")
        further = (*_taken_back(row), *_could(row), *_dragged(row), *_own_figures(row))
        printed += [f"{'':{widths[0]}}  {text}" for text in (*further, *_provisional(row))]
    return "\n".join(printed)


def whose(council: str, year: str, *, provisional: bool) -> str:
    """`Somerset, 2014-15`, and that nothing is published for the year, where so."""
    return f"{council}, {year} ({PROVISIONAL})" if provisional else f"{council}, {year}"


def _taken_back(row: PublishedRow) -> list[str]:
    """What a verdict was before many comparisons were allowed for."""
    return [note.text for note in row.notes if note.code in TAKEN_BACK.values()]


def _cells(row: PublishedRow) -> tuple[str, ...]:
    peers = f"{short(row.peer_average, row)} ({row.peers_reporting}/{row.peers_total})"
    return (
        row.code,
        row.short_title,
        _own(row),
        _range(row),
        peers if row.peers_total else NO_NUMBER,
        short(row.england, row),
        _verdict(look_vs_peers(row), against_peers(row)),
        _verdict(look_vs_england(row), against_england(row)),
        _rank(row),
    )


def _own(row: PublishedRow) -> str:
    """The council's figure, or why there is none."""
    value = STATUS_WORDS[row.status] if row.value is None else short(row.value, row)
    return f"{value} provisional" if row.provisional else value


def _range(row: PublishedRow) -> str:
    return interval(row.lower, row.upper, row) or NO_NUMBER


def _rank(row: PublishedRow) -> str:
    return f"{row.rank} of {row.rank_of}" if row.rank else NO_NUMBER


def _verdict(seen: Look, comparison: GradedComparison) -> str:
    """`▽ probably worse, 8 in 10`; without a probability, the look and its note alone."""
    likely = chance(comparison)[0].removeprefix("about ")
    return f"{seen.symbol} {seen.text}{f', {likely}' if likely else ''}"


def _could(row: PublishedRow) -> Iterator[str]:
    """What the figure could show where a verdict is unclear."""
    for whom, comparison in (("peers", against_peers(row)), ("England", against_england(row))):
        if comparison.verdict == "unclear" and (text := could_show(comparison, row)):
            yield f"Against {whom}: {text}."


def _dragged(row: PublishedRow) -> Iterator[str]:
    """The spread of the peers, where a few of them pull their average."""
    if spread := middle_of_peers(row):
        median, span = spread
        yield f"A few peers pull their average: median {median}, range {span}."


def _own_figures(row: PublishedRow) -> Iterator[str]:
    """The council's own figures beside the published one."""
    for period, text in own_beside(row):
        yield f"Own figure of {period}: {text}."


def _provisional(row: PublishedRow) -> Iterator[str]:
    """That the figure is the council's own, if it is."""
    yield from (note.text for note in row.notes if note.code == PROVISIONAL_FIGURE)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(
        f"{cell:>{width}}" if number in _NUMBERS else f"{cell:{width}}"
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


NARROWEST: Final = 60
_GAP: Final = "  "
_INDENT: Final = "    "
# How wide titles are at least, where they stand beside the figures: with short verdicts, with all.
_TIGHT: Final = 18
_ROOMY: Final = 40
# As a terminal knows them; what they look like is the choice of its user.
_COLOURS: Final = {"better": "32", "similar": "33", "worse": "31", "neutral": "34"}
_UNTESTED: Final = "*"
# A space at which no line is broken: a symbol stays beside its word, a count beside what it counts.
_TIED: Final = "\N{NO-BREAK SPACE}"
_RANGE: Final = "95% range"
_RANK: Final = "Rank"
# Verdicts that the key names together, and from which chance on they are given.
_TOGETHER: Final = (
    (("better", "worse", "higher", "lower"), "sure"),
    (("probably_better", "probably_worse", "probably_higher", "probably_lower"), "probable"),
    (("similar", "similar_unjudged"), ""),
    (("unclear",), ""),
    (("not_compared",), ""),
)


@dataclass(frozen=True)
class _TextColumn:
    """A column of a table that is set for a width.

    Attributes:
        heading: above it.
        cells: the text of each row; a line break in it is kept.
        widest: beyond it a text is wrapped between words; a word, and so a figure, never is.
        right: whether it is set to the right.
        looks: of each row, where the cells are verdicts.
    """

    heading: str
    cells: Sequence[str]
    widest: int
    right: bool = False
    looks: Sequence[Look] = ()

    @property
    def width(self) -> int:
        """That of its longest word at least, of its longest line unless that is too long."""
        lines = "\n".join((self.heading, *self.cells)).split("\n")
        longest_word = max(len(word) for line in lines for word in line.split(" "))
        return max(longest_word, min(self.widest, max(map(len, lines))))

    def lines(self, at: int | None) -> list[str]:
        """The cell of a row, or the heading, as lines of the column's width."""
        text = self.heading if at is None else self.cells[at]
        width = self.width
        wrapped = [part for line in text.split("\n") for part in _wrapped(line, width)]
        return [f"{part:>{width}}" if self.right else f"{part:{width}}" for part in wrapped]

    def colour(self, at: int | None) -> str:
        """How a terminal is told the colour of a row's verdict; empty for what has none."""
        return _COLOURS.get(self.looks[at].tone, "") if self.looks and at is not None else ""


def fitted_table(
    rows: Sequence[PublishedRow],
    *,
    title: str,
    peers_title: str,
    rules: Rules,
    width: int,
    colour: bool = False,
) -> str:
    """What a terminal has room for: verdicts in a symbol and a word, long titles wrapped.

    Beneath stand notes, how many verdicts of each kind there are, and a key to the symbols.

    Args:
        rows: one per indicator.
        title: whose figures they are, and of which year.
        peers_title: what the peers are called.
        rules: in force, for the key.
        width: columns of the terminal; fewer than `NARROWEST` are taken for so many.
        colour: whether the terminal shows colours; the words are the same without.
    """
    width = max(width, NARROWEST)
    notes: list[str] = []
    above, below = _columns(rows, _marked(rows, notes), width)
    printed = [*_wrapped(f"{title}. {_peers_sentence(rows, peers_title)}", width), ""]
    printed += _set(above, below, None, colour)
    domain = ""
    for at, row in enumerate(rows):
        if row.domain != domain:
            domain = row.domain
            printed += ["", *_wrapped(domain, width)]
        printed += _set(above, below, at, colour)
    for number, note in enumerate(notes, start=1):
        printed += [""] * (number == 1) + _wrapped(f"[{number}] {note}", width, hanging=4)
    against = {
        "peers": [look_vs_peers(row) for row in rows],
        "England": [look_vs_england(row) for row in rows],
    }
    printed.append("")
    for whom, looks in against.items():
        printed += _wrapped(f"Against {whom}: {_counted(looks)}.", width, hanging=2)
    printed += _wrapped(_key([*against["peers"], *against["England"]], rules), width, hanging=2)
    further = _further(rows, shown={column.heading for column in below})
    printed += _wrapped(further, width, hanging=2) if further else []
    return "\n".join(printed)


def _columns(
    rows: Sequence[PublishedRow], names: Sequence[str], width: int
) -> tuple[tuple[_TextColumn, ...], tuple[_TextColumn, ...]]:
    """The columns that there is room for, side by side.

    Returns:
        Those that stand on a line of their own above the others, which is none where there is
        room; and the others.
    """
    code = _TextColumn("Code", [row.code for row in rows], 8)
    council = _TextColumn("Council", [_own(row) for row in rows], 20, right=True)
    span = _TextColumn(_RANGE, [_range(row) for row in rows], 30, right=True)
    peers = _TextColumn("Peers", [short(row.peer_average, row) for row in rows], 9, right=True)
    england = _TextColumn("England", [short(row.england, row) for row in rows], 9, right=True)
    rank = _TextColumn(_RANK, [_rank(row) for row in rows], 15, right=True)
    verdicts = {
        "Against peers": [look_vs_peers(row) for row in rows],
        "Against England": [look_vs_england(row) for row in rows],
    }
    chips = [_TextColumn(h, [_chip(x) for x in s], 20, looks=s) for h, s in verdicts.items()]
    short_chips = [
        _TextColumn(h, [_short_chip(x) for x in s], 10, looks=s) for h, s in verdicts.items()
    ]
    figures = (council, peers, england)
    tight = (replace(council, widest=9), peers, england, *short_chips)
    for columns, least in (
        ((council, span, peers, england, *chips, rank), _ROOMY),
        ((*figures, *chips, rank), _ROOMY),
        ((*figures, *chips), _ROOMY),
        (tight, _TIGHT),
    ):
        room = width - code.width - sum(len(_GAP) + one.width for one in columns) - len(_GAP)
        name = _TextColumn("Indicator", names, room)
        if room >= min(least, max(map(len, names), default=0)) and name.width <= room:
            return (), (code, name, *columns)
    name = _TextColumn("Indicator", names, width - code.width - len(_GAP))
    return (code, name), tight


def _set(
    above: Sequence[_TextColumn], below: Sequence[_TextColumn], at: int | None, colour: bool
) -> list[str]:
    """A row, or the heading, as lines."""
    indent = _INDENT if above else ""
    return [
        *_side_by_side(above, at, colour),
        *(f"{indent}{line}" for line in _side_by_side(below, at, colour)),
    ]


def _side_by_side(columns: Sequence[_TextColumn], at: int | None, colour: bool) -> Iterator[str]:
    for parts in zip_longest(*(column.lines(at) for column in columns), fillvalue=""):
        line = gap = ""
        for column, part in zip(columns, parts, strict=True):
            text = part.rstrip()
            code = column.colour(at) if colour and text else ""
            if text:
                line += gap + (f"\x1b[{code}m{text}\x1b[0m" if code else text)
                gap = ""
            gap += " " * (column.width - len(text)) + _GAP
        yield line


def _wrapped(text: str, width: int, *, hanging: int = 0) -> list[str]:
    """The text as lines of at most so many characters, all but the first set in by `hanging`."""
    indent = " " * hanging
    lines = textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False)
    return [line.replace(_TIED, " ") for line in lines] or [""]


def _marked(rows: Sequence[PublishedRow], notes: list[str]) -> list[str]:
    """The title of each row with the marks of its notes, which are added to `notes`."""
    peers = _all_of(rows)
    marks = [sorted(note_number(text, notes) for text in _notes(row, peers)) for row in rows]
    return [
        " ".join((row.short_title, *(f"[{number}]" for number in numbers)))
        for row, numbers in zip(rows, marks, strict=True)
    ]


def _notes(row: PublishedRow, peers: int) -> Iterator[str]:
    """What is to be said of a row: why it is not compared, and what is odd about its figures."""
    if row.reason:
        yield row.reason
    if row.peers_total and not row.peers_reporting == row.peers_total == peers:
        yield f"{row.peers_reporting} of {row.peers_total} peers have a figure."
    yield from (*_taken_back(row), *_dragged(row), *_own_figures(row), *_provisional(row))


def _peers_sentence(rows: Sequence[PublishedRow], peers_title: str) -> str:
    peers = _all_of(rows)
    return f"Peers: {peers_title}{f' ({peers})' if peers else '; none is known'}."


def _all_of(rows: Sequence[PublishedRow]) -> int:
    """How many peers there are; 0 where none is known."""
    return max((row.peers_total for row in rows), default=0)


def _chip(seen: Look) -> str:
    """`▼ RED worse`, with a mark where it is untested."""
    return f"{seen.symbol} {seen.label}{_UNTESTED if seen.note else ''}"


def _short_chip(seen: Look) -> str:
    """`▼ RED`, and in full where a verdict bears no colour's name."""
    return f"{seen.symbol} {seen.word or seen.meaning}{_UNTESTED if seen.note else ''}"


def _counted(looks: Iterable[Look]) -> str:
    """`2 GREEN better, 9 AMBER similar`, in the order of the key."""
    counts = Counter(seen.key for seen in looks)
    keys = [key for keys, _ in _TOGETHER for key in keys if counts[key]]
    return ", ".join(f"{counts[key]}{_TIED}{LOOKS[key].label}" for key in keys)


def _key(looks: Sequence[Look], rules: Rules) -> str:
    """What the symbols mean that stand in the table, and from which chance on."""
    present = {seen.key for seen in looks}
    tested = {seen.key for seen in looks if not seen.note}
    words = band_words(rules) if rules.rule == RuleName.AUTO else {}
    groups = []
    for keys, band in _TOGETHER:
        names = [f"{LOOKS[key].symbol}{_TIED}{LOOKS[key].label}" for key in keys if key in present]
        chance_from = words.get(band) if tested.intersection(keys) else None
        if names:
            said = f" (chance {chance_from} or more)" if chance_from else ""
            groups.append(", ".join(names) + said)
    if any(seen.note for seen in looks):
        groups.append(f"{_UNTESTED}{_TIED}{NO_MARGIN}: judged by size alone")
    return f"Key: {'; '.join(groups)}."


def _further(rows: Sequence[PublishedRow], *, shown: Collection[str]) -> str:
    """What the whole table says besides, of what there is to say; empty where that is nothing."""
    compared = [
        comparison for row in rows for comparison in (against_peers(row), against_england(row))
    ]
    there = {
        "95% ranges": _RANGE not in shown and any(_range(row) != NO_NUMBER for row in rows),
        "ranks": _RANK not in shown and any(row.rank for row in rows),
        "how likely verdicts are": any(chance(comparison)[0] for comparison in compared),
        "what unclear figures could show": any(text for row in rows for text in _could(row)),
    }
    names = [name for name, is_there in there.items() if is_there]
    return f"--wide adds {listed(names)}." if names else ""


def columns(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """A heading and rows of as many cells, each column as wide as its widest cell."""
    table = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(f"{c:{w}}" for c, w in zip(row, widths, strict=True)).rstrip()
