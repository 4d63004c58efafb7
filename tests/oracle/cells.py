"""A notebook's cells run in this process, so that a page needs no kernel."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_code_cell, new_output

if TYPE_CHECKING:
    from pathlib import Path


def execute(path: Path, parameters: dict[str, object]) -> Any:
    """The notebook with its outputs, as papermill would give it.

    Raises:
        RuntimeError: A cell failed.
    """
    notebook = nbformat.read(path, as_version=4)
    given = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    where = next(
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if "parameters" in cell.metadata.get("tags", [])
    )
    notebook.cells.insert(where, new_code_cell(given))
    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        with capture_output() as captured:
            # A cell's last value is shown through the trap's hook, not through the one of sys.
            shell.display_trap.hook = sys.displayhook
            done = shell.run_cell(cell.source)
        if not done.success:
            raise RuntimeError(f"{path.name}: {done.error_before_exec or done.error_in_exec!r}")
        cell.outputs = [_output(shown) for shown in captured.outputs if shown.data]
        if captured.stdout:
            cell.outputs.insert(0, new_output("stream", name="stdout", text=captured.stdout))
    return notebook


def _output(shown: Any) -> Any:
    # What a kernel sends has been through JSON.
    data = json.loads(json.dumps(shown.data))
    return new_output("display_data", data=data, metadata=shown.metadata or {})
