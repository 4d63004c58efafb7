"""A YAML file of a notebook's parameters, such as the explorer writes: `bench report --params`.

Enters: the file. Leaves: parameters that the notebook takes, by name, or all that is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.project.files import read_yaml
from bench.publish import notebook as batch
from bench.published import sources

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read"]


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
    allowed = batch.declared(notebook, sources.project_root())
    try:
        batch.check_names(map(str, raw), allowed, notebook=notebook)
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
