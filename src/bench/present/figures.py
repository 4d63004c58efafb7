"""The charts of a page: a council among its peers, all councils of one indicator, the years.

Enters: frames. Leaves: figures whose words and tables say all that their marks say.
"""

from __future__ import annotations

from bench.present.figure import Figure
from bench.present.ladder import ladder
from bench.present.spine import spine
from bench.present.strip import strip
from bench.present.trend import trend
from bench.present.years import years

__all__ = ["Figure", "ladder", "spine", "strip", "trend", "years"]
