"""The action plan of an audit pack: sentences, tables and sheets.

No figure of the published table goes into a sheet of the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.audit.action_plan import Priority, State, Status, changes, counts, standings
from bench.pages.audit.evidence import figure_mark
from bench.pages.audit.sections import Content, day, said
from bench.present.html import Section, fill, markup
from bench.present.numbers import NO_NUMBER
from bench.present.sheet import Column, Sheet, table_sheet
from bench.present.table import beneath, capital, counted, paragraph, records_table, values_table
from bench.present.theme import Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.audit.action_plan import Change, Plan, Standing
    from bench.pages.audit.evidence import LiveCheck, LiveFigure

_LOOKS: Final[Mapping[State, Look]] = {
    State.OVERDUE: Look("overdue", "!", "OVERDUE", "by {}", "worse", ""),
    State.SOON: Look("soon", "◔", "DUE SOON", "in {}", "similar", ""),
    State.LATER: Look("later", "○", None, "due in {}", "neutral", ""),
    State.DONE: Look("done", "✓", None, "done", "better", ""),
    State.NOT_ACCEPTED: Look("not_accepted", "—", None, "not accepted", "none", ""),
}
_STATES: Final[Mapping[State, str]] = {
    State.OVERDUE: "Overdue",
    State.SOON: "Due soon",
    State.LATER: "Due later",
    State.DONE: "Done",
    State.NOT_ACCEPTED: "Not accepted",
}


def content(
    plan: Plan,
    before: Plan | None,
    *,
    rests_on: Mapping[str, LiveFigure | LiveCheck],
    as_of: date,
    soon_days: int,
) -> Content:
    """The section: what it is about, counts, the plan in order, and what changed.

    Args:
        plan: the plan.
        before: the version before; None where none is named.
        rests_on: figures by the indicator's id, and checks by the rule's code.
        as_of: the day on which it is read.
        soon_days: how many days before its date an action is due soon.
    """
    found = standings(plan, as_of=as_of, soon_days=soon_days)
    parts = [
        fill(
            "audit/actions.html.j2",
            about=plan.about,
            summary=_summary(found, as_of),
            as_at=day(plan.as_at),
            document=plan.document,
        ),
        _counts(plan, found),
        _table(found, plan, rests_on),
        paragraph(
            "High priority comes first. Within a priority, what is latest comes first and what "
            f"is closed comes last. An action is overdue from the day after its date on. It is due "
            f"soon if {counted(soon_days, 'day')} or fewer are left.",
        ),
    ]
    sheets = [_sheet(found, plan)]
    if before is not None:
        changed = changes(plan, before)
        parts.append(_changes(changed, before))
        sheets.append(table_sheet("Changes", _CHANGE, changed))
    return Content(parts=tuple(parts), sheets=tuple(sheets), documents=(plan.document,))


def state_look(one: Standing) -> Look:
    """How an action stands, as a mark: symbol, word and days."""
    base = _LOOKS[one.state]
    days = counted(abs(one.days_left), "day") if one.days_left else "today"
    meaning = base.meaning.replace("in {}", days) if not one.days_left else base.meaning
    return Look(base.key, base.symbol, base.word, meaning.format(days), base.tone, base.marker)


def _summary(found: Sequence[Standing], as_of: date) -> str:
    late = [one for one in found if one.state is State.OVERDUE]
    high = sum(one.action.priority is Priority.HIGH for one in late)
    done = sum(one.action.status is Status.DONE for one in found)
    refused = sum(one.action.status is Status.NOT_ACCEPTED for one in found)
    told = f"On {day(as_of)}, {done} of {counted(len(found), 'action')} {said(done)} done"
    told += f" and {refused} not accepted. " if refused else ". "
    if not late:
        return told + "None is overdue."
    first = f"{len(late)} {said(len(late))} overdue"
    return (
        f"{told}{first}, {high} of high priority."
        if high
        else f"{told}{first}, none of high priority."
    )


def _counts(plan: Plan, found: Sequence[Standing]) -> Section:
    lines = [(one.area, one.total, *one.by_state, *one.by_priority) for one in counts(plan, found)]
    total = ("All", *(sum(line[at] for line in lines) for at in range(1, len(lines[0]))))  # type: ignore[misc]
    return values_table(
        caption="Actions by area",
        columns=("Area", "All", *_STATES.values(), *(one.word for one in Priority)),
        lines=[*lines, total],
    )


def _table(
    found: Sequence[Standing],
    plan: Plan,
    rests_on: Mapping[str, LiveFigure | LiveCheck],
) -> Section:
    return records_table(
        caption=f"{plan.title}: every action",
        columns=(
            "Recommendation and finding",
            "Priority",
            "Due and status",
            "Owner",
            "Rests on",
            "Response and evidence",
        ),
        lines=[
            (
                beneath(
                    one.action.recommendation,
                    one.action.finding,
                    f"{plan.areas[one.action.area]}, {one.action.id}",
                ),
                one.action.priority.word,
                beneath(
                    markup("tables/tag.html.j2", look=state_look(one)),
                    f"Due {day(one.action.due)}",
                    *([] if one.action.status.closed else [one.action.status.word]),
                ),
                one.action.owner,
                _rests_on(one, rests_on),
                beneath(one.action.response, one.action.evidence or "No evidence yet."),
            )
            for one in found
        ],
    )


def _rests_on(one: Standing, rests_on: Mapping[str, LiveFigure | LiveCheck]) -> str:
    name = one.action.rests_on.name
    return figure_mark(rests_on[name]) if name else "What the review saw"


def _changes(found: Sequence[Change], before: Plan) -> Section:
    caption = f"What changed since {day(before.as_at)}"
    if not found:
        return paragraph(f"Nothing changed since {day(before.as_at)}.")
    return records_table(
        caption=caption,
        note=f"{counted(len(found), 'change')} between two versions of the plan.",
        columns=("Recommendation", "What changed", "Before", "Now"),
        lines=[
            (
                beneath(one.action.recommendation, one.action.id),
                capital(one.what),
                _shown(one.before),
                _shown(one.now),
            )
            for one in found
        ],
    )


def _shown(value: str | date) -> str:
    return (value or NO_NUMBER) if isinstance(value, str) else day(value)


def _sheet(found: Sequence[Standing], plan: Plan) -> Sheet:
    columns: tuple[Column[Standing], ...] = (
        Column("Action", lambda one: one.action.id),
        Column("Area", lambda one: plan.areas[one.action.area]),
        Column("Finding", lambda one: one.action.finding),
        Column("Rests on", lambda one: one.action.rests_on.name),
        Column("Recommendation", lambda one: one.action.recommendation),
        Column("Priority", lambda one: one.action.priority.word),
        Column("Response", lambda one: one.action.response),
        Column("Owner", lambda one: one.action.owner),
        Column("Due", lambda one: str(one.action.due)),
        Column("Status", lambda one: one.action.status.word),
        Column("On the day", lambda one: state_look(one).text),
        Column("Days left", lambda one: one.days_left),
        Column("Evidence", lambda one: one.action.evidence),
    )
    return table_sheet("Actions", columns, found)


_CHANGE: Final[tuple[Column[Change], ...]] = (
    Column("Action", lambda one: one.action.id),
    Column("Recommendation", lambda one: one.action.recommendation),
    Column("What changed", lambda one: one.what),
    Column("Before", lambda one: str(one.before)),
    Column("Now", lambda one: str(one.now)),
)
