"""From a file to a ``Document``: the registry of formats, and what is common to all of them.

``read`` runs in the child that ``sandbox.py`` keeps; the rest of the house calls ``Sandbox.read``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from importlib import import_module
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from retrieval.document import Block, BlockKind, Document
from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.metadata import (
    SIDECAR_SUFFIX,
    Fields,
    FrontMatterError,
    Metadata,
    check_fields,
    read_fields,
    split_front_matter,
)
from retrieval.readers.cleaning import fold, strip_hidden, without_phonetic_notes
from retrieval.readers.decoding import DecodingError, decode
from retrieval.readers.source import Content, Source, read_bytes
from retrieval.readers.text import numbered_level

__all__ = ["FORMATS", "Format", "ReadLimits", "read"]

_SIDECAR_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Format:
    """A family of files. ``read`` imports its library when it is first called, so that the child starts at once."""

    name: str
    read: Callable[[Source], Content]
    is_text: bool = False
    has_front_matter: bool = True
    """Whether a text of it may open with a card between two ``---`` lines."""


def _reader(module: str, name: str) -> Callable[[Source], Content]:
    def read_later(source: Source) -> Content:
        found: Callable[[Source], Content] = getattr(import_module(f"retrieval.readers.{module}"), name)
        return found(source)

    return read_later


_MARKDOWN = Format("Markdown", _reader("markdown", "read_markdown"), is_text=True)
_PAGE = Format("HTML", _reader("web", "read_page"), is_text=True)
_TABLE = Format("table", _reader("delimited", "read_delimited"), is_text=True, has_front_matter=False)
_YAML = Format("YAML", _reader("records", "read_yaml"), is_text=True, has_front_matter=False)
FORMATS: Mapping[str, Format] = {
    ".txt": Format("text", _reader("text", "read_text"), is_text=True),
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _PAGE,
    ".htm": _PAGE,
    ".xhtml": _PAGE,
    ".pdf": Format("PDF", _reader("pdf", "read_pdf")),
    ".docx": Format("Word", _reader("docx", "read_docx")),
    ".pptx": Format("PowerPoint", _reader("pptx", "read_pptx")),
    ".xlsx": Format("Excel", _reader("xlsx", "read_xlsx")),
    ".csv": _TABLE,
    ".tsv": _TABLE,
    ".odt": Format("OpenDocument", _reader("odt", "read_odt")),
    ".rtf": Format("Rich Text", _reader("rtf", "read_rtf")),
    ".epub": Format("EPUB", _reader("epub", "read_epub")),
    ".eml": Format("mail", _reader("mail", "read_mail")),
    ".json": Format("JSON", _reader("records", "read_json"), is_text=True, has_front_matter=False),
    ".jsonl": Format("JSON lines", _reader("records", "read_json_lines"), is_text=True, has_front_matter=False),
    ".yaml": _YAML,
    ".yml": _YAML,
}
"""What can be read, by suffix in lower case."""

_ARCHIVE = "it is an archive; unpack it and put the files here."
_PICTURE = "it is a picture; save it as searchable PDF."
_CONVERT = {
    ".doc": "it is in the old Word format; save it as .docx.",
    ".xls": "it is in the old Excel format; save it as .xlsx.",
    ".ppt": "it is in the old PowerPoint format; save it as .pptx.",
    ".docm": "it can hold macros; save it as .docx.",
    ".xlsm": "it can hold macros; save it as .xlsx.",
    ".pptm": "it can hold macros; save it as .pptx.",
    ".xlsb": "it is in Excel's binary format; save it as .xlsx.",
    ".ods": "it is an OpenDocument table; save it as .xlsx.",
    ".odp": "it is an OpenDocument presentation; save it as .pptx.",
    ".msg": "it is in Outlook's own format; save it as .eml.",
    ".png": _PICTURE,
    ".jpg": _PICTURE,
    ".jpeg": _PICTURE,
    ".zip": _ARCHIVE,
    ".rar": _ARCHIVE,
    ".7z": _ARCHIVE,
    ".gz": _ARCHIVE,
    ".tar": _ARCHIVE,
}
_SIGNATURES = (
    (b"%PDF-", "a PDF", ".pdf"),
    (b"PK\x03\x04", "an Office file or a zip archive", "its own ending"),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "its own ending"),
    (b"\x89PNG", "a picture", "searchable PDF"),
    (b"\xff\xd8\xff", "a picture", "searchable PDF"),
    (b"GIF8", "a picture", "searchable PDF"),
    (b"{\\rtf", "a Rich Text file", ".rtf"),
    (b"\x1f\x8b", "a compressed file", "plain text"),
    (b"Rar!", "an archive", "plain text"),
    (b"7z\xbc\xaf", "an archive", "plain text"),
    (b"\x7fELF", "a program", "plain text"),
)


def read(path: Path, document_id: str, limits: ReadLimits) -> Document:
    """The document in a file.

    Raises:
        UnreadableFileError: there is nothing to index in it; the reason ends in what to do.
    """
    suffix = PurePosixPath(document_id).suffix.lower()
    if suffix in _CONVERT:
        raise UnreadableFileError(document_id, _CONVERT[suffix])
    format_ = FORMATS.get(suffix)
    if format_ is None:
        raise UnreadableFileError(document_id, f"files ending in '{suffix}' are not read; use {', '.join(FORMATS)}.")
    if suffix in (".yaml", ".yml") and PurePosixPath(PurePosixPath(document_id).stem).suffix.lower() in FORMATS:
        of = PurePosixPath(document_id).stem
        if suffix != SIDECAR_SUFFIX:
            raise UnreadableFileError(document_id, f"the card of {of} is named {of}{SIDECAR_SUFFIX}; rename it.")
        raise UnreadableFileError(
            document_id, f"it is the card of {of}; put that file beside it, or take the card out."
        )
    data = read_bytes(path, document_id, limits.max_bytes)
    if not data:
        raise UnreadableFileError(document_id, "it is empty; save it again with its text.")
    sidecar = _sidecar(path, document_id)
    warnings: list[str] = []
    card = Fields.none()
    text = ""
    if format_.is_text:
        text, lost = _text(data, document_id)
        if lost:
            warnings.append(f"{lost} bytes fit no character and were left out; save the file as UTF-8")
        if format_.has_front_matter:
            card, text = _front_matter(text, document_id)
        text = without_phonetic_notes([text])[0]
    content = format_.read(
        Source(
            document_id,
            data,
            limits,
            text=text,
            own=bool(card.values or sidecar.values),
            language=_language(card) or _language(sidecar),
        ),
    )
    blocks = _clean(content.blocks)
    if not blocks:
        raise UnreadableFileError(document_id, "no text in it; save it again with its text, or take it out.")
    if sum(len(block.text) for block in blocks) > limits.output_chars:
        raise UnreadableFileError(document_id, "it holds more text than one file may; split it into smaller files.")
    metadata, findings = _metadata(card, sidecar, document_id, sidecar_name=path.name + SIDECAR_SUFFIX)
    heading = None if content.names_parts else _heading_title(blocks)
    title = metadata.title or heading or _shown(content.title) or _stem_title(document_id, blocks)
    blocks = tuple(_with_title_lines(blocks, title))
    published = metadata.date_published if metadata.date else content.published
    return Document(
        id=document_id,
        metadata=replace(metadata, title=title, date_published=published),
        blocks=blocks,
        pages=content.pages,
        warnings=(*warnings, *content.warnings, *findings),
    )


def _text(data: bytes, document_id: str) -> tuple[str, int]:
    for signature, what, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableFileError(document_id, f"it is {what} under another name; save it as {remedy}.")
    try:
        decoded = decode(data, declared=_declared_encoding(data))
    except DecodingError as error:
        raise UnreadableFileError(document_id, str(error)) from None
    return strip_hidden(decoded.text), decoded.lost


def _declared_encoding(data: bytes) -> str | None:
    found = re.search(
        rb"(?:<meta[^>]{0,200}charset|<\?xml[^>]{0,60}encoding)\s*=\s*[\"']?([\w.:-]{2,40})", data[:2048], re.IGNORECASE
    )
    # A page that names GB2312 means the larger set of characters that grew out of it.
    name = found[1].decode("ascii").lower() if found else None
    return (
        {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "big5": "big5hkscs"}.get(name, name)
        if name
        else None
    )


def _language(card: Fields) -> str | None:
    value = card.values.get("lang") or card.values.get("language")
    return str(value) if value else None


def _front_matter(text: str, document_id: str) -> tuple[Fields, str]:
    try:
        return split_front_matter(text)
    except FrontMatterError as error:
        raise UnreadableFileError(document_id, f"{error}. Mend the lines between the two --- marks.") from None


def _sidecar(path: Path, document_id: str) -> Fields:
    beside = path.with_name(path.name + SIDECAR_SUFFIX)
    if not beside.is_file():
        return Fields.none()
    try:
        return read_fields(strip_hidden(decode(read_bytes(beside, document_id, _SIDECAR_BYTES)).text))
    except (FrontMatterError, DecodingError) as error:
        raise UnreadableFileError(document_id, f"{beside.name}: {error}. Mend that file.") from None
    except UnreadableFileError as error:
        raise UnreadableFileError(document_id, f"{beside.name}: {error.reason}") from None


def _metadata(card: Fields, sidecar: Fields, document_id: str, *, sidecar_name: str) -> tuple[Metadata, list[str]]:
    """The card of both places, front matter first, and what is wrong with either."""
    category = document_id.split("/")[0] if "/" in document_id else None
    beside = Fields(
        {name: value for name, value in sidecar.values.items() if name not in card.values}, dict(sidecar.lines)
    )
    _, own_findings = check_fields(card)
    _, beside_findings = check_fields(beside)
    metadata, _ = check_fields(Fields({**beside.values, **card.values}, {}), category=category)
    findings = [str(finding) for finding in own_findings]
    findings += [f"{sidecar_name}: {finding}" for finding in beside_findings]
    return _clean_metadata(metadata), [fold(strip_hidden(finding)) for finding in findings]


def _clean_metadata(metadata: Metadata) -> Metadata:
    """A YAML escape can spell what the text may not hold, such as half a character."""

    def clean(value: Any) -> Any:
        if type(value) is str:
            return fold(strip_hidden(value))
        return tuple(clean(item) for item in value) if isinstance(value, tuple) else value

    return replace(metadata, **{field.name: clean(getattr(metadata, field.name)) for field in fields(metadata)})


def _clean(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    texts = without_phonetic_notes([fold(strip_hidden(block.text)) for block in blocks])
    return tuple(
        block if block.text == text else replace(block, text=text)
        for block, text in zip(blocks, texts, strict=True)
        if re.search(r"\w", text)
    )


_OPENING = 12


def _with_title_lines(blocks: tuple[Block, ...], title: str) -> Iterator[Block]:
    """The blocks, where large lines under a title that head nothing, such as its date, are text and not headings."""
    for place, block in enumerate(blocks):
        following = blocks[place + 1] if place + 1 < len(blocks) else None
        heads_nothing = following is None or (
            following.kind is BlockKind.HEADING and (following.level <= block.level or following.slide != block.slide)
        )
        # A slide with nothing but its title says what it says.
        in_reach = place < _OPENING or block.slide is not None
        if block.kind is BlockKind.HEADING and heads_nothing and in_reach and block.text != title:
            yield replace(block, kind=BlockKind.PARAGRAPH, level=0)
        else:
            yield block


_TITLE_CHARS = 200
_SHORT_TITLE = 60


def _heading_title(blocks: tuple[Block, ...]) -> str | None:
    """The outermost heading a document opens with, or its only one of the first level; others name a part of it."""
    opening = list(takewhile(lambda block: len(block.text) <= 200, blocks[:30]))
    headings = [block for block in opening if _may_name(block) and block.level <= 6]
    outer = [block for block in blocks if _may_name(block) and block.level == 1]
    if headings:
        return _shown(min(headings, key=lambda block: block.level).text)
    return _shown(outer[0].text) if len(outer) == 1 else None


def _may_name(block: Block) -> bool:
    return (
        block.kind is BlockKind.HEADING
        and not numbered_level(block.text)
        and re.search(r"[^\W\d]", block.text) is not None
    )


def _shown(title: str | None) -> str | None:
    text = fold(strip_hidden(title or ""))
    return text[:_TITLE_CHARS] or None


def _stem_title(document_id: str, blocks: tuple[Block, ...]) -> str:
    """The file's name made readable; the first words of the text where the name is only numbers."""
    words = fold(re.sub(r"[_\-.]+", " ", strip_hidden(PurePosixPath(document_id).stem)))
    if any(re.search(r"[^\W\d]{2}", word) and not re.fullmatch(r"[0-9a-f]{6,}", word) for word in words.split()):
        return words[:1].upper() + words[1:]
    text = (
        re.sub(r"^(?:date|time)?[\s:：]*\d{4}-\d\d?-\d\d?[\s,，:：]*", "", blocks[0].text, flags=re.IGNORECASE) or words
    )
    cut = text[:_SHORT_TITLE].rsplit(" ", 1)[0] if len(text) > _SHORT_TITLE else text
    return cut if cut == text else f"{cut.rstrip(' ,.;:，。；：')} …"
