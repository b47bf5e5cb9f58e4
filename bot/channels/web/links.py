"""Addresses of source pages: made here for every citation, and read back by the source page."""

from urllib.parse import quote, urlencode

from bot.answer import Citation

QUOTE_LENGTH = 300
"""Characters of a quote that travel in a link; a Chinese one takes nine bytes of the address each."""


def source_link(base: str, citation: Citation, *, language: str | None = None) -> str:
    """The absolute address of the cited passage on our own page, where the quote is marked.

    ``base`` is the public address of the service, with or without a slash at its end; ``language`` that of the reader.
    """
    ordinal = citation.passage_id.removeprefix(f"{citation.document_id}#")
    query = {"p": ordinal} if ordinal.isdecimal() else {}
    if short := fold_space(citation.quote)[:QUOTE_LENGTH].rstrip():
        query["q"] = short
    if language:
        query["lang"] = language
    anchor = f"#p{ordinal}" if ordinal.isdecimal() else ""
    address = document_link(base, citation.document_id)
    return f"{address}?{urlencode(query, quote_via=quote)}{anchor}" if query else address + anchor


def document_link(base: str, document_id: str) -> str:
    """The absolute address of our page of a document."""
    return f"{base.rstrip('/')}/sources/{quote(document_id, safe='/')}"


def fold_space(text: str) -> str:
    """Every run of white space as one space, as quotes are compared."""
    return " ".join(text.split())
