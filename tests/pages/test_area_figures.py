"""`bench table --area`: reckoned figures with their mark, and what does not go with them."""

import json
import re

import pytest
from typer.testing import CliRunner

from bench.cli import app
from bench.errors import BenchError, ParameterError, UnknownNameError
from bench.pages.area.figures import area_figures

MARK = "reckoned from Cumberland and Westmorland and Furness"


def run(*words):
    return CliRunner().invoke(app, words, catch_exceptions=True)


@pytest.fixture(scope="module")
def cumbria():
    return area_figures("former cumbria", "2024-25")


def test_each_figure_has_its_councils_and_england_beside_it(cumbria):
    text = " ".join(cumbria.text().split())
    assert f"Former Cumbria, 2024-25, {MARK}." in text
    assert "No figure of the area is published for the year" in text
    # 426 and 429 admissions of 67,351 and 61,145 people
    assert (
        "665.4 per 100,000 (95% range 621.5 to 711.5), reckoned from Cumberland (632.5) and "
        "Westmorland and Furness (701.6): counts summed. England 592.5: unclear."
    ) in text
    assert "Not known: the figure of Cumberland is suppressed." in text
    figures = [row.sentence() for row in cumbria.rows if row.reckoned.value is not None]
    assert len(figures) > 12
    assert all("reckoned from Cumberland (" in sentence for sentence in figures)
    assert "England 24.5%: RED worse." in text
    assert "England 82.4%. Not compared: Nearly everyone with long-term" in text


@pytest.mark.parametrize("width", [60, 80])
def test_lines_are_fitted(cumbria, width):
    assert max(map(len, cumbria.text(width=width).splitlines())) <= width


def test_a_caution_of_the_publisher_goes_with_the_figure():
    figures = area_figures("whole_dorset", "2024-25")
    caution = "Bournemouth, Christchurch and Poole has no usable data for this measure in 2024-25."
    assert caution in figures.text()
    assert "Not known: the publisher has no usable data of Bournemouth," in figures.text()


def test_json_marks_every_record_and_holds_what_each_is_reckoned_from():
    answer = run("table", "--area", "Former Cumbria", "--year", "2024-25", "--format", "json")
    records = json.loads(answer.stdout)
    assert {record["mark"] for record in records} == {MARK}
    by_id = {record["indicator"]: record for record in records}
    direct = by_id["direct_payments"]
    parts = direct["reckoned_from"]
    assert [part["ons_code"] for part in parts] == ["E06000063", "E06000064"]
    people = sum(part["denominator"] for part in parts)
    counted = sum(part["numerator"] for part in parts)
    assert direct["reckoned_value"] == pytest.approx(100 * counted / people, abs=0.05)
    assert direct["reckoned_lower"] < direct["reckoned_value"] < direct["reckoned_upper"]
    assert "value" not in direct
    hidden = by_id["home_after_reablement"]
    assert hidden["reckoned_value"] is hidden["reckoned_lower"] is None
    assert "suppressed" in hidden["reason"]


REFUSED = [
    (("Leeds", "--area", "Former Cumbria"), ParameterError, "a council (Leeds)"),
    (("--area", "Former Cumbria", "--peers", "cipfa"), ParameterError, "--peers cipfa"),
    (("--area", "Former Cumbria", "--rule", "best"), UnknownNameError, "interval"),
    (("--area", "Former Cumbria", "--format", "csv"), ParameterError, "--format csv"),
    (("--area", "Former Cumbria", "--year", "2018-19"), ParameterError, "2023-24 and later"),
    (("--area", "Former Cumbria", "--year", "2030-31"), UnknownNameError, "2024-25"),
    (("--area", "Cumbria"), UnknownNameError, "Former Cumbria"),
    (("--area", ""), UnknownNameError, "Former Cumbria"),
]


@pytest.mark.parametrize(("words", "kind", "said"), REFUSED)
def test_what_does_not_go_with_an_area_is_refused(words, kind, said):
    answer = run("table", *words)
    assert answer.exit_code
    assert isinstance(answer.exception, BenchError)
    assert isinstance(answer.exception, kind)
    assert said in str(answer.exception)


def test_areas_are_listed():
    lines = run("list", "areas").stdout.splitlines()
    assert any(line.startswith("former_cumbria ") for line in lines)
    assert sum(line.startswith("whole_dorset ") for line in lines) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Leeds",), "a council (Leeds)"),
        (("--peers", "cipfa"), "--peers cipfa"),
        (("--average", "median"), "--average median"),
        (("--multiplicity", "page"), "--multiplicity page"),
        (("--docx",), "--docx"),
        (("--params", "mine.yaml"), "--params mine.yaml"),
    ],
)
def test_a_report_of_an_area_takes_nothing_that_only_a_council_has(words, said):
    answer = run("report", "--area", "Former Cumbria", *words)
    assert isinstance(answer.exception, ParameterError)
    assert said in str(answer.exception)


def test_nothing_that_averages_or_exports_knows_of_reckoned_figures(root):
    """But for peers that are asked for by name; see tests/judge/test_reckoned_peers.py."""
    package = root / "src" / "bench"
    callers = {
        name: {
            path.relative_to(package).as_posix()
            for path in package.rglob("*.py")
            if re.search(rf"(?<!\.)\b{name}\(", path.read_text(encoding="utf-8"))
        }
        for name in ("pooled", "with_reckoned", "area_figures")
    }
    assert callers == {
        "pooled": {"judge/pooled_figure.py", "judge/statistics.py", "pages/area/figures.py"},
        "with_reckoned": {"judge/pooled_figure.py", "judge/year_table.py", "judge/trend.py"},
        "area_figures": {
            *("pages/area/figures.py", "pages/area/report.py"),
            *("cli.py", "publish/page.py"),
        },
    }
