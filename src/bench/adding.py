"""`bench add`: what the command calls, in its order: look, show, ask, agree, write."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bench.choices import LATEST, choose_year
from bench.errors import ParameterError
from bench.present.understood import doubt_text, parts_text, understood_text
from bench.published import sources
from bench.published.door import Details, add, candidate, look
from bench.published.own_file import OwnFigures, read_own
from bench.published.wishes import Wishes
from bench.registers.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from bench.published.own import OwnFigure
    from bench.published.recognise import Understood

__all__ = [
    "Details",
    "add",
    "candidate",
    "look",
    "own",
    "own_text",
    "settled",
    "text",
    "where_shown",
    "wishes",
]


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


def own(path: Path, wished: Wishes, *, council: str | None) -> OwnFigures:
    """A council's own provisional figures, read and checked, not yet written.

    Raises:
        LayoutError: The file is no table of figures; every place is named.
        UnknownNameError: The council is not known.
    """
    return read_own(path, wished, council=council)


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
