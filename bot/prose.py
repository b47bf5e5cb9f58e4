"""A model's answer, proven as it is written: one for a question, or one of several sections for a briefing."""

import contextlib
import datetime as dt
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from bot.answer import Citation, Removed, Statement
from bot.citations import Prover
from bot.errors import CutOffError
from bot.proof.judge import has_link
from bot.proof.reading import read
from bot.proof.steps import in_order, left_out
from bot.quotations import fold_space
from bot.replies import reply, reply_language
from bot.research import Research
from bot.tables import settled
from bot.whose import told_apart
from bot.writers import Claim, Part, ProseWriter
from bot.writers.bearing import Bearing
from bot.writers.quoting import other_side
from bot.writers.stretches import is_of_kind
from retrieval import Hit, Question, SearchResult, Termbase, Translator, country_names, words

ROUNDS = 5
"""Searches for one briefing."""
_LONGEST_GAP = 160
_LISTED = re.compile(r"\s*(?:\d{1,2}[.)、]|[-•*–—])\s")
_FINDING_SECONDS = 50.0
"""For everything but the writing, on a machine that has much else to do."""
_BRIEFING = re.compile(
    r"\bbriefing\b|\boverview of\b|\bsummar(?:y|ise|ize)\b.{0,40}\b(?:documents|rules|everything|all)\b|\bcompare\b|\bcomparison (?:of|between)\b"
    r"|\bdifferences? between\b|\bsumm?ary of\b|сравни|сравнение|сопостав|обзор|составь\w* справку|справк[ау] (?:о|об|по)\b|\bсводк[ау]\b|чем отлича"
    r"|比较|对比|简报|综述|概述|概览|总结|有(?:什么|何)(?:不同|区别)|异同",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prose:
    """What came of a model's answer."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    removed: tuple[Removed, ...]
    lost_something: bool
    cut_off: bool = False
    """Whether the model was stopped before it had said everything."""
    gaps: tuple[str, ...] = ()
    """Questions of a briefing that no source answers; an empty one cannot be named."""
    replaced_something: bool = False
    """Whether a statement gave way to the words of its source."""
    kept_nothing: bool = False
    """Whether every statement did."""


def longest_answer(model_seconds: float) -> float:
    """Seconds after which an answer that is not there will not come: a briefing asks the model once for each section.

    Args:
        model_seconds: that a model may take for one answer; 0 where there is none.
    """
    return ROUNDS * model_seconds + _FINDING_SECONDS


def wants_briefing(question: str) -> bool:
    """Whether a question asks for several documents to be put together, so that one search would not do."""
    return _BRIEFING.search(question) is not None


async def answered(
    model: ProseWriter, result: SearchResult, *, language: str, today: dt.date, translator: Translator
) -> AsyncGenerator[Statement | Prose, None]:
    """The proven statements of one answer as they are written, and last all that came of it.

    Args:
        translator: what lets a statement in one language be held against a passage in another.

    Raises:
        WriterError: the model gave no answer, or no end of it.
    """
    prover = Prover(
        result.hits, language=language, termbase=translator, question=result.question, bears=Bearing(result)
    )
    cut_off = False
    try:
        async for statement in _proven(model.write(result, language=language, today=today), prover):
            yield statement
    except CutOffError:
        cut_off = True
    # What a model left out, or was told to: a source that gives another figure is shown beside.
    other = other_side(result, prover.citations)
    added = prover.add(other) if other is not None else None
    if added is not None:
        yield added
    for step in _left_out(prover) if not cut_off else ():
        added = prover.add(step)
        if added is not None:
            yield added
    prose = replace(_prose(prover, result.hits), cut_off=cut_off)
    yield answer_first(prose, result.question, language=language)


def answer_first(prose: Prose, question: Question, *, language: str) -> Prose:
    """What answers stands first: where a figure or date was asked for and the first statement has none, one that has.

    It must hold as much of the question. Lists and tables keep their order; numbers are given anew, in the order of appearance.
    """
    statements = prose.statements
    if len(statements) < 2 or is_of_kind(question.asked, statements[0].text):
        return prose
    if any(statement.row is not None or _LISTED.match(statement.text) for statement in statements):
        return prose
    reading = question.reading(language)
    held = [reading.coverage(frozenset(words(statement.text, language))) for statement in statements]
    answers = (
        place
        for place, statement in enumerate(statements)
        if is_of_kind(question.asked, statement.text) and held[place] >= held[0]
    )
    place = next(answers, 0)
    ordered = (statements[place], *statements[:place], *statements[place + 1 :])
    numbers = list(dict.fromkeys(number for statement in ordered for number in statement.citations))
    known = {citation.number: citation for citation in prose.citations}
    return replace(
        prose,
        statements=tuple(
            replace(each, citations=tuple(numbers.index(number) + 1 for number in each.citations)) for each in ordered
        ),
        citations=tuple(replace(known[old], number=new) for new, old in enumerate(numbers, start=1)),
    )


async def briefed(
    model: ProseWriter,
    research: Research,
    question: str,
    first: SearchResult,
    *,
    language: str,
    today: dt.date,
    translator: Translator,
    termbase: Termbase,
) -> AsyncGenerator[Statement | Prose, None]:
    """The proven statements of a briefing, section by section, each from a search of its own; gaps are named.

    Args:
        translator: as in ``answered``.
        termbase: the house's own terms, in whose words a gap may be named.

    Raises:
        WriterError: as ``answered``.
    """
    parts = await model.divide(question, most=ROUNDS, language=language)
    results = [(part, await research.plain(part.question, language=None, today=today)) for part in parts]
    # A part must ask about what was asked about: the countries of the request, if it names any.
    asked = first.question.countries
    results = [(part, result) for part, result in results if not asked or result.question.countries & asked]
    if not results:
        results = [(Part(question), first)]
    prover = Prover(first.hits, language=language, termbase=translator, question=first.question)
    gaps: list[str] = []
    cut_off = False
    for number, (part, result) in enumerate(results, start=1):
        before, lost = len(prover.statements), len(prover.removed)
        claimed = 0
        if result.covered:
            offset = prover.extend(result.hits, bears=Bearing(result))
            # Each section has the time of an answer: what has gone well so far does not shorten it.
            writer = model if number == 1 else model.for_one_answer()
            try:
                async with contextlib.aclosing(
                    _moved(writer.write(result, language=language, today=today), offset)
                ) as claims:
                    async for claim in claims:
                        claimed += 1
                        statement = prover.add(claim)
                        if statement is not None and len(results) > 1 and len(prover.statements) == before + 1:
                            otherwise = reply("section", language, number=number)
                            headings = _headings(part, result, language)
                            statement = prover.head(headings, otherwise=otherwise)
                        if statement is not None:
                            yield statement
            except CutOffError:
                cut_off = True
        said_before = claimed > 0 and len(prover.removed) == lost
        if len(prover.statements) == before and not said_before:
            names = (part.question, part.heading)
            gaps.append(next((name for name in names if _may_be_named(name, question, language, termbase)), ""))
    yield replace(_prose(prover, prover.hits), cut_off=cut_off, gaps=tuple(dict.fromkeys(gaps)))


async def _proven(claims: AsyncGenerator[Claim, None], prover: Prover) -> AsyncGenerator[Statement, None]:
    async with contextlib.aclosing(claims):
        async for claim in claims:
            statement = prover.add(claim)
            if statement is not None:
                yield statement


async def _moved(claims: AsyncGenerator[Claim, None], offset: int) -> AsyncGenerator[Claim, None]:
    async with contextlib.aclosing(claims):
        async for claim in claims:
            yield replace(claim, hits=tuple(number + offset for number in claim.hits))


def _left_out(prover: Prover) -> list[Claim]:
    """The steps that a model left out of a list of its source, in the words of the source."""
    numbers = {hit.passage.id: number for number, hit in enumerate(prover.hits, start=1)}
    texts = {hit.passage.id: hit.passage.text for hit in prover.hits}
    missing = left_out(prover.statements, prover.citations, texts)
    return [Claim(text, (numbers[passage],)) for passage, text in missing]


def _headings(part: Part, result: SearchResult, language: str) -> tuple[str, ...]:
    """What may stand over a section, the best first: the model's own, the question it answers, the country it is about."""
    country = country_names(sorted(result.question.countries), reply_language(language))
    return (part.heading, part.question, *(country if len(country) == 1 else ()))


def _prose(prover: Prover, hits: Sequence[Hit]) -> Prose:
    texts = {hit.passage.id: fold_space(hit.passage.text) for hit in hits}
    statements, citations = in_order(settled(prover.statements), prover.citations, texts)
    statements = told_apart(statements, citations, hits, prover.language)
    return Prose(
        statements,
        citations,
        tuple(hits),
        prover.removed,
        prover.lost_something,
        replaced_something=prover.replaced_something,
        kept_nothing=prover.kept_nothing,
    )


def _may_be_named(part: str, question: str, language: str, termbase: Termbase) -> bool:
    """Whether a model's words for a gap may be shown: only words of the question and of the house's terms."""
    if has_link(part) or len(part) > _LONGEST_GAP:
        return False
    reading, asked = read(part, language), read(question, language)
    known = set(asked.content)
    for target in ("en", "zh", "ru"):
        for asked_for, _ in termbase.translations(part, language, target):
            stems = words(asked_for, language)
            known |= read(asked_for, language).content | {stem[:6] for stem in stems} | set(stems)
    figures = {figure.value for figure in asked.figures}
    same_facts = reading.codes <= asked.codes and all(figure.value in figures for figure in reading.figures)
    return reading.content <= known and same_facts
