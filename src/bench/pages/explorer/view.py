"""The answers of the explorer: what each pane shows for a `View`, or a message in its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.errors import BenchError, ParameterError, SourceError
from bench.judge.published_row import published
from bench.judge.rag import Average, Multiplicity, RuleName
from bench.pages import store
from bench.pages.choices import Choices, rules_for
from bench.pages.council.report import of_choices
from bench.present import certainty_words
from bench.present.certainty_words import against_england, against_peers
from bench.present.html import Section, fill, identifier
from bench.present.table import capital
from bench.present.theme import PALETTE_NAMES, look_vs_england, look_vs_peers
from bench.project import places
from bench.project.files import dump_yaml
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.judge.published_row import PublishedRow
    from bench.pages.council.report import Briefing
    from bench.present.certainty_words import GradedComparison
    from bench.present.chart import Figure
    from bench.reference import Indicator

OWN_LIST = "own list"
_PREFERRED = "self_directed_support"

# What a pane shows, one under the other.
Shown = tuple["Section | Figure", ...]


class Pane(StrEnum):
    """The panes, each with its title; only the one that is seen is made."""

    TABLE = "Peer table"
    SCALE = "All on one scale"
    INDICATOR = "One indicator"


_SUPPOSED = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class View:
    """What is chosen, in words; `value`, `numerator` and `denominator` only suppose a figure.

    Attributes:
        choices: a word for each field of `bench.pages.choices.Choices`, which may not be known.
        indicator: the indicator's id.
    """

    choices: Mapping[str, str]
    indicator: str
    value: str = ""
    numerator: str = ""
    denominator: str = ""

    def word(self, name: str) -> str:
        """What a control says, by its name: a choice, the indicator, or what is supposed."""
        return self.choices[name] if name in self.choices else str(getattr(self, name))

    @property
    def palette(self) -> str:
        """The colours, rag or af."""
        return self.choices["palette"]

    @property
    def supposed(self) -> dict[str, str]:
        """What is supposed of the figure; empty for nothing."""
        given = {name: self.word(name).strip() for name in _SUPPOSED}
        return {name: text for name, text in given.items() if text}


def start(*, indicator: str | None = None, **words: str | None) -> View:
    """The first view; what is not chosen comes from the files of params/.

    Args:
        indicator: The first indicator, by id, title or the code of the year.
        **words: See `bench.pages.choices.Choices.of`.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.
    """
    choices = Choices.of(**words)
    wanted = _PREFERRED
    if indicator:
        wanted = sources.reference().indicators.find(indicator, choices.year).indicator_id
    return View(choices.words(), _indicator(wanted, str(choices.year)))


def offered(view: View) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """What each control offers, as (label, value); the indicators are those of the view's year."""
    registers = sources.reference()
    year = FinancialYear.parse(view.choices["year"])
    years = sorted({*store.years(), year}, reverse=True)  # a council's own may be a later one
    return {
        "council": tuple((one.name, one.name) for one in registers.councils),
        "year": tuple((str(one), str(one)) for one in years),
        "peers": (
            *((title, name) for name, title in registers.peers.titles().items()),
            ("an own list", OWN_LIST),
        ),
        "rule": tuple((one.value, one.value) for one in RuleName),
        "average": tuple((one.value, one.value) for one in Average),
        "multiplicity": tuple((one.value, one.value) for one in Multiplicity),
        "palette": tuple((title, name) for name, title in PALETTE_NAMES.items()),
        "indicator": tuple(
            (one.coded_title(year), one.indicator_id) for one in _indicators(view.choices["year"])
        ),
    }


def moved(view: View, **changes: str) -> View:
    """The view after a change of its controls.

    An indicator that the year does not publish gives way to one that it does; what is supposed
    is about one council, year and indicator, and ends with them.
    """
    chosen = {name: changes.pop(name, word) for name, word in view.choices.items()}
    after = replace(view, choices=chosen, **changes)
    after = replace(after, indicator=_indicator(after.indicator, chosen["year"]))
    if any(after.word(name) != view.word(name) for name in ("council", "year", "indicator")):
        after = View(after.choices, after.indicator)
    return after


def _indicator(wanted: str, year: str) -> str:
    """The indicator wanted, or where the year does not publish it, another."""
    published = [one.indicator_id for one in _indicators(year)]
    return next((one for one in (wanted, _PREFERRED) if one in published), published[0])


def _indicators(year: str) -> Sequence[Indicator]:
    return store.year_table(FinancialYear.parse(year), rules_for()).indicators


def shown(view: View, pane: Pane) -> Shown:
    """What a pane shows; a message in its place where the view cannot be answered."""
    try:
        # The files behind the figures would take longer than all else together.
        return _PANES[pane](replace(briefing(view), linked=False), view)
    except BenchError as error:
        return (message(str(error)).in_palette(view.palette),)


def briefing(view: View) -> Briefing:
    """The view's council and year.

    Raises:
        BenchError: The view cannot be answered.
    """
    if view.choices["peers"] in ("", OWN_LIST):
        raise ParameterError(
            "The own list names nobody yet.", mend='name its councils, such as "Leeds; Kent".'
        )
    return of_choices(Choices.of(**view.choices))


def message(text: str) -> Section:
    """A fault as a notice that is read out."""
    return fill("explorer/message.html.j2", lines=text.splitlines())


def verdicts(row: PublishedRow) -> Section:
    """Both verdicts of a row, and in words how sure each is."""
    return fill(
        "explorer/verdicts.html.j2",
        verdicts=[
            (whom, seen, _sure(one, row))
            for whom, seen, one in (
                ("Against peers", look_vs_peers(row), against_peers(row)),
                ("Against England", look_vs_england(row), against_england(row)),
            )
        ],
    )


def _sure(comparison: GradedComparison, row: PublishedRow) -> str:
    """How sure a verdict is, or what an unclear figure could show, as a sentence."""
    if comparison.verdict == "unclear":
        parts = certainty_words.lines(comparison, row)
    else:
        parts = [certainty_words.in_words(comparison)]
    text = capital("; ".join(filter(None, parts)))
    return f"{text}." if text else ""


def _table(briefing: Briefing, _: View) -> Shown:
    return (briefing.table(),)


def _scale(briefing: Briefing, _: View) -> Shown:
    return (briefing.spine(),)


def _one(briefing: Briefing, view: View) -> Shown:
    row = briefing.row(view.indicator)
    indicator = row.indicator.indicator_id
    refused: Shown = ()
    if view.supposed:
        try:
            asked = briefing.what_if(indicator, **view.supposed)
            return asked.table(), asked.strip(), briefing.trend(indicator)
        except BenchError as error:
            refused = (message(str(error)).in_palette(view.palette),)
    sure = verdicts(published(row)).in_palette(view.palette)
    return *refused, sure, briefing.strip(indicator), briefing.trend(indicator)


_PANES = {Pane.TABLE: _table, Pane.SCALE: _scale, Pane.INDICATOR: _one}


def parameter_file(view: View) -> str:
    """The view as YAML that `bench report --params` takes.

    Raises:
        BenchError: The view cannot be answered, so that no report can be made of it.
    """
    chosen = briefing(view).choice.parameters()
    return dump_yaml(chosen)


def export(view: View) -> Path:
    """Write the view's parameter file where reports go.

    Returns:
        Its path: one file for each council and year, written anew each time.

    Raises:
        BenchError: The view cannot be answered, or the folder cannot be written.
    """
    text = parameter_file(view)
    folder = sources.workspace() / "reports" / "views"
    path = folder / f"{identifier(view.choices['council'], view.choices['year'])}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places.write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}.") from None
    return path
