"""`bench ...`: parses, calls, prints; what a command does stands elsewhere."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import gc
import inspect
import os
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

# No plugin is used, and looking for some reads about every package that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import typer
import typer.core

import bench
from bench import console
from bench.console import prepare, say, say_bytes, say_json
from bench.errors import BenchError, ExecutionError, ParameterError
from bench.project import checksums, processes, transaction
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from bench.publish.site import SiteStatus
    from bench.published.build import Built

# A command makes much that stays: looking for garbage seldom saves a fifteenth of its start.
gc.set_threshold(200_000)

app = typer.Typer(
    name="bench",
    help="Compare English councils' adult social care indicators with their peers and England.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class ListName(StrEnum):
    """What `bench list` can show."""

    COUNCILS = "councils"
    INDICATORS = "indicators"
    YEARS = "years"
    PEERS = "peers"
    SITES = "sites"
    CHECKS = "checks"
    AREAS = "areas"


class Format(StrEnum):
    """How `bench table` and `bench changes` print."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class CheckFormat(StrEnum):
    """How `bench check` prints."""

    TEXT = "text"
    JSON = "json"


def _catalog() -> ModuleType:
    """What can be asked for: reading it costs more than all else at start."""
    from bench import catalog

    return catalog


def _warm() -> ModuleType:
    """The processes in which pages are made: they are started before all else is imported."""
    from bench.publish import warm

    return warm


class Named(typer.core.TyperCommand):
    """A command whose help names the values that an option takes.

    They are looked up when the help is asked for.
    """

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Put the values in the place of "{rules}" and its like, then print as ever."""
        values = _catalog().values()
        for parameter in self.params:
            text = getattr(parameter, "help", None)
            if text and "{" in text:
                parameter.help = text.format_map(values)  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)


PeersOption = Annotated[
    str | None,
    typer.Option(
        "--peers",
        help="Who is compared with: {peers}; or councils separated by ';'. "
        "With +reckoned behind it, a peer that ended is reckoned from its successors.",
    ),
]
Year = Annotated[str | None, typer.Option("--year", help="Financial year, such as 2018-19.")]
PaletteOption = Annotated[str | None, typer.Option("--palette", help="Colours: {palettes}.")]
CouncilArgument = Annotated[
    str | None, typer.Argument(help="Name, alias or code; by default that of params/default.yaml.")
]
ReleaseOption = Annotated[
    str | None, typer.Option("--release", help="One release of data/sources.yaml; else all.")
]
RawOption = Annotated[
    Path | None, typer.Option("--raw", help="Folder of the publisher's files; read in place.")
]
PageFolderOption = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for the page; nobody else's file is replaced there."),
]
SingleFileOption = Annotated[
    bool, typer.Option("--single-file", help="One page with everything in it, for e-mail.")
]
AreaOption = Annotated[
    str | None,
    typer.Option("--area", help="Not a council: an area made of councils, see `bench list areas`."),
]
# How a command asks for each field of `bench.pages.choices.Choices`.
CHOICES: Final[dict[str, Any]] = {
    "council": CouncilArgument,
    "year": Year,
    "peers": PeersOption,
    "rule": Annotated[
        str | None,
        typer.Option(
            "--rule",
            help="How a verdict is reached: {rules}; auto asks how large and how sure a gap is.",
        ),
    ],
    "multiplicity": Annotated[
        str | None,
        typer.Option(
            "--multiplicity",
            help="Take back verdicts that do not hold among so many: {multiplicities}.",
        ),
    ],
    "palette": PaletteOption,
    "average": Annotated[str | None, typer.Option("--average", help="Of the peers: {averages}.")],
}


def choosing(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a command ask for choices: its first parameter takes their words, by name."""

    def asking(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def asked(**given: Any) -> None:
            command({name: given.pop(name) for name in names}, **given)

        _, *others = inspect.signature(command, eval_str=True).parameters.values()
        options = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=CHOICES[name]
            )
            for name in names
        ]
        parameters = [*options, *(one.replace(kind=options[0].kind) for one in others)]
        asked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        asked.__annotations__ = {one.name: one.annotation for one in parameters}
        return asked

    return asking


def _version(wanted: bool) -> None:
    if wanted:
        say(f"bench {bench.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Add --debug to any command to see tracebacks."""


@app.command("list")
def list_(
    what: Annotated[ListName, typer.Argument(help="What to list.")], year: Year = None
) -> None:
    """Show the councils, areas, indicators, years, peer models, sites or integrity rules."""
    for line in _catalog().lines(what.value, year):
        say(line)


@app.command()
def new(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A folder that is not there yet, or is empty; with --region the name of a site."
        ),
    ],
    region: Annotated[
        str | None,
        typer.Option("--region", help="Write the site of a region into params/sites instead."),
    ] = None,
) -> None:
    """Make a project of your own: a folder with data, parameters, notebooks and a first site.

    Commands that are run inside it use it, and write their results in its folder reports.
    """
    from bench.project.new_project import SITE, new_project

    if region is not None:
        from bench.publish.plan import write_edition

        say(write_edition(str(folder), region))
        say(f"Next: bench site {folder}")
        return
    made = new_project(sources.project_root(), folder)
    say(made)
    say(f"cd into it, then for example: bench site {SITE}")


@app.command()
def build(
    raw: RawOption = None,
) -> None:
    """Read the publisher's files, verify them, and write data/published, all or nothing."""
    from bench.published import build as building

    root = sources.project_root()
    for built in building.build(raw or root / "data" / "raw", root=root):
        _built(built)


def _built(built: Built) -> None:
    say(
        f"{built.release_id:16} {built.figures:7,} figures, {built.observed:7,} observed, "
        f"{built.bytes / 1024:6,.0f} KiB"
    )


@app.command()
def add(
    file: Annotated[
        Path | None, typer.Argument(help="CSV, TSV, XLS, XLSX or ODS; none with --remove.")
    ] = None,
    release: Annotated[
        str | None,
        typer.Option("--release", help="It is a publisher's release, to be known by this ID."),
    ] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", help="Take the table added with this ID out again.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option("--as", help="Read it in this layout of layouts.yaml.")
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help='What holds what: FIELD=COLUMN, such as value="Outcome"; also indicator=ID, '
            "unit=fraction, council=NAME, sheet=NAME, header=ROW, skip=LABEL, skip=other-codes, "
            "unread=COLUMN, unread=notes, hidden=read, symbol=-=suppressed, allow=impossible, "
            "allow=unusual, allow=words.",
        ),
    ] = None,
    year: Annotated[
        str | None, typer.Option("--year", help="The year that it is about, where it says none.")
    ] = None,
    framework: Annotated[
        str | None,
        typer.Option(
            "--year-of-framework",
            help="Whose indicators, codes and reviews a year follows that no indicator has yet.",
        ),
    ] = None,
    own: Annotated[
        bool,
        typer.Option(
            "--own",
            help="A council's own provisional figures, for its page and groups that name it.",
        ),
    ] = False,
    council: Annotated[
        str | None, typer.Option("--council", help="With --own: whose figures they are.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the publication.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who published it.")] = None,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            help="When: 2012-03-28, 2012-03 or 2012. The later publication is in force.",
        ),
    ] = None,
    landing_page: Annotated[
        str | None, typer.Option("--landing-page", help="Address of the publication.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="Under which it was published.")
    ] = None,
    provenance: Annotated[
        str | None, typer.Option("--provenance", help="Where this copy of it is from.")
    ] = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept-findings",
            help="Bring it in though rules of `bench check` find errors; sources.yaml names them.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Agree without being asked.")] = False,
) -> None:
    """Show what a file is taken for and would change and, if you agree, bring its figures in.

    A table of your own, a publisher's release (--release ID), or a council's provisional figures
    (--own). --remove ID takes an added table out again: the data is then as it was before.

    Whatever is unknown of it and could change what its figures mean is asked about; with --yes it
    is refused, with the --map that would settle it.
    """
    from bench.pages.adding import command
    from bench.published.adding import provisional_file, register

    details = register.Details(
        title=title,
        publisher=publisher,
        published=published,
        landing_page=landing_page,
        licence=licence,
        provenance=provenance,
        release=release,
        framework=framework,
    )
    file, remove = command.check(file, details, own=own, remove=remove)
    if remove is not None:
        say(command.removing(remove))
        _agree(yes, "Shall it be taken out?")
        register.remove(remove)
        say(f"{remove} is taken out.")
        return
    assert file is not None  # noqa: S101 - adding.check() names one of the two
    overrides = command.overrides(layout=layout, maps=maps or [], year=year)
    if own:
        figures = provisional_file.read_own(file, overrides, council=council)
        say(command.own_text(figures))
        command.settled(figures.understood, None if yes else typer.confirm)
        _agree(yes)
        for path in figures.write():
            say(path)
        say(command.where_shown(figures.figures))
        return
    understood = command.look(file, overrides)
    say(command.text(understood))
    understood = command.settled(understood, None if yes else typer.confirm)
    if not yes:
        undated = None if release else str(understood.year.start + 1)
        details = dataclasses.replace(
            details,
            title=title or typer.prompt("Title of the publication", understood.title or file.stem),
            publisher=publisher or typer.prompt("Publisher", "not stated"),
            published=published or typer.prompt("Published (day, month or year)", undated),
        )
    consequences = command.consequences(
        register.candidate(file, understood, details), dated=details.published is not None
    )
    say(consequences.text())
    if consequences.errors and not accept:
        if yes:
            consequences.refuse()
        _agree(yes, "Some of these findings are errors. Shall it be written all the same?")
    else:
        _agree(yes)
    _built(register.add(consequences.accepted()))


def _agree(yes: bool, question: str = "Is this right, and shall it be written?") -> None:
    if not (yes or typer.confirm(question)):
        say("Nothing was written.")
        raise typer.Exit(1)


@app.command()
def log(
    raw: RawOption = None,
    write: Annotated[
        bool, typer.Option("--write", help="Add a row for each new entry, for you to finish.")
    ] = False,
) -> None:
    """Compare the publisher's comparability log and notes with breaks.csv and usage_notes.csv."""
    from bench.published import comparability_log

    root = sources.project_root()
    report = comparability_log.check(raw or root / "data" / "raw", root=root)
    for line in (
        *comparability_log.lines(report),
        *(comparability_log.write(report, root=root) if write else ()),
    ):
        say(line)


@app.command(cls=Named)
@choosing("council", "year", "peers", "rule", "multiplicity")
def table(
    asked: dict[str, str | None],
    form: Annotated[
        Format,
        typer.Option(
            "--format", help="text, json, or csv: the file that the council's page offers."
        ),
    ] = Format.TEXT,
    wide: Annotated[
        bool,
        typer.Option("--wide", help="All of each row as text, on lines as long as need be."),
    ] = False,
    area: AreaOption = None,
) -> None:
    """One council's indicators of a year, beside its peers and England, each judged.

    With --area the figures of councils together, reckoned and not published, judged beside
    England's, as text (--wide too) or JSON, of a --year and by a rule.

    As text it is fitted to the terminal: to 60 columns or more, and to 80 where the output is no
    terminal and COLUMNS does not say otherwise. A terminal shows the verdicts in colour, unless
    NO_COLOR is set.
    """
    from bench.pages.choices import Choices

    if area is not None:
        _area_table(area, asked, form, wide=wide)
        return
    if form is Format.CSV:
        say_bytes(bench.briefing(**asked).files["indicators"].content)
        return
    from bench.pages.council.data import judged

    made = judged(Choices.of(**asked))
    if form is Format.JSON:
        say_json(made.records())
    elif wide:
        say(made.text())
    else:
        say(made.text(width=console.width(), colour=console.shows_colour()))


def _area_table(area: str, asked: dict[str, str | None], form: Format, *, wide: bool) -> None:
    from bench.pages.area.figures import area_figures

    _only_of_area(asked, ("year", "rule"), {"format csv": form is Format.CSV or None})
    figures = area_figures(area, asked["year"], asked["rule"])
    if form is Format.JSON:
        say_json(figures.records())
    else:
        say(figures.text(width=None if wide else console.width()))


def _only_of_area(
    asked: dict[str, str | None], taken: tuple[str, ...], others: Mapping[str, object]
) -> None:
    """See that nothing is asked of an area that only a council has.

    Args:
        asked: choices by name.
        taken: those that an area has too.
        others: further options, by name; None where they are not given.
    """
    given: dict[str, object] = {
        name: word for name, word in asked.items() if name not in taken
    } | dict(others)
    council = given.pop("council", None)
    words = [f"a council ({council})"] if council is not None else []
    for name, word in given.items():
        if word is not None:
            words.append(f"--{name}" if word is True else f"--{name} {word}")
    if words:
        options = ", ".join(f"--{name}" for name in taken)
        raise ParameterError(
            f"--area does not go with {' and '.join(words)}: that is for a council.",
            mend=f"of these, --area takes {options} alone; its peers are those of the open model.",
        )


@app.command(cls=Named)
@choosing("council", "peers", "rule")
def changes(
    asked: dict[str, str | None],
    earlier: Annotated[
        str | None,
        typer.Option("--from", help="The earlier release; by default the one before the later."),
    ] = None,
    later: Annotated[
        str | None, typer.Option("--to", help="The later release; by default the latest.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every council instead, by what moved.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="text, json or csv.")] = Format.TEXT,
) -> None:
    """What a release changed for a council: figures, verdicts that moved, and what moved them.

    Releases are known by their ids in data/sources.yaml. New and revised figures are of any year; a
    figure has no successor where the later release's latest year has none. A verdict moves within
    a year that both releases hold, or from the latest year of the one to that of the other. One
    thing at a time is exchanged, in this order: figure, error, list of peers, peers' or England's
    figures, usual gap, rule; each step's verdict is printed, and the parts of the gap add up.
    """
    if every and asked["council"]:
        raise ParameterError(
            f"--all is about every council, and {asked['council']!r} is named as well.",
            mend="leave out one of the two.",
        )
    found = bench.changes(
        **(asked | ({"council": "all"} if every else {})), from_release=earlier, to_release=later
    )
    if form is Format.CSV:
        say_bytes(found.csv())
    elif form is Format.JSON:
        say_json(found.record())
    else:
        say(found.text(width=console.width()))


@contextlib.contextmanager
def _making() -> Iterator[tuple[ModuleType, Callable[[], str | None]]]:
    """What makes a page, and its kernel: a fork, made ready while this process imports the rest."""
    processes.check_memory()
    with _warm().warming(sources.workspace(), is_fork=True) as kernel:
        from bench.publish import page

        yield page, kernel


@app.command(cls=Named)
@choosing(*CHOICES)
def report(
    asked: dict[str, str | None],
    params: Annotated[
        Path | None,
        typer.Option("--params", help="A YAML file of these, as the explorer writes it."),
    ] = None,
    out: PageFolderOption = None,
    single_file: SingleFileOption = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print it on A4 too; needs an installed Chromium.")
    ] = False,
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Its brief instead: one side of A4, with what is sure alone."),
    ] = False,
    docx: Annotated[
        bool,
        typer.Option("--docx", help="With --brief: it as a Word document too, for you to edit."),
    ] = False,
    area: AreaOption = None,
) -> None:
    """Run the notebook for one council and write its page; prints where the page is.

    With --area the page of an area made of councils: its figures, reckoned from theirs and marked
    so, beside England, its own councils and peers, in a --year and in each. It takes a rule,
    a palette, a folder and the ways to save a page as a council's does.
    """
    if area is not None:
        others = {"params": params, "docx": docx or None}
        _only_of_area(asked, ("year", "rule", "palette"), others)
    elif docx and not brief:
        raise ParameterError(
            "--docx writes the brief as a Word document; there is none of the whole page.",
            mend="give --brief as well.",
        )
    with _making() as (page, kernel):
        output = page.PageOutput(out=out, single_file=single_file, print_pdf=pdf, kernel=kernel)
        document = page.brief_document(asked, params=params, out=out) if docx else None
        if area is not None:
            path = page.area_page(area, asked, output, brief=brief)
        else:
            path = page.report(asked, output, params=params, brief=brief)
        if document:
            document.write()
    say(path)
    if pdf:
        say(path.with_suffix(".pdf"))
    if document:
        say(document.path)


@app.command("site")
def site_(
    path: Annotated[Path, typer.Argument(help="A file of params/sites, or the name of one.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the site: absent, empty, or a site made before."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Pages at once.")] = 2,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="Make this page or council's page anew and leave all others as they are; "
            "repeatable.",
        ),
    ] = None,
    status: Annotated[
        bool,
        typer.Option("--status", help="Make nothing; list fresh, stale and missing pages."),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep pages that are unchanged.")
    ] = False,
    cold: Annotated[
        bool, typer.Option("--cold", help="Start an ordinary kernel for each page.")
    ] = False,
    timing: Annotated[bool, typer.Option("--timing", help="Say how long each stage took.")] = False,
    publish_partial: Annotated[
        bool, typer.Option("--publish-partial", help="Bring the site in force though pages failed.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print every page on A4 too; needs an installed Chromium.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            help="Address of a Dask scheduler, tcp://... or tls://... Scheduler and workers run "
            "code on each other and here: trust all of them, and their network if it is tcp.",
        ),
    ] = None,
    tls_ca: Annotated[
        Path | None,
        typer.Option("--tls-ca", help="With tls://: PEM file of the cluster's authority."),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", help="With tls://: your certificate, PEM.")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", help="With tls://: its private key, PEM.")
    ] = None,
    page_seconds: Annotated[
        float, typer.Option("--page-seconds", min=1, help="How long a page may take.")
    ] = 300,
    page_memory: Annotated[
        int,
        typer.Option("--page-memory", min=64, help="MiB that a page may take, unless --cold."),
    ] = 2048,
) -> None:
    """Run every page that a site's file names, and bring the site in force when all are made.

    A folder that holds anything else than such a site is refused, and nothing in it is touched.
    """
    processes.check_memory()
    with contextlib.ExitStack() as parents:
        ahead = None
        if not (status or resume or cold or scheduler):  # where it is sure that pages are made
            ahead = parents.enter_context(_warm().ahead(sources.workspace()))
        from bench.publish import executors, run, site

        if status:
            _status(site.status(path, out=out, only=only or ()))
            return
        options = run.Options(
            jobs=jobs,
            resume=resume,
            cold=cold,
            scheduler=scheduler,
            tls=executors.tls(scheduler, ca=tls_ca, cert=tls_cert, key=tls_key),
            seconds=page_seconds,
            memory_bytes=page_memory * 1024**2,
            ahead=ahead,
        )
        outcome = site.build(
            path,
            out=out,
            only=only or (),
            options=options,
            publish_partial=publish_partial,
            print_pdf=pdf,
            progress=run.Progress(),
        )
    for number, record in enumerate(outcome.failures, start=1):
        say(f"{number}. {record.identifier}: {record.error}", error=True)
    if timing:
        say(outcome.stages.text(), error=True)
    if outcome.recovered:
        say(f"bench: a stopped batch was tidied up in {outcome.folder}.", error=True)
    if outcome.published:
        say(outcome.folder / "index.html")
    else:
        before = (
            f"the site in {outcome.folder} is the one before"
            if outcome.in_force
            else f"there is no site in {outcome.folder} yet"
        )
        say(
            f"bench: {len(outcome.failures)} of {outcome.pages} pages failed; {before}. "
            "Try: see above, then --resume.",
            error=True,
        )
    if outcome.failures:
        raise typer.Exit(ExecutionError.exit_code)


def _status(status: SiteStatus) -> None:
    """Print which pages of a site are there, a line each."""
    total = len(status.fresh) + len(status.stale) + len(status.missing)
    say(
        f"{status.folder}: {'' if status.in_force else 'no site in force; '}"
        f"{len(status.fresh)} fresh, {len(status.stale)} stale, {len(status.missing)} missing "
        f"of {total} pages"
    )
    if status.waiting:
        say(f"{len(status.waiting)} of them are made and wait for --resume")
    for word in ("fresh", "stale", "missing"):
        for identifier in getattr(status, word):
            say(f"{word:8} {identifier}")


@app.command("peers")
def peers_(
    council: CouncilArgument = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="A file like params/peers.yaml.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write every council's peers to this CSV, a new file."),
    ] = None,
    raw: Annotated[
        Path | None,
        typer.Option("--raw", help="Folder of the Census files: bring them and the lists in anew."),
    ] = None,
    worth: Annotated[
        bool,
        typer.Option(
            "--worth",
            help="Instead of one council's: what each peer model and size of group explains.",
        ),
    ] = False,
    area: AreaOption = None,
) -> None:
    """The open peer model: a council's nearest councils, and what makes each near or far.

    With --area those of an area made of councils, its Census figures pooled from theirs.

    With --worth: of the differences among councils, the share that the average of their peers
    explains, over all measures and years held: each peer model, councils drawn by lot as the zero,
    and sizes of group, chosen on the earlier years and shown on the later.
    """
    from bench.pages.peers.worth import models_worth
    from bench.peer_model import lists

    if area is not None and (council or worth):
        raise ParameterError(
            f"--area names an area, and {'--worth' if worth else repr(council)} was given as well.",
            mend="leave one out.",
        )
    if worth and council:
        raise ParameterError(
            f"--worth is about all councils, and {council!r} was given.", mend="leave one out."
        )
    chosen = str(weights) if weights else lists.DEFAULT
    if raw:
        for path in lists.rebuild(raw):
            say(path)
    if out:
        say(lists.write(out, chosen))
    if worth:
        say(models_worth(chosen).text())
    if area is not None:
        say(bench.area(area).neighbours_by(chosen).text())
    elif council or not (raw or out or worth):
        say(bench.peers(council, weights=chosen).text())


@app.command(cls=Named)
def export(
    folder: Annotated[
        Path, typer.Argument(help="Absent, empty, or an export made before, which is replaced.")
    ],
    year: Annotated[
        list[str] | None,
        typer.Option(
            "--year", help="Figures and verdicts of this year alone, such as 2018-19; repeatable."
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The figures as they stood when this release was published."),
    ] = None,
    peers: PeersOption = None,
) -> None:
    """Write every figure and verdict as Parquet and CSV, for Power BI, R and databases.

    Observations, verdicts, and what they refer to (councils, indicators, peers, years, breaks,
    notes, releases, revisions), with types and keys as a Frictionless data package and as CSVW.
    README.txt in the folder says how to open them. All is written or nothing; the same data gives
    the same bytes. Verdicts are by the rule of params/default.yaml.
    """
    from bench.publish.export import folder as exporting

    for name, size in exporting.export(folder, years=year or (), as_of=as_of, peers=peers):
        say(f"{size / 1024:9,.0f} KiB  {folder / name}")


@app.command()
def check(
    release: ReleaseOption = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="text or json.")] = CheckFormat.TEXT,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="Write data/CHECKSUMS anew, as the files that you changed are meant so.",
        ),
    ] = False,
) -> None:
    """Compare the data with data/CHECKSUMS, then ask the integrity rules of it.

    Files that are missing, damaged, edited or unknown are named; with --accept they are taken down
    as they are, and nothing else is done.

    The exit code says the worst severity among findings that data/reference/known_findings.yaml
    does not explain: 0 none, 21 low, 22 medium, 23 high, 24 error. Codes below 20 mean that the
    command itself failed.
    """
    if accept:
        for line in transaction.accept(sources.writable_root() / "data"):
            say(line)
        return
    data = sources.project_root() / "data"
    transaction.finish(data)
    checksums.verify(data)
    made = bench.quality(release or "all")
    if form is CheckFormat.JSON:
        say_json(made.records())
    else:
        say(made.text())
    raise typer.Exit(made.exit_code)


@app.command(cls=Named)
def quality(
    release: ReleaseOption = None,
    palette: PaletteOption = None,
    out: PageFolderOption = None,
    single_file: SingleFileOption = False,
) -> None:
    """Write the page on sources, coverage, integrity and revisions; prints where it is."""
    with _making() as (page, kernel):
        output = page.PageOutput(out=out, single_file=single_file, kernel=kernel)
        path = page.quality_page(release, output, palette=palette)
    say(path)


@app.command()
def dictionary(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if data/README.md is stale.")
    ] = False,
) -> None:
    """Write data/README.md from the schema, the registers and the integrity rules."""
    catalog = _catalog()
    say(catalog.verify() if check else catalog.write())


# Exit codes of what was stopped by Ctrl-C, of which typer makes this, or by SIGTERM.
_STOPPED = (130, 143)


def _end(*_: object) -> None:
    """End as Ctrl-C does: what was started here is ended first."""
    sys.exit(143)


def main() -> None:
    """The console script: errors of ours print without a traceback, each with its exit code."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv = [sys.argv[0], *(a for a in sys.argv[1:] if a != "--debug")]
    prepare()
    # What is left goes with the process: looking through it for garbage takes long, for nothing.
    atexit.register(gc.freeze)
    signal.signal(signal.SIGTERM, _end)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BenchError as error:
        if debug:
            raise
        say(f"bench: {error}", error=True)
        sys.exit(error.exit_code)
    except SystemExit as stopped:
        if stopped.code in _STOPPED:
            further = "; run again with --resume to go on" if sys.argv[1:2] == ["site"] else ""
            say(f"bench: stopped{further}.", error=True)
        raise
    except Exception as error:
        if debug or not processes.out_of_memory(error):
            raise
        say(f"bench: {processes.memory_sentence()}", error=True)
        sys.exit(ExecutionError.exit_code)
