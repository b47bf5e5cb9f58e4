"""A model's answer, proven as it is written: one for a question, or one of several sections for a briefing."""

import contextlib
import datetime as dt
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from bot.answer import Citation, Removed, Statement
from bot.briefing import request_of
from bot.citations import Prover
from bot.disagreement import disagreeing
from bot.errors import CutOffError, WriterError
from bot.naming import may_be_said, may_stand_beside
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
from bot.writers.quoting import QuotingWriter, other_side, side_of
from retrieval import Hit, Question, SearchResult, Termbase, Translator, country_names, is_of_kind, words

ROUNDS = 5
"""Searches for one briefing."""
_LONGEST_GAP = 160
_TARGETS = ("en", "zh", "ru")
_PRESUMES = re.compile(
    r"\bwhy\b|\bhow come\b|\bso (?!that\b|far\b)\w+|^\W*(?:is|are|was|were|do|does|did|has|have|had|should|can|could|may|must|will|would)\b"
    r"|为什么|为何|怎么会|这么|如此|是否|吗|почему|зачем|отчего|\bтак[аоие]?\w? |\bли\b",
    re.IGNORECASE,
)
"""Questions that take something for granted, or put it into the reader's mouth."""
_LISTED = re.compile(r"\s*(?:\d{1,2}[.)、]|[-•*–—])\s")
_FINDING_SECONDS = 50.0
"""For everything but the writing, on a machine that has much else to do."""
_BRIEFING = re.compile(
    r"\bbriefing\b|\boverview of\b|\bsummar(?:y|ise|ize)\b.{0,40}\b(?:documents|rules|everything|all)\b|\bcompare\b|\bcomparison (?:of|between)\b"
    r"|\bdifferences? between\b|\bsumm?ary of\b|сравни|сравнение|сопостав|обзор|составь\w* справку|справк[ау] (?:о|об|по)\b|\bсводк[ау]\b|чем отлича"
    r"|比较|对比|简报|综述|概述|概览|总结|有(?:什么|何)(?:不同|区别)|异同",
    re.IGNORECASE,
)


_SILENCE = re.compile(
    r"\b(?:documents?|sources?|passages?|texts?|knowledge base|materials?)\b.{0,20}\b(?:do|does|did) not (?:\w+ )?(?:say|state|mention|contain|give|specify|cover|provide|answer|tell|include|address)\b"
    r"|\bno (?:direct )?(?:answer|information|mention|source)\b.{0,40}\b(?:documents?|sources?|passages?|texts?|knowledge base|materials?)\b"
    r"|(?:文件|资料|来源|段落|材料|知识库|原文)(?:中|里)?(?:均|都)?(?:没有|并未|未|不)(?:曾)?(?:提及|提到|说明|涉及|给出|包含|回答|提供|载明)"
    r"|(?:документ|источник|отрывк|материал|текст)\w*(?: \w+){0,2} не (?:говор|сообща|указ|содерж|упом|отвеча|дают|дан)",
    re.IGNORECASE,
)
"""Statements of a draft that tell only that the passages tell nothing; whether they do is not for a model to say."""


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
    stands_in: bool = False
    """Whether quotes answer because a model that was asked did not."""
    missing_countries: frozenset[str] | None = None
    """Countries that were asked for and of which nothing is said; None where only the search has looked."""


def said_something(removed: Removed) -> bool:
    """Whether what the proof took out was more than that nothing is known, or than words that name no source."""
    return removed.reason != "no source" and _SILENCE.search(removed.text) is None


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
    missing = set(result.missing_countries)
    for country in sorted(unsaid(result.question, prover) - missing):
        side = side_of(result, country)
        added = prover.add(side) if side is not None else None
        if added is not None:
            yield added
        else:
            missing.add(country)
    prose = replace(_prose(prover, result.hits), cut_off=cut_off, missing_countries=frozenset(missing))
    yield weightier_first(answer_first(prose, result.question, language=language), result.question, today=today)


def unsaid(question: Question, prover: Prover) -> frozenset[str]:
    """Of the countries that a question puts side by side, those that no statement is about."""
    if len(question.countries) < 2 or not prover.statements:
        return frozenset()
    cited = {citation.passage_id for citation in prover.citations}
    told = (hit.own_countries for hit in prover.hits if hit.passage.id in cited)
    return question.countries.difference(*told)


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
    return _in_order(prose, ordered)


def weightier_first(prose: Prose, question: Question, *, today: dt.date) -> Prose:
    """Where two cited sources disagree, what the weightier one says stands first, and each says whose it is.

    Lists and tables keep their order.
    """
    pair = disagreeing(question, prose.citations, prose.hits, today)
    if not pair or any(each.row is not None or _LISTED.match(each.text) for each in prose.statements):
        return prose
    cards = {hit.passage.document_id: hit for hit in prose.hits}
    documents = {citation.number: citation.document_id for citation in prose.citations}
    sides = [
        [
            place
            for place, each in enumerate(prose.statements)
            # What rests on both sources is of neither side.
            if number in each.citations and len({documents[cited] for cited in each.citations}) == 1
        ]
        for number in (citation.number for citation in pair)
    ]
    if not all(sides):
        return prose
    moved = (*sides[0], *sides[1])
    named = [_of(prose.statements[place], cards[documents[prose.statements[place].citations[0]]]) for place in moved]
    others = [each for place, each in enumerate(prose.statements) if place not in moved]
    before = min(moved)
    return _in_order(prose, (*others[:before], *named, *others[before:]))


def _of(statement: Statement, hit: Hit) -> Statement:
    """The statement under the name of its source, if it does not bear it yet and the name may be said."""
    title, language = hit.metadata.title, hit.passage.language
    if not title or title in statement.text or not may_stand_beside(title, language, spoken_of=statement.text):
        return statement
    return replace(statement, text=f"{title}: {statement.text}")


def _in_order(prose: Prose, ordered: Sequence[Statement]) -> Prose:
    """The same statements in another order, their citations numbered as they appear."""
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
    request = await request_of(question, first, research, today=today)
    if not first.covered and not request.covered:
        # What the documents do not cover is not covered whatever a plan asks.
        yield Prose((), (), first.hits, (), lost_something=False)
        return
    parts = await model.divide(question, most=ROUNDS, language=language)
    planned = [(part, await research.plain(part.question, language=None, today=today)) for part in parts]
    results = [(part, result) for part, result in planned if request.is_about(result)]
    forgotten = request.left_out([result for _, result in results]) if results else []
    results = [*results[: max(1, ROUNDS - len(forgotten))], *forgotten][:ROUNDS]
    if not results:
        results = [(Part(question), first if first.covered else request.found)]
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
            except WriterError:
                if not prover.statements:
                    raise
                # What is proven stands; this section is quoted.
                for claim in QuotingWriter().write(result, language=language).claims:
                    statement = prover.add(replace(claim, hits=tuple(number + offset for number in claim.hits)))
                    claimed += 1
                    if statement is not None and len(prover.statements) == before + 1:
                        otherwise = reply("section", language, number=number)
                        statement = prover.head(_headings(part, result, language), otherwise=otherwise)
                    if statement is not None:
                        yield statement
        said_before = claimed > 0 and len(prover.removed) == lost
        if len(prover.statements) == before and not said_before:
            names = (part.question, part.heading)
            gaps.append(
                next((name for name in names if _may_be_named(name, question, language, termbase, translator)), "")
            )
    missing = set(first.missing_countries) if len(first.question.countries) < 2 else set()
    for country in sorted(unsaid(first.question, prover)):
        sides = ((each, side_of(each, country)) for each in (*(found for _, found in results), request.found))
        fitting = ((each, side) for each, side in sides if each.covered and country not in each.missing_countries)
        each, side = next(((each, side) for each, side in fitting if side is not None), (first, None))
        offset = prover.extend(each.hits) if side is not None else 0
        added = prover.add(replace(side, hits=tuple(n + offset for n in side.hits))) if side is not None else None
        if added is not None:
            yield added
        else:
            missing.add(country)
    prose = replace(_prose(prover, prover.hits), cut_off=cut_off, gaps=tuple(dict.fromkeys(gaps)))
    yield replace(prose, missing_countries=frozenset(missing))


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


def _may_be_named(
    part: str, question: str, language: str, termbase: Translator, everyday: Translator | None = None
) -> bool:
    """Whether a model's words for a gap may be shown: words of the question and of the house's terms, and no new fact.

    Args:
        everyday: knows everyday words too; with these a gap may be named that only asks what, how much, when, who.
    """
    if has_link(part) or len(part) > _LONGEST_GAP or not may_be_said(part, language):
        return False
    reading, asked = read(part, language), read(question, language)
    figures = {figure.value for figure in asked.figures}
    if not reading.codes <= asked.codes or any(figure.value not in figures for figure in reading.figures):
        return False
    if reading.content <= asked.content | _named_in(part, language, termbase):
        return True
    if everyday is None or not reading.countries <= asked.countries or _PRESUMES.search(part):
        return False
    if not may_stand_beside(part, language, spoken_of=""):
        return False
    return reading.content <= asked.content | _named_in(part, language, everyday)


def _named_in(part: str, language: str, dictionary: Translator) -> frozenset[str]:
    """The words of a text that a dictionary has names for."""
    known: set[str] = set()
    for target in _TARGETS:
        for named, _ in dictionary.translations(part, language, target):
            stems = words(named, language)
            known |= read(named, language).content | {stem[:6] for stem in stems} | set(stems)
    return frozenset(known)
