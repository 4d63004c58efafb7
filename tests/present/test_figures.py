from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from bench.present import theme
from bench.present.chart_parts import EDGE, PointedOut, place
from bench.present.charts import spine as figures
from bench.present.charts import strip, trend_line
from bench.present.charts.scatter import scatter
from present.conftest import HOSTILE, NAN, only, points, year

if TYPE_CHECKING:
    from bench.judge.published_row import PublishedRow
    from bench.judge.trend import Point
    from bench.present.chart import Figure


def drawn(figure: Figure) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(figure.json())
    return content


def trace(figure: Figure, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in drawn(figure)["data"] if one["name"] == name)
    return found


@pytest.fixture
def spine(rows: list[PublishedRow]) -> Figure:
    return figures.spine(rows, council="Somerset")


@pytest.fixture
def trend(rows: list[PublishedRow], years: tuple[Point, ...]) -> Figure:
    return trend_line.trend(years, measure=rows[2], council="Somerset")


def test_worse_is_left_whatever_the_polarity(rows: list[PublishedRow]) -> None:
    placed, _ = place(rows)
    for one in placed:
        verdict = one.row.verdict_vs_peers
        assert verdict != "worse" or one.council < 0
        assert verdict != "better" or one.council > 0
        assert one.low <= one.lower_quartile <= one.upper_quartile <= one.high


def test_what_cannot_be_drawn_is_named_with_its_reason(
    rows: list[PublishedRow], spine: Figure
) -> None:
    placed, left_out = place(rows)
    assert len(placed) + len(left_out) == len(rows)
    assert {one.row.indicator: one.why for one in left_out} == {
        "carers_self_directed_support": "no figure",
        "reablement_offered": "neither high nor low is better",
        "overall_satisfaction": "not compared with peers",
        "feel_safe": "not compared with peers",
        "carers_included": "no figure",
    }
    assert "not drawn: neither high nor low is better" in spine.table
    assert "5 of 15 cannot be drawn" in spine.note


def test_a_figure_off_the_scale_stands_at_the_edge_and_is_named(
    rows: list[PublishedRow], spine: Figure
) -> None:
    placed, _ = place(rows)
    beyond = [one for one in placed if one.beyond]
    assert [one.row.indicator for one in beyond] == ["admissions_65_plus"]
    assert beyond[0].council == -EDGE
    assert "shown at the edge: Older people who move into a care home." in spine.note


@pytest.mark.parametrize(
    ("peers", "why"),
    [
        ((("Kent", 5.0), ("Devon", 6.0)), "too few peers have a figure"),
        (tuple((name, 5.0) for name in "ABCDE"), "all peers have the same figure"),
    ],
)
def test_peers_without_a_spread_give_no_scale(
    rows: list[PublishedRow], peers: tuple[tuple[str, float], ...], why: str
) -> None:
    row = replace(rows[1], peer_values=peers)
    assert [one.why for one in place([row])[1]] == [why]


def test_shape_and_word_carry_the_verdict(spine: Figure) -> None:
    shapes = {
        name: trace(spine, name)["marker"]["symbol"]
        for name in ("GREEN better", "AMBER similar", "RED worse", "England")
    }
    assert shapes == {
        "GREEN better": "triangle-up",
        "AMBER similar": "circle",
        "RED worse": "triangle-down",
        "England": "line-ns",
    }
    assert "Somerset is RED worse on 4: People who receive self-directed support" in spine.alt


def test_no_line_crosses_a_cut(trend: Figure) -> None:
    own = trace(trend, "Somerset")
    assert own["connectgaps"] is False
    at = own["x"].index(2013.5)
    assert own["y"][at] is None
    assert (own["y"][at - 1], own["y"][at + 1]) == (33.0, 58.7)
    assert own["y"][own["x"].index(2023.5)] is None


def test_a_suppressed_year_lifts_the_line(trend: Figure) -> None:
    own = trace(trend, "Somerset")
    assert own["y"][own["x"].index(2016)] is None
    assert trace(trend, "England")["y"][own["x"].index(2016)] == 89.4


def test_an_isolated_year_stands_alone_and_its_neighbours_stay_joined(trend: Figure) -> None:
    own = trace(trend, "Somerset")
    assert 2020 not in own["x"]
    assert own["x"][own["x"].index(2019) + 1] == 2021
    alone = trace(trend, "Somerset, a year on its own")
    assert (alone["x"], alone["y"]) == ([2020], [95.0])
    assert alone["marker"]["symbol"] == "circle-open"
    assert alone["mode"] == "markers"


def test_a_word_stands_in_the_gap(trend: Figure) -> None:
    texts = [one["text"] for one in drawn(trend)["layout"]["annotations"]]
    assert texts == ["not<br>comparable"] * 2
    assert "The lines break before 2014-15. new method" in trend.note
    assert "not with earlier years: new method" in trend.table
    assert "with no other year: voluntary year" in trend.table
    assert "suppressed" in trend.table


def test_a_year_without_any_figure_does_not_break_the_line(rows: list[PublishedRow]) -> None:
    years = points(
        year("2016-17", 1.0, 2.0, 3.0),
        year("2017-18", NAN, NAN, NAN, status="not_applicable"),
        year("2018-19", 1.5, 2.5, 3.5),
    )
    figure = trend_line.trend(years, measure=rows[2], council="Somerset")
    assert trace(figure, "Somerset")["x"] == [2016, 2018]
    nothing = tuple(replace(point, council=None) for point in years)
    alt = trend_line.trend(nothing, measure=rows[2], council="Somerset").alt
    assert alt == "Somerset has no figure in any year shown."


def test_of_strips_beyond_the_axis_the_furthest_comes_first(rows: list[PublishedRow]) -> None:
    near = replace(rows[1], indicator="near", value=99.0)
    far = replace(rows[1], indicator="far", value=99.9)
    placed, _ = place([near, far])
    assert {one.council for one in placed} == {EDGE}
    _, *shown = strip.strips([near, far], council="Somerset").parts
    assert [getattr(one, "div_id", "") for one in shown] == ["strip-far", "strip-near"]


@pytest.mark.parametrize(
    ("isolated", "says"),
    [
        ((True, False, False), "from 2.0% and 2.0% in 2012-13 to 3.0% and 3.0% in 2013-14."),
        ((False, False, True), "from 1.0% and 1.0% in 2011-12 to 2.0% and 2.0% in 2012-13."),
        ((True, False, True), None),
    ],
)
def test_the_path_that_a_text_describes_is_the_one_that_is_drawn(
    rows: list[PublishedRow], isolated: tuple[bool, ...], says: str | None
) -> None:
    periods = ["2011-12", "2012-13", "2013-14"]
    frame = {"period": periods, "x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0], "isolated": isolated}
    path = pd.DataFrame(frame | {"gap_before": False})
    pairs = pd.DataFrame([{"area_id": "a", "council": "A", "x": 1.0, "y": 1.0}])
    figure = scatter(
        pairs,
        path,
        measures=(rows[1], rows[2]),
        year="2013-14",
        why="Why.",
        pointed_out=PointedOut("A", "a"),
    )
    assert ("Its path" in figure.alt) == bool(says)
    assert says is None or figure.alt.endswith(f"Its path: {says}")


def test_the_strip_shows_every_peer(rows: list[PublishedRow]) -> None:
    figure = strip.strip(rows[2], council="Somerset")
    assert len(trace(figure, "A peer")["x"]) == 14
    assert trace(figure, "Somerset: RED worse")["x"] == [58.7]
    assert figure.div_id == "strip-self-directed-support"
    assert str(figure.table).count("<tr>") == 1 + 3 + 14


def test_charts_are_the_same_twice_and_cannot_be_clicked(
    rows: list[PublishedRow], spine: Figure, trend: Figure
) -> None:
    assert figures.spine(rows, council="Somerset").json() == spine.json()
    for figure in (spine, trend):
        legend = drawn(figure)["layout"]["template"]["layout"]["legend"]
        assert legend["itemclick"] is False
        assert legend["itemdoubleclick"] is False


def test_a_hostile_title_stays_text() -> None:
    figure = strip.strip(only("mental_health_employment")[0], council="Somerset")
    assert HOSTILE in figure.title
    assert "<script>alert" not in figure.html()
    assert "<" not in figure.json()


def test_jupyterlab_gets_a_chart_and_the_page_gets_html(spine: Figure) -> None:
    bundle = spine._repr_mimebundle_()
    chart = bundle["application/vnd.plotly.v1+json"]
    assert chart["layout"]["paper_bgcolor"] == theme.CHART_GROUND
    assert 'class="chart" role="img" aria-label="10 indicators' in bundle["text/html"]
    assert bundle["text/plain"].startswith("Somerset beside its peers")


def test_a_page_without_anything_to_compare_still_has_a_figure(rows: list[PublishedRow]) -> None:
    figure = figures.spine([row for row in rows if row.status != "observed"], council="Somerset")
    assert figure.alt == "No indicator can be drawn beside its peers."
