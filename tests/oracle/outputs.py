"""What the program puts out, by name: asked in this process, or of whole sites."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import inspect
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import bench
from bench.cli import main
from bench.pages.explorer.view import Pane, shown, start
from bench.publish import html, workers
from bench.publish import notebook as batch
from bench.publish.plan import plan

from . import calls, cells
from .ledger import CACHE, ROOT

Outputs = dict[str, bytes]

# What decides bytes beside this project; hashes made with other versions say nothing of it.
_PACKAGES = (
    "ipywidgets",
    "nbconvert",
    "pandas",
    "plotly",
    "pydantic",
    "scipy",
    "typer",
    "xlsxwriter",
)
VERSIONS = "versions"
# plotly's own script is as large as all else together, and not ours.
_LIBRARY = re.compile(rb'(id="packed-plotly">)[^<]*')
_ENVIRONMENT = {"BENCH_COMMIT": "0" * 12, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


def settle() -> None:
    """Fix what would make the same program put out other bytes."""
    os.environ.update(_ENVIRONMENT)
    os.environ.pop("FORCE_COLOR", None)
    os.chdir(ROOT)


def quick(jobs: int) -> Outputs:
    """What can be asked without a kernel: about one of each kind."""
    settle()
    bench.briefing().table()  # what every process needs is read once, before there are several
    tasks: list[tuple[Any, ...]] = [
        *((_page, site, name) for site, name in calls.PAGES),
        *((_other_page, number) for number in range(len(calls.OTHER_PAGES))),
        (_leads,),
        *((_explored, number) for number in range(len(calls.EXPLORED))),
        *((_frame, call) for call in calls.FRAMES),
        *((_object, call) for call in calls.OBJECTS),
        *((_command, "table", f"table {words} --format json") for words in calls.TABLES),
        *((_command, "command", words) for words in calls.COMMANDS),
        *((_command, "help", f"{words} --help".strip()) for words in calls.HELP),
        *((_command, "refused", words) for words in calls.BAD_COMMANDS),
        *((_refused, call) for call in calls.BAD_CALLS),
        *((_added, name) for name in calls.READERS_FILES),
    ]
    outputs = {VERSIONS: _versions(), **_face()}
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for made in pool.map(_done, tasks):
            outputs |= made
    return outputs


def _done(task: tuple[Any, ...]) -> Outputs:
    function, *arguments = task
    made: Outputs = function(*arguments)
    return made


def _versions() -> bytes:
    python = ".".join(map(str, sys.version_info[:2]))
    packages = [f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES]
    return "\n".join([f"python {python}", *packages, ""]).encode()


# --- pages ----------------------------------------------------------------------------------------


def _in_process(page: batch.Page, **_: Any) -> Any:
    parameters = dict(page.parameters)
    batch.check_names(parameters, batch.declared(page.notebook, ROOT), notebook=page.notebook)
    return cells.execute(ROOT / "notebooks" / page.notebook, parameters)


def _rendered(job: batch.Page, folder: str) -> Outputs:
    batch.execute = _in_process  # this process makes no page in any other way
    batch.seconds_to_ready = lambda _: 0.0  # so papermill has written nothing down
    result = workers.make_page(job, workers.Station(ROOT, None, workers.Limits(600, 2**31)))
    if result.error:
        raise RuntimeError(f"{job.identifier}: {result.error}\n{result.traceback}")
    page, downloads = html.downloads_beside(result.page)
    made = {f"{folder}/{job.identifier}.html": page.encode()}
    return made | {f"{folder}/{name}": content for name, content in downloads.items()}


def _page(site: str, identifier: str) -> Outputs:
    (job,) = plan(Path(site)).only([identifier])
    return _rendered(job, f"site/{site}")


def _other_page(number: int) -> Outputs:
    notebook, parameters = calls.OTHER_PAGES[number]
    name = "-".join([notebook.removesuffix(".ipynb"), *parameters.values()])
    identifier = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    job = batch.Page(identifier, name, notebook, parameters)
    made = _rendered(job, "page")
    whole = batch.render_page(job, _in_process(job), assets=None, root=ROOT)
    made[f"page/{identifier}-single.html"] = _LIBRARY.sub(rb"\1", whole.encode())
    return made


def _leads() -> Outputs:
    """Index, overview and assets of a site without pages, which needs no kernel."""
    description = CACHE / "leads.yaml"
    description.parent.mkdir(parents=True, exist_ok=True)
    settings = {"year": "2024-25", "peers": "cipfa", "rule": "auto", "palette": "rag"}
    site = {"title": "Leads", **settings, "councils": "all", "pages": []}
    description.write_text(json.dumps(site), encoding="utf-8")
    out = CACHE / "leads"
    code, text = _call(["site", str(description), "--out", str(out)])
    if code:
        raise RuntimeError(text)
    return _folder(out, "leads")


def _folder(folder: Path, name: str) -> Outputs:
    made = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in ("plotly.min.js", "run.json"):
            made[f"{name}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return made | {f"{name}/run.json": _evidence(folder / "run.json")}


def _evidence(path: Path) -> bytes:
    """The manifest of a run without what differs from run to run and from code to code."""
    run = json.loads(path.read_text(encoding="utf-8"))
    run = {"site": run["site"], "settings": run["settings"], "pages": run["pages"]}
    for page in run["pages"]:
        for name in ("inputs_sha256", "seconds", "stages", "peak_bytes"):
            del page[name]
    return json.dumps(run, indent=1, ensure_ascii=False).encode()


def _explored(number: int) -> Outputs:
    view = start(**calls.EXPLORED[number])
    return {
        f"explorer/{view.word('council')}-{view.word('year')}/{pane.value}": "\n".join(
            part._repr_mimebundle_()["text/html"] for part in shown(view, pane)
        ).encode()
        for pane in Pane
    }


# --- commands and calls ---------------------------------------------------------------------------


def _call(words: list[str], answer: str = "") -> tuple[int, str]:
    """A command's exit code, and what it printed: both streams, in their order."""
    printed = io.StringIO()
    before = sys.argv, sys.stdin
    sys.argv, sys.stdin = ["bench", *words], io.StringIO(answer)
    code: object = 0
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv, sys.stdin = before
    text = printed.getvalue().replace(str(ROOT), "ROOT")
    return int(str(code or 0)), text


def _command(kind: str, words: str) -> Outputs:
    code, text = _call(shlex.split(words))
    return {f"{kind}/bench {words}": f"exit code {code}\n{text}".encode()}


def _added(name: str) -> Outputs:
    folder = CACHE / "files"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(calls.READERS_FILES[name], encoding="utf-8")
    own = ["--own"] if name == "own.csv" else ["--title", "A file", "--publisher", "A council"]
    code, text = _call(["add", str(path), *own], answer="n\nn\nn\nn\n")
    return {f"command/bench add {name}": f"exit code {code}\n{text}".encode()}


def _refused(call: str) -> Outputs:
    try:
        answer = eval(call, {"bench": bench})  # noqa: S307 - from this project's own table
    except Exception as error:
        text = f"{type(error).__name__} {getattr(error, 'exit_code', '')}\n{error}\n"
        return {f"refused/{call}": text.replace(str(ROOT), "ROOT").encode()}
    raise AssertionError(f"{call} is answered: {answer!r}")


def _frame(call: str) -> Outputs:
    frame = eval(call, {"bench": bench})  # noqa: S307 - from this project's own table
    kinds = "".join(f"{name}: {kind}\n" for name, kind in frame.dtypes.items())
    return {f"frame/{call}": (kinds + frame.to_csv(index=False)).encode()}


# --- the face -------------------------------------------------------------------------------------


def _face() -> Outputs:
    """What `help(bench)` says: the package, and each public name with its signature."""
    made = {"help/package": f"{inspect.getdoc(bench)}\n\n{sorted(bench.__all__)}\n".encode()}
    for name in bench.__all__:
        made[f"help/bench.{name}"] = _described(name, getattr(bench, name)).encode()
    return made


def _described(name: str, thing: Any) -> str:
    if callable(thing):
        return f"{name}{_signature(thing)}\n\n{inspect.getdoc(thing)}\n"
    if isinstance(thing, property):
        return f"{name}: {_annotation(thing.fget)}\n\n{inspect.getdoc(thing)}\n"
    return f"{name}: {type(thing).__name__}\n"


def _signature(thing: Any) -> str:
    try:
        # A default without a name of its own shows where it lies in memory.
        return re.sub(r" at 0x[0-9a-f]+", "", str(inspect.signature(thing)))
    except (TypeError, ValueError):
        return "(...)"


def _annotation(getter: Any) -> str:
    return str(inspect.signature(getter).return_annotation)


def _object(call: str) -> Outputs:
    """The public names of an answer's class, each with its signature and documentation."""
    kind = type(eval(call, {"bench": bench}))  # noqa: S307 - from this project's own table
    names = {name for name in dir(kind) if not name.startswith("_")}
    if dataclasses.is_dataclass(kind):
        names |= {f.name for f in dataclasses.fields(kind) if not f.name.startswith("_")}
    if kind.__module__.split(".")[0] == "bench":
        mro = [one for one in kind.__mro__ if one.__module__.split(".")[0] == "bench"]
        names = {name for name in names if any(_has(one, name) for one in mro)}
    parts = [f"{kind.__name__}\n{inspect.getdoc(kind)}\n"]
    parts += [_described(name, getattr(kind, name, None)) for name in sorted(names)]
    return {f"help/{call}": "\n".join(parts).encode()}


def _has(kind: type, name: str) -> bool:
    return name in vars(kind) or name in vars(kind).get("__annotations__", {})


# --- sites ----------------------------------------------------------------------------------------


def sites(jobs: int, *, every_page: bool) -> Outputs:
    """Every site of params/sites, run as a user runs it; of large ones a sample of the pages."""
    settle()
    made = {VERSIONS: _versions()}
    for path in sorted((ROOT / "params" / "sites").glob("*.yaml")):
        only = [] if every_page else _sample(path)
        out = CACHE / ("all" if every_page else "sites") / path.stem
        shutil.rmtree(out, ignore_errors=True)
        words = [*(word for name in only for word in ("--only", name)), "--jobs", str(jobs)]
        command = "from bench.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", command, "site", path.stem, "--out", str(out), *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"bench site {path.stem}: {done.stderr}")
        made |= _folder(out, f"site/{path.stem}")
    return made


def _sample(path: Path) -> list[str]:
    """The pages of a site that are made unless all are asked for; all of a small one."""
    planned = plan(path)
    paged = planned.of_councils()
    if len(paged) <= len(calls.COUNCILS):
        return []
    of_councils = set(paged.values())
    others = [job.identifier for job in planned.jobs if job.identifier not in of_councils]
    once = [name for name in others if name in planned.once]
    by_indicator = [name for name in others if name not in planned.once]
    step = max(1, len(by_indicator) // calls.INDICATORS)
    councils = [paged[name] for name in calls.COUNCILS]
    return [*councils, *by_indicator[::step][: calls.INDICATORS], *once]
