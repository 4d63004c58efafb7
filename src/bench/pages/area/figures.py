"""A merged area's year: every figure reckoned from its councils' beside England's published one.

It is judged as a council's is, by its own error. Nothing here enters a published average, a rank or
an export.
"""

from __future__ import annotations

import functools
import textwrap
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from bench.judge.figure import MISSING
from bench.judge.pooled_figure import pooled
from bench.judge.published_row import measure_of, printed_share
from bench.judge.statistics import rounded
from bench.pages import store
from bench.pages.choices import choose_year, rules_for
from bench.present.numbers import interval, number, short
from bench.present.sentences import listed
from bench.present.table import capital
from bench.present.theme import look_of
from bench.published import sources
from bench.reference import IntervalMethod, merged_areas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.judge.figure import FigureInForce
    from bench.judge.pooled_figure import PooledFigure
    from bench.judge.published_row import Measure
    from bench.judge.rag import Certainty, Rules, Verdict
    from bench.judge.year_table import YearTable
    from bench.reference import FinancialYear, Indicator
    from bench.reference.merged_areas import MergedArea

_OF_PARTS: Final = (
    "Nothing published tells a part of a council from the rest, so that no figure of the area can "
    "be reckoned. England's figures are published."
)
_WARNING: Final = (
    "No figure of the area is published for the year: each is reckoned from those of its councils, "
    "judged by its own error, and part of no average, rank or export. England's figures are "
    "published."
)


def merged() -> dict[str, MergedArea]:
    """Every merged area of data/reference/areas.yaml and params/areas, by its id."""
    root = sources.project_root()
    return merged_areas.read(
        root / "data" / "reference", root / "params" / "areas", sources.reference().councils
    )


def area_figures(name: str, year: str | None = None, rule: str | None = None) -> AreaFigures:
    """Reckon an area's every indicator of a year.

    Args:
        name: The area's id or name.
        year: Of which there are figures; None for that of params/default.yaml.
        rule: How a verdict is reached; None for that of params/default.yaml.

    Raises:
        UnknownNameError: There is no such area, year or rule.
        ParameterError: The area is not made of councils that year.
        RegisterError: A file of areas does not fit.
    """
    area = merged_areas.find(merged(), name)
    return of_year(area, choose_year(year), rules_for(rule))


def of_year(area: MergedArea, year: FinancialYear, rules: Rules) -> AreaFigures:
    """An area's every indicator of a year.

    Raises:
        ParameterError: The area is not made of councils that year.
    """
    registers, span = sources.reference(), area.span(year)
    table = store.plain_table(year, rules)
    rows = []
    for indicator in registers.indicators.in_year(year):
        whole = pooled(
            span.councils, table.printed(indicator.indicator_id), indicator, year, span.shares
        )
        cautions = tuple(
            note.text if council.name in note.text else f"{council.name}: {note.text}"
            for council in span.councils
            for note in registers.comparability.notes(indicator.indicator_id, council.area_id, year)
            if note.area_id
        )
        benchmark = table.england_of(indicator)
        rows.append(
            AreaRow(
                indicator,
                year,
                whole,
                None if benchmark.value is None else float(benchmark.value),
                table.reckoned_verdict(indicator, whole, benchmark),
                cautions,
            )
        )
    return AreaFigures(area, table, tuple(rows))


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One indicator of a merged area, judged beside England's published figure.

    `cautions` are the publisher's on the councils' figures.
    """

    indicator: Indicator
    year: FinancialYear
    reckoned: PooledFigure
    england: float | None
    vs_england: Verdict
    cautions: tuple[str, ...]

    @property
    def measure(self) -> Measure:
        """What must be known to print a figure of it."""
        return measure_of(self.indicator, self.year)

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The ends of the 95% range at the published decimals; None where there is none."""
        ends = self.reckoned.interval
        if ends is None:
            return None, None
        decimals = self.measure.decimals
        return rounded(ends.lower, decimals), rounded(ends.upper, decimals)

    def by_share(self, shares: Mapping[str, Decimal]) -> tuple[int, int] | None:
        """Numerator and denominator if the people of each council were alike in all its parts.

        Args:
            shares: what part of a council's people belongs to the area, by `area_id`.

        Returns:
            Both to three digits, since no more is meant; None where people are asked rather than
            counted, or where a count is not published.
        """
        if self.indicator.interval not in (IntervalMethod.WILSON, IntervalMethod.BYAR):
            return None
        totals = [Decimal(0), Decimal(0)]
        for council, figure in self.reckoned.parts:
            for at, count in enumerate((figure.numerator, figure.denominator)):
                if count is None:
                    return None
                totals[at] += shares.get(council.area_id, Decimal(1)) * Decimal(repr(count))
        numerator, denominator = map(_to_three_digits, totals)
        return numerator, denominator

    def record(self) -> dict[str, Any]:
        """The row as `bench table --area NAME --format json` prints it."""
        lower, upper = self.limits
        reckoned = self.reckoned
        return {
            "indicator": self.indicator.indicator_id,
            "code": self.measure.code,
            "title": self.indicator.short_title,
            "unit": self.measure.unit,
            "reckoned_value": reckoned.value,
            "reckoned_lower": lower,
            "reckoned_upper": upper,
            "reckoned_how": reckoned.how or None,
            "reason": reckoned.reason or None,
            "england": self.england,
            "verdict_vs_england": str(self.vs_england.meaning),
            "certainty_vs_england": word_of(self.vs_england.certainty),
            "probability_vs_england": printed_share(self.vs_england.probability),
            "reckoned_from": [
                {"council": council.name, "ons_code": council.code_in(self.year)} | _numbers(figure)
                for council, figure in reckoned.parts
            ],
            "cautions": list(self.cautions),
        }

    def sentence(self) -> str:
        """The figure with its mark, its councils' and England's."""
        reckoned = self.reckoned
        whose = listed([f"{c.name} ({self._part(figure)})" for c, figure in reckoned.parts])
        england = f"England {short(self.england, self.measure)}"
        if self.vs_england.compared:
            england += f": {look_of(self.vs_england, self.measure.polarity).text}."
        elif reckoned.value is None:
            england += "."
        else:
            england += f". Not compared: {self.vs_england.reason.rstrip('.')}."
        if reckoned.value is None:
            return f"{capital(reckoned.reason)}. Published: {whose}. {england}"
        ends = interval(*self.limits, self.measure)
        rough = ", roughly" if reckoned.interval and reckoned.interval.approximate else ""
        span = f"95% range {ends}{rough}" if ends else reckoned.reason
        value = f"{number(reckoned.value, self.measure)} ({span})"
        return f"{value}, reckoned from {whose}: {reckoned.how}. {england}"

    def _part(self, figure: FigureInForce) -> str:
        return MISSING[figure.status] if figure.value is None else short(figure.value, self.measure)


def _to_three_digits(total: Decimal) -> int:
    beyond = max(0, total.adjusted() - 2)
    return int(total.scaleb(-beyond).to_integral_value(ROUND_HALF_UP)) * int(10**beyond)


def word_of(certainty: Certainty | None) -> str | None:
    """How sure a verdict is, in the word of the program; None where its rule does not say."""
    return None if certainty is None else str(certainty)


def _numbers(figure: FigureInForce) -> dict[str, float | str | None]:
    """What is published of a council, as a record."""
    return {
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "respondents": figure.respondents,
        "margin": figure.margin,
        "status": figure.status,
    }


@dataclass(frozen=True)
class AreaFigures:
    """One year of a merged area: a row per indicator, beside England."""

    area: MergedArea
    table: YearTable
    rows: tuple[AreaRow, ...]

    @property
    def year(self) -> FinancialYear:
        """Of which the figures are."""
        return self.table.year

    @functools.cached_property
    def mark(self) -> str:
        """What stands wherever a figure of the area does."""
        return self.area.mark(self.year)

    def records(self) -> list[dict[str, Any]]:
        """One object per indicator, each with the area, the year and its mark."""
        span = self.area.span(self.year)
        whose = {
            "area": self.area.name,
            "year": str(self.year),
            "mark": self.mark,
            "shares": {
                council.name: float(span.shares[council.area_id])
                for council in span.councils
                if council.area_id in span.shares
            },
        }
        return [whose | row.record() for row in self.rows]

    def text(self, *, width: int | None = None) -> str:
        """The rows as sentences under their titles.

        Args:
            width: columns to which lines are fitted; None for lines as long as need be.
        """
        return "\n".join(self._lines(width or 10_000))

    def _lines(self, width: int) -> Iterator[str]:
        title = f"{self.area.name}, {self.year}, {self.mark}."
        parts = self.area.span(self.year).shares
        for text in (title, _OF_PARTS if parts else _WARNING, self.area.note):
            yield from textwrap.wrap(text, width)
        gap = " " * 8
        for row in self.rows:
            yield ""
            heading = f"{row.measure.code:7} {row.indicator.short_title}"
            yield from textwrap.wrap(heading, width, subsequent_indent=gap, drop_whitespace=True)
            for text in (row.sentence(), *row.cautions):
                yield from textwrap.wrap(text, width, initial_indent=gap, subsequent_indent=gap)
