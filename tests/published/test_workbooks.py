"""What a cell of a workbook says: a table of what stands in the file and what a reader is given."""

import datetime
import io
import os
import socket

import openpyxl
import pytest
import python_calamine
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.errors import LayoutError, SourceError
from bench.published import sources
from bench.published.adding import detect, register
from bench.published.readers import containers
from bench.published.workbooks import confined, sheets
from bench.published.workbooks.number_formats import number_format

from .shapes import ods, xls, xlsx
from .workbook_files import ods_cell, ods_of, ods_row, table_of, xlsx_of

NO_RESULT = "=A1/B1 (formula without a result)"
EMPTY_RESULT = "=A1/B1 (formula with an empty result)"


def rows(content):
    (sheet,) = confined.read_here(content)
    return sheet.rows


def typed(row):
    return [(type(cell), cell) for cell in row]


# --- number formats -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("General", 0.61, 0.61),
        ("0.0", 61.04, 61.04),
        ("#,##0.00_);[Red](#,##0.00)", -61.0, -61.0),
        ("0%", 0.61, "61%"),
        ("0.0%", 0.6149, "61.49%"),
        ("0.00%", 0.307, "30.7%"),
        ("0%", 0.57, "57%"),
        ("0%", 0.29, "29%"),
        ("0.0%", 0.1 + 0.2, "30%"),
        ("0.0%", 1 / 3, "33.3333333333333%"),
        ("0%", 1.0, "100%"),
        ("0%", 0.0, "0%"),
        ("0%", 12.0, "1200%"),
        ("0%", -0.032, "-3.2%"),
        ("0%", 1e-7, "0.00001%"),
        ("0%", 1e20, "10000000000000000000000%"),
        ("[Red]0.0 %", 0.61, "61%"),
        ("0.0%;[Red]-0.0%", -0.61, "-61%"),
        ("0.0%;-0.0%;0", 0.0, 0.0),
        ('0.0%;-0.0%;"-"', 0.0, "0%"),
        ("0;-0.0%", 0.61, 0.61),
        ("[<=1]0.0%;0.0", 0.61, "61%"),
        ("[<=1]0.0%;0.0", 61.0, 61.0),
        ('[=0]"none";0%', 0.0, "0%"),
        ("_(* 0.0%_);_(* (0.0%);_(* \"-\"??_);_(@_)", 0.61, "61%"),
        ("0.0_%", 61.0, 61.0),
        ("0.0*%", 61.0, 61.0),
        ('0.0"%"', 61.2, "61.2%"),
        ("0.0\\%", 61.2, "61.2%"),
        ('0.0" %"', 0.612, "0.612%"),
        ('"100% of" 0', 61.0, "61%"),
        (";;;", 61.0, "(the cell holds 61)"),
        ('"n/a"', 61.5, "n/a (the cell holds 61.5)"),
        ('"n/a"', 0.0, 0.0),
        ("0;", -5.0, "(the cell holds -5)"),
        ("@", 61.0, 61.0),
        ("", 61.0, 61.0),
        ("[$-809]dd mmmm yyyy", 40000.0, datetime.date(2009, 7, 6)),
        ("yyyy-mm-dd hh:mm", 40000.5, datetime.datetime(2009, 7, 6, 12)),
        ("hh:mm", 0.25, datetime.time(6)),
        ("[h]:mm", 1.5, datetime.timedelta(hours=36)),
        ('0 "days"', 61.0, 61.0),
        ("[Red]0", 61.0, 61.0),
        ("0.00E+00", 61.0, 61.0),
        ("dd/mm/yyyy", -1.0, -1.0),
        ("dd/mm/yyyy", 1e12, 1e12),
        ("[h]:mm", 1e300, 1e300),
    ],
)  # fmt: skip
def test_a_number_format_says_what_a_number_is(code, number, shown):
    made = number_format(code).show(number)
    assert (type(made), made) == (type(shown), shown)


@given(
    whole=st.integers(-10**6, 10**6), decimals=st.integers(0, 6), code=st.sampled_from(["0%", "0.0%"])
)  # fmt: skip
def test_a_percentage_has_the_digits_of_its_share_and_no_noise(whole, decimals, code):
    share = float(f"{whole}e-{decimals + 2}")
    text = number_format(code).show(share)
    assert text.endswith("%")
    assert float(text[:-1]) == float(f"{whole}e-{decimals}")
    assert len(text.lstrip("-").rstrip("%").replace(".", "").lstrip("0")) <= 7


def test_days_are_counted_from_either_of_two():
    shown = number_format("yyyy-mm-dd")
    assert shown.show(1.0) == datetime.date(1900, 1, 1)
    assert shown.show(61.0) == datetime.date(1900, 3, 1)
    assert shown.show(0.0, epoch_1904=True) == datetime.date(1904, 1, 1)


# --- XLSX -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "cell", "value"),
    [
        ("a number", '<c r="A1"><v>68.3</v></c>', 68.3),
        ("a number in single quotes", "<c r='A1' t='n'><v>68.3</v></c>", 68.3),
        ("a number without a name", "<c><v>68.3</v></c>", 68.3),
        ("a percentage", '<c r="A1" s="1"><v>0.61</v></c>', "61%"),
        ("a percentage at 17 digits", '<c r="A1" s="1"><v>0.61490000000000011</v></c>', "61.49%"),
        ("a percentage by its built-in number", '<c r="A1" s="2"><v>0.6149</v></c>', "61.49%"),
        ("a percentage that is reckoned", '<c r="A1" s="1"><f>B1/C1</f><v>0.61</v></c>', "61%"),
        ("text in a column of percentages", '<c r="A1" s="1" t="inlineStr"><is><t>[c]</t></is></c>', "[c]"),
        ("a truth", '<c r="A1" t="b"><v>1</v></c>', True),
        ("a day", '<c r="A1" s="3"><v>40000</v></c>', datetime.date(2009, 7, 6)),
        ("a day by its name", '<c r="A1" t="d"><v>2009-07-06</v></c>', datetime.date(2009, 7, 6)),
        ("an error", '<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ("an error that is reckoned", '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("an error among percentages", '<c r="A1" s="1" t="e"><v>#REF!</v></c>', "#REF!"),
        ("a result", '<c r="A1"><f>A1/B1</f><v>68.3</v></c>', 68.3),
        ("a text as a result", '<c r="A1" t="str"><f>A1/B1</f><v>68.3</v></c>', "68.3"),
        ("no result", '<c r="A1"><f>A1/B1</f></c>', NO_RESULT),
        ("no result, first", "<c r='A1'><f>A1/B1</f><v/></c>", NO_RESULT),
        ("no result, with blanks", '<c r="A1"><f>A1/B1</f><v> </v></c>', NO_RESULT),
        ("no result and a comment", '<c r="A1"><!-- x --><f>A1/B1</f>\n<v></v>\n</c>', NO_RESULT),
        ("no result among percentages", '<c r="A1" s="1"><f>A1/B1</f><v/></c>', NO_RESULT),
        ("no result of a shared formula", '<c r="A1"><f t="shared" si="0"/></c>', "= (formula without a result)"),
        ("an empty result", '<c r="A1" t="str"><f>A1/B1</f><v></v></c>', EMPTY_RESULT),
        ("what is no number", '<c r="A1"><v>nan</v></c>', "nan"),
        ("a number with an underscore", '<c r="A1"><v>6_8</v></c>', "6_8"),
        ("too large a number", '<c r="A1"><v>1e999</v></c>', "1e999"),
        ("a style that is not there", '<c r="A1" s="99"><v>0.61</v></c>', 0.61),
        ("rich text", '<c r="A1" t="inlineStr"><is><r><t>Le</t></r><r><t>eds</t></r></is></c>', "Leeds"),
        ("text that is spelt out", '<c r="A1" t="inlineStr"><is><t>Leeds</t><rPh sb="0" eb="1"><t>LEEDS</t></rPh></is></c>', "Leeds"),
        ("a shared text", '<c r="A1" t="s"><v>1</v></c>', "Bury\nCouncil"),
        ("a character by its number", '<c r="A1" t="inlineStr"><is><t>a_x0041_b</t></is></c>', "aAb"),
    ],
)  # fmt: skip
def test_a_cell_of_an_xlsx_workbook(what, cell, value):
    content = xlsx_of(
        f'<row r="1">{cell}</row>',
        formats=["0.0%", 10, "yyyy-mm-dd"],
        texts="<si><t>x</t></si><si><r><t>Bury\n</t></r><r><t>Council</t></r><rPh><t>!</t></rPh></si>",
    )
    assert typed(rows(content)[0]) == [(type(value), value)], what


def test_a_formula_that_nobody_reckoned_is_no_nought():
    """XlsxWriter stores 0 and asks whoever opens the workbook to reckon."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet("Data")
    page.write_row(0, 0, [0, 5])
    page.write_formula(0, 2, "=A1/B1")
    page.write_formula(0, 3, "=B1", value=5)
    book.close()
    assert rows(out.getvalue()) == [[0.0, 5.0, NO_RESULT, 5.0]]


def test_every_cell_of_a_formula_over_several_is_without_a_result():
    data = '<row r="1"><c r="A1"><f t="array" ref="A1:B2">A1/B1</f></c></row><row r="2"><c r="B2"><v>5</v></c></row>'
    assert rows(xlsx_of(data)) == [[NO_RESULT, NO_RESULT], [NO_RESULT, 5.0]]


def test_rows_and_cells_out_of_order_and_without_names_stand_where_they_belong():
    data = '<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row><row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>4</v></c></row><row><c><v>5</v></c></row>'
    with pytest.raises(LayoutError, match="two cells in one place"):
        rows(xlsx_of(data + '<row r="2"><c r="C2"><v>9</v></c></row>'))
    data = data.replace("<row><c>", '<row r="4"><c>')
    assert rows(xlsx_of(data)) == [["", "", ""], [4.0, "", 3.0], ["", 1.0, 2.0], [5.0, "", ""]]


# --- ODS ------------------------------------------------------------------------------------------

STYLES = (
    '<number:percentage-style style:name="N10"/><number:number-style style:name="N0"/>'
    '<style:style style:name="share" style:family="table-cell" style:data-style-name="N10"/>'
    '<style:style style:name="bold" style:family="table-cell" style:parent-style-name="share"/>'
    '<style:style style:name="plain" style:family="table-cell" style:data-style-name="N0"/>'
)


@pytest.mark.parametrize(
    ("what", "shown", "attributes", "value"),
    [
        ("a number", "68.3", {"value_type": "float", "value": "68.3"}, 68.3),
        ("a number that is shown shorter", "68", {"value_type": "float", "value": "68.3"}, 68.3),
        ("a percentage", "61.0%", {"value_type": "percentage", "value": "0.61"}, "61%"),
        ("a percentage among numbers", "30.7%", {"value_type": "percentage", "value": "0.307"}, "30.7%"),
        ("a percentage at all its digits", "61%", {"value_type": "percentage", "value": "0.6149"}, "61.49%"),
        ("a percentage that says nothing", "", {"value_type": "percentage", "value": "0.61"}, "61%"),
        ("a percentage by its style", "", {"value_type": "float", "value": "0.61", "table__style_name": "share"}, "61%"),
        ("a percentage by its style's parent", "", {"value_type": "float", "value": "0.61", "table__style_name": "bold"}, "61%"),
        ("a number by its style", "0.61", {"value_type": "float", "value": "0.61", "table__style_name": "plain"}, 0.61),
        ("a number shown as a percentage", "30.7%", {"value_type": "float", "value": "0.307"}, "30.7%"),
        ("a number beside a sign", "30.7 %", {"value_type": "float", "value": "30.7"}, "30.7%"),
        ("a number beside another percentage", "44%", {"value_type": "float", "value": "0.307"}, "44% (the cell holds 0.307)"),
        ("a number after a mark", "#5", {"value_type": "float", "value": "5"}, 5.0),
        ("a number of money", "£5", {"value_type": "currency", "value": "5"}, 5.0),
        ("a truth", "TRUE", {"value_type": "boolean", "boolean_value": "true"}, True),
        ("a day", "6/7/09", {"value_type": "date", "date_value": "2009-07-06"}, datetime.date(2009, 7, 6)),
        ("an hour", "06:00", {"value_type": "time", "time_value": "PT06H00M00S"}, datetime.time(6)),
        ("36 hours", "36:00", {"value_type": "time", "time_value": "PT36H"}, datetime.timedelta(hours=36)),
        ("a text", "[c]", {"value_type": "string"}, "[c]"),
        ("a text said twice", "68.3", {"value_type": "string", "string_value": "68.3"}, "68.3"),
        ("a text that is not shown", "", {"value_type": "string", "string_value": "Leeds"}, "Leeds"),
        ("a text that holds another", "68.3", {"value_type": "string", "string_value": "683"}, "68.3 (the cell holds 683)"),
        ("a text that holds a number", "68.3", {"value_type": "string", "value": "0.683"}, "68.3 (the cell holds 0.683)"),
        ("a text that holds its number", "68.30", {"value_type": "string", "value": "68.3"}, "68.30"),
        ("a number without a type", "68.3", {"value": "683"}, "68.3 (the cell holds 683)"),
        ("a number that is none", "68.3", {"value_type": "float", "value": "many"}, "68.3 (the cell holds many)"),
        ("an error", "#DIV/0!", {"value_type": "string", "calcext__value_type": "error", "table__formula": "of:=1/0"}, "#DIV/0!"),
        ("an error that is kept as a number", "Err:502", {"value_type": "float", "value": "0", "table__formula": "of:=X"}, "Err:502"),
        ("an error in place of a share", "#N/A", {"value_type": "percentage", "value": "0"}, "#N/A"),
        ("an error that says nothing", "", {"value_type": "string", "calcext__value_type": "error"}, "#ERROR!"),
        ("a result", "68.3", {"value_type": "float", "value": "68.3", "table__formula": "of:=A1/B1"}, 68.3),
        ("no result", "", {"table__formula": "of:=A1/B1"}, NO_RESULT),
        ("no result of a type", "", {"value_type": "float", "table__formula": "of:=A1/B1"}, NO_RESULT),
        ("no result, an empty one", "", {"value_type": "float", "value": "", "table__formula": "of:=A1/B1"}, NO_RESULT),
        ("no result among percentages", "", {"value_type": "percentage", "table__formula": "=A1/B1"}, NO_RESULT),
        ("an empty text as a result", "", {"value_type": "string", "table__formula": "of:=A1/B1"}, EMPTY_RESULT),
        ("an empty text as a result, said", "", {"value_type": "string", "string_value": "", "table__formula": "msoxl:=A1/B1"}, EMPTY_RESULT),
    ],
)  # fmt: skip
def test_a_cell_of_an_ods_workbook(what, shown, attributes, value):
    named = {name if "__" in name else f"office__{name}": said for name, said in attributes.items()}
    for more in ({}, {"table__number_columns_repeated": "2"}):
        content = ods_of(table_of(ods_row(ods_cell(shown, **named, **more))), styles=STYLES)
        assert typed(rows(content)[0]) == [(type(value), value)] * (2 if more else 1), what


def test_a_share_by_the_style_of_its_column_or_row():
    column = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:default-cell-style-name="share"/>'
    cells = "".join(ods_cell(office__value_type="float", office__value="0.5") for _ in range(3))
    assert rows(ods_of(table_of(column + ods_row(cells)), styles=STYLES)) == [[0.5, 0.5, "50%"]]
    row = ods_row(cells, 'table:default-cell-style-name="share"')
    assert rows(ods_of(table_of(row), styles=STYLES)) == [["50%"] * 3]


def test_notes_and_drawings_are_no_part_of_a_cell():
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>Not 68.3</text:p>'
        '</office:annotation><text:p>Le<text:span>ed</text:span>s<text:s text:c="2"/>City</text:p>'
        "<draw:frame><draw:text-box><text:p>Draft</text:p></draw:text-box></draw:frame>"
        "<text:p>Council</text:p></table:table-cell>"
    )
    assert rows(ods_of(table_of(ods_row(cell)))) == [["Leeds  City\nCouncil"]]


def test_an_array_formula_of_an_ods_workbook_is_without_a_result_everywhere():
    first = ods_cell(
        table__formula="of:=A1/B1",
        table__number_matrix_columns_spanned="2",
        table__number_matrix_rows_spanned="1",
    )
    assert rows(ods_of(table_of(ods_row(first + ods_cell())))) == [[NO_RESULT, NO_RESULT]]


# --- XLS ------------------------------------------------------------------------------------------


def old_book(write):
    book = xlwt.Workbook()
    page = book.add_sheet("Data")
    write(book, page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_cell_of_an_xls_workbook():
    def write(_, page):
        share = xlwt.easyxf(num_format_str="0.0%")
        day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        cells = [(68.3, None), (0.6149, share), (40000, day), (True, None), ("[c]", share)]
        for column, (value, style) in enumerate(cells):
            page.write(0, column, value, style or xlwt.Style.default_style)
        page.row(0).set_cell_error(5, 0x2A)
        page.row(0).set_cell_error(6, 0x07)
        page.write(0, 7, xlwt.Formula("A1/B1"))

    expected = [
        68.3, "61.49%", datetime.date(2009, 7, 6), True, "[c]", "#N/A", "#DIV/0!",
        "= (formula with an empty result)",
    ]  # fmt: skip
    assert typed(rows(old_book(write))[0]) == typed(expected)


# --- what is hidden, what is merged ---------------------------------------------------------------


def hidden_xlsx():
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Data"
    for row in range(6):
        page.append([row * 10 + column for column in range(5)])
    page.row_dimensions[3].hidden = True
    page.auto_filter.ref = "A1:E6"
    page.row_dimensions[5].hidden = True
    page.column_dimensions["B"].hidden = True
    page.column_dimensions["D"].hidden = True
    page.merge_cells("C1:D2")
    book.create_sheet("Working").append(["x"])
    book["Working"].sheet_state = "hidden"
    book.create_sheet("Secret").append(["x"])
    book["Secret"].sheet_state = "veryHidden"
    book.create_sheet("Empty")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hidden_xls():
    def write(book, page):
        for row in range(6):
            for column in range(5):
                if (row, column) not in {(0, 3), (1, 2), (1, 3)}:
                    page.write(row, column, row * 10 + column)
        page.row(2).hidden = page.row(4).hidden = True
        page.col(1).hidden = True
        page.col(3).width = 0
        page.merge(0, 1, 2, 3)
        for name, state in (("Working", 1), ("Secret", 2)):
            other = book.add_sheet(name)
            other.write(0, 0, "x")
            other.visibility = state
        book.add_sheet("Empty")

    return old_book(write)


def hidden_ods():
    styles = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'

    def cells(row):
        made = [
            ods_cell(office__value_type="float", office__value=str(row * 10 + c)) for c in range(5)
        ]
        if row == 0:
            made[2] = ods_cell(
                office__value_type="float", office__value="2",
                table__number_columns_spanned="2", table__number_rows_spanned="2",
            )  # fmt: skip
        return "".join(made)

    closed = (
        f'<table:table-row-group table:display="false">{ods_row(cells(4))}</table:table-row-group>'
    )
    body = (
        '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
        '<table:table-column table:visibility="collapse"/>'
        + ods_row(cells(0)) + ods_row(cells(1)) + ods_row(cells(2), 'table:visibility="filter"')
        + ods_row(cells(3)) + closed + ods_row(cells(5))
        + ods_row("<table:table-cell/>", 'table:number-rows-repeated="1000000" table:visibility="collapse"')
    )  # fmt: skip
    text = ods_row(ods_cell("x", office__value_type="string"))
    return ods_of(
        table_of(body)
        + table_of(text, "Working", "ta2")
        + table_of(text, "&apos;file:///other.ods&apos;#$Sheet1")
        + table_of("", "Empty"),
        styles=styles,
    )


@pytest.mark.parametrize("write", [hidden_xlsx, hidden_xls, hidden_ods])
def test_what_is_hidden_is_told_and_read_all_the_same(write):
    grids = list(detect.grids(write(), "own.dat"))
    assert [grid.hidden for grid in grids] == [False, True, True]
    assert [grid.sheet for grid in grids][:2] == ["Data", "Working"]
    data = grids[0]
    assert (data.hidden_rows, data.hidden_columns) == ((2, 4), (1, 3))
    assert data.merged == ((0, 2, 1, 3),)
    assert [row[0] for row in data.table.rows] == [0, 10, 20, 30, 40, 50]
    assert data.table.place(2, 1) == "Data!B3"


def test_a_row_or_column_of_no_size_is_hidden():
    data = '<row r="1" ht="0" customHeight="1"><c><v>1</v></c><c><v>2</v></c></row><row r="2" hidden="true"><c><v>3</v></c></row>'
    (sheet,) = confined.read_here(
        xlsx_of(data, before='<cols><col min="2" max="9" width="0" customWidth="1"/></cols>')
    )
    assert (sheet.hidden_rows, sheet.hidden_columns) == ((0, 1), (1,))


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_nothing_is_hidden_where_nothing_says_so(write):
    (grid,) = detect.grids(write("Data", [["Leeds", "68.3"]]), "own.dat")
    assert (grid.hidden, grid.hidden_rows, grid.hidden_columns) == (False, (), ())
    assert grid.merged == ()


# --- against others who read them ------------------------------------------------------------------

CELLS = st.one_of(
    st.just(""),
    st.floats(-1e300, 1e300).map(lambda x: x + 0.0),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.text(st.characters(exclude_categories=["C"], max_codepoint=0xFFFF), max_size=8),
)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(table=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_workbook_is_read_as_others_read_it(table):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("Data")
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, column, cell) if cell else None
            else:
                page.write(number, column, cell)
    book.close()
    content = out.getvalue()
    theirs = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    expected = theirs.get_sheet_by_name("Data").to_python(skip_empty_area=False)
    assert list(map(typed, rows(content))) == list(map(typed, expected))


@pytest.mark.corpus
@pytest.mark.parametrize("release", ["ascof_2020_21", "ascof_2024_25"])
def test_the_published_workbooks_are_read_as_others_read_them(release, raw):
    path = sources.find(sources.manifest()[release], raw)
    theirs = python_calamine.CalamineWorkbook.from_path(path)
    ours = {sheet.name: sheet.rows for sheet in confined.read_here(path.read_bytes())}
    assert list(ours) == theirs.sheet_names
    for name, found in ours.items():
        expected = theirs.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert found == expected, name
        assert [list(map(type, row)) for row in found] == [list(map(type, r)) for r in expected]


def test_sheets_go_from_one_process_to_another_and_stay_as_they_are():
    cells = ["Leeds \u2013 \U0001f600\n", 68.3, True, "", datetime.date(2009, 7, 6),
             datetime.datetime(2009, 7, 6, 12, 0, 0, 5), datetime.time(6), datetime.timedelta(1.5)]  # fmt: skip
    sheet = sheets.WorkbookSheet(
        "A\nB",
        [cells],
        hidden=True,
        hidden_rows=(0,),
        hidden_columns=(1, 2),
        merged=((0, 0, 0, 1),),
    )
    (again,) = confined.sheets_of(iter(list(confined.lines_of([sheet]))))
    assert again == sheet
    assert typed(again.rows[0]) == typed(cells)


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "content", "message"),
    [
        ("a row without end", b"Leeds 68.3 " * 100_000, "line 1: found a row of more than 1,000,000 characters"),
        ("a million columns", b"a,b\n" + b"1," * 400_000, "line 2: found 400,001 columns"),
        ("300,000 rows", b"Leeds,1\n" * 300_000, "line 200001: found 2 columns and 200,001 rows"),
        ("a row over every line", b'Leeds,"' + b'a","b\n' * 300_000, "line 1: found a row of more than 1,000,000"),
        ("one wide row and many short ones", b"Leeds\n" * 100_000 + b"," * 3_000, "found 3,001 columns and 100,001 rows"),
        ("a quotation mark that stays open", b'Leeds,"' + b"x\n" * 100_000, "field larger than field limit"),
    ],
)  # fmt: skip
def test_a_text_larger_than_any_table_is_refused(why, content, message):
    with pytest.raises(LayoutError) as refused:
        list(detect.grids(content, "own.dat"))
    assert message in str(refused.value), why
    assert "own.dat line" in str(refused.value)


def test_a_text_that_begins_as_an_archive_does_is_a_text():
    (grid,) = detect.grids(b"PK,Council\n1,Leeds\n", "own.dat")
    assert (grid.sheet, grid.table.rows[1]) == (None, ["1", "Leeds"])


def test_lines_end_in_any_of_three_ways():
    table = containers.csv_table(b'a,b\r\n1,"x\ry"\r2,z\n3,"p\r\nq"', "utf-8", "own.dat")
    assert table.rows == [["a", "b"], ["1", "x\ry"], ["2", "z"], ["3", "p\r\nq"]]
    assert [table.place(row, 0) for row in range(4)] == ["line 1", "line 3", "line 4", "line 6"]


def test_only_a_file_is_read(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for name, kind in (
            ("pipe", "a pipe"), ("folder", "a folder"), ("link", "a pipe"), ("socket", "a socket"),
            ("/dev/null", "a device"), ("/dev/zero", "a device"),
        ):  # fmt: skip
            with pytest.raises(SourceError, match=f"{name} is {kind}, expected a file"):
                register.read_file(tmp_path / name)


def test_no_more_of_a_file_is_read_than_the_limit_and_a_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(register, "LARGEST_FILE", 1_000)
    path = tmp_path / "own.csv"
    path.write_bytes(b"x" * 1_000)
    assert len(register.read_file(path)) == 1_000
    path.write_bytes(b"x" * 1_001)
    with pytest.raises(SourceError, match="more than 1,000 bytes"):
        register.read_file(path)
