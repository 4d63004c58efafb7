from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from bench.errors import ParameterError, RegisterError, UnknownNameError
from bench.project.files import read_rows
from bench.reference import FinancialYear, Registers
from bench.reference.areas import folded
from bench.reference.councils import ALIAS_COLUMNS, COUNCIL_COLUMNS, Councils

if TYPE_CHECKING:
    from pathlib import Path

year = FinancialYear.parse


@pytest.fixture
def councils(registers: Registers) -> Councils:
    return registers.councils


@pytest.mark.parametrize(
    ("period", "number"),
    [
        ("2008-09", 150),
        ("2009-10", 152),
        ("2014-15", 152),
        ("2015-16", 152),
        ("2016-17", 152),
        ("2017-18", 152),
        ("2018-19", 152),
        ("2019-20", 151),
        ("2020-21", 151),
        ("2021-22", 152),
        ("2022-23", 152),
        ("2023-24", 153),
        ("2024-25", 153),
        ("2025-26", 153),
    ],
)
def test_councils_in_a_year(councils: Councils, period: str, number: int) -> None:
    found = councils.in_year(year(period))
    assert len(found) == number
    assert [c.name for c in found] == sorted(c.name for c in found)
    assert len({c.code_in(year(period)) for c in found}) == number


def test_how_many_areas_reported_since_2014_15(councils: Councils) -> None:
    reported = {c.area_id for y in range(2014, 2025) for c in councils.in_year(FinancialYear(y))}
    assert len(reported) == 158
    assert {c.area_id for c in councils} - reported == {"bedfordshire", "cheshire"}


@pytest.mark.parametrize(
    ("area_id", "old", "new", "first"),
    [
        ("somerset", "E10000027", "E06000066", "2023-24"),
        ("north_yorkshire", "E10000023", "E06000065", "2023-24"),
        ("buckinghamshire", "E10000002", "E06000060", "2020-21"),
        ("barnsley", "E08000016", "E08000038", "2025-26"),
        ("sheffield", "E08000019", "E08000039", "2025-26"),
    ],
)
def test_a_new_code_is_the_same_area(
    councils: Councils, area_id: str, old: str, new: str, first: str
) -> None:
    council = councils[area_id]
    assert councils.find(old) is council
    assert councils.find(new) is council
    assert council.code_in(year(first)) == new
    assert council.code_in(year(first).shift(-1)) == old
    assert (council.successors, council.predecessors) == ((), ())


@pytest.mark.parametrize(
    ("ended", "last", "successors"),
    [
        ("cumbria", "2022-23", ("cumberland", "westmorland_and_furness")),
        ("northamptonshire", "2020-21", ("north_northamptonshire", "west_northamptonshire")),
        ("bournemouth", "2018-19", ("bournemouth_christchurch_poole",)),
        ("poole", "2018-19", ("bournemouth_christchurch_poole",)),
        ("dorset_county", "2018-19", ("bournemouth_christchurch_poole", "dorset")),
        ("bedfordshire", "2008-09", ("bedford", "central_bedfordshire")),
        ("cheshire", "2008-09", ("cheshire_east", "cheshire_west_and_chester")),
    ],
)
def test_mergers_and_splits(
    councils: Councils, ended: str, last: str, successors: tuple[str, ...]
) -> None:
    council = councils[ended]
    assert council.successors == successors
    assert council.exists(year(last))
    assert not council.exists(year(last).shift(1))
    for successor in successors:
        assert ended in councils[successor].predecessors
        assert councils[successor].exists(year(last).shift(1))
        assert not councils[successor].exists(year(last))


@pytest.mark.parametrize(
    ("area_id", "of_year", "kind", "publisher_kind"),
    [
        ("somerset", "2022-23", "shire", "shire"),
        ("somerset", "2023-24", "unitary", "shire"),
        ("somerset", "2024-25", "unitary", "shire"),
        ("north_yorkshire", "2022-23", "shire", "shire"),
        ("north_yorkshire", "2023-24", "unitary", "shire"),
        ("buckinghamshire", "2019-20", "shire", "shire"),
        ("buckinghamshire", "2020-21", "unitary", "unitary"),
        ("dorset_county", "2018-19", "shire", "shire"),
        ("dorset", "2019-20", "unitary", "unitary"),
        ("northamptonshire", "2020-21", "shire", "shire"),
        ("north_northamptonshire", "2021-22", "unitary", "unitary"),
        ("cumbria", "2022-23", "shire", "shire"),
        ("cumberland", "2023-24", "unitary", "unitary"),
        ("kent", "2024-25", "shire", "shire"),
        ("isles_of_scilly", "2024-25", "unitary", "unitary"),
        ("barnsley", "2024-25", "metropolitan", "metropolitan"),
        ("barnsley", "2025-26", "metropolitan", "metropolitan"),
        ("camden", "2018-19", "inner_london", "inner_london"),
    ],
)
def test_the_type_is_that_of_the_time(
    councils: Councils, area_id: str, of_year: str, kind: str, publisher_kind: str
) -> None:
    council = councils[area_id]
    assert council.type_in(year(of_year)) == kind
    assert council.publisher_type_in(year(of_year)) == publisher_kind


def test_every_type_is_that_of_the_code(councils: Councils) -> None:
    prefixes = {"E06": "unitary", "E08": "metropolitan", "E10": "shire", "E09": "london"}
    for council in councils:
        for span in council.spans:
            assert span.type.endswith(prefixes[span.ons_code[:3]]), council.area_id
    apart = {c.area_id for c in councils for s in c.spans if s.type != s.publisher_type}
    assert apart == {"somerset", "north_yorkshire"}


@pytest.mark.parametrize(
    ("indicator", "period", "attribute"),
    [
        ("care_home_admissions_65_over", "2017-18", "publisher_type_in"),
        ("care_home_admissions_65_over", "2020-21", "publisher_type_in"),
        ("care_home_admissions_65_over", "2024-25", "publisher_type_in"),
        # The one table that counts the two among the unitary authorities.
        ("safeguarding_risk_reduced", "2024-25", "type_in"),
    ],
)
def test_published_figures_of_a_type_are_of_the_publisher_s_groups(
    councils: Councils, indicator: str, period: str, attribute: str
) -> None:
    from bench.published import observations

    figures = observations.load(breakdown="all")
    rows = figures[(figures["indicator_id"] == indicator) & (figures["period"] == period)]
    people = dict(zip(rows["area_id"].astype(str), rows["denominator"], strict=True))
    total = sum(
        people.get(council.area_id, 0.0)
        for council in councils.in_year(year(period))
        if getattr(council, attribute)(year(period)) == "shire"
    )
    assert total == pytest.approx(people["type:shire"], abs=110)  # counts rounded to 5, 22 of them


def test_a_council_has_no_code_before_it_existed(councils: Councils) -> None:
    with pytest.raises(ParameterError, match="Cumberland did not exist in 2022-23"):
        councils["cumberland"].code_in(year("2022-23"))


@pytest.mark.parametrize(
    ("text", "area_id"),
    [
        ("somerset", "somerset"),
        ("Somerset County Council", "somerset"),
        ("e06000066", "somerset"),
        ("905", "somerset"),
        ("Bristol, City of", "bristol"),
        ("Bristol City Council", "bristol"),
        ("Herefordshire, County of", "herefordshire"),
        ("Kingston upon Hull, City of", "kingston_upon_hull"),
        ("hull", "kingston_upon_hull"),
        ("Durham County Council", "county_durham"),
        ("Telford", "telford_and_wrekin"),
        ("Telford & Wrekin Council", "telford_and_wrekin"),
        ("Medway Towns", "medway"),
        ("BCP", "bournemouth_christchurch_poole"),
        ("Bournemouth Christchurch & Poole", "bournemouth_christchurch_poole"),
        ("St. Helens", "st_helens"),
        ("Stockton on Tees", "stockton_on_tees"),
        ("Cumberland ", "cumberland"),
        ("London Borough of Barnet", "barnet"),
        ("Royal Borough of Kensington and Chelsea", "kensington_and_chelsea"),
        ("City of Bradford Metropolitan District Council", "bradford"),
        ("City of Westminster", "westminster"),
        ("City of London", "city_of_london"),
        ("City of London Council", "city_of_london"),
        ("Council of the Isles of Scilly", "isles_of_scilly"),
        ("Borough of Poole", "poole"),
        ("Dorset", "dorset"),
        ("Dorset County", "dorset_county"),
        ("Dorset County Council", "dorset_county"),
        ("E10000009", "dorset_county"),
        ("E06000048", "northumberland"),
        ("E08000020", "gateshead"),
        ("LB Barnet", "barnet"),
        ("Devon CC", "devon"),
        ("Leeds MBC", "leeds"),
        ("Durham County", "county_durham"),
        ("212 Leeds", "leeds"),
        ("211 - Leeds", "leeds"),
        ("Isle of Wight UA", "isle_of_wight"),
        ("Bristol City Council (UA)", "bristol"),
        ("Barnet [note 2]", "barnet"),
        ("Barnet(1)", "barnet"),
        ("Leeds\u00b9", "leeds"),
        ("Leeds *", "leeds"),
        ("Leeds (r)", "leeds"),
    ],
)
def test_found_by_whatever_it_is_called(councils: Councils, text: str, area_id: str) -> None:
    assert councils.find(text).area_id == area_id


@pytest.mark.parametrize(
    "text",
    [
        "Nottingham County Council",
        "Derbyshire City",
        "Leeds (target)",
        "Leeds Q1",
        "Leeds 65+",
        "Leeds 2",
    ],
)
def test_no_name_is_stretched_to_another_council(councils: Councils, text: str) -> None:
    assert councils.match(name=text) is None
    with pytest.raises(UnknownNameError):
        councils.find(text)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Sommerset", "Somerset"),
        ("Telfrod", "Telford and Wrekin"),
        ("Barnett", "Barnet"),
        ("Northamptonshir", "Northamptonshire"),
        ("England", "see `bench list councils`"),
        ("E", "see `bench list councils`"),
    ],
)
def test_near_misses(councils: Councils, text: str, suggestion: str) -> None:
    with pytest.raises(UnknownNameError) as told:
        councils.find(text)
    assert suggestion in str(told.value)
    assert told.value.exit_code == 3


def test_every_own_name_and_code_finds_its_council(councils: Councils) -> None:
    for council in councils:
        for text in (
            council.name,
            council.area_id,
            council.name.upper(),
            f"{council.name} Council",
        ):
            assert councils.find(text) is council, text
        for span in council.spans:
            assert councils.find(span.ons_code) is council


@pytest.mark.parametrize(
    ("ons_code", "cassr_code", "name", "area_id"),
    [
        ("E10000027", "905", "Somerset", "somerset"),
        ("E06000066", "905", "Somerset", "somerset"),
        ("E10000009", "809", "Dorset", "dorset_county"),
        ("E10000009", "809", "Dorset County", "dorset_county"),
        ("E06000059", "809", "Dorset", "dorset"),
        ("E06000063", "H6X4G", "Cumberland ", "cumberland"),
        ("", "", "Bath and North East Somerset UA", "bath_and_north_east_somerset"),
        ("", "", "102-Cumbria", "cumbria"),
        ("E92000001", "1001", "England", "england"),
        ("", "", "TOTAL England", "england"),
        ("E92000001", "England", "England", "england"),
        ("E12000006", "3001", "Eastern", "region:east_of_england"),
        ("E12000006", "E", "East of England", "region:east_of_england"),
        ("E12000003", "YH", "Yorkshire and the Humber", "region:yorkshire_and_the_humber"),
        ("E12000007", "L", "London", "region:london"),
        ("0", "S", "Shire Counties", "type:shire"),
        ("[z]", "U", "Unitary Authorities", "type:unitary"),
        ("-", "", "Unitary Authority", "type:unitary"),
        ("", "M", "Metropolitan District", "type:metropolitan"),
        ("", "I", "Inner London", "type:inner_london"),
        ("", "O", "Outer London", "type:outer_london"),
        ("[z]", "D", "District", "type:district"),
        ("[z]", "[z]", "Cornwall and Isles of Scilly", "joint:cornwall_scilly"),
        ("", "", "Note", None),
        ("", "", "", None),
        ("E07000042", "", "East Devon", None),
    ],
)
def test_what_a_printed_row_is_about(
    councils: Councils, ons_code: str, cassr_code: str, name: str, area_id: str | None
) -> None:
    assert councils.match(ons_code=ons_code, cassr_code=cassr_code, name=name) == area_id


@pytest.mark.parametrize(
    ("period", "area_id"),
    [("2009-10", "dorset_county"), ("2018-19", "dorset_county"), ("2019-20", "dorset")],
)
def test_a_shared_name_is_settled_by_the_year(
    councils: Councils, period: str, area_id: str
) -> None:
    assert councils.match(name="Dorset", year=year(period)) == area_id
    assert councils.match(name="Dorset", cassr_code="809", year=year(period)) == area_id


def test_a_row_that_contradicts_itself(councils: Councils) -> None:
    with pytest.raises(RegisterError, match="different areas"):
        councils.match(ons_code="E10000027", name="Devon")
    with pytest.raises(RegisterError, match="different areas"):
        councils.match(ons_code="E06000059", name="Dorset County")


def test_a_code_that_nobody_entered(councils: Councils) -> None:
    with pytest.raises(RegisterError, match="E06000099 of Somerset is not in the register"):
        councils.match(ons_code="E06000099", name="Somerset")


def test_no_alias_stands_for_two_areas(reference: Path) -> None:
    rows = read_rows(reference / "aliases.csv", ALIAS_COLUMNS)
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        key = folded(row["alias"]) if row["kind"].startswith("name") else row["alias"]
        owners[row["kind"], key].add(row["area_id"])
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("name", ["councils.csv", "aliases.csv"])
def test_every_row_has_a_source(reference: Path, name: str) -> None:
    columns = COUNCIL_COLUMNS if name == "councils.csv" else ALIAS_COLUMNS
    assert [r["line"] for r in read_rows(reference / name, columns) if not r["source"]] == []


def test_the_tiny_two(councils: Councils) -> None:
    assert {c.area_id for c in councils if c.tiny} == {"city_of_london", "isles_of_scilly"}


def test_a_register_tells_all_that_is_wrong_with_it(reference: Path, tmp_path: Path) -> None:
    good = (reference / "councils.csv").read_text(encoding="utf-8")
    bad = good.replace("county_durham,E06000047,116,County Durham,north_east", "x,E,1,X,nowhere")
    (tmp_path / "councils.csv").write_text(bad, encoding="utf-8")
    (tmp_path / "aliases.csv").write_text(
        "area_id,alias,kind,source\natlantis,Atlantis,name,Plato\nsomerset,S,nickname,Plato\n",
        encoding="utf-8",
    )
    with pytest.raises(RegisterError) as told:
        Councils.read(tmp_path)
    text = str(told.value)
    assert "'nowhere' is not a valid Region" in text
    assert "no area 'atlantis'" in text
    assert "no kind 'nickname'" in text
