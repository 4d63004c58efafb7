"""The model of method.yaml: rules in words, formulas, sources, and worked cases."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from bench.project.files import StrictModel, read_model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A number, a word, a range or a list of them, or nothing.
Cell = float | int | str | tuple[float | int | str, ...] | None
Case = tuple[Cell, ...]


class MethodPart(StrEnum):
    """What a section is about: a heading of the page."""

    VERDICT = "verdict"
    SURE = "sure"
    ORDER = "order"
    CHANGE = "change"
    LEFT_OUT = "left_out"


class MethodSection(StrictModel):
    """One rule: in words, as a formula, from where, and worked.

    Attributes:
        text, formula: may name what a parameter decides in {braces}.
        worked_with: what the cases take for these names.
        worked_note: the same in words, for a page on which another number is in force.
    """

    id: str
    title: str
    text: str
    formula: str = ""
    sources: tuple[str, ...] = ()
    columns: tuple[str, ...]
    cases: tuple[Case, ...]
    worked_with: dict[str, str] = Field(default_factory=dict)
    worked_note: str = ""

    @model_validator(mode="after")
    def _whole(self) -> MethodSection:
        wrong = [n for n, case in enumerate(self.cases, 1) if len(case) != len(self.columns)]
        if wrong or not self.cases:
            raise ValueError(f"{self.id}: case {wrong or 'none'} has not {len(self.columns)} cells")
        named = set(re.findall(r"{(\w+)}", self.text + self.formula))
        if named - {"average"} != self.worked_with.keys() or bool(self.worked_with) != bool(
            self.worked_note
        ):
            raise ValueError(f"{self.id}: worked_with must say what its cases take for {named}")
        return self

    def filled(self, words: Mapping[str, str]) -> MethodSection:
        """The section with the words that are in force; it says so where its cases take others."""
        text = self.text.format(**words)
        if any(words[name] != word for name, word in self.worked_with.items()):
            text = f"{text} {self.worked_note}"
        return self.model_copy(update={"text": text, "formula": self.formula.format(**words)})

    def records(self) -> list[dict[str, Cell]]:
        """The cases by column."""
        return [dict(zip(self.columns, case, strict=True)) for case in self.cases]


class _PartOf(StrictModel):
    id: MethodPart
    sections: tuple[MethodSection, ...]


class MethodRegister(StrictModel):
    """method.yaml: every section, by part."""

    parts: tuple[_PartOf, ...]

    @model_validator(mode="after")
    def _once(self) -> MethodRegister:
        ids = [section.id for section in self.sections]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice or [part.id for part in self.parts] != list(MethodPart):
            raise ValueError(f"sections twice: {twice}; the parts must be {', '.join(MethodPart)}")
        return self

    @property
    def sections(self) -> tuple[MethodSection, ...]:
        """All sections, in the order of the page."""
        return tuple(section for part in self.parts for section in part.sections)

    def filled(self, words: Mapping[str, str]) -> MethodRegister:
        """Every section with the words that are in force for what parameters decide."""
        parts = (
            part.model_copy(update={"sections": tuple(s.filled(words) for s in part.sections)})
            for part in self.parts
        )
        return self.model_copy(update={"parts": tuple(parts)})

    def of(self, part: MethodPart) -> tuple[MethodSection, ...]:
        """The sections of a part."""
        return next(one.sections for one in self.parts if one.id is part)


def read_method(folder: Path) -> MethodRegister:
    """Read method.yaml.

    Args:
        folder: the folder that holds it.

    Raises:
        RegisterError: it is absent or does not fit; every fault is named.
    """
    return read_model(folder / "method.yaml", MethodRegister)
