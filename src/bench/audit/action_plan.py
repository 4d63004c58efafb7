"""Action plans: their model, contradictions, the status of each action, changes since before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Name, Paper, Text
from bench.project.files import StrictModel

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


class Status(StrEnum):
    """How far an action is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOT_ACCEPTED = "not_accepted"

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do."""
        return self in {Status.DONE, Status.NOT_ACCEPTED}

    @property
    def word(self) -> str:
        """The status as readers see it."""
        return self.value.replace("_", " ").capitalize()


class Basis(StrictModel):
    """What a finding rests on: an indicator, or a check of the integrity registry."""

    indicator: str = ""
    check: str = ""

    @property
    def name(self) -> str:
        """The indicator's id or the check's code; empty where it rests on neither."""
        return self.indicator or self.check


class Action(StrictModel):
    """One finding, what is recommended, and what is done about it by whom until when."""

    id: Name
    area: Name
    finding: Text
    rests_on: Basis = Basis()
    recommendation: Text
    priority: Priority
    response: Text
    owner: Text
    due: date
    status: Status
    evidence: str = ""


class Plan(Paper):
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
    plan: Plan, *, indicators: Collection[str], checks: Collection[str]
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
        if action.status is Status.DONE and not action.evidence:
            yield (*here, "status"), f"action {action.id!r} is done, but has no evidence"


_ORDER = list(Priority)


class State(StrEnum):
    """How an action stands on a day."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    DONE = "done"
    NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True, slots=True)
class Standing:
    """One action on a day; `days_left` is below 0 once the due date is past."""

    action: Action
    state: State
    days_left: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many actions of an area there are, by priority, and how they stand."""

    area: str
    by_priority: tuple[int, ...]
    by_state: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_priority)


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise than in the version before: one field of one action, or a whole one."""

    action: Action
    what: str
    before: str | date
    now: str | date


def standings(plan: Plan, *, as_of: date, soon_days: int) -> tuple[Standing, ...]:
    """Every action as it stands on a day: by priority, then what is latest, what is closed last.

    Args:
        plan: the plan.
        as_of: the day. An action that is due on it is not late.
        soon_days: how many days before its date an action is due soon.
    """
    found = [_standing(action, as_of, soon_days) for action in plan.actions]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                _ORDER.index(one.action.priority),
                one.action.status.closed,
                one.days_left,
                one.action.id,
            ),
        )
    )


def _standing(action: Action, as_of: date, soon_days: int) -> Standing:
    left = (action.due - as_of).days
    if action.status.closed:
        state = State.DONE if action.status is Status.DONE else State.NOT_ACCEPTED
    elif left < 0:
        state = State.OVERDUE
    else:
        state = State.SOON if left <= soon_days else State.LATER
    return Standing(action, state, left)


def counts(plan: Plan, found: Sequence[Standing]) -> tuple[Count, ...]:
    """How many actions there are by area, in the plan's order; areas without any have 0."""
    return tuple(
        _count(title, [one for one in found if one.action.area == area])
        for area, title in plan.areas.items()
    )


def _count(area: str, found: Sequence[Standing]) -> Count:
    priorities = Counter(one.action.priority for one in found)
    states = Counter(one.state for one in found)
    return Count(
        area,
        tuple(priorities[priority] for priority in Priority),
        tuple(states[state] for state in State),
    )


def changes(now: Plan, before: Plan) -> tuple[Change, ...]:
    """What changed between two versions of a plan.

    Returns:
        Added actions, then removed ones, then changed fields of those in both, each in the order
        of its own version.
    """
    old = {action.id: action for action in before.actions}
    new = {action.id: action for action in now.actions}
    added = [Change(one, "added", "", one.status.word) for one in now.actions if one.id not in old]
    gone = [
        Change(one, "removed", one.status.word, "") for one in before.actions if one.id not in new
    ]
    kept = [
        change
        for action in now.actions
        if action.id in old
        for change in _changed(action, old[action.id])
    ]
    return (*added, *gone, *kept)


def _changed(now: Action, before: Action) -> Iterator[Change]:
    if now.priority != before.priority:
        yield Change(now, "priority", before.priority.word, now.priority.word)
    if now.status != before.status:
        yield Change(now, "status", before.status.word, now.status.word)
    if now.due != before.due:
        moved = (now.due - before.due).days
        way = "later" if moved > 0 else "earlier"
        days = f"{abs(moved)} day{'' if abs(moved) == 1 else 's'}"
        yield Change(now, f"due date, {days} {way}", before.due, now.due)
    if now.owner != before.owner:
        yield Change(now, "owner", before.owner, now.owner)
    if now.recommendation != before.recommendation:
        yield Change(now, "wording", before.recommendation, now.recommendation)
