"""What a follow-up leaves unsaid, taken from the earlier turns: "and in Uzbekistan?", "since when?".

No model is asked: a follow-up is completed by slots. One that names another country or year takes over the earlier
question with that exchanged; one that has too few words of its own gets the earlier subject in front. Whatever could stand
alone is left as it is, for a question changed wrongly is worse than one that finds nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.answer import Answer, Outcome
from bot.aspects import ACTS, aspect
from bot.corrections import chosen, corrected, language_wished, wants_all
from bot.ellipsis import (
    ABOUT,
    ALSO,
    AUXILIARY,
    DEFINES,
    DOES,
    GENERIC,
    LEAD,
    MAY_IT,
    POINTS,
    PREPOSITION,
    QUESTION,
    TAIL,
    THERE,
    empty_it,
)
from bot.places import UNIT, Named, blanked, places_in
from bot.replies import LANGUAGES, reply
from retrieval import country_names, detect_language, fold, stop_words, words

REMEMBERED = 4
"""Earlier turns that are looked at; what lies further back is not meant by "it"."""

_SPOKEN = ("en", "zh", "ru")
_LONGEST_FOLLOW_UP = 90
_LONGEST_EARLIER = 400
_SUBJECT_WORDS = 12
_SUBJECT_SIGNS = 40
_OWN_WORDS = 4
"""Content words from which a question is taken to say what it is about."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_YEAR_NAMED = re.compile(_YEAR.pattern + r"(?:\s*(?:年度?|год[ауе]?\b|гг?\b))?")
_HAN = "\u3400-\u9fff"
_FRONT = re.compile(r"([^:：?？]{1,80})(?:: |：)(?=\S)")
"""What stands before a question that was completed."""
_END = " \t?？!！.。…,，;；:："


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
    return _put(
        question, turns, earlier, earlier.sought or earlier.understood_as or earlier.question, in_front=_in_front
    )


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
    return _put(question, turns, earlier, earlier.understood_as or earlier.question, in_front=_referring)


def _put(question: str, turns: Sequence[Answer], earlier: Answer, said_before: str, *, in_front: "_InFront") -> str:
    """A question with what it leaves unsaid.

    Args:
        said_before: the earlier question, in full.
        in_front: puts its subject to a question that leans on it.
    """
    if len(question) > _LONGEST_FOLLOW_UP:
        return question
    before = said_before[:_LONGEST_EARLIER]
    language = _spoken(question, earlier.language)
    if language_wished(question):
        return before
    if earlier.outcome is Outcome.CLARIFY and (taken := _taken(question, before, earlier.suggestions)):
        return taken
    thread = _Thread.read(earlier, before, language)
    other = corrected(question, language)
    if other is not None:
        return _put_right(thread, *other, language)
    said = _Said.read(question, language)
    if said.says_there and (meant := _there(said, turns)):
        return meant
    if said.asks_for_slot:
        return _exchanged(said, before)
    side = aspect(fold(said.rest).strip(), language)
    if side is not None:
        return _other_side(thread.root or before, side, language)
    if said.names_topic:
        return _of_topic(thread, said, in_front=in_front)
    if said.leans:
        # In Chinese "then" runs into what follows: 那个人.
        asked = _asked(said.rest, language) if language == "zh" and said.led and not said.points else question
        return in_front(thread.about, asked, without_places=bool(said.places))
    return question


def _of_topic(thread: "_Thread", said: "_Said", *, in_front: "_InFront") -> str:
    """Another thing to ask the same of."""
    asked = _asked(said.rest, said.language)
    if said.stands_with_its_place:
        return asked
    if said.begins_with_preposition:
        return f"{thread.root}: {asked}" if thread.leaned and thread.root else _appended(thread.whole, said.rest)
    if thread.places and not said.places and not thread.is_china:
        return f"{thread.places}: {asked}"
    return in_front(thread.root or thread.whole, asked, without_places=bool(said.places))


def _taken(question: str, before: str, offered: Sequence[str]) -> str | None:
    """What an answer to a question asked back takes of what was offered, where it does not name it."""
    if (one := chosen(question, offered)) is not None:
        return one
    if not wants_all(question):
        return None
    language = _spoken(before, "en")
    # What was put before the question is what was offered.
    fronts = [front for text in offered if (front := text.removesuffix(before).strip(_END)) != text.strip(_END)]
    return _labelled(", ".join(fronts), before, language) if len(fronts) > 1 else None


def _put_right(thread: "_Thread", wrong: str, right: str, language: str) -> str:
    """The earlier question about what was meant: in the place of what was not, or of its topic."""
    places = places_in(right, language)
    if places and not _Said.read(right, language).content:
        return _exchanged(_Said.read(right, language), thread.whole)
    mistaken = re.search(re.escape(wrong), thread.whole, re.IGNORECASE)
    if mistaken:
        return thread.whole[: mistaken.start()] + right + thread.whole[mistaken.end() :]
    if thread.places and not places:
        return f"{thread.places}: {_asked(right, language)}"
    return _asked(right, language)


def _there(said: "_Said", turns: Sequence[Answer]) -> str | None:
    """A question that says "there" of the country that was last spoken of, and else says itself what it asks."""
    codes = countries_spoken_of(turns)
    rest = " ".join(THERE[said.language].sub(" ", said.rest).split()).strip(_END)
    if len(codes) != 1 or said.places or not _Said.read(rest, said.language).own:
        return None
    return _labelled(country_names(codes, said.language)[0], _asked(rest, said.language), said.language)


def stands_alone(question: str, turns: Sequence[Answer]) -> bool:
    """Whether nothing that was said before is wanted to understand a question, as far as its words tell."""
    earlier = _earlier(turns)
    if earlier is None or language_wished(question):
        return True
    said = _Said.read(question, _spoken(question, earlier.language))
    return not (said.led or said.points or said.leans or said.asks_for_slot or completed(question, turns) != question)


def countries_spoken_of(turns: Sequence[Answer]) -> frozenset[str]:
    """The countries that the last turn to name any has asked about."""
    for turn in reversed(turns[-REMEMBERED:]):
        text = turn.understood_as or turn.question
        named = frozenset(place.code for place in places_in(text, _spoken(text, turn.language)))
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


def _spoken(text: str, default: str) -> str:
    found = detect_language(text, default=default)
    return found if found in _SPOKEN else default if default in _SPOKEN else "en"


@dataclass(frozen=True, slots=True)
class _Thread:
    """What the turn before was about: one subject, however many questions have leaned on it."""

    whole: str
    """Its question in full."""
    root: str
    """What we put before it when it was completed; empty where it stood alone."""
    leaned: bool
    """Whether it asked something more of that, and named no topic of its own."""
    places: str
    """The countries it spoke of, as they stand there."""
    is_china: bool
    """Whether that is China alone, of which most documents speak: then its subject says more."""

    @classmethod
    def read(cls, turn: Answer, whole: str, language: str) -> "_Thread":
        spoken = _spoken(whole, language)
        front = _FRONT.match(whole) if whole != turn.question else None
        named = {place.code: whole[place.start : place.end].removesuffix("'s") for place in places_in(whole, spoken)}
        return cls(
            whole=whole,
            root=front[1] if front else "",
            leaned=front is not None and _Said.read(turn.question, _spoken(turn.question, language)).only_leans,
            places=", ".join(named.values()),
            is_china=set(named) == {"CN"},
        )

    @property
    def about(self) -> str:
        """What "it" means now: the subject, and the topic if one was named since."""
        return self.root if self.leaned else self.whole


@dataclass(frozen=True, slots=True)
class _Said:
    """What a follow-up says itself."""

    rest: str
    """Without "and", "what about", 那 … 呢 and the marks around it."""
    language: str
    led: bool
    """Whether such a word was there."""
    places: tuple[Named, ...]
    years: tuple[str, ...]
    content: tuple[str, ...]
    """Its words besides those of every question, of places and of years; in Chinese, its signs."""
    own: tuple[str, ...]
    """Those of them that say what it is about: not "deadline", "documents", "fee"."""
    asks: bool
    """Whether it has a question word or a verb that asks."""
    points: bool
    """Whether it says "it", "these", "there" of something that was said before."""

    @classmethod
    def read(cls, question: str, language: str) -> "_Said":
        bare = question.strip(_END)
        tail = TAIL[language].search(bare)
        without_tail = bare[: tail.start()] if tail else bare
        lead = LEAD[language].match(without_tail)
        rest = without_tail[lead.end() :].strip(_END) if lead else without_tail.strip(_END)
        places = tuple(places_in(rest, language))
        left = _YEAR_NAMED.sub(" ", blanked(rest, places))
        content = _content(left, language)
        own = _content(GENERIC["zh"].sub(" ", left), language) if language == "zh" else _not_generic(content, language)
        asks = QUESTION[language].search(rest) is not None
        return cls(
            rest=rest,
            language=language,
            # 呢 asks the same of something else; 怎么样 and 适用吗 of their own thing, unless only a place is named.
            led=lead is not None or (tail is not None and not asks and ("呢" in tail.group() or not own)),
            places=places,
            years=tuple(_YEAR.findall(rest)),
            content=content,
            own=own,
            asks=asks,
            points=_points(rest, language, led=lead is not None),
        )

    @property
    def begins_with_preposition(self) -> bool:
        return PREPOSITION[self.language].match(self.rest) is not None

    @property
    def says_there(self) -> bool:
        return THERE[self.language].search(self.rest) is not None

    @property
    def stands_with_its_place(self) -> bool:
        """Whether it names a country and says enough of what it asks of it: "and Kazakhstan's investment contracts?"."""
        if not self.places or self.begins_with_preposition:
            return False
        return len(self.own) > (2 if self.language == "zh" else 1)

    @property
    def asks_for_slot(self) -> bool:
        """Whether it only names a country or a year."""
        if not (self.places or self.years) or self.content or self.asks or ABOUT.search(fold(self.rest)):
            return False
        return self.led or not self.places or len(self.rest) <= 40

    @property
    def names_topic(self) -> bool:
        """Whether it only names another thing to ask the same of: "what about hydrogen?", "for small firms?"."""
        short = 0 < len(self.own) <= (12 if self.language == "zh" else _OWN_WORDS)
        return self.led and short and not self.asks and not self.points

    @property
    def only_leans(self) -> bool:
        """Whether it asks more of what was said, and is neither another topic nor another place."""
        return self.leans and not self.names_topic and not self.asks_for_slot

    @property
    def leans(self) -> bool:
        """Whether it cannot be understood without what was asked before."""
        if self.points:
            return True
        if self.places and not self.led:
            return False
        if self.language == "zh":
            signs = sum(2 if sign.isascii() else 1 for sign in self.own)
            short = MAY_IT.match(self.rest) or (self.led and not DEFINES.search(self.rest))
            also = self.led and ALSO.search(self.rest)
            return signs <= (8 if also else 4 if short else 1)
        # "And who pays?", but not "and what is CBAM?"
        return len(self.own) <= int(self.led and not self.places and DEFINES.match(self.rest) is None)


def _content(text: str, language: str) -> tuple[str, ...]:
    if language == "zh":
        kept = QUESTION["zh"].sub(" ", LEAD["zh"].sub("", text))
        return tuple(sign for sign in re.findall(rf"[{_HAN}]|[A-Za-z0-9]+", kept) if sign not in _EMPTY_SIGNS)
    return tuple(word for word in words(text, language) if word not in stop_words(language))


_EMPTY_SIGNS = frozenset(
    "的了和与及或在是有为对于从到以由被把将向给就也还都又而但则其之所这那请我你您他她它个能会要需应想得着过用去来做内外里中上下方面年月日"
)


def _not_generic(content: Sequence[str], language: str) -> tuple[str, ...]:
    # "Important" and "imports" have one stem.
    known = set(words(GENERIC[language].pattern.replace("|", " "), language)) - {"import"}
    return tuple(word for word in content if word not in known)


def _points(text: str, language: str, *, led: bool) -> bool:
    """Whether a pronoun stands where nothing was said yet that it could mean."""
    for match in POINTS[language].finditer(text):
        if language == "en" and empty_it(text, match):
            continue
        before = text[: match.start()]
        content = _content(before, language)
        if language == "zh":
            said, allowed = len(content), 2
        else:
            # "Can exporters get their money back?" says itself whose; "which documents do they need?" does not.
            said, allowed = (
                len(_not_generic(content, language)),
                2 if led else int(AUXILIARY.search(before) is not None),
            )
        if said <= allowed:
            return True
    return False


def _exchanged(said: _Said, before: str) -> str:
    """The earlier question, asked of another country or year."""
    text, language = before, _spoken(before, said.language)
    if said.places:
        there = places_in(before, language)
        if not there and language == said.language and said.begins_with_preposition:
            return _appended(before, said.rest)
        if not there:
            foreign = language != said.language
            named = country_names([place.code for place in said.places], language) if foreign else ()
            return _labelled(", ".join(named) or said.rest, before, language)
        if said.begins_with_preposition and {place.code for place in there} == {"CN"}:
            return _appended(before, said.rest)  # "and to Viet Nam?": of China as before
        new = said.rest[said.places[0].start : said.places[-1].end]
        if language != said.language:
            new = ", ".join(country_names([place.code for place in said.places], language)) or new
        # "Compare A and B", then "and C?": the last one named gives way.
        text = before[: there[-1].start] + new + before[there[-1].end :]
    if said.years:
        years = _YEAR.findall(text)
        if len(years) == 1:
            return _YEAR.sub(said.years[-1], text)
        return _appended(text, said.rest if not said.places else said.years[-1])
    return text


def _appended(before: str, more: str) -> str:
    mark = "？" if re.search(rf"[{_HAN}]", before) else "?"
    return f"{before.rstrip(_END)}{' ' if mark == '?' else '，'}{more}{mark}"


def _labelled(place: str, before: str, language: str) -> str:
    return f"{place}{'：' if language == 'zh' else ': '}{before}"


def _asked(rest: str, language: str) -> str:
    return f"{rest}{'？' if language == 'zh' else '?'}"


def _other_side(before: str, side: str, language: str) -> str:
    """Another side of what was asked about: of the country it named, else of its subject."""
    place = places_in(before, _spoken(before, language))
    if place:
        about = ", ".join(country_names([place[-1].code], language)) or before[place[-1].start : place[-1].end]
    else:
        spoken = _spoken(before, language)
        subject = _subject(ACTS[spoken].sub(" ", before), without_places=False)
        generic = rf"\b(?:{GENERIC[spoken].pattern})\b" if spoken != "zh" else GENERIC["zh"].pattern
        about = " ".join(re.sub(generic, " ", subject, flags=re.IGNORECASE).split()) or subject
    return _labelled(about, _asked(side, language), language)


def _in_front(before: str, question: str, *, without_places: bool) -> str:
    subject = _subject(before, without_places=without_places)
    return f"{subject}: {question}" if subject else question


def _referring(before: str, question: str, *, without_places: bool) -> str:
    """A question with the one it goes back to, which is named once however many lean on it."""
    spoken = _spoken(question, _spoken(before, "en"))
    root = before
    for language in LANGUAGES:
        mark, end = reply("question_about", language, question="\n", earlier="\n").split("\n")[1:]
        if mark in root and root.endswith(end):
            root = root[root.index(mark) + len(mark) : len(root) - len(end)]
    return reply("question_about", spoken, question=question, earlier=root)


def _subject(before: str, *, without_places: bool) -> str:
    """What a question is about, in its own words."""
    language = _spoken(before, "en")
    text = blanked(before, places_in(before, language)) if without_places else before
    if language == "zh":
        kept = "".join(QUESTION["zh"].sub("", text).split()).strip(_END + "的")
        return re.sub(r"[？?：:，,]+", " ", kept)[:_SUBJECT_SIGNS].strip()
    if language == "en" and (does := DOES.match(text)):
        text = does[1]
    kept_words = []
    for match in UNIT.finditer(text):
        if any(stem not in stop_words(language) for stem in words(match.group(), language)):
            kept_words.append(match.group())
    return " ".join(dict.fromkeys(kept_words[:_SUBJECT_WORDS]))
