"""The choices that a page is about: read once, from a call, a file or a command line.

`Choices` is their one list. What was not asked for comes from params/default.yaml and
params/rag.yaml, and every name is known.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from bench.errors import BenchError, ParameterError, UnknownNameError
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
class Choices:
    """What a page is about, every name resolved.

    A field is named as the parameter of a notebook, the option of a command and the argument of
    `bench.briefing` that ask for it.
    """

    council: Council
    year: FinancialYear
    peers: str
    rule: RuleName
    palette: str
    average: Average
    multiplicity: Multiplicity

    @classmethod
    def of(cls, **words: str | None) -> Choices:
        """Resolve what is asked for.

        Args:
            **words: Fields in the words of a reader; None, as one that is not named, stands for
                the value of params/default.yaml or params/rag.yaml.

        Raises:
            UnknownNameError: A council, year, peer model, rule, palette, average or multiplicity
                that is not known.
            ParameterError: A text that is no year, or a year in which there was no such council.
        """
        if unknown := words.keys() - set(NAMES):
            raise TypeError(f"no choices: {', '.join(sorted(unknown))}")
        defaults = _defaults()
        registers = sources.reference()
        council = registers.councils.find(words.get("council") or defaults.council)
        own = {FinancialYear.parse(figure.period) for figure in load_own(council.area_id)}
        year = choose_year(words.get("year"), also=own)
        check_exists(council, year)
        rules = rules_for(words.get("rule"), words.get("average"), words.get("multiplicity"))
        peers = words.get("peers") or defaults.peers
        registers.peers.group(peers, council, year)
        return cls(
            council,
            year,
            peers,
            rules.rule,
            check_palette(words.get("palette") or defaults.palette),
            rules.average,
            rules.multiplicity,
        )

    @property
    def provisional(self) -> bool:
        """Whether nothing is published for the year: its figures are the council's own."""
        return self.year not in store.years()

    @property
    def rules(self) -> Rules:
        """How verdicts are reached."""
        return rules_for(self.rule, self.average, self.multiplicity)

    def words(self) -> dict[str, str]:
        """Each choice in words that `of` takes."""
        return {name: str(getattr(self, name)) for name in NAMES} | {"council": self.council.name}

    def parameters(self) -> dict[str, str]:
        """The choices as a notebook takes them; `multiplicity` where chance is allowed for."""
        words = self.words()
        if self.multiplicity is Multiplicity.NONE:
            del words["multiplicity"]
        return words

    def years_beside(self) -> dict[str, Choices]:
        """The same choices of the years beside: `earlier` and `later`, as far as there are any.

        Left out is a year of which nothing is published, or in which there was no such council or
        no such peers; and so are both beside a year that is not published itself.
        """
        years = sorted(store.years())
        if self.year not in years:
            return {}
        place = years.index(self.year)
        near = {"earlier": years[:place][-1:], "later": years[place + 1 :][:1]}
        beside = {}
        for name, found in near.items():
            for year in found:
                with contextlib.suppress(BenchError):
                    beside[name] = Choices.of(**self.words() | {"year": str(year)})
        return beside


NAMES: Final = tuple(field.name for field in fields(Choices))


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


def with_pages(pages: str, councils: Iterable[Council]) -> frozenset[str]:
    """The `area_id`s of the councils whose page stands beside another page.

    Args:
        pages: all, none, or councils by name, alias or code, separated by ";".
        councils: those that "all" means.

    Raises:
        UnknownNameError: A council that is not known.
    """
    if pages in ("all", "none"):
        return frozenset(one.area_id for one in councils if pages == "all")
    register = sources.reference().councils
    return frozenset(register.find(one.strip()).area_id for one in pages.split(";") if one.strip())


def default_council() -> str:
    """The council of params/default.yaml."""
    return _defaults().council


def default_peers() -> str:
    """The peer model of params/default.yaml."""
    return _defaults().peers


def default_palette() -> str:
    """The palette of params/default.yaml."""
    return _defaults().palette


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
