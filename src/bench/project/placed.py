"""A YAML file that remembers its lines, so that every fault is told with the place to mend.

Enters: a path. Leaves: its entries as text, and the line of each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bench.project import checksums

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.errors import Problems

__all__ = ["Placed", "read_placed"]

Model = TypeVar("Model", bound=BaseModel)

# Composes only; scalars stay text: `no` is a word, 2011-02-30 a fault with a line, 0.1 exact.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Aliases of aliases can make a small file hold a great many lists and mappings.
_MOST_ENTRIES = 100_000


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


def read_placed(path: Path, problems: Problems, *, aliases: bool = False) -> Placed | None:
    """Read one YAML document with its lines.

    Args:
        path: the file, UTF-8.
        problems: where faults are noted: an absent file, text that is no YAML, a key that stands
            twice, an alias.
        aliases: whether an alias (*) is taken for what it stands for.

    Returns:
        The document; None where there is none to go on with.
    """
    try:
        loader = _Loader(checksums.read(path))
    except OSError as fault:
        problems.add(f"{path.name}: cannot be read ({fault.strerror}).")
        return None
    except (yaml.YAMLError, UnicodeError) as fault:
        problems.add(f"{path.name}: is not valid YAML: {_brief(fault)}.")
        return None
    try:
        node = loader.get_single_node()
    except (yaml.YAMLError, UnicodeError) as fault:
        problems.add(f"{path.name}: is not valid YAML: {_brief(fault)}.")
        return None
    finally:
        loader.dispose()
    if node is None:
        problems.add(f"{path.name}: is empty.")
        return None
    reader = _Reader(path.name, problems, aliases=aliases)
    data = reader.value(node, ())
    return Placed(path, data, reader.lines) if reader.sound else None


def _brief(fault: Exception) -> str:
    mark = getattr(fault, "problem_mark", None)
    said = getattr(fault, "problem", None) or str(fault)
    return f"line {mark.line + 1}: {said}" if mark is not None else said


class _Reader:
    """Makes values of nodes and notes the line of each."""

    def __init__(self, name: str, problems: Problems, *, aliases: bool) -> None:
        self._name, self._problems, self._aliases = name, problems, aliases
        self._above: set[int] = set()
        self._entries = 0
        self._seen: set[int] = set()
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.sound = True

    def value(self, node: yaml.Node, steps: tuple[str | int, ...]) -> Any:
        """A node's value; where it has none, a fault is noted and the document is not sound."""
        line = self.lines.setdefault(steps, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if id(node) in self._seen and not self._aliases:
            return self._fault(line, "an alias (*) is not taken here")
        self._entries += 1
        if id(node) in self._above or self._entries > _MOST_ENTRIES:
            return self._fault(line, "an alias (*) holds itself, or too much")
        self._seen.add(id(node))
        self._above.add(id(node))
        value = self._within(node, steps)
        self._above.discard(id(node))
        return value

    def _within(self, node: yaml.Node, steps: tuple[str | int, ...]) -> Any:
        """What a list or a mapping holds."""
        if isinstance(node, yaml.SequenceNode):
            return [self.value(one, (*steps, at)) for at, one in enumerate(node.value)]
        made: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._fault(line, "a key must be a word")
                continue
            if key.value in made:
                self._problems.add(f"{self._name} line {line}: {key.value!r} stands there already.")
            self.lines[*steps, key.value] = line
            made[key.value] = self.value(value, (*steps, key.value))
        return made

    def _fault(self, line: int, said: str) -> None:
        self.sound = False
        self._problems.add(f"{self._name} line {line}: {said}.")
