"""One council: its codes and types through the years, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.errors import ParameterError
from bench.reference.areas import TINY, Area, CouncilType, Region

if TYPE_CHECKING:
    from bench.reference.periods import FinancialYear


@dataclass(frozen=True, slots=True)
class CouncilPeriod:
    """The years in which an area's council had one code and one type.

    Attributes:
        ons_code: nine characters, E06 unitary, E08 metropolitan, E09 London, E10 county.
        cassr_code: the code of councils with adult social services responsibilities.
        type: what kind of council it is, which its ONS code tells.
        publisher_type: the group in which the publisher of ASCOF counts it, whose figures stand
            under `type:shire` and the like; Somerset and North Yorkshire are unitary from 2023-24
            and still counted among the shire counties.
        first_year: None where it began before the years of the register.
        last_year: None where it goes on.
    """

    ons_code: str
    cassr_code: str
    type: CouncilType
    publisher_type: CouncilType
    first_year: FinancialYear | None
    last_year: FinancialYear | None

    def holds(self, year: FinancialYear) -> bool:
        """Whether the year lies in the span."""
        return (self.first_year is None or self.first_year <= year) and (
            self.last_year is None or year <= self.last_year
        )


@dataclass(frozen=True, slots=True)
class Council(Area):
    """One area with a council, whatever its codes were.

    Attributes:
        region: the region it lies in.
        spans: its codes and types, in order of time.
        successors: `area_id`s of the areas that took over when it ended.
        predecessors: `area_id`s of the areas that it took over from.
    """

    region: Region
    spans: tuple[CouncilPeriod, ...]
    successors: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    @property
    def region_name(self) -> str:
        """The region as it is written on a page."""
        return self.region.label

    @property
    def tiny(self) -> bool:
        """City of London or Isles of Scilly: shown, never part of averages, ranks or spread."""
        return self.area_id in TINY

    @property
    def goes_on(self) -> bool:
        """Whether there is still such a council."""
        return self.spans[-1].last_year is None

    def exists(self, year: FinancialYear) -> bool:
        """Whether there was such a council that year."""
        return any(span.holds(year) for span in self.spans)

    def code_in(self, year: FinancialYear) -> str:
        """The ONS code in force that year.

        Raises:
            ParameterError: there was no such council that year.
        """
        return self._span(year).ons_code

    def type_in(self, year: FinancialYear) -> CouncilType:
        """What kind of council it was that year; see `publisher_type_in` for the publisher's.

        Raises:
            ParameterError: there was no such council that year.
        """
        return self._span(year).type

    def publisher_type_in(self, year: FinancialYear) -> CouncilType:
        """The group in which the publisher counted the council that year.

        Raises:
            ParameterError: there was no such council that year.
        """
        return self._span(year).publisher_type

    def _span(self, year: FinancialYear) -> CouncilPeriod:
        for span in self.spans:
            if span.holds(year):
                return span
        first, last = self.spans[0].first_year, self.spans[-1].last_year
        lived = f"{first or 'the start of the register'} to {last or 'today'}"
        raise ParameterError(f"{self.name} did not exist in {year}: it reported from {lived}.")
