"""What two spellings of one area's name have in common."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["bare", "folded", "unmarked"]

_LEADING_CODE = re.compile(r"^\d{3}(?:\s*[-–:.]\s*|\s+)(?=[a-z])")
# Footnote marks: superscripts, asterisks, [1], [note 2], (3), (r). A word in brackets is none.
_MARKS = re.compile(
    r"(?:\s*(?:[\u00b9\u00b2\u00b3\u2070-\u2079*†‡§^~]+"
    r"|\[(?:notes?\.?\s*)?(?:\d{1,2}|[a-z])(?:\s*,\s*(?:\d{1,2}|[a-z]))*\]"
    r"|\((?:notes?\.?\s*\d{1,2}|\d{1,2}|[a-z])(?:\s*,\s*(?:\d{1,2}|[a-z]))*\)))+\s*$",
    re.IGNORECASE,
)
_SILENT = re.compile(r"['’`.]")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_TITLES = re.compile(
    r"\b(?:(?:london|royal|metropolitan|county|city|district) )?(?:borough|boro)(?: of)?\b"
    r"|\bcouncil(?: of(?: the)?)?\b|\bmetropolitan\b|\b(?:mbc|mdc|cc|bc|lbc|ua)\b"
    r"|^(?:lb|rb|mb)(?: of)?\b|\bunitary(?: authority)?$"
    r"|\b(?:county|city|district)(?= council)|^(?:the )?city of\b|\bcity of$"
    r"|\b(?:county|city)$|^the\b"
)


@cache
def unmarked(name: str) -> str:
    """A printed name without the footnote marks at its end: Barnet of "Barnet [note 2] *"."""
    return _MARKS.sub("", name) or name


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
