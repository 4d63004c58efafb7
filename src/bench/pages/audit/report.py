"""The report of an audit pack: the papers that an audit committee reads beside the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from bench.audit.paper import Illustrative, carried, content_of
from bench.errors import BenchError, ParameterError, Problems
from bench.pages import store
from bench.pages.audit import actions as shown_actions
from bench.pages.audit import allocation as shown_allocation
from bench.pages.audit import checklist as shown_checklist
from bench.pages.audit import evidence, files
from bench.pages.audit import sections as audit_page
from bench.pages.audit import survey as shown_cohort
from bench.pages.audit.files import allocation as read_allocation
from bench.pages.audit.files import survey as read_survey
from bench.pages.audit.sections import PackSection
from bench.pages.base import Report, section
from bench.pages.choices import Choices, rules_for
from bench.pages.council.report import of_choices
from bench.present.chart import Parts
from bench.present.downloads import list_of
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from pathlib import Path

    from bench.audit.action_plan import ActionPlan
    from bench.audit.allocation import Allocated
    from bench.audit.checklist import Checklist
    from bench.audit.survey import Cohort
    from bench.pages.audit.evidence import LiveCheck, LiveFigure
    from bench.pages.audit.files import AuditSettings
    from bench.pages.council.report import Briefing
    from bench.present.html import Section
    from bench.present.provenance import Source

NONE = files.NONE
_FIGURES = "figures"
_SERVICES = "day-services"


def audit_pack(
    name: str,
    *,
    as_of: str,
    actions: str = "none",
    previous_actions: str = "none",
    checklist: str = "none",
    compared_checklists: str = "none",
    survey: str = "none",
    allocation: str = "none",
    day_services: str = "none",
    council: str | None = None,
    year: str | None = None,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
) -> AuditPack:
    """The papers that an audit puts beside the table, each from a reviewed file.

    Args:
        name: The audit, a folder of `params/audits`.
        as_of: The day on which the pack is read, "2011-07-31".
        actions: The action plan, a file of the folder; "none" leaves it out, as for all.
        previous_actions: The version before of the same plan.
        checklist: A self-assessment.
        compared_checklists: Others to set beside it, separated by ";".
        survey: A survey of councils.
        allocation: Rules from points to money; several files are separated by ";".
        day_services: A year of the expenditure return, 2008-09 to 2013-14, for what councils
            provide in-house.
        council: Whose figures stand behind the findings.
        year: Of which year.
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.

    Returns:
        An `AuditPack`: `actions()`, `checklist()`, `survey()` and `allocation()` show a section
        each.

    Raises:
        UnknownNameError: There is no such audit.
        ParameterError: Names that are not known, and files that are not sound; all at once, with
            file and line.

    >>> pack = bench.audit_pack("user-survey-2020-21", as_of="2021-10-31", survey="survey.yaml")
    >>> list(pack.sections)
    ['survey']
    """
    folder = files.folder_of(name)
    problems = Problems(ParameterError, f"audit pack {name}", mend="correct what is named above.")
    choice: Choices | None = None
    try:
        choice = Choices.of(council=council, year=year, peers=peers, rule=rule, palette=palette)
    except BenchError as error:
        problems.add(str(error))
    day = _day(as_of, problems)
    whose = choice.council if choice else None
    plans = None
    if actions != NONE:
        plans = files.plans(folder, actions, previous_actions, whose, problems)
    elif previous_actions != NONE:
        problems.add("previous_actions is named, but actions is not.")
    checklists = None
    if checklist != NONE:
        others = [] if compared_checklists == NONE else compared_checklists.split(";")
        names = [checklist, *(one.strip() for one in others)]
        checklists = files.checklists(folder, names, problems)
    elif compared_checklists != NONE:
        problems.add("compared_checklists are named, but checklist is not.")
    cohort = read_survey(folder, survey, problems) if survey != NONE else None
    names = [] if allocation == NONE else [one.strip() for one in allocation.split(";")]
    allocated = tuple(
        one for name in names if (one := read_allocation(folder, name, problems)) is not None
    )
    of_services = _services_year(day_services, problems)
    titles = [content_of(one).entry.title for one in allocated]
    for title in sorted({one for one in titles if titles.count(one) > 1}):
        problems.add(f"allocation: two files are called {title!r}; name each once.")
    problems.raise_if_any()
    assert choice is not None and day is not None  # noqa: S101, PT018 - else there was a problem
    return AuditPack(
        folder, choice, day, files.settings(), plans, checklists, cohort, allocated, of_services
    ).in_palette(choice.palette)


def _services_year(text: str, problems: Problems) -> FinancialYear | None:
    """The year whose day services are shown; None for none."""
    if text == NONE:
        return None
    known = sources.reference().indicators[evidence.IN_HOUSE].years
    try:
        year = FinancialYear.parse(text)
    except BenchError as error:
        problems.add(f"day_services: {error.problems[0]}")
        return None
    if year not in known:
        problems.add(f"day_services: found {year}, expected {known[0]} to {known[-1]}.")
        return None
    return year


def _day(text: str, problems: Problems) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.add(f"as_of: {text!r} is no date; write it as 2011-06-30.")
        return None


def _kind(rules: Allocated | Illustrative[Allocated]) -> str:
    """What a file of rules holds: amounts, or methods alone."""
    return "allocation" if content_of(rules).entry.rules else "methods"


@dataclass(frozen=True)
class AuditPack(Report):
    """The files of a pack, and the sections of its page."""

    folder: Path
    choice: Choices
    as_of: date
    settings: AuditSettings
    plans: (
        tuple[ActionPlan, ActionPlan | None]
        | Illustrative[tuple[ActionPlan, ActionPlan | None]]
        | None
    )
    checklists: tuple[Checklist, ...] | Illustrative[tuple[Checklist, ...]] | None
    cohort: Cohort | Illustrative[Cohort] | None
    allocated: tuple[Allocated | Illustrative[Allocated], ...]
    services_year: FinancialYear | None = None

    # --- sections by name; None where their file is not named -----------------------------------

    @cached_property
    def sections(self) -> dict[str, PackSection]:
        """The sections that there are, in the order of the page."""
        made = (
            self._actions(),
            self._figures(),
            self._checklist(),
            self._compared(),
            self._survey(),
            *(self._allocation(at) for at in range(len(self.allocated))),
            self._day_services(),
        )
        return {one.name: one for one in made if one is not None}

    @cached_property
    def _plan(self) -> ActionPlan | None:
        """The action plan, whatever its standing: only names are read off it."""
        return None if self.plans is None else content_of(self.plans)[0]

    @property
    def _choice_parameters(self) -> dict[str, str]:
        """The choices that the pack's figures rest on; of papers that use none, no council."""
        chosen = self.choice.parameters()
        if not (self._whose or self.live_figures or self.live_checks or self.services_year):
            del chosen["council"]
        return chosen

    @property
    def _whose(self) -> str:
        """Whose papers these are: the council of the plan, which may be none that there is."""
        if self._plan is None:
            return ""
        made_up = isinstance(self.plans, Illustrative)
        return self._plan.council if made_up else self.choice.council.name

    @cached_property
    def briefing(self) -> Briefing:
        """The council's year, as its own page has it."""
        return of_choices(self.choice)

    @cached_property
    def live_figures(self) -> dict[str, LiveFigure]:
        """The published figures that findings rest on, by the indicator's id."""
        named = {one.rests_on.indicator for one in self._plan.actions} if self._plan else set()
        named.discard("")
        return evidence.live_figures(named, self.briefing) if named else {}

    @cached_property
    def live_checks(self) -> dict[str, LiveCheck]:
        """The checks that findings rest on, by the rule's code."""
        named = {one.rests_on.check for one in self._plan.actions} if self._plan else set()
        named.discard("")
        return evidence.live_checks(named, self.choice)

    def _actions(self) -> PackSection | None:
        if self.plans is None:
            return None
        return PackSection(
            name="actions",
            title="Findings and action plan",
            content=carried(
                self.plans,
                lambda plans: shown_actions.content(
                    *plans,
                    rests_on={**self.live_figures, **self.live_checks},
                    as_of=self.as_of,
                    soon_days=self.settings.due_soon_days,
                ),
            ),
        )

    def _figures(self) -> PackSection | None:
        if self._plan is None:
            return None
        content = evidence.content(
            self.live_figures,
            self.live_checks,
            evidence.quoted_in(self._plan.document, self.choice.council),
            council=self.choice.council.name,
            year=str(self.choice.year),
            peers_title=self.briefing.peers.title if self.live_figures else "",
        )
        if not content.parts:
            return None
        title = "The figures and checks behind the findings"
        return PackSection(name=_FIGURES, title=title, content=content)

    def _checklist(self) -> PackSection | None:
        if self.checklists is None:
            return None
        own = content_of(self.checklists)[0]
        return PackSection(
            name="checklist",
            title="Self-assessment" if own.scored else own.title,
            content=carried(
                self.checklists,
                lambda files: shown_checklist.content(
                    files[0], thresholds=self.settings.thresholds
                ),
            ),
        )

    def _compared(self) -> PackSection | None:
        if self.checklists is None or len(content_of(self.checklists)) == 1:
            return None
        return PackSection(
            name="compared",
            title="Self-assessments side by side",
            content=carried(
                self.checklists,
                lambda files: shown_checklist.compared(files, thresholds=self.settings.thresholds),
            ),
        )

    def _survey(self) -> PackSection | None:
        if self.cohort is None:
            return None
        return PackSection(
            name="survey",
            title=f"Survey of councils: {content_of(self.cohort).survey.title}",
            content=carried(self.cohort, shown_cohort.content),
        )

    def _allocation(self, at: int) -> PackSection:
        one = self.allocated[at]
        entry = content_of(one).entry
        kinds = [_kind(other) for other in self.allocated[: at + 1]]
        number = kinds.count(kinds[at])
        return PackSection(
            name=kinds[at] if number == 1 else f"{kinds[at]}-{number}",
            title="From points to money" if entry.rules else entry.title,
            content=carried(one, shown_allocation.content),
        )

    def _day_services(self) -> PackSection | None:
        if self.services_year is None:
            return None
        registers = sources.reference()
        years = registers.indicators[evidence.IN_HOUSE].years
        return PackSection(
            name=_SERVICES,
            title="Day services in-house",
            content=evidence.day_services(
                store.figures(),
                {year: registers.councils.in_year(year) for year in years},
                year=self.services_year,
                council=self.choice.council,
            ),
        )

    # --- what a notebook shows ------------------------------------------------------------------

    @section
    def heading(self) -> Section:
        """What the pack is, as of which day, and what its figures must not be used for."""
        return audit_page.heading(
            council=self._whose,
            year=str(self.choice.year) if self.live_figures or self.live_checks else "",
            as_of=self.as_of if self._plan else None,
            sections=list(self.sections.values()),
        )

    @section
    def actions(self) -> Parts:
        """Findings, recommendations, and how each action stands."""
        return self._shown("actions")

    @section
    def figures(self) -> Parts:
        """The published figures and the checks that findings rest on."""
        return self._shown(_FIGURES)

    @section
    def checklist(self) -> Parts:
        """The self-assessment: scores by group, then each answer with its evidence."""
        return self._shown("checklist")

    @section
    def compared(self) -> Parts:
        """Several self-assessments: scores side by side, and which answers differ."""
        return self._shown("compared")

    @section
    def method(self) -> Section:
        """What the words of the page mean."""
        return audit_page.method(rules_for(self.choice.rule))

    @section
    def sources(self) -> Section:
        """The publications behind the figures, and the documents behind the papers."""
        found = [one for name in (_FIGURES, _SERVICES) for one in self._releases(name)]
        documents = dict.fromkeys(
            one for section in self.sections.values() for one in section.plain.documents
        )
        return audit_page.sources(found, list(documents))

    @section
    def survey(self) -> Parts:
        """Who answered a survey of councils, what they said, and what does not add up."""
        return self._shown("survey")

    @section
    def allocation(self) -> Parts:
        """How councils turn points into money, and plans beside what the rules say."""
        names = [self._allocation(at).name for at in range(len(self.allocated))]
        return Parts(tuple(part for name in names for part in self._shown(name).parts))

    @section
    def day_services(self) -> Parts:
        """How much of day services for people of 65 and over councils provide in-house."""
        return self._shown(_SERVICES)

    @section
    def downloads(self) -> Section:
        """Every section as files."""
        parameters = {
            "audit": self.folder.name,
            "as_of": str(self.as_of),
            **self._choice_parameters,
        }
        return list_of(
            [
                file
                for section in self.sections.values()
                for file in section.downloads(
                    self.folder.name,
                    audit_page.imprint(parameters, self._releases(section.name)),
                    self._whose,
                )
            ],
        )

    def _releases(self, name: str) -> list[Source]:
        """The publications that the figures of a section come from."""
        if name == _FIGURES and self.live_figures:
            return evidence.publications(self.live_figures, self.choice)
        if name == _SERVICES and self.services_year is not None:
            figures = store.figures()
            counted = figures["indicator_id"].isin([evidence.IN_HOUSE, evidence.BY_OTHERS])
            return store.publications(figures[counted])
        return []

    def _shown(self, name: str) -> Parts:
        return self.sections[name].shown() if name in self.sections else Parts()
