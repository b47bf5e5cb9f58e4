import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest

from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.archive import open_archive
from retrieval.readers.docx import read_docx
from retrieval.readers.source import Source
from tests.retrieval.readers.zips import changed, zipped

LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def refusal(data: bytes, limits: ReadLimits | None = None) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        open_archive(Source("law/a.docx", data, limits or ReadLimits()), "Word")
    assert caught.value.reason.endswith(".")
    return caught.value.reason


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("The duty is three percent.")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def test_an_ordinary_file_opens() -> None:
    with open_archive(Source("law/a.docx", word_file(), ReadLimits()), "Word") as archive:
        assert "word/document.xml" in archive.namelist()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(99) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "old Office format under a new name"),
        (b"Hello, this is text", "not what its name says; save it again from Word"),
        (word_file()[:700], "damaged or cut off"),
        (zipped({"a/../../etc/passwd": "x"}), "a name that leads outside"),
        (zipped({"/etc/passwd": "x"}), "a name that leads outside"),
        (zipped({"C:\\windows": "x"}), "a name that leads outside"),
        (zipped({"more.zip": "x"}), "holds another archive"),
        (zipped({"harmless.txt": zipped({"a": "b"})}), "holds another archive"),
        (zipped({f"part{number}": "x" for number in range(2_001)}), "2001 parts inside, the limit is 2000"),
        (zipped({"a.xml": bytes(3_000_000)}), "times its size, the limit is 100"),
    ],
)
def test_traps_are_refused_by_their_directory(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE])
def test_xml_that_declares_entities_is_refused(prolog: str, encoding: str) -> None:
    part = f'<?xml version="1.0" encoding="{encoding}"?>{prolog}<d>&b;&secret;</d>'.encode(encoding)
    assert "declares entities" in refusal(changed(word_file(), {"word/document.xml": part}))


def test_two_parts_of_one_name_are_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", "y")
    assert "same name" in refusal(file.getvalue())


def test_what_unpacks_to_too_much_is_refused_with_the_limit() -> None:
    limits = replace(ReadLimits(), max_unpacked_bytes=2 * 2**20)
    assert "it unpacks to 3 MB, the limit is 2 MB" in refusal(zipped({"a.png": bytes(3 * 2**20)}), limits)


def test_a_size_that_the_directory_hides_unpacks_no_further() -> None:
    data = bytearray(zipped({"word/document.xml": bytes(3_000_000)}))
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (100).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(data))


def test_pictures_and_office_objects_inside_are_no_bombs() -> None:
    parts = {"word/media/white.bmp": bytes(2_000_000), "word/embeddings/sheet.xlsx": zipped({"a": "b"})}
    open_archive(Source("law/a.docx", changed(word_file(), parts), ReadLimits()), "Word").close()


def test_xml_nested_too_deep_is_refused() -> None:
    deep = b"<w>" * 100_000 + b"</w>" * 100_000
    with pytest.raises(UnreadableFileError, match="nested too deep"):
        read_docx(Source("law/a.docx", changed(word_file(), {"word/document.xml": deep}), ReadLimits()))


@pytest.mark.slow
def test_a_word_file_of_three_hundred_megabytes_is_refused_before_it_is_unpacked() -> None:
    paragraph = b"<w:p><w:r><w:t>The duty is three percent.</w:t></w:r></w:p>"
    data = changed(word_file(), {"word/document.xml": b"<w:document>" + paragraph * (300 * 2**20 // len(paragraph))})
    assert "the limit is 200 MB" in refusal(data)
