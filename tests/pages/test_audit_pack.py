"""An audit pack: its sections, what stays apart, and files that are not sound."""

import re
import shutil
from base64 import b64decode

import pandas as pd
import pytest

import bench
from bench.audit.paper import Illustrative, carried, content_of
from bench.errors import ParameterError, UnknownNameError
from bench.integrity.checks.registry import OF_FIGURES
from bench.pages.audit.evidence import live_checks
from bench.pages.choices import Choices
from bench.present.provenance import Imprint
from bench.published import sources

IMPRINT = Imprint(about=(("Note", "Text"),))

NOW, BEFORE = "actions-illustrative.yaml", "actions-illustrative-2011-03.yaml"
CHECKLIST = "checklist-illustrative.yaml"
EARLIER, ANOTHER = "checklist-illustrative-2010-12.yaml", "checklist-illustrative-another.yaml"
USUAL = {
    "checklist": CHECKLIST, "compared_checklists": f"{EARLIER}; {ANOTHER}",
    "actions": NOW, "previous_actions": BEFORE, "as_of": "2011-07-31",
    "council": "Barnet", "year": "2024-25",
}  # fmt: skip
# A plan of a council that there is, whose findings rest on published figures and checks.
PLAN = "followed.yaml"
RESTS_ON = {
    "c1": "{indicator: social_care_quality_of_life}",
    "c2": "{indicator: care_home_admissions_65_over}",
    "c3": "{indicator: finding_information}",
    "c5": "{indicator: control_over_daily_life}",
    "f1": "{indicator: self_directed_support}",
    "f5": "{check: quotient}",
    "r4": "{check: groups}",
}


@pytest.fixture(scope="module")
def pack():
    return bench.audit_pack("example", **USUAL)


@pytest.fixture(scope="module")
def barnet():
    return bench.audit_pack(
        "barnet-2010", actions="actions.yaml", checklist="checklist.yaml", as_of="2010-12-07",
        council="Barnet", year="2024-25",
    )  # fmt: skip


def test_the_sheet_of_actions_says_why_a_step_has_no_date_in_words(barnet):
    links = re.findall(r"base64,([A-Za-z0-9+/=]+)", str(barnet.downloads()))
    sheet = next(text for text in map(b64decode, links) if b"Due as printed" in text[:600])
    assert b"No date: set corporately" in sheet
    assert b"set_corporately" not in sheet


def write_followed(folder):
    """The example's plan as one of Barnet, with what its findings rest on."""
    text = (folder / NOW).read_text().replace("council: Example council", "council: barnet")
    text = re.sub(r"^illustrative: >-\n(  .*\n)+", "", text, flags=re.MULTILINE)
    for name, basis in RESTS_ON.items():
        text = text.replace(f"- id: {name}\n", f"- id: {name}\n  rests_on: {basis}\n")
    (folder / PLAN).write_text(text)


@pytest.fixture(scope="module")
def followed(root, tmp_path_factory):
    home = tmp_path_factory.mktemp("followed")
    shutil.copytree(root / "params", home / "params")
    (home / "data").symlink_to(root / "data")
    write_followed(home / "params" / "audits" / "example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "project_root", lambda: home)
        asked = {"actions": PLAN, "as_of": "2011-07-31", "council": "Barnet", "year": "2024-25"}
        made = bench.audit_pack("example", **asked)
        assert made.sections
        yield made


def test_a_blank_form_names_no_council_among_what_it_was_made_with(barnet):
    form = bench.audit_pack(
        "audit-commission-2010", actions="none", checklist="checklist.yaml", as_of="2010-10-31"
    )
    assert "council" not in form._choice_parameters
    assert "Barnet" not in str(form.downloads().html())
    assert barnet._choice_parameters["council"] == "Barnet"


NOTHING = USUAL | dict.fromkeys(
    ("actions", "previous_actions", "checklist", "compared_checklists"), "none"
)


def words(parts):
    return " ".join(re.sub(r"<[^>]+>", " ", str(parts.html())).replace("&#39;", "'").split())


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("actions", "Findings and action plan (illustrative) Illustrative. The council is none"),
        ("actions", "On 31 July 2011, 3 of 17 actions are done and 1 not accepted."),
        ("actions", "5 are overdue, 3 of high priority."),
        ("actions", "! OVERDUE by 61 days Due 31 May 2011 In progress"),
        ("actions", "◔ DUE SOON today Due 31 July 2011"),
        ("actions", "What changed since 31 March 2011 12 changes"),
        ("actions", "Due date, 45 days later 31 May 2011 15 July 2011"),
        ("checklist", "Self-assessment (illustrative) Illustrative. The questions are those of"),
        ("checklist", "GREEN from 80% of its points on, AMBER from 50% on, else RED"),
        ("checklist", "The points and colours are ours: the document gives none."),
        ("checklist", "41 of 41"),
        ("compared", "Group Example council, 30 June 2011 Example council, 31 December 2010"),
        ("compared", "☐ not answered"),
        ("heading", "Example council: papers for the audit committee"),
    ],
)
def test_the_example_says_so(pack, section, told):
    made = getattr(pack, section)()
    assert told in words(made) if section != "heading" else told in str(made)


# What a number may be of: said in its cell, in its column's heading, in the caption, or in the cell
# that says what a quoted figure is.
UNIT = re.compile(
    r"%|£|\bper 100,000|\bscore|\bpoints?\b|\btimes\b|\b(day|people|council|action|question)s?\b",
    re.I,
)
PAPERS = {
    "plan": lambda: bench.audit_pack("example", **USUAL),
    "documents": lambda: bench.audit_pack(
        "barnet-2010", actions="actions.yaml", checklist="checklist.yaml", survey="survey.yaml",
        allocation="rules.yaml; ras-illustrative.yaml; ras-outcomes-illustrative.yaml",
        day_services="2009-10", as_of="2010-12-07", council="Barnet", year="2024-25",
    ),
    "survey": lambda: bench.audit_pack(
        "user-survey-2020-21", survey="survey.yaml", as_of="2011-10-31"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ["followed", *PAPERS])
def test_each_number_of_a_table_has_its_unit(request, name):
    made = request.getfixturevalue(name) if name == "followed" else PAPERS[name]()
    html = re.sub(r"<script.*?</script>", "", "".join(str(one) for one in shown(made)), flags=re.S)
    plain = lambda text: " ".join(re.sub(r"<[^>]+>", " ", text).split())  # noqa: E731
    numbers = 0
    for table in re.findall(r"<table.*?</table>", html, re.S):
        caption = plain(re.search(r"<caption.*?</caption>", table, re.S)[0])
        headings, *rows = (
            [plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr.*?</tr>", table, re.S)
        )
        for row in rows:
            for heading, cell in zip(headings[1:], row[1:], strict=True):
                if not re.match(r"[−\d.,]*\d(?: of [\d,]+)?(?!\S| [A-Z][a-z]+ \d{4})", cell):
                    continue
                numbers += 1
                what = row[headings.index("What it is")] if "What it is" in headings else ""
                assert UNIT.search(f"{cell} {heading} {caption} {what}"), (caption, row, heading)
    assert numbers > 9


def shown(pack):
    """Every section of a pack that has tables."""
    names = ("actions", "figures", "checklist", "compared", "survey", "allocation", "day_services")
    return [getattr(pack, name)().html() for name in names if name in dir(pack)]


def test_the_example_shows_no_council_that_there_is(pack):
    for name in ("actions", "checklist", "compared"):
        assert "Barnet" not in words(getattr(pack, name)())
    assert not pack.figures()
    assert "Barnet" not in str(pack.heading())


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("actions", "17 recommendations, 30 milestones. On 7 December 2010: 6 stated as done, 2 past "
         "their date and not confirmed, 18 to come and 4 without a date."),
        ("actions", "Financial planning 6 1 2 3"),
        ("actions", "Commissioning 7 0 7 0"),
        ("actions", "Risk 2 1 1 0"),
        ("actions", "Workforce 2 1 1 0"),
        ("actions", "All 17 3 11 3"),
        ("actions", "? date past, not confirmed Lean review starts November 2010 Programme manager"),
        ("actions", "— no date Risk strategy No date: set corporately Officer G (role not given)"),
        ("actions", "✓ done Dashboard made and in use No date: in use Officer D"),
        ("actions", "by January 2011 (the response says by the end of 2010)"),
        ("actions", "neither done nor late"),
        ("figures", "1,029 quoted; People with self-directed support; outturn of 2009-10"),
        ("figures", "Grant Thornton for the London Borough of Barnet, November 2010, §1.3"),
        ("checklist", "Barnet's risk register of December 2009 against ISO 31000"),
        ("checklist", "8 questions: partly 4, no 4. No points or colours are given."),
        ("checklist", "One risk went from medium and high to high and high after action."),
    ],
)  # fmt: skip
def test_the_pack_of_barnet_says_what_its_review_says(barnet, section, told):
    assert told in words(getattr(barnet, section)())


def test_the_plan_of_barnet_is_the_review_s_own(barnet):
    plan = barnet.plans[0]
    steps = [step for action in plan.actions for step in action.steps]
    assert (len(plan.actions), len(steps)) == (17, 30)
    assert plan.illustrative == ""
    assert [one.id for one in plan.actions if one.priority == "H"] == ["r3", "r14", "r16"]
    assert [one.id for one in plan.actions if one.priority == "L"] == ["r1", "r5", "r6"]
    assert [len(one.steps) for one in plan.actions] == [
        2, 4, 3, 1, 1, 2, 1, 2, 2, 1, 1, 3, 2, 1, 1, 1, 2,
    ]  # fmt: skip
    # a past review's findings stand beside no figure of today
    assert (barnet.live_figures, barnet.live_checks) == ({}, {})
    assert barnet.sections["checklist"].why == ""
    assert not any("illustrative" in file.name for section in barnet.sections.values()
                   for file in section.downloads("p", IMPRINT, ""))  # fmt: skip


def test_a_later_day_claims_nothing_that_no_document_says():
    later = bench.audit_pack(
        "barnet-2010", actions="actions.yaml", as_of="2012-12-31", council="Barnet", year="2024-25"
    )
    told = words(later.actions())
    assert "6 stated as done, 20 past their date and not confirmed and 4 without a date." in told
    assert "OVERDUE" not in told


def test_the_form_of_the_audit_commission_is_blank():
    form = bench.audit_pack("audit-commission-2010", checklist="checklist.yaml", as_of="2010-12-31")
    (checklist,) = form.checklists
    assert [len(group.questions) for group in checklist.groups] == [11, 15, 11, 4]
    assert sum(len(group.challenges) for group in checklist.groups) == 12
    told = words(form.checklist())
    assert "0 of 41 questions answered." in told
    assert told.count("☐ not answered") == 41
    assert "RED little" not in told
    sheets = {one.name: one for one in form.sections["checklist"].plain.sheets}
    assert {row[6] for row in sheets["Answers"].rows} == {"not answered"}
    assert len(sheets["Answers"].rows) == 41
    assert form.sections["checklist"].why == ""


def test_checklists_without_scores_are_compared_without_them(audit):
    path = audit(CHECKLIST, ("subject: Example council", "subject: Example council\nscored: false"))
    assert "scored: false" in path.read_text()
    made = bench.audit_pack("example", **USUAL)
    told_ = words(made.compared())
    assert "Questions that are not answered alike" in told_
    assert "How each group came out" not in told_
    assert [sheet.name for sheet in made.sections["compared"].plain.sheets] == ["Answers"]


def test_the_heading_says_on_which_day_a_plan_is_read(barnet):
    assert "read as it stands on 7 December 2010." in barnet.heading()
    form = bench.audit_pack("audit-commission-2010", checklist="checklist.yaml", as_of="2010-12-31")
    assert "as it stands" not in form.heading()
    assert "Papers for the audit committee." in form.heading()


def test_what_the_auditors_of_somerset_tested():
    pack = bench.audit_pack("somerset-2014", checklist="checklist.yaml", as_of="2016-08-18")
    told = words(pack.checklist())
    for text in (
        "It agrees (Risk 2).",
        "They agree only with what the partner sent.",
        "the auditors could not confirm it (The Denominator)",
        "Neither of the two endorsed the approach.",
    ):
        assert text in told


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("actions", "3A People who have control over their daily life Peers ▽ probably worse"),
        ("actions", "Check: ages or sexes of a council add up to more than everybody ✓ pass"),
        ("figures", "3A People who have control over their daily life 65.3% 72.0% 77.3%"),
    ],
)
def test_a_plan_of_a_council_shows_what_its_findings_rest_on(followed, section, told):
    assert told in words(getattr(followed, section)())


def test_the_figures_are_those_of_the_council_s_own_page(followed):
    rows = {r["indicator"]: r for r in bench.briefing("Barnet", "2024-25").records()}
    assert len(followed.live_figures) == 5
    for name, live in followed.live_figures.items():
        assert live.row.value == rows[name]["value"]
        assert live.row.verdicts == (
            rows[name]["verdict_vs_peers"], rows[name]["verdict_vs_england"]
        )  # fmt: skip


@pytest.mark.parametrize(
    ("council", "year"),
    [
        ("barnet", "2018-19"),
        *(pytest.param(*asked, marks=pytest.mark.slow)
          for asked in (("barnet", "2017-18"), ("wirral", "2014-15"), ("kent", "2024-25"))),
    ],
)  # fmt: skip
def test_a_check_finds_what_the_rules_find_over_all_years(quality, council, year):
    whole = quality.frame()
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
    made = bench.audit_pack("example", **NOTHING)
    assert made.sections == {}
    assert not made.actions()
    assert "the pack is empty" in made.heading()


# --- what is illustrative stays apart -------------------------------------------------------------


def test_every_file_of_an_illustrative_section_says_so(pack):
    for name, section in pack.sections.items():
        files = section.downloads("p", IMPRINT, "")
        assert {bool(section.why)} == {"illustrative" in file.name for file in files}
        for file in files:
            if file.kind == "CSV" and section.why:
                head, *rows = file.content.decode("utf-8-sig").splitlines()
                assert head.startswith("Standing,")
                assert all(row.startswith("illustrative,") for row in rows), name


def test_no_published_figure_goes_into_the_file_of_a_plan(followed):
    plan = b"".join(
        f.content
        for f in followed.sections["actions"].downloads("p", IMPRINT, "")
        if f.kind == "CSV"
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
    ):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            join()


def test_what_is_made_of_something_illustrative_is_illustrative():
    assert carried(Illustrative(2, "Why."), lambda n: n + 1) == Illustrative(3, "Why.")
    assert carried(2, lambda n: n + 1) == 3
    assert content_of(Illustrative(2, "Why.")) == content_of(2) == 2


# --- files that are not sound ---------------------------------------------------------------------


@pytest.fixture
def audit(root, tmp_path, monkeypatch):
    """The folder of an audit in a project of its own; `change` rewrites a file of it."""
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "data").symlink_to(root / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sources, "project_root", lambda: tmp_path)
    folder = tmp_path / "params" / "audits" / "example"
    write_followed(folder)

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
        bench.audit_pack("example", **(USUAL | asked))
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
        ("audit: example", "audit: leeds-2011", "audit: leeds", "the audit 'leeds-2011', not"),
        ("  owner: Workforce lead", "  owner: A\n  owner: B", "  owner: B", "'owner' stands there already"),
        ("  evidence: 40 of 60 plans", "  response: 40 of 60", "response: 40", "'response' stands there"),
        ("evidence: Budget papers of March 2011.", "evidence:", "status: done", "has no evidence"),
        ("due: 2011-05-31", "undated: whenever", "undated: whenever", "found 'whenever'"),
        ("due: 2011-05-31", "undated: ongoing", None, None),
        ("  due: 2011-05-31\n", "", "id: f2", "has no date; expected due, or undated: ongoing, set_"),
        ("due: 2011-05-31", "due: 2011-05-31\n  undated: in_use", "due: 2011-05-31", "a date, and why"),
        ("  owner: Safeguarding lead\n", "", "id: r3", "has neither owner nor milestones"),
        ("  owner: Safeguarding lead", "  milestones: []", "id: r3", "has neither owner nor"),
        ("as_at: 2011-06-30", "as_at: &a 2011-06-30", None, None),
    ],
)  # fmt: skip
def test_a_fault_of_a_plan_is_named_with_file_and_line(audit, old, new, at, said):
    path = audit(PLAN, (old, new))
    asked = {"actions": PLAN, "previous_actions": "none"}
    if at is None:
        bench.audit_pack("example", **(USUAL | asked))
        return
    nth = 2 if new == "id: f1" else 1
    (problem,) = told(**asked)
    assert said in problem
    assert f"{PLAN} line {line_of(path, at, nth)}: " in problem


STEP = "{what: One, owner: Head of risk, due: 2011-05-01, status: not_started}"
MANY = "  owner: Workforce lead\n  due: 2011-09-30\n  status: in_progress\n  evidence: 60 of 90 staff are trained.\n"


@pytest.mark.parametrize(
    ("milestones", "said"),
    [
        (f"[{STEP}]", None),
        (f"[{STEP}, {STEP.replace('One', 'Two')}]", None),
        (f"[{STEP}, {STEP}]", "the milestone 'One' stands there twice"),
        (f"[{STEP.replace('what: One, ', '')}]", "does not say what it is"),
        (f"[{STEP.replace('due: 2011-05-01', 'undated: set_corporately')}]", None),
        (f"[{STEP.replace('due: 2011-05-01, ', '')}]", "has no date; expected due, or undated"),
        (f"[{STEP.replace('due', 'undated: ongoing, due')}]", "a date, and why there is none"),
        (f"[{STEP.replace('due: 2011-05-01', 'undated: ongoing, printed: May')}]", "prints a date"),
        (f"[{STEP.replace('not_started', 'done')}]", "is done, but has no evidence"),
        (f"[{STEP.replace('owner: Head of risk, ', '')}]", "owner: Field required"),
        (f"[{STEP}]\n  owner: Workforce lead", "has milestones, each with its own owner"),
        (f"[{STEP}]\n  status: done", "has milestones, each with its own status"),
    ],
)
def test_several_milestones_have_an_owner_and_a_date_each(audit, milestones, said):
    audit(PLAN, (MANY, f"  milestones: {milestones}\n"))
    asked = {"actions": PLAN, "previous_actions": "none"}
    if said is None:
        assert bench.audit_pack("example", **(USUAL | asked)).actions()
    else:
        assert said in " ".join(told(**asked))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("council: Example council", "council: Barnet"), "Barnet is a council that there is"),
        (("council: Example council", "council: E09000003"), "Barnet is a council that there is"),
        (("- id: f1\n", "- id: f1\n  rests_on: {indicator: ni_130}\n"), "rests on no published"),
        (("- id: f1\n", "- id: f1\n  rests_on: {check: groups}\n"), "rests on no published"),
    ],
)
def test_nothing_made_up_stands_under_a_council_that_there_is(audit, change, said):
    audit(NOW, change)
    assert said in " ".join(told())


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("answer: partly", "answer: perhaps", "answer: perhaps", "found 'perhaps'"),
        ("answer: yes", "answer: true", "answer: true", "found 'true'"),
        ("id: t2\n", "id: t1\n", "id: t1\n", "the question 't1' stands there twice"),
        ("id: g4", "id: c1", "id: c1", "the question 'c1' stands there twice"),
        (
            "ask: Is there a way of setting a budget for carers?",
            "ask: is there a policy on money that is left  unspent?",
            "ask: Is there a policy on money", "stands there twice",
        ),
        ("date: 2011-06-20", "date: 2011-07-01", "date: 2011-07-01", "later than 2011-06-30"),
        ("date: 2011-06-20", "date: June", "date: June", "found 'June'"),
        ("id: commissioning", "id: transition", "id: transition", "group 'transition' stands"),
        ("challenge: model", "challenge: modal", "challenge: modal", "no challenge 'modal'; there"),
        ("    challenge: model\n", "", "id: m1", "the question 'm1' belongs to no challenge"),
        ("    outcomes: Are", "    more: More?\n    outcomes: Are", "more: More?", "no question belongs"),
        ("answer: yes", "answer: not_answered", "evidence: Paper", "is not answered, but has evidence"),
        ("    evidence: Paper to the board.\n", "", "id: t7", "is answered, but has no evidence"),
        ("evidence: Booked", "evidence: ''", None, None),
    ],
)  # fmt: skip
def test_a_fault_of_a_checklist_is_named_with_file_and_line(audit, old, new, at, said):
    if at is None:
        old = "evidence: Paper to the board."
        at, said = new, "at least 1"
    path = audit(CHECKLIST, (old, new))
    problem = told(compared_checklists="none")[0]
    assert said in problem
    lines = [line.strip().removeprefix("- ") for line in path.read_text().splitlines()]
    found = [n for n, line in enumerate(lines, start=1) if line == at.strip() or at in line]
    found = [n for n in found if lines[n - 1] == at.strip()] or found
    # what stands there twice is named where it stands the second time
    assert (
        f"{CHECKLIST} line {found[-1 if 'twice' in said or 'stands' in said else 0]}: " in problem
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("as_at: 2010-12-31", "as_at: 2011-06-30"), "of 2011-06-30 stands there already"),
        (("ask: Are there contracts", "ask: Who has contracts"), "'c2' asks something else"),
        (("illustrative: >-", "about_it: >-"), "Extra inputs"),
        (("  - id: g4\n", "  - id: g9\n"), None),
    ],
)
def test_checklists_that_do_not_fit_each_other_are_told(audit, changed, said):
    audit(EARLIER, changed)
    if said is None:
        made = bench.audit_pack("example", **USUAL)
        assert "not asked" in words(made.compared())
    else:
        assert said in " ".join(told())


def test_all_faults_of_all_files_and_parameters_are_told_at_once(audit):
    audit(NOW, ("due: 2011-05-31", "due: soon"), ("priority: L", "priority: X"))
    audit(BEFORE, ("audit: example", "audit: another"))
    problems = told(council="Atlantis", as_of="31 July")
    assert len(problems) == 5
    assert [NOW in p for p in problems].count(True) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"actions": "../../rag.yaml"}, "lies outside params/audits/example"),
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
    made = bench.audit_pack("example", **USUAL)
    html = made.actions().html()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Plan the cost" in html
    csv, *_ = made.sections["actions"].downloads("p", IMPRINT, "")
    assert b"'=cmd|" in csv.content


def test_an_unchanged_plan_says_so(audit):
    audit(NOW, ("as_at: 2011-06-30", "as_at: 2011-05-31"), file="old-illustrative.yaml")
    made = bench.audit_pack("example", **(USUAL | {"previous_actions": "old-illustrative.yaml"}))
    assert "Nothing changed since 31 May 2011." in words(made.actions())
