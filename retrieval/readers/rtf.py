"""Rich Text: its plain text, and the cells of its tables."""

import re
from collections.abc import Iterator
from typing import Any

from striprtf import striprtf

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import fold, strip_hidden
from retrieval.readers.source import Content, Source
from retrieval.readers.tables import Row, table_blocks
from retrieval.readers.text import plain_blocks

_HIDDEN = re.compile(
    r"\{(?:\\\*)?(?:\\[a-z]+-?\d*\s?){0,30}?\\(?:v|deleted)1?(?![a-z0-9])[^{}]{0,20000}\}|\\v1?(?![a-z0-9])[^{}\\]{0,20000}\\v0 ?"
)
_DEEPEST = 500
_rtf_to_text: Any = striprtf.rtf_to_text
_ENCODED = re.compile(r"\\ansicpg(\d{3,5})")
_TITLE = re.compile(r"\{\\title ([^{}\\]{1,200})\}")


def read_rtf(source: Source) -> Content:
    """Reads Rich Text; hidden and deleted runs, headers, pictures and embedded objects are left out."""
    if not source.data.lstrip()[:5] == b"{\\rtf":
        raise source.refused("it is not Rich Text, though its name says so; save it again as .docx.")
    marked = source.data.decode("latin-1")
    if _depth(marked) > _DEEPEST:
        raise source.refused("its parts are nested too deep; save it again as .docx.")
    try:
        text = strip_hidden(_rtf_to_text(_HIDDEN.sub("", marked), encoding=_encoding(marked), errors="ignore"))
    except (ValueError, KeyError, IndexError, LookupError, OverflowError):
        raise source.refused("it is damaged; save it again as .docx.") from None
    title = _TITLE.search(marked)
    return Content(blocks=tuple(_blocks(text.split("\n"))), title=fold(title[1]) if title else None)


def _encoding(marked: str) -> str:
    found = _ENCODED.search(marked[:2000])
    return f"cp{found[1]}" if found and found[1] not in ("65001",) else "cp1252"


def _depth(marked: str) -> int:
    depth = deepest = 0
    for sign in re.finditer(r"[{}]", marked):
        depth += 1 if sign[0] == "{" else -1
        deepest = max(deepest, depth)
    return deepest


def _blocks(lines: list[str]) -> Iterator[Block]:
    """The library writes a row of a table as a line that ends in a bar after each cell."""
    plain: list[str] = []
    rows: list[Row] = []
    for line in [*lines, ""]:
        if line.rstrip().endswith("|"):
            yield from plain_blocks(plain)
            plain = []
            cells = tuple(fold(cell) for cell in line.rstrip().removesuffix("|").split("|"))
            if any(cells):
                rows.append(Row(len(rows) + 1, cells))
        else:
            if rows:
                yield from (Block(BlockKind.TABLE_ROW, block.text) for block in table_blocks(rows))
                rows = []
            plain.append(line)
    yield from plain_blocks(plain)
