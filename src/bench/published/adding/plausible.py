"""How large figures usually are, and what is doubtful beside that: shown before agreeing.

A per cent sign on a cell decides for that cell. Without signs the numbers of one indicator in one
column are set beside what its figures usually are; what fits both or neither is asked about.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.errors import MissingDataError
from bench.published import observations
from bench.published.adding.examined_table import Fate, FateKind
from bench.published.readers.header_words import bare_number, unit_of
from bench.published.readers.matrix import option
from bench.reference.indicator import PER
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bench.published.adding.overrides import Overrides
    from bench.published.layouts import PrintedUnit
    from bench.reference import Indicator, Registers

# Of fewer figures nobody can say what is usual.
_FEWEST = 30
# Where so many of a column are about as large as usual, that decides.
_MOST = 0.8
# Counts are published rounded to 5.
_ROUNDED = 2.5


@dataclass(frozen=True, slots=True)
class Usual:
    """The values of one indicator over councils and years, in its own unit.

    Attributes:
        lowest: the least of all.
        low: 1 in 20 is below it.
        high: 1 in 20 is above it.
        highest: the greatest of all.
    """

    lowest: float
    low: float
    high: float
    highest: float

    def fits(self, value: float) -> bool:
        """Whether a value is about as large as those in force."""
        return self.low / 2 <= value <= self.high * 1.5

    def far(self, value: float) -> bool:
        """Whether a value is beyond all in force: a tenth of, or three times, what is usual."""
        above = value > self.highest and value > 3 * self.high
        return above or (0 < value < self.lowest and value < self.low / 10)

    def scaled_down(self, values: Sequence[float]) -> int:
        """How many times too small a table's values are: as rates per 1,000 are (100), or 10,000.

        Args:
            values: An indicator's figures in one table, taken for rates per 100,000.

        Returns:
            100, 10, or 0 where the figures do not look like either.
        """
        middle = float(np.median([value for value in values if value > 0] or [0.0]))
        if not 0 < middle < self.low / 2:
            return 0
        # One small council alone may have a tenth of what is usual, never a hundredth.
        for times in (100, 10) if len(values) > 2 else (100,):
            if self.low <= middle * times <= self.high:
                return times
        return 0

    def __str__(self) -> str:
        return f"{self.low:,.4g} to {self.high:,.4g}"


def usual_values(root: Path) -> Mapping[str, Usual]:
    """The usual values of every indicator with enough figures; none where no data is built."""
    folder = root / "data" / "published"
    stamps = tuple((p.name, p.stat().st_mtime_ns) for p in sorted(folder.glob("*.parquet")))
    return _usual_values(root, stamps)


@functools.lru_cache(maxsize=4)
def _usual_values(root: Path, stamps: tuple[tuple[str, int], ...]) -> Mapping[str, Usual]:
    """The usual values of the data with these files, worked out once."""
    if not stamps:
        return {}
    try:
        figures = observations.load(root=root, breakdown="all")
    except MissingDataError:
        return {}
    council = observations.of_councils(figures["area_id"].astype(str))
    values = figures.loc[council & figures["value"].notna()].groupby("indicator_id", observed=True)
    ranges = values["value"].quantile(np.array([0.0, 0.05, 0.95, 1.0])).unstack()
    sizes = values.size()
    return {
        str(indicator): Usual(*map(float, row))
        for indicator, row in zip(ranges.index, ranges.to_numpy().tolist(), strict=True)
        if sizes[indicator] >= _FEWEST
    }


@dataclass(slots=True)
class Numbers:
    """The numbers of one indicator in one column, each with its place.

    Attributes:
        column: the column's heading.
        indicator: what they measure.
        signed: those with a per cent sign, as printed in per cent.
        bare: those without.
    """

    column: str
    indicator: Indicator
    signed: list[tuple[float, str]] = field(default_factory=list)
    bare: list[tuple[float, str]] = field(default_factory=list)

    def add(self, printed: str, place: str) -> None:
        """Take a cell that is a number."""
        cell = bare_number(printed)
        number = float(cell.removesuffix("%").strip().replace(",", ""))
        (self.signed if cell.endswith("%") else self.bare).append((number, place))


def scale_of(
    numbers: Numbers,
    *,
    stated: PrintedUnit | None,
    mapped: str | None,
    words: str,
    usual: Mapping[str, Usual],
) -> tuple[PrintedUnit | None, list[Fate]]:
    """The unit in which the numbers without a sign are printed, and what is unknown of it.

    Args:
        numbers: Values of one indicator in one column.
        stated: The unit that the heading states.
        mapped: The unit that --map names.
        words: The words of the heading and of the titles.
        usual: What each indicator's figures usually are.

    Returns:
        `fraction` where they are fractions of 1, else None for the register's own unit.
    """
    entry = numbers.indicator
    if entry.unit.value != "per_cent":
        return None, []
    if mapped in ("fraction", "per_cent"):
        return ("fraction" if mapped == "fraction" else None), []
    bare = [(number, place) for number, place in numbers.bare if number != 0]
    small = [(number, place) for number, place in bare if abs(number) <= 1]
    if not small:
        return None, []
    name = numbers.column
    if numbers.signed:
        return None, [
            _unknown(
                name,
                f"{entry.indicator_id} stands with a per cent sign in some cells and as "
                f"{small[0][0]:g} without one in {_places(small)}",
                firm=True,
            )
        ]
    range_ = usual.get(entry.indicator_id)
    if len(small) < len(bare):
        if range_ is not None and not _hundred_times(small, range_):
            return None, []
        return None, [
            _unknown(
                name,
                f"found {small[0][0]:g} of {entry.indicator_id} in {_places(small)} beside numbers "
                "above 1: a fraction among per cent?",
                option("unit", "per_cent"),
                firm=True,
            )
        ]
    return _all_small(name, entry, [number for number, _ in bare], stated, words, range_)


def _all_small(
    name: str,
    entry: Indicator,
    values: Sequence[float],
    stated: PrintedUnit | None,
    words: str,
    range_: Usual | None,
) -> tuple[PrintedUnit | None, list[Fate]]:
    """The unit of numbers none of which is above 1."""
    if range_ is not None:
        as_fraction = _share(range_.fits(100 * value) for value in values)
        as_per_cent = _share(range_.fits(value) for value in values)
    else:
        said = unit_of(words) == "fraction" or "proportion" in words.casefold()
        clear = said and len(values) > 2 and any(0 < value < 1 for value in values)
        as_fraction, as_per_cent = (1.0 if clear else 0.5), 0.0
    if stated == "fraction":
        return "fraction", []
    if as_per_cent >= _MOST and as_fraction < 1 - _MOST:
        return None, []
    if as_fraction >= _MOST and as_per_cent < 1 - _MOST and stated is None:
        return "fraction", []
    if range_ is None and stated is None and all(value == 1 for value in values):
        return None, []  # a fraction of 1 would be printed as 1 where everybody is counted
    what = f"no value is above 1 in {name!r} ({entry.indicator_id}): are they fractions of 1"
    if stated == "per_cent":
        what = f"states per cent, but {what}"
    if range_ is not None:
        what += f" (it is usually {range_} per cent)"
    return "fraction", [
        _unknown(name, f"{what}?", option("unit", "fraction"), option("unit", "per_cent"))
    ]


def _hundred_times(small: Iterable[tuple[float, str]], range_: Usual) -> bool:
    """Whether a small number would be usual as a fraction and is not as per cent."""
    return any(range_.fits(100 * n) and not range_.fits(n) for n, _ in small)


def _share(fitting: Iterable[bool]) -> float:
    fits = list(fitting)
    return sum(fits) / len(fits)


def _places(cells: Sequence[tuple[float, str]]) -> str:
    more = f" and {len(cells) - 6} more" if len(cells) > 6 else ""
    return ", ".join(place for _, place in cells[:6]) + more


def _unknown(name: str, words: str, *maps: str, firm: bool = False) -> Fate:
    return Fate("cells", name, FateKind.UNKNOWN, words, "", maps, firm)


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
    overrides: Overrides,
    rounded_counts: bool = True,
) -> list[Fate]:
    """What is wrong with figures by themselves, each kind told once with its places.

    Args:
        figures: Every figure of a table.
        registers: Councils and their years, indicators and their bounds.
        usual: What each indicator's figures usually are.
        overrides: What the reader of the file takes as it is.
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
    allowed = overrides.of("allow")
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
