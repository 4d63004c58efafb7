"""`bench add`: what the command calls, in its order: look, show, agree, write.

Enters: a file and what its reader says of it. Leaves: text to agree to, and then the project's
data with the file's figures in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.present.understood import understood_text
from bench.published import door, sources
from bench.published.door import Details, add, candidate
from bench.published.own_file import OwnFigures, read_own
from bench.published.wishes import Wishes
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.published.recognise import Understood

__all__ = ["Details", "add", "candidate", "look", "own", "text", "wishes"]


def wishes(*, layout: str | None, maps: Sequence[str], year: str | None) -> Wishes:
    """The options of the command, parsed.

    Raises:
        ParameterError: A --map that is no FIELD=COLUMN, or a year that is none.
    """
    pairs = []
    for given in maps:
        field, found, column = given.partition("=")
        if not found or not column.strip():
            raise ParameterError(
                f"found --map {given!r}, expected FIELD=COLUMN.", mend='--map value="Outcome"'
            )
        pairs.append((field.strip().casefold(), column.strip()))
    return Wishes(layout, FinancialYear.parse(year) if year else None, tuple(pairs))


def look(path: Path, wished: Wishes) -> Understood:
    """What a file is taken for; nothing is written.

    Raises:
        ParameterError: There is no project that it could be added to.
        SourceError: It cannot be read, or is a release already.
        LayoutError: It is no table, or cannot be understood.
    """
    return door.look(path, wished, root=sources.writable_root())


def text(understood: Understood) -> str:
    """What a file was taken for, as lines for a terminal."""
    return understood_text(understood, sources.reference())


def own(path: Path, wished: Wishes, *, council: str | None) -> OwnFigures:
    """A council's own provisional figures, read and checked, not yet written.

    Raises:
        LayoutError: The file is no table of figures; every place is named.
        UnknownNameError: The council is not known.
    """
    return read_own(path, wished, council=council)
