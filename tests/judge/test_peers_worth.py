"""What peers are worth: by hand, by lot, and on the published figures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner

import bench
from bench.cli import app
from bench.judge.peers_worth import (
    NO_GUIDE,
    PeersWorth,
    SquaredGaps,
    drawn_by_lot,
    explained,
    figures_of,
    mean_explained,
    more_explained,
)
from bench.judge.published_row import published
from bench.judge.rag import PeersWorthRules
from bench.pages import store
from bench.pages.choices import rules_for
from bench.pages.peers.worth import BY_LOT, OPEN, SIZES, ModelsWorth, models_worth
from bench.present.table import peer_table
from bench.published import sources
from bench.reference import FinancialYear
from worked import section_of, worked

if TYPE_CHECKING:
    from bench.judge.year_table import YearTable

FEW = PeersWorthRules(least_councils=4)
NAN = math.nan
# Councils 0 and 1 are peers of each other, and so are 2 and 3, and 4 and 5.
PAIRS = np.kron(np.eye(3, dtype=bool), ~np.eye(2, dtype=bool))
ALL = ~np.eye(6, dtype=bool)


def table_of(year: str) -> YearTable:
    return store.year_table(FinancialYear.parse(year), rules_for())


@pytest.mark.parametrize(
    ("values", "members", "share", "councils", "size"),
    [
        ([1, 1, 5, 5, 9, 9], PAIRS, 1.0, 6, 1),  # peers are exact
        ([1, 2, 5, 5, 9, 20], ALL, 0.0, 6, 5),  # peers are all others: no better, no worse
        ([1, 1, 5, 5, 9, 9], ALL | np.eye(6, dtype=bool), 0.0, 6, 5),  # never its own peer
        ([1, 9, 9, 1, 1, 9], PAIRS, 1 - 6 * 8**2 / (6 * 4.8**2), 6, 1),  # peers mislead
        ([1, 1, 5, 5, 9, NAN], PAIRS, 1.0, 4, 1),  # whose one peer has no figure is not counted
        ([1, 1, 1, 1, 1, 2], ALL, 0.0, 6, 5),  # all but one are tied
    ],
)
def test_by_hand(values: Any, members: Any, share: float, councils: int, size: float) -> None:
    worth = explained(np.array(values, dtype=float), members, FEW)
    assert isinstance(worth, PeersWorth)
    assert worth.share == pytest.approx(share, abs=1e-12)
    assert (worth.councils, worth.group_size) == (councils, size)
    assert worth.lower - 1e-9 <= worth.share <= worth.upper + 1e-9


@pytest.mark.parametrize(
    ("values", "members", "reason"),
    [
        ([7, 7, 7, 7, 7, 7], ALL, "all councils have the same figure"),
        ([0.1, 0.1, 0.1, 0.1, 0.1, NAN], ALL, "all councils have the same figure"),
        ([1, NAN, NAN, NAN, NAN, NAN], ALL, "fewer than 4 councils"),  # one council
        ([1, NAN, 5, NAN, 9, NAN], PAIRS, "fewer than 4 councils"),  # no peer has a figure
        ([NAN] * 6, ALL, "fewer than 4 councils"),
        ([1, 2, 3, 4, 5, 6], ~ALL, "fewer than 4 councils"),  # nobody has peers
    ],
)
def test_where_there_is_no_share_it_says_why(values: Any, members: Any, reason: str) -> None:
    assert reason in str(explained(np.array(values, dtype=float), members, FEW))


@pytest.mark.parametrize("size", [5, 15, 30])
def test_peers_drawn_by_lot_are_the_zero(size: int) -> None:
    """-(n - 1 - k) / (n k), which is within 2 points of -1 / 15 for 15 of 150."""
    number = 150
    figures = np.random.default_rng(7).gamma(2.0, size=number)
    drawn = [
        SquaredGaps.of(figures, drawn_by_lot(number, size, seed)).from_peers.sum()
        for seed in range(60)
    ]
    apart = SquaredGaps.of(figures, drawn_by_lot(number, size, 0)).from_benchmark.sum()
    share = 1 - np.mean(drawn) / apart
    assert share == pytest.approx(-(number - 1 - size) / (number * size), abs=0.01)
    if size == 15:
        assert share == pytest.approx(-1 / 15, abs=0.02)


def test_lots_give_each_so_many_peers_and_none_itself() -> None:
    lots = drawn_by_lot(20, 19, 1)
    assert (lots == ~np.eye(20, dtype=bool)).all()
    assert (drawn_by_lot(20, 3, 1).sum(axis=1) == 3).all()
    assert (drawn_by_lot(20, 3, 1) == drawn_by_lot(20, 3, 1)).all()
    assert (drawn_by_lot(20, 3, 1) != drawn_by_lot(20, 3, 2)).any()


def test_the_range_holds_what_the_councils_true_figures_would_give() -> None:
    """Of 60 draws of chance about the same true figures, most ranges hold their mean share."""
    rng = np.random.default_rng(11)
    members = drawn_by_lot(150, 15, 3)
    truth = 4 * members @ rng.normal(size=150) / 15 + rng.normal(size=150)
    worths = [explained(truth + rng.normal(size=150), members, FEW) for _ in range(60)]
    mean = np.mean([worth.share for worth in worths if isinstance(worth, PeersWorth)])
    within = [w.lower <= mean <= w.upper for w in worths if isinstance(w, PeersWorth)]
    assert np.mean(within) >= 0.85


def test_a_way_beside_itself_is_no_better() -> None:
    gaps = [SquaredGaps.of(np.arange(6.0), PAIRS)]
    assert more_explained(gaps, gaps) == (0, 0, 0)
    more, low, _ = more_explained(gaps, [SquaredGaps.of(np.arange(6.0), ALL)])
    assert more == pytest.approx(mean_explained(gaps).share)
    assert low <= more


def test_fewer_councils_are_counted_where_another_way_has_fewer() -> None:
    whole = SquaredGaps.of(np.array([1.0, 3, 5, 5, 9, 9]), PAIRS)
    some = whole.only(np.array([True, True, False, False, True, True]))
    assert some.counted.tolist() == [True, True, False, False, True, True]
    assert some.sizes.tolist() == [1, 1, 0, 0, 1, 1]
    assert some.from_peers.sum() == whole.from_peers.sum() == 8
    assert some.from_benchmark.sum() < whole.from_benchmark.sum()


def test_where_england_has_no_figure_nothing_is_set_beside_it() -> None:
    table = table_of("2020-21")  # the user survey of this year was voluntary
    found = table.registers.indicators.find("1A", table.year)
    assert table.england_of(found).value is None
    assert table.peers_worth(found, "cipfa", beside_england=True) == "England has no figure"


def test_it_agrees_with_a_reckoning_council_by_council() -> None:
    table = table_of("2024-25")
    indicator = table.registers.indicators.find("1B", table.year)
    field = {a: float(x) for a, x in table.field(indicator.indicator_id).values.items()}
    from_peers = from_others = 0.0
    for area_id, own in field.items():
        group = table.registers.peers.group("cipfa", table.registers.councils[area_id], table.year)
        near = [field[p.area_id] for p in group.members if p.area_id in field]
        if near:
            others = [value for other, value in field.items() if other != area_id]
            from_peers += (own - sum(near) / len(near)) ** 2
            from_others += (own - sum(others) / len(others)) ** 2
    worth = table.peers_worth(indicator, "cipfa")
    assert isinstance(worth, PeersWorth)
    assert worth.share == pytest.approx(1 - from_peers / from_others)


@worked("peers_worth")
def test_published_figures_and_the_clause(
    code, year, peer_model, explains, explains_from, explains_to, to_beside_england, says
):
    table = table_of(year)
    indicator = table.registers.indicators.find(code, table.year)
    worth = table.peers_worth(indicator, peer_model)
    beside = table.peers_worth(indicator, peer_model, beside_england=True)
    assert [
        round(100 * share, 1) for share in (worth.share, worth.lower, worth.upper, beside.upper)
    ] == [explains, explains_from, explains_to, to_beside_england]
    row = bench.briefing("Leeds", year, peers=peer_model).row(code)
    assert (NO_GUIDE in row.flags) == (says == "no better guide than England")


def test_neighbours_are_little_guide_on_many_measures_and_much_on_one() -> None:
    """At most 1% on 9 of the 20 of 2024-25, and 39% on one, each within 2 points."""
    table = table_of("2024-25")
    areas = table.compared_areas(table.year)
    shares = [
        explained(
            figures_of(areas, table.printed(one.indicator_id)),
            table.members("cipfa"),
            rules_for().peers_worth,
        ).share
        for one in table.indicators
    ]
    assert len(shares) == 20
    assert sum(share <= 0.01 for share in shares) <= 9 <= sum(share <= 0.03 for share in shares)
    assert max(shares) == pytest.approx(0.39, abs=0.02)


@pytest.mark.parametrize(
    "choices",
    [{"peers": "england"}, {"peers": "Barnet;Kent;Wirral"}, {"average": "median"}],
)
def test_nothing_is_said_of_peers_that_were_not_measured(choices: dict[str, str]) -> None:
    assert NO_GUIDE in bench.briefing("Leeds", "2024-25").row("4B").flags
    assert NO_GUIDE not in bench.briefing("Leeds", "2024-25", **choices).row("4B").flags


def test_what_is_not_to_be_compared_has_no_share() -> None:
    table = table_of("2024-25")
    found = table.registers.indicators.find("3D(1a)", table.year)
    assert table.peers_worth(found, "cipfa") == "the figures of the year are not to be compared"


def test_a_supposed_figure_leaves_the_share_of_the_published_ones() -> None:
    table = table_of("2024-25")
    found = table.registers.indicators.find("4B", table.year)
    before = table.peers_worth(found, "cipfa")
    council = table.registers.councils.find("Leeds")
    far = table.printed(found.indicator_id)["barnet"]
    supposed = table.supposing(found, council, far)
    assert supposed.peers_worth(found, "cipfa") != before
    assert table.peers_worth(found, "cipfa") == before


def test_the_pages_say_it() -> None:
    leeds = bench.briefing("Leeds", "2024-25")
    shown = [published(leeds.row(code)) for code in ("4B", "2C")]
    page = str(peer_table(shown, council="Leeds", year="2024-25", peers_title="neighbours"))
    assert page.count("For this measure these peers are no better guide than England.") == 1
    weak = bench.indicator("4B", "2024-25")
    assert "explains −2% of the squared gaps among councils, with a range of −12% to 4%" in (
        weak.facts()
    )
    assert "no better guide than England" in weak.facts()
    assert "no better guide than England" not in weak.council_table()
    assert "peers are worth" not in replace(weak, peers="england").facts()
    refused = replace(weak, indicator=sources.reference().indicators["self_directed_support"])
    assert "Not known: the figures of the year are not to be compared." in refused.facts()


def test_a_council_is_not_asked_for_the_worth_of_all() -> None:
    asked = CliRunner().invoke(app, ["peers", "Leeds", "--worth"])
    assert asked.exit_code != 0
    assert "--worth is about all councils" in str(asked.exception)


# --- over all measures and years -------------------------------------------------------------------


@pytest.fixture(scope="module")
def models() -> ModelsWorth:
    return models_worth()


@pytest.mark.slow
def test_the_published_figures_over_all_years(models: ModelsWorth) -> None:
    """Neighbours explain about 11%, those drawn by lot -6%, each within 2 points."""
    assert models.of("cipfa").share == pytest.approx(0.11, abs=0.02)
    assert models.of(BY_LOT).share == pytest.approx(-0.06, abs=0.02)
    assert models.of(BY_LOT).share == pytest.approx(-1 / 15, abs=0.02)


@pytest.mark.slow
@worked("peers_models")
def test_the_table_of_the_method_page(
    models, peer_model, size, years, explains, explains_from, explains_to
):
    spans = {f"{span[0]} to {span[-1]}": span for span in (models.years, *models.halves)}
    worth = models.of(f"{OPEN} {size}" if size in SIZES else peer_model, spans[years])
    shares = [round(100 * share, 1) for share in (worth.share, worth.lower, worth.upper)]
    assert shares == [explains, explains_from, explains_to]
    assert size in (*SIZES, round(worth.group_size, 1))


@pytest.mark.slow
def test_the_size_that_the_method_page_names(models: ModelsWorth) -> None:
    best = max(models.sizes(), key=lambda one: one.earlier.share)
    more = [round(100 * share, 1) for share in models.apart("open 30", OPEN, models.halves[1])]
    assert (best.size, more, models.number) == (30, [1.7, 0.7, 2.9], 15)
    text = section_of("peers_models").text
    assert "On the years up to 2018-19 groups of 30 explained most" in text
    assert (len(SIZES), SIZES[0], SIZES[-1]) == (7, 5, 60)
    assert "by 1.7 points, with a range of 0.7 to 2.9" in text


@pytest.mark.slow
def test_the_command_prints_the_ranking(models: ModelsWorth) -> None:
    text = models.text()
    assert max(map(len, text.splitlines())) <= 80
    assert text.index("CIPFA nearest neighbours") < text.index("15 councils drawn by lot")
    assert "30 peers explain most on 2014-15 to 2018-19" in text
    assert "the most on 2C: 38.9%" in " ".join(text.split())
    single = ModelsWorth(
        tuple(one for one in models.measured if one.year == models.years[-1]), models.titles, 15
    )
    assert "there is one year alone" in single.text()


@pytest.mark.slow
def test_weights_of_your_own_are_measured_too(tmp_path, models: ModelsWorth) -> None:
    root = sources.project_root()
    text = (root / "params" / "peers.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("number_of_peers: 15", "number_of_peers: 30"), encoding="utf-8")
    mine = models_worth(path)
    assert mine.titles[OPEN] == "open peer model, 30 nearest by mine.yaml"
    assert mine.of(OPEN).share == pytest.approx(models.of("open 30").share)


@pytest.mark.slow
def test_a_list_of_a_few_councils_is_left_out_and_no_size_is_cut_short(
    tmp_path, models, monkeypatch
) -> None:
    peers = sources.reference().peers
    monkeypatch.setitem(peers._lists, "mine", {"leeds": ("kent",)})
    monkeypatch.setitem(peers.sources, "mine", peers.sources["cipfa"].model_copy(
        update={"title": "our own"}
    ))  # fmt: skip
    text = (sources.project_root() / "params" / "peers.yaml").read_text(encoding="utf-8")
    path = tmp_path / "wide.yaml"
    path.write_text(text.replace("number_of_peers: 15", "number_of_peers: 90"), encoding="utf-8")
    wide = models_worth(path)
    assert "mine" not in wide.titles
    assert "Left out, as it has peers for few councils: our own." in wide.text()
    assert wide.of("cipfa").share == pytest.approx(models.of("cipfa").share)
    assert wide.of(OPEN).group_size > 80
