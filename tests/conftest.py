"""What tests share: the project's folder, and the publisher's files where they are at hand."""

import functools
import os
from pathlib import Path

import pytest
from hypothesis import settings

import bench
from bench.judge.year_table import YearTable
from bench.pages import store
from bench.published.readers import containers
from bench.published.workbooks import confined

ROOT = Path(__file__).parents[1]
# No test measures a time, and a deadline would.
settings.register_profile("bench", deadline=None)
settings.load_profile("bench")
YEARS_KEPT = 64  # a page asks for a year or two; the tests of a process for all, in any order


def cached(module):
    """The functions of a module that keep their answers, by name."""
    return {
        name: kept
        for name, kept in vars(module).items()
        if hasattr(kept, "cache_clear") and kept.__module__ == module.__name__
    }


def empty(kept, least=0):
    """The same function with nothing kept yet, and room for at least so many answers."""
    room = kept.cache_parameters()["maxsize"]
    return functools.lru_cache(room and max(room, least))(kept.__wrapped__)


def instead(name, least=0):
    """Let the store keep the answers of a function anew; gives the function that was there."""
    kept = getattr(store, name)
    new = empty(kept, least)
    setattr(store, name, new)
    store._CACHES[store._CACHES.index(kept)] = new
    return kept


for _name in ("year_table", "_count_remarks", "rankings", "usual_changes"):
    instead(_name, YEARS_KEPT)


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
    """Let the next page read the data anew, as another process would; then all is as before."""
    there = list(store._CACHES)
    before = {name: instead(name) for name in cached(store)}
    yield store.forget
    store._CACHES[:] = there
    for name, kept in before.items():
        setattr(store, name, kept)


@pytest.fixture(scope="session")
def quality():
    """What the rules of `bench check` find in the embedded data."""
    return bench.quality()


@pytest.fixture(scope="module")
def judged_once():
    """An indicator's rows of a year are judged once, whatever is to stand beside them."""
    judge, judged = YearTable.across, {}

    def across(table, indicator, model):
        key = (table, indicator.indicator_id, model)
        if key not in judged:
            judged[key] = judge(table, indicator, model)
        return list(judged[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(YearTable, "across", across)
        yield


@pytest.fixture(autouse=True)
def _no_process_for_a_workbook(request, monkeypatch):
    """Workbooks are read here, and not by a process each; but in the tests that start some."""
    containers.forget()
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(containers, "read_workbook", confined.read_here)


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch):
    monkeypatch.chdir(ROOT)
