"""What does not add up in a survey's report, in sentences that ask nobody to blame.

Enters: checks. Leaves: sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.audit.survey_check import Outcome
from bench.audit.survey_file import Of
from bench.present.numbers import bare
from bench.present.records import beneath, capital, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.audit.survey_check import Check

__all__ = ["discrepancies"]


def discrepancies(checks: Sequence[Check]) -> list[str]:
    """What does not add up in sentences with their documents; last, how many numbers do."""
    told: list[str] = [
        beneath(_discrepancy(one), one.source)
        for one in checks
        if one.outcome is not Outcome.AGREES
    ]
    agree = sum(one.outcome is Outcome.AGREES for one in checks)
    if told and agree:
        told.append(f"{counted(agree, 'other number')} held against the counts: no difference.")
    return told


def _discrepancy(check: Check) -> str:
    printed = bare(float(check.printed), check.decimals)
    found = _found(check)
    match check.of, check.outcome:
        case _, Outcome.SHORT:
            short = int(check.found - check.printed)
            return (
                f"“{check.name}” {printed} of the {found} councils gave an answer that counts; "
                f"{short} did not. Shares here are out of {printed}."
            )
        case Of.RESPONSE_RATE, _:
            count, base = check.out_of or (0, 1)
            return f"A response rate of {printed}% is printed. {count} of {base} is {found}."
        case ((Of.REGIONS_TOTAL | Of.TYPES_TOTAL), _) if check.name:
            return f"{capital(check.name)}: {printed} answered, but there were only {found}."
        case ((Of.REGIONS_TOTAL | Of.TYPES_TOTAL), _):
            by = "region" if check.of is Of.REGIONS_TOTAL else "type"
            return f"The counts by {by} come to {printed}, but {found} councils answered."
        case Of.ANSWER_SHARE, Outcome.OTHER_BASE:
            count, base = check.out_of or (0, 1)
            return (
                f"“{check.name}” The {printed}% printed for “{check.answer}” is {count} out of all "
                f"{base} that answered the survey."
            )
        case Of.ANSWER_SHARE, _:
            count, base = check.out_of or (0, 1)
            return (
                f"“{check.name}” For “{check.answer}” {printed}% is printed. {count} of {base} is "
                f"{found}."
            )
        case Of.ANSWER_COUNT, _:
            return (
                f"“{check.name}” For “{check.answer}” {printed} is printed; the count is {found}."
            )
        case Of.INVITED, _:
            return f"{printed} councils asked are printed; the count is {found}."
        case _:
            return f"{printed} councils that answered are printed; the count is {found}."


def _found(check: Check) -> str:
    if check.out_of is None:
        return bare(float(check.found), 0)
    return f"{bare(float(check.found), check.decimals + 1)}%"
