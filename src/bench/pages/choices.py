"""The choices of a page, resolved: what was asked for, and params/default.yaml for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import ParameterError, UnknownNameError
from bench.judge.rag import Average, Multiplicity, RuleName, Rules
from bench.pages import store
from bench.present.theme import check_palette
from bench.project.files import StrictModel, read_model
from bench.published import sources
from bench.published.provisional import load_own
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from enum import StrEnum

    from bench.reference import Council

LATEST = "latest"


class _Defaults(StrictModel):
    council: str
    year: str
    peers: str
    rule: str
    palette: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page is about, every name resolved."""

    council: Council
    year: FinancialYear
    peers: str
    rule: RuleName
    palette: str
    multiplicity: Multiplicity
    average: Average

    @property
    def provisional(self) -> bool:
        """Whether nothing is published for the year: its figures are the council's own."""
        return self.year not in store.years()

    def parameters(self) -> dict[str, str]:
        """The same as a notebook takes it; `multiplicity` only where chance is allowed for."""
        asked = {
            "council": self.council.name,
            "year": str(self.year),
            "peers": self.peers,
            "rule": self.rule.value,
            "palette": self.palette,
            "average": self.average.value,
        }
        if self.multiplicity is not Multiplicity.NONE:
            asked["multiplicity"] = self.multiplicity.value
        return asked


def choose(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
    multiplicity: str | None = None,
    average: str | None = None,
) -> Choice:
    """Resolve what was asked for; what was not comes from params/default.yaml, or rag.yaml.

    Raises:
        UnknownNameError: A council, year, peer model, rule, average or multiplicity that is not
            known.
        ParameterError: A year that is none, or in which there was no such council.
    """
    defaults = _defaults()
    registers = sources.reference()
    found = registers.councils.find(council or defaults.council)
    own = {FinancialYear.parse(figure.period) for figure in load_own(found.area_id)}
    chosen = choose_year(year, also=own)
    check_exists(found, chosen)
    rules = rules_for(rule, average, multiplicity)
    model = peers or defaults.peers
    registers.peers.group(model, found, chosen)
    return Choice(
        found,
        chosen,
        model,
        rules.rule,
        check_palette(palette or defaults.palette),
        rules.multiplicity,
        rules.average,
    )


def check_exists(council: Council, year: FinancialYear) -> None:
    """Whether there was such a council.

    Raises:
        ParameterError: There was not; what came after or before it is named.
    """
    registers = sources.reference()
    if not council.exists(year):
        after = [registers.councils[area_id].name for area_id in council.successors]
        before = [registers.councils[area_id].name for area_id in council.predecessors]
        mend = f"for later years, {' or '.join(after)}." if after else ""
        if before and not after:
            mend = f"for earlier years, {' or '.join(before)}."
        raise ParameterError(f"{council.name} did not exist in {year}.", mend=mend)


def _defaults() -> _Defaults:
    return read_model(sources.project_root() / "params" / "default.yaml", _Defaults)


def choose_year(year: str | None = None, *, also: Iterable[FinancialYear] = ()) -> FinancialYear:
    """A year of which the data holds figures.

    Args:
        year: As it is asked for; None for that of params/default.yaml.
        also: Further years that may be asked for.

    Raises:
        UnknownNameError: A year of which there is none.
        ParameterError: A text that is no year.
    """
    wanted = year or _defaults().year
    if wanted == LATEST:
        return store.latest()
    chosen = FinancialYear.parse(wanted)
    known = sorted({*store.years(), *also})
    if chosen not in known:
        raise unknown_year(chosen, known)
    return chosen


def unknown_year(year: FinancialYear, known: Sequence[FinancialYear]) -> UnknownNameError:
    """A year of which there is no figure: what the nearest is, not what is written alike."""
    error = UnknownNameError("year", str(year), map(str, known))
    earlier = [other for other in known if other < year]
    later = [other for other in known if other > year]
    if not later and earlier:
        error.mend = f"the latest year is {earlier[-1]}."
    elif not earlier and later:
        error.mend = f"the earliest year is {later[0]}."
    elif known:
        error.mend = f"the nearest are {earlier[-1]} and {later[0]}."
    return error


def default_council() -> str:
    """The council of params/default.yaml."""
    return _defaults().council


def default_peers() -> str:
    """The peer model of params/default.yaml."""
    return _defaults().peers


def _rules() -> Rules:
    return read_model(sources.project_root() / "params" / "rag.yaml", Rules)


def rules_for(
    rule: str | None = None, average: str | None = None, multiplicity: str | None = None
) -> Rules:
    """params/rag.yaml, with another rule, average or multiplicity where one is asked for.

    Raises:
        UnknownNameError: A rule, an average or a multiplicity that is not known.
    """
    rules = _rules()
    many = multiplicity or rules.multiplicity
    return rules.model_copy(
        update={
            "rule": RuleName(_known("rule", rule or _defaults().rule, RuleName)),
            "average": Average(_known("average", average or rules.average, Average)),
            "multiplicity": Multiplicity(_known("multiplicity", many, Multiplicity)),
        }
    )


def _known(kind: str, name: str, vocabulary: type[StrEnum]) -> str:
    if name not in list(vocabulary):
        raise UnknownNameError(kind, name, [entry.value for entry in vocabulary])
    return name
