"""How large a council's page is, and how soon it is shown when opened from the disk.

Opens the linked page and the page by itself in a headless Chromium, in turn, and prints the time
from opening to the first frame that holds every verdict, and to the last chart:

    .venv/bin/python benchmarks/page.py [COUNCIL YEAR]
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.publish.page import PageOutput, report
from bench.publish.pdf import find_chromium

ROUNDS = 7
LIMITS = {"linked": 350_000, "single": 2_600_000}

# Notes the time of each frame in which another number of verdicts, or of charts, is on the page.
WATCH = """
  window.seen = [];
  (function frame() {
    const verdicts = document.querySelectorAll("td.judged").length;
    const charts = document.querySelectorAll(".chart .main-svg").length;
    const last = window.seen[window.seen.length - 1] || {};
    if (verdicts !== last.verdicts || charts !== last.charts) {
      requestAnimationFrame(() => window.seen.push({verdicts, charts, at: performance.now()}));
    }
    requestAnimationFrame(frame);
  })();
"""


def opened(browser: Browser, page: Path) -> tuple[float, float]:
    """Seconds to all verdicts and to all charts."""
    context = browser.new_context()
    tab = context.new_page()
    tab.add_init_script(WATCH)
    tab.goto(page.as_uri())
    tab.wait_for_function(
        "[...document.querySelectorAll('.chart')].every(c => c.querySelector('.main-svg'))"
    )
    tab.wait_for_timeout(300)
    seen = tab.evaluate("window.seen")
    context.close()
    verdicts = next(s["at"] for s in seen if s["verdicts"] == seen[-1]["verdicts"])
    charts = next(s["at"] for s in seen if s["charts"] == seen[-1]["charts"])
    return verdicts / 1000, charts / 1000


def main() -> None:
    council, year = sys.argv[1:3] or ("Kent", "2018-19")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = {
            "linked": report({"council": council, "year": year}, PageOutput(out=Path(folder))),
            "single": report(
                {"council": council, "year": year},
                PageOutput(out=Path(folder) / "single", single_file=True),
            ),
        }
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        taken = {
            name: [opened(browser, page) for _ in range(ROUNDS)] for name, page in pages.items()
        }
        browser.close()
        for name, page in pages.items():
            verdicts, charts = (statistics.median(each) for each in zip(*taken[name], strict=True))
            worst = max(first for first, _ in taken[name])
            print(
                f"{name:7} {page.stat().st_size:9,} bytes (at most {LIMITS[name]:,}); "
                f"all verdicts after {verdicts:.2f} s (of {ROUNDS}, at most {worst:.2f}; limit 1), "
                f"all charts after {charts:.2f} s"
            )


if __name__ == "__main__":
    main()
