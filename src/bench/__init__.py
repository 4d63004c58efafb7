"""Compare English councils' adult social care indicators with their peers and with England.

    >>> import bench
    >>> leeds = bench.briefing("Leeds", "2018-19")
    >>> leeds.frame().loc[:2, ["code", "value", "peer_average", "verdict_vs_peers"]]
         code  value  peer_average verdict_vs_peers
    0      1A   19.6          19.1           better
    1      1B   75.1          77.9          similar
    2  1C(1A)   91.2          87.6           better

A table of figures:

- `observations`: every published figure in force, as one table.
- `quoted`: the figures that documents quote, which are never part of that table.
- `revisions`: the figures that two releases print differently.

One question answered, as an object with `frame()` for the figures and a method for each section of
its page, which shows itself in a notebook:

- `briefing`: a council's indicators of a year beside its peers and England, each judged.
- `indicator`: one indicator of every council.
- `overview`: every council's verdicts of a year.
- `story`: one question through all its names, for two councils.
- `surveillance`: the changes that are worth asking about.
- `scrutiny`: what one figure would be, counted otherwise.
- `audit_pack`: the papers that an audit puts beside the table.
- `peers`: which councils are nearest to one by the open model, and why.
- `quality`: what the integrity rules say of the figures.
- `method`: how a verdict is reached, with worked cases.
- `explorer`: controls in JupyterLab over `briefing`.

Councils are known by name, alias or code ("Leeds", "E08000035"), indicators by id, title or the
code of the year ("self_directed_support", "1C(1A)"), years as "2018-19" or "latest". What is not
given comes from `params/`. Figures are in the indicator's own unit: per cent (0 to 100), per
100,000 people, a score, or a count. Anything that cannot be answered raises a `BenchError`, which
says what was found, what was allowed, and what to try:

    >>> bench.briefing("Leds")
    Traceback (most recent call last):
    bench.errors.UnknownNameError: Unknown council 'Leds'.
    Try: did you mean Leeds?

The figures are published by NHS England and the Department of Health and Social Care under the
Open Government Licence v3.0; `data/sources.yaml` names each publication.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.project import __version__

if TYPE_CHECKING:
    import pandas as pd

    from bench.pages.audit.report import AuditPack
    from bench.pages.council.report import Briefing
    from bench.pages.explorer.widgets import Explorer
    from bench.pages.indicator.report import IndicatorBrief
    from bench.pages.method.report import Method
    from bench.pages.overview.report import Overview
    from bench.pages.peers.report import PeersBrief
    from bench.pages.quality.report import Quality
    from bench.pages.restatement.report import Scrutiny
    from bench.pages.story.report import StoryBrief
    from bench.pages.surveillance.report import Surveillance

__all__ = [
    "BenchError",
    "__version__",
    "audit_pack",
    "briefing",
    "explorer",
    "indicator",
    "method",
    "observations",
    "overview",
    "peers",
    "quality",
    "quoted",
    "revisions",
    "scrutiny",
    "story",
    "surveillance",
]


def observations(*, as_of: str | None = None) -> pd.DataFrame:
    """Every published figure in force, as one table.

    Args:
        as_of: A release of `data/sources.yaml`, for the table as it stood when that was published.

    Returns:
        One row per indicator, breakdown, area and period, sorted so (some 125,000 rows), and 15
        columns: `release_id, indicator_id, breakdown, area_id, period`; `value` in the indicator's
        unit; `numerator, denominator, respondents`, counts of people; `margin`, the published 95%
        half-width in the value's unit; `status` (observed, suppressed, unusable, not_available,
        not_applicable), `marker` (as printed), `maturity`, `area_code` (ONS), `place` (line or
        cell). A value is there if and only if the status is observed. Labels are categories.

    Raises:
        UnknownNameError: No such release.
        MissingDataError: There is no built data.

    >>> figures = bench.observations()
    >>> leeds = figures.query("area_id == 'leeds' and breakdown == 'all' and period == '2018-19'")
    >>> leeds.set_index("indicator_id").loc["self_directed_support", ["value", "denominator"]]
    value            91.2
    denominator    6206.0
    Name: self_directed_support, dtype: float64
    """
    from bench.published.observations import load

    return load(as_of=as_of)


def quoted() -> pd.DataFrame:
    """Every figure that a document quotes; none of them enters an average, a rank or a verdict.

    Returns:
        One row per figure and 12 columns: `indicator_id, area_id, period, kind` (figure,
        milestone, ...), `value`, and `upper` where a range is quoted, in `unit`, of `subject`; the
        `document`, `where` in it, `maturity` and a `note`.

    >>> told = bench.quoted().query("area_id == 'somerset' and period == '2012-13'")
    >>> print(told[["kind", "value", "unit"]].to_string(index=False))
                   kind  value     unit
    published_elsewhere    7.0 per_cent
    """
    from bench.published.quoted import load

    return load()


def revisions() -> pd.DataFrame:
    """The figures that two releases print differently.

    Returns:
        One row per figure and later release: `indicator_id, breakdown, area_id, period,
        earlier_release_id, later_release_id`, and `earlier, later, change` (later less earlier) in
        the indicator's unit.

    >>> changed = bench.revisions().query("area_id == 'england' and period == '2018-19'")
    >>> print(changed[["indicator_id", "earlier", "later"]].to_string(index=False))
                    indicator_id  earlier  later
    care_home_admissions_65_over    579.4  577.6
      carers_finding_information     62.3   62.5
    """
    from bench.published import revisions as found
    from bench.published.observations import history

    return found.revisions(history())


def briefing(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    average: str | None = None,
    multiplicity: str | None = None,
    palette: str | None = None,
) -> Briefing:
    """One council's indicators of a year beside its peers and England, each judged.

    Args:
        council: Name, alias or code.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model (cipfa, open, region, type, england), or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        average: mean, median or pooled, of the peers.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        palette: rag or af, the colours of tables and figures.

    Returns:
        A `Briefing`: `frame()` has a row per indicator, `table()` the same as a page shows it,
        `figure(name)` a chart, `series(indicator)` the years, `what_if(indicator, value)` a row
        as it would be.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.

    >>> leeds = bench.briefing("Leeds", "2018-19")
    >>> frame = leeds.frame().set_index("code")
    >>> len(frame)
    29
    >>> frame.loc[["1C(1A)"], ["value", "lower", "upper", "england", "rank", "rank_of"]]
            value  lower  upper  england  rank  rank_of
    code
    1C(1A)   91.2  90.44  91.85     89.0    99      150
    >>> print(leeds.figure("spine").title)
    Leeds beside its peers, indicator by indicator
    """
    from bench.pages.council.report import brief

    return brief(
        council,
        year,
        peers=peers,
        rule=rule,
        palette=palette,
        average=average,
        multiplicity=multiplicity,
    )


def indicator(
    name: str,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    multiplicity: str | None = None,
    council: str | None = None,
    milestone: str | None = None,
    beside: str | None = None,
    palette: str = "rag",
    pages: str = "all",
) -> IndicatorBrief:
    """One indicator and year of every council that there was, best first.

    Args:
        name: Id, title, or the code of that year.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";"; each council beside its own.
        rule: auto, interval, spread, quartile, tolerance or funnel.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        council: One council to point out and to set among its peers.
        milestone: A figure to be reached: a number, or one that a document sets, as "70% by April
            2013".
        beside: Another indicator of the year, to see whether the two go together.
        palette: rag or af.
        pages: Councils whose page stands beside this one: all, none, or separated by ";".

    Returns:
        An `IndicatorBrief`: `frame()` has a row per council, `areas()` one for England and each
        region, `ladder()` shows every council in order.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year, or a year for which it was not published.

    >>> ranked = bench.indicator("1A", "2018-19").frame()
    >>> ranked.loc[:2, ["council", "value", "verdict_vs_england"]]
        council  value verdict_vs_england
    0  Barnsley   20.2             better
    1   Rutland   20.1             better
    2   Cumbria   20.0             better
    """
    from bench.pages.indicator.report import gather

    return gather(
        name,
        year,
        peers=peers,
        rule=rule,
        multiplicity=multiplicity,
        council=council,
        milestone=milestone,
        beside=beside,
        palette=palette,
        pages=pages,
    )


def overview(
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    multiplicity: str | None = None,
) -> Overview:
    """Every council beside its peers and England, every indicator of a year.

    Args:
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        multiplicity: none, page or map: over which comparisons chance is allowed for.

    Returns:
        An `Overview`: `frame()` has a row per council and indicator.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year.

    >>> verdicts = bench.overview("2018-19").frame()
    >>> verdicts.query("council == 'Leeds'")["verdict_vs_england"].value_counts().to_dict()
    {'similar': 12, 'better': 11, 'worse': 6}
    """
    from bench.pages.overview.report import gather

    return gather(year, peers=peers, rule=rule, multiplicity=multiplicity)


def story(
    council: str | None = None,
    beside: str = "Barnet",
    *,
    indicator: str = "self_directed_support",
    year: str | None = None,
    peers: str | None = None,
    palette: str | None = None,
) -> StoryBrief:
    """One question through all its names, for two councils, the first one's peers and England.

    Args:
        council: Name, alias or code.
        beside: A second council.
        indicator: self_directed_support or direct_payments.
        year: Financial year by whose framework the indicator is looked up, or "latest".
        peers: The first council's peer model, or councils separated by ";".
        palette: rag or af.

    Returns:
        A `StoryBrief`: `frame()` has a row per published year and indicator, in per cent.

    Raises:
        UnknownNameError: A name that is not known, or an indicator without a longer story.
        ParameterError: The two councils are one.

    >>> bench.story("Somerset", "Barnet").frame().loc[:1, ["period", "code", "council", "beside"]]
        period    code  council  beside
    0  2014-15  1C(1A)     23.8    99.3
    1  2015-16  1C(1A)     39.1    99.2
    """
    from bench.pages.story.report import gather

    return gather(council, beside, indicator=indicator, year=year, peers=peers, palette=palette)


def surveillance(
    council: str = "all", indicator: str = "all", year: str = "all", *, palette: str | None = None
) -> Surveillance:
    """The changes from year to year that are rare enough to be worth asking about.

    Args:
        council: Name, alias or code, or "all".
        indicator: Id, title or a code, or "all".
        year: The later year of the change, or "all".
        palette: rag or af.

    Returns:
        A `Surveillance`: `frame()` has a row per finding, the most unusual first.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A text that is no year, or a year in which there was no such council.

    >>> found = bench.surveillance("Wirral", "self_directed_support").frame()
    >>> found.loc[:1, ["period", "previous", "value"]]
        period  previous  value
    0  2022-23     100.0    8.7
    1  2019-20      26.3  100.0
    """
    from bench.pages.surveillance.report import surveillance as look

    return look(council, indicator, year, palette=palette)


def scrutiny(
    council: str | None = None,
    indicator: str = "self_directed_support",
    year: str | None = None,
    *,
    case: str = "auto",
    adjustments: str = "all",
    milestone: str = "",
    beside: str = "",
    peers: str | None = None,
    rule: str | None = None,
    palette: str = "rag",
) -> Scrutiny:
    """One figure put to the test: what it would be, counted otherwise.

    Args:
        council: Name, alias or code.
        indicator: Id, title or code.
        year: Financial year.
        case: A file of params/integrity, "auto" for the one about this figure, or "none".
        adjustments: The case's adjustments to make, separated by ";", or "all".
        milestone: A share that was to be reached, in per cent; "" for that of the case.
        beside: A further indicator to set beside it; "" for that of the case.
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.

    Returns:
        A `Scrutiny`: `frame()` has a row per way of counting, the reported one first.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: What does not fit the figure, or could not be.
        RegisterError: A case file that does not fit.

    >>> made = bench.scrutiny("Somerset", "self_directed_support_1c_part_1", "2013-14")
    >>> made.frame().loc[1:2, ["counted", "value", "lower", "upper"]].round(1)
               counted  value  lower  upper
    1          letters   13.2   11.8   14.3
    2  old_denominator   19.1   19.0   19.2
    """
    from bench.pages.restatement.report import scrutinise

    return scrutinise(
        council,
        indicator=indicator,
        year=year,
        case=case,
        adjustments=adjustments,
        milestone=milestone,
        beside=beside,
        peers=peers,
        rule=rule,
        palette=palette,
    )


def audit_pack(
    name: str,
    *,
    as_of: str,
    actions: str = "none",
    previous_actions: str = "none",
    checklist: str = "none",
    compared_checklists: str = "none",
    survey: str = "none",
    allocation: str = "none",
    day_services: str = "none",
    council: str | None = None,
    year: str | None = None,
    peers: str | None = None,
    rule: str | None = None,
    palette: str | None = None,
) -> AuditPack:
    """The papers that an audit puts beside the table, each from a reviewed file.

    Args:
        name: The audit, a folder of `params/audits`.
        as_of: The day on which the pack is read, "2011-07-31".
        actions: The action plan, a file of the folder; "none" leaves it out, as for all.
        previous_actions: The version before of the same plan.
        checklist: A self-assessment.
        compared_checklists: Others to set beside it, separated by ";".
        survey: A survey of councils.
        allocation: Rules from points to money; several files are separated by ";".
        day_services: A year from 2008-09 to 2013-14 whose day services are shown.
        council: Whose figures stand behind the findings.
        year: Of which year.
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        palette: rag or af.

    Returns:
        An `AuditPack`: `actions()`, `checklist()`, `survey()` and `allocation()` show a section
        each.

    Raises:
        UnknownNameError: There is no such audit.
        ParameterError: Names that are not known, and files that are not sound; all at once, with
            file and line.

    >>> pack = bench.audit_pack("user-survey-2020-21", as_of="2021-10-31", survey="survey.yaml")
    >>> list(pack.sections)
    ['survey']
    """
    from bench.pages.audit.report import audit_pack as gather

    return gather(
        name,
        as_of=as_of,
        actions=actions,
        previous_actions=previous_actions,
        checklist=checklist,
        compared_checklists=compared_checklists,
        survey=survey,
        allocation=allocation,
        day_services=day_services,
        council=council,
        year=year,
        peers=peers,
        rule=rule,
        palette=palette,
    )


def peers(
    council: str | None = None, *, weights: str = "default", palette: str | None = None
) -> PeersBrief:
    """A council's 15 nearest councils by the open model, and why each is one.

    Args:
        council: Name, alias or code.
        weights: A file in the form of params/peers.yaml, or "default" for that one.
        palette: rag or af.

    Returns:
        A `PeersBrief`: `frame()` has a row per peer, the nearest first, with its distance and the
        other models that name it too.

    Raises:
        UnknownNameError: A council or palette that is not known; the nearest ones are named.
        RegisterError: The weights do not fit.

    >>> bench.peers("Leeds").frame().loc[:1, ["rank", "council", "also"]]
       rank    council                 also
    0     1  Sheffield  CIPFA; region; type
    1     2    Salford                 type
    """
    from bench.pages.peers.report import gather

    return gather(council, weights=weights, palette=palette)


def quality(release: str = "all", *, palette: str | None = None) -> Quality:
    """Every integrity rule, asked of one release or of all.

    Args:
        release: A release of `data/sources.yaml`, or "all".
        palette: rag or af.

    Returns:
        A `Quality`: `frame()` has a row per finding, with its rule, severity and explanation.

    Raises:
        UnknownNameError: No such release.
        MissingDataError: There is no built data.

    >>> bench.quality("ascof_2018_19").exit_code
    0
    """
    from bench.pages.quality.report import quality as ask

    return ask(release, palette=palette)


def method(*, palette: str = "rag") -> Method:
    """How a verdict is reached: every rule in words, with worked cases that are tested.

    Args:
        palette: rag or af.

    Returns:
        A `Method`: `frame()` has a row per worked case.

    >>> bench.method().frame().loc[0, ["section", "interval", "verdict"]].tolist()
    ['interval', (57.0, 63.0), 'better']
    """
    from bench.pages.method.report import gather

    return gather(palette=palette)


def explorer(
    council: str | None = None,
    year: str | None = None,
    *,
    peers: str | None = None,
    rule: str | None = None,
    average: str | None = None,
    multiplicity: str | None = None,
    palette: str | None = None,
    indicator: str | None = None,
) -> Explorer:
    """Controls in JupyterLab: choose, and the table and the figures follow.

    Args:
        council: The first council, by name, alias or code.
        year: Financial year, "2018-19", or "latest".
        peers: A peer model, or councils separated by ";".
        rule: auto, interval, spread, quartile, tolerance or funnel.
        average: mean, median or pooled, of the peers.
        multiplicity: none, page or map: over which comparisons chance is allowed for.
        palette: rag or af.
        indicator: The first indicator, by id, title or the code of the year.

    Returns:
        An `Explorer`, which shows itself; its `briefing()` is that of the view, as
        `bench.briefing` gives it.

    Raises:
        UnknownNameError: A name that is not known; the nearest ones are named.
        ParameterError: A year that is none, or in which there was no such council.

    >>> bench.explorer("Leeds", "2018-19").briefing().council
    'Leeds'
    """
    from bench.pages.explorer import view, widgets

    return widgets.Explorer(
        view.start(
            council,
            year,
            peers=peers,
            rule=rule,
            average=average,
            multiplicity=multiplicity,
            palette=palette,
            indicator=indicator,
        )
    )
