"""Saved web pages: their main text, never their scripts, comments or hidden parts. Nothing is ever fetched."""

import copy
import datetime as dt
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from lxml import etree, html  # type: ignore[import-untyped]

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import fold
from retrieval.readers.furniture import date_in_head, furniture
from retrieval.readers.rows import table_row
from retrieval.readers.source import Content, Source

_UNSEEN = frozenset(
    (
        "script style template noscript iframe object embed svg canvas head meta link form input button "
        "select option textarea dialog audio video map datalist "
    ).split()
)
_AROUND = frozenset(("nav", "footer", "aside", "header"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = (
    frozenset(
        (
            "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
            "footer header hgroup hr html legend li main nav ol p pre section summary table tbody td tfoot th "
            "thead tr ul "
        ).split()
    )
    | _HEADINGS
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_DATE_NAMES = frozenset(
    (
        "article:published_time datepublished date pubdate publishdate publish_date dc.date dc.date.issued "
        "dcterms.date dcterms.issued "
    ).split()
)

_TOO_LITTLE = 0.3
_TOO_LITTLE_OF_SHORT = 0.5
_SHORT_PAGE = 4000
"""Share of a page's text below which what the extraction kept is taken for a wrong guess; short pages mislead it more."""


def read_page(source: Source) -> Content:
    """Reads a page: its main content where that can be told, else all of its body but menus and footers."""
    tree = _tree(source.text)
    if tree is None:
        return Content(blocks=())
    title = _title(tree)
    published = _published(tree)
    _remove_unseen(tree)
    _write_out_tables(tree)
    whole = _Walk(skip_around=True).blocks(tree) or _Walk().blocks(tree)
    main = _main_blocks(tree)
    short = _chars(whole) < _SHORT_PAGE
    enough = (_TOO_LITTLE_OF_SHORT if short else _TOO_LITTLE) * _chars(whole)
    # One block out of several is the last resort of the extraction: all text it saw, run together.
    run_together = short and len(main) == 1 < len(whole)
    blocks = main if _chars(main) >= enough and not run_together else whole
    texts = [block.text for block in blocks]
    published = published or date_in_head(texts)
    if not source.own:
        # A row of a table was set as data, whatever it looks like.
        dropped = furniture(
            [text if block.kind is not BlockKind.TABLE_ROW else "" for block, text in zip(blocks, texts, strict=True)]
        )
        blocks = [block for index, block in enumerate(blocks) if index not in dropped]
    return Content(blocks=tuple(blocks), title=title, published=published)


def fragment_blocks(source: str) -> list[Block]:
    """The blocks of a piece of HTML inside another text."""
    tree = _tree(source)
    if tree is None:
        return []
    _remove_unseen(tree)
    _write_out_tables(tree)
    return _Walk().blocks(tree)


def _tree(text: str) -> html.HtmlElement | None:
    # A declaration of an encoding is history by now, and lxml refuses text that carries one.
    text = re.sub(r"\A\s*<\?xml[^>]{0,200}\?>", "", text)
    if not text.strip():
        return None
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree: html.HtmlElement = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None
    return tree


def _title(tree: html.HtmlElement) -> str | None:
    found = tree.find(".//head/title")
    text = fold(found.text_content()) if found is not None else ""
    return text or None


def _published(tree: html.HtmlElement) -> dt.date | None:
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if name.casefold() in _DATE_NAMES and (found := date_in_head([element.get("content", "")])):
            return found
    return None


def _remove_unseen(tree: html.HtmlElement) -> None:
    for element in list(tree.iter()):
        if element is tree or element.tag == "body":
            continue
        style = element.get("style", "")
        hidden = element.get("hidden") is not None or (style and _HIDING.search(style))
        if not isinstance(element.tag, str) or element.tag in _UNSEEN or hidden:
            element.drop_tree()


_ROW_MARK = "\u241e"
"""The sign for a record separator; what is visible of hidden signs cannot come from a page by accident."""


def _write_out_tables(tree: html.HtmlElement) -> None:
    """Puts each row, written out, in the place of every table that holds data.

    The extraction of main content knows rows only as words: it loses spans, headers and lists in cells.
    """
    for table in reversed(list(tree.iter("table"))):
        rows = _rows(table)
        if rows is None:
            for part in table.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th"):
                part.tag = "div"
            continue
        written = html.Element("div")
        for text in rows:
            paragraph = etree.SubElement(written, "p")
            paragraph.text = f"{_ROW_MARK} {text}"
        written.tail = table.tail
        parent = table.getparent()
        if parent is not None:
            parent.replace(table, written)


def _chars(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _main_blocks(tree: html.HtmlElement) -> list[Block]:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(
            copy.deepcopy(tree), include_comments=False, include_tables=True, with_metadata=False
        )
    except (ValueError, TypeError, AttributeError, etree.LxmlError):
        return []
    body = getattr(found, "body", None)
    return [] if body is None else _Walk().blocks(body)


_STRUCK = frozenset(("del", "s", "strike"))
_LISTS = frozenset(("ul", "ol", "dl", "list"))
_ITEMS = frozenset(("li", "dt", "dd", "item"))


_BREAK = "\n"


@dataclass(slots=True)
class _Walk:
    """Turns a tree into blocks, in HTML's names or in trafilatura's (``head``, ``list``, ``item``, ``row``, ``cell``)."""

    skip_around: bool = False
    found: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    lists: int = 0
    marker: str = ""

    def blocks(self, tree: etree._Element) -> list[Block]:
        """All blocks under an element, in order."""
        self._enter(tree)
        self._flush()
        return self.found

    def _enter(self, element: etree._Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _STRUCK or (self.skip_around and _is_around(element)):
            return
        if tag == "br" or tag == "lb":
            # Two in a row part paragraphs.
            if _BREAK in self.words and not "".join(self.words[_last(self.words, _BREAK) :]).strip():
                self._flush()
            self.words.append(_BREAK)
        elif tag in _HEADINGS or (tag == "head" and element.get("rend")):
            self._as(BlockKind.HEADING, int((element.get("rend") or tag)[-1]), element)
        elif tag in _LISTS:
            self._list(element)
        elif tag in _BLOCKS or tag in ("quote", "code"):
            self._flush()
            self._inside(element)
            self._flush()
        else:
            self._inside(element)

    def _inside(self, element: etree._Element) -> None:
        self.words.append(element.text or "")
        for child in element:
            self._enter(child)
            self.words.append(child.tail or "")

    def _as(self, kind: BlockKind, level: int, element: etree._Element, marker: str = "") -> None:
        self._flush()
        outer = self.kind, self.level
        self.kind, self.level, self.marker = kind, level, marker
        self._inside(element)
        self._flush()
        self.kind, self.level = outer
        self.marker = ""

    def _list(self, element: etree._Element) -> None:
        if self.skip_around and _is_menu(element):
            return
        self._flush()
        self.lists += 1
        number = _small_number(element.get("start"), 1, 10_000) if _is_ordered(element) else 0
        for child in element:
            if child.tag in _ITEMS:
                self._as(BlockKind.LIST_ITEM, self.lists, child, f"{number}. " if number else "")
                number += 1 if number else 0
            else:
                self._enter(child)
            self.words.append(child.tail or "")
        self._flush()
        self.lists -= 1

    def _flush(self) -> None:
        text = fold("".join(self.words))
        self.words.clear()
        if text.startswith(_ROW_MARK):
            self.found.append(Block(BlockKind.TABLE_ROW, text.strip(f"{_ROW_MARK} ")))
        elif text:
            self.found.append(Block(self.kind, self.marker + text, self.level))
            self.marker = ""


def _rows(table: etree._Element) -> list[str] | None:
    """The rows of a table, written out; ``None`` where it only puts parts of a page side by side."""
    grid = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if _is_layout(grid):
        return None
    texts = _spread(grid)
    heads = 0
    while heads < len(grid) and grid[heads] and all(cell.tag == "th" for cell in grid[heads]):
        heads += 1
    if heads == len(grid):
        heads = 0
    elif heads == 0 and not any(cell.tag == "th" for row in grid for cell in row) and _looks_like_names(texts):
        heads = 1
    header = [fold(" ".join(dict.fromkeys(column))) for column in zip_longest(*texts[:heads], fillvalue="")]
    written = [fold(caption.text_content()) for caption in table.iter("caption")]
    for cells in texts[heads:]:
        if not header and len(cells) == 2 and all(cells) and len(cells[0]) <= 80:
            cells, names = cells[1:], cells[:1]
        else:
            names = header
        written.append(table_row(names, cells))
    return [text for text in written if text]


def _cell_text(cell: etree._Element) -> str:
    if not any(child.tag in _BLOCKS or child.tag == "br" for child in cell.iterdescendants()):
        return fold(cell.text_content())
    return ", ".join(block.text.rstrip(",;") for block in _Walk().blocks(cell))


def _last(words: Sequence[str], word: str) -> int:
    return len(words) - 1 - words[::-1].index(word)


def _is_around(element: etree._Element) -> bool:
    if element.tag == "header":
        return element.find(".//h1") is None
    return element.tag in _AROUND


def _is_menu(element: etree._Element) -> bool:
    """A list of short links and nothing else."""
    items = [fold("".join(item.itertext())) for item in element if item.tag == "li"]
    if len(items) < 4 or sum(len(item) for item in items) > 30 * len(items):
        return False
    linked = sum(len(fold("".join(link.itertext()))) for link in element.iter("a"))
    return linked >= 0.9 * sum(len(item) for item in items)


def _is_ordered(element: etree._Element) -> bool:
    return element.tag == "ol" or element.get("rend") in ("ol", "ordered")


def _is_layout(grid: Sequence[Sequence[etree._Element]]) -> bool:
    """Whether a table only puts parts of a page side by side."""
    cells = [cell for row in grid for cell in row]
    if not cells or max(len(row) for row in grid) == 1:
        return True
    return any(
        child.tag == "table" or (child.tag in ("ul", "ol", *_HEADINGS) and len(cells) <= 6)
        for cell in cells
        for child in cell.iterdescendants()
    )


def _spread(grid: Sequence[Sequence[etree._Element]]) -> list[list[str]]:
    """Texts of all cells, each in its own column; a cell over several rows is repeated in each."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    for cells in grid:
        row: list[str] = []
        for cell in cells:
            while len(row) in hanging:
                row.append(_hang(hanging, len(row)))
            text = _cell_text(cell)
            down = _small_number(cell.get("rowspan"), 1, 1000)
            for place in range(_small_number(cell.get("colspan"), 1, 50)):
                if down > 1:
                    hanging[len(row)] = (down - 1, text if place == 0 or cell.tag == "th" else "")
                row.append(text if place == 0 or cell.tag == "th" else "")
        while len(row) in hanging:
            row.append(_hang(hanging, len(row)))
        rows.append(row)
    return rows


def _hang(hanging: dict[int, tuple[int, str]], column: int) -> str:
    rows, text = hanging.pop(column)
    if rows > 1:
        hanging[column] = (rows - 1, text)
    return text


def _small_number(text: str | None, least: int, most: int) -> int:
    return min(max(int(text), least), most) if text and text.isascii() and text.isdigit() and len(text) < 9 else least


def _looks_like_names(texts: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns, though the page does not say so: words above numbers."""
    if len(texts) < 2 or len(texts[0]) + len(texts) < 5:
        return False
    first, others = texts[0], texts[1:]
    if not all(first) or len(set(first)) < len(first) or any(re.search(r"\d", cell) for cell in first):
        return False
    return any(re.search(r"\d", cell) for row in others for cell in row[1:])
