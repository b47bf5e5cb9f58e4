"""Inline mode: a search with titles and snippets in any chat; nothing is written for it."""

import asyncio
import hashlib

from bot.answer import Citation
from bot.channels.telegram.api import Hint
from bot.channels.telegram.markup import Block, Span, paragraph, part, quote, shortened
from bot.channels.telegram.ports import Found, Library, Linker
from bot.channels.telegram.render import place_words
from bot.unlinked import unlinked

_RESULTS = 8
_SHORTEST = 3
_SNIPPET = 120
_QUOTE = 700


async def hints(library: Library, text: str, language: str, *, link: Linker) -> list[Hint]:
    """Passages for what was typed so far.

    Raises:
        NotReadyError: the index is not there yet.
    """
    asked = " ".join(text.split())[:256]
    if sum(letter.isalnum() + (letter > "\u2e80") for letter in asked) < _SHORTEST:
        return []
    found = await asyncio.to_thread(library.find, asked, limit=_RESULTS)
    return [_hint(one, language, link) for one in found]


def _hint(found: Found, language: str, link: Linker) -> Hint:
    citation: Citation = found.citation
    facts = [str(fact) for fact in (citation.issuer, citation.date) if fact]
    place = place_words(citation.location, language)
    blocks: list[Block] = [
        paragraph("📄 ", Span(unlinked(shortened(citation.title, 300)), style="b", url=link(citation, language))),
        paragraph(unlinked(" · ".join([*facts, *([place] if place else [])])), near=True),
        quote(unlinked(shortened(citation.quote, _QUOTE)), folded=True),
    ]
    shown = part([block for block in blocks if any(span.text for span in block.spans)])
    number = hashlib.sha256(citation.passage_id.encode()).hexdigest()[:32]
    return Hint(number, shortened(citation.title, 120), shortened(citation.quote, _SNIPPET), shown.html)
