"""What the reports of all pages have in common: a palette, sections shown in it, and a heading."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, Self, TypeVar

from bench.present.html import Section, joined
from bench.present.theme import USUAL_PALETTE, check_palette, style_element

if TYPE_CHECKING:
    from collections.abc import Callable

_Arguments = ParamSpec("_Arguments")
_Given = TypeVar("_Given", bound="Report")
_Result = TypeVar("_Result", bound="_Palettable")


class _Palettable(Protocol):
    """What can be had in another palette: a section, a chart, several of them, a report."""

    def in_palette(self, palette: str) -> Self: ...


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a notebook calls: the data of a page, and a method for each of its sections.

    Attributes:
        palette: rag or af, in which each `section` shows itself.
    """

    palette: str = USUAL_PALETTE

    def in_palette(self, palette: str | None) -> Self:
        """The same report in another palette; None for the usual one.

        Raises:
            UnknownNameError: A palette that is not known.
        """
        return replace(self, palette=check_palette(palette or USUAL_PALETTE))


def section(
    method: Callable[Concatenate[_Given, _Arguments], _Result],
) -> Callable[Concatenate[_Given, _Arguments], _Result]:
    """A method of a report that gives a section, a chart or a report, shown in its own palette.

    The method itself, and all that it calls, knows of no palette.
    """

    @functools.wraps(method)
    def shown(
        report: _Given, /, *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Result:
        return method(report, *arguments, **named).in_palette(report.palette)

    return shown


def page_heading(lead: Section) -> Section:
    """A page's heading with the style sheet, which a notebook has from nowhere else."""
    return joined(style_element(), lead)
