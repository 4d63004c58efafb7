"""One indicator by age and by sex: England, and a council where one is chosen.

Enters: the frame of an indicator's groups. Leaves: one figure and its table, or the sentence that
says that nothing is published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present.chart import Figure, drawing, mark, safe
from bench.present.chart_parts import padded, whiskers
from bench.present.html import identifier
from bench.present.numbers import NO_NUMBER, interval, short
from bench.present.rows import records
from bench.present.sentences import STATUS_WORDS
from bench.present.table import values_table
from bench.present.theme import check_palette, colours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.present.html import Fragment
    from bench.present.rows import Measure

__all__ = ["not_split", "split"]

HEAD = 56
PITCH = 52
EVERYBODY = "Everybody"


def not_split(names: Sequence[str], *, year: str, elsewhere: bool, last: str | None) -> str:
    """What is said where no figure by age or sex is published.

    Args:
        names: the areas that have none.
        year: the financial year, as "2014-15".
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
    palette: str = "rag",
) -> Figure:
    """A mark for each group and area, with its margin of error.

    Args:
        groups: see `bench.judge.groups.groups`.
        names: what each area is called by its `area_id`, England first.
        measure: what is counted.
        year: the financial year, as "2014-15".
        palette: rag or af.
    """
    role = colours(check_palette(palette))
    found = records(groups)
    order = list(dict.fromkeys(one["breakdown"] for one in found))
    labels = {one["breakdown"]: _label(one) for one in found}
    rows = {name: float(len(order) - 1 - at) for at, name in enumerate(order)}
    shift = 0.16 if len(names) > 1 else 0.0
    looks = (("diamond", role["ink"], shift, 11), ("circle", role["accent"], -shift, 12))
    heights = {
        area_id: {name: height - look[2] for name, height in rows.items()}
        for area_id, look in zip(names, looks, strict=False)
    }
    traces: list[dict[str, Any]] = [
        whiskers(
            ((heights[one["area_id"]][one["breakdown"]], one["lower"], one["upper"])
             for one in found),
            role["muted"],
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
                "marker": mark(shape, colour, role["surface"], size, 1),
                "hoverinfo": "text",
                "hovertext": [
                    f"{safe(name)}, {labels[one['breakdown']]}: {_cell(one, measure)}"
                    for one in seen
                ],
            }
        )
    layout = {
        "height": HEAD + 44 + PITCH * len(order),
        "margin": {"l": 8, "r": 24, "t": HEAD, "b": 44},
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
            "tickfont": {"color": role["ink"]},
            "showgrid": False,
        },
        "legend": {"y": 1.04},
    }
    gaps = [one for one in found if one["value"] is None]
    title = f"{measure.short_title}, by {_kinds(order)}, {year}"
    return Figure(
        plotly=drawing(traces, layout, palette, {"margin.t": HEAD + 30}),
        div_id=identifier(f"split-{measure.indicator}"),
        title=title,
        note=_note(found, gaps),
        alt=_alt(found, names, labels, measure),
        table=_table(found, order, names, labels, measure, title, palette),
        palette=palette,
    )


def _label(one: Mapping[str, Any]) -> str:
    return EVERYBODY if one["breakdown"] == "all" else str(one["group"])


def _kinds(order: list[str]) -> str:
    ages = any(name.startswith("age_") for name in order)
    sexes = any(name in ("female", "male") for name in order)
    return " and ".join([*(["age"] if ages else []), *(["sex"] if sexes else [])])


def _cell(one: Mapping[str, Any], measure: Measure) -> str:
    """A figure, or why there is none: a suppressed one is not a missing one."""
    if one["value"] is None:
        return STATUS_WORDS.get(one["status"], "no figure")
    shown = short(one["value"], measure)
    return f"{shown} (cannot be right: {one['wrong']})" if one["wrong"] else shown


def _note(found: list[dict[str, Any]], gaps: list[dict[str, Any]]) -> str:
    parts = ["As published; the groups are not compared with each other."]
    if any(one["lower"] is not None for one in found):
        parts.append("Thin lines are margins of error.")
    if gaps:
        parts.append("A group without a mark has no figure; the table says why.")
    return " ".join(parts)


def _alt(
    found: list[dict[str, Any]],
    names: Mapping[str, str],
    labels: Mapping[str, str],
    measure: Measure,
) -> str:
    parts = []
    for area_id, name in names.items():
        told = [
            f"{labels[one['breakdown']].lower()} " + _cell(one, measure)
            for one in found
            if one["area_id"] == area_id
        ]
        parts.append(f"{name}: {', '.join(told)}.")
    return " ".join(parts)


def _table(
    found: list[dict[str, Any]],
    order: list[str],
    names: Mapping[str, str],
    labels: Mapping[str, str],
    measure: Measure,
    caption: str,
    palette: str,
) -> Fragment:
    cells = {(one["breakdown"], one["area_id"]): one for one in found}
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
    return values_table(caption=caption, columns=columns, lines=lines, palette=palette)
