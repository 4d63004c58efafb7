"""A merged area's year: every figure reckoned from its councils' beside England's published one.

It is for reading alone: nothing here enters a published average, a rank, a verdict or an export,
and no page loads it.
"""

from __future__ import annotations

import functools
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench.judge.figure import MISSING, NO_ROW, by_indicator, pooled
from bench.judge.published_row import measure_of
from bench.judge.statistics import rounded
from bench.pages import store
from bench.pages.choices import choose_year
from bench.present.numbers import interval, number, short
from bench.present.sentences import listed
from bench.published import sources
from bench.reference import merged_areas
from bench.reference.areas import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.judge.figure import FigureInForce, PooledFigure
    from bench.judge.published_row import Measure
    from bench.reference import FinancialYear, Indicator
    from bench.reference.merged_areas import MergedArea

_WARNING: Final = (
    "No figure of the area is published for the year: each is reckoned from those of its councils "
    "and not judged, and is part of no average, rank or export. England's figures are published."
)


def merged() -> dict[str, MergedArea]:
    """Every merged area of data/reference/areas.yaml and params/areas, by its id."""
    root = sources.project_root()
    return merged_areas.read(
        root / "data" / "reference", root / "params" / "areas", sources.reference().councils
    )


def area_figures(name: str, year: str | None = None) -> AreaFigures:
    """Reckon an area's every indicator of a year.

    Args:
        name: The area's id or name.
        year: Of which there are figures; None for that of params/default.yaml.

    Raises:
        UnknownNameError: There is no such area or year.
        ParameterError: The area is not made of councils that year.
        RegisterError: A file of areas does not fit.
    """
    area = merged_areas.find(merged(), name)
    chosen = choose_year(year)
    registers, councils = sources.reference(), area.councils(chosen)
    table = store.figures()
    wanted = [ENGLAND, *(council.area_id for council in councils)]
    printed = by_indicator(table[(table["period"] == str(chosen)) & table["area_id"].isin(wanted)])
    rows = []
    for indicator in registers.indicators.in_year(chosen):
        figures = printed.get(indicator.indicator_id, {})
        cautions = tuple(
            note.text if council.name in note.text else f"{council.name}: {note.text}"
            for council in councils
            for note in registers.comparability.notes(
                indicator.indicator_id, council.area_id, chosen
            )
            if note.area_id
        )
        england = figures.get(ENGLAND, NO_ROW).value
        reckoned = pooled(councils, figures, indicator, chosen)
        rows.append(AreaRow(indicator, chosen, reckoned, england, cautions))
    return AreaFigures(area, chosen, tuple(rows))


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One indicator of a merged area; `cautions` are the publisher's on the councils' figures."""

    indicator: Indicator
    year: FinancialYear
    reckoned: PooledFigure
    england: float | None
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
        england = f"England {short(self.england, self.measure)}."
        if reckoned.value is None:
            return f"{_capital(reckoned.reason)}. It would be reckoned from {whose}. {england}"
        ends = interval(*self.limits, self.measure)
        rough = ", roughly" if reckoned.interval and reckoned.interval.approximate else ""
        span = f"95% range {ends}{rough}" if ends else reckoned.reason
        value = f"{number(reckoned.value, self.measure)} ({span})"
        return f"{value}, reckoned from {whose}: {reckoned.how}. {england}"

    def _part(self, figure: FigureInForce) -> str:
        return MISSING[figure.status] if figure.value is None else short(figure.value, self.measure)


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


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


@dataclass(frozen=True)
class AreaFigures:
    """One year of a merged area: a row per indicator, beside England."""

    area: MergedArea
    year: FinancialYear
    rows: tuple[AreaRow, ...]

    @functools.cached_property
    def mark(self) -> str:
        """What stands wherever a figure of the area does."""
        names = [council.name for council in self.area.councils(self.year)]
        return f"reckoned from {listed(names)}"

    def records(self) -> list[dict[str, Any]]:
        """One object per indicator, each with the area, the year and its mark."""
        whose = {"area": self.area.name, "year": str(self.year), "mark": self.mark}
        return [whose | row.record() for row in self.rows]

    def text(self, *, width: int | None = None) -> str:
        """The rows as sentences under their titles.

        Args:
            width: columns to which lines are fitted; None for lines as long as need be.
        """
        return "\n".join(self._lines(width or 10_000))

    def _lines(self, width: int) -> Iterator[str]:
        title = f"{self.area.name}, {self.year}, {self.mark}."
        for text in (title, _WARNING, self.area.note):
            yield from textwrap.wrap(text, width)
        gap = " " * 8
        for row in self.rows:
            yield ""
            heading = f"{row.measure.code:7} {row.indicator.short_title}"
            yield from textwrap.wrap(heading, width, subsequent_indent=gap, drop_whitespace=True)
            for text in (row.sentence(), *row.cautions):
                yield from textwrap.wrap(text, width, initial_indent=gap, subsequent_indent=gap)
