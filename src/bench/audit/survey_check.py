"""Checks of the numbers that a survey report prints against the counts of the survey."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from bench.audit.survey_file import Of, cited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.audit.survey import Cohort
    from bench.audit.survey_file import PartsTotal, PrintedNumber, Statement


class CheckOutcome(StrEnum):
    """Whether two numbers that should be the same are."""

    AGREES = "agrees"
    OTHER_BASE = "other_base"
    DIFFERS = "differs"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Check:
    """One number held against the counts.

    Attributes:
        of: what the number is.
        name: the question, or region or type; empty for neither.
        answer: the answer; empty for none.
        printed: the number as printed, or a sum.
        decimals: of the printed number.
        counted: what the counts give, in the same unit.
        out_of: count and base behind `counted`; None where it is a count.
        outcome: whether they are the same; for OTHER_BASE `counted` is out of all that answered,
            and for SHORT a question has fewer answers than councils that answered.
        source: the document that prints it.
        bases: for a statement every count and base that it was held against; for parts the parts.
        words: how a statement puts it.
    """

    of: Of
    name: str
    answer: str
    printed: Fraction
    decimals: int
    counted: Fraction
    out_of: tuple[int, int] | None
    outcome: CheckOutcome
    source: str
    bases: tuple[tuple[int, int], ...] = ()
    words: str = ""


def adds_up(cohort: Cohort) -> tuple[Check, ...]:
    """Every check of a survey: the numbers printed, in their order, then the sums."""
    survey = cohort.survey
    printed = [_printed(cohort, one) for one in survey.printed]
    stated = [one for statement in survey.statements for one in _stated(cohort, statement)]
    totals = [_total(cohort, one) for one in survey.totals]
    return (*printed, *stated, *_sums(cohort), *totals)


def _stated(cohort: Cohort, statement: Statement) -> Iterator[Check]:
    """A statement's printed share, and the fraction that it names, against every base."""
    if statement.count is None:
        return
    bases = tuple((statement.count, base) for base in statement.bases or (cohort.answered,))
    source = cited(cohort.survey.document, statement.where)
    shares = [Fraction(100 * count, base) for count, base in bases]
    if statement.printed is not None:
        decimals = max(0, -int(statement.printed.as_tuple().exponent))
        close = [
            abs(share - Fraction(statement.printed)) * 2 * 10**decimals <= 1 for share in shares
        ]
        same = CheckOutcome.AGREES if any(close) else CheckOutcome.DIFFERS
        yield Check(
            Of.STATEMENT,
            statement.text,
            "",
            Fraction(statement.printed),
            decimals,
            shares[0],
            bases[0],
            same,
            source,
            bases,
        )
    if statement.fraction:
        named = Fraction(statement.fraction)
        # words are no exact number: a council more or fewer is still what they name
        close = [abs(count - named * base) <= 1 for count, base in bases]
        same = CheckOutcome.AGREES if any(close) else CheckOutcome.DIFFERS
        yield Check(
            Of.STATEMENT,
            statement.text,
            "",
            100 * named,
            0,
            shares[0],
            bases[0],
            same,
            source,
            bases,
            statement.words,
        )


def _total(cohort: Cohort, total: PartsTotal) -> Check:
    """Parts against the total that they should come to."""
    parts = sum(total.parts)
    same = CheckOutcome.AGREES if parts == total.total else CheckOutcome.DIFFERS
    return Check(
        Of.PARTS,
        total.text,
        "",
        Fraction(parts),
        0,
        Fraction(total.total),
        None,
        same,
        cited(cohort.survey.document, total.where),
        tuple((part, total.total) for part in total.parts),
    )


def _printed(cohort: Cohort, printed: PrintedNumber) -> Check:
    out_of: tuple[int, int] | None = None
    name = ""
    if printed.of is Of.RESPONSE_RATE:
        out_of = cohort.answered, cohort.invited
    elif printed.of is Of.INVITED:
        found = Fraction(cohort.invited)
    elif printed.of.of_answer:
        result = next(one for one in cohort.results if one.name == printed.question)
        count = next(one.count for one in result.answers if one.text == printed.answer)
        name, found = result.text, Fraction(count)
        if printed.of is Of.ANSWER_SHARE:
            out_of = count, result.base
    else:  # how many answered, or how many do by the groups
        found = Fraction(cohort.answered)
    outcome = CheckOutcome.AGREES
    if out_of is not None:
        found = Fraction(100 * out_of[0], out_of[1])
    if not _rounds_to(found, printed):
        outcome = CheckOutcome.DIFFERS
        if printed.of is Of.ANSWER_SHARE and out_of is not None and cohort.answered:
            of_all = Fraction(100 * out_of[0], cohort.answered)
            if _rounds_to(of_all, printed):
                outcome, out_of, found = (
                    CheckOutcome.OTHER_BASE,
                    (out_of[0], cohort.answered),
                    of_all,
                )
    return Check(
        of=printed.of,
        name=name,
        answer=printed.answer,
        printed=Fraction(printed.value),
        decimals=_decimals(printed),
        counted=found,
        out_of=out_of,
        outcome=outcome,
        source=cited(
            printed.source or cohort.survey.document, printed.where or _section(cohort, printed)
        ),
        bases=() if out_of is None else (out_of, (out_of[0], cohort.answered)),
    )


def _section(cohort: Cohort, printed: PrintedNumber) -> str:
    """Where a printed number stands: in the section of its question, or of the counts."""
    survey = cohort.survey
    if printed.of.of_answer:
        return survey.questions[printed.question].where
    return survey.counts.where if survey.counts else ""


def _rounds_to(counted: Fraction, printed: PrintedNumber) -> bool:
    """Whether a number rounds to what is printed; a half may have gone either way."""
    return abs(counted - Fraction(printed.value)) <= Fraction(1, 2 * 10 ** _decimals(printed))


def _decimals(printed: PrintedNumber) -> int:
    return max(0, -int(printed.value.as_tuple().exponent))


def _sums(cohort: Cohort) -> Iterator[Check]:
    counts = cohort.survey.counts
    document = cited(cohort.survey.document, counts.where if counts else "")
    for grouping in cohort.groupings if cohort.survey.counts else ():
        of = Of.REGIONS_TOTAL if grouping.by == "region" else Of.TYPES_TOTAL
        total = sum(group.answered for group in grouping.groups)
        same = CheckOutcome.AGREES if total == cohort.answered else CheckOutcome.DIFFERS
        yield Check(of, "", "", Fraction(total), 0, Fraction(cohort.answered), None, same, document)
        for group in grouping.groups:
            if group.answered > group.everyone:
                yield Check(
                    of,
                    group.name,
                    "",
                    Fraction(group.answered),
                    0,
                    Fraction(group.everyone),
                    None,
                    CheckOutcome.DIFFERS,
                    document,
                )
    for result in cohort.results:
        if result.base < cohort.answered:
            yield Check(
                Of.ANSWERED,
                result.text,
                "",
                Fraction(result.base),
                0,
                Fraction(cohort.answered),
                None,
                CheckOutcome.SHORT,
                result.source,
            )
