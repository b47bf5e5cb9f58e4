"""The page for staff of one file: its card, and exactly the passages that were understood."""

import dataclasses
import math
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.channels.web.bodies import FileBody, category_of
from bot.channels.web.inventory_page import Row, file_row
from bot.channels.web.ports import UnderstoodFile
from bot.channels.web.source_page import web_address
from bot.channels.web.staff_words import StaffWords
from bot.channels.web.words import direction
from retrieval import Access, Metadata, Stored, country_names

PASSAGES_PER_PAGE = 200
_CARD_NAMES = {"key": "id", "language": "lang"}


@dataclass(frozen=True, slots=True)
class CardField:
    """A field of the card by the name staff write it with; ``address`` where its value is a web address."""

    name: str
    value: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class UnderstoodPassage:
    """A passage with all that is indexed of it."""

    ordinal: int
    id: str
    location: str
    language: str
    language_code: str
    direction: str
    countries: str
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """All that the template of a document shows."""

    row: Row
    title: str
    card: tuple[CardField, ...]
    passages: tuple[UnderstoodPassage, ...]
    count: int
    public_address: str
    category: str
    previous: str
    next: str


def document_page(understood: UnderstoodFile, page: str, words: StaffWords) -> DocumentPage:
    """Lays out one file. ``page`` comes from the address."""
    file = FileBody.of(understood.file, understood.today)
    record = understood.file.record
    last = max(1, math.ceil(len(understood.passages) / PASSAGES_PER_PAGE))
    number = min(max(int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1, 1), last)
    start = (number - 1) * PASSAGES_PER_PAGE
    is_public = record is not None and record.metadata.access is Access.PUBLIC

    def query(other: int) -> str:
        return "?" + urlencode({"page": other, "lang": words.code})

    return DocumentPage(
        row=file_row(file, words),
        title=file.title or file.path,
        card=tuple(_card(record.metadata, words)) if record else (),
        passages=tuple(_passage(stored, words) for stored in understood.passages[start : start + PASSAGES_PER_PAGE]),
        count=len(understood.passages),
        public_address=f"sources/{quote(file.path, safe='/', errors='replace')}" if is_public else "",
        category=category_of(file.path) or "",
        previous=query(number - 1) if number > 1 else "",
        next=query(number + 1) if number < last else "",
    )


def _card(metadata: Metadata, words: StaffWords) -> Iterable[CardField]:
    """Every field, empty ones too: what is missing is what staff look for."""
    for field in dataclasses.fields(metadata):
        value = getattr(metadata, field.name)
        name = _CARD_NAMES.get(field.name, field.name)
        if field.name == "extra":
            yield from (CardField(extra, text) for extra, text in value)
        elif field.name == "countries":
            yield CardField(name, _countries(value, words))
        elif isinstance(value, tuple):
            yield CardField(name, ", ".join(value))
        else:
            text = "" if value is None else str(value)
            yield CardField(name, text, web_address(text) if field.name in {"source_url", "url"} else None)


def _passage(stored: Stored, words: StaffWords) -> UnderstoodPassage:
    passage = stored.passage
    return UnderstoodPassage(
        ordinal=passage.ordinal,
        id=passage.id,
        location=words.words.location(passage.location),
        language=words.language_name(passage.language),
        language_code=passage.language,
        direction=direction(passage.language),
        countries=_countries(sorted(stored.countries), words),
        context=stored.context,
        text=passage.text,
    )


def _countries(codes: Iterable[str], words: StaffWords) -> str:
    named = ((code, next(iter(country_names([code], words.code)), "")) for code in codes)
    return ", ".join(f"{name} ({code})" if name else code for code, name in named)
