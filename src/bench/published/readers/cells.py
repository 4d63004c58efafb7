"""The parsers of one printed cell: a figure with its status, a label's meaning, or a refusal.

Missing, suppressed, unusable, not applicable and zero stay five different things.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.reference import Indicator, Registers

# What a reader hands over: text of a CSV, or the typed cell of a workbook.
Printed = str | float | int | bool | None

_NUMBER = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?", re.ASCII)
_BRACKETED = re.compile(r"(?P<official>\S+) \((?P<other>\S+)\)")


class Status(StrEnum):
    """Why a figure is there, or is not.

    `unusable` is what the publisher's notes say of a figure whose data were missing or unsound,
    whatever symbol is printed; `suppressed` is a figure that there is, and that is hidden.
    """

    OBSERVED = "observed"
    SUPPRESSED = "suppressed"
    UNUSABLE = "unusable"
    NOT_AVAILABLE = "not_available"
    NOT_APPLICABLE = "not_applicable"


class Maturity(StrEnum):
    """How settled a figure is."""

    PROVISIONAL = "provisional"
    FINAL = "final"
    REVISED = "revised"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as printed: `value` is there if and only if the status is observed."""

    value: float | None
    status: Status
    marker: str


def parse(printed: Printed, symbols: Mapping[str, Status]) -> Cell:
    """Read one cell.

    Args:
        printed: Text ("58.7", "51,230", "[c]", " ") or a workbook's number.
        symbols: The layout's symbols, each with the kind of missing it stands for.

    Raises:
        ValueError: The cell is neither a plain number nor one of the symbols.
    """
    if printed is None:
        printed = ""
    if isinstance(printed, str):
        if printed in symbols:
            return Cell(None, symbols[printed], printed)
        text = printed.strip()
        if _NUMBER.fullmatch(text):
            return Cell(_finite(float(text.replace(",", ""))), Status.OBSERVED, text)
        raise ValueError(f"found {printed[:40]!r}, expected {expected(symbols)}")
    if isinstance(printed, bool) or not isinstance(printed, int | float):
        # Neither a truth nor a spreadsheet's date is a figure.
        raise ValueError(f"found {printed}, expected {expected(symbols)}")
    return Cell(_finite(float(printed)), Status.OBSERVED, f"{printed:.15g}")


def parse_bracketed(printed: Printed, symbols: Mapping[str, Status]) -> tuple[Cell, Cell | None]:
    """Read a cell that may print a second figure in brackets, as in "8.2 (8.1)" or "20 (:)".

    Returns:
        The official figure outside the brackets, and the bracketed one or None.

    Raises:
        ValueError: As for `parse`, for either part.
    """
    if isinstance(printed, str) and (match := _BRACKETED.fullmatch(printed)):
        return parse(match["official"], symbols), parse(match["other"], symbols)
    return parse(printed, symbols), None


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"found {number}, expected a finite number")
    return number


def expected(symbols: Mapping[str, Status]) -> str:
    """What a cell may hold, for messages."""
    listed = ", ".join(repr(symbol) for symbol in sorted(symbols))
    return f"a number or one of {listed}" if listed else "a number"


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
