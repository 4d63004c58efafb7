"""Sections: a template of this package with its values, rendered once the palette is known."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Self

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench.present.theme import USUAL_PALETTE, check_palette
from bench.reference.indicator import without_code


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown(ABC):
    """What shows itself, in a notebook and on the page, in the palette of its report.

    As part of another section it takes the palette of the whole.
    """

    palette: str = USUAL_PALETTE

    def in_palette(self, palette: str) -> Self:
        """The same in another palette.

        Raises:
            UnknownNameError: A palette that is not known.
        """
        return replace(self, palette=check_palette(palette))

    @abstractmethod
    def html(self, palette: str | None = None) -> Markup:
        """The markup, in its own palette if none is given."""

    def __html__(self) -> str:
        return str(self.html())

    def __str__(self) -> str:
        return str(self.html())

    def __contains__(self, text: str) -> bool:
        """Whether a text stands in the markup, as it is written there."""
        return text in self.html()


@dataclass(frozen=True, eq=False)
class Section(Shown):
    """A template and the values that it is filled with; see `fill`."""

    template: str
    values: Mapping[str, Any] = field(repr=False)

    def html(self, palette: str | None = None) -> Markup:
        """The template with its values, every one of them escaped unless it is markup already."""
        return _render(self.template, self.values, palette or self.palette)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": str(self), "text/plain": "An HTML fragment"}


def fill(template: str, **values: Any) -> Section:
    """A section: the template with its values, among which may be other sections and charts.

    It is rendered as often as it is shown, so an iterator among the values is read here.
    """
    return Section(
        template,
        {
            name: tuple(value) if isinstance(value, Iterator) else value
            for name, value in values.items()
        },
    )


def markup(template: str, **values: Any) -> Markup:
    """Markup that looks the same in every palette, such as a verdict's tag or a link.

    Raises:
        jinja2.UndefinedError: The template asks for the palette; it is one for `fill`.
        TypeError: A value is a section or a chart, which cannot be shown without a palette.
    """
    return _render(template, values, None)


def joined(*parts: Shown | str, between: str = "") -> Section:
    """Sections one after the other; of none, a section that is empty."""
    return fill("page/joined.html.j2", parts=parts, between=between)


def identifier(*parts: str) -> str:
    """An HTML id made of words, the same for the same words."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).casefold()).strip("-")


def _render(template: str, values: Mapping[str, Any], palette: str | None) -> Markup:
    text = _environment(palette).get_template(template).render(**values)
    return Markup(text)  # noqa: S704 - the environment escapes every value


@cache
def _environment(palette: str | None) -> Environment:
    """The templates in one palette, or without any.

    The palette is a global of the environment, so that macros and imported templates know it too.
    """

    def finalize(value: object) -> object:
        """A section or a chart among the values, in the palette of the whole."""
        if not isinstance(value, Shown):
            return value
        if palette is None:
            raise TypeError(f"A {type(value).__name__} cannot be shown without a palette.")
        return value.html(palette)

    environment = Environment(
        loader=PackageLoader("bench", "templates"),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["without_code"] = without_code
    if palette is not None:
        environment.globals["palette"] = check_palette(palette)
    return environment
