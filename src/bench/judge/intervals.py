"""The 95% interval of a figure by the kind of its indicator, or the reason why there is none.

Sources: Wilson (1927) for proportions and Byar's approximation for counts, as used in public
health (PHEindicatormethods); for surveys the publisher's own 95% margin of error. A survey's
printed denominator is a weighted population, so it never makes an interval here.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

# The 97.5th percentile of the standard normal distribution: 95% lie within z of the middle.
Z_95 = 1.959963984540054
# What a quotient is multiplied by to be in its unit.
PER = {"per_cent": 100, "per_100k": 100_000}


class Method(StrEnum):
    """How the interval of an indicator is made."""

    MARGIN = "margin"
    WILSON = "wilson"
    BYAR = "byar"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure, numbers as printed; missing parts are None."""

    value: float | None
    unit: str
    method: Method
    numerator: float | None = None
    denominator: float | None = None
    respondents: float | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% interval in the unit of its figure; `approximate` if not the publisher's own design."""

    lower: Fraction
    upper: Fraction
    approximate: bool = False

    def holds(self, benchmark: Fraction) -> bool:
        """Whether the benchmark lies in the interval; an edge that equals it counts as inside."""
        return self.lower <= benchmark <= self.upper

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a value; edges that touch count as shared."""
        return self.lower <= other.upper and other.lower <= self.upper


@functools.lru_cache(maxsize=1 << 16)  # councils share most of their figures
def exact(number: float) -> Fraction:
    """The printed decimal as an exact number: 63.3 is 633/10, not the nearest binary float."""
    return Fraction(repr(float(number)))


def impossible(figure: Figure) -> str | None:
    """Why a published figure cannot be right as it stands, or None."""
    above = (
        figure.unit == "per_cent"
        and figure.numerator is not None
        and figure.denominator is not None
        and figure.numerator > figure.denominator
    )
    if figure.denominator == 0:
        return "its denominator is 0"
    if above:
        return "its numerator is above its denominator"
    if figure.unit == "per_cent" and figure.value is not None and figure.value > 100:
        return "it is above 100%"
    return None


def interval(figure: Figure) -> Interval | str:
    """The 95% interval of a figure.

    Returns:
        The interval in the figure's unit, or a short reason why there is none.
    """
    if figure.value is None:
        return "there is no figure"
    if reason := impossible(figure):
        return reason
    if figure.method is Method.MARGIN:
        return _from_survey(figure, figure.value)
    if figure.method is Method.NONE:
        return "no counts are published"
    if figure.numerator is None or figure.denominator is None:
        return "no counts are published with it"
    if figure.method is Method.WILSON:
        low, high = wilson(figure.numerator, figure.denominator)
        return _scaled(low, high, 100)
    low, high = byar(figure.numerator)
    return _scaled(low, high, PER[figure.unit] / figure.denominator)


def _from_survey(figure: Figure, value: float) -> Interval | str:
    if figure.margin is not None:
        half = exact(figure.margin)
        return Interval(exact(value) - half, exact(value) + half)
    if figure.unit != "per_cent":
        return "no margin of error is published"
    if not figure.respondents:
        return "neither a margin of error nor the number of respondents is published"
    low, high = wilson(value / 100 * figure.respondents, figure.respondents)
    return _scaled(low, high, 100, approximate=True)


def _scaled(low: float, high: float, factor: float, *, approximate: bool = False) -> Interval:
    return Interval(Fraction(low * factor), Fraction(high * factor), approximate)


def wilson(count: float, out_of: float) -> tuple[float, float]:
    """Wilson's 95% score interval of a proportion, both ends within 0 and 1.

    Args:
        count: Those counted, from 0 to `out_of`.
        out_of: All that could have been; above 0.
    """
    share = count / out_of
    z2 = Z_95 * Z_95
    centre = 2 * count + z2
    half = Z_95 * math.sqrt(z2 + 4 * count * (1 - share))
    scale = 2 * (out_of + z2)
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def byar(count: float) -> tuple[float, float]:
    """Byar's approximate 95% interval of a count of events, 0 or more."""
    low = 0.0
    if count > 0:
        low = count * (1 - 1 / (9 * count) - Z_95 / (3 * math.sqrt(count))) ** 3
    above = count + 1
    high = above * (1 - 1 / (9 * above) + Z_95 / (3 * math.sqrt(above))) ** 3
    return max(0.0, low), high
