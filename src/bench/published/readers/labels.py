"""The parser of printed labels: the id of an indicator, area, year or breakdown, or a refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.published.readers.cells import Printed
    from bench.reference import Indicator, Registers

_ONS_CODE = re.compile(r"[EJ]\d{8}")


class Lookup:
    """What a printed label stands for, by the registers."""

    def __init__(self, registers: Registers, year: FinancialYear) -> None:
        self._registers, self._year = registers, year

    def find_indicator(self, code: str) -> Indicator:
        """The indicator that a code means in the release's year."""
        found = self._registers.indicators.match_code(code, self._year)
        if found is None:
            raise ValueError(f"found the indicator code {code!r}, unknown in {self._year}")
        return found

    def indicator(self, code: Printed, measure_code: Printed = None) -> str:
        """The id of a code's indicator, which the measure's code must belong to."""
        found = self.find_indicator(text(code))
        if measure_code is not None and not bare_code(measure_code).startswith(bare_code(code)):
            raise ValueError(f"found the measure {measure_code!r} under the indicator {code!r}")
        return found.indicator_id

    def breakdown(self, label: Printed) -> str:
        """The id of the group that a label names."""
        found = self._registers.indicators.breakdown(text(label))
        if found is None:
            raise ValueError(f"found the breakdown {label!r}, unknown")
        return found

    def area(
        self,
        ons_code: Printed,
        name: Printed,
        cassr_code: Printed = None,
        *,
        year: FinancialYear | None = None,
    ) -> str:
        """The id of the area that a row is about; `year` for a name that had two meanings."""
        code, short, printed = printed_code(ons_code), text(cassr_code), text(name)
        area_id = self._registers.councils.match(
            ons_code=code, cassr_code=short, name=printed, year=year
        )
        if area_id is None:
            raise ValueError(f"found the area {printed!r} ({code or short or 'no code'}), unknown")
        return area_id

    def area_in_year(self, name: str, cassr_code: str) -> str:
        """The area of a row without ONS code, whose name may have meant another council once."""
        return self.area(None, name, cassr_code, year=self._year)

    def period(self, label: Printed) -> str:
        """A year as the table writes it."""
        return str(FinancialYear.parse(text(label)))


def one_of(label: Printed, meanings: Mapping[str, str], kind: str) -> str:
    """The meaning of a label, whatever its case."""
    key = text(label).casefold()
    if key not in meanings:
        raise ValueError(f"found the {kind} {label!r}, expected one of {', '.join(meanings)}")
    return meanings[key]


def text(printed: Printed) -> str:
    """A label's text; a code that a spreadsheet took for a number loses its '.0'."""
    if printed is None:
        return ""
    if isinstance(printed, float) and printed.is_integer():
        return str(int(printed))
    return str(printed).strip()


def bare_code(code: Printed) -> str:
    """A code without brackets and spaces."""
    return re.sub(r"[()\s]", "", text(code)).upper()


def printed_code(ons_code: Printed) -> str:
    """The ONS code as printed, or nothing where a symbol or 0 stands in its place."""
    code = text(ons_code)
    return code if _ONS_CODE.fullmatch(code) else ""
