"""data/CHECKSUMS: the files that the data consists of, with the SHA-256 of each.

The file has the format of sha256sum: `sha256sum -c CHECKSUMS` in data/ says the same. It covers
published/, reference/, quoted.csv and sources.yaml; every reader of these gets bytes that agree
with it, or an error that names the file. It also says which files are in force: while a change is
brought into place, a file that does not agree yet stands beside itself (see `staged`).
"""

from __future__ import annotations

import functools
import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.errors import DamageError, Problems

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKSUMS: Final = "CHECKSUMS"
# What makes a folder a project, and the project that an installed package brings along.
MARK: Final = Path("params") / "rag.yaml"
PACKAGED: Final = Path(__file__).resolve().parents[1] / "packaged"
NO_TOKEN: Final = "0" * 12

_FOLDERS: Final = ("published", "reference")
_FILES: Final = ("quoted.csv", "sources.yaml")
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_ACCEPT = "if the change is meant, `bench check --accept` takes it down"


@dataclass(frozen=True, slots=True)
class Listing:
    """What CHECKSUMS says: the digest of each file, by its name relative to data/."""

    digests: Mapping[str, str]
    token: str


def text(digests: Mapping[str, str]) -> str:
    """CHECKSUMS as text, sorted by name."""
    return "".join(f"{sha}  {name}\n" for name, sha in sorted(digests.items()))


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, as CHECKSUMS writes it."""
    return hashlib.sha256(content).hexdigest()


def covers(name: str) -> bool:
    """Whether CHECKSUMS answers for a file, named relative to data/ with slashes."""
    *folders, last = name.split("/")
    if not folders:
        return last in _FILES
    return folders[0] in _FOLDERS and not any(part[:1] in ("", ".") for part in (*folders, last))


def token(data: Path) -> str:
    """A short name for the state of the data that is in force."""
    content = _bytes(data / CHECKSUMS)
    return NO_TOKEN if content is None else digest(content)[:12]


def staged(path: Path, state: str) -> Path:
    """Where a file waits that belongs to a state of the data, named by its token."""
    return path.with_name(f".{path.name}.{state}.new")


def listing(data: Path) -> Listing:
    """What CHECKSUMS of a data folder says.

    Raises:
        DamageError: It is missing, or a line of it is no checksum of a file of the data.
    """
    path = data / CHECKSUMS
    content = _bytes(path)
    if content is None:
        raise DamageError(
            f"{path} is missing: the data cannot be told from damaged data.",
            mend=_restoring(data, CHECKSUMS),
        )
    digests, wrong = _parsed(content)
    if wrong:
        raise DamageError(
            f"{path} is damaged: found in line {wrong} no checksum with the name of a file of the "
            "data, or names out of order.",
            mend=_restoring(data, CHECKSUMS),
        )
    return Listing(digests, digest(content)[:12])


@functools.lru_cache(maxsize=4)
def _parsed(content: bytes) -> tuple[Mapping[str, str], int]:
    """The digest of each file, and the first line that is not sound or 0."""
    digests: dict[str, str] = {}
    lines = content.decode("utf-8", errors="replace").split("\n")
    last = ""
    for number, line in enumerate(lines[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None or not covers(match[2]) or match[2] <= last:
            return digests, number
        last = match[2]
        digests[last] = match[1]
    return digests, len(lines) if lines[-1] else 0


def _located(path: Path) -> tuple[Path, str] | None:
    """The data folder and the name in it of a file that CHECKSUMS answers for; else None."""
    parts = path.parts
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] == "data":
            name = "/".join(parts[at + 1 :])
            data = Path(*parts[: at + 1])
            if covers(name) and ((data.parent / MARK).is_file() or (data / CHECKSUMS).is_file()):
                return data, name
            return None
    return None


def listed(path: Path) -> bool:
    """Whether a file is one of its project's data, there or not.

    Raises:
        DamageError: CHECKSUMS is missing or damaged.
    """
    place = _located(path)
    return place is not None and place[1] in listing(place[0]).digests


def read(path: Path) -> bytes:
    """A file's bytes; where it is of a project's data, they agree with CHECKSUMS.

    Raises:
        DamageError: It is missing, changed or not listed, or CHECKSUMS is.
        OSError: It cannot be read; it is missing and is of no project's data.
    """
    place = _located(path)
    if place is None:
        return path.read_bytes()
    data, name = place
    before = ""
    while True:
        state = listing(data)
        content = _in_force(data, name, state)
        if content is not None:
            return content
        # A change that was brought into place meanwhile is no damage: look again.
        if state.token == before:
            break
        before = state.token
        time.sleep(0.01)
    raise DamageError(
        f"{path} {_fault(data, name, state)}.",
        mend=_restoring(data, name),
    )


def _in_force(data: Path, name: str, state: Listing) -> bytes | None:
    """The bytes that CHECKSUMS lists, from the file's place or beside it."""
    expected = state.digests.get(name)
    for path in (data / name, staged(data / name, state.token)):
        content = _bytes(path)
        if content is not None and digest(content) == expected:
            return content
    return None


def _fault(data: Path, name: str, state: Listing) -> str:
    """Why a file does not agree with CHECKSUMS."""
    if not (data / name).is_file():
        return "is missing"
    if name not in state.digests:
        return f"is not listed in {data.name}/{CHECKSUMS}"
    return f"is damaged or was edited: it is not the file that {data.name}/{CHECKSUMS} lists"


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _restoring(data: Path, *names: str) -> str:
    """How files of the data are brought back."""
    if data.parent == PACKAGED:
        return "install the package again: pip install --force-reinstall --no-deps bench-asc"
    if (data.parent / ".git").exists():
        paths = " ".join(f"{data.name}/{name}" for name in dict.fromkeys((*names, CHECKSUMS)))
        return f"`git checkout -- {paths}` restores what was committed; {_ACCEPT}."
    return f"take it from a copy, such as `bench new DIR` makes; {_ACCEPT}."


def files(data: Path) -> list[str]:
    """The names of all files there that CHECKSUMS answers for or should."""
    found = [
        path.relative_to(data).as_posix()
        for folder in _FOLDERS
        for path in (data / folder).rglob("*")
        if path.is_file()
    ]
    return sorted(n for n in (*found, *_FILES) if covers(n) and (data / n).is_file())


def verify(data: Path) -> int:
    """Compare every file with CHECKSUMS, whether or not anything reads it.

    Returns:
        How many files there are.

    Raises:
        DamageError: Files that are missing, changed or not listed; all are named.
    """
    state = listing(data)
    wrong = {
        name: _fault(data, name, state)
        for name in sorted({*state.digests, *files(data)})
        if _in_force(data, name, state) is None
    }
    if wrong and token(data) != state.token:
        return verify(data)  # a change was brought into place meanwhile
    problems = Problems(DamageError, str(data), mend=_restoring(data, *list(wrong)[:20]))
    for name, fault in wrong.items():
        problems.add(f"{name} {fault}")
    problems.raise_if_any()
    return len(state.digests)
