"""`bench add`: a reader's own file, taken for what its content says.

The small tables are made by hand in the shapes of NI 130 and comparator reports; the figures of
England, the regions, Somerset and Manchester are real, as quoted in published documents.
"""

import shutil

import pytest
import yaml
from typer.testing import CliRunner

from bench import briefing
from bench.cli import app
from bench.errors import BenchError, LayoutError, ParameterError, SourceError, UnknownNameError
from bench.published import build, layouts, observations, sources
from bench.published.adding import detect, register
from bench.published.adding.overrides import Overrides
from bench.reference.periods import FinancialYear

from .shapes import by_hand, ods, xls, xlsx
from .test_build import LEEDS, csv_of, write_manifest

NI_130 = [
    ["NI 130 Social care clients receiving self-directed support, 2010-11", "", ""],
    ["", "", ""],
    ["Local authority", "Type", "NI 130 (%)"],
    ["England", "", "29.2"],
    ["South West", "", "18.3"],
    ["North West", "", "35.0"],
    ["Somerset", "Shire", "4"],
    ["Manchester", "Met", "71"],
]
QUOTED = {
    ("ni_130", "england", "2010-11"): 29.2,
    ("ni_130", "region:south_west", "2010-11"): 18.3,
    ("ni_130", "region:north_west", "2010-11"): 35.0,
    ("ni_130", "somerset", "2010-11"): 4.0,
    ("ni_130", "manchester", "2010-11"): 71.0,
}
COMPARATORS = [
    ["Comparator report 2012-13", "", "", "", ""],
    ["Indicator", "Somerset", "Comparator average", "England", "Rank"],
    ["1C part 1 Social care users with self-directed support (%)", "7", "52.1", "56.2", "152"],
]


def text(rows, delimiter=",", encoding="utf-8"):
    lines = [delimiter.join(f'"{c}"' if delimiter in c else c for c in row) for row in rows]
    return "\r\n".join([*lines, ""]).encode(encoding)


def changed(rows, old, new):
    return [[cell.replace(old, new) for cell in row] for row in rows]


@pytest.fixture(scope="module")
def known(request):
    from pathlib import Path

    return layouts.read(Path(__file__).parents[2] / "data" / "reference")


def understand(content, known, *maps, year=None, layout=None, file="own.dat"):
    return detect.recognise(
        content,
        file,
        layouts=known,
        registers=sources.reference(),
        overrides=Overrides(layout, FinancialYear.parse(year) if year else None, maps),
    )


def values(understood):
    if understood.refused:
        raise understood.refused
    rows = understood.figures[understood.figures["value"].notna()]
    return {
        (r["indicator_id"], r["area_id"], r["period"]): r["value"] for r in rows.to_dict("records")
    }


# --- tables in no known layout --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "content"),
    [
        ("CSV", text(NI_130)),
        ("CSV with a mark", text(NI_130, encoding="utf-8-sig")),
        ("CSV in cp1252", text(changed(NI_130, "Type", "Typ\xe9"), encoding="cp1252")),
        ("CSV in UTF-16", text(NI_130, encoding="utf-16")),
        ("CSV in UTF-16 without a mark", text(NI_130, encoding="utf-16-le")),
        ("TSV", text(NI_130, "\t")),
        ("TSV as spreadsheet programs write it", text(NI_130, "\t", "utf-16")),
        ("semicolons", text(NI_130, ";")),
        ("XLSX", xlsx("NI130", NI_130)),
        ("ODS", ods("NI130", NI_130)),
        ("XLS", xls("NI130", NI_130)),
        ("per cent signs", text([*NI_130[:3], *([a, b, c + "%"] for a, b, c in NI_130[3:])])),
        ("with a note beneath", text([*NI_130, ["Source: NHS Information Centre", "", ""]])),
        ("the year in the heading", text([["Council", "NI 130 2010-11"], *([a, c] for a, _, c in NI_130[3:])])),
        ("fractions", text(changed([*NI_130[:3], *([a, b, f"{float(c) / 100:.4g}"] for a, b, c in NI_130[3:])], "(%)", "proportion"))),
    ],
)  # fmt: skip
def test_ni_130_comes_in_whatever_it_is_kept_in(how, content, known):
    assert values(understand(content, known)) == QUOTED, how


def test_two_rows_of_headings_are_one_name():
    rows = [
        ["", "", "2009-10", "", "2010-11", ""],
        ["Council", "ONS code", "Numerator", "NI 130", "Numerator", "NI 130"],
        ["England", "", "", "13", "", "29.2"],
        ["Somerset", "E10000027", "610", "3.9", "640", "4"],
    ]
    made = understand(xlsx("NI 130", rows), layouts.LayoutFile(layouts={}))
    assert made.layout.header_rows == 2
    assert values(made) == {
        ("ni_130", "england", "2009-10"): 13.0,
        ("ni_130", "england", "2010-11"): 29.2,
        ("ni_130", "somerset", "2009-10"): 3.9,
        ("ni_130", "somerset", "2010-11"): 4.0,
    }
    somerset = made.figures.set_index(["area_id", "period"])["numerator"]
    assert somerset["somerset", "2010-11"] == 640


def test_a_comparator_report_comes_in_and_its_groups_are_left_out_by_declaration(known):
    made = understand(text(COMPARATORS), known)
    assert values(made) == {
        ("self_directed_support_1c_part_1", "somerset", "2012-13"): 7.0,
        ("self_directed_support_1c_part_1", "england", "2012-13"): 56.2,
    }
    assert made.layout.skip == ("Comparator average",)
    assert made.layout.unread == ("Rank",)


def test_one_row_per_figure_comes_in(known):
    rows = [
        ["Council", "Financial year", "Measure", "Outcome", "Numerator", "Denominator"],
        ["Somerset", "2012-13", "1C(1)", "7", "700", "10000"],
        ["Somerset", "2012/13", "1C part 2", "5.1", "", ""],
    ]
    assert values(understand(text(rows), known)) == {
        ("self_directed_support_1c_part_1", "somerset", "2012-13"): 7.0,
        ("direct_payments_1c_part_2", "somerset", "2012-13"): 5.1,
    }


def test_a_rate_per_100_000_is_an_indicator_of_its_own(known):
    rows = changed(NI_130, "(%)", "per 100,000 adults")
    found = values(understand(text(rows), known))
    assert {key[0] for key in found} == {"ni_130_per_100k"}


def test_a_spreadsheet_s_further_decimals_are_rounded_and_said(known):
    rows = changed(NI_130, "29.2", "29.1523")
    made = understand(xlsx("NI130", rows), known)
    assert values(made)["ni_130", "england", "2010-11"] == 29.2
    assert made.notes == (
        "1 figures have more decimals than are published and are rounded to these",
    )
    assert made.layout.rounded
    england = made.figures.set_index("area_id").loc["england"]
    assert england["marker"] == "29.1523"


@pytest.mark.parametrize(
    ("why", "content", "message"),
    [
        ("an unknown council", text(changed(NI_130, "Somerset", "Wessex")), "line 7: found the area 'Wessex' (no code), unknown"),
        ("an unknown first council", text(changed(NI_130, "England", "Wessex")), "line 4: found the area 'Wessex'"),
        ("a symbol of several meanings", text(changed(NI_130, "71", "-")), "line 8: found '-', expected a number"),
        ("the same council twice", text([*NI_130, ["Somerset", "", "5"]]), "line 9: a second value of somerset"),
        ("text for a number", text(changed(NI_130, "71", "=1+1")), "line 8: found '=1+1'"),
        ("too large a number", text(changed(NI_130, "71", "9" * 400)), "line 8: found inf, expected a finite number"),
        ("per cent that look like fractions", text([*NI_130[:3], *([a, b, f"{float(c) / 100:.4g}"] for a, b, c in NI_130[3:])]), "no value is above 1"),
        ("no year", text(changed(NI_130, ", 2010-11", "")), "does not say which year"),
        ("a year without the indicator", text(changed(NI_130, "2010-11", "2015-16")), "line 4: found the indicator 'ni_130', unknown in 2015-16"),
        ("a year in which no code is meant", text(changed(changed(NI_130, "2010-11", "2015-16"), "NI 130 (%)", "%")), "does not say which indicator"),
        ("no indicator", text(changed(changed(NI_130, "NI 130 ", ""), "Social care clients receiving self-directed support", "Table 1")), "does not say which indicator"),
        ("a number that no heading calls a value", text([["Council, 2010-11", "Code"], ["Leeds", "212"], ["Barnet", "717"]]), "found no column of values; 'Code' is a code"),
        ("no councils", text([["a", "b"], ["1", "2"]]), "neither a column nor a row of councils"),
        ("two columns that may be the value", text([["Council", "Value", "Outcome"], ["Leeds", "1", "2"]]), "several columns that may hold the value"),
        ("a web page", b"<html><table><tr><td>4</td></tr></table></html>", "found a web page"),
        ("nothing", b"", "the file is empty"),
        ("blank lines", b"\r\n,,\r\n", "no cell with anything in it"),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "found bytes that are no text"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_place(why, content, message, known):
    with pytest.raises(LayoutError) as refused:
        values(understand(content, known))
    assert message in str(refused.value), why
    assert "own.dat" in str(refused.value)


@pytest.mark.parametrize(
    ("why", "content", "maps", "year", "expected"),
    [
        ("the value", [["Council", "Value", "Outcome"], ["Leeds", "1", "2"]], [("value", "Outcome"), ("indicator", "NI 130")], "2010-11", {("ni_130", "leeds", "2010-11"): 2.0}),
        ("by letter", [["Council", "Value", "Outcome"], ["Leeds", "1", "2"]], [("value", "B"), ("indicator", "ni_130")], "2010-11", {("ni_130", "leeds", "2010-11"): 1.0}),
        ("a symbol", changed(NI_130, "71", "-"), [("symbol", "-=suppressed")], None, {k: v for k, v in QUOTED.items() if k[1] != "manchester"}),
        ("a row left out", changed(NI_130, "Manchester", "Wessex"), [("skip", "Wessex")], None, {k: v for k, v in QUOTED.items() if k[1] != "manchester"}),
        ("the unit", [*NI_130[:3], *([a, b, f"{float(c) / 100:.4g}"] for a, b, c in NI_130[3:])], [("unit", "fraction")], None, QUOTED),
    ],
)  # fmt: skip
def test_a_proposal_can_be_corrected(why, content, maps, year, expected, known):
    assert values(understand(text(content), known, *maps, year=year)) == expected, why


@pytest.mark.parametrize(
    ("maps", "layout", "error", "message"),
    [
        (
            [("colour", "A")],
            None,
            ParameterError,
            "found --map colour=..., expected one of council",
        ),
        ([("value", "Oucome")], None, ParameterError, "found no column 'Oucome'; its columns are"),
        ([("sheet", "Data")], None, ParameterError, "found no sheet 'Data'"),
        ([("header", "99")], None, ParameterError, "found header='99'"),
        ([("symbol", "-=secret")], None, ParameterError, "found symbol='-=secret'"),
        ([], "ascof_csv_2061", UnknownNameError, "did you mean ascof_csv_2016"),
    ],
)
def test_a_wish_that_nothing_fits_is_refused(maps, layout, error, message, known):
    with pytest.raises(error, match=message.replace("(", r"\(").replace("...", r"\.\.\.")):
        values(understand(text(NI_130), known, *maps, layout=layout))


# --- known layouts --------------------------------------------------------------------------------


def cassr_of():
    councils = sources.reference().councils
    names = ("Somerset", "Leeds", "Barnet")
    return {name: councils.find(name).spans[-1].cassr_code for name in names}


@pytest.mark.parametrize("name", ["csv_2014", "csv_2016", "workbook_2020", "time_series"])
def test_a_known_layout_is_told_by_its_content(name, known):
    shape = by_hand(cassr_of())[name]
    made = understand(shape.content(), known, year=shape.year, file="misleading.txt")
    assert made.known == shape.layout
    assert len(made.figures) >= 6


@pytest.mark.parametrize("name", ["csv_2016", "workbook_2020"])
def test_a_known_layout_in_another_container_is_read_alike(name, known):
    shape = by_hand(cassr_of())[name]
    first = values(understand(shape.content(), known, year=shape.year))
    rows = [["" if cell is None else str(cell) for cell in row] for row in shape.rows]
    for content in (
        xlsx("Sheet1", shape.rows),
        text(rows, encoding="utf-16"),
        text(rows, ";"),
        text(rows, "\t"),
    ):
        made = understand(content, known, year=shape.year)
        assert values(made) == first
        assert made.known is None, "another container is another layout"
        assert made.layout.kind == "long"


def test_the_year_of_a_known_layout_is_asked_for_where_nothing_says_it(known):
    content = csv_of(LEEDS.format("Outcome", "79.9"))
    with pytest.raises(LayoutError, match="does not say which year it is about"):
        understand(content, known)
    assert understand(content, known, file="ascof-2018-19.csv").year == FinancialYear(2018)


@pytest.mark.parametrize("write", [xlsx, ods])
def test_a_formula_without_its_result_is_no_empty_cell(write, known):
    with pytest.raises(LayoutError, match=r"NI130!C8: found '=1\+1 \(formula without a result\)'"):
        values(understand(write("NI130", changed(NI_130, "71", "=1+1")), known))


# --- the whole way --------------------------------------------------------------------------------


@pytest.fixture
def project(root, tmp_path, monkeypatch, forget):
    """A project with one release built, whose raw file is gone."""
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "data/reference/corrections.yaml").write_text("corrections: []")
    kept = tmp_path / "kept"
    kept.mkdir()
    content = csv_of(LEEDS.format("Outcome", "79.9"))
    (kept / "figures.csv").write_bytes(content)
    write_manifest(tmp_path, content)
    build.build(kept, root=tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, given=None):
    return CliRunner().invoke(app, [*map(str, arguments)], input=given)


def files(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in (folder / "data").rglob("*")
        if p.is_file()
    }


def test_an_agreed_file_becomes_a_release_and_nothing_else_changes(project):
    (project / "mine.xlsx").write_bytes(xlsx("NI130", NI_130))
    before = files(project)
    done = run("add", "mine.xlsx", "--yes", "--title", "NI 130", "--publisher", "NHS IC", "--published", "2012-03-28")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "5 figures" in done.output
    after = files(project)
    new = after.keys() - before.keys()
    assert new == {"data/published/ni_130_2010_11.parquet", "data/raw/ni-130-2010-11.xlsx"}
    altered = {name for name in before if after[name] != before[name]}
    assert altered == {"data/CHECKSUMS", "data/reference/layouts.yaml", "data/sources.yaml"}
    for name in altered - {"data/CHECKSUMS"}:
        assert after[name].startswith(before[name].rstrip()), "comments and entries are kept"
    release = sources.manifest(project)["ni_130_2010_11"]
    assert (release.title, release.publisher, release.published) == (
        "NI 130",
        "NHS IC",
        "2012-03-28",
    )
    figures = observations.load(root=project)
    assert len(figures) == 6
    somerset = figures[(figures["area_id"] == "somerset")].iloc[0]
    assert (somerset["indicator_id"], somerset["value"]) == ("ni_130", 4.0)


def test_a_later_build_with_every_raw_file_gives_the_same_bytes(project):
    (project / "mine.csv").write_bytes(text(NI_130))
    (project / "report.tsv").write_bytes(text(COMPARATORS, "\t", "utf-16"))
    assert run("add", "mine.csv", "--yes").exit_code == 0
    assert run("add", "report.tsv", "--yes").exit_code == 0
    published = project / "data" / "published"
    before = {p.name: p.read_bytes() for p in published.iterdir()}
    assert len(before) == 3
    shutil.copy(project / "kept" / "figures.csv", project / "data" / "raw")
    build.build(project / "data" / "raw", root=project)
    assert {p.name: p.read_bytes() for p in published.iterdir()} == before


def test_the_next_file_of_a_layout_that_was_added_is_known(project):
    (project / "first.csv").write_bytes(text(NI_130))
    assert run("add", "first.csv", "--yes").exit_code == 0
    later = text(changed(changed(NI_130, "2010-11", "2009-10"), "29.2", "13"))
    (project / "second.csv").write_bytes(later)
    done = run("add", "second.csv", "--yes")
    assert "ni_130_2010_11 (known)" in done.output, done.output
    assert sources.manifest(project)["ni_130_2009_10"].layout == "ni_130_2010_11"
    held = yaml.safe_load((project / "data/reference/layouts.yaml").read_text())["layouts"]
    assert [name for name in held if name.startswith("ni_130")] == ["ni_130_2010_11"]


def test_what_was_said_of_a_table_holds_for_the_next_one_with_its_headings(project):
    rows = [*NI_130, ["Leeds", "", "-"], ["Wessex", "", "9"]]
    (project / "first.csv").write_bytes(text(rows))
    said = ("--map", "symbol=-=suppressed", "--map", "skip=Wessex")
    assert run("add", "first.csv", "--yes", *said).exit_code == 0
    (project / "second.csv").write_bytes(text(changed(rows, "2010-11", "2009-10")))
    done = run("add", "second.csv", "--yes")
    assert "ni_130_2010_11 (known)" in done.output, done.output


def test_a_layout_that_was_added_hides_nothing_of_the_next_file(project):
    (project / "first.csv").write_bytes(text(NI_130))
    assert run("add", "first.csv", "--yes").exit_code == 0
    before = files(project)
    for old, new in (
        ("71", "7100"),
        ("Manchester", "Manchester Q1"),
        (", 2010-11", " Q1, 2009-10"),
    ):
        (project / "second.csv").write_bytes(text(changed(NI_130, old, new)))
        done = run("add", "second.csv", "--yes")
        assert isinstance(done.exception, LayoutError), (old, done.output)
        assert files(project) == before


STRANGE = [[*row, extra] for row, extra in zip(NI_130, ["", "", "Strand", *"abcde"], strict=True)]


@pytest.mark.parametrize(
    ("why", "options", "given", "taken"),
    [
        ("with --yes nobody can be asked", ["--yes"], "", False),
        ("yes to the question and to the end", [], "y\nTitle\nPublisher\n2012\ny\n", True),
        ("no to the question", [], "n\n", False),
        ("settled beforehand", ["--yes", "--map", "unread=Strand"], "", True),
    ],
)
def test_what_is_unknown_is_asked_about(project, why, options, given, taken):
    (project / "mine.csv").write_bytes(text(STRANGE))
    before = files(project)
    done = run("add", "mine.csv", *options, given=given)
    assert (done.exit_code == 0) is taken, done.output
    assert (files(project) != before) is taken, why
    if not taken:
        assert "--map unread=Strand" in str(done.exception)


@pytest.mark.parametrize(
    ("why", "options", "given", "taken"),
    [
        ("with --yes", ["--yes"], "", False),
        ("yes", [], "y\nTitle\nPublisher\n2012\ny\n", True),
        ("allowed", ["--yes", "--map", "allow=impossible"], "", True),
    ],
)
def test_an_impossible_figure_is_taken_only_by_who_says_so(project, why, options, given, taken):
    (project / "mine.csv").write_bytes(text(changed(NI_130, "71", "171")))
    done = run("add", "mine.csv", *options, given=given)
    assert (done.exit_code == 0) is taken, why
    assert "line 8: 171, but ni_130 can be 0 to 100" in done.output


def test_a_part_of_a_year_is_not_taken_by_agreeing(project):
    (project / "mine.csv").write_bytes(
        text(changed(NI_130, "support, 2010-11", "support, 2010-11 Q1"))
    )
    done = run("add", "mine.csv", given="y\n" * 5)
    assert isinstance(done.exception, LayoutError)
    assert "a part of a year ('Q1')" in str(done.exception)


@pytest.mark.parametrize(
    ("why", "given"),
    [("no", "n\n"), ("nobody to ask", ""), ("no after the titles", "A\nB\n2012\nn\n")],
)
def test_without_agreement_nothing_is_written(project, why, given):
    (project / "mine.csv").write_bytes(text(NI_130))
    before = files(project)
    done = run("add", "mine.csv", given=given)
    assert done.exit_code != 0
    assert "NI 130" in done.output, "it is shown all the same"
    assert files(project) == before, why


@pytest.mark.parametrize(
    ("why", "content", "error"),
    [
        ("an unknown council", text(changed(NI_130, "Somerset", "Wessex")), LayoutError),
        ("a release already", csv_of(LEEDS.format("Outcome", "79.9")), SourceError),
        ("a count below 0", text([["Council", "Numerator", "NI 130"], ["Leeds", "-5", "4"], ["Barnet", "5", "4"]]), BenchError),
    ],
)  # fmt: skip
def test_a_refused_file_leaves_the_data_untouched(project, why, content, error):
    (project / "mine.csv").write_bytes(content)
    before = files(project)
    done = run("add", "mine.csv", "--yes", "--year", "2018-19" if "release" in why else "2010-11")
    assert isinstance(done.exception, error), done.output
    assert files(project) == before
    if "Wessex" in str(done.exception):
        assert "Not matched   Wessex" in done.output


def test_a_page_of_a_year_that_was_added_works(project, forget):
    (project / "mine.csv").write_bytes(text(NI_130))
    (project / "report.csv").write_bytes(text(COMPARATORS))
    assert run("add", "mine.csv", "--yes").exit_code == 0
    assert run("add", "report.csv", "--yes").exit_code == 0
    forget()
    rows = {row["code"]: row for row in briefing("Somerset", "2012-13").records()}
    assert (rows["1C(1)"]["value"], rows["1C(1)"]["england"]) == (7.0, 56.2)
    rows = {row["code"]: row for row in briefing("Somerset", "2010-11").records()}
    assert (rows["NI 130"]["value"], rows["NI 130"]["england"]) == (4.0, 29.2)
    assert rows["1C(1)"]["status"] == "not_available"
    assert "NI 130 rate" not in rows


def test_a_file_that_is_not_there_is_said(project):
    done = run("add", "nothing.csv", "--yes")
    assert isinstance(done.exception, SourceError)
    assert "nothing.csv cannot be read" in str(done.exception)


def test_a_file_larger_than_any_table_is_not_opened(project, monkeypatch):
    monkeypatch.setattr(register, "LARGEST_FILE", 10)
    (project / "mine.csv").write_bytes(text(NI_130))
    with pytest.raises(SourceError, match="expected at most 10"):
        register.look(project / "mine.csv", Overrides())
