"""What two indicators have to do with each other over councils, in words.

Enters: a rank correlation. Leaves: a sentence or two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench.present.numbers import bare

if TYPE_CHECKING:
    from bench.judge.association import Association

__all__ = ["NO_CAUSE", "together"]

NO_CAUSE: Final = (
    "That two figures go together does not say why: neither need be the cause of the other."
)


def together(found: Association | str) -> str:
    """How far two figures go together, or why that is not worked out."""
    if isinstance(found, str):
        return f"No rank correlation: {found}."
    tells = (
        f"Over {found.count} councils the rank correlation is {bare(found.rho, 2)} (95% range "
        f"{bare(found.lower, 2)} to {bare(found.upper, 2)})."
    )
    if not found.clear:
        return f"{tells} The range holds 0, so the two may not go together at all."
    other = "a high one" if found.rho > 0 else "a low one"
    return f"{tells} Councils with a high figure in one more often have {other} in the other."
