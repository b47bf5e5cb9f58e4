"""Lines of pages, each with its place, put back together into paragraphs, headings, lists and table rows."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import join_lines
from retrieval.readers.rows import table_row
from retrieval.readers.text import numbered_heading

BREAK_HYPHEN = "\u2010"
"""Stands in a line where a word was parted for the line's end."""

_MARGIN = 0.12
"""Share of a page's height, at its top and its bottom, where running lines and page numbers stand."""

_HALF = 24
"""How many characters at one end of two running lines must be the same."""

_HEADING_LINES = 3
"""Lines that one heading takes at most."""

_BULLET = re.compile(r"(?:[•●▪■◦‣·–—*-])\s+(?=\S)|[•●▪■◦‣](?=\S)")
_ENUMERATOR = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*[.)、．]?\s|[(（][\da-zа-яivx一二三四五六七八九十]{1,4}[)）]|[a-zа-я][.)]\s"
    r"|第[一二三四五六七八九十百零\d]{1,6}[章节条编]|[一二三四五六七八九十]{1,3}、"
    r"|(?:article|section|chapter|статья|глава|раздел|§)\s*\d)",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?。！？…:：;；][\"'”’»)）\]\d]*$")
_NUMBER = re.compile(r"\d{1,5}")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:(?:page|стр\.?|страница|第)\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:页|of|из|/|共)\s*\d{0,4}\s*页?)?[\W_]*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEADER = re.compile(r"\s?(?:[.…_]\s?){5,}")
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line between two wide gaps."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. Lengths are points; a page's lower left corner is 0, 0."""

    text: str
    page: int
    left: float
    right: float
    baseline: float
    last_baseline: float
    """Lower than ``baseline`` where the text took two lines that were joined at a parted word."""
    size: float
    page_height: float
    bold: bool
    cells: tuple[Cell, ...] = ()

    @property
    def in_margin(self) -> bool:
        """Whether it stands at the top or at the bottom of its page."""
        return not _MARGIN * self.page_height <= self.baseline <= (1 - _MARGIN) * self.page_height


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph or a table row, before it is known which of the big ones are headings."""

    lines: tuple[Line, ...]
    text: str
    full: bool = False
    """Whether its last line reaches the right edge, so that its sentence may go on over the page."""
    row: bool = False


def layout_blocks(lines: Sequence[Line], *, page_count: int) -> list[Block]:
    """All blocks, in reading order, without what is repeated in the margins."""
    lines = list(_without_running_lines(lines, page_count))
    words = frozenset(word for line in lines for word in _WORD.findall(line.text.casefold()))
    body = _body_size(lines)
    pieces = [piece for column in _columns(lines) for piece in _pieces(column, words, body)]
    return _across_pages(_blocks(pieces, body), pieces)


def _without_running_lines(lines: Sequence[Line], page_count: int) -> Iterator[Line]:
    seen = Counter(key for line in lines if line.in_margin for key in set(_running_keys(line)))
    starts = Counter(key for line in lines if line.in_margin for key in _half_keys(line))
    often = max(2, min(4, math.ceil(page_count / 2)))
    for line in lines:
        if line.in_margin:
            if any(seen[key] >= often for key in _running_keys(line)):
                continue
            if any(starts[key] >= max(4, page_count // 5) for key in _half_keys(line)):
                continue
            if len(line.text) < 16 and _PAGE_NUMBER.fullmatch(line.text):
                continue
        yield line


def _running_keys(line: Line) -> Iterator[tuple[str, int]]:
    text = line.text.casefold()
    yield text, 0
    for number in _NUMBER.finditer(text):
        # "Article 5" may open several pages; only a number that grows with the pages is theirs.
        yield f"{text[: number.start()]}#{text[number.end() :]}", int(number[0]) - line.page


def _half_keys(line: Line) -> Iterator[tuple[str, int]]:
    """What running lines share that name the section of their page at one end."""
    if len(line.text) >= 2 * _HALF:
        yield line.text[:_HALF].casefold(), 0
        yield line.text[-_HALF:].casefold(), 1


def _columns(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Stretches of lines that run down one column of one page."""
    column: list[Line] = []
    for line in lines:
        if column:
            before = column[-1]
            beside = line.right and (line.left > before.right or line.right < min(other.left for other in column[-5:]))
            if line.page != before.page or line.baseline > before.last_baseline + 2 or (beside and not line.cells):
                yield column
                column = []
        column.append(line)
    if column:
        yield column


def _pieces(column: Sequence[Line], words: frozenset[str], body: float) -> Iterator[_Piece]:
    sizes = {line.size for line in column}
    edges = {size: _right_edge([line for line in column if line.size == size]) for size in sizes}
    steps = [one.last_baseline - two.baseline for one, two in pairwise(column) if one.size == two.size]
    steps = [step for step in steps if step > 1]
    usual = statistics.median_low(steps) if len(steps) >= 4 else 0.0
    run: list[Line] = []
    place = 0
    while place < len(column):
        line = column[place]
        heads = _is_big(line.size, body) and len(run) < _HEADING_LINES
        if run and not _goes_on(run[-1], line, edges[line.size], usual, heads=heads):
            yield _piece(run, words, edges[run[-1].size])
            run = []
        rows = [] if run else _table(column[place:])
        if rows:
            yield from rows
            place += 1 + sum(len(row.lines) for row in rows)
            continue
        run.append(line)
        place += 1
    if run:
        yield _piece(run, words, edges[run[-1].size])


def _right_edge(lines: Sequence[Line]) -> float:
    """How far right a line must come to be full; one line that sticks out, such as a headline, is no measure."""
    rights = sorted((line.right for line in lines), reverse=True)
    start = min(line.left for line in lines)
    while len(rights) >= 4 and rights[0] - rights[1] > 0.1 * (rights[0] - start):
        rights.pop(0)
    return rights[0] - 0.15 * (rights[0] - start)


def _goes_on(before: Line, line: Line, full: float, usual: float, *, heads: bool) -> bool:
    """Whether a line goes on with what the one before it says. ``heads``: both are of the size of headings."""
    if abs(line.size - before.size) > 0.15 * before.size or not before.right or not re.search(r"\w", before.text):
        return False
    step = before.last_baseline - line.baseline
    most = min(2.1 * line.size, 1.4 * usual) if usual else 1.75 * line.size
    if not 1 < step <= most:
        return False
    if before.bold and line.bold:
        return True
    if heads and not _ENDED.search(before.text) and not _ENUMERATOR.match(line.text) and not line.cells:
        return True
    reaches = before.right >= full or before.text.endswith(("-", BREAK_HYPHEN)) or _had_no_room(before, line, full)
    if before.bold != line.bold and not reaches:
        return False
    if before.cells or line.cells:
        # A stretched line of a justified paragraph has gaps too, so only rows that also look like rows are kept apart.
        gaps = max(len(before.cells), len(line.cells))
        if gaps > 2 or not reaches or not line.text[:1].islower():
            return False
    if _BULLET.match(line.text):
        return False
    ended = _ENDED.search(before.text) is not None
    indented = line.left - before.left > 0.6 * line.size
    if _ENUMERATOR.match(line.text) and (ended or indented or before.right < full):
        return False
    return reaches and not (ended and indented)


def _had_no_room(before: Line, line: Line, full: float) -> bool:
    """Whether an unjustified line ends early only because the long word that opens the next one did not fit on it."""
    words = line.text.split(maxsplit=1)
    if len(words) < 2 or _ENDED.search(before.text) or _ENUMERATOR.match(line.text) or not line.text[0].islower():
        return False
    word = (line.right - line.left) * (len(words[0]) + 1) / len(line.text)
    return before.right + word > full and abs(line.left - before.left) < 0.6 * line.size


def _is_big(size: float, body: float) -> bool:
    return size >= max(1.12 * body, body + 1)


def _piece(run: Sequence[Line], words: frozenset[str], full: float) -> _Piece:
    texts: list[str] = []
    for line in run:
        if texts and re.search(rf"[^\W\d_][-{BREAK_HYPHEN}]$", texts[-1]) and line.text[:1].islower():
            texts[-1] = texts[-1][:-1] + BREAK_HYPHEN + line.text
        else:
            texts.append(line.text)
    text = re.sub(
        rf"([^\W\d_]+){BREAK_HYPHEN}([^\W\d_]+)", lambda parts: _unparted(parts[1], parts[2], words), join_lines(texts)
    )
    text = _LEADER.sub(" … ", text.replace(BREAK_HYPHEN, "-"))
    return _Piece(tuple(run), text, run[-1].right >= full)


def _unparted(head: str, tail: str, words: frozenset[str]) -> str:
    """A parted word made whole; its hyphen stays where the text writes it with one elsewhere, and never without."""
    whole, parted = (head + tail).casefold(), f"{head}-{tail}".casefold()
    return f"{head}-{tail}" if parted in words and whole not in words else head + tail


def _table(lines: Sequence[Line]) -> list[_Piece]:
    """The rows of a table whose header is the first line, each written out; none where it is no header."""
    header = lines[0].cells
    if len(header) < 3 or not _runs_right(header) or sum(bool(re.search(r"\d", cell.text)) for cell in header) > 1:
        return []
    names = [cell.text for cell in header]
    rows: list[tuple[list[Line], list[str]]] = []
    for line in lines[1:]:
        values = _placed(line.cells or (Cell(line.text, line.left, line.right),), header)
        if values is None:
            break
        if rows and _completes(rows[-1][1], values) and rows[-1][0][-1].last_baseline - line.baseline < 3 * line.size:
            # A row without its first cell that fills only what is empty above it: one record set over two lines.
            rows[-1][0].append(line)
            rows[-1][1][:] = [one or two for one, two in zip(rows[-1][1], values, strict=True)]
        elif len(line.cells) > 1:
            rows.append(([line], values))
        elif rows and not values[0] and rows[-1][0][-1].last_baseline - line.baseline < 2.2 * line.size:
            # A cell that took two lines.
            rows[-1][0].append(line)
            rows[-1][1][:] = [join_lines([one, two]) for one, two in zip(rows[-1][1], values, strict=True)]
        else:
            break
    if len(rows) < 2:
        return []
    return [_Piece(tuple(taken), table_row(names, values), row=True) for taken, values in rows]


def _completes(above: Sequence[str], values: Sequence[str]) -> bool:
    return (
        above[0] != ""
        and not values[0]
        and sum(map(bool, values)) > 1
        and not any(one and two for one, two in zip(above, values, strict=True))
    )


def _runs_right(cells: Sequence[Cell]) -> bool:
    return all(one.right < two.left for one, two in pairwise(cells))


def _placed(cells: Sequence[Cell], header: Sequence[Cell]) -> list[str] | None:
    """The texts of a row, each under its name; ``None`` when one stands under none or two."""
    values = [""] * len(header)
    if not _runs_right(cells):
        return None
    for cell in cells:
        under = [place for place, name in enumerate(header) if cell.left < name.right and name.left < cell.right]
        if not under:
            near = min(range(len(header)), key=lambda place: abs(_middle(header[place]) - _middle(cell)))
            under = [near]
        if len(under) > 1 or values[under[0]]:
            return None
        values[under[0]] = cell.text
    return values


def _middle(cell: Cell) -> float:
    return (cell.left + cell.right) / 2


def _body_size(lines: Sequence[Line]) -> float:
    chars: Counter[float] = Counter()
    for line in lines:
        chars[line.size] += len(line.text)
    return chars.most_common(1)[0][0] if chars else 0.0


def _blocks(pieces: Sequence[_Piece], body: float) -> list[Block]:
    big = [_may_head(piece) and all(_is_big(line.size, body) for line in piece.lines) for piece in pieces]
    bold = [_may_head(piece) and len(piece.text) <= 100 and all(line.bold for line in piece.lines) for piece in pieces]
    if sum(bold) * 5 > 2 * len(pieces):
        bold = [False] * len(pieces)
    sizes = sorted({piece.lines[0].size for piece, heads in zip(pieces, big, strict=True) if heads}, reverse=True)
    blocks = []
    following = [piece.text for piece in pieces[1:]] + [""] * bool(pieces)
    for piece, is_big, is_bold, after in zip(pieces, big, bold, following, strict=True):
        page = piece.lines[0].page
        bullet = _BULLET.match(piece.text)
        if piece.row:
            block = Block(BlockKind.TABLE_ROW, piece.text, page=page)
        elif is_big:
            block = Block(BlockKind.HEADING, piece.text, min(sizes.index(piece.lines[0].size) + 1, 5), page=page)
        elif is_bold:
            block = Block(BlockKind.HEADING, piece.text, min(len(sizes) + 1, 6), page=page)
        elif _may_head(piece) and "…" not in piece.text and 0 < (level := numbered_heading(piece.text, after)) <= 4:
            block = Block(BlockKind.HEADING, piece.text, min(len(sizes) + any(bold) + level, 6), page=page)
        elif bullet and piece.text[bullet.end() :]:
            block = Block(BlockKind.LIST_ITEM, piece.text[bullet.end() :], 1, page=page)
        else:
            block = Block(BlockKind.PARAGRAPH, piece.text, page=page)
        blocks.append(block)
    return blocks


def _may_head(piece: _Piece) -> bool:
    return (
        not piece.row
        and len(piece.text) <= 200
        and re.search(r"[^\W\d_]", piece.text) is not None
        and not re.search(r"[.。;；,，]$", piece.text)
        and not _BULLET.match(piece.text)
        and not any(len(line.cells) > 2 for line in piece.lines)
    )


def _across_pages(blocks: Sequence[Block], pieces: Sequence[_Piece]) -> list[Block]:
    """Joins a paragraph that goes on over the page with its first part, which gives it its page."""
    joined: list[Block] = []
    before: _Piece | None = None
    for block, piece in zip(blocks, pieces, strict=True):
        goes_on = (
            before is not None
            and before.full
            and piece.lines[0].page == before.lines[-1].page + 1
            and block.kind is BlockKind.PARAGRAPH
            and joined[-1].kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
            and not _ENDED.search(before.text)
            and not _ENUMERATOR.match(block.text)
            and (block.text[0].islower() or (_HAN.match(block.text) and _HAN.match(before.text[-1])))
        )
        if goes_on:
            joined[-1] = replace(joined[-1], text=join_lines([joined[-1].text, block.text]))
        else:
            joined.append(block)
        before = piece
    return joined
