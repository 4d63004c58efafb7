"""Pages made one at a time: what `bench report` and `bench quality` make."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bench.errors import ParameterError, SourceError
from bench.pages.area.figures import area_figures
from bench.pages.brief.report import council_brief
from bench.pages.brief.word import untouched
from bench.pages.choices import NAMES, Choices, default_palette
from bench.pages.quality.report import ALL
from bench.present.theme import check_palette
from bench.project import places
from bench.publish import html, pdf, target, warm
from bench.publish import notebook as batch
from bench.publish.kernels import manager_class
from bench.published import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bench.publish.notebook import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutput:
    """Where a page goes and in what form, and which kernel makes it.

    Attributes:
        out: folder of the page; one below `reports` if not given.
        single_file: one page with script, style and downloads in it, rather than beside it.
        print_pdf: print the page as well, beside it, through an installed Chromium.
        kernel: what `warm.warming` gives, if it was begun before.
    """

    out: Path | None = None
    single_file: bool = False
    print_pdf: bool = False
    kernel: Callable[[], str | None] | None = None

    def folder(self, name: str) -> Path:
        """Where the page goes: the folder asked for, else the one of this name in `reports`."""
        return self.out or sources.workspace() / "reports" / name

    def warming(self) -> AbstractContextManager[Callable[[], str | None]]:
        """The parent of the page's kernel: the one that warms up already, else one of its own."""
        begun = self.kernel
        return contextlib.nullcontext(begun) if begun else warm.warming(sources.workspace())


_USUAL: Final = PageOutput()


def report(
    asked: Mapping[str, str | None],
    output: PageOutput = _USUAL,
    *,
    params: Path | None = None,
    brief: bool = False,
) -> Path:
    """Run the council report or brief for one council and year, and write its page.

    Args:
        asked: Choices by their names, see `bench.pages.choices.Choices`; None, as one that is not
            named, stands for that of the parameter file, else of params/default.yaml.
        output: Where it goes, `reports/<year>` if that is not said, and in what form.
        params: A parameter file, as the explorer writes it.
        brief: The council's brief rather than its page; it leads to the page if that is there.

    Returns:
        The page's path.

    Raises:
        UnknownNameError: A council, year, peer model, rule or palette that is not known.
        ParameterError: A parameter file that holds what the notebook does not take, or a file is
            in the way that no page of this program in the folder leads to.
        RegisterError: A parameter file that is absent or is not YAML.
        ExecutionError: The notebook failed, or the page cannot be printed; it is there then.
        SourceError: The folder cannot be written.
    """
    notebook = batch.COUNCIL_BRIEF if brief else batch.COUNCIL_REPORT
    with output.warming() as socket:
        choices, words = _chosen(asked, params, notebook)
        folder = output.folder(str(choices.year))
        page = batch.council_page(choices)
        if brief:
            whole = f"{page.identifier}.html"
            there = (folder / whole).is_file()
            page = batch.brief_page(choices, full_page=whole if there else None)
        page = replace(page, parameters={**page.parameters, **words})
        return _make(page, folder, socket, output)


def area_page(
    area: str,
    asked: Mapping[str, str | None],
    output: PageOutput = _USUAL,
    *,
    brief: bool = False,
) -> Path:
    """Run the notebook of an area made of councils, and write its page.

    Args:
        area: Its id or name.
        asked: year, rule and palette by name; None for that of params/default.yaml.
        output: Where it goes, `reports/<year>` if that is not said, and in what form.
        brief: The area's brief rather than its page.

    Returns:
        The page's path.

    Raises:
        UnknownNameError: An area, year, rule or palette that is not known.
        ParameterError: The area is not made of councils that year, or a file is in the way.
        ExecutionError: The notebook failed, or the page cannot be printed; it is there then.
        SourceError: The folder cannot be written.
    """
    with output.warming() as socket:
        figures = area_figures(area, asked.get("year"), asked.get("rule"))
        year = str(figures.year)
        page = batch.Page(
            identifier=f"area-{figures.area.merged_id}{batch.BRIEF_SUFFIX if brief else ''}",
            title=f"{figures.area.name}: adult social care in brief, {year}"
            if brief
            else f"{figures.area.name}: adult social care, {figures.mark}, {year}",
            notebook=batch.AREA_BRIEF if brief else batch.AREA_REPORT,
            parameters={
                "area": figures.area.merged_id,
                "year": year,
                "rule": str(figures.table.rules.rule),
                "palette": check_palette(asked.get("palette") or default_palette()),
            },
        )
        return _make(page, output.folder(year), socket, output)


@dataclass(frozen=True, slots=True)
class BriefDocument:
    """A brief as a Word document, ready to be written.

    Attributes:
        path: where it belongs: beside its page.
        content: of the file.
    """

    path: Path
    content: bytes

    def write(self) -> None:
        """Write it whole, in the place of one that `bench` wrote and nobody has edited.

        Raises:
            SourceError: The folder cannot be written.
            ParameterError: There is something else of that name.
        """
        self.check()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            places.write_whole(self.path, self.content)
        except OSError as error:
            raise SourceError(f"{self.path} cannot be written: {error.strerror}.") from error

    def check(self) -> None:
        """See that it may be written.

        Raises:
            ParameterError: There is something else of that name, or one that was edited.
        """
        if not os.path.lexists(self.path):
            return
        if self.path.is_file() and not self.path.is_symlink() and untouched(self.path.read_bytes()):
            return
        raise ParameterError(
            f"{self.path} is there, and is not as bench wrote it.",
            mend="move it away, or give another folder with --out.",
        )


def brief_document(
    asked: Mapping[str, str | None], *, params: Path | None = None, out: Path | None = None
) -> BriefDocument:
    """The brief of one council and year as a Word document; nothing is written yet.

    Args:
        asked: Choices by their names, as `report` takes them.
        params: A parameter file, as the explorer writes it.
        out: Folder of the page; `reports/<year>` if not given.

    Raises:
        UnknownNameError: A council, year, peer model, rule or palette that is not known.
        ParameterError: A parameter file that holds what the notebook does not take, or something
            else in the document's place.
        RegisterError: A parameter file that is absent or is not YAML.
    """
    choices, _ = _chosen(asked, params, batch.COUNCIL_BRIEF)
    page = batch.brief_page(choices)
    path = PageOutput(out=out).folder(str(choices.year)) / f"{page.identifier}.docx"
    BriefDocument(path, b"").check()
    provenance = batch.provenance(page, sources.project_root())
    del provenance["Notebook"]  # the document is made without it
    brief = council_brief(**choices.parameters())
    return BriefDocument(path, brief.word(page.title, provenance))


def _chosen(
    asked: Mapping[str, str | None], params: Path | None, notebook: str
) -> tuple[Choices, dict[str, str]]:
    """The choices, and whatever else the parameter file says to the notebook."""
    from_file = batch.read(params, notebook=notebook) if params else {}
    # What the command says stands above what the file says.
    words = from_file | {name: word for name, word in asked.items() if word}
    choices = Choices.of(**{name: words.pop(name, None) for name in NAMES})
    return choices, words


def quality_page(
    release: str | None = None, output: PageOutput = _USUAL, *, palette: str | None = None
) -> Path:
    """Run the notebook on sources and quality, and write its page.

    Args:
        release: A release of data/sources.yaml; None or "all" for all of them.
        output: Where it goes, `reports/quality` if that is not said, and in what form.
        palette: rag or af; None for that of params/default.yaml.

    Returns:
        The page's path.

    Raises:
        UnknownNameError: A release or palette that is not known.
        ExecutionError: The notebook failed, or the page cannot be printed; it is there then.
        ParameterError: A file is in the way that no page of this program in the folder leads to.
        SourceError: The folder cannot be written.
    """
    with output.warming() as socket:
        scope = "every publication"
        if release not in (None, ALL):
            scope = sources.manifest()[str(release)].title
        page = batch.Page(
            identifier=release or ALL,
            title=f"Sources and quality: {scope}",
            notebook="sources_and_quality.ipynb",
            parameters={
                "release": release or ALL,
                "palette": check_palette(palette or default_palette()),
            },
        )
        return _make(page, output.folder("quality"), socket, output)


def _make(page: Page, folder: Path, socket: Callable[[], str | None], output: PageOutput) -> Path:
    import papermill  # noqa: F401 - imported before the wait, not after it

    root = sources.project_root()
    path = folder / f"{page.identifier}.html"
    names = () if output.single_file else html.ASSETS
    assets = {f"{batch.ASSETS}/{name}": html.asset(name).encode() for name in names}
    target.check_page(path, assets, root=root)  # told before anything is rendered
    if output.print_pdf:
        pdf.check(path.with_suffix(".pdf"))
    kernels = manager_class(socket())
    with ThreadPoolExecutor(1) as beside:
        ready = beside.submit(html.prepare)  # this process waits while the cells run elsewhere
        notebook = batch.execute(page, root=root, kernels=kernels)
        ready.result()
    text = batch.render_page(
        page, notebook, assets=None if output.single_file else batch.ASSETS, root=root
    )
    downloads: dict[str, bytes] = {}
    if not output.single_file:
        text, downloads = html.downloads_beside(text)
    target.check_page(path, {**assets, **downloads}, root=root)
    try:
        if not output.single_file:
            html.write_assets(folder / batch.ASSETS)
            html.write_downloads(downloads, folder)
        batch.write_page(text, path)
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}.") from error
    if output.print_pdf:
        pdf.print_page(path)
    return path
