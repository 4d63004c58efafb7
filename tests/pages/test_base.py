"""Every report shows itself in the palette that it was asked for, in all its sections."""

import re

import pytest

import bench
from bench.pages.base import Report, page_heading
from bench.present import theme
from bench.present.table import paragraph

REPORTS = {
    "briefing": lambda palette: bench.briefing("Leeds", "2018-19", palette=palette),
    "what if": lambda palette: bench.briefing("Leeds", "2018-19", palette=palette).what_if(
        "1C(1A)", 85
    ),
    "area": lambda palette: bench.area("Former Cumbria", "2024-25", palette=palette),
    "indicator": lambda palette: bench.indicator(
        "1C(1A)", "2018-19", council="Somerset", beside="1C(2A)", palette=palette
    ),
    "story": lambda palette: bench.story("Somerset", "Barnet", palette=palette),
    "surveillance": lambda palette: bench.surveillance("Leeds", palette=palette),
    "changes": lambda palette: bench.changes(
        "Derby", from_release="ascof_2018_19", to_release="ascof_2018_19_revised", palette=palette
    ),
    "scrutiny": lambda palette: bench.scrutiny(
        "Somerset", "self_directed_support_1c_part_1", "2013-14", palette=palette
    ),
    "audit": lambda palette: bench.audit_pack(
        "barnet-2010", council="Barnet", as_of="2011-07-31", actions="actions.yaml",
        checklist="checklist.yaml", survey="survey.yaml",
        allocation="ras-illustrative.yaml", palette=palette,
    ),
    "peers": lambda palette: bench.peers("Leeds", palette=palette),
    "quality": lambda palette: bench.quality("ascof_2018_19", palette=palette),
    "method": lambda palette: bench.method(palette=palette),
}  # fmt: skip
# What only a chart in the colours of rag says: what its green becomes in the other palette.
RAG_TO_AF = '"{better_mark}": '.format_map(theme.colours("rag")) + '"{better_mark}"'.format_map(
    theme.colours("af")
)
# These take arguments; the others show the same.
ASKED = {"figure", "what_if"}


def sections(report):
    """The sections of a report by name: its public methods that `section` made."""
    kind = type(report)
    names = {name for name in dir(kind) if hasattr(getattr(kind, name), "__wrapped__")}
    return {name: getattr(report, name)() for name in sorted(names - ASKED) if name[0] != "_"}


@pytest.mark.filterwarnings("ignore:Name 'Worth asking about'")
@pytest.mark.parametrize("build", REPORTS.values(), ids=REPORTS)
def test_every_section_is_in_the_palette_of_its_report(build):
    report = build("af")
    assert isinstance(report, Report)
    shown = sections(report)
    assert shown
    for name, section in shown.items():
        text = str(section.html())
        assert set(re.findall(r'data-palette="(\w+)"', text.split("</style>")[-1])) <= {"af"}, name
        assert RAG_TO_AF not in text, name
    assert any("data-palette" in section.html() for section in shown.values())


@pytest.mark.parametrize("build", REPORTS.values(), ids=REPORTS)
def test_an_unknown_palette_is_told_before_anything_is_shown(build):
    with pytest.raises(bench.BenchError, match="Unknown palette 'blue'"):
        build("blue")


def test_a_heading_brings_the_style_sheet_first():
    html = str(page_heading(paragraph("a")))
    assert html == str(theme.style_element()) + str(paragraph("a"))
