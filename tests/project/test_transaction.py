"""Changes of the data: one command at a time, and each whole or not at all."""

import errno
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bench.errors import ParameterError, SourceError
from bench.project import checksums, locks, transaction
from bench.project.transaction import commit, writing
from bench.published import sources

ADD = [sys.executable, "-c", "from bench.cli import main; main()", "add"]
KILLS = 6


def state(project):
    """What readers see: every file of the data by its name, each from where it is in force."""
    data = project / "data"
    names = checksums.listing(data).digests
    seen = {name: checksums.read(data / name) for name in names}
    raw = data / "raw"
    return seen | {p.name: p.read_bytes() for p in raw.glob("[!.]*")}


def leftovers(project):
    return [p.name for p in (project / "data").rglob(".*")]


CHANGE = {"reference/breaks.csv": b"new breaks", "sources.yaml": b"new", "raw/x.csv": b"raw", "published/x.parquet": b"x"}  # fmt: skip


def test_files_come_in_force_together(project):
    data = project / "data"
    gone = "published/pss_ex1_2008_09.parquet"
    with writing(data):
        commit(data, CHANGE, removed=[gone])
    assert {name: (data / name).read_bytes() for name in CHANGE} == CHANGE
    assert not (data / gone).exists()
    checksums.verify(data)
    assert not leftovers(project)


def fork_and(do):
    """Do it in a process of its own; its exit code."""
    child = os.fork()
    if not child:
        try:
            do()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("call", ["replace", "write_bytes", "unlink"])
def test_dead_between_any_two_steps_it_is_as_before_or_as_after(project, monkeypatch, call):
    data = project / "data"
    seen = set()
    before = state(project)
    for step in range(1, 30):
        content = {name: text + str(step).encode() for name, text in CHANGE.items()}
        gone = f"published/x{step - 1}.parquet"
        content[f"published/x{step}.parquet"] = b"x"

        def dying(step=step, content=content, gone=gone):
            calls = 0
            original = getattr(Path, call)

            def counting(self, *arguments, **options):
                nonlocal calls
                calls += 1
                if calls == step:
                    if call == "write_bytes":  # half of it is written
                        original(self, arguments[0][: len(arguments[0]) // 2])
                    os._exit(9)
                return original(self, *arguments, **options)

            monkeypatch.setattr(Path, call, counting)
            with writing(data):
                commit(data, content, removed=[gone])

        code = fork_and(dying)
        after = {n: c for n, c in {**before, **{Path(k).name if k.startswith("raw/") else k: v for k, v in content.items()}}.items() if n != gone}  # fmt: skip
        now = {n: c for n, c in state(project).items() if n != "x.csv"}
        for expected, name in ((before, "before"), (after, "after")):
            if now == {n: c for n, c in expected.items() if n != "x.csv"}:
                seen.add(name)
                break
        else:
            pytest.fail(f"{call} {step}: neither as before nor as after")
        transaction.finish(data)  # the next command
        assert state(project) == (after if name == "after" else before), f"{call} {step}"
        checksums.verify(data)
        assert [left for left in leftovers(project) if left != ".lock"] == []
        before = state(project)
        if code == 0:
            break
    assert code == 0
    assert "after" in seen


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("call", ["replace", "write_bytes", "unlink", "touch"])
def test_files_that_no_checksum_covers_come_together_too(project, monkeypatch, call):
    data = project / "data"
    names = [f"own/{number}.csv" for number in range(4)]
    seen = set()
    for step in range(1, 40):
        content = str(step).encode()

        def dying(step=step, content=content):
            calls = 0
            original = getattr(Path, call)

            def counting(self, *arguments, **options):
                nonlocal calls
                calls += 1
                if calls == step:
                    os._exit(9)
                return original(self, *arguments, **options)

            monkeypatch.setattr(Path, call, counting)
            with writing(data):
                commit(data, dict.fromkeys(names, content))

        code = fork_and(dying)
        transaction.finish(data)  # whoever reads or writes them next
        held = {(data / n).read_bytes() if (data / n).exists() else b"" for n in names}
        assert len(held) == 1, f"{call} {step}: some are as before, and some as after"
        seen.add(held == {content})
        assert [left for left in leftovers(project) if left != ".lock"] == []
        if code == 0:
            break
    assert code == 0
    assert True in seen


@pytest.mark.parametrize("room", range(6))
def test_a_full_disk_changes_nothing(project, monkeypatch, room):
    data = project / "data"
    before = state(project)
    original = Path.write_bytes
    written = 0

    def full(self, content):
        nonlocal written
        written += 1
        if written > room:
            original(self, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return original(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    gone = ["published/pss_ex1_2008_09.parquet"]
    with pytest.raises(SourceError, match="No space left"), writing(data):
        commit(data, CHANGE, removed=gone)
    assert state(project) == before
    assert not leftovers(project)


def test_a_second_command_waits_and_then_refuses(project):
    data = project / "data"
    second = writing(data, wait_seconds=0.1)
    with writing(data), pytest.raises(ParameterError, match=r"waited 0\.1 seconds"), second:
        pytest.fail("both write")
    with writing(data):
        pass


def test_a_lock_is_never_shared_whoever_waits_for_it(tmp_path):
    """The one that lets go removes the file, which another may have opened already."""
    inside, worst = [], []

    def enter():
        for _ in range(30):
            with locks.locked(tmp_path / "lock", busy=ParameterError("busy"), wait_seconds=60):
                inside.append(1)
                worst.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(worst) == {1}
    assert len(worst) == 120
    assert not list(tmp_path.iterdir())


def table(project, number, code):
    path = project / f"mine-{number}.csv"
    lines = [f"{name},18.{number}" for name in ("Leeds", "Barnet", "Wirral")]
    path.write_text("\n".join([f"Council,{code} 2016-17", *lines, ""]))
    return path


def start(project, path, *options):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [*ADD, path, "--yes", *options], cwd=project, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("same", [False, True], ids=["other figures", "the same indicator"])
def test_each_of_several_additions_at_once_that_says_so_is_in(project, same):
    codes = ["1A"] * 5 if same else ["4A", "1A", "1B", "1E", "1G"]
    running = [start(project, table(project, n, code)) for n, code in enumerate(codes)]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(codes), said
    text = (project / "data" / "sources.yaml").read_text()
    assert text.count("added by a user") == len(codes)
    sources.forget()
    ids = [release.id for release in sources.manifest(project).releases]
    assert len(set(ids)) == len(ids)
    assert all((project / "data/published" / f"{name}.parquet").is_file() for name in ids)
    checksums.verify(project / "data")
    assert not leftovers(project)


@pytest.mark.slow
def test_several_councils_own_figures_at_once_are_all_in(project):
    running = []
    for code, value in {"1A": 19.2, "1B": 0.41, "1D": 66}.items():
        path = project / f"own-{code}.csv"
        path.write_text(f"council,year,indicator,value\nLeeds,2025-26,{code},{value}\n")
        running.append(start(project, path, "--own"))
    said = [process.communicate()[0] for process in running]
    codes = {0} | {ParameterError.exit_code}
    assert {process.returncode for process in running} <= codes, said
    rows = (project / "data/own/leeds.csv").read_text().splitlines()[1:]
    assert len(rows) == sum(process.returncode == 0 for process in running)


@pytest.mark.slow
def test_a_killed_addition_is_in_or_is_not(project):
    moments = random.Random(12)  # noqa: S311 - moments, not secrets
    began = time.monotonic()
    start(project, table(project, 0, "1A")).communicate()
    length = time.monotonic() - began
    for number in range(1, KILLS + 1):
        before = state(project)
        process = start(project, table(project, number, "1A"))
        time.sleep(moments.uniform(0.5, 1.0) * length)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        after = state(project)
        sources.forget()
        count = len(sources.manifest(project).releases)
        parquet = sum(name.endswith(".parquet") for name in after)
        assert count == parquet, f"kill {number}"
        if after != before:
            new = after.keys() - before.keys()
            assert any(name.endswith(".parquet") for name in new), f"kill {number}: {new}"
        transaction.finish(project / "data")
        checksums.verify(project / "data")
        done = start(project, table(project, number, "1A"))
        text, _ = done.communicate()
        in_force = re.search(r"is the release .* already", text) is not None
        assert (done.returncode == 0) != in_force, text
    assert not leftovers(project)
