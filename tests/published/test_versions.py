"""The table as it stood after each release, and the figures that a later release revised."""

import pytest

import bench
from bench.errors import UnknownNameError
from bench.published import observations, sources

SDS, CARERS = "self_directed_support", "carers_finding_information"
ADJUSTED = "adjusted_social_care_quality_of_life"
RELEASES = [release.id for release in sources.manifest().releases]

ENGLAND = [83.7, 86.9, 89.4, 89.7, 89.0, 91.9, 92.2, 94.5, 93.5, 92.2, 82.4]
SOMERSET = [23.8, 39.1, 50.8, 58.7, 91.5, 80.5, 68.7, 96.5, 97.6, 97.9, 98.3]


def value(figures, indicator_id, area_id, period):
    row = figures[
        (figures["indicator_id"] == indicator_id)
        & (figures["area_id"] == area_id)
        & (figures["period"] == period)
        & (figures["breakdown"] == "all")
    ]
    return None if row.empty else (row["value"].item(), row["maturity"].item())


@pytest.mark.parametrize("release", RELEASES)
def test_the_table_after_each_release_holds_it_and_none_later(release):
    figures = bench.observations(as_of=release)
    assert set(figures["release_id"]) <= set(RELEASES[: RELEASES.index(release) + 1])
    assert release in set(figures["release_id"])
    assert not figures.duplicated(observations.KEY).any()


@pytest.mark.parametrize(
    ("release", "years"),
    [
        ("ascof_2014_15", 1),
        ("ascof_2018_19", 5),
        ("ascof_2020_21", 7),
        ("ascof_2023_24", 10),
        ("ascof_2024_25", 11),
    ],
)
@pytest.mark.parametrize(("area_id", "printed"), [("england", ENGLAND), ("somerset", SOMERSET)])
def test_a_series_grows_with_each_release(release, years, area_id, printed):
    figures = observations.load(as_of=release, breakdown="all")
    own = figures[(figures["indicator_id"] == SDS) & (figures["area_id"] == area_id)]
    assert own["value"].tolist() == printed[:years]


@pytest.mark.parametrize(
    ("indicator_id", "area_id", "period", "before", "after"),
    [
        (ADJUSTED, "england", "2016-17", 0.403, 0.404),
        (ADJUSTED, "somerset", "2016-17", 0.390, 0.392),
        (CARERS, "england", "2018-19", 62.3, 62.5),
        (CARERS, "region:east_midlands", "2018-19", 61.3, 61.6),
    ],
)
def test_a_revised_figure(indicator_id, area_id, period, before, after):
    for release in ("ascof_2018_19", "ascof_2023_24"):
        stood = observations.load(as_of=release, breakdown="all")
        assert value(stood, indicator_id, area_id, period) == (before, "final")
    assert value(observations.load(breakdown="all"), indicator_id, area_id, period) == (
        after,
        "revised",
    )


def test_only_what_was_printed_otherwise_is_revised():
    figures = observations.load()
    revised = figures[figures["maturity"] == "revised"]
    counts = revised.groupby(["indicator_id", "period"], observed=True).size()
    assert counts.to_dict() == {
        (ADJUSTED, "2016-17"): 143,
        (CARERS, "2018-19"): 13,
        ("care_home_admissions_18_64", "2018-19"): 3,
        ("care_home_admissions_65_over", "2018-19"): 56,
        ("delayed_transfers", "2018-19"): 3,
        ("delayed_transfers_joint", "2018-19"): 1,
        ("delayed_transfers_social_care", "2018-19"): 2,
    }
    councils = revised["area_id"].isin([c.area_id for c in sources.reference().councils])
    assert (revised[councils]["indicator_id"] == ADJUSTED).sum() == 128
    assert (revised[councils]["period"] == "2018-19").sum() == 49
    before = observations.superseded(observations.history())
    assert len(before) == 221
    assert set(before["release_id"]) == {"ascof_2016_17", "ascof_2018_19"}
    stood = observations.load(as_of="ascof_2023_24")
    assert stood["maturity"].eq("revised").sum() == 65
    assert observations.load(as_of="ascof_2018_19")["maturity"].eq("final").all()


def test_an_unknown_release_is_said():
    with pytest.raises(UnknownNameError, match="ascof_2099_00"):
        bench.observations(as_of="ascof_2099_00")


# --- on the page --------------------------------------------------------------------------------


def row_of(council, year, indicator):
    return next(r for r in bench.briefing(council, year).records() if r["indicator"] == indicator)


@pytest.mark.parametrize(
    ("year", "indicator", "texts"),
    [
        (
            "2016-17",
            ADJUSTED,
            [
                "Revised: it was first published as 0.390.",
                "England's figure was revised: it was first published as 0.403.",
            ],
        ),
        ("2018-19", CARERS, ["England's figure was revised: it was first published as 62.3%."]),
        ("2018-19", ADJUSTED, []),
    ],
)
def test_a_row_says_what_was_first_published(year, indicator, texts):
    row = row_of("Somerset", year, indicator)
    assert ("revised" in row["flags"]) == bool(texts)
    assert [text for text in row["flag_texts"] if "first published as" in text] == texts


@pytest.mark.parametrize(
    ("indicator", "official", "original", "earlier"),
    [
        ("carer_quality_of_life", 8.2, "8.1", "8.3"),
        ("carers_satisfaction", 40.4, "40.9%", "47.5%"),
        ("carers_consulted", 74.3, "78.4%", "73.1%"),
        ("carers_finding_information", 60.2, "63.4%", "59.2%"),
        ("carers_social_contact", 45.4, "41.9%", "42.9%"),
    ],
)
def test_carers_of_2016_17_are_in_force_on_the_new_basis_and_compare_on_the_old(
    indicator, official, original, earlier
):
    row = row_of("Somerset", "2016-17", indicator)
    assert (row["value"], row["previous"]) == (official, None)
    assert "do not compare with 2014-15" in row["change_reason"]
    assert "original_eligible_figure" in row["flags"]
    assert row["flag_texts"] == [
        f"Among the carers who were eligible before, it is {original}: that figure compares with "
        f"2014-15 ({earlier} then), the official one does not."
    ]  # fmt: skip
    assert row_of("Somerset", "2014-15", indicator)["value"] == float(earlier.rstrip("%"))
    assert row_of("Somerset", "2018-19", indicator)["previous"] == official


def test_bracketed_figures_are_a_breakdown_of_2016_17_alone():
    figures = observations.load(breakdown="original_eligible")
    assert len(figures) == 830
    assert set(figures["period"]) == {"2016-17"}
