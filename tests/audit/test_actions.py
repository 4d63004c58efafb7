"""An action plan on a day, and what changed since the version before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.audit.action_plan import (
    ActionPlan,
    ActionStatus,
    Priority,
    State,
    changes,
    counts,
    standings,
)

DAY = date(2011, 7, 31)


def plan(*actions, **changed):
    """A plan of actions given as (id, priority, due, status)."""
    return ActionPlan.model_validate(
        {
            "audit": "a", "title": "A plan", "about": "About.", "council": "barnet",
            "document": "A document", "as_at": "2011-06-30", "areas": {"risk": "Risk"},
            "review": {"author": "me", "reviewed": "2011-06-30"},
            "actions": [
                {
                    "id": name, "area": "risk", "finding": "F", "recommendation": "R",
                    "priority": priority, "response": "Yes", "owner": "Head of risk",
                    "due": due, "status": status, "evidence": "E",
                }
                for name, priority, due, status in actions
            ],
        }
        | changed
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due", "status", "state", "left"),
    [
        ("2011-07-30", "in_progress", State.OVERDUE, -1),
        ("2011-07-31", "in_progress", State.SOON, 0),
        ("2011-08-30", "not_started", State.SOON, 30),
        ("2011-08-31", "not_started", State.LATER, 31),
        ("2011-01-01", "done", State.DONE, -211),
        ("2011-01-01", "not_accepted", State.NOT_ACCEPTED, -211),
    ],
)
def test_how_an_action_stands(due, status, state, left):
    (found,) = standings(plan(("a", "H", due, status)), as_of=DAY, soon_days=30)
    assert (found.state, found.days_left) == (state, left)


def test_priority_first_then_the_latest_and_closed_ones_last():
    made = plan(
        ("low_late", "L", "2011-01-01", "in_progress"),
        ("high_done", "H", "2010-01-01", "done"),
        ("high_later", "H", "2012-01-01", "not_started"),
        ("high_late", "H", "2011-07-01", "in_progress"),
        ("high_latest", "H", "2011-05-01", "in_progress"),
        ("medium", "M", "2011-09-01", "in_progress"),
    )
    order = [one.action.id for one in standings(made, as_of=DAY, soon_days=30)]
    assert order == ["high_latest", "high_late", "high_later", "high_done", "medium", "low_late"]


def test_what_changed_is_told_field_by_field():
    before = plan(
        ("a", "H", "2011-05-31", "not_started"),
        ("b", "L", "2011-05-31", "in_progress"),
        ("gone", "L", "2011-05-31", "in_progress"),
    )
    now = plan(
        ("new", "M", "2011-09-30", "not_started"),
        ("a", "M", "2011-06-01", "in_progress"),
        ("b", "L", "2011-04-30", "in_progress"),
    )
    assert [(one.action.id, one.what, one.before, one.now) for one in changes(now, before)] == [
        ("new", "added", "", "Not started"),
        ("gone", "removed", "In progress", ""),
        ("a", "priority", "High", "Medium"),
        ("a", "status", "Not started", "In progress"),
        ("a", "due date, 1 day later", date(2011, 5, 31), date(2011, 6, 1)),
        ("b", "due date, 31 days earlier", date(2011, 5, 31), date(2011, 4, 30)),
    ]


ACTIONS = st.lists(
    st.tuples(
        st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True),
        st.sampled_from([str(one) for one in Priority]),
        st.integers(-500, 500).map(lambda days: str(DAY + timedelta(days=days))),
        st.sampled_from([str(one) for one in ActionStatus]),
    ),
    min_size=1,
    unique_by=lambda one: one[0],
)


@given(ACTIONS)
def test_every_action_is_counted_once(actions):
    made = plan(*actions)
    (count,) = counts(made, standings(made, as_of=DAY, soon_days=30))
    assert sum(count.by_priority) == sum(count.by_state) == len(actions)


@given(ACTIONS, ACTIONS)
def test_the_way_back_has_the_same_changes_the_other_way_round(first, second):
    there, back = changes(plan(*first), plan(*second)), changes(plan(*second), plan(*first))
    assert {(c.action.id, c.before, c.now) for c in there} == {
        (c.action.id, c.now, c.before) for c in back
    }
    assert changes(plan(*first), plan(*first)) == ()


def many(*steps, **changed):
    """A plan of one action with milestones given as (what, due or why none, status)."""
    made = plan(("a", "H", "2011-05-31", "done")).model_dump(mode="json")
    action = made["actions"][0]
    for name in ("owner", "due", "status", "evidence"):
        del action[name]
    action["milestones"] = [
        {
            "what": what, "owner": f"Owner of {what}", "status": status, "evidence": "E",
            ("due" if when[0].isdigit() else "undated"): when,
        }
        for what, when, status in steps
    ]  # fmt: skip
    return ActionPlan.model_validate(made | changed)


@pytest.mark.parametrize(
    ("when", "status", "state", "left"),
    [
        ("2011-07-30", "not_stated", State.UNCONFIRMED, -1),
        ("2011-07-31", "not_stated", State.SOON, 0),
        ("2011-12-31", "not_stated", State.LATER, 153),
        ("2011-07-30", "in_progress", State.OVERDUE, -1),
        ("ongoing", "not_stated", State.UNDATED, None),
        ("set_corporately", "in_progress", State.UNDATED, None),
        ("in_use", "done", State.DONE, None),
    ],
)
def test_how_a_milestone_stands(when, status, state, left):
    (found,) = standings(many(("one", when, status)), as_of=DAY, soon_days=30)
    assert (found.state, found.days_left) == (state, left)
    assert found.milestone.owner == "Owner of one"


def test_milestones_of_an_action_stand_together_in_their_order():
    made = many(("late", "2012-01-01", "in_progress"), ("early", "2011-01-01", "done"))
    assert [one.milestone.what for one in standings(made, as_of=DAY, soon_days=30)] == [
        "late", "early",
    ]  # fmt: skip


def test_what_changed_in_milestones_is_told_one_by_one():
    before = many(("a", "2011-05-31", "not_started"), ("b", "ongoing", "in_progress"))
    now = many(("a", "2011-06-01", "in_progress"), ("c", "ongoing", "not_started"))
    assert [(one.what, one.before, one.now) for one in changes(now, before)] == [
        ("status (a)", "Not started", "In progress"),
        ("due date, 1 day later (a)", date(2011, 5, 31), date(2011, 6, 1)),
        ("milestone added (c)", "", "Not started"),
        ("milestone removed (b)", "In progress", ""),
    ]
    dated = many(("b", "2011-05-31", "in_progress"))
    undated = many(("b", "ongoing", "in_progress"))
    (change,) = changes(dated, undated)
    assert (change.what, change.before, change.now) == (
        "due date (b)",
        "ongoing",
        date(2011, 5, 31),
    )
