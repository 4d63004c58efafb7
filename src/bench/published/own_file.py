"""A reader's file of own figures: one row each, with the headings that its reader uses.

Enters: a CSV, TSV or workbook. Leaves: own figures, to be laid into `data/own`.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, Problems
from bench.published import sources
from bench.published.door import read_file
from bench.published.labels import text
from bench.published.opening import grids
from bench.published.own import COLUMNS, OwnFigure, figure_of, load_own, own_path
from bench.registers.periods import FinancialYear
from bench.storage import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.published.cells import Printed
    from bench.published.containers import Table
    from bench.published.wishes import Wishes
    from bench.registers import Registers

__all__ = ["OwnFigures", "read_own"]

_HEADINGS = {
    "council": r"council|local authority|authority|area",
    "year": r"(financial )?year|period",
    "indicator": r"indicator(_id| id| code)?|code|measure|title",
    "value": r"value|figure|outcome",
    "numerator": r"numerator",
    "denominator": r"denominator",
}


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
            ParameterError: Another command is writing there.
            SourceError: The project's data cannot be written.
        """
        data = sources.workspace(self.root) / "data"
        with transaction.writing(data):
            texts = self._texts()
            transaction.commit(data, {f"own/{p.name}": text for p, text in texts.items()})
        return list(texts)

    def _texts(self) -> dict[Path, bytes]:
        """What each council's file is to hold, with the figures that it holds at this moment."""
        texts = {}
        for area_id in sorted({figure.area_id for figure in self.figures}):
            all_of = {f.key: f for f in load_own(area_id, root=self.root)}
            all_of |= {f.key: f for f in self.figures if f.area_id == area_id}
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(COLUMNS)
            for figure in sorted(all_of.values(), key=lambda f: (f.period, f.indicator_id)):
                numbers = (figure.value, figure.numerator, figure.denominator)
                writer.writerow(
                    [*figure.key, *("" if n is None else repr(n) for n in numbers), figure.source]
                )
            texts[own_path(area_id, self.root)] = out.getvalue().encode()
        return texts


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
    return figure_of(area_id, indicator, year, cells, source)
