from __future__ import annotations

import itertools

import plotly.graph_objects as go
import pytest

from bench.errors import UnknownNameError
from bench.judge.rag import Certainty, Meaning
from bench.present import theme
from bench.reference.indicator import Polarity
from contrast import contrast

GROUNDS = [(palette, scheme) for palette in theme.PALETTES for scheme in ("light", "dark")]
# What is written or drawn on what.
TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("surface", "raised")),
    *((f"{tone}_ink", f"{tone}_fill") for tone in ("better", "similar", "worse", "neutral")),
    *((f"{tone}_on", f"{tone}_solid") for tone in ("better", "worse", "neutral")),
    # An outlined chip has the ground of what it stands on.
    *(
        (f"{tone}_ink", ground)
        for tone in ("better", "worse", "neutral")
        for ground in ("surface", "raised")
    ),
)
GRAPHIC_PAIRS = (
    *((f"{tone}_mark", "surface") for tone in ("better", "similar", "worse", "neutral")),
    ("accent", "surface"),
    ("second", "surface"),
    ("band", "surface"),
)


@pytest.mark.parametrize(("palette", "scheme"), GROUNDS)
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT_PAIRS, 4.5), (GRAPHIC_PAIRS, 3)], ids=["text", "marks"]
)
def test_text_can_be_read_and_marks_can_be_seen(
    palette: str, scheme: str, pairs: tuple[tuple[str, str], ...], least: float
) -> None:
    role = theme.colours(palette, scheme)
    ratios = {pair: contrast(*(role[name] for name in pair)) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least} == {}


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#c00000", "#ffffff", 6.48)],
)
def test_contrast_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast(first, second) == pytest.approx(ratio, abs=0.05)
    assert contrast(second, first) == contrast(first, second)


UP, DOWN, NONE = "higher_is_better", "lower_is_better", "none"


@pytest.mark.parametrize(
    ("verdict", "polarity", "certainty", "text", "symbol", "weight"),
    [
        ("better", UP, None, "GREEN better", "▲", "solid"),
        ("better", UP, "sure", "GREEN better", "▲", "solid"),
        ("better", DOWN, "probable", "probably better", "△", "outlined"),
        ("better", UP, "untested", "GREEN better, no margin of error", "▲", "solid"),
        ("similar", DOWN, None, "AMBER similar", "●", "tinted"),
        ("similar", DOWN, "sure", "AMBER similar", "●", "tinted"),
        ("similar", DOWN, "probable", "AMBER similar", "●", "tinted"),
        ("similar", DOWN, "untested", "AMBER similar, no margin of error", "●", "tinted"),
        ("worse", DOWN, "sure", "RED worse", "▼", "solid"),
        ("worse", DOWN, "probable", "probably worse", "▽", "outlined"),
        ("worse", DOWN, "untested", "RED worse, no margin of error", "▼", "solid"),
        ("unclear", UP, None, "unclear", "?", "grey"),
        ("unclear", NONE, None, "unclear", "?", "grey"),
        ("higher", NONE, "sure", "higher", "↑", "solid"),
        ("higher", NONE, "probable", "probably higher", "⇧", "outlined"),
        ("higher", NONE, "untested", "higher, no margin of error", "↑", "solid"),
        ("similar", NONE, "probable", "similar", "◇", "tinted"),
        ("similar", NONE, "untested", "similar, no margin of error", "◇", "tinted"),
        ("lower", NONE, "sure", "lower", "↓", "solid"),
        ("lower", NONE, "probable", "probably lower", "⇩", "outlined"),
        ("not_compared", NONE, None, "not compared", "—", "plain"),
        ("not_compared", UP, None, "not compared", "—", "plain"),
    ],
)
def test_a_verdict_has_words_a_shape_and_a_weight(
    verdict: str, polarity: str, certainty: str | None, text: str, symbol: str, weight: str
) -> None:
    seen = theme.look(verdict, polarity, certainty)
    assert (seen.text, seen.symbol, seen.weight) == (text, symbol, weight)
    assert seen.marker.endswith("-open") or seen.weight not in {"outlined"}


def test_every_verdict_of_every_certainty_has_a_look() -> None:
    for meaning, certainty in itertools.product(Meaning, (None, *Certainty)):
        for polarity in Polarity:
            assert theme.look(str(meaning), str(polarity), certainty).text
    with pytest.raises(UnknownNameError, match="Unknown certainty 'firm'"):
        theme.look("worse", UP, "firm")


def test_a_colour_word_stands_on_what_is_sure_or_similar_alone() -> None:
    """A page in black and white, or read aloud, tells sure from probable by its words."""
    for seen in theme.LOOKS.values():
        assert ("probably" in seen.meaning) == (seen.weight == "outlined")
        assert seen.word is None or seen.weight != "outlined"


def test_no_two_verdicts_share_a_shape() -> None:
    for first, second in itertools.combinations(theme.LOOKS.values(), 2):
        assert first.symbol != second.symbol
        assert first.marker != second.marker


@pytest.mark.parametrize("palette", theme.PALETTES)
@pytest.mark.parametrize(("other", "scheme"), GROUNDS)
def test_every_colour_of_a_chart_has_one_in_each_palette_and_scheme(
    palette: str, other: str, scheme: str
) -> None:
    light, target = theme.colours(palette), theme.colours(other, scheme)
    mapped = theme.exchanges(palette)[other][scheme]
    assert all(mapped.get(light[role], light[role]) == target[role] for role in theme.CHART_ROLES)
    assert theme.exchanges(palette)[palette]["light"] == {}


def test_every_palette_has_a_name_for_the_switch() -> None:
    assert theme.PALETTE_NAMES.keys() == theme.PALETTES.keys()


def test_every_colour_of_text_is_in_a_pair_whose_contrast_is_asserted() -> None:
    roles = {role for palette, scheme in GROUNDS for role in theme.colours(palette, scheme)}
    asserted = {role for pair in (*TEXT_PAIRS, *GRAPHIC_PAIRS) for role in pair}
    assert roles - asserted == {"line"}  # the faint rules between rows carry no meaning


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean rag"):
        theme.check_palette("rga")
    with pytest.raises(UnknownNameError, match="Unknown verdict 'amber'"):
        theme.look("amber", "none")


def test_the_stylesheet_holds_every_colour_and_fetches_nothing() -> None:
    css = theme.stylesheet()
    for palette, scheme in GROUNDS:
        assert all(colour in css for colour in theme.colours(palette, scheme).values())
    assert "url(" not in css
    assert "@import" not in css
    assert theme.style_element().startswith('<style class="bench-style">')
    assert theme.style_element().count("</style>") == 1


def test_every_rule_stays_inside_the_page() -> None:
    css = theme.stylesheet()
    selectors = [line.split("{")[0] for line in css.splitlines() if "{" in line]
    outside = [
        selector.strip()
        for selector in selectors
        if ".bench" not in selector and not selector.strip().startswith("@")
    ]
    assert outside == []


def test_the_style_of_charts_has_no_ground_and_no_clickable_legend() -> None:
    layout = go.layout.Template(theme.chart_style("rag")).to_plotly_json()["layout"]
    assert layout["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert layout["legend"]["itemclick"] is False
    assert layout["legend"]["itemdoubleclick"] is False
