"""How all councils lay in each year: their range, their middle half, and England.

Enters: the frame of a distribution. Leaves: one figure, its words and the table behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present import sentences
from bench.present.chart import Figure, drawing, mark
from bench.present.charts.trend_line import axes, bands
from bench.present.html import identifier
from bench.present.numbers import number, short
from bench.present.rows import records
from bench.present.table import values_table
from bench.present.theme import check_palette, colours

if TYPE_CHECKING:
    import pandas as pd

    from bench.present.rows import Measure

__all__ = ["years"]

HEAD = 80


def years(
    distribution: pd.DataFrame,
    *,
    measure: Measure,
    palette: str = "rag",
    div_id: str | None = None,
) -> Figure:
    """One upright mark a year; nothing is joined, so that nothing crosses a cut.

    Args:
        distribution: one row per year; see `bench.judge.distribution.distribution`.
        measure: what is counted.
        palette: rag or af.
        div_id: the figure's id, if not one made of the indicator's.
    """
    role = colours(check_palette(palette))
    found = records(distribution)
    for year in found:
        year["at"] = int(str(year["period"])[:4])
    apart = [year for year in found if year["isolated"]]
    middles = [year["at"] - 0.5 for year in found[1:] if year["gap_before"]]
    traces: list[dict[str, Any]] = [
        _bars("All councils", found, ("low", "high"), {"color": role["muted"], "width": 1.5}),
        _bars(
            "Middle half",
            found,
            ("lower_quartile", "upper_quartile"),
            {"color": role["band"], "width": 14},
        ),
        _marks("Median council", found, "median", "line-ew", role["ink"], measure),
        _marks("England", found, "england", "diamond", role["accent"], measure),
    ]
    places = [year["at"] for year in found]
    labels = [f"{year['period']}{'*' if year['isolated'] else ''}" for year in found]
    layout = {
        "height": 400,
        "margin": {"l": 8, "r": 24, "t": HEAD, "b": 40},
        **axes(places, labels, measure, margin=0.6),
        **bands(middles, role),
    }
    narrow = {"xaxis.tickangle": -90, "margin.t": HEAD + 40, "height": 440, "legend.y": 1.18}
    return Figure(
        plotly=drawing(traces, layout, palette, narrow),
        div_id=identifier(div_id or f"years-{measure.indicator}"),
        title=f"{measure.short_title}: all councils and England by year",
        note=_note(found, bool(apart)),
        alt=_alt(found, measure),
        table=_table(found, measure, palette),
        palette=palette,
    )


def _bars(
    name: str, found: list[dict[str, Any]], ends: tuple[str, str], style: dict[str, Any]
) -> dict[str, Any]:
    """One upright bar a year, drawn as a line that is lifted between years."""
    x: list[int | None] = []
    y: list[float | None] = []
    for year in found:
        if year[ends[0]] is not None:
            x += [year["at"], year["at"], None]
            y += [year[ends[0]], year[ends[1]], None]
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "connectgaps": False,
        "x": x,
        "y": y,
        "line": style,
        "hoverinfo": "skip",
    }


def _marks(
    name: str,
    found: list[dict[str, Any]],
    field: str,
    shape: str,
    colour: str,
    measure: Measure,
) -> dict[str, Any]:
    seen = [year for year in found if year[field] is not None]
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


def _note(found: list[dict[str, Any]], apart: bool) -> str:
    parts = [
        "The thin line is the range of all councils, the thick one their middle half, the dash the "
        "median council."
    ]
    cuts = [year["period"] for year in found[1:] if year["gap_before"]]
    if cuts:
        parts.append(f"Years before {' and before '.join(cuts)} do not compare with later ones.")
    if apart:
        parts.append("A year with a star is on its own: it compares with no other.")
    return " ".join(parts)


def _alt(found: list[dict[str, Any]], measure: Measure) -> str:
    if not found:
        return "No year has a figure."
    parts = [f"{len(found)} years, {found[0]['period']} to {found[-1]['period']}."]
    seen = [year for year in found if year["england"] is not None]
    if seen:
        ends = [seen[0], seen[-1]] if len(seen) > 1 else seen
        told = " and ".join(f"{number(y['england'], measure)} in {y['period']}" for y in ends)
        parts.append(f"England: {told}.")
    last = found[-1]
    if last["lower_quartile"] is not None:
        parts.append(
            f"In {last['period']} half of the councils lie between "
            f"{short(last['lower_quartile'], measure)} and "
            f"{number(last['upper_quartile'], measure)}."
        )
    return " ".join([*parts, _note(found, any(year["isolated"] for year in found))])


def _table(found: list[dict[str, Any]], measure: Measure, palette: str) -> Any:
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
            for year in found
        ],
        palette=palette,
        prose=("Can it be compared?",),
    )
