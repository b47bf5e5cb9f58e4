"""PDF: its text layer, read line by line with the place of each line."""

import ctypes
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pypdfium2
import pypdfium2.raw

from retrieval.readers.cleaning import fold, strip_hidden
from retrieval.readers.layout import BREAK_HYPHEN, Cell, Line, layout_blocks
from retrieval.readers.ocr import Scan, read_scans
from retrieval.readers.source import Content, Source

# The library is typed in part only, and what it makes of C headers not at all.
_pdfium: Any = pypdfium2
_raw: Any = pypdfium2.raw

_NO_TITLE = re.compile(
    r"(?:untitled|без имени|无标题|document ?\d*|presentation ?\d*|microsoft \w+\s*-\s*.*"
    r"|.*\.(?:docx?|indd|pdf|xlsx?|pptx?|qxd|tex|dvi|rtf|p65|fm|wpd|html?))",
    re.IGNORECASE,
)


def read_pdf(source: Source) -> Content:
    """Reads a PDF; a page that is damaged is left out and named."""
    if b"%PDF-" not in source.data[:1024]:
        raise source.refused("it is not a PDF, though its name says so; save it again as PDF.")
    try:
        pdf = _pdfium.PdfDocument(source.data)
    except _pdfium.PdfiumError as error:
        if "password" in str(error).casefold():
            raise source.refused("it is protected by a password; save a copy without one.") from None
        raise source.refused("it is damaged and cannot be opened; save it again as PDF.") from None
    try:
        return _read(pdf, source)
    finally:
        pdf.close()


def _read(pdf: Any, source: Source) -> Content:
    count = len(pdf)
    limit = source.limits.max_pages
    if count > limit:
        raise source.refused(f"it has {count} pages, the limit is {limit}; split it into smaller files.")
    lines: list[Line] = []
    damaged: list[int] = []
    chars = 0
    for number in range(1, count + 1):
        try:
            found = _page_lines(pdf, number)
        except _pdfium.PdfiumError:
            damaged.append(number)
            continue
        chars += sum(len(line.text) for line in found)
        if chars > source.limits.output_chars:
            raise source.refused("it holds more text than one file may; split it into smaller files.")
        lines.extend(found)
    blocks = layout_blocks(lines, page_count=count)
    readable = {line.page for line in lines if re.search(r"\w", line.text)}
    if len(damaged) == count:
        raise source.refused("no page of it can be opened: it is damaged. Save it again as PDF.")
    warnings = [f"{_pages(damaged)} damaged and left out; save the file again as PDF"] if damaged else []
    if not any(re.search(r"\w", block.text) for block in blocks):
        blocks, readable = [], set()
    empty = sorted(set(range(1, count + 1)) - readable - set(damaged))
    scan = _scan(pdf, empty, source)
    if not blocks and not scan.blocks:
        pages = f"any of {count} pages" if count > 1 else "its one page"
        told = f"{scan.problem[:1].upper()}{scan.problem[1:]}" if scan.problem else "Save it as searchable PDF."
        raise source.refused(f"no text on {pages}; it is probably a scan. {told}")
    if scan.blocks:
        blocks = sorted([*blocks, *scan.blocks], key=lambda block: block.page or 0)
        warnings += scan.warnings
    elif len(empty) * 2 >= count:
        warnings.append(f"{_pages(empty)} without text, probably scanned; save the file as searchable PDF")
    return Content(blocks=tuple(blocks), title=_title(pdf), pages=count, warnings=tuple(warnings))


def _scan(pdf: Any, pages: Sequence[int], source: Source) -> Scan:
    if not pages or not source.limits.ocr:
        return Scan()
    return read_scans(pdf, pages, source)


def _pages(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"page {numbers[0]} is"
    more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return f"pages {', '.join(str(number) for number in numbers[:10])}{more} are"


def _title(pdf: Any) -> str | None:
    """The title in the file's properties, unless a program wrote it there."""
    text = fold(strip_hidden(str(pdf.get_metadata_value("Title"))))
    letters = len(re.findall(r"[^\W\d_]", text))
    if not 4 <= len(text) <= 200 or letters * 2 < len(text) or "\\" in text or _NO_TITLE.fullmatch(text):
        return None
    # Two signs in a row that no language puts together: a title in an encoding its writer did not name.
    return None if re.search("[\u0080-\u00bf\ufffd]{2}", text) else text


def _page_lines(pdf: Any, number: int) -> list[Line]:
    page = pdf[number - 1]
    try:
        textpage = page.get_textpage()
        try:
            lines = _lines(textpage, number, page.get_height(), upright=page.get_rotation() == 0)
            return list(_mended(lines))
        finally:
            textpage.close()
    finally:
        page.close()


def _lines(textpage: Any, number: int, height: float, *, upright: bool) -> Iterator[Line]:
    if not textpage.count_chars():
        return
    start = 0
    for piece in textpage.get_text_range().split("\n"):
        line = piece.rstrip("\r")
        first, last = start + len(line) - len(line.lstrip()), start + len(line.rstrip()) - 1
        start += len(piece) + 1
        text = _shown(line)
        if not text:
            continue
        left, right = _edges(textpage, first)[0], _edges(textpage, last)[1]
        baseline, last_baseline = _baseline(textpage, first), _baseline(textpage, last)
        size = _size(textpage, first)
        if not upright or size <= 0:
            # Lines of a turned page run the other way; without a place each stands alone.
            left = right = 0.0
            baseline = last_baseline = height / 2
        bold = _raw.FPDFText_GetFontWeight(textpage, first) >= 600 <= _raw.FPDFText_GetFontWeight(textpage, last)
        cells = tuple(_cells(textpage, line, first - (len(line) - len(line.lstrip())), size)) if right > left else ()
        yield Line(text, number, left, right, baseline, last_baseline, size, height, bold, cells)


def _mended(lines: Iterable[Line]) -> Iterator[Line]:
    """Joins what a raised or lowered sign parted in the middle of a line."""
    before: Line | None = None
    for line in lines:
        touches = (
            before is not None
            and min(abs(line.baseline - before.last_baseline), abs(line.baseline - before.baseline)) < 1.5
            and -1 < line.left - before.right < 0.9 * line.size
        )
        if before is not None and touches:
            glue = "" if line.left - before.right < 0.15 * line.size else " "
            before = replace(
                before,
                text=before.text + glue + line.text,
                right=line.right,
                last_baseline=line.last_baseline,
                cells=_joined_cells(before, line, glue),
            )
            continue
        if before is not None:
            yield before
        before = line
    if before is not None:
        yield before


def _joined_cells(before: Line, line: Line, glue: str) -> tuple[Cell, ...]:
    if not before.cells and not line.cells:
        return ()
    first = before.cells or (Cell(before.text, before.left, before.right),)
    second = line.cells or (Cell(line.text, line.left, line.right),)
    middle = Cell(first[-1].text + glue + second[0].text, first[-1].left, second[0].right)
    return (*first[:-1], middle, *second[1:])


def _shown(text: str) -> str:
    # pdfium joins a word that was parted at a line's end and leaves a sign that is no character in it.
    return fold(strip_hidden(text.replace("\ufffe", BREAK_HYPHEN).replace("\x02", BREAK_HYPHEN)))


def _cells(textpage: Any, line: str, start: int, size: float) -> Iterator[Cell]:
    """The parts of a line that wide gaps separate; none where it has no such gap."""
    if "\ufffe" in line or "\x02" in line:
        return
    gaps: list[tuple[float, int, int]] = []
    for space in re.finditer(r"(?<=\S)\s+(?=\S)", line):
        before = _edges(textpage, start + space.start() - 1)[1]
        after = _edges(textpage, start + space.end())[0]
        gaps.append((after - before if after > before - size else math.inf, space.start(), space.end()))
    if not gaps:
        return
    narrowest, widest = min(gaps)[0], max(gaps)[0]
    # Gaps that are all alike are those of a justified line.
    if widest <= 0.9 * size or (len(gaps) > 1 and widest < 1.3 * narrowest and widest < 2.5 * size):
        return
    begin = 0
    for gap, end, after_gap in (*gaps, (math.inf, len(line.rstrip()), len(line))):
        if gap > 0.9 * size:
            cell = _cell(textpage, line[begin:end], start + begin)
            begin = after_gap
            if cell.text:
                yield cell


def _cell(textpage: Any, text: str, start: int) -> Cell:
    bare = text.lstrip()
    first = start + len(text) - len(bare)
    return Cell(_shown(bare), _edges(textpage, first)[0], _edges(textpage, first + max(len(bare) - 1, 0))[1])


def _edges(textpage: Any, index: int) -> tuple[float, float]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    _raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
    return left.value, right.value


def _baseline(textpage: Any, index: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    _raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    return y.value


def _size(textpage: Any, index: int) -> float:
    """The size a character is drawn at: many writers set the font to 1 and scale it."""
    matrix = _raw.FS_MATRIX()
    _raw.FPDFText_GetMatrix(textpage, index, matrix)
    scale = math.hypot(matrix.b, matrix.d) or 1.0
    size: float = _raw.FPDFText_GetFontSize(textpage, index) * scale
    return round(size * 2) / 2
