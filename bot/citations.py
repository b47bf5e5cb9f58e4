"""Proof: a draft becomes an answer only as far as its passages support it.

Each claim must rest on a passage that was found for this very question, and on words that stand in it. What does not is
dropped, never shown.
"""

import re
from collections.abc import Sequence

from bot.answer import Citation, Statement
from bot.writers import Claim
from retrieval import Hit

_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff]"
"""A letter or digit of a script that puts spaces between words: a quote must not begin or end within such a word."""


def prove(claims: Sequence[Claim], hits: Sequence[Hit]) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements that are supported, and their citations, numbered in the order of appearance.

    A claim is supported when its quote stands word for word in the passage it names, and the claim says nothing beyond
    it but a label made of the document's title and the passage's headings.
    """
    statements: list[Statement] = []
    citations: list[Citation] = []
    numbers: dict[tuple[str, str], int] = {}
    for claim in claims:
        hit = _supporting(claim, hits)
        if hit is None or claim.quote is None:
            continue
        quote = fold_space(claim.quote)
        key = (hit.passage.id, quote)
        if key not in numbers:
            numbers[key] = len(citations) + 1
            citations.append(_citation(numbers[key], hit, quote))
        statements.append(Statement(claim.text, (numbers[key],)))
    return tuple(statements), tuple(citations)


def fold_space(text: str) -> str:
    """White space as quotes are compared: every run of it is one space."""
    return " ".join(text.split())


def _supporting(claim: Claim, hits: Sequence[Hit]) -> Hit | None:
    """The passage that holds the claim's quote; None if the claim is not proven."""
    quote = fold_space(claim.quote or "")
    said = fold_space(claim.text)
    if not quote or not said.endswith(quote):
        return None
    for number in claim.hits:
        if 1 <= number <= len(hits):
            hit = hits[number - 1]
            if _stands_in(quote, fold_space(hit.passage.text)) and _is_label(said.removesuffix(quote), hit):
                return hit
    return None


def _stands_in(quote: str, text: str) -> bool:
    """Whether a text holds the quote in whole words: "lawful" is no quote of "unlawful", nor "6 %" of "16 %"."""
    before = f"(?<!{_LETTER})" if re.match(_LETTER, quote) else ""
    after = f"(?!{_LETTER})" if re.match(_LETTER, quote[-1]) else ""
    return re.search(before + re.escape(quote) + after, text) is not None


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


def _citation(number: int, hit: Hit, quote: str) -> Citation:
    metadata, passage = hit.metadata, hit.passage
    return Citation(
        number=number,
        document_id=passage.document_id,
        passage_id=passage.id,
        title=metadata.title,
        language=passage.language,
        location=str(passage.location),
        quote=quote,
        issuer=metadata.issuer,
        date=metadata.date,
        source_url=metadata.source_url,
    )
