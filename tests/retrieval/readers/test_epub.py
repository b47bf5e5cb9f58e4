import datetime as dt

import pytest

from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers.epub import read_epub
from retrieval.readers.source import Content, Source
from tests.retrieval.readers.zips import zipped

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
    "<dc:title>Duty handbook</dc:title><dc:date>2024-05-06</dc:date></metadata><manifest>"
    '<item id="two" href="part%202.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>'
    '</manifest><spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine></package>'
)
TYPE = '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11.dtd">'
PARTS = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/nav.xhtml": "<html><body><ol><li>One</li></ol></body></html>",
    "OEBPS/text/one.xhtml": f"{TYPE}<html><body><h1>One</h1><p>The duty is three percent.</p></body></html>",
    "OEBPS/part 2.xhtml": "<html><body><h1>Two</h1><p>Пошлина.</p><script>x()</script></body></html>",
}


def read(parts: dict[str, str]) -> Content:
    return read_epub(Source("law/a.epub", zipped(parts), ReadLimits()))


def test_chapters_come_in_the_order_of_reading() -> None:
    content = read(PARTS)
    assert [(block.kind.value, block.text) for block in content.blocks] == [
        ("heading", "One"),
        ("paragraph", "The duty is three percent."),
        ("heading", "Two"),
        ("paragraph", "Пошлина."),
    ]
    assert content.title == "Duty handbook"
    assert content.published == dt.date(2024, 5, 6)


def test_a_missing_chapter_is_named() -> None:
    package = PACKAGE.replace('<itemref idref="two"/>', '<itemref idref="gone"/>')
    assert read({**PARTS, "OEBPS/book.opf": package}).warnings == (
        "chapters that cannot be read are left out: gone.xhtml",
    )


def test_a_chapter_outside_of_the_book_is_not_looked_for() -> None:
    package = PACKAGE.replace('href="gone.xhtml"', 'href="../../../../etc/passwd"').replace(
        '"two"/></spine>', '"gone"/></spine>'
    )
    assert read({**PARTS, "OEBPS/book.opf": package}).warnings == ("chapters that cannot be read are left out: passwd",)


def test_locked_and_false_books_are_refused() -> None:
    locked = "".join(f'<CipherReference URI="OEBPS/{name}"/>' for name in ("text/one.xhtml", "part%202.xhtml"))
    for parts, reason in (
        ({**PARTS, "META-INF/encryption.xml": f"<encryption>{locked}</encryption>"}, "locked by copy protection"),
        ({"mimetype": "application/epub+zip"}, "not an EPUB book"),
        ({**PARTS, "OEBPS/book.opf": "<package>"}, "list of chapters is damaged"),
    ):
        with pytest.raises(UnreadableFileError, match=reason):
            read(parts)
