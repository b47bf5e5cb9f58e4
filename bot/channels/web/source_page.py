"""A document as a page to read: its card, its passages one under the other, and the cited words marked."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.channels.web.links import QUOTE_LENGTH, fold_space
from bot.channels.web.ports import SourceDocument
from bot.channels.web.words import Words, direction
from retrieval import Metadata, Passage, Status, country_names

_STILL_GOOD = frozenset({Status.IN_FORCE, Status.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters on one line, inside the quote or outside it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of a passage: a sentence or more, and the list items or table rows that follow it."""

    lead: tuple[Piece, ...]
    items: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that begins before a passage. ``level`` is that of the HTML element."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Section:
    """One passage on the page."""

    ordinal: int
    headings: tuple[Heading, ...]
    label: str
    language: str
    direction: str
    cited: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template shows; it decides nothing."""

    title: str
    language: str
    direction: str
    facts: tuple[tuple[str, str], ...]
    warning: str
    """The document's status where it is no longer, or not yet, the law."""
    notice: str
    """What became of the quote where it is not where the citation says."""
    publisher_url: str | None
    cited_ordinal: int | None
    sections: tuple[Section, ...]


def source_page(
    document: SourceDocument,
    words: Words,
    *,
    passage: str = "",
    quote: str = "",
) -> Page:
    """Lays out a document. ``passage`` and ``quote`` come from the address as anyone may have written it."""
    quote = fold_space(quote)[:QUOTE_LENGTH].rstrip()
    ordinals = {p.ordinal for p in document.passages}
    asked = int(passage) if passage.isdecimal() and len(passage) < 9 and int(passage) in ordinals else None
    marked, span = _find_quote(document.passages, quote, asked)
    notice = ""
    if quote and marked is None:
        notice = words.quote_gone
    elif quote and passage and marked != asked:
        notice = words.quote_moved
    cited = asked if marked is None else marked
    metadata = document.metadata
    status = metadata.status
    return Page(
        title=metadata.title or document.id,
        language=document.language,
        direction=direction(document.language),
        facts=_facts(document, words),
        warning=words.statuses[status] if status and status not in _STILL_GOOD else "",
        notice=notice,
        publisher_url=web_address(metadata.source_url),
        cited_ordinal=cited,
        sections=_sections(document.passages, words, cited, span),
    )


def web_address(url: str | None) -> str | None:
    """The address if a browser may follow it: ``javascript:`` and its like are none."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def _facts(document: SourceDocument, words: Words) -> tuple[tuple[str, str], ...]:
    card: Metadata = document.metadata
    language = document.language
    facts = (
        (words.issuer, card.issuer),
        (words.date, card.date),
        (words.number, card.doc_number),
        (words.status, words.statuses[card.status] if card.status else None),
        (words.effective, card.date_effective),
        (words.expires, card.date_expires),
        (words.document_language, words.languages.get(language.split("-")[0], language)),
        (words.countries, ", ".join(_country(code, words.language) for code in card.countries)),
        (words.as_of, card.as_of),
    )
    return tuple((label, str(value)) for label, value in facts if value)


def _country(code: str, language: str) -> str:
    """The country's name; a part of a country, such as ``CN-BJ``, stays a code."""
    return next(iter(country_names([code], language)), code)


def _find_quote(
    passages: Sequence[Passage], quote: str, asked: int | None
) -> tuple[int | None, tuple[int, int] | None]:
    """The passage that holds the quote, the asked one first, and the characters it takes there."""
    if not quote:
        return None, None
    ordered = sorted(passages, key=lambda p: p.ordinal != asked)
    pattern = _pattern(quote)
    for passage in ordered:
        if found := pattern.search(passage.text):
            return passage.ordinal, found.span()
    # Soft hyphens and their like are lost on the way through other people's programs.
    pattern = _pattern("".join(sign for sign in quote if not _is_invisible(sign)))
    for passage in ordered:
        seen = [place for place, sign in enumerate(passage.text) if not _is_invisible(sign)]
        if found := pattern.search("".join(passage.text[place] for place in seen)):
            return passage.ordinal, (seen[found.start()], seen[found.end() - 1] + 1)
    return None, None


def _pattern(quote: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in quote.split()) or r"(?!)")


def _is_invisible(sign: str) -> bool:
    return not sign.isascii() and unicodedata.category(sign) == "Cf"


def _sections(
    passages: Sequence[Passage], words: Words, cited: int | None, span: tuple[int, int] | None
) -> tuple[Section, ...]:
    sections = []
    before: tuple[str, ...] = ()
    for passage in passages:
        path = passage.location.headings
        same = next((i for i, (old, new) in enumerate(zip(before, path, strict=False)) if old != new), len(before))
        headings = tuple(Heading(text, min(depth + 2, 6)) for depth, text in enumerate(path) if depth >= same)
        before = path
        here = passage.ordinal == cited
        sections.append(
            Section(
                ordinal=passage.ordinal,
                headings=headings,
                label=words.location(passage.location, headings=False),
                language=passage.language,
                direction=direction(passage.language),
                cited=here,
                paragraphs=_paragraphs(passage, span if here and span else (0, 0)),
            )
        )
    return tuple(sections)


def _paragraphs(passage: Passage, span: tuple[int, int]) -> tuple[Paragraph, ...]:
    paragraphs = []
    tabular = passage.location.row is not None
    for block in re.finditer(r"(?:(?!\n\n).)+", passage.text, re.DOTALL):
        lines = [
            _pieces(passage.text, block.start() + line.start(), block.start() + line.end(), span)
            for line in re.finditer(r"[^\n]*\S[^\n]*", block.group())
        ]
        if not lines:
            continue
        first = "".join(piece.text for piece in lines[0]).rstrip()
        if len(lines) == 1 and not tabular:
            paragraphs.append(Paragraph(lines[0], ()))
        elif first.endswith((":", "：")) and not tabular:
            paragraphs.append(Paragraph(lines[0], tuple(lines[1:])))
        else:
            paragraphs.append(Paragraph((), tuple(lines)))
    return tuple(paragraphs)


def _pieces(text: str, start: int, end: int, span: tuple[int, int]) -> tuple[Piece, ...]:
    left, right = max(start, min(span[0], end)), min(end, max(span[1], start))
    if left >= right:
        return (Piece(text[start:end], False),)
    cuts = ((start, left, False), (left, right, True), (right, end, False))
    return tuple(Piece(text[a:b], marked) for a, b, marked in cuts if a < b)
