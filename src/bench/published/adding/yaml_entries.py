"""Entries of a reviewed YAML file, added at its end and taken out again as text.

Comments, order and every other line stay as they are: what is taken out leaves the bytes that were
there before it was added.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from bench.errors import RegisterError
from bench.project import checksums
from bench.project.files import dump_yaml, entry_lines, parse_yaml

if TYPE_CHECKING:
    from pathlib import Path


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


def appended(path: Path, text: str, key: str, entry: object) -> str:
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
    held = before[key]
    joined = [*held, *entry] if isinstance(entry, list) else {**held, **_mapping(entry)}
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


def without(path: Path, text: str, key: str, name: str) -> str:
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
    held = before[key]
    if isinstance(held, list):
        rest: object = [one for one in held if one["id"] != name]
    else:
        rest = {other: one for other, one in held.items() if other != name}
    span = entry_lines(text, key, name)
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
