"""The brief of an area on paper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from bench.publish import notebook
from browser.conftest import Visit, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_brief_is_one_side_of_a4(browser: Browser, root: Path, tmp_path: Path) -> None:
    """The year with most indicators, and a council more than most areas have."""
    import pypdf

    parameters = {"area": "whole_dorset", "year": "2018-19"}
    wanted = notebook.Page("brief", "An area", "area_brief.ipynb", parameters)
    visit = Visit(browser, rendered(wanted, tmp_path, root=root))
    printed = visit.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(pypdf.PdfReader(io.BytesIO(printed)).pages) == 1
    visit.context.close()
