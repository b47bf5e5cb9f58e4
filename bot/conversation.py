"""What a follow-up leaves unsaid, taken from the earlier turns: "and in Uzbekistan?", "since when?".

No model is asked: a follow-up is completed by slots. One that names another country or year takes over the earlier
question with that exchanged; one that has too few words of its own gets the earlier subject in front. Whatever could stand
alone is left as it is, for a question changed wrongly is worse than one that finds nothing.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from bot.answer import Answer, Outcome
from bot.aspects import aspect
from bot.corrections import chosen, corrected, language_wished, wants_all
from bot.ellipsis import BACK, QUESTION, THERE
from bot.follow_up import END, Said, spoken_in
from bot.part_for_part import in_its_phrase, limited, mended_by
from bot.places import places_in
from bot.small_talk import without_courtesy
from bot.thread import Thread
from bot.whole_question import appended, asked_of, exchanged, in_front_of, labelled, other_side, referring, relabelled
from retrieval import country_names, detect_language, fold, stop_words, words

REMEMBERED = 4
"""Earlier turns that are looked at; what lies further back is not meant by "it"."""

_LONGEST_FOLLOW_UP = 90
_LONGEST_EARLIER = 400
_PAUSE = re.compile(r"[,，]")


class _InFront(Protocol):
    """Puts to a question what it is about."""

    def __call__(self, before: str, question: str, *, without_places: bool) -> str: ...


def completed(question: str, turns: Sequence[Answer]) -> str:
    """The question as it would be asked without the conversation; itself where it stands alone.

    Args:
        turns: the earlier answers of the conversation, the oldest first.
    """
    earlier = _earlier(turns)
    if earlier is None:
        return question
    return _put(question, turns, earlier, _in_full(earlier, turns), in_front=in_front_of)


def _in_full(turn: Answer, turns: Sequence[Answer]) -> str:
    """What a turn asked: of what the turn before asked about, where its own words name nothing and one document answered both."""
    asked = turn.sought or turn.understood_as or turn.question
    before = _earlier(turns[: turns.index(turn)])
    if asked != turn.question or before is None or not turn.citations or not before.citations:
        return asked
    cited = {citation.document_id for citation in before.citations}
    said = Said.read(asked, spoken_in(asked, turn.language))
    if turn.citations[0].document_id not in cited or said.places or said.years or said.names:
        return asked
    return in_front_of(before.sought or before.understood_as or before.question, asked, without_places=False)


def as_told(whole: str, question: str, turns: Sequence[Answer]) -> str:
    """A question that was completed, as people write: with the earlier question where the bare subject was put in front.

    Args:
        whole: the completed question; what a model made of it is told as it is.
        question: as it was asked.
        turns: as in ``completed``.
    """
    earlier = _earlier(turns)
    if earlier is None or whole != completed(question, turns):
        return whole
    return _put(question, turns, earlier, earlier.understood_as or earlier.question, in_front=referring)


def _put(question: str, turns: Sequence[Answer], earlier: Answer, said_before: str, *, in_front: "_InFront") -> str:
    """A question with what it leaves unsaid.

    Args:
        said_before: the earlier question, in full.
        in_front: puts its subject to a question that leans on it.
    """
    if len(question) > _LONGEST_FOLLOW_UP:
        return question
    asked = without_courtesy(question)
    whole = _whole(asked, turns, earlier, said_before[:_LONGEST_EARLIER], in_front=in_front)
    return whole if whole != asked else question


def _whole(question: str, turns: Sequence[Answer], earlier: Answer, before: str, *, in_front: "_InFront") -> str:
    language = spoken_in(question, earlier.language)
    if language_wished(question):
        return before
    if (gone_back := _gone_back(question, turns, language, in_front=in_front)) is not None:
        return gone_back
    if earlier.outcome is Outcome.CLARIFY and (taken := _taken(question, before, earlier.suggestions)):
        return taken
    thread = Thread.read(earlier, before, language)
    other = corrected(question, language)
    if other is not None:
        return _put_right(thread, *other, language)
    said = Said.read(question, language)
    if said.says_there and (meant := _there(said, turns)):
        return meant
    if said.narrows:
        part = Said.read(said.narrows, language)
        if part.content or thread.is_wide or (part.places and len(places_in(thread.whole, language)) > 1):
            return limited(thread.narrowed or thread.whole, part.rest, language)
        if part.places:
            return exchanged(part, thread.whole)
    if (other_one := relabelled(said, before)) is not None:
        return other_one
    if said.asks_for_slot:
        return exchanged(said, before)
    if said.sets_condition:
        return appended(thread.whole, said.rest)
    side = aspect(fold(said.rest).strip(), language)
    if side is not None:
        return other_side(thread.root or before, side, language)
    if said.names_topic:
        return _of_topic(thread, said, in_front=in_front)
    if said.asks_there and thread.places and not said.leans:
        if not thread.is_wide:
            return labelled(thread.places, question, language)
        if not thread.is_china:
            return in_front(thread.root or thread.whole, question, without_places=False)
    if said.leans:
        # In Chinese "then" runs into what follows: 那个人.
        asked = asked_of(said.rest, language) if language == "zh" and said.led and not said.points else question
        return in_front(thread.about, asked, without_places=bool(said.places) and not said.compares)
    return question


def _of_topic(thread: "Thread", said: "Said", *, in_front: "_InFront") -> str:
    """Another thing to ask the same of."""
    asked = asked_of(said.rest, said.language)
    if thread.narrowed and said.led and not said.places:
        return limited(thread.narrowed, said.rest, said.language)
    if said.corrects:
        mended = mended_by(said, thread.whole)
        if mended is None and said.begins_with_article:
            mended = in_its_phrase(thread.whole, said.rest, said.language)
        if mended is not None:
            return mended
    if said.stands_with_its_place:
        return asked
    if said.begins_with_preposition:
        if thread.leaned and thread.root:
            return f"{thread.root}: {asked}"
        return in_its_phrase(thread.whole, said.rest, said.language) or appended(thread.whole, said.rest)
    if thread.places and not said.places and not (thread.is_wide or said.says_of_it or said.also):
        return labelled(thread.places, asked, said.language)
    return in_front(thread.root or thread.whole, asked, without_places=bool(said.places))


def _taken(question: str, before: str, offered: Sequence[str]) -> str | None:
    """What an answer to a question asked back takes of what was offered, where it does not name it."""
    if (one := chosen(question, offered)) is not None:
        return one
    if not wants_all(question):
        return None
    language = spoken_in(before, "en")
    # What was put before the question is what was offered.
    fronts = [front for text in offered if (front := text.removesuffix(before).strip(END)) != text.strip(END)]
    return labelled(", ".join(fronts), before, language) if len(fronts) > 1 else None


def _put_right(thread: "Thread", wrong: str, right: str, language: str) -> str:
    """The earlier question about what was meant: in the place of what was not, or of its topic."""
    places = places_in(right, language)
    if places and not Said.read(right, language).content:
        return exchanged(Said.read(right, language), thread.whole)
    mistaken = re.search(re.escape(wrong), thread.whole, re.IGNORECASE)
    asks = _PAUSE.search(right) is not None and QUESTION[language].search(right) is not None
    if mistaken and not asks:
        return thread.whole[: mistaken.start()] + right + thread.whole[mistaken.end() :]
    if thread.places and not places:
        return labelled(thread.places, asked_of(right, language), language)
    return asked_of(right, language)


def _gone_back(question: str, turns: Sequence[Answer], language: str, *, in_front: "_InFront") -> str | None:
    """What is asked of something spoken of before the last turn, where a question says that it goes back to it."""
    back = BACK[language].fullmatch(question.strip(END))
    if back is None:
        return None
    what, then = back["what"].strip(END), (back["then"] or "").strip(END)
    turn, before = None, ""
    for turn in filter(asks_something, reversed(turns[-REMEMBERED:])):
        before = turn.sought or turn.understood_as or turn.question
        if _holds(before, what, spoken_in(before, turn.language)):
            break
    else:
        return None
    if not then:
        return before
    asked = asked_of(then, language)
    whole = _put(asked, [turn], turn, before, in_front=in_front)
    if whole != asked and _holds(whole, what, language):
        return whole
    asked = asked_of(_not_there(then, language), language)
    if in_front is not in_front_of:
        return in_front(turn.understood_as or turn.question, asked, without_places=False)
    thread = Thread.read(turn, before, language)
    named = places_in(f"{what} {then}", language)
    return labelled(what if named or thread.is_wide else f"{thread.places} {what}", asked, language)


def _holds(text: str, what: str, language: str) -> bool:
    """Whether a question speaks of something."""
    if language == "zh":
        return fold(what) in fold(text)
    wanted = {word for word in words(what, language) if word not in stop_words(language)}
    return bool(wanted) and wanted <= set(words(text, language))


def _there(said: "Said", turns: Sequence[Answer]) -> str | None:
    """A question that says "there" of the country that was last spoken of, and else says itself what it asks."""
    codes = countries_spoken_of(turns)
    rest = _not_there(said.rest, said.language)
    if len(codes) != 1 or said.places or not Said.read(rest, said.language).own:
        return None
    return labelled(country_names(codes, said.language)[0], asked_of(rest, said.language), said.language)


def _not_there(text: str, language: str) -> str:
    return " ".join(THERE[language].sub(" ", text).split()).strip(END)


def stands_alone(question: str, turns: Sequence[Answer]) -> bool:
    """Whether nothing that was said before is wanted to understand a question, as far as its words tell."""
    earlier = _earlier(turns)
    if earlier is None or language_wished(question):
        return True
    said = Said.read(question, spoken_in(question, earlier.language))
    return not (said.led or said.points or said.leans or said.asks_for_slot or completed(question, turns) != question)


def countries_spoken_of(turns: Sequence[Answer]) -> frozenset[str]:
    """The countries that the last turn to name any has asked about."""
    for turn in reversed(turns[-REMEMBERED:]):
        text = turn.understood_as or turn.question
        named = frozenset(place.code for place in places_in(text, spoken_in(text, turn.language)))
        if named and asks_something(turn):
            return named
    return frozenset()


def language_of(question: str, turns: Sequence[Answer]) -> str:
    """The language of a follow-up: the one it asks for, its own, and the earlier turn's where it has no letters ("2025?")."""
    wished = language_wished(question) if turns else None
    if wished:
        return wished
    return detect_language(question, default=turns[-1].language if turns else "en")


def _earlier(turns: Sequence[Answer]) -> Answer | None:
    """The last turn that asked something of the documents."""
    recent = turns[-REMEMBERED:]
    return next((turn for turn in reversed(recent) if asks_something(turn)), None)


def asks_something(turn: Answer) -> bool:
    """Whether a turn asked something of the documents: small talk considers none, a clarifying question does."""
    return turn.outcome is not Outcome.CLARIFY or bool(turn.retrieved)
