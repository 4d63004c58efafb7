"""The files of an audit pack: found in their folder, read, and every fault of all of them noted.

Enters: names as a notebook's parameters give them. Leaves: entries that fit, marked as illustrative
where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from bench.audit import action_file
from bench.audit.illustrative import WORD, Illustrative
from bench.errors import BenchError, Problems, UnknownNameError
from bench.integrity import checks
from bench.published import sources
from bench.registers.placed import read_placed
from bench.registers.tables import read_model

if TYPE_CHECKING:
    from pathlib import Path

    from bench.audit.action_file import Plan
    from bench.registers import Council

__all__ = ["NONE", "Settings", "folder_of", "inside", "marked", "plan", "plans", "settings"]

NONE: Final = "none"


class Settings(BaseModel):
    """params/audit.yaml: how the papers of a pack are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due_soon_days: int = Field(ge=0)
    green_from_pct: int = Field(gt=0, le=100)
    amber_from_pct: int = Field(gt=0, le=100)


def settings() -> Settings:
    """Read params/audit.yaml."""
    return read_model(sources.project_root() / "params" / "audit.yaml", Settings)


def folder_of(name: str) -> Path:
    """The folder of an audit.

    Raises:
        UnknownNameError: There is none of this name in params/audits.
    """
    home = sources.project_root() / "params" / "audits"
    known = sorted(path.name for path in home.glob("*") if path.is_dir())
    if name not in known:
        raise UnknownNameError("audit", name, known, where="params/audits")
    return home / name


def inside(folder: Path, name: str, problems: Problems) -> Path | None:
    """The path of a file that must lie in a folder; None, and a problem, where it does not."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        problems.add(f"{name!r} lies outside params/audits/{folder.name}.")
        return None
    if not path.is_file():
        there = ", ".join(sorted(one.name for one in folder.iterdir()))
        problems.add(f"there is no file {name!r}; there are {there}.")
        return None
    return path


def marked(path: Path, why: str, problems: Problems) -> None:
    """Note a file whose name does not say what its content says: that it is illustrative."""
    if bool(why) != (WORD in path.stem):
        told = (
            "says that it is illustrative, its name does not"
            if why
            else ("is called illustrative, but does not say what in it is")
        )
        problems.add(f"{path.name}: {told}.")


def plan(
    folder: Path, name: str, council: Council | None, problems: Problems
) -> Plan | Illustrative[Plan] | None:
    """One version of an action plan; None, with every fault noted, where it is not sound."""
    path = inside(folder, name, problems)
    placed = read_placed(path, problems) if path else None
    found = placed.parse(action_file.Plan, problems) if placed else None
    if path is None or placed is None or found is None:
        return None
    registers = sources.reference()
    if found.audit != folder.name:
        problems.add(
            f"{placed.place('audit')}: this is the audit {found.audit!r}, not {folder.name!r}."
        )
    try:
        whose = registers.councils.find(found.council)
    except BenchError as error:
        problems.add(f"{placed.place('council')}: {error}")
    else:
        if council is not None and whose != council:
            problems.add(
                f"{placed.place('council')}: this is a plan of {whose.name}, not {council.name}."
            )
    for steps, fault in action_file.contradictions(
        found,
        indicators={one.indicator_id for one in registers.indicators},
        checks=checks.OF_FIGURES,
    ):
        problems.add(f"{placed.place(*steps)}: {fault}.")
    marked(path, found.illustrative, problems)
    return Illustrative(found, found.illustrative) if found.illustrative else found


def plans(
    folder: Path, name: str, previous: str, council: Council | None, problems: Problems
) -> tuple[Plan, Plan | None] | Illustrative[tuple[Plan, Plan | None]] | None:
    """An action plan and its version before, if one is named."""
    now = plan(folder, name, council, problems)
    before = plan(folder, previous, council, problems) if previous != NONE else None
    if now is None or (before is None and previous != NONE):
        return None
    new = now.held if isinstance(now, Illustrative) else now
    old = before.held if isinstance(before, Illustrative) else before
    if old is not None and old.as_at >= new.as_at:
        problems.add(f"{previous}: it is of {old.as_at}, not earlier than {name} of {new.as_at}.")
    if before is not None and isinstance(now, Illustrative) != isinstance(before, Illustrative):
        problems.add(f"{name} and {previous}: one is illustrative and the other is not.")
    return Illustrative((new, old), now.why) if isinstance(now, Illustrative) else (new, old)
