"""Figures that two releases print: nearly all agree, and those that do not are known."""

import pandas as pd

import bench
from bench.published import observations, revisions
from bench.published.revisions import coverage

YEARLY = ["ascof_2015_16", "ascof_2016_17", "ascof_2017_18", "ascof_2018_19"]


RECALCULATED = "ascof_2018_19_revised"


def test_only_seven_measures_were_revised():
    again = revisions.agreement(observations.history())
    yearly = again[
        again["earlier_release_id"].isin(YEARLY) & (again["later_release_id"] != RECALCULATED)
    ]
    print(f"yearly files and time series print {yearly['both'].sum():,} figures both,")
    print(f"all releases together {again['both'].sum():,}; {again['differing'].sum()} differ")
    assert yearly["both"].sum() == 6_129
    assert again["both"].sum() == 13_360
    differing = again[again["differing"] > 0]
    key = ["earlier_release_id", "later_release_id", "indicator_id", "period", "differing"]
    assert sorted(differing[[*key, "differing_councils"]].itertuples(index=False, name=None)) == [
        # Recalculated by a refined method: 128 councils, and England, regions and council types.
        ("ascof_2016_17", "ascof_2024_25", "adjusted_social_care_quality_of_life", "2016-17", 143, 128),
        # Recalculated in September 2020.
        ("ascof_2018_19", RECALCULATED, "care_home_admissions_18_64", "2018-19", 3, 3),
        ("ascof_2018_19", RECALCULATED, "care_home_admissions_65_over", "2018-19", 56, 41),
        ("ascof_2018_19", RECALCULATED, "delayed_transfers", "2018-19", 3, 2),
        ("ascof_2018_19", RECALCULATED, "delayed_transfers_joint", "2018-19", 1, 1),
        ("ascof_2018_19", RECALCULATED, "delayed_transfers_social_care", "2018-19", 2, 2),
        # Recalculated above council level only: by little, once each region is in its own row.
        ("ascof_2018_19", "ascof_2024_25", "carers_finding_information", "2018-19", 13, 0),
    ]  # fmt: skip


def test_a_revision_names_both_figures_and_both_releases():
    found = bench.revisions().set_index(["indicator_id", "area_id", "period"])
    england = found.loc[("carers_finding_information", "england", "2018-19")]
    assert (england["earlier"], england["later"], england["change"]) == (62.3, 62.5, 0.2)
    east_midlands = found.loc[("carers_finding_information", "region:east_midlands", "2018-19")]
    assert (east_midlands["earlier"], east_midlands["later"]) == (61.3, 61.6)
    north_tyneside = found.loc[("care_home_admissions_65_over", "north_tyneside", "2018-19")]
    assert (north_tyneside["earlier"], north_tyneside["later"]) == (598.7, 740.9)
    assert set(found["later_release_id"]) == {"ascof_2024_25", RECALCULATED}


def test_a_third_printing_is_compared_with_the_second():
    rows = [("one", 1.0), ("two", 2.0), ("three", 2.0), ("four", float("nan")), ("five", 3.0)]
    figures = pd.DataFrame(
        [(name, "i", "all", "leeds", "2018-19", value) for name, value in rows],
        columns=["release_id", *observations.KEY, "value"],
    )
    found = revisions.differences(figures)[["earlier_release_id", "later_release_id", "change"]]
    assert list(found.itertuples(index=False, name=None)) == [
        ("three", "five", 1.0),
        ("one", "two", 1.0),
    ]


def test_coverage_counts_councils_beside_those_there_were():
    from bench.published import sources

    counted = coverage(observations.history(), sources.reference())
    counted = counted.set_index(["indicator_id", "period"])
    assert tuple(counted.loc[("feeling_safe", "2020-21")]) == (18, 151)
    assert tuple(counted.loc[("feeling_safe", "2018-19")]) == (151, 152)
    assert ("carers_satisfaction", "2017-18") not in counted.index
