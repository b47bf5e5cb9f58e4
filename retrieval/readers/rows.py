"""How the row of a table is written, so that it can be understood and quoted without its table."""

from collections.abc import Sequence


def table_row(header: Sequence[str], cells: Sequence[str]) -> str:
    """``header: value; header: value``; empty cells are left out, and a column without a name gives its value only."""
    parts = []
    for column, cell in enumerate(cells):
        if not cell:
            continue
        name = header[column].rstrip(" :：") if column < len(header) else ""
        parts.append(f"{name}: {cell}" if name and name != cell else cell)
    return "; ".join(parts)
