"""Notebooks with parameters: checked, executed by papermill, rendered as pages.

`bench report --params` reads the parameters from a YAML file.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import itertools
import shlex
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bench
from bench.errors import ExecutionError, ParameterError, nearest
from bench.pages.choices import NAMES, Choices
from bench.project import places
from bench.project.files import read_yaml
from bench.publish import engine, html
from bench.publish.kernels import MOST_BYTES, PrivateKernelManager, ShellManager
from bench.published import sources
from bench.published.provisional import own_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nbformat import NotebookNode

    from bench.pages.overview.pages import Link


# Where jsonschema, which nbformat imports, can import this, it builds a grammar of addresses: that
# takes nearly all of the time of the import, and no notebook asks for it.
_GRAMMAR = "rfc3987_syntax"

if _GRAMMAR not in sys.modules:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]

nbformat: Any = importlib.import_module("nbformat")

ASSETS = "assets"
COUNCIL_REPORT = "council_report.ipynb"
COUNCIL_BRIEF = "council_brief.ipynb"
AREA_REPORT = "area_report.ipynb"
INDICATOR_REPORT = "indicator_report.ipynb"
AREA_BRIEF = "area_brief.ipynb"
# How the page of a brief is called, after its council.
BRIEF_SUFFIX = "-brief"


@dataclass(frozen=True, slots=True)
class Page:
    """One page to make: which notebook, with which parameters, under which identifier."""

    identifier: str
    title: str
    notebook: str
    parameters: Mapping[str, str]


def parameters_of(notebook: NotebookNode) -> dict[str, object]:
    """The parameters that a notebook declares in its cell tagged `parameters`, with defaults.

    Raises:
        ParameterError: There is no such cell, or it holds more than assignments.
    """
    tagged = [c for c in notebook.cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(f"found {len(tagged)} cells tagged 'parameters', expected one.")
    declared: dict[str, object] = {}
    for statement in ast.parse(tagged[0].source).body:
        target = statement.target if isinstance(statement, ast.AnnAssign) else None
        if not isinstance(target, ast.Name) or statement.value is None:
            raise ParameterError(
                f"the parameters cell holds {ast.unparse(statement)!r}, "
                "expected only typed names with a default."
            )
        declared[target.id] = ast.literal_eval(statement.value)
    return declared


def declared(notebook: str, root: Path) -> dict[str, object]:
    """The parameters that a notebook of the project takes, with their defaults.

    Raises:
        ParameterError: There is no such notebook, or no proper cell of parameters in it.
    """
    path = notebook_path(notebook, root)
    try:
        read = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise ParameterError(f"{path} cannot be read as a notebook: {said}") from error
    return parameters_of(read)


@functools.lru_cache(16)  # each page of a site asks this of the same few notebooks
def _parsed(text: str) -> NotebookNode:
    return nbformat.reads(text, as_version=4)


def notebook_path(notebook: str, root: Path) -> Path:
    """The path of a notebook of the project.

    Args:
        notebook: A plain file name; the notebook lies in `notebooks/`.
        root: The project.

    Raises:
        ParameterError: It is no such name, leads elsewhere, or there is no such file.
    """
    plain = (
        notebook.isprintable()
        and not set(notebook) & set('/\\:"<>|?*')
        and not notebook.startswith(".")
        and notebook.endswith(".ipynb")
    )
    folder = root / "notebooks"
    if not plain:
        raise ParameterError(
            f"{notebook[:80]!r} is no notebook's name; expected the plain name of a file in "
            f"{folder}, such as {COUNCIL_REPORT}."
        )
    path = folder / notebook
    try:
        true = path.resolve()
        if true.parent != folder.resolve():
            raise ParameterError(f"{path} is a link to {true}; expected a file in {folder}.")
        is_file = true.is_file()
    except (OSError, RuntimeError):  # too long a name, or a link to itself
        is_file = False
    if not is_file:
        raise ParameterError(f"{path} is missing.", mend="restore it from version control.")
    return path


def check_names(names: Iterable[str], allowed: Iterable[str], *, notebook: str) -> None:
    """See that a notebook takes parameters of these names.

    Raises:
        ParameterError: It does not take one of them; all are named, and what is like them.
    """
    allowed = list(allowed)
    unknown = [name for name in names if name not in allowed]
    if unknown:
        near = [name for one in unknown for name in nearest(one, allowed, limit=1)]
        raise ParameterError(
            f"{notebook} has no parameter {', '.join(map(repr, unknown))}; "
            f"it takes {', '.join(allowed)}.",
            mend=f"did you mean {', '.join(near)}?" if near else "",
        )


def council_page(choices: Choices, *, notebook: str = COUNCIL_REPORT) -> Page:
    """The page of one council and year."""
    return Page(
        identifier=choices.council.area_id,
        title=f"{choices.council.name}: adult social care beside its peers, {choices.year}"
        + (", provisional" if choices.provisional else ""),
        notebook=notebook,
        parameters=choices.parameters(),
    )


def brief_page(choices: Choices, *, full_page: str | None = None) -> Page:
    """The brief of one council and year.

    Args:
        full_page: the address of the council's page as seen from the brief, if there is one.
    """
    return Page(
        identifier=f"{choices.council.area_id}{BRIEF_SUFFIX}",
        title=f"{choices.council.name}: adult social care in brief, {choices.year}"
        + (", provisional" if choices.provisional else ""),
        notebook=COUNCIL_BRIEF,
        parameters=choices.parameters() | ({"full_page": full_page} if full_page else {}),
    )


def execute(
    page: Page,
    *,
    root: Path | None = None,
    kernels: type[PrivateKernelManager | ShellManager] | None = None,
    seconds: float | None = None,
) -> NotebookNode:
    """Run a page's notebook in a shell or a kernel of its own.

    Args:
        page: What to run with which parameters.
        kernels: How they are started; ordinary kernels if not given.
        seconds: How long the page may take; any time if not given.

    Returns:
        The notebook with its outputs.

    Raises:
        ParameterError: A parameter that the notebook does not declare.
        ExecutionError: A cell failed or took too long, or the kernel died; the cell and its error
            are named.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    # As its entry point does, where the package is used without being installed.
    papermill.engines.papermill_engines.register(engine.NAME, engine.ForkEngine)
    root = root or sources.project_root()
    check_names(page.parameters, declared(page.notebook, root), notebook=page.notebook)
    limits = {}
    if seconds is not None:
        deadline = time.monotonic() + seconds
        limits["timeout_func"] = lambda _: max(1, round(deadline - time.monotonic()))
    where = f"{page.notebook} failed for {page.identifier}"
    try:
        executed = papermill.execute_notebook(
            str(root / "notebooks" / page.notebook),
            None,
            parameters=dict(page.parameters),
            cwd=str(sources.workspace(root)),
            engine_name=engine.NAME,
            progress_bar=False,
            kernel_name="python3",
            kernel_manager_class=kernels or PrivateKernelManager,
            # The kernel has nothing to save, and a polite farewell costs time.
            shutdown_kernel="immediate",
            **limits,
        )
    except papermill.PapermillExecutionError as error:
        told = f"{where} in cell {error.cell_index}: {error.ename}: {error.evalue}"
        raise ExecutionError(told, details="\n".join(error.traceback)) from None
    except CellTimeoutError:
        raise ExecutionError(f"{where}: it took more than {seconds:g} seconds.") from None
    except DeadKernelError:
        if kernels is not None and kernels.exceeded:
            most = f"{MOST_BYTES // 1024**2} MiB"
            raise ExecutionError(f"{where}: it put out more than {most}.") from None
        raise ExecutionError(f"{where}: its kernel died.") from None
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
    return executed


def join_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """A cell's outputs with what it printed between two others in one piece a stream.

    In how many pieces it comes, and how those of the two streams follow each other, depends on how
    busy the machine is; a page is the same bytes whenever it is made.

    Args:
        outputs: The outputs of one cell; none of them is changed.

    Returns:
        The outputs in their order, standard output before standard error.
    """
    joined: list[NotebookNode] = []
    for are_streams, group in itertools.groupby(outputs, lambda o: o["output_type"] == "stream"):
        if not are_streams:
            joined.extend(group)
            continue
        pieces = list(group)
        for name in sorted({piece["name"] for piece in pieces}, reverse=True):
            of_name = [piece for piece in pieces if piece["name"] == name]
            text = "".join(piece["text"] for piece in of_name)
            joined.append(nbformat.from_dict({**of_name[0], "text": text}))
    return joined


def seconds_to_ready(notebook: NotebookNode) -> float:
    """How long an executed notebook waited for its shell or kernel, by papermill's records."""
    began = datetime.fromisoformat(notebook.metadata.papermill.start_time)
    first = datetime.fromisoformat(notebook.cells[0].metadata.papermill.start_time)
    return (first - began).total_seconds()


def render_page(
    page: Page,
    notebook: NotebookNode,
    *,
    assets: str | None,
    root: Path | None = None,
    nav: Sequence[Link] = (),
) -> str:
    """The page of an executed notebook, with its provenance and the way to the site's others."""
    root = root or sources.project_root()
    return html.render(
        notebook,
        title=page.title,
        palette=str(page.parameters.get("palette", "rag")),
        provenance=provenance(page, root),
        assets=assets,
        nav=nav,
    )


def provenance(page: Page, root: Path) -> dict[str, str]:
    """Which data, code and parameters made a page; the same inputs give the same words."""
    data, version = _data_and_commit(root)
    notebook = (root / "notebooks" / page.notebook).read_bytes()
    own = own_path(page.identifier.removesuffix(BRIEF_SUFFIX), root)
    provisional = (
        {"Own figures": f"{own.name} (sha256 {hashlib.sha256(own.read_bytes()).hexdigest()[:12]})"}
        if own.is_file()
        else {}
    )
    return {
        "Made by": f"bench {bench.__version__}",
        "Version of the code": version,
        "Notebook": f"{page.notebook} (sha256 {hashlib.sha256(notebook).hexdigest()[:12]})",
        "Parameters": ", ".join(f"{name} = {value}" for name, value in page.parameters.items()),
        "Data": f"sha256 {data[:12]}",
        **provisional,
        **(_commands(page, root) if page.notebook == COUNCIL_REPORT else {}),
    }


def _commands(page: Page, root: Path) -> dict[str, str]:
    """What makes a council's page again, and those of the years beside it, and what explores it.

    Each choice is written out, so that what is usual may change.
    """
    choices = choices_of(page, root)
    beside = choices.years_beside()
    named = {"earlier": "The year before", "later": "The year after"}
    words = choices.words()
    council, year = words.pop("council"), words.pop("year")
    others = "".join(f", {name}={word!r}" for name, word in words.items())
    explorer = f"import bench; bench.explorer({council!r}, {year!r}{others})"
    return {
        "This page again": _command(choices),
        **{named[name]: _command(other) for name, other in beside.items()},
        "To paste into JupyterLab": explorer,
    }


def choices_of(page: Page, root: Path) -> Choices:
    """What a council's page is about; what it does not say is what its notebook declares.

    Raises:
        BenchError: A choice that is not known.
    """
    given = declared(page.notebook, root) | dict(page.parameters)
    return Choices.of(**{name: str(given[name]) for name in NAMES if name in given})


def _command(choices: Choices) -> str:
    words = choices.words()
    council = shlex.quote(words.pop("council"))
    options = (f"--{name} {shlex.quote(word)}" for name, word in words.items())
    return f"bench report {council} {' '.join(options)}"


@functools.cache
def _data_and_commit(root: Path) -> tuple[str, str]:
    """The hash of the figures and the version of the code, reckoned once a process."""
    data = hashlib.sha256()
    for path in sorted((root / "data" / "published").glob("*.parquet")):
        data.update(path.read_bytes())
    return data.hexdigest(), sources.commit(root)


def package_folder() -> Path:
    """Where this package's code lies."""
    return Path(bench.__file__).resolve().parent


def write_page(text: str, path: Path) -> None:
    """Write a page so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    places.write_whole(path, text.encode("utf-8"))


def read(path: Path, *, notebook: str) -> dict[str, str]:
    """What a parameter file says, checked as a notebook's parameters are.

    Args:
        path: The YAML file: one text for each name; an empty file says nothing.
        notebook: The notebook that is to take them.

    Raises:
        RegisterError: The file is absent or is not YAML.
        ParameterError: It holds a name that the notebook does not take, or something else than a
            text; everything at once.
    """
    raw = read_yaml(path)
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ParameterError(
            f"{path} holds {type(raw).__name__}, expected names with their values.",
            mend="write one a line, such as council: Leeds.",
        )
    found, mend = [], ""
    allowed = declared(notebook, sources.project_root())
    try:
        check_names(map(str, raw), allowed, notebook=notebook)
    except ParameterError as error:
        found, mend = [*error.problems], error.mend
    found += [
        f"{name} is {value!r}, expected a text."
        for name, value in raw.items()
        if not isinstance(value, str)
    ]
    if found:
        raise ParameterError(f"{path}:", *found, mend=mend)
    return raw
