"""OpenDocument texts (LibreOffice Writer), from the one XML part that holds their text."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from retrieval.document import Block, BlockKind
from retrieval.readers.archive import open_archive, read_part
from retrieval.readers.cleaning import fold
from retrieval.readers.source import Content, Source
from retrieval.readers.tables import Row, table_blocks

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE = f"{{{_OASIS}text:1.0}}", f"{{{_OASIS}table:1.0}}", f"{{{_OASIS}office:1.0}}"
_STYLE, _FORMAT = f"{{{_OASIS}style:1.0}}", f"{{{_OASIS}xsl-fo-compatible:1.0}}"
_DRAW = f"{{{_OASIS}drawing:1.0}}"
_UNREAD = frozenset(
    (
        *(
            f"{_TEXT}tracked-changes",
            f"{_TEXT}table-of-content",
            f"{_TEXT}illustration-index",
            f"{_TEXT}alphabetical-index",
        ),
        *(f"{_TEXT}note-citation", f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph", f"{_TEXT}ruby-text"),
        *(f"{_TEXT}sequence-decls", f"{_TEXT}user-field-decls", f"{_TEXT}variable-decls", f"{_OFFICE}forms"),
        *(f"{_OFFICE}annotation", f"{_OFFICE}annotation-end", f"{_OFFICE}scripts", f"{_OFFICE}binary-data"),
    )
)
_MOST_REPEATED = 200
_LONGEST_CELL = 1_500
_PARSER_LIMITS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def read_odt(source: Source) -> Content:
    """Reads an OpenDocument text; tracked deletions, comments and hidden text are left out."""
    with open_archive(source, "LibreOffice as .docx") as archive:
        content, properties = read_part(archive, "content.xml"), read_part(archive, "meta.xml")
        styles, manifest = read_part(archive, "styles.xml"), read_part(archive, "META-INF/manifest.xml")
    if manifest and b"encryption-data" in manifest:
        raise source.refused("it is protected by a password; save a copy without one.")
    try:
        tree = None if content is None else _parsed(content)
        body = None if tree is None else tree.find(f"{_OFFICE}body/{_OFFICE}text")
        if tree is None or body is None:
            raise source.refused("it holds no text document; save it again as .docx.")
        hidden = _hidden_styles(tree) | (set() if styles is None else _hidden_styles(_parsed(styles)))
        title = "" if properties is None else _title(_parsed(properties))
    except (etree.LxmlError, SyntaxError, ValueError):
        raise source.refused("its XML is damaged or nested too deep; save it again from LibreOffice.") from None
    return Content(blocks=tuple(_Reading(hidden).blocks(body)), title=title or None)


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(**_PARSER_LIMITS))


def _title(properties: Any) -> str:
    found = next(properties.iter("{http://purl.org/dc/elements/1.1/}title"), None)
    return "" if found is None else fold("".join(found.itertext()))


def _hidden_styles(tree: Any) -> set[str]:
    return {
        style.get(f"{_STYLE}name", "")
        for style in tree.iter(f"{_STYLE}style")
        for properties in style.iter(f"{_STYLE}text-properties")
        if properties.get(f"{_TEXT}display") == "none"
        or re.fullmatch(r"[01]?(?:\.\d+)?pt", properties.get(f"{_FORMAT}font-size", ""))
    }


class _Reading:
    """One pass over a text."""

    def __init__(self, hidden: set[str]) -> None:
        self._hidden = hidden

    def blocks(self, element: Any, depth: int = 0) -> Iterator[Block]:
        """All blocks under an element; ``depth`` counts the lists around it."""
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _UNREAD or self._is_hidden(child):
                continue
            if tag in (f"{_TEXT}p", f"{_TEXT}h"):
                yield from self._paragraph(child, depth)
            elif tag == f"{_TEXT}list":
                yield from self.blocks(child, depth + 1)
            elif tag == f"{_TABLE}table":
                yield from self._table(child)
            else:
                yield from self.blocks(child, depth)

    def _is_hidden(self, element: Any) -> bool:
        return element.get(f"{_TEXT}style-name") in self._hidden or element.get(f"{_TEXT}display") == "none"

    def _paragraph(self, element: Any, depth: int) -> Iterator[Block]:
        words: list[str] = []
        beside: list[Any] = []
        self._gather(element, words, beside)
        text = fold("".join(words))
        level = element.get(f"{_TEXT}outline-level", "1")
        if text and element.tag == f"{_TEXT}h":
            yield Block(BlockKind.HEADING, text, min(int(level), 6) if re.fullmatch("[1-9]", level) else 1)
        elif text:
            yield Block(BlockKind.LIST_ITEM if depth else BlockKind.PARAGRAPH, text, depth)
        for other in beside:
            yield from self.blocks(other)

    def _gather(self, element: Any, words: list[str], beside: list[Any]) -> None:
        words.append(element.text or "")
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _UNREAD and not self._is_hidden(child):
                if tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
                    words.append(" ")
                elif tag in (f"{_TEXT}note", f"{_DRAW}frame", f"{_DRAW}custom-shape"):
                    # Notes and text boxes hang on a word but are paragraphs of their own.
                    beside.append(child)
                else:
                    self._gather(child, words, beside)
            words.append(child.tail or "")

    def _table(self, table: Any) -> list[Block]:
        lines = [row for row in table.iter(f"{_TABLE}table-row") if _owner(row) is table]
        heads = sum(row.getparent().tag == f"{_TABLE}table-header-rows" for row in lines)
        contents: list[list[Block]] = []
        rows: list[Row] = []
        above: list[str] = []
        for number, line in enumerate(lines, start=1):
            cells: list[str] = []
            wide: list[str] = []
            spread = 0
            for cell in line:
                repeated = min(_count(cell.get(f"{_TABLE}number-columns-repeated")), _MOST_REPEATED)
                if cell.tag == f"{_TABLE}covered-table-cell":
                    # Covered from the left in the same row, else from above.
                    left = bool(wide) and spread > 0
                    text = wide[-1] if left else above[len(wide)] if len(wide) < len(above) else ""
                    cells += ["" if left else text] * repeated
                    wide += [text] * repeated
                    spread -= repeated
                elif cell.tag == f"{_TABLE}table-cell":
                    blocks = list(self.blocks(cell))
                    contents.append(blocks)
                    text = ", ".join(block.text for block in blocks)
                    spread = _count(cell.get(f"{_TABLE}number-columns-spanned")) - 1
                    cells += [text] * repeated
                    wide += [text] * repeated
            above = wide
            if any(cells):
                rows.append(Row(number, tuple(cells), tuple(wide)))
        long = any(sum(len(block.text) for block in blocks) > _LONGEST_CELL for blocks in contents)
        if long or max((len(row.cells) for row in rows), default=0) < 2:
            return [block for blocks in contents for block in blocks]
        written = table_blocks(rows, heads=heads if heads < len(rows) else 0)
        return [Block(BlockKind.TABLE_ROW, block.text) for block in written]


def _owner(row: Any) -> Any:
    return next(row.iterancestors(f"{_TABLE}table"))


def _count(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[1-9]\d{0,6}", text) else 1
