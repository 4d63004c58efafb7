"""The published figures of an audit pack: what findings rest on, and what councils do in-house.

Live figures with their verdicts, live checks, and the first axis of Figure 5 of the Audit
Commission's report of October 2010. Its second axis, the share of the budget, is in no table held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from bench.integrity.checks import registry, rule
from bench.integrity.checks.rule import RuleResult
from bench.judge.published_row import published
from bench.judge.statistics import median
from bench.judge.summaries import parts_of
from bench.pages import store
from bench.pages.audit.sections import Content
from bench.pages.quality.report import known_entries
from bench.pages.quality.sections import result_tag
from bench.pages.story.chapters import quote_of
from bench.pages.story.quotes import quotes_table
from bench.present import certainty_words
from bench.present.certainty_words import against_england, against_peers
from bench.present.html import Section, identifier, markup
from bench.present.numbers import NO_NUMBER, UNIT_NOTES, bare, short
from bench.present.sentences import STATUS_WORDS
from bench.present.sheet import Cell, Column, Sheet, exact_cell, table_sheet
from bench.present.table import (
    beneath,
    capital,
    counted,
    linked,
    paragraph,
    records_table,
    values_table,
)
from bench.present.theme import look_vs_england, look_vs_peers
from bench.present.wording import UNITS
from bench.published import layouts, observations, quoted, sources
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import pandas as pd

    from bench.integrity.checks.rule import RuleOutcome
    from bench.judge.published_row import PublishedRow
    from bench.judge.summaries import Parted
    from bench.pages.choices import Choices
    from bench.pages.council.report import Briefing
    from bench.pages.story.quotes import Quote
    from bench.present.certainty_words import GradedComparison
    from bench.present.provenance import Source
    from bench.present.theme import Look
    from bench.reference import Council, FinancialYear


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
        return self.row.coded_title if self.row else self.title


@dataclass(frozen=True)
class LiveCheck:
    """How an integrity rule came out for a council's figures of a year."""

    code: str
    message: str
    explanation: str
    result: RuleResult
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


def figure_mark(live: LiveFigure | LiveCheck) -> Markup:
    """What a finding rests on, linked to its row, with the verdict or the result beneath."""
    marks: Sequence[tuple[str, Markup]]
    if isinstance(live, LiveCheck):
        label, marks = f"Check: {live.message}", [("", result_tag(live.result))]
    elif live.row is None:
        return linked(live.label, f"#{_anchor(live)}") + beneath("", _not_published(live))
    else:
        label, marks = live.label, _verdicts(live.row)
    lines = [Markup("{}{}").format(f"{name} " if name else "", mark) for name, mark in marks]
    return linked(label, f"#{_anchor(live)}") + beneath("", *lines)


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


def _anchor(live: LiveFigure | LiveCheck) -> str:
    name = live.code if isinstance(live, LiveCheck) else live.indicator_id
    return identifier("check" if isinstance(live, LiveCheck) else "figure", name)


def _anchored(text: str, live: LiveFigure | LiveCheck) -> Markup:
    return Markup('<span id="{}">{}</span>').format(_anchor(live), text)


def _not_published(live: LiveFigure) -> str:
    return f"not published for {live.year}"


def _verdicts(row: PublishedRow) -> list[tuple[str, Markup]]:
    return [
        (name, markup("tables/tag.html.j2", look=seen))
        for name, seen in (("Peers", look_vs_peers(row)), ("England", look_vs_england(row)))
    ]


def _figure(live: LiveFigure) -> tuple[str, ...]:
    label, row = _anchored(live.label, live), live.row
    if row is None:
        return label, *[NO_NUMBER] * 5, capital(_not_published(live))
    tags = [
        beneath(tag, *certainty_words.lines(one, row))
        for (_, tag), one in zip(
            _verdicts(row), (against_peers(row), against_england(row)), strict=True
        )
    ]
    why = row.reason if "not_compared" in row.verdicts else ""
    return (
        label,
        STATUS_WORDS.get(row.status, "") if row.value is None else _amount(row.value, row),
        _amount(row.peer_average, row),
        _amount(row.england, row),
        *tags,
        why or NO_NUMBER,
    )


def _amount(value: float | None, row: PublishedRow) -> str:
    """A figure with its unit, where no sign says it."""
    text = short(value, row)
    return text if value is None or row.unit not in UNIT_NOTES else f"{text} {UNIT_NOTES[row.unit]}"


def _figures_sheet(figures: Mapping[str, LiveFigure], council: str, year: str) -> Sheet:
    def figure(of: Callable[[PublishedRow], float | None]) -> Callable[[LiveFigure], Cell]:
        return lambda one: None if one.row is None else exact_cell(of(one.row), one.row.decimals)

    def verdict(of: Callable[[PublishedRow], Look]) -> Callable[[LiveFigure], Cell]:
        return lambda one: "" if one.row is None else of(one.row).text

    def words(of: Callable[[PublishedRow], GradedComparison]) -> Callable[[LiveFigure], Cell]:
        return lambda one: "" if one.row is None else certainty_words.in_words(of(one.row))

    columns: tuple[Column[LiveFigure], ...] = (
        Column("Council", lambda _: council),
        Column("Year", lambda _: year),
        Column("Indicator", lambda one: one.label),
        Column("Unit", lambda one: "" if one.row is None else UNITS[one.row.unit].name),
        Column("Figure", figure(lambda row: row.value)),
        Column("Peers' average", figure(lambda row: row.peer_average)),
        Column("England", figure(lambda row: row.england)),
        Column("Against peers", verdict(look_vs_peers)),
        Column("In words, against peers", words(against_peers)),
        Column("Against England", verdict(look_vs_england)),
        Column("In words, against England", words(against_england)),
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


def live_figures(named: Collection[str], briefing: Briefing) -> dict[str, LiveFigure]:
    """The figure of each indicator, in order of the year's framework; others follow by id."""
    of_year = {row.indicator.indicator_id: row for row in briefing.rows}
    indicators = sources.reference().indicators
    order = [one for one in of_year if one in named]
    order += sorted(one for one in named if one not in of_year)
    return {
        one: LiveFigure(
            one,
            indicators[one].short_title,
            published(of_year[one]) if one in of_year else None,
            briefing.year,
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


def _of_council(outcome: RuleOutcome, choice: Choices, releases: set[str]) -> LiveCheck:
    council = choice.council
    areas = {council.area_id, f"region:{council.region}", ENGLAND, ""}
    found = outcome.findings
    found = found[(found["period"] == str(choice.year)) & found["area_id"].isin(areas)]
    open_ones = int((found["explanation"] == "").sum())
    run = bool(releases & set(outcome.checked))
    result = RuleResult.FAIL if open_ones else RuleResult.PASS if run else RuleResult.NOT_RUN
    reasons = sorted({outcome.not_run[name] for name in releases if name in outcome.not_run})
    return LiveCheck(
        code=outcome.rule.code,
        message=outcome.rule.message,
        explanation=outcome.rule.explanation,
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


# --- day services, by the expenditure return ----------------------------------------------------

IN_HOUSE: Final = "day_services_65_over_in_house"
BY_OTHERS: Final = "day_services_65_over_by_others"
FIGURE_5: Final = (
    "Audit Commission, Financial management of personal budgets, October 2010, §83 and Figure 5"
)


def day_services(
    figures: pd.DataFrame,
    councils: Mapping[FinancialYear, Sequence[Council]],
    *,
    year: FinancialYear,
    council: Council,
) -> Content:
    """The section: the year in a sentence, every year in a table, and a sheet of the councils.

    Args:
        figures: the table in force.
        councils: those of each year that is held, in order.
        year: the year of the sentence and of the sheet.
        council: whose own counts stand beside.
    """
    by_year = {
        one: parts_of(figures, IN_HOUSE, BY_OTHERS, str(one), {ENGLAND, *(c.area_id for c in held)})
        for one, held in councils.items()
    }
    return Content(
        parts=(
            paragraph(
                "Where people choose for themselves, a council's own services may lose them. So "
                "a report of 2010 showed how much of day services councils provide themselves. "
                "This is that share of clients aged 65 and over, by the yearly return on spending. "
                "The report sets it beside a share of the budget, which no table here holds.",
            ),
            paragraph(_services_sentence(by_year[year], len(councils[year]), year), lead=True),
            values_table(
                caption="Day services for people of 65 and over: the share provided in-house",
                columns=(
                    "Year", "Councils with both counts", "Middle council", "England",
                    "Councils with all in-house", "Councils with none", council.name,
                ),
                lines=[_services_line(one, parted, council) for one, parted in by_year.items()],
                kind="values years",
            ),
            paragraph(
                "Shares are worked out here from counts rounded to 5 (G1.1 out of G1.1 and G1.2). "
                "A council that prints a symbol for one of the two has no share.",
            ),
        ),
        sheets=(_services_sheet(by_year[year], councils[year], year),),
        documents=(FIGURE_5,),
    )  # fmt: skip


def _shares(shares_of: Mapping[str, Parted]) -> list[Parted]:
    return [one for area, one in shares_of.items() if area != ENGLAND and one.share is not None]


def _services_sentence(shares_of: Mapping[str, Parted], councils: int, year: FinancialYear) -> str:
    shares = [one.share for one in _shares(shares_of) if one.share is not None]
    if not shares:
        return f"For {year} no council prints both counts."
    text = (
        f"In {year}, {len(shares)} of {councils} councils print both counts. The middle one "
        f"provides {_per_cent(float(median(shares)))} in-house. "
        f"{sum(one == 1 for one in shares)} provide all in-house and "
        f"{sum(one == 0 for one in shares)} nothing."
    )
    if without := councils - len(shares):
        text += f" {without} more {'prints' if without == 1 else 'print'} a symbol in a cell."
    england = shares_of.get(ENGLAND)
    if england is not None and england.share is not None:
        total = england.part + england.rest
        text += (
            f" In England it is {_per_cent(float(england.share))} "
            f"({bare(england.part, 0)} of {bare(total, 0)})."
        )
    return text


def _services_line(
    year: FinancialYear, shares_of: Mapping[str, Parted], council: Council
) -> tuple[object, ...]:
    shares = [one.share for one in _shares(shares_of) if one.share is not None]
    return (
        str(year),
        len(shares),
        _per_cent(float(median(shares))) if shares else NO_NUMBER,
        _services_cell(shares_of.get(ENGLAND)),
        sum(one == 1 for one in shares),
        sum(one == 0 for one in shares),
        _services_cell(shares_of.get(council.area_id)),
    )


def _services_cell(parted: Parted | None) -> str:
    if parted is None or parted.share is None:
        return NO_NUMBER
    counts = f"{bare(parted.part, 0)} of {bare(parted.part + parted.rest, 0)} people"
    return beneath(_per_cent(float(parted.share)), counts)


def _per_cent(share: float) -> str:
    return f"{bare(100 * share, 0)}%"


class _ServicesLine(NamedTuple):
    """A council and its clients of day services; None where it does not print both counts."""

    council: Council
    parted: Parted | None


def _services_sheet(
    shares_of: Mapping[str, Parted], councils: Sequence[Council], year: FinancialYear
) -> Sheet:
    def counted_in(of: Callable[[Parted], float]) -> Callable[[_ServicesLine], Cell]:
        return lambda line: None if line.parted is None else int(of(line.parted))

    def share(line: _ServicesLine) -> Cell:
        found = line.parted.share if line.parted else None
        return None if found is None else exact_cell(100 * float(found), 1)

    columns: tuple[Column[_ServicesLine], ...] = (
        Column("Council", lambda line: line.council.name),
        Column("Year", lambda _: str(year)),
        Column("In-house", counted_in(lambda parted: parted.part)),
        Column("By others", counted_in(lambda parted: parted.rest)),
        Column("Share in-house, %", share),
    )
    lines = (_ServicesLine(one, shares_of.get(one.area_id)) for one in councils)
    return table_sheet("Services", columns, lines)
