"""Words of a passage as they stand: whether a quote is one, and how one is shown and cited."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Citation
from bot.naming import is_order_to_us, may_stand_beside, name_of
from bot.proof.judge import Quote
from bot.proof.standing import points_back
from bot.writers import Claim
from retrieval import Hit

_LETTER = re.compile(r"[^\W\u3040-\u30ff\u3400-\u9fff]")
"""A letter or digit of a script that puts spaces between words: a quote must not begin or end within such a word."""
ITEM = re.compile(r"\s*(?:\d{1,2}[.)、]|[-•*–—])\s+")
"""A mark of a list."""
_FRAGMENT = 60
"""Characters up to which what does not end as a sentence needs its heading to be understood."""


def fold_space(text: str) -> str:
    """White space as quotes are compared: every run of it is one space."""
    return " ".join(text.split())


def letters_of(text: str) -> str:
    """The letters and digits of a text, as repetitions are told by them."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def words_of(quote: Quote | None) -> str:
    """The words of a quote, if there is one."""
    return fold_space(quote.text) if quote is not None else ""


def labelled(quote: Quote) -> str:
    """A quote that can be understood alone: a fragment with its heading before it."""
    text = fold_space(quote.text)
    headings = quote.source.hit.passage.location.headings
    is_whole = text.endswith((".", "。", "!", "！")) or len(text) > _FRAGMENT
    is_whole = is_whole and not quote.source.stands_under_heading(quote.start)
    label = headings[-1] if headings and not is_whole else ""
    may_stand = label and may_stand_beside(label, quote.source.language, spoken_of=text)
    return text if not may_stand else f"{label}: {text}"


def shown(quote: Quote) -> str:
    """A quote as a statement: understood alone, and without the mark it has in a list of its passage, unless it is the list."""
    text = labelled(quote)
    return text if "\n" in quote.text else unnumbered(text)


def unnumbered(text: str) -> str:
    """A text without the mark of a list before it."""
    return ITEM.sub("", text, count=1) if ITEM.match(text) else text


def with_what_it_points_to(text: str, quotes: Sequence[Quote], told: Sequence[Citation]) -> Quote | None:
    """A quote with the sentence before it, where a statement says "it" or "that date" and what was said last is something else.

    Args:
        told: what the statement before rests on.
    """
    quote = min(quotes, key=lambda each: each.start)
    passage = quote.source.hit.passage
    if len({each.source.hit.passage.id for each in quotes}) > 1 or not points_back(text):
        return None
    start = quote.source.pointed_to(quote.start)
    before = fold_space(passage.text[start : quote.start])
    # What it points to may have been told in part: the sentence right before is enough.
    near = any(before.endswith(one.quote) or one.quote.endswith(before) for one in told if one.passage_id == passage.id)
    return None if start == quote.start or near else Quote(quote.source, start, max(each.end for each in quotes))


def supporting(claim: Claim, hits: Sequence[Hit]) -> int:
    """The number of the passage that holds the claim's quote; 0 if the claim is not proven."""
    quote = fold_space(claim.quote or "")
    said = fold_space(claim.text)
    if not quote or not said.endswith(quote):
        return 0
    for number in claim.hits:
        if 1 <= number <= len(hits):
            hit = hits[number - 1]
            if _stands_in(quote, fold_space(hit.passage.text)) and _is_label(said.removesuffix(quote), hit):
                return number
    return 0


def _stands_in(quote: str, text: str) -> bool:
    """Whether a text holds the quote in whole words: "lawful" is no quote of "unlawful", nor "6 %" of "16 %"."""
    # Looked for as it stands: a pattern of a long quote is worth its making only if it is used again.
    start = text.find(quote)
    while start >= 0:
        end = start + len(quote)
        if not (_is_letter(quote[:1]) and _is_letter(text[start - 1 : start])) and not (
            _is_letter(quote[-1:]) and _is_letter(text[end : end + 1])
        ):
            return True
        start = text.find(quote, start + 1)
    return False


def _is_letter(character: str) -> bool:
    return _LETTER.match(character) is not None


def _is_label(text: str, hit: Hit) -> bool:
    """Whether what stands before a quote is nothing, or a label: the document's title and headings of the passage, whole.

    A name that was cut short says so with an ellipsis.
    """
    label = text.strip()
    if not label:
        return True
    named = {part for name in (hit.metadata.title, *hit.passage.location.headings) for part in _parts(name)}
    return label.endswith(":") and all(
        part in named or (part.endswith("…") and any(name.startswith(part[:-1]) for name in named))
        for part in _parts(label.removesuffix(":"))
    )


def _parts(label: str) -> list[str]:
    return [part.strip() for part in fold_space(label).split("›")]


def citation_of(number: int, hit: Hit, words: str) -> Citation:
    metadata, passage = hit.metadata, hit.passage
    lines = tuple(filter(None, map(fold_space, words.splitlines())))
    language, place = passage.language, passage.location
    fit = tuple(heading for heading in place.headings if not is_order_to_us(heading, language))
    issuer = metadata.issuer
    return Citation(
        number=number,
        document_id=passage.document_id,
        passage_id=passage.id,
        title=name_of(metadata.title, passage.document_id, language, told_in=language) if metadata.title else "",
        language=language,
        location=str(replace(place, headings=fit)),
        quote=fold_space(words),
        issuer=None if issuer is None or is_order_to_us(issuer, language) else issuer,
        date=metadata.date,
        source_url=metadata.source_url,
        lines=lines if len(lines) > 1 else (),
    )
