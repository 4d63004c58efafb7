"""What a page is about: what was asked for, params/default.yaml for the rest, all names known.

Enters: names as a reader gives them. Leaves: a `Choice`, and the rules that its verdicts obey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from bench import held
from bench.errors import ParameterError, UnknownNameError
from bench.judge.rag import Average, RuleName, Rules
from bench.present.theme import check_palette
from bench.published import sources
from bench.published.own import load_own
from bench.registers.periods import FinancialYear
from bench.registers.tables import read_model

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from bench.registers import Council

__all__ = ["Choice", "choose", "choose_year", "default_council", "default_peers", "rules_for"]

LATEST = "latest"


class _Defaults(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

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
    average: Average

    def parameters(self) -> dict[str, str]:
        """The same as a notebook takes it."""
        return {
            "council": self.council.name,
            "year": str(self.year),
            "peers": self.peers,
            "rule": self.rule.value,
            "palette": self.palette,
            "average": self.average.value,
        }


def choose(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
    average: str | None = None,
) -> Choice:
    """Resolve what was asked for; what was not comes from params/default.yaml, or rag.yaml.

    Raises:
        UnknownNameError: A council, year, peer model, rule or average that is not known.
        ParameterError: A year that is none, or in which there was no such council.
    """
    defaults = _defaults()
    registers = sources.reference()
    found = registers.councils.find(council or defaults.council)
    own = {FinancialYear.parse(figure.period) for figure in load_own(found.area_id)}
    chosen = choose_year(year, also=own)
    if not found.exists(chosen):
        after = [registers.councils[area_id].name for area_id in found.successors]
        before = [registers.councils[area_id].name for area_id in found.predecessors]
        mend = f"for later years, {' or '.join(after)}." if after else ""
        if before and not after:
            mend = f"for earlier years, {' or '.join(before)}."
        raise ParameterError(f"{found.name} did not exist in {chosen}.", mend=mend)
    rules = rules_for(rule, average)
    model = peers or defaults.peers
    registers.peers.group(model, found, chosen)
    return Choice(
        found, chosen, model, rules.rule, check_palette(palette or defaults.palette), rules.average
    )


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
    offered = held.years()
    wanted = year or _defaults().year
    chosen = offered[-1] if wanted == LATEST else FinancialYear.parse(wanted)
    known = sorted({*offered, *also})
    if chosen not in known:
        raise UnknownNameError("year", str(chosen), map(str, known))
    return chosen


def default_council() -> str:
    """The council of params/default.yaml."""
    return _defaults().council


def default_peers() -> str:
    """The peer model of params/default.yaml."""
    return _defaults().peers


def rules_for(rule: str | None = None, average: str | None = None) -> Rules:
    """params/rag.yaml, with another rule or average where one is asked for.

    Raises:
        UnknownNameError: A rule or an average that is not known.
    """
    rules = read_model(sources.project_root() / "params" / "rag.yaml", Rules)
    return rules.model_copy(
        update={
            "rule": RuleName(_known("rule", rule or _defaults().rule, RuleName)),
            "average": Average(_known("average", average or rules.average, Average)),
        }
    )


def _known(kind: str, name: str, vocabulary: type[StrEnum]) -> str:
    if name not in list(vocabulary):
        raise UnknownNameError(kind, name, [entry.value for entry in vocabulary])
    return name
