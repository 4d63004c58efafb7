"""The chart of a figure's restatement: steps from one way of counting to another."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from bench.pages.restatement.sections import AS_REPORTED, of_span, of_value, signed
from bench.present.chart import Drawing, Figure, safe
from bench.present.html import identifier
from bench.present.table import values_table
from bench.present.theme import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.integrity.restatement.placement import Milestone
    from bench.integrity.restatement.restate import Restated
    from bench.judge.published_row import Measure


PITCH = 74
HEAD = 64


def waterfall(
    steps: Sequence[Restated],
    milestones: Sequence[Milestone],
    *,
    measure: Measure,
    council: str,
    year: str,
) -> Figure:
    """The reported figure, a bar for what each step takes away or adds, and the figure then.

    Args:
        steps: the figure as reported, and after each further adjustment.
        milestones: drawn where the axis reaches them.
        measure: how figures are printed.
        year: the financial year.
    """
    values = [float(step.value) for step in steps]
    names = [AS_REPORTED, *(step.applied[-1].label for step in steps[1:])]
    bars: list[tuple[str, float, float, str, str]] = [(names[0], 0.0, values[0], "accent", "")]
    for before, after, name in zip(values, values[1:], names[1:], strict=False):
        bars.append((name, before, after, "muted", signed(after - before, measure)))
    last = "With all of these" if len(steps) > 2 else "Counted so"
    if len(steps) > 1:
        bars.append((last, 0.0, values[-1], "accent", ""))
    heights = [float(len(bars) - 1 - at) for at in range(len(bars))]
    spans = [steps[0].span, *(step.span for step in steps[1:]), steps[-1].span][: len(bars)]
    texts = [change or of_value(steps[0 if at == 0 else -1].value, measure)
             for at, (_, _, _, _, change) in enumerate(bars)]  # fmt: skip
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": "Figure",
            "showlegend": False,
            "y": heights,
            "base": [min(start, end) for _, start, end, _, _ in bars],
            "x": [abs(end - start) for _, start, end, _, _ in bars],
            "width": 0.42,
            "marker": {"color": [ROLES[colour] for _, _, _, colour, _ in bars]},
            "hoverinfo": "text",
            "hovertext": [
                f"{safe(name)}: {text}" for (name, *_), text in zip(bars, texts, strict=True)
            ],
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "What rounding allows",
            "x": [x for span in spans for x in (float(span.lower), float(span.upper), None)],
            "y": [y for height in heights for y in (height - 0.32, height - 0.32, None)],
            "line": {"color": ROLES["ink"], "width": 3},
            "hoverinfo": "skip",
        },
    ]
    shown = [one for one in milestones if float(one.value) <= max(values) * 1.4]
    top = max([*values, *(float(one.value) for one in shown), *(float(s.upper) for s in spans)])
    layout = {
        "height": HEAD + 56 + PITCH * len(bars),
        "margin": {"l": 8, "r": 24, "t": HEAD, "b": 40},
        "bargap": 0,
        "xaxis": {
            "range": [0, top * 1.08 or 1],
            "ticksuffix": "%" if measure.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
        },
        "yaxis": {"visible": False, "range": [-0.7, len(bars) - 0.3]},
        "legend": {"y": 1.06},
        "shapes": [_line(one) for one in shown],
        "annotations": [
            *(_label(name, text, height) for (name, *_), text, height in
              zip(bars, texts, heights, strict=True)),
            *(_milestone(one) for one in shown),
        ],
    }  # fmt: skip
    narrow = {
        f"annotations.{at}.text": "<br>".join(map(safe, wrap(f"{name}: {text}", 44)))
        for at, ((name, *_), text) in enumerate(zip(bars, texts, strict=True))
    }
    lines = [
        (
            names[at] if at == 0 else f"Step {at}: {names[at]}",
            of_value(step.value, measure),
            of_span(step.span, measure),
            "" if at == 0 else signed(values[at] - values[at - 1], measure),
        )
        for at, step in enumerate(steps)
    ]
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier(f"waterfall-{measure.indicator}"),
        title=f"{measure.short_title}: {council}, {year}, step by step",
        note=_note(shown, len(steps)),
        alt=_alt(lines),
        table=values_table(
            caption=f"{measure.short_title}: the figure after each step",
            columns=("Step", "Figure", "Rounding allows", "Change"),
            lines=lines,
        ),
    )


def _label(name: str, text: str, height: float) -> dict[str, Any]:
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": height + 0.22,
        "yanchor": "bottom",
        "text": safe(f"{name}: {text}"),
        "align": "left",
        "showarrow": False,
        "bgcolor": ROLES["surface"],
        "borderpad": 1,
        "font": {"size": 13, "color": ROLES["ink"]},
    }


def _line(milestone: Milestone) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": float(milestone.value),
        "x1": float(milestone.value),
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": ROLES["ink"], "width": 1.5, "dash": "dot"},
    }


def _milestone(milestone: Milestone) -> dict[str, Any]:
    return {
        "x": float(milestone.value),
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": safe(milestone.label),
        "showarrow": False,
        "font": {"size": 12, "color": ROLES["ink"]},
    }


def _note(shown: Sequence[Milestone], count: int) -> str:
    text = "The thin line beneath a bar is what rounding of the numbers behind it allows."
    if count > 2:
        text += " In another order each step would count for more or less, but the end is the same."
    if shown:
        text += " A dotted line is a milestone."
    return text


def _alt(lines: Sequence[tuple[str, str, str, str]]) -> str:
    parts = [f"{name}: {figure} (rounding allows {span})" for name, figure, span, _ in lines]
    return ". ".join(["Bars, one for each step", *parts]) + "."
