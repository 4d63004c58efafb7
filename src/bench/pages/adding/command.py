"""The steps of `bench add`: open, show, ask, write; and `bench add --remove`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.errors import BuildError, MissingDataError, ParameterError
from bench.integrity.checks.incoming import Incoming, incoming
from bench.integrity.checks.rule import Severity
from bench.pages.adding.preview import (
    doubt_text,
    incoming_text,
    parts_text,
    removal_text,
    understood_text,
)
from bench.pages.choices import LATEST, choose_year
from bench.pages.quality.report import newly_found
from bench.published import observations, sources
from bench.published.adding import register
from bench.published.adding.overrides import Overrides
from bench.published.adding.register import Candidate, Details
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import pandas as pd

    from bench.integrity.checks.rule import RuleOutcome
    from bench.published.adding.detect import Understood
    from bench.published.adding.provisional_file import OwnFigures
    from bench.published.provisional import OwnFigure
    from bench.reference import Registers


@dataclass(frozen=True)
class Consequences:
    """What a table changes of what is in force, and what the rules find that is new.

    Attributes:
        candidate: the table as it would be brought in.
        incoming: what it would change.
        findings: rules with what they find with it and did not find before.
        dated: whether anybody said when it was published.
    """

    candidate: Candidate
    incoming: Incoming
    findings: tuple[RuleOutcome, ...]
    dated: bool

    @property
    def errors(self) -> tuple[str, ...]:
        """The findings of the severity error, by rule with their number."""
        return tuple(
            f"{one.rule.code}: {len(one.findings)}, {one.rule.message}"
            for one in self.findings
            if one.rule.severity is Severity.ERROR
        )

    def text(self) -> str:
        """What is to be agreed to, as lines for a terminal."""
        return incoming_text(
            self.incoming,
            self.findings,
            registers=_registers(self.candidate),
            manifest=sources.manifest(),
            dated=self.dated,
        )

    def refuse(self) -> None:
        """Refuse a table with errors that nobody accepted.

        Raises:
            BuildError: It has such findings.
        """
        if self.errors:
            raise BuildError(
                *(f"{self.candidate.understood.file}: {error}." for error in self.errors),
                mend="correct the file, or bring it in all the same: --accept-findings",
            )

    def accepted(self) -> Candidate:
        """The table, with the errors that were accepted in its entry of the manifest."""
        return replace(
            self.candidate, details=replace(self.candidate.details, accepted=self.errors)
        )


def overrides(*, layout: str | None, maps: Sequence[str], year: str | None) -> Overrides:
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
    return Overrides(layout, FinancialYear.parse(year) if year else None, tuple(pairs))


def check(
    file: Path | None, details: Details, *, own: bool, remove: str | None
) -> tuple[Path | None, str | None]:
    """The file to add or the release to take out, if what was asked for goes together.

    No file is opened.

    Returns:
        The file to add or the release to take out; one of them is None.

    Raises:
        ParameterError: It does not go together, or a release's id is none or taken.
    """
    if (file is None) == (remove is None):
        raise ParameterError(
            "found neither a file to add nor a release to take out."
            if file is None
            else f"found both a file to add and --remove {remove}.",
            mend="bench add FILE, or bench add --remove ID",
        )
    if remove is not None and (details != Details() or own):
        raise ParameterError(
            "found --remove beside options of a file that is added.", mend=f"--remove {remove}"
        )
    if own and (details.release or details.framework):
        raise ParameterError(
            "found --own beside an option of a publication: a council's own figures are no "
            "release.",
            mend="leave out --own, or the other option.",
        )
    if details.release is not None:
        register.check_release_id(details.release)
    if details.framework is not None:
        FinancialYear.parse(details.framework)
    return file, remove


def look(path: Path, options: Overrides) -> Understood:
    """What a file is taken for; nothing is written.

    Raises:
        ParameterError: There is no project that it could be added to.
        SourceError: It cannot be read, or is a release already.
        LayoutError: It is no table, or cannot be understood.
    """
    return register.look(path, options, root=sources.writable_root())


def text(understood: Understood) -> str:
    """What a file was taken for, as lines for a terminal."""
    return understood_text(understood, sources.reference())


def settled(understood: Understood, ask: Callable[[str], bool] | None) -> Understood:
    """The same file once everything unknown of it is settled.

    Args:
        understood: What the file was taken for.
        ask: Puts one question and returns the answer; None where nobody is to be asked.

    Raises:
        BenchError: It cannot be read, something is unknown and nobody can be asked, or it is
            answered with no.
    """
    refused = understood.refused
    if refused is None:
        return understood
    doubts = understood.doubts
    if understood.unreadable is not None or ask is None or any(doubt.firm for doubt in doubts):
        raise refused
    if not all(ask(doubt_text(doubt)) for doubt in doubts):
        raise refused
    return understood.agreed()


def own_text(figures: OwnFigures) -> str:
    """What becomes of each part of a file of own figures, and the figures."""
    return f"{parts_text(figures.understood)}\n\n{figures.text()}"


def consequences(candidate: Candidate, *, dated: bool) -> Consequences:
    """What the table would change, and what the rules find that is new; nothing is written."""
    history = _history()
    # Of its own indicators alone: a table of one measure changes nothing of another.
    same = history[history["indicator_id"].isin(candidate.figures["indicator_id"])]
    same = same.reset_index(drop=True)
    joined = observations.joined(
        same, candidate.figures, sources.manifest().before(candidate.release)
    )
    return Consequences(
        candidate,
        incoming(history, joined, candidate.release, _registers(candidate)),
        newly_found(same, joined, registers=_registers(candidate)),
        dated,
    )


def removing(release_id: str) -> str:
    """What taking an added release out would do, as lines for a terminal; nothing is written.

    Raises:
        UnknownNameError: There is no such release.
        ParameterError: It is one of the project's own, or other files name it.
    """
    return removal_text(register.removal(release_id))


def _history() -> pd.DataFrame:
    try:
        return observations.history()
    except MissingDataError:  # this is the first
        return observations.none()


def _registers(candidate: Candidate) -> Registers:
    """The registers as they would be with the table: with its years."""
    return sources.reference(follows=candidate.release.follows)


def where_shown(own_figures: Iterable[OwnFigure]) -> str:
    """Where own figures are to be seen, with the commands that show them.

    Args:
        own_figures: Of one council or of several, of any years.
    """
    latest, registers = choose_year(LATEST), sources.reference()
    published = {indicator.indicator_id for indicator in registers.indicators.in_year(latest)}
    beside: set[str] = set()
    pages: set[tuple[str, FinancialYear]] = set()
    for figure in own_figures:
        year = FinancialYear.parse(figure.period)
        if year >= latest and figure.indicator_id in published:
            beside.add(figure.area_id)
        if year != latest or figure.indicator_id not in published:
            pages.add((figure.area_id, year))
    names = {area: shlex.quote(registers.councils[area].name) for area, _ in pages}
    names |= {area: shlex.quote(registers.councils[area].name) for area in beside}
    lines = []
    for area_id in sorted(names):
        if area_id in beside:
            lines.append(f"Shown beside the published figures of {latest}, not judged:")
            lines.append(f"  bench table {names[area_id]} --year {latest}")
        for year in sorted(year for area, year in pages if area == area_id):
            lines.append(f"Shown on the page of {year}, marked provisional:")
            lines.append(f"  bench table {names[area_id]} --year {year}")
    return "\n".join(lines)
