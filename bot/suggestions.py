"""Questions to ask next, each made from a heading or a title, so that the knowledge base can really answer it."""

from collections.abc import Iterator, Sequence

from bot.answer import Citation
from bot.replies import reply, reply_language
from retrieval import Access, CatalogReader, DocumentRecord, SearchResult

_NEXT = 2
_NEAR = 8
_EXAMPLES = 4


def suggestions(result: SearchResult, citations: Sequence[Citation], language: str) -> tuple[str, ...]:
    """Questions that documents near this one answer: those their editors wrote, then their other headings."""
    cited = {citation.passage_id for citation in citations}
    documents = {citation.document_id for citation in citations}
    spoken = reply_language(language)
    written: list[str] = []
    headed: list[str] = []
    for hit in result.hits[:_NEAR]:
        passage = hit.passage
        if passage.language.split("-")[0] != spoken:
            continue
        written += hit.metadata.questions
        if passage.id not in cited and passage.document_id in documents and passage.location.headings:
            heading = passage.location.headings[-1]
            headed.append(reply("suggest_heading", language, heading=heading, title=hit.metadata.title))
    asked = result.question.text
    return tuple(text for text in dict.fromkeys([*written, *headed]) if text != asked)[:_NEXT]


def examples(knowledge: CatalogReader, language: str) -> tuple[str, ...]:
    """Questions to begin with, from documents of different categories: those their editors wrote for it, in the language
    of the interface; else questions about titles."""
    documents = [record for record in knowledge.documents() if record.metadata.access is Access.PUBLIC]
    own = [record for record in documents if record.language == language]
    written = [record for record in own if record.metadata.questions]
    if written:
        return tuple(record.metadata.questions[0] for record in _across_categories(written))[:_EXAMPLES]
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
