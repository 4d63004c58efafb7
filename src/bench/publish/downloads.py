"""The downloads that a page carries, as files beside it."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Final

from bench.project import places

if TYPE_CHECKING:
    from pathlib import Path

# Only this package's own template writes such elements: every text of the data is escaped.
_CARRIED: Final = re.compile(
    r'<a class="download" download="(?P<name>[a-z0-9_.-]+)" '
    r'href="data:[a-z0-9.;=/-]+;base64,(?P<content>[A-Za-z0-9+/=]*)">'
)
_LED: Final = re.compile(r'<a data-file="(?P<name>[a-z0-9_.-]+)" href="#downloads">')


def beside(page: str) -> tuple[str, dict[str, bytes]]:
    """The page with its downloads taken out of it.

    Returns:
        The page, whose links now lead to files in its own folder, and name -> content of these.
    """
    files: dict[str, bytes] = {}

    def taken(match: re.Match[str]) -> str:
        files[match["name"]] = b64decode(match["content"])
        return f'<a class="download" download href="{match["name"]}">'

    page = _CARRIED.sub(taken, page)
    return _LED.sub(
        lambda found: (
            f'<a download href="{found["name"]}">' if found["name"] in files else found[0]
        ),
        page,
    ), files


def write(files: dict[str, bytes], folder: Path) -> list[Path]:
    """Write downloads into a page's folder, each whole or not at all.

    Returns:
        Their paths, in order.
    """
    paths = []
    for name, content in files.items():
        path = folder / name
        places.write_whole(path, content)
        paths.append(path)
    return paths
