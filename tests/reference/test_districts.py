"""Districts and former councils: complete, consistent, and leading to whoever is responsible."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import bench
from bench.errors import RegisterError, UnknownNameError
from bench.project.files import read_rows
from bench.reference import Councils, DistrictKind, FinancialYear
from bench.reference.areas import folded
from bench.reference.districts import PLACE_COLUMNS
from typed import TYPED, UNKNOWN

if TYPE_CHECKING:
    from pathlib import Path

    from bench.reference import Registers

# How many districts each of the 21 counties of two tiers has; 164 in all.
OF_TODAY = {
    "cambridgeshire": 5,
    "derbyshire": 8,
    "devon": 8,
    "east_sussex": 5,
    "essex": 12,
    "gloucestershire": 6,
    "hampshire": 11,
    "hertfordshire": 10,
    "kent": 12,
    "lancashire": 12,
    "leicestershire": 7,
    "lincolnshire": 7,
    "norfolk": 7,
    "nottinghamshire": 7,
    "oxfordshire": 5,
    "staffordshire": 8,
    "suffolk": 5,
    "surrey": 11,
    "warwickshire": 5,
    "west_sussex": 7,
    "worcestershire": 6,
}
# How many were abolished with their county; Bedford and the City of Durham are called as councils
# of today are, and so are no places of their own.
WITH_THEIR_COUNTY = {
    ("cumbria", "2022-23"): 6,
    ("north_yorkshire", "2022-23"): 7,
    ("somerset", "2022-23"): 4,
    ("northamptonshire", "2020-21"): 7,
    ("buckinghamshire", "2019-20"): 4,
    ("dorset_county", "2018-19"): 6,
    ("wiltshire", "2008-09"): 4,
    ("cornwall", "2008-09"): 6,
    ("county_durham", "2008-09"): 6,
    ("northumberland", "2008-09"): 6,
    ("shropshire", "2008-09"): 5,
    ("cheshire", "2008-09"): 6,
    ("bedfordshire", "2008-09"): 2,
}
MERGED = {("suffolk", "2018-19"): 4, ("somerset", "2018-19"): 2}
PLACE = "Canterbury,district,kent,kent,,,Public fact\n"


@pytest.fixture(scope="module")
def councils(registers: Registers) -> Councils:
    return registers.councils


def test_every_county_has_all_its_districts(councils: Councils) -> None:
    districts, former = DistrictKind.DISTRICT, DistrictKind.FORMER_DISTRICT
    today = Counter(d.county.area_id for d in councils.districts if d.kind is districts)
    ended = Counter(
        (d.county.area_id, str(d.last_year)) for d in councils.districts if d.kind is former
    )
    assert today == OF_TODAY
    assert sum(today.values()) == 164
    assert ended == WITH_THEIR_COUNTY | MERGED


def test_every_county_of_today_stands_in_the_register(councils: Councils) -> None:
    latest = FinancialYear.parse("2025-26")
    counties = {c.area_id for c in councils.in_year(latest) if c.type_in(latest) == "shire"}
    assert counties == OF_TODAY.keys()


@pytest.mark.parametrize("year", ["2008-09", "2018-19", "2019-20", "2022-23", "2024-25"])
def test_every_name_leads_to_councils_of_the_year(councils: Councils, year: str) -> None:
    asked = FinancialYear.parse(year)
    signposts = councils.signposts(asked)
    assert [s.name for s in signposts if not s.councils] == []
    assert all(council.exists(asked) for s in signposts for council in s.councils)
    absent = {c.name for c in councils if not c.exists(asked)}
    assert absent <= {s.name for s in signposts}
    keys = Counter(folded(s.name) for s in signposts)
    assert [key for key, count in keys.items() if count > 1] == []


def test_a_district_is_never_taken_for_another_council(councils: Councils) -> None:
    forms = ("{}", "{} Borough Council", "{} District Council", "{} City Council", "Borough of {}")
    for district in councils.districts:
        for form in (*forms, "City of {}", "{} District"):
            with pytest.raises(UnknownNameError) as refused:
                councils.find(form.format(district.name))
            assert refused.value.problems == (district.sentence(),)


def test_every_place_has_a_source(reference: Path) -> None:
    rows = read_rows(reference / "places.csv", PLACE_COLUMNS)
    assert {row["source"].split(",")[0] for row in rows} == {
        "Public fact of local government structure in England"
    }


@pytest.mark.parametrize(("typed", "year", "names", "words"), TYPED)
def test_what_is_typed_leads_to_a_council_or_says_whose_it_is(
    councils: Councils, typed: str, year: str, names: list[str], words: str
) -> None:
    asked = FinancialYear.parse(year)
    district = councils.districts.find(typed)
    if district is not None:
        assert words in district.sentence(asked)
        assert [council.name for council in district.responsible(asked)] == names
        with pytest.raises(UnknownNameError, match="district of") as refused:
            councils.find(typed)
        assert any(council.name in refused.value.mend for council in district.councils)
        return
    council = councils.find(typed)
    if council.exists(asked):
        assert ([council.name], "") == (names, words)
    else:
        (signpost,) = (s for s in councils.signposts(asked) if s.name == council.name)
        assert words in signpost.sentence
        assert [other.name for other in signpost.councils] == names


@pytest.mark.parametrize("typed", UNKNOWN)
def test_what_is_no_place_of_the_register_is_unknown(councils: Councils, typed: str) -> None:
    with pytest.raises(UnknownNameError, match="Unknown council"):
        councils.find(typed)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("Allerdale", "Cumberland; for years to 2022-23, Cumbria."),
        ("Wycombe", "Buckinghamshire."),
        ("Cantebury", "did you mean Bury or Kent (for Canterbury)?"),
    ],
)
def test_a_place_says_what_to_ask_for_instead(councils: Councils, typed: str, advice: str) -> None:
    with pytest.raises(UnknownNameError) as refused:
        councils.find(typed)
    assert refused.value.mend == advice


@pytest.mark.parametrize("peers", ["Canterbury", "Canterbury;York"])
def test_a_district_as_peer_says_whose_it_is(peers: str) -> None:
    with pytest.raises(UnknownNameError, match="Canterbury is a district of Kent"):
        bench.briefing("Leeds", "2018-19", peers=peers)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Canterbury,district,kent,atlantis,,,Fact", "no council 'atlantis'"),
        ("Canterbury,parish,kent,kent,,,Fact", "'parish' is not a valid DistrictKind"),
        ("Canterbury,district,kent,kent,soon,,Fact", "'soon' is not a financial year"),
        ("Canterbury,district,kent,kent,,,", "has a name and a source"),
        ("Canterbury,district,kent,,,,Fact", "no council is responsible"),
        ("Canterbury,district,kent,kent,,2018-19,Fact", "a district that ended"),
        ("Canterbury,former_district,kent,kent,,,Fact", "a former_district that goes on"),
        ("Canterbury,former_district,kent,kent,2019-20,2018-19,Fact", "before it began"),
        ("Canterbury,district,kent,kent;medway,,,Fact", "Medway did not take over from Kent"),
        ("Copeland,former_district,cumbria,cumbria,,2022-23,Fact", "Cumbria is no more"),
        ("Copeland,former_district,cumbria,cumberland,,2023-24,Fact", "no Cumbria in 2023-24"),
        ("Leeds City Council,district,kent,kent,,,Fact", "is what a council or region is called"),
        (f"{PLACE}CANTERBURY,district,kent,kent,,,Fact", "is the place of line 2"),
    ],
)
def test_a_register_of_places_says_what_is_wrong_with_it(
    reference: Path, tmp_path: Path, row: str, problem: str
) -> None:
    for name in ("councils.csv", "aliases.csv"):
        shutil.copy(reference / name, tmp_path)
    text = f"{','.join(PLACE_COLUMNS)}\n{row}\n"
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError) as refused:
        Councils.read(tmp_path)
    assert problem in str(refused.value)
