"""A part of an earlier question put in the place of another of its kind, or left away: "I meant the other filing", "only batteries"."""

import re

from bot.ellipsis import AND, LIMIT
from bot.follow_up import END, Said
from bot.places import UNIT, blanked, places_in
from bot.whole_question import appended, says_something
from retrieval import stop_words, words

_HAN = "\u3400-\u9fff"
_PHRASE_WORDS = 3
_ARTICLES = ("the", "a", "an")


def mended_by(said: Said, before: str) -> str | None:
    """The earlier question with what was meant in the place of what shares a word with it: the other filing, the other law."""
    language = said.language
    text, meant = before, said.rest
    if said.places:
        there = places_in(before, language)
        if not there:
            return None
        name = said.rest[said.places[0].start : said.places[-1].end]
        text = before[: there[-1].start] + name + before[there[-1].end :]
        meant = blanked(said.rest, said.places).strip(END + "的")
    if language == "zh":
        return _law_for_law(text, meant) or _of_topic(text, meant)
    matches = list(UNIT.finditer(text))
    own = [unit.group() for unit in UNIT.finditer(meant) if says_something(unit.group(), language)]
    stems = ["".join(words(unit.group(), language)) for unit in matches]
    for at, word in reversed(list(enumerate(own))):
        stem = "".join(words(word, language))
        if stems.count(stem) != 1:
            continue
        first = last = stems.index(stem)
        while first > 0 and last - first < at and says_something(matches[first - 1].group(), language):
            first -= 1
        while last < len(matches) - 1 and len(own) - 1 - at > last - stems.index(stem):
            if not says_something(matches[last + 1].group(), language):
                break
            last += 1
        return text[: matches[first].start()] + " ".join(own) + text[matches[last].end() :]
    return None


def _law_for_law(text: str, meant: str) -> str | None:
    """The same in Chinese, where the last sign says what kind of thing it is: 投资法, 气候法."""
    kind = meant[-1:]
    found = re.search(rf"(?:^|(?<=[的\s年月日]))(?:(?!的)[{_HAN}]){{1,8}}?{re.escape(kind)}", text) if kind else None
    return text[: found.start()] + meant + text[found.end() :] if found else None


def _of_topic(text: str, meant: str) -> str | None:
    """The same of what a Chinese question begins with, before 的 or a date: 光伏组件2026年5月出口退税率."""
    found = re.match(rf"[{_HAN}]{{2,8}}?(?=的|\d)", text)
    if found is None or places_in(found.group(), "zh") or not re.fullmatch(rf"[{_HAN}A-Za-z]{{1,8}}", meant):
        return None
    return meant + text[found.end() :]


def in_its_phrase(before: str, phrase: str, language: str) -> str | None:
    """The earlier question with a phrase in the place of the one that begins with the same preposition, if it has one such."""
    leading = phrase.split(" ", 1)[0]
    found = list(re.finditer(rf"(?<!\w){re.escape(leading)}\s+", before, re.IGNORECASE)) if language != "zh" else []
    if len(found) != 1:
        return None
    end, length = found[0].end(), 0
    for unit in UNIT.finditer(before, found[0].end()):
        between = before[end : unit.start()]
        if between.strip() or not (says_something(unit.group(), language) or unit.group() in _ARTICLES):
            break
        end, length = unit.end(), length + 1
    old = before[found[0].start() : end]
    dated = re.search(r"\d", old) is not None and leading.casefold() not in _ARTICLES
    if not 0 < length <= _PHRASE_WORDS or dated or places_in(old, language):
        return None
    return before[: found[0].start()] + phrase + before[end:]


def limited(before: str, part: str, language: str) -> str:
    """The earlier question, of a part of what it asked about."""
    return _one_of_two(before, part, language) or appended(before, part, pause=LIMIT[language])


def _one_of_two(before: str, part: str, language: str) -> str | None:
    """The earlier question without what stands beside a part of it: "solar panels and batteries", "only batteries"."""
    if language == "zh":
        signs = "|".join(AND["zh"])
        at_first = re.fullmatch(rf"[{_HAN}]{{1,12}}(?:{signs})({re.escape(part)}.*)", before)
        if at_first:
            return at_first[1]
        then = re.fullmatch(rf"(.*{re.escape(part)})(?:{signs})[{_HAN}]{{1,12}}?(的.*)", before)
        return then[1] + then[2] if then else None
    wanted = [word for word in words(part, language) if word not in stop_words(language)]
    units = list(UNIT.finditer(before))
    stems = ["".join(words(unit.group(), language)) for unit in units]
    for at in range(2, len(units) - len(wanted) + 1):
        if stems[at : at + len(wanted)] != wanted or units[at - 1].group().casefold() not in AND[language]:
            continue
        other = at - 1
        while other > 0 and says_something(units[other - 1].group(), language):
            other -= 1
        beside = before[units[other].start() : units[at - 1].start()]
        # A name among them may be what all of it is about: "the CBAM price and the dates".
        if other < at - 1 and not re.search(r"[A-ZА-ЯЁ\d]", beside):
            return before[: units[other].start()] + before[units[at].start() :]
    return None
