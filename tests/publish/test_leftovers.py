"""What a batch leaves behind, however it ends: no process, no folder, no semaphore, no port."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bench.errors import ExecutionError, SourceError, UnknownNameError
from bench.project import processes
from bench.publish import kernels, run, scratch, site, target

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
SEMAPHORES = Path("/dev/shm")  # noqa: S108
BENCH = str(Path(sys.executable).with_name("bench"))


def alive(words):
    """Processes whose environment holds the words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if words in (folder / "environ").read_text(errors="replace"):
                found.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def gone(words):
    until = time.monotonic() + 20
    while alive(words) and time.monotonic() < until:
        time.sleep(0.1)
    return alive(words) == []


@pytest.fixture
def command(project, tmp_path, monkeypatch):
    """`bench site` of five light pages as a command, marked so that its processes are known."""
    mark = f"bench-test-{os.getpid()}-{time.monotonic_ns()}"
    place = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    environment = os.environ | {"BENCH_TEST_MARK": mark, "TMPDIR": str(place)}

    def start(trouble="slow", *words, out="site", before=(), single=False):
        path = project(trouble)
        told = [*before, BENCH, *(["report", "Leeds"] if single else ["site", str(path)])]
        told += ["--out", str(tmp_path / out), *words]
        if single:  # the council's report is this light notebook
            (path.parents[2] / "notebooks" / "light.ipynb").rename(
                path.parents[2] / "notebooks" / "council_report.ipynb"
            )
        runner = subprocess.Popen(
            told, cwd=project.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        start.runners.add(runner.pid)
        return runner

    start.mark, start.place, start.folder, start.env = mark, place, tmp_path, environment
    start.runners = set()
    yield start
    for pid in alive(mark):
        os.kill(pid, signal.SIGKILL)
    subprocess.run(["rm", "-rf", str(place)], check=True)


def ended(runner):
    """The exit code of a command once it has ended."""
    runner.communicate(timeout=120)
    return runner.returncode


def pages(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.html")}


def of_ours(command):
    """What lies in the folders for short-lived files that processes of this test made."""
    # Other tests run beside this one, and some leave semaphores as it does.
    dead = [
        path.name
        for path in SEMAPHORES.glob("sem.bench-*")
        if int(path.name.split("-")[2]) in command.runners
    ]
    return sorted(path.name for path in command.place.iterdir()) + dead


# --- what needs no notebook -------------------------------------------------------------------------


@linux
def test_only_what_a_process_left_that_is_gone_is_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "_LONGEST_BASE_BYTES", 1000)
    monkeypatch.setattr(scratch, "_PLACES", ())
    mine = scratch.make()
    head, space, pid, began, *_ = mine.name.split("-")
    assert (head, int(pid)) == ("bench", os.getpid())
    over = 2**22 + 5  # more than a process's number can be
    left = tmp_path / f"bench-{space}-{over}-1-x"
    another = tmp_path / f"bench-{space}-{pid}-{int(began) + 1}-x"
    for folder in (left, another):
        (folder / "below").mkdir(parents=True)
        (folder / "below" / "k.json").write_text("{}")
    stays = [
        tmp_path / f"bench-{space}-{os.getppid()}-{scratch._began(os.getppid())}-x",  # it runs
        tmp_path / f"bench-{int(space, 16) + 1:x}-{over}-1-x",  # of another container
        tmp_path / "bench-abcdefgh",
        tmp_path / f"bench-{space}-{over}-1",
        tmp_path / f"my-bench-{space}-{over}-1-x",
    ]
    for folder in stays:
        folder.mkdir()
    link = tmp_path / f"bench-{space}-{over}-2-x"
    link.symlink_to(stays[0])
    assert scratch.sweep() == sorted([left, another])
    assert all(path.exists() for path in (mine, link, *stays))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    left.mkdir()
    assert scratch.sweep() == []  # another user's


@pytest.mark.parametrize("length", [10, 100, 200])
def test_a_folder_for_sockets_has_a_short_path(tmp_path, monkeypatch, length):
    long = tmp_path / ("l" * length)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    manager = kernels.PrivateKernelManager()
    try:
        assert len(os.fsencode(manager._folder / "k-ipc-5")) < 100
    finally:
        scratch.remove(manager._folder)


def test_no_place_for_short_lived_folders_is_told(monkeypatch):
    def full(*words, **choices):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(SourceError, match=r"short-lived folder.*No space left"):
        scratch.make()


@pytest.mark.parametrize(
    ("error", "is_memory"),
    [
        (MemoryError(), True),
        (OSError(12, "Cannot allocate memory"), True),
        (ImportError("x.so: failed to map segment from shared object"), True),
        (RuntimeError("can't start new thread"), True),
        (OSError(28, "No space left on device"), False),
        (ImportError("No module named x"), False),
        (ValueError("memory"), False),
    ],
)
def test_what_is_told_as_too_little_memory(error, is_memory):
    assert processes.out_of_memory(error) == is_memory
    led = RuntimeError("it failed")
    led.__cause__ = error
    assert processes.out_of_memory(led) == is_memory


@pytest.mark.skipif(os.name != "posix", reason="a limit of the shell")
@pytest.mark.parametrize("mib", [97, 2_499, 2_500, None])
def test_a_limit_that_no_page_fits_into_is_told_before_anything_is_imported(monkeypatch, mib):
    import resource

    limit = resource.RLIM_INFINITY if mib is None else mib * 1024**2
    monkeypatch.setattr(resource, "getrlimit", lambda what: (limit, limit))
    if mib is not None and mib < 2_500:
        with pytest.raises(ExecutionError, match=r"not enough memory.*ulimit -v"):
            processes.check_memory()
    else:
        processes.check_memory()


# --- processes --------------------------------------------------------------------------------------


@linux
@pytest.mark.slow
@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_what_a_page_starts_ends_with_it_and_it_listens_on_no_port(command, cold):
    runner = command("children", *(["--cold"] if cold else []))
    _, told = runner.communicate(timeout=120)
    assert runner.returncode == 0, told
    assert gone(command.mark)
    for name in ("leeds", "kent"):
        assert "listens on []" in (command.folder / "site" / f"{name}.html").read_text()
    assert of_ours(command) == []


@linux
@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_a_batch_that_is_ended_leaves_nothing_after_the_next(command, signum, cold):
    """Its pages hang, with a child in a session of its own."""
    runner = command("hanging", *(["--cold"] if cold else []))
    until = time.monotonic() + 60
    while time.monotonic() < until and not any(
        "sleep" in Path(f"/proc/{pid}/cmdline").read_text() for pid in alive(command.mark)
    ):
        time.sleep(0.1)
    time.sleep(0.3)
    runner.send_signal(signum)
    _, told = runner.communicate(timeout=60)
    assert "Traceback" not in told
    assert runner.returncode == {2: 130, 15: 143, 9: -9}[signum]
    assert ("run again with --resume" in told) == (signum != signal.SIGKILL)
    assert gone(command.mark)
    if signum != signal.SIGKILL:
        assert of_ours(command) == []
    assert ended(command("fine", "--resume")) == 0
    assert gone(command.mark)
    assert of_ours(command) == []


@linux
@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_single_page_that_is_ended_leaves_nothing_after_the_next(command, signum):
    """It hangs in a shell forked from the command itself, with a child in a session of its own."""
    runner = command("hanging", single=True)
    until = time.monotonic() + 60
    while time.monotonic() < until and not any(
        "sleep" in Path(f"/proc/{pid}/cmdline").read_text() for pid in alive(command.mark)
    ):
        time.sleep(0.1)
    runner.send_signal(signum)
    _, told = runner.communicate(timeout=60)
    assert "Traceback" not in told
    assert runner.returncode == {2: 130, 15: 143, 9: -9}[signum]
    assert gone(command.mark)
    if signum != signal.SIGKILL:
        assert of_ours(command) == []
    assert not (command.folder / "site").exists()
    assert ended(command("children", single=True)) == 0
    assert gone(command.mark)
    assert of_ours(command) == []
    assert "listens on []" in (command.folder / "site" / "leeds.html").read_text()


@linux
@pytest.mark.slow
def test_a_name_that_is_not_known_leaves_no_process(command):
    """The page's parent is forked by then, and is not ready."""
    runner = command("fine", "--peers", "nobody", single=True)
    _, told = runner.communicate(timeout=60)
    assert (runner.returncode, "nobody" in told) == (UnknownNameError.exit_code, True)
    assert gone(command.mark)
    assert of_ours(command) == []


@linux
@pytest.mark.slow
def test_killed_at_twelve_moments_it_is_resumed_to_the_same_bytes(command):
    """With its whole group, so that nobody tidies up; then again with another beside it."""
    assert ended(command(out="undisturbed")) == 0
    expected = pages(command.folder / "undisturbed")
    chance = random.Random(20261)  # noqa: S311 - moments to kill at
    for _ in range(12):
        runner = command("slow", "--resume", out="killed")
        time.sleep(chance.uniform(0.3, 6.0))
        if runner.poll() is None:
            os.killpg(runner.pid, signal.SIGKILL)
        ended(runner)
    assert gone(command.mark)  # what sees that its runner is gone takes a moment to end
    both = [command("slow", "--resume", out="killed") for _ in range(2)]
    codes = sorted(map(ended, both))
    assert codes in ([0, 0], [0, 4])  # one after the other, or one is refused
    assert pages(command.folder / "killed") == expected
    assert gone(command.mark)
    assert of_ours(command) == []
    assert [p.name for p in command.folder.iterdir() if p.name.startswith(".")] == []


@linux
@pytest.mark.slow
def test_a_long_path_for_short_lived_files_does_no_harm(command):
    place = command.place / ("long" * 30)
    place.mkdir()
    command.env["TMPDIR"] = str(place)
    runner = command("fine")
    _, told = runner.communicate(timeout=120)
    assert runner.returncode == 0, told
    assert list(place.iterdir()) == []


def can_mount():
    tried = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", str(SEMAPHORES)]
    try:
        return subprocess.run(tried, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@linux
@pytest.mark.slow
@pytest.mark.parametrize("how", ["ro", "full"])
def test_a_folder_of_semaphores_that_is_full_or_read_only_is_named(command, how):
    if not can_mount():
        pytest.skip("no mount of its own can be made here")
    script = {
        "ro": "mount -t tmpfs -o ro tmpfs /dev/shm",
        "full": "mount -t tmpfs -o size=4k tmpfs /dev/shm; cat /dev/zero > /dev/shm/x 2>/dev/null",
    }[how]
    runner = command("fine", before=["unshare", "-m", "sh", "-c", f'{script}; exec "$@"', "sh"])
    _, told = runner.communicate(timeout=120)
    if runner.returncode == 0:
        pytest.skip("the system makes semaphores elsewhere")
    assert str(SEMAPHORES) in told
    assert "Traceback" not in told
    assert not (command.folder / "site").exists()
    assert gone(command.mark)


@linux
@pytest.mark.slow
@pytest.mark.parametrize("kib", [150_000, 2_000_000])
def test_too_little_memory_is_a_sentence(command, kib):
    before = ["sh", "-c", f'ulimit -v {kib}; exec "$@"', "sh"]
    runner = command("fine", before=before)
    _, told = runner.communicate(timeout=200)
    assert "Traceback" not in told
    assert runner.returncode == 0 or "memory" in told
    assert gone(command.mark)


@linux
@pytest.mark.slow
def test_single_pages_take_their_places_in_the_site_and_all_else_stays(
    project, tmp_path, monkeypatch
):
    out = tmp_path / "site"

    def build(trouble="fine", **choices):
        path = project(trouble)
        monkeypatch.chdir(project.folder)
        return site.build(path, out=out, **choices)

    first = build(only=["Leeds"])
    assert (first.published, first.pages) == (True, 1)
    assert set(pages(out)) == {"leeds.html", "index.html", "overview.html"}
    index = (out / "index.html").read_text()
    assert "1 of the 5 pages of this site are made" in index
    assert 'href="leeds.html"' in index
    assert 'href="kent.html"' not in index
    state = site.status(project(), out=out)
    assert (state.fresh, state.stale) == (("leeds",), ())
    assert state.missing == ("barnet", "devon", "kent", "somerset")
    build()
    whole = pages(out)
    assert "All 5 pages" in (out / "index.html").read_text()
    (out / "devon.html").write_text("<p>changed by hand</p>")
    for resume in (False, True):
        assert build(only=["kent"], options=run.Options(resume=resume)).published
        kept = pages(out)
        assert kept.pop("devon.html") == b"<p>changed by hand</p>"
        assert kept == {name: page for name, page in whole.items() if name != "devon.html"}
    state = site.status(project(), out=out)
    assert (state.fresh, state.stale) == (("barnet", "kent", "leeds", "somerset"), ("devon",))
    state = site.status(project("slow"), out=out)
    assert state.stale == ("barnet", "devon", "kent", "leeds", "somerset")
    # A page that fails leaves the site as it is.
    failed = build("raises", only=["kent", "barnet"])
    assert (failed.published, failed.in_force) == (False, True)
    assert pages(out)["kent.html"] == whole["kent.html"]
    assert site.status(project("raises"), out=out).waiting == ()
    # A stopped batch of all pages is not touched by one of a single page.
    stopped = target.staging(out)
    assert not stopped.exists()
    assert not build("raises").published
    left = pages(stopped)
    assert build("raises", only=["leeds"]).published
    assert pages(stopped) == left
    assert site.status(project("raises"), out=out).waiting == ("barnet", "devon", "somerset")


@linux
@pytest.mark.slow
def test_without_a_site_in_force_none_is_promised(command):
    runner = command("raises")
    _, told = runner.communicate(timeout=120)
    assert runner.returncode == 10
    assert "there is no site in" in told
    assert not (command.folder / "site").exists()
