"""The evidence of an audit's findings today: figures with verdicts, and results of checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from bench.integrity.checks import registry, rule
from bench.integrity.checks.rule import Result
from bench.judge.published_row import published
from bench.pages import store
from bench.pages.audit.sections import Content
from bench.pages.quality.report import known_entries
from bench.pages.quality.sections import result_tag
from bench.pages.story.chapters import quote_of
from bench.pages.story.quotes import quotes_table
from bench.present.html import Section, identifier, markup
from bench.present.numbers import NO_NUMBER, UNIT_NOTES, short
from bench.present.sentences import STATUS_WORDS
from bench.present.sheet import Cell, Column, Sheet, exact_cell, table_sheet
from bench.present.table import beneath, capital, counted, linked, records_table
from bench.present.theme import look
from bench.published import layouts, observations, quoted, sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from bench.integrity.checks.rule import Outcome
    from bench.judge.published_row import PublishedRow
    from bench.pages.choices import Choices
    from bench.pages.council.report import Briefing
    from bench.pages.story.quotes import Quote
    from bench.present.provenance import Source
    from bench.reference import Council


@dataclass(frozen=True)
class LiveFigure:
    """An indicator's figure of a year; `row` is None where it was not published for the year."""

    indicator_id: str
    title: str
    row: PublishedRow | None
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
) -> Content:
    """Tables of the figures and of the checks that findings name, and of what a document quotes.

    Args:
        figures: by the indicator's id.
        checks: by the rule's code.
        quotes: the figures that the audit's own document quotes.
        council: whose.
        year: of which year.
        peers_title: what the peers are.
    """
    parts: list[Section] = []
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
            )
        )
    if quotes:
        parts.append(quotes_table(quotes, title="From the review itself"))
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


def _verdicts(row: PublishedRow) -> list[tuple[str, Markup]]:
    return [
        (name, markup("tables/tag.html.j2", look=look(verdict, row.polarity)))
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
    def figure(of: Callable[[PublishedRow], float | None]) -> Callable[[LiveFigure], Cell]:
        return lambda one: None if one.row is None else exact_cell(of(one.row), one.row.decimals)

    def verdict(of: Callable[[PublishedRow], str]) -> Callable[[LiveFigure], Cell]:
        return lambda one: "" if one.row is None else look(of(one.row), one.row.polarity).text

    columns: tuple[Column[LiveFigure], ...] = (
        Column("Council", lambda _: council),
        Column("Year", lambda _: year),
        Column("Indicator", lambda one: one.label),
        Column("Figure", figure(lambda row: row.value)),
        Column("Peers' average", figure(lambda row: row.peer_average)),
        Column("England", figure(lambda row: row.england)),
        Column("Against peers", verdict(lambda row: row.verdict_vs_peers)),
        Column("Against England", verdict(lambda row: row.verdict_vs_england)),
        Column(
            "Why not compared",
            lambda one: _not_published(one) if one.row is None else one.row.reason or "",
        ),
    )
    return table_sheet("Figures", columns, figures.values())


def _checks_sheet(checks: Mapping[str, LiveCheck], council: str, year: str) -> Sheet:
    columns: tuple[Column[LiveCheck], ...] = (
        Column("Council", lambda _: council),
        Column("Year", lambda _: year),
        Column("Check", lambda one: one.code),
        Column("What would be wrong", lambda one: one.message),
        Column("Result", lambda one: one.result.value),
        Column("What was found", lambda one: one.found),
    )
    return table_sheet("Checks", columns, checks.values())


# These rules hold a figure against years beside it; some surveys are held every second year.
_ACROSS_YEARS = frozenset({"slip", "population", "still", "coverage", "magnitude"})
_BESIDE, _ALONE = range(-2, 3), range(1)


def live_figures(named: Collection[str], made: Briefing) -> dict[str, LiveFigure]:
    """The figure of each indicator, in order of the year's framework; others follow by id."""
    of_year = {row.indicator.indicator_id: row for row in made.rows}
    indicators = sources.reference().indicators
    order = [one for one in of_year if one in named]
    order += sorted(one for one in named if one not in of_year)
    return {
        one: LiveFigure(
            one,
            indicators[one].short_title,
            published(of_year[one]) if one in of_year else None,
            made.year,
        )
        for one in order
    }


def publications(named: Collection[str], choice: Choices) -> list[Source]:
    """The publications that these indicators' figures of the year come from."""
    figures = store.figures()
    shown = (figures["period"] == str(choice.year)) & figures["indicator_id"].isin(list(named))
    return store.publications(figures[shown])


def live_checks(named: AbstractSet[str], choice: Choices) -> dict[str, LiveCheck]:
    """How each rule came out for the council's figures of the year, in order of the catalogue.

    What a rule finds on the totals that these figures go into, and on a measure as a whole, is
    theirs too.
    """
    if not named:
        return {}
    root = sources.project_root()
    folder = root / "data" / "reference"
    history = observations.history(root=root)
    of_year = history[history["period"] == str(choice.year)]
    mine = {
        str(name)
        for name in of_year.loc[of_year["area_id"] == choice.council.area_id, "release_id"]
    }
    known = known_entries(folder, sources.manifest(root))
    symbols = layouts.read(folder).symbols()
    found: dict[str, LiveCheck] = {}
    for beside, codes in ((_BESIDE, named & _ACROSS_YEARS), (_ALONE, named - _ACROSS_YEARS)):
        if not codes:
            continue
        near = {str(choice.year.shift(step)) for step in beside}
        evidence = rule.evidence(
            history[history["period"].isin(near)], sources.reference(root), symbols=symbols
        )
        wanted = [one for one in registry.RULES if one.code in codes]
        for outcome in registry.run(evidence, known, rules=wanted):
            found[outcome.rule.code] = _of_council(outcome, choice, mine)
    return {code: found[code] for code in registry.OF_FIGURES if code in found}


def _of_council(one: Outcome, choice: Choices, releases: set[str]) -> LiveCheck:
    council = choice.council
    areas = {council.area_id, f"region:{council.region}", ENGLAND, ""}
    found = one.findings
    found = found[(found["period"] == str(choice.year)) & found["area_id"].isin(areas)]
    open_ones = int((found["explanation"] == "").sum())
    run = bool(releases & set(one.checked))
    result = Result.FAIL if open_ones else Result.PASS if run else Result.NOT_RUN
    reasons = sorted({one.not_run[name] for name in releases if name in one.not_run})
    return LiveCheck(
        code=one.rule.code,
        message=one.rule.message,
        explanation=one.rule.explanation,
        result=result,
        unexplained=open_ones,
        explained=len(found) - open_ones,
        why="" if run else "; ".join(reasons) or "no figure of the year is held",
    )


def quoted_in(document: str, council: Council) -> list[Quote]:
    """The council's figures that data/quoted.csv quotes from a document, in order of the years."""
    told = quoted.load()
    mine = told[(told["document"] == document) & (told["area_id"] == council.area_id)]
    found = [quote_of(record, "council", council.name) for record in mine.to_dict("records")]
    return sorted(found, key=lambda one: one.period)
