"""Questions for members: every indicator has its own, and a slip in the file is told."""

import pytest
import yaml

from bench.errors import RegisterError
from bench.reference.questions import read_questions


def test_every_indicator_of_the_framework_has_two_or_three_of_its_own(registers, reference):
    questions = read_questions(reference, registers.indicators)
    general = yaml.safe_load((reference / "questions.yaml").read_text())["general"]["ask"]
    for indicator in registers.indicators:
        for year in indicator.years:
            asked = questions.of(indicator, year)
            assert 2 <= len(asked) <= 3
            assert all(text.endswith(("?", ".")) and "?" in text for text in asked)
            if indicator.framework.framework_id == "ascof":
                assert list(asked) != general, indicator.indicator_id


def test_no_question_lays_blame(reference):
    text = (reference / "questions.yaml").read_text().lower()
    for word in ("fail", "fault", "blame", "poor", "whose fault", "why did you", "why do you"):
        assert word not in text.split("questions:")[1], word


ENTRY = {
    "id": "one",
    "indicators": ["feeling_safe"],
    "ask": ["Why?", "Who?"],
    "review": {
        "author": "A", "checker": "B", "reviewed": "2026-01-01", "next_review": "2027-01-01",
    },
}  # fmt: skip
GENERAL = {"ask": ["What?", "When?"], "review": ENTRY["review"]}


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([ENTRY | {"indicators": ["feeling_saf"]}], "no indicator 'feeling_saf'"),
        ([ENTRY | {"indicators": [], "collections": ["A survey"]}], "no collection 'A survey'"),
        ([ENTRY | {"indicators": []}], "neither an indicator nor a collection"),
        ([ENTRY, ENTRY | {"id": "two"}], "two: feeling_safe has questions already"),
        ([ENTRY | {"ask": ["One?"]}], "at least 2 items"),
        ([ENTRY | {"ask": ["1?", "2?", "3?", "4?"]}], "at most 3 items"),
        ([ENTRY | {"aks": []}], "Extra inputs"),
        (
            [ENTRY | {"review": ENTRY["review"] | {"next_review": "2025-01-01"}}],
            "the next review is not after the last",
        ),
    ],
)
def test_a_slip_is_told(registers, tmp_path, entries, message):
    file = {"general": GENERAL, "questions": entries}
    (tmp_path / "questions.yaml").write_text(yaml.safe_dump(file))
    with pytest.raises(RegisterError, match=message):
        read_questions(tmp_path, registers.indicators)
