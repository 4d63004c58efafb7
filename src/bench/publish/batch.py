"""Notebook x parameters -> page. Papermill executes, nbconvert renders, files are written whole.

Enters: a notebook, its parameters and a folder. Leaves: a page and the assets beside it.
"""

from __future__ import annotations

import ast
import hashlib
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat

import bench
from bench.errors import ExecutionError, ParameterError, nearest
from bench.publish import html
from bench.published import sources
from bench.published.own import own_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

__all__ = ["Page", "execute", "parameters_of", "render_page", "write_page"]

ASSETS = "assets"


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


def _read(page: Page, root: Path) -> NotebookNode:
    path = root / "notebooks" / page.notebook
    if not path.is_file():
        raise ParameterError(f"{path} is missing.", mend="restore it from version control.")
    notebook = nbformat.read(path, as_version=4)
    allowed = parameters_of(notebook)
    unknown = [name for name in page.parameters if name not in allowed]
    if unknown:
        near = nearest(unknown[0], allowed)
        raise ParameterError(
            f"{page.notebook} has no parameter {', '.join(map(repr, unknown))}; "
            f"it takes {', '.join(allowed)}.",
            mend=f"did you mean {near[0]}?" if near else "",
        )
    return notebook


def execute(page: Page, *, root: Path | None = None) -> NotebookNode:
    """Run a page's notebook in a kernel of its own.

    Returns:
        The notebook with its outputs.

    Raises:
        ParameterError: A parameter that the notebook does not declare.
        ExecutionError: A cell failed; the cell and its error are named.
    """
    import papermill

    from bench.publish.kernels import PrivateKernelManager

    root = root or sources.project_root()
    _read(page, root)
    try:
        return papermill.execute_notebook(
            str(root / "notebooks" / page.notebook),
            None,
            parameters=dict(page.parameters),
            cwd=str(root),
            progress_bar=False,
            kernel_name="python3",
            kernel_manager_class=PrivateKernelManager,
        )
    except papermill.PapermillExecutionError as error:
        raise ExecutionError(
            f"{page.notebook} failed for {page.identifier} in cell {error.cell_index}: "
            f"{error.ename}: {error.evalue}"
        ) from None


def render_page(
    page: Page, notebook: NotebookNode, *, assets: str | None, root: Path | None = None
) -> str:
    """The page of an executed notebook, with its provenance."""
    root = root or sources.project_root()
    return html.render(
        notebook,
        title=page.title,
        palette=str(page.parameters.get("palette", "rag")),
        provenance=provenance(page, root),
        assets=assets,
    )


def provenance(page: Page, root: Path) -> dict[str, str]:
    """Which data, code and parameters made a page; the same inputs give the same words."""
    data = hashlib.sha256()
    for path in sorted((root / "data" / "published").glob("*.parquet")):
        data.update(path.read_bytes())
    notebook = (root / "notebooks" / page.notebook).read_bytes()
    own = own_path(page.identifier, root)
    provisional = (
        {"Own figures": f"{own.name} (sha256 {hashlib.sha256(own.read_bytes()).hexdigest()[:12]})"}
        if own.is_file()
        else {}
    )
    return {
        "Made by": f"bench {bench.__version__}",
        "Version of the code": _commit(root),
        "Notebook": f"{page.notebook} (sha256 {hashlib.sha256(notebook).hexdigest()[:12]})",
        "Parameters": ", ".join(f"{name} = {value}" for name, value in page.parameters.items()),
        "Data": f"sha256 {data.hexdigest()[:12]}",
        **provisional,
    }


def _commit(root: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            ["git", "-C", str(root), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "not under version control"
    return done.stdout.strip()


def write_page(text: str, path: Path) -> None:
    """Write a page so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
