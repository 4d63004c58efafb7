"""The sections of a group's page: who is in it, beside England, council by council, questions."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.pages.base import page_heading
from bench.present.glossary import USE_STATEMENT
from bench.present.html import Section, fill, identifier, joined, markup
from bench.present.numbers import after_title, short
from bench.present.sentences import PROVISIONAL, listed
from bench.present.sheet import COUNCILS
from bench.present.table import counted, paragraph, records_table
from bench.present.theme import LOOKS, look, look_of, look_vs_england, look_vs_previous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.rag import Verdict
    from bench.present.theme import Look
    from bench.reference import Council, Indicator
    from bench.reference.areas import Region

# A table with more columns of councils is printed and scrolled as several.
_MOST_COLUMNS: Final = 16
_MOST_QUESTIONS: Final = 5
# An indicator is asked about where at least this share of the councils that are compared is RED.
_ASKED_SHARE: Final = 1 / 3
_UNTESTED: Final = "*"
METHOD: Final = (
    "A region is judged by its published figure, in the same way as a council: the usual gap is "
    "that between councils, and England's figure holds the region's own people too. Other groups "
    "have no published figure, and none is made up for them. A verdict called sure is expected to "
    "be right at least 9 times in 10, so among this many some are wrong. Whether a council's "
    "verdict hinges on the peers or the average chosen is on its own page, not here."
)
FILE_COLUMNS: Final = {
    "code": COUNCILS["code"],
    "short_title": COUNCILS["short_title"],
    "council": COUNCILS["council"],
    "value": COUNCILS["value"],
    "status": "Status",
    "england": "England",
    "england_period": "England's year",
    **{name: heading for name, heading in COUNCILS.items() if name.endswith("_vs_england")},
    "verdict_vs_peers": COUNCILS["verdict_vs_peers"],
    "certainty_vs_peers": COUNCILS["certainty_vs_peers"],
    "verdict_vs_previous": "Since the earlier year",
    "certainty_vs_previous": "Certainty, since the earlier year",
    "previous_period": "Earlier year",
}


@dataclass(frozen=True, slots=True)
class RegionFigure:
    """A region's published figure, in the indicator's unit, beside England's.

    Attributes:
        value: None where there is none.
        status: observed, or why there is no value.
        verdict: against England.
    """

    value: float | None
    status: str
    verdict: Verdict

    def look(self, polarity: str) -> Look:
        """How the verdict looks."""
        return look_of(self.verdict, polarity)


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator of a group.

    Attributes:
        indicator: which.
        measure: how its figures are printed.
        england: England's figure, in the indicator's unit.
        england_period: its year; an earlier one than the table's beside provisional figures.
        region: the group's own, where it is a region.
        rows: of its councils, in their order.
        questions: what a member could ask about it.
    """

    indicator: Indicator
    measure: Measure
    england: Fraction | None
    england_period: str
    region: RegionFigure | None
    rows: tuple[PublishedRow, ...]
    questions: tuple[str, ...]

    @property
    def compared(self) -> int:
        """How many councils are compared with England."""
        return sum(row.verdict_vs_england != "not_compared" for row in self.rows)

    @property
    def worse(self) -> int:
        """How many are surely worse than England."""
        return sum(look_vs_england(row).key == "worse" for row in self.rows)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """Every indicator of a year for a group of councils.

    Attributes:
        name: what the group is called.
        year: of the figures.
        region: the region that it is, if it is one.
        councils: its members, by name.
        lines: one per indicator.
        provisional: whether nothing is published for the year, and figures are the councils' own.
    """

    name: str
    year: str
    region: Region | None
    councils: tuple[Council, ...]
    lines: tuple[IndicatorLine, ...]
    provisional: bool = False

    @property
    def printed_year(self) -> str:
        """The year, and that its figures are provisional where they are."""
        return f"{self.year} ({PROVISIONAL})" if self.provisional else self.year

    def england_of(self, line: IndicatorLine) -> str:
        """England's figure as it is printed, with its year where that is another."""
        shown = short(None if line.england is None else float(line.england), line.measure)
        return shown if line.england_period == self.year else f"{shown} ({line.england_period})"


def _title(line: IndicatorLine) -> str:
    return line.measure.coded_title


def heading(table: GroupTable) -> Section:
    """Who is in the group, and on what the region stands out from England."""
    names = listed([council.name for council in table.councils])
    return joined(
        page_heading(
            fill(
                "page/soundness.html.j2",
                sentence=f"{table.name}, {table.printed_year}: {len(table.councils)} councils, "
                "each beside England.",
                meaning=USE_STATEMENT,
            )
        ),
        paragraph(f"The councils: {names}."),
        *(paragraph(sentence) for sentence in _provisional(table)),
        *(paragraph(sentence) for sentence in _standing(table)),
    )


def _provisional(table: GroupTable) -> Iterator[str]:
    """What must be known of a year of which nothing is published, and who has brought no figure."""
    if not table.provisional:
        return
    yield (
        f"Nothing is published for {table.year}: each council's figures are its own, may be "
        "counted in different ways, and can change before they are published. England's are those "
        "of the latest published year, which stands beside each."
    )
    without = [
        council.name
        for place, council in enumerate(table.councils)
        if not any(line.rows[place].provisional for line in table.lines)
    ]
    if without:
        yield f"No figure of its own was brought by {listed(without)}."


def _standing(table: GroupTable) -> Iterator[str]:
    """On which indicators the region is surely better or worse than England."""
    if table.region is None:
        return
    for key in ("worse", "better"):
        found = [
            f"{line.measure.short_title}{_UNTESTED * bool(seen.note)}"
            for line in table.lines
            if line.region is not None
            for seen in [line.region.look(line.measure.polarity)]
            if seen.key == key
        ]
        seen = look(key, "higher_is_better")
        starred = any(title.endswith(_UNTESTED) for title in found)
        yield (
            f"{seen.label} than England as a region: "
            + (
                f"{len(found)} of {len(table.lines)} indicators: {'; '.join(found)}."
                if found
                else "none."
            )
            + (f" {_UNTESTED} No margin of error, so size alone decides." if starred else "")
        )


def overall(table: GroupTable) -> Section:
    """Each indicator: the region beside England, and how its councils came out."""
    region = [table.region.label] if table.region else []
    verdict = ["The region against England"] if table.region else []
    return records_table(
        caption=f"{table.name} and England, {table.printed_year}",
        note="The last column counts councils by their verdict against England.",
        columns=["Indicator", *region, "England", *verdict, "Its councils against England"],
        lines=[
            [
                f"{_title(line)}{after_title(line.measure)}",
                *([short(line.region.value, line.measure)] if line.region else []),
                table.england_of(line),
                *(
                    [markup("tables/tag.html.j2", look=line.region.look(line.measure.polarity))]
                    if line.region
                    else []
                ),
                _outcomes(line),
            ]
            for line in table.lines
        ],
    )


def _outcomes(line: IndicatorLine) -> str:
    """How many councils came out how, what is sure first."""
    found = Counter(look_vs_england(row).label for row in line.rows)
    labels = dict.fromkeys(one.label for one in LOOKS.values())
    return ", ".join(f"{found[label]} {label}" for label in labels if found[label])


def grids(table: GroupTable, paged: frozenset[str]) -> Section:
    """Every council by every indicator: its figure, coloured by its verdict against England."""
    parts = math.ceil(len(table.councils) / _MOST_COLUMNS)
    size = math.ceil(len(table.councils) / parts)
    starts = range(0, len(table.councils), size)
    return joined(
        *(
            _grid(table, slice(start, start + size), paged, part, parts)
            for part, start in enumerate(starts, 1)
        )
    )


def _grid(table: GroupTable, which: slice, paged: frozenset[str], part: int, parts: int) -> Section:
    """One table of at most so many councils."""
    suffix = f", part {part} of {parts}" if parts > 1 else ""
    caption = f"Each council's figure, {table.printed_year}{suffix}"
    return fill(
        "group/grid.html.j2",
        table_id=identifier("grid", table.name, str(part)),
        caption=caption,
        councils=[
            (council.name, f"{council.area_id}.html" if council.area_id in paged else None)
            for council in table.councils[which]
        ],
        lines=[
            {
                "code": line.measure.code,
                "title": line.measure.short_title,
                "unit": after_title(line.measure),
                "england": table.england_of(line),
                "cells": [
                    (
                        None if row.value is None else short(row.value, line.measure),
                        look_vs_england(row),
                    )
                    for row in line.rows[which]
                ],
            }
            for line in table.lines
        ],
    )


def standing_out(table: GroupTable) -> Section:
    """Which councils are surely better or worse than England, indicator by indicator."""
    return _named(
        table,
        look_vs_england,
        caption=f"Councils that are better or worse than England, {table.printed_year}",
        none="No council is better or worse than England for sure on any indicator.",
    )


def moved(table: GroupTable) -> Section:
    """Whose figures are surely better or worse than at the last year that compares."""
    return _named(
        table,
        look_vs_previous,
        caption=f"Councils whose change to {table.printed_year} is better or worse",
        none="No change of any council is sure: few indicators can be tested for one.",
        since=True,
    )


def _named(
    table: GroupTable,
    seen_as: Callable[[PublishedRow], Look],
    *,
    caption: str,
    none: str,
    since: bool = False,
) -> Section:
    """The councils whose verdict of a kind is sure, a line for each indicator that has any."""
    lines = []
    starred = False
    for line in table.lines:
        sides: dict[str, list[str]] = {"better": [], "worse": []}
        for council, row in zip(table.councils, line.rows, strict=True):
            seen = seen_as(row)
            if seen.key in sides:
                mark = _UNTESTED * bool(seen.note)
                starred = starred or bool(mark)
                years = f" (since {row.previous_period})" if since else ""
                sides[seen.key].append(f"{council.name}{mark}{years}")
        if any(sides.values()):
            lines.append([_title(line), *("; ".join(names) or "none" for names in sides.values())])
    if not lines:
        return paragraph(none)
    return records_table(
        caption=caption,
        note="Only where that is sure"
        + (
            f", or marked {_UNTESTED}: without a margin of error the size of the gap alone decides."
            if starred
            else "."
        ),
        columns=["Indicator", "Better", "Worse"],
        lines=lines,
    )


def questions(table: GroupTable) -> Section:
    """What a meeting of the group could ask, about the indicators that most councils share."""
    asked = sorted(
        (line for line in table.lines if _is_asked(line)),
        key=lambda line: (-line.worse / line.compared, line.measure.code),
    )[:_MOST_QUESTIONS]
    if not asked:
        return paragraph(
            "On no indicator is a third of the councils RED against England, nor the region itself."
        )
    return records_table(
        caption="Questions for a meeting",
        note=f"At most {_MOST_QUESTIONS} indicators: those on which a third of the councils that "
        "are compared, or the region itself, is RED against England.",
        columns=["Indicator", "Why", "Questions"],
        lines=[
            [
                _title(line),
                f"{counted(line.worse, 'council')} of {line.compared} RED against England",
                " ".join(line.questions),
            ]
            for line in asked
        ],
    )


def _is_asked(line: IndicatorLine) -> bool:
    """Whether the group has a question in common about the indicator."""
    if not line.compared:
        return False
    region = line.region is not None and line.region.look(line.measure.polarity).key == "worse"
    return region or line.worse / line.compared >= _ASKED_SHARE
