"""What the files of an audit have in common: strict entries and a review."""

from __future__ import annotations

from datetime import date

from bench.project.files import Review, StrictModel, Text

# The way to an entry, and what is wrong with it.
Fault = tuple[tuple[str | int, ...], str]


class Paper(StrictModel):
    """What every paper of an audit says of itself.

    Attributes:
        audit: the audit, called as its folder is.
        title, about: what the paper is, in a line and in a few sentences.
        document: the document that it goes back to.
        as_at: the day of this version.
        illustrative: what in it is made up; empty where nothing is.
        review: who last read it.
    """

    audit: Text
    title: Text
    about: Text
    document: Text
    as_at: date
    illustrative: str = ""
    review: Review
