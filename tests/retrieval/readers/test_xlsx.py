import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from retrieval.document import Block, BlockKind
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.source import Content, Source
from retrieval.readers.xlsx import read_xlsx
from tests.retrieval.readers.zips import changed, parts_of

SHEET = "xl/worksheets/sheet1.xml"


def book(*builders: Callable[[Any], object]) -> bytes:
    """A workbook with a sheet for each builder."""
    workbook: Any = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, build in enumerate(builders, start=1):
        build(workbook.create_sheet(f"Sheet{number}"))
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def rows(*lines: tuple[object, ...]) -> Callable[[Any], None]:
    def build(sheet: Any) -> None:
        for line in lines:
            sheet.append(line)

    return build


def read(data: bytes, limits: ReadLimits | None = None) -> Content:
    return read_xlsx(Source("market/a.xlsx", data, limits or ReadLimits()))


def shown(blocks: tuple[Block, ...]) -> list[tuple[int | None, str, str]]:
    return [(block.row, block.kind.value, block.text) for block in blocks]


def test_every_row_carries_its_header_sheet_and_number() -> None:
    content = read(book(rows(("Goods", "Rate"), ("Cells", 5), ("Turbines", 3))))
    assert content.blocks == (
        Block(BlockKind.TABLE_ROW, "Goods: Cells; Rate: 5", sheet="Sheet1", row=2),
        Block(BlockKind.TABLE_ROW, "Goods: Turbines; Rate: 3", sheet="Sheet1", row=3),
    )


def test_titles_stand_above_notes_below_and_labels_between() -> None:
    build = rows(
        ("Import duties 2025", None, None),
        ("All rates are those of the Customs Code.", None, None),
        (),
        ("Goods", "Rate", "Since"),
        ("Energy",),
        ("Cells", 5, 2023),
        ("Turbines", 3, 2024),
        (),
        ("Source: the customs office.",),
    )
    assert shown(read(book(build)).blocks) == [
        (1, "heading", "Import duties 2025"),
        (2, "paragraph", "All rates are those of the Customs Code."),
        (5, "heading", "Energy"),
        (6, "table_row", "Goods: Cells; Rate: 5; Since: 2023"),
        (7, "table_row", "Goods: Turbines; Rate: 3; Since: 2024"),
        (9, "paragraph", "Source: the customs office."),
    ]


def test_numbers_and_dates_are_what_a_reader_sees() -> None:
    def build(sheet: Any) -> None:
        sheet.append(("What", "Value"))
        values = (
            ("percent", 0.125, "0.0%"),
            ("thousands", 1234567.5, "#,##0.00"),
            ("unit", 27.624, '0.0" GW"'),
            ("euro", 12, "[$€-407] #,##0.00"),
            ("day", dt.date(2024, 5, 6), "dd.mm.yyyy"),
            ("noise", 0.1 + 0.2, "General"),
            ("whole", 3.0, "General"),
            ("yes", True, "General"),
        )
        for name, value, number_format in values:
            sheet.append((name, value))
            sheet.cell(sheet.max_row, 2).number_format = number_format

    assert [block.text.rpartition(": ")[2] for block in read(book(build)).blocks] == [
        "12.5%",
        "1234567.50",
        "27.6 GW",
        "€ 12.00",
        "2024-05-06",
        "0.3",
        "3",
        "TRUE",
    ]


def test_merged_headers_name_each_of_their_columns_and_merged_labels_each_of_their_rows() -> None:
    def build(sheet: Any) -> None:
        rows(("Country", "Duty", None), (None, "2023", "2024"), ("Kenya", 5, 4), (None, 6, 7))(sheet)
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("A3:A4")

    assert shown(read(book(build)).blocks) == [
        (3, "table_row", "Country: Kenya; Duty 2023: 5; Duty 2024: 4"),
        (4, "table_row", "Country: Kenya; Duty 2023: 6; Duty 2024: 7"),
    ]


def test_two_tables_on_a_sheet_have_each_their_header() -> None:
    build = rows(("Goods", "Rate"), ("Cells", 5), (), ("Exports",), ("Year", "Tons", "Value"), (2023, 17, 3))
    assert [text for _, _, text in shown(read(book(build)).blocks)] == [
        "Goods: Cells; Rate: 5",
        "Exports",
        "Year: 2023; Tons: 17; Value: 3",
    ]


def test_two_columns_without_names_are_pairs_unless_the_first_row_is_bold() -> None:
    lines = (("Zone", "Khorgos"), ("Country", "Kazakhstan"))

    def bold(sheet: Any) -> None:
        rows(*lines)(sheet)
        for cell in sheet[1]:
            cell.font = Font(bold=True)

    assert [block.text for block in read(book(rows(*lines))).blocks] == ["Zone: Khorgos", "Country: Kazakhstan"]
    assert [block.text for block in read(book(bold)).blocks] == ["Zone: Country; Khorgos: Kazakhstan"]


def test_named_sheets_are_headings_and_hidden_ones_left_out() -> None:
    def second(sheet: Any) -> None:
        sheet.title = "Kenya"
        rows(("Goods", "Rate"), ("Cells", 5))(sheet)

    def third(sheet: Any) -> None:
        rows(("Secret", "Value"), ("a", 1))(sheet)
        sheet.sheet_state = "veryHidden"

    content = read(book(rows(("Goods", "Rate"), ("Turbines", 3)), second, third))
    assert [(block.sheet, block.text) for block in content.blocks] == [
        ("Sheet1", "Goods: Turbines; Rate: 3"),
        ("Kenya", "Kenya"),
        ("Kenya", "Goods: Cells; Rate: 5"),
    ]
    assert content.names_parts
    assert content.warnings == ("hidden sheets are left out: Sheet3",)


def test_formulas_are_never_computed() -> None:
    content = read(book(rows(("Goods", "Rate"), ("Cells", "=1+1"), ("Cables", '=WEBSERVICE("http://example.org")'))))
    assert [block.text for block in content.blocks] == ["Goods: Cells", "Goods: Cables"]
    assert content.warnings[0].startswith("sheet Sheet1: formulas without a saved value are left out")


def test_a_formula_gives_the_value_it_was_saved_with() -> None:
    data = book(rows(("Goods", "Rate"), ("Cells", "=1+1")))
    sheet = parts_of(data)[SHEET]
    assert isinstance(sheet, bytes)
    content = read(changed(data, {SHEET: sheet.replace(b"<v />", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>")}))
    assert content.blocks[0].text == "Goods: Cells; Rate: 2"
    assert content.warnings == ()


def test_errors_and_empty_cells_are_left_out() -> None:
    content = read(book(rows(("Goods", "Rate", "Note"), ("Cells", "#DIV/0!", "new"), ("Cables", None, "old"))))
    assert [block.text for block in content.blocks] == ["Goods: Cells; Note: new", "Goods: Cables; Note: old"]


def test_a_sheet_with_only_its_first_and_last_cell_is_read_at_once() -> None:
    def build(sheet: Any) -> None:
        sheet["A1"] = "first"
        sheet["XFD1048576"] = "last"

    assert [(block.row, block.text) for block in read(book(build)).blocks] == [(1, "first"), (1048576, "last")]


def test_rows_and_cells_have_limits_that_the_reason_names() -> None:
    data = book(rows(("Goods", "Rate"), ("Cells", 5), ("Turbines", 3)))
    for limits, reason in (
        (replace(ReadLimits(), max_rows=2), "more than 2 rows; split it"),
        (replace(ReadLimits(), max_cells=5), "more than 5 cells; split it"),
    ):
        with pytest.raises(UnreadableFileError, match=reason):
            read(data, limits)


def test_a_merged_cell_as_large_as_the_sheet_costs_nothing() -> None:
    def build(sheet: Any) -> None:
        rows(("Goods", "Rate"), ("Cells", 5))(sheet)

    data = book(build)
    sheet = parts_of(data)[SHEET]
    assert isinstance(sheet, bytes)
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert read(changed(data, {SHEET: sheet.replace(b"</sheetData>", merged)})).blocks


def test_damaged_sheets_are_refused() -> None:
    data = book(rows(("Goods", "Rate"), ("Cells", 5)))
    sheet = parts_of(data)[SHEET]
    assert isinstance(sheet, bytes)
    for broken in (
        sheet[: len(sheet) // 2],
        sheet.replace(b'r="A2"', b'r="??"'),
        sheet.replace(b"<v>5</v>", b"<v>five</v>"),
    ):
        with pytest.raises(UnreadableFileError, match="save it again from Excel"):
            read(changed(data, {SHEET: broken}))


@pytest.mark.slow
def test_two_million_cells_are_refused_in_bounded_time() -> None:
    workbook: Any = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for number in range(100_000):
        sheet.append([number] * 20)
    file = BytesIO()
    workbook.save(file)
    with pytest.raises(UnreadableFileError, match="more than 1000000 cells"):
        read(file.getvalue())
