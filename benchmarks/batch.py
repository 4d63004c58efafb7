"""What a page costs in a batch, five ways, in one run on one machine.

    .venv/bin/python benchmarks/batch.py [--pages 15] [--plain 3] [--all]

The same notebook and councils throughout: the plain commands in a loop (papermill, then jupyter
nbconvert), papermill in this process, ours cold, ours warm, and the bare work without any kernel.
`--all` also makes every council's page, to see whether the time per page and the memory of the
parent grow with their number, and resumes with nothing changed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import yaml
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bench.publish import batch, run, site
from bench.publish.plan import plan
from bench.publish.workers import Limits, Station, make_page
from bench.published import sources

ROOT = sources.project_root()
NOTEBOOK = "council_report.ipynb"
YEAR = "2018-19"
BIN = Path(sys.executable).parent


def site_file(folder: Path, councils: list[str] | str) -> Path:
    path = folder / "site.yaml"
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


def children_peak() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


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

        def ours(path: Path, name: str, **options: object) -> site.Outcome:
            made = site.build(path, out=folder / name, options=run.Options(jobs=2, **options))
            assert made.published
            return made

        bare(list(few[:1]))  # imports and data, once, as in any process that goes on
        times = dict(
            [
                measured(
                    "plain commands: papermill, jupyter nbconvert",
                    chosen.plain,
                    lambda: plain(list(few[: chosen.plain]), folder),
                ),
                measured("papermill in one process", 5, lambda: in_process(list(few[:5]))),
                measured("ours, cold, two jobs", len(few), lambda: ours(some, "cold", cold=True)),
                measured("ours, warm, two jobs", len(few), lambda: ours(some, "warm")),
                measured("bare work, one process, no kernel", len(few), lambda: bare(list(few))),
            ]
        )
        command, _, _, warm, work = times.values()
        print(f"plain commands / ours warm   {command / warm:5.1f}   (at least 12)")
        print(f"ours warm / bare work        {warm / work:5.2f}   (at most 3)")
        size = sum(p.stat().st_size for p in (folder / "warm").glob("*.html")) / len(few) / 1024
        print(
            f"a page                       {size:5.0f} KiB; largest child {children_peak():.0f} MiB"
        )
        if not chosen.all:
            return
        site_file(folder, "all")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        _, full = measured("ours, warm, every council", len(every_job), lambda: ours(some, "all"))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"every council / {len(few)} of them    {full / warm:5.2f}   (at most 1.15)")
        print(f"memory of the runner         {before:.0f} -> {after:.0f} MiB")
        _, kept = measured(
            "resume, nothing changed", len(every_job), lambda: ours(some, "all", resume=True)
        )
        print(f"resume / full run            {kept / full:5.3f}   (at most 0.02)")


if __name__ == "__main__":
    main()
