"""Local patches of a publisher's error or symbol: declared, with a reason and an `expect`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import model_validator

from bench.errors import BuildError, Problems
from bench.project.files import StrictModel, read_model
from bench.published.readers.cells import Status
from bench.published.schema import NUMBERS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


class _Select(StrictModel):
    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    periods: tuple[str, ...]


class _Expect(StrictModel):
    rows: int
    value: float | None = None
    respondents: float | None = None
    margin: float | None = None
    marker: str | None = None
    same_as: str | None = None
    absent: str | None = None


class Correction(StrictModel):
    """One patch: what is selected, what is printed there today, and what is done."""

    id: str
    release: str
    reason: str
    reported: str
    select: _Select
    expect: _Expect
    move_to: str | None = None
    status: Status | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Correction:
        if (self.move_to is None) == (self.status is None):
            raise ValueError("exactly one of move_to and status is expected")
        return self


class _CorrectionsFile(StrictModel):
    corrections: tuple[Correction, ...]


def read(folder: Path) -> tuple[Correction, ...]:
    """Read corrections.yaml of the reference folder.

    Raises:
        RegisterError: The file is not valid; every fault is named.
    """
    return read_model(folder / "corrections.yaml", _CorrectionsFile).corrections


def apply(
    figures: pd.DataFrame, corrections: tuple[Correction, ...], release_id: str
) -> pd.DataFrame:
    """The rows of one release after its corrections; each is of what is printed.

    Raises:
        BuildError: An `expect` does not hold.
    """
    printed, figures = figures, figures.copy()
    problems = Problems(
        BuildError,
        "corrections.yaml",
        mend="the publisher may have mended it: check the file and remove or adapt the entry.",
    )
    for correction in corrections:
        if correction.release != release_id:
            continue
        rows = _selected(printed, correction.select, correction.select.areas)
        for fault in _faults(printed, rows, correction):
            problems.add(f"{correction.id}: {fault}")
        if correction.move_to is not None:
            figures.loc[rows, "area_id"] = correction.move_to
        if correction.status is not None:
            figures.loc[rows, "status"] = correction.status.value
            # What is printed beside no value stays: it is no part of the figure taken away.
            valued = rows[figures.loc[rows, "value"].notna()]
            figures.loc[valued, NUMBERS] = float("nan")
    problems.raise_if_any()
    return figures


def _selected(figures: pd.DataFrame, select: _Select, areas: tuple[str, ...]) -> pd.Index:
    return figures.index[
        figures["area_id"].isin(areas)
        & figures["indicator_id"].isin(select.indicators)
        & figures["period"].isin(select.periods)
    ]


def _faults(figures: pd.DataFrame, rows: pd.Index, correction: Correction) -> list[str]:
    expect, faults = correction.expect, []
    if len(rows) != expect.rows:
        faults.append(f"found {len(rows)} figures, expected {expect.rows}")
    for field in ("value", "respondents", "margin", "marker"):
        expected = getattr(expect, field)
        if expected is not None and not figures.loc[rows, field].eq(expected).all():
            found = sorted(set(figures.loc[rows, field]))
            faults.append(f"found {field} {found}, expected {expected!r}")
    if expect.same_as is not None:
        key = ["indicator_id", "breakdown", "period"]
        twin = figures.loc[_selected(figures, correction.select, (expect.same_as,))]
        ours = figures.loc[rows].set_index(key)["value"]
        if not ours.sort_index().equals(twin.set_index(key)["value"].sort_index()):
            faults.append(f"the figures are not those of {expect.same_as}")
    if expect.absent is not None and len(_selected(figures, correction.select, (expect.absent,))):
        faults.append(f"{expect.absent} has figures of its own")
    return faults
