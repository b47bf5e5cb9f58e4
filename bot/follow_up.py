"""What a follow-up says itself, and how it shows that it leans on what was asked before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.ellipsis import (
    ABOUT,
    ALSO,
    AUXILIARY,
    BARE,
    CHOOSES,
    CLAUSE,
    COMPARES,
    CONDITION,
    CORRECTS,
    COUNTS,
    DEFINES,
    GENERIC,
    GOES_ON,
    IN_IT,
    LEAD,
    MAY_IT,
    ONLY,
    ONLY_THEN,
    POINTS,
    PREDICATE,
    PREPOSITION,
    QUESTION,
    SUBJECT,
    TAIL,
    THERE,
    VERB,
    empty_it,
)
from bot.places import Named, blanked, places_in
from retrieval import detect_language, fold, stop_words, words

END = " \t?？!！.。…,，;；:："
"""What may stand around a question and says nothing."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_YEAR_NAMED = re.compile(YEAR.pattern + r"(?:\s*(?:年度?|год[ауе]?\b|гг?\b))?")
_SPOKEN = ("en", "zh", "ru")
_HAN = "\u3400-\u9fff"
_OWN_WORDS = 4
"""Content words from which a question is taken to say what it is about."""
_FRAGMENT_SIGNS = 2
_COUNTED = 2
_TOO = re.compile(r"too|as well|also|也|тоже", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who) (?:is|are|was|were|do|does|did|have|has|can|must|will)\b", re.IGNORECASE)
_LONGEST_PART = 60
_PART_WORDS = 3
_WE = re.compile(r"(?:i|we|i'm|i’m|меня|нас|мне|нам)\b", re.IGNORECASE)
_PAUSE = re.compile(r"[,，;；]")
_NAME = re.compile(r"[A-ZА-ЯЁ]|\d")
"""What shows a name, code or figure behind the first letter."""


def spoken_in(text: str, default: str) -> str:
    """Which of the languages whose follow-ups can be completed a text is in."""
    found = detect_language(text, default=default)
    return found if found in _SPOKEN else default if default in _SPOKEN else "en"


@dataclass(frozen=True, slots=True)
class Said:
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
    corrects: bool
    """Whether such a word takes back what was asked: "I meant", 说错了."""
    also: bool
    """Whether it asks by "too", 也 or тоже the same of something else."""
    points: bool
    """Whether it says "it", "these", "there" of something that was said before."""

    @classmethod
    def read(cls, question: str, language: str) -> "Said":
        bare = question.strip(END)
        tail = TAIL[language].search(bare)
        without_tail = bare[: tail.start()] if tail else bare
        lead = LEAD[language].match(without_tail)
        rest = without_tail[lead.end() :].strip(END) if lead else without_tail.strip(END)
        places = tuple(places_in(rest, language))
        left = _YEAR_NAMED.sub(" ", blanked(rest, places))
        content = _content(left, language)
        own = _content(GENERIC["zh"].sub(" ", left), language) if language == "zh" else _not_generic(content, language)
        asks = QUESTION[language].search(rest) is not None
        return cls(
            rest=rest,
            language=language,
            # 呢 and 也 ask the same of something else; 怎么样 and 适用吗 of their own thing, unless only a place is named.
            led=lead is not None
            or (tail is not None and not asks and (any(sign in tail.group() for sign in "呢也") or not own)),
            places=places,
            years=tuple(YEAR.findall(rest)),
            content=content,
            own=own,
            asks=asks,
            corrects=lead is not None and CORRECTS.search(lead.group()) is not None,
            also=tail is not None and _TOO.search(tail.group()) is not None,
            points=_points(rest, language, led=lead is not None),
        )

    @property
    def begins_with_preposition(self) -> bool:
        return PREPOSITION[self.language].match(self.rest) is not None

    @property
    def begins_with_article(self) -> bool:
        return self.language == "en" and self.rest.casefold().startswith("the ")

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
    def sets_condition(self) -> bool:
        """Whether it only says under which condition the earlier question is asked: "what if …?"."""
        return CONDITION[self.language].match(self.rest) is not None

    @property
    def names(self) -> bool:
        """Whether it has a name, code or figure behind its first letter."""
        return _NAME.search(self.rest[1:]) is not None

    @property
    def narrows(self) -> str:
        """The part of what was asked about to which it limits the earlier question; empty if it does not."""
        found = ONLY[self.language].fullmatch(self.rest)
        part = (found["first"] or found["last"]).strip(END) if found and not self.points else ""
        asks = QUESTION[self.language].search(_RELATIVE.sub(" ", part)) is not None
        own = _content(part, self.language)
        # "I only need …" is no statement of its own.
        most = 12 if self.language == "zh" else _PART_WORDS * 2 if _WE.match(self.rest) else _PART_WORDS
        short = len(part) <= _LONGEST_PART and len(own) <= most
        return part if short and not asks and not _PAUSE.search(part) else ""

    @property
    def is_fragment(self) -> bool:
        """Whether it is no clause and no name: "for banks?", "law number?", 登记门槛."""
        if self.led or self.asks or self.points or self.places or self.years or self.names:
            return False
        if self.language == "zh":
            return len(self.own) <= _FRAGMENT_SIGNS and len(self.content) <= 2 * _FRAGMENT_SIGNS
        return self.begins_with_preposition or len(self.own) <= 1

    @property
    def compares(self) -> bool:
        """Whether it compares something that it leaves unsaid: "same as in the EU?", 跟欧盟的是一回事吗."""
        return COMPARES[self.language].match(self.rest) is not None and (self.asks or self.language != "zh")

    @property
    def is_bare(self) -> bool:
        """Whether it is a question word and a noun: "how many tonnes?", "сколько позиций без пошлины?"."""
        if self.names or self.places:
            return False
        if BARE[self.language].fullmatch(self.rest):
            return True
        if self.language == "zh" or not self.asks or VERB[self.language].search(self.rest) or DEFINES.match(self.rest):
            return False
        return len(self.own) <= (_COUNTED if COUNTS.match(self.rest) else 1)

    @property
    def says_of_it(self) -> bool:
        """Whether it only says of something else what was asked: "а электроэнергия облагается?"."""
        return self.language == "ru" and PREDICATE.search(self.rest) is not None

    @property
    def asks_there(self) -> bool:
        """Whether it goes on with a question of its own that names no place: "and what does a work visa cost?"."""
        short = 0 < len(self.own) <= (12 if self.language == "zh" else _OWN_WORDS)
        own = self.led and short and self.asks and not self.points and not self.places
        return own and DEFINES.match(self.rest) is None

    @property
    def names_topic(self) -> bool:
        """Whether it only names another thing to ask the same of: "what about hydrogen?", "for small firms?"."""
        short = 0 < len(self.own) <= (12 if self.language == "zh" else _OWN_WORDS)
        return (self.led or self.is_fragment) and short and not self.asks and not self.points

    @property
    def only_leans(self) -> bool:
        """Whether it asks more of what was said, and is neither another topic nor another place."""
        return self.leans and not self.names_topic and not self.asks_for_slot

    @property
    def chooses(self) -> bool:
        """Whether it picks one of several, of which is spoken from then on: "which one do banks use?"."""
        return CHOOSES.match(self.rest) is not None

    @property
    def leans(self) -> bool:
        """Whether it cannot be understood without what was asked before."""
        if self.points or self.compares or self.is_bare:
            return True
        if self.places and not self.led:
            return False
        if self.language == "zh":
            return IN_IT.match(self.rest) is not None or self._signs <= self._most_signs
        # "And who pays?", but not "and what is CBAM?"
        return len(self.own) <= int(self.led and not self.places and DEFINES.match(self.rest) is None)

    @property
    def _signs(self) -> int:
        return sum(2 if sign.isascii() else 1 for sign in self.own)

    @property
    def _most_signs(self) -> int:
        """Up to how many signs of its own a Chinese question leans, by the words that show that it does."""
        if (self.led and ALSO.search(self.rest)) or GOES_ON.search(self.rest):
            return 8
        if ONLY_THEN.search(self.rest):
            return 6
        if MAY_IT.match(self.rest) or (self.led and not DEFINES.search(self.rest)):
            return 4
        if self.rest.startswith("哪"):
            return 3  # "which goods must pay?"
        # "What if it is late?" begins with what can be of anything.
        return 2 if GENERIC["zh"].match(self.rest) and not self.names else 1


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
    subject = SUBJECT[language].search(text)
    if subject and not CLAUSE.search(text[: subject.start()]):
        pronoun = re.compile(re.escape(subject["it"])).match(text, subject.start("it"))
        if pronoun and not (language == "en" and empty_it(text, pronoun)):
            return True
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
