"""A page on paper: A4, printed by an installed Chromium without a window.

Enters: a page's path. Leaves: a PDF beside it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from bench.errors import ExecutionError

__all__ = ["find_chromium", "print_page"]

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
CHOICE: Final = "BENCH_CHROMIUM"
SECONDS: Final = 120
# Time of the page's own clock, for charts that are unpacked and drawn after it is shown.
DRAWING_MS: Final = 15_000


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


def print_page(page: Path) -> Path:
    """Print a page to a PDF of the same name beside it.

    Page numbers, repeated header rows and the like are the page's own style for paper.

    Raises:
        ExecutionError: There is no Chromium, or it failed. The page is left as it is.
    """
    try:
        chromium = find_chromium()
    except ExecutionError as error:
        raise ExecutionError(
            f"{page} is written, but not printed.", *error.problems, mend=error.mend
        ) from None
    pdf = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        partial = Path(folder) / "page.pdf"
        command = [
            chromium,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
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
        shutil.move(partial, pdf)
    return pdf
