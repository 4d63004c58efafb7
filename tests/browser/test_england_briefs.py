"""The brief of every council of the latest year: short, plain, and one side of A4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.pages import store
from bench.published import sources
from sheets import brief_page, faults, printed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.england


def test_every_brief_of_the_latest_year_is_short_plain_and_one_side_of_a4(
    browser: Browser, tmp_path: Path
) -> None:
    latest = store.years()[-1]
    window = browser.new_page()
    wrong = {}
    councils = sources.reference().councils.in_year(latest)
    for council in councils:
        sizes, _ = printed(window, brief_page(council.name, str(latest), tmp_path))
        problems = faults(council.name, str(latest))
        if problems or sizes != [(210, 297)]:
            wrong[council.name] = [*problems, f"sides {sizes}"]
    assert len(councils) == 153
    assert wrong == {}
