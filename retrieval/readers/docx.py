"""Word documents, in the order of the page: headings by style, numbered lists, tables, text boxes and footnotes.

The text is taken from the XML that python-docx has opened, because its own paragraphs leave out what stands in text
boxes, content controls and accepted insertions.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zlib import error as ZlibError

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
    r"(?:untitled|word document|microsoft word.*|.*\.docx?|document ?\d*|документ ?\d*|文档 ?\d*)", re.I
)
_BROKEN = (
    *(OpcError, zipfile.BadZipFile, ZlibError, etree.LxmlError, SyntaxError),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError),
)
_HEADING = re.compile(r"(?:heading|заголовок|标题|標題)\s*([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|contents|оглавление|目录)\s*\d*|toc heading|table of figures", re.IGNORECASE)
_TAKEN_OUT = frozenset(qn(name) for name in ("w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:sdtPr", "w:fldData"))
_FEW_BOLD = 0.25
"""Share of paragraphs that may be bold headings in a text without heading styles."""
_LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph or a run has from its style and the styles that one is based on."""

    name: str = ""
    level: int = 0
    hidden: bool = False
    bold: bool = False
    list_id: str | None = None
    list_level: int = 0


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    style: _Style
    level: int
    marker: str
    list_level: int
    bold: bool


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
        self._styles = _Styles(document)
        self._lists = ListNumbers(_root(document, "numbering"))
        self._footnotes = {
            note.get(qn("w:id"), ""): note for kind in ("footnotes", "endnotes") for note in _notes(document, kind)
        }
