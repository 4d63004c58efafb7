"""A YAML file that remembers its lines, so that every fault is told with the place to mend.

Enters: a path. Leaves: its entries as text, and the line of each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.errors import Problems

__all__ = ["Placed", "read_placed"]

Model = TypeVar("Model", bound=BaseModel)

# All scalars are text: `no` stays a word, 2011-02-30 a fault with a line, 0.1 an exact decimal.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Placed:
    """One YAML document.

    Attributes:
        path: the file.
        data: mappings, lists and text; no other scalars.
        lines: the line of each entry, by the keys and numbers that lead to it.
    """

    path: Path
    data: Any
    lines: Mapping[tuple[str | int, ...], int]

    def place(self, *steps: str | int) -> str:
        """The file and the line of an entry, or of the nearest one that holds it."""
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return f"{self.path.name} line {self.lines.get(steps, 1)}"

    def parse(self, model: type[Model], problems: Problems) -> Model | None:
        """The document as a pydantic model; None, with every fault noted, where it does not fit."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            for fault in error.errors():
                steps = fault["loc"]
                where = " > ".join(
                    str(step + 1) if isinstance(step, int) else step for step in steps
                )
                found = (
                    "" if fault["type"] == "missing" else f"; found {str(fault['input'])[:60]!r}"
                )
                problems.add(f"{self.place(*steps)}: {where or 'the file'}: {fault['msg']}{found}.")
            return None


def read_placed(path: Path, problems: Problems) -> Placed | None:
    """Read one YAML document with its lines.

    Args:
        path: the file, UTF-8.
        problems: where faults are noted: an absent file, text that is no YAML, a key that stands
            twice, an alias.

    Returns:
        The document; None where there is none to go on with.
    """
    try:
        loader = _Loader(path.read_bytes())
    except OSError as fault:
        problems.add(f"{path.name}: cannot be read ({fault.strerror}).")
        return None
    except (yaml.YAMLError, UnicodeError) as fault:
        problems.add(f"{path.name}: is not valid YAML: {_brief(fault)}.")
        return None
    try:
        node = loader.get_single_node()
        lines: dict[tuple[str | int, ...], int] = {}
        sound = node is not None and _walk(node, (), lines, set(), path.name, problems)
        if node is None:
            problems.add(f"{path.name}: is empty.")
        return Placed(path, loader.construct_document(node), lines) if sound else None
    except (yaml.YAMLError, UnicodeError) as fault:
        problems.add(f"{path.name}: is not valid YAML: {_brief(fault)}.")
        return None
    finally:
        loader.dispose()


def _brief(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    said = getattr(fault, "problem", None) or str(fault)
    return f"line {mark.line + 1}: {said}" if mark is not None else said


def _walk(
    node: yaml.Node,
    steps: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    seen: set[int],
    name: str,
    problems: Problems,
) -> bool:
    """Note the line of each entry; False where the document cannot be made into values."""
    lines.setdefault(steps, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return True
    if id(node) in seen:  # an alias may hold itself
        problems.add(f"{name} line {lines[steps]}: an alias (*) is not taken here.")
        return False
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        found = [
            _walk(one, (*steps, at), lines, seen, name, problems)
            for at, one in enumerate(node.value)
        ]
        return all(found)
    sound = True
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.add(f"{name} line {line}: a key must be a word.")
            sound = False
            continue
        here = (*steps, key.value)
        if here in lines:
            problems.add(f"{name} line {line}: {key.value!r} stands there already.")
        lines[here] = line
        sound &= _walk(value, here, lines, seen, name, problems)
    return sound
