"""What tests share: the project's folder, and the publisher's files where they are at hand."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from bench.pages import store
from bench.published.readers import containers
from bench.published.workbooks import reading

ROOT = Path(__file__).parents[1]
# No test measures a time, and a deadline would.
settings.register_profile("bench", deadline=None)
settings.load_profile("bench")


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def raw():
    """The publisher's files; tests that need them are skipped where there are none."""
    folder = Path(os.environ.get("BENCH_RAW", ROOT.parent / "shared" / "published"))
    if not folder.is_dir():
        pytest.skip("the publisher's files are not at hand: set BENCH_RAW to their folder")
    return folder


@pytest.fixture
def forget():
    """Let the next page read the data anew, as another process would; and again afterwards."""

    store.forget()
    yield store.forget
    store.forget()


@pytest.fixture(autouse=True)
def _no_process_for_a_workbook(request, monkeypatch):
    """Workbooks are read here, and not by a process each; but in the tests that start some."""
    containers.forget()
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(containers, "read_workbook", reading.read)


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch):
    monkeypatch.chdir(ROOT)
