"""Every chart of every page is what plotly would write, which a page does not ask."""

import ast
import json
from pathlib import Path

import nbformat
import pytest

from bench.present.chart import Drawing

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
# Pages with a chart as their notebooks stand.
CHARTED = {"council_report", "indicator_report", "kpi_integrity", "peer_report", "story"}


def show(notebook: Path) -> None:
    """Run the cells of a notebook here, and show what each ends with as a front end would."""
    names: dict[str, object] = {}
    for cell in nbformat.read(notebook, 4).cells:
        if cell.cell_type == "code":
            body = ast.parse(cell.source).body
            last = body.pop() if isinstance(body[-1], ast.Expr) else None
            exec(compile(ast.Module(body, []), notebook.name, "exec"), names)  # noqa: S102
            if "parameters" in cell.metadata.get("tags", []) and "council" in names:
                names["council"] = names["council"] or "Somerset"
            if isinstance(last, ast.Expr):
                shown = eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)  # noqa: S307
                for part in (shown, *getattr(shown, "figures", ())):
                    getattr(part, "_repr_mimebundle_", dict)()


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_chart_is_what_plotly_would_write(notebook, monkeypatch):
    compared = []

    def content(drawing, palette):
        written = usual(drawing, palette)
        asked = json.loads(drawing.plotly(palette).to_json())
        assert json.dumps(written, sort_keys=True) == json.dumps(asked, sort_keys=True)
        compared.append(drawing)
        return written

    usual = Drawing.content
    monkeypatch.setattr(Drawing, "content", content)
    show(notebook)
    assert compared or notebook.stem not in CHARTED
