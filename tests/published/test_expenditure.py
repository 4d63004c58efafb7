"""The expenditure return's counts: a code above each column, names instead of ONS codes."""

import csv
import io
import statistics

import pytest

from bench.errors import LayoutError
from bench.judge.summaries import parts_of
from bench.published import layouts, observations, sources
from bench.published.adding import detect
from bench.published.adding.overrides import Overrides
from bench.published.readers import published_file
from bench.reference.periods import FinancialYear

YEARS = ("2008-09", "2009-10", "2010-11", "2011-12", "2012-13", "2013-14")
CLIENTS, CARERS = "direct_payment_clients_31_march", "direct_payment_carers"

DAY = "Number of day care or day services clients per week on average during the year"
HEADINGS = [
    ["Activity data", *[""] * 10],
    ["", "People receiving services at 31 March", "", "Direct payments - carers", *[""] * 5, DAY, ""],
    ["", "Meals", "Total all ages, Direct payments (line 11)", "aged 16-17", "aged 18-64",
     "aged 65-74", "aged 75-84", "aged 85 and over", "", "Clients aged 65 and over, own provision",
     "Clients aged 65 and over, provision by others"],
    ["", "Page 1", "", "Carers receiving direct payments during year", *[""] * 7],
]  # fmt: skip
CODES = ["", "A4.17", "A4.18", "H3.1", "H3.2", "H3.3", "H3.4", "H3.5", "H4", "G1.1", "G1.2"]
SOMERSET = ["905 - Somerset", "515", "850", "-", "240", "..", "40", "0", "...", "675", ".."]
DORSET = ["809-Dorset", "5", "905", "1", "2", "3", "4", "5", "6", "30", "70"]
IN_HOUSE, BY_OTHERS = "day_services_65_over_in_house", "day_services_65_over_by_others"


def content(*rows, headings=HEADINGS, codes=CODES):
    text = io.StringIO()
    csv.writer(text).writerows([*headings, codes, *rows])
    return text.getvalue().encode("cp1252")


def read(*rows, headings=HEADINGS, codes=CODES, year="2011-12"):
    return published_file.read(
        content(*rows, headings=headings, codes=codes),
        layout=layouts.read(sources.project_root() / "data" / "reference")["pss_ex1_2011"],
        year=FinancialYear.parse(year),
        registers=sources.reference(),
        file="activity.csv",
    )


def test_the_columns_taken_are_figures_and_the_others_are_not_read():
    figures = read(SOMERSET, DORSET, [""] * 11, ["Note", *[""] * 10])
    own = figures[figures["area_id"] == "somerset"].set_index(["indicator_id", "breakdown"])
    assert own["marker"].to_dict() == {
        (CLIENTS, "all"): "850",
        (CARERS, "age_16_17"): "-",
        (CARERS, "age_18_64"): "240",
        (CARERS, "age_65_74"): "..",
        (CARERS, "age_75_84"): "40",
        (CARERS, "age_85_over"): "0",
        (IN_HOUSE, "all"): "675",
        (BY_OTHERS, "all"): "..",
    }
    by_marker = dict(zip(own["marker"], own["status"], strict=True))
    assert (by_marker["850"], by_marker["-"], by_marker[".."]) == (
        "observed", "suppressed", "not_available",
    )  # fmt: skip
    assert set(figures["area_id"]) == {"somerset", "dorset_county"}
    assert set(own["place"]) == {"line 6"}


def test_a_file_of_this_kind_is_known_by_its_codes():
    understood = detect.recognise(
        content(SOMERSET, DORSET),
        "own.dat",
        layouts=layouts.read(sources.project_root() / "data" / "reference"),
        registers=sources.reference(),
        overrides=Overrides(year=FinancialYear.parse("2011-12")),
    )
    assert understood.known == "pss_ex1_2011"
    assert understood.figures.equals(read(SOMERSET, DORSET))


def changed(rows, row, column, text):
    return [
        [text if (i, j) == (row, column) else cell for j, cell in enumerate(cells)]
        for i, cells in enumerate(rows)
    ]


SHIFTED = [[row[0], "", *row[1:-1]] for row in HEADINGS]


@pytest.mark.parametrize(
    ("why", "rows", "changes", "message"),
    [
        ("headings moved by a column", [SOMERSET], {"headings": SHIFTED}, "line 5: the column A4.18 is headed 'Activity data / People receiving services at 31 March / Meals / Page 1', expected 'Total all ages, Direct payments' in it"),
        ("another heading", [SOMERSET], {"headings": changed(HEADINGS, 2, 3, "aged 17")}, "line 5: the column H3.1 is headed"),
        ("codes gone", [SOMERSET], {"codes": [""] * 11}, "found no row with the codes A4.18, H3.1"),
        ("an unknown code", [SOMERSET], {"codes": [*CODES[:8], "Z99", *CODES[9:]]}, "line 5: found an unexpected column 'Z99'"),
        ("a code twice", [SOMERSET], {"codes": [*CODES[:8], "H3.5", *CODES[9:]]}, "line 5: found a second column 'H3.5'"),
        ("a column without a code", [SOMERSET], {"codes": [*CODES[:8], "", *CODES[9:]]}, "line 5: found a column without a code, after 'H3.5'"),
        ("an unknown area", [["999-Atlantis", *SOMERSET[1:]]], {}, "line 6: found the area 'Atlantis' (999), unknown"),
        ("a code and a name of two councils", [["905-Devon", *SOMERSET[1:]]], {}, "line 6: One row names different areas"),
        ("a council twice", [SOMERSET, SOMERSET], {}, "line 7: a second row for somerset, which stands in line 6"),
        ("an unknown symbol", [changed([SOMERSET], 0, 2, "*")[0]], {}, "line 6 (A4.18): found '*', expected a number or one of '-', '..'"),
        ("an empty cell", [changed([SOMERSET], 0, 2, "")[0]], {}, "line 6 (A4.18): found ''"),
        ("a short row", [SOMERSET[:5]], {}, "line 6: found 5 cells, expected 11"),
        ("a council without any figure", [[SOMERSET[0], *[""] * 10]], {}, "line 6: found an area without any figure"),
        ("no rows", [], {}, "found no rows beneath the codes"),
        ("a part of a person", [changed([SOMERSET], 0, 2, "850.5")[0]], {}, "line 6 (value): found 850.5, expected at most 0 decimal(s)"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(why, rows, changes, message):
    with pytest.raises(LayoutError) as refused:
        read(*rows, **changes)
    assert message in str(refused.value), why


def test_any_other_column_is_taken_by_declaring_it():
    folder = sources.project_root() / "data" / "reference"
    layout = layouts.read(folder)["pss_ex1_2011"]
    declared = layout.model_dump()
    # the meals column, taken as something that the register counts
    declared["figures"] = {
        "A4.17": {"indicator_id": CLIENTS, "breakdown": "all", "words": ["Meals", "Page 1"]}
    }
    figures = published_file.read(
        content(SOMERSET, DORSET),
        layout=type(layout).model_validate(declared),
        year=FinancialYear.parse("2011-12"),
        registers=sources.reference(),
        file="activity.csv",
    )
    assert dict(zip(figures["area_id"], figures["value"], strict=True)) == {
        "somerset": 515, "dorset_county": 5,
    }  # fmt: skip
    declared["figures"]["A4.17"]["words"] = ["Home care"]
    with pytest.raises(LayoutError, match=r"the column A4\.17 is headed"):
        published_file.read(
            content(SOMERSET, DORSET),
            layout=type(layout).model_validate(declared),
            year=FinancialYear.parse("2011-12"),
            registers=sources.reference(),
            file="activity.csv",
        )


# --- the published files, as they were built ----------------------------------------------------


@pytest.fixture(scope="module")
def figures():
    table = observations.load()
    return table[table["indicator_id"].isin([CLIENTS, CARERS])]


@pytest.mark.parametrize(
    ("area_id", "clients"),
    [
        ("england", [67_685, 130_900, 114_090, 108_105, 115_930, 122_380]),
        ("somerset", [735, 895, 825, 850, 1_640, 1_060]),
        ("barnet", [525, 700, 825, 855, 1_040, 1_065]),
        ("dorset_county", [775, 1_225, 880, 905, 870, 795]),
        ("manchester", [585, 3_515, 560, 625, 585, 520]),
        ("bedfordshire", [545]),
        ("dorset", []),
    ],
)
def test_clients_with_direct_payments_at_31_march(figures, area_id, clients):
    own = figures[(figures["area_id"] == area_id) & (figures["indicator_id"] == CLIENTS)]
    assert own["value"].tolist() == clients
    assert own["period"].tolist() == list(YEARS[: len(clients)])


@pytest.mark.parametrize("period", YEARS)
def test_every_council_of_the_year_and_england_has_its_rows(figures, period):
    councils = {
        c.area_id for c in sources.reference().councils.in_year(FinancialYear.parse(period))
    }
    of_year = figures[figures["period"] == period]
    for _, rows in of_year.groupby(["indicator_id", "breakdown"], observed=True):
        assert set(rows["area_id"]) == councils | {"england"}
    assert len(of_year) == 6 * (len(councils) + 1)


def test_carers_stand_by_age_and_nothing_is_summed(figures):
    carers = figures[figures["indicator_id"] == CARERS]
    assert set(carers["breakdown"]) == {
        "age_16_17", "age_18_64", "age_65_74", "age_75_84", "age_85_over",
    }  # fmt: skip
    counts = carers["status"].value_counts()
    assert (counts["suppressed"], counts["not_available"]) == (307, 41)


@pytest.mark.corpus
@pytest.mark.parametrize("period", YEARS)
def test_every_count_of_the_file_is_kept(figures, raw, period):
    """Compared with the file itself, read here in the plainest way."""
    release = next(
        r for r in sources.manifest().releases if r.file == f"pss-ex1-{period}-activity.csv"
    )
    rows = list(
        csv.reader(io.StringIO(next(raw.rglob(release.file)).read_bytes().decode("cp1252")))
    )
    codes = next(row for row in rows if "H3.1" in row)
    clients = max(i for i, code in enumerate(codes) if code.startswith(("A2.", "A4.")))
    body = [row for row in rows[rows.index(codes) + 1 :] if row[clients].strip()]
    for indicator_id, columns in (
        (CLIENTS, [clients]),
        (CARERS, range(codes.index("H3.1"), codes.index("H3.5") + 1)),
    ):
        printed = [row[column].strip() for row in body for column in columns]
        kept = figures[(figures["period"] == period) & (figures["indicator_id"] == indicator_id)]
        assert sorted(kept["marker"].astype(str)) == sorted(printed)


@pytest.mark.parametrize(
    ("year", "councils", "median", "england", "whole", "none"),
    [
        ("2008-09", 132, 58, (49_475, 48_110), 5, 9),
        ("2009-10", 139, 56, (46_895, 41_605), 7, 9),
        ("2013-14", 150, 45, (22_475, 24_380), 11, 23),
    ],
)
def test_day_services_in_house(year, councils, median, england, whole, none):
    table = observations.load()
    held = sources.reference().councils.in_year(FinancialYear.parse(year))
    areas = {one.area_id for one in held}
    found = parts_of(table, IN_HOUSE, BY_OTHERS, year, areas)
    shares = sorted(one.share for one in found.values() if one.share is not None)
    assert len(shares) == councils
    assert round(float(100 * statistics.median(shares))) == median
    assert (shares.count(1), shares.count(0)) == (whole, none)
    total = parts_of(table, IN_HOUSE, BY_OTHERS, year, {"england"})["england"]
    assert (total.part, total.rest) == england


def test_a_symbol_in_one_of_two_counts_gives_no_share():
    found = parts_of(
        observations.load(), IN_HOUSE, BY_OTHERS, "2009-10", {"somerset", "barnet", "cumbria"}
    )
    assert set(found) == {"barnet", "cumbria"}
    assert (found["barnet"].part, found["barnet"].rest, found["barnet"].share) == (0, 370, 0)
