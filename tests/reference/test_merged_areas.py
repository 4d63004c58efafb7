"""Areas made of councils: the register as it stands, and what no file may say."""

import pytest

from bench.errors import ParameterError, RegisterError, UnknownNameError
from bench.reference import FinancialYear, merged_areas


@pytest.fixture(scope="module")
def councils(root):
    from bench.published import sources

    return sources.reference(root).councils


@pytest.fixture(scope="module")
def register(root, councils):
    return merged_areas.read(root / "data" / "reference", root / "no_such_folder", councils)


@pytest.mark.parametrize(
    ("name", "year", "ids"),
    [
        ("Former Cumbria", "2023-24", ["cumberland", "westmorland_and_furness"]),
        (
            "former_northamptonshire",
            "2021-22",
            ["north_northamptonshire", "west_northamptonshire"],
        ),
        ("whole of dorset", "2018-19", ["bournemouth", "poole", "dorset_county"]),
        ("whole_dorset", "2019-20", ["bournemouth_christchurch_poole", "dorset"]),
    ],
)
def test_an_area_is_made_of_those_who_were_there(register, name, year, ids):
    area = merged_areas.find(register, name)
    assert [one.area_id for one in area.councils(FinancialYear.parse(year))] == ids


def test_a_year_without_its_councils_is_refused(register):
    area = merged_areas.find(register, "Former Cumbria")
    with pytest.raises(ParameterError, match="2022-23") as error:
        area.councils(FinancialYear.parse("2022-23"))
    assert "2023-24 and later" in str(error.value)


def test_an_unknown_area_names_the_nearest(register):
    with pytest.raises(UnknownNameError, match="did you mean Former Cumbria"):
        merged_areas.find(register, "Former Cumbra")


ONE = "name: Both\nmade_of:\n- councils: [Leeds, E08000032]\n"
FAULTS = {
    "no such council": (
        "name: Both\nmade_of:\n- councils:\n  - Leeds\n  - Leds\n",
        ["mine.yaml line 5", "'Leds'"],
    ),
    "the same council twice": (
        "name: Both\nmade_of:\n- councils: [Leeds,\n    E08000035]\n",
        ["mine.yaml line 4", "overlaps itself", "Leeds"],
    ),
    "years twice": (
        "name: Both\nmade_of:\n- councils: [Leeds, Bradford]\n  to: 2018-19\n"
        "- councils: [Leeds, Wakefield]\n  from: 2018-19\n",
        ["mine.yaml line 5", "overlaps itself"],
    ),
    "not yet": (
        "name: Both\nmade_of:\n- councils: [Leeds, Cumberland]\n  from: 2020-21\n",
        ["mine.yaml line 3", "Cumberland did not exist in 2020-21"],
    ),
    "no longer": (
        "name: Both\nmade_of:\n- councils: [Leeds, Cumbria]\n  to: 2023-24\n",
        ["mine.yaml line 3", "Cumbria did not exist in 2023-24"],
    ),
    "whole and part": (
        "name: Both\nmade_of:\n- councils: [Cumbria, Cumberland]\n  from: 2023-24\n",
        ["mine.yaml line 3", "Cumbria did not exist"],
    ),
    "open at an end": (
        "name: Both\nmade_of:\n- councils: [Leeds, Cumberland]\n",
        ["mine.yaml line 3", "Cumberland did not exist"],
    ),
    "a council's name": (
        ONE.replace("Both", "Cumbria County Council"),
        ["mine.yaml line 1", "named like the council Cumbria"],
    ),
    "a region's name": (
        ONE.replace("Both", "South West"),
        ["mine.yaml line 1", "named like the region"],
    ),
    "a district's name": (ONE.replace("Both", "Canterbury"), ["line 1", "like a district"]),
    "the register's name": (ONE.replace("Both", "Former Cumbria"), ["line 1", "areas.yaml line"]),
    "one council": ("name: Both\nmade_of:\n- councils: [Leeds]\n", ["line 3", "at least 2"]),
    "no year": (ONE + "  from: 2011\n", ["mine.yaml line 4", "'2011' is not a financial year"]),
    "years the wrong way": (
        ONE + "  from: 2019-20\n  to: 2014-15\n",
        ["mine.yaml line 5", "2014-15 is before 2019-20"],
    ),
    "a strange key": (ONE + "shares: [1, 2]\n", ["mine.yaml line 4", "shares"]),
    "a key twice": (ONE + "name: Two\n", ["mine.yaml line 4", "stands there already"]),
    "shares below 1": (
        "areas:\n  west:\n    name: West\n    made_of:\n    - parts: {Kent: 0.42}\n"
        "  east:\n    name: East\n    made_of:\n    - parts: {Kent: 0.57}\n",
        ["mine.yaml line 9", "the parts of Kent in mine.yaml add to 0.99, not to 1"],
    ),
    "one part alone": (
        "name: West\nmade_of:\n- councils: [Medway]\n  parts: {Kent: 0.42}\n",
        ["mine.yaml line 4", "add to 0.42", "belong into the same file"],
    ),
    "shares of some years": (
        "areas:\n  west:\n    name: West\n    made_of:\n    - parts: {Kent: 0.4}\n"
        "  east:\n    name: East\n    made_of:\n    - parts: {Kent: 0.6}\n      from: 2016-17\n",
        ["mine.yaml line 5", "add to 0.4, not to 1"],
    ),
    "a gap between shares": (
        "areas:\n  west:\n    name: West\n    made_of:\n    - parts: {Kent: 0.4}\n"
        "  east:\n    name: East\n    made_of:\n    - parts: {Kent: 0.6}\n      to: 2015-16\n"
        "    - parts: {Kent: 0.6}\n      from: 2017-18\n",
        ["mine.yaml line 5", "add to 0.4 in 2016-17, not to 1"],
    ),
    "a whole share": ("name: W\nmade_of:\n- parts: {Kent: 1}\n", ["line 3", "less than 1"]),
    "a share below 0": ("name: W\nmade_of:\n- parts: {Kent: -0.1}\n", ["line 3", "than 0"]),
    "a share that is no number": ("name: W\nmade_of:\n- parts: {Kent: half}\n", ["line 3", "half"]),
    "a share of nobody": (
        "name: W\nmade_of:\n- parts: {Kant: 0.5, Kent: 0.5}\n",
        ["line 3", "'Kant'"],
    ),
    "a part of what ended": (
        "name: W\nmade_of:\n- parts: {Cumbria: 0.5}\n  from: 2023-24\n",
        ["line 3", "Cumbria did not exist"],
    ),
    "whole and in part": (
        "name: W\nmade_of:\n- councils: [Kent, Medway]\n  parts: {Kent: 0.5}\n",
        ["mine.yaml line 4", "overlaps itself: Kent stands there twice"],
    ),
    "stands for nobody": (ONE + "stands_for: Cumbia\n", ["line 4", "'Cumbia'"]),
    "stands for one that is there": (ONE + "stands_for: Kent\n", ["line 4", "Kent has not ended"]),
    "stands for other ground": (
        "name: Both\nmade_of:\n- councils: [Bournemouth Christchurch and Poole, Dorset]\n"
        "  from: 2019-20\nstands_for: dorset_county\n",
        ["line 5", "'Both' is not the ground of Dorset", "which went to Bournemouth"],
    ),
    "an object": ("!!python/object:os.system {}\n", ["mine.yaml"]),
    "no YAML": ("name: [\n", ["mine.yaml", "not valid YAML"]),
    "empty": ("", ["mine.yaml", "empty"]),
    "a number for a name": (ONE.replace("Both", "'!'"), ["line 1", "no name"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, root, councils, fault):
    text, said = FAULTS[fault]
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError) as error:
        merged_areas.read(root / "data" / "reference", tmp_path, councils)
    for words in said:
        assert words in str(error.value)


def test_all_faults_of_all_files_are_told_at_once(tmp_path, root, councils):
    for name in ("no such council", "not yet"):
        path = tmp_path / f"{name.replace(' ', '_')}.yaml"
        path.write_text(FAULTS[name][0], encoding="utf-8")
    (tmp_path / "Not A Name.yaml").write_text(ONE, encoding="utf-8")
    (tmp_path / "leeds.yaml").write_text(ONE, encoding="utf-8")
    with pytest.raises(RegisterError) as error:
        merged_areas.read(root / "data" / "reference", tmp_path, councils)
    said = str(error.value)
    for words in ("'Leds'", "Cumberland did not", "Not A Name.yaml", "leeds.yaml line 1"):
        assert words in said


def test_a_readers_own_area_stands_beside_the_registers(tmp_path, root, councils, register):
    (tmp_path / "both.yaml").write_text(ONE, encoding="utf-8")
    areas = merged_areas.read(root / "data" / "reference", tmp_path, councils)
    assert [*areas] == [*register, "both"]
    year = FinancialYear.parse("2018-19")
    assert [one.name for one in areas["both"].councils(year)] == ["Leeds", "Bradford"]


def test_parts_of_a_council_that_add_up_are_taken(tmp_path, root, councils):
    (tmp_path / "kent.yaml").write_text(
        "areas:\n  west:\n    name: West of it\n    made_of:\n"
        "    - councils: [Medway]\n      parts: {Kent: 0.1}\n      to: 2018-19\n"
        "    - councils: [Medway]\n      parts: {Kent: 0.3}\n      from: 2019-20\n"
        "  rest_of_it:\n    name: East of it\n    made_of:\n    - parts: {Kent: 0.9}\n      to: 2018-19\n"
        "    - parts: {Kent: 0.7}\n      from: 2019-20\n",
        encoding="utf-8",
    )
    areas = merged_areas.read(root / "data" / "reference", tmp_path, councils)
    west = areas["west"]
    year = FinancialYear.parse("2024-25")
    assert west.mark(year) == "made of Medway and a part of Kent (0.3 of its people)"
    assert float(west.span(year).shares["kent"]) == 0.3
    assert [one.name for one in areas["rest_of_it"].councils(year)] == ["Kent"]


@pytest.mark.parametrize(("name", "ended"), [
    ("former_cumbria", "cumbria"), ("former_northamptonshire", "northamptonshire"),
    ("whole_dorset", None), ("bournemouth_and_poole", None),
])  # fmt: skip
def test_an_area_stands_for_the_council_that_had_exactly_its_ground(register, name, ended):
    area = register[name]
    assert (area.stands_for and area.stands_for.area_id) == ended
