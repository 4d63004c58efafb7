"""Pages printed as PDF (A4) by an installed Chromium without a window."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from bench.errors import ExecutionError, ParameterError
from bench.project import places
from bench.publish import scratch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
CHOICE: Final = "BENCH_CHROMIUM"
SECONDS: Final = 120
# Time of the page's own clock, for charts that are unpacked and drawn after it is shown.
DRAWING_MS: Final = 15_000
# Of every page; see templates/shell/head.html.j2. Only the bound whole has to be told.
LANGUAGE: Final = "en-GB"
# A comment after the end of the file, by which it is known as printed here.
MARK: Final = b"% printed by bench\n"


def find_chromium() -> str:
    """The path of an installed Chromium, or of what BENCH_CHROMIUM names.

    Raises:
        ExecutionError: There is none.
    """
    named = os.environ.get(CHOICE)
    found = (shutil.which(name) for name in ((named,) if named else BROWSERS))
    path = next((path for path in found if path), None)
    if path is None:
        raise ExecutionError(
            f"{CHOICE} names {named!r}, which is no program."
            if named
            else f"No Chromium was found; looked for {', '.join(BROWSERS)}.",
            mend="install Chromium, Google Chrome or Microsoft Edge "
            f"(Debian: apt-get install chromium), or set {CHOICE} to its path.",
        )
    return path


def check_binder() -> None:
    """See that PDFs can be bound into one.

    Raises:
        ExecutionError: The package for it is not installed.
    """
    if importlib.util.find_spec("pypdf") is None:
        raise ExecutionError(
            "The briefs cannot be bound into one PDF: the package pypdf is not installed.",
            mend="pip install 'bench-asc[pdf]', or leave out --pdf.",
        )


def bind(parts: Sequence[tuple[str, Path]], pdf: Path, *, title: str) -> None:
    """Bind PDFs into one, with a bookmark at the first page of each.

    Args:
        parts: what each bookmark says, and the PDF, in order.
        pdf: where the whole is written.
        title: of the whole.

    Raises:
        ParameterError: There is something else where the whole belongs.
    """
    from pypdf import PdfWriter, generic

    check(pdf)
    with PdfWriter() as writer:
        for name, part in parts:
            writer.append(part, outline_item=name, import_outline=False)
        # The same fonts and pictures are in every part: held once they take a fraction.
        writer.compress_identical_objects()
        writer.add_metadata({"/Title": title})
        writer.page_mode = "/UseOutlines"
        writer.root_object[generic.NameObject("/Lang")] = generic.TextStringObject(LANGUAGE)
        whole = io.BytesIO()
        writer.write(whole)
    places.write_whole(pdf, whole.getvalue() + MARK)


def check(pdf: Path) -> None:
    """See that a PDF may be written: there is none, or one that was printed here.

    Raises:
        ParameterError: There is something else of that name.
    """
    if not os.path.lexists(pdf):
        return
    if pdf.is_file() and not pdf.is_symlink():
        with pdf.open("rb") as handle:
            handle.seek(0, os.SEEK_END)
            handle.seek(max(0, handle.tell() - len(MARK)))
            if handle.read() == MARK:
                return
    raise ParameterError(
        f"{pdf} is there, and was not printed by bench.",
        mend="move it away, or give another folder with --out.",
    )


def print_page(page: Path) -> Path:
    """Print a page to a PDF of the same name beside it.

    Page numbers, the running head, repeated header rows and the like are the page's own style for
    paper; its title and language become the document's, its headings the bookmarks.

    Raises:
        ExecutionError: There is no Chromium, or it failed. The page is left as it is.
        ParameterError: There is something else where the PDF belongs.
    """
    try:
        chromium = find_chromium()
    except ExecutionError as error:
        raise ExecutionError(
            f"{page} is written, but not printed.", *error.problems, mend=error.mend
        ) from None
    pdf = page.with_suffix(".pdf")
    check(pdf)
    with scratch.folder() as folder:
        partial = folder / "page.pdf"
        command = [
            chromium,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--disable-dev-shm-usage",  # which may be small or full
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            "--generate-pdf-document-outline",  # a bookmark for each heading
            f"--virtual-time-budget={DRAWING_MS}",
            f"--print-to-pdf={partial}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium does not sandbox the superuser
        try:
            done = subprocess.run(  # noqa: S603 - a browser of the user's own, our own page
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ExecutionError(f"{page} is written, but {chromium} did not print it.") from error
        if not partial.is_file():
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise ExecutionError(
                f"{page} is written, but {chromium} did not print it (exit {done.returncode}): "
                f"{said}",
                mend=f"set {CHOICE} to another Chromium.",
            )
        places.write_whole(pdf, partial.read_bytes() + MARK)
    return pdf
