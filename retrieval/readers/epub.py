"""EPUB books: their chapters in the order of reading, each a page of HTML."""

import datetime as dt
import posixpath
import re
import zipfile
from typing import Any
from urllib.parse import unquote

from lxml import etree  # type: ignore[import-untyped]

from retrieval.document import Block
from retrieval.readers.archive import open_archive, read_part
from retrieval.readers.cleaning import fold, strip_hidden
from retrieval.readers.decoding import DecodingError, decode
from retrieval.readers.source import Content, Source
from retrieval.readers.web import fragment_blocks

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"


def read_epub(source: Source) -> Content:
    """Reads a book. Chapters that are locked or damaged are named."""
    with open_archive(source, "its program") as archive:
        try:
            book = _book(archive, source)
        except (etree.LxmlError, SyntaxError, ValueError):
            raise source.refused("its list of chapters is damaged; save it again, or as .docx.") from None
        package, folder = book
        locked = _locked(archive)
        blocks: list[Block] = []
        lost: list[str] = []
        for name in _chapters(package, folder):
            page = None if name in locked else read_part(archive, name)
            try:
                text = None if page is None else strip_hidden(decode(page).text)
            except DecodingError:
                text = None
            if text is None:
                lost.append(posixpath.basename(name))
            else:
                blocks += fragment_blocks(text)
    if not blocks and locked:
        raise source.refused("it is locked by copy protection; get a copy without it.")
    warnings = [f"chapters that cannot be read are left out: {', '.join(lost[:10])}"] if lost else []
    return Content(
        blocks=tuple(blocks),
        title=_property(package, "title") or None,
        published=_day(_property(package, "date")),
        warnings=tuple(warnings),
    )


def _parsed(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def _book(archive: zipfile.ZipFile, source: Source) -> tuple[Any, str]:
    """The list of all parts, and the folder that its names start from."""
    container = read_part(archive, "META-INF/container.xml")
    root = None if container is None else next(_parsed(container).iter("{*}rootfile"), None)
    name = "" if root is None else root.get("full-path", "")
    package = read_part(archive, name) if name else None
    if package is None:
        raise source.refused("it is not an EPUB book, though its name says so; save it again, or as .docx.")
    return _parsed(package), posixpath.dirname(name)


def _chapters(package: Any, folder: str) -> list[str]:
    parts = {
        item.get("id"): item.get("href", "")
        for item in package.iter("{*}item")
        if item.get("media-type") in _PAGES and "nav" not in item.get("properties", "").split()
    }
    wanted = [pointer.get("idref") for pointer in package.iter("{*}itemref")]
    names = (posixpath.normpath(posixpath.join(folder, unquote(parts[part]))) for part in wanted if part in parts)
    return list(dict.fromkeys(names))


def _locked(archive: zipfile.ZipFile) -> frozenset[str]:
    """Parts under encryption; fonts often are, and nobody reads those."""
    encryption = read_part(archive, "META-INF/encryption.xml")
    if encryption is None:
        return frozenset()
    return frozenset(unquote(pointer.get("URI", "")) for pointer in _parsed(encryption).iter("{*}CipherReference"))


def _property(package: Any, name: str) -> str:
    found = next(package.iter(f"{_DUBLIN}{name}"), None)
    return "" if found is None else fold("".join(found.itertext()))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
