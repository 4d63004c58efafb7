"""One indicator's councils among each other: the funnel, and how sure their places are.

Enters: an indicator's brief. Leaves: what its page shows of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.judge import funnel as funnels

if TYPE_CHECKING:
    from bench.pages.indicator.report import IndicatorBrief
    from bench.present.chart import Figure
    from bench.present.html import Fragment

__all__ = ["funnel", "how_sure", "ranks"]


def how_sure(brief: IndicatorBrief) -> Fragment:
    """How far places can be told apart, in sentences, or why nobody can tell."""
    from bench.present.charts import ranks as shown

    if isinstance(brief.ranking, str):
        return shown.unranked(brief.ranking, palette=brief.palette)
    return shown.lead(
        brief.frame(),
        measure=brief.measure,
        rankability=brief.ranking.rankability,
        council=brief.council.name if brief.council else None,
        palette=brief.palette,
    )


def ranks(brief: IndicatorBrief) -> Figure | Fragment:
    """The places that each council could hold; nothing where nobody can tell."""
    from bench.present.charts import ranks as shown
    from bench.present.html import Fragment

    if isinstance(brief.ranking, str):
        return Fragment("")
    return shown.ranks(
        brief.frame(),
        measure=brief.measure,
        year=brief.year,
        council=brief.council.name if brief.council else None,
        palette=brief.palette,
    )


def funnel(brief: IndicatorBrief) -> Figure | Fragment:
    """Every council by size and figure, or why there is no funnel."""
    from bench.present.charts import funnel as funnel_shown
    from bench.present.table import paragraph

    table, council = brief.table, brief.council
    made = table.funnel(brief.indicator)
    if isinstance(made, str):
        text = f"Which councils are unusual for their size cannot be told: {made}."
        return paragraph(text, palette=brief.palette)
    found = funnels.places(made, table.compared(brief.indicator))
    found["council"] = found["area_id"].map({one.area_id: one.name for one, _ in brief.rows})
    curves = funnels.curves(made, found["size"].min() * 0.95, found["size"].max() * 1.05)
    group = table.registers.peers.group(brief.peers, council, table.year) if council else None
    return funnel_shown.funnel(
        found,
        curves,
        measure=brief.measure,
        form=made.scale.form.value,
        target=made.target,
        england=brief.rows[0][1].england,
        dispersed=made.tau2 > 0,
        year=brief.year,
        council=council.name if council else None,
        peers={peer.name for peer in group.members} if group else (),
        palette=brief.palette,
    )
