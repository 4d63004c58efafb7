"""Money against need, one line for each council's rule.

Enters: the rules of a care group. Leaves: one figure and the table behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.present.chart import Figure, drawing, safe
from bench.present.html import identifier
from bench.present.numbers import bare
from bench.present.table import values_table
from bench.present.theme import check_palette, colours

if TYPE_CHECKING:
    from fractions import Fraction

    from bench.audit.allocation import CareGroup

__all__ = ["curves", "pounds", "share"]

_COLOURS = ("accent", "ink", "second", "muted")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_LEGEND_LINE = 22  # pixels


def pounds(amount: Fraction) -> str:
    """An amount as readers see it: £1,234, with pence where there are any."""
    return f"£{bare(float(amount), 0 if amount.denominator == 1 else 2)}"


def share(need: Fraction) -> str:
    """A share as readers see it: 50%, or 12.5%."""
    percent = 100 * need
    return f"{bare(float(percent), 0 if percent.denominator == 1 else 1)}%"


def curves(group: CareGroup, *, per: str, marked: str, palette: str) -> Figure:
    """What each council gives at each need.

    Args:
        group: the rules of a care group.
        per: what the money is for: "week" or "year".
        marked: what stands behind the title of what is made up; empty otherwise.
        palette: "rag" or "af".
    """
    role = colours(check_palette(palette))
    traces: list[dict[str, Any]] = []
    for at, rule in enumerate(group.rules):
        corners = rule.curve()
        name = safe(rule.entry.council)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [float(100 * need) for need, _ in corners],
                "y": [float(amount) for _, amount in corners],
                "line": {
                    "color": role[_COLOURS[at % len(_COLOURS)]],
                    "dash": _DASHES[at % len(_DASHES)],
                    "width": 2.5,
                },
                "hoverinfo": "text",
                "hovertext": [
                    f"{name}<br>{share(need)} of the points: {pounds(amount)} a {per}"
                    for need, amount in corners
                ],
            }
        )
    rows = -(-len(traces) // 4)
    layout = {
        "height": 400 + _LEGEND_LINE * rows,
        "margin": {"l": 8, "r": 24, "t": 16 + _LEGEND_LINE * (rows + 1), "b": 56},
        "xaxis": {
            "range": [0, 100],
            "ticksuffix": "%",
            "ticklabelstandoff": 6,
            "title": {"text": "Share of the most points that can be given", "font": {"size": 14}},
        },
        "yaxis": {
            "rangemode": "tozero",
            "tickprefix": "£",
            "separatethousands": True,
            "ticklabelstandoff": 6,
            "title": {"text": f"A {per}", "font": {"size": 14}},
        },
        "legend": {"y": 1.02},
    }
    narrow = {"margin.t": 24 + _LEGEND_LINE * (len(traces) // 2 + 1), "xaxis.nticks": 5}
    title = f"{group.name}: what each council gives{marked}"
    return Figure(
        plotly=drawing(traces, layout, palette, narrow),
        div_id=identifier("curves", group.name),
        title=title,
        note="Councils score need on scales of their own. Here each scale runs from 0 to 100%. A "
        "straight line is a price for each point; steps are bands.",
        alt=" ".join(
            f"{rule.entry.council}: "
            + ", ".join(
                f"{pounds(spread.amounts[at])} at {share(spread.need)}" for spread in group.spreads
            )
            + "."
            for at, rule in enumerate(group.rules)
        ),
        table=values_table(
            caption=f"{title}, in pounds a {per}",
            columns=("Council", *(f"At {share(one.need)} of the points" for one in group.spreads)),
            lines=[
                (rule.entry.council, *(pounds(one.amounts[at]) for one in group.spreads))
                for at, rule in enumerate(group.rules)
            ],
            palette=palette,
        ),
        palette=palette,
    )
