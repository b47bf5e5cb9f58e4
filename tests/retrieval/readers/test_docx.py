from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement

from retrieval.document import BlockKind
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.docx import read_docx
from retrieval.readers.list_numbers import han, roman
from retrieval.readers.source import Content, Source
from tests.retrieval.readers.zips import changed, parts_of

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LONG = "The customs office examines every declaration that it receives and tells the importer in writing. " * 2


def word(*builders: Callable[[Any], object]) -> bytes:
    document: Any = docx.Document()
    for build in builders:
        build(document)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def read(data: bytes) -> Content:
    return read_docx(Source("law/a.docx", data, ReadLimits()))


def shown(content: Content) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text, block.level) for block in content.blocks]


def body(xml: str) -> bytes:
    """A document whose body is the given XML."""
    whole = f'<?xml version="1.0"?><w:document {W}><w:body>{xml}<w:sectPr/></w:body></w:document>'
    return changed(word(), {"word/document.xml": whole})


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_headings_lists_and_tables_come_in_the_order_of_the_page() -> None:
    def build(document: Any) -> None:
        document.core_properties.title = "Duty handbook"
        document.add_heading("Customs Code", 0)
        document.add_heading("Duties", 1)
        document.add_paragraph("The duty is three percent.")
        document.add_paragraph("Turbines", style="List Bullet")
        document.add_paragraph("Cells", style="List Number")
        document.add_paragraph("Cables", style="List Number")
        table = document.add_table(rows=3, cols=3)
        for row, texts in enumerate((("Code", "Goods", "Rate"), ("8541", "Cells", "5 %"), ("8502", "Turbines", "3 %"))):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
        document.add_heading("Appeals", 2)
        document.add_paragraph("An appeal takes a month.")

    content = read(word(build))
    assert content.title == "Duty handbook"
    assert shown(content) == [
        ("heading", "Customs Code", 1),
        ("heading", "Duties", 1),
        ("paragraph", "The duty is three percent.", 0),
        ("list_item", "Turbines", 1),
        ("list_item", "1. Cells", 1),
        ("list_item", "2. Cables", 1),
        ("table_row", "Code: 8541; Goods: Cells; Rate: 5 %", 0),
        ("table_row", "Code: 8502; Goods: Turbines; Rate: 3 %", 0),
        ("heading", "Appeals", 2),
        ("paragraph", "An appeal takes a month.", 0),
    ]


def test_what_a_reader_does_not_see_is_left_out() -> None:
    white, tiny = run("white", '<w:color w:val="FFFFFF"/>'), run("tiny", '<w:sz w:val="2"/>')
    xml = (
        f"<w:p>{run('Seen ')}{run('vanished', '<w:vanish/>')}{white}{tiny}"
        f"<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:ins>{run('inserted ')}</w:ins>"
        f"<w:moveFrom>{run('moved away')}</w:moveFrom><w:moveTo>{run('moved here ')}</w:moveTo>"
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDEAUTO cmd calc</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("result")}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    assert [block.text for block in read(body(xml)).blocks] == ["Seen inserted moved here result"]


def test_comments_are_left_out() -> None:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph("The duty is three percent.")
        document.add_comment(paragraph.runs, text="Is that so?", author="A", initials="A")

    assert [block.text for block in read(word(build)).blocks] == ["The duty is three percent."]


def test_text_boxes_and_content_controls_are_read_once() -> None:
    box = f"<w:txbxContent><w:p>{run('In the box')}</w:p></w:txbxContent>"
    markup = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    xml = (
        f"<w:p>{run('Before')}<w:r><mc:AlternateContent {markup}><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('In a control')}</w:p></w:sdtContent></w:sdt>"
    )
    assert [block.text for block in read(body(xml)).blocks] == ["Before", "In the box", "In a control"]


def test_a_table_of_contents_is_left_out() -> None:
    def build(document: Any) -> None:
        style = document.styles.add_style("toc 1", 1)
        document.add_paragraph("Duties\t5", style=style)
        document.add_paragraph("The duty is three percent.")

    assert [block.text for block in read(word(build)).blocks] == ["The duty is three percent."]


def test_footnotes_follow_their_paragraph() -> None:
    note = f'<w:footnotes {W}><w:footnote w:id="2"><w:p>{run("Since 2024.")}</w:p></w:footnote></w:footnotes>'
    data = body(f'<w:p>{run("The duty is three percent.")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>')
    relations = parts_of(data)["word/_rels/document.xml.rels"]
    assert isinstance(relations, bytes)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    pointer = f'<Relationship Id="rId99" Type="{office}" Target="footnotes.xml"/></Relationships>'.encode()
    data = changed(
        data,
        {
            "word/footnotes.xml": note,
            "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", pointer),
        },
    )
    assert [block.text for block in read(data).blocks] == ["The duty is three percent.", "Since 2024."]


def test_merged_cells_are_repeated_and_the_marked_header_used() -> None:
    def build(document: Any) -> None:
        table = document.add_table(rows=4, cols=3)
        texts = (("Goods", "Duty", ""), ("", "2023", "2024"), ("Cells", "5 %", "4 %"), ("", "free", "3 %"))
        for row, line in enumerate(texts):
            for column, text in enumerate(line):
                table.cell(row, column).text = text
        table.cell(0, 1).merge(table.cell(0, 2))
        table.cell(0, 0).merge(table.cell(1, 0))
        table.cell(2, 0).merge(table.cell(3, 0))
        for row in table.rows[:2]:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    assert [block.text for block in read(word(build)).blocks] == [
        "Goods: Cells; Duty 2023: 5 %; Duty 2024: 4 %",
        "Goods: Cells; Duty 2023: free; Duty 2024: 3 %",
    ]


def test_a_table_that_only_frames_text_is_no_table() -> None:
    def build(document: Any) -> None:
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = "First paragraph."
        cell.add_paragraph("Second paragraph.")

    assert shown(read(word(build))) == [("paragraph", "First paragraph.", 0), ("paragraph", "Second paragraph.", 0)]


def test_a_form_of_two_columns_gives_pairs() -> None:
    def build(document: Any) -> None:
        table = document.add_table(rows=2, cols=2)
        for row, texts in enumerate((("Name of the zone", "Khorgos"), ("Country", "Kazakhstan"))):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text

    assert [block.text for block in read(word(build)).blocks] == ["Name of the zone: Khorgos", "Country: Kazakhstan"]


def test_the_numbers_that_word_counts_are_written_out() -> None:
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="1">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )

    def item(text: str, level: int) -> str:
        number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>'
        return f"<w:p><w:pPr>{number}</w:pPr>{run(text)}</w:p>"

    xml = item("总则", 0) + item("甲", 1) + item("乙", 1) + item("附则", 0) + item("丙", 1)
    content = read(changed(body(xml), {"word/numbering.xml": numbering}))
    assert [(block.text, block.level) for block in content.blocks] == [
        ("第一条 总则", 1),
        ("(a) 甲", 2),
        ("(b) 乙", 2),
        ("第二条 附则", 1),
        ("(a) 丙", 2),
    ]


@pytest.mark.parametrize(
    ("number", "text"), [(4, "四"), (10, "十"), (25, "二十五"), (103, "一百零三"), (110, "一百一十")]
)
def test_chinese_numbers(number: int, text: str) -> None:
    assert han(number) == text


def test_roman_numbers() -> None:
    assert [roman(number) for number in (1, 4, 19, 44, 99, 2024)] == ["i", "iv", "xix", "xliv", "xcix", "mmxxiv"]


def test_bold_lines_are_headings_where_no_style_is_used() -> None:
    def build(document: Any) -> None:
        document.add_paragraph().add_run("Customs Code").bold = True
        document.add_paragraph(LONG)
        document.add_paragraph(LONG)
        document.add_paragraph().add_run("Duties").bold = True
        document.add_paragraph(LONG)

    headings = [(block.text, block.level) for block in read(word(build)).blocks if block.kind is BlockKind.HEADING]
    assert headings == [("Customs Code", 1), ("Duties", 2)]


def test_a_word_file_that_is_none_is_refused() -> None:
    data = changed(word(), {"word/document.xml": b"<w:document>"})
    with pytest.raises(UnreadableFileError, match="save it again from Word"):
        read(data)
