"""`bench ...`: parses, calls, prints. No logic of its own."""

from __future__ import annotations

import gc
import json
import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer

import bench
from bench.errors import BenchError, ExecutionError

if TYPE_CHECKING:
    from bench.published.building import Built

__all__ = ["app", "main"]

# A command makes much that stays: looking for garbage less often saves a fifteenth of its start.
gc.set_threshold(50_000)

app = typer.Typer(
    name="bench",
    help="Compare English councils' adult social care indicators with their peers and England.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Listing(StrEnum):
    """What `bench list` can show."""

    COUNCILS = "councils"
    INDICATORS = "indicators"
    YEARS = "years"
    PEERS = "peers"
    SITES = "sites"
    CHECKS = "checks"


class Format(StrEnum):
    """How `bench table` prints."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


Year = Annotated[str | None, typer.Option("--year", help="Financial year, such as 2018-19.")]
Peers = Annotated[
    str | None, typer.Option("--peers", help="Peer model, or councils separated by ';'.")
]
RuleOption = Annotated[str | None, typer.Option("--rule", help="How a verdict is reached.")]
ManyOption = Annotated[
    str | None,
    typer.Option("--multiplicity", help="Allow for many comparisons: none, page or map."),
]
CouncilArgument = Annotated[
    str | None, typer.Argument(help="Name, alias or code; by default that of params/default.yaml.")
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bench {bench.__version__}")
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
    what: Annotated[Listing, typer.Argument(help="What to list.")], year: Year = None
) -> None:
    """Show the councils, indicators, years, peer models or integrity rules that there are."""
    from bench import catalogue

    for line in catalogue.lines(what.value, year):
        typer.echo(line)


@app.command()
def build(
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Folder of the publisher's files; read in place.")
    ] = None,
) -> None:
    """Read the publisher's files, verify them, and write data/published, all or nothing."""
    from bench.published import building, sources

    root = sources.project_root()
    for built in building.build(raw or root / "data" / "raw", root=root):
        _built(built)


def _built(built: Built) -> None:
    typer.echo(
        f"{built.release_id:16} {built.figures:7,} figures, {built.observed:7,} observed, "
        f"{built.bytes / 1024:6,.0f} KiB"
    )


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLS, XLSX or ODS.")],
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
    own: Annotated[
        bool,
        typer.Option("--own", help="A council's own provisional figures, for its page alone."),
    ] = False,
    council: Annotated[
        str | None, typer.Option("--council", help="With --own: whose figures they are.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the publication.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who published it.")] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="When: 2012-03-28, 2012-03 or 2012.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree without being asked.")] = False,
) -> None:
    """Show what a file of your own is taken for and, if you agree, bring its figures in.

    Whatever is unknown of it and could change what its figures mean is asked about; with --yes it
    is refused, with the --map that would settle it.
    """
    from bench import adding

    wishes = adding.wishes(layout=layout, maps=maps or [], year=year)
    if own:
        figures = adding.own(file, wishes, council=council)
        typer.echo(adding.own_text(figures))
        adding.settled(figures.understood, None if yes else typer.confirm)
        _agree(yes)
        for path in figures.write():
            typer.echo(path)
        typer.echo(adding.where_shown(figures.figures))
        return
    understood = adding.look(file, wishes)
    typer.echo(adding.text(understood))
    understood = adding.settled(understood, None if yes else typer.confirm)
    details = adding.Details(title=title, publisher=publisher, published=published)
    if not yes:
        details = adding.Details(
            title=title or typer.prompt("Title of the publication", understood.title or file.stem),
            publisher=publisher or typer.prompt("Publisher", "not stated"),
            published=published
            or typer.prompt("Published (day, month or year)", str(understood.year.start + 1)),
        )
    made = adding.candidate(file, understood, details)
    _agree(yes)
    _built(adding.add(made))


def _agree(yes: bool) -> None:
    if not (yes or typer.confirm("Is this right, and shall it be written?")):
        typer.echo("Nothing was written.")
        raise typer.Exit(1)


@app.command()
def log(
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Folder of the publisher's files; read in place.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Add a row for each new entry, for you to finish.")
    ] = False,
) -> None:
    """Compare the publisher's comparability log and notes with breaks.csv and usage_notes.csv."""
    from bench.published import log, sources

    root = sources.project_root()
    report = log.check(raw or root / "data" / "raw", root=root)
    for line in (*log.lines(report), *(log.write(report, root=root) if write else ())):
        typer.echo(line)


@app.command()
def table(
    council: CouncilArgument = None,
    year: Year = None,
    peers: Peers = None,
    rule: RuleOption = None,
    multiplicity: ManyOption = None,
    form: Annotated[Format, typer.Option("--format", help="text, json or csv.")] = Format.TEXT,
) -> None:
    """One council's indicators of a year, beside its peers and England, each judged."""
    from bench.brief import brief

    made = brief(council, year, peers=peers, rule=rule, multiplicity=multiplicity)
    if form is Format.JSON:
        typer.echo(json.dumps(made.records(), indent=2, ensure_ascii=False))
    elif form is Format.CSV:
        made.frame().to_csv(sys.stdout, index=False, lineterminator="\n")
    else:
        typer.echo(made.text())


@app.command()
def report(
    council: CouncilArgument = None,
    year: Year = None,
    peers: Peers = None,
    rule: RuleOption = None,
    multiplicity: ManyOption = None,
    palette: Annotated[str | None, typer.Option("--palette", help="rag or af.")] = None,
    average: Annotated[
        str | None, typer.Option("--average", help="Of the peers: mean, median or pooled.")
    ] = None,
    params: Annotated[
        Path | None,
        typer.Option("--params", help="A YAML file of these, as the explorer writes it."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the page.")] = None,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="One page with everything in it, for e-mail.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print it on A4 too; needs an installed Chromium.")
    ] = False,
) -> None:
    """Run the notebook for one council and write its page; prints where the page is."""
    from bench.publish.report import report as make

    path = make(
        council,
        year,
        peers=peers,
        rule=rule,
        multiplicity=multiplicity,
        palette=palette,
        average=average,
        params=params,
        out=out,
        single_file=single_file,
        print_pdf=pdf,
    )
    typer.echo(path)
    if pdf:
        typer.echo(path.with_suffix(".pdf"))


@app.command("site")
def site_(
    path: Annotated[Path, typer.Argument(help="A file of params/sites, or the name of one.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the site.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Pages at once.")] = 2,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only this page or council; repeatable.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep pages that are unchanged.")
    ] = False,
    cold: Annotated[
        bool, typer.Option("--cold", help="Start every kernel anew instead of forking it.")
    ] = False,
    publish_partial: Annotated[
        bool, typer.Option("--publish-partial", help="Bring the site in force though pages failed.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print every page on A4 too; needs an installed Chromium.")
    ] = False,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler, tcp://...")
    ] = None,
    page_seconds: Annotated[
        float, typer.Option("--page-seconds", min=1, help="How long a page may take.")
    ] = 300,
    page_memory: Annotated[
        int, typer.Option("--page-memory", min=64, help="MiB that a warm kernel may take.")
    ] = 2048,
) -> None:
    """Run every page that a site's file names, and bring the site in force when all are made."""
    from bench.publish import run, site
    from bench.publish.progress import Progress

    options = run.Options(
        jobs=jobs,
        resume=resume,
        cold=cold,
        scheduler=scheduler,
        seconds=page_seconds,
        memory_bytes=page_memory * 1024**2,
    )
    outcome = site.build(
        path,
        out=out,
        only=only or (),
        options=options,
        publish_partial=publish_partial,
        print_pdf=pdf,
        progress=Progress(),
    )
    for number, record in enumerate(outcome.failures, start=1):
        typer.echo(f"{number}. {record.identifier}: {record.error}", err=True)
    if outcome.published:
        typer.echo(outcome.folder / "index.html")
    else:
        typer.echo(
            f"bench: {len(outcome.failures)} of {outcome.pages} pages failed; the site in "
            f"{outcome.folder} is the one before. Likely mend: see above, then --resume.",
            err=True,
        )
    if outcome.failures:
        raise typer.Exit(ExecutionError.exit_code)


class CheckFormat(StrEnum):
    """How `bench check` prints."""

    TEXT = "text"
    JSON = "json"


@app.command("peers")
def peers_(
    council: CouncilArgument = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="A file like params/peers.yaml.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write every council's peers to this CSV.")
    ] = None,
    raw: Annotated[
        Path | None,
        typer.Option("--raw", help="Folder of the Census files: bring them and the lists in anew."),
    ] = None,
) -> None:
    """The open peer model: a council's nearest councils, and what makes each near or far."""
    from bench import peer_lists

    chosen = str(weights) if weights else peer_lists.DEFAULT
    if raw:
        for path in peer_lists.rebuild(raw):
            typer.echo(path)
    if out:
        typer.echo(peer_lists.write(out, chosen))
    if council or not (raw or out):
        typer.echo(bench.peers(council, weights=chosen).text())


ReleaseOption = Annotated[
    str | None, typer.Option("--release", help="One release of data/sources.yaml; else all.")
]


@app.command()
def check(
    release: ReleaseOption = None,
    form: Annotated[CheckFormat, typer.Option("--format", help="text or json.")] = CheckFormat.TEXT,
) -> None:
    """Ask the integrity rules of the built data.

    The exit code says the worst severity among findings that data/reference/known_findings.yaml
    does not explain: 0 none, 21 low, 22 medium, 23 high, 24 error. Codes below 20 mean that the
    command itself failed.
    """
    from bench.soundness import quality as ask

    made = ask(release)
    if form is CheckFormat.JSON:
        typer.echo(json.dumps(made.records(), indent=2, ensure_ascii=False))
    else:
        typer.echo(made.text())
    raise typer.Exit(made.exit_code)


@app.command()
def quality(
    release: ReleaseOption = None,
    palette: Annotated[str | None, typer.Option("--palette", help="rag or af.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the page.")] = None,
    single_file: Annotated[
        bool, typer.Option("--single-file", help="One page with everything in it, for e-mail.")
    ] = False,
) -> None:
    """Write the page on sources, coverage, integrity and revisions; prints where it is."""
    from bench.publish.report import quality_page

    typer.echo(quality_page(release, palette=palette, out=out, single_file=single_file))


@app.command()
def dictionary(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if data/README.md is stale.")
    ] = False,
) -> None:
    """Write data/README.md from the schema, the registers and the integrity rules."""
    from bench import dictionary as made

    typer.echo(made.verify() if check else made.write())


def main() -> None:
    """The console script: errors of ours print without a traceback, each with its exit code."""
    debug = "--debug" in sys.argv
    if debug:
        sys.argv = [sys.argv[0], *(a for a in sys.argv[1:] if a != "--debug")]
    try:
        app()
    except BenchError as error:
        if debug:
            raise
        typer.echo(f"bench: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("bench: stopped; run again with --resume to go on.", err=True)
        sys.exit(130)
