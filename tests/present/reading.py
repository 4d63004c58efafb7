"""How hard a text is to read: Flesch-Kincaid's school grade."""

from __future__ import annotations

import re


def without_style(section: object) -> str:
    """A section's HTML without its style sheet, whose words nobody reads."""
    return re.sub(r"<style.*?</style>", "", str(section), flags=re.DOTALL)


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", re.sub(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", word)))
    return max(1, groups)


def grade(text: str) -> float:
    """Flesch-Kincaid, with figures left out: they are read, not spelt."""
    parts = [part for part in re.split(r"[.:;?!](?:\s|$)", text) if re.search("[A-Za-z]", part)]
    found = re.findall(r"[A-Za-z']+", text)
    load = sum(syllables(word) for word in found)
    return 0.39 * len(found) / len(parts) + 11.8 * load / len(found) - 15.59
