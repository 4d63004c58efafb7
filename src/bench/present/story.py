"""One question through all its definitions: lines that never join, and figures quoted beside them.

Enters: the years of each definition, and quoted figures. Leaves: figures with their tables, and
the section that holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.present.figure import Figure, drawing, mark, safe
from bench.present.html import Fragment, fill, identifier
from bench.present.numbers import bare, number, short
from bench.present.rows import points
from bench.present.tables import comparable, values_table
from bench.present.theme import check_palette, colours
from bench.present.trend import bands, gaps, lines, trend
from bench.present.words import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.present.rows import Measure, Point

__all__ = ["Chapter", "Quote", "Story", "counts", "lineage", "story"]

KIND_WORDS: Final = {
    "published_elsewhere": "quoted",
    "restated": "restated",
    "recalculated": "counted another way",
    "target": "target",
    "forecast": "expected",
    "milestone": "national milestone",
    "survey": "from a survey",
    "context": "for context",
}
# What a kind's open marker looks like; kinds that are not here stand in the table only.
_SHAPES: Final = {
    "published_elsewhere": ("-open", "quoted"),
    "restated": ("-cross-open", "restated, quoted"),
    "recalculated": ("-x-open", "counted another way, quoted"),
}
_AIMS: Final = ("milestone", "target", "forecast")
_NOT_NIL: Final = "no published figures are held"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One definition of the question.

    Attributes:
        label: its codes, as "1C(1A), then 3D(1a)".
        first, last: the years for which it was published.
        series: its years; with the column `code`, the code in force.
        cut: why it does not compare with the definition before; "" where nothing is cut.
        remark: what else is said of its first year; "" where nothing is.
    """

    label: str
    first: str
    last: str
    series: pd.DataFrame
    cut: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A figure quoted in a document; `role` says whose: council, england or region."""

    role: str
    whose: str
    period: str
    kind: str
    value: float
    upper: float | None
    unit: str
    subject: str
    document: str
    note: str

    @property
    def figure(self) -> str:
        """The figure as quoted, with its unit: `15.23%`, `1,208`, `13% to 59%`, `£900 million`."""
        shown = _digits(self.value, self.unit)
        return shown if self.upper is None else f"{shown} to {_digits(self.upper, self.unit)}"

    @property
    def words(self) -> str:
        """What it is, as a cell: kind, subject and note."""
        parts = (KIND_WORDS[self.kind], self.subject, self.note)
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True)
class Story:
    """A section that shows itself part by part, and is nothing where there is nothing to show."""

    parts: tuple[Fragment | Figure, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    def html(self) -> Fragment:
        """All parts, one after the other."""
        return Fragment("").join(
            part.html() if isinstance(part, Figure) else part for part in self.parts
        )

    def _ipython_display_(self) -> None:
        # one output per part: JupyterLab draws one chart in each
        from IPython.display import display

        for part in self.parts:
            display(part)  # type: ignore[no-untyped-call]


def story(chapters: Sequence[Chapter], figures: Sequence[Figure], *, palette: str = "rag") -> Story:
    """The section: a heading, how the question was counted when, and the figures."""
    heading = fill(
        "page/story.html.j2",
        chapters=[
            {"label": one.label, "first": one.first, "last": one.last, "why": one.cut or one.remark}
            for one in chapters
        ],
        palette=check_palette(palette),
    )
    return Story((heading, *figures))


def lineage(
    chapters: Sequence[Chapter],
    quotes: Sequence[Quote],
    *,
    measure: Measure,
    council: str,
    palette: str = "rag",
) -> Figure:
    """Every definition on one axis of years: no line joins another's, quoted figures are open."""
    role = colours(check_palette(palette))
    traces: list[dict[str, Any]] = []
    cuts: list[float] = []
    for chapter in chapters:
        years = points(chapter.series)
        if years:
            traces += lines(years, measure, council, role, in_legend=not traces)
        if chapter.cut:
            cuts.append(_start(chapter.first) - 0.5)
        cuts += gaps(years)
    drawn = [one for one in quotes if not one.subject and one.unit == measure.unit]
    traces += _quoted(drawn, measure, role)
    first, last = _start(chapters[0].first), max(_start(one.last) for one in chapters)
    ticks = list(range(first, last + 1))
    marked = bands(cuts, role)
    marked["annotations"] += [_name(chapter, role) for chapter in chapters]
    layout = {
        "height": 480,
        "margin": {"l": 8, "r": 24, "t": 72, "b": 96},
        "xaxis": {
            "tickvals": ticks,
            "ticktext": [f"{year}-{(year + 1) % 100:02d}" for year in ticks],
            "range": [first - 0.6, last + 0.4],
            "showgrid": False,
            "tickangle": -90,
        },
        "yaxis": {"ticksuffix": "%", "showgrid": True, "rangemode": "tozero"},
        "legend": {"y": -0.26, "yanchor": "top"},
        **marked,
    }
    narrow: dict[str, Any] = {"height": 620, "margin.b": 230, "legend.y": -0.24}
    # on a narrow screen the codes stand close to each other
    named = range(len(marked["annotations"]) - len(chapters), len(marked["annotations"]))
    narrow |= {f"annotations.{at}.font.size": 10 for at in named}
    return Figure(
        plotly=drawing(traces, layout, palette, narrow),
        div_id=identifier(f"story-{measure.indicator}"),
        title=f"{measure.short_title}, through every definition",
        note=_note(chapters),
        alt=_alt(chapters, drawn, measure, council),
        table=_tables(chapters, quotes, measure, council, palette),
        palette=palette,
    )


def counts(
    series: pd.DataFrame,
    *,
    measure: Measure,
    council: str,
    remarks: Sequence[str],
    palette: str = "rag",
) -> Figure:
    """Counts of people per 100,000 adults, on an axis of their own.

    Args:
        series: the years, with `count`, `england_count` and `population_period`.
        measure: how the rates are printed.
        council: the council's name.
        remarks: what must be known of the counts.
        palette: "rag" or "af".
    """
    drawn = trend(series, measure=measure, council=council, palette=palette)
    table = values_table(
        caption=f"{measure.short_title}: the counts and the rates",
        columns=(
            "Year",
            f"{council}: clients",
            "per 100,000 adults",
            "Population of",
            "Peers' average",
            "England: clients",
            "per 100,000 adults",
        ),
        lines=[
            (
                point.period,
                bare(_number(own), 0) if _number(own) is not None else STATUS_WORDS[point.status],
                short(point.council, measure),
                population if isinstance(population, str) else "none",
                short(point.peer_average, measure),
                bare(_number(england), 0),
                short(point.england, measure),
            )
            for point, own, england, population in zip(
                points(series),
                series["count"],
                series["england_count"],
                series["population_period"],
                strict=True,
            )
        ],
        palette=palette,
        kind="values years",
    )
    return replace(
        drawn,
        div_id=identifier(f"story-{measure.indicator}"),
        title=measure.short_title,
        note=" ".join(remarks),
        table=table,
    )


def _quoted(
    quotes: Sequence[Quote], measure: Measure, role: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Open markers, one trace per kind of mark, so that the legend names each."""
    looks = {
        "council": ("circle", role["accent"]),
        "region": ("square", role["muted"]),
        "england": ("diamond", role["ink"]),
    }
    grouped: dict[tuple[str, str, str], list[Quote]] = {}
    for quote in quotes:
        shape, colour = looks[quote.role]
        if quote.kind in _AIMS:
            name = f"{quote.whose}, {KIND_WORDS[quote.kind]}"
            if quote.kind == "milestone":
                name = "National milestone"
            key = (name, "line-ew-open", colour)
        elif quote.kind in _SHAPES:
            suffix, word = _SHAPES[quote.kind]
            key = (f"{quote.whose}, {word}", f"{shape}{suffix}", colour)
        else:
            continue
        grouped.setdefault(key, []).append(quote)
    return [
        {
            "type": "scatter",
            "name": safe(name),
            "mode": "markers",
            "cliponaxis": False,
            "x": [_start(quote.period) for quote in group],
            "y": [quote.value for quote in group],
            "marker": mark(shape, colour, colour, 11, 2),
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(quote.whose)}, {quote.period}: {quote.figure} ({safe(quote.words)})"
                f"<br>{safe(quote.document)}"
                for quote in group
            ],
        }
        for (name, shape, colour), group in grouped.items()
    ]


def _name(chapter: Chapter, role: Mapping[str, str]) -> dict[str, Any]:
    """The codes of a definition, above its years."""
    return {
        "x": (_start(chapter.first) + _start(chapter.last)) / 2,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 34,
        "text": safe(chapter.label),
        "showarrow": False,
        "font": {"size": 12, "color": role["ink"]},
    }


def _note(chapters: Sequence[Chapter]) -> str:
    parts = ["Each definition has lines of its own, and they never join."]
    for chapter in chapters:
        if chapter.cut:
            parts.append(f"{chapter.first}: {chapter.cut}")
        parts += [f"{one.period}: {one.gap_text}" for one in points(chapter.series) if one.gap_text]
    parts.append(
        "Open marks are figures quoted in documents; the table names each document. None of them "
        "is part of an average or of a verdict."
    )
    return " ".join(parts)


def _alt(
    chapters: Sequence[Chapter], drawn: Sequence[Quote], measure: Measure, council: str
) -> str:
    parts = [f"{len(chapters)} definitions, {chapters[0].first} to {chapters[-1].last}."]
    for chapter in chapters:
        seen = [point for point in points(chapter.series) if point.council is not None]
        ends = [seen[0], seen[-1]] if len(seen) > 1 else seen
        told = " and ".join(f"{number(p.council, measure)} in {p.period}" for p in ends)
        parts.append(f"{chapter.label}: {f'{council} {told}' if told else _NOT_NIL}.")
    own = [f"{one.figure} in {one.period}" for one in drawn if one.role == "council"]
    if own:
        parts.append(f"Quoted for {council}: {', '.join(own)}.")
    return " ".join(parts)


def _tables(
    chapters: Sequence[Chapter],
    quotes: Sequence[Quote],
    measure: Measure,
    council: str,
    palette: str,
) -> Fragment:
    published = values_table(
        caption=f"{measure.short_title}, through every definition: {council}, its peers, England",
        columns=("Year", "Code", council, "Peers' average", "England", "Can it be compared?"),
        lines=[line for chapter in chapters for line in _lines(chapter, measure)],
        palette=palette,
        kind="values years",
    )
    if not quotes:
        return published
    quoted = values_table(
        caption=f"{measure.short_title}: figures quoted in documents",
        columns=("Year", "Whose", "Figure", "What it is", "Document"),
        lines=[
            (quote.period, quote.whose, quote.figure, quote.words, quote.document)
            for quote in quotes
        ],
        palette=palette,
        kind="values years",
        numeric=False,
    )
    return Fragment(published + quoted)


def _lines(chapter: Chapter, measure: Measure) -> list[tuple[object, ...]]:
    years = points(chapter.series)
    if not years:
        return [(f"{chapter.first} to {chapter.last}", chapter.label, _NOT_NIL, "", "", "")]
    found: list[tuple[object, ...]] = []
    for code, point in zip(chapter.series["code"], years, strict=True):
        found.append(
            (
                point.period,
                str(code),
                short(point.council, measure)
                if point.council is not None
                else STATUS_WORDS.get(point.status, ""),
                short(point.peer_average, measure),
                short(point.england, measure),
                _comparable(point, chapter, first=point is years[0]),
            )
        )
    return found


def _comparable(point: Point, chapter: Chapter, *, first: bool) -> str:
    if first and chapter.cut:
        return "not with earlier years"
    return comparable(point.gap_before, point.isolated, None)  # the reasons stand above the chart


def _digits(value: float, unit: str) -> str:
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    if unit == "gbp" and value >= 1_000_000:
        return f"£{value / 1_000_000:,g} million"
    digits = bare(value, decimals)
    return {"per_cent": f"{digits}%", "gbp": f"£{digits}"}.get(unit, digits)


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def _start(period: str) -> int:
    return int(period[:4])
