"""A rate over other denominators: its value, its ceiling, and the councils at a milestone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.integrity.restatement.counts import RoundingRange, extremes
from bench.judge.intervals import exact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from bench.integrity.restatement.counts import At, CountBasis, Quoted
    from bench.integrity.restatement.placement import Milestone
    from bench.reference import FinancialYear


@dataclass(frozen=True, slots=True)
class Lens:
    """One denominator for a figure, made from quoted numbers.

    Attributes:
        whose: whose figure it is, with the year.
        label: who is in the denominator.
        basis: where numerator and denominator come from.
        source: the document.
        could_be_counted: how many of the denominator could ever be counted; None if not known.
        comparator: a figure that a document quotes for the same denominator; None for none.
        note: what else is to be known; "" for nothing.
        indicator_id, year: whose figure it is, for milestones.
    """

    whose: str
    label: str
    basis: CountBasis
    source: str
    could_be_counted: Quoted | None = None
    comparator: Quoted | None = None
    note: str = ""
    indicator_id: str = ""
    year: FinancialYear | None = None

    def held_against(self, milestone: Milestone) -> bool:
        """Whether the milestone was set for such a figure."""
        return self.year is not None and milestone.holds(self.indicator_id, self.year)


@dataclass(frozen=True, slots=True)
class DenominatorFigure:
    """A figure through a lens, with the ranges that rounding allows.

    Attributes:
        lens: the lens.
        numerator, denominator: the counts, unrounded.
        rate, span: the figure in its unit.
        ceiling, ceiling_span: the highest figure that the denominator allows; None if not known.
    """

    lens: Lens
    numerator: Fraction
    denominator: Fraction
    rate: Fraction
    span: RoundingRange
    ceiling: Fraction | None
    ceiling_span: RoundingRange | None


def through(lens: Lens, *, per: int = 100) -> DenominatorFigure:
    """A figure through a lens.

    Raises:
        ParameterError: The quoted numbers contradict each other.
    """
    quoted = dict.fromkeys(lens.basis.quoted)
    if lens.could_be_counted is not None:
        quoted[lens.could_be_counted] = None
    at = {one.name: one.value for one in quoted}
    numerator, denominator = lens.basis.counts(at)
    could = lens.could_be_counted

    def rate(where: At) -> Fraction:
        top, bottom = lens.basis.counts(where)
        return top * per / bottom

    def ceiling(where: At) -> Fraction:
        return where[could.name] * per / lens.basis.counts(where)[1] if could else Fraction(0)

    return DenominatorFigure(
        lens,
        numerator,
        denominator,
        rate(at),
        RoundingRange(*extremes(lens.basis.quoted, rate)),
        ceiling(at) if could else None,
        RoundingRange(*extremes(quoted, ceiling)) if could else None,
    )


@dataclass(frozen=True, slots=True)
class PublishedLens:
    """A denominator made of published counts, for every council of a year.

    Attributes:
        label: who is in the denominator.
        numerator, denominator: the indicators whose counts are added up, by `indicator_id`.
        note: what else is to be known; "" for nothing.
    """

    label: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    note: str = ""


def combined(
    figures: pd.DataFrame, lens: PublishedLens, period: str, areas: Collection[str]
) -> dict[str, tuple[Fraction, Fraction]]:
    """Numerator and denominator of every area that has all the counts a lens needs.

    Args:
        figures: The table in force, breakdown "all".
        lens: Which counts are added up.
        period: The year.
        areas: `area_id`s wanted.
    """
    of_year = figures[(figures["period"] == period) & figures["area_id"].isin(list(areas))]
    parts = {
        (field, indicator_id): _counts(of_year, indicator_id, field)
        for field, ids in (("numerator", lens.numerator), ("denominator", lens.denominator))
        for indicator_id in ids
    }
    found = {}
    for area in sorted(areas):
        if any(area not in counts for counts in parts.values()):
            continue
        top, bottom = (
            sum((counts[area] for (of, _), counts in parts.items() if of == field), Fraction(0))
            for field in ("numerator", "denominator")
        )
        if bottom > 0 and top <= bottom:
            found[area] = (top, bottom)
    return found


def _counts(of_year: pd.DataFrame, indicator_id: str, field: str) -> dict[str, Fraction]:
    rows = of_year[(of_year["indicator_id"] == indicator_id) & of_year[field].notna()]
    pairs = zip(rows["area_id"].tolist(), rows[field].tolist(), strict=True)
    return {area: exact(count) for area, count in pairs}


def passing(
    rates: Mapping[str, Fraction], milestone: Milestone, *, lowest_first: bool = False
) -> int:
    """How many of the councils with a rate pass a milestone."""
    return sum(milestone.passed(rate, lowest_first=lowest_first) for rate in rates.values())
