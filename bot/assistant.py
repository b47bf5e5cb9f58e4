"""The whole path of a question, from a channel's words to a proven answer."""

import asyncio
import contextlib
import datetime as dt
import logging
import unicodedata
import uuid
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answer import Answer, Citation, Delta, Note, NoteKind, Outcome, Row, Statement
from bot.citations import prove
from bot.clarifying import AskedBack, Understood, asked_back, in_direction, narrowed
from bot.conversation import REMEMBERED, as_told, language_of
from bot.corrections import language_wished
from bot.disagreement import disagreeing
from bot.errors import QuestionError, StoreError, WriterError
from bot.naming import name_of
from bot.notes import notes_on
from bot.prose import Prose, answered, briefed, said_something, wants_briefing
from bot.replies import language_names, reply, reply_language
from bot.research import Research
from bot.rewriting import standalone
from bot.small_talk import SmallTalk, small_talk
from bot.store import Store
from bot.suggestions import examples, suggestions
from bot.turnstile import Turnstile
from bot.unlinked import unlinked
from bot.writers import ProseWriter, Writer
from retrieval import KnowledgeBase, SearchResult, country_names, detect_language

log = logging.getLogger(__name__)

LONGEST_QUESTION = 2_000
"""Characters; more is no question but a document."""
_OPENINGS = 2
"""Questions to begin with that are offered to a greeting."""


class Assistant:
    """Answers questions about a knowledge base. Every channel asks through it, so its limits hold everywhere.

    Args:
        writer: quotes, and answers whenever the model does not.
        model: writes in its own words, held to proof; None for quotes alone.
        today: fixes the date that counts as today; None for the real one.
    """

    def __init__(
        self,
        knowledge: KnowledgeBase,
        writer: Writer,
        store: Store,
        *,
        model: ProseWriter | None = None,
        today: dt.date | None = None,
    ) -> None:
        self._knowledge = knowledge
        self._writer = writer
        self._model = model
        self._turnstile = Turnstile()
        # Quotes alone are all reckoning: such an answer is made in one turn. With a model each part of it takes a turn of its
        # own, so that nobody waits for a place while another waits for the model.
        self._turn = self._turnstile.place if model is not None else contextlib.nullcontext
        self._research = Research(knowledge, self._turn)
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
        conversation = conversation_id or uuid.uuid4().hex
        said = small_talk(text)
        if said is not None:
            answer = await asyncio.to_thread(self._said_back, said, text, conversation, language)
            yield Delta(answer.text)
        else:
            found = self._found(text, conversation, conversation_id, language)
            if self._model is None:
                found = self._turnstile.made(found)
            async with contextlib.aclosing(found) as events:
                async for event in events:
                    if isinstance(event, Answer):
                        answer = _without_addresses(event)
                    else:
                        yield Delta(unlinked(event.text))
        await self._keep(answer)
        yield answer

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn to be worked on."""
        return self._turnstile.waiting

    async def _keep(self, answer: Answer) -> None:
        """Stores a turn. Who ends us meanwhile waits until it is stored: afterwards nothing is, so that it can be forgotten."""
        keeping = asyncio.ensure_future(asyncio.to_thread(self._store.keep, answer))
        try:
            await asyncio.shield(keeping)
        except StoreError:
            log.exception("an answer goes out that was not stored")
        except asyncio.CancelledError:
            await asyncio.gather(keeping, return_exceptions=True)
            raise

    async def _found(
        self, text: str, conversation: str, earlier: str | None, language: str | None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """The answer to a question, which is looked up as it would be asked without its conversation."""
        today = self._today or dt.datetime.now(dt.UTC).date()
        # The border between asynchronous and synchronous: retrieval and the store work in threads.
        turns = await asyncio.to_thread(self._turns, earlier) if earlier else ()
        language = language or (language_wished(text) if turns else None)
        model = self._model.for_one_answer() if self._model is not None else None
        whole = await standalone(model, text, turns) if turns else text
        result = await self._searched(whole, model, language, today)
        own = result.question.language if whole == text else language_of(text, turns)
        back = None
        if not wants_briefing(whole):
            back = await asyncio.to_thread(asked_back, result, turns, language=language or own)
        if isinstance(back, Understood):
            whole = back.question
            result = await self._searched(whole, model, language, today)
        asked = _Asked(whole, result, conversation, language or own, today)
        if isinstance(back, AskedBack):
            yield Delta(back.text)
            answer = _asking_back(asked, back, question=text)
            if whole != text:
                answer = replace(answer, understood_as=as_told(whole, text, turns), sought=whole)
            yield answer
            return
        async with contextlib.aclosing(self._events(asked, model)) as events:
            async for event in events:
                if isinstance(event, Answer) and whole != text:
                    yield replace(event, question=text, understood_as=as_told(whole, text, turns), sought=whole)
                else:
                    yield event

    async def _searched(
        self, question: str, model: ProseWriter | None, language: str | None, today: dt.date
    ) -> SearchResult:
        sought, direction = in_direction(question)
        return narrowed(await self._research.everywhere(sought, model, language=language, today=today), direction)

    def _turns(self, conversation_id: str) -> Sequence[Answer]:
        try:
            return self._store.turns(conversation_id, last=REMEMBERED)
        except StoreError:
            log.exception("a question is answered without its conversation")
            return ()

    def _said_back(self, said: SmallTalk, text: str, conversation: str, language: str | None) -> Answer:
        """The reply to small talk. Its outcome asks for a question: nothing was answered, and nothing is left open."""
        spoken = language or detect_language(text)
        opening = said in {SmallTalk.GREETING, SmallTalk.WHO}
        return Answer(
            id=uuid.uuid4().hex,
            conversation_id=conversation,
            question=text,
            outcome=Outcome.CLARIFY,
            language=spoken,
            text=reply(f"small_talk_{said}", spoken),
            suggestions=tuple(self.examples(spoken))[:_OPENINGS] if opening else (),
        )

    async def _events(self, asked: "_Asked", model: ProseWriter | None) -> AsyncGenerator[Delta | Answer, None]:
        """The words of an answer and the answer. A model's words are proven before they go out."""
        prose: Prose | None = None
        tried = False
        if model is not None and (asked.result.covered or wants_briefing(asked.text)):
            tried = True
            try:
                async with contextlib.aclosing(self._prose(model, asked)) as written:
                    async for event in written:
                        if isinstance(event, Prose):
                            prose = event
                        else:
                            yield Delta(
                                f"\n{event.heading}\n{_line(event)}\n" if event.heading else f"{_line(event)}\n"
                            )
            except WriterError:
                prose = None
        if prose is not None and prose.statements:
            wrote = model is not None and not prose.kept_nothing
            yield self._finished(asked, prose, model=model.name if model is not None and wrote else None)
            return
        async with self._turn():
            answer = await asyncio.to_thread(self._quoted, asked, prose, tried=tried)
        for line in answer.text.splitlines(keepends=True):
            yield Delta(line)
        yield answer

    def _prose(self, model: ProseWriter, asked: "_Asked") -> AsyncGenerator[Statement | Prose, None]:
        language, today, translator = asked.language, asked.today, self._knowledge.translator
        if not wants_briefing(asked.text):
            return answered(model, asked.result, language=language, today=today, translator=translator)
        return briefed(
            model,
            self._research,
            asked.text,
            asked.result,
            language=language,
            today=today,
            translator=translator,
            termbase=self._knowledge.termbase,
        )

    def _quoted(self, asked: "_Asked", prose: Prose | None, *, tried: bool) -> Answer:
        """Quotes; a partial answer after a model that said something and could prove nothing of it.

        Args:
            tried: whether a model was asked; then readers are told that it did not answer.
        """
        result = asked.result
        if result.covered:
            draft = self._writer.write(result, language=asked.language)
            statements, citations = prove(draft.claims, result.hits, question=result.question)
            if statements:
                removed = prose.removed if prose is not None else ()
                lost = any(said_something(one) for one in removed)
                quoted = Prose(
                    statements, citations, result.hits, removed, lost_something=lost, stands_in=tried and not lost
                )
                return self._finished(asked, quoted, model=draft.model)
        return Answer(
            id=uuid.uuid4().hex,
            conversation_id=asked.conversation_id,
            question=asked.text,
            outcome=Outcome.NOT_COVERED,
            language=asked.language,
            text=_not_covered(result, asked.language),
            suggestions=suggestions(result, (), asked.language) if result.near is not None else (),
            retrieved=_documents(result),
            removed=prose.removed if prose is not None else (),
        )

    def _finished(self, asked: "_Asked", prose: Prose, *, model: str | None) -> Answer:
        """The answer with its notes, its outcome and what to ask next."""
        result, language, today = replace(asked.result, hits=prose.hits), asked.language, asked.today
        notes = notes_on(
            prose.citations,
            prose.hits,
            language=language,
            today=today,
            title_of=self._knowledge.title_of_key,
            years=result.question.years,
        )
        gaps = (
            *_missing(result, prose, language),
            *_gaps(prose, language, drafted=model is not None or prose.kept_nothing),
        )
        return Answer(
            id=uuid.uuid4().hex,
            conversation_id=asked.conversation_id,
            question=asked.text,
            outcome=Outcome.PARTIAL if gaps else Outcome.ANSWERED,
            language=language,
            text=_written(prose.statements),
            statements=prose.statements,
            citations=prose.citations,
            notes=(
                *gaps,
                *_only_named(result, language),
                *_in_their_words(prose, gaps, language),
                *_disagreement(result, prose.citations, language, today),
                *notes,
            ),
            suggestions=suggestions(asked.result, prose.citations, language),
            model=model,
            retrieved=_documents(result),
            removed=prose.removed,
        )

    def examples(self, language: str) -> Sequence[str]:
        """Questions that the knowledge base can answer, for a first screen."""
        return examples(self._knowledge, reply_language(language))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way: its words, what was found, and in which language and when it is answered."""

    text: str
    result: SearchResult
    conversation_id: str
    language: str
    today: dt.date


def _missing(result: SearchResult, prose: Prose, language: str) -> tuple[Note, ...]:
    missing = result.missing_countries if prose.missing_countries is None else prose.missing_countries
    if not missing:
        return ()
    named = ", ".join(country_names(sorted(missing), reply_language(language)))
    return (Note(NoteKind.GAP, reply("partial_country", language, countries=named)),)


def _only_named(result: SearchResult, language: str) -> tuple[Note, ...]:
    """That what is quoted is about other countries than the one asked for."""
    if not result.only_named:
        return ()
    named = ", ".join(country_names(sorted(result.only_named), reply_language(language)))
    return (Note(NoteKind.GAP, reply("note_only_named", language, countries=named)),)


def _asking_back(asked: _Asked, back: AskedBack, *, question: str) -> Answer:
    """What is asked back, as an answer without statements; what was considered tells it from small talk."""
    return Answer(
        id=uuid.uuid4().hex,
        conversation_id=asked.conversation_id,
        question=question,
        outcome=Outcome.CLARIFY,
        language=asked.language,
        text=back.text,
        suggestions=back.suggestions,
        retrieved=_documents(asked.result),
    )


def _without_addresses(answer: Answer) -> Answer:
    """The answer as it goes out. Citations stay word for word: who shows them parts their addresses, or never makes links."""
    statements = (
        replace(
            each,
            text=unlinked(each.text),
            heading=unlinked(each.heading) if each.heading else None,
            row=_row_without_addresses(each.row) if each.row else None,
        )
        for each in answer.statements
    )
    return replace(
        answer,
        text=unlinked(answer.text),
        statements=tuple(statements),
        notes=tuple(replace(note, text=unlinked(note.text)) for note in answer.notes),
        suggestions=tuple(map(unlinked, answer.suggestions)),
        understood_as=unlinked(answer.understood_as) if answer.understood_as else answer.understood_as,
    )


def _row_without_addresses(row: Row) -> Row:
    return replace(row, header=tuple(map(unlinked, row.header)), cells=tuple(map(unlinked, row.cells)))


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


def _in_their_words(prose: Prose, gaps: Sequence[Note], language: str) -> Iterator[Note]:
    """What is said where quotes stand in for a model's words and nothing is missing; a gap says so itself."""
    if prose.stands_in:
        yield Note(NoteKind.QUOTED, reply("note_no_model", language))
    elif prose.replaced_something and not gaps:
        quoted = reply("note_all_quoted", language) if prose.kept_nothing else reply("note_quoted", language)
        yield Note(NoteKind.QUOTED, quoted)


def _gaps(prose: Prose, language: str, *, drafted: bool) -> Iterator[Note]:
    """What a reader misses: parts of a briefing without a source, and what could not be proven."""
    named = [gap for gap in prose.gaps if gap]
    if named:
        yield Note(NoteKind.GAP, reply("gap_named", language, gaps="; ".join(named)))
    if len(named) < len(prose.gaps):
        yield Note(NoteKind.GAP, reply("gap_unnamed", language))
    if prose.cut_off:
        yield Note(NoteKind.GAP, reply("note_cut_off", language))
    if prose.lost_something:
        left_out = reply("note_left_out", language) if drafted else reply("note_nearest", language)
        yield Note(NoteKind.GAP, left_out)


def _written(statements: Sequence[Statement]) -> str:
    """The statements as one text with their marks; a list keeps its lines, a section its heading."""
    lines = (f"\n## {s.heading}\n{_line(s)}" if s.heading else _line(s) for s in statements)
    return "\n".join(lines).lstrip("\n")


def _line(statement: Statement) -> str:
    return f"{statement.text} {''.join(f'[{number}]' for number in statement.citations)}"


def _documents(result: SearchResult) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.passage.document_id for hit in result.hits))


def _not_covered(result: SearchResult, language: str) -> str:
    if result.unread:
        return reply("not_covered_unread", language, languages=language_names(result.unread, language))
    if result.only_past is not None:
        return reply("not_covered_past", language, title=_name(result.only_past.title, language))
    if result.missing_countries and result.missing_countries == result.question.countries:
        return reply("not_covered_country", language, countries=_names(result, language))
    if result.near is not None:
        near = result.near
        held, missing = (_listed(each, language) for each in (near.held, near.missing))
        return reply(
            "not_covered_near", language, title=_name(near.metadata.title, language), held=held, missing=missing
        )
    return reply("not_covered", language)


def _name(title: str, language: str) -> str:
    return name_of(title, "", detect_language(title), told_in=language)


def _listed(things: Sequence[str], language: str) -> str:
    return reply("list_separator", language).join(reply("list_item", language, item=thing) for thing in things)


def _names(result: SearchResult, language: str) -> str:
    return ", ".join(country_names(sorted(result.missing_countries), reply_language(language)))
