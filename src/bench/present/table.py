"""Accessible tables as HTML: of a council's rows, of values, and of records."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup, escape

from bench.judge.rag import RuleName
from bench.present import sentences
from bench.present.certainty_words import (
    against_england,
    against_peers,
    chance,
    middle_of_peers,
    more_answers,
    smallest_gap,
)
from bench.present.chart_parts import place
from bench.present.glossary import FLAG_TEXTS, terms, verdict_texts
from bench.present.html import Section, fill, identifier
from bench.present.numbers import (
    NEAR_CERTAIN,
    NO_NUMBER,
    UNIT_NOTES,
    interval,
    range_of_places,
    short,
)
from bench.present.robustness_words import anchor
from bench.present.sparkline import sparkline
from bench.present.theme import LOOKS, look, look_vs_england, look_vs_peers
from bench.present.trend_words import brief, sentence
from bench.present.wording import WORDING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.rag import Rules
    from bench.judge.trend import Point
    from bench.present.certainty_words import GradedComparison
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency


T = TypeVar("T")


def records_table(
    *,
    caption: str,
    columns: Sequence[str],
    lines: Iterable[Sequence[str]],
    note: str = "",
) -> Section:
    """A table whose rows become cards on a narrow screen; each row's first cell is its header."""
    return fill(
        "tables/records.html.j2",
        table_id=identifier("records", caption),
        caption=caption,
        note=note,
        columns=list(columns),
        rows=[list(line) for line in lines],
    )


def linked(text: str, address: str) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def beneath(text: str, *small: str) -> Markup:
    """A text with small lines beneath it."""
    return escape(text) + Markup("").join(
        Markup(' <span class="small">{}</span>').format(line) for line in small
    )


def stacked(texts: Sequence[str]) -> Markup:
    """Texts one beneath the other."""
    return Markup("<br>").join(texts)


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 finding, 2 findings."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """The text with a small first letter, as within a sentence."""
    return text[:1].lower() + text[1:]


@dataclass(frozen=True)
class RowContext:
    """What else is known of the rows of a council's table, by the indicator's id.

    Attributes:
        years: for the small lines, which end at the table's year; none without it.
        trends: where each indicator is going.
        sensitivity: what each verdict rests on, by indicator and `peers` or `england`; what it
            hinges on stands in the cell and leads to where the page says more.
        sources: the publication of each figure, for who copies a row as a sentence.
        pages: the page of each indicator, as seen from the council's; none without it.
    """

    years: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    trends: Mapping[str, Tendency] = field(default_factory=dict)
    sensitivity: Mapping[tuple[str, str], VerdictGrounds] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SaidOnce:
    """Sentences that stand above the table, and what its rows need not repeat.

    Attributes:
        sentences: in the order in which they stand.
        reasons: why no change is shown or judged, or no trend tested, as rows would say it.
    """

    sentences: tuple[str, ...] = ()
    reasons: frozenset[str] = frozenset()


_NOTHING_ELSE = RowContext()
_NOTHING_SAID = SaidOnce()
SHORT_REASON = 40  # characters that fit a cell; a longer reason becomes a note


def peer_table(
    rows: Sequence[PublishedRow],
    *,
    council: str,
    year: str,
    peers_title: str,
    context: RowContext = _NOTHING_ELSE,
    once: SaidOnce = _NOTHING_SAID,
    files: Markup | str = "",
) -> Section:
    """Every indicator of a year: the council, its peers, England, and both verdicts.

    Args:
        rows: one per indicator, in the order in which they are shown.
        peers_title: what the peers are, as "15 nearest neighbours (CIPFA)".
        context: what else is known of them.
        once: what holds for many rows.
        files: links to the files that hold the table.
    """
    notes: list[str] = []
    years = context.years
    reporting = _reporting(rows)
    gaps = {one.row.indicator: one.gap for one in place(rows)[0]}
    grouped = groupby(rows, key=lambda row: row.domain)
    since = _common(_start(row, years, year) for row in rows)
    domains = [
        {
            "title": title,
            "lines": [
                _line(row, notes, context, year, once.reasons)
                | {
                    "anchor": row_anchor(row.indicator),
                    "hinges": _hinges(row, context.sensitivity),
                    "narrowed": _narrowed(row, gaps.get(row.indicator)),
                    "sentence": _sentence(row, council, year, context.sources),
                    "since": _start(row, years, year),
                    "page": context.pages.get(row.indicator),
                    "peers_said": _peers(row) == reporting,
                }
                for row in group
            ],
        }
        for title, group in grouped
    ]
    return fill(
        "tables/peer.html.j2",
        table_id=identifier("peers", council, year),
        council=council,
        year=year,
        peers_title=peers_title,
        above=once.sentences,
        reporting=reporting,
        peerless=not any(row.peers_total for row in rows),
        since=since,
        ranked=_common(row.rank_of for row in rows if row.rank is not None),
        previous=_common(row.previous_period for row in rows if row.previous is not None),
        next=_common(row.next_period for row in rows if row.next is not None),
        certain=any(row.certainty_vs_peers or row.certainty_vs_england for row in rows),
        domains=domains,
        notes=notes,
        files=files,
    )


def _sentence(row: PublishedRow, council: str, year: str, sources: Mapping[str, str]) -> str:
    """A row as sentences that stand by themselves, with the source where it is known."""
    told = [f"{council}, {year}. {sentences.sentence(row, council=council)}"]
    if row.value is not None and row.change is not None:
        told.append(f"Since {row.previous_period}: {sentences.change_text(row)}.")
    source = sources.get(row.indicator)
    return " ".join([*told, *([f"Source: {row.code}, {source}"] if source else [])])


def _narrowed(row: PublishedRow, gap: float | None) -> Markup:
    """What the choices above the table go by: attributes of a row for page.js.

    Args:
        gap: from the peers' average to the figure, in units of their spread, better above 0; None
            where the figure cannot be placed so.
    """
    marks = {}
    if any(seen.word == "RED" for seen in (look_vs_peers(row), look_vs_england(row))):
        marks["verdict"] = "red"
    if row.verdict_vs_previous == "worse":
        marks["change"] = "worse"
    if row.rank is not None and row.rank_of:
        marks["place"] = f"{row.rank / row.rank_of:.4f}"
    if gap is not None:
        marks["gap"] = f"{-gap:.3f}"
    return Markup("").join(Markup(' data-{}="{}"').format(*mark) for mark in marks.items())


def _reporting(shown: Sequence[PublishedRow]) -> tuple[int, tuple[str, ...]] | None:
    """How many peers there are and who of them has no figure, where most rows have it so."""
    told = Counter(_peers(row) for row in shown if row.peers_total)
    usual = told.most_common(1)
    return usual[0][0] if usual and 2 * usual[0][1] > len(shown) else None


def _peers(row: PublishedRow) -> tuple[int, tuple[str, ...]]:
    """How many peers a row has, and who of them has no figure."""
    return row.peers_total, tuple(row.peers_missing)


def _start(row: PublishedRow, years: Mapping[str, Sequence[Point]], year: str) -> str | None:
    """The first year of a row's small line."""
    own = (point for point in years.get(row.indicator, ()) if point.council is not None)
    return next((point.period for point in own if point.period <= year), None)


def _common(values: Iterable[T | None]) -> T | None:
    """What most rows have, so that it can be said once for all."""
    counts = Counter(value for value in values if value)
    first = counts.most_common(1)
    return first[0][0] if first and 2 * first[0][1] > counts.total() else None


def series_table(years: Iterable[Point], *, measure: Measure, council: str) -> Section:
    """The years of one indicator, with the word where two years cannot be compared."""
    return values_table(
        caption=f"{measure.short_title}: {council}, its peers and England by year",
        columns=("Year", council, "Peers' average", "England", "Can it be compared?"),
        lines=[
            (
                point.period,
                _own_or_published(point, measure),
                short(point.peer_average, measure),
                short(point.england, measure),
                sentences.comparable(
                    gap_before=point.gap_before, isolated=point.isolated, why=point.gap_text
                ),
            )
            for point in years
        ],
        prose=("Can it be compared?",),
    )


def missing_peers(rows: Sequence[PublishedRow]) -> Section:
    """Which peers have no figure, why, and for which indicators."""
    codes: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for name in row.peers_missing:
            codes[name].append(row.code)
    with_peers = sum(row.peers_total > 0 for row in rows)
    if not codes:
        text = "Every peer has a figure for every indicator." if with_peers else "No peers known."
        return fill("tables/list.html.j2", items=[], otherwise=text)
    return values_table(
        caption="Peers without a figure",
        columns=("Peer", "Why", "Indicators"),
        lines=[
            (
                *sentences.missing_peer(name),
                f"all {with_peers}" if len(seen) == with_peers > 1 else ", ".join(seen),
            )
            for name, seen in sorted(codes.items())
        ],
        numeric=False,
    )


def values_table(
    *,
    caption: str,
    columns: Sequence[str],
    lines: Iterable[Sequence[object]],
    kind: str = "values",
    numeric: bool = True,
    prose: Collection[str] = (),
) -> Section:
    """A plain table: the first cell of every line is its header.

    Columns other than the first are figures if `numeric`, but for those named in `prose`.
    """
    return fill(
        "tables/values.html.j2",
        table_id=identifier("table", caption),
        caption=caption,
        columns=list(columns),
        rows=[list(line) for line in lines],
        kind=kind,
        figures=[numeric and at > 0 and name not in prose for at, name in enumerate(columns)],
    )


def key(rule: str = RuleName.AUTO) -> Section:
    """What each chip means that a verdict of the rule can have."""
    texts = dict(verdict_texts(rule))
    auto = rule == RuleName.AUTO
    apart = texts.pop("not_compared")
    unjudged = [LOOKS[name] for name in texts if LOOKS[name].tone == "neutral"]
    entries = [([LOOKS[name]], text) for name, text in texts.items() if LOOKS[name] not in unjudged]
    if auto:
        untested = look("worse", "lower_is_better", "untested")
        entries.append(([untested], WORDING.verdict_groups["untested"]))
    entries.append((unjudged, WORDING.verdict_groups["unjudged"]))
    entries.append(([LOOKS["not_compared"]], apart))
    return fill("tables/key.html.j2", entries=entries, sure=auto)


def glossary_list(rules: Rules) -> Section:
    """The page's terms, but for the verdicts, which the key explains."""
    return fill("tables/terms.html.j2", terms=terms(rules))


def paragraph(text: str, *, lead: bool = False) -> Section:
    """A sentence or two by themselves; `lead` for the one that opens the page."""
    return fill("tables/paragraph.html.j2", text=text, lead=lead)


def sentence_list(items: Sequence[str], *, none: str) -> Section:
    """Sentences as a list; `none` is what to say when there are none."""
    return fill("tables/list.html.j2", items=items, otherwise=none)


def _line(
    row: PublishedRow,
    notes: list[str],
    context: RowContext,
    year: str,
    said: Collection[str],
) -> dict[str, Any]:
    observed = row.value is not None
    no_change = row.change_reason if row.change is None and observed else None
    not_judged = row.change_not_judged if row.change and observed else None
    if not_judged in said:
        not_judged = None
    shown = [point for point in context.years.get(row.indicator, ()) if point.period <= year]
    reasons = _reasons(row)
    trend = _named(context.trends.get(row.indicator), said) if observed else None
    return {
        "row": row,
        "value": short(row.value, row) if observed else None,
        "missing": sentences.STATUS_WORDS.get(row.status, "no figure"),
        "unit": UNIT_NOTES.get(row.unit),
        "interval": interval(row.lower, row.upper, row),
        "marginless": "untested" in (row.certainty_vs_peers, row.certainty_vs_england),
        "provisional": sentences.PROVISIONAL if row.provisional else None,
        "own_figures": [
            (period, short(value, row), UNIT_NOTES.get(row.unit))
            for period, value in row.own_figures
        ],
        "beside": sentences.beside(row, year),
        "peer_average": short(row.peer_average, row),
        "england": short(row.england, row),
        "verdicts": [
            (seen, why, _lengthy(why, notes), label, _how_sure(one, row))
            for seen, one, why, label in zip(
                (look_vs_peers(row), look_vs_england(row)),
                (against_peers(row), against_england(row)),
                reasons,
                ("Against peers", "Against England"),
                strict=True,
            )
        ],
        "dragged": middle_of_peers(row),
        "rank": row.rank if row.rank is not None else "not ranked",
        "places": range_of_places(row.rank_lower, row.rank_upper)
        if row.rank_lower != row.rank_upper
        else None,
        "spark": sparkline(shown, unit=row.unit),
        "change": sentences.change_brief(row) if observed else NO_NUMBER,
        "no_change": no_change if no_change not in said else None,
        "no_change_note": no_change not in said and _lengthy(no_change, notes),
        "not_judged": not_judged,
        "not_judged_note": _lengthy(sentence(not_judged), notes) if not_judged else None,
        "trend": trend,
        "reckoned": sentences.reckoned(row) if observed else "",
        "then": short(row.next, row) if row.next_period and observed else None,
        "trend_words": brief(trend) if trend else None,
        "trend_note": sentences.note_number(sentence(trend.reason), notes)
        if trend and trend.direction == "cannot_be_tested"
        else None,
        "notes": sorted(sentences.note_number(text, notes) for text in _remarks(row)),
        "before": short(row.previous, row)
        if row.previous is not None and row.previous_period and not no_change
        else None,
    }


def _named(trend: Tendency | None, said: Collection[str]) -> Tendency | None:
    """The trend that a row names; None where there is nothing to say of this row alone."""
    if trend is None or trend.direction == "too_few_years" or trend.reason in said:
        return None
    return None if trend.direction == "no_clear_change" and not trend.odd_year else trend


def _how_sure(comparison: GradedComparison, row: PublishedRow) -> dict[str, Any]:
    """What stands beneath a verdict: how likely it is, or what the figure could show."""
    return {
        "chance": (likely := chance(comparison)),
        "beyond": likely[0] == NEAR_CERTAIN,
        "could": smallest_gap(comparison, row) if comparison.verdict == "unclear" else "",
    }


def row_anchor(indicator: str) -> str:
    """Where the table of a council's page has an indicator."""
    return identifier("row", indicator)


def _hinges(
    row: PublishedRow, tried: Mapping[tuple[str, str], VerdictGrounds]
) -> dict[str, tuple[str, str]]:
    """What a verdict hinges on, by its column's label, and where the page says more."""
    own = (tried.get((row.indicator, against)) for against in ("peers", "england"))
    return {
        one.against: (one.hinges_briefly, anchor(row.indicator))
        for one in own
        if one and one.hinges
    }


def _remarks(row: PublishedRow) -> list[str]:
    """The publisher's notes, but for the reason; what our flags mean; what answers would show."""
    printed = [text for text in row.flag_texts if text not in (row.reason or "")]
    flagged = [FLAG_TEXTS[code] for code in row.flags if code in FLAG_TEXTS]
    answers = [
        f"{row.short_title}, beside {whom}: {text}."
        for whom, one in (("the peers", against_peers(row)), ("England", against_england(row)))
        if one.verdict == "unclear" and (text := more_answers(one))
    ]
    pulled = [
        f"{row.short_title}: a few peers pull their average. The peers' figures range from {span}."
        for _, span in filter(None, [middle_of_peers(row)])
    ]
    return [*printed, *flagged, *answers, *pulled]


def _lengthy(reason: str | None, notes: list[str]) -> int | None:
    """The number of the note that a reason too long for its cell becomes."""
    return sentences.note_number(reason, notes) if reason and len(reason) > SHORT_REASON else None


def _reasons(row: PublishedRow) -> tuple[str | None, str | None]:
    """The reason beside the first verdict that needs it, so that it is read once.

    A missing figure needs none: its own cell says why it is missing.
    """
    if row.value is None:
        return None, None
    if row.verdict_vs_peers == "not_compared":
        return row.reason, None
    return None, row.reason if row.verdict_vs_england == "not_compared" else None


def _own_or_published(point: Point, measure: Measure) -> str:
    """The council's cell in a series: what is published, and its own provisional figure."""
    if point.own is None:
        if point.council is None:
            return sentences.STATUS_WORDS.get(point.status, NO_NUMBER)
        return short(point.council, measure)
    own = f"{short(point.own, measure)} ({sentences.PROVISIONAL})"
    return own if point.council is None else f"{short(point.council, measure)}; {own}"
