"""A line as small as a word: one council's years of one indicator, inside a table's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.judge.trend import Point

FEWEST: Final = 3
# A line's height is at least so much, or a small change would look like a large one.
LEAST_POINTS: Final = 10.0
LEAST_SHARE: Final = 0.2
WIDTH: Final = 104
HEIGHT: Final = 30
EDGE: Final = 5


def sparkline(years: Sequence[Point], *, unit: str) -> Markup | None:
    """The council's line: gaps where two years cannot be compared, isolated years as rings.

    Its height stands for 10 points of a percentage, or a fifth of another figure, or for more
    where the figures range further.

    Returns:
        The picture, hidden from screen readers; None where there are fewer than three figures, or
        no two that can be joined.
    """
    shown = [point for point in years if point.council is not None]
    if len(shown) < FEWEST or all(len(run) < 2 for run in _runs(years)):
        return None
    across, down = _scales(shown, _at(years[-1]), unit)
    parts = [_cut(across(year - 0.5)) for year in _cuts(years, int(shown[0].period[:4]))]
    for run in _runs(years):
        places = [(across(_at(point)), down(point.council or 0.0)) for point in run]
        if len(places) > 1:
            line = " ".join(f"{x:g},{y:g}" for x, y in places)
            parts.append(f'<polyline points="{line}"/>')
        else:
            parts.append(_dot(*places[0], 1.75))
    last = shown[-1]
    for point in shown:
        place = across(_at(point)), down(point.council or 0.0)
        if point.isolated:
            parts.append(f'<circle cx="{place[0]:g}" cy="{place[1]:g}" r="2.25"/>')
        elif point is last:
            parts.append(_dot(*place, 3))
    # Every number here is this function's own; no text of the data is in it.
    return Markup(  # noqa: S704
        f'<svg class="spark" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linejoin="round" '
        'aria-hidden="true" focusable="false">' + "".join(parts) + "</svg>"
    )


def _at(point: Point) -> int:
    return int(point.period[:4])


def _scales(
    shown: list[Point], last: int, unit: str
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    first = _at(shown[0])
    figures = [point.council for point in shown if point.council is not None]
    low, high = min(figures), max(figures)
    least = LEAST_POINTS if unit == "per_cent" else LEAST_SHARE * max(map(abs, figures))
    span, middle = max(high - low, least), (low + high) / 2

    def across(year: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * (year - first) / (last - first), 1)

    def down(figure: float) -> float:
        share = 0.5 + (figure - middle) / span if span else 0.5
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share, 1)

    return across, down


def _runs(years: Sequence[Point]) -> list[list[Point]]:
    """The stretches that one line may join; a year on its own is passed over."""
    runs: list[list[Point]] = [[]]
    for point in years:
        if point.gap_before:
            runs.append([])
        if point.isolated:
            continue
        if point.council is None:
            # A year in which nobody has a figure does not lift the line.
            if point.england is not None or point.peer_average is not None:
                runs.append([])
            continue
        runs[-1].append(point)
    return [run for run in runs if run]


def _cuts(years: Sequence[Point], first: int) -> list[int]:
    return [_at(point) for point in years if point.gap_before and _at(point) > first]


def _cut(x: float) -> str:
    return f'<path d="M{x:g} 1V{HEIGHT - 1}" stroke-width="1" stroke-dasharray="1.5 2.5"/>'


def _dot(x: float, y: float, radius: float) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="currentColor" stroke="none"/>'
