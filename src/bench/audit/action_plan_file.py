"""An action plan as it must be written, and every contradiction in it.

Enters: what params/audits/<name>/actions.yaml holds. Leaves: entries that fit, or their faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bench.audit.paper import Fault, Name, Paper, Strict, Text

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Action", "Plan", "Priority", "Status", "contradictions"]


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


class Basis(Strict):
    """What a finding rests on: an indicator, or a check of the integrity registry."""

    indicator: str = ""
    check: str = ""

    @property
    def name(self) -> str:
        """The indicator's id or the check's code; empty where it rests on neither."""
        return self.indicator or self.check


class Action(Strict):
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
