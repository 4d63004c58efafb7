"""Site YAML -> page jobs: which notebook, for which councils or indicators, with what.

Enters: params/sites/<name>.yaml. Leaves: one job per page, each with one identifier, used in
listings, in `--only`, for the file's name and in the manifest. Nothing is run here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from bench import choices
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


class Each(StrEnum):
    """What a notebook is run for."""

    COUNCIL = "council"
    INDICATOR = "indicator"
    ONCE = "once"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageKind(_Strict):
    """One notebook, and what its pages are about; `parameters` are for a page made once."""

    notebook: str
    each: Each
    identifier: str | None = None
    title: str | None = None
    parameters: dict[str, str] = {}


class SiteFile(_Strict):
    """One site: which notebooks x which councils x which parameters become which pages."""

    title: str
    year: str
    peers: str
    rule: str
    palette: str
    councils: str | tuple[str, ...] = ALL
    pages: tuple[PageKind, ...]

    @property
    def linked(self) -> str:
        """The councils that have a page on the site: all, none, or separated by ";"."""
        if not any(kind.each is Each.COUNCIL for kind in self.pages):
            return "none"
        return self.councils if isinstance(self.councils, str) else ";".join(self.councils)


@dataclass(frozen=True, slots=True)
class Plan:
    """A site, every name resolved: its jobs in order of their identifiers within each kind."""

    name: str
    file: SiteFile
    year: str
    jobs: tuple[batch.Page, ...]

    def only(self, words: Sequence[str]) -> tuple[batch.Page, ...]:
        """The jobs that the words name: page identifiers, or anything that names a council.

        Raises:
            UnknownNameError: A word that names no page of the site.
        """
        by_identifier = {job.identifier: job for job in self.jobs}
        chosen = {}
        for word in words:
            identifier = word if word in by_identifier else _council(word)
            if identifier not in by_identifier:
                raise UnknownNameError("page", word, by_identifier, where=self.name)
            chosen[identifier] = by_identifier[identifier]
        return tuple(job for job in self.jobs if job.identifier in chosen)


def plan(path: Path, *, root: Path | None = None) -> Plan:
    """Read a site's file and resolve it into page jobs.

    Raises:
        RegisterError: The file is missing, or is no description of a site.
        ParameterError: An unknown key, notebook, council, year, peer model, rule or palette, or a
            parameter that a notebook does not take; all named at once.
    """
    root = root or sources.project_root()
    named = root / "params" / "sites" / f"{path}.yaml"
    if not path.suffix and named.is_file():
        path = named
    problems = Problems(ParameterError, str(path), mend="nothing was rendered.")
    site = _read(path, problems)
    common: Choice | None = None
    try:
        common = choices.choose(
            None, site.year, peers=site.peers, rule=site.rule, palette=site.palette
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
        jobs += made
    identifiers = [job.identifier for job in jobs]
    for identifier in sorted({one for one in identifiers if identifiers.count(one) > 1}):
        problems.add(f"two pages have the identifier {identifier!r}")
    problems.raise_if_any()
    return Plan(path.stem, site, str(common.year) if common else site.year, tuple(jobs))


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
    if kind.each is Each.ONCE:
        identifier = kind.identifier or kind.notebook.removesuffix(".ipynb")
        title = kind.title or site.title
        yield batch.Page(identifier, title, kind.notebook, {"palette": palette, **kind.parameters})
    elif kind.each is Each.INDICATOR:
        for indicator in sources.reference().indicators.in_year(common.year):
            yield batch.Page(
                identifier=indicator.indicator_id,
                title=f"{indicator.code(common.year)} {indicator.short_title}, {year}",
                notebook=kind.notebook,
                parameters={
                    "indicator": indicator.indicator_id,
                    "year": year,
                    "palette": palette,
                    "peers": common.peers,
                    "rule": common.rule.value,
                    "pages": site.linked,
                },
            )
    else:
        for council in _councils(site, common, problems):
            choice = replace(common, council=council)
            yield batch.council_page(choice, notebook=kind.notebook)


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
