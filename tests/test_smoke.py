"""The shortest way through everything: what `make lowest` tries on the lowest versions allowed."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import bench


def run(*words: str) -> str:
    """What `bench WORDS` prints, run as its own process with the interpreter of this test."""
    command = [str(Path(sys.executable).with_name("bench")), *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_can_be_imported() -> None:
    names = [module.name for module in pkgutil.walk_packages(bench.__path__, "bench.")]
    assert len(names) > 100
    for name in names:
        importlib.import_module(name)


@pytest.mark.slow
def test_a_table_is_printed_in_each_form() -> None:
    assert "GREEN better" in run("table", "Somerset", "--year", "2014-15")
    records = json.loads(run("table", "Somerset", "--year", "2014-15", "--format", "json"))
    lines = run("table", "Somerset", "--year", "2014-15", "--format", "csv").splitlines()
    assert len(records) == len(lines) - 1 > 20


@pytest.mark.slow
def test_a_report_is_made_with_its_downloads_and_every_figure(tmp_path: Path) -> None:
    page = Path(run("report", "Leeds", "--year", "2018-19", "--out", str(tmp_path)).strip())
    text = page.read_text(encoding="utf-8")
    assert "Leeds" in text
    assert 'class="peer-table' in text
    assert text.count('class="chart-data"') > 3
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} >= {
        ".csv",
        ".xlsx",
        ".ods",
    }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["method", "sources_and_quality", "explorer", "indicator_report"])
def test_other_notebooks_run(kind: str, tmp_path: Path) -> None:
    import papermill

    done = papermill.execute_notebook(
        f"notebooks/{kind}.ipynb", str(tmp_path / "done.ipynb"), progress_bar=False
    )
    assert not [
        output
        for cell in done.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
