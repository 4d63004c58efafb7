"""Downloads: typed, the same twice, and nothing in them that a spreadsheet program would run."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import odfdo
import openpyxl
import pandas as pd
import pytest

from bench.present.ods import ods_bytes
from bench.present.provenance import Imprint, Source
from bench.present.sheet import (
    FORMULA,
    Column,
    Sheet,
    Whose,
    csv_bytes,
    indicator_sheet,
    peer_sheet,
    table_sheet,
    with_columns,
    year_sheet,
)
from bench.present.workbook import compose
from bench.present.xlsx import xlsx_bytes
from present.conftest import HOSTILE, only
from present.guidance import missing, read_book

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.judge.published_row import PublishedRow
    from bench.judge.trend import Point
    from bench.present.workbook import Spreadsheet
    from present.guidance import ReadBook

WHOSE = Whose("Somerset", "E10000027", "2014-15")
IMPRINT = Imprint(
    about=(("What this is", "Figures."),),
    sources=(
        Source("Old", "Publisher", "2010", "Licence", "https://example.org"),
        Source("New", "Publisher", "2015-09", "Licence", "x", "ascof_2014_15", "b" * 64),
    ),
    parameters={"council": "Somerset"},
    terms=(("Word", "Meaning"),),
)
BAD = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")']


@pytest.fixture
def sheets(rows: list[PublishedRow], years: tuple[Point, ...]) -> list[Sheet]:
    return [
        indicator_sheet(WHOSE, rows),
        peer_sheet(WHOSE, rows),
        year_sheet(WHOSE, rows, {"self_directed_support": years}),
    ]


def read_csv(sheet: Sheet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_bytes(sheet).decode("utf-8-sig"), newline="")))


def book(sheets: list[Sheet], imprint: Imprint = IMPRINT) -> Spreadsheet:
    tables = [(sheet.name, sheet) for sheet in sheets]
    return compose(tables, imprint, title="Figures", scope="Somerset, 2014-15")


WRITERS = {"xlsx": xlsx_bytes, "ods": ods_bytes}


@pytest.fixture(params=WRITERS)
def written(request: pytest.FixtureRequest) -> Callable[[list[Sheet]], bytes]:
    """Tables as a workbook of either kind."""
    return lambda sheets: WRITERS[request.param](book(sheets))


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


def test_a_workbook_keeps_to_the_guidance(sheets, written) -> None:
    assert missing(written(sheets)) == []


def test_the_checklist_finds_what_is_against_it(sheets) -> None:
    made = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(book(sheets))))
    page = made["Verdicts"]
    page.freeze_panes = "B2"
    page.row_dimensions[6].hidden = True
    page.cell(page.max_row, 3).value = None
    page.cell(page.max_row, 2).value = "=1+1"
    page["A1"].value = None
    content = io.BytesIO()
    made.save(content)
    found = " ".join(missing(content.getvalue()))
    for fault in ("frozen panes", "a hidden row", "a formula in B", "no title in A1"):
        assert f"Verdicts: {fault}" in found


def test_a_wide_table_is_set_out_in_several_with_its_keys(sheets, written) -> None:
    read = read_book(written(sheets))
    keys = ["Council", "ONS code", "Year", "Code", "Indicator", "Unit"]
    tables = [read[name].table for name in read.names[4:-2]]
    assert [*read.names[4:]] == [
        "Verdicts", "How sure", "What verdicts hinge on", "Evidence and limits",
        "Spread of the peers", "Changes", "Trend", "Peers", "Years",
    ]  # fmt: skip
    assert all(table[0][:6] == keys for table in tables)
    headings = [heading for table in tables for heading in table[0][6:]]
    assert sorted([*keys, *headings]) == sorted(sheets[0].columns)
    assert read["Verdicts"].rows[0][0] == "Table 1: Indicators: verdicts. Somerset, 2014-15"


EMPTY = [
    ("Verdicts", "1A", "Figure", 19.1),
    ("Verdicts", "1A", "Why not compared", "[z]"),
    ("Verdicts", "1C(1B)", "Figure", "[c]"),
    ("Verdicts", "1C(1B)", "Rank", "[c]"),
    ("Verdicts", "3A", "Peers' average", "[z]"),
    ("Evidence and limits", "1C(1B)", "Lower 95% limit", "[c]"),
    ("Evidence and limits", "1C(1B)", "Printed as", "[c]"),
    ("Spread of the peers", "1C(1A)", "A few peers pull their average", "no"),
    ("Spread of the peers", "3A", "Lowest of the peers", "[z]"),
    ("How sure", "3A", "Certainty, against peers", "[not compared]"),
    ("Changes", "1C(1A)", "Change", "[not compared]"),
    ("Changes", "1C(1B)", "Previous figure", "[c]"),
    ("Trend", "1A", "Odd year", "[x]"),
    ("What verdicts hinge on", "1A", "Rests on, against peers", "[x]"),
]


def test_a_wide_table_has_narrower_columns_and_no_word_is_cut() -> None:
    words, digest = "a finding that takes a line or two in any column of its table", "9" * 64
    few, many = (
        Sheet("T", tuple("abcdefgh"[:n]), ((words,) * (n - 1) + (digest,),)) for n in (3, 8)
    )
    pages = [book([sheet]).pages[-1] for sheet in (few, many)]
    assert pages[0].widths == [len(words) + 2] * 2 + [66]
    assert pages[1].widths == [38] * 7 + [66]
    assert [page.lines_of(page.table.rows[0]) for page in pages if page.table] == [1, 2]


@pytest.mark.parametrize(
    ("scope", "titles"), [("", ("F", "Table 1: T")), ("L", ("F: L", "Table 1: T. L"))]
)
def test_titles_end_with_whose_figures_they_are(scope: str, titles: tuple[str, str]) -> None:
    made = compose([("T", Sheet("T", ("A",), ((1,),)))], IMPRINT, title="F", scope=scope)
    assert (made.title, made.pages[-1].title) == titles
    assert "" not in made.keywords


def test_every_empty_cell_says_why(workbooks) -> None:
    for read in workbooks.values():
        for sheet, code, heading, cell in EMPTY:
            header, *rows = read[sheet].table
            row = next(row for row in rows if row[header.index("Code")] == code)
            assert (sheet, code, heading, row[header.index(heading)]) == (
                sheet,
                code,
                heading,
                cell,
            )


@pytest.fixture
def workbooks(sheets: list[Sheet]) -> dict[str, ReadBook]:
    return {name: read_book(write(book(sheets))) for name, write in WRITERS.items()}


def test_both_kinds_hold_the_same(workbooks) -> None:
    cells = {
        name: [[[cell for cell in row if cell is not None] for row in sheet.rows] for sheet in read.sheets]
        for name, read in workbooks.items()
    }  # fmt: skip
    xlsx, ods = workbooks.values()
    assert cells["xlsx"] == cells["ods"]
    assert (xlsx.names, xlsx.document, xlsx.properties) == (ods.names, ods.document, ods.properties)
    assert [one.tables for one in xlsx.sheets] == [one.tables for one in ods.sheets]


def test_a_workbook_says_where_it_comes_from(workbooks, monkeypatch) -> None:
    for read in workbooks.values():
        cover = " ".join(str(row[0]) for row in read["Cover"].rows)
        assert "Published from 2010 to 2015-09" in cover
        assert "council: Somerset" in cover
        assert f"Release ascof_2014_15: sha256 {'b' * 64}" in cover
        assert read.properties["Release: ascof_2014_15"] == f"sha256 {'b' * 64}"
        assert read.properties["Parameter: council"] == "Somerset"
        assert read.properties["Made by"].startswith("bench ")
        assert read.document["date"] == "2015-09-01"
        assert read["Sources"].table[1][5:] == ["[z]", "[z]"]


@pytest.mark.parametrize(
    ("published", "date"),
    [("2010", "2010-01-01"), ("2020-09", "2020-09-01"), ("2025-12-18", "2025-12-18"), ("", "1980-01-01"), ("2020-13", "1980-01-01"), ("soon", "1980-01-01")],
)  # fmt: skip
def test_a_workbook_is_dated_by_its_latest_publication(published: str, date: str) -> None:
    imprint = replace(IMPRINT, sources=(Source("T", "P", published, "L", "A"),))
    assert f"{book([], imprint).dated:%Y-%m-%d}" == date


def test_numbers_are_typed_and_have_their_decimals(sheets) -> None:
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(book(sheets))))["Verdicts"]
    head = next(row for row in page.iter_rows() if row[0].value == "Council")
    cell = page.cell(head[0].row + 1, [one.value for one in head].index("Figure") + 1)
    assert (cell.value, cell.number_format, cell.data_type) == (19.1, "#,##0.0", "n")
    # Wrapped, a number loses its indent in LibreOffice and runs into the next column's text.
    shape = cell.alignment
    assert (shape.horizontal, shape.indent, bool(shape.wrap_text)) == ("right", 1, False)
    assert cell.font.name == "Arial"
    content = zipfile.ZipFile(io.BytesIO(ods_bytes(book(sheets)))).read("content.xml").decode()
    assert 'office:value="1592.5"><text:p>1,592.5</text:p>' in content
    assert 'number:decimal-places="1"' in content


@pytest.mark.parametrize("text", [*BAD, " two  spaces ", "a\nb", "<&\"'>"])
def test_no_cell_can_become_a_formula(text: str) -> None:
    sheet = Sheet("Bad", ("Title", "Figure"), ((text, Decimal("-0.3")),))
    for write in WRITERS.values():
        content = write(book([sheet]))
        assert missing(content) == []
        assert read_book(content)["Bad"].table[1] == [text.replace("\r", ""), -0.3]
    page = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(book([sheet]))))["Bad"]
    cell = page.cell(page.max_row, 1)
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.quotePrefix == text.startswith(FORMULA)
    line = csv_bytes(sheet).decode("utf-8-sig").partition("\r\n")[2]
    parsed = next(csv.reader(io.StringIO(line, newline="")))
    assert parsed == [f"'{text}" if text.startswith(FORMULA) else text, "-0.3"]


def test_a_header_or_a_title_cannot_become_a_formula_either() -> None:
    sheet = Sheet("=1+1", ("=1+1", "Figure"), (("a", 1),))
    assert csv_bytes(sheet).decode("utf-8-sig").startswith("'=1+1,Figure")
    source = Source("=1+1", "=2", "2010", "=3", "=4", "=5", "=6")
    made = compose([("=1+1", sheet)], Imprint(about=(("=1", "=2"),), sources=(source,), parameters={"=": "=1"}, terms=(("=3", "=4"),)), title="=1+1", scope="=2")  # fmt: skip
    for write in WRITERS.values():
        assert missing(write(made)) == []


def test_a_hostile_title_is_only_text(workbooks) -> None:
    for read in workbooks.values():
        assert HOSTILE in [cell for sheet in read.sheets for row in sheet.rows for cell in row]


def test_a_character_that_a_workbook_cannot_hold_is_left_out(written) -> None:
    texts = "a\x00b\x1fc\ud800\uffff", "\x02", "x" * 40_000
    sheet = Sheet("Odd", ("Ti\x01tle",), tuple((text,) for text in texts))
    content = written([sheet])
    assert missing(content) == []
    assert read_book(content)["Odd"].table == [["Title"], ["abc"], ["[x]"], ["x" * 32_763 + " ..."]]


def test_two_runs_are_byte_equal_and_bear_no_time(sheets, written) -> None:
    content = written(sheets)
    assert content == written(sheets)
    assert csv_bytes(sheets[0]) == csv_bytes(sheets[0])
    with zipfile.ZipFile(io.BytesIO(content)) as members:
        assert {member.date_time for member in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2015-09-01T00:00:00" in b"".join(map(members.read, members.namelist()))


def test_an_ods_tells_its_kind_first_and_other_libraries_read_it(sheets) -> None:
    content = ods_bytes(book(sheets))
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    assert content[30:].startswith(b"mimetype" + kind)
    document = odfdo.Document(io.BytesIO(content))
    assert document.meta.title == "Figures: Somerset, 2014-15"
    assert document.meta.language == "en-GB"
    names = [table.name for table in document.body.tables]
    assert names == [page.name for page in book(sheets).pages]
    assert document.body.get_table(name="Cover").get_value("A1") == document.meta.title
    frame = pd.read_excel(io.BytesIO(content), sheet_name="Verdicts", header=3, engine="calamine")
    assert frame.loc[0, "Figure"] == 19.1


def test_a_sheet_without_rows_says_so(written) -> None:
    nothing = peer_sheet(WHOSE, only("overall_satisfaction"))
    assert read_csv(nothing) == []
    content = written([nothing])
    assert missing(content) == []
    assert read_book(content)["Peers"].rows[1][0] == (
        "This sheet contains no table: there is nothing to list."
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Notes", "notes", "Sources"], ["Notes 2", "notes 3", "Sources 2"]),
        (["a" * 40, "a" * 41], ["a" * 31, "a" * 28 + " 2"]),
        (["A/B [c]:*?", "History's"], ["A B  c", "History s"]),
    ],
)
def test_the_names_of_sheets_are_such_as_programs_take(names, expected, written) -> None:
    content = written([Sheet(name, ("A",), (("a",),)) for name in names])
    assert missing(content) == []
    assert read_book(content).names[4:] == expected


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
