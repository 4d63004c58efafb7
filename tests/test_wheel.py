"""With the package alone, in an empty folder outside any clone, everything but changing data works."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

from bench.errors import DamageError, ParameterError
from bench.project import checksums
from bench.published import sources

pytestmark = pytest.mark.slow

SITE = {
    "title": "One", "year": "2018-19", "peers": "cipfa", "rule": "auto", "palette": "rag",
    "councils": ["Leeds"], "pages": [{"notebook": "council_report.ipynb", "each": "council"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment with the package from the wheel, and what it depends on from this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    purelib = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()
    )  # fmt: skip
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(purelib)
    # After the package's own folder, and so without the editable install of this environment.
    (purelib / "others.pth").write_text(sysconfig.get_path("purelib"))
    return python


class Place:
    """A folder in which commands of the installed package are run."""

    def __init__(self, folder, python):
        self.folder, self.python = folder, python

    def run(self, code, *arguments, **more):
        hidden = ("BENCH_ROOT", "PYTHONPATH", "VIRTUAL_ENV")
        environment = {k: v for k, v in os.environ.items() if k not in hidden} | more
        environment["JUPYTER_PATH"] = str(Path(sys.prefix) / "share" / "jupyter")
        return subprocess.run(
            [self.python, "-c", code, *map(str, arguments)],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def bench(self, *arguments, **more):
        return self.run("from bench.cli import main; main()", *arguments, **more)

    def done(self, *arguments, **more):
        ended = self.bench(*arguments, **more)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def inside(self, name):
        return Place(self.folder / name, self.python)


@pytest.fixture
def place(installed, tmp_path):
    (tmp_path / "empty").mkdir()
    return Place(tmp_path / "empty", installed)


def there(folder):
    return {path.name for path in folder.iterdir()}


def packaged_files(python):
    home = next(python.parents[1].rglob("bench/packaged"))
    return {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}


def test_the_wheel_holds_the_data_and_nobodys_own(wheel, root):
    names = {
        name.removeprefix("bench/packaged/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("bench/packaged/")
    }
    listed = checksums.listing(root / "data").digests
    assert {f"data/{name}" for name in listed} <= names
    assert {"data/CHECKSUMS", "params/rag.yaml", "notebooks/council_report.ipynb"} <= names
    assert not any(name.startswith(("data/own", "reports")) for name in names)
    assert {n for n in names if n.startswith("data/raw/")} == {"data/raw/README.md"}
    assert wheel.stat().st_size < 4_000_000


def test_a_table_needs_no_project_and_leaves_nothing(place, root, monkeypatch):
    assert place.run("import bench; print(bench.__file__)").stdout.count("installed") == 1
    monkeypatch.chdir(root)
    here = subprocess.run(
        [sys.executable, "-c", "from bench.cli import main; main()", "table", "Leeds"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert place.done("table", "Leeds") == here.stdout
    assert "england-2024-25" in place.done("list", "sites")
    assert there(place.folder) == set()


def test_pages_are_written_into_the_working_folder(place, installed):
    before = packaged_files(installed)
    (place.folder / "mine.csv").write_text("council,year,indicator,value\nLeeds,2025-26,1A,19.4\n")
    place.done("add", "mine.csv", "--own", "--yes")
    assert there(place.folder) == {"mine.csv", "data"}
    assert there(place.folder / "data") == {"own"}
    path = Path(place.done("report", "Leeds", "--year", "2025-26").strip())
    assert path == place.folder / "reports" / "2025-26" / "leeds.html"
    page = path.read_text(encoding="utf-8")
    assert "19.4" in page
    assert "not under version control" in page
    (place.folder / "one.yaml").write_text(yaml.safe_dump(SITE))
    index = Path(place.done("site", "one.yaml").strip())
    assert index == place.folder / "reports" / "one" / "index.html"
    assert {"leeds.html", "overview.html", "run.json"} <= there(index.parent)
    assert packaged_files(installed) == before


def test_another_folder_can_be_named(place, tmp_path):
    (tmp_path / "bench").mkdir()
    (place.folder / "mine.csv").write_text("council,year,indicator,value\nLeeds,2025-26,1A,19.4\n")
    named = {"BENCH_ROOT": str(tmp_path / "bench")}
    place.done("add", "mine.csv", "--own", "--yes", **named)
    assert (tmp_path / "bench" / "data" / "own" / "leeds.csv").is_file()
    table = place.done("table", "Leeds", "--year", "2025-26", **named)
    assert "Leeds, 2025-26 (provisional, not published)" in table
    assert "19.4" in table
    path = Path(place.done("report", "Leeds", "--year", "2025-26", **named).strip())
    assert path == tmp_path / "bench" / "reports" / "2025-26" / "leeds.html"
    assert "19.4" in path.read_text(encoding="utf-8")
    assert there(place.folder) == {"mine.csv"}
    ended = place.bench("table", BENCH_ROOT=str(tmp_path / "nowhere"))
    assert ended.returncode == ParameterError.exit_code
    assert "bench new DIR" in ended.stderr


@pytest.mark.parametrize(
    "command",
    [("add", "mine.csv", "--yes"), ("build",), ("dictionary",), ("check", "--accept"), ("peers", "--raw", ".")],
    ids=lambda command: command[0],
)  # fmt: skip
def test_what_changes_the_data_asks_for_a_project(place, installed, command):
    before = packaged_files(installed)
    (place.folder / "mine.csv").write_text("Council,1A 2016-17\nLeeds,18.1\nBarnet,18.2\n")
    ended = place.bench(*command)
    assert ended.returncode == ParameterError.exit_code, ended.stderr
    assert "bench new DIR" in ended.stderr
    assert packaged_files(installed) == before
    assert there(place.folder) == {"mine.csv"}


def test_a_new_project_is_used_by_what_is_run_inside_it(place):
    place.done("new", "project")
    assert there(place.folder) == {"project"}
    project = place.inside("project")
    assert there(project.folder) == {"README.md", "data", "notebooks", "params"}
    (project.folder / "mine.csv").write_text("Council,1A 2016-17\nLeeds,18.1\nBarnet,18.2\n")
    place.inside("project/data").done("add", "../mine.csv", "--yes")
    assert "added by a user" in (project.folder / "data" / "sources.yaml").read_text()
    asked = "import bench; bench.observations(as_of='social_care_quality_of_life_2016_17')"
    assert project.run(asked).returncode == 0
    index = Path(project.done("site", "first").strip())
    assert index == project.folder / "reports" / "first" / "index.html"
    assert (index.parent / "leeds.html").is_file()
    checksums.verify(project.folder / "data")
    # From a project with files of its own another can be made; the files go along.
    project.done("new", "../second")
    assert "added by a user" in (place.folder / "second" / "data" / "sources.yaml").read_text()


def test_damage_of_the_installed_package_is_named(place, installed):
    path = next(p for p in packaged_files(installed) if p.name == "breaks.csv")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    try:
        ended = place.bench("table", "Leeds")
    finally:
        path.write_bytes(whole)
    assert ended.returncode == DamageError.exit_code
    assert "breaks.csv is damaged" in ended.stderr
    assert "pip install --force-reinstall" in ended.stderr


def test_the_project_is_found_in_one_place_only(root, monkeypatch):
    assert sources.project_root() == root
    assert sources.workspace() == root
    assert sources.writable_root() == root
    monkeypatch.setattr(sources, "project_root", lambda: sources.PACKAGED)
    monkeypatch.delenv("BENCH_ROOT", raising=False)
    assert sources.workspace() == Path.cwd()
    with pytest.raises(ParameterError, match="not changed"):
        sources.writable_root()
