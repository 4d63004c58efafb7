"""The same jobs on a real Dask scheduler with two workers on loopback."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from bench.errors import ExecutionError
from bench.publish import run, site
from bench.publish.progress import Progress

pytest.importorskip("distributed")


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and two workers, each a process of its own with one thread."""
    address_file = tmp_path / "scheduler.json"
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    started = []

    def start(tool, *words):
        code = f"from distributed.cli.{tool} import main; main()"
        started.append(subprocess.Popen([sys.executable, "-c", code, *words], **quiet))
        return started[-1]

    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
          "--scheduler-file", str(address_file))  # fmt: skip
    workers = [
        start("dask_worker", "--scheduler-file", str(address_file), "--nthreads", "1",
              "--no-dashboard", "--local-directory", str(tmp_path / f"w{n}"), "--no-nanny",
              "--host", "127.0.0.1")
        for n in range(2)
    ]  # fmt: skip
    until = time.monotonic() + 60
    while not address_file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    yield json.loads(address_file.read_text())["address"], workers
    for process in started:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.slow
def test_a_cluster_makes_the_same_bytes_though_a_worker_dies(
    project, scheduler, tmp_path, monkeypatch
):
    address, workers = scheduler
    path = project("slow")
    monkeypatch.chdir(project.folder)
    here = site.build(path, out=tmp_path / "here")
    there = site.build(path, out=tmp_path / "there", options=run.Options(scheduler=address))
    assert here.published
    assert there.published

    def pages(outcome):
        return {p.name: p.read_bytes() for p in outcome.folder.glob("*.html")}

    assert pages(there) == pages(here)

    class Killer(Progress):
        def page(self, identifier, *, failed, seconds):
            workers[0].send_signal(signal.SIGKILL)

    again = site.build(
        path,
        out=tmp_path / "again",
        options=run.Options(scheduler=address),
        progress=Killer(quiet=True),
    )
    assert again.published
    assert pages(again) == pages(here)


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told(project, tmp_path, monkeypatch):
    path = project()
    monkeypatch.chdir(project.folder)
    options = run.Options(scheduler="tcp://127.0.0.1:9")
    with pytest.raises(ExecutionError, match="No scheduler answers"):
        site.build(path, out=tmp_path / "nowhere", options=options)
