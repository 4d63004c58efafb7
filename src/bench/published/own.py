"""A council's own provisional figures: for its page alone, never among the published ones.

Enters: a reader's file, or `data/own/<area_id>.csv`. Leaves: own figures, checked. Nothing here
touches the one table.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, Problems, SourceError
from bench.published import sources
from bench.published.cells import parse
from bench.published.door import read_file, replace_file
from bench.published.labels import text
from bench.published.opening import grids
from bench.registers.periods import FinancialYear
from bench.registers.tables import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.published.cells import Printed
    from bench.published.containers import Table
    from bench.published.wishes import Wishes
    from bench.registers import Indicator, Registers

__all__ = ["OwnFigure", "OwnFigures", "load_own", "own_path", "read_own"]

COLUMNS = ("indicator_id", "period", "value", "numerator", "denominator", "source")
_HEADINGS = {
    "council": r"council|local authority|authority|area",
    "year": r"(financial )?year|period",
    "indicator": r"indicator(_id| id| code)?|code|measure|title",
    "value": r"value|figure|outcome",
    "numerator": r"numerator",
    "denominator": r"denominator",
}
_PER = {"per_cent": 100, "per_100k": 100_000}


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


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """Own figures that were read, with those they lie beside or replace."""

    root: Path
    figures: tuple[OwnFigure, ...]
    held: Mapping[str, tuple[OwnFigure, ...]]

    def text(self) -> str:
        """Lines for a terminal, to agree to."""
        lines = ["Provisional, not published; for the council's own page alone.", ""]
        for figure in self.figures:
            before = {f.key: f.value for f in self.held[figure.area_id]}.get(figure.key)
            counts = (
                f"  ({figure.numerator:,.10g} of {figure.denominator:,.10g})"
                if figure.numerator is not None and figure.denominator is not None
                else ""
            )
            instead = f"  instead of {before:,.10g}" if before is not None else ""
            lines.append(
                f"{figure.area_id}  {figure.period}  {figure.indicator_id}  "
                f"{figure.value:,.10g}{counts}{instead}"
            )
        return "\n".join(lines)

    def write(self) -> list[Path]:
        """Write each council's file whole; figures of other years and indicators stay in it.

        Raises:
            SourceError: The project's data cannot be written.
        """
        paths = []
        for area_id in sorted({figure.area_id for figure in self.figures}):
            all_of = {f.key: f for f in self.held[area_id]}
            all_of |= {f.key: f for f in self.figures if f.area_id == area_id}
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(COLUMNS)
            for figure in sorted(all_of.values(), key=lambda f: (f.period, f.indicator_id)):
                numbers = (figure.value, figure.numerator, figure.denominator)
                writer.writerow(
                    [*figure.key, *("" if n is None else repr(n) for n in numbers), figure.source]
                )
            path = own_path(area_id, self.root)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(path, out.getvalue().encode())
            except OSError as error:
                raise SourceError(f"{path} cannot be written: {error.strerror}.") from error
            paths.append(path)
        return paths


def own_path(area_id: str, root: Path | None = None) -> Path:
    """Where a council's own figures are kept, whether or not there are any."""
    return (root or sources.project_root()) / "data" / "own" / f"{area_id}.csv"


def load_own(area_id: str, *, root: Path | None = None) -> tuple[OwnFigure, ...]:
    """A council's own figures; none where it brought none.

    Raises:
        RegisterError: The file has another header.
        LayoutError: A row of it is no figure; every line is named.
    """
    root = root or sources.project_root()
    path = own_path(area_id, root)
    if not path.is_file():
        return ()
    registers = sources.reference(root)
    problems = Problems(LayoutError, str(path), mend="bring the figures again: bench add --own")
    found = {}
    for row in read_rows(path, COLUMNS):
        try:
            figure = _figure(
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


def read_own(
    path: Path, wishes: Wishes, *, council: str | None = None, root: Path | None = None
) -> OwnFigures:
    """A reader's file of own figures: one row per figure.

    Args:
        path: A CSV, TSV or workbook with columns for the council (unless `council` is given), the
            year, the indicator, and the value or numerator and denominator.
        wishes: Which column holds what, where the headings do not say it; a year for all rows.
        council: Whose figures they are.
        root: The project; found from the working folder if not given.

    Raises:
        LayoutError: A row is no figure; every place is named.
        UnknownNameError: The council is not known.
    """
    root = root or sources.project_root()
    registers = sources.reference(root)
    whose = registers.councils.find(council).area_id if council else None
    sheet = wishes.one("sheet")
    found = [g for g in grids(read_file(path), path.name) if sheet in (None, g.sheet)]
    if not found:
        raise LayoutError(f"{path.name}: found no table with figures.")
    table = found[0].table
    problems = Problems(LayoutError, path.name)
    header = next((n for n, row in enumerate(table.rows) if sum(bool(text(c)) for c in row) > 1), 0)
    at = _columns(table, header, wishes, problems, whose)
    problems.raise_if_any()
    figures: dict[tuple[str, str, str], OwnFigure] = {}
    for number in range(header + 1, len(table.rows)):
        row = table.rows[number]
        if not any(text(cell) for cell in row):
            continue
        try:
            figure = _row(row, at, registers, wishes, whose, path.name)
            if (figure.area_id, *figure.key) in figures:
                raise ValueError("a second row for the same figure")
            figures[figure.area_id, *figure.key] = figure
        except (BenchError, ValueError) as error:
            problems.add(f"{table.place(number, 0)}: {error}")
    if not figures:
        problems.add(f"{table.place(header, 0)}: found no row with a figure")
    problems.raise_if_any()
    held = {area_id: load_own(area_id, root=root) for area_id, _, _ in figures}
    return OwnFigures(root, tuple(figures.values()), held)


def _columns(
    table: Table, header: int, wishes: Wishes, problems: Problems, whose: str | None
) -> dict[str, int]:
    names = [text(cell) for cell in table.rows[header]]
    at: dict[str, int] = {}
    for field, pattern in _HEADINGS.items():
        wished = wishes.one(field)
        fitting = [
            n
            for n, name in enumerate(names)
            if (name.casefold() == wished.casefold() if wished else _is(pattern, name))
        ]
        if len(fitting) > 1:
            told = ", ".join(repr(names[n]) for n in fitting)
            problems.add(f"{table.place(header, fitting[1])}: {told} may each be the {field}")
        if wished and not fitting:
            problems.add(f"{table.place(header, 0)}: found no column {wished!r}")
        if fitting:
            at[field] = fitting[0]
    wanted = ["indicator"]
    wanted += ["council"] if whose is None else []
    wanted += ["year"] if wishes.year is None else []
    for field in wanted:
        if field not in at:
            option = {"council": "--council NAME", "year": "--year 2025-26"}.get(field)
            problems.add(
                f"{table.place(header, 0)}: found no column {field!r}"
                + (f"; give one, or {option}" if option else "")
            )
    if "value" not in at and not {"numerator", "denominator"} <= at.keys():
        problems.add(
            f"{table.place(header, 0)}: found neither a column 'value' nor both 'numerator' and "
            "'denominator'"
        )
    return at


def _is(pattern: str, name: str) -> bool:
    return bool(re.fullmatch(pattern, name, re.IGNORECASE))


def _row(
    row: Sequence[Printed],
    at: Mapping[str, int],
    registers: Registers,
    wishes: Wishes,
    whose: str | None,
    source: str,
) -> OwnFigure:
    cells = {field: text(row[n]) if n < len(row) else "" for field, n in at.items()}
    area_id = whose
    if cells.get("council"):
        area_id = registers.councils.find(cells["council"]).area_id
        if whose is not None and area_id != whose:
            raise ValueError(f"found a figure of {cells['council']!r}, expected {whose}")
    if area_id is None:
        raise ValueError("found no council")
    year = FinancialYear.parse(cells["year"]) if cells.get("year") else wishes.year
    if year is None:
        raise ValueError("found no year")
    council = registers.councils[area_id]
    if not council.exists(year):
        raise ValueError(f"{council.name} did not exist in {year}")
    indicator = registers.indicators.find(cells.get("indicator", ""), year)
    return _figure(area_id, indicator, year, cells, source)


def _figure(
    area_id: str,
    indicator: Indicator,
    year: FinancialYear,
    cells: Mapping[str, str],
    source: str,
) -> OwnFigure:
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
    if numerator is not None and denominator and indicator.unit.value in _PER:
        quotient = Decimal(repr(numerator)) / Decimal(repr(denominator))
        made = _rounded(quotient * _PER[indicator.unit.value], decimals)
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
