"""Downloads: typed, the same twice, and nothing in them that a spreadsheet program would run."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from bench.present.sheet import (
    Column,
    Sheet,
    Whose,
    csv_bytes,
    indicator_sheet,
    notes_sheet,
    peer_sheet,
    table_sheet,
    with_columns,
    xlsx_bytes,
    year_sheet,
)
from present.conftest import HOSTILE, only

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow
    from bench.judge.trend import Point

WHOSE = Whose("Somerset", "E10000027", "2014-15")
BAD = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']


@pytest.fixture
def sheets(rows: list[PublishedRow], years: tuple[Point, ...]) -> list[Sheet]:
    return [
        indicator_sheet(WHOSE, rows),
        peer_sheet(WHOSE, rows),
        year_sheet(WHOSE, rows, {"self_directed_support": years}),
        notes_sheet([("Method", "Words."), ("Parameter: council", "Somerset")]),
    ]


def read_csv(sheet: Sheet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_bytes(sheet).decode("utf-8-sig"), newline="")))


def book(sheets: list[Sheet]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheets)))


@pytest.mark.parametrize(
    ("code", "column", "expected"),
    [
        ("1A", "Figure", "19.1"),
        ("1A", "Lower 95% limit", "18.80"),
        ("1A", "Change", "0.2"),
        ("1A", "Change in words", "up 0.2, which is similar"),
        ("1B", "Against peers", "GREEN better"),
        ("1C(1A)", "Peers' average", "84.3"),
        ("1C(1A)", "Change", ""),
        ("1C(1A)", "Peers without a figure", "Cumbria (did not exist that year)"),
        ("1C(1B)", "Figure", ""),
        ("1C(1B)", "Status", "suppressed"),
        ("1C(1B)", "Printed as", "[c]"),
        ("1D", "Change", "-0.3"),
        ("1E", "Figure", "0.0"),
        ("1J", "Figure", "0.408"),
        ("2A(2)", "Figure", "1592.5"),
        ("2A(2)", "Unit", "per 100,000"),
        ("2A(2)", "Which way is better", "lower is better"),
        ("2B(2)", "Against peers", "higher"),
        ("3A", "Why not compared", "Peers: this council has no list of peers."),
    ],
)
def test_a_row_as_csv(sheets: list[Sheet], code: str, column: str, expected: str) -> None:
    row = next(row for row in read_csv(sheets[0]) if row["Code"] == code)
    assert row[column] == expected


def test_the_other_sheets(sheets: list[Sheet]) -> None:
    peers, years = read_csv(sheets[1]), read_csv(sheets[2])
    assert ("Kent", "", "suppressed") in {
        (row["Peer"], row["Peer's figure"], row["Why there is none"]) for row in peers
    }
    assert [row["Year"] for row in years][:2] == ["2010-11", "2011-12"]
    assert years[4]["Can it be compared?"] == "not with earlier years: new method"
    assert years[6]["Why there is none"] == "suppressed"


def test_a_workbook_has_typed_numbers_and_a_frozen_header(sheets: list[Sheet]) -> None:
    made = book(sheets)
    assert made.sheetnames == ["Indicators", "Peers", "Years", "Notes"]
    for page, sheet in zip(made.worksheets, sheets, strict=True):
        assert page.freeze_panes == "A2"
        assert not page.merged_cells.ranges
        assert [cell.value for cell in page[1]] == list(sheet.columns)
        assert len(page.tables) == 1
        assert all(page.column_dimensions[cell.column_letter].width >= 10 for cell in page[1])
    first = made["Indicators"]
    figure = sheets[0].columns.index("Figure") + 1
    assert first.cell(2, figure).value == 19.1
    assert first.cell(2, figure).number_format == "#,##0.0"
    assert first.cell(2, figure).data_type == "n"
    assert first.cell(6, figure).value is None


@pytest.mark.parametrize("text", BAD)
def test_no_cell_can_become_a_formula(text: str) -> None:
    sheet = Sheet("Bad", ("Title", "Figure"), ((text, Decimal("-0.3")),))
    cell = book([sheet])["Bad"]["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix
    assert book([sheet])["Bad"]["B2"].value == -0.3
    line = csv_bytes(sheet).decode("utf-8-sig").partition("\r\n")[2]
    parsed = next(csv.reader(io.StringIO(line, newline="")))
    assert parsed == [f"'{text}", "-0.3"]


def test_a_header_cannot_become_a_formula_either() -> None:
    sheet = Sheet("Bad", ("=1+1", "Figure"), (("a", 1),))
    assert csv_bytes(sheet).decode("utf-8-sig").startswith("'=1+1,Figure")
    assert book([sheet])["Bad"]["A1"].data_type != "f"


def test_no_formula_in_a_whole_workbook_with_a_hostile_title(sheets: list[Sheet]) -> None:
    cells = [cell for page in book(sheets).worksheets for row in page for cell in row]
    assert HOSTILE in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_a_character_that_a_workbook_cannot_hold_is_left_out() -> None:
    assert book([Sheet("Odd", ("Title",), (("a\x00b\x1fc",),))])["Odd"]["A2"].value == "abc"


def test_two_runs_are_byte_equal_and_bear_no_time(sheets: list[Sheet]) -> None:
    content = xlsx_bytes(sheets)
    assert content == xlsx_bytes(sheets)
    assert csv_bytes(sheets[0]) == csv_bytes(sheets[0])
    with zipfile.ZipFile(io.BytesIO(content)) as members:
        assert {member.date_time for member in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z</dcterms:modified>" in members.read("docProps/core.xml")


def test_an_empty_sheet_is_only_its_header() -> None:
    nothing = peer_sheet(WHOSE, only("overall_satisfaction"))
    assert read_csv(nothing) == []
    assert book([nothing])["Peers"].max_row == 1


PAIR = (Column[tuple[str, int]]("Name", lambda pair: pair[0]),)


def test_a_column_is_its_heading_and_its_cell() -> None:
    doubled = Column[int]("Twice", lambda number: 2 * number).within(lambda pair: pair[1])
    sheet = table_sheet("Pairs", (*PAIR, doubled), [("a", 1), ("b", 3)])
    assert sheet == Sheet("Pairs", ("Name", "Twice"), (("a", 2), ("b", 6)))
    more = with_columns(sheet, [Column[str]("Word", str.upper)], ["x", "y"])
    assert more == Sheet("Pairs", ("Name", "Twice", "Word"), (("a", 2, "X"), ("b", 6, "Y")))


@pytest.mark.parametrize("lines", [[], ["x"], ["x", "y", "z"]])
def test_further_columns_need_a_line_for_each_row(lines: list[str]) -> None:
    sheet = table_sheet("Pairs", PAIR, [("a", 1), ("b", 3)])
    with pytest.raises(ValueError, match="zip"):
        with_columns(sheet, [Column[str]("Word", str.upper)], lines)


def test_no_two_columns_of_a_sheet_have_one_heading(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        assert len(set(sheet.columns)) == len(sheet.columns), sheet.name
        assert {len(row) for row in sheet.rows} <= {len(sheet.columns)}


def test_a_sheet_whose_name_has_a_space_is_a_table_too() -> None:
    sheet = Sheet("Worth asking about", ("Council",), (("Leeds",),))
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([sheet])))
    assert list(book["Worth asking about"].tables) == ["Worth_asking_about"]
