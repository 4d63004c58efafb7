"""Charts of a survey's closed questions: shares with their ranges, weighted ones beside."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.html import Section, identifier, joined
from bench.present.numbers import NO_NUMBER, bare
from bench.present.table import values_table
from bench.present.theme import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.audit.survey import AnswerShare, QuestionResult

MOST_DRAWN = 12  # questions that a chart holds; the tables hold all
_PITCH, _HEAD, _FOOT = 34, 12, 44  # pixels of a line, above and beneath
_LEGEND = 40


def per_cent(share: float) -> str:
    """A share from 0 to 1 as readers see it: 38.2%."""
    return f"{bare(100 * share, 1)}%"


def span(lower: float, upper: float) -> str:
    """Both ends of a share's range: 30.8% to 46.1%."""
    return f"{per_cent(lower)} to {per_cent(upper)}"


def answers(
    results: Sequence[QuestionResult], *, title: str, weighted: bool, population: int
) -> Figure:
    """The share of each answer to each question.

    Args:
        results: by question; the first `MOST_DRAWN` are drawn.
        title: what the survey is called.
        weighted: whether there are weighted shares.
        population: how many councils there are.
    """
    drawn = results[:MOST_DRAWN]
    heads: list[tuple[float, str]] = []
    lines: list[tuple[float, QuestionResult, AnswerShare]] = []
    at = 0.0
    for result in drawn:
        heads.append((at, result.text))
        at += 1
        for answer in result.answers:
            lines.append((at, result, answer))
            at += 1
        at += 0.4
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "As answered, with the 95% range",
            "x": [100 * one.share for _, _, one in lines],
            "y": [height for height, _, _ in lines],
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [100 * (one.upper - one.share) for _, _, one in lines],
                "arrayminus": [100 * (one.share - one.lower) for _, _, one in lines],
                "color": ROLES["muted"],
                "thickness": 2,
                "width": 5,
            },
            "marker": mark("circle", ROLES["accent"], ROLES["surface"], 12, 1),
            "hoverinfo": "text",
            "hovertext": [_hover(result, one) for _, result, one in lines],
        }
    ]
    if weighted:
        told = [(height, result, one) for height, result, one in lines if one.weighted is not None]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "Weighted",
                "x": [100 * (one.weighted or 0.0) for _, _, one in told],
                "y": [height for height, _, _ in told],
                "marker": mark("diamond-open", ROLES["second"], ROLES["second"], 13, 2),
                "hoverinfo": "text",
                "hovertext": [_hover(result, one) for _, result, one in told],
            }
        )
    head = _HEAD + _LEGEND * weighted
    layout: dict[str, Any] = {
        "height": round(head + _FOOT + _PITCH * at),
        "margin": {"l": 8, "r": 24, "t": head, "b": _FOOT},
        "xaxis": {"range": [-2, 102], "ticksuffix": "%", "showgrid": True},
        "yaxis": {
            "range": [at - 0.3, -0.6],
            "tickvals": [height for height, _, _ in lines],
            "ticktext": ["<br>".join(wrap(safe(one.text), 22)) for _, _, one in lines],
            "showgrid": False,
        },
        "annotations": [
            {
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": height,
                "showarrow": False,
                "align": "left",
                "text": f"<b>{'<br>'.join(wrap(safe(text), 90))}</b>",
                "bgcolor": ROLES["surface"],
                "font": {"color": ROLES["ink"]},
            }
            for height, text in heads
        ],
        "legend": {"y": 1.01},
        "showlegend": weighted,
    }
    # on a narrow screen questions take two lines, and begin where the answers do
    narrow: dict[str, Any] = {"height": round(1.3 * layout["height"])}
    for number, (_, text) in enumerate(heads):
        narrow[f"annotations.{number}.text"] = f"<b>{'<br>'.join(wrap(safe(text), 40))}</b>"
        narrow[f"annotations.{number}.xshift"] = -110
    note = (
        "Each mark is a share of the councils that answered the question. The line is its 95% "
        f"range. It is shorter because there are only {population} councils to ask (finite "
        "population correction)."
    )
    if len(results) > len(drawn):
        note += f" The first {len(drawn)} of {len(results)} questions are drawn."
    return Figure(
        drawing=Drawing(traces, layout, narrow),
        div_id=identifier("answers", title),
        title="Share of councils that gave each answer",
        note=note,
        alt=_alt(drawn),
        table=joined(*(_table(one, weighted=weighted) for one in results)),
    )


def _hover(result: QuestionResult, answer: AnswerShare) -> str:
    parts = [
        safe(result.text),
        f"{safe(answer.text)}: {answer.count} of {result.base}, {per_cent(answer.share)}",
        f"95% range {span(answer.lower, answer.upper)}",
    ]
    if answer.weighted is not None:
        parts.append(f"Weighted: {per_cent(answer.weighted)}")
    return "<br>".join(parts)


def _alt(results: Sequence[QuestionResult]) -> str:
    return " ".join(
        f"{result.text} "
        + "; ".join(
            f"{one.text}: {one.count} of {result.base}, {per_cent(one.share)}"
            for one in result.answers
        )
        + "."
        for result in results
    )


def _table(result: QuestionResult, *, weighted: bool) -> Section:
    columns = ("Answer", "Councils", "Share", "95% range")
    return values_table(
        caption=f"{result.text} Out of {result.base} councils that answered it",
        columns=(*columns, "Weighted") if weighted else columns,
        lines=[
            (
                one.text,
                one.count,
                per_cent(one.share),
                span(one.lower, one.upper),
                *((NO_NUMBER if one.weighted is None else per_cent(one.weighted),) * weighted),
            )
            for one in result.answers
        ],
    )
