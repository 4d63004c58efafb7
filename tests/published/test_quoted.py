"""Figures quoted in documents: kept with the document, and out of the one table."""

import shutil

import pytest

import bench
from bench.errors import RegisterError
from bench.published import observations, quoted

N, P = "ni_130", "self_directed_support_1c_part_1"


QUOTED = {
    (N, "barnet", "2008-09", "published_elsewhere"): {895},
    (N, "barnet", "2009-10", "published_elsewhere"): {15.23, 1029},
    (N, "barnet", "2009-10", "target"): {1208},
    (N, "barnet", "2009-10", "context"): {38, 12.6, 1_179_000},
    (N, "barnet", "2010-11", "forecast"): {2011},
    (N, "england", "2009-10", "published_elsewhere"): {13, 14},
    (N, "england", "2009-10", "recalculated"): {18},
    (N, "england", "2009-10", "context"): {950_000, 170_000, 900_000_000, 74, 6},
    (N, "england", "2009-10", "survey"): {13, 34, 50, 36, 94},
    (N, "england", "2009-10", "milestone"): {100},
    (N, "england", "2010-11", "context"): {338_000, 1_500_000_000},
    (N, "england", "2010-11", "survey"): {83, 27},
    (N, "barnet", "2008-09", "context"): {505_000},
    (N, "barnet", "2010-11", "context"): {1_452_000},
    (N, "england", "2010-11", "published_elsewhere"): {29.2},
    (N, "england", "2010-11", "milestone"): {30},
    (N, "somerset", "2010-11", "published_elsewhere"): {4},
    (N, "manchester", "2010-11", "published_elsewhere"): {71},
    (N, "region:south_west", "2010-11", "published_elsewhere"): {18.3},
    (N, "region:north_west", "2010-11", "published_elsewhere"): {35},
    (P, "england", "2012-13", "milestone"): {70, 100},
    (P, "england", "2011-12", "survey"): {58, 33, 29, 23, 6},
    (P, "england", "2012-13", "forecast"): {65},
    (P, "somerset", "2012-13", "published_elsewhere"): {7},
    (P, "somerset", "2013-14", "published_elsewhere"): {33, 31.5},
    (P, "somerset", "2013-14", "restated"): {12},
    (P, "somerset", "2013-14", "recalculated"): {19.1},
    (P, "somerset", "2013-14", "context"): {11_000, 3_000, 73},
}  # fmt: skip


def test_every_quoted_figure_is_held():
    table = bench.quoted()
    held = table.groupby(["indicator_id", "area_id", "period", "kind"])["value"].agg(set).to_dict()
    assert {key: held.get(key) for key in QUOTED} == QUOTED
    cited = table.set_index(["indicator_id", "area_id", "period", "kind"])[["document", "where"]]
    assert cited.loc[list(QUOTED)].ne("").all(axis=None)


SWAP = "South West Audit Partnership, review of ASCOF 1C in Somerset, 2014"
ARTICLE = "Community Care, 18 August 2016"


@pytest.mark.parametrize(
    ("value", "documents"),
    [
        (7, {ARTICLE}),
        (33, {ARTICLE}),
        (12, {ARTICLE}),
        (31.5, {SWAP}),
        (19.1, {SWAP}),
        (11_000, {SWAP}),
        (73, {SWAP}),
        (3_000, {SWAP, ARTICLE}),
    ],
)
def test_each_figure_of_somerset_names_the_document_that_prints_it(value, documents):
    table = bench.quoted()
    rows = table[(table["area_id"] == "somerset") & (table["indicator_id"] == P)]
    assert set(rows[rows["value"] == value]["document"]) == documents


def test_each_names_its_document_and_none_is_in_the_table():
    table = bench.quoted()
    assert tuple(table.columns) == quoted.COLUMNS
    assert table["maturity"].eq("quoted").all()
    older = table[table["value"].eq(13) & table["upper"].eq(59)]
    assert older["subject"].item().startswith("Older people")
    figures = observations.load()
    assert not figures["indicator_id"].isin([N, P]).any()
    assert "quoted" not in set(figures["maturity"])


GOOD = "ni_130,somerset,2010-11,published_elsewhere,4,,per_cent,,A paper,§2,quoted,"
HEADER = ",".join(quoted.COLUMNS)


@pytest.mark.parametrize(
    ("why", "line", "message"),
    [
        ("no such indicator", GOOD.replace("ni_130", "ni_131"), "no indicator 'ni_131'"),
        ("no such area", GOOD.replace("somerset", "wessex"), "no area 'wessex'"),
        ("no such kind", GOOD.replace("published_elsewhere", "rumour"), "found the kind 'rumour', expected one of published_elsewhere"),
        ("no such unit", GOOD.replace("per_cent", "furlong"), "found the unit 'furlong'"),
        ("another maturity", GOOD.replace(",quoted,", ",final,"), "found the maturity 'final', expected quoted"),
        ("no document", GOOD.replace("A paper", ""), "no document is named"),
        ("no section", GOOD.replace("§2", ""), "no place in the document is named"),
        ("no number", GOOD.replace(",4,", ",few,"), "found the value 'few', expected a number"),
        ("a range upside down", GOOD.replace(",4,,", ",4,2,"), "found the upper end '2'"),
        ("no year", GOOD.replace("2010-11", "2010"), "'2010' is not a financial year"),
        ("a year without the indicator", GOOD.replace("2010-11", "2014-15"), "ni_130 was not published for 2014-15"),
        ("a count that does not say of what", GOOD.replace("per_cent", "count"), "found the unit 'count' without a subject, expected per_cent"),
        ("a council that did not exist", GOOD.replace("somerset", "dorset"), "dorset did not exist in 2010-11"),
        ("the same twice", GOOD, "the same figure stands in line 2"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_sound_is_named(root, tmp_path, why, line, message):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "reference").symlink_to(root / "data" / "reference")
    (tmp_path / "data" / "quoted.csv").write_text("\n".join([HEADER, GOOD, line, ""]))
    with pytest.raises(RegisterError) as refused:
        quoted.load(root=tmp_path)
    assert f"data/quoted.csv: line 3: {message}" in str(refused.value), why


def test_all_faults_are_told_at_once(root, tmp_path):
    (tmp_path / "data").mkdir()
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    bad = "x,y,z,k,v,,u,,,,m,"
    (tmp_path / "data" / "quoted.csv").write_text("\n".join([HEADER, bad, bad, ""]))
    with pytest.raises(RegisterError) as refused:
        quoted.load(root=tmp_path)
    for words in ("line 2: no indicator", "line 3: no indicator", "no area", "no document"):
        assert words in str(refused.value)
