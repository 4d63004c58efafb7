"""The charts of a page: a spine of all indicators, a strip of peers, a trend over years.

Enters: frames. Leaves: figures whose words and tables say all that their marks say.
"""

from __future__ import annotations

from bench.present.figure import Figure, Figures
from bench.present.spine import spine
from bench.present.strip import strip, strips
from bench.present.trend import trend

__all__ = ["Figure", "Figures", "spine", "strip", "strips", "trend"]
