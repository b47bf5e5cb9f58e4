from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from reportlab.lib import pdfencrypt
from reportlab.lib.units import cm
from reportlab.pdfbase import cidfonts, pdfmetrics
from reportlab.pdfgen import canvas as pdfgen

from retrieval.document import BlockKind
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.pdf import read_pdf
from retrieval.readers.source import Content, Source

Canvas = Any
"""The library that draws has no types."""
new_canvas: Any = pdfgen.Canvas
encryption: Any = pdfencrypt.StandardEncryption
register_font: Any = pdfmetrics.registerFont
chinese_font: Any = cidfonts.UnicodeCIDFont

LEFT, TOP = 2 * cm, 25 * cm


def pdf(*pages: Callable[[Canvas], object], title: str | None = None, password: str | None = None) -> bytes:
    file = BytesIO()
    canvas = new_canvas(file, encrypt=encryption(password) if password else None, pageCompression=1)
    if title:
        canvas.setTitle(title)
    for draw in pages:
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def write(canvas: Canvas, lines: list[str], *, top: float = TOP, size: int = 11, font: str = "Helvetica") -> None:
    canvas.setFont(font, size)
    for number, line in enumerate(lines):
        canvas.drawString(LEFT, top - number * size * 1.2, line)


def read(data: bytes, limits: ReadLimits | None = None) -> Content:
    return read_pdf(Source("law/a.pdf", data, limits or ReadLimits()))


WRAPPED = [
    "The customs office examines every declaration that it receives before the end",
    "of the month, and tells the importer in writing whether the reduced rate ap-",
    "plies to the goods.",
]


def test_lines_become_paragraphs_and_parted_words_whole() -> None:
    content = read(pdf(lambda canvas: write(canvas, WRAPPED)))
    assert [block.text for block in content.blocks] == [
        "The customs office examines every declaration that it receives before the end of the month, and tells the "
        "importer in writing whether the reduced rate applies to the goods."
    ]
    assert content.blocks[0].page == 1
    assert content.pages == 1


def test_a_heading_over_two_lines_is_one() -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, ["Rules on the import", "of used wind turbines into the customs zone"], top=TOP + 60, size=16)
        write(canvas, WRAPPED)

    blocks = read(pdf(page)).blocks
    assert [block.kind for block in blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH]
    assert blocks[0].text == "Rules on the import of used wind turbines into the customs zone"


def test_a_ragged_line_that_had_no_room_for_a_long_word_goes_on() -> None:
    lines = [
        "The regional administration reports to the ministry every quarter on all measures",
        "that were taken under this plan and on the",
        "electrotechnicalinfrastructureinvestments that are behind it, with the reasons for it",
        "and the names of those who are to answer for them.",
    ]
    assert len(read(pdf(lambda canvas: write(canvas, lines))).blocks) == 1
    lines[2] = "It says so."
    assert len(read(pdf(lambda canvas: write(canvas, lines))).blocks) > 1


def test_a_hyphen_that_the_text_uses_elsewhere_stays() -> None:
    lines = [
        "The low-carbon zone opens in May, and all companies that want to settle in it",
        "have to apply before the first of April with a plan for building in a low-",
        "carbon way.",
    ]
    assert read(pdf(lambda canvas: write(canvas, lines))).blocks[0].text.endswith("in a low-carbon way.")


def test_running_lines_and_page_numbers_are_dropped_and_pages_kept() -> None:
    def page(number: int) -> Callable[[Canvas], object]:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(LEFT, 28.5 * cm, "Gazette of the Ministry")
            canvas.drawString(10 * cm, 1 * cm, f"Page {number} of 2")
            write(canvas, [f"This is the whole text of page number {number}, which says nothing more than that."])

        return draw

    content = read(pdf(page(1), page(2)))
    assert [(block.page, block.text[:38]) for block in content.blocks] == [
        (1, "This is the whole text of page number "),
        (2, "This is the whole text of page number "),
    ]
    assert content.pages == 2


def test_a_line_that_stands_on_one_page_only_is_no_running_line() -> None:
    def first(canvas: Canvas) -> None:
        canvas.drawString(LEFT, 28.5 * cm, "Article 5 opens this page")
        write(canvas, WRAPPED)

    def second(canvas: Canvas) -> None:
        canvas.drawString(LEFT, 28.5 * cm, "Article 9 opens that page")
        write(canvas, WRAPPED)

    texts = [block.text for block in read(pdf(first, second)).blocks]
    assert "Article 5 opens this page" in texts
    assert "Article 9 opens that page" in texts


def test_a_sentence_that_goes_on_over_the_page_stays_with_its_first_part() -> None:
    def first(canvas: Canvas) -> None:
        write(canvas, WRAPPED[:2])

    def second(canvas: Canvas) -> None:
        write(canvas, ["plies to the goods."])
        write(canvas, ["The second paragraph stands on the second page."], top=TOP - 3 * cm)

    content = read(pdf(first, second))
    assert [block.page for block in content.blocks] == [1, 2]
    assert content.blocks[1].text == "The second paragraph stands on the second page."


def test_larger_and_bold_lines_are_headings() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["Customs Code"], size=20)
        write(canvas, ["Duties"], top=TOP - 2 * cm, size=14)
        write(canvas, WRAPPED, top=TOP - 3 * cm)
        write(canvas, WRAPPED, top=TOP - 6 * cm)

    content = read(pdf(draw))
    assert [(block.text, block.level) for block in content.blocks if block.kind is BlockKind.HEADING] == [
        ("Customs Code", 1),
        ("Duties", 2),
    ]


def test_a_table_without_lines_gives_rows_under_its_names() -> None:
    rows = [["Code", "Goods", "Rate", "Note"], ["8541", "Cells", "5 %", ""], ["8502", "Turbines", "3 %", "until 2026"]]

    def draw(canvas: Canvas) -> None:
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                canvas.drawString(LEFT + column * 4 * cm, TOP - number * 20, cell)

    blocks = read(pdf(draw)).blocks
    assert [(block.kind, block.text, block.page) for block in blocks] == [
        (BlockKind.TABLE_ROW, "Code: 8541; Goods: Cells; Rate: 5 %", 1),
        (BlockKind.TABLE_ROW, "Code: 8502; Goods: Turbines; Rate: 3 %; Note: until 2026", 1),
    ]


def test_a_record_set_over_two_lines_is_one_row() -> None:
    rows = [
        ["Code", "Place", "Expected", "Found"],
        ["SKU-1", "A-12", "", "289"],
        ["", "", "450", ""],
        ["SKU-2", "", "780", ""],
        ["", "C-15", "", "778"],
    ]

    def draw(canvas: Canvas) -> None:
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                canvas.drawString(LEFT + column * 4 * cm, TOP - number * 20, cell)

    assert [block.text for block in read(pdf(draw)).blocks] == [
        "Code: SKU-1; Place: A-12; Expected: 450; Found: 289",
        "Code: SKU-2; Place: C-15; Expected: 780; Found: 778",
    ]


def test_chinese_lines_join_without_spaces() -> None:
    register_font(chinese_font("STSong-Light"))
    lines = ["企业应当在每年六月三十日以前向所在地的主管部门提交上一年度的报告，并", "对报告的真实性负责。"]
    content = read(pdf(lambda canvas: write(canvas, lines, font="STSong-Light")))
    assert [block.text for block in content.blocks] == ["".join(lines)]


def test_the_title_in_the_properties_is_used_unless_a_program_wrote_it() -> None:
    assert read(pdf(lambda canvas: write(canvas, WRAPPED), title="Customs Code 2024")).title == "Customs Code 2024"
    assert read(pdf(lambda canvas: write(canvas, WRAPPED), title="Microsoft Word - final2.docx")).title is None
    assert read(pdf(lambda canvas: write(canvas, WRAPPED), title="untitled")).title is None


def test_a_scan_is_named_with_the_way_out() -> None:
    def scan(canvas: Canvas) -> None:
        canvas.rect(LEFT, TOP, 5 * cm, 5 * cm, fill=1)

    with pytest.raises(UnreadableFileError) as caught:
        read(pdf(scan, scan, scan))
    assert caught.value.reason == "no text on any of 3 pages; it is probably a scan. Save it as searchable PDF."


def test_a_scan_with_page_numbers_is_still_a_scan() -> None:
    def page(number: int) -> Callable[[Canvas], object]:
        return lambda canvas: canvas.drawString(10 * cm, 1 * cm, str(number))

    with pytest.raises(UnreadableFileError, match="probably a scan"):
        read(pdf(*(page(number) for number in range(1, 5))))


def test_pages_without_text_among_others_are_reported() -> None:
    content = read(pdf(lambda canvas: write(canvas, WRAPPED), lambda canvas: None, lambda canvas: None))
    assert content.warnings == ("pages 2, 3 are without text, probably scanned; save the file as searchable PDF",)


def test_encrypted_damaged_and_false_pdfs_are_refused_by_name() -> None:
    whole = pdf(lambda canvas: write(canvas, WRAPPED))
    for data, reason in (
        (pdf(lambda canvas: write(canvas, WRAPPED), password="secret"), "protected by a password"),
        (whole[:40], "damaged"),
        (b"<html>" + b"x" * 2000, "not a PDF"),
    ):
        with pytest.raises(UnreadableFileError, match=reason):
            read(data)


def test_too_many_pages_are_refused() -> None:
    with pytest.raises(UnreadableFileError, match="it has 3 pages, the limit is 2; split it"):
        read(pdf(*[lambda canvas: write(canvas, WRAPPED)] * 3), ReadLimits(max_pages=2))
