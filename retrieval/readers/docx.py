"""Word documents, in the order of the page: headings by style, numbered lists, tables, text boxes and footnotes.

The text is taken from the XML that python-docx has opened, because its own paragraphs leave out what stands in text
boxes, content controls and accepted insertions.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from retrieval.document import Block, BlockKind
from retrieval.readers.archive import open_archive
from retrieval.readers.cleaning import fold
from retrieval.readers.list_numbers import ListNumbers
from retrieval.readers.source import Content, Source
from retrieval.readers.tables import Row, table_blocks
from retrieval.readers.text import numbered_heading

_NO_TITLE = re.compile(
    r"(?:untitled|word document|microsoft word.*|.*\.docx?|document ?\d*|документ ?\d*|文档 ?\d*)?", re.IGNORECASE
)
_BROKEN = (
    *(OpcError, zipfile.BadZipFile, zlib.error, etree.LxmlError, SyntaxError),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError),
)
_HEADING = re.compile(r"(?:heading|заголовок|标题|標題)\s*([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|contents|оглавление|目录)\s*\d*|toc heading|table of figures", re.IGNORECASE)
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATIVES, _CHOICE, _FALLBACK = f"{_MARKUP}AlternateContent", f"{_MARKUP}Choice", f"{_MARKUP}Fallback"
_PARAGRAPH, _TABLE, _RUN, _TEXT = qn("w:p"), qn("w:tbl"), qn("w:r"), qn("w:t")
_BOX = qn("w:txbxContent")
_UNREAD = frozenset(
    qn(name)
    for name in ("w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:sdtPr", "w:tblPr", "w:tblGrid", "w:instrText")
)
_SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:ptab"): " "}
_NOTES = frozenset((qn("w:footnoteReference"), qn("w:endnoteReference")))
_SMALLEST = 4
"""Half points; what is set smaller is there to be hidden."""
_LONGEST_HEADING = 120
_LONGEST_CELL = 1_500
_OFF = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph or a run has from its style and the styles that one is based on."""

    name: str = ""
    level: int = 0
    hidden: bool = False
    bold: bool = False
    list_id: str = ""
    depth: int = 0


@dataclass(slots=True)
class _Words:
    """The text of one paragraph as it is gathered, and what hangs on it."""

    texts: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    bold: bool = True

    @property
    def text(self) -> str:
        return fold("".join(self.texts))


def read_docx(source: Source) -> Content:
    """Reads a Word document as it reads with all changes accepted; hidden text and comments are left out."""
    with open_archive(source, "Word"):
        pass
    try:
        document: Any = docx.Document(BytesIO(source.data))
        reading = _Reading(document)
        blocks = tuple(reading.blocks())
        title = fold(str(document.core_properties.title or ""))
    except _BROKEN:
        raise source.refused("its parts are damaged or nested too deep; save it again from Word.") from None
    return Content(blocks=blocks, title=None if _NO_TITLE.fullmatch(title) else title)


class _Reading:
    """One pass over a document."""

    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        parts = {
            rel.reltype.rsplit("/", 1)[-1]: rel.target_part
            for rel in document.part.rels.values()
            if not rel.is_external
        }
        self._styles = _styles(document.styles.element)
        numbering = parts.get("numbering")
        self._lists = ListNumbers(None if numbering is None else parse_xml(numbering.blob))
        self._notes = {
            (kind, note.get(qn("w:id"))): note
            for kind in ("footnote", "endnote")
            if f"{kind}s" in parts
            for note in parse_xml(parts[f"{kind}s"].blob).iter(qn(f"w:{kind}"))
            if note.get(qn("w:type")) is None
        }

    def blocks(self) -> list[Block]:
        """All blocks. Where the author used no heading styles, short bold lines are the headings."""
        found = list(self._inside(self._body, in_table=False))
        if any(block.kind is BlockKind.HEADING for block, _ in found):
            return [block for block, _ in found]
        return _with_headings(found)

    def _inside(self, element: Any, *, in_table: bool) -> Iterator[tuple[Block, bool]]:
        """The blocks of an element, each with whether all of it is bold."""
        for child in _children(element):
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child, in_table=in_table)
            elif child.tag == _TABLE:
                yield from ((block, False) for block in self._table(child))
            elif child.tag == qn("w:sdt") and _is_contents(child):
                continue
            else:
                yield from self._inside(child, in_table=in_table)

    def _paragraph(self, element: Any, *, in_table: bool) -> Iterator[tuple[Block, bool]]:
        words = _Words()
        style = self._style(element, "w:pPr/w:pStyle")
        marker, depth = self._marker(element, style)
        self._gather(element, words, style, in_table=in_table)
        text = words.text
        if text and not _CONTENTS.fullmatch(style.name):
            level = _outline(element) or style.level
            marked = f"{marker} {text}" if marker else text
            if level and len(text) <= 2 * _LONGEST_HEADING:
                block = Block(BlockKind.HEADING, marked, min(level, 6))
            elif depth:
                block = Block(BlockKind.LIST_ITEM, marked, depth)
            else:
                block = Block(BlockKind.PARAGRAPH, marked)
            yield block, words.bold
        for box in words.boxes:
            yield from self._inside(box, in_table=in_table)
        for note in words.notes:
            yield from self._inside(note, in_table=in_table)

    def _style(self, element: Any, path: str) -> _Style:
        found = element.find(path, _NAMES)
        name = None if found is None else found.get(qn("w:val"))
        return self._styles.get(name, _NO_STYLE) if name else _NO_STYLE

    def _marker(self, element: Any, style: _Style) -> tuple[str, int]:
        """The number a paragraph shows, and its depth in its list: 0 outside of lists."""
        list_id, depth = style.list_id, style.depth
        own = element.find("w:pPr/w:numPr", _NAMES)
        if own is not None:
            list_id = _value(own, "w:numId") or list_id
            depth = _number(_value(own, "w:ilvl"), depth)
        if list_id and list_id in self._lists:
            return self._lists.next(list_id, depth), depth + 1
        named = re.match(r"List (?:Bullet|Number|Paragraph)\s?(\d?)", style.name, re.IGNORECASE)
        return "", (int(named[1] or 1) if named and "aragraph" not in style.name else 0)

    def _gather(self, element: Any, words: _Words, style: _Style, *, in_table: bool) -> None:
        for child in _children(element):
            tag = child.tag
            if tag == _RUN:
                own = self._style(child, "w:rPr/w:rStyle")
                if own.hidden or style.hidden or _is_unseen(child, in_table=in_table):
                    continue
                before = len(words.texts)
                self._gather(child, words, style, in_table=in_table)
                if "".join(words.texts[before:]).strip():
                    words.bold = words.bold and _is_on(child, "w:rPr/w:b", default=own.bold or style.bold)
            elif tag == _TEXT or tag == qn("m:t"):
                words.texts.append(child.text or "")
            elif tag in _SIGNS:
                words.texts.append(_SIGNS[tag])
            elif tag in _NOTES:
                kind = tag.rpartition("}")[2].removesuffix("Reference")
                if (note := self._notes.pop((kind, child.get(qn("w:id"))), None)) is not None:
                    words.notes.append(note)
            elif tag == _BOX:
                words.boxes.append(child)
            else:
                self._gather(child, words, style, in_table=in_table)

    def _table(self, table: Any) -> list[Block]:
        rows = [row for row in _rows(table) if row.find("w:trPr/w:del", _NAMES) is None]
        grid = [_cells(row) for row in rows]
        inside = {
            id(cell): [block for block, _ in self._inside(cell.element, in_table=True)]
            for row in grid
            for cell in row
            if not cell.goes_on
        }
        contents = list(inside.values())
        long = any(sum(len(block.text) for block in blocks) > _LONGEST_CELL for blocks in contents)
        if long or max((len(row) for row in grid), default=0) < 2:
            return [block for blocks in contents for block in blocks]
        written = _written(grid, {key: _joined(blocks) for key, blocks in inside.items()})
        heads = 0
        while heads < len(rows) - 1 and _is_on(rows[heads], "w:trPr/w:tblHeader"):
            heads += 1
        blocks = table_blocks([row for row in written if row.filled], heads=heads)
        return [Block(BlockKind.TABLE_ROW, block.text) for block in blocks]


_NO_STYLE = _Style()
_NAMES = {"w": qn("w:p")[1:].partition("}")[0]}


def _children(element: Any) -> Iterator[Any]:
    """What is seen of an element: of alternatives the one that new programs show."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _UNREAD:
            continue
        if child.tag == _ALTERNATIVES:
            shown = child.find(_CHOICE)
            shown = child.find(_FALLBACK) if shown is None else shown
            if shown is not None:
                yield shown
        else:
            yield child


def _styles(root: Any) -> dict[str, _Style]:
    raw = {style.get(qn("w:styleId")): style for style in root.iter(qn("w:style"))}
    return {name: _resolved(style, raw) for name, style in raw.items() if name}


def _resolved(style: Any, raw: dict[str, Any]) -> _Style:
    """A style with what it has from those it is based on."""
    chain = [style]
    while len(chain) < 12 and (parent := raw.get(_value(chain[-1], "w:basedOn") or "")) is not None:
        chain.append(parent)
    name = _value(style, "w:name") or ""
    level = next((level for one in chain if (level := _style_level(one))), 0)
    list_id = next((found for one in chain if (found := _path_value(one, "w:pPr/w:numPr/w:numId"))), "")
    depth = next((found for one in chain if (found := _path_value(one, "w:pPr/w:numPr/w:ilvl"))), "0")
    return _Style(
        name=name,
        level=level,
        hidden=any(_is_on(one, "w:rPr/w:vanish") for one in chain),
        bold=next((True for one in chain if _is_on(one, "w:rPr/w:b")), False),
        list_id=list_id,
        depth=_number(depth, 0),
    )


def _style_level(style: Any) -> int:
    name = _value(style, "w:name") or ""
    if name.casefold() in ("title", "название", "标题"):
        return 1
    if named := _HEADING.fullmatch(name):
        return int(named[1])
    return _outline(style)


def _outline(element: Any) -> int:
    value = _number(_path_value(element, "w:pPr/w:outlineLvl"), 9)
    return value + 1 if value < 9 else 0


def _value(element: Any, name: str) -> str | None:
    found = element.find(qn(name))
    return None if found is None else found.get(qn("w:val"))


def _path_value(element: Any, path: str) -> str | None:
    found = element.find(path, _NAMES)
    return None if found is None else found.get(qn("w:val"))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,2}", text, re.ASCII) else default


def _is_on(element: Any, path: str, *, default: bool = False) -> bool:
    found = element.find(path, _NAMES)
    return default if found is None else found.get(qn("w:val"), "1") not in _OFF


def _is_unseen(run: Any, *, in_table: bool) -> bool:
    """Hidden, too small to see, or white where no table may lie dark behind it."""
    properties = run.find(qn("w:rPr"))
    if properties is None:
        return False
    if _is_on(properties, "w:vanish") or _is_on(properties, "w:webHidden"):
        return True
    if _number(_value(properties, "w:sz"), _SMALLEST) < _SMALLEST:
        return True
    white = (_value(properties, "w:color") or "").upper() == "FFFFFF"
    shaded = properties.find(qn("w:shd")) is not None or properties.find(qn("w:highlight")) is not None
    return white and not shaded and not in_table and run.getparent().find("w:pPr/w:shd", _NAMES) is None


def _is_contents(control: Any) -> bool:
    gallery = control.find("w:sdtPr/w:docPartObj/w:docPartGallery", _NAMES)
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


@dataclass(frozen=True, slots=True)
class _Cell:
    element: Any
    column: int
    width: int
    goes_on: bool
    """Whether it only continues the cell above it."""


def _rows(table: Any) -> Iterator[Any]:
    for child in _children(table):
        if child.tag == qn("w:tr"):
            yield child
        else:
            yield from _rows(child)


def _cells(row: Any) -> list[_Cell]:
    cells: list[_Cell] = []
    column = _number(_path_value(row, "w:trPr/w:gridBefore"), 0)
    pending = list(_children(row))
    while pending:
        child = pending.pop(0)
        if child.tag != qn("w:tc"):
            pending[:0] = [inner for inner in _children(child) if child.tag in (qn("w:sdt"), qn("w:sdtContent"))]
            continue
        width = max(_number(_path_value(child, "w:tcPr/w:gridSpan"), 1), 1)
        merge = child.find("w:tcPr/w:vMerge", _NAMES)
        goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
        cells.append(_Cell(child, column, width, goes_on))
        column += width
    return cells


def _written(grid: Sequence[Sequence[_Cell]], texts: dict[int, str]) -> list[Row]:
    """The rows with the text of merged cells in each row, and in ``wide`` in each column, that they cover."""
    rows: list[Row] = []
    above: dict[int, str] = {}
    for number, cells in enumerate(grid, start=1):
        own: dict[int, str] = {}
        wide: dict[int, str] = {}
        for cell in cells:
            text = above.get(cell.column, "") if cell.goes_on else texts[id(cell)]
            own[cell.column] = text
            wide |= dict.fromkeys(range(cell.column, cell.column + cell.width), text)
        above = own
        places = range(max(wide, default=-1) + 1)
        rows.append(
            Row(
                number,
                tuple(own.get(place, "") for place in places),
                tuple(wide.get(place, "") for place in places),
            )
        )
    return rows


def _joined(blocks: Sequence[Block]) -> str:
    """What stands in one cell as one text."""
    text = ""
    for block in blocks:
        glue = "" if not text else " " if re.search(r"[.,;:!?。，；：！？]$", text) else ", "
        text += glue + block.text
    return text


def _with_headings(found: Sequence[tuple[Block, bool]]) -> list[Block]:
    """Headings of a text whose author only set them in bold, or numbered them as laws do."""
    paragraphs = [pair for pair in found if pair[0].kind is BlockKind.PARAGRAPH]
    bold_is_rare = sum(bold for _, bold in paragraphs) * 2 <= len(paragraphs)
    blocks: list[Block] = []
    for place, (block, bold) in enumerate(found):
        following = found[place + 1][0] if place + 1 < len(found) else None
        after = following.text if following and following.kind is not BlockKind.TABLE_ROW else ""
        short = len(block.text) <= _LONGEST_HEADING and not re.search(r"[.。;；,，:：]$", block.text)
        numbered = numbered_heading(block.text, after) if block.kind is BlockKind.PARAGRAPH else 0
        if block.kind is BlockKind.PARAGRAPH and numbered:
            block = Block(BlockKind.HEADING, block.text, min(numbered + 1, 6))
        elif block.kind is BlockKind.PARAGRAPH and bold and short and following and (bold_is_rare or not blocks):
            block = Block(BlockKind.HEADING, block.text, 2 if blocks else 1)
        blocks.append(block)
    return blocks
