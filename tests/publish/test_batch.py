"""A batch survives what goes wrong, and leaves evidence. Each fault once."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.errors import ParameterError, SourceError
from bench.publish import executors, run, site, target
from bench.publish.run import Progress

pytestmark = pytest.mark.slow

NAMES = ["barnet", "devon", "kent", "leeds", "somerset"]
SHORT = run.Options(jobs=2, seconds=20, memory_bytes=1024**3)


@pytest.fixture
def batch(project, monkeypatch, tmp_path):
    """Runs a batch of five light pages into one folder."""
    out = tmp_path / "site"

    def go(trouble="fine", *, options=SHORT, **choices):
        path = project(trouble)
        monkeypatch.chdir(project.folder)
        return site.build(path, out=out, options=options, **choices)

    go.out, go.project = out, project
    return go


def pages(folder):
    return {p.name: p.read_bytes() for p in folder.glob("*.html")}


def records(folder):
    return {
        page["identifier"]: page for page in json.loads((folder / "run.json").read_text())["pages"]
    }


def leftovers(folder):
    return sorted(p.name for p in folder.parent.iterdir() if p.name.startswith(f".{folder.name}"))


def test_every_page_is_about_its_own_council(batch):
    outcome = batch()
    assert (outcome.published, outcome.pages, outcome.failures) == (True, 5, ())
    for name in NAMES:
        text = (batch.out / f"{name}.html").read_text()
        about = [other for other in NAMES if f"This page is about {other.title()}" in text]
        assert about == [name]
    assert leftovers(batch.out) == []


def test_the_evidence(batch):
    outcome = batch()
    told = json.loads((batch.out / "run.json").read_text())
    assert list(told["stages"]) == ["inputs", "start", "pages", "lead", "publish"]
    assert told["settings"]["kernels"] == "warm"
    lines = outcome.stages.text().splitlines()
    assert [line.split("  ")[0] for line in lines[:2]] == [
        "hashing what the pages are made from", "starting workers",
    ]  # fmt: skip
    assert lines[5] == "Each page, on average over 5:"
    assert told["started"] <= told["finished"]
    assert len(told["inputs"]["code_sha256"]) == 64
    assert told["inputs"]["versions"]["papermill"]
    assert set(records(batch.out)) == {*NAMES, "index", "overview"}
    for name in NAMES:
        record = records(batch.out)[name]
        assert record["status"] == "done"
        assert record["seconds"] > 0
        assert list(record["stages"]) == ["start", "execute", "render", "write"]
        assert 0 < sum(record["stages"].values()) < record["seconds"] + 1
        assert record["peak_bytes"] > 10**7
        page = (batch.out / f"{name}.html").read_bytes()
        assert record["page_sha256"] == hashlib.sha256(page).hexdigest()
        assert record["parameters"]["council"].lower() == name


def test_cold_and_warm_pages_are_byte_equal(batch):
    batch()
    warm = pages(batch.out)
    outcome = batch(options=run.Options(jobs=2, cold=True))
    assert outcome.kept == 0
    assert {n: p for n, p in pages(batch.out).items() if n != "index.html"} == {
        n: p for n, p in warm.items() if n != "index.html"
    }


def test_resume_keeps_what_is_unchanged_and_makes_what_is_not(batch):
    batch()
    before = pages(batch.out)
    resumed = run.Options(jobs=2, resume=True)
    assert batch(options=resumed).kept == 5
    assert pages(batch.out) == before
    (batch.out / "leeds.html").write_text("spoilt")
    (batch.out / "kent.html").unlink()
    assert batch(options=resumed).kept == 3
    assert pages(batch.out) == before
    assert batch("slow", options=resumed).kept == 0  # another notebook


@pytest.mark.parametrize(("seconds", "cold"), [(4, False), (20, True)], ids=["warm", "cold"])
def test_bad_pages_stop_no_other_and_are_not_brought_in_force(batch, seconds, cold):
    """One page raises, one hangs, one is killed, one takes too much memory."""
    batch()
    before = pages(batch.out)
    limits = run.Options(jobs=2, seconds=seconds, memory_bytes=1024**3, cold=cold)
    outcome = batch("everything", options=limits)
    assert not outcome.published
    assert pages(batch.out) == before
    errors = {record.identifier: record.error for record in outcome.failures}
    assert list(errors) == ["devon", "kent", "leeds", "somerset"]
    for identifier, error in (
        ("devon", f"it took more than {seconds} seconds"),
        ("kent", "ValueError: no figures today"),
        ("leeds", "its kernel died"),
        ("somerset", "MemoryError"),
    ):
        assert error in errors[identifier]
    made = records(target.staging(batch.out))
    assert made["barnet"]["status"] == "done"
    assert "in cell" in made["kent"]["error"]
    assert "ValueError" in made["kent"]["traceback"]


def test_a_partial_site_is_brought_in_force_when_asked_for(batch):
    outcome = batch("raises", publish_partial=True)
    assert outcome.published
    assert not (batch.out / "kent.html").exists()
    assert (batch.out / "leeds.html").exists()
    assert records(batch.out)["kent"]["status"] == "failed"
    again = batch(options=run.Options(jobs=2, resume=True))
    assert (again.kept, again.failures) == (0, ())  # the notebook changed, so all are made anew


def test_only_the_pages_asked_for(batch):
    assert batch(only=["Leeds", "kent"]).pages == 2
    assert {"leeds.html", "kent.html"} <= set(pages(batch.out))


def test_two_batches_into_one_folder_are_refused(batch):
    with run.locked(batch.out), pytest.raises(ParameterError, match="Another batch is writing"):
        batch()
    assert batch().published


def test_an_output_folder_that_cannot_be_made_is_told(batch, tmp_path, monkeypatch):
    (tmp_path / "site").write_text("a file in the way")
    batch.out = tmp_path / "site" / "below"
    path = batch.project()
    monkeypatch.chdir(batch.project.folder)
    with pytest.raises(SourceError, match="cannot be written"):
        site.build(path, out=batch.out, options=SHORT)


def test_a_full_disk_is_told_and_can_be_resumed(batch, monkeypatch):
    batch()
    before = pages(batch.out)
    from bench.publish import notebook as one_page

    write = one_page.write_page
    room = iter([True] * 5)

    def full(text, path):
        if not next(room, False):
            raise OSError(28, "No space left on device")
        write(text, path)

    monkeypatch.setattr(one_page, "write_page", full)
    with pytest.raises(SourceError, match="No space left on device"):
        batch("slow")
    assert pages(batch.out) == before
    monkeypatch.setattr(one_page, "write_page", write)
    outcome = batch("slow", options=run.Options(jobs=2, resume=True))
    assert outcome.published
    assert 0 < outcome.kept < 5


# --- the runner itself is killed ------------------------------------------------------------------

RUNNER = """
import sys
from pathlib import Path
from bench.publish import run, site
if __name__ == "__main__":
    site.build(Path(sys.argv[1]), out=Path(sys.argv[2]), options=run.Options(jobs=2, resume=True))
"""


def alive(words):
    """Processes whose command line or environment holds the words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if words in (folder / "environ").read_text(errors="replace"):
                found.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_at_any_moment_it_is_resumed_to_the_same_bytes(batch, tmp_path):
    undisturbed = batch("slow")
    assert undisturbed.published
    expected = pages(batch.out)
    script, out, chance = tmp_path / "runner.py", tmp_path / "killed", random.Random(20260)  # noqa: S311 - moments to kill at
    script.write_text(RUNNER)
    path = batch.project.folder / "params/sites/five.yaml"
    mark = f"bench-test-{os.getpid()}-{time.monotonic_ns()}"
    environment = os.environ | {"BENCH_TEST_MARK": mark}
    words = [sys.executable, str(script), str(path), str(out)]
    for _ in range(10):
        runner = subprocess.Popen(words, cwd=batch.project.folder, env=environment)
        try:
            runner.wait(timeout=chance.uniform(0.5, 3.0))
        except subprocess.TimeoutExpired:
            runner.send_signal(signal.SIGKILL)
            runner.wait()
    subprocess.run(words, cwd=batch.project.folder, env=environment, check=True)
    assert pages(out) == expected
    until = time.monotonic() + 10
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert alive(mark) == []


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("when", ["starting", "after a page"])
def test_ctrl_c_ends_it_cleanly(batch, tmp_path, when):
    path = batch.project("slow")
    bench = Path(sys.executable).with_name("bench")
    words = [str(bench), "site", str(path), "--out", str(tmp_path / "stopped")]
    mark = f"bench-test-{os.getpid()}-{time.monotonic_ns()}"
    runner = subprocess.Popen(
        words, cwd=batch.project.folder, env=os.environ | {"BENCH_TEST_MARK": mark},
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    if when == "starting":
        while not (tmp_path / ".stopped.making").is_dir():
            time.sleep(0.05)
        time.sleep(0.4)  # while workers and the kernels' parent import
    else:
        next(line for line in runner.stderr if "1/5" in line)
    os.killpg(runner.pid, signal.SIGINT)
    _, told = runner.communicate(timeout=30)
    assert runner.returncode == 130
    assert "Traceback" not in told
    until = time.monotonic() + 10
    while alive(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert alive(mark) == []


def test_a_worker_that_dies_is_replaced(batch, monkeypatch):
    """The process that runs papermill goes, not the kernel: its pages are made by another."""
    halls = []

    class Watched(executors.ProcessPoolExecutor):
        def __init__(self, *words, **choices):
            super().__init__(*words, **choices)
            halls.append(self)

    killed = []

    class Killer(Progress):
        def page(self, identifier, *, failed, seconds):
            if not killed:
                killed.append(next(iter(halls[0]._processes)))
                os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(executors, "ProcessPoolExecutor", Watched)
    outcome = batch("slow", progress=Killer(quiet=True))
    assert len(halls) == 2
    assert (outcome.published, outcome.pages) == (True, 5)
