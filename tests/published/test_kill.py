"""A build that is killed leaves the old table or the new one, never a mixture."""

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from bench.project.transaction import accept
from bench.published import build, observations, sources

HEADER = (
    "Geographical Code,Geographical Description,Geographical Level,ONS Area Code,"
    "ASCOF Measure Code,Disaggregation Level,Measure Type,Measure Value,Measure Group,"
    "Measure Group Description"
)
YEARS = {"one": "2016-17", "two": "2017-18", "three": "2018-19"}
KILLS = 10
BUILD = "import sys; from pathlib import Path; from bench.published import build as b; b._WORTH_PROCESSES = 0; print('ready', flush=True); b.build(Path(sys.argv[1]), root=Path('.'))"


def write_version(folder, value):
    """Three releases whose only figure is the same in all of them."""
    raw = folder / f"raw_{value}"
    raw.mkdir(exist_ok=True)
    releases = []
    for name, year in YEARS.items():
        line = f"212,Leeds,Council,E08000035,1B,Total,Outcome,{value},1B,Control"
        content = "\r\n".join([HEADER, line, ""]).encode()
        (raw / f"{name}.csv").write_bytes(content)
        releases.append({
            "id": name, "title": name, "publisher": "Nobody", "licence": "None",
            "landing_page": "nowhere", "published": year[:4], "provenance": "made for a test",
            "file": f"{name}.csv", "sha256": hashlib.sha256(content).hexdigest(),
            "layout": "ascof_csv_2016", "framework_year": year, "maturity": "final",
        })  # fmt: skip
    (folder / "data" / "sources.yaml").write_text(yaml.safe_dump({"releases": releases}))
    accept(folder / "data")
    sources.forget()
    return raw


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "data" / "reference", tmp_path / "data" / "reference")
    (tmp_path / "params").mkdir()
    shutil.copy(root / "params" / "rag.yaml", tmp_path / "params")
    (tmp_path / "data/reference/corrections.yaml").write_text("corrections: []")
    build.build(write_version(tmp_path, 10.0), root=tmp_path)
    return tmp_path


def start(raw, project):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(raw)],
        cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout.readline() == b"ready\n"
    return process


def alone(group):
    """Whether nobody is left of a group of processes, within ten seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_a_killed_build_leaves_a_whole_table(project):
    moments = random.Random(2014)  # noqa: S311 - moments, not secrets
    raw = write_version(project, 10.5)
    began = time.monotonic()
    process = start(raw, project)
    process.communicate()
    length = time.monotonic() - began
    before, seen = 10.5, set()
    for number in range(KILLS):
        value = 11.0 + number
        process = start(write_version(project, value), project)
        time.sleep(moments.uniform(0.2, 1.0) * length)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert alone(process.pid), f"kill {number}: processes are left"
        values = set(observations.load(root=project)["value"])
        assert values in ({before}, {value}), f"kill {number}: {values}"
        seen.add(values == {value})
        before = values.pop()
    # After any of them the next build goes through.
    build.build(write_version(project, 99.0), root=project)
    assert set(observations.load(root=project)["value"]) == {99.0}


@pytest.mark.parametrize("step", range(1, 9))
@pytest.mark.slow
def test_a_build_that_dies_between_any_two_files_leaves_a_whole_table(project, monkeypatch, step):
    """The moments that a clock rarely hits: after each file that is brought into its place."""

    class DeadError(BaseException):
        pass

    done = 0
    replace = Path.replace

    def dying(self, target):
        nonlocal done
        done += 1
        if done == step:
            raise DeadError
        return replace(self, target)

    raw = write_version(project, 20.0)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with contextlib.suppress(DeadError):
            build.build(raw, root=project)
    assert set(observations.load(root=project)["value"]) in ({10.0}, {20.0})
    # A second build that dies too must not mix with what the first one left.
    raw = write_version(project, 30.0)
    done = 0
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with contextlib.suppress(DeadError):
            build.build(raw, root=project)
    values = set(observations.load(root=project)["value"])
    assert len(values) == 1
