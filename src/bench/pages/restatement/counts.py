"""The counts behind a published figure, or why there are none that can be reckoned with.

Enters: a council's printed figure. Leaves: the figure over its counts, each with the step that it
was rounded to; and what limits what can be said of it, in words.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from bench.integrity.restatement.counts import Counted, Quoted
from bench.integrity.restatement.placement import COUNTED
from bench.integrity.restatement.restate import Reported
from bench.judge.figure import figure_of, no_figure
from bench.judge.intervals import PER, Method, exact, impossible
from bench.pages import store
from bench.published import sources

if TYPE_CHECKING:
    from bench.judge.figure import Printed
    from bench.reference import FinancialYear, Indicator

__all__ = ["published"]

_ROUNDED_TO = 5


def published(
    indicator: Indicator, year: FinancialYear, printed: Printed
) -> tuple[Reported | None, str]:
    """The published figure with its counts, or why it has none that can be reckoned with."""
    if printed.value is None:
        return None, f"For {year} {no_figure(printed)}. There is nothing to restate."
    if Method(indicator.interval) not in COUNTED:
        return None, (
            "This figure does not come from counts of people. Surveys ask some and not all, and "
            "their counts are estimates; a few measures print no counts at all. So no page can say "
            "what it would be if people were counted in another way."
        )
    if printed.numerator is None or printed.denominator is None:
        return None, (
            f"Only the outcome of {year} is held, without its numerator and denominator. So it "
            "cannot be said what it would be if people were counted in another way. Years with "
            "counts are 2014-15 to 2018-19, 2020-21 and 2024-25."
        )
    if reason := impossible(figure_of(printed, indicator)):
        return None, f"The figure cannot be restated as it is printed: {reason}."
    per = PER[str(indicator.unit)]
    step = _step(indicator, year)
    reported = Reported(
        Counted(
            Quoted("published_numerator", exact(printed.numerator), step),
            Quoted("published_denominator", exact(printed.denominator), step),
        ),
        per,
        Quoted(
            "published_figure",
            exact(printed.value),
            Fraction(1, 10 ** indicator.decimals(year)),
        ),
    )
    quotient = reported.quotient()
    low, high = reported.value.ends if reported.value else (quotient.lower, quotient.upper)
    if quotient.upper < low or high < quotient.lower:
        return reported, (
            "The printed figure is not what the printed counts come to, even allowing for "
            "rounding. The steps below start from the counts."
        )
    return reported, ""


def _step(indicator: Indicator, year: FinancialYear) -> Fraction:
    """5 where every council's printed counts of the year are multiples of 5, else 0: exact.

    Areas above councils are left out: some files print them more exactly.
    """
    figures = store.figures()
    councils = {one.area_id for one in sources.reference().councils.in_year(year)}
    of_year = figures[
        (figures["indicator_id"] == indicator.indicator_id)
        & (figures["period"] == str(year))
        & figures["area_id"].isin(list(councils))
    ]
    counts = of_year[["numerator", "denominator"]].stack().dropna()
    return Fraction(_ROUNDED_TO if (counts % _ROUNDED_TO == 0).all() else 0)
