"""The sections of an indicator's page that are words or tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from bench.judge.peers_worth import NO_GUIDE
from bench.judge.summaries import records
from bench.pages.base import page_heading
from bench.pages.indicator import verdicts
from bench.present import certainty_words, sentences, table, trend_words
from bench.present.certainty_words import against_england, against_peers, at_once
from bench.present.glossary import FLAG_TEXTS, USE_ADDRESS, USE_STATEMENT
from bench.present.html import Section, fill, identifier, joined
from bench.present.numbers import (
    NO_NUMBER,
    UNIT_NOTES,
    bare,
    interval,
    number,
    range_of_places,
    short,
)
from bench.present.provenance import rule_sentence
from bench.present.sentences import STATUS_WORDS
from bench.present.table import capital, paragraph, values_table
from bench.present.theme import look_vs_england, look_vs_peers
from bench.present.wording import UNITS, WORDING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from bench.judge.figure import FigureInForce
    from bench.judge.peers_worth import PeersWorth
    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.rag import Rules
    from bench.judge.summaries import Association
    from bench.present.certainty_words import GradedComparison
    from bench.present.robustness_words import VerdictGrounds
    from bench.present.trend_words import Tendency
    from bench.reference import Council, FinancialYear, Indicator


_KINDS = {
    "cut": "breaks the series",
    "isolated": "a year on its own",
    "note": "note",
    "rename": "new name",
    "ended": "ended",
    "": "remark on the figures",
}


class Note(NamedTuple):
    """A break in the series, or what the publisher says of a year's figures."""

    period: str
    area: str
    kind: str
    text: str
    source: str


def heading(
    rows: Sequence[PublishedRow],
    *,
    measure: Measure,
    domain: str,
    year: str,
    refused: str,
) -> Section:
    """What the page shows and how the year came out; `refused` says why nothing is compared.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    lead = fill(
        "indicator/heading.html.j2",
        code=measure.code,
        title=measure.short_title,
        domain=domain,
        sentences=_outcome(rows, measure, year),
        refused=refused,
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
    )
    return page_heading(lead)


def facts(
    rows: Sequence[PublishedRow],
    indicator: Indicator,
    year: FinancialYear,
    *,
    england: FigureInForce,
    peers_title: str,
    worth: PeersWorth | str,
) -> Section:
    """What the register says of the indicator, each with its source, and what its peers are worth.

    Args:
        rows: every council's.
        indicator: what is counted.
        year: the year of the rows.
        england: England's figure of that year.
        peers_title: how every council's peers are chosen; "" where it is by no model.
        worth: what the peers' average explains of that year, or why it is not known.
    """
    method, review = str(indicator.interval), indicator.review
    first, last = indicator.years[0], indicator.years[-1]
    seen = [row for row in rows if row.value is not None]
    with_margin = sum(row.lower is not None for row in seen)
    words = WORDING.intervals[method]
    sure = f"{words.method} {with_margin} of {len(seen)} figures have one this year."
    better = (
        f"{WORDING.polarities[str(indicator.polarity)].sentence} {indicator.polarity_note}".strip()
    )
    codes = [
        f"{span.value} ({max(span.first or first, first)} to {min(span.last or last, last)})"
        for span in indicator.codes
    ]
    return fill(
        "indicator/facts.html.j2",
        entries=[
            ("What it counts", indicator.counts),
            (f"Behind England's figure, {year}", _behind(england, method)),
            ("What it cannot say", words.silent_on),
            ("The publisher's title", indicator.title),
            ("Which way is better", f"{better} Source: {indicator.polarity_source}."),
            ("Unit", UNITS[str(indicator.unit)].sentence),
            ("Margin of error", sure if seen else words.method),
            *([("What peers are worth", _worth(rows, peers_title, worth))] if peers_title else []),
            ("Collected by", indicator.collection(year) or "not recorded"),
            ("Codes", "; ".join(codes)),
            ("Last checked by us", f"{review.reviewed}; next on {review.next_review}"),
        ],
    )


def council_table(
    rows: Sequence[tuple[Council, PublishedRow]],
    *,
    measure: Measure,
    year: str,
    linked: Collection[str],
    council: str | None = None,
    trends: Mapping[str, Tendency] | None = None,
    sensitivity: Mapping[tuple[str, str], VerdictGrounds] | None = None,
) -> Section:
    """Every council, in the order of the rows: place, figure, interval, verdicts, trend, region.

    A remark that every figure shares is left to `notes`.

    Args:
        rows: every council with its row.
        measure: what is counted.
        linked: `area_id`s of the councils whose page stands beside this one.
        council: the `area_id` of the council to point out.
        trends: where each council's figure is going, by `area_id`; no column without it.
        sensitivity: what each verdict rests on, by `area_id` and `peers` or `england`.
    """
    going = trends or {}
    hinging = {key: one for key, one in (sensitivity or {}).items() if one.hinges}
    seen = [set(_remarks(row)) for _, row in rows if row.value is not None]
    shared = set.intersection(*seen) if len(seen) > 1 else set()
    numbered: list[str] = []
    lines = []
    for one, row in rows:
        area_id = one.area_id
        lines.append(
            {
                "name": one.name,
                "href": f"{area_id}.html" if area_id in linked else None,
                "chosen": area_id == council,
                "region": one.region_name,
                "trend": trend_words.short_of(going[area_id])
                if row.value is not None and going
                else NO_NUMBER,
                **_figures(row),
                "tried": [
                    (whom, hinging[area_id, against])
                    for against, whom in (("england", "England"), ("peers", "peers"))
                    if (area_id, against) in hinging
                ],
                "notes": [
                    sentences.note_number(text, numbered)
                    for text in _remarks(row)
                    if text not in shared
                ],
            }
        )
    return fill(
        "indicator/councils.html.j2",
        table_id=identifier("councils", measure.indicator, year),
        pages=bool(linked),
        caption=f"{measure.short_title}: every council in order, {year}",
        order=_order(measure)
        if any(row.comparable for _, row in rows)
        else "In order of the figure. None is compared, so a place says little.",
        heading=_figure_heading(measure),
        lines=lines,
        certain=any(row.certainty_vs_england or row.certainty_vs_peers for _, row in rows),
        trends=bool(going),
        tried=bool(hinging),
        notes=numbered,
    )


def _worth(rows: Sequence[PublishedRow], peers_title: str, worth: PeersWorth | str) -> str:
    """How much of the differences among councils the average of their peers explains."""
    if isinstance(worth, str):
        return f"Not known: {worth}."
    share, low, high = (
        f"{bare(100 * part, 0)}%" for part in (worth.share, worth.lower, worth.upper)
    )
    text = (
        f"{capital(peers_title)}: the peers' average explains {share} of the squared gaps among "
        f"councils, with a range of {low} to {high}. At 0% it would tell no more than the average "
        "of all other councils."
    )
    if any(NO_GUIDE in row.flags for row in rows):
        return f"{text} {FLAG_TEXTS[NO_GUIDE]}"
    return text


def going(trends: list[Tendency]) -> Section:
    """How many councils are getting better, worse or neither over the years."""
    return table.paragraph(trend_words.counted(trends))


def notes(remarks: Sequence[Note], *, year: str) -> Section:
    """Breaks of every year and remarks on this year's figures, each with its source."""
    return fill(
        "indicator/notes.html.j2",
        entries=[
            {
                "head": ": ".join(part for part in (n.period, n.area, _KINDS[n.kind]) if part),
                "text": n.text,
                "source": n.source,
            }
            for n in remarks
        ],
        year=year,
    )


def method(rules: Rules) -> Section:
    """What the symbols and words mean, and how a verdict is reached."""
    return fill(
        "indicator/method.html.j2",
        key=table.key(rules.rule),
        rule=f"{rule_sentence(rules)} {at_once(rules.multiplicity.value)}".strip(),
        terms=table.glossary_list(rules),
    )


def _outcome(rows: Sequence[PublishedRow], measure: Measure, year: str) -> list[str]:
    """The year in a few sentences."""
    seen = [row for row in rows if row.value is not None]
    ranked = [row.value for row in seen if row.rank is not None and row.value is not None]
    england = rows[0].england if rows else None
    parts = [
        f"England's figure for {year} is {number(england, measure)}."
        if england is not None
        else f"No England figure is published for {year}."
    ]
    if not ranked:
        return [*parts, "No council that can be compared has a figure."]
    left_out = len(seen) - len(ranked)
    alone = f". The {len(ranked)} that are not too small to compare range" if left_out else ","
    parts.append(
        f"{len(seen)} councils have a figure{alone} from {short(min(ranked), measure)} "
        f"to {short(max(ranked), measure)}."
    )
    return [*parts, *verdicts.came_out(rows)]


def _behind(england: FigureInForce, method: str) -> str:
    """The counts of England's figure: who is counted, out of how many."""
    if method == "margin" and england.respondents:
        return f"The answers of {bare(england.respondents, 0)} people."
    if method in ("wilson", "byar") and england.numerator and england.denominator:
        return f"{bare(england.numerator, 0)} counted, out of {bare(england.denominator, 0)}."
    return "No counts are held." if england.value is not None else "No England figure is held."


def _figure_heading(measure: Measure) -> str:
    note = UNIT_NOTES.get(measure.unit)
    return f"Figure ({note})" if note else "Figure"


def _order(measure: Measure) -> str:
    if measure.polarity == "lower_is_better":
        return "Best first: the lowest figure."
    if measure.judged:
        return "Best first: the highest figure."
    return "The highest figure first; neither high nor low is better."


def _figures(row: PublishedRow) -> dict[str, Any]:
    return {
        "place": str(row.rank) if row.rank is not None else NO_NUMBER,
        # Where both ends agree, the place itself says it.
        "places": range_of_places(row.rank_lower, row.rank_upper)
        if row.rank_lower != row.rank_upper
        else None,
        "value": short(row.value, row) if row.value is not None else None,
        "missing": sentences.STATUS_WORDS.get(row.status, "no figure"),
        "interval": interval(row.lower, row.upper, row),
        "verdicts": [
            (label, seen, certainty_words.chance(one), _could(one, row))
            for label, seen, one in (
                ("Against England", look_vs_england(row), against_england(row)),
                ("Against peers", look_vs_peers(row), against_peers(row)),
            )
        ],
    }


def _could(comparison: GradedComparison, row: PublishedRow) -> list[str]:
    """What an unclear figure could show; nothing for another."""
    return certainty_words.lines(comparison, row) if comparison.verdict == "unclear" else []


def _remarks(row: PublishedRow) -> list[str]:
    """The publisher's notes, what our own flags mean, and why there is no verdict."""
    own = [code for code in row.flags if code != NO_GUIDE]  # of the measure: see `facts`
    explained = [FLAG_TEXTS[code] for code in own if code in FLAG_TEXTS]
    reason = [row.reason] if row.reason and row.value is not None else []
    return list(dict.fromkeys([*row.flag_texts, *explained, *reason]))


KEY: Final = (
    "In each picture the thin line is the range of the councils, the thick one their middle half, "
    "and the upright their median. The ring is the published figure. All pictures share one scale. "
    "For the middle half and the median each council counts once, so the published figure may lie "
    "elsewhere."
)
WIDTH: Final = 160
HEIGHT: Final = 24
EDGE: Final = 6


def area_table(
    areas: pd.DataFrame,
    *,
    measure: Measure,
    year: str,
    files: Markup | str = "",
) -> Section:
    """The published figure of each area, and the range, middle half and median of its councils.

    Args:
        areas: see `bench.judge.summaries.within_regions`.
        measure: what is counted.
        files: links to the files that hold the table.
    """
    found = records(areas)
    ends = [
        float(one[name])
        for one in found
        for name in ("low", "high", "value")
        if one[name] is not None
    ]
    note = UNIT_NOTES.get(measure.unit)
    table = values_table(
        caption=f"{measure.short_title}: England and its regions, {year}",
        columns=(
            "Area",
            f"Published figure ({note})" if note else "Published figure",
            "Picture",
            "Councils' range",
            "Their middle half",
            "Their median",
            "How many",
        ),
        lines=[
            (
                one["area"],
                short(one["value"], measure)
                if one["value"] is not None
                else STATUS_WORDS.get(one["status"], NO_NUMBER),
                _picture(one, min(ends), max(ends)) if ends else "",
                _span(one, "low", "high", measure),
                _span(one, "lower_quartile", "upper_quartile", measure),
                short(one["median"], measure),
                one["councils"],
            )
            for one in found
        ],
        prose=("Picture",),
    )
    return joined(table, files, paragraph(KEY))


def _span(area: dict[str, Any], first: str, last: str, measure: Measure) -> str:
    if not area["councils"]:
        return NO_NUMBER
    return f"{short(area[first], measure)} to {short(area[last], measure)}"


def _picture(area: dict[str, Any], low: float, high: float) -> Markup:
    """Range, middle half, median and published figure, for the eye only; the cells have words."""
    middle = HEIGHT / 2

    def across(figure: float) -> str:
        share = (figure - low) / (high - low) if high > low else 0.5
        return f"{EDGE + (WIDTH - 2 * EDGE) * share:.1f}"

    parts = []
    if area["councils"]:
        at = {name: across(area[name]) for name in (
            "low", "lower_quartile", "median", "upper_quartile", "high")}  # fmt: skip
        parts = [
            f'<path d="M{at["low"]} {middle:g}H{at["high"]}" stroke-width="1.25"/>',
            f'<path class="half" d="M{at["lower_quartile"]} {middle:g}H{at["upper_quartile"]}" '
            'stroke-width="9"/>',
            f'<path d="M{at["median"]} {middle - 7:g}V{middle + 7:g}" stroke-width="2"/>',
        ]
    if area["value"] is not None:
        parts.append(
            f'<circle class="published" cx="{across(area["value"])}" cy="{middle:g}" r="4" '
            'stroke-width="2"/>'
        )
    # Every number here is this function's own; no text of the data is in it.
    return Markup(  # noqa: S704
        f'<svg class="spark lie" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="currentColor" aria-hidden="true" '
        'focusable="false">' + "".join(parts) + "</svg>"
    )


NO_CAUSE: Final = (
    "That two figures go together does not say why: neither need be the cause of the other."
)


def together(association: Association | str) -> str:
    """How far two figures go together, or why that is not worked out."""
    if isinstance(association, str):
        return f"No rank correlation: {association}."
    tells = (
        f"Over {association.count} councils the rank correlation is {bare(association.rho, 2)} "
        f"(95% range {bare(association.lower, 2)} to {bare(association.upper, 2)})."
    )
    if not association.clear:
        return f"{tells} The range holds 0, so the two may not go together at all."
    other = "a high one" if association.rho > 0 else "a low one"
    return f"{tells} Councils with a high figure in one more often have {other} in the other."
