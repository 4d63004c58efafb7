"""Financial years: parsed, ordered and labelled here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.errors import ParameterError

_FORM = re.compile(r"(\d{4})\s*(?:-|/|–|to)\s*(\d{4}|\d{2})")


@dataclass(frozen=True, order=True, slots=True)
class FinancialYear:
    """The twelve months from 1 April of `start`; written 2014-15.

    Attributes:
        start: calendar year in which it begins.
    """

    start: int

    @classmethod
    def parse(cls, text: str | FinancialYear) -> FinancialYear:
        """Read "2014-15", "2014/15", "2014 to 2015" or "2014-2015".

        Args:
            text: the year as written; a `FinancialYear` is given back as it is.

        Returns:
            The year.

        Raises:
            ParameterError: the text has another form, or its two years do not follow each other.
        """
        if isinstance(text, FinancialYear):
            return text
        written = str(text).strip()
        found = _FORM.fullmatch(written)
        if found is None:
            raise ParameterError(
                f"{written!r} is not a financial year.",
                mend='write it as "2014-15" (also "2014/15", "2014 to 2015" or "2014-2015").',
            )
        start, end = int(found[1]), found[2]
        following = str(start + 1)
        if end not in (following, following[2:]):
            raise ParameterError(
                f"{written!r} is not a financial year: the second year must follow the first.",
                mend=f"{cls(start)}?",
            )
        return cls(start)

    def __str__(self) -> str:
        return f"{self.start:04d}-{(self.start + 1) % 100:02d}"

    def within(self, first: FinancialYear | None, last: FinancialYear | None) -> bool:
        """Whether it lies in the years from `first` to `last`; None is open."""
        return (first is None or first <= self) and (last is None or self <= last)

    def shift(self, years: int) -> FinancialYear:
        """The year so many years later, or earlier where `years` is negative."""
        return FinancialYear(self.start + years)


def written_year(text: object) -> FinancialYear:
    """A year as an entry of a YAML file writes it; what is none is a fault with its place there.

    Raises:
        ValueError: It is none: of all errors the one that pydantic tells with the entry.
    """
    try:
        return FinancialYear.parse(str(text))
    except ParameterError as fault:
        raise ValueError(str(fault)) from fault
