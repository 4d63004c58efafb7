"""What the findings of an audit rest on: live figures with their verdicts, and live checks.

Enters: figures and results as they are today. Leaves: marks for a cell, tables and sheets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from bench.pages.audit.section import Content
from bench.pages.quality.findings import result_tag
from bench.pages.story.quotes import quotes_table
from bench.present.html import Fragment, fill, identifier
from bench.present.numbers import NO_NUMBER, UNIT_NOTES, short
from bench.present.records import beneath, capital, counted, linked, records_table
from bench.present.sentences import STATUS_WORDS
from bench.present.sheet import Cell, Sheet, exact_cell
from bench.present.theme import look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.integrity.checks.rule import Result
    from bench.pages.story.quotes import Quote
    from bench.present.rows import Row

__all__ = ["LiveCheck", "LiveFigure", "content", "figure_mark"]


@dataclass(frozen=True)
class LiveFigure:
    """An indicator's figure of a year; `row` is None where it was not published for the year."""

    indicator_id: str
    title: str
    row: Row | None
    year: str

    @property
    def label(self) -> str:
        """Code and title."""
        return f"{self.row.code} {self.title}" if self.row else self.title


@dataclass(frozen=True)
class LiveCheck:
    """How an integrity rule came out for a council's figures of a year."""

    code: str
    message: str
    explanation: str
    result: Result
    unexplained: int
    explained: int
    why: str

    @property
    def found(self) -> str:
        """How many findings there are, in words."""
        if self.why:
            return f"Not run: {self.why}."
        told = [f"{counted(self.unexplained, 'finding')} to look at"] if self.unexplained else []
        told += [f"{counted(self.explained, 'finding')}, explained"] if self.explained else []
        return capital("; ".join(told) or "no finding")


def figure_mark(one: LiveFigure | LiveCheck) -> Markup:
    """What a finding rests on, linked to its row, with the verdict or the result beneath."""
    marks: Sequence[tuple[str, Markup]]
    if isinstance(one, LiveCheck):
        label, marks = f"Check: {one.message}", [("", result_tag(one.result))]
    elif one.row is None:
        return linked(one.label, f"#{_anchor(one)}") + beneath("", _not_published(one))
    else:
        label, marks = one.label, _verdicts(one.row)
    lines = [Markup("{}{}").format(f"{name} " if name else "", mark) for name, mark in marks]
    return linked(label, f"#{_anchor(one)}") + beneath("", *lines)


def content(
    figures: Mapping[str, LiveFigure],
    checks: Mapping[str, LiveCheck],
    quotes: Sequence[Quote],
    *,
    council: str,
    year: str,
    peers_title: str,
    palette: str,
) -> Content:
    """Tables of the figures and of the checks that findings name, and of what a document quotes.

    Args:
        figures: by the indicator's id.
        checks: by the rule's code.
        quotes: the figures that the audit's own document quotes.
        council: whose.
        year: of which year.
        peers_title: what the peers are.
        palette: "rag" or "af".
    """
    parts: list[Fragment] = []
    if figures:
        parts.append(
            records_table(
                caption=f"{council}, {year}: figures that findings rest on",
                note=f"Peers: {peers_title}.",
                columns=(
                    "Indicator",
                    council,
                    "Peers' average",
                    "England",
                    "Against peers",
                    "Against England",
                    "Why not compared",
                ),
                lines=[_figure(one) for one in figures.values()],
                palette=palette,
            )
        )
    if checks:
        parts.append(
            records_table(
                caption=f"{council}, {year}: checks that findings rest on",
                note="Fail: a finding that nobody has explained, on this council's figures or the "
                "totals that they are part of.",
                columns=("What would be wrong", "Result", "What was found"),
                lines=[
                    (
                        beneath(_anchored(capital(one.message), one), one.explanation),
                        result_tag(one.result),
                        one.found,
                    )
                    for one in checks.values()
                ],
                palette=palette,
            )
        )
    if quotes:
        parts.append(quotes_table(quotes, title="From the review itself", palette=palette))
    documents = tuple(dict.fromkeys(one.document for one in quotes))
    sheets = (_figures_sheet(figures, council, year), _checks_sheet(checks, council, year))
    return Content(
        parts=tuple(parts), sheets=tuple(one for one in sheets if one.rows), documents=documents
    )


def _anchor(one: LiveFigure | LiveCheck) -> str:
    name = one.code if isinstance(one, LiveCheck) else one.indicator_id
    return identifier("check" if isinstance(one, LiveCheck) else "figure", name)


def _anchored(text: str, one: LiveFigure | LiveCheck) -> Markup:
    return Markup('<span id="{}">{}</span>').format(_anchor(one), text)


def _not_published(one: LiveFigure) -> str:
    return f"not published for {one.year}"


def _verdicts(row: Row) -> list[tuple[str, Fragment]]:
    return [
        (name, fill("tables/tag.html.j2", look=look(verdict, row.polarity)))
        for name, verdict in zip(("Peers", "England"), row.verdicts, strict=True)
    ]


def _figure(one: LiveFigure) -> tuple[str, ...]:
    label, row = _anchored(one.label, one), one.row
    if row is None:
        return label, *[NO_NUMBER] * 5, capital(_not_published(one))
    value = short(row.value, row) if row.value is not None else STATUS_WORDS.get(row.status, "")
    label += beneath("", *([UNIT_NOTES[row.unit]] if row.unit in UNIT_NOTES else []))
    tags = [tag for _, tag in _verdicts(row)]
    why = row.reason if "not_compared" in row.verdicts else ""
    return (
        label,
        value,
        short(row.peer_average, row),
        short(row.england, row),
        *tags,
        why or NO_NUMBER,
    )


def _figures_sheet(figures: Mapping[str, LiveFigure], council: str, year: str) -> Sheet:
    lines: list[tuple[Cell, ...]] = []
    for one in figures.values():
        start = (council, year, one.label)
        row = one.row
        if row is None:
            lines.append((*start, None, None, None, "", "", _not_published(one)))
            continue
        numbers = (exact_cell(n, row.decimals) for n in (row.value, row.peer_average, row.england))
        verdicts = (look(verdict, row.polarity).text for verdict in row.verdicts)
        lines.append((*start, *numbers, *verdicts, row.reason or ""))
    columns = ("Council", "Year", "Indicator", "Figure", "Peers' average", "England")
    more = ("Against peers", "Against England", "Why not compared")
    return Sheet("Figures", (*columns, *more), tuple(lines))


def _checks_sheet(checks: Mapping[str, LiveCheck], council: str, year: str) -> Sheet:
    return Sheet(
        "Checks",
        ("Council", "Year", "Check", "What would be wrong", "Result", "What was found"),
        tuple(
            (council, year, one.code, one.message, one.result.value, one.found)
            for one in checks.values()
        ),
    )
