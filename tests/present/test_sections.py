"""Sections and charts: no palette until they are shown, and then one for all that they hold."""

import json
import re
from dataclasses import replace
from math import inf, nan

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup
from numpy import array

from bench.errors import UnknownNameError
from bench.present import theme
from bench.present.chart import Drawing, Figure, Parts, mark, titled
from bench.present.html import fill, joined, markup
from bench.present.table import key, paragraph, records_table, sentence_list, values_table
from bench.present.theme import LOOKS, PALETTES, ROLES, Role


def palettes(text):
    return set(re.findall(r'data-palette="(\w+)"', str(text)))


def drawing():
    trace = {
        "type": "scatter",
        "x": [1, 2],
        "y": [2, 3],
        "marker": mark("circle", [ROLES["accent"], ROLES["band"]], ROLES["ink"], 8, 1),
        "name": "accent",
    }
    layout = {"shapes": [{"type": "line", "line": {"color": ROLES["better_mark"]}}]}
    return Drawing([trace], layout, {"height": 500})


def figure():
    table = values_table(caption="Behind", columns=("A", "B"), lines=[("a", 1)])
    return Figure(drawing=drawing(), div_id="f", title="T", note="", alt="Two marks.", table=table)


WHOLES = {
    "a table": lambda: records_table(caption="C", columns=("A",), lines=[("a",)]),
    "sections joined": lambda: joined(paragraph("a"), key(), joined(sentence_list([], none="n"))),
    "a section in a section": lambda: fill(
        "page/method.html.j2", terms=[("a", "b")], key=joined(key())
    ),
    "a section in a list of pairs": lambda: fill(
        "quality/flaws.html.j2", unexplained=[paragraph("a")], explained=paragraph("b"),
        lists=[("c", paragraph("d"))],
    ),
    "a chart": figure,
    "a chart in a section": lambda: joined(paragraph("a"), figure()),
    "charts": lambda: Parts((paragraph("a"), figure(), figure())),
    "parts": lambda: titled("Title", paragraph("a"), figure(), lead="b"),
}  # fmt: skip


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("whole", WHOLES.values(), ids=WHOLES)
def test_all_that_a_section_holds_is_in_its_palette(whole, palette):
    section = whole()
    assert palettes(section) == {theme.USUAL_PALETTE}
    assert palettes(section.html(palette)) == {palette}
    assert palettes(section.in_palette(palette)) == {palette}
    assert palettes(section) == {theme.USUAL_PALETTE}  # the first is as it was
    assert section.in_palette(palette).html() == section.html(palette)


def test_a_part_takes_the_palette_of_the_whole_even_if_it_has_another():
    assert palettes(joined(key().in_palette("af"), paragraph("a"))) == {"rag"}


def test_an_iterator_is_shown_as_often_as_it_is_asked_for():
    section = fill("tables/list.html.j2", items=(text for text in "ab"), otherwise="")
    assert str(section) == str(section)
    assert "<li>b</li>" in section


def test_values_are_escaped_but_for_sections_and_markup():
    shown = joined(paragraph("<b>"), Markup("<i></i>"), "<u>")
    assert "&lt;b&gt;" in shown
    assert "<i></i>&lt;u&gt;" in shown
    assert "<b>" not in shown


@pytest.mark.parametrize(("parts", "html"), [((), ""), (("a",), "a"), (("a", "b"), "a\nb")])
def test_sections_stand_one_after_the_other(parts, html):
    assert str(joined(*parts, between="\n")) == html


def test_markup_without_a_palette_is_the_same_in_each_and_holds_no_section():
    assert "GREEN" in markup("tables/tag.html.j2", look=LOOKS["better"])
    with pytest.raises(UndefinedError, match="palette"):
        markup("tables/paragraph.html.j2", text="a", lead=False)
    with pytest.raises(TypeError, match="Section cannot be shown without a palette"):
        markup("overview/cell.html.j2", look=LOOKS["better"], letter=key())


@pytest.mark.parametrize("shown", [key(), Parts(), figure()], ids=["section", "parts", "chart"])
def test_an_unknown_palette_is_refused(shown):
    with pytest.raises(UnknownNameError, match="palette 'blue'"):
        shown.in_palette("blue")
    with pytest.raises(UnknownNameError, match="palette 'blue'"):
        joined(shown).html("blue")


# --- charts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("palette", PALETTES)
def test_a_role_becomes_its_colour_and_a_word_stays_a_word(palette):
    colour = theme.colours(palette)
    drawn = figure().in_palette(palette).plotly
    assert list(drawn.data[0].marker.color) == [colour["accent"], colour["band"]]
    assert drawn.data[0].marker.line.color == colour["ink"]
    assert drawn.layout.shapes[0].line.color == colour["better_mark"]
    assert drawn.data[0].name == "accent"
    assert drawn.layout.meta["colours"] == theme.exchanges(palette)
    assert drawn.layout.meta["narrow"] == {"height": 500}


def test_a_role_is_no_colour_that_plotly_would_take():
    import plotly.graph_objects as go

    assert {role.name for role in ROLES.values()} == set(theme.CHART_ROLES)
    with pytest.raises(ValueError, match="Invalid value"):
        go.Scatter(marker={"color": Role("accent")})


@pytest.mark.parametrize(
    ("points", "annotations"),
    [([1, None, 2.5], []), ((1, 2), [{"text": "&"}]), ([nan, inf, 0.1 + 0.2], []), (array([1.5, 2]), [])],
)  # fmt: skip
def test_a_drawing_is_written_as_plotly_writes_it(points, annotations):
    drawn = Drawing(
        [{"type": "scatter", "y": points, "marker": {"color": ROLES["accent"]}}],
        {"annotations": annotations, "xaxis": {"tickvals": [], "range": None}},
        {"height": 5},
    )
    asked = json.loads(drawn.plotly("af").to_json())
    assert json.dumps(drawn.content("af"), sort_keys=True) == json.dumps(asked, sort_keys=True)


def test_what_is_changed_in_the_plotly_figure_is_shown():
    changed = figure()
    changed.plotly.update_layout(height=321)
    assert '"height": 321' in changed.json()
    assert '"height": 321' in changed
    assert '"height": 321' not in figure()


@pytest.mark.parametrize(
    ("title", "lines"),
    [("Short & sweet", 1), ("A title that is too long for one line above a chart " * 2, 2)],
)
def test_a_notebook_s_chart_has_its_title_above_it_and_room_for_it(title, lines):
    shown = replace(figure(), title=title)
    before = json.loads(shown.json())["layout"]
    layout = shown._repr_mimebundle_()["application/vnd.plotly.v1+json"]["layout"]
    written = layout["title"]["text"]
    assert written.replace("<br>", " ") == title.strip().replace("&", "&amp;")
    assert written.count("<br>") == lines - 1
    room = layout["margin"]["t"] - before["template"]["layout"]["margin"]["t"]
    assert room >= 20 * lines
    assert layout["height"] == 450 + room
    assert "title" not in before  # the page's caption says it


def test_a_title_of_a_reader_s_own_stays():
    shown = figure()
    shown.plotly.update_layout(title="Mine", height=300)
    layout = shown._repr_mimebundle_()["application/vnd.plotly.v1+json"]["layout"]
    assert (layout["title"]["text"], layout["height"]) == ("Mine", 300)
