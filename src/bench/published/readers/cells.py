"""The parser of one printed cell: a value with a status, or a refusal.

Missing, suppressed, unusable, not applicable and zero stay five different things.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        raise ValueError(f"found {printed[:40]!r}, expected {_expected(symbols)}")
    if isinstance(printed, bool) or not isinstance(printed, int | float):
        # Neither a truth nor a spreadsheet's date is a figure.
        raise ValueError(f"found {printed}, expected {_expected(symbols)}")
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


def _expected(symbols: Mapping[str, Status]) -> str:
    listed = ", ".join(repr(symbol) for symbol in sorted(symbols))
    return f"a number or one of {listed}" if listed else "a number"
