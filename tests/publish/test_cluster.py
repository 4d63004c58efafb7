"""The same jobs on a real Dask scheduler with workers on loopback, in the open and encrypted."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from bench.errors import ExecutionError, ParameterError
from bench.publish import executors, run, site
from bench.publish.run import Progress

pytest.importorskip("distributed")


@contextlib.contextmanager
def started(folder, *, workers, tls=None):
    """A scheduler and its workers, each a process of its own with one thread."""
    address_file = folder / "scheduler.json"
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    files = ()
    if tls:
        files = (
            "--tls-ca-file",
            str(tls.ca),
            "--tls-cert",
            str(tls.cert),
            "--tls-key",
            str(tls.key),
        )
    protocol = "tls" if tls else "tcp"
    processes = []

    def start(tool, *words):
        code = f"from distributed.cli.{tool} import main; main()"
        processes.append(subprocess.Popen([sys.executable, "-c", code, *words, *files], **quiet))
        return processes[-1]

    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
          "--protocol", protocol, "--scheduler-file", str(address_file))  # fmt: skip
    working = [
        start("dask_worker", "--scheduler-file", str(address_file), "--nthreads", "1",
              "--no-dashboard", "--local-directory", str(folder / f"w{n}"), "--no-nanny",
              "--protocol", protocol, "--host", "127.0.0.1")
        for n in range(workers)
    ]  # fmt: skip
    until = time.monotonic() + 60
    while not address_file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    try:
        yield json.loads(address_file.read_text())["address"], working
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def scheduler(tmp_path):
    with started(tmp_path, workers=2) as running:
        yield running


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    """Two authorities, each with the files of a connection that it signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")

    def openssl(*words, folder):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    def authority(name):
        folder = tmp_path_factory.mktemp(name)
        key = ("-newkey", "rsa:2048", "-nodes")
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
                "-subj", f"/CN={name}", folder=folder)  # fmt: skip
        openssl("req", *key, "-keyout", "key.pem", "-out", "asked.csr", "-subj", "/CN=localhost",
                folder=folder)  # fmt: skip
        openssl("x509", "-req", "-in", "asked.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", "cert.pem", "-days", "2", folder=folder)  # fmt: skip
        return executors.Tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")

    return authority("ours"), authority("theirs")


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


@pytest.mark.slow
def test_an_encrypted_cluster_makes_the_same_bytes_and_lets_nobody_else_in(
    project, authorities, tmp_path, monkeypatch
):
    ours, theirs = authorities
    path = project()
    monkeypatch.chdir(project.folder)
    here = site.build(path, out=tmp_path / "here")
    (tmp_path / "cluster").mkdir()
    with started(tmp_path / "cluster", workers=1, tls=ours) as (address, _):
        assert address.startswith("tls://")
        options = run.Options(scheduler=address, tls=ours)
        there = site.build(path, out=tmp_path / "there", options=options)
        for tls, told in (
            (theirs, "No scheduler answers"),
            (executors.Tls(ours.ca, ours.cert, theirs.key), "certificates cannot be used"),
            (executors.Tls(path, ours.cert, ours.key), "certificates cannot be used"),
        ):
            with pytest.raises(ExecutionError, match=told):
                site.build(
                    path,
                    out=tmp_path / "refused",
                    options=run.Options(scheduler=address, tls=tls),
                )
    assert there.published
    assert [p.read_bytes() for p in sorted(there.folder.glob("*.html"))] == [
        p.read_bytes() for p in sorted(here.folder.glob("*.html"))
    ]
    assert not (tmp_path / "refused").exists()


TLS, TCP = "tls://127.0.0.1:8786", "tcp://127.0.0.1:8786"
ALL = ("ca", "cert", "key")


@pytest.mark.parametrize(
    ("address", "given", "told"),
    [
        (TLS, ("ca",), "--tls-cert and --tls-key missing"),
        (TLS, ("ca", "cert"), "--tls-key missing"),
        (TLS, ("cert", "key"), "--tls-ca missing"),
        (TLS, (), "--tls-ca and --tls-cert and --tls-key missing"),
        (TCP, ("key",), "--tls-ca and --tls-cert missing"),
        (TCP, ALL, "is not encrypted"),
        (None, ALL, "without --scheduler"),
        (None, ("ca",), "without --scheduler"),
        (TLS, (*ALL, "absent"), "no such file"),
    ],
)
def test_certificates_are_all_given_or_none(tmp_path, address, given, told):
    files = {name: tmp_path / f"{name}.pem" if name in given else None for name in ALL}
    for path in files.values():
        if path is not None and "absent" not in given:
            path.write_text("-----BEGIN")
    with pytest.raises(ParameterError, match=told):
        executors.tls(address, **files)


@pytest.mark.parametrize("address", [TCP, None])
def test_without_certificates_there_are_none(address):
    assert executors.tls(address, ca=None, cert=None, key=None) is None
