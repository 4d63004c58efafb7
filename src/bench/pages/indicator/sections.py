"""The sections of an indicator's page that are words or tables.

England and its regions as published, each beside how its councils lie: no map is needed.
What two indicators have to do with each other over councils, in words.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markupsafe import Markup

from bench.present import sentences, table, theme, trend_words
from bench.present.chance_words import at_once
from bench.present.glossary import FLAG_TEXTS, USE_ADDRESS, USE_STATEMENT
from bench.present.html import Fragment, fill, identifier
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
from bench.present.rows import comparable, records, rows
from bench.present.sentences import STATUS_WORDS
from bench.present.table import paragraph, values_table
from bench.present.theme import LOOKS, check_palette, look

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from bench.judge.figure import Printed
    from bench.judge.rag import Rules
    from bench.judge.summaries import Association
    from bench.present.robustness_words import Told
    from bench.present.rows import Measure, Row


_UNITS = {
    "per_cent": "Per cent.",
    "per_100k": "A rate: so many for every 100,000 people.",
    "score": "A score, made from several answers.",
    "count": "A number of people.",
}
_POLARITIES = {
    "higher_is_better": "A high figure is good.",
    "lower_is_better": "A low figure is good.",
    "none": "Neither high nor low is better.",
}
_METHODS = {
    "margin": "The publisher's own, since a survey asks some people and not all. Where none was "
    "printed, it may be our estimate from the number of people who answered.",
    "wilson": "Ours, by Wilson's method, from the people counted and all who could have been.",
    "byar": "Ours, by Byar's method, from the number of people counted.",
    "none": "None: no counts are published from which to work it out.",
}
_SILENT = {
    "margin": "Why people answered as they did, or what those think who did not answer. Health, "
    "age and hopes also shape an answer.",
    "wilson": "How good the support was, or whether people wanted it. Councils also record in "
    "different ways, and a new way of recording moves the figure too.",
    "byar": "Whether each case was right. The rate does not allow for the needs or the wealth of "
    "the people who live there.",
    "none": "How far chance alone could move it, as no counts are published. Nor does it say why "
    "it is high or low.",
}
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
    frame: pd.DataFrame,
    *,
    measure: Measure,
    domain: str,
    year: str,
    refused: str,
    palette: str = "rag",
) -> Fragment:
    """What the page shows and how the year came out; `refused` says why nothing is compared.

    In JupyterLab, where a page's style sheet is absent, this brings it along.
    """
    lead = fill(
        "indicator/heading.html.j2",
        code=measure.code,
        title=measure.short_title,
        domain=domain,
        sentences=_outcome(rows(frame), measure, year),
        refused=refused,
        use_statement=USE_STATEMENT,
        use_address=USE_ADDRESS,
        palette=check_palette(palette),
    )
    return Fragment(theme.style_element() + lead)


def facts(
    frame: pd.DataFrame,
    *,
    title: str,
    counts: str,
    unit: str,
    polarity: str,
    polarity_note: str,
    polarity_source: str,
    collection: str,
    method: str,
    codes: Sequence[str],
    reviewed: str,
    england: Printed,
    year: str,
    palette: str = "rag",
) -> Fragment:
    """What the register says of the indicator, each with its source."""
    seen = [row for row in rows(frame) if row.value is not None]
    with_margin = sum(row.lower is not None for row in seen)
    sure = f"{_METHODS[method]} {with_margin} of {len(seen)} figures have one this year."
    better = f"{_POLARITIES[polarity]} {polarity_note}".strip()
    return fill(
        "indicator/facts.html.j2",
        entries=[
            ("What it counts", counts),
            (f"Behind England's figure, {year}", _behind(england, method)),
            ("What it cannot say", _SILENT[method]),
            ("The publisher's title", title),
            ("Which way is better", f"{better} Source: {polarity_source}."),
            ("Unit", _UNITS[unit]),
            ("Margin of error", sure if seen else _METHODS[method]),
            ("Collected by", collection or "not recorded"),
            ("Codes", "; ".join(codes)),
            ("Last checked by us", reviewed),
        ],
        palette=check_palette(palette),
    )


def council_table(
    frame: pd.DataFrame,
    *,
    measure: Measure,
    year: str,
    linked: Collection[str],
    council: str | None = None,
    directions: pd.DataFrame | None = None,
    sensitivity: Mapping[tuple[str, str], Told] | None = None,
    palette: str = "rag",
) -> Fragment:
    """Every council in the frame's order: place, figure, interval, verdicts, trend, region.

    A remark that every figure shares is left to `notes`.

    Args:
        frame: one row per council; the columns of a council's rows with council, area_id, region.
        measure: what is counted.
        year: the financial year, as "2014-15".
        linked: `area_id`s of the councils whose page stands beside this one.
        council: the `area_id` of the council to point out.
        directions: where each council's figure is going, a row for each; no column without it.
        sensitivity: what each verdict rests on, by `area_id` and `peers` or `england`.
        palette: rag or af.
    """
    going = {} if directions is None else trend_words.tendencies(directions, by="area_id")
    hinging = {key: one for key, one in (sensitivity or {}).items() if one.hinges}
    everyone = rows(frame)
    seen = [set(_remarks(row)) for row in everyone if row.value is not None]
    shared = set.intersection(*seen) if len(seen) > 1 else set()
    found: list[str] = []
    lines = []
    for name, area_id, region, row in zip(
        frame["council"], frame["area_id"], frame["region"], everyone, strict=True
    ):
        lines.append(
            {
                "name": name,
                "href": f"{area_id}.html" if area_id in linked else None,
                "chosen": area_id == council,
                "region": region,
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
                    sentences.note_number(text, found)
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
        if any(map(comparable, everyone))
        else "In order of the figure. None is compared, so a place says little.",
        heading=_figure_heading(measure),
        lines=lines,
        trends=bool(going),
        tried=bool(hinging),
        notes=found,
        palette=check_palette(palette),
    )


def going(directions: pd.DataFrame, *, palette: str = "rag") -> Fragment:
    """How many councils are getting better, worse or neither over the years."""
    found = trend_words.tendencies(directions, by="area_id")
    return table.paragraph(trend_words.counted(list(found.values())), palette=palette)


def notes(found: Sequence[Note], *, year: str, palette: str = "rag") -> Fragment:
    """Breaks of every year and remarks on this year's figures, each with its source."""
    return fill(
        "indicator/notes.html.j2",
        entries=[
            {
                "head": ": ".join(part for part in (n.period, n.area, _KINDS[n.kind]) if part),
                "text": n.text,
                "source": n.source,
            }
            for n in found
        ],
        year=year,
        palette=check_palette(palette),
    )


def method(rules: Rules, *, palette: str = "rag") -> Fragment:
    """What the symbols and words mean, and how a verdict is reached."""
    return fill(
        "indicator/method.html.j2",
        key=table.key(palette=palette),
        rule=f"{rule_sentence(rules)} {at_once(rules.multiplicity.value)}".strip(),
        terms=table.glossary_list(rules.trend, palette=palette),
        palette=check_palette(palette),
    )


def _outcome(found: list[Row], measure: Measure, year: str) -> list[str]:
    """The year in a few sentences."""
    seen = [row for row in found if row.value is not None]
    ranked = [row.value for row in seen if row.rank is not None and row.value is not None]
    england = found[0].england if found else None
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
    count = Counter(look(row.verdict_vs_england, row.polarity).key for row in found)
    counted = [
        f"{count[name]} {'is' if count[name] == 1 else 'are'} {one.word or ''} "
        f"{'(' + one.meaning + ')' if one.word else one.meaning}".replace("  ", " ")
        for name, one in LOOKS.items()
        if count[name] and name != "not_compared"
    ]
    if counted:
        parts.append(f"Against England, {sentences.listed(counted)}.")
    return parts


def _behind(england: Printed, method: str) -> str:
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


def _figures(row: Row) -> dict[str, Any]:
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
            (label, look(verdict, row.polarity))
            for label, verdict in zip(
                ("Against England", "Against peers"), reversed(row.verdicts), strict=True
            )
        ],
    }


def _remarks(row: Row) -> list[str]:
    """The publisher's notes, what our own flags mean, and why there is no verdict."""
    explained = [FLAG_TEXTS[code] for code in row.flags if code in FLAG_TEXTS]
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
    files: Fragment | str = "",
    palette: str = "rag",
) -> Fragment:
    """The published figure of each area, and the range, middle half and median of its councils.

    Args:
        areas: see `bench.judge.summaries.within_regions`.
        measure: what is counted.
        year: the financial year, as "2014-15".
        files: links to the files that hold the table.
        palette: rag or af.
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
        palette=palette,
        prose=("Picture",),
    )
    return table + files + paragraph(KEY, palette=palette)


def _span(one: dict[str, Any], first: str, last: str, measure: Measure) -> str:
    if not one["councils"]:
        return NO_NUMBER
    return f"{short(one[first], measure)} to {short(one[last], measure)}"


def _picture(one: dict[str, Any], low: float, high: float) -> Markup:
    """Range, middle half, median and published figure, for the eye only; the cells have words."""
    middle = HEIGHT / 2

    def across(figure: float) -> str:
        share = (figure - low) / (high - low) if high > low else 0.5
        return f"{EDGE + (WIDTH - 2 * EDGE) * share:.1f}"

    parts = []
    if one["councils"]:
        at = {name: across(one[name]) for name in (
            "low", "lower_quartile", "median", "upper_quartile", "high")}  # fmt: skip
        parts = [
            f'<path d="M{at["low"]} {middle:g}H{at["high"]}" stroke-width="1.25"/>',
            f'<path class="half" d="M{at["lower_quartile"]} {middle:g}H{at["upper_quartile"]}" '
            'stroke-width="9"/>',
            f'<path d="M{at["median"]} {middle - 7:g}V{middle + 7:g}" stroke-width="2"/>',
        ]
    if one["value"] is not None:
        parts.append(
            f'<circle class="published" cx="{across(one["value"])}" cy="{middle:g}" r="4" '
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


def together(found: Association | str) -> str:
    """How far two figures go together, or why that is not worked out."""
    if isinstance(found, str):
        return f"No rank correlation: {found}."
    tells = (
        f"Over {found.count} councils the rank correlation is {bare(found.rho, 2)} (95% range "
        f"{bare(found.lower, 2)} to {bare(found.upper, 2)})."
    )
    if not found.clear:
        return f"{tells} The range holds 0, so the two may not go together at all."
    other = "a high one" if found.rho > 0 else "a low one"
    return f"{tells} Councils with a high figure in one more often have {other} in the other."
