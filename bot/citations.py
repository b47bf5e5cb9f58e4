"""Proof: a draft becomes an answer only as far as its passages support it.

Each claim must rest on a passage that was found for this very question, and on words that stand in it. What does not is
dropped, never shown.
"""

from collections.abc import Sequence

from bot.answer import Citation, Statement
from bot.writers import Claim
from retrieval import Hit


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
            if quote in fold_space(hit.passage.text) and _is_label(said.removesuffix(quote), hit):
                return hit
    return None


def _is_label(text: str, hit: Hit) -> bool:
    """Whether words before a quote are only the document's title and the passage's headings."""
    named = fold_space(" › ".join((hit.metadata.title, *hit.passage.location.headings)))
    label = text.strip().removesuffix(":").strip()
    return not label or all(part in named for part in label.split(" › "))


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
