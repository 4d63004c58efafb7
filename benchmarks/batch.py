"""What a page costs in a batch, six ways, in one run on one machine.

    .venv/bin/python benchmarks/batch.py [--pages 15] [--plain 3] [--all]

The same notebook and councils throughout: the plain commands in a loop (papermill, then jupyter
nbconvert), papermill in this process, `bench report` for each, ours cold, ours warm, and the bare
work without any kernel. Ours are `bench site` as a reader types it, start and publication of the
site included. `--all` also makes every council's page, to see whether the time per page and the
memory of the parents grow with their number, and resumes with nothing changed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
import yaml
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bench.publish import notebook as batch
from bench.publish.plan import plan
from bench.publish.workers import Limits, Station, make_page
from bench.published import sources

ROOT = sources.project_root()
NOTEBOOK = "council_report.ipynb"
YEAR = "2018-19"
BIN = Path(sys.executable).parent


def site_file(folder: Path, councils: list[str] | str) -> Path:
    path = folder / f"{'all' if councils == 'all' else 'some'}.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "title": "Benchmark", "year": YEAR, "peers": "cipfa", "rule": "auto",
                "palette": "rag", "councils": councils,
                "pages": [{"notebook": NOTEBOOK, "each": "council"}],
            }
        )
    )  # fmt: skip
    return path


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
    """Memory of a command and of what it starts, looked at four times a second."""

    def __init__(self, command: list[str]) -> None:
        self.runner: list[float] = []
        self.parent: list[float] = []
        self.page = 0.0
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                with contextlib.suppress(psutil.Error):
                    self._look(psutil.Process(process.pid))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.25)
            assert process.returncode == 0, command

    def _look(self, runner: psutil.Process) -> None:
        self.runner.append(runner.memory_info().rss / 2**20)
        for child in runner.children():
            if "bench.publish.warm" in child.cmdline():
                self.parent.append(child.memory_info().rss / 2**20)
                for kernel in child.children():
                    self.page = max(self.page, kernel.memory_full_info().uss / 2**20)

    def growth(self, seen: list[float]) -> str:
        """The median of the second tenth, the first being the start, and of the last."""
        tenth = max(1, len(seen) // 10)
        early, late = seen[tenth : 2 * tenth] or seen, seen[-tenth:]
        return f"{statistics.median(early):.0f} -> {statistics.median(late):.0f} MiB"


def measured(name: str, pages: int, work) -> tuple[str, float]:
    start = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        work()
    per_page = (time.perf_counter() - start) / pages
    print(f"{name:44} {per_page:6.2f} s a page   ({pages} pages)", flush=True)
    return name, per_page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=15)
    parser.add_argument("--plain", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        everything = site_file(folder, "all")
        every_job = plan(everything).jobs
        step = max(1, len(every_job) // chosen.pages)
        few = every_job[::step][: chosen.pages]
        some = site_file(folder, [job.identifier for job in few])
        print(f"{os.cpu_count()} cores, {len(few)} of {len(every_job)} councils, {YEAR}")

        def ours(path: Path, name: str, *words: str) -> Watch:
            out = ["--out", str(folder / name), "--jobs", "2"]
            return Watch([str(BIN / "bench"), "site", str(path), *out, *words])

        bare(list(few[:1]))  # imports and data, once, as in any process that goes on
        times = dict(
            [
                measured(
                    "plain commands: papermill, jupyter nbconvert",
                    len(few[: chosen.plain]),
                    lambda: plain(list(few[: chosen.plain]), folder),
                ),
                measured(
                    "papermill in one process", len(few[:5]), lambda: in_process(list(few[:5]))
                ),
                measured(
                    "bench report, each from cold",
                    len(few[:3]),
                    lambda: single(list(few[:3]), folder / "single"),
                ),
                measured("ours, cold, two jobs", len(few), lambda: ours(some, "cold", "--cold")),
                measured("ours, warm, two jobs", len(few), lambda: ours(some, "warm")),
                measured("bare work, one process, no kernel", len(few), lambda: bare(list(few))),
            ]
        )
        command, _, report, _, warm, work = times.values()
        print(f"plain commands / bench report{command / report:6.1f}   (at least 2)")
        print(f"plain commands / ours warm   {command / warm:6.1f}   (at least 12)")
        print(f"ours warm / bare work        {warm / work:6.2f}   (at most 3)")
        size = sum(p.stat().st_size for p in (folder / "warm").glob("*.html")) / len(few) / 1024
        print(f"a page                       {size:6.0f} KiB")
        if not chosen.all:
            return
        watched: list[Watch] = []
        _, full = measured(
            "ours, warm, every council",
            len(every_job),
            lambda: watched.append(ours(everything, "all")),
        )
        _, kept = measured(
            "resume, nothing changed", len(every_job), lambda: ours(everything, "all", "--resume")
        )
        seen = watched[0]
        print(f"plain commands / every council {command / full:4.1f}   (at least 12)")
        print(f"every council / bare work    {full / work:6.2f}   (at most 3)")
        print(f"every council / {len(few)} of them  {full / warm:6.2f}   (at most 1.15)")
        print(f"resume / full run            {kept / full:6.3f}   (at most 0.02)")
        print(f"memory of the runner         {seen.growth(seen.runner)}")
        print(f"memory of the warm parent    {seen.growth(seen.parent)}")
        print(f"private memory of a page     {seen.page:6.0f} MiB   (at most 350)")


if __name__ == "__main__":
    main()
