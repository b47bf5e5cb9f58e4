"""CSV and TSV: rows of text, with whatever delimiter its program used."""

import csv
from collections import Counter
from collections.abc import Iterator

from retrieval.readers.cleaning import fold
from retrieval.readers.source import Content, Source
from retrieval.readers.tables import Row, table_blocks

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50


def read_delimited(source: Source) -> Content:
    """Reads a table in plain text. Its first row of words names the columns."""
    lines = source.text.split("\n")
    delimiter = "\t" if source.id.lower().endswith(".tsv") else _delimiter(lines[:_SAMPLE_LINES])
    limits, cells = source.limits, 0
    rows: list[Row] = []
    for number, row in enumerate(_records(lines, delimiter, source), start=1):
        if not any(row):
            continue
        cells += len(row)
        if len(rows) == limits.max_rows:
            raise source.refused(f"it has more than {limits.max_rows} rows; split it into smaller files.")
        if cells > limits.max_cells:
            raise source.refused(f"it has more than {limits.max_cells} cells; split it into smaller files.")
        rows.append(Row(number, row))
    return Content(blocks=tuple(table_blocks(rows, forms=False)))


def _records(lines: list[str], delimiter: str, source: Source) -> Iterator[tuple[str, ...]]:
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        for record in reader:
            yield tuple(fold(cell) for cell in record)
    except csv.Error:
        raise source.refused(
            f"line {reader.line_num}: a cell is too long, or a quotation mark is never closed; mend that line."
        ) from None


def _delimiter(lines: list[str]) -> str:
    """The sign that parts most lines into the same number of cells. ``csv.Sniffer`` takes decimal commas for it."""
    scores = {delimiter: _evenness(lines, delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda delimiter: scores[delimiter])


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, often = Counter(widths).most_common(1)[0]
    return (round(often / len(widths), 1), width) if width > 1 else (0.0, 0)
