"""Phrases that say nothing, claim too much or read like a slip: nowhere in what a reader sees.

They are looked for in the templates, the words and messages of the code, the notebooks, the help of
every command, and a rendered page of each kind.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bench import cli
from bench.errors import UnknownNameError
from bench.pages.choices import choose_year
from present.reading import without_style

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What stood there once -> what is said instead.
KEPT_OUT = {
    r"likely mend": "Try:",
    r"nobody can say how many of (them|these) are chance": "(nothing)",
    r"chance alone would hardly": "beyond the usual ups and downs of this measure",
    r"\bhardly did\b": "stayed at 641",
    r"\bleans\b|\bdepends on choices\b|\bfirm verdict": "hinges on ...",
    r"judged by the usual gap between councils:": "judged by size alone",
    r"would be AMBER judged by": "(the appendix alone)",
    r"unusable data": "no usable data",
    r"\ball \d+ reporting\b": "(once above the table)",
    r"\bnone shown\b": "(once above the table)",
    r"no judgement applies\W+0\b|not compared\W+0\b": "(no row)",
    r"mend the entries": "correct the entries named above",
    r"suppressed, printed \[c\]": "no usable data",
    r"from ([\d,.]+) to \1\b(?! (?:in|people))": "stayed at 641",
    r"\bcould be \d+\b(?![.\d%,]| to\b)": "148",
}
# How a copy of a file was come by: on the page of sources alone.
COPY_USED = r"copy used"
NOTEBOOKS = (
    "area_brief", "area_report", "audit_pack", "changes", "council_brief", "council_report", "explorer", "group_report",
    "indicator_report", "kpi_integrity", "method", "peer_report", "sources_and_quality", "story", "surveillance",
)  # fmt: skip


def slips(text: str) -> list[str]:
    """The phrases of a text that are kept out, with what is said instead."""
    flat = re.sub(r"\s+", " ", text)
    return [
        f"{seen[0]!r}: rather {rather}"
        for phrase, rather in KEPT_OUT.items()
        for seen in re.finditer(phrase, flat, flags=re.IGNORECASE)
    ]


def strings(source: str) -> Iterator[str]:
    """The words of a module that may reach a reader: its strings, without documentation."""
    tree = ast.parse(source)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documented
        ):
            yield node.value


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Likely mend: look.", True),
        ("Mend the entries\nnamed above.", True),
        ("It went from 641 to 641.", True),
        ("It went from 641 to 642.", False),
        ("148 of 150 could be 148", True),
        ("36 of 150 could be 8 to 92", False),
        ("all 15 reporting", True),
        ("14 of 15 reporting", False),
        ("Not compared: 0", True),
        ("Not compared 10", False),
    ],
)
def test_what_is_looked_for(text: str, seen: bool) -> None:
    assert bool(slips(text)) is seen


def test_no_template_and_no_word_of_the_code_has_them(root: Path) -> None:
    package = root / "src" / "bench"
    found = {
        str(path.relative_to(root)): seen
        for path in sorted(package.rglob("*"))
        if path.suffix in {".j2", ".yaml"} and (seen := slips(path.read_text(encoding="utf-8")))
    }
    for path in sorted(package.rglob("*.py")):
        if seen := [slip for text in strings(path.read_text("utf-8")) for slip in slips(text)]:
            found[str(path.relative_to(root))] = seen
    assert found == {}


@pytest.mark.parametrize(
    ("pattern", "fewest"),
    [("*.md", 2), ("data/README.md", 1), ("data/reference/**/*.yaml", 7), ("params/**/*.yaml", 10),
     ("reports/README.md", 1)],
)  # fmt: skip
def test_no_document_and_no_register_has_them(root: Path, pattern: str, fewest: int) -> None:
    paths = [path for path in sorted(root.glob(pattern)) if path.name != "CHANGELOG.md"]
    assert len(paths) >= fewest
    seen = {path.name: slips(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: phrases for name, phrases in seen.items() if phrases} == {}


def test_no_notebook_has_them_and_each_is_rendered_below(root: Path) -> None:
    found = sorted((root / "notebooks").glob("*.ipynb"))
    assert [path.stem for path in found] == sorted(NOTEBOOKS)
    for path in found:
        assert slips(path.read_text(encoding="utf-8")) == [], path.name


def test_no_command_has_them_in_its_help() -> None:
    commands = getattr(get_command(cli.app), "commands")  # noqa: B009 - of a group alone
    for words in ([], *([name] for name in commands)):
        shown = CliRunner().invoke(cli.app, [*words, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0, words
        assert slips(shown.output) == [], words


@pytest.mark.parametrize(
    ("year", "advice"),
    [
        ("2030-31", "the latest year is 2024-25"),
        ("1999-00", "the earliest year is 2014-15"),
    ],
)
def test_a_year_out_of_reach_is_told_the_nearest_end(year: str, advice: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        choose_year(year)
    assert advice in str(caught.value)
    assert "did you mean" not in str(caught.value)


def rendered(path: Path) -> str:
    """All that the cells of a notebook show, with their parameters as they stand there."""
    names: dict[str, Any] = {}
    shown = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            shown.append(source)
            continue
        *before, last = ast.parse(source).body
        exec(compile(ast.Module(before, []), path.name, "exec"), names)  # noqa: S102 - our own
        if isinstance(last, ast.Expr):
            shown.append(str(eval(compile(ast.Expression(last.value), path.name, "eval"), names)))  # noqa: S307
        else:
            exec(compile(ast.Module([last], []), path.name, "exec"), names)  # noqa: S102
    return "\n".join(shown)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in ("council_report", "method") else pytest.mark.slow)
        for name in NOTEBOOKS
    ],
)
def test_no_page_has_them(root: Path, name: str) -> None:
    html = rendered(root / "notebooks" / f"{name}.ipynb")
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", without_style(html), flags=re.DOTALL)
    assert len(words) > 500 or name == "explorer"
    assert slips(words) == []
    assert bool(re.search(COPY_USED, words, re.IGNORECASE)) is (name == "sources_and_quality")
