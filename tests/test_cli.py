"""The command line says what it takes: values in the help, names in the messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import bench
from bench import catalog
from bench.cli import app
from bench.errors import BenchError, ParameterError, UnknownNameError
from bench.judge.rag import Average, Multiplicity, RuleName
from bench.present.theme import PALETTES
from bench.publish import html, plan
from bench.published import sources

PEERS = ("cipfa", "open", "region", "type", "england")
VALUES = {
    "--rule": tuple(RuleName),
    "--average": tuple(Average),
    "--multiplicity": tuple(Multiplicity),
    "--palette": tuple(PALETTES),
    "--peers": PEERS,
    "--format": ("text", "json", "csv"),
}
OPTIONS = [
    ("table", "--rule"),
    ("table", "--multiplicity"),
    ("table", "--peers"),
    ("table", "--format"),
    ("report", "--rule"),
    ("report", "--average"),
    ("report", "--multiplicity"),
    ("report", "--palette"),
    ("report", "--peers"),
    ("quality", "--palette"),
]


def help_of(command: str) -> str:
    """The help of a command, on lines that are long enough for all."""
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "400", "TERM": "dumb"})
    assert shown.exit_code == 0
    assert "{" not in shown.output
    return shown.output


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_the_help_of_an_option_names_its_values(command: str, option: str) -> None:
    line = next(line for line in help_of(command).splitlines() if option in line)
    assert [value for value in VALUES[option] if value not in line] == []


def test_help_is_there_where_the_project_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise BenchError("no project here")

    monkeypatch.setattr(sources, "reference", broken)
    assert "bench list peers" in help_of("table")


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("council", "`bench list councils`"),
        ("indicator", "`bench list indicators`"),
        ("year", "`bench list years`"),
        ("peer model", "`bench list peers`"),
        ("site", "`bench list sites`"),
        ("release", "data/sources.yaml"),
        ("layout", "data/reference/layouts.yaml"),
    ],
)
def test_a_message_with_too_many_names_says_the_whole_command(kind: str, where: str) -> None:
    told = str(UnknownNameError(kind, "qqq", [f"name {number}" for number in range(20)]))
    assert told.endswith(f"one of 20, name 0 to name 19; see {where}.")
    command = where.strip("`").split()
    if command[0] == "bench":
        assert list(catalog.lines(command[-1]))


@pytest.mark.parametrize(
    ("what", "year", "says"),
    [
        ("councils", "1950-51", "earliest year is 2008-09"),
        ("councils", "2031-32", "latest year is 2024-25"),
        ("indicators", "1950-51", "earliest year is 2008-09"),
        ("indicators", "2031-32", "latest year is 2024-25"),
        ("areas", "2014-15", "the list of areas is that of every year"),
        ("sites", "2014-15", "the list of sites is that of every year"),
    ],
)
def test_nothing_is_listed_of_a_year_of_which_nothing_is_known(
    what: str, year: str, says: str
) -> None:
    with pytest.raises((UnknownNameError, ParameterError), match=says):
        list(catalog.lines(what, year))


def test_years_before_the_framework_have_the_indicators_of_before() -> None:
    codes = {line[:12].strip() for line in catalog.lines("indicators", "2009-10")}
    assert "NI 130 rate" in codes
    assert len(list(catalog.lines("councils", "2009-10"))) > 140


def test_a_site_that_is_not_there_gets_the_sites_that_are(root: Path) -> None:
    with pytest.raises(UnknownNameError) as told:
        plan.plan(Path("nosuch"))
    sites = sorted(path.stem for path in (root / "params" / "sites").glob("*.yaml"))
    assert len(sites) > 3
    assert [name for name in sites if name not in str(told.value)] == []
    with pytest.raises(UnknownNameError, match="did you mean somerset-story"):
        plan.plan(Path("somerset-stori"))


@pytest.mark.parametrize(
    ("council", "year", "further"),
    [
        ("Kent", "2024-25", []),
        ("Barnet", "2018-19", ["--rule", "tolerance"]),
        ("City of London", "2017-18", []),
        ("Somerset", "2014-15", ["--peers", "region", "--multiplicity", "page"]),
    ],
)
def test_a_table_as_csv_is_the_file_of_the_page(
    council: str, year: str, further: list[str]
) -> None:
    command = ["table", council, "--year", year, *further, "--format", "csv"]
    shown = CliRunner().invoke(app, command)
    choices = {
        option.removeprefix("--"): value
        for option, value in zip(further[::2], further[1::2], strict=True)
    }
    page = bench.briefing(council, year, **choices).downloads().html()
    _, files = html.downloads_beside(str(page))
    first = next(name for name in files if name.endswith(".csv"))
    assert shown.stdout_bytes == files[first]
    assert shown.stdout_bytes.count(b"\r\n") > 20


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_a_table_is_as_wide_as_columns_says_and_wide_is_all_of_it(columns: str) -> None:
    shown = CliRunner().invoke(app, ["table", "Kent"], env={"COLUMNS": columns})
    whole = CliRunner().invoke(app, ["table", "Kent", "--wide"], env={"COLUMNS": columns})
    assert max(map(len, shown.stdout.splitlines())) in range(int(columns) - 8, int(columns) + 1)
    assert whole.stdout == bench.briefing("Kent").text() + "\n"
