"""When a question is asked back: two readings of it have different answers in the documents.

A country that was left out, where documents of one category answer the same for several countries with other figures or
under the same heading; a direction that was left out, where one rule is for going abroad and another for coming in.
Nothing is asked back twice in a row, and nothing that the conversation has told already.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answer import Answer, Outcome
from bot.conversation import asks_something, countries_spoken_of
from bot.disagreement import figures
from bot.ellipsis import REGION
from bot.follow_up import Said, spoken_in
from bot.replies import LANGUAGES, reply, reply_language
from bot.writers.stretches import Best, best_stretch
from retrieval import Asked, Hit, Question, SearchResult, countries_in, country_names, fold

_MOST = 4
"""Readings that are offered."""
_AS_MUCH = 0.9
"""Share of the best passage's coverage that a passage of another reading must have."""
_AS_GOOD = 0.7
"""The same of its fitness."""
_UNDERSTOOD = 0.75
"""Share of the question that the sentence that answers must hold."""
_UNDERSTOOD_ALIKE = 0.6
"""The same where the sentences of two countries hold the same share of it: what they lack, both lack."""
_ALIKE = 0.01
_BETTER = 0.95
"""A passage of no single country this near the best answers for all of them."""
_OWN = {"en": 4, "zh": 12, "ru": 4}
"""Words (in Chinese, signs) of its own up to which a question goes on about the country just spoken of."""
_NAMES_DIRECTION = re.compile(
    r"outbound|inbound|abroad|overseas|foreign|going out|export|import|境外|海外|国外|对外|出境|入境|出海|走出去|引进来|出口|进口|外商|外资|外国"
    r"|за рубеж|зарубеж|иностран|экспорт|импорт|ввоз|вывоз|въезд|выезд"
)
_OF_SEVERAL = re.compile(
    r"\b(?:countries|each country|every country|worldwide)\b|各国|哪些国家|多国|стран(?:ах|ам|ы)?\b|каждой стране"
)
DIRECTIONS = ("out", "in")
_BOTH = "both"


@dataclass(frozen=True, slots=True)
class AskedBack:
    """A question to the one who asked, and its answers as whole questions."""

    text: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """What the conversation has told already, put into the question."""

    question: str


def asked_back(result: SearchResult, turns: Sequence[Answer], *, language: str) -> AskedBack | Understood | None:
    """What to ask back; None where the question has one reading, or was asked back just now.

    Args:
        turns: the earlier answers of the conversation, the oldest first.
        language: of the answer.
    """
    if not result.covered or result.question.asked is Asked.PLACE:
        return None
    question, just_asked = result.question.text, bool(turns) and was_asked_back(turns[-1])
    if (meant := _elsewhere(result, turns)) is not None:
        return Understood(_of(country_names([meant], reply_language(language))[0], question, language))
    countries = countries_apart(result)
    if countries:
        spoken = countries_spoken_of(turns) & frozenset(countries)
        if len(spoken) == 1:
            return Understood(_of(country_names(spoken, reply_language(language))[0], question, language))
        names = country_names(countries[:_MOST], reply_language(language))
        listed = reply("clarify_comma", language).join(names[:-1]) + reply("clarify_or", language) + names[-1]
        text = _which_country(listed, language, more=len(countries) > _MOST)
        return None if just_asked else AskedBack(text, tuple(_of(name, question, language) for name in names))
    if directions_apart(result) and not just_asked:
        labels = [reply(f"clarify_label_{direction}", language) for direction in DIRECTIONS]
        return AskedBack(reply("clarify_direction", language), tuple(_of(name, question, language) for name in labels))
    return None


def _elsewhere(result: SearchResult, turns: Sequence[Answer]) -> str | None:
    """The country just spoken of, where a question that names none would be answered for another one."""
    asked = next((turn for turn in reversed(turns) if asks_something(turn)), None)
    if asked is None or result.question.countries or REGION.search(result.question.text) or not result.hits:
        return None
    said = Said.read(result.question.text, spoken_in(result.question.text, asked.language))
    if said.names or len(said.own) > _OWN[said.language] or _OF_SEVERAL.search(fold(result.question.text)):
        return None  # it says itself what it is about
    spoken, found = countries_spoken_of([asked]), _only_country(result.hits[0])
    return next(iter(spoken)) if len(spoken) == 1 and found not in {None, "CN", *spoken} else None


def was_asked_back(turn: Answer) -> bool:
    """Whether an answer was a question asked back, and no small talk."""
    return turn.outcome is Outcome.CLARIFY and asks_something(turn)


def countries_apart(result: SearchResult) -> tuple[str, ...]:
    """The countries for which the documents answer differently, the best answer first; empty if the question names one."""
    question, hits = result.question, result.hits
    if question.countries or REGION.search(question.text) or _OF_SEVERAL.search(fold(question.text)) or not hits:
        return ()
    top = hits[0]
    if _only_country(top) is None or any(
        _only_country(hit) is None and hit.scores.fused >= _BETTER * top.scores.fused for hit in hits
    ):
        return ()
    found: dict[str, tuple[Hit, Best]] = {}
    for hit in _rivals(hits):
        country, best = _only_country(hit), best_stretch(question, hit)
        alike = _category(hit) == _category(top) and hit.passage.language == top.passage.language
        if country is None or country in found or not alike or best is None:
            continue
        if best.understood < _UNDERSTOOD and not _under_one_heading(hit, top):
            reference = best_stretch(question, top)
            if best.understood < _UNDERSTOOD_ALIKE or reference is None:
                continue
            if abs(best.understood - reference.understood) > _ALIKE:
                continue
        if all(_differ(question, (hit, best), other) for other in found.values()):
            found[country] = (hit, best)
    return tuple(found) if len(found) > 1 else ()


def directions_apart(result: SearchResult) -> bool:
    """Whether one document is for going abroad and another for coming in, and they answer differently."""
    question, hits = result.question, result.hits
    if not hits or question.countries - {"CN"} or _NAMES_DIRECTION.search(fold(question.text)):
        return False
    found: dict[str, tuple[Hit, Best]] = {}
    for hit in _rivals(hits):
        direction, best = hit.metadata.direction, best_stretch(question, hit)
        if hit.passage.language != hits[0].passage.language or best is None or best.understood < _UNDERSTOOD:
            continue
        if direction not in DIRECTIONS:
            return False  # what holds for both, or for nobody knows whom, answers without asking
        found.setdefault(direction, (hit, best))
    return len(found) > 1 and _differ(question, found["out"], found["in"])


def in_direction(question: str) -> tuple[str, str | None]:
    """A question without the direction that an answer to what was asked back has put before it, and that direction."""
    for language in LANGUAGES:
        for direction in DIRECTIONS:
            label = _of(reply(f"clarify_label_{direction}", language), "", language).strip()
            if question.startswith(label):
                return question.removeprefix(label).strip() or question, direction
    return question, None


def narrowed(result: SearchResult, direction: str | None) -> SearchResult:
    """What was found, for one direction only."""
    if direction is None:
        return result
    hits = tuple(hit for hit in result.hits if hit.metadata.direction in {direction, _BOTH, None})
    return replace(result, hits=hits, covered=result.covered and bool(hits))


def _rivals(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The passages that answer about as well as the best one."""
    for hit in hits:
        much = hit.scores.coverage >= _AS_MUCH * hits[0].scores.coverage
        if much and hit.scores.fused >= _AS_GOOD * hits[0].scores.fused:
            yield hit


def _differ(question: Question, one: tuple[Hit, Best], other: tuple[Hit, Best]) -> bool:
    """Whether two passages answer the same thing differently: with other figures, or under one heading in other words."""
    (hit, best), (other_hit, other_best) = one, other
    mine, theirs = figures(best.held, question), figures(other_best.held, question)
    if question.asked in {Asked.FIGURE, Asked.MONEY, Asked.DURATION, Asked.TIME} and mine and theirs:
        return not mine & theirs
    return _under_one_heading(hit, other_hit) and best.held != other_best.held


def _under_one_heading(one: Hit, other: Hit) -> bool:
    heading = one.passage.location.headings[-1:]
    return bool(heading) and heading == other.passage.location.headings[-1:]


def _only_country(hit: Hit) -> str | None:
    """The country that a document's card names, or its title where there is no card, if it is but one."""
    named = {code[:2] for code in hit.metadata.countries} or set(countries_in(hit.metadata.title, hit.passage.language))
    return named.pop() if len(named) == 1 else None


def _category(hit: Hit) -> str:
    return hit.passage.document_id.rpartition("/")[0].split("/")[0]


def _of(name: str, question: str, language: str) -> str:
    return reply("clarify_of", language, about=name, question=question)


def _which_country(listed: str, language: str, *, more: bool) -> str:
    if more:
        return reply("clarify_countries", language, countries=listed)
    return reply("clarify_country", language, countries=listed)
