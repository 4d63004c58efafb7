"""Hashes of outputs by name: written, read and compared, with the texts kept for a diff."""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Texts behind the hashes, so that a difference can be shown; never in version control.
CACHE = ROOT / "build" / "oracle"
SHOWN = 5
LINES_SHOWN = 60
LINE_WIDTH = 240


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def read(path: Path) -> dict[str, str]:
    """name -> hash; nothing where there is no such file."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: value for value, name in (line.split("  ", 1) for line in lines)}


def write(path: Path, outputs: dict[str, bytes]) -> None:
    """The hashes, a line each in order of the names, and the texts beside them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{digest(content)}  {name}\n" for name, content in sorted(outputs.items())]
    path.write_text("".join(lines), encoding="utf-8")
    for content in outputs.values():
        kept(digest(content)).parent.mkdir(parents=True, exist_ok=True)
        kept(digest(content)).write_bytes(content)


def kept(value: str) -> Path:
    """Where the content of a hash lies."""
    return CACHE / "content" / value[:2] / value


def differences(path: Path, outputs: dict[str, bytes]) -> list[str]:
    """What differs from the hashes of a file, by name, with a diff of the first few."""
    expected = read(path)
    actual = {name: digest(content) for name, content in outputs.items()}
    changed = [n for n in sorted(expected.keys() & actual.keys()) if expected[n] != actual[n]]
    report = [f"missing  {name}" for name in sorted(expected.keys() - actual.keys())]
    report += [f"new      {name}" for name in sorted(actual.keys() - expected.keys())]
    report += [f"changed  {name}" for name in changed]
    for name in changed[:SHOWN]:
        before = kept(expected[name])
        old = before.read_bytes() if before.is_file() else None
        report += ["", f"--- {name}", *_diff(old, outputs[name])]
    return report


def _diff(old: bytes | None, new: bytes) -> list[str]:
    if old is None:
        return ["(the text before is not kept here; --write keeps it)"]
    try:
        lines = [_lines(content.decode("utf-8")) for content in (old, new)]
    except UnicodeDecodeError:
        return [f"(not text: {len(old)} bytes before, {len(new)} now)"]
    found = [line[:LINE_WIDTH] for line in difflib.unified_diff(*lines, lineterm="", n=1)][2:]
    rest = len(found) - LINES_SHOWN
    return found[:LINES_SHOWN] + ([f"(and {rest} more lines)"] if rest > 0 else [])


def _lines(text: str) -> list[str]:
    """Lines short enough to compare: a chart's description is one line of many thousand signs."""
    return re.sub(r'(?<=[>,])(?=[<"{\[])', "\n", text).splitlines()
