"""Findings that are explained, and explanations that explain nothing."""

import pandas as pd
import pytest
from pydantic import ValidationError

from bench.errors import BenchError
from bench.integrity.checks import registry, rule
from bench.published import observations, sources
from integrity.test_rules import figure


def outcomes(*figures, entries=(), release=None):
    frame = pd.DataFrame(figures, columns=observations.COLUMNS)
    evidence = rule.evidence(frame, sources.reference(), symbols={"[x]"})
    found = registry.run(evidence, entries, release=release)
    return {one.rule.code: one for one in found}, found


def entry(code="range", **select):
    return rule.KnownFinding.model_validate(
        {
            "rule": code,
            "select": {"releases": ["ascof_2018_19"]} | select,
            "explanation": "It is printed so.",
            "source": "the yearly file",
        }
    )


ABOVE = figure(value=104.1, numerator=float("nan"))


@pytest.mark.parametrize(
    ("why", "entries", "result", "explained", "exit_code"),
    [
        ("nobody explains it", [], "fail", 0, 23),
        ("explained", [entry()], "pass", 1, 0),
        ("explained by area and year", [entry(areas=["leeds"], periods=["2018-19"])], "pass", 1, 0),
        ("an explanation of another area", [entry(areas=["kent"])], "fail", 0, 23),
        ("an explanation of another rule", [entry("quotient")], "fail", 0, 23),
        ("an explanation of another release", [entry(releases=["ascof_2017_18"])], "fail", 0, 23),
        ("one that fits and one that does not", [entry(), entry(areas=["kent"])], "pass", 1, 21),
    ],
)
def test_an_explained_finding_is_told_and_does_not_count(
    why, entries, result, explained, exit_code
):
    by_code, found = outcomes(ABOVE, entries=entries)
    assert by_code["range"].result == result, why
    assert len(by_code["range"].explained) == explained, why
    assert registry.exit_code(found) == exit_code, why


def test_an_explanation_that_fits_nothing_is_a_finding():
    by_code, _ = outcomes(figure(), entries=[entry(areas=["leeds"])])
    stale = by_code["stale"].unexplained.iloc[0]
    assert (stale["release_id"], stale["area_id"]) == ("ascof_2018_19", "leeds")
    assert stale["found"] == "no finding of the rule range"


def test_every_release_that_an_explanation_names_must_need_it():
    both = entry(releases=["ascof_2018_19", "ascof_2017_18"])
    by_code, _ = outcomes(ABOVE, entries=[both])
    assert list(by_code["stale"].findings["release_id"]) == ["ascof_2017_18"]
    by_code, _ = outcomes(ABOVE, entries=[both], release="ascof_2018_19")
    assert by_code["stale"].findings.empty


def test_an_explanation_names_its_releases():
    with pytest.raises(ValidationError, match="releases"):
        entry(releases=[])


@pytest.mark.parametrize(
    ("release", "missing", "reason"),
    [
        ("the first", {"numerator": float("nan")}, {"quotient", "numerator", "denominator"}),
    ],
)
def test_a_rule_without_what_it_needs_is_not_run(release, missing, reason):
    by_code, found = outcomes(figure(**missing))
    for code in reason:
        assert by_code[code].result == "not run", release
        assert by_code[code].not_run == {"ascof_2018_19": "no counts in this release"}
    assert by_code["coverage"].not_run == {
        "ascof_2018_19": "no earlier publication to compare with"
    }
    assert by_code["range"].result == "pass"
    assert registry.exit_code(found) == 0


def test_exit_codes_rise_with_severity_and_are_no_errors():
    def family(kind):
        return {kind.exit_code}.union(*(family(child) for child in kind.__subclasses__()))

    codes = [registry.EXIT_CODES[severity] for severity in reversed(rule.Severity)]
    assert codes == sorted(codes)
    assert min(codes) > max(family(BenchError) | {2})  # 2 is a command line that was not understood


def test_the_catalogue_is_in_order_of_severity():
    order = list(rule.Severity)
    severities = [order.index(one.severity) for one in registry.RULES]
    assert severities == sorted(severities)
    assert len({one.code for one in registry.RULES}) == len(registry.RULES)
