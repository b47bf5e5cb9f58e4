"""Questions to ask next, each made from a heading or a title, so that the knowledge base can really answer it."""

from collections.abc import Iterator, Sequence

from bot.answer import Citation
from bot.naming import may_be_said, may_stand_beside
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
    asked = result.question.text
    written: list[str] = []
    headed: list[str] = []
    for hit in result.hits[:_NEAR]:
        passage = hit.passage
        if passage.language.split("-")[0] != spoken:
            continue
        written += [text for text in hit.metadata.questions if may_be_said(text, passage.language)]
        if passage.id not in cited and passage.document_id in documents and passage.location.headings:
            heading = passage.location.headings[-1]
            named = (heading, hit.metadata.title)
            if not all(may_stand_beside(name, passage.language, spoken_of=asked) for name in named):
                continue
            headed.append(reply("suggest_heading", language, heading=heading, title=hit.metadata.title))
    return tuple(text for text in dict.fromkeys([*written, *headed]) if text != asked)[:_NEXT]


def examples(knowledge: CatalogReader, language: str) -> tuple[str, ...]:
    """Questions to begin with, from documents of different categories: those their editors wrote for it, in the language
    of the interface; else questions about titles."""
    documents = [record for record in knowledge.documents() if record.metadata.access is Access.PUBLIC]
    own = [record for record in documents if record.language == language]
    written = {record.id: text for record in own if (text := _first_written(record))}
    if written:
        ordered = _across_categories([record for record in own if record.id in written])
        return tuple(written[record.id] for record in ordered)[:_EXAMPLES]
    named = [record for record in own or documents if may_be_said(record.metadata.title, record.language)]
    titles = [record.metadata.title for record in _across_categories(named)]
    return tuple(reply("example_title", language, title=title) for title in titles[:_EXAMPLES])


def _first_written(record: DocumentRecord) -> str | None:
    return next((text for text in record.metadata.questions if may_be_said(text, record.language)), None)


def _across_categories(records: Sequence[DocumentRecord]) -> Iterator[DocumentRecord]:
    """One document of each category in turn."""
    shelves: dict[str, list[DocumentRecord]] = {}
    for record in records:
        shelves.setdefault(record.id.split("/")[0], []).append(record)
    while shelves:
        for category in sorted(shelves):
            yield shelves[category].pop(0)
        shelves = {category: left for category, left in shelves.items() if left}
