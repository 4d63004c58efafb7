from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.errors import RegisterError, UnknownNameError
from bench.project.files import read_rows
from bench.reference import FinancialYear, PeerModels, Registers
from bench.reference.peers import PEER_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

year = FinancialYear.parse


def missing(registers: Registers, council: str, period: str) -> list[str]:
    group = registers.peers.group("cipfa", registers.councils[council], year(period))
    return [peer.area_id for peer in group.members if not peer.exists]


def test_there_are_150_lists_of_15(registers: Registers, reference: Path) -> None:
    rows = read_rows(reference / "peers" / "cipfa.csv", PEER_COLUMNS)
    owners = [row["area_id"] for row in rows]
    assert len(set(owners)) == 150
    assert {owners.count(owner) for owner in owners} == {15}
    assert rows == sorted(rows, key=lambda row: (row["area_id"], row["peer_id"]))


@pytest.mark.parametrize(
    ("council", "period", "total"),
    [
        ("somerset", "2014-15", 15),
        ("somerset", "2024-25", 15),
        ("north_yorkshire", "2024-25", 15),
        ("buckinghamshire", "2014-15", 15),
        ("cumbria", "2022-23", 15),
        ("north_northamptonshire", "2024-25", 15),
        ("west_northamptonshire", "2024-25", 15),
        ("bournemouth_christchurch_poole", "2024-25", 15),
        ("dorset", "2024-25", 15),
        ("cumberland", "2024-25", 0),
        ("westmorland_and_furness", "2024-25", 0),
        ("bournemouth", "2018-19", 0),
        ("poole", "2018-19", 0),
        ("dorset_county", "2018-19", 0),
        ("northamptonshire", "2020-21", 0),
        ("city_of_london", "2024-25", 0),
        ("isles_of_scilly", "2024-25", 0),
    ],
)
def test_who_has_a_cipfa_list(registers: Registers, council: str, period: str, total: int) -> None:
    group = registers.peers.group("cipfa", registers.councils[council], year(period))
    assert group.total == total
    assert bool(group.reason) == (total == 0)
    if total == 0:
        assert registers.councils[council].name in group.reason


def test_somerset_keeps_its_list_and_loses_cumbria(registers: Registers) -> None:
    assert missing(registers, "somerset", "2022-23") == []
    assert missing(registers, "somerset", "2023-24") == ["cumbria"]


@pytest.mark.parametrize(
    ("member", "period", "exists"),
    [
        ("bournemouth_christchurch_poole", "2018-19", False),
        ("bournemouth_christchurch_poole", "2019-20", True),
        ("dorset", "2018-19", False),
        ("north_northamptonshire", "2020-21", False),
        ("west_northamptonshire", "2021-22", True),
        ("cumbria", "2022-23", True),
        ("cumbria", "2023-24", False),
        ("buckinghamshire", "2014-15", True),
        ("somerset", "2023-24", True),
        ("north_yorkshire", "2023-24", True),
    ],
)
def test_a_member_that_did_not_exist_is_named(
    registers: Registers, reference: Path, member: str, period: str, exists: bool
) -> None:
    rows = read_rows(reference / "peers" / "cipfa.csv", PEER_COLUMNS)
    owners = [row["area_id"] for row in rows if row["peer_id"] == member]
    assert owners
    for owner in owners:
        group = registers.peers.group("cipfa", registers.councils[owner], year(period))
        assert group.total == 15
        assert [p.exists for p in group.members if p.area_id == member] == [exists]


@pytest.mark.parametrize(
    ("model", "council", "period", "total"),
    [
        ("england", "somerset", "2024-25", 150),
        ("england", "somerset", "2019-20", 148),
        ("england", "isles_of_scilly", "2024-25", 151),
        ("region", "somerset", "2024-25", 13),
        ("region", "barnet", "2024-25", 31),
        ("type", "somerset", "2022-23", 23),
        ("type", "somerset", "2024-25", 61),
        ("type", "kent", "2024-25", 20),
        ("type", "barnet", "2024-25", 19),
    ],
)
def test_models_made_from_the_register(
    registers: Registers, model: str, council: str, period: str, total: int
) -> None:
    group = registers.peers.group(model, registers.councils[council], year(period))
    assert group.total == total
    assert all(peer.exists for peer in group.members)


@pytest.mark.parametrize(
    ("period", "title", "others"),
    [
        ("2022-23", "shire counties", {"north_yorkshire", "kent"}),
        ("2023-24", "unitary authorities", {"north_yorkshire", "buckinghamshire", "cumberland"}),
    ],
)
def test_peers_by_type_are_of_the_kind_that_a_council_is(
    registers: Registers, period: str, title: str, others: set[str]
) -> None:
    group = registers.peers.group("type", registers.councils["somerset"], year(period))
    assert group.title == title
    assert others <= {peer.area_id for peer in group.members}
    kinds = {registers.councils[p.area_id].type_in(year(period)) for p in group.members}
    assert kinds == {registers.councils["somerset"].type_in(year(period))}


@pytest.mark.parametrize("model", ["cipfa", "open", "region", "type", "england"])
@pytest.mark.parametrize("period", ["2014-15", "2019-20", "2024-25"])
def test_nobody_is_its_own_peer_and_the_tiny_two_are_nobodys(
    registers: Registers, model: str, period: str
) -> None:
    assert model in registers.peers.names()
    for council in registers.councils.in_year(year(period)):
        group = registers.peers.group(model, council, year(period))
        ids = [peer.area_id for peer in group.members]
        assert council.area_id not in ids
        assert not any(registers.councils[area_id].tiny for area_id in ids)
        assert len(set(ids)) == len(ids)
        assert [p.name for p in group.members] == sorted(p.name for p in group.members)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Devon", ["devon"]),
        ("Devon; E10000006 ;city of london", ["city_of_london", "cumbria", "devon"]),
        ("Wiltshire;Devon", ["devon", "wiltshire"]),
        ("Devon;Wiltshire;devon;", ["devon", "wiltshire"]),
        ("Somerset;Devon", ["devon"]),
        ("Somerset", []),
    ],
)
def test_a_list_of_ones_own(registers: Registers, text: str, ids: list[str]) -> None:
    group = registers.peers.group(text, registers.councils["somerset"], year("2018-19"))
    assert group.model == "own"
    assert [peer.area_id for peer in group.members] == ids
    assert bool(group.reason) == (not ids)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cipfaa", "Unknown peer model 'cipfaa'.\nTry: did you mean cipfa?"),
        ("nobody", "one of cipfa, open, region, type, england"),
        ("Devon;Wiltshir", "Unknown council 'Wiltshir'.\nTry: did you mean Wiltshire"),
    ],
)
def test_an_unknown_model(registers: Registers, text: str, told: str) -> None:
    with pytest.raises(UnknownNameError) as error:
        registers.peers.group(text, registers.councils["somerset"], year("2018-19"))
    assert told in str(error.value)


def test_another_list_is_a_model_too(registers: Registers, tmp_path: Path) -> None:
    peers = tmp_path / "peers"
    peers.mkdir()
    (peers / "coast.csv").write_text("area_id,peer_id\ndevon,cornwall\ndevon,kent\n")
    (peers / "sources.yaml").write_text(
        "coast: {title: By the sea, publisher: A group, published: 2025, licence: OGL, "
        "boundaries: '2023'}\n"
    )
    models = PeerModels.read(tmp_path, registers.councils)
    assert models.names() == ("coast", "region", "type", "england")
    group = models.group("coast", registers.councils["devon"], year("2024-25"))
    assert (group.title, [p.name for p in group.members]) == ("By the sea", ["Cornwall", "Kent"])


def test_a_ranked_list_says_who_is_nearest(registers: Registers, tmp_path: Path) -> None:
    peers = tmp_path / "peers"
    peers.mkdir()
    header = "area_id,peer_id,rank,distance,boundaries\n"
    # Ten is after two, and the order of the lines does not matter.
    rows = "devon,kent,10,0.9,2023\ndevon,cornwall,2,0.2,2023\ndevon,dorset,1,0.1,2023\n"
    (peers / "near.csv").write_text(header + rows)
    (peers / "sources.yaml").write_text(
        "near: {title: Near, publisher: A group, published: 2025, licence: OGL, "
        "boundaries: '2023', ranked: true}\n"
    )
    models, devon = PeerModels.read(tmp_path, registers.councils), registers.councils["devon"]
    group = models.group("near", devon, year("2024-25"))
    assert models.nearness(group) == {"dorset": 0, "cornwall": 1, "kent": 2}
    assert [peer.name for peer in group.members] == ["Cornwall", "Dorset", "Kent"]
    for model in ("region", "type", "england", "Kent; Dorset"):
        assert models.nearness(models.group(model, devon, year("2024-25"))) == {}
    assert registers.peers.nearness(registers.peers.group("cipfa", devon, year("2024-25"))) == {}
    (peers / "near.csv").write_text(header + "devon,kent,first,0.9,2023\n")
    with pytest.raises(RegisterError, match="line 2: the rank 'first' is no whole number"):
        PeerModels.read(tmp_path, registers.councils)


def test_a_bad_list_tells_all_that_is_wrong_with_it(registers: Registers, tmp_path: Path) -> None:
    peers = tmp_path / "peers"
    peers.mkdir()
    (peers / "coast.csv").write_text("area_id,peer_id\ndevon,atlantis\nkent,kent\n")
    (peers / "region.csv").write_text("area_id,peer_id\n")
    (peers / "sources.yaml").write_text("hills: {title: Hills}\n")
    with pytest.raises(RegisterError) as told:
        PeerModels.read(tmp_path, registers.councils)
    for words in (
        "no council 'atlantis'",
        "its own peer",
        "built-in",
        "no entry coast",
        "publisher",
    ):
        assert words in str(told.value)
