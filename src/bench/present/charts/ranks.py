"""A chart of every council's rank with its 95% interval."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any, Final

from bench.judge.summaries import records
from bench.present.chart import Drawing, Figure, mark, safe
from bench.present.chart_parts import callout, points, strokes
from bench.present.html import identifier
from bench.present.numbers import range_of_places
from bench.present.table import paragraph, values_table
from bench.present.theme import ROLES

if TYPE_CHECKING:
    import pandas as pd

    from bench.judge.published_row import Measure
    from bench.present.html import Section

HEAD: Final = 56
# A quarter is only said to be sure from this per cent on.
_SURE: Final = 90


def ordinal(place: int) -> str:
    """`1st`, `22nd`, `113th`."""
    teens = place % 100 in (11, 12, 13)
    return f"{place}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def unranked(reason: str) -> Section:
    """Why nobody can tell how sure a place is."""
    text = f"How sure a place is cannot be told: {reason}. The order alone says little."
    return paragraph(text)


def lead(
    frame: pd.DataFrame,
    *,
    measure: Measure,
    rankability: float,
    council: str | None = None,
) -> Section:
    """How far places can be told apart at all, and the council's own.

    Args:
        frame: columns council, rank, rank_lower, rank_upper, best_quarter_pct, worst_quarter_pct.
        measure: what is counted.
        rankability: the share of the differences between councils that is more than chance.
        council: a council to point out, by its name.
    """
    found = _ranged(frame)
    widths = [one["rank_upper"] - one["rank_lower"] + 1 for one in found]
    typical = int(statistics.median(widths))
    best, worst = _quarters(measure)
    sure = [
        sum(one[f"{quarter}_quarter_pct"] >= _SURE for one in found)
        for quarter in ("best", "worst")
    ]
    parts = [
        f"A figure moves by chance, so a place does too. For the middle council, {typical} of "
        f"{len(found)} places are possible.",
        f"{_councils(sure[0])} sure to be in the {best} quarter, and {sure[1] or 'none'} in the "
        f"{worst}: at least {_SURE} chances in 100.",
        f"Of the differences between councils, about {round(100 * rankability)}% is more than "
        "chance.",
    ]
    for one in found:
        if one["council"] == council:
            parts.insert(0, _own(one, len(found), measure))
    return paragraph(" ".join(parts))


def ranks(
    frame: pd.DataFrame,
    *,
    measure: Measure,
    year: str,
    council: str | None = None,
) -> Figure:
    """An upright line for each council: the places it could hold.

    Args:
        frame: columns council, rank, rank_lower, rank_upper, best_quarter_pct, worst_quarter_pct;
            best first.
        measure: what is counted.
        council: a council to point out, by its name.
    """
    found = _ranged(frame)
    best, worst = _quarters(measure)
    placed = [(at, one) for at, one in enumerate(found, start=1)]
    own = [(at, one) for at, one in placed if one["council"] == council]
    others = [(at, one) for at, one in placed if one["council"] != council]
    traces = [
        strokes("95% range of places", _ranges(others), {"color": ROLES["band"], "width": 1.5}),
        strokes(safe(council or ""), _ranges(own), {"color": ROLES["accent"], "width": 6}),
        points(
            "Place by the printed figure",
            [(at, one["rank"]) for at, one in placed],
            mark("circle", ROLES["ink"], ROLES["surface"], 6, 0.5),
            [
                f"{safe(one['council'])}: {ordinal(one['rank'])}{_could_be(one)}"
                for _, one in placed
            ],
        ),
    ]
    title = measure.short_title
    return Figure(
        drawing=Drawing(
            [trace for trace in traces if trace["x"]],
            _layout(len(found), own, best, worst),
            {"margin.t": HEAD + 64, "height": 540},
        ),
        div_id=identifier(f"ranks-{measure.indicator}"),
        title=f"{title}: the places that each council could hold, {year}",
        note=f"Each upright line holds a council's place in 95 of 100 cases. Where the "
        f"lines of two councils have many places in common, either may come first. The "
        f"shaded bands are the {best} and the {worst} quarter of places.",
        alt=_alt(found, own, best, worst),
        table=values_table(
            caption=f"{title}: places, the range they could be in, and quarters, {year}",
            columns=(
                "Council",
                "Place",
                "Could be",
                f"In the {best} quarter",
                f"In the {worst} quarter",
            ),
            lines=[
                (
                    one["council"],
                    one["rank"],
                    range_of_places(one["rank_lower"], one["rank_upper"]),
                    _chances(one["best_quarter_pct"]),
                    _chances(one["worst_quarter_pct"]),
                )
                for one in found
            ],
        ),
    )


def _ranged(frame: pd.DataFrame) -> list[dict[str, Any]]:
    wanted = ["council", "rank", "rank_lower", "rank_upper", "best_quarter_pct"]
    found = records(frame[[*wanted, "worst_quarter_pct"]])
    whole = [one for one in found if one["rank_lower"] is not None]
    return [one | {name: int(one[name]) for name in one if name != "council"} for one in whole]


def _quarters(measure: Measure) -> tuple[str, str]:
    return ("best", "worst") if measure.judged else ("highest", "lowest")


def _own(council: dict[str, Any], councils: int, measure: Measure) -> str:
    name, lower, upper = council["council"], council["rank_lower"], council["rank_upper"]
    text = f"{name} is {ordinal(council['rank'])} of {councils}."
    if lower == upper:
        return f"{text} Its place is as good as sure."
    text += f" Its place could be anywhere from {ordinal(lower)} to {ordinal(upper)}."
    for quarter, said in zip(("best", "worst"), _quarters(measure), strict=True):
        if council[f"{quarter}_quarter_pct"] >= _SURE:
            return f"{text} It is sure to be in the {said} quarter."
    return text


def _could_be(council: dict[str, Any]) -> str:
    """The range of a council's places, after its place; nothing where there is only that one."""
    if council["rank_lower"] == council["rank_upper"]:
        return ""
    return f", could be {range_of_places(council['rank_lower'], council['rank_upper'])}"


def _councils(count: int) -> str:
    return f"{count or 'No'} council{'s are' if count > 1 else ' is'}"


def _chances(per_cent: int) -> str:
    return {1: "1% or less", 99: "99% or more"}.get(per_cent, f"{per_cent}%")


def _ranges(placed: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, int, int]]:
    """One upright line a council: where it stands, and the ends of its range of places."""
    return [(at, one["rank_lower"], one["rank_upper"]) for at, one in placed]


def _layout(
    councils: int,
    own: list[tuple[int, dict[str, Any]]],
    best: str,
    worst: str,
) -> dict[str, Any]:
    ticks = sorted({1, *range(25, councils - 10, 25), councils})
    quarter = councils / 4
    bands = ((0.5, quarter + 0.5, best), (councils - quarter + 0.5, councils + 0.5, worst))
    return {
        "height": 480,
        "margin": {"l": 8, "r": 16, "t": HEAD, "b": 48},
        "xaxis": {
            "range": [0, councils + 1],
            "tickvals": ticks,
            "title": {"text": "Councils in order of their figure", "font": {"size": 13}},
            "showgrid": False,
        },
        "yaxis": {
            "range": [councils + 1, 0],
            "tickvals": ticks,
            "title": {"text": "Place", "font": {"size": 13}},
            "showgrid": False,
        },
        "legend": {"y": 1.02},
        "shapes": [
            {
                "type": "rect",
                "layer": "below",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": low,
                "y1": high,
                "fillcolor": ROLES["raised"],
                "line": {"width": 0},
            }
            for low, high, _ in bands
        ],
        "annotations": [
            *(
                {
                    "xref": "paper",
                    "x": side,
                    "xanchor": "right" if side else "left",
                    "y": (low + high) / 2,
                    "text": f"{name} quarter",
                    "showarrow": False,
                    "font": {"size": 13, "color": ROLES["muted"]},
                }
                for side, (low, high, name) in zip((1, 0), bands, strict=True)
            ),
            *(
                # Beneath the line, or above it where there is no room beneath.
                callout(
                    one["council"],
                    at,
                    one["rank_upper" if one["rank_upper"] < 0.85 * councils else "rank_lower"],
                    lift=28 if one["rank_upper"] < 0.85 * councils else -28,
                )
                for at, one in own
            ),
        ],
    }


def _alt(
    councils: list[dict[str, Any]],
    own: list[tuple[int, dict[str, Any]]],
    best: str,
    worst: str,
) -> str:
    parts = [
        f"{len(councils)} councils in order, each with the range of places that it could hold."
    ]
    for one in (councils[0], councils[-1], *(one for _, one in own)):
        parts.append(f"{one['council']}: {ordinal(one['rank'])}{_could_be(one)}.")
    for quarter, said in (("best", best), ("worst", worst)):
        sure = [one["council"] for one in councils if one[f"{quarter}_quarter_pct"] >= _SURE]
        named = ", ".join(sure) if sure else "none"
        parts.append(f"Sure to be in the {said} quarter: {named}.")
    return " ".join(parts)
