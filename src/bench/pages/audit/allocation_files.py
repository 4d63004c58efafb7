"""The rules from points to money of an audit pack.

Enters: names as a notebook's parameters give them. Leaves: rules worked out; or every fault noted,
with file and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.audit.allocation import allocate
from bench.audit.allocation_file import Allocation, contradictions
from bench.audit.illustrative import Illustrative
from bench.errors import UnknownNameError
from bench.pages.audit.files import paper
from bench.published import sources

if TYPE_CHECKING:
    from pathlib import Path

    from bench.audit.allocation import Allocated
    from bench.errors import Problems
    from bench.project.placed import Placed

__all__ = ["allocation"]


def allocation(
    folder: Path, name: str, problems: Problems
) -> Allocated | Illustrative[Allocated] | None:
    """Rules from points to money; None, with every fault noted, where they are not sound.

    Args:
        folder: the folder of the pack.
        name: the file of the rules.
        problems: where faults are noted.
    """
    read = paper(folder, name, Allocation, problems)
    if read is None:
        return None
    found, placed = read
    sound = _councils(found, placed, problems)
    for steps, fault in contradictions(found):
        problems.add(f"{placed.place(*steps)}: {fault}.")
        sound = False
    if not sound:
        return None
    made = allocate(found)
    return Illustrative(made, found.illustrative) if found.illustrative else made


def _councils(found: Allocation, placed: Placed, problems: Problems) -> bool:
    """Whether rules name councils that there are, or, where they are made up, none of these."""
    sound = True
    seen: dict[tuple[str, str], str] = {}
    for at, rule in enumerate(found.rules):
        place = placed.place("rules", at, "council")
        try:
            known = sources.reference().councils.find(rule.council)
        except UnknownNameError as error:
            if not found.illustrative:
                problems.add(f"{place}: {error}".replace("\n", " "))
                sound = False
            continue
        if found.illustrative:
            problems.add(
                f"{place}: {known.name} is a council that there is; an illustrative rule needs a "
                "name that is none, such as Council A."
            )
            sound = False
        earlier = seen.setdefault((known.area_id, rule.care_group), rule.council)
        if earlier != rule.council:
            problems.add(f"{place}: {known.name} has a rule already, under the name {earlier!r}.")
            sound = False
    return sound
