"""The action plan of an audit pack: sentences, tables and sheets.

No figure of the published table goes into a sheet of the plan.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from bench.audit.action_plan import ActionStatus, Priority, State, changes, counts, standings
from bench.pages.audit.evidence import figure_mark
from bench.pages.audit.sections import Content, day, is_or_are
from bench.present.html import Section, fill, markup
from bench.present.numbers import NO_NUMBER
from bench.present.sentences import listed
from bench.present.sheet import Column, Sheet, table_sheet
from bench.present.table import beneath, capital, counted, paragraph, records_table, values_table
from bench.present.theme import Look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bench.audit.action_plan import (
        Action,
        ActionMilestone,
        ActionPlan,
        ActionStanding,
        PlanChange,
    )
    from bench.pages.audit.evidence import LiveCheck, LiveFigure

_LOOKS: Final[Mapping[State, Look]] = {
    State.OVERDUE: Look("overdue", "!", "OVERDUE", "by {}", "worse", ""),
    State.SOON: Look("soon", "◔", "DUE SOON", "in {}", "similar", ""),
    State.LATER: Look("later", "○", None, "due in {}", "neutral", ""),
    State.DONE: Look("done", "✓", None, "done", "better", ""),
    State.NOT_ACCEPTED: Look("not_accepted", "—", None, "not accepted", "none", ""),
    State.UNCONFIRMED: Look("unconfirmed", "?", None, "date past, not confirmed", "similar", ""),
    State.UNDATED: Look("undated", "—", None, "no date", "none", ""),
}
_STATES: Final[Mapping[State, str]] = {
    State.OVERDUE: "Overdue",
    State.SOON: "Due soon",
    State.LATER: "Due later",
    State.DONE: "Done",
    State.NOT_ACCEPTED: "Not accepted",
    State.UNCONFIRMED: "Date past, not confirmed",
    State.UNDATED: "No date",
}


def content(
    plan: ActionPlan,
    before: ActionPlan | None,
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
            f"soon if {counted(soon_days, 'day')} or fewer are left."
            f"{_months(found)}{_unconfirmed(found)}",
        ),
    ]
    sheets = [_sheet(found, plan)]
    if before is not None:
        changed = changes(plan, before)
        parts.append(_changes(changed, before))
        sheets.append(table_sheet("Changes", _CHANGE, changed))
    return Content(parts=tuple(parts), sheets=tuple(sheets), documents=(plan.document,))


def state_look(standing: ActionStanding) -> Look:
    """How an action stands, as a mark: symbol, word and days."""
    base = _LOOKS[standing.state]
    if standing.days_left is None:
        return base
    days = counted(abs(standing.days_left), "day") if standing.days_left else "today"
    meaning = base.meaning.replace("in {}", days) if not standing.days_left else base.meaning
    return Look(base.key, base.symbol, base.word, meaning.format(days), base.tone, base.marker)


def _summary(standings: Sequence[ActionStanding], as_of: date) -> str:
    if any(one.action.milestones for one in standings):
        return _milestones_summary(standings, as_of)
    late = [one for one in standings if one.state is State.OVERDUE]
    high = sum(one.action.priority is Priority.HIGH for one in late)
    done = sum(one.state is State.DONE for one in standings)
    refused = sum(one.state is State.NOT_ACCEPTED for one in standings)
    told = f"On {day(as_of)}, {done} of {counted(len(standings), 'action')} {is_or_are(done)} done"
    told += f" and {refused} not accepted. " if refused else ". "
    if not late:
        return told + "None is overdue."
    first = f"{len(late)} {is_or_are(len(late))} overdue"
    return (
        f"{told}{first}, {high} of high priority."
        if high
        else f"{told}{first}, none of high priority."
    )


def _milestones_summary(stands: Sequence[ActionStanding], as_of: date) -> str:
    """How many milestones stand how, in the words of what is known."""
    actions = len({one.action.id for one in stands})
    states = Counter(one.state for one in stands)
    told = (
        (states[State.DONE], "stated as done"),
        (states[State.OVERDUE], "overdue"),
        (states[State.UNCONFIRMED], "past their date and not confirmed"),
        (states[State.SOON] + states[State.LATER], "to come"),
        (states[State.UNDATED], "without a date"),
        (states[State.NOT_ACCEPTED], "not accepted"),
    )
    parts = [f"{count} {words}" for count, words in told if count]
    return (
        f"{counted(actions, 'recommendation')}, {counted(len(stands), 'milestone')}. "
        f"On {day(as_of)}: {listed(parts)}."
    )


def _counts(plan: ActionPlan, standings: Sequence[ActionStanding]) -> Section:
    shown = [one for one in State if any(standing.state is one for standing in standings)]
    states = list(State)
    lines = [
        (
            one.area,
            one.total,
            *one.by_priority,
            *(one.by_state[states.index(state)] for state in shown),
        )
        for one in counts(plan, standings)
    ]
    total = ("All", *(sum(line[at] for line in lines) for at in range(1, len(lines[0]))))  # type: ignore[misc]
    several = any(one.milestones for one in plan.actions)
    return values_table(
        caption="How many actions, by area and priority, and how their milestones stand"
        if several
        else "How many actions, by area",
        columns=(
            "Area",
            "All",
            *(one.word for one in Priority),
            *(_STATES[one] for one in shown),
        ),
        lines=[*lines, total],
    )


def _table(
    standings: Sequence[ActionStanding],
    plan: ActionPlan,
    rests_on: Mapping[str, LiveFigure | LiveCheck],
) -> Section:
    steps: dict[str, list[ActionStanding]] = {}
    for one in standings:
        steps.setdefault(one.action.id, []).append(one)
    resting = any(one.action.rests_on.name for one in standings)
    several = any(one.action.milestones for one in standings)
    return records_table(
        caption=f"{plan.title}: every action",
        columns=(
            "Recommendation and finding" if any(a.finding for a in plan.actions)
            else "Recommendation",
            "Priority",
            "Milestones: state, date and owner" if several else "State, date and owner",
            *(["Rests on"] if resting else []),
            "Response and evidence",
        ),
        lines=[
            (
                beneath(
                    action.recommendation,
                    *([action.finding] if action.finding else []),
                    ", ".join(
                        filter(None, [plan.areas[action.area], action.section, action.id])
                    ),
                ),
                action.priority.word,
                Markup("").join(_step(one) for one in own),
                *([_rests_on(action, rests_on)] if resting else []),
                beneath(action.response, *_evidence(own)),
            )
            for own in steps.values()
            for action in [own[0].action]
        ],
    )  # fmt: skip


def _step(standing: ActionStanding) -> Markup:
    """One milestone in a cell: its mark, what it is, its date, how far it is, and whose it is."""
    step = standing.milestone
    mark = markup("tables/tag.html.j2", look=state_look(standing))
    when = f"Due {day(step.due)}" if step.due and not step.printed else step.printed
    how = "" if step.status.closed or step.status is ActionStatus.NOT_STATED else step.status.word
    reason = _why_undated(step)
    lines = [one for one in (step.what, when or reason, how, step.owner) if one]
    return Markup("<div>{}</div>").format(beneath(mark, *lines))


def _why_undated(step: ActionMilestone) -> str:
    return f"No date: {step.undated.word}" if step.undated else ""


def _evidence(own: Sequence[ActionStanding]) -> list[str]:
    """What bears the milestones out, each with its words where there are several."""
    told = [
        f"{one.milestone.what}: {one.milestone.evidence}"
        if one.milestone.what
        else one.milestone.evidence
        for one in own
        if one.milestone.evidence
    ]
    # where a plan does not state how far a milestone is, it states no evidence either
    silent = any(one.milestone.status is ActionStatus.NOT_STATED for one in own)
    return told or ([] if silent else ["No evidence yet."])


def _rests_on(action: Action, rests_on: Mapping[str, LiveFigure | LiveCheck]) -> str:
    name = action.rests_on.name
    return figure_mark(rests_on[name]) if name else "What the review saw"


def _changes(changes: Sequence[PlanChange], before: ActionPlan) -> Section:
    caption = f"What changed since {day(before.as_at)}"
    if not changes:
        return paragraph(f"Nothing changed since {day(before.as_at)}.")
    return records_table(
        caption=caption,
        note=f"{counted(len(changes), 'change')} between two versions of the plan.",
        columns=("Recommendation", "What changed", "Before", "Now"),
        lines=[
            (
                beneath(one.action.recommendation, one.action.id),
                capital(one.what),
                _shown(one.before),
                _shown(one.now),
            )
            for one in changes
        ],
    )


def _shown(value: str | date) -> str:
    return (value or NO_NUMBER) if isinstance(value, str) else day(value)


def _sheet(standings: Sequence[ActionStanding], plan: ActionPlan) -> Sheet:
    columns: tuple[Column[ActionStanding], ...] = (
        Column("Action", lambda one: one.action.id),
        Column("Area", lambda one: plan.areas[one.action.area]),
        Column("Section", lambda one: one.action.section),
        Column("Finding", lambda one: one.action.finding),
        Column("Rests on", lambda one: one.action.rests_on.name),
        Column("Recommendation", lambda one: one.action.recommendation),
        Column("Priority", lambda one: one.action.priority.word),
        Column("Response", lambda one: one.action.response),
        Column("Milestone", lambda one: one.milestone.what),
        Column("Owner", lambda one: one.milestone.owner),
        Column("Due", lambda one: str(one.milestone.due or "")),
        Column("Due as printed", lambda one: one.milestone.printed or _why_undated(one.milestone)),
        Column("Status", lambda one: one.milestone.status.word),
        Column("On the day", lambda one: state_look(one).text),
        Column("Days left", lambda one: one.days_left),
        Column("Evidence", lambda one: one.milestone.evidence),
    )
    return table_sheet("Actions", columns, standings)


_CHANGE: Final[tuple[Column[PlanChange], ...]] = (
    Column("Action", lambda one: one.action.id),
    Column("Recommendation", lambda one: one.action.recommendation),
    Column("What changed", lambda one: one.what),
    Column("Before", lambda one: str(one.before)),
    Column("Now", lambda one: str(one.now)),
)


def _months(stands: Sequence[ActionStanding]) -> str:
    """What day a date without one stands for, where a document prints such a date."""
    if not any(_to_the_end_of_month(one.milestone) for one in stands):
        return ""
    return (
        " Where the document prints a month and no day, days are counted to the month's last. "
        "That is our reading."
    )


def _to_the_end_of_month(step: ActionMilestone) -> bool:
    return bool(
        step.due
        and step.printed
        and not step.printed[0].isdigit()
        and (step.due + timedelta(days=1)).day == 1
    )


def _unconfirmed(stands: Sequence[ActionStanding]) -> str:
    """What "not confirmed" means, where it can be read."""
    if not any(one.milestone.status is ActionStatus.NOT_STATED for one in stands):
        return ""
    return (
        " Done is what the plan itself states. Of other milestones it does not say how far they "
        "are: once the date is past they are not confirmed, which is neither done nor late."
    )
