"""Excel workbooks: what a reader of the sheets sees, row by row. Formulas give the value they were saved with."""

import re
import warnings
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import zip_longest
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from retrieval.document import Block, BlockKind
from retrieval.readers.archive import open_archive
from retrieval.readers.cleaning import fold
from retrieval.readers.number_format import shown_value
from retrieval.readers.source import Content, Source
from retrieval.readers.tables import Row, table_blocks

_LAST_ROW = 1_048_576
_HEADER_ROWS = 40
"""Rows in which bold type is looked for; it only tells a header."""
_MOST_MERGED = 20_000
_MOST_COLUMNS = 200
"""A merged cell that is wider names no more columns than this."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']")
_LOST_FORMULA = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]{0,200})?/>)\s{0,9}(?:<(?:\w+:)?v\s?/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s{0,9}</(?:\w+:)?c>"
)
_CHUNK, _OVERLAP = 1 << 20, 512
_NO_NAME = re.compile(r"(?:sheet|лист|工作表|tabelle|feuil|hoja)\s*\d*", re.IGNORECASE)
_NO_TITLE = re.compile(r"(?:untitled|microsoft excel|.*\.xlsx?|book\d*|книга\d*|工作簿\d*)", re.IGNORECASE)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    etree.LxmlError,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: tuple[Row, ...]
    lost_formulas: bool


def read_xlsx(source: Source) -> Content:
    """Reads a workbook. Hidden sheets are left out, and named."""
    with open_archive(source, "Excel") as archive:
        try:
            with warnings.catch_warnings(action="ignore"):
                return _read(source, archive)
        except _BROKEN:
            raise source.refused("its tables are damaged; save it again from Excel.") from None


def _read(source: Source, archive: zipfile.ZipFile) -> Content:
    workbook: Any = load_workbook(BytesIO(source.data), read_only=True, data_only=True, keep_links=False)
    with closing(workbook):
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        hidden = [sheet.title for sheet in workbook.worksheets if sheet.sheet_state != "visible"]
        sheets: list[_Sheet] = []
        left = _Budget(source)
        for worksheet in visible:
            sheets.append(_sheet(worksheet, archive, left))
        title = fold(str(workbook.properties.title or ""))
    sheets = [sheet for sheet in sheets if sheet.rows]
    findings = []
    if hidden:
        findings.append(f"hidden sheets are left out: {', '.join(hidden[:10])}")
    findings += [
        f"sheet {sheet.name}: formulas without a saved value are left out; open the file in Excel and save it"
        for sheet in sheets
        if sheet.lost_formulas
    ]
    return Content(
        blocks=tuple(block for sheet in sheets for block in _blocks(sheet, alone=len(sheets) == 1)),
        title=None if _NO_TITLE.fullmatch(title) else title,
        names_parts=len(sheets) > 1,
        warnings=tuple(findings),
    )


def _blocks(sheet: _Sheet, *, alone: bool) -> Iterator[Block]:
    named = not alone and not _NO_NAME.fullmatch(sheet.name)
    if named:
        yield Block(BlockKind.HEADING, sheet.name, 1, sheet=sheet.name)
    for block in table_blocks(sheet.rows, level=2 if named else 1):
        if not (named and block.kind is BlockKind.HEADING and block.text == sheet.name):
            yield replace(block, sheet=sheet.name)


@dataclass(slots=True)
class _Budget:
    """What may still be read of a workbook."""

    source: Source
    rows: int = 0
    cells: int = 0

    def spend(self, cells: int, *, row: bool) -> None:
        """Counts a row that holds something."""
        limits = self.source.limits
        self.rows += row
        self.cells += cells
        if self.rows > limits.max_rows:
            raise self.source.refused(f"it has more than {limits.max_rows} rows; split it into smaller files.")
        if self.cells > limits.max_cells:
            raise self.source.refused(f"it has more than {limits.max_cells} cells; split it into smaller files.")


def _sheet(worksheet: Any, archive: zipfile.ZipFile, left: _Budget) -> _Sheet:
    # The size that a sheet declares may be a million rows more than it has.
    worksheet.reset_dimensions()
    rows: list[Row] = []
    for number, cells in enumerate(worksheet.iter_rows(), start=1):
        if number > _LAST_ROW:
            raise left.source.refused("a sheet has more rows than Excel can hold; save it again from Excel.")
        if not cells:
            continue
        texts = tuple(_text(cell) for cell in cells)
        filled = any(texts)
        left.spend(len(cells), row=filled)
        if filled:
            bold = len(rows) < _HEADER_ROWS and _is_bold(cells, texts)
            rows.append(Row(number, texts, bold=bold))
    merged, lost_formulas = _beside_cells(worksheet, archive)
    return _Sheet(worksheet.title, tuple(_spread(rows, merged)), lost_formulas)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    return fold(value if isinstance(value, str) else shown_value(value, cell.number_format))


def _is_bold(cells: Sequence[Any], texts: Sequence[str]) -> bool:
    return all(cell.font.b for cell, text in zip(cells, texts, strict=True) if text)


def _beside_cells(worksheet: Any, archive: zipfile.ZipFile) -> tuple[list[str], bool]:
    """Which cells are merged, and whether a formula has no value: the library does not tell when it reads in a stream."""
    merged: list[str] = []
    lost_formulas = False
    with archive.open(worksheet._worksheet_path) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            text = before + chunk
            end = 0
            for found in _MERGED.finditer(text):
                merged.append(found[1].decode())
                end = found.end()
            lost_formulas = lost_formulas or _LOST_FORMULA.search(text) is not None
            # What was found must not be found again in the overlap.
            before = text[max(end, len(text) - _OVERLAP) :]
    return merged[:_MOST_MERGED], lost_formulas


def _spread(rows: Sequence[Row], merged: Sequence[str]) -> list[Row]:
    """The rows, with the text of merged cells in every row, and in ``wide`` in every column, that they cover."""
    numbers = [row.number for row in rows]
    cells = [list(row.cells) for row in rows]
    wide: dict[int, list[str]] = {}
    for left, top, right, bottom in (range_boundaries(name) for name in merged):
        if left is None or top is None or right is None or bottom is None:
            continue
        first, last = bisect_left(numbers, top), bisect_right(numbers, bottom)
        if first == last or numbers[first] != top or left > len(cells[first]):
            continue
        text = cells[first][left - 1]
        for place in range(first, last if text else first):
            cells[place] += [""] * (left - len(cells[place]))
            cells[place][left - 1] = text
            if right > left:
                spread = wide.setdefault(place, [])
                spread += [""] * (min(right, _MOST_COLUMNS) - len(spread))
                spread[left - 1 : right] = [text] * (min(right, _MOST_COLUMNS) - left + 1)
    return [
        replace(row, cells=tuple(own), wide=_wide(own, wide.get(place, ())))
        for place, (row, own) in enumerate(zip(rows, cells, strict=True))
    ]


def _wide(own: Sequence[str], spread: Sequence[str]) -> tuple[str, ...]:
    return tuple(one or two for one, two in zip_longest(own, spread, fillvalue="")) if spread else ()
