"""Compare English councils' adult social care indicators with their peers and with England.

    >>> import bench
    >>> leeds = bench.briefing("Leeds", "2018-19")
    >>> leeds.frame().loc[:2, ["code", "value", "peer_average", "verdict_vs_peers"]]
         code  value  peer_average verdict_vs_peers
    0      1A   19.6          19.1           better
    1      1B   75.1          77.9          unclear
    2  1C(1A)   91.2          87.6           better

A table of figures:

- `observations`: every published figure in force, as one table.
- `quoted`: the figures that documents quote, which are never part of that table.
- `revisions`: the figures that two releases print differently.

One question answered, as an object with `frame()` for the figures and a method for each section of
its page, which shows itself in a notebook:

- `briefing`: a council's indicators of a year beside its peers and England, each judged.
- `council_brief`: the same on one side of A4, with only what is sure and robust beside the table.
- `indicator`: one indicator of every council.
- `overview`: every council's verdicts of a year.
- `area`: an area made of councils, reckoned from their figures, beside England and peers.
- `group`: a region, or councils that are named, beside England.
- `story`: one question through all its names, for two councils.
- `changes`: what a release changed for a council or for all, and what moved each verdict.
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

import importlib
import sys
from typing import TYPE_CHECKING, Final

from bench.errors import BenchError
from bench.project import __version__

if TYPE_CHECKING:
    from bench.pages.area.report import area
    from bench.pages.audit.report import audit_pack
    from bench.pages.brief.report import council_brief
    from bench.pages.changes.report import changes
    from bench.pages.council.report import briefing
    from bench.pages.explorer.widgets import explorer
    from bench.pages.group.report import group
    from bench.pages.indicator.report import indicator
    from bench.pages.method.report import method
    from bench.pages.overview.report import overview
    from bench.pages.peers.report import peers
    from bench.pages.quality.report import quality
    from bench.pages.restatement.report import scrutiny
    from bench.pages.story.report import story
    from bench.pages.surveillance.report import surveillance
    from bench.published.observations import observations
    from bench.published.quoted import quoted
    from bench.published.revisions import revisions

__all__ = [
    "BenchError",
    "__version__",
    "area",
    "audit_pack",
    "briefing",
    "changes",
    "council_brief",
    "explorer",
    "group",
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

# Where each name is defined: a module is imported when its name is first asked for.
_HOMES: Final = {
    "area": "bench.pages.area.report",
    "audit_pack": "bench.pages.audit.report",
    "briefing": "bench.pages.council.report",
    "changes": "bench.pages.changes.report",
    "council_brief": "bench.pages.brief.report",
    "explorer": "bench.pages.explorer.widgets",
    "group": "bench.pages.group.report",
    "indicator": "bench.pages.indicator.report",
    "method": "bench.pages.method.report",
    "observations": "bench.published.observations",
    "overview": "bench.pages.overview.report",
    "peers": "bench.pages.peers.report",
    "quality": "bench.pages.quality.report",
    "quoted": "bench.published.quoted",
    "revisions": "bench.published.revisions",
    "scrutiny": "bench.pages.restatement.report",
    "story": "bench.pages.story.report",
    "surveillance": "bench.pages.surveillance.report",
}


if not TYPE_CHECKING:  # or every name would be taken for one of the package

    def __getattr__(name: str) -> object:
        """Import a public name from where it is defined, once."""
        if name not in _HOMES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message, name=name, obj=sys.modules[__name__])
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(globals().keys() | _HOMES.keys())
