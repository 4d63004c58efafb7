"""The sections of a brief: short enough for one side of A4."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from bench.pages.base import page_heading
from bench.pages.brief.claims import questioned
from bench.present import sentences
from bench.present.html import Section, fill, identifier
from bench.present.numbers import UNIT_NOTES, short
from bench.present.table import capital
from bench.present.theme import look, look_vs_england, look_vs_peers, look_vs_previous

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.judge.published_row import PublishedRow
    from bench.pages.brief.claims import Claim
    from bench.present.provenance import Source

_STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ROOMY = 24  # so many rows leave room on the sheet for wider lines


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a brief says.

    Attributes:
        council: its name.
        year: the financial year, 2014-15.
        kind: what kind of council it is.
        peers_title: what the peers are.
        peers_total: how many they are.
        provisional: whether the figures are the council's own, and nothing is published.
        rows: one per indicator.
        claims: what is sure and stands every trial, the largest gap first.
        hinging: the sure verdicts that an alternative changes, by indicator and benchmark.
        against: by which verdicts it counts: those against `peers`, or `england`.
        questions: two or three for each indicator's id.
        publications: where the figures are from, earliest first.
        most_claims: at most so many concerns, and so many strengths.
        most_questions: at most so many questions.
        titled: the verdicts of which what is less sure is named by title; else by code.
    """

    council: str
    year: str
    kind: str
    peers_title: str
    peers_total: int
    provisional: bool
    rows: tuple[PublishedRow, ...]
    claims: tuple[Claim, ...]
    hinging: frozenset[tuple[str, str]]
    against: str
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
    title = f"{contents.council}: adult social care in brief, {contents.year}"
    parts = (
        heading(contents),
        counts(contents),
        standing_out(contents),
        questions(contents),
        source(contents, ""),
    )
    return sum(len(_TAG.sub(" ", _STYLE.sub("", str(part))).split()) for part in (title, *parts))


def heading(contents: Contents) -> Section:
    """Whom the brief compares, what it is, and what it is not."""
    return page_heading(fill("brief/heading.html.j2", contents=contents))


def counts(contents: Contents) -> Section:
    """How many indicators are RED and GREEN, with the names of those that are surely so."""
    return fill(
        "brief/counts.html.j2",
        contents=contents,
        lines=[_coloured(contents, verdict) for verdict in ("worse", "better")],
        beside_england=_listed(contents, "worse", _red_beside_england(contents)),
        rest=_rest(contents),
        judged=_judged(contents),
        why_not=_why_not(contents),
    )


def _why_not(contents: Contents) -> str:
    """The reason that most rows give why they are not compared."""
    reasons = Counter(row.reason for row in contents.rows if row.reason)
    reason = max(reasons, key=lambda text: (reasons[text], text), default="")
    return capital(reason.removeprefix("Peers and England: "))


def _judged(contents: Contents) -> bool:
    return any(contents.verdict(row) != "not_compared" for row in contents.rows)


def _coloured(contents: Contents, verdict: str) -> dict[str, Any]:
    """The indicators of one colour: those that are surely so, and the others."""
    claimed = [claim.row for claim in contents.claimed(verdict)]
    others = [
        row
        for row in contents.rows
        if contents.verdict(row) == verdict
        and row.indicator not in {claim.indicator for claim in claimed}
    ]
    return {
        "look": look(verdict, "higher_is_better"),
        "names": [row.short_title for row in claimed],
        "others": len(others),
        "named": _listed(contents, verdict, others),
    }


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
    return ", ".join(part for part in parts if part)


def table(contents: Contents) -> Section:
    """Every indicator in one line: its figure, its peers, England, both verdicts, its change."""
    years = Counter(row.previous_period for row in contents.rows if _tested(row))
    usual = min(years, key=lambda year: (-years[year], str(year)), default=None)
    return fill(
        "brief/table.html.j2",
        contents=contents,
        table_id=identifier("brief", contents.council, contents.year),
        since=usual,
        otherwise=" or ".join(sorted(str(year) for year in years if year != usual)),
        roomy=len(contents.rows) <= _ROOMY,
        lines=[_line(contents, row, usual) for row in contents.rows],
    )


def _tested(row: PublishedRow) -> bool:
    return row.change is not None and row.verdict_vs_previous != "not_compared"


def _line(contents: Contents, row: PublishedRow, usual: str | None) -> dict[str, Any]:
    """One row of the table; `usual` is the year that most changes are since."""
    return {
        "row": row,
        "value": None if row.value is None else short(row.value, row),
        "missing": sentences.STATUS_WORDS.get(row.status, "no figure"),
        "unit": UNIT_NOTES.get(row.unit),
        "questioned": questioned(row),
        "peer_average": short(row.peer_average, row),
        "england": short(row.england, row),
        "verdicts": [
            (seen, (row.indicator, against) in contents.hinging)
            for seen, against in (
                (look_vs_peers(row), "peers"),
                (look_vs_england(row), "england"),
            )
        ],
        "change": _change(row, usual) if _tested(row) else None,
    }


def _change(row: PublishedRow, usual: str | None) -> dict[str, str | bool]:
    """Which way a figure moved, and what that comes to."""
    still = row.verdict_vs_previous in ("similar", "unclear") or not row.change
    seen = look_vs_previous(row)
    return {
        "arrow": ("?" if seen.key == "unclear" else "→")
        if still
        else ("↑" if (row.change or 0) > 0 else "↓"),
        "way": "" if still else f"{'up' if (row.change or 0) > 0 else 'down'}:",
        "meaning": seen.meaning,
        "otherwise": row.previous_period != usual,
    }


def standing_out(contents: Contents) -> Section:
    """At most three concerns and three strengths, in people where counts are published."""
    most = contents.most_claims
    return fill(
        "brief/standing_out.html.j2",
        concerns=contents.claimed("worse")[:most],
        strengths=contents.claimed("better")[:most],
        judged=_judged(contents),
        benchmark=contents.benchmark,
    )


def questions(contents: Contents) -> Section:
    """At most four questions that a member could ask."""
    asked = list(_questions(contents))[: contents.most_questions]
    return fill("brief/questions.html.j2", asked=asked)


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
    named = dict.fromkeys((one.publisher, _month(one.published)) for one in contents.publications)
    return fill(
        "brief/source.html.j2",
        contents=contents,
        publications=[f"{publisher}, {month}" for publisher, month in named],
        licences=list(dict.fromkeys(one.licence for one in contents.publications)),
        full_page=full_page,
    )


def _month(published: str) -> str:
    """`December 2025`, of 2025-12-18 or 2025-12; a year alone as it is."""
    year, _, rest = published.partition("-")
    month = rest[:2]
    return f"{calendar.month_name[int(month)]} {year}" if month.isdigit() else year
