"""Questions to ask next, each made from a heading or a title, so that the knowledge base can really answer it."""

from collections.abc import Iterator, Sequence

from bot.answer import Citation
from bot.replies import reply, reply_language
from retrieval import CatalogReader, DocumentRecord, SearchResult

_NEXT = 2
_EXAMPLES = 4


def suggestions(
    knowledge: CatalogReader, result: SearchResult, citations: Sequence[Citation], language: str
) -> tuple[str, ...]:
    """Questions about neighbouring headings of the cited documents, in the language of the answer."""
    cited = {citation.passage_id for citation in citations}
    documents = {citation.document_id for citation in citations}
    found: list[str] = []
    for hit in result.hits:
        passage = hit.passage
        if passage.id in cited or passage.document_id not in documents or not passage.location.headings:
            continue
        if passage.language.split("-")[0] != reply_language(language):
            continue
        text = reply("suggest_heading", language, heading=passage.location.headings[-1], title=hit.metadata.title)
        if text not in found:
            found.append(text)
    return tuple(found[:_NEXT])


def examples(knowledge: CatalogReader, language: str) -> tuple[str, ...]:
    """Questions about documents of different categories, in the language of the interface where it has some."""
    documents = [record for record in knowledge.documents() if record.metadata.access.value == "public"]
    own = [record for record in documents if record.language == language]
    titles = [record.metadata.title for record in _across_categories(own or documents)]
    return tuple(reply("example_title", language, title=title) for title in titles[:_EXAMPLES])


def _across_categories(records: Sequence[DocumentRecord]) -> Iterator[DocumentRecord]:
    """One document of each category in turn."""
    shelves: dict[str, list[DocumentRecord]] = {}
    for record in records:
        shelves.setdefault(record.id.split("/")[0], []).append(record)
    while shelves:
        for category in sorted(shelves):
            yield shelves[category].pop(0)
        shelves = {category: left for category, left in shelves.items() if left}
