"""data/README.md is written from the code and the registers, and is up to date."""

import pytest

from bench import catalog
from bench.errors import RegisterError
from bench.published.readers.cells import Maturity, Status
from bench.published.schema import COLUMNS


def test_the_dictionary_is_up_to_date():
    assert catalog.verify().endswith("is up to date.")


def test_every_column_status_indicator_and_rule_is_in_it():
    from bench.integrity.checks.registry import RULES
    from bench.published import sources

    text = catalog.text()
    words = [*COLUMNS, *Status, *Maturity, *(one.code for one in RULES)]
    words += [one.indicator_id for one in sources.reference().indicators]
    assert [word for word in words if f"| `{word}` |" not in text] == []
    assert "1C(1A) 2014-15 to 2022-23; 3D(1a) 2023-24 to 2024-25" in text


def test_a_stale_dictionary_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "path", lambda _=None: tmp_path / "README.md")
    with pytest.raises(RegisterError, match="is stale"):
        catalog.verify()
    catalog.write()
    catalog.verify()
    with (tmp_path / "README.md").open("a") as file:
        file.write("by hand")
    with pytest.raises(RegisterError, match="run `bench dictionary`"):
        catalog.verify()
