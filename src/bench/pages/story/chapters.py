"""The chapters of the longer story for one council: one for each definition of the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.errors import UnknownNameError
from bench.judge import rates
from bench.judge.published_row import Measure, measure_of
from bench.judge.trend import lineage
from bench.pages.story import charts
from bench.pages.story.quotes import Quote
from bench.present.chart import Parts
from bench.published import sources
from bench.reference.areas import ENGLAND
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from bench.judge.figure import AreaHistories
    from bench.judge.rates import RatePoint
    from bench.judge.trend import Segment
    from bench.present.chart import Figure
    from bench.reference import Council, Indicator, Registers

STORIES = ("self_directed_support", "direct_payments")
# The only figures of these years by council: people, not the share that NI 130 asked for.
COUNTS = "direct_payment_clients_31_march"
COUNTED = frozenset({COUNTS, *rates.BY_AGE})
_WHAT_COUNTS_ARE = (
    "People with a direct payment on 31 March, as councils told the expenditure return (PSS-EX1). "
    "A count of one day: it is neither NI 130 nor 1C, and is joined to neither."
)


@dataclass(frozen=True)
class Material:
    """What a longer story is told from.

    Attributes:
        indicator: the latest of the lineage.
        council: whose story.
        chapters: one per definition, the oldest first.
        quotes: what documents say, in order of the years.
        counts: the years of the counts of clients with direct payments; see
            `bench.judge.rates.points`.
        remarks: what must be known of the counts.
        second_council: a second council, if one was asked for.
    """

    indicator: Indicator
    council: Council
    chapters: tuple[charts.Chapter, ...]
    quotes: tuple[Quote, ...]
    counts: tuple[RatePoint, ...]
    remarks: tuple[str, ...]
    second_council: charts.SecondCouncil | None

    @property
    def has_counts(self) -> bool:
        """Whether the expenditure return holds a count of the council."""
        return any(point.count is not None for point in self.counts)

    @property
    def has_past(self) -> bool:
        """Whether anything is known of the council from before the present definition."""
        earlier = any(
            point.council is not None for one in self.chapters[:-1] for point in one.years
        )
        return self.has_counts or earlier or any(q.role == "council" for q in self.quotes)

    def lineage_figure(self, *, with_quotes: bool = True) -> Figure:
        """Every definition on one axis of years; see `bench.pages.story.charts.lineage`."""
        return charts.lineage(
            self.chapters,
            self.quotes,
            measure=measure_of(self.indicator),
            council=self.council.name,
            second_council=self.second_council,
            with_quotes=with_quotes,
        )

    def counts_figure(self, counted: Indicator) -> Figure:
        """Clients with direct payments per 100,000 adults.

        Args:
            counted: the indicator `COUNTS`.
        """
        return charts.counts(
            self.counts,
            measure=Measure(
                indicator=COUNTS,
                code="",
                short_title="Clients with direct payments per 100,000 adults",
                unit="per_100k",
                polarity=counted.polarity.value,
                decimals=1,
            ),
            council=self.council.name,
            remarks=self.remarks,
            second_council=self.second_council,
        )


def material(
    histories: AreaHistories,
    figures: pd.DataFrame,
    quoted: pd.DataFrame,
    registers: Registers,
    indicator: Indicator,
    council: Council,
    *,
    model: str,
    second_council: Council | None = None,
) -> Material:
    """What the longer story of a council is told from.

    Args:
        histories: The figures in force.
        figures: The table of them, of the indicators `COUNTED` at least.
        quoted: Quoted figures, as `bench.published.quoted.load` gives them.
        registers: Councils, indicators, breaks and peer models.
        indicator: One of `STORIES`.
        council: Whose story.
        model: Peer model.
        second_council: A second council to draw and print beside it.

    Raises:
        UnknownNameError: The indicator has no longer story.
    """
    if indicator.indicator_id not in STORIES:
        raise UnknownNameError("longer story", indicator.indicator_id, STORIES)
    counted = registers.indicators[COUNTS]

    def chapters_of(council: Council) -> tuple[charts.Chapter, ...]:
        found = lineage(histories, registers, indicator, council, model=model)
        return tuple(_chapter(segment) for segment in found)

    def counts_of(council: Council) -> tuple[RatePoint, ...]:
        return rates.points(figures, registers, counted, council, model=model)

    second = None
    if second_council is not None:
        second = charts.SecondCouncil(
            council=second_council.name,
            chapters=chapters_of(second_council),
            counts=counts_of(second_council),
        )
    counts = counts_of(council)
    return Material(
        indicator=indicator,
        council=council,
        chapters=chapters_of(council),
        quotes=tuple(
            _quotes(quoted, registers.indicators.lineage(indicator), council, second_council)
        ),
        counts=counts,
        remarks=tuple(_remarks(counts, registers, council)),
        second_council=second,
    )


def section(material: Material, counted: Indicator) -> Parts:
    """The section of a council's page; nothing where nothing is known of earlier years."""
    if not material.has_past:
        return Parts()
    drawn = [material.lineage_figure()]
    if material.has_counts:
        drawn.append(material.counts_figure(counted))
    return charts.story(material.chapters, drawn)


def _chapter(segment: Segment) -> charts.Chapter:
    indicator = segment.indicator
    return charts.Chapter(
        label=", then ".join(span.value for span in indicator.codes),
        first=str(indicator.years[0]),
        last=str(indicator.years[-1]),
        years=segment.years,
        codes=tuple(indicator.code(FinancialYear.parse(one.period)) for one in segment.years),
        cut=segment.cut,
        remark=segment.remark,
    )


def _quotes(
    quoted: pd.DataFrame,
    members: Iterable[Indicator],
    council: Council,
    second_council: Council | None,
) -> list[Quote]:
    """What documents say of councils, their region and England, in order of the years."""
    names = {
        council.area_id: ("council", council.name),
        **({second_council.area_id: ("beside", second_council.name)} if second_council else {}),
        f"region:{council.region}": ("region", council.region_name),
        ENGLAND: ("england", "England"),
    }
    ids = {member.indicator_id for member in members}
    rows = quoted[quoted["indicator_id"].isin(ids) & quoted["area_id"].isin(list(names))]
    found = [quote_of(record, *names[record["area_id"]]) for record in rows.to_dict("records")]
    order = [role for role, _ in names.values()]
    return sorted(found, key=lambda quote: (quote.period, order.index(quote.role)))


def quote_of(record: Mapping[Hashable, Any], role: str, whose: str) -> Quote:
    """A row of `bench.published.quoted.load` as a quote."""
    kept = ("period", "kind", "value", "unit", "subject", "document", "note", "where")
    indicator = sources.reference().indicators[record["indicator_id"]]
    return Quote(
        role=role,
        whose=whose,
        upper=None if pd.isna(record["upper"]) else record["upper"],
        code=indicator.code(FinancialYear.parse(record["period"])),
        **{name: record[name] for name in kept},
    )


def _remarks(counts: Sequence[RatePoint], registers: Registers, council: Council) -> list[str]:
    years = sorted({one.population_period for one in counts if one.population_period})
    remarks = [_WHAT_COUNTS_ARE]
    if years:
        remarks.append(
            f"Divided by the adults of {' and '.join(years)}, the nearest year published."
        )
    for point in counts:
        year = FinancialYear.parse(point.period)
        began = registers.comparability.breaks_in(COUNTS, council.area_id, year)
        remarks += [f"{point.period}: {entry.text}" for entry in began]
    return remarks
