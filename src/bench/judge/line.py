"""One council's years of one indicator that compare with one another, and those that do not.

Enters: the council's figures by period and the register of breaks. Leaves: the latest comparable
years, those left out and why, and what a test of their slope needs of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.judge.figure import NO_ROW, Printed, figure_of, no_figure
from bench.judge.intervals import Interval, exact, impossible, interval

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from bench.reference import Comparability, Council, FinancialYear, Indicator

__all__ = ["Left", "Line"]

# A year that was left out, and why.
Left = tuple["FinancialYear", str]


@dataclass(frozen=True, slots=True)
class Line:
    """A council's figures of an indicator.

    Attributes:
        printed: the published figures, by period.
        indicator: of which they are figures.
        council: whose.
        comparability: what may be compared.
    """

    printed: Mapping[str, Printed]
    indicator: Indicator
    council: Council
    comparability: Comparability

    def comparable(self, last: FinancialYear, most: int) -> tuple[list[FinancialYear], list[Left]]:
        """At most so many years up to `last`, earliest first, and what was left out on the way.

        A year on its own is passed over. A cut ends the line, and so does a year without a usable
        figure: what is hidden may be the very year that would change the answer.
        """
        about = (self.indicator.indicator_id, self.council.area_id)
        years: list[FinancialYear] = [last]
        left_out: list[Left] = []
        for earlier in sorted((y for y in self.indicator.years if y < last), reverse=True):
            if len(years) == most or not self.council.exists(earlier):
                break
            if cut := self.comparability.cut_between(*about, earlier, years[0]):
                left_out.insert(0, (earlier, cut.text))
                break
            if alone := self.comparability.alone(*about, earlier):
                left_out.insert(0, (earlier, alone.text))
            elif reason := self._no_figure(earlier):
                left_out.insert(0, (earlier, reason))
                break
            else:
                years.insert(0, earlier)
        return years, left_out

    def unusable(self, year: FinancialYear) -> str:
        """Why no line ends with the year; "" where one may."""
        alone = self.comparability.alone(self.indicator.indicator_id, self.council.area_id, year)
        if alone is not None:
            return alone.text
        if self.council.tiny:
            return "the council is too small: a few people more or less would change its figure"
        return self._no_figure(year)

    def value(self, year: FinancialYear) -> Fraction:
        """The figure of a comparable year, exact."""
        value = self._of(year).value
        assert value is not None, "a comparable year has a figure"  # noqa: S101
        return exact(value)

    def counts(self, year: FinancialYear) -> tuple[Fraction, Fraction] | None:
        """Those counted and all who could have been; None where they are not published."""
        own = self._of(year)
        if own.numerator is None or own.denominator is None:
            return None
        return exact(own.numerator), exact(own.denominator)

    def width(self, year: FinancialYear) -> tuple[Fraction, Fraction] | None:
        """The figure and the width of its 95% interval; None where it has none, or one of 0."""
        made = interval(figure_of(self._of(year), self.indicator))
        if not isinstance(made, Interval) or made.lower == made.upper:
            return None
        return self.value(year), made.upper - made.lower

    def _no_figure(self, year: FinancialYear) -> str:
        own = self._of(year)
        if own.value is None:
            return no_figure(own)
        if reason := impossible(figure_of(own, self.indicator)):
            return f"the figure cannot be right as published: {reason}"
        return ""

    def _of(self, year: FinancialYear) -> Printed:
        return self.printed.get(str(year), NO_ROW)
