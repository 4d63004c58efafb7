"""The scale of a table's percentages: per cent or fractions of 1, told column by column.

A per cent sign on a cell decides for that cell. Without signs the numbers of one indicator in one
column are set beside what its figures usually are; what fits both or neither is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.published.adding.fates import Fate, FateKind, option
from bench.published.adding.header_words import bare_number, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.published.adding.usual import Usual
    from bench.published.layouts import PrintedUnit
    from bench.reference import Indicator

_MOST = 0.8


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
    wished: str | None,
    words: str,
    usual: Mapping[str, Usual],
) -> tuple[PrintedUnit | None, list[Fate]]:
    """The unit in which the numbers without a sign are printed, and what is unknown of it.

    Args:
        numbers: Values of one indicator in one column.
        stated: The unit that the heading states.
        wished: The unit that --map names.
        words: The words of the heading and of the titles.
        usual: What each indicator's figures usually are.

    Returns:
        `fraction` where they are fractions of 1, else None for the register's own unit.
    """
    entry = numbers.indicator
    if entry.unit.value != "per_cent":
        return None, []
    if wished in ("fraction", "per_cent"):
        return ("fraction" if wished == "fraction" else None), []
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
