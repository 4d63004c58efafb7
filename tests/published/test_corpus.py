"""Every published file, read with nothing lost. Needs the publisher's files."""

import csv
import io
import re

import pandas as pd
import pytest
import python_calamine

from bench.project.transaction import accept
from bench.published import build, corrections, layouts, sources

pytestmark = pytest.mark.corpus

# Printed outcome cells, counted in the files by other means.
PRINTED = {
    "ascof_2014_15": 17_010,
    "ascof_2015_16": 13_360,
    "ascof_2016_17": 16_700,
    "ascof_2017_18": 13_694,
    "ascof_2018_19": 17_868,
    "ascof_2019_20": 3_941,
    "ascof_2020_21": 13_114,
    "ascof_2021_22": 4_310,
    "ascof_2022_23": 3_489,
    "ascof_2023_24": 3_667,
    "ascof_2024_25": 24_744,
}
# Cells such as "8.2 (8.1)" hold a second figure, on the population eligible before.
BRACKETED = {"ascof_2024_25": 830}


@pytest.fixture(scope="module")
def built(raw):
    """What the reader makes of each file today, not what is committed."""
    root = sources.project_root()
    registers = sources.reference()
    layout_of = layouts.read(root / "data" / "reference")
    releases = sources.manifest(root).releases
    contents = sources.open_verified(releases, raw)
    return {
        release.id: build.tidy(
            contents[release.file],
            release,
            layout=layout_of[release.layout],
            registers=registers,
            patches=corrections.read(root / "data" / "reference"),
        )
        for release in releases
    }


@pytest.mark.parametrize(("release", "printed"), PRINTED.items())
def test_every_printed_outcome_is_an_observation(built, release, printed):
    figures = built[release]
    bracketed = figures["breakdown"] == "original_eligible"
    assert bracketed.sum() == BRACKETED.get(release, 0)
    assert (~bracketed).sum() == printed


def test_the_committed_data_is_what_the_files_give(built, root):
    for release, figures in built.items():
        committed = pd.read_parquet(root / "data" / "published" / f"{release}.parquet")
        pd.testing.assert_frame_equal(figures, committed, check_dtype=False)


CSV_RELEASES = [release for release in PRINTED if release < "ascof_2019"]


@pytest.mark.parametrize("release", CSV_RELEASES)
def test_england_and_regions_are_kept_as_published(built, raw, release):
    """Compared with the file itself, read here in the plainest way."""
    path = next(raw.rglob(sources.manifest()[release].file))
    text = path.read_bytes().decode("cp1252")
    printed = {}
    for row in csv.reader(io.StringIO(text)):
        code = next((cell for cell in row[:4] if re.fullmatch(r"E(12|92)\d{6}", cell)), None)
        if code and row[-3].strip() and row[-4].lower() == "outcome":
            printed.setdefault(code, []).append(float(row[-3]))
    figures = built[release]
    assert len(printed) == 10
    for code, values in printed.items():
        kept = figures.loc[(figures["area_code"] == code) & figures["value"].notna(), "value"]
        assert sorted(kept) == sorted(values)


def test_england_and_regions_of_the_time_series_are_kept_as_published(built, raw):
    path = next(raw.rglob(sources.manifest()["ascof_2024_25"].file))
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    printed = {}
    for sheet in (name for name in workbook.sheet_names if name.startswith("Table_")):
        rows = workbook.get_sheet_by_name(sheet).to_python()
        header = next(row for row in rows if "ONS area code" in row)
        outcomes = [i for i, name in enumerate(header) if str(name).endswith("outcome")]
        for row in rows:
            if re.fullmatch(r"E(12|92)\d{6}", str(row[2])):
                for column in outcomes:
                    official = str(row[column]).split(" (")[0]
                    if not official.startswith("["):
                        printed.setdefault(row[2], []).append(round(float(official), 3))
    figures = built["ascof_2024_25"]
    official = figures[(figures["breakdown"] != "original_eligible") & figures["value"].notna()]
    assert len(printed) == 10
    for code, values in printed.items():
        assert sorted(official.loc[official["area_code"] == code, "value"]) == sorted(values)


def test_a_build_twice_is_byte_equal_and_is_what_is_committed(raw, root, tmp_path):
    for name in ("data/sources.yaml", "params/rag.yaml", "data/reference"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(root / name)
    accept(tmp_path / "data")
    build.build(raw, root=tmp_path)
    first = {p.name: p.read_bytes() for p in (tmp_path / "data/published").iterdir()}
    build.build(raw, root=tmp_path)
    second = {p.name: p.read_bytes() for p in (tmp_path / "data/published").iterdir()}
    assert first == second
    assert first == {p.name: p.read_bytes() for p in (root / "data/published").glob("*.parquet")}
