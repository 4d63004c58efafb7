"""Another number in params/rag.yaml is another word on the page."""

import re
import shutil

import pytest
import yaml

import bench
from bench.pages.choices import rules_for
from bench.present.glossary import glossary
from bench.present.numbers import in_ten, in_words, usual_gap
from bench.present.provenance import comparison_notes, rule_sentence
from bench.reference.method_cases import MethodSection
from present.reading import without_style

BANDS = [
    # Where in rag.yaml, another number, the rule, what the usual number says, what the other says.
    (("spread", "half_width"), 0.25, "spread",
     "at most half of the usual gap", "at most a quarter of the usual gap"),
    (("spread", "half_width"), 1, "interval",
     "at most half of the usual gap", "at most the usual gap"),
    (("spread", "half_width"), 0.7, "spread",
     "at most half of the usual gap", "at most 0.7 times the usual gap"),
    (("spread", "half_width"), 0.25, "auto", "at most half of that", "at most a quarter of that"),
    (("spread", "half_width"), 0.7, "auto", "≤ ½ × 1.4826", "≤ 0.7 × 1.4826"),
    (("spread", "least_councils"), 25, "auto", "It needs 30 councils", "It needs 25 councils"),
    (("auto", "material"), 0.25, "auto",
     "by at least half of the usual gap", "by at least a quarter of the usual gap"),
    (("auto", "material"), 1, "auto",
     "matters from half of the usual gap", "matters from the usual gap"),
    (("auto", "material"), 0.7, "auto", "≥ ½ × 1.4826", "≥ 0.7 × 1.4826"),
    (("auto", "probable"), 0.75, "auto", "From 7 in 10 on", "From 75 in 100 on"),
    (("auto", "sure"), 0.95, "auto", "From 9 in 10 on", "From 95 in 100 on"),
    (("auto", "close"), 0.6, "auto", "is at least 5 in 10", "is at least 6 in 10"),
    (("tolerance", "per_cent_of_benchmark"), 7.5, "tolerance", "at most 5%", "at most 7.5%"),
    (("quartile", "least_values"), 6, "auto", "At least five values", "At least six values"),
    (("tolerance", "per_cent_of_benchmark"), 7.5, "auto", "≤ 5% of the", "≤ 7.5% of the"),
    (("average",), "median", "auto",
     "A page uses the mean unless", "A page uses the median unless"),
    (("peers_worth", "no_guide"), 0.08, "auto", "no higher than 5%", "no higher than 8%"),
    (("trend", "years"), 8, "auto", "the last five years", "the last eight years"),
    (("trend", "years"), 8, "auto", "At most five years count", "At most eight years count"),
    (("trend", "least_years"), 5, "auto", "needs four years", "needs five years"),
    (("trend", "significance"), 0.01, "auto",
     "as far as at most 5 in 100", "as far as at most 1 in 100"),
]  # fmt: skip


@pytest.fixture
def with_band(root, tmp_path, monkeypatch):
    """A project whose rag.yaml has another number."""

    def changed(place, value):
        for name in ("data", "params"):
            shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("raw"))
        path = tmp_path / "params" / "rag.yaml"
        rag = yaml.safe_load(path.read_text(encoding="utf-8"))
        holder = rag
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = value
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


@pytest.mark.parametrize(
    ("place", "value", "note"),
    [
        (("spread", "half_width"), 0.25, "These cases take 0.5 of the usual gap"),
        (("auto", "material"), 0.25, "These cases take half of the usual gap"),
        (("auto", "probable"), 0.75, "and 7, 9 and 5 in 10, not what is in force"),
        (("quartile", "least_values"), 6, "These cases take five values"),
        (("tolerance", "per_cent_of_benchmark"), 7.5, "These cases take 5%"),
    ],
)
def test_worked_cases_that_take_another_number_say_so(with_band, place, value, note):
    assert note not in str(bench.method().verdicts())
    with_band(place, value)
    assert note in str(bench.method().verdicts())


def test_what_no_case_says_its_number_of_is_refused():
    whole = {"id": "x", "title": "X", "columns": ["a"], "cases": [[1]], "text": "At most {much}."}
    with pytest.raises(ValueError, match="worked_with must say"):
        MethodSection.model_validate(whole)
    assert (
        MethodSection.model_validate(whole | {"worked_with": {"much": "5"}, "worked_note": "Five."})
        .filled({"much": "6"})
        .text
        == "At most 6. Five."
    )


def said(rule):
    """The words of a page that speak of rules, and those of its workbook."""
    page = bench.briefing("Leeds", "2018-19", rule=rule)
    rules = rules_for(rule)
    workbook = comparison_notes(rules, peers_title="None", sources=[], parameters={})
    words = [without_style(one) for one in (page.method(), page.footing())]
    words += [text for _, text in (*workbook.about, *workbook.terms)]
    words += [f"{s.text} {s.formula}" for s in bench.method().register.sections]
    words += [rule_sentence(rules), *(term.meaning for term in glossary(rules))]
    return re.sub(r"\s+", " ", " ".join(words))


@pytest.mark.parametrize(("count", "word"), [(0, "no"), (1, "one"), (10, "ten"), (11, "11")])
def test_small_numbers_are_words(count, word):
    assert in_words(count) == word


def test_the_usual_gap_is_half():
    assert usual_gap(rules_for()) == "half of the usual gap between councils"


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.7, "7 in 10"), (0.05, "5 in 100"), (0.995, "995 in 1,000"), (0.5, "5 in 10"),
     (0.29, "29 in 100")],
)  # fmt: skip
def test_probabilities_in_words(probability, words):
    assert in_ten(probability) == words
