from collections.abc import Callable
from io import BytesIO
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from retrieval.document import Block
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.pptx import read_pptx
from retrieval.readers.source import Content, Source
from tests.retrieval.readers.zips import changed

BOX = (Inches(1), Inches(2), Inches(6), Inches(3))


def deck(build: Callable[[Any], object]) -> bytes:
    presentation: Any = pptx.Presentation()
    build(presentation)
    file = BytesIO()
    presentation.save(file)
    return file.getvalue()


def read(data: bytes) -> Content:
    return read_pptx(Source("market/a.pptx", data, ReadLimits()))


def shown(blocks: tuple[Block, ...]) -> list[tuple[int | None, str, str, int]]:
    return [(block.slide, block.kind.value, block.text, block.level) for block in blocks]


def bullets(presentation: Any, title: str, texts: list[tuple[str, int]]) -> Any:
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = title
    frame = slide.placeholders[1].text_frame
    for place, (text, level) in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    return slide


def test_slides_give_titles_bullets_and_notes_with_their_numbers() -> None:
    def build(presentation: Any) -> None:
        first = presentation.slides.add_slide(presentation.slide_layouts[0])
        first.shapes.title.text = "Green corridor"
        second = bullets(presentation, "Steps", [("Register", 0), ("with the customs office", 1)])
        second.notes_slide.notes_text_frame.text = "Say that it is free."

    content = read(deck(build))
    assert shown(content.blocks) == [
        (1, "heading", "Green corridor", 1),
        (2, "heading", "Steps", 2),
        (2, "list_item", "Register", 1),
        (2, "list_item", "with the customs office", 2),
        (2, "paragraph", "Say that it is free.", 0),
    ]


def test_tables_charts_boxes_and_groups_are_read() -> None:
    def build(presentation: Any) -> None:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = "Rates"
        table = slide.shapes.add_table(3, 3, *BOX).table
        for row, texts in enumerate(
            (("Goods", "Rate", "Since"), ("Cells", "5 %", "2023"), ("Turbines", "3 %", "2024"))
        ):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
        data = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = ["2023", "2024"]
        data.add_series("Exports, GW", (1.5, 2))  # type: ignore[no-untyped-call]
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data)
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(*BOX).text_frame.text = "In a group"

    texts = [block.text for block in read(deck(build)).blocks]
    assert texts == [
        "Rates",
        "Goods: Cells; Rate: 5 %; Since: 2023",
        "Goods: Turbines; Rate: 3 %; Since: 2024",
        "2023; Exports, GW: 1.5",
        "2024; Exports, GW: 2",
        "In a group",
    ]


def test_hidden_slides_and_shapes_are_left_out_and_the_slides_named() -> None:
    def build(presentation: Any) -> None:
        bullets(presentation, "Shown", [("Text", 0)])
        bullets(presentation, "Not shown", [("Text", 0)]).element.set("show", "0")
        box = bullets(presentation, "Third", [("Text", 0)]).shapes.add_textbox(*BOX)
        box.text_frame.text = "invisible"
        box.element.nvSpPr.cNvPr.set("hidden", "1")

    content = read(deck(build))
    assert [block.slide for block in content.blocks] == [1, 1, 3, 3]
    assert content.warnings == ("hidden slides are left out: 2",)


def test_a_damaged_slide_is_refused() -> None:
    data = deck(lambda presentation: bullets(presentation, "One", [("Text", 0)]))
    with pytest.raises(UnreadableFileError, match="save it again from PowerPoint"):
        read(changed(data, {"ppt/slides/slide1.xml": b"<p:sld>"}))
