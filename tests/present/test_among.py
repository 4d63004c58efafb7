"""The funnel and the places of an indicator's page: what a member reads, sees and hears."""

import pandas as pd
import pytest

import bench
from bench.judge.funnel import Funnel
from bench.judge.intervals import Z_95
from bench.judge.published_row import Measure
from bench.judge.rag import RuleName
from bench.judge.variance import Form, Scale
from bench.pages.choices import rules_for
from bench.present.chart_parts import PointedOut
from bench.present.charts import funnel as funnels
from bench.present.charts import ranks
from bench.present.numbers import range_of_places
from bench.present.provenance import rule_sentence
from present.reading import grade
from present.test_page import read

pytestmark = pytest.mark.usefixtures("judged_once")
MEASURE = Measure(
    indicator="control", code="1B", short_title="Control", unit="per_cent",
    polarity="higher_is_better", decimals=1,
)  # fmt: skip
WITHOUT_JUDGEMENT = Measure(**{**vars(MEASURE), "polarity": "none"})


@pytest.fixture(scope="module")
def control():
    return bench.indicator("1B", "2018-19", council="Somerset")


@pytest.mark.parametrize(
    ("place", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (102, "102nd"), (111, "111th"), (113, "113th"), (123, "123rd")],
)  # fmt: skip
def test_a_place_in_words(place, text):
    assert ranks.ordinal(place) == text


@pytest.mark.parametrize(
    ("lower", "upper", "text"), [(11, 48, "11 to 48"), (3, 3, "3"), (None, None, None)]
)
def test_a_range_of_places(lower, upper, text):
    assert range_of_places(lower, upper) == text


def placed(*rows):
    columns = [
        "council",
        "rank",
        "rank_lower",
        "rank_upper",
        "best_quarter_pct",
        "worst_quarter_pct",
    ]
    return pd.DataFrame(rows, columns=columns)


COUNCILS = placed(
    ("A <b>", 1, 1, 2, 97, 0),
    ("B", 2, 1, 3, 60, 0),
    ("C", 3, 3, 3, 0, 1),
    ("D", 4, 3, 4, 0, 95),
    ("Tiny", None, None, None, None, None),
)


@pytest.mark.parametrize(
    ("council", "opening"),
    [
        ("A <b>", "A &lt;b&gt; is 1st of 4. Its place could be anywhere from 1st to 2nd. It is sure to be in the best quarter."),
        ("B", "B is 2nd of 4. Its place could be anywhere from 1st to 3rd. A figure moves"),
        ("C", "C is 3rd of 4. Its place is as good as sure. A figure moves"),
        ("D", "D is 4th of 4. Its place could be anywhere from 3rd to 4th. It is sure to be in the worst quarter."),
        ("Tiny", "A figure moves by chance"),
        (None, "A figure moves by chance"),
    ],
)  # fmt: skip
def test_a_council_s_place_in_sentences(council, opening):
    text = str(ranks.lead(COUNCILS, measure=MEASURE, rankability=0.77, council=council))
    assert opening in text
    assert "For the middle council, 2 of 4 places are possible." in text
    assert "1 council is sure to be in the best quarter, and 1 in the worst: at least 90" in text
    assert "about 77% is more than chance" in text


def test_where_neither_end_is_better_the_quarters_are_high_and_low():
    text = str(ranks.lead(COUNCILS, measure=WITHOUT_JUDGEMENT, rankability=0.5, council="A <b>"))
    figure = ranks.ranks(COUNCILS, measure=WITHOUT_JUDGEMENT, year="2018-19")
    assert "sure to be in the highest quarter" in text
    assert "Sure to be in the lowest quarter: D." in figure.alt
    assert "best" not in text + figure.alt + str(figure.table)


def test_none_is_sure_and_chances_are_not_overstated():
    unsure = COUNCILS.assign(best_quarter_pct=[40, 30, 1, 99, None], worst_quarter_pct=50)
    text = str(ranks.lead(unsure, measure=MEASURE, rankability=0.5))
    figure = ranks.ranks(unsure, measure=MEASURE, year="2018-19")
    assert "1 council is sure to be in the best quarter, and none in the worst" in text
    assert "Sure to be in the worst quarter: none." in figure.alt
    assert "1% or less" in figure.table
    assert "99% or more" in figure.table


def test_every_place_is_drawn_and_the_council_pointed_out(control):
    figure = control.ranks()
    by_name = {trace.name: trace for trace in figure.plotly.data}
    assert len(by_name["Place by the printed figure"].x) == 150
    assert len(by_name["95% range of places"].x) == 3 * 149
    assert not by_name["95% range of places"].connectgaps
    assert [note.text for note in figure.plotly.layout.annotations] == [
        "best quarter", "worst quarter", "Somerset",
    ]  # fmt: skip
    somerset = control.frame().set_index("council").loc["Somerset"]
    span = f"{somerset['rank_lower']:.0f} to {somerset['rank_upper']:.0f}"
    assert f"Somerset: {somerset['rank']:.0f}th, could be {span}." in figure.alt
    assert len(read(figure.table).find("tr")) == 151
    assert f">{span}</span>" in control.council_table()


def test_the_funnel_shows_every_council_its_limits_and_its_peers(control):
    figure = control.funnel()
    by_name = {trace.name: trace for trace in figure.plotly.data}
    marks = ("Inside", "Outside 95%", "Outside 99.8%")
    assert sum(len(by_name[name].x) for name in marks) == 150
    assert len({by_name[name].marker.symbol for name in (*marks, "Its peers", "Somerset")}) == 5
    dashes = {name: trace.line.dash for name, trace in by_name.items() if trace.mode == "lines"}
    limits = ("95% limits", "99.8% limits", "95% by chance alone", "99.8% by chance alone")
    assert len({dashes[name] for name in limits}) == 4
    assert (len(by_name["Its peers"].x), len(by_name["Somerset"].x)) == (15, 1)
    assert figure.plotly.layout.xaxis.title.text.startswith("Precision: margin of error")
    assert len(read(figure.table).find("tr")) == 151


def test_the_text_alternative_names_who_lies_outside(control):
    from bench.judge.funnel import places

    made = control.table.funnel(control.indicator)
    frame = places(made, control.table.compared(control.indicator))
    names = {council.area_id: council.name for council, _ in control.rows}
    alt = control.funnel().alt
    assert frame["z"].abs().gt(Z_95).any()
    for area_id, z in zip(frame["area_id"], frame["z"], strict=True):
        named = f"{names[area_id]} (" in alt
        assert named is (abs(z) > Z_95)
    assert "Somerset: 80.2%, inside the 95% limits." in alt
    assert "England as published is 77.6%" in alt


CURVES = pd.DataFrame(
    {
        "size": [100.0, 1000.0],
        **{
            f"{prefix}{end}_{limit}": [50.0, 50.0]
            for prefix in ("", "chance_")
            for limit in ("95", "998")
            for end in ("lower", "upper")
        },
    }
)


def drawn(*, dispersed=True, **what):
    inside = {"lower_95": 40.0, "upper_95": 60.0, "lower_998": 30.0, "upper_998": 70.0}
    marks = [
        {"area_id": "a", "council": "A </script>", "value": 55.0, "size": 150.0, "z": 1.0},
        {"area_id": "b", "council": "B", "value": 60.0, "size": 900.0, "z": 1.96},
    ]
    return funnels.funnel(
        pd.DataFrame([one | inside for one in marks]), CURVES, measure=MEASURE,
        limits=Funnel(Scale(Form.PROPORTION, 100), 50.0, 1.0, 0.01 if dispersed else 0.0, 2),
        england=what.pop("england", 50.1), year="2018-19", **what,
    )  # fmt: skip


def test_a_funnel_without_over_dispersion_draws_one_pair_of_limits():
    figure = drawn(dispersed=False)
    assert not [trace.name for trace in figure.plotly.data if "by chance alone" in trace.name]
    assert "no more here than chance alone" in figure.note
    assert "dotted" not in figure.note


def test_nobody_outside_is_said_and_an_edge_is_inside():
    figure = drawn(england=None)
    assert figure.alt.endswith("around 50.0%. None lies outside the 95% limits.")


@pytest.mark.parametrize(
    ("england", "name", "told"),
    [
        (50.0, "England: 50.0%", False),
        (50.04, "England: 50.0%", False),
        (47.4, "Councils with counts, together: 50.0%", True),
        (None, "Councils with counts, together: 50.0%", False),
    ],
)
def test_the_line_in_the_middle_is_only_called_england_where_it_is(england, name, told):
    figure = drawn(england=england)
    assert name in [trace.name for trace in figure.plotly.data]
    assert ("England as published is 47.4%." in figure.note) is told


def test_a_council_without_a_place_in_the_funnel_is_not_pointed_out():
    figure = drawn(pointed_out=PointedOut("City of London", "city_of_london"))
    assert not figure.plotly.layout.annotations
    assert "City of London" not in figure.alt


def test_names_are_escaped():
    figure = drawn(pointed_out=PointedOut("A </script>", "a", frozenset({"b"})))
    assert "</script>" not in figure.json()
    assert "A &lt;/script&gt;" in figure.table


@pytest.mark.parametrize(
    ("code", "year", "reason"),
    [
        ("1F", "2018-19", "no counts"),
        ("1A", "2020-21", "only 18 councils have counts or a margin of error"),
        ("3D(1a)", "2024-25", "the figures of the year are not to be compared"),
    ],
)
def test_where_it_cannot_be_told_the_page_says_so(code, year, reason):
    brief = bench.indicator(code, year)
    assert reason in brief.how_sure()
    assert reason in brief.funnel()
    assert str(brief.ranks()) == ""
    assert brief.frame()["rank_lower"].isna().all()
    cells = [text for _, text in read(brief.council_table()).find("td", "place")]
    assert not [cell for cell in cells if " to " in cell]


@pytest.mark.parametrize("rule", list(RuleName))
def test_every_rule_is_told_in_plain_words(rule):
    assert grade(rule_sentence(rules_for(rule.value))) <= 9


def test_the_words_can_be_read(control):
    told = [
        control.how_sure(),
        control.ranks().note,
        control.funnel().note,
        bench.indicator("2A(2)", "2018-19").funnel().note,
        bench.indicator("1F", "2018-19").how_sure(),
    ]
    texts = [" ".join(text for _, text in read(f"<p>{one}</p>").find("p")) for one in told]
    assert {text: round(grade(text), 1) for text in texts if grade(text) > 9} == {}


@pytest.mark.parametrize(
    ("council", "ranged"), [("Somerset", 22), ("City of London", 0), ("Northamptonshire", 24)]
)
def test_a_council_s_table_says_where_its_ranks_could_be(council, ranged):
    brief = bench.briefing(council, "2018-19")
    cells = [text for _, text in read(brief.table()).find("td", "rank")]
    assert sum("could be" in cell for cell in cells) == ranged
    alone = bench.indicator("1B", "2018-19").frame().set_index("council").loc[council]
    told = dict(zip([row.code for row in brief.rows], cells, strict=True))["1B"]
    if ranged:
        span = f"{alone['rank_lower']:.0f} to {alone['rank_upper']:.0f}"
        assert told == f"{alone['rank']:.0f} could be {span}"
    assert "rank_lower" not in brief.frame()
