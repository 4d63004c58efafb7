"""A publisher's release over what is held, what it would change, and an added table out again."""

import functools
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import bench
from bench.cli import app
from bench.errors import BuildError, ParameterError, SourceError, UnknownNameError
from bench.integrity.checks.incoming import incoming
from bench.pages import store
from bench.pages.adding import command
from bench.project import checksums
from bench.project.files import with_entry, without_entry
from bench.project.transaction import accept
from bench.published import build, observations, sources

from .shapes import xlsx
from .test_build import csv_of, write_manifest

COUNCILS = {
    "Leeds": ("212", "E08000035"),
    "Barnet": ("717", "E09000003"),
    "Wirral": ("319", "E08000015"),
    "Cumberland": ("", "E06000063"),
}


def line(council, code, value, measure="Outcome"):
    cassr, ons = COUNCILS[council]
    return f"{cassr},{council},Council,{ons},{code},Total,{measure},{value},{code},Title"


FIRST = csv_of(
    line("Leeds", "1B", 70.0), line("Barnet", "1B", 71.0), line("Wirral", "1B", 72.0),
    line("Leeds", "4A", 60.0), line("Barnet", "4A", 61.0),
)  # fmt: skip
AGAIN = csv_of(
    line("Leeds", "1B", 75.5), line("Barnet", "1B", 71.0), line("Wirral", "1B", "c"),
    line("Wirral", "4A", 62.0), line("Leeds", "3A", 50.0),
)  # fmt: skip
MINE = b"Council,4A 2016-17\nLeeds,66\nBarnet,67\nWirral,68\n"
NEXT_YEAR = b"Council,4A 2025-26\nLeeds,66\nBarnet,67\nWirral,68\n"


@pytest.fixture
def project(root, tmp_path, monkeypatch, forget):
    """A project with one release of 2018-19 built, whose file is elsewhere."""
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "data/reference/corrections.yaml").write_text("corrections: []")
    (tmp_path / "data/reference/known_findings.yaml").write_text("known_findings: []")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "figures.csv").write_bytes(FIRST)
    write_manifest(tmp_path, FIRST)
    build.build(tmp_path / "kept", root=tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ascof-2018-19-again.csv").write_bytes(AGAIN)
    (tmp_path / "mine.csv").write_bytes(MINE)
    (tmp_path / "next.csv").write_bytes(NEXT_YEAR)
    return tmp_path


@pytest.fixture
def whole(root, tmp_path, monkeypatch, forget):
    """A copy of the project with all its data."""
    shutil.copytree(root / "data", tmp_path / "data", ignore=shutil.ignore_patterns("own"))
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "next.csv").write_bytes(NEXT_YEAR)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments, given=None):
    return CliRunner().invoke(app, [*map(str, arguments)], input=given)


@pytest.fixture
def no_findings(monkeypatch):
    """Where files are all that matters: the rules are not asked what a table would bring."""
    monkeypatch.setattr(command, "newly_found", lambda *figures, registers: ())


def release(*more, file="ascof-2018-19-again.csv", name="test_again", published="2020-09"):
    return run("add", file, "--release", name, "--published", published, "--yes", *more)


def files(project):
    data = project / "data"
    there = (path for path in data.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(data)): path.read_bytes() for path in there}


def value(area_id, indicator_id="control_over_daily_life", period="2018-19"):
    table = observations.load(breakdown="all")
    rows = table[
        (table["area_id"] == area_id)
        & (table["indicator_id"] == indicator_id)
        & (table["period"] == period)
    ]
    return rows["value"].item(), rows["release_id"].item()


# --- a release over what is held ------------------------------------------------------------------


@pytest.mark.usefixtures("no_findings")
def test_a_release_comes_in_without_the_files_of_the_others(project):
    before = files(project)
    done = release("--title", "Again", "--publisher", "NHS", "--licence", "OGL", "--provenance", "a copy", "--landing-page", "https://example.org")  # fmt: skip
    assert done.exit_code == 0, done.output
    entry = sources.manifest()["test_again"]
    assert (entry.title, entry.publisher, entry.licence) == ("Again", "NHS", "OGL")
    assert (entry.provenance, entry.landing_page) == ("a copy", "https://example.org")
    assert (entry.published, entry.framework_year) == ("2020-09", "2018-19")
    assert (entry.layout, entry.added) == ("ascof_csv_2016", "copied")
    assert entry.sha256 == checksums.digest(AGAIN)
    after = files(project)
    assert after.keys() - before.keys() == {
        "published/test_again.parquet",
        "raw/ascof-2018-19-again.csv",  # as it was published
    }
    assert {name for name in before if after[name] != before[name]} == {
        "CHECKSUMS",
        "sources.yaml",
    }
    assert value("leeds") == (75.5, "test_again")
    assert value("leeds", "feeling_safe") == (60.0, "test_release")
    earlier = observations.superseded(observations.history())
    assert earlier[["area_id", "value"]].to_numpy().tolist() == [["leeds", 70.0]]


def test_what_it_would_change_is_said_before_it_is_agreed_to(project):
    before = files(project)
    done = run("add", "ascof-2018-19-again.csv", "--release", "test_again", given="A\nB\n2020-09\nn\n")  # fmt: skip
    assert done.exit_code == 1
    assert files(project) == before
    for words in (
        "In short      3 councils, 3 indicators, 1 new code; 0 figures moved by more than any",
        "In force      of 4 figures 2 are new, 1 stand as they are, 1 are revised (1 of councils)",
        "New codes     3A",
        "Stay          1 figure in force for which it prints no number",
        "Nothing was written.",
    ):
        assert words in done.output, done.output
    assert "all    70       75.5" in done.output


@pytest.mark.usefixtures("no_findings")
def test_a_build_of_every_file_gives_what_was_left(project):
    assert release().exit_code == 0
    assert run("add", "mine.csv", "--yes").exit_code == 0
    before = files(project)
    # The publisher's files lie in a folder of their own, what was added in data/raw.
    build.build(project / "kept", root=project)
    assert files(project) == before
    shutil.copy(project / "kept" / "figures.csv", project / "data" / "raw")
    build.build(project / "data" / "raw", root=project)
    assert {k: v for k, v in files(project).items() if k != "raw/figures.csv"} == before


@pytest.mark.usefixtures("no_findings")
def test_a_declared_or_proposed_layout_comes_in_as_well(project):
    rows = [["Council", "1B 2018-19"], ["Leeds", "77"], ["Barnet", "78"]]
    (project / "book.xlsx").write_bytes(xlsx("Sheet", rows))
    assert release(file="book.xlsx", name="test_book").exit_code == 0
    assert sources.manifest()["test_book"].layout == "test_book"
    assert value("leeds") == (77.0, "test_book")
    (project / "declared.csv").write_bytes(csv_of(line("Leeds", "1B", 79.0)))
    done = release("--as", "ascof_csv_2016", "--year", "2018-19", file="declared.csv", name="test_as", published="2021")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert value("leeds") == (79.0, "test_as")


@pytest.mark.usefixtures("no_findings")
def test_a_correction_of_the_release_holds_when_it_is_added(project):
    (project / "data/reference/corrections.yaml").write_text("""
corrections:
  - id: leeds_is_wrong
    release: test_again
    reason: a test
    reported: 'no'
    select: {areas: [leeds], periods: [2018-19], indicators: [control_over_daily_life]}
    expect: {rows: 1, value: 75.5}
    status: not_available
""")
    accept(project / "data")
    assert release().exit_code == 0
    # What the publisher printed wrongly is no figure, and the one before stays in force.
    assert value("leeds") == (70.0, "test_release")


@pytest.mark.parametrize(
    ("why", "arguments", "error", "message"),
    [
        ("a path", ["--release", "../x", "--published", "2020"], ParameterError, "found the release ID '../x', expected 3 to 60 small letters"),
        ("a folder", ["--release", "a/b", "--published", "2020"], ParameterError, "found the release ID 'a/b'"),
        ("capitals", ["--release", "ASCOF", "--published", "2020"], ParameterError, "found the release ID 'ASCOF'"),
        ("a year first", ["--release", "2018_ascof", "--published", "2020"], ParameterError, "beginning with a letter"),
        ("nothing", ["--release", "", "--published", "2020"], ParameterError, "found the release ID ''"),
        ("a taken ID", ["--release", "test_release", "--published", "2020"], ParameterError, "the release ID 'test_release' is taken by Test (Nobody, 2020-01-01)"),
        ("no date", ["--release", "test_again"], ParameterError, "found no date of publication"),
        ("a date that is none", ["--release", "test_again", "--published", "September"], ParameterError, "found the date of publication 'September'"),
        ("own figures", ["--release", "test_again", "--own"], ParameterError, "found --own beside an option of a publication"),
        ("both in and out", ["--remove", "test_release"], ParameterError, "found both a file to add and --remove test_release"),
        ("a layout that is none", ["--release", "test_again", "--published", "2020", "--as", "ascof_csv_2061"], UnknownNameError, "Unknown layout"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_release_is_refused(project, why, arguments, error, message):
    before = files(project)
    done = run("add", "ascof-2018-19-again.csv", "--yes", *arguments)
    assert isinstance(done.exception, error), (why, done.output, done.exception)
    assert message in str(done.exception)
    assert files(project) == before


@pytest.mark.usefixtures("no_findings")
def test_the_same_release_twice_is_refused(project):
    assert release().exit_code == 0
    before = files(project)
    for name, words in (
        ("test_again", "is taken by"),
        ("test_third", "is the release test_again (ascof-2018-19-again) already"),
    ):
        done = release(name=name)
        assert words in str(done.exception), done.output
    shutil.copy(project / "kept/figures.csv", project / "figures-2018-19.csv")
    done = release(file="figures-2018-19.csv", name="test_fourth")
    assert isinstance(done.exception, SourceError)
    assert "is the release test_release (Test) already" in str(done.exception)
    assert files(project) == before


# --- and out again --------------------------------------------------------------------------------

ADDS = {
    "a table": ["mine.csv", "--yes"],
    "a release in a known layout": ["ascof-2018-19-again.csv", "--yes", "--release", "test_again", "--published", "2020-09"],
    "a year that follows another": ["next.csv", "--yes", "--year-of-framework", "2024-25"],
}  # fmt: skip


def added():
    return [one.id for one in sources.manifest().releases if one.added]


@pytest.mark.parametrize("what", ADDS)
def test_a_table_that_is_taken_out_leaves_every_byte_as_it_was(project, what):
    before = files(project)
    done = run("add", *ADDS[what])
    assert done.exit_code == 0, done.output
    assert files(project) != before
    done = run("add", "--remove", *added(), "--yes")
    assert done.exit_code == 0, done.output
    assert files(project) == before
    assert (project / ADDS[what][0]).is_file(), "the file of its reader is not touched"


@pytest.mark.usefixtures("no_findings")
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
@pytest.mark.slow
def test_several_tables_are_taken_out_in_any_order(project, order):
    before = files(project)
    for arguments in ADDS.values():
        assert run("add", *arguments).exit_code == 0
    names = sorted(added())
    for number in order:
        assert run("add", "--remove", names[number], "--yes").exit_code == 0
    assert files(project) == before


@pytest.mark.usefixtures("no_findings")
@pytest.mark.parametrize("first", [0, 1])
def test_a_layout_stays_as_long_as_a_table_is_read_by_it(project, first):
    before = files(project)
    assert run("add", "mine.csv", "--yes").exit_code == 0
    (project / "later.csv").write_bytes(MINE.replace(b",66", b",64"))
    assert "(known)" in run("add", "later.csv", "--yes").output
    names = added()
    done = run("add", "--remove", names[first], "--yes")
    assert f"stays: {names[1 - first]} is read by it" in done.output
    assert len(observations.load()) == 8
    assert run("add", "--remove", names[1 - first], "--yes").exit_code == 0
    assert files(project) == before


@pytest.mark.usefixtures("no_findings")
def test_without_agreement_nothing_is_taken_out(project):
    assert run("add", "mine.csv", "--yes").exit_code == 0
    before = files(project)
    done = run("add", "--remove", *added(), given="n\n")
    assert done.exit_code == 1
    assert "goes" in done.output
    assert files(project) == before


@pytest.mark.parametrize(
    ("why", "arguments", "error", "message"),
    [
        ("the publisher's", ["--remove", "test_release"], ParameterError, "test_release (Test) is one of the project's own publications"),
        ("unknown", ["--remove", "test_relaese"], UnknownNameError, "Unknown release 'test_relaese'"),
        ("a path", ["--remove", "../sources"], UnknownNameError, "Unknown release '../sources'"),
        ("with a title", ["--remove", "test_release", "--title", "A"], ParameterError, "found --remove beside options of a file"),
        ("neither", [], ParameterError, "found neither a file to add nor a release to take out"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_out_is_refused(project, why, arguments, error, message):
    before = files(project)
    done = run("add", *arguments, "--yes")
    assert isinstance(done.exception, error), (why, done.output)
    assert message in str(done.exception)
    assert files(project) == before


@pytest.mark.usefixtures("no_findings")
@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("known_findings.yaml", "known_findings: [{rule: range, select: {releases: [test_again]}, explanation: a, source: b}]"),
        ("corrections.yaml", "corrections: [{id: x, release: test_again, reason: a, reported: b, select: {areas: [], indicators: [], periods: []}, expect: {rows: 0}, status: suppressed}]"),
    ],
)  # fmt: skip
def test_a_release_that_other_files_name_is_not_taken_out(project, file, entry):
    assert release().exit_code == 0
    (project / "data/reference" / file).write_text(entry)
    accept(project / "data")
    done = run("add", "--remove", "test_again", "--yes")
    assert file in str(done.exception)
    assert "test_again" in [one.id for one in sources.manifest().releases]


@pytest.mark.usefixtures("no_findings")
@pytest.mark.parametrize(
    ("why", "file", "change", "stays"),
    [
        ("the copy is as it was", "ascof-2018-19-again.csv", None, False),
        ("the copy was changed", "ascof-2018-19-again.csv", b"another", True),
        ("its reader had put it there", "data/raw/ascof-2018-19-again.csv", None, True),
    ],
)
def test_a_file_that_is_not_our_copy_stays(project, why, file, change, stays):
    raw = project / "data" / "raw" / "ascof-2018-19-again.csv"
    if file.startswith("data"):
        raw.parent.mkdir()
        raw.write_bytes(AGAIN)
    assert release(file=file).exit_code == 0
    if change:
        raw.write_bytes(change)
    done = run("add", "--remove", "test_again", "--yes")
    assert raw.is_file() == stays, why
    assert ("stays" in done.output) == stays


@pytest.mark.usefixtures("no_findings")
def test_a_file_of_that_name_in_data_raw_is_not_overwritten(project):
    raw = project / "data" / "raw"
    raw.mkdir()
    (raw / "ascof-2018-19-again.csv").write_bytes(b"something else")
    assert release().exit_code == 0
    assert (raw / "ascof-2018-19-again.csv").read_bytes() == b"something else"
    assert (raw / "test-again.csv").read_bytes() == AGAIN


@pytest.mark.usefixtures("no_findings")
@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("what", ["add", "remove"])
def test_a_disk_that_fails_changes_nothing(project, monkeypatch, what, step):
    arguments = ["mine.csv", "--yes"]
    if what == "remove":
        assert run("add", *arguments).exit_code == 0
        arguments = ["--remove", *added(), "--yes"]
    before = files(project)
    write, steps = Path.write_bytes, iter(range(1, 100))

    def failing(self, content):
        if next(steps) == step:
            raise OSError(28, "No space left on device", str(self))
        return write(self, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", failing)
        done = run("add", *arguments)
    assert isinstance(done.exception, SourceError), done.output
    assert "No space left on device" in str(done.exception)
    assert files(project) == before
    assert run("add", *arguments).exit_code == 0, "and then it goes through"


@pytest.mark.parametrize("ending", ["\n", "", "\n\n\n", "\n# the end\n"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["  ", "", "    "])
def test_entries_of_a_file_come_and_go_as_text(tmp_path, ending, line_end, indent):
    text = f"# first\nreleases:\n{indent}- id: one\n{indent}  title: '1'  # a remark{ending}"
    text = text.replace("\n", line_end)
    path = tmp_path / "sources.yaml"
    two = with_entry(path, text, "releases", [{"id": "two", "title": "a: 'b' \u2013 c"}])
    three = with_entry(path, two, "releases", [{"id": "three", "list": ["x"]}])
    assert [one["id"] for one in yaml.safe_load(three)["releases"]] == ["one", "two", "three"]
    assert without_entry(path, three, "releases", "three") == two
    assert without_entry(path, two, "releases", "two") == text
    assert (
        without_entry(path, without_entry(path, three, "releases", "two"), "releases", "three")
        == text
    )


# --- a year that the register does not know -------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "content", "arguments", "message"),
    [
        ("an unknown year", NEXT_YEAR, [], "no indicator of the register has the year 2025-26; the latest is 2024-25"),
        ("the year after", NEXT_YEAR.replace(b"2025-26", b"2026-27"), [], "has the year 2026-27"),
        ("a framework that is unknown too", NEXT_YEAR, ["--year-of-framework", "2026-27"], "Unknown year of a framework '2026-27'"),
        ("a framework without the indicator", b"Council,3B 2025-26\nLeeds,7.1\nBarnet,7.2\n", ["--year-of-framework", "2024-25"], "carers_consulted was not published for 2024-25"),
        ("no need", MINE, ["--year-of-framework", "2024-25"], "the register of indicators has every year of the file"),
        ("no year", MINE, ["--year-of-framework", "next"], "'next' is not a financial year"),
    ],
)  # fmt: skip
def test_a_year_that_no_indicator_has_is_refused(project, why, content, arguments, message):
    (project / "table.csv").write_bytes(content)
    before = files(project)
    done = run("add", "table.csv", "--yes", *arguments)
    assert message in str(done.exception), (why, done.output)
    assert files(project) == before


def test_a_year_that_follows_another_has_its_page_and_the_default_stays(whole, forget):
    assert run("add", *ADDS["a year that follows another"]).exit_code == 0
    forget()
    assert str(bench.briefing("Leeds").choice.year) == "2024-25"
    rows = {row["code"]: row for row in bench.briefing("Leeds", "2025-26").records()}
    assert rows["4A"]["value"] == 66.0
    assert (rows["4A"]["previous"], rows["4A"]["rank_of"]) == (73.8, 3)
    assert rows["1A"]["status"] == "not_available"
    assert len(rows) == len(bench.briefing("Leeds").records())
    assert "2025-26   1 indicators" in run("list", "years").output
    assert "is up to date" in run("dictionary", "--check").output
    assert run("add", "--remove", "feeling_safe_2025_26", "--yes").exit_code == 0
    forget()
    with pytest.raises(UnknownNameError, match=r"the latest year is 2024-25"):
        bench.briefing("Leeds", "2025-26")


def test_a_list_of_a_year_that_no_framework_has_says_the_latest():
    done = run("list", "indicators", "--year", "2030-31")
    assert isinstance(done.exception, UnknownNameError)
    assert done.exception.mend == "the latest year is 2024-25."


@pytest.mark.usefixtures("no_findings")
def test_a_second_table_of_that_year_follows_what_the_first_does(project, forget):
    assert run("add", *ADDS["a year that follows another"]).exit_code == 0
    (project / "more.csv").write_bytes(NEXT_YEAR.replace(b"4A", b"1A").replace(b",6", b",1"))
    done = run("add", "more.csv", "--yes", "--year-of-framework", "2023-24")
    assert "which follows 2024-25 in a table that was added before" in str(done.exception)
    assert run("add", "more.csv", "--yes").exit_code == 0
    assert run("add", "--remove", "feeling_safe_2025_26", "--yes").exit_code == 0
    forget()
    assert bench.briefing("Leeds", "2025-26").records()[0]["value"] == 16.0


def test_the_default_page_goes_on_beside_a_year_that_the_register_does_not_know(whole, forget):
    """A table that an earlier version took in, or a register that lost a year."""
    assert run("add", *ADDS["a year that follows another"]).exit_code == 0
    path = whole / "data" / "sources.yaml"
    path.write_text(path.read_text().replace("    follows:\n      2025-26: 2024-25\n", ""))
    accept(whole / "data")
    sources.forget()
    forget()
    assert sources.manifest().follows() == {}
    assert str(bench.briefing("Leeds").choice.year) == "2024-25"
    with pytest.raises(UnknownNameError, match=r"the latest year is 2024-25"):
        bench.briefing("Leeds", "2025-26")


def full_year(year, share_of_indicators, share_of_councils):
    registers = sources.reference()
    indicators = registers.indicators.in_year(year)
    councils = registers.councils.in_year(year)
    return [
        (one.indicator_id, council.area_id, str(year), 1.0)
        for one in indicators[: math.ceil(share_of_indicators * len(indicators))]
        for council in councils[: math.ceil(share_of_councils * len(councils))]
    ]


@pytest.mark.parametrize(
    ("why", "shares", "latest"),
    [
        ("all of it", {2023: (1, 1), 2024: (1, 1)}, "2024-25"),
        ("half of half", {2023: (1, 1), 2024: (0.5, 0.5)}, "2024-25"),
        ("few indicators", {2023: (1, 1), 2024: (0.4, 1)}, "2023-24"),
        ("few councils", {2023: (1, 1), 2024: (1, 0.4)}, "2023-24"),
        ("two years that are not full", {2022: (1, 1), 2023: (0.2, 1), 2024: (0.2, 1)}, "2022-23"),
        ("none is full", {2023: (0.1, 0.1), 2024: (0.1, 0.1)}, "2024-25"),
    ],
)
def test_the_latest_year_is_a_full_one(why, shares, latest, monkeypatch, forget):
    year = sources.FinancialYear
    rows = [row for start, share in shares.items() for row in full_year(year(start), *share)]
    table = pd.DataFrame(rows, columns=["indicator_id", "area_id", "period", "value"])
    with monkeypatch.context() as patch:
        patch.setattr(store, "figures", functools.cache(lambda: table))
        assert str(store.latest()) == latest, why


@pytest.mark.parametrize(
    ("year", "advice"),
    [
        ("2030-31", "the latest year is 2024-25."),
        ("2025-26", "the latest year is 2024-25."),
        ("1999-00", "the earliest year is 2014-15."),
    ],
)
def test_a_year_without_figures_is_told_the_nearest(year, advice):
    with pytest.raises(UnknownNameError, match=f"Unknown year '{year}'") as refused:
        bench.briefing("Leeds", year)
    assert refused.value.mend == advice


# --- what the rules find, and what is in force ----------------------------------------------------

# In the publisher's own layout: of a proposed one the same is refused before.
BEFORE_IT_WAS = csv_of(line("Cumberland", "3A", 66.0), line("Leeds", "3A", 67.0))


def test_a_new_error_is_refused_with_yes_and_recorded_where_it_is_accepted(project):
    (project / "early-2018-19.csv").write_bytes(BEFORE_IT_WAS)
    before = files(project)
    done = run("add", "early-2018-19.csv", "--yes")
    assert isinstance(done.exception, BuildError)
    assert "a figure of a council that did not exist that year" in str(done.exception)
    assert "satisfaction_with_services all cumberland 2018-19: found 66" in done.output
    assert files(project) == before
    done = run("add", "early-2018-19.csv", "--yes", "--accept-findings")
    assert done.exit_code == 0, done.output
    (accepted,) = [one.accepted_findings for one in sources.manifest().releases if one.added]
    assert accepted == ("ended: 1, a figure of a council that did not exist that year",)


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("y\n", 0)])
def test_at_the_terminal_an_error_is_asked_about(project, answer, code):
    (project / "early-2018-19.csv").write_bytes(BEFORE_IT_WAS)
    done = run("add", "early-2018-19.csv", given="A\nB\n2017\n" + answer)
    assert done.exit_code == code, done.output
    assert "Some of these findings are errors." in done.output
    assert bool(added()) == (code == 0)


def test_a_finding_that_was_there_before_is_not_shown_again(project):
    (project / "early-2018-19.csv").write_bytes(BEFORE_IT_WAS)
    assert run("add", "early-2018-19.csv", "--yes", "--accept-findings").exit_code == 0
    done = run("add", "mine.csv", "--yes")
    assert done.exit_code == 0, done.output
    assert "did not exist" not in done.output


@pytest.mark.parametrize(
    ("why", "published", "note"),
    [
        ("nobody said when", [], "a later publication, test_release (2020-01-01), prints the same 1 figure"),
        ("a day before", ["--published", "2019-12"], "prints the same 1 figure"),
        ("a day after", ["--published", "2020-01-02"], None),
    ],
)  # fmt: skip
def test_a_revision_that_is_not_in_force_is_told_so(project, why, published, note):
    (project / "revised.csv").write_bytes(b"Council,1B 2018-19\nLeeds,80\nEngland,79\n")
    done = run("add", "revised.csv", "--yes", *published)
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert ("to a day after" in text) is False
    if note is None:
        assert "later publication" not in text
        assert value("leeds")[0] == 80.0
    else:
        assert note in text
        assert (
            "of 2 figures 1 are new, 0 stand as they are, 0 are revised (0 of councils); 1 are not in force"
            in text
        )
        assert "--published DATE, with a day after 2020-01-01, would put these first" in text
        assert value("leeds")[0] == 70.0
    assert value("england")[0] == 79.0


def figures(*rows, name="new"):
    """Figures of a release: council, period, value; of one percentage."""
    columns = observations.COLUMNS
    made = [
        dict.fromkeys(columns, "")
        | {"release_id": name, "indicator_id": "feeling_safe", "breakdown": "all"}
        | {"area_id": area, "period": period, "value": number, "maturity": "final"}
        | dict.fromkeys(("numerator", "denominator", "respondents", "margin"), float("nan"))
        | {"status": "observed" if number == number else "suppressed"}
        for area, period, number in rows
    ]
    return pd.DataFrame(made, columns=columns)


@pytest.mark.parametrize(
    ("why", "rows", "expected"),
    [
        ("as far as any before", [("leeds", "2018-19", 70.0)], []),
        ("further", [("leeds", "2018-19", 70.1)], ["leeds"]),
        ("further down", [("leeds", "2018-19", 49.8)], ["leeds"]),
        ("two of three", [("leeds", "2018-19", 90.0), ("barnet", "2018-19", 20.0), ("wirral", "2018-19", 61.0)], ["barnet", "leeds"]),
        ("no figure", [("leeds", "2018-19", float("nan"))], []),
        ("no year before", [("bury", "2018-19", 99.0)], []),
    ],
)  # fmt: skip
def test_figures_that_moved_by_more_than_any_before_are_named(why, rows, expected):
    history = figures(
        ("leeds", "2016-17", 50.0), ("leeds", "2017-18", 60.0), ("barnet", "2016-17", 60.0),
        ("barnet", "2017-18", 55.0), ("wirral", "2017-18", 60.0), name="old",
    )  # fmt: skip
    made = figures(*rows)
    release_ = sources.manifest()["ascof_2018_19"].model_copy(update={"id": "new"})
    joined = observations.joined(history.astype(dict.fromkeys(observations.KEY, "category")), made, ["old"])  # fmt: skip
    history = observations.joined(observations.none(), history, [])
    found = incoming(history, joined, release_, sources.reference())
    assert sorted(found.moved["area_id"]) == expected, why
    assert found.observed == sum(row[2] == row[2] for row in rows)


@pytest.mark.usefixtures("no_findings")
def test_indicators_of_the_year_before_that_are_gone_are_named(project):
    (project / "next-2019-20.csv").write_bytes(csv_of(line("Leeds", "1B", 70.5)))
    done = run("add", "next-2019-20.csv", "--release", "test_next", "--published", "2020-12", "--as", "ascof_csv_2016", "--year", "2019-20", "--yes")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert (
        "Ended         with figures of 2018-19, none of 2019-20: 4A People who feel" in done.output
    )


# --- the recalculated figures of 2018-19 ----------------------------------------------------------

RECALCULATED = {
    "care_home_admissions_18_64", "care_home_admissions_65_over", "delayed_transfers",
    "delayed_transfers_social_care", "delayed_transfers_joint",
}  # fmt: skip


@pytest.mark.parametrize(
    ("area_id", "first", "now"),
    [("north_tyneside", 598.7, 740.9), ("england", 579.4, 577.6), ("derby", 575.5, 542.1)],
)
def test_the_recalculated_figures_are_in_force_and_the_first_are_their_history(area_id, first, now):
    table = bench.observations()
    row = table[
        (table["indicator_id"] == "care_home_admissions_65_over")
        & (table["area_id"] == area_id)
        & (table["period"] == "2018-19")
        & (table["breakdown"] == "all")
    ]
    assert row[["value", "maturity", "release_id"]].to_numpy().tolist() == [
        [now, "revised", "ascof_2018_19_revised"]
    ]
    found = bench.revisions()
    mine = found[
        (found["area_id"] == area_id)
        & (found["indicator_id"] == "care_home_admissions_65_over")
        & (found["later_release_id"] == "ascof_2018_19_revised")
    ]
    assert mine[["earlier", "later"]].to_numpy().tolist() == [[first, now]]


def test_the_recalculated_release_prints_five_measures_and_changes_65_figures():
    found = bench.revisions()
    found = found[found["later_release_id"] == "ascof_2018_19_revised"]
    councils = {council.area_id for council in sources.reference().councils}
    assert len(found) == 65
    assert found["area_id"].isin(councils).sum() == 49
    assert set(found["indicator_id"]) == RECALCULATED
    history = observations.history()
    new = history[history["release_id"] == "ascof_2018_19_revised"]
    assert (len(new), set(new["indicator_id"]), set(new["breakdown"])) == (835, RECALCULATED, {"all"})  # fmt: skip


@pytest.mark.parametrize("council", ["Leeds", "North Tyneside"])
def test_what_breaks_said_of_the_first_figures_is_said_of_the_recalculated(council):
    rows = {row["indicator"]: row for row in bench.briefing(council, "2018-19").records()}
    comparability = sources.reference().comparability
    year = sources.FinancialYear(2018)
    for name in RECALCULATED:
        area_id = sources.reference().councils.find(council).area_id
        cut = comparability.cut_between(name, area_id, year.shift(-1), year)
        assert cut is None
        assert rows[name]["previous"] is not None, "so the years are compared, as they were"


def test_north_tyneside_s_row_says_why_it_was_revised():
    rows = {row["code"]: row for row in bench.briefing("North Tyneside", "2018-19").records()}
    assert rows["2A(2)"]["value"] == 740.9
    assert rows["2A(2)"]["england"] == 577.6
    texts = " ".join(rows["2A(2)"]["flag_texts"])
    assert "it was first published as 598.7" in texts
    assert "North Somerset" in texts


@pytest.mark.corpus
def test_the_way_that_the_readme_prints_leads_to_what_is_held(raw, root, tmp_path, monkeypatch):
    """The release is taken out of a copy of the data and brought in again by its own command."""
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copytree(root / "params", tmp_path / "params")
    held_ = (root / "data/published/ascof_2018_19_revised.parquet").read_bytes()
    path = tmp_path / "data/sources.yaml"
    text = without_entry(path, path.read_text(), "releases", "ascof_2018_19_revised")
    path.write_text(text)
    path = tmp_path / "data/reference/layouts.yaml"
    path.write_text(without_entry(path, path.read_text(), "layouts", "ascof_2018_19_revised"))
    (tmp_path / "data/published/ascof_2018_19_revised.parquet").unlink()
    accept(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    sources.forget()
    file = sources.find(sources.manifest(root)["ascof_2018_19_revised"], raw)
    done = release(file=file, name="ascof_2018_19_revised")
    assert done.exit_code == 0, done.output
    assert "152 councils, 5 indicators, 0 new codes; 0 figures moved" in done.output
    assert "65 are revised (49 of councils)" in done.output
    assert (tmp_path / "data/published/ascof_2018_19_revised.parquet").read_bytes() == held_
    assert "goes        data/raw/" in command.removing("ascof_2018_19_revised")
