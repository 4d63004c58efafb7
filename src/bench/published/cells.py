"""One printed cell -> a value with a status, or a refusal.

Enters: a cell as a CSV or workbook gives it, and the layout's symbols. Leaves: a `Cell`.
Missing, suppressed, not applicable and zero stay four different things.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cell", "Maturity", "Printed", "Status", "parse", "parse_bracketed", "to_decimals"]

# What a reader hands over: text of a CSV, or the typed cell of a workbook.
Printed = str | float | int | bool | None

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
_BRACKETED = re.compile(r"(?P<official>\S+) \((?P<other>\S+)\)")


class Status(StrEnum):
    """Why a figure is there, or is not."""

    OBSERVED = "observed"
    SUPPRESSED = "suppressed"
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
    if isinstance(printed, bool):
        raise ValueError(f"found {printed}, expected a number or one of {_listed(symbols)}")
    if isinstance(printed, int | float):
        if not math.isfinite(printed):
            raise ValueError(f"found {printed}, expected a finite number")
        return Cell(float(printed), Status.OBSERVED, f"{printed:.15g}")
    if printed in symbols:
        return Cell(None, symbols[printed], printed)
    if _NUMBER.fullmatch(printed.strip()):
        return Cell(float(printed.replace(",", "")), Status.OBSERVED, printed.strip())
    raise ValueError(f"found {printed[:40]!r}, expected a number or one of {_listed(symbols)}")


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


def to_decimals(value: float, decimals: int) -> float:
    """The value at its published decimals, which binary noise may have blurred.

    Raises:
        ValueError: The value has more decimals than the indicator is published with.
    """
    rounded = round(value, decimals)
    if abs(rounded - value) > 1e-9 * max(1.0, abs(value)):
        raise ValueError(f"found {value!r}, expected at most {decimals} decimal(s)")
    return rounded


def _listed(symbols: Mapping[str, Status]) -> str:
    return ", ".join(repr(symbol) for symbol in sorted(symbols)) or "no symbols"
