"""The ladder: every council of one indicator in order, with England's line and a milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bench.present import certainty_words
from bench.present.certainty_words import against_england
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import callout, level, points, whiskers
from bench.present.html import identifier
from bench.present.numbers import MINUS, NO_NUMBER, interval, number, short
from bench.present.table import values_table
from bench.present.theme import LOOKS, ROLES, look_vs_england
from bench.present.wording import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.integrity.restatement.placement import Milestone
    from bench.judge.published_row import Measure, PublishedRow
    from bench.judge.summaries import Reach


class Aim(NamedTuple):
    """A milestone: its figure, what its line is called, and how many councils reach it."""

    value: float
    name: str
    sentence: str


def aim(milestone: Milestone, reach: Reach | None, *, measure: Measure, set_for: str = "") -> Aim:
    """The milestone in words.

    Args:
        milestone: the figure to be reached, and who set it.
        reach: how many councils reach it; None where no figure of the year can be compared.
        measure: what is counted.
        set_for: the figures that it was set for, where those shown are others; "" where it holds.
    """
    value = float(milestone.value)
    label = milestone.label if milestone.source else _written(value, measure)
    said = "; ".join(filter(None, [milestone.terms, milestone.source]))
    source = f" ({said})" if said else ""
    other = f" It was set for {set_for}, so nobody meets or misses it here." if set_for else ""
    told = _told(reach, measure, holds=not set_for)
    return Aim(value, f"Milestone: {label}", f"Milestone: {label}{source}.{other} {told}")


def _told(reach: Reach | None, measure: Measure, *, holds: bool) -> str:
    if reach is None or not reach.total:
        return "No figure can be compared, so it is not counted who reaches it."
    there, short_of = "reach it", "do not"
    if not measure.judged or not holds:
        there, short_of = "are at it or above", "are below"
    if not holds and measure.polarity == "lower_is_better":
        there, short_of = "are at it or below", "are above"
    text = f"{reach.reached} of {reach.total} councils {there} and {reach.missed} {short_of}."
    if reach.open:
        text += f" For {reach.open} it cannot be told: their margin of error holds it."
    if reach.without == reach.total:
        text += " None has a margin of error, so this goes by the figures alone."
    elif reach.without:
        text += f" {reach.without} have no margin of error and go by the figure alone."
    return text


def _written(value: float, measure: Measure) -> str:
    """The figure as a reader gave it, with its unit: 70%, 592.5 per 100,000."""
    digits = f"{abs(value):,.6f}".rstrip("0").rstrip(".")
    return f"{MINUS if value < 0 else ''}{digits}{UNITS[measure.unit].after_figure}"


HEAD = 48


def ladder(
    rows: Sequence[tuple[str, PublishedRow]],
    *,
    year: str,
    council: str | None = None,
    aim: Aim | None = None,
    div_id: str | None = None,
) -> Figure:
    """A mark for each council that has a place, best first, and a line where England stands.

    Args:
        rows: every council's name and row, in order.
        council: a council to point out, by its name.
        aim: a milestone, drawn as a line.
        div_id: the figure's id, if not one made of the indicator's.
    """
    placed = [(name, row) for name, row in rows if row.rank is not None]
    first = rows[0][1]
    traces: list[dict[str, Any]] = [
        whiskers(
            ((at, row.lower, row.upper) for at, (_, row) in enumerate(placed, start=1)),
            ROLES["band"],
        )
    ]
    for key, seen in LOOKS.items():
        chosen = [
            (at, name, row)
            for at, (name, row) in enumerate(placed, start=1)
            if look_vs_england(row).key == key
        ]
        if chosen:
            colour = ROLES["muted"] if seen.tone == "none" else ROLES[f"{seen.tone}_mark"]
            shape = "square" if key == "not_compared" else seen.marker
            filled = not shape.endswith("-open")
            traces.append(
                points(
                    seen.text,
                    [(at, row.value) for at, _, row in chosen],
                    mark(shape, colour, ROLES["ink"], 9, 0.5 if filled else 1.75),
                    [_hover(name, row) for _, name, row in chosen],
                )
            )
    ends = (0, len(placed) + 1)
    if first.england is not None:
        name = f"England: {short(first.england, first)}"
        traces.append(level(name, first.england, ends, colour=ROLES["ink"], dash="dot"))
    if aim is not None:
        traces.append(level(aim.name, aim.value, ends, colour=ROLES["accent"], dash="dash"))
    step = 25 if len(placed) > 60 else 5
    layout = {
        "height": 440,
        "margin": {"l": 8, "r": 16, "t": HEAD, "b": 48},
        "xaxis": {
            "range": [0, len(placed) + 1],
            "tickvals": sorted({1, *range(step, len(placed) - step // 2, step), len(placed)} - {0}),
            "title": {"text": "Place among councils", "font": {"size": 13}},
            "showgrid": False,
        },
        "yaxis": {
            "ticksuffix": "%" if first.unit == "per_cent" else "",
            "separatethousands": True,
            "showgrid": True,
            "rangemode": "normal",
        },
        "legend": {"y": 1.02},
        "annotations": [
            callout(name, at, row.value)
            for at, (name, row) in enumerate(placed, start=1)
            if name == council
        ],
    }
    title = first.short_title
    return Figure(
        drawing=Drawing(traces, layout, {"margin.t": HEAD + 72, "height": 480}),
        div_id=identifier(div_id or f"ladder-{first.indicator}"),
        title=f"{title}: all councils beside England, {year}",
        note=" ".join(filter(None, (_note(rows, placed), aim.sentence if aim else ""))),
        alt=" ".join(filter(None, (_alt(placed, first), aim.sentence if aim else ""))),
        table=values_table(
            caption=f"{title}: the figures of the chart, {year}",
            columns=("Council", "Place", "Figure", "Range", "Against England"),
            lines=[
                (
                    name,
                    row.rank,
                    short(row.value, row),
                    interval(row.lower, row.upper, row) or NO_NUMBER,
                    look_vs_england(row).text,
                )
                for name, row in placed
            ],
            prose=("Against England",),
        ),
    )


def _hover(name: str, row: PublishedRow) -> str:
    span = interval(row.lower, row.upper, row)
    shown = f"{number(row.value, row)}{f' ({span})' if span else ''}"
    sure = "; ".join(certainty_words.lines(against_england(row), row))
    verdict = f"{look_vs_england(row).text}{f' ({sure})' if sure else ''}"
    return f"{safe(name)}, place {row.rank}: {shown}<br>Against England: {verdict}"


def _note(
    everyone: Sequence[tuple[str, PublishedRow]], placed: Sequence[tuple[str, PublishedRow]]
) -> str:
    text = "Best first." if everyone[0][1].judged else "Highest first."
    if not any(row.comparable for _, row in placed):
        text = "In order of the figure, but compared with nothing; the page says why."
    if any(row.lower is not None for _, row in placed):
        text += " Upright lines are margins of error."
    if any(row.certainty_vs_england == "probable" for _, row in placed):
        shape = "triangle" if everyone[0][1].judged else "arrow"
        text += f" A filled {shape} is sure, an open one probable."
    if any(row.certainty_vs_england == "untested" for _, row in placed):
        text += " Without a margin of error the size of the gap alone decides."
    left_out = len(everyone) - len(placed)
    if left_out:
        text += f" {left_out} of {len(everyone)} councils have no place; the table says why."
    return text


def _alt(placed: Sequence[tuple[str, PublishedRow]], first: PublishedRow) -> str:
    if not placed:
        return "No council has a figure."
    (top, best), (end, last) = placed[0], placed[-1]
    parts = [
        f"{len(placed)} councils in order, from {top} ({number(best.value, best)}) "
        f"to {end} ({number(last.value, last)})."
    ]
    if first.england is not None:
        parts.append(f"A line marks England at {number(first.england, first)}.")
    for key, seen in LOOKS.items():
        count = sum(look_vs_england(row).key == key for _, row in placed)
        if count:
            parts.append(f"{seen.text}: {count}.")
    return " ".join(parts)
