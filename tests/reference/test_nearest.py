"""The open peer model: each transformation against scipy, distances against another reckoning."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist

from bench.errors import RegisterError
from bench.peer_model.census import Features
from bench.peer_model.distance import PeerChoices, Space, lists, read_choices, spaces
from bench.peer_model.transformations import Transformation, apply, best
from bench.reference import FinancialYear, Registers

ALL = tuple(Transformation)


@pytest.fixture(scope="module")
def features(reference, registers: Registers) -> Features:
    return Features.read(reference, registers.councils)


@pytest.fixture(scope="module")
def choices(reference, features: Features) -> PeerChoices:
    return read_choices(reference.parents[1] / "params" / "peers.yaml", features.register)


def choose(weights: dict[str, float], number: int = 3, tried=ALL) -> PeerChoices:
    return PeerChoices(number_of_peers=number, transformations=tried, weights=weights)


# --- transformations ------------------------------------------------------------------------------

SKEWED = tuple(np.random.default_rng(1).lognormal(3, 1, 60))


@pytest.mark.parametrize(
    ("transformation", "by_scipy"),
    [
        ("none", lambda x: x),
        ("square_root", np.sqrt),
        ("log", lambda x: np.log(1 + x)),
        ("square", lambda x: x * x),
        ("reciprocal_square_root", lambda x: 1 / np.sqrt(x)),
        ("reciprocal", lambda x: 1 / x),
        ("box_cox", lambda x: stats.boxcox(x, round(stats.boxcox_normmax(x, method="mle"), 4))),
        ("yeo_johnson", lambda x: stats.yeojohnson(x, round(stats.yeojohnson_normmax(x), 4))),
    ],
)
def test_each_transformation_is_scipy_s(transformation, by_scipy) -> None:
    made = apply(Transformation(transformation), SKEWED)
    assert made is not None
    assert made[0] == pytest.approx(by_scipy(np.array(SKEWED)), rel=1e-9)


@pytest.mark.parametrize(("least", "undefined"), [
    (0.0, {"box_cox", "reciprocal", "reciprocal_square_root"}),
    (-0.5, {"box_cox", "reciprocal", "reciprocal_square_root", "square_root", "log", "square"}),
])  # fmt: skip
def test_a_transformation_that_is_not_defined_is_skipped(least: float, undefined: set) -> None:
    figures = (least, *SKEWED)
    assert {one for one in ALL if apply(one, figures) is None} == undefined
    assert best(figures, ALL).transformation not in undefined


@pytest.mark.parametrize(
    "figures",
    [
        (1e200, 2e200, 3e200, 5e200),  # their squares are too large
        (1.0, 1.0 + 1e-15, 1.0 + 2e-15, 1.0),  # whose logarithms are all the same, or nearly
    ],
)
def test_what_becomes_too_large_or_constant_is_skipped(figures) -> None:
    made = best(figures, ALL)
    assert all(map(math.isfinite, made.scaled()))
    assert {0.0, 1.0} <= set(made.scaled())
    assert apply(Transformation.SQUARE, (1e200, 2e200)) is None
    assert apply(Transformation.RECIPROCAL, (1e200, 1e200 * (1 + 1e-16))) is None


@pytest.mark.parametrize("figures", [(4.0, 4.0, 4.0, 4.0), (4.0,)])
def test_a_feature_that_is_the_same_everywhere_parts_nobody(figures) -> None:
    made = best(figures, ALL)
    assert (made.transformation, made.p) == (Transformation.NONE, None)
    assert set(made.scaled()) == {0.0}


def test_the_one_most_like_a_bell_curve_is_chosen(features: Features, choices: PeerChoices) -> None:
    for space in spaces(features, choices).values():
        for name, scale in space.scales.items():
            figures = [features.figures[space.boundaries][one][name] for one in space.area_ids]
            made = {one: apply(one, figures) for one in ALL}
            p = {one: stats.shapiro(m[0]).pvalue for one, m in made.items() if m is not None}
            assert p[scale.transformation] == pytest.approx(max(p.values()), rel=1e-9), name
            assert scale.p == pytest.approx(max(p.values()), rel=1e-9), name


@pytest.mark.parametrize(
    ("feature", "transformation"),
    [
        ("aged_85_over_pct", "yeo_johnson"),
        ("social_renters_pct", "reciprocal_square_root"),
        ("students_pct", "reciprocal"),
        ("sparsity_index", "square_root"),
        ("bangladeshi_pct", "box_cox"),
    ],
)
@pytest.mark.slow
def test_what_was_chosen_for_the_census(features, choices, feature, transformation) -> None:
    for space in spaces(features, choices).values():
        assert space.scales[feature].transformation == transformation


# --- distances ------------------------------------------------------------------------------------


@pytest.mark.parametrize("boundaries", [2022, 2023])
@pytest.mark.slow
def test_distances_are_those_of_another_reckoning(features, choices, boundaries: int) -> None:
    """Each step again with numpy and scipy, from the weights of domain experts to cdist."""
    figures = features.figures[boundaries]
    area_ids = [one for one in sorted(figures) if one not in ("city_of_london", "isles_of_scilly")]
    ways = {
        "none": lambda x: x,
        "yeo": lambda x: stats.yeojohnson(x, round(stats.yeojohnson(x)[1], 4)),
        "root": np.sqrt, "log": np.log1p, "square": np.square,
        "box": lambda x: stats.boxcox(x, round(stats.boxcox(x)[1], 4)),
        "recip_root": lambda x: x**-0.5, "recip": lambda x: 1 / x,
    }  # fmt: skip
    columns = []
    for name, weight in choices.weights.items():
        x = np.array([figures[one][name] for one in area_ids])
        tried = [way(x) for key, way in ways.items() if x.min() > 0 or key not in
                 ("box", "recip_root", "recip")]  # fmt: skip
        made = tried[int(np.argmax([stats.shapiro(t).pvalue for t in tried]))]
        columns.append((made - made.min()) / (made.max() - made.min()) * weight)
    expected = cdist(np.array(columns).T, np.array(columns).T)
    space = spaces(features, choices)[boundaries]
    assert list(space.area_ids) == area_ids
    for row, area_id in enumerate(area_ids):
        found = space.nearest(area_id, len(area_ids))
        assert [one.rank for one in found] == list(range(1, len(area_ids)))
        assert area_id not in {one.area_id for one in found}
        by_peer = {one.area_id: one.distance for one in found}
        others = [one for one in area_ids if one != area_id]
        assert [by_peer[one] for one in others] == pytest.approx(
            [expected[row, area_ids.index(one)] for one in others], rel=1e-9, abs=1e-12
        )
        for one in found[:3]:
            parts = space.parts(area_id, one.area_id)
            assert math.hypot(*parts.values()) == pytest.approx(one.distance, rel=1e-12)


FIGURES = st.dictionaries(
    st.sampled_from([f"area_{n}" for n in range(9)]),
    st.fixed_dictionaries(
        {name: st.floats(0, 1e6).map(lambda x: round(x, 3)) for name in ("a", "b", "c")}
    ),
    min_size=2,
)


def ranked(space: Space) -> dict[str, list[tuple[str, float]]]:
    return {one: [(n.area_id, n.distance) for n in space.nearest(one, 3)] for one in space.area_ids}


@settings(max_examples=40, deadline=None)
@given(figures=FIGURES, order=st.randoms(), times=st.sampled_from([0.25, 3.0, 1000.0]))
@pytest.mark.slow
def test_what_changes_nothing(figures, order, times: float) -> None:
    weights = {"a": 1.0, "b": 0.5}
    space = Space.of(figures, choose(weights))
    told = ranked(space)
    for area_id, found in told.items():
        assert area_id not in [one for one, _ in found]
        assert [d for _, d in found] == pytest.approx(sorted(d for _, d in found), abs=1e-9)
    shuffled = list(figures.items())
    order.shuffle(shuffled)
    assert ranked(Space.of(dict(shuffled), choose(weights))) == told
    assert ranked(Space.of(figures, choose({k: w * times for k, w in weights.items()}))) == told
    assert ranked(Space.of(figures, choose({**weights, "c": 0.0}))) == told


def test_of_those_equally_far_the_first_by_name_is_nearest() -> None:
    figures = {name: {"a": x} for name, x in zip("dcba", (0.0, 1.0, 1.0, 2.0), strict=True)}
    space = Space.of(figures, choose({"a": 1.0}, tried=(Transformation.NONE,)))
    assert [one.area_id for one in space.nearest("d", 9)] == ["b", "c", "a"]
    assert [one.area_id for one in space.nearest("b", 9)] == ["c", "a", "d"]


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ({"kent": {"a": 1.0}}, {"kent": []}),  # one council has nobody near it
        ({"kent": {"a": 1.0}, "isles_of_scilly": {"a": 1.0}}, {"kent": []}),
        ({}, {}),
        ({"kent": {"a": 1.0}, "devon": {"a": 9.0}}, {"kent": ["devon"], "devon": ["kent"]}),
        ({"kent": {"a": 5.0}, "devon": {"a": 5.0}}, {"kent": ["devon"], "devon": ["kent"]}),
    ],
)
def test_few_councils(figures, found) -> None:
    space = Space.of(figures, choose({"a": 1.0}))
    assert {k: [n for n, _ in v] for k, v in ranked(space).items()} == found


def test_a_council_that_lacks_a_feature_is_told_with_all_others() -> None:
    figures = {"kent": {"a": 1.0, "b": math.nan}, "devon": {"b": 2.0}, "leeds": {"a": 1, "b": 1}}
    with pytest.raises(RegisterError) as told:
        Space.of(figures, choose({"a": 1.0, "b": 1.0, "c": 0.0}))
    assert told.value.problems == (
        "The open peer model: devon has no figure of a",
        "The open peer model: kent has no figure of b",
    )


# --- the lists ------------------------------------------------------------------------------------


def test_the_weights_are_those_of_the_published_method(choices) -> None:
    weights = list(choices.weights.values())
    assert (weights.count(1), weights.count(0.5), weights.count(0)) == (8, 7, 5)
    assert sum(choices.counting.values()) == 11.5
    assert set(choices.weights) >= {"aged_15_over_people", "residents_people", "sea_distance_km"}


def test_which_boundaries_serve_which_areas(features, choices) -> None:
    rows = lists(spaces(features, choices), choices.number_of_peers)
    by_area = {row.area_id: row.boundaries for row in rows}
    assert len(by_area) == 152
    assert {area_id for area_id, year in by_area.items() if year == 2022} == {"cumbria"}
    assert {"cumberland", "westmorland_and_furness", "somerset", "north_yorkshire"} <= set(by_area)
    owners = [row.area_id for row in rows]
    assert {owners.count(one) for one in by_area} == {15}
    assert not {"city_of_london", "isles_of_scilly"} & {row.peer_id for row in rows}


def test_how_much_the_lists_share_with_cipfa_s(registers: Registers) -> None:
    """About 8 of 15, from 2 to 13: which model is used matters."""
    models, latest = registers.peers, FinancialYear.parse("2024-25")
    shared = []
    for council in registers.councils:
        year = latest if council.goes_on else council.spans[-1].last_year
        lists = [models.group(model, council, year).members for model in ("open", "cipfa")]
        if all(lists):
            shared.append(len(set(lists[0]) & set(lists[1])))
    assert len(shared) == 150
    assert (min(shared), statistics.median(shared), max(shared)) == (2, 8, 13)
    assert statistics.mean(shared) == pytest.approx(8.4, abs=0.05)


@pytest.mark.slow
def test_the_embedded_lists_are_recomputed_byte_for_byte(root) -> None:
    from bench.peer_model import lists as peer_lists

    text = peer_lists.text(peer_lists.features(), peer_lists.choices_of())
    assert text.encode() == (root / "data/reference/peers/open.csv").read_bytes()


# --- params/peers.yaml ----------------------------------------------------------------------------


def test_everything_wrong_with_the_weights_is_told_at_once(features, tmp_path) -> None:
    path = tmp_path / "weights.yaml"
    path.write_text(
        "number_of_peers: 0\ntransformations: [logg]\n"
        "weights: {student_pct: 1, white_pct: -1, mixed_pct: much, home_owners_pct: .nan}\nsize: 2\n"
    )
    with pytest.raises(RegisterError) as refused:
        read_choices(path, features.register)
    for part in (
        "weights > student_pct: no such feature; did you mean students_pct",
        "number_of_peers", "transformations > 0", "weights > white_pct", "weights > mixed_pct",
        "weights > home_owners_pct", "size: Extra inputs",
    ):  # fmt: skip
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("weights: {students_pct: 0}", "at least one weight must be above 0"),
        ("weights: {}", "at least one weight must be above 0"),
        ("weights: {students_pct: 1}\ntransformations: [log]", "none must be among them"),
        ("weights: {zebra: 1}", "zebra: no such feature; residents_people, "),
        ("weights: [1]", "weights: "),
        ("- 1", "the file: "),
    ],
)
def test_each_fault_of_the_weights(features, tmp_path, text: str, part: str) -> None:
    path = tmp_path / "weights.yaml"
    rest = "number_of_peers: 15\n" if text[0] == "w" else ""
    path.write_text(
        rest + ("" if "transf" in text else "transformations: [none]\n") * bool(rest) + text
    )
    with pytest.raises(RegisterError) as refused:
        read_choices(path, features.register)
    assert part in str(refused.value)


# --- census_features.csv --------------------------------------------------------------------------


def test_everything_wrong_with_the_figures_is_told_at_once(reference, registers, tmp_path) -> None:
    lines = (reference / "census_features.csv").read_text().splitlines()
    cells = lines[1].split(",")
    bad = [
        ",".join(["2030", *cells[1:]]),
        ",".join(["2022", "atlantis", "", *cells[3:]]),
        ",".join([*cells[:2], "-4", "nan", *cells[4:]]),
        ",".join([*cells[:2], "4", "x", *cells[4:]]),
    ]
    path = tmp_path / "figures.csv"
    path.write_text("\n".join([lines[0], *bad]) + "\n")
    with pytest.raises(RegisterError) as refused:
        Features.read(reference, registers.councils, figures=path)
    for part in (
        "line 2: no file of the boundaries '2030'",
        "line 3: no council 'atlantis'",
        "line 3 residents_people: found '', expected a number from 0",
        "line 4 residents_people: found '-4'",
        "line 4 aged_15_over_people: found 'nan'",
        "line 5: 2022 barking_and_dagenham stands in more than one line",
    ):
        assert part in str(refused.value)


@pytest.mark.slow
def test_scipy_is_not_on_the_way_of_a_table() -> None:
    import subprocess
    import sys

    code = "import sys, bench.pages.council.report as b; b.briefing('Somerset', '2018-19', peers='open').text(); "
    code += "print([m for m in sys.modules if m.startswith('scipy.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
