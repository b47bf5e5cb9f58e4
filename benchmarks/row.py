"""One line of the table: what was measured beside what, within the same run."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``value`` is ours and ``beside`` what it is held against; their quotient is what may be compared between machines."""

    name: str
    value: str
    beside: str = "-"
    ratio: float | None = None
    wanted: str = "-"
    good: bool | None = None


def table(rows: Sequence[Row]) -> str:
    """Rows as aligned text."""
    cells = [("measure", "ours", "beside", "ratio", "wanted", "")]
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        verdict = {None: "", True: "ok", False: "MISSED"}[row.good]
        cells.append((row.name, row.value, row.beside, ratio, row.wanted, verdict))
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    return "\n".join("  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)) for line in cells)
