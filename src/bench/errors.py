"""Everything that can go wrong, one class per kind, with one exit code each."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

# Where all names of a kind can be read, if there are too many for a message.
_SEEN_IN: Final = {
    "council": "`bench list councils`",
    "indicator": "`bench list indicators`",
    "year": "`bench list years`",
    "peer model": "`bench list peers`",
    "site": "`bench list sites`",
    "release": "data/sources.yaml",
    "layout": "data/reference/layouts.yaml",
}


class BenchError(Exception):
    """A fault that is the input's or the environment's, told without a traceback."""

    exit_code = 1

    def __init__(self, *problems: str, mend: str = "") -> None:
        self.problems = problems
        self.mend = mend
        super().__init__(*problems)

    def __reduce__(self) -> tuple[object, ...]:
        # A subclass may be made from other things than its message: it is remade as it is.
        return _remade, (type(self), self.problems, self.__dict__)

    def __str__(self) -> str:
        lines = list(self.problems)
        if self.mend:
            lines.append(f"Try: {self.mend}")
        return "\n".join(lines)


class UnknownNameError(BenchError):
    """A council, year, indicator, peer model, rule or site that no register holds."""

    exit_code = 3

    def __init__(self, kind: str, name: str, allowed: Iterable[str], *, where: str = "") -> None:
        options = list(dict.fromkeys(allowed))
        near = nearest(name, options)
        none = "" if options else "; there is none"
        problem = f"Unknown {kind} {name!r}{' in ' + where if where else ''}{none}."
        mend = ""
        if near:
            mend = f"did you mean {' or '.join(near)}?"
        elif options and len(options) <= 15:
            mend = f"one of {', '.join(options)}."
        elif options:
            seen = f"; see {_SEEN_IN[kind]}" if kind in _SEEN_IN else ""
            mend = f"one of {len(options)}, {options[0]} to {options[-1]}{seen}."
        super().__init__(problem, mend=mend)


class ParameterError(BenchError):
    """A parameter that is misspelt, missing or of the wrong kind."""

    exit_code = 4


class RegisterError(BenchError):
    """A reference or parameter file that does not say what it should."""

    exit_code = 5


class SourceError(BenchError):
    """A file that is absent, cannot be read or written, or is not the one that is described."""

    exit_code = 6


class LayoutError(BenchError):
    """A file that cannot be read as the layout says: where, what was found, what was expected."""

    exit_code = 7


class BuildError(BenchError):
    """Figures that were read but break the schema of the one table."""

    exit_code = 8


class MissingDataError(BenchError):
    """A question that the data in hand cannot answer."""

    exit_code = 9


class ExecutionError(BenchError):
    """A notebook, a process or an output that failed, or a tool that is not installed."""

    exit_code = 10

    def __init__(self, *problems: str, mend: str = "", details: str = "") -> None:
        super().__init__(*problems, mend=mend)
        self.details = details


class DamageError(BenchError):
    """A file of the project's data that is damaged, missing or not accounted for."""

    exit_code = 11


def _remade(kind: type[BenchError], problems: tuple[str, ...], state: dict[str, Any]) -> BenchError:
    error = kind.__new__(kind, *problems)
    error.__dict__.update(state)
    return error


def nearest(
    asked: str, allowed: Iterable[str], *, limit: int = 3, cutoff: float = 0.6
) -> list[str]:
    """Up to `limit` allowed names that look like `asked`, best first, as they are written.

    Args:
        asked: what was written.
        allowed: the names.
        limit: how many at most.
        cutoff: how alike a name is at least, from 0 to 1.
    """
    by_key: dict[str, str] = {}
    for name in allowed:
        by_key.setdefault(name.casefold(), name)
    key = asked.strip().casefold()
    close = difflib.get_close_matches(key, by_key, n=limit, cutoff=cutoff)
    starts = [k for k in by_key if len(key) >= 3 and k.startswith(key) and k not in close]
    return [by_key[k] for k in (close + starts)[:limit]]


class Problems:
    """Collects every problem of one kind, then raises once with all of them."""

    def __init__(self, kind: type[BenchError], subject: str, *, mend: str = "") -> None:
        self._kind, self._subject, self._mend = kind, subject, mend
        self._found: list[str] = []

    def add(self, problem: str) -> None:
        """Note one problem; the first 20 are printed, the others counted."""
        self._found.append(problem)

    def of_kind(self, kind: type[BenchError]) -> Problems:
        """The problems so far, to be raised as an error of another kind."""
        problems = Problems(kind, self._subject, mend=self._mend)
        problems._found = [*self._found]
        return problems

    def raise_if_any(self) -> None:
        """Raise what was collected, if anything was.

        Raises:
            BenchError: Of the kind given, naming the subject and each problem.
        """
        if not self._found:
            return
        shown = [f"{self._subject}: {problem}" for problem in self._found[:20]]
        if len(self._found) > 20:
            shown.append(f"{self._subject}: and {len(self._found) - 20} more problems.")
        raise self._kind(*shown, mend=self._mend)
