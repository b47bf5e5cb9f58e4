"""The whole path of a question, from a channel's words to a proven answer."""

import asyncio
import datetime as dt
import logging
import unicodedata
import uuid
from collections.abc import AsyncGenerator, Sequence

from bot.answer import Answer, Citation, Delta, Note, NoteKind, Outcome, Statement
from bot.citations import prove
from bot.disagreement import disagreeing
from bot.errors import QuestionError, StoreError
from bot.notes import notes_on
from bot.replies import reply, reply_language
from bot.store import Store
from bot.suggestions import examples, suggestions
from bot.writers import Writer
from retrieval import KnowledgeBase, SearchResult, country_names, detect_language

log = logging.getLogger(__name__)

LONGEST_QUESTION = 2_000
"""Characters; more is no question but a document."""


class Assistant:
    """Answers questions about a knowledge base. Every channel asks through it, so its limits hold everywhere.

    Args:
        today: fixes the date that counts as today; None for the real one.
    """

    def __init__(self, knowledge: KnowledgeBase, writer: Writer, store: Store, *, today: dt.date | None = None) -> None:
        self._knowledge = knowledge
        self._writer = writer
        self._store = store
        self._today = today

    async def ask(self, question: str, *, conversation_id: str | None = None, language: str | None = None) -> Answer:
        """Answers one question.

        Args:
            conversation_id: of an earlier answer, to go on; a new conversation without it.
            language: of the answer; without it, the question's own.

        Raises:
            QuestionError: the question is empty, too long or has no words; its message is for the user.
        """
        async for event in self.stream(question, conversation_id=conversation_id, language=language):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    async def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """Answers one question as ``ask`` does: first its words as they come, then, last and once, the answer.

        Closing the iterator stops the work; nothing is stored then.

        Raises:
            QuestionError: as in ``ask``, before the first event.
        """
        text = clean_question(question, language=language)
        today = self._today or dt.datetime.now(dt.UTC).date()
        # The border between asynchronous and synchronous: retrieval and the store work in threads.
        result = await asyncio.to_thread(self._knowledge.search, text, language=language, today=today)
        answer = await self._answer(text, result, conversation_id or uuid.uuid4().hex, language, today)
        for line in answer.text.splitlines(keepends=True):
            yield Delta(line)
        try:
            await asyncio.to_thread(self._store.keep, answer)
        except StoreError:
            log.exception("an answer goes out that was not stored")
        yield answer

    async def _answer(
        self, text: str, result: SearchResult, conversation_id: str, language: str | None, today: dt.date
    ) -> Answer:
        spoken = language or result.question.language
        retrieved = tuple(dict.fromkeys(hit.passage.document_id for hit in result.hits))
        if result.covered:
            draft = await self._writer.write(result, language=spoken)
            statements, citations = prove(draft.claims, result.hits)
            if statements:
                notes = notes_on(
                    citations, result.hits, language=spoken, today=today, title_of=self._knowledge.title_of_key
                )
                missing = (*self._missing(result, spoken), *_disagreement(result, citations, spoken, today))
                return Answer(
                    id=uuid.uuid4().hex,
                    conversation_id=conversation_id,
                    question=text,
                    outcome=Outcome.PARTIAL if result.missing_countries else Outcome.ANSWERED,
                    language=spoken,
                    text=_written(statements),
                    statements=statements,
                    citations=citations,
                    notes=(*missing, *notes),
                    suggestions=suggestions(result, citations, spoken),
                    model=draft.model,
                    retrieved=retrieved,
                )
        return Answer(
            id=uuid.uuid4().hex,
            conversation_id=conversation_id,
            question=text,
            outcome=Outcome.NOT_COVERED,
            language=spoken,
            text=_not_covered(result, spoken),
            retrieved=retrieved,
        )

    @staticmethod
    def _missing(result: SearchResult, language: str) -> tuple[Note, ...]:
        if not result.missing_countries:
            return ()
        return (Note(NoteKind.GAP, reply("partial_country", language, countries=_names(result, language))),)

    def examples(self, language: str) -> Sequence[str]:
        """Questions that the knowledge base can answer, for a first screen."""
        return examples(self._knowledge, reply_language(language))


def clean_question(question: str, *, language: str | None) -> str:
    """A question without control characters and the white space around it.

    Raises:
        QuestionError: nothing is left, too much is left, or nothing that could be looked for.
    """
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in question[:60_000])
    text = " ".join("".join(c for c in kept if unicodedata.category(c) != "Cf" or c in "\u200c\u200d").split())
    spoken = language or detect_language(text[:LONGEST_QUESTION])
    if not text:
        raise QuestionError("empty_question", reply("empty_question", spoken))
    if len(question) > LONGEST_QUESTION and len(text) > LONGEST_QUESTION:
        raise QuestionError("too_long", reply("too_long", spoken, length=len(question), limit=LONGEST_QUESTION))
    if not any(character.isalnum() for character in text):
        raise QuestionError("no_words", reply("no_words", spoken))
    return text


def _disagreement(
    result: SearchResult, citations: Sequence[Citation], language: str, today: dt.date
) -> tuple[Note, ...]:
    pair = disagreeing(result.question, citations, result.hits, today)
    if not pair:
        return ()
    named = [
        f"“{citation.title}” ({', '.join(str(part) for part in (citation.issuer, citation.date) if part) or '–'})"
        for citation in pair
    ]
    text = reply("note_disagreement", language, first=named[0], second=named[1])
    return (Note(NoteKind.DISAGREEMENT, text, tuple(citation.number for citation in pair)),)


def _written(statements: Sequence[Statement]) -> str:
    """The statements as one text with their marks; a list keeps its lines."""
    parts = []
    for statement in statements:
        marks = "".join(f"[{number}]" for number in statement.citations)
        parts.append(f"{statement.text} {marks}")
    return "\n".join(parts)


def _not_covered(result: SearchResult, language: str) -> str:
    if result.only_past is not None:
        return reply("not_covered_past", language, title=result.only_past.title)
    if result.missing_countries and result.missing_countries == result.question.countries:
        return reply("not_covered_country", language, countries=_names(result, language))
    return reply("not_covered", language)


def _names(result: SearchResult, language: str) -> str:
    return ", ".join(country_names(sorted(result.missing_countries), reply_language(language)))
