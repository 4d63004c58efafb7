"""Action plans: their model, contradictions, the status of each action, changes since before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Paper
from bench.project.files import Name, StrictModel, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Priority(StrEnum):
    """How much depends on a recommendation, the most first."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"

    @property
    def word(self) -> str:
        """High, Medium or Low."""
        return self.name.capitalize()


class ActionStatus(StrEnum):
    """How far an action is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOT_ACCEPTED = "not_accepted"
    NOT_STATED = "not_stated"  # no document says

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do."""
        return self in {ActionStatus.DONE, ActionStatus.NOT_ACCEPTED}

    @property
    def word(self) -> str:
        """The status as readers see it."""
        return self.value.replace("_", " ").capitalize()


class FindingBasis(StrictModel):
    """What a finding rests on: an indicator, or a check of the integrity registry."""

    indicator: str = ""
    check: str = ""

    @property
    def name(self) -> str:
        """The indicator's id or the check's code; empty where it rests on neither."""
        return self.indicator or self.check


class Undated(StrEnum):
    """Why a milestone has no date."""

    ONGOING = "ongoing"
    SET_CORPORATELY = "set_corporately"
    IN_USE = "in_use"

    @property
    def word(self) -> str:
        """The reason as readers see it."""
        return self.value.replace("_", " ")


class ActionMilestone(StrictModel):
    """A step of an action: what, by whom, until when, and how far it is.

    Attributes:
        what: the step; "" where it is the recommendation itself.
        owner: by role, never by name.
        due: the last day on which it is in time; None where there is none.
        printed: the date as the document prints it, as "by April 2011"; "" where it is a day.
        undated: why there is no date.
        status: how far it is, as the document or the owner says.
        evidence: what bears a done milestone out.
    """

    what: str = ""
    owner: Text
    due: date | None = None
    printed: str = ""
    undated: Undated | None = None
    status: ActionStatus
    evidence: str = ""


class Action(StrictModel):
    """One finding, what is recommended, and what is done about it by whom until when.

    It has either an owner, a date and a status of its own, or several `milestones` with an owner
    each.

    Attributes:
        section: where the document says so.
        finding: "" where a document gives the recommendation alone.
    """

    id: Name
    area: Name
    section: str = ""
    finding: str = ""
    rests_on: FindingBasis = FindingBasis()
    recommendation: Text
    priority: Priority
    response: Text
    owner: Text | None = None
    due: date | None = None
    undated: Undated | None = None
    status: ActionStatus | None = None
    evidence: str = ""
    milestones: tuple[ActionMilestone, ...] = ()

    @property
    def steps(self) -> tuple[ActionMilestone, ...]:
        """The milestones; one, without words, where the action has an owner of its own."""
        if self.milestones or self.status is None:
            return self.milestones
        return (
            ActionMilestone(
                owner=self.owner or "not named",
                due=self.due,
                undated=self.undated,
                status=self.status,
                evidence=self.evidence,
            ),
        )


class ActionPlan(Paper):
    """One version of an audit's action plan.

    Its `document` is the review; figures that `data/quoted.csv` quotes from it are shown with it.

    Attributes:
        council: whose it is.
        areas: the areas of the audit by id, in order.
        actions: in order of the file.
    """

    council: Text
    areas: Annotated[Mapping[Name, Text], Field(min_length=1)]
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]


def contradictions(
    plan: ActionPlan, *, indicators: Collection[str], checks: Collection[str]
) -> Iterator[Fault]:
    """Everything that a plan says against itself and the registers.

    Args:
        plan: the plan.
        indicators: the ids that there are.
        checks: the codes of the integrity registry.

    Yields:
        The way to the entry, and what is wrong with it.
    """
    seen: dict[str, int] = {}
    for at, action in enumerate(plan.actions):
        here = ("actions", at)
        if action.id in seen:
            yield (*here, "id"), f"action {action.id!r} stands there twice"
        seen.setdefault(action.id, at)
        if action.area not in plan.areas:
            yield (*here, "area"), f"no area {action.area!r}; there are {', '.join(plan.areas)}"
        basis = action.rests_on
        if basis.indicator and basis.check:
            yield (*here, "rests_on"), "an indicator or a check, not both"
        if basis.indicator and basis.indicator not in indicators:
            yield (*here, "rests_on", "indicator"), f"no indicator {basis.indicator!r}"
        if basis.check and basis.check not in checks:
            yield (*here, "rests_on", "check"), f"no check {basis.check!r}"
        yield from _form(action, here)


def _form(action: Action, here: tuple[str | int, ...]) -> Iterator[Fault]:
    """What is wrong with an action's owner, date and status, or with its milestones'."""
    own = [name for name in ("owner", "due", "undated", "status", "evidence")
           if getattr(action, name)]  # fmt: skip
    if action.milestones:
        for name in own:
            yield (*here, name), f"action {action.id!r} has milestones, each with its own {name}"
        said: set[str] = set()
        for at, step in enumerate(action.milestones):
            spot = (*here, "milestones", at)
            if not step.what:
                yield spot, f"a milestone of action {action.id!r} does not say what it is"
            elif step.what in said:
                yield (*spot, "what"), f"the milestone {step.what!r} stands there twice"
            said.add(step.what)
            yield from _dated(step, action.id, spot)
        return
    for name in ("owner", "status"):
        if name not in own:
            yield (*here, name), f"action {action.id!r} has neither {name} nor milestones"
    for step in action.steps if "owner" in own else ():
        yield from _dated(step, action.id, here)


def _dated(step: ActionMilestone, name: str, here: tuple[str | int, ...]) -> Iterator[Fault]:
    if (step.due is None) == (step.undated is None):
        reasons = ", ".join(Undated)
        found = "no date" if step.due is None else "a date, and why there is none"
        yield (
            (*here, "due" if step.due else "undated"),
            f"action {name!r} has {found}; expected due, or undated: {reasons}",
        )
    if step.printed and step.due is None:
        yield (*here, "printed"), f"action {name!r} prints a date, but has no due day for it"
    if step.status is ActionStatus.DONE and not step.evidence:
        yield (*here, "status"), f"action {name!r} is done, but has no evidence"


_ORDER = list(Priority)


class State(StrEnum):
    """How an action stands on a day."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    DONE = "done"
    NOT_ACCEPTED = "not_accepted"
    UNCONFIRMED = "unconfirmed"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class ActionStanding:
    """One milestone on a day; `days_left` is below 0 once the due date is past, None without one.

    UNCONFIRMED: its date is past, and no document says whether it is done.
    """

    action: Action
    state: State
    days_left: int | None
    milestone: ActionMilestone


@dataclass(frozen=True, slots=True)
class Count:
    """How many actions of an area there are, by priority, and how their milestones stand."""

    area: str
    by_priority: tuple[int, ...]
    by_state: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_priority)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What is otherwise than in the version before: one field of one action, or a whole one."""

    action: Action
    what: str
    before: str | date
    now: str | date


def standings(plan: ActionPlan, *, as_of: date, soon_days: int) -> tuple[ActionStanding, ...]:
    """Every milestone as it stands on a day.

    Actions come by priority, then what is latest, what is closed last; the milestones of an action
    stand together in its own order.

    Args:
        plan: the plan.
        as_of: the day. An action that is due on it is not late.
        soon_days: how many days before its date an action is due soon.
    """
    found = [
        [_standing(action, step, as_of, soon_days) for step in action.steps]
        for action in plan.actions
    ]
    return tuple(one for steps in sorted(found, key=_order) for one in steps)


def _order(steps: Sequence[ActionStanding]) -> tuple[int, bool, float, str]:
    action = steps[0].action
    left = [math.inf if one.days_left is None else one.days_left for one in steps]
    still = [days for days, one in zip(left, steps, strict=True) if not one.milestone.status.closed]
    return _ORDER.index(action.priority), not still, min(still or left), action.id


def _standing(action: Action, step: ActionMilestone, as_of: date, soon_days: int) -> ActionStanding:
    left = None if step.due is None else (step.due - as_of).days
    if step.status.closed:
        state = State.DONE if step.status is ActionStatus.DONE else State.NOT_ACCEPTED
    elif left is None:
        state = State.UNDATED
    elif left < 0:
        state = State.UNCONFIRMED if step.status is ActionStatus.NOT_STATED else State.OVERDUE
    else:
        state = State.SOON if left <= soon_days else State.LATER
    return ActionStanding(action, state, left, step)


def counts(plan: ActionPlan, standings: Sequence[ActionStanding]) -> tuple[Count, ...]:
    """How many actions there are by area, in the plan's order; areas without any have 0."""
    return tuple(
        _count(
            title,
            [one for one in plan.actions if one.area == area],
            [one for one in standings if one.action.area == area],
        )
        for area, title in plan.areas.items()
    )


def _count(area: str, actions: Sequence[Action], stands: Sequence[ActionStanding]) -> Count:
    priorities = Counter(one.priority for one in actions)
    states = Counter(one.state for one in stands)
    return Count(
        area,
        tuple(priorities[priority] for priority in Priority),
        tuple(states[state] for state in State),
    )


def changes(now: ActionPlan, before: ActionPlan) -> tuple[PlanChange, ...]:
    """What changed between two versions of a plan.

    Returns:
        Added actions, then removed ones, then changed fields of those in both, each in the order
        of its own version.
    """
    old = {action.id: action for action in before.actions}
    new = {action.id: action for action in now.actions}
    added = [PlanChange(one, "added", "", _status(one)) for one in now.actions if one.id not in old]
    gone = [
        PlanChange(one, "removed", _status(one), "") for one in before.actions if one.id not in new
    ]
    kept = [
        change
        for action in now.actions
        if action.id in old
        for change in _changed(action, old[action.id])
    ]
    return (*added, *gone, *kept)


def _changed(now: Action, before: Action) -> Iterator[PlanChange]:
    if now.priority != before.priority:
        yield PlanChange(now, "priority", before.priority.word, now.priority.word)
    old = {step.what: step for step in before.steps}
    new = {step.what: step for step in now.steps}
    for what, step in new.items():
        if what in old:
            yield from _moved(now, step, old[what])
        else:
            yield PlanChange(now, _named("milestone added", what), "", step.status.word)
    for what, step in old.items():
        if what not in new:
            yield PlanChange(now, _named("milestone removed", what), step.status.word, "")
    if now.recommendation != before.recommendation:
        yield PlanChange(now, "wording", before.recommendation, now.recommendation)


def _moved(action: Action, now: ActionMilestone, before: ActionMilestone) -> Iterator[PlanChange]:
    """What changed in one milestone."""
    if now.status != before.status:
        yield PlanChange(action, _named("status", now.what), before.status.word, now.status.word)
    if (now.due, now.undated) != (before.due, before.undated):
        what = "due date"
        if now.due and before.due:
            moved = (now.due - before.due).days
            way = "later" if moved > 0 else "earlier"
            what += f", {abs(moved)} day{'' if abs(moved) == 1 else 's'} {way}"
        yield PlanChange(action, _named(what, now.what), _due(before), _due(now))
    if now.owner != before.owner:
        yield PlanChange(action, _named("owner", now.what), before.owner, now.owner)


def _named(field: str, what: str) -> str:
    return f"{field} ({what})" if what else field


def _due(step: ActionMilestone) -> str | date:
    return step.due or (step.undated.word if step.undated else "")


def _status(action: Action) -> str:
    """The status of every milestone, each once."""
    return ", ".join(dict.fromkeys(step.status.word for step in action.steps))
