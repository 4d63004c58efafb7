"""How a verdict is reached: every rule in words, with worked cases that the tests run.

Enters: data/reference/method.yaml. Leaves: a `Method`, whose parts show themselves in a notebook
and on the page, and whose `frame()` holds the cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.pages.method import sections as told
from bench.present import table
from bench.present.html import Fragment
from bench.present.theme import check_palette
from bench.published import sources
from bench.reference.method_cases import Part, read_method

if TYPE_CHECKING:
    from bench.reference import method_cases as register

__all__ = ["Method", "gather"]


def gather(*, palette: str = "rag") -> Method:
    """The method as it stands in data/reference/method.yaml.

    Raises:
        UnknownNameError: A palette that is not known.
        RegisterError: The file does not fit.
    """
    register = read_method(sources.project_root() / "data" / "reference")
    return Method(register, check_palette(palette))


@dataclass(frozen=True)
class Method:
    """Every rule with its worked cases, and the parts of its page."""

    register: register.Method
    palette: str

    def frame(self) -> pd.DataFrame:
        """One row per worked case.

        Columns: part, section, then all that cases name (figure, interval, benchmark, polarity,
        verdict, why, ...), missing where a section has none of it.
        """
        return pd.DataFrame(
            [
                {"part": part.id.value, "section": section.id, **case}
                for part in self.register.parts
                for section in part.sections
                for case in section.records()
            ]
        )

    # --- parts of the page, in its order --------------------------------------------------------

    def heading(self) -> Fragment:
        """What the page is for, and what words and symbols mean."""
        return told.heading(palette=self.palette)

    def verdicts(self) -> Fragment:
        """How a figure is judged, rule by rule."""
        return self._part(Part.VERDICT)

    def sure(self) -> Fragment:
        """How sure a figure is."""
        return self._part(Part.SURE)

    def order(self) -> Fragment:
        """Averages, ranks and ties."""
        return self._part(Part.ORDER)

    def change(self) -> Fragment:
        """When a change from year to year is one."""
        return self._part(Part.CHANGE)

    def left_out(self) -> Fragment:
        """What is not compared."""
        return self._part(Part.LEFT_OUT)

    def terms(self) -> Fragment:
        """What the words mean."""
        return table.glossary_list(palette=self.palette)

    def _part(self, part: Part) -> Fragment:
        shown = [
            told.section(
                title=one.title,
                text=one.text,
                formula=one.formula,
                sources=one.sources,
                cases=one.records(),
                palette=self.palette,
            )
            for one in self.register.of(part)
        ]
        return Fragment("\n").join(shown)
