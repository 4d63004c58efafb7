"""Figures that cannot be, or are of another size than any in force: shown before agreeing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from bench.published.adding.fates import Fate, FateKind, option
from bench.reference.indicator import PER
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.published.adding.overrides import Wishes
    from bench.published.adding.usual import Usual
    from bench.reference import Indicator, Registers

# Counts are published rounded to 5.
_ROUNDED = 2.5


class ParsedFigure(NamedTuple):
    """One figure as it was read, in the indicator's own unit."""

    area_id: str
    indicator_id: str
    breakdown: str
    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    margin: float | None
    place: str


def doubts_of(
    figures: Iterable[ParsedFigure],
    *,
    registers: Registers,
    usual: Mapping[str, Usual],
    wishes: Wishes,
    rounded_counts: bool = True,
) -> list[Fate]:
    """What is wrong with figures by themselves, each kind told once with its places.

    Args:
        figures: Every figure of a table.
        registers: Councils and their years, indicators and their bounds.
        usual: What each indicator's figures usually are.
        wishes: What the reader of the file takes as it is.
        rounded_counts: Whether counts may be rounded to 5, as published ones are.
    """
    gone: dict[tuple[str, str], list[str]] = defaultdict(list)
    impossible: list[str] = []
    far: dict[str, list[str]] = defaultdict(list)
    rates: dict[str, list[float]] = defaultdict(list)
    for figure in figures:
        if figure.value is None:
            continue
        if figure.area_id in registers.councils:
            council = registers.councils[figure.area_id]
            if not council.exists(FinancialYear.parse(figure.period)):
                gone[figure.area_id, figure.period].append(figure.place)
        entry = registers.indicators[figure.indicator_id]
        what = _impossible(figure, entry, _ROUNDED if rounded_counts else 0.0)
        if what:
            impossible.append(f"{figure.place}: {what}")
        elif figure.indicator_id in usual and usual[figure.indicator_id].far(figure.value):
            far[figure.indicator_id].append(f"{figure.place} has {figure.value:,.10g}")
        if entry.unit.value == "per_100k" and figure.breakdown == "all":
            rates[figure.indicator_id].append(figure.value)
    allowed = wishes.of("allow")
    fates = [_gone(registers, *key, places) for key, places in gone.items()]
    if impossible:
        words = f"{len(impossible)} cannot be: {_listed(impossible)}"
        fates.append(_asked("impossible figures", words, "impossible", allowed))
    for indicator, values in rates.items():
        times = usual[indicator].scaled_down(values) if indicator in usual else 0
        if times and indicator not in far:
            words = (
                f"{indicator} is usually {usual[indicator]} per 100,000; the figures look like "
                f"rates per {100_000 // times:,}, of which {times} times as much would be stored"
            )
            fates.append(_asked(indicator, words, "unusual", allowed))
    for indicator, places in far.items():
        words = f"{indicator} is usually {usual[indicator]}; {_listed(places)}"
        fates.append(_asked(indicator, words, "unusual", allowed))
    return fates


def _asked(name: str, words: str, kind: str, allowed: Sequence[str]) -> Fate:
    """Figures that are asked about, or that the reader of the file takes as they are."""
    if kind in allowed:
        return Fate("cells", name, FateKind.READ, f"taken as printed, as --map says: {words}")
    return Fate("cells", name, FateKind.UNKNOWN, words, maps=(option("allow", kind),))


def _gone(registers: Registers, area_id: str, period: str, places: Sequence[str]) -> Fate:
    council = registers.councils[area_id]
    year = FinancialYear.parse(period)
    heirs = [registers.councils[name].name for name in council.successors]
    before = [registers.councils[name].name for name in council.predecessors]
    ended = bool(heirs) and not any(s.first_year and year < s.first_year for s in council.spans)
    others = heirs if ended else before
    told = f" ({' and '.join(others)} did)" if others else ""
    return Fate(
        "cells",
        council.name,
        FateKind.UNKNOWN,
        f"{council.name} did not exist in {period}{told}",
        places[0],
        (option("skip", council.name),),
        firm=True,
    )


def _impossible(figure: ParsedFigure, entry: Indicator, rounding: float) -> str:
    """Why a figure cannot be; "" where it can."""
    value, numerator, denominator = figure.value, figure.numerator, figure.denominator
    assert value is not None  # noqa: S101 - asked of figures that are there
    if not entry.admits(value):
        return f"{value:,.10g}, but {entry.indicator_id} can be {entry.limits}"
    if (numerator is not None and numerator < 0) or (denominator is not None and denominator < 0):
        return "a count below 0"
    if figure.margin is not None and figure.margin < 0:
        return f"a margin of {figure.margin:,.10g}"
    per = PER.get(entry.unit.value)
    if per is None or numerator is None or denominator is None:
        return ""
    if entry.unit.value == "per_cent" and numerator > denominator + rounding:
        return f"{numerator:,.10g} of {denominator:,.10g}"
    if denominator <= 2 * rounding:
        return ""
    half = 0.5 * 10.0 ** -entry.decimals(FinancialYear.parse(figure.period)) + 1e-9
    low = per * max(0.0, numerator - rounding) / (denominator + rounding) - half
    high = per * (numerator + rounding) / (denominator - rounding) + half
    if low <= value <= high:
        return ""
    made = per * numerator / denominator
    return f"the value {value:,.10g}, but {numerator:,.10g} of {denominator:,.10g} is {made:,.4g}"


def _listed(places: Sequence[str]) -> str:
    more = f"; and {len(places) - 6} more" if len(places) > 6 else ""
    return "; ".join(places[:6]) + more
