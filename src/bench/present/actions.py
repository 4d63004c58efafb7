"""The action plan of an audit as a committee reads it.

Enters: a plan, the version before, and a day. Leaves: tables and sentences, and sheets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.audit.actions import State, standings
from bench.present.audit_page import day
from bench.present.html import Fragment, fill
from bench.present.records import beneath, counted, records_table
from bench.present.section import Content
from bench.present.sheets import Sheet
from bench.present.theme import Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.audit.action_file import Plan
    from bench.audit.actions import Standing

__all__ = ["content"]

_LOOKS: Final[Mapping[State, Look]] = {
    State.OVERDUE: Look("overdue", "!", "OVERDUE", "by {}", "worse", ""),
    State.SOON: Look("soon", "◔", "DUE SOON", "in {}", "similar", ""),
    State.LATER: Look("later", "○", None, "due in {}", "neutral", ""),
    State.DONE: Look("done", "✓", "DONE", "", "better", ""),
    State.NOT_ACCEPTED: Look("not_accepted", "—", None, "not accepted", "none", ""),
}


def content(
    plan: Plan, before: Plan | None, *, as_of: date, soon_days: int, palette: str
) -> Content:
    """The section: what it is about, the plan in order, and what changed.

    Args:
        plan: the plan.
        before: the version before; None where none is named.
        as_of: the day on which it is read.
        soon_days: how many days before its date an action is due soon.
        palette: "rag" or "af".
    """
    found = standings(plan, as_of=as_of, soon_days=soon_days)
    return Content(
        parts=(_table(found, plan, palette=palette),),
        sheets=(_sheet(found, plan),),
        documents=(plan.document,),
    )


def state_look(one: Standing) -> Look:
    """How an action stands, as a mark: symbol, word and days."""
    base = _LOOKS[one.state]
    days = counted(abs(one.days_left), "day")
    return Look(base.key, base.symbol, base.word, base.meaning.format(days), base.tone, "")


def _tag(one: Standing) -> Fragment:
    return fill("integrity/tag.html.j2", look=state_look(one))


def _table(found: Sequence[Standing], plan: Plan, *, palette: str) -> Fragment:
    return records_table(
        caption=f"{plan.title}: every action",
        columns=("Recommendation", "Priority", "Due", "Status", "Owner", "Response and evidence"),
        lines=[
            (
                beneath(one.action.recommendation, plan.areas[one.action.area], one.action.finding),
                one.action.priority.word,
                beneath(day(one.action.due), _tag(one)),
                one.action.status.word,
                one.action.owner,
                beneath(one.action.response, one.action.evidence),
            )
            for one in found
        ],
        palette=palette,
    )


def _sheet(found: Sequence[Standing], plan: Plan) -> Sheet:
    return Sheet(
        "Actions",
        (
            "Action",
            "Area",
            "Finding",
            "Recommendation",
            "Priority",
            "Response",
            "Owner",
            "Due",
            "Status",
            "On the day",
            "Days left",
            "Evidence",
        ),
        tuple(
            (
                one.action.id,
                plan.areas[one.action.area],
                one.action.finding,
                one.action.recommendation,
                one.action.priority.word,
                one.action.response,
                one.action.owner,
                str(one.action.due),
                one.action.status.word,
                state_look(one).text.strip(),
                one.days_left,
                one.action.evidence,
            )
            for one in found
        ),
    )
