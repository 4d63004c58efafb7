"""The registers against what the publisher's files print."""

from __future__ import annotations

import csv
import functools
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pytest
from python_calamine import CalamineWorkbook

from bench.project.files import read_rows
from bench.reference import BreakKind, FinancialYear, Registers
from bench.reference.peers import PEER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.corpus

year = FinancialYear.parse
WORKBOOK = "ascof-2024-25-time-series.ods"
RECALCULATED = "ascof-2018-19-revised-2020-09-outcomes.csv"
EXTRACT = "ascof-outcomes-2019-20_2021-22_2022-23_2023-24.csv"
YEARS = [f"{start}-{start + 1 - 2000}" for start in range(2014, 2025)]


class Cell(NamedTuple):
    """One printed outcome, and the row it stands in."""

    file: str
    period: str
    code: str
    # the year whose codes the file prints
    codes_of: str
    ons_code: str
    cassr_code: str
    name: str
    label: str
    value: str


def long_rows(path: Path) -> Iterator[dict[str, str]]:
    if path.suffix == ".csv":
        encoding = "utf-8" if path.name == EXTRACT else "cp1252"
        with path.open(encoding=encoding, newline="") as handle:
            lines = csv.reader(handle)
            head = [name.replace(" ", "").replace("_", "") for name in next(lines)]
            for cells in lines:
                yield dict(zip(head, cells, strict=True))
    else:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        head = [str(name).replace(" ", "") for name in rows[0]]
        for row in rows[1:]:
            yield dict(zip(head, map(printed, row), strict=True))


def printed(value: object) -> str:
    if isinstance(value, float):
        # a spreadsheet's binary noise, as in 63.300000000000004
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?[\d,]*\.?\d+", text.strip()) is not None


def long_cells(path: Path) -> Iterator[Cell]:
    for row in long_rows(path):
        if row["MeasureType"].strip() not in ("Outcome", ""):
            continue
        period = row.get("Year") or path.stem.removeprefix("ascof-")[:7]
        yield Cell(
            file=path.name,
            period=period,
            code=row["MeasureGroup"],
            codes_of=period,
            ons_code=row.get("ONSAreaCode") or row.get("ONSCode", ""),
            cassr_code=row.get("GeographicalCode", ""),
            name=row.get("GeographicalDescription") or row["GeographicalLevel"],
            label=row["DisaggregationLevel"],
            value=row["MeasureValue"],
        )


def recalculated_cells(path: Path) -> Iterator[Cell]:
    for row in long_rows(path):
        yield Cell(
            file=path.name,
            period="2018-19",
            code=row["Measurecode"],
            codes_of="2018-19",
            ons_code=row["ONScode"],
            cassr_code="",
            name=row["Area"],
            label="Total",
            value=row["Outcome"],
        )


def wide_cells(path: Path) -> Iterator[Cell]:
    book = CalamineWorkbook.from_path(path)
    for sheet in book.sheet_names:
        if not sheet.startswith("Table_"):
            continue
        rows = book.get_sheet_by_name(sheet).to_python()
        start = next(n for n, row in enumerate(rows) if row[0] == "Local authority code")
        for row in rows[start + 1 :]:
            for heading, value in zip(rows[start][3:], row[3:], strict=True):
                found = re.fullmatch(r"(\d{4}) to \d\d(\d\d) - ?(.*)", str(heading))
                if found is None or not found[3].strip().endswith("outcome"):
                    continue
                label = found[3].strip().removesuffix("outcome").strip()
                yield Cell(
                    file=path.name,
                    period=f"{found[1]}-{found[2]}",
                    code=sheet.removeprefix("Table_"),
                    codes_of="2024-25",
                    ons_code=str(row[2]),
                    cassr_code=printed(row[0]),
                    name=str(row[1]),
                    label="Total" if label in ("", "6b") else label,
                    value=printed(value),
                )


READERS = {WORKBOOK: wide_cells, RECALCULATED: recalculated_cells}


@functools.cache
def all_cells(published: Path) -> tuple[Cell, ...]:
    folder = published / "ascof"
    cells: list[Cell] = []
    for path in sorted(folder.iterdir()):
        reader = READERS.get(path.name, long_cells)
        cells += reader(path)
    return tuple(cells)


def test_every_row_is_about_an_area(registers: Registers, published: Path) -> None:
    rows = {(c.ons_code, c.cassr_code, c.name) for c in all_cells(published)}
    assert len(rows) > 350
    unknown = [
        row
        for row in sorted(rows)
        if registers.councils.match(ons_code=row[0], cassr_code=row[1], name=row[2]) is None
    ]
    assert unknown == []


@pytest.mark.parametrize("period", YEARS)
def test_the_councils_of_a_year_are_those_that_reported(
    registers: Registers, published: Path, period: str
) -> None:
    reported = set()
    for cell in all_cells(published):
        if cell.period == period and is_number(cell.value):
            found = registers.councils.match(
                ons_code=cell.ons_code, cassr_code=cell.cassr_code, name=cell.name
            )
            reported.add(str(found))
    councils = {area_id for area_id in reported if area_id in registers.councils}
    # the workbook prints new Dorset's figures of 2023-24 and 2024-25 under the old county
    if period in ("2023-24", "2024-25"):
        councils.discard("dorset_county")
    assert councils == {c.area_id for c in registers.councils.in_year(year(period))}


@pytest.mark.parametrize("period", YEARS)
def test_codes_printed_in_a_year_are_that_years_own(
    registers: Registers, published: Path, period: str
) -> None:
    """The yearly files print the code of the time; the workbook prints today's for every year."""
    for cell in all_cells(published):
        if cell.period == period and cell.file != WORKBOOK and cell.ons_code[:3] in ("E06", "E10"):
            found = registers.councils.find(cell.ons_code)
            assert found.code_in(year(period)) == cell.ons_code


@pytest.mark.parametrize("period", YEARS)
def test_the_indicators_of_a_year_are_those_with_figures(
    registers: Registers, published: Path, period: str
) -> None:
    printed_ids = set()
    for cell in {(c.code, c.codes_of) for c in all_cells(published) if has_figure(c, period)}:
        found = registers.indicators.match_code(cell[0], year(cell[1]))
        assert found is not None, cell
        printed_ids.add(found.indicator_id)
    assert printed_ids == {e.indicator_id for e in registers.indicators.in_year(year(period))}


def has_figure(cell: Cell, period: str) -> bool:
    return cell.period == period and re.match(r"-?[\d.]", cell.value.strip()) is not None


def test_no_figure_has_more_decimals_than_its_indicator(
    registers: Registers, published: Path
) -> None:
    most: dict[tuple[str, str], int] = defaultdict(int)
    for cell in all_cells(published):
        if is_number(cell.value):
            found = registers.indicators.match_code(cell.code, year(cell.codes_of))
            assert found is not None
            # the extract prints whole numbers as 8.0
            digits = cell.value.strip().removesuffix(".0").partition(".")[2]
            key = (found.indicator_id, cell.period)
            most[key] = max(most[key], len(digits))
    expected = {
        (entry.indicator_id, str(period)): entry.decimals(period)
        for entry in registers.indicators
        for period in entry.years
        if entry.framework.framework_id == "ascof" and str(period) in YEARS
    }
    assert most == expected


def test_every_label_is_a_breakdown(registers: Registers, published: Path) -> None:
    labels = {cell.label for cell in all_cells(published)} - {""}
    assert len(labels) == 14
    assert [label for label in labels if registers.indicators.breakdown(label) is None] == []


def test_every_name_in_the_expenditure_return(registers: Registers, published: Path) -> None:
    for path in sorted((published / "pss-ex1").glob("*.csv")):
        period = year(path.name.removeprefix("pss-ex1-")[:7])
        with path.open(encoding="cp1252", newline="") as handle:
            rows = list(csv.reader(handle))
        start = next(n for n, row in enumerate(rows) if re.match("102|204", row[0]))
        found = set()
        for row in rows[start:]:
            joined = re.fullmatch(r"(\d{3})\s*-\s*(.+)", row[0].strip())
            code, name = (joined[1], joined[2]) if joined else (row[0].strip(), row[1].strip())
            if code.isdigit():
                found.add(registers.councils.match(cassr_code=code, name=name, year=period) or name)
        assert found == {c.area_id for c in registers.councils.in_year(period)}


def test_every_entry_of_the_comparability_log_is_a_break(
    registers: Registers, published: Path
) -> None:
    book = CalamineWorkbook.from_path(published / "ascof" / WORKBOOK)
    rows = book.get_sheet_by_name("Comparability_over_time_log").to_python()
    start = next(n for n, row in enumerate(rows) if str(row[0]).endswith("metric code"))
    kept = {(b.indicator_id, b.period) for b in registers.comparability.breaks}
    entries = [tuple(str(cell).strip() for cell in row) for row in rows[start + 1 :] if row[2]]
    assert len(entries) == 66
    for now, before, when, text in entries:
        period = year(when)
        if now == "[z]":
            found = registers.indicators.find(before, year("2019-20"))
            ended = next(
                b
                for b in registers.comparability.breaks
                if b.indicator_id == found.indicator_id and b.kind is BreakKind.ENDED
            )
            # the log dates the end of delayed transfers by its decision, not by the last figure
            assert ended.period == (year("2020-21") if "DToC" in text else period)
            continue
        today = year("2023-24") if now in ("2E", "3D(1b)", "3D(2b)") or now in CARERS else LATEST
        found = registers.indicators.find(now, today)
        assert (found.indicator_id, period) in kept, (now, when)
        assert found.code(year("2022-23")) == before


CARERS = ("1C", "1E", "3B", "3C(2)", "5A(2)")
LATEST = year("2024-25")


def test_the_cipfa_lists_are_those_published(
    registers: Registers, published: Path, reference: Path
) -> None:
    path = published / "peers" / "cipfa-nearest-neighbours-oflog-2024.json"
    lists = json.loads(path.read_text(encoding="utf-8"))
    find = registers.councils.match
    expected = {
        (find(ons_code=owner), find(ons_code=peer))
        for owner, members in lists.items()
        if re.match("E06|E08|E09|E10", owner)
        for peer in members
        if peer != owner
    }
    rows = read_rows(reference / "peers" / "cipfa.csv", PEER_COLUMNS)
    assert {(row["area_id"], row["peer_id"]) for row in rows} == expected


def test_types_and_regions_are_those_of_the_register(registers: Registers, published: Path) -> None:
    with (published / "registers" / "cassr-2023-24.csv").open(
        encoding="utf-8", newline=""
    ) as handle:
        rows = [row for row in csv.reader(handle) if row[1] and row[4].startswith("E")]
    assert len(rows) == 153
    for name, kind, region, cassr_code, ons_code in rows:
        area_id = registers.councils.match(ons_code=ons_code, cassr_code=cassr_code, name=name)
        council = registers.councils[str(area_id)]
        assert (
            registers.councils.match(name=kind)
            == f"type:{council.publisher_type_in(year('2023-24'))}"
        )
        assert registers.councils.match(name=region) == f"region:{council.region}"
