"""Which publication a figure, its counts and its margin are from: figure by figure."""

from collections import defaultdict

import pandas as pd
import pytest

from bench.judge.remarks import remarks
from bench.published import observations, sources
from bench.published.schema import COLUMNS, FIELDS, KEY, LABELS

NONE = float("nan")
RELEASES = ["first", "second", "third"]
# The parts of a row that go with its value, whatever another publication prints.
OF_THE_ROW = ["status", "marker", "maturity", "area_code", "place"]


def printed(release, value, *, counts=(NONE, NONE), respondents=NONE, margin=NONE, **labels):
    missing = value is None
    row = {
        "release_id": release,
        "indicator_id": "direct_payments",
        "breakdown": "all",
        "area_id": "leeds",
        "period": "2018-19",
        "value": NONE if missing else value,
        "numerator": counts[0],
        "denominator": counts[1],
        "respondents": respondents,
        "margin": margin,
        "status": "suppressed" if missing else "observed",
        "marker": "[c]" if missing else f"{value:g}",
        "maturity": "final",
        "area_code": "E08000035",
        "place": f"line of the {release}",
    }
    return row | labels


def table(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for label in LABELS:
        values = RELEASES if label == "release_id" else sorted(set(frame[label]))
        frame[label] = pd.Categorical(frame[label], categories=values)
    return frame


def first(value, **more):
    return printed("first", value, **more)


def second(value, **more):
    return printed("second", value, **more)


def third(value, **more):
    return printed("third", value, **more)


FULL = {"counts": (200.0, 500.0), "respondents": 310.0, "margin": 4.4}
BARE = {"counts": (NONE, NONE), "respondents": NONE, "margin": NONE}


@pytest.mark.parametrize(
    ("why", "rows", "value", "release", "beside"),
    [
        ("one publication", [first(40.0, **FULL)], 40.0, "first", FULL),
        ("the same value lends all that stands beside it", [first(40.0, **FULL), second(40.0)], 40.0, "second", FULL),
        ("another value lends nothing", [first(40.0, **FULL), second(60.0)], 60.0, "second", BARE),
        ("a value that differs by one printed step lends nothing", [first(40.1, **FULL), second(40.0)], 40.0, "second", BARE),
        ("its own are kept", [first(40.0, **FULL), second(40.0, margin=4.5)], 40.0, "second", FULL | {"margin": 4.5}),
        ("its own are all there is", [first(40.0, **FULL), second(60.0, margin=4.5)], 60.0, "second", BARE | {"margin": 4.5}),
        ("over a publication with another value between", [first(40.0, **FULL), second(60.0, margin=9.9), third(40.0)], 40.0, "third", FULL),
        ("of two that lend, the later", [first(40.0, **FULL), second(40.0, margin=5.5), third(40.0)], 40.0, "third", FULL | {"margin": 5.5}),
        ("counts are lent together or not at all", [first(40.0, counts=(200.0, NONE)), second(40.0, counts=(NONE, 600.0)), third(40.0)], 40.0, "third", BARE),
        ("one count of its own takes no other's partner", [first(40.0, **FULL), second(40.0, counts=(NONE, 600.0))], 40.0, "second", FULL | {"counts": (NONE, 600.0)}),
        ("a later cell without a value takes none away", [first(40.0, **FULL), second(None)], 40.0, "first", FULL),
        ("nor lends what stands beside no value", [first(40.0), second(None, **FULL)], 40.0, "first", BARE),
        ("where nobody prints a value, the latest", [first(None, **FULL), second(None)], None, "second", BARE),
        ("a 0 is a value", [first(0.0, **FULL), second(None)], 0.0, "first", FULL),
        ("a 0 is not another value", [first(40.0, **FULL), second(0.0)], 0.0, "second", BARE),
    ],
)  # fmt: skip
def test_what_stands_beside_a_value_was_printed_beside_that_value(
    why, rows, value, release, beside
):
    found = observations.in_force(table(*rows))
    assert len(found) == 1
    row = found.iloc[0]
    assert row["release_id"] == release, why
    source = next(one for one in rows if one["release_id"] == release)
    expected = {
        "value": NONE if value is None else value,
        "numerator": beside["counts"][0],
        "denominator": beside["counts"][1],
        "respondents": beside["respondents"],
        "margin": beside["margin"],
    }
    for column, number in expected.items():
        assert row[column] == pytest.approx(number, nan_ok=True), f"{why}: {column}"
    assert (row["status"], row["marker"], row["place"]) == (
        source["status"],
        source["marker"],
        source["place"],
    )


@pytest.mark.parametrize(
    ("rows", "maturity", "earlier"),
    [
        ([first(40.0), second(40.0)], "final", []),
        ([first(40.0), second(60.0)], "revised", [40.0]),
        ([first(40.0), second(60.0), third(None)], "revised", [40.0]),
        ([first(40.0), second(None)], "final", []),
        ([first(None), second(60.0)], "final", []),
        ([first(40.0), second(60.0), third(40.0)], "revised", [60.0]),
    ],
)
def test_revised_is_what_was_printed_otherwise(rows, maturity, earlier):
    history = table(*rows)
    assert observations.in_force(history)["maturity"].tolist() == [maturity]
    assert observations.superseded(history)["value"].tolist() == earlier


def _number(value):
    return None if pd.isna(value) else value


@pytest.mark.parametrize(
    ("which", "least"),
    [
        pytest.param(slice(3, None, 8), 1_000, id="one indicator in eight"),
        # Counts of the yearly files, beside the same values of the time series.
        pytest.param(slice(None), 10_000, id="whole", marks=pytest.mark.slow),
    ],
)
def test_the_table_in_force_is_figure_by_figure_what_one_value_was_printed_with(which, least):
    """Every row of the real table is found again in the publications, by a way of its own."""
    history, in_force = observations.history(), observations.load()
    names = sorted(set(history["indicator_id"]))[which]
    history = history[history["indicator_id"].isin(names)]
    in_force = in_force[in_force["indicator_id"].isin(names)]
    by_key = defaultdict(list)
    records = history.astype(dict.fromkeys(LABELS, "str")).to_dict("records")
    for record in records:
        by_key[tuple(record[label] for label in KEY)].append(record)
    in_force = in_force.astype(dict.fromkeys(LABELS, "str")).to_dict("records")
    assert {tuple(row[label] for label in KEY) for row in in_force} == set(by_key)
    assert len(in_force) == len(by_key)
    lent = 0
    for row in in_force:
        publications = by_key[tuple(row[label] for label in KEY)]
        valued = [one for one in publications if _number(one["value"]) is not None]
        giver = (valued or publications)[-1]
        assert row["release_id"] == giver["release_id"]
        assert _number(row["value"]) == _number(giver["value"])
        for label in OF_THE_ROW:
            revised = label == "maturity" and any(one["value"] != giver["value"] for one in valued)
            assert row[label] == ("revised" if revised else giver[label]), row
        alike = [one for one in valued if one["value"] == giver["value"]] or [giver]
        for field in FIELDS:
            if _number(row[field]) is None:
                assert _number(giver[field]) is None, row
                continue
            assert row[field] in [one[field] for one in alike], row
            lent += _number(giver[field]) is None
    assert lent > least


# --- what is said of a figure whose counts went with its first value ---------------------------


@pytest.mark.parametrize(
    ("area", "after", "told"),
    [
        ("leeds", BARE, True),
        ("leeds", FULL, False),
        ("leeds", BARE | {"margin": 4.4}, False),
        ("england", BARE, False),
    ],
)
def test_a_revised_figure_without_its_counts_says_so(area, after, told):
    history = table(first(40.0, area_id=area, **FULL), second(60.0, area_id=area, **after))
    registers = sources.reference()
    found = remarks(observations.superseded(history), observations.in_force(history), registers)
    council = registers.councils.find("Leeds")
    (remark,) = found.of("direct_payments", council.area_id, _year("2018-19"))
    assert "first published as 40.0%" in remark.text
    assert ("no counts or margin of error are published with it" in remark.text) == told


def _year(text):
    from bench.reference.periods import FinancialYear

    return FinancialYear.parse(text)


def test_no_two_releases_print_the_regions_in_another_order():
    """Figures are revised a little; regions that stand in one another's rows are far apart."""
    table = observations.history(breakdowns=("all",))
    table = table[table["area_id"].str.startswith("region:") & table["value"].notna()]
    apart = []
    for measure, rows in table.groupby(["indicator_id", "period"]):
        printed = rows.pivot_table(
            index="area_id", columns="release_id", values="value", observed=True
        )
        gaps = printed.max(axis=1) - printed.min(axis=1)
        if gaps.max() > 1.5 * printed.iloc[:, 0].std() > 0:
            apart.append(measure)
    assert apart == []


def test_the_regions_of_carers_information_stand_in_their_own_rows():
    table = observations.in_force(observations.history(breakdowns=("all",)))
    rows = table[
        (table["indicator_id"] == "carers_finding_information")
        & (table["period"] == "2018-19")
        & (table["breakdown"] == "all")
    ].set_index("area_id")
    # By the release of 2018-19, which prints each under its own name.
    assert rows.loc["region:north_east", ["value", "respondents"]].tolist() == [72.5, 2535]
    assert rows.loc["region:east_midlands", ["value", "respondents"]].tolist() == [61.6, 2275]
