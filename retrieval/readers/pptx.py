"""PowerPoint presentations: each slide with its title, texts, tables, charts and notes."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pptx
from lxml import etree  # type: ignore[import-untyped]
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

from retrieval.document import Block, BlockKind
from retrieval.readers.archive import open_archive
from retrieval.readers.cleaning import fold
from retrieval.readers.source import Content, Source
from retrieval.readers.tables import Row, table_blocks

_BROKEN = (
    *(PythonPptxError, zipfile.BadZipFile, zlib.error, etree.LxmlError, SyntaxError),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError),
)
_NO_TITLE = re.compile(
    r"(?:powerpoint presentation|презентация.*|演示文稿.*|slide \d+|.*\.pptx?|untitled)?", re.IGNORECASE
)
_TITLES = frozenset((PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE))
_RUNNING = frozenset((PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER))
_BULLETED = frozenset((PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY))
_DEEPEST_GROUP = 20
_SMALLEST = 200
"""Hundredths of a point; what is set smaller is there to be hidden."""


def read_pptx(source: Source) -> Content:
    """Reads a presentation. Hidden slides are left out, and named; so are comments, dates and footers."""
    with open_archive(source, "PowerPoint"):
        pass
    try:
        presentation: Any = pptx.Presentation(BytesIO(source.data))
        slides = list(presentation.slides)
        hidden = [number for number, slide in enumerate(slides, start=1) if slide.element.get("show") in ("0", "false")]
        blocks = [
            replace(block, slide=number)
            for number, slide in enumerate(slides, start=1)
            if number not in hidden
            for block in _slide_blocks(slide, number)
        ]
        title = fold(str(presentation.core_properties.title or ""))
    except _BROKEN:
        raise source.refused("its slides are damaged or nested too deep; save it again from PowerPoint.") from None
    warnings = [f"hidden slides are left out: {', '.join(str(number) for number in hidden[:20])}"] if hidden else []
    return Content(blocks=tuple(blocks), title=None if _NO_TITLE.fullmatch(title) else title, warnings=tuple(warnings))


def _slide_blocks(slide: Any, number: int) -> Iterator[Block]:
    shapes = list(_shapes(slide.shapes))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    for shape in titles:
        if text := fold(shape.text_frame.text):
            yield Block(BlockKind.HEADING, text, 1 if number == 1 else 2)
    for shape in shapes:
        if shape not in titles:
            yield from _shape_blocks(shape)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        for paragraph in frame.paragraphs:
            if text := _text(paragraph):
                yield Block(BlockKind.PARAGRAPH, text)


def _shapes(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """The visible shapes, those of groups among them."""
    for shape in shapes:
        properties = next(shape.element.iter(qn("p:cNvPr")), None)
        if properties is not None and properties.get("hidden") in ("1", "true"):
            continue
        if hasattr(shape, "shapes") and depth < _DEEPEST_GROUP:
            yield from _shapes(shape.shapes, depth + 1)
        elif _placeholder(shape) not in _RUNNING:
            yield shape


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _shape_blocks(shape: Any) -> Iterator[Block]:
    if getattr(shape, "has_table", False):
        yield from _table_blocks(shape.table)
    elif getattr(shape, "has_chart", False):
        yield from _chart_blocks(shape.chart)
    elif shape.has_text_frame:
        bulleted = _placeholder(shape) in _BULLETED
        for paragraph in shape.text_frame.paragraphs:
            if text := _text(paragraph):
                if _is_item(paragraph, bulleted=bulleted):
                    yield Block(BlockKind.LIST_ITEM, text, paragraph.level + 1)
                else:
                    yield Block(BlockKind.PARAGRAPH, text)
    else:
        yield from _diagram_blocks(shape)


def _is_item(paragraph: Any, *, bulleted: bool) -> bool:
    properties = paragraph._p.find(qn("a:pPr"))
    if properties is not None:
        if properties.find(qn("a:buNone")) is not None:
            return False
        if properties.find(qn("a:buChar")) is not None or properties.find(qn("a:buAutoNum")) is not None:
            return True
    return bulleted


def _text(paragraph: Any) -> str:
    parts: list[str] = []
    for run in paragraph._p:
        size = run.find(qn("a:rPr")).get("sz") if run.find(qn("a:rPr")) is not None else None
        if run.tag == qn("a:br"):
            parts.append(" ")
        elif run.tag in (qn("a:r"), qn("a:fld")) and not (size and size.isdigit() and int(size) < _SMALLEST):
            parts += [text.text or "" for text in run.iter(qn("a:t"))]
        elif run.tag not in (qn("a:pPr"), qn("a:endParaRPr"), qn("a:r"), qn("a:fld")):
            # A formula, as newer versions write it.
            parts += [text.text or "" for text in run.iter("{*}t")]
    return fold("".join(parts))


def _table_blocks(table: Any) -> Iterator[Block]:
    rows: list[Row] = []
    above: list[str] = []
    for number, row in enumerate(table.rows, start=1):
        cells: list[str] = []
        wide: list[str] = []
        for column, cell in enumerate(row.cells):
            text = ", ".join(text for paragraph in cell.text_frame.paragraphs if (text := _text(paragraph)))
            if cell._tc.vMerge and column < len(above):
                text = above[column]
            cells.append("" if cell._tc.hMerge else text)
            wide.append(wide[-1] if cell._tc.hMerge and wide else text)
        above = wide
        if any(cells):
            rows.append(Row(number, tuple(cells), tuple(wide)))
    heads = int(bool(table.first_row) and len(rows) > 1 and len(rows[0].filled) > 1)
    for block in table_blocks(rows, heads=heads):
        yield Block(BlockKind.TABLE_ROW, block.text)


def _chart_blocks(chart: Any) -> Iterator[Block]:
    """A chart as the table it is drawn from."""
    if chart.has_title and (title := fold(chart.chart_title.text_frame.text)):
        yield Block(BlockKind.PARAGRAPH, title)
    for plot in chart.plots:
        categories = [fold(str(category)) for category in plot.categories]
        series = [(fold(str(one.name)), list(one.values)) for one in plot.series]
        for place, category in enumerate(categories):
            values = [
                f"{name}: {values[place]:.10g}" if name else f"{values[place]:.10g}"
                for name, values in series
                if place < len(values) and values[place] is not None
            ]
            if values:
                yield Block(BlockKind.TABLE_ROW, "; ".join([category, *values] if category else values))


def _diagram_blocks(shape: Any) -> Iterator[Block]:
    """The texts of a diagram (SmartArt), which its slide only points to."""
    for pointer in shape.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"):
        part = shape.part.related_part(pointer.get(qn("r:dm")))
        for point in parse_xml(part.blob).iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}pt"):
            text = fold(" ".join(text.text or "" for text in point.iter(qn("a:t"))))
            if text:
                yield Block(BlockKind.LIST_ITEM, text, 1)
