from dataclasses import replace

import pytest

from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.delimited import read_delimited
from retrieval.readers.source import Content, Source


def read(text: str, name: str = "market/a.csv", limits: ReadLimits | None = None) -> Content:
    return read_delimited(Source(name, b"", limits or ReadLimits(), text=text))


def rows(text: str, name: str = "market/a.csv") -> list[tuple[int | None, str]]:
    return [(block.row, block.text) for block in read(text, name).blocks]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = [("Goods", "Rate", "Since"), ("Cells", "5", "2023"), ("Turbines", "3", "2024")]
    text = "\n".join(delimiter.join(line) for line in lines)
    assert rows(text) == [(2, "Goods: Cells; Rate: 5; Since: 2023"), (3, "Goods: Turbines; Rate: 3; Since: 2024")]


def test_decimal_commas_are_no_delimiter() -> None:
    assert rows("Year;Costs;\n2023;-814,38;\n2024;-11,08;\n") == [
        (2, "Year: 2023; Costs: -814,38"),
        (3, "Year: 2024; Costs: -11,08"),
    ]


def test_quoted_cells_hold_delimiters_quotes_and_lines() -> None:
    text = 'Country,Partners\nKenya,"China 16%, ""UK"" 15%"\nTogo,"one\ntwo"\n'
    assert rows(text) == [(2, 'Country: Kenya; Partners: China 16%, "UK" 15%'), (3, "Country: Togo; Partners: one two")]


def test_a_tab_file_takes_commas_for_text() -> None:
    assert rows("Goods\tNote\nCells\ta,b\n", "market/a.tsv") == [(2, "Goods: Cells; Note: a,b")]


def test_formulas_are_only_text() -> None:
    assert rows('Goods,Note\nCells,=HYPERLINK("x")\n') == [(2, 'Goods: Cells; Note: =HYPERLINK("x")')]


def test_a_file_without_names_gives_its_values() -> None:
    assert rows("Cells,5,2023\nTurbines,3,2024\n") == [(1, "Cells; 5; 2023"), (2, "Turbines; 3; 2024")]


def test_limits_are_named() -> None:
    text = "a,b\n" * 10
    with pytest.raises(UnreadableFileError, match="more than 5 rows; split it"):
        read(text, limits=replace(ReadLimits(), max_rows=5))
    with pytest.raises(UnreadableFileError, match="more than 5 cells; split it"):
        read(text, limits=replace(ReadLimits(), max_cells=5))


def test_a_quotation_mark_that_is_never_closed_is_refused_by_its_line() -> None:
    with pytest.raises(UnreadableFileError, match="never closed; mend that line"):
        read('Goods,Note\nCells,"open' + " and so on" * 20_000)
