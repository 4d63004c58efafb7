"""Tables made up from seeds, with a known truth: each read exactly, or refused."""

import pytest

from bench.errors import BenchError
from bench.published import layouts, sources
from bench.published.adding import detect
from bench.published.adding.overrides import Overrides
from bench.published.adding.plausible import usual_values

from .user_tables import user_table

NO_LAYOUTS = layouts.LayoutFile(layouts={})


@pytest.fixture(scope="module")
def usual(root):
    return usual_values(root)


def reading(table, usual):
    """The figures that are read without anybody being asked, or None where it is refused."""
    try:
        made = detect.recognise(
            table.content,
            table.file,
            layouts=NO_LAYOUTS,
            registers=sources.reference(),
            overrides=Overrides(),
            usual=usual,
        )
    except BenchError:
        return None
    if made.refused is not None:
        return None
    rows = made.figures[made.figures["value"].notna()]
    keys = ["indicator_id", "breakdown", "area_id", "period"]
    return dict(zip(rows[keys].itertuples(index=False, name=None), rows["value"], strict=True))


def reckoned(seeds, usual):
    """The seeds whose tables are read wrongly; how many are plain, plain and read, and read."""
    wrong, plain, plain_read, read = [], 0, 0, 0
    for seed in seeds:
        table = user_table(seed)
        figures = reading(table, usual)
        plain += not table.traps
        if figures is None:
            continue
        read += 1
        plain_read += not table.traps
        if figures != table.truth:
            wrong.append(seed)
    return wrong, plain, plain_read, read


def check(seeds, usual):
    wrong, plain, plain_read, read = reckoned(seeds, usual)
    assert wrong == [], f"{len(wrong)} of {len(seeds)} tables are read otherwise than they are"
    assert plain_read == plain, "a plain table is never refused"
    assert read > 0.3 * len(seeds), "nor are most of the others"


def test_150_made_up_tables_are_read_exactly_or_refused(usual):
    check(range(150), usual)


@pytest.mark.slow
def test_1000_made_up_tables_are_read_exactly_or_refused(usual):
    check(range(1000, 2000), usual)
