"""How long a large audit pack takes to render, beside a council's page in the same batch.

The pack has 200 actions in two versions, which rest on every indicator of the year and on every
check, 100 questions, a survey of 152 councils and ten rules from points to money; both pages are
made in turn, by warm kernels and by ordinary ones:

    .venv/bin/python benchmarks/audit.py
"""

import json
import os
import shutil
import tempfile
from itertools import cycle, islice
from pathlib import Path

import made_up
import yaml

from bench.publish import run, site

ROUNDS = 3
ACTIONS, QUESTIONS = 200, 100
ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "params" / "audits" / "barnet-2010"


def read(name: str) -> dict:
    return yaml.load((EXAMPLE / name).read_text(), Loader=yaml.BaseLoader)  # noqa: S506


def write(folder: Path, name: str, content: dict) -> None:
    (folder / name).write_text(json.dumps(content, indent=1))  # YAML without aliases


def plan(name: str, *, every: int) -> dict:
    """The example's plan with so many actions, every one of which rests on something."""
    from bench.integrity.checks.registry import OF_FIGURES
    from bench.pages.council.report import briefing

    file = read(name)
    rests_on = [
        {"indicator": row.indicator.indicator_id} for row in briefing("Barnet", "2024-25").rows
    ]
    rests_on += [{"check": code} for code in OF_FIGURES]
    actions = zip(islice(cycle(file["actions"]), ACTIONS), cycle(rests_on), strict=False)
    file["actions"] = [
        action | {"id": f"a{at}", "rests_on": basis, "owner": f"Owner {at % every}"}
        for at, (action, basis) in enumerate(actions)
    ]
    return file


def checklist(name: str) -> dict:
    """The example's checklist with so many questions, in its groups."""
    file = read(name)
    each = QUESTIONS // len(file["groups"])
    for group in file["groups"]:
        group["questions"] = [
            question | {"id": f"{question['id']}_{at}", "ask": f"{at}. {question['ask']}"}
            for at, question in enumerate(islice(cycle(group["questions"]), each))
        ]
    return file


def project(root: Path) -> Path:
    """A project whose site has the large pack and its council's page; the site's file."""
    shutil.copytree(ROOT / "params", root / "params")
    for name in ("data", "notebooks"):
        (root / name).symlink_to(ROOT / name)
    folder = root / "params" / "audits" / "barnet-2010"
    write(folder, "actions-illustrative.yaml", plan("actions-illustrative.yaml", every=7))
    before = "actions-illustrative-2011-03.yaml"
    write(folder, before, plan(before, every=8))
    write(folder, "checklist-illustrative.yaml", checklist("checklist-illustrative.yaml"))
    path = root / "params" / "sites" / "audit-pack.yaml"
    site_file = yaml.safe_load(path.read_text())
    large = {
        "compared_checklists": "none",
        "survey": made_up.survey(folder),
        "allocation": made_up.rules(folder),
    }
    site_file["pages"] = [
        page | {"parameters": page.get("parameters", {}) | large}
        if page.get("identifier") == "barnet-2010"
        else page
        for page in site_file["pages"]
        if page["notebook"] != "audit_pack.ipynb" or page["identifier"] == "barnet-2010"
    ]
    write(path.parent, path.name, site_file)
    return path


def seconds(path: Path, *, cold: bool) -> dict[str, float]:
    """Seconds of each page, by its notebook."""
    with tempfile.TemporaryDirectory() as out:
        folder = Path(out) / "site"
        site.build(path, out=folder, options=run.Options(jobs=1, cold=cold))
        pages = json.loads((folder / "run.json").read_text())["pages"]
    return {page["notebook"]: page["seconds"] for page in pages if page["notebook"]}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = project(Path(folder))
        os.chdir(folder)
        for cold in (False, True):
            rounds = [seconds(path, cold=cold) for _ in range(ROUNDS)]
            pack, council = (
                min(one[name] for one in rounds)
                for name in ("audit_pack.ipynb", "council_report.ipynb")
            )
            print(
                f"{'ordinary' if cold else 'warm':8} kernels: pack {pack:.2f} s, council's page "
                f"{council:.2f} s, ratio {pack / council:.2f} (at most 2)"
            )


if __name__ == "__main__":
    main()
