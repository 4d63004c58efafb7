"""Another number in params/rag.yaml is another word on the page."""

import re
import shutil

import pytest
import yaml

import bench
from bench.pages.choices import rules_for
from bench.present.glossary import glossary
from bench.present.numbers import in_words, usual_gap
from bench.present.provenance import notes, rule_sentence
from present.reading import without_style

BANDS = [
    # Where in rag.yaml, another number, the rule, what the usual number says, what the other says.
    (
        ("spread", "half_width"),
        0.25,
        "spread",
        "half of the usual gap",
        "a quarter of the usual gap",
    ),
    (("spread", "half_width"), 1, "auto", "half of the usual gap", "at most the usual gap"),
    (("spread", "half_width"), 0.7, "spread", "half of the usual gap", "0.7 times the usual gap"),
    (("tolerance", "per_cent_of_benchmark"), 7.5, "tolerance", "at most 5%", "at most 7.5%"),
    (("trend", "years"), 8, "auto", "the last five years", "the last eight years"),
    (("trend", "least_years"), 5, "auto", "needs four years", "needs five years"),
]


@pytest.fixture
def with_band(root, tmp_path, monkeypatch):
    """A project whose rag.yaml has another number."""

    def changed(place, value):
        for name in ("data", "params"):
            shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("raw"))
        path = tmp_path / "params" / "rag.yaml"
        rag = yaml.safe_load(path.read_text(encoding="utf-8"))
        rag[place[0]][place[1]] = value
        path.write_text(yaml.safe_dump(rag), encoding="utf-8")
        monkeypatch.chdir(tmp_path)

    return changed


@pytest.mark.parametrize(("place", "value", "rule", "usual", "other"), BANDS)
def test_a_page_and_its_workbook_say_the_number_in_force(
    with_band, place, value, rule, usual, other
):
    before = said(rule)
    assert usual in before
    assert other not in before
    with_band(place, value)
    after = said(rule)
    assert other in after
    assert usual not in after


def said(rule):
    """The words of a page that speak of rules, and those of its workbook."""
    page = bench.briefing("Leeds", "2018-19", rule=rule)
    rules = rules_for(rule)
    workbook = notes(
        parameters={}, rules=rules, peers=[], peers_title="None", sources=[], version="0"
    )
    words = [without_style(one) for one in (page.method(), page.footing())]
    words += [text for _, text in workbook]
    words += [rule_sentence(rules), *(term.meaning for term in glossary(rules.trend))]
    return re.sub(r"\s+", " ", " ".join(words))


@pytest.mark.parametrize(("count", "word"), [(0, "no"), (1, "one"), (10, "ten"), (11, "11")])
def test_small_numbers_are_words(count, word):
    assert in_words(count) == word


def test_the_usual_gap_is_half():
    assert usual_gap(rules_for()) == "half of the usual gap between councils"
