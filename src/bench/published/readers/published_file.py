"""One published file -> published rows, as printed, by the reader of its layout's kind.

Nothing is summed, chosen, renamed or filled, and no year stands in the code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.published.layouts import CodedLayout, MatrixLayout, WideLayout
from bench.published.readers import coded, long, matrix, wide

if TYPE_CHECKING:
    import pandas as pd

    from bench.published.layouts import AnyLayout
    from bench.reference import Registers
    from bench.reference.periods import FinancialYear


def read(
    content: bytes,
    *,
    layout: AnyLayout,
    year: FinancialYear,
    registers: Registers,
    file: str,
) -> pd.DataFrame:
    """Read one published file.

    Args:
        content: The file's bytes.
        layout: What its columns and sheets hold.
        year: The year whose framework gives the codes; of a long table without a period column,
            also the year of its figures.
        registers: Areas, indicators and breakdowns to recognise.
        file: The name to use in messages.

    Returns:
        A frame with `normalise.COLUMNS`; `value` in the indicator's own unit at published decimals.

    Raises:
        LayoutError: The file is not as the layout says; every place is named.
    """
    if isinstance(layout, MatrixLayout):
        return matrix.read(content, layout, year, registers, file)
    if isinstance(layout, WideLayout):
        return wide.read(content, layout, year, registers, file)
    if isinstance(layout, CodedLayout):
        return coded.read(content, layout, year, registers, file)
    return long.read(content, layout, year, registers, file)
