"""One page, from the command to the file; the notebook by its other doors."""

import csv
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.main import get_command

import bench
from bench import cli
from bench.errors import ExecutionError, ParameterError
from bench.pages.choices import NAMES, Choices
from bench.publish import notebook as batch
from bench.publish import page as report
from bench.publish.html import downloads_beside
from present.guidance import read_book

BENCH = Path(sys.executable).with_name("bench")


def run(*words, cwd=None):
    done = subprocess.run(
        [str(BENCH), *words], capture_output=True, text=True, cwd=cwd, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page in each form, made once."""
    folder = tmp_path_factory.mktemp("pages")
    linked = report.report(
        {"council": "Somerset", "year": "2014-15"}, report.PageOutput(out=folder)
    )
    alone = report.report(
        {"council": "Somerset", "year": "2014-15"},
        report.PageOutput(out=folder / "alone", single_file=True),
    )
    return linked, alone


@pytest.mark.slow
def test_the_page_has_its_assets_beside_it(pages):
    linked, alone = pages
    assert linked.name == "somerset.html"
    assert {p.name for p in (linked.parent / "assets").iterdir()} == {
        "page.css", "page.js", "plotly.min.js",
    }  # fmt: skip
    assert not (alone.parent / "assets").exists()


@pytest.mark.slow
def test_the_page_says_what_it_must(pages):
    text = pages[0].read_text(encoding="utf-8")
    assert text.count("<h1>") == 1
    for words in (
        "Somerset: adult social care beside its peers, 2014-15",
        "cannot be used to judge how effective a local authority is",
        "1C(1A)", "23.8%", "▼</span> <strong class=\"word\">RED</strong>",
        "Measures from the Adult Social Care Outcomes Framework, England, 2014-15",
        "Open Government Licence v3.0", "council = Somerset", "sha256",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.slow
def test_the_page_links_to_nothing_outside_but_for_reading(pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text
        assert '<link rel="stylesheet" href="http' not in text


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(pages, tmp_path):
    again = report.report(
        {"council": "Somerset", "year": "2014-15"}, report.PageOutput(out=tmp_path)
    )
    for path in pages[0].parent.iterdir():
        if path.is_file():
            assert (again.parent / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.slow
def test_the_downloads_stand_beside_the_page_and_it_leads_to_them(pages):
    linked, alone = pages
    names = {
        "somerset.csv",
        "somerset-peers.csv",
        "somerset-years.csv",
        "somerset.xlsx",
        "somerset.ods",
    }
    assert {path.name for path in linked.parent.iterdir() if path.is_file()} == {
        "somerset.html", *names,
    }  # fmt: skip
    text = linked.read_text(encoding="utf-8")
    assert set(re.findall(r'<a [^>]*download href="([^"]+)"', text)) == names
    assert "data:" not in text
    table = (linked.parent / "somerset.csv").read_text(encoding="utf-8-sig")
    rows = csv.DictReader(table.splitlines())
    assert [row["Against England"] for row in rows if row["Code"] == "1C(1A)"] == ["RED worse"]
    _, files = downloads_beside(alone.read_text(encoding="utf-8"))
    assert files.keys() == names
    for name in names:
        assert files[name] == (linked.parent / name).read_bytes(), name
    assert {path.name for path in alone.parent.iterdir()} == {"somerset.html"}


@pytest.mark.slow
def test_a_page_is_small(pages):
    linked, alone = pages
    assert linked.stat().st_size <= 350_000
    assert alone.stat().st_size <= 2_600_000


@pytest.mark.slow
def test_a_page_has_at_most_eight_live_figures(pages):
    figures = pages[0].read_text(encoding="utf-8").count('class="chart-data"')
    assert 2 <= figures <= 8


@pytest.mark.slow
def test_the_workbook_says_where_it_comes_from(pages):
    book = read_book((pages[0].parent / "somerset.xlsx").read_bytes())
    said = {row[0]: row[1] for row in book["Notes"].table}
    assert "cannot be used to judge" in said["How to use these figures"]
    assert said["How a verdict is reached"].startswith("A figure is better or worse if it differs")
    assert {row[3] for row in book["Sources"].table[1:]} == {"Open Government Licence v3.0"}
    assert book.properties["Parameter: year"] == "2014-15"
    assert book.properties["Parameter: peers"] == "cipfa"


@pytest.mark.slow
def test_a_page_that_cannot_be_printed_is_there_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CHROMIUM", "none")
    with pytest.raises(ExecutionError, match="is written, but not printed"):
        report.report(
            {"council": "Leeds", "year": "2018-19"}, report.PageOutput(out=tmp_path, print_pdf=True)
        )
    assert (tmp_path / "leeds.html").is_file()
    assert not (tmp_path / "leeds.pdf").exists()


@pytest.mark.slow
def test_a_council_whose_survey_was_not_held_gets_a_page(tmp_path):
    page = report.report(
        {"council": "City of London", "year": "2017-18"}, report.PageOutput(out=tmp_path)
    )
    text = page.read_text(encoding="utf-8")
    assert "the council is too small" in text
    assert "There are no peers to compare it with" in text


@pytest.mark.slow
def test_plain_papermill_gives_the_same_figures(root, tmp_path):
    out = tmp_path / "out.ipynb"
    subprocess.run(
        [
            sys.executable, "-m", "papermill", str(root / "notebooks/council_report.ipynb"), str(out),
            "-p", "council", "Leeds", "-p", "year", "2018-19", "--no-progress-bar",
        ],
        check=True, capture_output=True, cwd=root,
    )  # fmt: skip
    shown = nbformat.read(out, as_version=4)
    html = "".join(
        output.data.get("text/html", "")
        for cell in shown.cells
        for output in cell.get("outputs", [])
        if "data" in output
    )
    assert "Leeds in 2018-19, beside its peers and England" in html


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["report", "Somerst"], 3, "did you mean Somerset"),
        (["report", "Leeds", "--year", "2031-32"], 3, "Unknown year '2031-32'"),
        (["report", "Leeds", "--year", "18"], 4, "is not a financial year"),
        (["report", "Leeds", "--peers", "cipfaa"], 3, "did you mean cipfa"),
        (
            ["report", "Leeds", "--rule", "x"],
            3,
            "one of auto, interval, spread, quartile, tolerance, funnel",
        ),
        (["report", "Leeds", "--palette", "x"], 3, "one of rag, af"),
        (["report", "Cumbria", "--year", "2024-25"], 4, "Cumberland or Westmorland and Furness"),
        (["build", "--raw", "/nowhere"], 6, "/nowhere is not a folder"),
    ],
)
def test_a_wrong_word_is_told_without_a_traceback(tmp_path, words, code, message):
    extra = ["--out", str(tmp_path / "out")] if words[0] == "report" else []
    status, printed, told = run(*words, *extra)
    assert (status, printed) == (code, "")
    assert message in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_debug_shows_the_traceback():
    status, _, told = run("--debug", "table", "Somerst")
    assert status == 1
    assert "Traceback" in told


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    status, _, told = run("report", "Leeds", "--year", "2018-19", "--out", str(blocked / "x"))
    assert status == 6
    assert "cannot be written" in told


def page_of(notebook, **parameters):
    return batch.Page("leeds", "Leeds", notebook, parameters)


@pytest.fixture
def project(root, tmp_path):
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def write(folder, name, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / name)


def test_a_misspelt_parameter_is_an_error_and_not_a_warning(project):
    write(project, "n.ipynb", 'council: str = "Leeds"')
    with pytest.raises(ParameterError, match="did you mean council") as refused:
        batch.execute(page_of("n.ipynb", councl="Leeds"), root=project)
    assert "has no parameter 'councl'" in str(refused.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os", "holds 'import os', expected only typed names"),
        ("council = 'Leeds'", "expected only typed names"),
        ("council: str", "expected only typed names"),
    ],
)
def test_a_parameters_cell_holds_nothing_else(project, source, message):
    write(project, "n.ipynb", source)
    with pytest.raises(ParameterError, match=message):
        batch.execute(page_of("n.ipynb"), root=project)


@pytest.mark.slow
def test_a_notebook_that_is_missing_or_fails_is_told(project):
    with pytest.raises(ParameterError, match=r"n\.ipynb is missing"):
        batch.execute(page_of("n.ipynb"), root=project)
    write(project, "n.ipynb", 'council: str = "Leeds"', "1 / 0")
    with pytest.raises(ExecutionError, match=r"failed for leeds in cell \d+: ZeroDivisionError"):
        batch.execute(page_of("n.ipynb"), root=project)


@pytest.mark.slow
def test_an_unknown_council_in_the_notebook_is_told_too(root):
    with pytest.raises(ExecutionError, match="Unknown council 'Somerst'"):
        batch.execute(page_of("council_report.ipynb", council="Somerst"), root=root)


# --- the other commands ---------------------------------------------------------------------------


@pytest.mark.slow
def test_the_table_in_three_forms():
    status, text, _ = run("table", "Somerset", "--year", "2014-15")
    assert status == 0
    assert "▼ RED worse" in text
    _, printed, _ = run("table", "Somerset", "--year", "2014-15", "--format", "json")
    records = json.loads(printed)
    assert records[2]["code"] == "1C(1A)"
    assert records[2]["value"] == 23.8
    _, lines, _ = run("table", "Somerset", "--year", "2014-15", "--format", "csv")
    assert len(lines.splitlines()) == len(records) + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["councils"], "E06000066  somerset"),
        (["councils", "--year", "2018-19"], "E10000009  dorset_county"),
        (["indicators", "--year", "2018-19"], "1C(1A)  self_directed_support"),
        (["years"], "2024-25  20 indicators"),
        (["peers"], "cipfa      CIPFA nearest neighbours"),
    ],
)
def test_what_can_be_asked_for(words, line):
    status, printed, _ = run("list", *words)
    assert status == 0
    assert any(text.startswith(line) for text in printed.splitlines())


@pytest.mark.slow
def test_the_version():
    assert run("--version")[1].strip() == "bench 0.1.0"


@pytest.mark.slow
def test_importing_the_package_leaves_its_names_usable():
    code = "import bench; from bench.pages.council.report import briefing; print(bench.briefing('Leeds').council)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Leeds"


@pytest.mark.slow
def test_a_table_needs_no_page_and_nothing_that_draws():
    code = (
        "import sys; sys.argv = ['bench', 'table', 'Somerset', '--year', '2014-15']\n"
        "from bench.cli import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    heavy = {
        "pandera",
        "scipy",
        "plotly",
        "papermill",
        "nbconvert",
        "IPython",
        "jinja2",
        "xlsxwriter",
    }
    assert loaded & heavy == set()
    ours = {name for name in loaded if name.startswith("bench.")}
    assert {name for name in ours if name.startswith("bench.pages.")} == {
        "bench.pages.choices", "bench.pages.council", "bench.pages.council.data", "bench.pages.store",
    }  # fmt: skip
    drawing = ("bench.present.chart", "bench.present.html", "bench.publish.")
    assert [name for name in ours if name.startswith(drawing)] == []
    # A row says what is odd in its counts; nothing else is put to the test.
    tested = [name for name in ours if name.startswith("bench.integrity.")]
    assert all(name.startswith("bench.integrity.checks") for name in tested)


@pytest.mark.parametrize(
    ("council", "year", "peers", "beside"),
    [
        ("Barnet", "2018-19", "cipfa", {"before": "2017-18", "after": "2019-20"}),
        ("Kent", "2014-15", "region", {"after": "2015-16"}),
        ("Kent", "2024-25", "Essex; Surrey", {"before": "2023-24"}),
        ("Somerset", "2023-24", "open", {"before": "2022-23", "after": "2024-25"}),
        ("Cumbria", "2022-23", "type", {"before": "2021-22"}),  # the last year of this council
    ],
)
def test_a_page_names_the_commands_that_make_it_again_and_the_years_beside_it(
    root, council, year, peers, beside
):
    choices = Choices.of(council=council, year=year, peers=peers, rule="spread")
    said = batch.provenance(batch.council_page(choices), root)
    years = {"This page again": year} | {f"The year {name}": at for name, at in beside.items()}
    commands = {name: text for name, text in said.items() if text.startswith("bench report ")}
    assert commands.keys() == years.keys()
    command = get_command(cli.app).commands["report"]
    for name, text in commands.items():
        asked = command.make_context("report", shlex.split(text)[2:]).params
        again = Choices.of(**{word: asked[word] for word in NAMES if asked.get(word)})
        expected = Choices.of(**choices.words() | {"year": years[name]})
        assert again == expected, name
    line = said["To paste into JupyterLab"].removeprefix("import bench; ")
    assert eval(line, {"bench": bench}).briefing().choice == choices  # noqa: S307 - our own line


def test_the_page_on_quality_has_the_palette_of_the_project(monkeypatch):
    monkeypatch.setattr(report, "default_palette", lambda: "af")
    monkeypatch.setattr(report, "_make", lambda page, *_, **__: page)
    output = report.PageOutput(kernel=lambda: None)
    made = [report.quality_page(None, output, palette=name) for name in (None, "rag")]
    assert [page.parameters["palette"] for page in made] == ["af", "rag"]
