"""Site YAML -> page jobs: which notebook, for which councils or indicators, with what.

Enters: params/sites/<name>.yaml. Leaves: one job per page, each with one identifier, used in
listings, in `--only`, for the file's name and in the manifest. Nothing is run here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from bench import catalogue, choices
from bench.errors import BenchError, ParameterError, Problems, UnknownNameError
from bench.publish import batch
from bench.published import sources
from bench.registers.tables import parse_model, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bench.choices import Choice
    from bench.registers import Council

__all__ = ["Each", "PageKind", "Plan", "SiteFile", "plan"]

ALL = "all"
# The notebook of rare changes, to which the pages of councils lead.
FINDINGS = "surveillance.ipynb"
# The notebook whose parameters name files, which are read before anything is rendered.
PACK = "audit_pack.ipynb"
# The notebook of the rules, to which they lead as well.
METHOD = "method.ipynb"


class Each(StrEnum):
    """What a notebook is run for."""

    COUNCIL = "council"
    INDICATOR = "indicator"
    ONCE = "once"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageKind(_Strict):
    """One notebook, and what its pages are about; `parameters` are for a page made once.

    Pages per council with an `identifier` are called after the council and it, and are about all
    years; without one they are the council's own pages of the site's year.
    """

    notebook: str
    each: Each
    identifier: str | None = None
    title: str | None = None
    parameters: Mapping[str, str] = {}


class SiteFile(_Strict):
    """One site: which notebooks x which councils x which parameters become which pages."""

    title: str
    year: str
    peers: str
    rule: str
    palette: str
    multiplicity: str | None = None
    councils: str | tuple[str, ...] = ALL
    pages: tuple[PageKind, ...]

    @property
    def linked(self) -> str:
        """The councils that have a page on the site: all, none, or separated by ";"."""
        if not any(kind.each is Each.COUNCIL for kind in self.pages):
            return "none"
        return self.councils if isinstance(self.councils, str) else ";".join(self.councils)

    def findings(self, council: Council) -> str | None:
        """The page of rare changes that a council's page leads to: its own if there is one."""
        kinds = {kind.each: kind for kind in self.pages if kind.notebook == FINDINGS}
        if Each.COUNCIL in kinds:
            return f"{_identifier(kinds[Each.COUNCIL], council)}.html"
        return f"{_identifier(kinds[Each.ONCE])}.html" if Each.ONCE in kinds else None

    @property
    def rules(self) -> str | None:
        """The page of how a verdict is reached, if the site has one."""
        return next(
            (f"{_identifier(kind)}.html" for kind in self.pages if kind.notebook == METHOD), None
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A site, every name resolved: its jobs in order of their identifiers within each kind."""

    name: str
    file: SiteFile
    year: str
    jobs: tuple[batch.Page, ...]

    @property
    def once(self) -> frozenset[str]:
        """The pages that are made once, by their identifiers."""
        return frozenset(_identifier(kind) for kind in self.file.pages if kind.each is Each.ONCE)

    def of_councils(self) -> dict[str, str]:
        """The page of each council by its `area_id`: that of the year, else one of all years."""
        found: dict[str, str] = {}
        for job in self.jobs:
            if "council" in job.parameters and job.identifier not in self.once:
                area_id = _council(job.parameters["council"])
                if found.get(area_id) != area_id:
                    found[area_id] = job.identifier
        return found

    def only(self, words: Sequence[str]) -> tuple[batch.Page, ...]:
        """The jobs that the words name: page identifiers, or anything that names a council.

        Raises:
            UnknownNameError: A word that names no page of the site.
        """
        by_identifier = {job.identifier: job for job in self.jobs}
        paged = self.of_councils()
        chosen = {}
        for word in words:
            named = _council(word)
            identifier = word if word in by_identifier else paged.get(named, named)
            if identifier not in by_identifier:
                raise UnknownNameError("page", word, by_identifier, where=self.name)
            chosen[identifier] = by_identifier[identifier]
        return tuple(job for job in self.jobs if job.identifier in chosen)


def plan(path: Path, *, root: Path | None = None) -> Plan:
    """Read a site's file and resolve it into page jobs.

    Raises:
        UnknownNameError: There is no such site.
        RegisterError: The file cannot be read, or is no description of a site.
        ParameterError: An unknown key, notebook, council, year, peer model, rule or palette, a
            parameter that a notebook does not take, or a file of an audit pack that is not sound;
            all named at once.
    """
    root = root or sources.project_root()
    path = _file(path, root)
    problems = Problems(ParameterError, str(path), mend="nothing was rendered.")
    site = _read(path, problems)
    common: Choice | None = None
    try:
        common = choices.choose(
            None,
            site.year,
            peers=site.peers,
            rule=site.rule,
            palette=site.palette,
            multiplicity=site.multiplicity,
        )
    except BenchError as error:
        problems.add(str(error))
    jobs: list[batch.Page] = []
    for kind in site.pages:
        if kind.parameters and kind.each is not Each.ONCE:
            problems.add(f"{kind.notebook} has parameters of its own, but is made for each")
        made = [] if common is None else list(_jobs(kind, site, common, problems))
        try:
            declared = batch.declared(kind.notebook, root)
        except BenchError as error:
            problems.add(str(error))
        else:
            taken = {name for job in made for name in job.parameters}
            for name in sorted(taken - set(declared)):
                problems.add(f"{kind.notebook} has no parameter {name!r}")
            if kind.notebook == PACK:
                _check_packs(made, declared, problems)
        jobs += made
    identifiers = [job.identifier for job in jobs]
    for identifier in sorted({one for one in identifiers if identifiers.count(one) > 1}):
        problems.add(f"two pages have the identifier {identifier!r}")
    problems.raise_if_any()
    assert common is not None  # noqa: S101 - else there was a problem
    return Plan(path.stem, site, str(common.year), tuple(jobs))


def _file(path: Path, root: Path) -> Path:
    """The site's file: a path, or the name of one in params/sites.

    Raises:
        UnknownNameError: There is neither; the sites that there are stand in the message.
    """
    named = root / "params" / "sites" / f"{path}.yaml"
    if not path.suffix and named.is_file():
        return named
    if not path.exists():
        raise UnknownNameError("site", str(path), catalogue.sites(root))
    return path


def _read(path: Path, problems: Problems) -> SiteFile:
    """The site's file; keys that it should not have are noted, so that the rest is checked too."""
    raw = read_yaml(path)
    try:
        return SiteFile.model_validate(raw)
    except ValidationError as error:
        for fault in error.errors():
            if fault["type"] != "extra_forbidden":
                continue
            *within, key = fault["loc"]
            holder = raw
            for step in within:
                holder = holder[step]
            del holder[key]
            problems.add(f"unknown key {' > '.join(map(str, fault['loc']))}")
    return parse_model(raw, SiteFile, path)


def _jobs(
    kind: PageKind, site: SiteFile, common: Choice, problems: Problems
) -> Iterator[batch.Page]:
    """The jobs of one kind of page, in order of their identifiers."""
    year, palette = str(common.year), common.palette
    # A page about every council has no council, and its average is that of params/rag.yaml.
    shared = {k: v for k, v in common.parameters().items() if k not in ("council", "average")}
    if kind.each is Each.ONCE:
        title = kind.title or site.title
        parameters = {"palette": palette, **kind.parameters}
        yield batch.Page(_identifier(kind), title, kind.notebook, parameters)
    elif kind.each is Each.INDICATOR:
        for indicator in sources.reference().indicators.in_year(common.year):
            yield batch.Page(
                identifier=indicator.indicator_id,
                title=f"{indicator.code(common.year)} {indicator.short_title}, {year}",
                notebook=kind.notebook,
                parameters={
                    **shared,
                    "indicator": indicator.indicator_id,
                    "pages": site.linked,
                },
            )
    else:
        for council in _councils(site, common, problems):
            if kind.identifier:
                yield batch.Page(
                    identifier=_identifier(kind, council),
                    title=f"{council.name}: {kind.title or site.title}",
                    notebook=kind.notebook,
                    parameters={"council": council.name, "palette": palette},
                )
                continue
            page = batch.council_page(replace(common, council=council), notebook=kind.notebook)
            leads = {"findings": site.findings(council), "rules": site.rules}
            added = {name: address for name, address in leads.items() if address}
            yield replace(page, parameters={**page.parameters, **added})


def _check_packs(
    jobs: Sequence[batch.Page], declared: Mapping[str, object], problems: Problems
) -> None:
    """Read the files of audit packs as their notebook will, so that faults are told before."""
    from bench.audit_brief import audit_pack

    for job in jobs:
        given = {name: str(job.parameters.get(name, usual)) for name, usual in declared.items()}
        try:
            audit_pack(**given)
        except BenchError as error:
            for problem in error.problems:
                problems.add(f"{job.identifier}: {problem}")


def _identifier(kind: PageKind, council: Council | None = None) -> str:
    """What a page is called that is about all councils, or about all years of one."""
    if council is None:
        return kind.identifier or kind.notebook.removesuffix(".ipynb")
    return f"{council.area_id}-{kind.identifier}"


def _councils(site: SiteFile, common: Choice, problems: Problems) -> list[Council]:
    """The councils of a site in order of their identifiers; unknown ones are problems."""
    if site.councils == ALL:
        found = set(sources.reference().councils.in_year(common.year))
    else:
        found = set()
        for word in (site.councils,) if isinstance(site.councils, str) else site.councils:
            try:
                found.add(choices.choose(word, str(common.year)).council)
            except BenchError as error:
                problems.add(str(error))
    return sorted(found, key=lambda council: council.area_id)


def _council(word: str) -> str:
    """The identifier of the council that a word names; the word itself where it names none."""
    try:
        return sources.reference().councils.find(word).area_id
    except BenchError:
        return word
