"""What a page costs in a batch, beside plain commands and the bare work, in one run on one machine.

    .venv/bin/python benchmarks/batch.py [--pages 15] [--plain 3] [--all] [--years] [--cluster]

The same notebook and councils throughout: the plain commands in a loop (papermill, then jupyter
nbconvert), papermill in this process, `bench report` for each, ours cold, ours warm, and the bare
work without any kernel. Ours are `bench site` as a reader types it, start and publication of the
site included. `--all` also makes every council's page, to see whether the time per page and the
memory of the parents grow with their number, resumes with nothing changed and with one page
changed, and makes the whole site of England. `--years` makes every council's page of every year in
one run. `--cluster` makes every council's page through two Dask
workers on this machine, against two local jobs.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import psutil
import yaml
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bench.pages import store
from bench.pages.choices import NAMES
from bench.publish import notebook as batch
from bench.publish.plan import plan
from bench.publish.workers import Limits, Station, make_page
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = sources.project_root()
NOTEBOOK = "council_report.ipynb"
YEAR = "2018-19"
FIRST = 2014  # of the years of ASCOF that are held
BIN = Path(sys.executable).parent


def site_file(folder: Path, name: str, year: str, pages: dict[str, object]) -> Path:
    """A site of pages made once or for each council, which `pages` adds to a file of its own."""
    path = folder / f"{name}.yaml"
    common = {
        "title": "Benchmark", "year": year, "peers": "cipfa", "rule": "auto", "palette": "rag"
    }  # fmt: skip
    path.write_text(yaml.safe_dump(common | pages))
    return path


def councils_site(folder: Path, name: str, councils: list[str] | str, year: str = YEAR) -> Path:
    """The report of some councils, or of all."""
    pages = {"councils": councils, "pages": [{"notebook": NOTEBOOK, "each": "council"}]}
    return site_file(folder, name, year, pages)


def years_site(folder: Path) -> Path:
    """The report of every council of every year, a council's years one after the other."""
    years = [str(year) for year in store.years() if year.start >= FIRST]
    pages = [
        {
            "notebook": NOTEBOOK,
            "each": "once",
            "identifier": f"{job.identifier}-{year}",
            "title": job.title,
            "parameters": {name: job.parameters[name] for name in NAMES if name in job.parameters},
        }
        for year in years
        for job in plan(councils_site(folder, f"year-{year}", "all", year)).jobs
    ]
    return site_file(folder, "years", years[-1], {"councils": "all", "pages": pages})


def plain(jobs: list[batch.Page], folder: Path) -> None:
    """papermill and jupyter nbconvert, as the manuals have it."""
    for job in jobs:
        out = folder / f"{job.identifier}.ipynb"
        words = [str(BIN / "papermill"), str(ROOT / "notebooks" / NOTEBOOK), str(out)]
        for name, value in job.parameters.items():
            words += ["-p", name, value]
        subprocess.run([*words, "--no-progress-bar"], check=True, capture_output=True, cwd=ROOT)
        convert = [str(BIN / "jupyter"), "nbconvert", "--to", "html", str(out)]
        subprocess.run(convert, check=True, capture_output=True, cwd=ROOT)


def single(jobs: list[batch.Page], folder: Path) -> None:
    """`bench report` for each, every one from a cold start."""
    for job in jobs:
        words = [str(BIN / "bench"), "report", "--out", str(folder)]
        for name, value in job.parameters.items():
            words += [value] if name == "council" else [f"--{name}", value]
        subprocess.run(words, check=True, capture_output=True, cwd=ROOT)


def in_process(jobs: list[batch.Page]) -> None:
    station = Station(ROOT, None, Limits(300, 0))
    for job in jobs:
        assert not make_page(job, station).error


def bare(jobs: list[batch.Page]) -> None:
    """The notebook's own cells, executed here, and the page rendered from what they show."""
    for job in jobs:
        notebook = nbformat.read(ROOT / "notebooks" / NOTEBOOK, as_version=4)
        names: dict[str, object] = {}
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            body = ast.parse(cell.source).body
            last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
            exec(compile(ast.Module(body, []), NOTEBOOK, "exec"), names)  # noqa: S102
            if "parameters" in cell.metadata.get("tags", []):
                names |= job.parameters
            if isinstance(last, ast.Expr):
                shown = eval(compile(ast.Expression(last.value), NOTEBOOK, "eval"), names)  # noqa: S307
                if shown is not None:
                    cell.outputs = displayed(shown)
        batch.render_page(job, notebook, assets=batch.ASSETS)


def displayed(shown: object) -> list[nbformat.NotebookNode]:
    """What a kernel would send of the last expression of a cell."""
    if not hasattr(shown, "_ipython_display_"):
        return [nbformat.v4.new_output("execute_result", shown._repr_mimebundle_())]
    InteractiveShell.instance()  # without one, display prints
    with capture_output() as caught:
        shown._ipython_display_()
    return [nbformat.v4.new_output("display_data", output.data) for output in caught.outputs]


class Watch:
    """A batch as it is made: memory of the command and of what it starts, and seconds a page.

    Memory is looked at four times a second.
    """

    def __init__(self, command: list[str]) -> None:
        self.runner: list[float] = []
        self.parent: list[float] = []
        self.page = 0.0
        with tempfile.TemporaryFile("w+") as said:
            with subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said
            ) as process:
                while process.poll() is None:
                    with contextlib.suppress(psutil.Error):
                        self._look(psutil.Process(process.pid))
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.25)
            said.seek(0)
            told = said.read()
        assert process.returncode == 0, told
        self.seconds = [float(each) for each in re.findall(r"done \S+ \(([0-9.]+) s\)", told)]

    def _look(self, runner: psutil.Process) -> None:
        self.runner.append(runner.memory_info().rss / 2**20)
        for child in runner.children():
            if "bench.publish.warm" in child.cmdline():
                self.parent.append(child.memory_info().rss / 2**20)
                for kernel in child.children(recursive=True):
                    self.page = max(self.page, kernel.memory_full_info().uss / 2**20)

    @property
    def slowing(self) -> float:
        """The mean seconds of the last tenth of the pages over those of the second tenth."""
        tenth = len(self.seconds) // 10
        return statistics.mean(self.seconds[-tenth:]) / statistics.mean(
            self.seconds[tenth : 2 * tenth]
        )

    def growth(self, seen: list[float]) -> str:
        """The median of the second tenth, the first being the start, and of the last."""
        tenth = max(1, len(seen) // 10)
        early, late = seen[tenth : 2 * tenth] or seen, seen[-tenth:]
        return f"{statistics.median(early):.0f} -> {statistics.median(late):.0f} MiB"


def measured(name: str, pages: int, work) -> float:
    """Seconds a page, printed with the seconds of all."""
    start = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        work()
    whole = time.perf_counter() - start
    print(f"{name:50} {whole / pages:6.3f} s a page   ({pages} pages, {whole:.1f} s)", flush=True)
    return whole / pages


def ours(path: Path | str, out: Path, *words: str) -> Watch:
    """`bench site` with two jobs."""
    return Watch([str(BIN / "bench"), "site", str(path), "--out", str(out), "--jobs", "2", *words])


def ratio(name: str, figure: float, aim: str) -> None:
    print(f"{name:44} {figure:6.2f}   ({aim})", flush=True)


def ways(folder: Path, few: list[batch.Page], plain_pages: int) -> tuple[float, float]:
    """Six ways to the same pages: seconds a page of the plain commands and of the bare work."""
    some = councils_site(folder, "some", [job.identifier for job in few])
    bare(few[:1])  # imports and data, once, as in any process that goes on
    command = measured(
        "plain commands: papermill, jupyter nbconvert",
        len(few[:plain_pages]),
        lambda: plain(few[:plain_pages], folder),
    )
    measured("papermill in one process", len(few[:5]), lambda: in_process(few[:5]))
    report = measured(
        "bench report, each from cold", len(few[:3]), lambda: single(few[:3], folder / "single")
    )
    measured("ours, cold, two jobs", len(few), lambda: ours(some, folder / "cold", "--cold"))
    warm = measured("ours, warm, two jobs", len(few), lambda: ours(some, folder / "warm"))
    work = measured("bare work, one process, no kernel", len(few), lambda: bare(few))
    ratio("plain commands / bench report", command / report, "at least 2")
    ratio(f"plain commands / ours, {len(few)} pages", command / warm, "at least 25")
    size = sum(p.stat().st_size for p in (folder / "warm").glob("*.html")) / len(few) / 1024
    ratio("a page, KiB", size, "")
    return command, work


def every_council(folder: Path, command: float, work: float) -> None:
    """All councils of a year, the same again with nothing and with one page changed; England."""
    everything, out = councils_site(folder, "all", "all"), folder / "all"
    pages, watched = len(plan(everything).jobs), []
    full = measured("ours, every council", pages, lambda: watched.append(ours(everything, out)))
    kept = measured("resume, nothing changed", 1, lambda: ours(everything, out, "--resume"))
    page = next(
        path for path in sorted(out.glob("*.html")) if path.stem not in ("index", "overview")
    )
    page.write_text(page.read_text() + "\n")
    measured("resume, one page changed (at most 3 s)", 1, lambda: ours(everything, out, "--resume"))
    england = plan(ROOT / "params" / "sites" / "england-2024-25.yaml").jobs
    measured(
        "the site of England (at most 30 s in all)",
        len(england),
        lambda: ours("england-2024-25", folder / "england"),
    )
    ratio("plain commands / ours, every council", command / full, "at least 60")
    ratio("every council / bare work", full / work, "at most 1.2")
    ratio("resume, nothing changed / full run", kept / full / pages, "at most 0.01")
    memory(watched[0])


def every_year(folder: Path) -> None:
    """Every council of every year in one run: pages of all years from the first to the last."""
    path = years_site(folder)
    watched: list[Watch] = []
    measured(
        "every council of every year (at most 240 s in all)",
        len(plan(path).jobs),
        lambda: watched.append(ours(path, folder / "years")),
    )
    ratio("a page of the last tenth / of the second", watched[0].slowing, "0.9 to 1.1")
    memory(watched[0])


def through_cluster(folder: Path) -> None:
    """Every council through two Dask workers of one thread here, against two local jobs."""
    everything = councils_site(folder, "everything", "all")
    pages = len(plan(everything).jobs)
    local = measured("two local jobs", pages, lambda: ours(everything, folder / "local"))
    with started(folder) as address:
        words = ("--scheduler", address)
        remote = measured(
            "two Dask workers", pages, lambda: ours(everything, folder / "remote", *words)
        )
    ratio("two Dask workers / two local jobs", remote / local, "at most 1.2")


@contextlib.contextmanager
def started(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of one thread each; its address."""
    said = folder / "scheduler.json"
    code = "from distributed.cli.dask_{0} import main; main()"
    common = ["--scheduler-file", str(said), "--no-dashboard", "--host", "127.0.0.1"]
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    commands = [[sys.executable, "-c", code.format("scheduler"), *common, "--port", "0"]]
    commands += [
        [sys.executable, "-c", code.format("worker"), *common, "--nthreads", "1", "--no-nanny",
         "--local-directory", str(folder / f"worker-{number}")]
        for number in range(2)
    ]  # fmt: skip
    processes = [subprocess.Popen(words, **quiet) for words in commands]
    try:
        while not said.exists():
            assert processes[0].poll() is None, "the scheduler has ended"
            time.sleep(0.1)
        yield json.loads(said.read_text())["address"]
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def memory(seen: Watch) -> None:
    print(f"memory of the runner         {seen.growth(seen.runner)}")
    print(f"memory of the warm parent    {seen.growth(seen.parent)}")
    print(f"private memory of a page     {seen.page:6.0f} MiB   (at most 350)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=15)
    parser.add_argument("--plain", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--years", action="store_true")
    parser.add_argument("--cluster", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        every_job = plan(councils_site(folder, "every", "all")).jobs
        step = max(1, len(every_job) // chosen.pages)
        few = list(every_job[::step][: chosen.pages])
        print(f"{os.cpu_count()} cores, {len(few)} of {len(every_job)} councils, {YEAR}")
        if not (chosen.years or chosen.cluster):  # which take long enough by themselves
            command, work = ways(folder, few, chosen.plain)
            if chosen.all:
                every_council(folder, command, work)
        if chosen.years:
            every_year(folder)
        if chosen.cluster:
            through_cluster(folder)


if __name__ == "__main__":
    main()
