"""What a page's workbook holds, whichever program it is for: cover, contents, notes, tables.

The order and the words follow the Analysis Function's guidance on releasing statistics in
spreadsheets: one table a sheet, its title in the first cell, what follows said beneath it, and a
reason in every cell that has no figure.
"""

from __future__ import annotations

import contextlib
import functools
import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from bench.present.sheet import SHORTHAND, Empty, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.present.provenance import Imprint, Source
    from bench.present.sheet import Cell

LANGUAGE: Final = "en-GB"
# The time of a workbook whose publications have no date; an archive can name no earlier one.
EPOCH: Final = datetime(1980, 1, 1)
KEYWORDS: Final = ("adult social care", "ASCOF", "benchmarking", "England")
_WIDEST: Final = 64  # characters of a column of a table: a hash fits
_WIDE: Final = 240  # characters of a table beyond which words are set in narrower columns
_WIDEST_OF_WIDE: Final = 36
_PROSE: Final = 78  # of a sheet of words
_FEW: Final = 2  # columns of a sheet of words
_NARROWEST: Final = 10
_LONGEST: Final = 32_767  # characters that a cell takes
_SHEET_NAME: Final = 31  # characters that a spreadsheet program takes
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


class TextLine(NamedTuple):
    """A line above a table, or of the cover."""

    text: str
    heading: bool = False


@dataclass(frozen=True, kw_only=True)
class SpreadsheetPage:
    """One sheet of a workbook.

    Attributes:
        name: on its tab.
        title: in its first cell.
        lines: beneath the title, before the table.
        table: without empty cells; None where the sheet has text alone.
        leads: the first column names other sheets, and leads there.
    """

    name: str
    title: str
    lines: tuple[TextLine, ...] = ()
    table: Sheet | None = None
    leads: bool = False

    @property
    def table_name(self) -> str:
        """The table's name, as spreadsheet programs take one: letters, digits and underscores."""
        return f"Table_{re.sub(r'[^A-Za-z0-9]+', '_', self.name).strip('_')}"

    @property
    def header(self) -> int:
        """The row of the table's headings, counted from 0."""
        return 1 + len(self.lines)

    @functools.cached_property
    def widths(self) -> list[int]:
        """The width of each column, in characters."""
        if self.table is None:
            return [_PROSE]
        columns = list(zip(self.table.columns, *self.table.rows, strict=True))
        widths = [
            max(_NARROWEST, _heading_width(heading), *(map(_width, cells)))
            for heading, *cells in columns
        ]
        widest = _PROSE if len(columns) == _FEW else _WIDEST
        if sum(min(width, widest) for width in widths) > _WIDE:
            # No word is cut, such as a hash.
            longest = [max(map(len, " ".join(map(str, cells)).split())) for _, *cells in columns]
            widths = [
                min(width, max(_WIDEST_OF_WIDE, length))
                for width, length in zip(widths, longest, strict=True)
            ]
        return [min(width, widest) + 2 for width in widths]

    @functools.cached_property
    def numeric(self) -> list[bool]:
        """Of each column, whether it holds numbers; what has none there stands under them."""
        if self.table is None:
            return [False]
        return [
            any(not isinstance(cell, str) for cell in cells)
            for cells in zip(*self.table.rows, strict=True)
        ]

    def lines_of(self, cells: Iterable[Cell]) -> int:
        """How many lines of text a row needs, by the widths of its columns."""
        lines = 1
        for cell, width in zip(cells, self.widths, strict=False):
            length = len(cell if isinstance(cell, str) else str(cell))
            if length > lines * width:
                lines = math.ceil(length / width)
        return lines


@dataclass(frozen=True, kw_only=True)
class Spreadsheet:
    """A workbook before it is written in a format.

    Attributes:
        title: of the document, with what it is about.
        subject: what kind of figures it holds.
        keywords: by which it is found.
        description: what made it from what, in a sentence.
        properties: further facts of the document, by name: releases, versions, parameters.
        dated: the day of the latest publication in it.
        pages: its sheets, in order.
    """

    title: str
    subject: str
    keywords: tuple[str, ...]
    description: str
    properties: Mapping[str, str]
    dated: datetime
    pages: tuple[SpreadsheetPage, ...]


def compose(
    tables: Sequence[tuple[str, Sheet]], imprint: Imprint, *, title: str, scope: str
) -> Spreadsheet:
    """The workbook of a page's tables.

    Args:
        tables: what each is called, and the table; a wide one is set out in several.
        imprint: what the workbook says of its method, sources and parameters.
        title: what kind of figures it holds.
        scope: whose they are and of when, which every table's title ends with; "" where no one's.
    """
    parts = [part for label, sheet in tables for part in _parts(label, sheet)]
    names = _names([table.name for _, table in parts])
    used = [_shorthand(table) for _, table in parts]
    data = [
        SpreadsheetPage(
            name=name,
            title=". ".join(filter(None, (f"Table {number}: {label}", scope))),
            lines=_beneath(table, symbols),
            table=table if table.rows else None,
        )
        for number, ((label, table), name, symbols) in enumerate(
            zip(parts, names, used, strict=True), start=1
        )
    ]
    notes = _notes(imprint, [empty for empty in SHORTHAND if empty in set().union(*used)])
    found = [*([_sources(imprint.sources)] if imprint.sources else []), *data]
    contents = SpreadsheetPage(
        name="Contents",
        title="Contents",
        lines=(TextLine("This sheet contains one table. It lists the other sheets."),),
        table=Sheet(
            "Contents",
            ("Sheet", "What it holds"),
            tuple((page.name, page.title) for page in (notes, *found)),
        ),
        leads=True,
    )
    whole = ": ".join(filter(None, (title, scope)))
    made = imprint.made
    return Spreadsheet(
        title=whole,
        subject=title,
        keywords=(*KEYWORDS, *filter(None, re.split(r"[,;] ", scope))),
        description=f"{whole}. {'. '.join(f'{name} {value}' for name, value in made.items())}.",
        properties={
            **made,
            **{f"Parameter: {name}": value for name, value in imprint.parameters.items()},
            **{f"Release: {one.release}": f"sha256 {one.sha256}" for one in _of_register(imprint)},
        },
        dated=max((_day(one.published) for one in imprint.sources), default=EPOCH),
        pages=(_cover(whole, imprint, made), contents, notes, *found),
    )


def _parts(label: str, sheet: Sheet) -> list[tuple[str, Sheet]]:
    """The tables that a sheet is set out in, each with what it is called."""
    if not sheet.groups:
        return [(label, _complete(sheet))]
    return [(f"{label}: {_small(part.name)}", _complete(part)) for part in sheet.tables()]


def _small(words: str) -> str:
    return words[:1].casefold() + words[1:]


def _names(wanted: Sequence[str]) -> list[str]:
    """Names of sheets: short enough for a tab, and no two alike."""
    names: list[str] = []
    taken = {"cover", "contents", "notes", "sources"}
    for name in wanted:
        name = re.sub(r"[\[\]:*?/\\']", " ", name).replace("_", " ").strip()[:_SHEET_NAME]
        again = name
        count = 1
        while again.casefold() in taken:
            count += 1
            again = f"{name[: _SHEET_NAME - 3]} {count}"
        taken.add(again.casefold())
        names.append(again)
    return names


def _complete(table: Sheet) -> Sheet:
    """The table with a reason in every empty cell, and what no program can print left out."""
    return Sheet(
        table.name,
        tuple(_printable(heading) for heading in table.columns),
        tuple(tuple(map(_printed, row)) for row in table.rows),
    )


def _printed(cell: Cell) -> Cell:
    if isinstance(cell, Empty):
        return cell.value
    if isinstance(cell, str):
        return _printable(cell) or Empty.NOT_AVAILABLE.value
    return Empty.NOT_AVAILABLE.value if cell is None else cell


@functools.lru_cache(4096)  # most texts of a workbook stand in many of its cells
def _printable(text: str) -> str:
    """The text without what no workbook can hold, at the length that a cell may have."""
    text = _UNPRINTABLE.sub("", text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."


def _shorthand(table: Sheet) -> set[Empty]:
    """The shorthand that a complete table holds."""
    texts = {cell for row in table.rows for cell in row if isinstance(cell, str)}
    return {empty for empty in SHORTHAND if empty.value in texts}


def _beneath(table: Sheet, symbols: Iterable[Empty]) -> tuple[TextLine, ...]:
    """What follows the title of a table, in words."""
    if not table.rows:
        return (TextLine("This sheet contains no table: there is nothing to list."),)
    rows = f"{len(table.rows):,} row{'s' if len(table.rows) > 1 else ''}"
    size = TextLine(f"This sheet contains one table, of {rows} and {len(table.columns)} columns.")
    if not symbols:
        return (size,)
    listed = ", ".join(sorted(empty.value for empty in symbols))
    return size, TextLine(f"Shorthand in it: {listed}. The sheet Notes explains each.")


def _notes(imprint: Imprint, used: Iterable[Empty]) -> SpreadsheetPage:
    shorthand = [(f"Shorthand {empty.value}", SHORTHAND[empty]) for empty in used]
    rows = tuple(
        (_printable(topic), _printable(words) or Empty.NONE.value)
        for topic, words in (*shorthand, *imprint.about, *imprint.terms)
    )
    return SpreadsheetPage(
        name="Notes",
        title="Notes: shorthand, method and terms",
        lines=(TextLine("This sheet contains one table."),),
        table=Sheet("Notes", ("Note", "Text"), rows),
    )


def _sources(sources: Sequence[Source]) -> SpreadsheetPage:
    none = Empty.NOT_APPLICABLE
    columns = ("Publication", "Publisher", "Published", "Licence", "Address", "Release", "SHA-256")
    lines = [
        "This sheet contains one table.",
        "SHA-256 is the hash of the publisher's file, by which the same file is known.",
    ]
    if not all(cell for source in sources for cell in source):
        lines.append(f"{none.value}: {_small(SHORTHAND[none])}")
    return SpreadsheetPage(
        name="Sources",
        title="Sources: the publications that the figures come from",
        lines=tuple(map(TextLine, lines)),
        table=Sheet(
            "Sources",
            columns,
            tuple(tuple(_printable(cell) or none.value for cell in source) for source in sources),
        ),
    )


def _cover(title: str, imprint: Imprint, versions: Mapping[str, str]) -> SpreadsheetPage:
    """What the workbook is, of when, from where and how it was made."""
    dates = sorted({one.published for one in imprint.sources})
    when = f"Published {dates[0]}" if len(dates) == 1 else ""
    if len(dates) > 1:
        when = f"Published from {dates[0]} to {dates[-1]}"
    publishers = "; ".join(dict.fromkeys(one.publisher for one in imprint.sources))
    licences = "; ".join(dict.fromkeys(one.licence for one in imprint.sources))
    topic, *others = imprint.about
    lines = [TextLine(topic[0], heading=True), TextLine(topic[1])]
    for name, words in others:
        if name in _ON_COVER:
            lines += [TextLine(name, heading=True), TextLine(words)]
    if imprint.sources:
        lines += [
            TextLine("Source", heading=True),
            TextLine(
                f"{publishers}. {when}. Licence: {licences}. The sheet Sources has all of it."
            ),
        ]
    if imprint.parameters:
        made_with = "; ".join(f"{name}: {value}" for name, value in imprint.parameters.items())
        lines += [TextLine("Parameters", heading=True), TextLine(made_with)]
    lines += [
        TextLine("How it was made", heading=True),
        *(TextLine(f"{name}: {value}") for name, value in versions.items()),
        *(TextLine(f"Release {one.release}: sha256 {one.sha256}") for one in _of_register(imprint)),
    ]
    return SpreadsheetPage(
        name="Cover",
        title=title,
        lines=tuple(TextLine(_printable(text), heading) for text, heading in lines),
    )


# Notes that a reader needs before any table.
_ON_COVER: Final = (
    "What this is",
    "How to use these figures",
    "Illustrative",
    "Looked at",
    "Own figures",
)


def _of_register(imprint: Imprint) -> list[Source]:
    return [one for one in imprint.sources if one.release]


def _day(published: str) -> datetime:
    """The day of a publication; of a month or year the first of it."""
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(published, form)
    return EPOCH


def _heading_width(heading: str) -> int:
    """A heading wraps over some three lines, at its longest word or wider."""
    return max(len(heading) // 3, *(len(word) for word in heading.split(" ")))


def _width(cell: Cell) -> int:
    return len(cell) if isinstance(cell, str) else len(f"{cell:,}")


def letters(column: int) -> str:
    """A column's letters, the first being 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = f"{chr(65 + rest)}{name}"
    return name
