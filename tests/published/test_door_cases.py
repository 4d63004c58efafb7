"""Small files as officers and publishers make them: read rightly, or refused with a way out.

Each row is a kind of fault that is easily made; the values are invented.
"""

import io

import openpyxl
import pytest

from bench.errors import BenchError
from bench.published import layouts, sources
from bench.published.adding import detect
from bench.published.adding.overrides import Overrides
from bench.published.adding.plausible import usual_values
from bench.published.adding.provisional_file import read_own
from bench.reference.periods import FinancialYear

NO_LAYOUTS = layouts.LayoutFile(layouts={})


@pytest.fixture(scope="module")
def usual(root):
    return usual_values(root)


def understand(content, usual, *maps, year=None, file="mine.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return detect.recognise(
        content,
        file,
        layouts=NO_LAYOUTS,
        registers=sources.reference(),
        overrides=Overrides(None, FinancialYear.parse(year) if year else None, maps),
        usual=usual,
    )


def figures(made):
    """What is read without anybody being asked: (area, indicator, group, year) to value."""
    if made.refused is not None:
        raise made.refused
    rows = made.figures[made.figures["value"].notna()]
    return {
        (r["area_id"], r["indicator_id"], r["breakdown"], r["period"]): r["value"]
        for r in rows.to_dict("records")
    }


SAFE, JOBS, SCORE, CARE = (
    "feeling_safe",
    "learning_disability_employment",
    "social_care_quality_of_life",
    "care_home_admissions_65_over",
)


def of(indicator, year="2018-19", group="all", **values):
    return {(area, indicator, group, year): value for area, value in values.items()}


TRIO = of(SAFE, york=66.4, devon=70.5, bury=71.0)
OLDER = {(a, i, "age_65_over", y): v for (a, i, _, y), v in TRIO.items()}
ROWS = ("York", "66.4"), ("Devon", "70.5"), ("Bury", "71.0")


def table(heading, rows=ROWS, above=(), below=()):
    lines = [*above, heading, *(",".join(row) for row in rows), *below]
    return "\n".join([*lines, ""])


def beside(heading, *cells, rows=ROWS, first=False):
    """The three councils with a further column."""
    more = [(r[0], c, *r[1:]) if first else (*r, c) for r, c in zip(rows, cells, strict=True)]
    head = f"Council,{heading},4A 2018-19" if first else f"Council,4A 2018-19,{heading}"
    return table(head, more)


READ = [
    # scale
    ("a sign in each cell", table("Council,4A 2018-19", [(a, b + "%") for a, b in ROWS]), (), TRIO),
    ("fractions, told by what is usual", table("Council,4A 2018-19", [("York", "0.664"), ("Devon", "0.705"), ("Bury", "0.71")]), (), TRIO),
    ("fractions beside small percentages", "Council,4A 2018-19,1E 2018-19\nYork,0.664,4.5\nDevon,0.705,6.1\nBury,0.71,3.9\n", (), TRIO | of(JOBS, york=4.5, devon=6.1, bury=3.9)),
    ("small fractions beside percentages", "Council,4A 2018-19,1E 2018-19\nYork,66.4,0.045\nDevon,70.5,0.061\nBury,71,0.039\n", (), TRIO | of(JOBS, york=4.5, devon=6.1, bury=3.9)),
    ("several units in one column", "Council,Year,Indicator,Value\nYork,2018-19,4A,66.4%\nYork,2018-19,1A,19.1\nYork,2018-19,2A(2),544.1\n", (), of(SAFE, york=66.4) | of(SCORE, york=19.1) | of(CARE, york=544.1)),
    ("fractions of one indicator in a column of several", "Council,Year,Indicator,Value\nYork,2018-19,4A,0.664\nYork,2018-19,1A,19.1\nYork,2018-19,2A(2),544.1\n", (), of(SAFE, york=66.4) | of(SCORE, york=19.1) | of(CARE, york=544.1)),
    ("signs in some cells, beside numbers that can only be per cent", table("Council,4A 2018-19", [("York", "66.4%"), ("Devon", "70.5"), ("Bury", "71")]), (), TRIO),
    # part for whole
    ("ages in other words", beside("Age band", "65+ yrs", "65+ yrs", "65+ yrs", first=True), (), OLDER),
    ("older people", beside("Client group", "Older people", "Older people", "Older people", first=True), (), OLDER),
    ("ages in the heading", table("Council,4A - aged 65 and over - 2018-19"), (), OLDER),
    ("ages in the title", table("Council,4A 2018-19", above=["People aged 65 and over,"]), (), OLDER),
    ("ages in the row's label", "Council,Measure,2018-19\nYork,4A (65+ years),66.4\nDevon,4A (65+ years),70.5\nBury,4A (65+ years),71\n", (), OLDER),
    ("ages that are the indicator's own", "Council,2A(2) older people 2018-19\nYork,544.1\n", (), of(CARE, york=544.1)),
    ("everybody, said", beside("Sex", "Persons", "All", "Both sexes"), (), TRIO),
    ("the whole year, said", beside("Quarter", "Annual", "Full year", "Outturn"), (), TRIO),
    ("women", beside("Gender", "F", "F", "F"), (), {(a, i, "female", y): v for (a, i, _, y), v in TRIO.items()}),
    ("groups that the register has not, left out as asked", "Council,Age,4A 2018-19\nYork,65+,66.4\nYork,45-64,60\nDevon,65+,70.5\nBury,65+,71\n", (("skip", "45-64"),), OLDER),
    ("two groups in columns", "Council,4A 2018-19 (18-64),4A 2018-19 (65+),4A 2018-19\nYork,60.1,62.2,61.4\n", (), of(SAFE, york=61.4) | of(SAFE, group="age_18_64", york=60.1) | of(SAFE, group="age_65_over", york=62.2)),
    # another number: left out by name
    *[(f"a column: {words}", beside(words, "71", "72", "73"), (), TRIO) for words in (
        "4A 2019-20 forecast", "Projected 4A 2019-20", "4A 2019-20 (planned)", "4A 2018-19 target", "4A England 2018-19",
        "England 2017-18", "4A South West 2018-19", "4A comparator average 2018-19", "Statistical neighbours 2018-19",
        "CIPFA family 4A", "4A rank 2018-19", "4A 2018-19 lower CI", "4A change since 2017-18", "4A previous year", "Number of people 2018-19",
        "4A 2019-20 YTD", "4A 2019-20 Q2", "4A 2019-20 Apr-Sep", "4A 2018-19 number of respondents who feel unsafe estimate", "Variance", "4A Leeds 2018-19",
        "4A 2018-19 dementia", "4A 2018-19 most deprived decile", "Quartile", "Baseline", "Median",
    )],
    ("a target beside the actual figure, in rows", "Council,Type of figure,4A 2018-19\nYork,Actual,66.4\nDevon,Actual,70.5\nBury,Actual,71\nYork,Target,80\n", (), TRIO),
    ("a row's label of a target", "Council,Measure,2018-19\nYork,4A,66.4\nDevon,4A,70.5\nBury,4A,71\nYork,4A target,80\nDevon,4A (projected),80\n", (), TRIO),
    ("an average among the councils", table("Council,4A 2018-19", [*ROWS, ("Nearest neighbours average", "69")]), (), TRIO),
    # sheet, area, year
    ("codes of the region before those of the area", "Parent Code,Parent Name,Area Code,Area Name,Time period,4A\nE12000003,Yorkshire and the Humber region,E06000014,York,2018/19,66.4\nE12000009,South West region,E10000008,Devon,2018/19,70.5\n", (), of(SAFE, york=66.4, devon=70.5)),
    ("lower-tier districts, left out as asked", "Area code,Area name,4A 2018-19\nE06000014,York,66.4\nE07000008,Cambridge,60\nS12000036,City of Edinburgh,61\n", (("skip", "other-codes"),), of(SAFE, york=66.4)),
    # no way out
    ("full names", "Council,4A 2018-19\nCity of York Council,66.4\nDevon County Council,70.5\nMetropolitan Borough of Bury,71\n", (), TRIO),
    ("short names", "Council,4A 2018-19\n112 York,66.4\nDevon CC,70.5\nBury MBC,71\n", (), TRIO),
    ("footnote marks", "Council,4A 2018-19 [note 3]\nYork [note 2],66.4\nDevon\u00b9,70.5 [r]\nBury*,71.0\u00b2\n", (), TRIO),
    ("hyphens and blanks of every kind", "Council,4A\u00a02018\u201119\nYork\u2009,66.4\nDevon\u00a0CC,70.5\nBury,71\n", (), TRIO),
    ("a symbol that is declared", table("Council,4A 2018-19", [*ROWS, ("Kent", "-"), ("Essex", "n/a")]), (("symbol", "-=suppressed"), ("symbol", "n/a=not_available")), TRIO),
    ("row numbers", ",Council,4A 2018-19\n1,York,66.4\n2,Devon,70.5\n3,Bury,71\n", (), TRIO),
    ("a code and a title together", "Council,Year,Measure\u00a0name,Result\nYork,2018-19,ASCOF 4A: The proportion of people who use services who feel safe,66.4\n", (), of(SAFE, york=66.4)),
    ("a name that was another council's once", "Measure,Year,Dorset,Devon\n4A,2018-19,66.4,70.5\n4A,2019-20,67.4,71.5\n", (), of(SAFE, dorset_county=66.4, devon=70.5) | of(SAFE, "2019-20", dorset=67.4, devon=71.5)),
    ("a region's two rows of headings, with its average", "South West benchmarking,,,\nAuthority,1E Adults with a learning disability in paid employment,,4A Proportion who feel safe\n,2017-18,2018-19,2018-19\nYork,0.051,0.055,0.664\nDevon CC,0.062,0.06,0.705\nSW average,0.05,0.05,0.68\n", (), of(JOBS, york=5.5, devon=6.0) | of(JOBS, "2017-18", york=5.1, devon=6.2) | of(SAFE, york=66.4, devon=70.5)),
    ("a dashboard", "Ref,Indicator,Good is,2018-19,Target 2019-20,RAG,DoT,England 2018-19\nX1,ASCOF 1E LD in employment,High,5.1%,6%,Amber,Up,4.8%\nX2,2A(2) admissions 65+,Low,560.1,500,Red,Down,560.8\n", (("council", "York"),), of(JOBS, york=5.1) | of(CARE, york=560.1)),
    ("councils and years in the headings", "Indicator,Devon 2017-18,Devon 2018-19,Bury 2018-19\n4A,66.4,70.5,71\n", (), of(SAFE, "2017-18", devon=66.4) | of(SAFE, devon=70.5, bury=71.0)),
    ("few councils, each with its region and type", "Code,LA,GOR,Type,4A 2018-19\nE06000014,York,Yorkshire and The Humber,Unitary,66.4\nE10000008,Devon,South West,Shire County,70.5\n", (), of(SAFE, york=66.4, devon=70.5)),
    ("value, margin and respondents, in fractions", "Council,4A outcome 2018-19,4A margin of error 2018-19,4A number of respondents 2018-19\nYork,0.664,0.031,410\nDevon,0.705,0.029,500\nBury,0.71,0.04,300\n", (), TRIO),
    ("which way is good, in the heading", table("Council,4A 2018-19 (higher is better)"), (), TRIO),
    ("margins by their sign", table("Council,4A 2018-19,4A 2018-19 +/-", [(*row, "3.1") for row in ROWS]), (), TRIO),
    ("both limits in one cell", table("Council,4A 2018-19,4A 2018-19 confidence interval", [(*row, "66-73") for row in ROWS]), (), TRIO),
    ("one small council's rate", "Council,2A(2) 2018-19\nYork,66.1\n", (), of(CARE, york=66.1)),
    ("a unit that is not known, left aside", "Council,Measure,2018-19,Unit\nYork,4A,0.664,Proportion\n", (("unread", "Unit"), ("unit", "fraction")), of(SAFE, york=66.4)),
    ("one council over years", "Indicator,2017-18,2018-19\n4A,66.4,70.5\n", (("council", "York"),), of(SAFE, york=70.5) | of(SAFE, "2017-18", york=66.4)),
]  # fmt: skip


@pytest.mark.parametrize(("why", "content", "maps", "expected"), READ)
def test_what_is_understood_is_read_exactly(why, content, maps, expected, usual):
    assert figures(understand(content, usual, *maps)) == expected, why


REFUSED = [
    # scale
    ("a cell without a sign, a hundred times smaller", table("Council,4A 2018-19", [("York", "66.4%"), ("Devon", "0.705"), ("Bury", "71%")]), (), "line 3"),
    ("a fraction among per cent", table("Council,4A 2018-19", [("York", "66.4"), ("Devon", "0.705"), ("Bury", "71")]), (), "line 3"),
    ("fractions under a heading of per cent", table("Council,4A 2018-19 (%)", [("York", "0.664"), ("Devon", "0.705"), ("Bury", "0.71")]), (), "--map unit=fraction"),
    ("a score with a sign", "Council,1A 2018-19\nYork,19.1%\n", (), "line 2: found '19.1%'"),
    ("another unit", "Council,2A(2) per 1000 2018-19\nYork,5.4\nDevon,6.1\n", (), "in another unit"),
    ("rates per 1,000 without a word", "Council,2A(2) 2018-19\nYork,5.4\n", (), "look like rates per 1,000"),
    ("rates per 10,000 without a word", "Council,2A(2) 2018-19\nYork,54\nDevon,61\nBury,60.2\n", (), "look like rates per 10,000"),
    ("a unit that nobody knows", "Council,Measure,2018-19,Unit\nYork,2A(2),5.4,per 1000\n", (), "--map unread=Unit with --map unit=fraction"),
    ("margins alone, by their sign", table("Council,4A 2018-19 \u00b1", [("York", "3.1")]), (), "found no column of values"),
    # part for whole
    ("a group that the register has not", beside("Client group", "Dementia", "Dementia", "Dementia"), (), "the register has no group 'Dementia'"),
    ("ages that it has not", beside("Age", "45-64", "45-64", "45-64"), (), "'45-64'"),
    ("two divisions at once", "Council,Age,Sex,4A 2018-19\nYork,65+,Female,66.4\nYork,18-64,Male,60\n", (), "divide people at once"),
    ("deciles", beside("Deprivation decile", "1", "1", "1"), (), "Deprivation decile"),
    ("a quarter in the heading", table("Council,4A 2018-19 Q3"), (), "a part of a year ('Q3')"),
    ("months in the heading", table("Council,4A 2018-19 (Apr to Sep)"), (), "a part of a year"),
    ("a quarter in a column", beside("Quarter", "Q1", "Q1", "Q1"), (), "a part of a year is no year"),
    ("months in a column", beside("Month", "June", "June", "June"), (), "a part of a year is no year"),
    ("a quarter in an unnamed column", beside("Coverage", "Apr-Jun", "Apr-Jun", "Apr-Jun"), (), "a part of a year is no year"),
    ("a quarter in the title", table("Council,4A 2018-19", above=["Quarter 2 performance,"]), (), "a part of a year"),
    ("a day in the title", table("Council,4A 2018-19", above=["Position as at 31 December 2018,"]), (), "a part of a year"),
    ("targets, by the title", table("Council,4A 2018-19", above=["Targets agreed by members,"]), (), "a target"),
    ("ages in a note beneath", table("Council,4A 2018-19", below=["Figures are for people aged 65 and over,"]), (), "note beneath the table"),
    ("a heading within the table", "Council,4A 2018-19\nYork,66.4\nMental health,\nDevon,70.5\n", (), "heading within the table"),
    ("the table's year within the table", "Council,4A 2018-19\nYork,66.4\n2018-19,\nDevon,70.5\n", (), "speaks of the table's year again"),
    ("another year within the table", "Council,4A 2018-19\nYork,66.4\n2017-18,\nDevon,70.5\n", (), "another year"),
    # another number
    ("only a forecast", table("Council,4A 2019-20 forecast"), (), "is a forecast"),
    ("only targets, in rows", "Council,Measure,2018-19\nYork,4A target,80\n", (), "a target"),
    ("a number of people", table("Council,2A(2) 2018-19 number of admissions"), (), "a number of people or things"),
    ("words that nobody knows", table("Council,4A 2018-19 zebra"), (), "'zebra' is not understood"),
    ("numbers that nothing names", beside("Alpha", "66", "67", "68"), (), "holds numbers that nothing names"),
    ("parts of a council that are called as regions are", "Council,Locality,4A 2018-19\nYork,North,66.4\nDevon,East,70.5\n", (), "'Locality'"),
    ("regions and what is none", "Council,Patch,4A 2018-19\nYork,London,66.4\nDevon,South West,70.5\nBury,Zone 7,71\n", (), "it may divide place"),
    ("a column of words that nobody knows", beside("Strand", "x", "y", "x"), (), "it may divide people, time or place"),
    # sheet, area, year
    ("a day is no year", "NI 130 taken on 2010-11-05,\nCouncil,NI 130\nYork,12\nDevon,9\n", (), "does not say which year"),
    ("three years at once", "Council,4A 2016/17 - 18/19\nYork,66.4\n", (), "several years"),
    ("a calendar year", "Council,Year,4A\nYork,2018,66.4\n", (), "found '2018'"),
    ("districts, in one line", "Area code,Area name,4A 2018-19\nE06000014,York,66.4\n" + "".join(f"E07{n:06},District {n},50\n" for n in range(40)), (), "40 areas are lower-tier districts (E07...)"),
    ("districts, with one option", "Area code,Area name,4A 2018-19\nE06000014,York,66.4\nE07000008,Cambridge,50\nW06000015,Cardiff,50\n", (), "--map skip=other-codes"),
    ("a council before it existed", table("Council,4A 2018-19", [*ROWS, ("West Northamptonshire", "60")]), (), "line 5: West Northamptonshire did not exist in 2018-19"),
    ("a council after it ended", table("Council,4A 2022-23", [*ROWS, ("Poole", "60")]), (), "line 5: Poole did not exist in 2022-23"),
    ("many unknown names, in one line", table("Council,4A 2018-19", [*ROWS, *((f"Place {n}x", "60") for n in "abcdefgh")]), (), "8 areas are unknown"),
    ("the council twice under two names", table("Council,4A 2018-19", [*ROWS, ("City of York", "60")]), (), "line 5: a second value of york"),
    # lost
    ("errors of a spreadsheet", table("Council,4A 2018-19", [*ROWS, ("Kent", "#N/A"), ("Essex", "#DIV/0!")]), (), "line 5: found '#N/A'"),
    ("a row of figures above the headings", "Leeds,66.4,1\nCouncil,4A 2018-19,Rank\nYork,66.4,2\n", (("header", "2"),), "stands above the headings"),
    # impossible
    ("above 100%", table("Council,4A 2018-19", [("York", "664")]), (), "664, but feeling_safe can be 0 to 100"),
    ("a score off its scale", "Council,1A 2018-19\nYork,191\nDevon,19.1\n", (), "191, but social_care_quality_of_life can be 0 to 24"),
    ("more than 100,000 of 100,000", 'Council,2A(2) 2018-19\nYork,"544,100"\n', (), "can be 0 to 100,000"),
    ("a value against its counts", "Council,Year,Indicator,Numerator,Denominator,Value\nYork,2018-19,1C(2A),300,1000,80\n", (), "300 of 1,000 is 30"),
    ("more than all", "Council,Year,Indicator,Numerator,Denominator,Value\nYork,2018-19,1C(2A),500,400,80\n", (), "500 of 400"),
    ("ten times what it ever was", "Council,2A(2) 2018-19\nYork,5441\nDevon,544\n", (), "--map allow=unusual"),
    # no way out
    ("symbols, with what to do", table("Council,4A 2018-19", [*ROWS, ("Kent", "-"), ("Essex", "TBC")]), (), '--map "symbol=-=suppressed" --map "symbol=TBC=suppressed"'),
    ("the value named, not the row numbers", ",council,sector,amount,period\n1,York,All,66.4,2018-19\n2,Devon,All,70.5,2018-19\n", (("indicator", SAFE),), "--map value=amount"),
    ("months as numbers", beside("Month", "4", "5", "6"), (), "'Month' divides people or time"),
    ("a group beside an indicator that is named", beside("Women", "60", "61", "62"), (), "'Women' names no indicator"),
    ("a second table beneath", table("Council,4A 2018-19", below=[",", "Council,1E 2018-19", "York,5.1"]), (), "line 6: found further headings"),
    ("two tables side by side", "Council,4A 2018-19,,Council,4A 2018-19\nYork,66.4,,Kent,70\nDevon,70.5,,Essex,71\n", (), "names councils too"),
    ("a decimal comma", 'Council,4A 2018-19\nYork,"66,4"\n', (), "found '66,4', expected a number"),
    ("a decimal comma after a nought", 'Council,1B 2024-25\nYork,"0,432"\n', (), "a decimal comma is written as a point, as 0.432"),
    ("money", table("Council,4A 2018-19", [("York", "\u00a366.40")]), (), "an amount of money"),
    ("years without a stroke", "Council,Year,4A\nYork,201819,66.4\n", (), "--map unread=Year"),
    ("annualised", table("Council,4A 2018-19 annualised"), (), "'annualised' is not understood"),
    ("a row of symbols taken for headings", "Council,Sum total\nPlace A,n/a\nYork,66.4\n", (("indicator", SAFE), ("value", "n/a")), "found no column 'n/a'"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "content", "maps", "message"), REFUSED)
def test_what_is_unknown_is_refused_with_its_words(why, content, maps, message, usual):
    with pytest.raises(BenchError) as refused:
        figures(understand(content, usual, *maps))
    assert message in str(refused.value), why


def test_every_column_is_shown_once_with_its_fate(usual):
    content = beside("4A 2018-19 target", "80", "80", "80").replace("Council", "Authority")
    made = understand(content, usual)
    columns = [fate for fate in made.fates if fate.part == "column"]
    assert [(fate.name, str(fate.kind)) for fate in columns] == [
        ("Authority", "read"),
        ("4A 2018-19", "read"),
        ("4A 2018-19 target", "left out"),
    ]


# --- workbooks ----------------------------------------------------------------------------------


def workbook(*sheets, hide=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        if name in hide:
            page.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SHOWN = [["Council", "4A 2018-19"], ["York", 66.4], ["Devon", 70.5], ["Bury", 71]]
LONGER = [["Council", "4A 2018-19"], *([n, 12] for n in ("York", "Devon", "Bury", "Kent", "Essex"))]


def test_a_hidden_sheet_is_never_preferred(usual):
    made = understand(workbook(("Shown", SHOWN), ("Working", LONGER), hide=["Working"]), usual)
    assert figures(made) == TRIO
    (hidden,) = [fate for fate in made.fates if fate.name == "Working"]
    assert (str(hidden.kind), hidden.words) == ("left out", "hidden in the workbook")


def test_a_sheet_that_alone_holds_figures_and_is_hidden_is_asked_about(usual):
    content = workbook(("Cover", [["All about it"]]), ("Working", SHOWN), hide=["Working"])
    with pytest.raises(BenchError, match="is hidden in the workbook"):
        figures(understand(content, usual))
    assert figures(understand(content, usual, ("sheet", "Working"))) == TRIO


def test_hidden_rows_and_columns_are_said(usual):
    book = openpyxl.load_workbook(io.BytesIO(workbook(("Data", [[*r, 9] for r in SHOWN]))))
    page = book.active
    page["C1"] = "4A 2017-18"
    page.column_dimensions["C"].hidden = True
    out = io.BytesIO()
    book.save(out)
    made = understand(out.getvalue(), usual)
    assert figures(made) == TRIO
    assert "hidden in the workbook" in [f.words for f in made.fates if f.name == "4A 2017-18"]
    page.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BenchError, match="rows with figures are hidden"):
        figures(understand(out.getvalue(), usual))
    assert figures(understand(out.getvalue(), usual, ("hidden", "read")))[
        "devon", SAFE, "all", "2018-19"
    ] == (70.5)


def test_a_percentage_by_its_cell_s_format_is_one(usual):
    book = openpyxl.load_workbook(io.BytesIO(workbook(("Data", [*SHOWN[:1], ["York", 0.664]]))))
    book.active["B2"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    assert figures(understand(out.getvalue(), usual)) == of(SAFE, york=66.4)


def test_two_sheets_of_figures_are_asked_about(usual):
    content = workbook(("First", SHOWN), ("Second", LONGER))
    with pytest.raises(BenchError, match="both hold figures of councils"):
        figures(understand(content, usual))
    assert figures(understand(content, usual, ("sheet", "First"))) == TRIO


def test_a_sheet_without_figures_is_left_out_by_name(usual):
    made = understand(workbook(("Data", SHOWN), ("Notes", [["All about it"]])), usual)
    assert figures(made) == TRIO
    assert [f.name for f in made.fates if f.part == "sheet" and f.kind == "left out"] == ["Notes"]


# --- own figures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "content", "council", "expected"),
    [
        ("labels as councils print them", "council,year,indicator,value\nTorbay,2022-23,ASC 1A: Social care-related quality of life,19.3\nTorbay,2022-23,1C part 2A,19.80%\nTorbay,2022-23,ASCOF 1E,7.20%\n", None, {("social_care_quality_of_life", "2022-23"): 19.3, ("direct_payments", "2022-23"): 19.8, ("learning_disability_employment", "2022-23"): 7.2}),
        ("one council over years", "Indicator,2022-23,2023-24\n4A,66.2,67.3\n", "Torbay", {("feeling_safe", "2022-23"): 66.2, ("feeling_safe", "2023-24"): 67.3}),
        ("fractions", "council,year,indicator,value\nTorbay,2023-24,4A,0.673\n", None, {("feeling_safe", "2023-24"): 67.3}),
    ],
)  # fmt: skip
def test_own_figures_are_understood_alike(why, content, council, expected, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(content)
    made = read_own(path, Overrides(), council=council)
    assert made.understood.refused is None, made.understood.refused
    assert {figure.key: figure.value for figure in made.figures} == expected, why


def taken(path):
    """Own figures that are taken without anybody being asked."""
    made = read_own(path, Overrides())
    if made.understood.refused is not None:
        raise made.understood.refused
    return made.figures


@pytest.mark.parametrize(
    ("why", "content", "message"),
    [
        ("an age", "council,year,indicator,age,value\nTorbay,2023-24,4A,65+,70.5\n", "age_65_over"),
        ("a quarter", "council,year,quarter,indicator,value\nTorbay,2023-24,Q1,4A,70.5\n", "a part of a year is no year"),
        ("a target", "council,year,indicator,value\nTorbay,2023-24,4A target,70.5\n", "a target"),
        ("off its scale", "council,year,indicator,value\nTorbay,2023-24,1A,190\n", "can be 0 to 24"),
        ("a strange column", "council,year,indicator,value,strand\nTorbay,2023-24,4A,70.5,x\n", "'strand' is not known"),
    ],
)  # fmt: skip
def test_own_figures_are_refused_alike(why, content, message, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(content)
    with pytest.raises(BenchError) as refused:
        taken(path)
    assert message in str(refused.value), why


@pytest.mark.parametrize("printed", ["\u00a366.40", "66,4", "$3"])
def test_a_number_is_never_taken_for_a_symbol(printed, usual):
    with pytest.raises(BenchError) as caught:
        figures(understand(f'Council,4A 2018-19\nYork,"{printed}"\n', usual))
    assert "symbol=" not in str(caught.value)
