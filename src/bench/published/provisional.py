"""A council's own provisional figures, for its page and groups that name it.

They lie in data/own and are never in the table of published figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, Problems
from bench.project import transaction
from bench.project.files import read_rows
from bench.published import sources
from bench.published.readers.cells import parse
from bench.reference.indicator import PER
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.reference import Indicator

COLUMNS = ("indicator_id", "period", "value", "numerator", "denominator", "source")


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """One provisional figure of a council, in the indicator's own unit."""

    area_id: str
    indicator_id: str
    period: str
    value: float
    numerator: float | None
    denominator: float | None
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is a figure of."""
        return self.indicator_id, self.period


def own_path(area_id: str, root: Path | None = None) -> Path:
    """Where a council's own figures are kept, whether or not there are any."""
    return sources.workspace(root) / "data" / "own" / f"{area_id}.csv"


def load_own(area_id: str, *, root: Path | None = None) -> tuple[OwnFigure, ...]:
    """A council's own figures; none where it brought none.

    Raises:
        RegisterError: The file has another header.
        LayoutError: A row of it is no figure; every line is named.
    """
    root = root or sources.project_root()
    path = own_path(area_id, root)
    if path.parent.is_dir():
        transaction.finish(path.parents[1])
    if not path.is_file():
        return ()
    registers = sources.reference(root)
    problems = Problems(LayoutError, str(path), mend="bring the figures again: bench add --own")
    found = {}
    for row in read_rows(path, COLUMNS):
        try:
            figure = figure_of(
                area_id,
                registers.indicators[row["indicator_id"]],
                FinancialYear.parse(row["period"]),
                {name: row[name] for name in ("value", "numerator", "denominator")},
                row["source"],
            )
            if figure.key in found:
                raise ValueError("a second row for the same figure")
            found[figure.key] = figure
        except (BenchError, ValueError) as error:
            problems.add(f"line {row['line']}: {error}")
    problems.raise_if_any()
    return tuple(found.values())


def figure_of(
    area_id: str,
    indicator: Indicator,
    year: FinancialYear,
    cells: Mapping[str, str],
    source: str,
) -> OwnFigure:
    """One figure from its texts: the value in the indicator's unit, or made of its counts.

    Args:
        area_id: Whose it is.
        indicator: What it measures.
        year: The financial year.
        cells: The texts of `value`, `numerator` and `denominator`; what is missing is not given.
        source: The file that it stands in.

    Raises:
        ValueError: It is no figure; what was found and expected.
        ParameterError: The indicator had ended or not begun.
    """
    indicator.code(year)  # a measure that had ended or not begun has no figure
    numbers: dict[str, float | None] = {}
    for field in ("value", "numerator", "denominator"):
        printed = cells.get(field, "")
        if field == "value" and indicator.unit.value == "per_cent":
            printed = printed.removesuffix("%").strip()
        numbers[field] = parse(printed, {}).value if printed else None
        if (numbers[field] or 0) < 0 and field != "value":
            raise ValueError(f"found a {field} of {printed}, expected 0 or more")
    value, numerator, denominator = (numbers[f] for f in ("value", "numerator", "denominator"))
    if (numerator is None) != (denominator is None):
        raise ValueError("found one of numerator and denominator, expected both or neither")
    decimals = indicator.decimals(year)
    made = None
    if numerator is not None and denominator and indicator.unit.value in PER:
        quotient = Decimal(repr(numerator)) / Decimal(repr(denominator))
        made = _rounded(quotient * PER[indicator.unit.value], decimals)
    if value is None and denominator == 0:
        raise ValueError("found a denominator of 0, which nothing can be divided by")
    if value is None and made is None:
        raise ValueError("found no value, and none can be made of a numerator and a denominator")
    if value is not None:
        value = _rounded(Decimal(repr(value)), decimals)
        if made is not None and made != value:
            raise ValueError(
                f"found the value {value}, but numerator over denominator is {made}: "
                "leave one of them out"
            )
    final = value if value is not None else made
    assert final is not None  # noqa: S101 - one of the two is there
    return OwnFigure(
        area_id, indicator.indicator_id, str(year), final, numerator, denominator, source
    )


def _rounded(number: Decimal, decimals: int) -> float:
    if abs(number) > 10**15:
        raise ValueError(f"found {number}, which no figure reaches")
    return float(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
