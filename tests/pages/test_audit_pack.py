"""An audit pack: its sections, what stays apart, and files that are not sound."""

import re
import shutil

import pandas as pd
import pytest

import bench
from bench.audit.illustrative import Illustrative, carried, together
from bench.errors import ParameterError, UnknownNameError
from bench.integrity.checks.registry import OF_FIGURES
from bench.pages.audit.evidence import live_checks
from bench.pages.choices import Choices
from bench.published import sources

NOW, BEFORE = "actions-illustrative.yaml", "actions-illustrative-2011-03.yaml"
CHECKLIST = "checklist-illustrative.yaml"
EARLIER, ANOTHER = "checklist-illustrative-2010-12.yaml", "checklist-illustrative-another.yaml"
USUAL = {
    "checklist": CHECKLIST, "compared_checklists": f"{EARLIER}; {ANOTHER}",
    "actions": NOW, "previous_actions": BEFORE, "as_of": "2011-07-31",
    "council": "Barnet", "year": "2024-25",
}  # fmt: skip


@pytest.fixture(scope="module")
def pack():
    return bench.audit_pack("barnet-2010", **USUAL)


NOTHING = USUAL | dict.fromkeys(
    ("actions", "previous_actions", "checklist", "compared_checklists"), "none"
)


def words(parts):
    return " ".join(re.sub(r"<[^>]+>", " ", str(parts.html())).replace("&#39;", "'").split())


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("actions", "Findings and action plan (illustrative) Illustrative. The review itself"),
        ("actions", "On 31 July 2011, 3 of 17 actions are done and 1 not accepted."),
        ("actions", "5 are overdue, 3 of high priority."),
        ("actions", "! OVERDUE by 61 days Due 31 May 2011 In progress"),
        ("actions", "◔ DUE SOON today Due 31 July 2011"),
        ("actions", "What changed since 31 March 2011 12 changes"),
        ("actions", "Due date, 45 days later 31 May 2011 15 July 2011"),
        ("actions", "3A People who have control over their daily life Peers ▼ RED worse"),
        ("actions", "Check: ages or sexes of a council add up to more than everybody ✓ pass"),
        ("figures", "3A People who have control over their daily life 65.3% 72.0% 77.3%"),
        ("checklist", "Self-assessment (illustrative) Illustrative. The questions are in our own"),
        ("checklist", "All groups together: 12.5 of 20 (62%). RED: Commissioning."),
        ("checklist", "GREEN from 80% of its points on, AMBER from 50% on, else RED"),
        ("checklist", "Governance ▲ GREEN mostly in place 4.5 of 5 (90%) 4 1 0 0"),
        ("checklist", "Are staff trained to plan support with people? ◐ partly 60 of 90"),
        ("compared", "Group Example council, 30 June 2011 Example council, 31 December 2010"),
        ("compared", "▼ RED little in place 1 of 4 (25%) ▼ RED little in place 0.5 of 4 (12%)"),
        ("figures", "1,029 quoted; People with self-directed support; at 31 March 2010"),
    ],
)
def test_the_pack_of_barnet_says_so(pack, section, told):
    assert told in words(getattr(pack, section)())


def test_the_figures_are_those_of_the_council_s_own_page(pack):
    rows = {r["indicator"]: r for r in bench.briefing("Barnet", "2024-25").records()}
    for name, live in pack.live_figures.items():
        assert live.row.value == rows[name]["value"]
        assert live.row.verdicts == (
            rows[name]["verdict_vs_peers"], rows[name]["verdict_vs_england"]
        )  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    return bench.quality().frame()


@pytest.mark.parametrize(
    ("council", "year"),
    [("barnet", "2018-19"), ("barnet", "2017-18"), ("wirral", "2014-15"), ("kent", "2024-25")],
)
def test_a_check_finds_what_the_rules_find_over_all_years(whole, council, year):
    choice = Choices.of(council=council, year=year)
    areas = {council, f"region:{choice.council.region}", "england", ""}
    mine = whole[whole["area_id"].isin(areas) & (whole["period"] == year)]
    found = live_checks(set(OF_FIGURES), choice)
    assert tuple(found) == OF_FIGURES
    for code, live in found.items():
        of_rule = mine[mine["rule"] == code]
        assert live.unexplained == (of_rule["explanation"] == "").sum(), code
        assert live.explained == (of_rule["explanation"] != "").sum(), code
        assert str(live.result) == (
            "fail" if live.unexplained else "not run" if live.why else "pass"
        )


def test_a_check_that_cannot_be_run_says_why():
    (live,) = live_checks({"quotient"}, Choices.of(council="kent", year="2022-23")).values()
    assert (str(live.result), live.found) == ("not run", "Not run: no counts in this release.")


def test_a_section_whose_file_is_not_named_is_not_there():
    made = bench.audit_pack("barnet-2010", **NOTHING)
    assert made.sections == {}
    assert not made.actions()
    assert "the pack is empty" in made.heading()


# --- what is illustrative stays apart -------------------------------------------------------------


def test_every_file_of_an_illustrative_section_says_so(pack):
    for name, section in pack.sections.items():
        files = section.downloads("p", [("Note", "Text")])
        assert {bool(section.why)} == {"illustrative" in file.name for file in files}
        for file in files:
            if file.kind == "CSV" and section.why:
                head, *rows = file.content.decode("utf-8-sig").splitlines()
                assert head.startswith("Standing,")
                assert all(row.startswith("illustrative,") for row in rows), name


def test_no_published_figure_goes_into_an_illustrative_file(pack):
    plan = b"".join(
        f.content for f in pack.sections["actions"].downloads("p", []) if f.kind == "CSV"
    )
    assert b"65.3" not in plan
    assert b"RED" not in plan


def test_an_illustrative_table_is_not_joined_with_published_figures():
    published = bench.observations()
    made_up = Illustrative(published.head(2), "All of it.")
    for join in (
        lambda: pd.concat([published, made_up]),
        lambda: published.merge(made_up, on="area_id"),
        lambda: published.join(made_up),
        lambda: together([published, made_up]),
    ):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            join()


def test_what_is_made_of_something_illustrative_is_illustrative():
    assert carried(Illustrative(2, "Why."), lambda n: n + 1) == Illustrative(3, "Why.")
    assert carried(2, lambda n: n + 1) == 3
    assert together([Illustrative(1, "A."), Illustrative(2, "A.")]) == Illustrative((1, 2), "A.")
    assert together([1, 2]) == (1, 2)


# --- files that are not sound ---------------------------------------------------------------------


@pytest.fixture
def audit(root, tmp_path, monkeypatch):
    """The folder of an audit in a project of its own; `change` rewrites a file of it."""
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "data").symlink_to(root / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sources, "project_root", lambda: tmp_path)
    folder = tmp_path / "params" / "audits" / "barnet-2010"

    def change(name, *pairs, file=None):
        text = (folder / name).read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / (file or name)).write_text(text)
        return folder / (file or name)

    change.folder = folder
    return change


def line_of(path, text, nth=1):
    found = [n for n, line in enumerate(path.read_text().splitlines(), start=1) if text in line]
    return found[nth - 1]


def told(**asked):
    with pytest.raises(ParameterError) as raised:
        bench.audit_pack("barnet-2010", **(USUAL | asked))
    return raised.value.problems


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("due: 2011-05-31", "due: 2011-02-30", "due: 2011-02-30", "found '2011-02-30'"),
        ("due: 2011-05-31", "due: soon", "due: soon", "actions > 2 > due"),
        ("id: f2", "id: f1", "id: f1", "action 'f1' stands there twice"),
        ("priority: L", "priority: X", "priority: X", "found 'X'"),
        ("status: not_started", "status: begun", "status: begun", "found 'begun'"),
        ("area: risk", "area: riks", "area: riks", "no area 'riks'"),
        ("indicator: finding_information", "indicator: lost", "indicator: lost", "no indicator 'lost'"),
        ("check: groups", "check: stale", "check: stale", "no check 'stale'"),
        ("check: groups", "check: sums", "check: sums", "no check 'sums'"),
        ("{check: groups}", "{check: groups, indicator: ni_130}", "check: groups", "not both"),
        ("owner: Safeguarding lead", "owner: Lead\n  own: Lead", "  own: Lead", "Extra inputs"),
        ("owner: Safeguarding lead", "owner: ''", "owner: ''", "at least 1"),
        ("council: barnet", "council: atlantis", "council: atlantis", "Unknown council 'atlantis'"),
        ("council: barnet", "council: leeds", "council: leeds", "a plan of Leeds, not Barnet"),
        ("audit: barnet-2010", "audit: leeds-2011", "audit: leeds", "the audit 'leeds-2011', not"),
        ("  owner: Workforce lead", "  owner: A\n  owner: B", "  owner: B", "'owner' stands there already"),
        ("  evidence: 40 of 60 plans", "  response: 40 of 60", "response: 40", "'response' stands there"),
        ("evidence: Budget papers of March 2011.", "evidence:", "status: done", "has no evidence"),
        ("as_at: 2011-06-30", "as_at: &a 2011-06-30", None, None),
    ],
)  # fmt: skip
def test_a_fault_of_a_plan_is_named_with_file_and_line(audit, old, new, at, said):
    path = audit(NOW, (old, new))
    if at is None:
        bench.audit_pack("barnet-2010", **USUAL)
        return
    nth = 2 if new == "id: f1" else 1
    (problem,) = told()
    assert said in problem
    assert f"{NOW} line {line_of(path, at, nth)}: " in problem


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("answer: partly", "answer: perhaps", "answer: perhaps", "found 'perhaps'"),
        ("answer: yes", "answer: true", "answer: true", "found 'true'"),
        ("id: t2", "id: t1", "id: t1", "the question 't1' stands there twice"),
        ("id: g5", "id: c1", "id: c1", "the question 'c1' stands there twice"),
        (
            "ask: Are the council's own services priced as others are?",
            "ask: is it checked whether the results that people wanted are  reached?",
            "ask: Is it checked whether", "stands there twice",
        ),
        ("date: 2011-01-20", "date: 2011-07-01", "date: 2011-07-01", "later than 2011-06-30"),
        ("date: 2011-01-20", "date: June", "date: June", "found 'June'"),
        ("id: commissioning", "id: transition", "id: transition", "group 'transition' stands"),
        ("evidence: Booked", "evidence: ''", None, None),
    ],
)  # fmt: skip
def test_a_fault_of_a_checklist_is_named_with_file_and_line(audit, old, new, at, said):
    if at is None:
        old = "evidence: Not recorded."
        at, said = new, "at least 1"
    path = audit(CHECKLIST, (old, new))
    (problem,) = told(compared_checklists="none")
    assert said in problem
    nth = 1 if at in ("answer: perhaps", "answer: true") else path.read_text().count(at)
    assert f"{CHECKLIST} line {line_of(path, at, nth)}: " in problem


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("as_at: 2010-12-31", "as_at: 2011-06-30"), "of 2011-06-30 stands there already"),
        (("ask: Does the council know", "ask: Who can know"), "'c2' asks something else"),
        (("illustrative: >-", "about_it: >-"), "Extra inputs"),
        (("  - id: g4\n", "  - id: t9\n"), None),
    ],
)
def test_checklists_that_do_not_fit_each_other_are_told(audit, changed, said):
    audit(EARLIER, changed)
    if said is None:
        made = bench.audit_pack("barnet-2010", **USUAL)
        assert "not asked" in words(made.compared())
    else:
        assert said in " ".join(told())


def test_all_faults_of_all_files_and_parameters_are_told_at_once(audit):
    audit(NOW, ("due: 2011-05-31", "due: soon"), ("priority: L", "priority: X"))
    audit(BEFORE, ("audit: barnet-2010", "audit: another"))
    problems = told(council="Atlantis", as_of="31 July")
    assert len(problems) == 5
    assert [NOW in p for p in problems].count(True) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"actions": "../../rag.yaml"}, "lies outside params/audits/barnet-2010"),
        ({"actions": "/etc/passwd"}, "lies outside"),
        ({"actions": "link-illustrative.yaml"}, "lies outside"),
        ({"actions": "actons.yaml"}, "there is no file 'actons.yaml'; there are actions-ill"),
        ({"actions": "none"}, "previous_actions is named, but actions is not"),
        ({"previous_actions": NOW}, "not earlier than"),
        ({"as_of": "2011-06-31"}, "'2011-06-31' is no date"),
        ({"actions": "broken-illustrative.yaml"}, "is not valid YAML: line 2"),
        ({"actions": "empty-illustrative.yaml"}, "is empty"),
        ({"actions": "aliases-illustrative.yaml"}, "line 2: an alias (*) is not taken here"),
        ({"actions": "real.yaml"}, "says that it is illustrative, its name does not"),
        ({"actions": "not-illustrative.yaml"}, "does not say what in it is"),
        ({"actions": "honest.yaml"}, "illustrative, and so not set beside honest.yaml"),
        ({"checklist": "none"}, "compared_checklists are named, but checklist is not"),
        ({"compared_checklists": "../x.yaml"}, "lies outside"),
        ({"palette": "blue"}, "Unknown palette"),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_told(audit, asked, said):
    (audit.folder / "link-illustrative.yaml").symlink_to("/etc/hostname")
    (audit.folder / "broken-illustrative.yaml").write_text("audit: a\n  title: [")
    (audit.folder / "empty-illustrative.yaml").write_text("# nothing\n")
    (audit.folder / "aliases-illustrative.yaml").write_text("a: &a [1]\nb: *a\n")
    audit(NOW, file="real.yaml")
    path = audit(NOW, file="not-illustrative.yaml")
    text = re.sub(r"^illustrative: >-\n(  .*\n)+", "", path.read_text(), flags=re.MULTILINE)
    for name in ("not-illustrative.yaml", "honest.yaml"):
        (audit.folder / name).write_text(text)
    problems = told(**asked)
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize("name", ["..", "barnet-2010/..", "barnet_2010", "/etc", ""])
def test_an_audit_is_a_folder_of_params_audits(name):
    with pytest.raises(UnknownNameError, match="Unknown audit"):
        bench.audit_pack(name, **USUAL)


def test_what_looks_like_markup_or_a_formula_is_text(audit):
    audit(
        NOW,
        (
            "recommendation: Plan the cost",
            "recommendation: <script>alert(1)</script> Plan the cost",
        ),
        ("response: Agreed. The plan", "response: =cmd|' /C calc'!A0 Agreed. The plan"),
    )
    made = bench.audit_pack("barnet-2010", **USUAL)
    html = made.actions().html()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Plan the cost" in html
    csv, *_ = made.sections["actions"].downloads("p", [])
    assert b"'=cmd|" in csv.content


def test_an_unchanged_plan_says_so(audit):
    audit(NOW, ("as_at: 2011-06-30", "as_at: 2011-05-31"), file="old-illustrative.yaml")
    made = bench.audit_pack(
        "barnet-2010", **(USUAL | {"previous_actions": "old-illustrative.yaml"})
    )
    assert "Nothing changed since 31 May 2011." in words(made.actions())
