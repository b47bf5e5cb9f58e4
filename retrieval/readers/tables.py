"""Tables as people lay them out: which rows name the columns, which are titles, labels or notes, and which are data."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import fold
from retrieval.readers.rows import table_row

_QUANTITY = re.compile(
    r"[-+−(~<>≈]?\s?(?:[A-Z]{0,3}[$€£¥₽₸]|[A-Z]{3})?\s?\d[\d\s.,'’]*\s?(?:[%‰]|[a-zа-я²³°$€£¥₽₸]{1,5}\.?)?\)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}-\d\d?(?:-\d\d?)?(?: \d\d?:\d\d)?|\d\d?[./]\d\d?[./]\d{2,4}|\d\d?:\d\d")
_LETTER = re.compile(r"[^\W\d_]")
_ENDED = re.compile(r"[.!?。！？;；]$")
_LONGEST_NAME = 160
_LONGEST_TITLE = 120
_MOST_HEADER_ROWS = 4
_FORM_ROWS = 30
"""A table of two columns that is longer than this is no form."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something, as it stands in its table; a cell over several rows is repeated in each."""

    number: int
    cells: tuple[str, ...]
    wide: tuple[str, ...] = ()
    """The cells again, where one over several columns is repeated in each."""
    bold: bool = False

    @property
    def filled(self) -> list[str]:
        """The cells that are not empty."""
        return [cell for cell in self.cells if cell]

    @property
    def is_merged(self) -> bool:
        """Whether a cell of it lies over several columns."""
        return bool(self.wide) and self.wide != self.cells


@dataclass(slots=True)
class _Table:
    """One pass over the rows of a sheet. A sheet may hold several tables, one below the other."""

    rows: Sequence[Row]
    level: int
    forms: bool
    header: list[str] = field(default_factory=list)
    titled: bool = False
    is_form: bool = False
    begun: bool = False
    """Whether rows of data came since the last gap; then no header can come."""

    def blocks(self) -> Iterator[Block]:
        """All blocks, in order, each with the number of its row."""
        place = 0
        while place < len(self.rows):
            row = self.rows[place]
            gap = place > 0 and row.number > self.rows[place - 1].number + 1
            self.begun = self.begun and not gap
            if (gap or self.titled or not (self.header or self.begun)) and (height := self._header_height(place)):
                self.header = _names(self.rows[place : place + height])
                self.is_form = self.titled = False
                place += height
                continue
            block = self._single(place, row, gap=gap) if len(row.filled) == 1 else self._data(row)
            yield replace(block, row=row.number)
            place += 1

    def _header_height(self, place: int) -> int:
        row, following = self.rows[place], _below(self.rows, place)
        if not following or not _may_name(row):
            return 0
        if self.header and not _names_numbers(row, following) and not (self.titled and not _same_columns(row, self)):
            return 0
        if self.forms and not self.header and self._begins_form(row, following):
            return 0
        height = 1
        while height < min(len(following), _MOST_HEADER_ROWS) and _goes_on_below(
            self.rows[place + height - 1], self.rows[place + height]
        ):
            height += 1
        return height

    def _begins_form(self, row: Row, following: Sequence[Row]) -> bool:
        """Whether these are pairs of a name and a value, not two columns with names."""
        if self.is_form:
            return True
        if len(row.filled) != 2 or row.bold or row.is_merged or len(following) >= _FORM_ROWS:
            return False
        pairs = sum(len(other.filled) == 2 for other in following) * 2 > len(following)
        self.is_form = (
            pairs and all(len(other.filled) <= 2 for other in following) and not _names_numbers(row, following)
        )
        return self.is_form

    def _single(self, place: int, row: Row, *, gap: bool) -> Block:
        text = row.filled[0]
        following = _below(self.rows, place)
        short = len(text) <= _LONGEST_TITLE and not _ENDED.search(text) and _LETTER.search(text) is not None
        leads = any(len(other.filled) > 1 for other in self.rows[place + 1 : place + 4])
        if self.header and not gap:
            if short and len(self.header) > 2 and row.cells[0] and following and len(following[0].filled) > 1:
                return Block(BlockKind.HEADING, text, self.level + 1)
            column = next(index for index, cell in enumerate(row.cells) if cell)
            if column < len(self.header) and self.header[column] and len(text) <= _LONGEST_TITLE and not row.is_merged:
                return self._data(row)
            return Block(BlockKind.PARAGRAPH, text)
        if short and leads and not (self.titled and not gap):
            self.titled = True
            return Block(BlockKind.HEADING, text, self.level)
        return Block(BlockKind.PARAGRAPH, text)

    def _data(self, row: Row) -> Block:
        self.titled, self.begun = False, True
        filled = row.filled
        if not self.header and len(filled) == 2 and len(filled[0]) <= 80 and _LETTER.search(filled[0]):
            return Block(BlockKind.TABLE_ROW, table_row(filled[:1], filled[1:]))
        return Block(BlockKind.TABLE_ROW, table_row(self.header, row.cells))


def table_blocks(rows: Sequence[Row], *, level: int = 1, forms: bool = True, heads: int = 0) -> Iterator[Block]:
    """The rows of a sheet as blocks, each with the number of its row.

    ``level`` is the depth of its titles. With ``forms``, two columns without names are pairs of a name and a value.
    ``heads`` counts the first rows that are known to name the columns.
    """
    return _Table(rows[heads:], level, forms, header=_names(rows[:heads])).blocks()


def _below(rows: Sequence[Row], place: int) -> Sequence[Row]:
    """The rows that follow without a gap, as many as a decision needs."""
    following: list[Row] = []
    for before, row in pairwise(rows[place : place + _FORM_ROWS + 1]):
        if row.number > before.number + 1:
            break
        following.append(row)
    return following


def _may_name(row: Row) -> bool:
    """Whether the cells of a row can be the names of columns: short, different, and no quantities but in a series."""
    filled = [cell for cell in (row.wide or row.cells) if cell]
    if len(set(filled)) < 2 or not any(_LETTER.search(cell) for cell in filled):
        return False
    if any(len(cell) > _LONGEST_NAME for cell in filled) or (
        not row.is_merged and len(set(filled)) * 3 < len(filled) * 2
    ):
        return False
    quantities = [cell for cell in filled if _is_quantity(cell)]
    return not quantities or _is_series(quantities)


def _is_quantity(cell: str) -> bool:
    return _QUANTITY.fullmatch(cell) is not None or _DATE.fullmatch(cell) is not None


def _is_series(cells: Sequence[str]) -> bool:
    """Years, months, days or numbers that count up or down, as the names of columns do."""
    if all(re.fullmatch(r"(?:19|20)\d\d", cell) for cell in cells):
        return True
    if len(cells) < 2:
        return False
    if all(re.fullmatch(r"\d{1,4}", cell) for cell in cells):
        return {int(two) - int(one) for one, two in pairwise(dict.fromkeys(cells))} <= {1, -1}
    return all(_DATE.fullmatch(cell) for cell in cells)


def _names_numbers(row: Row, following: Sequence[Row]) -> bool:
    """Whether words stand above numbers."""
    for column, name in enumerate(row.wide or row.cells):
        values = [other.cells[column] for other in following[:8] if column < len(other.cells) and other.cells[column]]
        if name and values and sum(_is_quantity(value) for value in values) * 2 > len(values):
            return True
    return False


def _same_columns(row: Row, table: _Table) -> bool:
    named = {column for column, name in enumerate(table.header) if name}
    return {column for column, cell in enumerate(row.cells) if cell} <= named


def _goes_on_below(row: Row, below: Row) -> bool:
    """Whether a row of a header has another one under it: it divides what a wide cell names, and nothing else."""
    if not row.is_merged or not _may_name(below):
        return False
    for column, cell in enumerate(below.cells):
        above = row.cells[column] if column < len(row.cells) else ""
        under_wide = column < len(row.wide) and _is_wide(row.wide, column)
        if cell and not under_wide and cell != above:
            return False
    return True


def _is_wide(cells: Sequence[str], column: int) -> bool:
    return cells[column] != "" and cells[column] in (
        cells[column - 1] if column else None,
        cells[column + 1] if column + 1 < len(cells) else None,
    )


def _names(rows: Sequence[Row]) -> list[str]:
    """The name of each column, from all rows of a header."""
    columns = zip_longest(*(row.wide or row.cells for row in rows), fillvalue="")
    return [fold(" ".join(dict.fromkeys(cell for cell in column if cell))) for column in columns]
