"""The sections of a brief: short enough for one side of A4."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from bench.pages.base import page_heading
from bench.pages.brief.claims import questioned
from bench.present import sentences
from bench.present.html import Section, fill, identifier
from bench.present.numbers import UNIT_NOTES, in_ten, short
from bench.present.table import capital
from bench.present.theme import look, look_vs_england, look_vs_peers, look_vs_previous

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.pages.brief.claims import Claim
    from bench.present.provenance import Source
    from bench.present.theme import Look

_STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ROOMY = 24  # so many rows leave room on the sheet for wider lines


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a brief says.

    Attributes:
        council: its name.
        year: the financial year, 2014-15.
        peers_title: what the peers are.
        peers_total: how many they are.
        provisional: whether the figures are the council's own, and nothing is published.
        rows: one per indicator.
        claims: what is sure and stands every trial, the largest gap first.
        hinging: the sure verdicts that an alternative changes, by indicator and benchmark.
        against: by which verdicts it counts: those against `peers`, or `england`.
        threshold: from which probability on a verdict is sure.
        questions: two or three for each indicator's id.
        publications: where the figures are from, earliest first.
        most_claims: at most so many concerns, and so many strengths.
        most_questions: at most so many questions.
        titled: the verdicts of which what is less sure is named by title; else by code.
    """

    council: str
    year: str
    peers_title: str
    peers_total: int
    provisional: bool
    rows: tuple[PublishedRow, ...]
    claims: tuple[Claim, ...]
    hinging: frozenset[tuple[str, str]]
    against: str
    threshold: float
    questions: Mapping[str, Sequence[str]]
    publications: tuple[Source, ...]
    most_claims: int = 3
    most_questions: int = 4
    titled: tuple[str, ...] = ("worse", "better")

    def claimed(self, verdict: str) -> list[Claim]:
        """The claims of one verdict, all of them."""
        return [claim for claim in self.claims if claim.verdict == verdict]

    def verdict(self, row: PublishedRow) -> str:
        """A row's verdict against what the brief counts by."""
        return row.verdict_vs_peers if self.against == "peers" else row.verdict_vs_england

    @property
    def benchmark(self) -> str:
        """What the brief counts by, in words."""
        return "its peers" if self.against == "peers" else "England"


def words(contents: Contents) -> int:
    """How many words stand beside the table, the page's title among them.

    Where a full page is led to there are fewer than here, where the command for it stands.
    """
    parts = (
        heading(contents),
        counts(contents),
        standing_out(contents),
        questions(contents),
        source(contents, ""),
    )
    texts = (title(contents), *parts)
    return sum(len(_TAG.sub(" ", _STYLE.sub("", str(part))).split()) for part in texts)


def title(contents: Contents) -> str:
    """The title of the page."""
    return f"{contents.council}: adult social care in brief, {contents.year}"


def heading(contents: Contents) -> Section:
    """Whom the brief compares, what it is, and what it is not."""
    return page_heading(
        fill(
            "brief/heading.html.j2",
            contents=contents,
            opening=opening(contents),
            unpublished=unpublished(contents),
        )
    )


def opening(contents: Contents) -> str:
    """What follows the council's name: the year, whom it is beside, and what the brief is for."""
    own = " (provisional, its own figures)" if contents.provisional else ""
    beside = (
        f"{contents.peers_total} peers ({contents.peers_title}) and England."
        if contents.peers_total
        else "England; it has no list of peers."
    )
    use = "Use it to ask questions, not to judge the council."
    return f", {contents.year}{own}, beside {beside} {use}"


def unpublished(contents: Contents) -> str:
    """That no figure was published, where none was; else nothing."""
    if any(row.value is not None for row in contents.rows):
        return ""
    return f"No figure was published for {contents.council} this year."


@dataclass(frozen=True, slots=True)
class ColourCount:
    """How many indicators are of one colour.

    Attributes:
        look: of the colour.
        lead: than what they are better or worse.
        names: how many are so for sure, and which; "" where none is.
        rest: what is less sure; "none." where nothing is of the colour; else "".
    """

    look: Look
    lead: str
    names: str
    rest: str


def counts(contents: Contents) -> Section:
    """How many indicators are RED and GREEN, with the names of those that are surely so."""
    return fill(
        "brief/counts.html.j2",
        counts=colour_counts(contents),
        others=other_counts(contents),
        why_not=why_not(contents),
    )


def colour_counts(contents: Contents) -> tuple[ColourCount, ...]:
    """How many are RED, and how many GREEN; nothing where no indicator is compared."""
    if not judged(contents):
        return ()
    return tuple(_coloured(contents, verdict) for verdict in ("worse", "better"))


def other_counts(contents: Contents) -> list[str]:
    """A sentence on what is RED against England alone, and one on the rest."""
    alone = _listed(contents, "worse", _red_beside_england(contents))
    rest = _rest(contents) if judged(contents) else ""
    return [
        *([f"RED or probably so beside England alone: {alone}."] if alone else []),
        *([rest] if rest else []),
    ]


def why_not(contents: Contents) -> str:
    """That nothing is compared, with the reason that most rows give; "" where something is."""
    if judged(contents):
        return ""
    reasons = Counter(row.reason for row in contents.rows if row.reason)
    reason = max(reasons, key=lambda text: (reasons[text], text), default="")
    because = capital(reason.removeprefix("Peers and England: "))
    return f"No indicator is RED or GREEN: none is compared. {because}".strip()


def judged(contents: Contents) -> bool:
    """Whether any indicator is compared with what the brief counts by."""
    return any(contents.verdict(row) != "not_compared" for row in contents.rows)


def _coloured(contents: Contents, verdict: str) -> ColourCount:
    """The indicators of one colour: those that are surely so, and the others."""
    claimed = [claim.row for claim in contents.claimed(verdict)]
    sure = {row.indicator for row in claimed}
    others = [
        row
        for row in contents.rows
        if contents.verdict(row) == verdict and row.indicator not in sure
    ]
    seen = look(verdict, "higher_is_better")
    names = "; ".join(row.short_title for row in claimed)
    named = f"{len(others)}{' more,' if claimed else ''} less sure: "
    rest = f"{named}{_listed(contents, verdict, others)}." if others else ""
    return ColourCount(
        look=seen,
        lead=f"{seen.meaning} than {contents.benchmark}:",
        names=f"{len(claimed)} for sure: {names}." if claimed else "",
        rest=rest if claimed else f"none for sure; {rest}" if rest else "none.",
    )


def _listed(contents: Contents, verdict: str, rows: Sequence[PublishedRow]) -> str:
    """Indicators that are less surely of a verdict, by their titles, or shorter by their codes."""
    if verdict in contents.titled:
        return "; ".join(row.short_title for row in rows)
    return ", ".join(row.code for row in rows)


def _red_beside_england(contents: Contents) -> list[PublishedRow]:
    """What is RED against England, or probably so, but not against the peers."""
    return [
        row
        for row in contents.rows
        if contents.against == "peers"
        and row.verdict_vs_england == "worse"
        and row.verdict_vs_peers != "worse"
    ]


def _rest(contents: Contents) -> str:
    """How many indicators are neither RED nor GREEN, by what they are."""
    keys = Counter(
        look(contents.verdict(row), row.polarity).key
        for row in contents.rows
        if contents.verdict(row) not in ("worse", "better")
    )
    unjudged = sum(keys[key] for key in ("higher", "lower", "similar_unjudged"))
    parts = [
        f"{keys['similar']} AMBER (similar)" if keys["similar"] else "",
        f"{keys['unclear']} unclear" if keys["unclear"] else "",
        f"{unjudged} where neither way is better" if unjudged else "",
        f"{keys['not_compared']} not compared" if keys["not_compared"] else "",
    ]
    count, total = keys.total(), len(contents.rows)
    which = f"All {total}" if count == total else f"The other {count} of {total}"
    named = ", ".join(part for part in parts if part)
    return f"{which} indicators: {named}." if named else ""


@dataclass(frozen=True, slots=True)
class TableLine:
    """One row of the table, in words and numbers as they are printed.

    Attributes:
        row: what it shows.
        value: the figure; None where there is none.
        missing: why there is none.
        unit: what stands after the title, if anything does.
        questioned: whether a rule of `bench check` questions the figure.
        verdicts: against peers and England, each with whether an alternative changes it.
        change: since an earlier year, where that is tested.
    """

    row: PublishedRow
    value: str | None
    missing: str
    unit: str | None
    questioned: bool
    verdicts: tuple[tuple[Look, bool], ...]
    change: TableChange | None

    @property
    def benchmarks(self) -> tuple[str, str]:
        """The figures of the peers and of England."""
        return short(self.row.peer_average, self.row), short(self.row.england, self.row)


@dataclass(frozen=True, slots=True)
class TableChange:
    """Which way a figure moved, and what that comes to.

    Attributes:
        arrow: the way.
        way: the same in a word, where it is no part of the meaning.
        meaning: better, worse, similar and the like.
        otherwise: whether it is since another year than most are.
    """

    arrow: str
    way: str
    meaning: str
    otherwise: bool


@dataclass(frozen=True, slots=True)
class TableData:
    """The table of a brief.

    Attributes:
        lines: one per indicator.
        since: the year that most changes are since; None where no change is tested.
        otherwise: the other years, where there are any; else "".
    """

    lines: tuple[TableLine, ...]
    since: str | None
    otherwise: str


def table_data(contents: Contents) -> TableData:
    """Every indicator in one line: its figure, its peers, England, both verdicts, its change."""
    years = Counter(row.previous_period for row in contents.rows if _tested(row))
    usual = min(years, key=lambda year: (-years[year], str(year)), default=None)
    others = sorted(str(year) for year in years if year != usual)
    lines = tuple(_line(contents, row, usual) for row in contents.rows)
    return TableData(lines, usual, " or ".join(others))


def table(contents: Contents) -> Section:
    """Every indicator in one line, as a table."""
    return fill(
        "brief/table.html.j2",
        contents=contents,
        table_id=identifier("brief", contents.council, contents.year),
        table=table_data(contents),
        roomy=len(contents.rows) <= _ROOMY,
    )


def _tested(row: PublishedRow) -> bool:
    return row.change is not None and row.verdict_vs_previous != "not_compared"


def _line(contents: Contents, row: PublishedRow, usual: str | None) -> TableLine:
    """One row of the table; `usual` is the year that most changes are since."""
    looks = ((look_vs_peers(row), "peers"), (look_vs_england(row), "england"))
    return TableLine(
        row=row,
        value=None if row.value is None else short(row.value, row),
        missing=sentences.STATUS_WORDS.get(row.status, "no figure"),
        unit=UNIT_NOTES.get(row.unit),
        questioned=questioned(row),
        verdicts=tuple(
            (seen, (row.indicator, against) in contents.hinging) for seen, against in looks
        ),
        change=_change(row, usual) if _tested(row) else None,
    )


def _change(row: PublishedRow, usual: str | None) -> TableChange:
    """Which way a figure moved, and what that comes to."""
    still = row.verdict_vs_previous in ("similar", "unclear") or not row.change
    seen = look_vs_previous(row)
    up = (row.change or 0) > 0
    return TableChange(
        arrow=("?" if seen.key == "unclear" else "→") if still else "↑" if up else "↓",
        way="" if still else f"{'up' if up else 'down'}:",
        meaning=seen.meaning,
        otherwise=row.previous_period != usual,
    )


def standing_out(contents: Contents) -> Section:
    """At most three concerns and three strengths, in people where counts are published."""
    return fill("brief/standing_out.html.j2", lists=standing(contents))


def standing(contents: Contents) -> tuple[tuple[str, list[Claim], str], ...]:
    """Concerns and strengths: title, claims, and what is said where there are none.

    Nothing where no indicator is compared.
    """
    if not judged(contents):
        return ()
    return tuple(
        (
            title,
            contents.claimed(verdict)[: contents.most_claims],
            _nothing(contents, verdict),
        )
        for title, verdict in (("Concerns", "worse"), ("Strengths", "better"))
    )


def _nothing(contents: Contents, verdict: str) -> str:
    """What is said where nothing is surely of a verdict, lest it reads as if nothing were so."""
    nothing = f"Nothing is {verdict} than {contents.benchmark} for sure."
    less_sure = any(contents.verdict(row) == verdict for row in contents.rows)
    return f"{nothing} What is less sure is named above." if less_sure else nothing


def questions(contents: Contents) -> Section:
    """At most four questions that a member could ask."""
    return fill("brief/questions.html.j2", asked=asked(contents))


def asked(contents: Contents) -> list[tuple[str, str]]:
    """At most four questions, each with the code of its indicator."""
    return list(_questions(contents))[: contents.most_questions]


def _questions(contents: Contents) -> Iterator[tuple[str, str]]:
    """Each question with the code of its indicator, in order: one for each concern, then more.

    Where nothing is surely RED, of what else is RED, or RED beside England, or has become worse.
    """
    rows = [claim.row for claim in contents.claimed("worse")[: max(contents.most_claims, 1)]]
    red = (row for row in contents.rows if contents.verdict(row) == "worse")
    worse = (row for row in contents.rows if _tested(row) and row.verdict_vs_previous == "worse")
    rows = rows or list(red) or _red_beside_england(contents) or list(worse)
    seen = set()
    for turn in zip_longest(*(contents.questions[row.indicator] for row in rows)):
        for row, question in zip(rows, turn, strict=True):
            if question and question not in seen:
                seen.add(question)
                yield question, row.code


def source(contents: Contents, full_page: str) -> Section:
    """Where the figures are from, and where the full page is.

    Args:
        full_page: its address as seen from here; "" for none.
    """
    return fill(
        "brief/source.html.j2",
        contents=contents,
        notes=" ".join(notes(contents)),
        sources=source_text(contents),
        command=full_page_command(contents),
        full_page=full_page,
    )


def notes(contents: Contents) -> list[str]:
    """What each mark means that is on the sheet; nothing on a mark that is not."""
    data = table_data(contents)
    looks = [seen for line in data.lines for seen, _ in line.verdicts]
    tried = (
        "not changed by any other peers, average or rounding tried"
        if contents.against == "peers"
        else "not changed by the rounding"
    )
    sure = f"For sure: at least {in_ten(contents.threshold)}, and {tried}."
    texts = {
        sure: judged(contents),
        "Outlined: probable.": any(seen.weight == "outlined" for seen in looks),
        "† Other peers, another average or the rounding would change it.": any(
            hinges for line in data.lines for _, hinges in line.verdicts
        ),
        "* No margin of error, so size alone decides.": any(seen.note for seen in looks),
        "‡ A check questions the figure.": any(line.questioned for line in data.lines),
        "No change is tested.": data.since is None,
    }
    return [text for text, shown in texts.items() if shown]


def source_text(contents: Contents) -> str:
    """Who published the figures and when, under which licence; "" where nobody did."""
    named = dict.fromkeys((one.publisher, _month(one.published)) for one in contents.publications)
    if not named:
        return ""
    published = "; ".join(f"{publisher}, {month}" for publisher, month in named)
    licences = "; ".join(dict.fromkeys(one.licence for one in contents.publications))
    return f"Source: Adult Social Care Outcomes Framework; {published}. {licences}."


def full_page_command(contents: Contents) -> str:
    """The command that makes the council's full page."""
    return f'bench report "{contents.council}" --year {contents.year}'


def _month(published: str) -> str:
    """`December 2025`, of 2025-12-18 or 2025-12; a year alone as it is."""
    year, _, rest = published.partition("-")
    month = rest[:2]
    return f"{calendar.month_name[int(month)]} {year}" if month.isdigit() else year
