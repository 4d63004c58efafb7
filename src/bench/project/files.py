"""How a register's CSV and YAML are opened, and how a fault in one of them is told."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bench.errors import Problems, RegisterError
from bench.project import checksums

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["add_faults", "parse_model", "read_model", "read_rows", "read_yaml"]

Model = TypeVar("Model", bound=BaseModel)

# libyaml's loader is ten times faster, but is not in every build of PyYAML
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a register's CSV whose header must be exactly `columns`.

    Args:
        path: the file, UTF-8, with or without the mark that spreadsheet programs write.
        columns: the header it must have, in order.

    Returns:
        One dictionary per row, cells stripped; the row's line is under the key `line`.

    Raises:
        RegisterError: the file is absent, has another header, or a row of another length.
        DamageError: the file is of a project's data and does not agree with its CHECKSUMS.
    """
    try:
        text = checksums.read(path).decode("utf-8-sig")
    except OSError as fault:
        raise RegisterError(f"{path}: cannot be read ({fault.strerror}).") from fault
    except UnicodeDecodeError as fault:
        raise RegisterError(f"{path}: is not UTF-8.", mend="save it as CSV UTF-8.") from fault
    lines = csv.reader(io.StringIO(text, newline=""))
    header = tuple(next(lines, ()))
    rows = [(lines.line_num, cells) for cells in lines if cells]
    if header != columns:
        raise RegisterError(
            f"{path}: the header is {', '.join(header) or 'empty'}.",
            mend=f"the header must be {', '.join(columns)}.",
        )
    wrong = [str(line) for line, cells in rows if len(cells) != len(columns)]
    if wrong:
        raise RegisterError(f"{path}: not {len(columns)} cells in line {', '.join(wrong)}.")
    return [
        dict(zip(columns, map(str.strip, cells), strict=True)) | {"line": str(line)}
        for line, cells in rows
    ]


def read_yaml(path: Path) -> Any:
    """Read one YAML document.

    Raises:
        RegisterError: the file is absent, is not YAML, or holds a key twice; every such key is
            named with its lines.
        DamageError: the file is of a project's data and does not agree with its CHECKSUMS.
    """
    loader = None
    try:
        loader = _Loader(checksums.read(path))
        node = loader.get_single_node()
        doubled = list(_doubled(node))
        data = None if doubled or node is None else loader.construct_document(node)
    except OSError as fault:
        raise RegisterError(f"{path}: cannot be read ({fault.strerror}).") from fault
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError) as fault:
        raise RegisterError(f"{path}: is not valid YAML.", str(fault)) from fault
    finally:
        if loader is not None:
            loader.dispose()
    problems = Problems(RegisterError, str(path), mend="leave one of the two.")
    for key, first, again in doubled:
        problems.add(f"line {again}: {key!r} stands in line {first} already.")
    problems.raise_if_any()
    return data


def _doubled(node: yaml.Node | None) -> Iterator[tuple[str, int, int]]:
    """The keys that one mapping holds twice, each with its two lines."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))  # an alias may hold itself
        if isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
            continue
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            waiting.append(value)
            if isinstance(key, yaml.ScalarNode):
                line, name = key.start_mark.line + 1, (key.tag, key.value)
                if name in lines:
                    yield key.value, lines[name], line
                lines.setdefault(name, line)


def read_model(path: Path, model: type[Model]) -> Model:
    """Read one YAML document as a pydantic model.

    Raises:
        RegisterError: the file is absent, is not YAML, or does not fit; every fault is named.
    """
    return parse_model(read_yaml(path), model, path)


def parse_model(data: object, model: type[Model], path: Path) -> Model:
    """What a YAML document holds, as a pydantic model.

    Raises:
        RegisterError: it does not fit; every fault is named.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = Problems(RegisterError, str(path), mend="correct the entries named above.")
        add_faults(problems, error)
        problems.raise_if_any()
        raise


def add_faults(problems: Problems, error: ValidationError) -> None:
    """Note every fault that pydantic found, each with its place and what stands there."""
    for fault in error.errors():
        where = " > ".join(str(part) for part in fault["loc"]) or "the file"
        problems.add(f"{where}: {fault['msg']}; found {str(fault['input'])[:60]!r}")
