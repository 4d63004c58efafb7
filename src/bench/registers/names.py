"""What two spellings of one area's name have in common."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["bare", "folded"]

_LEADING_CODE = re.compile(r"^\d{3}\s*-\s*")
_SILENT = re.compile(r"['’`.]")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_TITLES = re.compile(
    r"\b(?:(?:london|royal|metropolitan|county|city|district) )?(?:borough|boro)(?: of)?\b"
    r"|\bcouncil(?: of(?: the)?)?\b|\bmetropolitan\b|\b(?:mbc|mdc|cc|bc)\b"
    r"|\b(?:county|city|district)(?= council)|^(?:the )?city of\b|\bcity of$"
    r"|\b(?:county|city)$|^the\b"
)


@cache
def folded(name: str) -> str:
    """A name without case, punctuation, "&", a leading CASSR code or a trailing UA."""
    text = _LEADING_CODE.sub("", name.strip().casefold()).replace("&", " and ")
    words = _NOT_A_WORD.sub(" ", _SILENT.sub("", text)).split()
    if len(words) > 1 and words[-1] == "ua":
        words.pop()
    return " ".join(words)


@cache
def bare(name: str) -> str:
    """A folded name without what says that it is a council: Durham of Durham County Council."""
    return " ".join(_TITLES.sub(" ", folded(name)).split())
