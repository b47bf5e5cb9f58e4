import datetime as dt
import os
from pathlib import Path

import pytest

from retrieval.document import BlockKind, Document
from retrieval.errors import UnreadableFileError
from retrieval.readers import FORMATS, ReadLimits, read

TEXT = "The reduced rate of import duty applies to wind turbines that are registered with the customs office. " * 2


def save(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_file(folder: Path, name: str, content: str | bytes, limits: ReadLimits | None = None) -> Document:
    return read(save(folder, name, content), name, limits or ReadLimits())


def refusal(folder: Path, name: str, content: str | bytes, limits: ReadLimits | None = None) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_file(folder, name, content, limits)
    assert caught.value.path == name
    return caught.value.reason


def test_front_matter_becomes_the_card_and_the_rest_the_text(tmp_path: Path) -> None:
    document = read_file(tmp_path, "policy/duty.md", f"---\ntitle: Duty\ncountries: [KE]\n---\n# Heading\n\n{TEXT}")
    assert document.id == "policy/duty.md"
    assert document.metadata.title == "Duty"
    assert document.metadata.countries == ("KE",)
    assert document.metadata.topic == "policy_interpretation"
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.PARAGRAPH]


def test_wrong_fields_are_warnings_and_stop_nothing(tmp_path: Path) -> None:
    document = read_file(tmp_path, "law/duty.md", f"---\ntitle: Duty\nkind: novel\n---\n{TEXT}")
    assert len(document.warnings) == 1
    assert document.warnings[0].startswith("line 3: kind: 'novel' is not allowed")


@pytest.mark.parametrize("head", ["---\ntitle: a: b\n---\n", "---\ntitle: never closed\n"])
def test_broken_front_matter_is_refused_with_its_line(tmp_path: Path, head: str) -> None:
    assert "line " in refusal(tmp_path, "law/duty.md", head + TEXT)


def test_a_sidecar_fills_what_the_front_matter_leaves_open(tmp_path: Path) -> None:
    save(tmp_path, "law/duty.md.yaml", "title: From beside\nissuer: Customs\nkind: novel\n")
    document = read_file(tmp_path, "law/duty.md", f"---\ntitle: From within\n---\n{TEXT}")
    assert document.metadata.title == "From within"
    assert document.metadata.issuer == "Customs"
    assert document.warnings[0].startswith("duty.md.yaml: line 3: kind: 'novel'")


def test_a_broken_sidecar_is_refused_by_its_own_name(tmp_path: Path) -> None:
    save(tmp_path, "law/duty.txt.yaml", "title: [")
    assert refusal(tmp_path, "law/duty.txt", TEXT).startswith("duty.txt.yaml: line ")


def test_the_house_loses_nothing_of_its_own_text(tmp_path: Path) -> None:
    tail = "Contact us\nTel: 010-12345678\nEmail: desk@example.org\n"
    own = read_file(tmp_path, "law/own.txt", f"---\ntitle: Own\n---\n{TEXT}\n\n{tail}")
    copied = read_file(tmp_path, "law/copied.txt", f"{TEXT}\n\n{tail}")
    assert "desk@example.org" in own.text
    assert "desk@example.org" not in copied.text


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("law/a.md", f"---\ntitle: Card\n---\n# Heading\n\n{TEXT}", "Card"),
        ("law/a.md", f"# Heading\n\n{TEXT}", "Heading"),
        ("law/a.md", f"## Part\n\n# Whole\n\n{TEXT}", "Whole"),
        ("law/a.html", f"<title>Page</title><body><p>{TEXT}</p>", "Page"),
        ("law/import_duty-2024.txt", TEXT, "Import duty 2024"),
        ("law/2024-05-06.txt", "Turbines pay three percent.", "Turbines pay three percent."),
        ("law/a1b2c3d4e5.txt", f"一、范围\n{TEXT}", "一、范围"),
    ],
)
def test_the_title_is_the_best_that_is_known(tmp_path: Path, name: str, content: str, title: str) -> None:
    assert read_file(tmp_path, name, content).metadata.title == title


def test_large_lines_under_the_title_that_head_nothing_are_text(tmp_path: Path) -> None:
    document = read_file(tmp_path, "law/a.md", f"# Customs Code\n\n# 3 January 2024\n\n# Duties\n\n{TEXT}\n\n# Last\n")
    assert [(block.kind.value, block.text) for block in document.blocks] == [
        ("heading", "Customs Code"),
        ("paragraph", "3 January 2024"),
        ("heading", "Duties"),
        ("paragraph", TEXT.strip()),
        ("paragraph", "Last"),
    ]


def test_a_date_in_the_head_is_the_date_of_publication_unless_the_card_has_one(tmp_path: Path) -> None:
    text = f"A headline\n\nTime: 2024-05-06\n\n{TEXT}"
    assert read_file(tmp_path, "market/a.txt", text).metadata.date_published == dt.date(2024, 5, 6)
    document = read_file(tmp_path, "market/b.txt", f"---\ndate_issued: 2020-01-02\n---\n{text}")
    assert document.metadata.date_published is None


def test_hidden_signs_are_gone_from_text_and_card(tmp_path: Path) -> None:
    content = f'---\ntitle: "Du\\u202Ety \\uD800"\n---\nzero\u200bwidth {TEXT}\n\ntags\U000e0041\U000e0042\n\n&#8203;&#x202e;\n'
    document = read_file(tmp_path, "law/a.md", content)
    assert document.metadata.title == "Duty"
    assert document.blocks[0].text.startswith("zerowidth ")
    assert [block.text for block in document.blocks[1:]] == ["tags"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("law/a.txt", "", "it is empty"),
        ("law/a.txt", " \n\t\n", "no text in it"),
        ("law/a.md", "![picture](a.png)\n\n---\n", "no text in it"),
        ("law/a.html", "<html><body><script>x()</script></body></html>", "no text in it"),
        ("law/a.doc", b"\xd0\xcf\x11\xe0", "old Word format; save it as .docx"),
        ("law/a.xls", b"\xd0\xcf\x11\xe0", "old Excel format; save it as .xlsx"),
        ("law/a.PPT", b"\xd0\xcf\x11\xe0", "old PowerPoint format; save it as .pptx"),
        ("law/a.zip", b"PK\x03\x04", "it is an archive; unpack it"),
        ("law/a.docm", b"PK\x03\x04", "it can hold macros; save it as .docx"),
        ("law/a.docx", TEXT, "it is not what its name says; save it again from Word"),
        ("law/a.pdf.yaml", "title: Duty", "it is the card of a.pdf; put that file beside it"),
        ("law/a.pdf.yml", "title: Duty", "the card of a.pdf is named a.pdf.yaml; rename it"),
        ("law/a.csv", b"PK\x03\x04" + bytes(99), "it is an Office file or a zip archive under another name"),
        ("law/a.exe", b"MZ", "files ending in '.exe' are not read; use .txt"),
        ("law/readme", TEXT, "files ending in '' are not read"),
        ("law/a.txt", b"%PDF-1.7 x", "it is a PDF under another name; save it as .pdf"),
        ("law/a.md", b"\x89PNG\r\n\x1a\n" + bytes(99), "it is a picture under another name"),
        ("law/a.txt", bytes(range(256)) * 20, "save it as UTF-8"),
        ("law/a.pdf", TEXT, "it is not a PDF"),
    ],
)
def test_what_cannot_be_indexed_is_refused_with_the_way_out(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    told = refusal(tmp_path, name, content)
    assert reason in told
    assert told.endswith(".")


def test_size_and_length_have_limits(tmp_path: Path) -> None:
    assert "the limit is 0.0 MB; split it" in refusal(tmp_path, "law/a.txt", TEXT, ReadLimits(max_bytes=50))
    assert "more text than one file may" in refusal(tmp_path, "law/a.txt", TEXT, ReadLimits(output_chars=50))


def test_a_file_of_two_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)
    with pytest.raises(UnreadableFileError, match="the limit is 50"):
        read(path, "market/large.xlsx", ReadLimits())


def test_links_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(save(tmp_path, "real.txt", TEXT))
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    for name, reason in (("link", "it is a link"), ("pipe", "not a regular file"), ("folder", "not a regular file")):
        with pytest.raises(UnreadableFileError, match=reason):
            read(tmp_path / f"{name}.txt", f"law/{name}.txt", ReadLimits())
    with pytest.raises(UnreadableFileError, match="it is gone"):
        read(tmp_path / "none.txt", "law/none.txt", ReadLimits())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "utf-8-sig"])
def test_text_in_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "绿色金融是指为支持环境改善和应对气候变化的经济活动所提供的金融服务。\n企业可以向当地的部门提出申请。"
    assert "金融服务" in read_file(tmp_path, "finance/a.txt", text.encode(encoding)).text


def test_a_page_is_read_in_the_encoding_that_it_names(tmp_path: Path) -> None:
    page = '<html><head><meta charset="iso-8859-7"></head><body><p>Δασμοί και φόροι</p></body></html>'
    assert read_file(tmp_path, "law/a.html", page.encode("iso8859-7")).text == "Δασμοί και φόροι"


def test_every_format_names_its_suffix_in_lower_case() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in FORMATS)


def test_every_format_has_its_reader(tmp_path: Path) -> None:
    for suffix in FORMATS:
        with pytest.raises(UnreadableFileError):
            read_file(tmp_path, f"law/a{suffix}", " ")


def test_records_and_tables_have_no_front_matter(tmp_path: Path) -> None:
    document = read_file(tmp_path, "market/a.yaml", "---\ntitle: Duty\n---\ntitle: Rate\n")
    assert [block.row for block in document.blocks] == [1, 2]


def test_the_sheets_of_a_workbook_do_not_name_it(tmp_path: Path) -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    for name in ("Kenya", "Togo"):
        sheet = workbook.create_sheet(name)
        sheet.append(("Goods", "Rate"))
        sheet.append(("Cells", 5))
    workbook.save(tmp_path / "import_duties.xlsx")
    document = read(tmp_path / "import_duties.xlsx", "market/import_duties.xlsx", ReadLimits())
    assert document.metadata.title == "Import duties"


def test_a_table_in_another_encoding_is_read(tmp_path: Path) -> None:
    text = "Товар;Ставка пошлины\nСолнечные панели;пять процентов\nВетровые турбины;три процента\n"
    document = read_file(tmp_path, "market/a.csv", text.encode("cp1251"))
    assert [(block.row, block.text) for block in document.blocks] == [
        (2, "Товар: Солнечные панели; Ставка пошлины: пять процентов"),
        (3, "Товар: Ветровые турбины; Ставка пошлины: три процента"),
    ]
