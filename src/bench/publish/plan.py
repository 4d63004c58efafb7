"""Site YAML -> page jobs: which notebook, for which councils or indicators, with what.

Each page has one identifier, used in listings, in `--only`, for the file's name and in the
manifest, so it is a plain name. Nothing is run here.
"""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, ValidationError

from bench.errors import BenchError, ParameterError, Problems, RegisterError, UnknownNameError
from bench.pages.choices import NAMES, Choices
from bench.present.theme import USUAL_PALETTE
from bench.project.files import StrictModel, YamlDocument, read_placed
from bench.project.places import create
from bench.publish import notebook as batch
from bench.published import sources
from bench.reference.areas import Region

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from bench.reference import Council

ALL = "all"
# The notebooks of rare changes and of the rules, to which the pages of councils lead.
FINDINGS = "surveillance.ipynb"
METHOD = "method.ipynb"
# The notebook whose parameters name files, which are read before anything is rendered.
PACK = "audit_pack.ipynb"
# The notebook of a region or another group, which is about the councils of the site.
GROUP = "group_report.ipynb"

# What a page may be called: its name is that of a file, on any system.
LONGEST: Final = 100
PLAIN: Final = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9_-]{{0,{LONGEST - 1}}}")
# Names of a site's other files, and those that Windows keeps for devices.
RESERVED: Final = frozenset(
    ["index", "overview", "assets", "run", "all-councils", "all-briefs", "con", "prn", "aux", "nul"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in range(10)]
)
# Every scalar of the file is text: these stand for nothing.
_Text = Annotated[
    str | None, BeforeValidator(lambda text: None if text in ("", "~", "null") else text)
]


class Each(StrEnum):
    """What a notebook is run for."""

    COUNCIL = "council"
    INDICATOR = "indicator"
    ONCE = "once"


class PageKind(StrictModel):
    """One notebook, and what its pages are about; `parameters` are for a page made once.

    Pages per council with an `identifier` are called after the council and it, and are about all
    years; without one they are the council's own pages of the site's year. A brief is always of
    the site's year, and called after its council and `brief` or its `identifier`.
    """

    notebook: str
    each: Each
    identifier: str | None = None
    title: _Text = None
    parameters: Mapping[str, str] = {}


class RegionOfSite(StrictModel):
    """The councils of a region that there are in the site's year."""

    region: str


# The pages of a region's edition, where its file names none.
EDITION: Final = (
    {"notebook": GROUP, "each": "once", "identifier": "region"},
    {"notebook": batch.COUNCIL_REPORT, "each": "council"},
    {"notebook": batch.COUNCIL_BRIEF, "each": "council"},
    {"notebook": METHOD, "each": "once", "identifier": "method"},
)


class SiteFile(StrictModel):
    """One site: which notebooks x which councils x which parameters become which pages.

    A site of a region needs nothing but its name: all else has a default.
    """

    title: str
    year: str
    peers: str
    rule: str
    palette: str
    multiplicity: _Text = None
    councils: str | tuple[str, ...] | RegionOfSite = ALL
    pages: tuple[PageKind, ...]

    @classmethod
    def words(cls, given: Mapping[str, str]) -> dict[str, str]:
        """Those of the choices given that a site's file makes for all its pages."""
        return {name: word for name, word in given.items() if name in cls.model_fields}

    @property
    def choices(self) -> Choices:
        """What is common to the site's pages, with the council of params/default.yaml.

        Raises:
            BenchError: A choice that is not known.
        """
        return Choices.of(**{name: getattr(self, name, None) for name in NAMES})

    @property
    def linked(self) -> str:
        """The councils that have a page on the site: all, none, or separated by ";"."""
        if not any(kind.each is Each.COUNCIL for kind in self.pages):
            return "none"
        if isinstance(self.councils, RegionOfSite):
            return ALL
        return self.councils if isinstance(self.councils, str) else ";".join(self.councils)

    @property
    def group(self) -> str | None:
        """The councils as the notebook of a group has them; None where they are all or one."""
        if isinstance(self.councils, RegionOfSite):
            return self.councils.region
        named = self.councils if isinstance(self.councils, tuple) else ()
        return ";".join(named) if len(named) > 1 else None

    def findings(self, council: Council) -> str | None:
        """The page of rare changes that a council's page leads to: its own if there is one."""
        kinds = {kind.each: kind for kind in self.pages if kind.notebook == FINDINGS}
        if Each.COUNCIL in kinds:
            return f"{_identifier(kinds[Each.COUNCIL], council)}.html"
        return f"{_identifier(kinds[Each.ONCE])}.html" if Each.ONCE in kinds else None

    @property
    def indicators(self) -> str | None:
        """That each of the year's indicators has a page on the site, if so."""
        return ALL if any(kind.each is Each.INDICATOR for kind in self.pages) else None

    def full_page(self, council: Council) -> str | None:
        """The council's own page of the year, if the site has one."""
        there = any(
            kind.notebook == batch.COUNCIL_REPORT
            and kind.each is Each.COUNCIL
            and kind.identifier is None
            for kind in self.pages
        )
        return f"{council.area_id}.html" if there else None

    @property
    def rules(self) -> str | None:
        """The page of how a verdict is reached, if the site has one."""
        return next(
            (f"{_identifier(kind)}.html" for kind in self.pages if kind.notebook == METHOD), None
        )


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site, every name resolved: its jobs in order of their identifiers within each kind."""

    name: str
    file: SiteFile
    choices: Choices
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


def plan(path: Path, *, root: Path | None = None) -> SitePlan:
    """Read a site's file and resolve it into page jobs.

    Raises:
        UnknownNameError: There is no such site.
        RegisterError: The file cannot be read, or is no description of a site.
        ParameterError: An unknown key, notebook, council, year, peer model, rule or palette, an
            identifier that is no plain name, a parameter that a notebook does not take, or a file
            of an audit pack that is not sound.
            Either names all that is wrong, each with its line.
    """
    root = root or sources.project_root()
    path = _file(path, root)
    site, placed, kinds, problems = _read(path)
    _check_names(placed, root, problems)
    common: Choices | None = None
    try:
        common = site.choices
    except BenchError as error:
        problems.add(str(error))
    councils = [] if common is None else _councils(site, common, placed, problems)
    jobs: list[batch.Page] = []
    owners: dict[str, tuple[str, str]] = {}
    for number, kind in kinds:
        place = placed.place("pages", number)
        if kind.parameters and kind.each is not Each.ONCE:
            problems.add(
                f"{place}: {kind.notebook} has parameters of its own, but is made for each"
            )
        made = [] if common is None else list(_jobs(kind, site, common, councils))
        for identifier in (job.identifier for job in made):
            clash = owners.setdefault(identifier.casefold(), (identifier, place))
            if clash[1] is not place:
                alike = (
                    "" if clash[0] == identifier else f", which is {clash[0]!r} in other letters"
                )
                problems.add(
                    f"{place}: two pages have the identifier {identifier!r}{alike}; see {clash[1]}"
                )
            if identifier.casefold() in RESERVED:
                problems.add(
                    f"{placed.place('pages', number, 'identifier')}: the identifier "
                    f"{identifier!r} is kept for something else"
                )
        with contextlib.suppress(BenchError):  # said already, by its name
            declared = batch.declared(kind.notebook, root)
            taken = {name for job in made for name in job.parameters}
            for name in sorted(taken - set(declared)):
                where = placed.place("pages", number, "parameters", name)
                problems.add(f"{where}: {kind.notebook} has no parameter {name!r}")
            if kind.notebook == PACK:
                _check_packs(made, declared, problems)
        jobs += made
    problems.raise_if_any()
    assert common is not None  # noqa: S101 - else there was a problem
    return SitePlan(path.stem, site, common, tuple(_with_years_beside(jobs, root)))


def _with_years_beside(jobs: Sequence[batch.Page], root: Path) -> Iterator[batch.Page]:
    """The jobs, those of a council's year with the pages of the years beside it that there are.

    A page that is judged otherwise is not the same page of another year.
    """
    choices = {
        job.identifier: replace(batch.choices_of(job, root), palette=USUAL_PALETTE)
        for job in jobs
        if job.notebook == batch.COUNCIL_REPORT
    }
    if len({one.year for one in choices.values()}) < 2:
        yield from jobs
        return
    pages = {one: f"{identifier}.html" for identifier, one in choices.items()}
    for job in jobs:
        leads = {}
        if job.identifier in choices:
            beside = choices[job.identifier].years_beside()
            leads = {name: pages[one] for name, one in beside.items() if one in pages}
        yield replace(job, parameters={**job.parameters, **leads}) if leads else job


_EDITION_TEXT: Final = """\
# The edition of a region: its page, and a page and a brief for each of its councils.
# `bench site {name}` makes it in reports/{name}; with --pdf also one PDF of all briefs.
# Besides, it can have: title, year, peers, rule, palette, pages; see other files in this folder.
councils: {{region: {region}}}
"""


def write_edition(name: str, region: str, *, root: Path | None = None) -> Path:
    """Write the file of a region's site into params/sites.

    Args:
        name: What the site is to be called.
        region: One of the nine regions.
        root: The project.

    Raises:
        UnknownNameError: There is no such region.
        ParameterError: The name is none for a site, or there is another site of that name.
        SourceError: The file cannot be written.
    """
    root = sources.writable_root(root)
    if not PLAIN.fullmatch(name):
        raise ParameterError(
            f"{name[:80]!r} is no name for a site.",
            mend=f"at most {LONGEST} letters (a to z), digits, hyphens and underscores, "
            "not a hyphen first; it is written into params/sites.",
        )
    text = _EDITION_TEXT.format(name=name, region=Region.named(region).label)
    path = root / "params" / "sites" / f"{name}.yaml"
    create(path, text.encode(), mend="another name; nothing was written.")
    return path


def _file(path: Path, root: Path) -> Path:
    """The site's file: a path, or the name of one in params/sites.

    Raises:
        UnknownNameError: There is neither; the sites that there are stand in the message.
    """
    named = root / "params" / "sites" / f"{path}.yaml"
    if not path.suffix and named.is_file():
        return named
    if not path.exists():
        raise UnknownNameError("site", str(path), sources.sites(root))
    return path


def _read(path: Path) -> tuple[SiteFile, YamlDocument, list[tuple[int, PageKind]], Problems]:
    """The site's file, its lines, its sound kinds of pages with their numbers, and its faults.

    What does not fit is noted and left out, so that the rest is checked too.
    """
    problems = Problems(RegisterError, str(path), mend="nothing was rendered.")
    placed = read_placed(path, problems, aliases=True)
    if placed is None:
        problems.raise_if_any()
    assert placed is not None  # noqa: S101 - else there was a problem
    data = _with_defaults(copy.deepcopy(placed.data))
    faults: list[ErrorDetails] = []
    try:
        SiteFile.model_validate(data)
    except ValidationError as error:
        faults = error.errors()
    misfits = [fault for fault in faults if fault["type"] != "extra_forbidden"]
    if not misfits:
        problems = problems.of_kind(ParameterError)
    for fault in faults:
        steps = fault["loc"]
        where = " > ".join(map(str, steps))
        said = f"unknown key {where}"
        if fault["type"] != "extra_forbidden":
            found = "" if fault["type"] == "missing" else f"; found {str(fault['input'])[:60]!r}"
            said = f"{where or 'the file'}: {fault['msg']}{found}"
        problems.add(f"{placed.place(*steps)}: {said}")
    if not isinstance(data, dict):
        problems.raise_if_any()
    wrong = {fault["loc"][0] for fault in misfits if fault["loc"]} - {"pages"}
    known = set(SiteFile.model_fields) - wrong
    plain = {name: value for name, value in data.items() if name in known - {"pages"}}
    kinds = []
    for number, page in enumerate(pages if isinstance(pages := data.get("pages"), list) else []):
        fields = set(PageKind.model_fields)
        with contextlib.suppress(ValidationError, AttributeError):
            sound = {name: value for name, value in page.items() if name in fields}
            kinds.append((number, PageKind.model_validate(sound)))
    # In the place of what the file lacks, so that all else in it can be checked.
    usual = {"title": path.stem, **SiteFile.words(Choices.of().parameters())}
    site = SiteFile.model_validate({**usual, **plain, "pages": [kind for _, kind in kinds]})
    return site, placed, kinds, problems


def _with_defaults(data: Any) -> Any:
    """A site's data; of a region's, what it leaves out is its edition with the usual choices."""
    councils = data.get("councils") if isinstance(data, Mapping) else None
    region = councils.get("region") if isinstance(councils, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(region, str):
        return data
    spoken = region
    with contextlib.suppress(UnknownNameError):  # said where the councils are looked up
        spoken = Region.named(region).spoken
    usual = SiteFile.words(Choices.of().parameters())
    pages = [dict(page) for page in EDITION]
    title = f"Adult social care in {spoken}, council by council"
    return {"title": title, **usual, "pages": pages, **data}


def _check_names(placed: YamlDocument, root: Path, problems: Problems) -> None:
    """Note every identifier and notebook of the file that is no plain name."""
    pages = placed.data.get("pages")
    for number, page in enumerate(pages if isinstance(pages, list) else []):
        if not isinstance(page, Mapping):
            continue
        identifier, notebook = page.get("identifier"), page.get("notebook")
        if isinstance(identifier, str) and not PLAIN.fullmatch(identifier):
            problems.add(
                f"{placed.place('pages', number, 'identifier')}: the identifier "
                f"{identifier[:80]!r} is no plain name; expected at most {LONGEST} letters "
                "(a to z), digits, hyphens and underscores, not a hyphen first"
            )
        if isinstance(notebook, str):
            place = placed.place("pages", number, "notebook")
            try:
                batch.declared(notebook, root)
            except BenchError as error:
                problems.add(f"{place}: {error}")
                continue
            stem = notebook.removesuffix(".ipynb")
            once = page.get("each") == Each.ONCE and "identifier" not in page
            if once and not PLAIN.fullmatch(stem):
                problems.add(f"{place}: {stem[:80]!r} is no plain name; give it an identifier")


def _jobs(
    kind: PageKind, site: SiteFile, common: Choices, councils: Sequence[Council]
) -> Iterator[batch.Page]:
    """The jobs of one kind of page, in order of their identifiers."""
    year, palette = str(common.year), common.palette
    # A page about every council has no council, and its average is that of params/rag.yaml.
    shared = {k: v for k, v in common.parameters().items() if k not in ("council", "average")}
    if kind.each is Each.ONCE:
        title = kind.title or site.title
        of_site = _of_group(kind, site, common) | _of_area(kind, common)
        parameters = {"palette": palette, **of_site, **kind.parameters}
        yield batch.Page(_identifier(kind), title, kind.notebook, parameters)
    elif kind.each is Each.INDICATOR:
        for indicator in sources.reference().indicators.in_year(common.year):
            yield batch.Page(
                identifier=indicator.indicator_id,
                title=f"{indicator.coded_title(common.year)}, {year}",
                notebook=kind.notebook,
                parameters={
                    **shared,
                    "indicator": indicator.indicator_id,
                    "pages": site.linked,
                },
            )
    else:
        for council in councils:
            if kind.notebook == batch.COUNCIL_BRIEF:
                page = batch.brief_page(
                    replace(common, council=council), full_page=site.full_page(council)
                )
                yield replace(page, identifier=_identifier(kind, council))
                continue
            if kind.identifier:
                yield batch.Page(
                    identifier=_identifier(kind, council),
                    title=f"{council.name}: {kind.title or site.title}",
                    notebook=kind.notebook,
                    parameters={"council": council.name, "palette": palette},
                )
                continue
            page = batch.council_page(replace(common, council=council), notebook=kind.notebook)
            leads = {
                "findings": site.findings(council),
                "rules": site.rules,
                "indicators": site.indicators,
            }
            added = {name: address for name, address in leads.items() if address}
            yield replace(page, parameters={**page.parameters, **added})


def _of_group(kind: PageKind, site: SiteFile, common: Choices) -> dict[str, str]:
    """What the page of a group takes from its site: who is in it, the year, how it is judged."""
    if kind.notebook != GROUP:
        return {}
    shared = {name: common.parameters()[name] for name in ("year", "peers", "rule")}
    named = {} if site.group is None else {"councils": site.group}
    return {**named, **shared, "pages": site.linked}


def _of_area(kind: PageKind, common: Choices) -> dict[str, str]:
    """What the page or brief of an area takes from its site: the year and the rule."""
    if kind.notebook not in (batch.AREA_REPORT, batch.AREA_BRIEF):
        return {}
    return {name: common.parameters()[name] for name in ("year", "rule")}


def _check_packs(
    jobs: Sequence[batch.Page], declared: Mapping[str, object], problems: Problems
) -> None:
    """Read the files of audit packs as their notebook will, so that faults are told before."""
    from bench.pages.audit.report import audit_pack

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
    if kind.notebook == batch.COUNCIL_BRIEF and kind.identifier is None:
        return f"{council.area_id}{batch.BRIEF_SUFFIX}"
    return f"{council.area_id}-{kind.identifier}"


def _councils(
    site: SiteFile, common: Choices, placed: YamlDocument, problems: Problems
) -> list[Council]:
    """The councils of a site in order of their identifiers; unknown ones are problems."""
    if site.councils == ALL:
        found = set(sources.reference().councils.in_year(common.year))
    elif isinstance(site.councils, RegionOfSite):
        found = set()
        try:
            region = Region.named(site.councils.region)
        except BenchError as error:
            problems.add(f"{placed.place('councils', 'region')}: {error}")
        else:
            everyone = sources.reference().councils.in_year(common.year)
            found = {one for one in everyone if one.region is region}
    else:
        found = set()
        words = (site.councils,) if isinstance(site.councils, str) else site.councils
        for number, word in enumerate(words):
            try:
                found.add(Choices.of(council=word, year=str(common.year)).council)
            except BenchError as error:
                problems.add(f"{placed.place('councils', number)}: {error}")
    return sorted(found, key=lambda council: council.area_id)


def _council(word: str) -> str:
    """The identifier of the council that a word names; the word itself where it names none."""
    try:
        return sources.reference().councils.find(word).area_id
    except BenchError:
        return word
