from io import BytesIO

import pytest
from odfdo import Document, Header, List, Paragraph, Table

from retrieval.document import Block
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.odt import read_odt
from retrieval.readers.source import Content, Source
from tests.retrieval.readers.zips import changed, parts_of, zipped


def writer_file() -> bytes:
    document = Document("text")
    document.meta.title = "Duty handbook"
    document.body.clear()
    document.body.append(Header(1, "Duties"))
    document.body.append(Paragraph("The duty is three percent."))
    document.body.append(List(["Turbines", "Cells"]))
    table = Table("rates", width=3, height=3)
    table.set_values([["Code", "Goods", "Rate"], ["8541", "Cells", "5 %"], ["8502", "Turbines", "3 %"]])
    document.body.append(table)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def read(data: bytes) -> Content:
    return read_odt(Source("law/a.odt", data, ReadLimits()))


def shown(blocks: tuple[Block, ...]) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text, block.level) for block in blocks]


def body(xml: str, styles: str = "") -> bytes:
    """A text whose body is the given XML."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
        for name, uri in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("draw", "drawing"),
        )
    )
    return zipped(
        {
            "content.xml": f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{xml}</office:text></office:body></office:document-content>"
        }
    )


def test_headings_lists_and_tables_come_in_order() -> None:
    content = read(writer_file())
    assert content.title == "Duty handbook"
    assert shown(content.blocks) == [
        ("heading", "Duties", 1),
        ("paragraph", "The duty is three percent.", 0),
        ("list_item", "Turbines", 1),
        ("list_item", "Cells", 1),
        ("table_row", "Code: 8541; Goods: Cells; Rate: 5 %", 0),
        ("table_row", "Code: 8502; Goods: Turbines; Rate: 3 %", 0),
    ]


def test_deleted_hidden_and_commented_text_is_left_out_and_notes_follow() -> None:
    hidden = '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'
    xml = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>The duty<text:s/>is<text:span text:style-name="T1"> hidden</text:span> three percent.'
        "<office:annotation><text:p>Is that so?</text:p></office:annotation><text:note><text:note-citation>1"
        "</text:note-citation><text:note-body><text:p>Since 2024.</text:p></text:note-body></text:note></text:p>"
    )
    assert [block.text for block in read(body(xml, hidden)).blocks] == ["The duty is three percent.", "Since 2024."]


def test_merged_cells_are_repeated() -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str, attributes: str = "") -> str:
        return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    xml = "<table:table><table:table-header-rows>" + row(
        cell("Goods"), cell("Duty", 'table:number-columns-spanned="2"'), covered
    )
    xml += "</table:table-header-rows>" + row(cell("Cells", 'table:number-rows-spanned="2"'), cell("5"), cell("4"))
    xml += row(covered, cell("6"), cell("7")) + "</table:table>"
    assert [block.text for block in read(body(xml)).blocks] == [
        "Goods: Cells; Duty: 5; Duty: 4",
        "Goods: Cells; Duty: 6; Duty: 7",
    ]


def test_protected_damaged_and_false_texts_are_refused() -> None:
    whole = writer_file()
    locked = changed(whole, {"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"})
    no_text = {name: part for name, part in parts_of(whole).items() if name != "content.xml"}
    for data, reason in (
        (locked, "protected by a password"),
        (changed(whole, {"content.xml": "<office"}), "damaged or nested too deep"),
        (zipped(no_text), "holds no text document"),
    ):
        with pytest.raises(UnreadableFileError, match=reason):
            read(data)
