"""Markdown: what it says, without its marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import fold, join_lines
from retrieval.readers.furniture import date_in_head
from retrieval.readers.rows import table_row
from retrieval.readers.source import Content, Source

LABEL_LEVEL = 7
"""The depth of a bold label that stands for a heading: below all six of Markdown."""

_LONGEST_LABEL = 120


def read_markdown(source: Source) -> Content:
    """Reads Markdown. Struck-out text is left out: its author took it back."""
    blocks = tuple(_Reading().blocks(_parser().parse(source.text)))
    return Content(blocks=blocks, published=date_in_head(source.text[:4000].split("\n")))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(slots=True)
class _Item:
    """A list item; its paragraphs gather here until a list inside it, or its end, comes."""

    marker: str
    level: int
    texts: list[str] = field(default_factory=list)

    def block(self) -> Block | None:
        """What gathered so far; the marker is written once."""
        text = join_lines(self.texts)
        if not text:
            return None
        block = Block(BlockKind.LIST_ITEM, self.marker + text, self.level)
        self.marker, self.texts = "", []
        return block


@dataclass(slots=True)
class _Reading:
    """One pass over the tokens of a text, and what it has to remember on the way."""

    items: list[_Item] = field(default_factory=list)
    lists: int = 0
    header: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        """All blocks, in order."""
        opened: Token | None = None
        for token in tokens:
            match token.type:
                case "inline":
                    yield from self._inline(token.children or [], opened)
                case "bullet_list_open" | "ordered_list_open":
                    yield from self._flushed()
                    self.lists += 1
                case "bullet_list_close" | "ordered_list_close":
                    self.lists -= 1
                case "list_item_open":
                    self.items.append(_Item(f"{token.info}{token.markup} " if token.info else "", self.lists))
                case "list_item_close":
                    yield from self._flushed()
                    self.items.pop()
                case "table_open":
                    yield from self._flushed()
                    self.header = []
                case "thead_close":
                    self.header, self.row = self.row, []
                case "tr_open":
                    self.row = []
                case "tr_close" if self.header and self.row:
                    # The first row of all is closed before the head is; it gives no block.
                    if text := table_row(self.header, self.row):
                        yield Block(BlockKind.TABLE_ROW, text)
                case "fence" | "code_block":
                    yield from self._text(token.content)
                case "html_block":
                    yield from self._html(token.content)
                case _:
                    pass
            opened = token

    def _inline(self, children: Sequence[Token], opened: Token | None) -> Iterator[Block]:
        kind = opened.type if opened else ""
        if kind in ("th_open", "td_open"):
            self.row.append(_plain(children))
        elif opened and kind == "heading_open":
            yield from self._flushed()
            if text := _plain(children):
                yield Block(BlockKind.HEADING, text, int(opened.tag[1:]))
        elif self.items:
            self.items[-1].texts.append(_plain(children))
        else:
            if label := _label(children):
                yield Block(BlockKind.HEADING, label, LABEL_LEVEL)
            text = _plain(children)
            if text.rstrip(" :：") != label:
                yield from self._text(text)

    def _text(self, text: str) -> Iterator[Block]:
        text = fold(text)
        if self.items:
            self.items[-1].texts.append(text)
        elif text:
            yield Block(BlockKind.PARAGRAPH, text)

    def _html(self, source: str) -> Iterator[Block]:
        from retrieval.readers.web import fragment_blocks

        found = fragment_blocks(source)
        if found:
            yield from self._flushed()
            yield from found

    def _flushed(self) -> Iterator[Block]:
        if self.items and (block := self.items[-1].block()):
            yield block


def _plain(children: Sequence[Token]) -> str:
    """The text of a line of Markdown: no marks, pictures, tags, struck-out words or scripts."""
    lines = [""]
    silent = 0
    for child in children:
        match child.type:
            case "s_open":
                silent += 1
            case "s_close":
                silent -= 1
            case "html_inline":
                tag = child.content.casefold()
                if tag.startswith(("<script", "<style")):
                    silent += 1
                elif tag.startswith(("</script", "</style")):
                    silent = max(silent - 1, 0)
                elif tag.startswith("<br"):
                    lines.append("")
            case "softbreak" | "hardbreak":
                lines.append("")
            case "text" | "code_inline" | "text_special" if not silent:
                lines[-1] += child.content
            case _:
                pass
    return join_lines(lines)


def _label(children: Sequence[Token]) -> str:
    """The bold words a paragraph begins with, where they are all of it or a colon parts them from the rest; else ""."""
    filled = [child for child in children if child.type != "text" or child.content.strip()]
    if not filled or filled[0].type != "strong_open":
        return ""
    end = next(index for index, child in enumerate(filled) if child.type == "strong_close" and child.level == 0)
    label = _plain(filled[1:end])
    rest = _plain(filled[end + 1 :])
    bare = label.rstrip(" :：")
    if not bare or len(bare) > _LONGEST_LABEL or bare.endswith((".", "。", "!", "！", ";", "；")):
        return ""
    return bare if not rest or bare != label or rest.startswith((":", "：")) else ""
