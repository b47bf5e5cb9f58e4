"""Comparisons as tables: which statements are rows of one, and how they are written where Markdown is read.

A row is proven as a sentence, ``name: cell; name: cell``, and every cell and name that is shown stands in that sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bot.answer import Answer, Row, Statement

_LEAST = 2
"""Rows of a table, and columns; with fewer a line says it better."""
_PARTS = re.compile(r"[;；]\s*")
_NAMED = re.compile(r"(?P<name>[^:：]+)[:：]\s*(?P<cell>\S.*)")


def sentence_of(header: Sequence[str], cells: Sequence[str]) -> str:
    """A row as a sentence that can be read, and proven, alone; empty cells say nothing."""
    named = zip(header, cells, strict=True)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)


def row_of(table: int, header: Sequence[str], cells: Sequence[str]) -> Row | None:
    """A row of a writer's table, as long as its header; None where the two do not fit each other."""
    filled = list(cells)
    while len(filled) > len(header) and not filled[-1]:
        filled.pop()
    if len(header) < _LEAST or len(filled) > len(header):
        return None
    return Row(table, tuple(header), (*filled, *[""] * (len(header) - len(filled))))


def as_said(row: Row, said: str) -> Row:
    """A row as far as it is what was proven, or what a row of the source says under the very same names.

    Else without cells: words in its place.
    """
    if sentence_of(row.header, row.cells) == said:
        return row
    pairs = [_NAMED.match(part) for part in _PARTS.split(said)]
    found = {pair["name"]: pair["cell"] for pair in pairs if pair is not None}
    names = [name for name, cell in zip(row.header, row.cells, strict=True) if cell]
    if len(found) != len(pairs) or len(names) != len(found) or set(names) != set(found):
        return replace(row, cells=())
    return replace(row, cells=tuple(found.get(name, "") for name in row.header))


def settled(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Proven statements with their tables in order, numbered from one.

    The rows of a table stand together and the quotes that replaced some of them behind it; columns that no row fills are
    gone with their names, which nothing proves; and a table of one row is a line.
    """
    made: list[Statement] = []
    number = 0
    for group in tables(statements):
        rows = [one for one in group if one.row is not None and one.row.cells]
        columns = _columns(rows)
        if len(rows) < _LEAST or len(columns) < _LEAST:
            made += [replace(one, row=None) for one in group]
            continue
        number += 1
        header = tuple(columns.values())
        quotes = [replace(one, row=None) for one in group if one not in rows]
        drawn = [replace(one, row=Row(number, header, tuple(one.row.cells[c] for c in columns)))
                 for one in rows if one.row is not None]  # fmt: skip
        first, *others = [*drawn, *quotes]
        # What stands over a section stands over its first sentence, whichever that is.
        made += [replace(first, heading=group[0].heading), *(replace(one, heading=None) for one in others)]
    return tuple(made)


def tables(statements: Iterable[Statement]) -> Iterator[tuple[Statement, ...]]:
    """Statements in order, those that follow each other as rows of one table together, any other alone."""
    listed = list(statements)
    group = listed[:1]
    for before, one in pairwise(listed):
        joined = before.row is not None and one.row is not None and before.row.table == one.row.table
        if not joined or one.heading is not None:
            yield tuple(group)
            group = []
        group.append(one)
    if group:
        yield tuple(group)


def markdown(statements: Iterable[Statement]) -> str:
    """An answer as Markdown: sentences with their marks on lines of their own, and tables with the marks in the last cell."""
    lines: list[str] = []
    for group in tables(statements):
        first = group[0]
        if first.heading:
            lines += ["", f"## {first.heading}"]
        if first.row is None:
            lines.append(f"{first.text} {_marks(first)}")
            continue
        drawn = [_drawn(first.row.header), _drawn(["---"] * len(first.row.header))]
        drawn += [_drawn([*one.row.cells[:-1], f"{one.row.cells[-1]} {_marks(one)}"]) for one in group if one.row]
        # A table ends, and for many readers begins, at an empty line.
        lines += ["", *drawn, ""]
    return "\n".join(line for before, line in pairwise(["", *lines]) if before or line).strip("\n")


def written(answer: Answer) -> str:
    """An answer with its tables; its text as it is where it has none."""
    return markdown(answer.statements) if any(one.row for one in answer.statements) else answer.text


def markdown_of(body: Mapping[str, Any]) -> str:
    """The same of an answer as JSON; its ``text`` as it is where it has no table."""
    listed = body["statements"]
    if not any(one.get("row") for one in listed):
        return str(body["text"])
    return markdown(_statement(one) for one in listed)


def _statement(body: Mapping[str, Any]) -> Statement:
    row = body.get("row")
    cells = Row(row["table"], tuple(row["header"]), tuple(row["cells"])) if row else None
    return Statement(body["text"], tuple(body["citations"]), body.get("heading"), cells)


def _columns(rows: Sequence[Statement]) -> dict[int, str]:
    """The columns that any row fills, by their places, with their names."""
    named: dict[int, str] = {}
    for one in rows:
        if one.row is not None:
            named |= {place: one.row.header[place] for place, cell in enumerate(one.row.cells) if cell}
    return dict(sorted(named.items()))


def _drawn(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").strip() for cell in cells) + " |"


def _marks(statement: Statement) -> str:
    return "".join(f"[{number}]" for number in statement.citations)
