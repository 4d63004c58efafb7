"""The command line says what it takes: values in the help, names in the messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import catalog
from bench.cli import app
from bench.errors import BenchError, UnknownNameError
from bench.judge.rag import Average, Multiplicity, RuleName
from bench.present.theme import PALETTES
from bench.publish import plan
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


def test_a_site_that_is_not_there_gets_the_sites_that_are(root: Path) -> None:
    with pytest.raises(UnknownNameError) as told:
        plan.plan(Path("nosuch"))
    sites = sorted(path.stem for path in (root / "params" / "sites").glob("*.yaml"))
    assert len(sites) > 3
    assert [name for name in sites if name not in str(told.value)] == []
    with pytest.raises(UnknownNameError, match="did you mean somerset-story"):
        plan.plan(Path("somerset-stori"))
