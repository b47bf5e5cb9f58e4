"""A document's blocks become passages: pieces that can be found, understood and cited alone.

A passage never crosses a heading, a page, a sheet or a slide. Paragraphs of one section are packed together up to the
size a model reads well; a list stays with the sentence that introduces it; a table row carries its headers already.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from retrieval.document import Block, BlockKind, Document, Location, Passage
from retrieval.language import detect_language, script_counts

TARGET = 900
"""Characters at which a passage is full: about 200 word pieces, under the 256 that the packaged model reads."""
LIMIT = 1_300
"""Characters past which a single unit is cut at sentence borders."""
_WIDE = re.compile("[\u2e80-\uffef]")
_SENTENCE_BORDERS = ["\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "；", "; ", "，", ", ", " ", ""]


@dataclass(slots=True)
class _Unit:
    """Blocks that belong together: a paragraph, a list with its introduction, or one table row."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


_EASILY_TOLD = frozenset({"en", "zh", "ru"})
_PLAIN = 300
"""Characters of a passage from which its language can be told among many."""


def split(document: Document) -> tuple[Passage, ...]:
    """Passages in reading order, numbered from 1."""
    language = document.metadata.language or detect_language(document.text)
    found: list[Passage] = []
    for headings, blocks in _sections(document):
        for text, first, last in _pieces(blocks):
            location = Location(
                headings=headings,
                page=first.page,
                sheet=first.sheet,
                row=first.row,
                last_row=last.row,
                slide=first.slide,
            )
            found.append(Passage(document.id, len(found) + 1, text, _language_of(text, language), location))
    return tuple(found)


def _language_of(text: str, language: str) -> str:
    """The language of a passage, which is its document's unless it is plainly written in another."""
    if not _differs(text, language):
        return language
    found = detect_language(text, default=language)
    # A few names in Latin letters read like Uzbek or Latvian.
    return found if found in _EASILY_TOLD or len(text) >= _PLAIN else language


def _differs(text: str, language: str) -> bool:
    """Whether a passage is written in another script than its document; a table of names is no other language."""
    scripts = script_counts(text)
    total = sum(scripts.values())
    if total < 40:
        return False
    if language in {"zh", "ja"}:
        return scripts["han"] + scripts["kana"] < 0.1 * total
    if language in {"ru", "uk", "kk", "be"}:
        return scripts["cyrillic"] < 0.2 * total
    return scripts["han"] > 0.3 * total or (language == "en" and scripts["cyrillic"] > 0.5 * total)


def _sections(document: Document) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Runs of blocks under one heading path. The document's title is no part of the path."""
    path: list[tuple[int, str]] = []
    run: list[Block] = []
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            if run:
                yield tuple(text for _, text in path), run
                run = []
            while path and path[-1][0] >= block.level:
                path.pop()
            if block.text != document.metadata.title:
                path.append((block.level, block.text))
        else:
            run.append(block)
    if run:
        yield tuple(text for _, text in path), run


def _pieces(blocks: Sequence[Block]) -> Iterator[tuple[str, Block, Block]]:
    """Packed texts with the first and the last block of each."""
    held: list[_Unit] = []
    size = 0
    for unit in _units(blocks):
        length = _weight(unit.text)
        if held and (size + length > TARGET or _place(held[-1].blocks[-1]) != _place(unit.blocks[0])):
            yield _joined(held)
            held, size = [], 0
        if length > LIMIT:
            yield from _cut(unit)
        else:
            held.append(unit)
            size += length
    if held:
        yield _joined(held)


def _units(blocks: Sequence[Block]) -> Iterator[_Unit]:
    unit = _Unit()
    for block in blocks:
        if unit.blocks and not _continues(unit.blocks[-1], block):
            yield unit
            unit = _Unit()
        unit.blocks.append(block)
    if unit.blocks:
        yield unit


def _continues(previous: Block, block: Block) -> bool:
    if _place(previous) != _place(block) or block.kind is not BlockKind.LIST_ITEM:
        return False
    introduces = previous.kind is BlockKind.PARAGRAPH and previous.text.rstrip().endswith((":", "："))
    return previous.kind is BlockKind.LIST_ITEM or introduces


def _place(block: Block) -> tuple[int | None, str | None, int | None]:
    return block.page, block.sheet, block.slide


def _joined(units: Sequence[_Unit]) -> tuple[str, Block, Block]:
    text = units[0].text
    for before, unit in pairwise(units):
        rows = before.blocks[-1].kind is unit.blocks[0].kind is BlockKind.TABLE_ROW
        text += ("\n" if rows else "\n\n") + unit.text
    return text, units[0].blocks[0], units[-1].blocks[-1]


def _cut(unit: _Unit) -> Iterator[tuple[str, Block, Block]]:
    """A unit too long for one passage: a list by its items, a paragraph at sentence borders."""
    if len(unit.blocks) > 1:
        held: list[Block] = []
        for block in unit.blocks:
            if held and _weight(_Unit([*held, block]).text) > TARGET:
                yield _joined([_Unit(held)])
                held = []
            held.append(block)
        yield _joined([_Unit(held)])
        return
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # a quarter of a second, and rarely needed

    splitter = RecursiveCharacterTextSplitter(
        separators=_SENTENCE_BORDERS,
        keep_separator="end",
        chunk_size=TARGET,
        chunk_overlap=0,
        length_function=_weight,
        strip_whitespace=True,
    )
    for text in splitter.split_text(unit.text):
        yield text, unit.blocks[0], unit.blocks[0]


def _weight(text: str) -> int:
    """Length in Latin characters; a Han character or a kana takes a model about as much room as two and a half."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text)) * 3 // 2
