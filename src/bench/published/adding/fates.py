"""The fate of each part of a foreign file: read, left out because it says why, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FateKind(StrEnum):
    """Whether a part of a file is read."""

    READ = "read"
    LEFT_OUT = "left out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a sheet, a column, a group of rows or of cells.

    Attributes:
        part: sheet, column, rows, cells, title or note.
        name: as printed.
        kind: read, left out or unknown.
        words: what it is read as, why it is left out, or what is not known of it.
        place: where it stands, without the file's name; "" for the whole file.
        maps: for the unknown, the options that would settle it; who agrees at the terminal takes
            the first, which is how the figures that are shown were read.
        firm: whether agreeing at the terminal does not settle it.
    """

    part: str
    name: str
    kind: FateKind
    words: str
    place: str = ""
    maps: tuple[str, ...] = ()
    firm: bool = False

    @property
    def problem(self) -> str:
        """The unknown as one line of a refusal."""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.words}"
