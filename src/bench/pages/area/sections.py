"""The sections of an area's page: reckoned figures beside England, peers, councils and years."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import escape

from bench.judge.figure import MISSING
from bench.pages.base import page_heading
from bench.pages.peers.sections import OURS, far_of, figure_of, listing, near_of
from bench.present.glossary import USE_STATEMENT
from bench.present.html import Section, fill, identifier, joined, markup
from bench.present.numbers import UNIT_NOTES, after_title, bare, interval, short
from bench.present.provenance import average_sentence, rule_sentence
from bench.present.sentences import listed, possessive
from bench.present.table import (
    beneath,
    capital,
    key,
    paragraph,
    records_table,
    sentence_list,
    stacked,
    values_table,
)
from bench.present.theme import LOOKS, look_of
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.judge.figure import FigureInForce
    from bench.judge.published_row import Measure
    from bench.judge.rag import Benchmark, Rules, Verdict
    from bench.judge.year_table import YearTable
    from bench.pages.area.figures import AreaRow
    from bench.pages.area.history import IndicatorYears
    from bench.pages.area.neighbours import AreaNeighbours
    from bench.present.theme import Look
    from bench.reference import Council, FinancialYear, PeerGroup
    from bench.reference.merged_areas import MergedArea, MergedSpan

DAGGER: Final = "†"
_UNTESTED: Final = "*"
_NO_MARGIN: Final = f"{_UNTESTED} No margin of error, so the size of the gap alone decides."
_NOT_SHOWN: Final = "Where its councils are apart, which a figure of the whole does not show:"
# So many councils fit a table with their verdicts in words.
_FEW: Final = 4
# A table with more columns of councils is printed and scrolled as several.
_MOST_COLUMNS: Final = 14


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One indicator of an area's page.

    Attributes:
        row: its reckoned figure, beside England.
        average: of its peers.
        vs_peers: the verdict against that.
        councils: what is published of each of its councils, and its verdict against England.
    """

    row: AreaRow
    average: Benchmark
    vs_peers: Verdict
    councils: tuple[tuple[Council, FigureInForce, Verdict], ...]

    @property
    def measure(self) -> Measure:
        """How its figures are printed."""
        return self.row.measure

    @property
    def title(self) -> str:
        """Its code and short title."""
        return f"{self.measure.code} {self.measure.short_title}"


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of a grid: a figure as text, with the look of its verdict if it has one."""

    text: str | None
    look: Look | None = None
    cut: bool = False


def heading(area: MergedArea, year: FinancialYear) -> Section:
    """Whose figures they are, and that none of them is published."""
    span, mark = area.span(year), area.mark(year)
    return joined(
        page_heading(
            fill(
                "page/soundness.html.j2",
                sentence=f"What is known for {year} of the councils that {area.name} "
                "would be made of."
                if span.shares
                else f"What the councils of {area.name} were together in {year}, "
                "beside England, the councils most like it, and each of them.",
                meaning=USE_STATEMENT,
            )
        ),
        paragraph(
            f"{capital(mark)}. Nothing published tells a part of a council from the rest, so that "
            "no figure of the area can be reckoned. What is known of its councils, and what an "
            "assumption would give, stands below."
            if span.shares
            else f"No figure of {area.name} is published for {year}. Each figure of it here is "
            f"reckoned from those published of its councils, and marked {DAGGER}. It says what the "
            "councils were together. It does not say how one council would do."
        ),
        *([paragraph(area.note)] if area.note else []),
    )


def glance(lines: Sequence[AreaLine], *, name: str, peers: bool) -> Section:
    """How many of the indicators came out how, the sure ones by name."""
    return sentence_list(_outcomes(lines, peers=peers), none=f"Nothing is known of {name}.")


def _outcomes(lines: Sequence[AreaLine], *, peers: bool) -> list[str]:
    known = [line for line in lines if line.row.reckoned.value is not None]
    sentences = [
        f"{len(known)} of {len(lines)} indicators can be reckoned."
        if known
        else f"None of the {len(lines)} indicators can be reckoned."
    ]
    benchmarks = [("England", [(line, line.row.vs_england) for line in known])]
    if peers:
        benchmarks.append(("its peers", [(line, line.vs_peers) for line in known]))
    starred = False
    for whom, judged in benchmarks if known else ():
        looks = [(line, look_of(verdict, line.measure.polarity)) for line, verdict in judged]
        for sought in ("worse", "better"):
            titles = [
                f"{line.measure.short_title}{_UNTESTED * bool(seen.note)}"
                for line, seen in looks
                if seen.key == sought
            ]
            starred = starred or any(title.endswith(_UNTESTED) for title in titles)
            label = LOOKS[sought].label
            sentences.append(
                f"Against {whom}, {label}: {'; '.join(titles) or 'none'}."
                if len(titles) < 2
                else f"Against {whom}, {label}: {len(titles)} ({'; '.join(titles)})."
            )
        rest = Counter(seen.label for _, seen in looks if seen.key not in ("worse", "better"))
        if rest:
            labels = dict.fromkeys(one.label for one in LOOKS.values())
            others = ", ".join(f"{rest[label]} {label}" for label in labels if label in rest)
            sentences.append(f"Against {whom}, the rest: {others}.")
    if starred:
        sentences.append(_NO_MARGIN)
    return sentences


def brief(
    lines: Sequence[AreaLine],
    *,
    area: MergedArea,
    table: YearTable,
    group: PeerGroup,
    publications: Sequence[str],
) -> Section:
    """The year on one side of A4: what came out how, every indicator in a line, what is hidden.

    Args:
        lines: every indicator of the year.
        area: whose.
        table: the year's, by whose rules they are judged.
        group: the area's peers.
        publications: the titles of those that the figures come from.
    """
    year, rules = table.year, table.rules
    known = any(line.row.reckoned.value is not None for line in lines)
    opening = f"{area.mark(year)}, {year}."
    opening += (
        " No figure of it is published. These say what the councils were together, and not how one "
        "council would do."
        if known
        else " Nothing published tells a part of a council from the rest, so that no figure can be "
        "reckoned."
    )
    missing = [line.title for line in lines if line.row.reckoned.value is None]
    notes = []
    if known and missing:
        notes.append(f"Not known: {'; '.join(missing)}.")
    if group.members:
        notes.append(f"Peers: {group.title}: {', '.join(peer.name for peer in group.members)}.")
    if known:
        notes.append(
            f"{rule_sentence(rules)} A council's brief tries each verdict with other peers; this "
            "one does not."
        )
    notes.append(f"Reckoned from: {'; '.join(publications)}.")
    return fill(
        "area/brief.html.j2",
        name=area.name,
        year=year,
        opening=opening,
        counts=_outcomes(lines, peers=bool(group.members)),
        table_id=identifier("brief", area.name, str(year)),
        lines=[
            {
                "code": line.measure.code,
                "title": line.measure.short_title,
                "unit": UNIT_NOTES.get(line.measure.unit, ""),
                "value": _printed(line.row.reckoned.value, line.measure, DAGGER),
                "benchmarks": [
                    short(
                        None if line.average.value is None else float(line.average.value),
                        line.measure,
                    ),
                    short(line.row.england, line.measure),
                ],
                "looks": [
                    look_of(verdict, line.measure.polarity)
                    for verdict in (line.vs_peers, line.row.vs_england)
                ],
            }
            for line in (lines if known else ())
        ],
        apart=_apart(lines) if known else [],
        notes=notes,
        command=f"bench report --area {area.merged_id} --year {year}",
    )


def beside(
    lines: Sequence[AreaLine], *, area: MergedArea, year: str, mark: str, group: PeerGroup
) -> Section:
    """Each indicator: the reckoned figure with its range, England and the peers, each judged."""
    if not any(line.row.reckoned.value is not None for line in lines):
        return paragraph("No indicator of the area can be reckoned, so that none is compared.")
    with_peers, total = bool(group.members), group.total
    note = f"{DAGGER} {capital(mark)}; not published."
    if with_peers:
        note += f" Peers: {group.title}."
    return records_table(
        caption=f"{area.name} beside England{' and its peers' if with_peers else ''}, {year}",
        note=note,
        columns=[
            "Indicator",
            f"{area.name} {DAGGER}",
            "England",
            "Against England",
            *(["Peers' average", "Against peers"] if with_peers else []),
        ],
        lines=[
            [
                f"{line.title}{after_title(line.measure)}",
                _reckoned(line),
                short(line.row.england, line.measure),
                _judged(line, line.row.vs_england),
                *(
                    [
                        _averaged(line, total),
                        _judged(line, line.vs_peers)
                        if line.vs_peers.reason != line.row.vs_england.reason
                        or line.vs_peers.compared
                        else "not compared",
                    ]
                    if with_peers
                    else []
                ),
            ]
            for line in lines
        ],
    )


def _averaged(line: AreaLine, total: int) -> str:
    """The peers' average, and how many of them have a figure where some do not."""
    average = line.average
    figure = short(None if average.value is None else float(average.value), line.measure)
    reporting = len(average.members)
    return beneath(figure, *([f"of {reporting} of {total}"] if reporting < total else []))


def _reckoned(line: AreaLine) -> str:
    """The figure with its mark and its range, or why it is not known."""
    whole, measure = line.row.reckoned, line.measure
    if whole.value is None:
        return capital(whole.reason)
    ends = interval(*line.row.limits, measure)
    rough = ", roughly" if whole.interval and whole.interval.approximate else ""
    return beneath(
        f"{short(whole.value, measure)} {DAGGER}",
        f"{ends}{rough}" if ends else whole.reason,
        *line.row.cautions,
    )


def _judged(line: AreaLine, verdict: Verdict) -> str:
    """The verdict's tag, or why there is none."""
    if verdict.compared:
        return markup("tables/tag.html.j2", look=look_of(verdict, line.measure.polarity))
    if line.row.reckoned.value is None:
        return "not compared"
    return beneath("not compared", verdict.reason)


def councils(lines: Sequence[AreaLine], *, area: MergedArea, year: str, mark: str) -> Section:
    """The area's figure beside those of its own councils, which are published and judged."""
    members = [council for council, _, _ in lines[0].councils] if lines else []
    known = any(line.row.reckoned.value is not None for line in lines)
    caption = f"{area.name} and its councils, {year}"
    whole = f"{area.name} (reckoned)" if known else ""
    note = "The colour and symbol are the verdict against England. "
    note += f"{DAGGER} {capital(mark)}; not published. " if known else f"{capital(mark)}. "
    if len(members) <= _FEW:
        tables = [_council_table(lines, caption=caption, area=whole)]
    else:
        note += _NO_MARGIN
        starts = range(0, len(members), _MOST_COLUMNS)
        tables = [
            _council_grid(
                lines,
                slice(start, start + _MOST_COLUMNS),
                caption=caption + (f", part {part} of {len(starts)}" if len(starts) > 1 else ""),
                area=whole,
            )
            for part, start in enumerate(starts, 1)
        ]
    return joined(
        paragraph(note),
        *tables,
        paragraph(
            "A council is not judged against the area, since it is a part of it. Its colour is its "
            "own verdict against England, by its published figure."
        ),
        *(
            [paragraph(_NOT_SHOWN), sentence_list(apart, none="")]
            if (apart := _apart(lines))
            else []
        ),
    )


def _council_table(lines: Sequence[AreaLine], *, caption: str, area: str) -> Section:
    """Few councils, each with its figure and its verdict in words."""
    return records_table(
        caption=caption,
        columns=[
            "Indicator",
            "England",
            *([area] if area else []),
            *(council.name for council, _, _ in lines[0].councils),
        ],
        lines=[
            [
                f"{line.title}{after_title(line.measure)}",
                short(line.row.england, line.measure),
                *(
                    [_figure_with_tag(line.row.reckoned.value, line.row.vs_england, line, DAGGER)]
                    if area
                    else []
                ),
                *(
                    _figure_with_tag(own.value, verdict, line, reason=MISSING.get(own.status, ""))
                    for _, own, verdict in line.councils
                ),
            ]
            for line in lines
        ],
    )


def _figure_with_tag(
    value: float | None, verdict: Verdict, line: AreaLine, mark: str = "", *, reason: str = ""
) -> str:
    """A figure with the tag of its verdict beneath, or why there is none."""
    if value is None:
        return reason or "not known"
    figure = f"{short(value, line.measure)}{mark}"
    if not verdict.compared:
        return beneath(figure, "not compared")
    tag = markup("tables/tag.html.j2", look=look_of(verdict, line.measure.polarity))
    return stacked([escape(figure), tag])


def _council_grid(lines: Sequence[AreaLine], which: slice, *, caption: str, area: str) -> Section:
    return fill(
        "area/grid.html.j2",
        table_id=identifier("area", caption),
        caption=caption,
        columns=[
            "England",
            *([area] if area else []),
            *(council.name for council, _, _ in lines[0].councils[which]),
        ],
        lines=[
            {
                "code": line.measure.code,
                "title": line.measure.short_title,
                "unit": UNIT_NOTES.get(line.measure.unit, ""),
                "cells": [
                    _Cell(short(line.row.england, line.measure)),
                    *([_reckoned_cell(line)] if area else []),
                    *(
                        _Cell(
                            _printed(own.value, line.measure),
                            look_of(verdict, line.measure.polarity),
                        )
                        for _, own, verdict in line.councils[which]
                    ),
                ],
            }
            for line in lines
        ],
    )


def _reckoned_cell(line: AreaLine) -> _Cell:
    return _Cell(
        _printed(line.row.reckoned.value, line.measure, DAGGER),
        look_of(line.row.vs_england, line.measure.polarity),
    )


def _printed(value: float | None, measure: Measure, mark: str = "") -> str | None:
    return None if value is None else f"{short(value, measure)}{mark}"


def _apart(lines: Iterable[AreaLine]) -> list[str]:
    """What a figure of the whole hides: councils that are surely on both sides of England."""
    sentences = []
    for line in lines:
        sides: dict[str, list[str]] = {"worse": [], "better": []}
        for council, own, verdict in line.councils:
            seen = look_of(verdict, line.measure.polarity)
            if seen.key in sides:
                figure = f"{short(own.value, line.measure)}{_UNTESTED * bool(seen.note)}"
                sides[seen.key].append(f"{council.name} ({figure})")
        if all(sides.values()):
            sentences.append(
                f"{line.title}: {LOOKS['worse'].label} than England, {listed(sides['worse'])}; "
                f"{LOOKS['better'].label}, {listed(sides['better'])}."
            )
    return sentences


def by_share(lines: Sequence[AreaLine], *, area: MergedArea, span: MergedSpan) -> Section:
    """What would be counted of parts of councils by their share of people, if there are any."""
    if not span.shares:
        return joined()
    parts = listed([span.named(one) for one in span.councils if one.area_id in span.shares])
    rows = [
        (line, counts) for line in lines if (counts := line.row.by_share(span.shares)) is not None
    ]
    text = (
        f"{area.name} has {parts}. Nothing published tells a part of a council from the rest. So "
        "no rate and no answer of a survey is known of it. These counts are an assumption and no "
        "figures: that in each part of a council as many people are counted for each resident as "
        "in all of it. Where the parts differ in age, in need or in what is spent, that is wrong. "
        "Where the council can count its own records by place, use those."
    )
    if not rows:
        return joined(paragraph(text), paragraph("No counts are published for the year."))
    return joined(
        paragraph(text),
        records_table(
            caption=f"{area.name}: counts by share of people, an assumption",
            note="Councils that belong to it wholly are counted as published.",
            columns=["Indicator", "Counted, assumed", "Out of, assumed"],
            lines=[
                [line.title, f"about {counted:,}", f"about {out_of:,}"]
                for line, (counted, out_of) in rows
            ],
        ),
    )


def unknown(lines: Sequence[AreaLine]) -> Section:
    """What cannot be reckoned, with the reason, indicators of the same reason together."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if line.row.reckoned.value is None:
            reasons[capital(line.row.reckoned.reason.removeprefix("not known: "))].append(
                line.title
            )
    if not reasons:
        return paragraph("Every indicator of the year can be reckoned.")
    return records_table(
        caption="What is not known of the area",
        columns=["Why", "Indicators"],
        lines=[
            [
                reason,
                f"all {len(lines)}" if len(titles) == len(lines) > 1 else "; ".join(titles),
            ]
            for reason, titles in reasons.items()
        ],
    )


def years(
    history: Sequence[IndicatorYears], *, area: MergedArea, current: Sequence[str]
) -> Section:
    """Each indicator in each year, judged against England's figure of that year.

    Args:
        history: every indicator with its years.
        area: whose.
        current: the indicators of the page's year, by id; others have a table of their own.
    """
    if not any(point.value is not None for one in history for point in one.points):
        return paragraph("No figure of the area can be reckoned in any year.")
    periods = sorted({point.year for one in history for point in one.points})
    mixed = not all(point.reckoned for one in history for point in one.points)
    heads = []
    for period in periods:
        published = any(
            not point.reckoned for one in history for point in one.points if point.year == period
        )
        heads.append(f"{period}{' (reckoned)' if mixed and not published else ''}")
    before = area.stands_for
    note = (
        "The colour and symbol are the verdict against England's figure of the year. "
        f"{DAGGER} Reckoned, not published. ¦ Not to be compared with the figure to its left. "
        f"{_NO_MARGIN}"
    )
    if before is not None:
        note += f" Without {DAGGER}: published of {before.name}, on the same ground."
    groups = [
        ("", [one for one in history if one.indicator.indicator_id in current]),
        (
            ", measures of other years",
            [one for one in history if one.indicator.indicator_id not in current],
        ),
    ]
    grids = [
        fill(
            "area/grid.html.j2",
            table_id=identifier("years", area.name, suffix),
            caption=f"{area.name}{'' if mixed else ' (reckoned)'}, year by year{suffix}",
            columns=heads,
            lines=[
                {
                    "code": one.measure.code,
                    "title": one.measure.short_title,
                    "unit": UNIT_NOTES.get(one.measure.unit, ""),
                    "cells": [_year_cell(one, period) for period in periods],
                }
                for one in group
            ],
        )
        for suffix, group in groups
        if group
    ]
    spans = [
        f"{span.years}: {listed([span.named(council) for council in span.councils])}"
        for span in area.spans
    ]
    return joined(paragraph(note), *grids, paragraph(f"Made of, {'; '.join(spans)}."))


def _year_cell(series: IndicatorYears, period: object) -> _Cell | None:
    point = next((point for point in series.points if point.year == period), None)
    if point is None:
        return None
    mark = DAGGER if point.reckoned else ""
    return _Cell(
        _printed(point.value, series.measure, mark),
        series.look(point),
        cut=point.cut and point.value is not None,
    )


def peers(neighbours: AreaNeighbours, *, name: str) -> Section:
    """Which councils are most like the area, and in what; or why nobody can say."""
    if neighbours.reason:
        return paragraph(neighbours.reason)
    assert neighbours.space is not None  # noqa: S101 - else there was a reason
    councils_by_id, gaps = sources.reference().councils, neighbours.gaps()
    beyond = neighbours.beyond()
    text = (
        f"The {len(neighbours.nearest)} councils most like {name} as it would be: the Census "
        f"figures of its councils are pooled, at the boundaries of {neighbours.space.boundaries}, "
        f"and its own councils are left out. {OURS}"
    )
    if beyond:
        text += (
            f" In {listed(beyond)} it lies beyond every council there is, so that even the nearest "
            "is not very near."
        )
    table = records_table(
        caption=f"The peers of {name}, nearest first",
        note=f"In brackets: the figure of {name}, pooled, then the peer's.",
        columns=("Peer", "Distance", "Most alike in", "Least alike in"),
        lines=[
            (
                f"{one.rank}. {councils_by_id[one.area_id].name}",
                bare(one.distance, 3),
                listing(near_of(gaps[one.area_id])),
                listing(far_of(gaps[one.area_id])),
            )
            for one in neighbours.nearest
        ],
    )
    first = gaps[neighbours.nearest[0].area_id]
    ranges = {
        gap["title"]: [other["peer_value"] for of_peer in gaps.values() for other in of_peer
                       if other["title"] == gap["title"]]
        for gap in first
    }  # fmt: skip
    features = values_table(
        caption=f"{name} and its peers, feature by feature",
        columns=("Feature", f"{name} {DAGGER}", "Peers, lowest to highest"),
        lines=[
            (
                capital(gap["title"]),
                f"{figure_of(gap['value'], gap['unit'])}{DAGGER}",
                f"{figure_of(min(ranges[gap['title']]), gap['unit'])} to "
                f"{figure_of(max(ranges[gap['title']]), gap['unit'])}",
            )
            for gap in first
        ],
    )
    return joined(paragraph(text), table, features, paragraph(POOLED_FEATURES))


POOLED_FEATURES: Final = (
    "People are summed, and people per square kilometre is all people over all land. A share is "
    "the mean of the councils' shares, weighted by residents or by those aged 15 and over. That "
    "is exact where the share is of these people. It is nearly so for social renters (of "
    "households), students and degrees (of those aged 16 and over), little English (aged 3 and "
    "over), thinly settled places and the sea. Pooled in the same way, Cumberland with "
    "Westmorland and Furness has the features of the former Cumbria to within 1%, and the same 15 "
    "peers."
)


def method(*, area: MergedArea, year: str, mark: str, rules: Rules) -> Section:
    """What a reckoned figure is, what is judged and how, and what it does not say."""
    return fill(
        "page/method.html.j2",
        terms=[
            (
                f"Reckoned figure {DAGGER}",
                f"It is not published: for {year} each of {possessive(area.name)} is {mark}. It is "
                "part of no published average, no rank and no export of this program. To quote "
                "it, say from what it is reckoned.",
            ),
            (
                "Where people are counted",
                "The counts of the councils are summed, and the figure is made anew from the sums. "
                "The publisher rounds counts to 5, so its last digit can be off. In "
                "735 of 740 cases, regions and England reckoned so from their councils were "
                "within one printed unit of what is published of them.",
            ),
            (
                "Where people are asked",
                "The mean of the councils' figures, weighted by the people that each stands for. "
                "Where those are not published, it is weighted by respondents. They are in no "
                "proportion to people, so the 95% range is wider then, and says roughly. The "
                "widening was chosen so that ranges of regions hold what is published of them.",
            ),
            (
                "Not known",
                "Where a council's figure is hidden or missing, or no counts are published, "
                "nothing is put in its place. Where only a part of a council belongs to the "
                "area, no rate and no answer of a survey can be had of the part, whatever its "
                "share of people.",
            ),
            (
                "Verdicts",
                f"{rule_sentence(rules)} The area is judged as if it were one council, by the "
                "error of its own reckoned figure. The usual gap is that between councils. "
                f"England's figure holds the area's own people too. {average_sentence(rules)} The "
                "area's own councils are none of its peers. By this program's usual rule, "
                "regions judged so came out as by their published figures in 957 of 961 cases, "
                "and by respondents in 407 of 462. None came out on the other side. A council's "
                "page tries each verdict with other peers and averages; this one does not.",
            ),
            (
                "What it does not say",
                "How one council would do. These are what separate councils did, with their own "
                "practice, prices and ways of recording. A figure of the whole can hide that its "
                "parts are apart.",
            ),
        ],
        key=key(rules.rule),
    )
