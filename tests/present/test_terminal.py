"""The table of a terminal: fitted to its width, nothing cut, the same words with colour or not."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import bench
from bench.judge.published_row import published
from bench.pages.choices import Choices
from bench.pages.council.data import judged
from bench.present.numbers import short
from bench.present.sentences import STATUS_WORDS
from bench.present.terminal import NARROWEST
from bench.present.theme import LOOKS, look_vs_england, look_vs_peers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.published_row import PublishedRow
    from bench.pages.council.data import CouncilFigures

YEARS = (
    ("Kent", "2024-25"),
    ("Barnet", "2018-19"),
    ("City of London", "2017-18"),
    ("Somerset", "2014-15"),
)
WIDTHS = (60, 61, 72, 80, 100, 132, 200, 400)
EVERY = pytest.mark.parametrize(("council", "year"), YEARS)
COLOUR = re.compile(r"\x1b\[\d*m")


@functools.cache
def figures(council: str, year: str, **asked: str) -> CouncilFigures:
    return judged(Choices.of(council=council, year=year, **asked))


@functools.cache
def at_width(council: str, year: str, width: int) -> str:
    return figures(council, year).text(width=width)


def rows_of(made: CouncilFigures) -> tuple[PublishedRow, ...]:
    return tuple(map(published, made.rows))


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def parts(text: str) -> tuple[str, str, str]:
    """The heading, the rows and what stands beneath them."""
    heading, _, rest = text.partition("\n\n")
    table, _, beneath = rest.partition("\nAgainst peers: ")
    table, _, notes = table.partition("\n[1] ")
    return heading, table, f"[1] {notes}\nAgainst peers: {beneath}"


@EVERY
def test_no_line_is_longer_than_the_terminal_is_wide(council, year):
    for width in WIDTHS:
        text = at_width(council, year, width)
        assert [line for line in text.split("\n") if len(line) > width] == []
        assert [line for line in text.split("\n") if line != line.rstrip()] == []


@EVERY
def test_no_figure_and_no_verdict_is_cut_or_lost(council, year):
    rows = rows_of(figures(council, year))
    printed = [
        text
        for row in rows
        for text in (
            row.code,
            *(STATUS_WORDS[row.status] if row.value is None else short(row.value, row)).split(),
            *([short(row.peer_average, row)] if row.peers_total else []),
            short(row.england, row),
            *row.short_title.split(),
        )
    ]
    looks = [seen for row in rows for seen in (look_vs_peers(row), look_vs_england(row))]
    symbols = Counter(LOOKS[seen.key].symbol for seen in looks if seen.symbol != "—")
    untested = sum(bool(seen.note) for seen in looks)
    for width in WIDTHS:
        _, table, _ = parts(at_width(council, year, width))
        words = Counter(table.split())
        assert Counter(printed) - words == Counter(), width
        assert {symbol: words[symbol] for symbol in symbols} == symbols, width
        assert sum(n for text, n in words.items() if text.endswith("*")) == untested, width


@EVERY
def test_what_is_to_be_said_of_a_row_stands_beneath_once(council, year):
    reasons = {row.reason for row in rows_of(figures(council, year)) if row.reason}
    for width in WIDTHS:
        _, table, beneath = parts(at_width(council, year, width))
        text = flat(beneath)
        assert {reason: text.count(flat(reason)) for reason in reasons} == dict.fromkeys(reasons, 1)
        marks = set(re.findall(r"\[(\d+)\]", table))
        assert marks == set(re.findall(r"^\[(\d+)\] ", beneath, re.MULTILINE)), width


@EVERY
def test_the_verdicts_are_counted(council, year):
    made = figures(council, year)
    text = flat(made.text(width=80))
    for whom, look in (("peers", look_vs_peers), ("England", look_vs_england)):
        counts = Counter(look(row).label for row in rows_of(made))
        (sentence,) = re.findall(rf"Against {whom}: ([^.]*)\.", text.partition("[1]")[2] or text)
        told = dict(reversed(part.split(" ", 1)) for part in sentence.split(", "))
        assert {label: int(number) for label, number in told.items()} == counts


@pytest.mark.parametrize("width", [1, 20, 59])
def test_a_terminal_that_is_too_narrow_gets_the_narrowest_table(width):
    made = figures("Kent", "2024-25")
    assert made.text(width=width) == made.text(width=NARROWEST)


@EVERY
def test_colour_adds_nothing_but_colour(council, year):
    made = figures(council, year)
    for width in WIDTHS:
        plain, coloured = at_width(council, year, width), made.text(width=width, colour=True)
        assert "\x1b" not in plain
        assert COLOUR.sub("", coloured) == plain
        assert ("\x1b" in coloured) == (council != "City of London")


@pytest.mark.parametrize(
    ("look", "code"), [("GREEN", 32), ("AMBER", 33), ("RED", 31), ("probably", None)]
)
def test_each_colour_is_that_of_its_word(look, code):
    text = figures("Barnet", "2018-19").text(width=80, colour=True)
    seen = set(re.findall(rf"\x1b\[(\d+)m(\S) {look}\*?\x1b\[0m", text))
    symbols = {"32": "▲△", "33": "●", "31": "▼▽"}
    assert seen
    assert all(symbol in symbols[number] for number, symbol in seen)
    assert code is None or {number for number, _ in seen} == {str(code)}


@pytest.mark.parametrize(
    ("asked", "said", "not_said"),
    [
        ({}, ["RED worse (chance 9 in 10 or more)", "* no margin of error", "how likely"], []),
        (
            {"rule": "tolerance"},
            ["Key: ▲ GREEN better, ▼ RED worse; ● AMBER similar.", "--wide adds 95% ranges"],
            ["chance", "* no margin", "how likely", "unclear", "probably"],
        ),
    ],
)
def test_the_key_says_what_is_true_of_the_rule(asked, said, not_said):
    text = flat(figures("Barnet", "2018-19", **asked).text(width=80))
    assert [words for words in said if words not in text] == []
    assert [words for words in not_said if words in text] == []


@pytest.mark.parametrize(
    ("council", "year", "width", "further"),
    [
        ("Barnet", "2018-19", 80, "95% ranges, ranks, how likely verdicts are and what unclear"),
        ("Barnet", "2018-19", 200, "how likely verdicts are and what unclear figures could show."),
        ("City of London", "2017-18", 80, "95% ranges."),
        ("City of London", "2017-18", 200, None),
    ],
)
def test_what_the_whole_table_adds_is_there(council, year, width, further):
    made = figures(council, year)
    text = flat(made.text(width=width))
    assert f"--wide adds {further}" in text if further else "--wide" not in text


def first_lines(text: str, count: int) -> Sequence[str]:
    return text.split("\n")[:count]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            60,
            [
                "Code    Indicator",
                "      Council  Peers  England  Against     Against",
                "                               peers       England",
            ],
        ),
        (
            80,
            [
                "Code    Indicator                Council  Peers  England  Against     Against",
                "                                                          peers       England",
            ],
        ),
    ],
)
def test_titles_stand_above_their_figures_where_there_is_no_room_beside_them(width, lines):
    text = figures("City of London", "2017-18").text(width=width)
    _, _, table = text.partition("\n\n")
    assert first_lines(table, len(lines)) == lines


def test_a_council_s_own_peers_without_a_figure_are_said_to_be_fewer():
    text = flat(figures("Kent", "2024-25").text(width=80))
    assert "14 of 15 peers have a figure." in text


def test_no_peers_are_said_to_be_none():
    text = figures("City of London", "2017-18").text(width=200)
    assert text.startswith(
        "City of London, 2017-18. Peers: CIPFA nearest neighbours; none is known.\n"
    )


@EVERY
def test_all_of_it_is_what_a_notebook_prints(council, year):
    assert bench.briefing(council, year).text() == figures(council, year).text()
