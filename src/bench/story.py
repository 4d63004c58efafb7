"""The longer story of self-directed support and direct payments, gathered for one council.

Enters: the table in force, the quoted figures, the registers and a council. Leaves: a section that
shows itself, or nothing where the council has no figure from before the present definition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import UnknownNameError
from bench.judge import rates
from bench.judge.trend import lineage
from bench.present import story
from bench.present.quotes import Quote
from bench.present.rows import Measure
from bench.registers.areas import ENGLAND
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from bench.judge.trend import Segment
    from bench.present.figure import Figure
    from bench.registers import Council, Indicator, Registers

__all__ = ["COUNTS", "STORIES", "gather"]

STORIES = ("self_directed_support", "direct_payments")
# The only figures of these years by council: people, not the share that NI 130 asked for.
COUNTS = "direct_payment_clients_31_march"
_WHAT_COUNTS_ARE = (
    "People with a direct payment on 31 March, as councils told the expenditure return (PSS-EX1). "
    "A count of one day: it is neither NI 130 nor 1C, and is joined to neither."
)


def gather(
    figures: pd.DataFrame,
    quoted: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    council: Council,
    *,
    model: str,
    palette: str,
    beside: Council | None = None,
) -> story.Story:
    """The section of one council.

    Args:
        figures: The table in force, breakdown "all".
        quoted: Quoted figures, as `bench.published.quoted.load` gives them.
        registers: Councils, indicators, breaks and peer models.
        indicator: One of `STORIES`.
        council: Whose story.
        model: Peer model.
        palette: "rag" or "af".
        beside: A second council to draw and print beside it.

    Raises:
        UnknownNameError: The indicator has no longer story.
    """
    if indicator.indicator_id not in STORIES:
        raise UnknownNameError("longer story", indicator.indicator_id, STORIES)
    segments = lineage(figures, registers, indicator, council, model=model)
    quotes = _quotes(quoted, segments, council, beside)
    counted = registers.indicators[COUNTS]
    counts = rates.series(figures, registers, counted, council, model=model)
    has_counts = bool(counts["count"].notna().any())
    earlier = any(segment.frame["council"].notna().any() for segment in segments[:-1])
    if not (has_counts or earlier or any(quote.role == "council" for quote in quotes)):
        return story.Story()
    chapters = [_chapter(segment) for segment in segments]
    second = None
    if beside is not None:
        second = story.Beside(
            council=beside.name,
            chapters=[
                _chapter(segment)
                for segment in lineage(figures, registers, indicator, beside, model=model)
            ],
            counts=rates.series(figures, registers, counted, beside, model=model),
        )
    drawn: list[Figure] = [
        story.lineage(
            chapters,
            quotes,
            measure=_measure(indicator),
            council=council.name,
            beside=second,
            palette=palette,
        )
    ]
    if has_counts:
        drawn.append(
            story.counts(
                counts,
                measure=Measure(
                    indicator=COUNTS,
                    code="",
                    short_title="Clients with direct payments per 100,000 adults",
                    unit="per_100k",
                    polarity=counted.polarity.value,
                    decimals=1,
                ),
                council=council.name,
                remarks=_remarks(counts, registers, council),
                beside=second,
                palette=palette,
            )
        )
    return story.story(chapters, drawn, palette=palette)


def _chapter(segment: Segment) -> story.Chapter:
    indicator, frame = segment.indicator, segment.frame
    return story.Chapter(
        label=", then ".join(span.value for span in indicator.codes),
        first=str(indicator.years[0]),
        last=str(indicator.years[-1]),
        series=frame.assign(
            code=[indicator.code(FinancialYear.parse(period)) for period in frame["period"]]
        ),
        cut=segment.cut,
        remark=segment.remark,
    )


def _quotes(
    quoted: pd.DataFrame, segments: Iterable[Segment], council: Council, beside: Council | None
) -> list[Quote]:
    """What documents say of councils, their region and England, in order of the years."""
    names = {
        council.area_id: ("council", council.name),
        **({beside.area_id: ("beside", beside.name)} if beside else {}),
        f"region:{council.region}": ("region", council.region_name),
        ENGLAND: ("england", "England"),
    }
    ids = {segment.indicator.indicator_id for segment in segments}
    rows = quoted[quoted["indicator_id"].isin(ids) & quoted["area_id"].isin(list(names))]
    found = [_quote(record, *names[record["area_id"]]) for record in rows.to_dict("records")]
    order = [role for role, _ in names.values()]
    return sorted(found, key=lambda quote: (quote.period, order.index(quote.role)))


def _quote(record: Mapping[Hashable, Any], role: str, whose: str) -> Quote:
    kept = ("period", "kind", "value", "unit", "subject", "document", "note")
    return Quote(
        role=role,
        whose=whose,
        upper=None if pd.isna(record["upper"]) else record["upper"],
        **{name: record[name] for name in kept},
    )


def _remarks(counts: pd.DataFrame, registers: Registers, council: Council) -> list[str]:
    years = sorted(set(counts["population_period"].dropna()))
    remarks = [_WHAT_COUNTS_ARE]
    if years:
        remarks.append(
            f"Divided by the adults of {' and '.join(years)}, the nearest year published."
        )
    for period in counts["period"]:
        year = FinancialYear.parse(period)
        began = registers.comparability.breaks_in(COUNTS, council.area_id, year)
        remarks += [f"{period}: {entry.text}" for entry in began]
    return remarks


def _measure(indicator: Indicator) -> Measure:
    return Measure(
        indicator=indicator.indicator_id,
        code=indicator.code(indicator.years[-1]),
        short_title=indicator.short_title,
        unit=indicator.unit.value,
        polarity=indicator.polarity.value,
        decimals=indicator.decimals(indicator.years[-1]),
    )
