"""How a self-assessment comes out, and where several differ."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.audit.checklist import (
    Checklist,
    ChecklistAnswer,
    Rating,
    Thresholds,
    differences,
    scores,
)
from bench.pages.audit.checklist import points

USUAL = Thresholds(80, 50)


def checklist(*groups, subject="A council"):
    """A checklist of groups given as answers in order."""
    return Checklist.model_validate(
        {
            "audit": "a", "title": "T", "about": "A", "document": "D", "as_at": "2011-06-30",
            "subject": subject, "review": {"author": "me", "reviewed": "2011-06-30"},
            "groups": [
                {
                    "id": f"g{at}", "title": f"Group {at}",
                    "questions": [
                        {
                            "id": f"g{at}q{n}", "ask": f"Question {at} {n}?", "answer": answer,
                            "evidence": "E", "date": "2011-06-01",
                        }
                        for n, answer in enumerate(answers)
                    ],
                }
                for at, answers in enumerate(groups)
            ],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "share", "rating", "printed"),
    [
        (["yes"] * 4 + ["no"], 80, Rating.GREEN, "4 of 5 (80%)"),
        (["yes"] * 7 + ["no"] * 2, Fraction(700, 9), Rating.AMBER, "7 of 9 (77%)"),
        (["yes"] * 159 + ["partly"] + ["no"] * 40, Fraction(15950, 200), Rating.AMBER, "159.5 of 200 (79%)"),
        (["yes", "no"], 50, Rating.AMBER, "1 of 2 (50%)"),
        (["partly", "partly", "no"], Fraction(100, 3), Rating.RED, "1 of 3 (33%)"),
        (["partly"], 50, Rating.AMBER, "0.5 of 1 (50%)"),
        (["no"], 0, Rating.RED, "0 of 1 (0%)"),
        (["yes", "not_applicable"], 100, Rating.GREEN, "1 of 1 (100%)"),
        (["yes"] * 4 + ["not_answered"], 80, Rating.GREEN, "4 of 5 (80%)"),
        (["yes", "not_answered", "not_answered"], Fraction(100, 3), Rating.RED, "1 of 3 (33%)"),
        (["not_answered"] * 2, 0, Rating.NOT_SCORED, "0 of 2 (0%)"),
        (["not_applicable"], None, Rating.NOT_SCORED, "no question applies"),
    ],
)  # fmt: skip
def test_a_group_is_scored_over_what_applies(answers, share, rating, printed):
    group, total = scores(checklist(answers), USUAL)
    assert (group.share_pct, group.rating, points(group)) == (share, rating, printed)
    assert (total.points, total.most) == (group.points, group.most)


ANSWERS = st.lists(st.sampled_from([str(one) for one in ChecklistAnswer]), min_size=1, max_size=30)


@given(st.lists(ANSWERS, min_size=1, max_size=5))
def test_all_groups_together_are_the_sum_of_groups(groups):
    *parts, total = scores(checklist(*groups), USUAL)
    assert total.points == sum(one.points for one in parts)
    assert total.most == sum(one.most for one in parts)
    assert sum(total.answers.values()) == sum(map(len, groups))


@given(ANSWERS, st.data())
def test_a_better_answer_never_rates_worse(answers, data):
    order = [Rating.RED, Rating.AMBER, Rating.GREEN]
    at = data.draw(st.integers(0, len(answers) - 1))
    ways = ["no", "partly", "yes"]
    found = [
        scores(checklist([*answers[:at], way, *answers[at + 1 :]]), USUAL)[0].rating for way in ways
    ]
    assert [order.index(one) for one in found] == sorted(order.index(one) for one in found)


@given(st.lists(ANSWERS, min_size=1, max_size=5))
def test_completion_counts_every_answer_but_not_answered(groups):
    *parts, total = scores(checklist(*groups), USUAL)
    given_ = [answer for group in groups for answer in group]
    assert total.asked == len(given_)
    assert total.answered == len(given_) - given_.count("not_answered")
    assert total.answered == sum(one.answered for one in parts)


def test_a_question_without_a_better_answer_gives_no_points():
    made = checklist(["yes", "no"])
    first, second = made.groups[0].questions
    group = made.groups[0].model_copy(
        update={"questions": (first.model_copy(update={"scored": False}), second)}
    )
    (found, _) = scores(made.model_copy(update={"groups": (group,)}), USUAL)
    assert (found.points, found.most, found.answers[ChecklistAnswer.YES]) == (0, 1, 1)


def test_questions_answered_otherwise_or_not_asked_are_differences():
    first = checklist(["yes", "no"], ["partly"])
    other = checklist(["yes", "partly"], subject="B")
    found = differences([first, other])
    assert [(one.question, one.answers) for one in found] == [
        ("g0q1", (ChecklistAnswer.NO, ChecklistAnswer.PARTLY)),
        ("g1q0", (ChecklistAnswer.PARTLY, None)),
    ]
    assert differences([first, first]) == ()
