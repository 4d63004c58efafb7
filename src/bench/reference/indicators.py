"""Indicators by one stable id through every renaming."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.errors import RegisterError, UnknownNameError, nearest
from bench.reference.areas import folded
from bench.reference.indicator import Breakdown, Indicator, code_key, code_order
from bench.reference.indicator_file import read_indicators

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bench.reference.periods import FinancialYear


class Indicators:
    """The register of indicators and of their breakdowns."""

    def __init__(self, indicators: Iterable[Indicator], breakdowns: Iterable[Breakdown]) -> None:
        self._by_id = {entry.indicator_id: entry for entry in indicators}
        self.breakdowns = {entry.breakdown_id: entry for entry in breakdowns}
        self._printed = {
            _label(printed): entry.breakdown_id
            for entry in self.breakdowns.values()
            for printed in entry.printed
        }
        self._by_code: dict[str, list[Indicator]] = defaultdict(list)
        for entry in self:
            for key in {code_key(span.value) for span in entry.codes}:
                self._by_code[key].append(entry)

    @classmethod
    def read(cls, folder: Path) -> Indicators:
        """Read indicators.yaml.

        Args:
            folder: the folder that holds it.

        Raises:
            RegisterError: the file is absent or contradicts itself; all its problems at once.
        """
        path = folder / "indicators.yaml"
        register = cls(*read_indicators(path))
        problems = [
            f"{path}: code {first.code(year)} of {year} stands for {first.indicator_id}"
            f" and {second.indicator_id}."
            for sharing in register._by_code.values()
            for place, first in enumerate(sharing)
            for second in sharing[place + 1 :]
            for year in first.years
            if year in second.years and code_key(first.code(year)) == code_key(second.code(year))
        ]
        if problems:
            raise RegisterError(*problems)
        return register

    def __getitem__(self, indicator_id: str) -> Indicator:
        try:
            return self._by_id[indicator_id]
        except KeyError:
            raise UnknownNameError("indicator", indicator_id, self._by_id) from None

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, indicator_id: object) -> bool:
        return indicator_id in self._by_id

    def lineage(self, indicator: Indicator) -> tuple[Indicator, ...]:
        """The indicators that asked its question before it, the oldest first, and itself."""
        chain = [indicator]
        while chain[0].continues:
            chain.insert(0, self[chain[0].continues])
        return tuple(chain)

    def knows(self, year: FinancialYear) -> bool:
        """Whether any framework published an indicator for the year."""
        return bool(self.in_year(year, framework=None))

    def following(self, follows: Mapping[FinancialYear, FinancialYear]) -> Indicators:
        """The register with years that it does not hold, each after the framework of another.

        Args:
            follows: the year and the one whose indicators, codes and reviews it takes over; a
                year that the register knows by now is left as it is.
        """
        new = {year: followed for year, followed in follows.items() if not self.knows(year)}

        def years(entry: Indicator) -> tuple[FinancialYear, ...]:
            more = {
                year
                for year, followed in new.items()
                if entry.published_in(followed) and any(span.holds(year) for span in entry.codes)
            }
            return tuple(sorted({*entry.years, *more}))

        entries = [replace(entry, years=years(entry)) for entry in self]
        return Indicators(entries, self.breakdowns.values())

    def in_year(
        self, year: FinancialYear, *, framework: str | None = "ascof"
    ) -> tuple[Indicator, ...]:
        """The indicators published for a year, in natural order of that year's codes.

        Args:
            year: the year.
            framework: `ascof`, `nis` or `pss_ex1`; None for all of them.
        """
        found = (
            entry
            for entry in self
            if entry.published_in(year) and framework in (None, entry.framework.framework_id)
        )
        return tuple(sorted(found, key=lambda entry: code_order(entry.code(year))))

    def find(self, text: str, year: FinancialYear | None = None) -> Indicator:
        """The indicator somebody means by an id, a code or a title.

        Args:
            text: forgiving of case and, in a code, of brackets.
            year: the year whose codes are meant; without it a code means its latest use.

        Raises:
            UnknownNameError: none is called so; with those that look like it.
        """
        written = text.strip()
        if written.casefold() in self._by_id:
            return self._by_id[written.casefold()]
        coded = self.match_code(written, year) if year else self._latest(written)
        if coded is not None:
            return coded
        for entry in self:
            if folded(written) in (folded(entry.title), folded(entry.short_title)):
                return entry
        where = f"the codes of {year}" if year and code_key(written) in self._by_code else ""
        readable = {entry.indicator_id: entry.indicator_id for entry in self}
        readable |= {entry.short_title: entry.indicator_id for entry in self}
        readable |= {entry.title: entry.indicator_id for entry in self}
        error = UnknownNameError("indicator", written, self._by_id, where=where)
        near = dict.fromkeys(readable[name] for name in nearest(written, readable))
        if near:
            error.mend = f"did you mean {' or '.join(near)}?"
        raise error

    def match_code(self, printed: str, year: FinancialYear) -> Indicator | None:
        """The indicator that a printed code meant in a year.

        Codes were reused: a table that prints today's codes beside old years is matched with the
        year of its publication, not of its columns.

        Args:
            printed: as printed: `1C1A`, `1C(1A)`, `2A(1)_1415`, `1I1`, `3d(1a)`.
            year: the year whose codes are in use.

        Returns:
            The indicator, or None where the code was not in force that year.
        """
        key = code_key(printed)
        for entry in self._by_code.get(key, ()):
            for span in entry.codes:
                if span.holds(year) and code_key(span.value) == key:
                    return entry
        return None

    def breakdown(self, printed: str) -> str | None:
        """Our id of a printed disaggregation label such as "65 and over"; None if not known."""
        return self._printed.get(_label(printed))

    def _latest(self, code: str) -> Indicator | None:
        key = code_key(code)
        used = [
            (year, entry)
            for entry in self._by_code.get(key, ())
            for year in entry.years
            if code_key(entry.code(year)) == key
        ]
        return max(used, key=lambda pair: pair[0])[1] if used else None


def _label(printed: str) -> str:
    return " ".join(printed.casefold().split())
