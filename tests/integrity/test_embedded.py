"""What the rules find in the data as it is: every known flaw, and nothing unexplained."""

import json

import pytest
from typer.testing import CliRunner

import bench
from bench import cli
from bench.errors import RegisterError, UnknownNameError
from bench.integrity.checks import registry, rule
from bench.pages.quality import report
from bench.published import build, corrections, layouts, sources

RULES = {one.code: one for one in registry.RULES}
HOME, CARERS = "learning_disability_own_home", "carers_direct_payments"


@pytest.mark.parametrize(
    ("code", "area", "indicator", "breakdown", "period", "found"),
    [
        # Outcomes above 100, and the counts behind them.
        ("range", "doncaster", HOME, "female", "2014-15", "104.1"),
        ("range", "calderdale", HOME, "male", "2014-15", "131.7"),
        ("range", "hertfordshire", "home_after_reablement", "age_75_84", "2015-16", "103.4"),
        ("range", "camden", HOME, "male", "2017-18", "132.8"),
        ("numerator", "doncaster", HOME, "female", "2014-15", "200 of 195"),
        ("numerator", "calderdale", HOME, "male", "2014-15", "345 of 260"),
        ("numerator", "hertfordshire", "home_after_reablement", "age_75_84", "2015-16", "152 of 147"),
        ("numerator", "camden", HOME, "male", "2017-18", "85 of 64"),
        # Figures printed over nobody.
        ("denominator", "somerset", CARERS, "all", "2018-19", "0 over 0"),
        ("denominator", "blackburn_with_darwen", CARERS, "all", "2018-19", "0 over 0"),
        ("denominator", "isles_of_scilly", HOME, "all", "2014-15", "50 over 0"),
        # Withheld, with the counts beside it.
        ("numerator", "luton", "safeguarding_risk_reduced", "all", "2024-25", "415 of 135"),
        ("numerator", "south_tyneside", "safeguarding_risk_reduced", "all", "2024-25", "390 of 330"),
        ("numerator", "wirral", "safeguarding_risk_reduced", "all", "2024-25", "380 of 315"),
    ],
)  # fmt: skip
def test_every_known_impossible_figure_is_found_and_explained(
    quality, code, area, indicator, breakdown, period, found
):
    frame = quality.frame()
    row = frame[
        (frame["rule"] == code)
        & (frame["area_id"] == area)
        & (frame["indicator_id"] == indicator)
        & (frame["breakdown"] == breakdown)
        & (frame["period"] == period)
    ]
    assert row["found"].tolist() == [found]
    assert row["explanation"].ne("").all()


@pytest.mark.corpus
def test_what_corrections_put_right_is_found_without_them(raw, symbols):
    release = sources.manifest()["ascof_2024_25"]
    root, registers = sources.project_root(), sources.reference()
    read = build.tidy(
        sources.open_verified((release,), raw)[release.file],
        release,
        layout=layouts.read(root / "data" / "reference")[release.layout],
        registers=registers,
        patches=(),
    )
    evidence = rule.evidence(read, registers, symbols=symbols)
    zeros = RULES["respondents"].find(evidence)
    assert sorted(zeros["area_id"]) == [
        "city_of_london", "isles_of_scilly", "kent", "trafford", "wokingham",
    ]  # fmt: skip
    ended = RULES["ended"].find(evidence)
    assert set(ended["area_id"]) == {"dorset_county"}
    assert len(ended) == sum(
        one.expect.rows
        for one in corrections.read(root / "data" / "reference")
        if one.id.startswith("dorset")
    )
    copied = RULES["copied"].find(evidence)
    assert set(copied["area_id"]) == {"dorset", "dorset_county"}
    assert copied["indicator_id"].nunique() == 7


def test_the_embedded_data_holds_nothing_unexplained(quality):
    for one in quality.outcomes:
        assert one.unexplained.empty, f"{one.rule.code}:\n{one.unexplained.to_string()}"
    assert quality.exit_code == 0
    print({one.rule.code: len(one.findings) for one in quality.outcomes if len(one.findings)})


def test_outcome_only_releases_are_not_run_where_counts_are_needed(quality):
    outcomes = {one.rule.code: one for one in quality.outcomes}
    extract = {"ascof_2019_20", "ascof_2021_22", "ascof_2022_23", "ascof_2023_24"}
    extract |= {"ascof_2018_19_revised"}
    extract |= {f"pss_ex1_{year}_{year - 1999:02}" for year in range(2008, 2014)}
    for code in ("quotient", "numerator", "denominator", "sum"):
        assert set(outcomes[code].not_run) == extract
        assert set(outcomes[code].not_run.values()) == {"no counts in this release"}
    assert not outcomes["range"].not_run


def test_one_release_shows_its_own_findings():
    quality = report.quality("ascof_2017_18")
    assert set(quality.frame()["release_id"]) == {"ascof_2017_18"}
    assert quality.exit_code == 0
    with pytest.raises(UnknownNameError, match="Unknown release"):
        report.quality("ascof_2017_19")


def test_an_unknown_rule_or_release_in_the_explanations_is_refused(tmp_path):
    (tmp_path / "known_findings.yaml").write_text(
        "known_findings: [{rule: quotidian, select: {releases: [ascof_1999_00]}, "
        "explanation: x, source: x}]"
    )
    with pytest.raises(RegisterError) as refused:
        report.known_entries(tmp_path, sources.manifest())
    assert "entry 1: no rule 'quotidian'" in str(refused.value)
    assert "entry 1: no release 'ascof_1999_00'" in str(refused.value)


# --- the command line -------------------------------------------------------------------------


def run(*words):
    return CliRunner().invoke(cli.app, list(words))


def test_check_prints_every_rule_and_exits_with_the_worst_severity(quality, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(bench, "quality", lambda release: quality if release == "all" else None)
        text = run("check")
    assert text.exit_code == 0
    assert all(f"\n{one.code} " in text.stdout for one in registry.RULES)
    assert "Not run" in text.stdout
    monkeypatch.setattr(report, "known_entries", lambda *_: ())
    found = run("check", "--format", "json", "--release", "ascof_2017_18")
    assert found.exit_code == registry.EXIT_CODES[rule.Severity.HIGH]
    told = {one["rule"]: one for one in json.loads(found.stdout)}
    assert told["range"]["result"] == "fail"
    assert told["range"]["findings"][0]["area_id"] == "camden"


def test_the_rules_can_be_listed():
    listed = run("list", "checks").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [one.code for one in registry.RULES]
