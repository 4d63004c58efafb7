"""Every code of a vocabulary has its words, and the words name only what a parameter decides."""

import re

import pytest

from bench.errors import RegisterError
from bench.judge.rag import Average, RuleName
from bench.present import wording
from bench.present.theme import LOOKS
from bench.published.readers.cells import Status
from bench.reference.indicator import IntervalMethod, Polarity, Unit

WORDS = wording.WORDING


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("units", set(Unit)),
        ("polarities", set(Polarity)),
        ("intervals", set(IntervalMethod)),
        ("rules", set(RuleName)),
        ("averages", set(Average)),
        ("averages_short", set(Average)),
        ("verdicts", set(LOOKS)),
        ("missing", set(Status) - {Status.OBSERVED}),
    ],
)
def test_a_vocabulary_has_words_for_each_of_its_codes(section, codes):
    assert getattr(WORDS, section).keys() == codes


def test_only_what_a_parameter_decides_stands_in_braces():
    named = set(re.findall(r"{(\w+)", WORDS.model_dump_json()))
    certainty = {"material", "probable", "sure", "close"}
    assert named == {"years", "least_years", "usual_gap", "tolerance"} | certainty


def test_a_term_stands_once():
    for entries in (WORDS.terms, WORDS.audit_terms):
        terms = [term for entry in entries for term in entry]
        assert len(terms) == len(set(terms)) == len(entries)


def test_a_wording_that_lacks_something_is_refused_with_its_name(monkeypatch):
    monkeypatch.setattr(wording, "parse_yaml", lambda text, path: {"use": {"address": "x"}})
    with pytest.raises(RegisterError, match="use > statement: Field required"):
        wording.read()
