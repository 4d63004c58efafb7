"""The files of an audit pack, read together with every fault of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self, TypeVar

from pydantic import Field, model_validator

from bench.audit import action_plan, checklist
from bench.audit.action_plan import ActionPlan
from bench.audit.allocation import Allocation, allocate
from bench.audit.allocation import contradictions as allocation_contradictions
from bench.audit.checklist import Checklist, Thresholds
from bench.audit.paper import WORD, Illustrative, Paper
from bench.audit.survey import FIXED_COLUMNS, Reply, Survey, cohort, contradictions, not_listed
from bench.errors import BenchError, Problems, UnknownNameError
from bench.integrity.checks import registry
from bench.project.files import StrictModel, read_model, read_placed, read_rows
from bench.published import sources
from bench.reference.periods import FinancialYear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.audit.allocation import Allocated
    from bench.audit.survey import Cohort
    from bench.project.files import YamlDocument
    from bench.reference import Council


NONE: Final = "none"
Kind = TypeVar("Kind", bound=Paper)


class AuditSettings(StrictModel):
    """params/audit.yaml: how the papers of a pack are read."""

    due_soon_days: int = Field(ge=0)
    green_from_pct: int = Field(gt=0, le=100)
    amber_from_pct: int = Field(gt=0, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.amber_from_pct >= self.green_from_pct:
            raise ValueError("amber_from_pct must be below green_from_pct")
        return self

    @property
    def thresholds(self) -> Thresholds:
        """From which share on a group of a checklist is GREEN, and AMBER."""
        return Thresholds(self.green_from_pct, self.amber_from_pct)


def settings() -> AuditSettings:
    """Read params/audit.yaml."""
    return read_model(sources.project_root() / "params" / "audit.yaml", AuditSettings)


def folder_of(name: str) -> Path:
    """The folder of an audit.

    Raises:
        UnknownNameError: There is none of this name in params/audits.
    """
    home = sources.project_root() / "params" / "audits"
    known = sorted(path.name for path in home.glob("*") if path.is_dir())
    if name not in known:
        raise UnknownNameError("audit", name, known, where="params/audits")
    return home / name


def inside(folder: Path, name: str, problems: Problems) -> Path | None:
    """The path of a file that must lie in a folder; None, and a problem, where it does not."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        problems.add(f"{name!r} lies outside params/audits/{folder.name}.")
        return None
    if not path.is_file():
        there = ", ".join(sorted(one.name for one in folder.iterdir()))
        problems.add(f"there is no file {name!r}; there are {there}.")
        return None
    return path


def marked(path: Path, why: str, problems: Problems) -> None:
    """Note a file whose name does not say what its content says: that it is illustrative."""
    if bool(why) != (WORD in path.stem):
        told = (
            "says that it is illustrative, its name does not"
            if why
            else ("is called illustrative, but does not say what in it is")
        )
        problems.add(f"{path.name}: {told}.")


def paper(
    folder: Path, name: str, model: type[Kind], problems: Problems
) -> tuple[Kind, YamlDocument] | None:
    """One paper of an audit and its lines; None, with every fault noted, where it does not fit."""
    path = inside(folder, name, problems)
    placed = read_placed(path, problems) if path else None
    found = placed.parse(model, problems) if placed else None
    if placed is None or found is None:
        return None
    if found.audit != folder.name:
        problems.add(
            f"{placed.place('audit')}: this is the audit {found.audit!r}, not {folder.name!r}."
        )
    marked(placed.path, found.illustrative, problems)
    return found, placed


def plans(
    folder: Path, name: str, previous: str, council: Council | None, problems: Problems
) -> (
    tuple[ActionPlan, ActionPlan | None] | Illustrative[tuple[ActionPlan, ActionPlan | None]] | None
):
    """An action plan and its version before, if one is named; None where one is not sound."""
    now = _plan(folder, name, council, problems)
    before = _plan(folder, previous, council, problems) if previous != NONE else None
    if now is None or (before is None and previous != NONE):
        return None
    if before is not None:
        if before.as_at >= now.as_at:
            problems.add(
                f"{previous}: it is of {before.as_at}, not earlier than {name} of {now.as_at}."
            )
        _alike([(name, now), (previous, before)], problems)
    return Illustrative((now, before), now.illustrative) if now.illustrative else (now, before)


def _plan(
    folder: Path, name: str, council: Council | None, problems: Problems
) -> ActionPlan | None:
    read = paper(folder, name, ActionPlan, problems)
    if read is None:
        return None
    found, placed = read
    registers = sources.reference()
    try:
        whose = registers.councils.find(found.council)
    except BenchError as error:
        if not found.illustrative:
            problems.add(f"{placed.place('council')}: {error}")
    else:
        if found.illustrative:
            problems.add(
                f"{placed.place('council')}: {whose.name} is a council that there is; an "
                "illustrative plan needs a name that is none, such as Example council."
            )
        elif council is not None and whose != council:
            problems.add(
                f"{placed.place('council')}: this is a plan of {whose.name}, not {council.name}."
            )
    for steps, fault in action_plan.contradictions(
        found,
        indicators={one.indicator_id for one in registers.indicators},
        checks=registry.OF_FIGURES,
    ):
        problems.add(f"{placed.place(*steps)}: {fault}.")
    if found.illustrative:
        for at, action in enumerate(found.actions):
            if action.rests_on.name:
                problems.add(
                    f"{placed.place('actions', at, 'rests_on')}: an illustrative finding rests on "
                    "no published figure or check."
                )
    return found


def checklists(
    folder: Path, names: Sequence[str], problems: Problems
) -> tuple[Checklist, ...] | Illustrative[tuple[Checklist, ...]] | None:
    """Checklists, the pack's own first; None where one is not sound."""
    read = [(name, paper(folder, name, Checklist, problems)) for name in names]
    sound = [(name, *one) for name, one in read if one is not None]
    for at, (_, found, placed) in enumerate(sound):
        faults = [*checklist.contradictions(found)]
        for _, earlier, _ in sound[:at]:
            faults += checklist.clashes(earlier, found)
        for steps, fault in faults:
            problems.add(f"{placed.place(*steps)}: {fault}.")
    if len(sound) < len(names):
        return None
    _alike([(name, found) for name, found, _ in sound], problems)
    held = tuple(found for _, found, _ in sound)
    why = " ".join(dict.fromkeys(one.illustrative for one in held if one.illustrative))
    return Illustrative(held, why) if why else held


def _alike(papers: Sequence[tuple[str, Paper]], problems: Problems) -> None:
    """Note papers that would stand together though some are illustrative and others are not."""
    if len({bool(one.illustrative) for _, one in papers}) > 1:
        made_up = ", ".join(name for name, one in papers if one.illustrative)
        others = ", ".join(name for name, one in papers if not one.illustrative)
        problems.add(f"{made_up}: illustrative, and so not set beside {others}.")


_YES, _NO = "yes", "no"


def survey(folder: Path, name: str, problems: Problems) -> Cohort | Illustrative[Cohort] | None:
    """A survey, counted; None, with every fault noted, where it is not sound.

    Args:
        folder: the folder of the pack.
        name: the YAML file that describes the survey.
        problems: where faults are noted.
    """
    read = paper(folder, name, Survey, problems)
    if read is None:
        return None
    found, placed = read
    try:
        year = FinancialYear.parse(found.year)
    except BenchError as error:
        problems.add(f"{placed.place('year')}: {error}")
        return None
    everyone = sources.reference().councils.in_year(year)
    faults = list(contradictions(found, councils=len(everyone)))
    for steps, fault in faults:
        problems.add(f"{placed.place(*steps)}: {fault}.")
    replies = _replies(folder, found, year, problems) if found.rows else ()
    if replies is None or faults:
        return None
    made = cohort(found, year, everyone, replies)
    return Illustrative(made, found.illustrative) if found.illustrative else made


def _replies(
    folder: Path, survey: Survey, year: FinancialYear, problems: Problems
) -> tuple[Reply, ...] | None:
    """The rows of a survey; None, with every fault noted, where they are not sound."""
    path = inside(folder, survey.rows, problems)
    if path is None:
        return None
    marked(path, survey.illustrative, problems)
    try:
        rows = read_rows(path, (*FIXED_COLUMNS, *survey.questions))
    except BenchError as error:
        problems.add(str(error))
        return None
    faults: list[str] = []
    if not rows:
        faults.append(f"{path.name}: has no row for any council.")
    seen: dict[str, str] = {}
    replies = []
    for row in rows:
        place = f"{path.name} line {row['line']}"
        council = _council(row["council"], year, place, seen, row["line"], faults)
        answers = _answers(row, survey, place, faults)
        if row["answered"] not in (_YES, _NO):
            faults.append(f"{place}: answered is {row['answered']!r}, expected yes or no.")
        elif row["answered"] == _NO and answers:
            faults.append(f"{place}: there are answers, but answered is no.")
        if council is not None:
            replies.append(Reply(council, row["answered"] == _YES, answers))
    faults += _unanswered(survey, rows, path)
    for fault in faults:
        problems.add(fault)
    return None if faults else tuple(replies)


def _council(
    name: str, year: FinancialYear, place: str, seen: dict[str, str], line: str, faults: list[str]
) -> Council | None:
    try:
        council = sources.reference().councils.find(name)
    except BenchError as error:
        faults.append(f"{place}: {error}".replace("\n", " "))
        return None
    if not council.exists(year):
        faults.append(f"{place}: {council.name} did not exist in {year}.")
        return None
    if council.area_id in seen:
        faults.append(
            f"{place}: {council.name} was invited already, in line {seen[council.area_id]}."
        )
    seen.setdefault(council.area_id, line)
    return council


def _answers(row: dict[str, str], survey: Survey, place: str, faults: list[str]) -> dict[str, str]:
    answers = {name: row[name] for name in survey.questions if row[name]}
    for name, answer in answers.items():
        listed = survey.questions[name].answers
        if answer not in listed:
            faults.append(f"{place}: {name}: {not_listed(answer, listed)}.")
    return answers


def _unanswered(survey: Survey, rows: Sequence[dict[str, str]], path: Path) -> list[str]:
    return [
        f"{path.name}: the question {name!r} has no answers."
        for name in survey.questions
        if not any(row[name] for row in rows)
    ]


def allocation(
    folder: Path, name: str, problems: Problems
) -> Allocated | Illustrative[Allocated] | None:
    """Rules from points to money; None, with every fault noted, where they are not sound.

    Args:
        folder: the folder of the pack.
        name: the file of the rules.
        problems: where faults are noted.
    """
    read = paper(folder, name, Allocation, problems)
    if read is None:
        return None
    found, placed = read
    sound = _councils(found, placed, problems)
    for steps, fault in allocation_contradictions(found):
        problems.add(f"{placed.place(*steps)}: {fault}.")
        sound = False
    if not sound:
        return None
    made = allocate(found)
    return Illustrative(made, found.illustrative) if found.illustrative else made


def _councils(allocation: Allocation, placed: YamlDocument, problems: Problems) -> bool:
    """Whether rules name councils that there are, or, where they are made up, none of these."""
    sound = True
    seen: dict[tuple[str, str], str] = {}
    for at, rule in enumerate(allocation.rules):
        place = placed.place("rules", at, "council")
        try:
            known = sources.reference().councils.find(rule.council)
        except UnknownNameError as error:
            if not allocation.illustrative:
                problems.add(f"{place}: {error}".replace("\n", " "))
                sound = False
            continue
        if allocation.illustrative:
            problems.add(
                f"{place}: {known.name} is a council that there is; an illustrative rule needs a "
                "name that is none, such as Council A."
            )
            sound = False
        earlier = seen.setdefault((known.area_id, rule.care_group), rule.council)
        if earlier != rule.council:
            problems.add(f"{place}: {known.name} has a rule already, under the name {earlier!r}.")
            sound = False
    return sound
