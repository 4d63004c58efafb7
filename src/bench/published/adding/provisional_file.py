"""A reader's file of own figures, understood as every foreign table is, for `data/own`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.errors import BenchError, LayoutError, Problems
from bench.project import transaction
from bench.project.files import csv_text
from bench.published import sources
from bench.published.adding.detect import Understood, recognise
from bench.published.adding.plausible import ParsedFigure, doubts_of, usual_values
from bench.published.adding.register import read_file
from bench.published.layouts import LayoutFile
from bench.published.provisional import COLUMNS, OwnFigure, figure_of, load_own, own_path
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.published.adding.overrides import Overrides
    from bench.published.readers.matrix import Entry
    from bench.reference import Registers


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """Own figures that were read, with those they lie beside or replace."""

    root: Path
    figures: tuple[OwnFigure, ...]
    previous: Mapping[str, tuple[OwnFigure, ...]]
    understood: Understood

    def text(self) -> str:
        """Lines for a terminal, to agree to."""
        lines = [
            "Provisional, not published; for the council's own page, and groups that name it.",
            "",
        ]
        for figure in self.figures:
            before = {f.key: f.value for f in self.previous[figure.area_id]}.get(figure.key)
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
            rows = []
            for figure in sorted(all_of.values(), key=lambda f: (f.period, f.indicator_id)):
                numbers = (figure.value, figure.numerator, figure.denominator)
                cells = ("" if n is None else repr(n) for n in numbers)
                rows.append([*figure.key, *cells, figure.source])
            texts[own_path(area_id, self.root)] = csv_text(COLUMNS, rows).encode()
        return texts


def read_own(
    path: Path, overrides: Overrides, *, council: str | None = None, root: Path | None = None
) -> OwnFigures:
    """A reader's file of own figures, understood as every other table is.

    Args:
        path: A CSV, TSV or workbook: one row per figure, or years, councils or indicators in
            columns.
        overrides: Which column holds what, where the headings do not say it; a year for all rows.
        council: Whose figures they are.

    Raises:
        LayoutError: A row is no figure; every place is named.
        UnknownNameError: The council is not known.
    """
    root = root or sources.project_root()
    registers = sources.reference(root)
    whose = registers.councils.find(council).area_id if council else None
    usual = usual_values(root)
    understood = recognise(
        read_file(path),
        path.name,
        layouts=LayoutFile(layouts={}),
        registers=registers,
        overrides=replace(overrides, area=whose, provisional=True),
        usual=usual,
    )
    if understood.unreadable is not None and understood.refused is not None:
        raise understood.refused
    problems = Problems(LayoutError, path.name)
    figures: list[OwnFigure] = []
    printed: list[ParsedFigure] = []
    for entry in understood.entries:
        try:
            figure = _figure(entry, registers, whose, path.name)
        except (BenchError, ValueError) as error:
            problems.add(f"{entry['place']}: {error}")
            continue
        figures.append(figure)
        printed.append(
            ParsedFigure(
                figure.area_id,
                figure.indicator_id,
                "all",
                figure.period,
                figure.value,
                figure.numerator,
                figure.denominator,
                None,
                str(entry["place"]),
            )
        )
    problems.raise_if_any()
    doubts = doubts_of(
        printed, registers=registers, usual=usual, overrides=overrides, rounded_counts=False
    )
    held = {area_id: load_own(area_id, root=root) for area_id in {f.area_id for f in figures}}
    understood = replace(understood, fates=(*understood.fates, *doubts))
    return OwnFigures(root, tuple(figures), held, understood)


def _figure(entry: Entry, registers: Registers, whose: str | None, source: str) -> OwnFigure:
    """One own figure of what was read.

    Raises:
        ValueError: It is of no council, of another one, of a group of people, or no figure.
        ParameterError: The indicator had ended or not begun.
    """
    area_id = entry["area_id"]
    if area_id not in registers.councils:
        raise ValueError(f"found a figure of {area_id!r}, expected one of a council")
    council = registers.councils[area_id]
    if whose is not None and area_id != whose:
        raise ValueError(f"found a figure of {council.name!r}, expected {whose}")
    if entry["breakdown"] != "all":
        raise ValueError(
            f"found a figure of {entry['breakdown']}, expected one of everybody: own figures have "
            "no groups"
        )
    year = FinancialYear.parse(entry["period"])
    if not council.exists(year):
        raise ValueError(f"{council.name} did not exist in {year}")
    cells: dict[str, str] = {}
    for field in ("value", "numerator", "denominator"):
        cell = entry.get(field)
        if cell is None:
            continue
        if cell.value is None and cell.marker:
            raise ValueError(f"found {cell.marker!r}, expected a number")
        cells[field] = "" if cell.value is None else repr(cell.value)
    return figure_of(area_id, registers.indicators[entry["indicator_id"]], year, cells, source)
