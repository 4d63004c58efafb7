"""Templates of this package, filled in with everything escaped."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


class Fragment(Markup):
    """Markup that JupyterLab shows as HTML instead of as a string."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": str(self), "text/plain": "An HTML fragment"}


def fill(template: str, **values: Any) -> Fragment:
    """The template with its values, every one of them escaped unless it is markup already."""
    return Fragment(_environment().get_template(template).render(**values))


def identifier(*parts: str) -> str:
    """An HTML id made of words, the same for the same words."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).casefold()).strip("-")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bench", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
