"""The charts of the longer story: lines that never join, with quoted figures beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bench.pages.story.quotes import Quote, marks, quotes_table
from bench.present import sentences
from bench.present.chart import Drawing, Figure, Parts, safe
from bench.present.charts.trend_line import SECOND, bands, gaps, line, lines, trend
from bench.present.html import Section, fill, identifier, joined
from bench.present.numbers import bare, number, short
from bench.present.sentences import STATUS_WORDS
from bench.present.table import values_table
from bench.present.theme import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.judge.published_row import Measure
    from bench.judge.trend import Point
    from bench.pages.story.rates import RatePoint

_NO_FIGURES: Final = "no published figures are held"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One definition of the question.

    Attributes:
        label: its codes, as "1C(1A), then 3D(1a)".
        first, last: the years for which it was published.
        years: its years.
        codes: the code in force in each of them.
        cut: why it does not compare with the definition before; "" where nothing is cut.
        remark: what else is said of its first year; "" where nothing is.
    """

    label: str
    first: str
    last: str
    years: tuple[Point, ...]
    codes: tuple[str, ...]
    cut: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class SecondCouncil:
    """A second council in the same figures: its name, its chapters, and its years of counts."""

    council: str
    chapters: Sequence[Chapter]
    counts: tuple[RatePoint, ...]


def story(chapters: Sequence[Chapter], figures: Sequence[Figure]) -> Parts:
    """The section: a heading, how the question was counted when, and the figures."""
    heading = fill(
        "story/section.html.j2",
        chapters=[
            {"label": one.label, "first": one.first, "last": one.last, "why": one.cut or one.remark}
            for one in chapters
        ],
    )
    return Parts((heading, *figures))


def lineage(
    chapters: Sequence[Chapter],
    quotes: Sequence[Quote],
    *,
    measure: Measure,
    council: str,
    second_council: SecondCouncil | None = None,
    with_quotes: bool = True,
) -> Figure:
    """Every definition on one axis of years: no line joins another's, quoted figures are open.

    Args:
        chapters: the definitions, the oldest first.
        quotes: what documents say.
        measure: how figures are printed.
        second_council: a second council.
        with_quotes: whether the table of the quotes goes with the figure's own.
    """
    traces: list[dict[str, Any]] = []
    cuts: list[float] = []
    for chapter, other in zip(chapters, _others(chapters, second_council), strict=True):
        years = chapter.years
        if years:
            named = not traces
            traces += lines(years, measure, council, in_legend=named)
            second = other.years if other else ()
            traces += _second(second_council, second, measure, in_legend=named)
        if chapter.cut:
            cuts.append(_start(chapter.first) - 0.5)
        cuts += gaps(years)
    drawn = [one for one in quotes if not one.subject and one.unit == measure.unit]
    traces += marks(drawn)
    first, last = _start(chapters[0].first), max(_start(one.last) for one in chapters)
    ticks = list(range(first, last + 1))
    marked = bands(cuts)
    marked["annotations"] += [_name(chapter) for chapter in chapters]
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
    names = range(len(marked["annotations"]) - len(chapters), len(marked["annotations"]))
    narrow |= {f"annotations.{at}.font.size": 10 for at in names}
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(f"story-{measure.indicator}"),
        title=f"{measure.short_title}, through every definition",
        note=_note(chapters),
        alt=_alt(chapters, drawn, measure, council, second_council),
        table=_tables(chapters, quotes if with_quotes else (), measure, council, second_council),
    )


def counts(
    years: Sequence[RatePoint],
    *,
    measure: Measure,
    council: str,
    remarks: Sequence[str],
    second_council: SecondCouncil | None = None,
) -> Figure:
    """Counts of people per 100,000 adults, on an axis of their own.

    Args:
        years: the rates, with the counts that make them.
        measure: how the rates are printed.
        remarks: what must be known of the counts.
        second_council: a second council, whose rates are drawn and printed too.
    """
    others = second_council.counts if second_council else ()
    extra = _second(second_council, others, measure, in_legend=True)
    drawn = trend(years, measure=measure, council=council, extra=extra)
    second = {point.period: point.council for point in others}
    table = values_table(
        caption=f"{measure.short_title}: the counts and the rates",
        columns=(
            "Year",
            f"{council}: clients",
            "per 100,000 adults",
            *([f"{second_council.council}: per 100,000"] if second_council else []),
            "Population of",
            "Peers' average",
            "England: clients",
            "per 100,000 adults",
        ),
        lines=[
            (
                point.period,
                bare(point.count, 0) if point.count is not None else STATUS_WORDS[point.status],
                short(point.council, measure),
                *([short(second.get(point.period), measure)] if second_council else []),
                point.population_period or "none",
                short(point.peer_average, measure),
                bare(point.england_count, 0),
                short(point.england, measure),
            )
            for point in years
        ],
        kind="values years",
    )
    return replace(
        drawn,
        div_id=identifier(f"story-{measure.indicator}"),
        title=measure.short_title,
        note=" ".join(remarks),
        table=table,
    )


def _name(chapter: Chapter) -> dict[str, Any]:
    """The codes of a definition, above its years."""
    return {
        "x": (_start(chapter.first) + _start(chapter.last)) / 2,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 34,
        "text": safe(chapter.label),
        "showarrow": False,
        "font": {"size": 12, "color": ROLES["ink"]},
    }


def _note(chapters: Sequence[Chapter]) -> str:
    parts = ["Each definition has lines of its own, and they never join."]
    for chapter in chapters:
        if chapter.cut:
            parts.append(f"{chapter.first}: {chapter.cut}")
        parts += [f"{one.period}: {one.gap_text}" for one in chapter.years if one.gap_text]
    parts.append(
        "Open marks are figures quoted in documents; the table names each document. None of them "
        "is part of an average or of a verdict."
    )
    return " ".join(parts)


def _second(
    second_council: SecondCouncil | None,
    years: Sequence[Point],
    measure: Measure,
    *,
    in_legend: bool,
) -> list[dict[str, Any]]:
    """The second council's line; none without one."""
    if second_council is None:
        return []
    return line(years, measure, second_council.council, "council", SECOND, in_legend=in_legend)


def _others(
    chapters: Sequence[Chapter], second_council: SecondCouncil | None
) -> Sequence[Chapter | None]:
    """For each chapter that of the second council."""
    return second_council.chapters if second_council else [None] * len(chapters)


def _alt(
    chapters: Sequence[Chapter],
    drawn: Sequence[Quote],
    measure: Measure,
    council: str,
    second_council: SecondCouncil | None,
) -> str:
    parts = [f"{len(chapters)} definitions, {chapters[0].first} to {chapters[-1].last}."]
    for chapter in chapters:
        seen = [point for point in chapter.years if point.council is not None]
        ends = [seen[0], seen[-1]] if len(seen) > 1 else seen
        figures = " and ".join(f"{number(p.council, measure)} in {p.period}" for p in ends)
        parts.append(f"{chapter.label}: {f'{council} {figures}' if figures else _NO_FIGURES}.")
    for role, name in (
        ("council", council),
        ("beside", second_council.council if second_council else ""),
    ):
        own = [f"{one.figure} in {one.period}" for one in drawn if one.role == role]
        if own:
            parts.append(f"Quoted for {name}: {', '.join(own)}.")
    return " ".join(parts)


def _tables(
    chapters: Sequence[Chapter],
    quotes: Sequence[Quote],
    measure: Measure,
    council: str,
    second_council: SecondCouncil | None,
) -> Section:
    second = [second_council.council] if second_council else []
    whose = ", ".join([council, *second, "its peers" if not second else f"{council}'s peers"])
    published = values_table(
        caption=f"{measure.short_title}, through every definition: {whose}, England",
        columns=(
            "Year",
            "Code",
            council,
            *second,
            "Peers' average",
            "England",
            "Can it be compared?",
        ),
        lines=[
            one
            for chapter, other in zip(chapters, _others(chapters, second_council), strict=True)
            for one in _lines(chapter, other, measure)
        ],
        kind="values years",
    )
    if not quotes:
        return published
    quoted = quotes_table(quotes, title=measure.short_title)
    return joined(published, quoted)


def _lines(chapter: Chapter, other: Chapter | None, measure: Measure) -> list[tuple[object, ...]]:
    second = {point.period: point for point in other.years} if other else {}
    if not chapter.years:
        empty = [""] * (4 if other else 3)
        return [(f"{chapter.first} to {chapter.last}", chapter.label, _NO_FIGURES, *empty)]
    found: list[tuple[object, ...]] = []
    for code, point in zip(chapter.codes, chapter.years, strict=True):
        found.append(
            (
                point.period,
                str(code),
                _figure(point, measure),
                *([_figure(second.get(point.period), measure)] if other else []),
                short(point.peer_average, measure),
                short(point.england, measure),
                _comparable(point, chapter, first=point is chapter.years[0]),
            )
        )
    return found


def _figure(point: Point | None, measure: Measure) -> str:
    if point is None:
        return ""
    if point.council is None:
        return STATUS_WORDS.get(point.status, "")
    return short(point.council, measure)


def _comparable(point: Point, chapter: Chapter, *, first: bool) -> str:
    if first and chapter.cut:
        return "not with earlier years"
    # The reasons stand above the chart.
    return sentences.comparable(gap_before=point.gap_before, isolated=point.isolated)


def _start(period: str) -> int:
    return int(period[:4])
