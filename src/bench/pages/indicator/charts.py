"""The charts of an indicator's page: neighbours, age and sex, a part of a whole, all years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.judge.summaries import records
from bench.present import sentences
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import callout, level, padded, row_labels, strokes, whiskers
from bench.present.charts.trend_line import axes, bands
from bench.present.html import identifier
from bench.present.numbers import NO_NUMBER, bare, interval, number, short
from bench.present.sentences import STATUS_WORDS, compared
from bench.present.table import values_table
from bench.present.theme import ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.judge.published_row import Measure, PublishedRow
    from bench.present.charts.ladder import Aim
    from bench.present.html import Section


HEAD = 72
PITCH, NARROW_PITCH = 28, 40


def neighbours(
    rows: Mapping[str, PublishedRow],
    *,
    council: str,
    year: str,
    peers_title: str,
    aim: Aim | None = None,
) -> Figure:
    """The council among its peers, best first, with their average and England as lines.

    A score is drawn as a dot: its scale does not begin at 0, so a bar would mislead.

    Args:
        rows: every council's row, by its name.
        council: whose peers, by its name.
        peers_title: what the peers are, as "15 nearest neighbours (CIPFA)".
        aim: a milestone, drawn as a line.
    """
    own = rows[council]
    names = [council, *(name for name, _ in own.peer_values)]
    # One that is reckoned from other councils' figures has no row of its own.
    undrawn = [name for name in names if name not in rows]
    seen = [(name, rows[name]) for name in names if name in rows and rows[name].value is not None]
    placed = sorted(seen, key=lambda pair: (_order(pair[1]), pair[0] != council, pair[0]))
    heights = [float(len(placed) - 1 - at) for at in range(len(placed))]
    margins = whiskers(
        ((at, row.lower, row.upper) for at, (_, row) in zip(heights, placed, strict=True)),
        ROLES["ink"],
        across=True,
    )
    # A margin of error lies over its bar, but under its dot.
    traces = [_marks(placed, heights, council), margins]
    if own.unit == "score":
        traces.reverse()
    ends = (-0.6, len(placed) - 0.4)
    for name, value, colour, dash in (
        ("Peers' average", own.peer_average, ROLES["muted"], "dashdot"),
        ("England", own.england, ROLES["ink"], "dot"),
    ):
        if value is not None:
            label = f"{name}: {short(value, own)}"
            traces.append(level(label, value, ends, colour=colour, dash=dash, across=True))
    if aim is not None:
        line = level(aim.name, aim.value, ends, colour=ROLES["accent"], dash="dash", across=True)
        traces.append(line)
    shown = [safe(name) for name, _ in placed]
    bold = [f"<b>{name}</b>" if name == safe(council) else name for name in shown]
    labels = row_labels(bold, heights)
    layout = {
        "height": HEAD + 40 + PITCH * max(len(placed), 1),
        "margin": {"l": 8, "r": 24, "t": HEAD, "b": 40},
        "bargap": 0.35,
        "xaxis": {
            "range": _span(placed, own, aim) if own.unit == "score" else None,
            "ticksuffix": "%" if own.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "yaxis": {
            "range": list(ends),
            "tickvals": heights,
            "ticktext": bold,
            "tickfont": {"color": ROLES["ink"]},
            "showgrid": False,
        },
        "legend": {"y": 1.02},
        "annotations": labels,
    }
    narrow = {
        "height": HEAD + 100 + NARROW_PITCH * max(len(placed), 1),
        "margin.t": HEAD + 60,
        "bargap": 0.62,
        "yaxis.showticklabels": False,
        **{f"annotations.{at}.visible": True for at in range(len(labels))},
    }
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(f"neighbours-{own.indicator}"),
        title=f"{own.short_title}: {council} and its peers, {year}",
        note=_note(own, peers_title)
        + (f" Not drawn, but in the average: {'; '.join(undrawn)}." if undrawn else ""),
        alt=_alt(placed, own, council, aim),
        table=_table(placed, own, council, year),
    )


def _span(
    placed: Sequence[tuple[str, PublishedRow]], own: PublishedRow, aim: Aim | None
) -> list[float] | None:
    figures = [end for _, row in placed for end in (row.value, row.lower, row.upper)]
    lines = [own.peer_average, own.england, aim.value if aim else None]
    return padded([*figures, *lines])


def _order(row: PublishedRow) -> float:
    value = row.value or 0.0
    return value if row.polarity == "lower_is_better" else -value


def _marks(
    placed: Sequence[tuple[str, PublishedRow]], heights: list[float], council: str
) -> dict[str, Any]:
    fills = [ROLES["accent"] if name == council else ROLES["band"] for name, _ in placed]
    trace = {
        "name": f"{safe(council)} and its peers",
        "showlegend": False,
        "x": [row.value for _, row in placed],
        "y": heights,
        "hoverinfo": "text",
        "hovertext": [_hover(name, row) for name, row in placed],
    }
    if placed and placed[0][1].unit == "score":
        marker = mark("circle", fills, ROLES["muted"], 12, 1)
        return trace | {"type": "scatter", "mode": "markers", "marker": marker}
    line = {"color": ROLES["muted"], "width": 1}
    return trace | {"type": "bar", "orientation": "h", "marker": {"color": fills, "line": line}}


def _hover(name: str, row: PublishedRow) -> str:
    span = interval(row.lower, row.upper, row)
    return f"{safe(name)}: {number(row.value, row)}{f' ({span})' if span else ''}"


def _note(own: PublishedRow, peers_title: str) -> str:
    order = "Best first." if own.judged else "Highest first."
    if not own.comparable:
        order = "In order of the figure, but the council is not compared; the page says why."
    parts = [f"Peers: {peers_title}. {order}"]
    parts.append(f"{own.peers_reporting} of {own.peers_total} peers have a figure.")
    if own.value is None:
        parts.append("The council itself has none.")
    return " ".join(parts)


def _alt(
    placed: Sequence[tuple[str, PublishedRow]], own: PublishedRow, council: str, aim: Aim | None
) -> str:
    at = [name for name, _ in placed]
    parts = []
    if placed:
        (top, best), (end, last) = placed[0], placed[-1]
        parts.append(
            f"{len(placed)} councils in order, from {top} ({number(best.value, best)}) "
            f"to {end} ({number(last.value, last)})."
        )
    if council in at:
        parts.append(f"{council} is number {at.index(council) + 1}. {compared(own)}")
    else:
        parts.append(f"{council} has no figure.")
    return " ".join([*parts, aim.name + "." if aim else ""]).strip()


def _table(
    placed: Sequence[tuple[str, PublishedRow]],
    own: PublishedRow,
    council: str,
    year: str,
) -> Any:
    lines = [
        (name, short(row.value, row), interval(row.lower, row.upper, row) or NO_NUMBER)
        for name, row in placed
    ]
    if own.value is None:
        lines.append((council, STATUS_WORDS.get(own.status, "no figure"), NO_NUMBER))
    lines += [(*sentences.missing_peer(text), NO_NUMBER) for text in own.peers_missing]
    lines.append(("Peers' average", short(own.peer_average, own), NO_NUMBER))
    lines.append(("England", short(own.england, own), NO_NUMBER))
    return values_table(
        caption=f"{own.short_title}: {council} and its peers, {year}",
        columns=("Council", "Figure", "Range"),
        lines=lines,
    )


SPLIT_HEAD = 56
SPLIT_PITCH = 52
EVERYBODY = "Everybody"


def not_split(names: Sequence[str], *, year: str, elsewhere: bool, last: str | None) -> str:
    """What is said where no figure by age or sex is published.

    Args:
        names: the areas that have none.
        elsewhere: whether other areas have one that year.
        last: the last year in which England has one; None where there is none.
    """
    text = f"Not published by age or sex for {year}."
    if elsewhere:
        whose = " or ".join(names)
        text = (
            f"For {year} no figure by age or sex is published for {whose}, only for some councils."
        )
    return f"{text} The last year that we hold with it is {last}." if last else text


def split(
    groups: pd.DataFrame,
    *,
    names: Mapping[str, str],
    measure: Measure,
    year: str,
) -> Figure:
    """A mark for each group and area, with its margin of error.

    Args:
        groups: see `bench.judge.summaries.groups`.
        names: what each area is called by its `area_id`, England first.
        measure: what is counted.
    """
    found = records(groups)
    order = list(dict.fromkeys(one["breakdown"] for one in found))
    labels = {one["breakdown"]: _label(one) for one in found}
    rows = {name: float(len(order) - 1 - at) for at, name in enumerate(order)}
    shift = 0.16 if len(names) > 1 else 0.0
    looks = (("diamond", ROLES["ink"], shift, 11), ("circle", ROLES["accent"], -shift, 12))
    heights = {
        area_id: {name: height - look[2] for name, height in rows.items()}
        for area_id, look in zip(names, looks, strict=False)
    }
    traces: list[dict[str, Any]] = [
        whiskers(
            ((heights[one["area_id"]][one["breakdown"]], one["lower"], one["upper"])
             for one in found),
            ROLES["muted"],
            across=True,
        )
    ]  # fmt: skip
    for (area_id, name), (shape, colour, _, size) in zip(names.items(), looks, strict=False):
        seen = [one for one in found if one["area_id"] == area_id and one["value"] is not None]
        traces.append(
            {
                "type": "scatter",
                "name": safe(name),
                "mode": "markers",
                "cliponaxis": False,
                "x": [one["value"] for one in seen],
                "y": [heights[area_id][one["breakdown"]] for one in seen],
                "marker": mark(shape, colour, ROLES["surface"], size, 1),
                "hoverinfo": "text",
                "hovertext": [
                    f"{safe(name)}, {labels[one['breakdown']]}: {_cell(one, measure)}"
                    for one in seen
                ],
            }
        )
    layout = {
        "height": SPLIT_HEAD + 44 + SPLIT_PITCH * len(order),
        "margin": {"l": 8, "r": 24, "t": SPLIT_HEAD, "b": 44},
        "xaxis": {
            "range": padded(one[name] for one in found for name in ("value", "lower", "upper")),
            "ticksuffix": "%" if measure.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "yaxis": {
            "range": [-0.6, len(order) - 0.4],
            "tickvals": list(rows.values()),
            "ticktext": [labels[name] for name in order],
            "tickfont": {"color": ROLES["ink"]},
            "showgrid": False,
        },
        "legend": {"y": 1.04},
    }
    gaps = [one for one in found if one["value"] is None]
    title = f"{measure.short_title}, by {_kinds(order)}, {year}"
    return Figure(
        drawing=Drawing(traces, layout, {"margin.t": SPLIT_HEAD + 30}),
        div_id=identifier(f"split-{measure.indicator}"),
        title=title,
        note=_split_note(found, gaps),
        alt=_split_alt(found, names, labels, measure),
        table=_split_table(found, order, names, labels, measure, title),
    )


def _label(group: Mapping[str, Any]) -> str:
    return EVERYBODY if group["breakdown"] == "all" else str(group["group"])


def _kinds(order: list[str]) -> str:
    ages = any(name.startswith("age_") for name in order)
    sexes = any(name in ("female", "male") for name in order)
    return " and ".join([*(["age"] if ages else []), *(["sex"] if sexes else [])])


def _cell(group: Mapping[str, Any], measure: Measure) -> str:
    """A figure, or why there is none: a suppressed one is not a missing one."""
    if group["value"] is None:
        return STATUS_WORDS.get(group["status"], "no figure")
    shown = short(group["value"], measure)
    return f"{shown} (cannot be right: {group['wrong']})" if group["wrong"] else shown


def _split_note(groups: list[dict[str, Any]], gaps: list[dict[str, Any]]) -> str:
    parts = ["As published; the groups are not compared with each other."]
    if any(one["lower"] is not None for one in groups):
        parts.append("Thin lines are margins of error.")
    if gaps:
        parts.append("A group without a mark has no figure; the table says why.")
    return " ".join(parts)


def _split_alt(
    groups: list[dict[str, Any]],
    names: Mapping[str, str],
    labels: Mapping[str, str],
    measure: Measure,
) -> str:
    parts = []
    for area_id, name in names.items():
        figures = [
            f"{labels[one['breakdown']].lower()} " + _cell(one, measure)
            for one in groups
            if one["area_id"] == area_id
        ]
        parts.append(f"{name}: {', '.join(figures)}.")
    return " ".join(parts)


def _split_table(
    groups: list[dict[str, Any]],
    order: list[str],
    names: Mapping[str, str],
    labels: Mapping[str, str],
    measure: Measure,
    caption: str,
) -> Section:
    cells = {(one["breakdown"], one["area_id"]): one for one in groups}
    lines = []
    for name in order:
        line = [labels[name]]
        for area_id in names:
            one = cells[name, area_id]
            span = interval(one["lower"], one["upper"], measure)
            line += [_cell(one, measure), span or NO_NUMBER]
        lines.append(line)
    columns = ["Group"]
    for area in names.values():
        columns += [area, f"{area}: range"]
    return values_table(caption=caption, columns=columns, lines=lines)


SHARES_HEAD = 48
DECIMALS = 1


def shares(
    frame: pd.DataFrame,
    *,
    part: Measure,
    whole: Measure,
    year: str,
    council: str | None = None,
    refused: str = "",
) -> Figure:
    """A mark for each council that has a share, the highest first, and a line for England.

    Args:
        frame: columns council, area_id, share, lower, upper, part, whole, basis, reason, apart;
            councils in order, England where `area_id` is "england".
        part: the indicator that is a part.
        whole: the one of which it is a part.
        council: a council to point out, by its name.
        refused: why no figure of the year is compared; "" where they are.
    """
    found = records(frame)
    england = next(one for one in found if one["area_id"] == "england")
    councils = [one for one in found if one is not england]
    placed = [one for one in councils if one["share"] is not None and not one["apart"]]
    traces = [
        whiskers(
            ((at, one["lower"], one["upper"]) for at, one in enumerate(placed, start=1)),
            ROLES["band"],
        ),
        {
            "type": "scatter",
            "name": "A council",
            "mode": "markers",
            "cliponaxis": False,
            "x": list(range(1, len(placed) + 1)),
            "y": [one["share"] for one in placed],
            "marker": mark("circle", ROLES["neutral_mark"], ROLES["ink"], 8, 0.5),
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(one['council'])}, {at}: {_share(one)}"
                for at, one in enumerate(placed, start=1)
            ],
        },
    ]
    if england["share"] is not None:
        line = level(f"England: {_share(england)}", england["share"], (0, len(placed) + 1),
                     colour=ROLES["ink"], dash="dot")  # fmt: skip
        traces.append(line)
    step = 25 if len(placed) > 60 else 5
    ticks = {1, *range(step, len(placed) - step // 2, step), len(placed)} - {0}
    layout = {
        "height": 400,
        "margin": {"l": 8, "r": 16, "t": SHARES_HEAD, "b": 48},
        "xaxis": {
            "range": [0, len(placed) + 1],
            "tickvals": sorted(ticks),
            "title": {"text": "Councils, the highest share first", "font": {"size": 13}},
            "showgrid": False,
        },
        "yaxis": {"ticksuffix": "%", "showgrid": True, "rangemode": "tozero"},
        "legend": {"y": 1.02},
        "annotations": [
            callout(one["council"], at, one["share"])
            for at, one in enumerate(placed, start=1)
            if one["council"] == council
        ],
    }
    title = f"{part.short_title}, of those in {whole.code}, {year}"
    return Figure(
        drawing=Drawing(traces, layout, {"margin.t": SHARES_HEAD + 40, "height": 430}),
        div_id=identifier(f"share-{part.indicator}"),
        title=title,
        note=_shares_note(councils, part, whole, refused),
        alt=_shares_alt(placed, england),
        table=values_table(
            caption=title,
            columns=("Council", "Share", "Range", "Counts", "Remark"),
            lines=[
                (
                    one["council"],
                    _share(one),
                    NO_NUMBER
                    if one["lower"] is None
                    else f"{bare(one['lower'], 1)} to {bare(one['upper'], 1)}",
                    _counts(one),
                    one["reason"] or _BASES[one["basis"]],
                )
                for one in [england, *councils]
            ],
            prose=("Remark",),
        ),
    )


_BASES = {"counts": "", "rates": "from the two rates", "none": ""}


def _share(year: dict[str, Any]) -> str:
    return NO_NUMBER if year["share"] is None else f"{bare(year['share'], DECIMALS)}%"


def _counts(year: dict[str, Any]) -> str:
    if year["basis"] != "counts":
        return NO_NUMBER
    return f"{bare(year['part'], 0)} of {bare(year['whole'], 0)}"


def _shares_note(
    councils: list[dict[str, Any]], part: Measure, whole: Measure, refused: str
) -> str:
    parts = [
        f"{part.code} as a share of {whole.code}: who has a direct payment, of all with a personal "
        "budget or a direct payment. Neither high nor low is better."
    ]
    bases = {one["basis"] for one in councils if one["basis"] != "none"}
    if bases == {"rates"}:
        parts.append(
            "No counts are published for the year. So this is one rate over the other; both are "
            "out of the same people. It has no margin of error."
        )
    elif bases == {"counts"}:
        parts.append("From the published counts. Upright lines are margins of error.")
    elif bases:
        parts.append(
            "From the published counts, or, where the table says so, from the two rates, which "
            "are out of the same people."
        )
    left = sum(one["share"] is None or one["apart"] for one in councils)
    if left:
        parts.append(f"{left} of {len(councils)} councils are left out; the table says why.")
    return " ".join([*parts, f"Not to be compared this year: {refused}" if refused else ""]).strip()


def _shares_alt(placed: list[dict[str, Any]], england: dict[str, Any]) -> str:
    if not placed:
        return "No council has a share."
    top, end = placed[0], placed[-1]
    text = (
        f"{len(placed)} councils in order, from {top['council']} ({_share(top)}) to "
        f"{end['council']} ({_share(end)})."
    )
    if england["share"] is not None:
        text += f" A line marks England at {_share(england)}."
    return text


YEARS_HEAD = 80


def years(
    distribution: pd.DataFrame,
    *,
    measure: Measure,
    div_id: str | None = None,
) -> Figure:
    """One upright mark a year; nothing is joined, so that nothing crosses a cut.

    Args:
        distribution: one row per year; see `bench.judge.summaries.distribution`.
        measure: what is counted.
        div_id: the figure's id, if not one made of the indicator's.
    """
    found = records(distribution)
    for year in found:
        year["at"] = int(str(year["period"])[:4])
    apart = [year for year in found if year["isolated"]]
    middles = [year["at"] - 0.5 for year in found[1:] if year["gap_before"]]
    traces: list[dict[str, Any]] = [
        strokes(
            "All councils",
            ((year["at"], year["low"], year["high"]) for year in found),
            {"color": ROLES["muted"], "width": 1.5},
        ),
        strokes(
            "Middle half",
            ((year["at"], year["lower_quartile"], year["upper_quartile"]) for year in found),
            {"color": ROLES["band"], "width": 14},
        ),
        _years_marks("Median council", found, "median", "line-ew", ROLES["ink"], measure),
        _years_marks("England", found, "england", "diamond", ROLES["accent"], measure),
    ]
    places = [year["at"] for year in found]
    labels = [f"{year['period']}{'*' if year['isolated'] else ''}" for year in found]
    layout = {
        "height": 400,
        "margin": {"l": 8, "r": 24, "t": YEARS_HEAD, "b": 40},
        **axes(places, labels, measure, margin=0.6),
        **bands(middles),
    }
    narrow = {"xaxis.tickangle": -90, "margin.t": YEARS_HEAD + 40, "height": 440, "legend.y": 1.18}
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(div_id or f"years-{measure.indicator}"),
        title=f"{measure.short_title}: all councils and England by year",
        note=_years_note(found, bool(apart)),
        alt=_years_alt(found, measure),
        table=_years_table(found, measure),
    )


def _years_marks(
    name: str,
    years: list[dict[str, Any]],
    field: str,
    shape: str,
    colour: Role,
    measure: Measure,
) -> dict[str, Any]:
    seen = [year for year in years if year[field] is not None]
    return {
        "type": "scatter",
        "name": name,
        "mode": "markers",
        "cliponaxis": False,
        "x": [year["at"] for year in seen],
        "y": [year[field] for year in seen],
        "marker": mark(shape, colour, colour, 11 if shape == "diamond" else 20, 2),
        "hoverinfo": "text",
        "hovertext": [f"{name}, {y['period']}: {number(y[field], measure)}" for y in seen],
    }


def _years_note(years: list[dict[str, Any]], apart: bool) -> str:
    parts = [
        "The thin line is the range of all councils, the thick one their middle half, the dash the "
        "median council."
    ]
    cuts = [year["period"] for year in years[1:] if year["gap_before"]]
    if cuts:
        parts.append(f"Years before {' and before '.join(cuts)} do not compare with later ones.")
    if apart:
        parts.append("A year with a star is on its own: it compares with no other.")
    return " ".join(parts)


def _years_alt(years: list[dict[str, Any]], measure: Measure) -> str:
    if not years:
        return "No year has a figure."
    parts = [f"{len(years)} years, {years[0]['period']} to {years[-1]['period']}."]
    seen = [year for year in years if year["england"] is not None]
    if seen:
        ends = [seen[0], seen[-1]] if len(seen) > 1 else seen
        figures = " and ".join(f"{number(y['england'], measure)} in {y['period']}" for y in ends)
        parts.append(f"England: {figures}.")
    last = years[-1]
    if last["lower_quartile"] is not None:
        parts.append(
            f"In {last['period']} half of the councils lie between "
            f"{short(last['lower_quartile'], measure)} and "
            f"{number(last['upper_quartile'], measure)}."
        )
    return " ".join([*parts, _years_note(years, any(year["isolated"] for year in years))])


def _years_table(years: list[dict[str, Any]], measure: Measure) -> Any:
    return values_table(
        caption=f"{measure.short_title}: all councils and England by year",
        columns=(
            "Year",
            "England",
            "Lowest",
            "Lower quartile",
            "Median",
            "Upper quartile",
            "Highest",
            "Councils",
            "Can it be compared?",
        ),
        lines=[
            (
                year["period"],
                *(
                    short(year[field], measure)
                    for field in (
                        "england",
                        "low",
                        "lower_quartile",
                        "median",
                        "upper_quartile",
                        "high",
                    )
                ),
                year["councils"],
                sentences.comparable(
                    gap_before=year["gap_before"], isolated=year["isolated"], why=year["gap_text"]
                ),
            )
            for year in years
        ],
        prose=("Can it be compared?",),
    )
