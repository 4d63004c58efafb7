"""Every council and indicator of a year at once: the same as one council at a time."""

import pytest

import bench
from bench.errors import UnknownNameError


@pytest.fixture(scope="module")
def overview():
    return bench.overview("2018-19")


def test_it_holds_every_council_and_indicator_in_order(overview):
    frame = overview.frame()
    assert list(frame.columns) == [
        "council", "area_id", "region", "type", "indicator", "code", "short_title", "domain",
        "polarity", "value", "verdict_vs_peers", "verdict_vs_england", "rank",
        "certainty_vs_peers", "probability_vs_peers", "certainty_vs_england",
        "probability_vs_england",
    ]  # fmt: skip
    assert len(frame) == 152 * 29
    assert list(frame["code"][:4]) == ["1A", "1B", "1C(1A)", "1C(1B)"]
    assert list(frame["council"].unique()) == sorted(frame["council"].unique())
    assert (overview.year, overview.peers_title) == ("2018-19", "CIPFA nearest neighbours")


@pytest.mark.parametrize("council", ["Somerset", "City of London", "Bournemouth", "Kent"])
def test_it_agrees_with_the_council_s_own_page(overview, council):
    frame = overview.frame()
    sure = [
        f"{name}_vs_{whom}"
        for name in ("certainty", "probability")
        for whom in ("peers", "england")
    ]
    shared = ["indicator", "code", "value", "verdict_vs_peers", "verdict_vs_england", "rank", *sure]
    own = frame.loc[frame["council"] == council, shared].reset_index(drop=True)
    alone = bench.briefing(council, "2018-19").frame()[shared]
    for column in shared:
        assert own[column].astype(object).where(own[column].notna(), None).tolist() == (
            alone[column].astype(object).where(alone[column].notna(), None).tolist()
        )


def test_choices_reach_the_verdicts(overview):
    other = bench.overview("2018-19", peers="region", rule="quartile")
    assert other.peers_title == "councils in the same region"
    assert not other.frame()["verdict_vs_england"].equals(overview.frame()["verdict_vs_england"])
    with pytest.raises(UnknownNameError, match="Unknown peer model"):
        bench.overview("2018-19", peers="cipfaa")


def test_a_caller_cannot_change_what_the_next_one_gets(overview):
    frame = overview.frame()
    frame.loc[:, "value"] = 0.0
    assert overview.frame()["value"].max() > 0


def test_its_entries_are_those_of_a_site(overview):
    councils = {entry.identifier: entry for entry in overview.councils()}
    somerset = councils["somerset"]
    assert (somerset.name, somerset.region, somerset.type, somerset.href) == (
        "Somerset", "South West", "Shire county", "somerset.html",
    )  # fmt: skip
    assert somerset.counts_vs_peers.total == 29
    code, *_ = [e for e in overview.indicators() if e.identifier == "self_directed_support"]
    assert (code.code, code.href) == ("1C(1A)", "self_directed_support.html")
    assert any("2018-19" in source.title for source in overview.releases)


def test_asking_twice_works_as_the_first_time():
    assert bench.overview("2024-25").year == bench.overview("2024-25").year
    assert bench.indicator("6A", "2024-25").code == bench.indicator("6A", "2024-25").code


def test_places_lead_to_the_councils_that_have_a_page(overview):
    places = {entry.name: entry for entry in overview.places()}
    assert places["Canterbury"].links == (("Kent", "kent.html"),)
    assert places["Cumberland"].sentence == "Cumberland took over from Cumbria in April 2023."
    some = overview.places({"kent": "kent.html", "dorset_county": "dorset.html"}.get)
    assert len(some) == 12 + 1 + 6 + 2  # districts, Shepway, Dorset's districts, its successors
    (successor,) = (entry for entry in some if entry.name.startswith("Bournemouth"))
    assert successor.other_names == ("BCP",)
    assert successor.links == (
        ("Bournemouth", None),
        ("Dorset (to 2018-19)", "dorset.html"),
        ("Poole", None),
    )
    names = {entry.identifier: entry.other_names for entry in overview.councils()}
    assert names["kingston_upon_hull"][:2] == ("Hull", "Hull City Council")
    assert names["kent"] == ()
