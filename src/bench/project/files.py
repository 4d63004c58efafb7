"""CSV and YAML files of the project, read strictly and with their lines.

An entry is added at the end of a reviewed YAML file and taken out again as text: comments, order
and every other line stay as they are.
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
import textwrap
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.errors import Problems, RegisterError
from bench.project import checksums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


class StrictModel(BaseModel):
    """An entry of a YAML file: it takes no key but its own, and does not change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# A text that says something, and an id of ours.
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Review(StrictModel):
    """Who last read a file or an entry, and when."""

    author: Text
    reviewed: date


class CheckedReview(Review):
    """The same with who checked it, and when it is due again."""

    checker: Text
    next_review: date


Model = TypeVar("Model", bound=BaseModel)

# libyaml's loaders are ten times faster, but are not in every build of PyYAML
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Scalars stay text: `no` is a word, 2011-02-30 a fault with a line, 0.1 exact.
_TextLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# What a text that is no YAML, or is nested too deep, is refused with.
_NO_YAML = (yaml.YAMLError, UnicodeError, RecursionError, ValueError)


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


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV of the project as text: a header, then a line for each row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def not_negative(cell: str) -> float | None:
    """The number from 0 that a cell of a CSV holds; None where it holds none, or an endless one."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def read_yaml(path: Path) -> Any:
    """Read one YAML document.

    Raises:
        RegisterError: the file is absent, is not YAML, or holds a key twice; every such key is
            named with its lines.
        DamageError: the file is of a project's data and does not agree with its CHECKSUMS.
    """
    try:
        content = checksums.read(path)
    except OSError as fault:
        raise RegisterError(f"{path}: cannot be read ({fault.strerror}).") from fault
    return parse_yaml(content, path)


def parse_yaml(content: bytes | str, path: Path) -> Any:
    """The value of a YAML document; `path` is named in messages.

    Raises:
        RegisterError: it is not YAML, or holds a key twice; every such key is named with its lines.
    """
    try:
        with _composed(content, _Loader) as (loader, node):
            doubled = list(_doubled(node))
            data = None if doubled or node is None else loader.construct_document(node)
    except _NO_YAML as fault:
        raise RegisterError(f"{path}: is not valid YAML.", str(fault)) from fault
    problems = Problems(RegisterError, str(path), mend="leave one of the two.")
    for key, first, again in doubled:
        problems.add(f"line {again}: {key!r} stands in line {first} already.")
    problems.raise_if_any()
    return data


@contextlib.contextmanager
def _composed(content: bytes | str, kind: Any) -> Iterator[tuple[Any, yaml.Node | None]]:
    """The nodes of a YAML document, and the loader that makes values of them."""
    loader = kind(content)
    try:
        yield loader, loader.get_single_node()
    finally:
        loader.dispose()


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


def dump_yaml(data: object, *, width: int = 80) -> str:
    """Plain values as a YAML document: keys in their order, lines of at most `width` characters."""
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=width)


def read_text(path: Path) -> str:
    """A file's text with its line ends as they are.

    Raises:
        RegisterError: It cannot be read or is not UTF-8.
        DamageError: It does not agree with the data's CHECKSUMS.
    """
    try:
        return checksums.read(path).decode("utf-8")
    except OSError as error:
        raise RegisterError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise RegisterError(f"{path}: is not UTF-8.", mend="save it as UTF-8.") from error


def with_entry(path: Path, text: str, key: str, entry: object) -> str:
    """The text with one more entry at the end of the list or mapping under `key`.

    Args:
        path: The file, for messages.
        text: What it holds.
        key: The last key of the file.
        entry: A list of one, or a mapping of one.

    Raises:
        RegisterError: The entries are not the last thing in the file.
    """
    before = parse_yaml(text, path)
    entries = before[key]
    joined = [*entries, *entry] if isinstance(entry, list) else {**entries, **_mapping(entry)}
    written = dump_yaml(entry, width=96)
    line_end = "\r\n" if "\r\n" in text else "\n"
    for indent in ("  ", "", "    "):
        added = "\n" + textwrap.indent(written, indent)
        longer = text + added.replace("\n", line_end)
        try:
            if parse_yaml(longer, path) == before | {key: joined}:
                return longer
        except RegisterError:
            continue
    raise RegisterError(
        f"{path}: an entry cannot be added at its end without changing the others.",
        mend="let the list of entries be the last thing in the file.",
    )


def without_entry(path: Path, text: str, key: str, name: str) -> str:
    """The text without one entry under `key`, and without the line end that came before it.

    Args:
        path: The file, for messages.
        text: What it holds.
        key: The key that holds the entries.
        name: The key of the entry, or in a list what its `id` is.

    Raises:
        RegisterError: There is no such entry, or other entries cannot be read without it.
    """
    before = parse_yaml(text, path)
    entries = before[key]
    if isinstance(entries, list):
        rest: object = [one for one in entries if one["id"] != name]
    else:
        rest = {other: one for other, one in entries.items() if other != name}
    span = _entry_lines(text, key, name)
    if span is not None:
        lines = text.splitlines(keepends=True)
        first, last = span
        head = "".join(lines[:first])
        shorter = head.removesuffix("\n").removesuffix("\r") + "".join(lines[last:])
        try:
            if parse_yaml(shorter, path) == before | {key: rest}:
                return shorter
        except RegisterError:
            pass
    raise RegisterError(
        f"{path}: the entry {name} cannot be taken out without changing the others.",
        mend="take it out by hand.",
    )


def _mapping(entry: object) -> dict[str, object]:
    assert isinstance(entry, dict)  # noqa: S101 - narrows the type
    return entry


def _entry_lines(text: str, key: str, name: str) -> tuple[int, int] | None:
    """The lines of an entry of a YAML document, as a slice; None where there is no such entry.

    They end after the last line that says something: no comment and no empty line.

    Args:
        text: the document.
        key: the key of the outermost mapping that holds the entries.
        name: the entry's key, or, in a list, what its `id` is.
    """
    with _composed(text, yaml.SafeLoader) as (_, document):
        pass
    for outer, entries in document.value if isinstance(document, yaml.MappingNode) else ():
        if outer.value != key:
            continue
        if isinstance(entries, yaml.SequenceNode):
            nodes = [(node, node) for node in entries.value if name in _ids(node)]
        else:
            nodes = [(first, node) for first, node in entries.value if first.value == name]
        for first, node in nodes:
            lines = text.splitlines()
            at_end = node.end_mark.index >= len(text)
            last: int = len(lines) if at_end else node.end_mark.line
            while last > first.start_mark.line + 1 and _says_nothing(lines[last - 1]):
                last -= 1
            return first.start_mark.line, last
    return None


def _ids(node: yaml.Node) -> list[str]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [value.value for key, value in node.value if key.value == "id"]


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


# Aliases of aliases can make a small file hold a great many lists and mappings.
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class YamlDocument:
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


def read_placed(path: Path, problems: Problems, *, aliases: bool = False) -> YamlDocument | None:
    """Read one YAML document with its lines.

    Args:
        path: the file, UTF-8.
        problems: where faults are noted: an absent file, text that is no YAML, a key that stands
            twice, an alias.
        aliases: whether an alias (*) is taken for what it stands for.

    Returns:
        The document; None where there is none to go on with.
    """
    reader = _Reader(path.name, problems, aliases=aliases)
    try:
        with _composed(checksums.read(path), _TextLoader) as (_, node):
            if node is None:
                problems.add(f"{path.name}: is empty.")
                return None
            for key, _, again in sorted(_doubled(node), key=itemgetter(2)):
                problems.add(f"{path.name} line {again}: {key!r} stands there already.")
            data = reader.value(node, ())
    except OSError as fault:
        problems.add(f"{path.name}: cannot be read ({fault.strerror}).")
        return None
    except _NO_YAML as fault:
        problems.add(f"{path.name}: is not valid YAML: {_brief(fault)}.")
        return None
    return YamlDocument(path, data, reader.lines) if reader.sound else None


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
            self.lines[*steps, key.value] = line
            made[key.value] = self.value(value, (*steps, key.value))
        return made

    def _fault(self, line: int, said: str) -> None:
        self.sound = False
        self._problems.add(f"{self._name} line {line}: {said}.")
