"""An action plan as it must be written, and every contradiction in it.

Enters: what params/audits/<name>/actions.yaml holds. Leaves: entries that fit, or their faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Action", "Plan", "Priority", "Status", "contradictions"]

_Text = Annotated[str, Field(min_length=1)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Fault = tuple[tuple[str | int, ...], str]


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


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Basis(_Strict):
    """What a finding rests on: an indicator, or a check of the integrity registry."""

    indicator: str = ""
    check: str = ""

    @property
    def name(self) -> str:
        """The indicator's id or the check's code; empty where it rests on neither."""
        return self.indicator or self.check


class Action(_Strict):
    """One finding, what is recommended, and what is done about it by whom until when."""

    id: _Name
    area: _Name
    finding: _Text
    rests_on: Basis = Basis()
    recommendation: _Text
    priority: Priority
    response: _Text
    owner: _Text
    due: date
    status: Status
    evidence: str = ""


class Review(_Strict):
    """Who last read the file, and when."""

    author: _Text
    reviewed: date


class Plan(_Strict):
    """One version of an audit's action plan.

    Attributes:
        audit: the audit, called as its folder is.
        title, about: what the plan is, in a line and in a few sentences.
        council: whose it is.
        document: where findings and recommendations stand; figures that `data/quoted.csv` quotes
            from it are shown with it.
        as_at: the day of this version.
        illustrative: what in it is made up; empty where nothing is.
        areas: the areas of the audit by id, in order.
        actions: in order of the file.
    """

    audit: _Text
    title: _Text
    about: _Text
    council: _Text
    document: _Text
    as_at: date
    illustrative: str = ""
    areas: Annotated[Mapping[_Name, _Text], Field(min_length=1)]
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    review: Review


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
