import pytest

from retrieval.document import Block
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.rtf import read_rtf
from retrieval.readers.source import Content, Source

HEAD = r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fcharset204 Arial;}}{\info{\title Duty handbook}{\author A}}"


def read(text: str) -> Content:
    return read_rtf(Source("law/a.rtf", (HEAD + text + "}").encode("latin-1"), ReadLimits()))


def texts(blocks: tuple[Block, ...]) -> list[str]:
    return [block.text for block in blocks]


def test_paragraphs_of_any_alphabet_are_read() -> None:
    content = read(
        r"\pard The duty is three percent.\par\par \f0 \'cf\'ee\'f8\'eb\'e8\'ed\'e0.\par\par \u20851?\u31246? 5 %.\par"
    )
    assert texts(content.blocks) == ["The duty is three percent.", "Пошлина.", "关税 5 %."]
    assert content.title == "Duty handbook"


def test_tables_give_rows_with_their_header() -> None:
    def row(*cells: str) -> str:
        return r"\trowd " + "".join(rf"\intbl {cell}\cell " for cell in cells) + r"\row "

    table = row("Code", "Goods", "Rate") + row("8541", "Cells", "5 %") + row("8502", "Turbines", "3 %")
    content = read(rf"\pard The rates are these:\par {table}\pard After.\par")
    assert [(block.kind.value, block.text) for block in content.blocks][1:3] == [
        ("table_row", "Code: 8541; Goods: Cells; Rate: 5 %"),
        ("table_row", "Code: 8502; Goods: Turbines; Rate: 3 %"),
    ]


def test_hidden_text_objects_and_field_codes_are_left_out() -> None:
    content = read(
        r"\pard Seen {\v hidden}\v also hidden\v0  and {\object\objemb{\*\objdata 0102}}here "
        r"{\field{\*\fldinst DDEAUTO cmd}{\fldrslt result}}.\par"
    )
    assert texts(content.blocks) == ["Seen and here result."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"Hello", "it is not Rich Text"), (b"{\\rtf1 " + b"{" * 10_000 + b"}" * 10_000 + b"}", "nested too deep")],
)
def test_false_and_deep_files_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read_rtf(Source("law/a.rtf", data, ReadLimits()))
