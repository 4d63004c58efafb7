"""The words of templates/wording.yaml: terms, rules, verdicts, statuses and units."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

from bench.project.files import StrictModel, parse_model, parse_yaml


class UseWords(StrictModel):
    """What published figures may be used for, and where the publisher says so."""

    address: str
    statement: str


class UnitWords(StrictModel):
    """A unit in words.

    Attributes:
        name: in a column of its own or a list: "per 100,000".
        amount: as a noun in a sentence: "a rate per 100,000 people".
        sentence: what the unit is, for readers who do not know it.
        note: beneath a figure; None where its sign says enough.
        after_figure: behind the digits of a figure that stands alone; "" for nothing.
    """

    name: str
    amount: str
    sentence: str
    note: str | None = None
    after_figure: str = ""


class PolarityWords(StrictModel):
    """Which way is better: in a cell, and as a sentence."""

    short: str
    sentence: str


class IntervalWords(StrictModel):
    """A kind of interval: how it is made, and what a figure of its kind cannot say."""

    method: str
    silent_on: str


class Wording(StrictModel):
    """wording.yaml: by the codes of the vocabularies, or as terms with their meanings in order."""

    use: UseWords
    units: Mapping[str, UnitWords]
    polarities: Mapping[str, PolarityWords]
    intervals: Mapping[str, IntervalWords]
    rules: Mapping[str, str]
    averages: Mapping[str, str]
    averages_short: Mapping[str, str]
    verdicts: Mapping[str, str]
    verdict_groups: Mapping[str, str]
    verdicts_by_rule: Mapping[str, str]
    missing: Mapping[str, str]
    flags: Mapping[str, str]
    terms: tuple[dict[str, str], ...]
    audit_terms: tuple[dict[str, str], ...]


def read() -> Wording:
    """Read wording.yaml.

    Raises:
        RegisterError: It is not as `Wording` says.
    """
    place = files("bench").joinpath("templates", "wording.yaml")
    path = Path(str(place))
    return parse_model(parse_yaml(place.read_bytes(), path), Wording, path)


WORDING: Final = read()
UNITS: Final = WORDING.units
