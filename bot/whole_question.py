"""How a follow-up is put with what it leaves unsaid: another country or year in its place, a subject or a label in front."""

import re
from collections.abc import Sequence

from bot.aspects import ACTS
from bot.cases import as_written
from bot.ellipsis import DOES, GENERIC, IS_WHAT, LAST_VERB, QUESTION, WHICH_DO
from bot.follow_up import END, YEAR, Said, spoken_in
from bot.places import UNIT, Named, places_in, says_who
from bot.replies import LANGUAGES, reply
from retrieval import country_names, stop_words, words

_SUBJECT_WORDS = 12
_SUBJECT_SIGNS = 40
_HAN = "\u3400-\u9fff"
_LABEL = r"(?:[A-ZА-ЯIVX]{1,4}|\d+(?:[./-]\d+)*|[一二三四五六七八九十百]+)"
"""A letter or number by which one of several of a kind is called."""


def exchanged(said: Said, before: str) -> str:
    """The earlier question, asked of another country or year."""
    text, language = before, spoken_in(before, said.language)
    if said.places:
        there = [place for place in places_in(before, language) if not says_who(before, place, language)]
        if not there and language == said.language and said.begins_with_preposition:
            return appended(before, said.rest)
        if not there:
            foreign = language != said.language
            named = country_names([place.code for place in said.places], language) if foreign else ()
            return labelled(", ".join(named) or said.rest, before, language)
        if said.begins_with_preposition and {place.code for place in there} == {"CN"}:
            return appended(before, said.rest)  # "and to Viet Nam?": of China as before
        new = said.rest[said.places[0].start : said.places[-1].end]
        if language != said.language:
            new = ", ".join(country_names([place.code for place in said.places], language)) or new
        if language == "ru" and len(said.places) == 1:
            like = before[there[-1].start : there[-1].end]
            new = as_written(
                new, said.places[0].code, like=like, its_code=there[-1].code, before=before[: there[-1].start]
            )
        # "Compare A and B", then "and C?": the last one named gives way.
        text = before[: there[-1].start] + new + before[there[-1].end :]
    if said.years:
        years = YEAR.findall(text)
        if len(years) == 1:
            return YEAR.sub(said.years[-1], text)
        return appended(text, said.rest if not said.places else said.years[-1])
    return text


def relabelled(said: Said, before: str) -> str | None:
    """The earlier question of another thing of the same kind, where both have labels: Category A and Category B, 第5条 and 第6条."""
    unit = re.fullmatch(rf"(?:第)?({_LABEL})([{_HAN}]{{1,3}})", said.rest)
    if unit is not None:
        found = list(re.finditer(rf"(?:第)?(?<![A-Za-z\d]){_LABEL}{unit[2]}", before))
        if len(found) == 1:
            return before[: found[0].start()] + said.rest + before[found[0].end() :]
    kind = re.fullmatch(rf"(.*\w{{3,}}(?: №)?) ?({_LABEL})", said.rest)
    if kind is None:
        return None
    found = list(re.finditer(rf"(?<!\w){re.escape(kind[1])} ?({_LABEL})(?!\w)", before, re.IGNORECASE))
    return before[: found[0].start(1)] + kind[2] + before[found[0].end(1) :] if len(found) == 1 else None


def appended(before: str, more: str, *, pause: str = "") -> str:
    """The earlier question with something more behind it."""
    mark = "？" if re.search(rf"[{_HAN}]", before) else "?"
    return f"{before.rstrip(END)}{pause or (' ' if mark == '?' else '，')}{more}{mark}"


def labelled(place: str, before: str, language: str) -> str:
    """A question with the country, or whatever it is about, before it."""
    return f"{place}{'：' if language == 'zh' else ': '}{before}"


def asked_of(rest: str, language: str) -> str:
    """What a follow-up says, as a question."""
    return f"{rest}{'？' if language == 'zh' else '?'}"


def other_side(before: str, side: str, language: str) -> str:
    """Another side of what was asked about: of the country it named, else of its subject."""
    place = places_in(before, spoken_in(before, language))
    if place:
        about = ", ".join(country_names([place[-1].code], language)) or before[place[-1].start : place[-1].end]
    else:
        spoken = spoken_in(before, language)
        subject = subject_of(ACTS[spoken].sub(" ", before), without_places=False)
        generic = rf"\b(?:{GENERIC[spoken].pattern})\b" if spoken != "zh" else GENERIC["zh"].pattern
        about = " ".join(re.sub(generic, " ", subject, flags=re.IGNORECASE).split()) or subject
    return labelled(about, asked_of(side, language), language)


def in_front_of(before: str, question: str, *, without_places: bool) -> str:
    """A question with the subject of the earlier one before it."""
    subject = subject_of(before, without_places=without_places)
    return f"{subject}: {question}" if subject else question


def referring(before: str, question: str, *, without_places: bool) -> str:
    """A question with the one it goes back to, which is named once however many lean on it."""
    spoken = spoken_in(question, spoken_in(before, "en"))
    root = before
    for language in LANGUAGES:
        mark, end = reply("question_about", language, question="\n", earlier="\n").split("\n")[1:]
        if mark in root and root.endswith(end):
            root = root[root.index(mark) + len(mark) : len(root) - len(end)]
    return reply("question_about", spoken, question=question, earlier=root)


def _without(text: str, places: Sequence[Named]) -> str:
    """The text without the countries it names, and without the word that leads to each."""
    for place in reversed(places):
        text = re.sub(r"\b(?:in|for|to|from|of|в|во|для|из|с|со|на)\s+$", "", text[: place.start]) + text[place.end :]
    return text


def subject_of(before: str, *, without_places: bool) -> str:
    """What a question is about, in its own words."""
    language = spoken_in(before, "en")
    text = _without(before, places_in(before, language)) if without_places else before
    if language == "zh":
        text = IS_WHAT.sub(r"\1", text)
        signs = "".join(QUESTION["zh"].sub("", text).split()).strip(END + "的")
        return re.sub(r"[？?：:，,]+", " ", signs)[:_SUBJECT_SIGNS].strip()
    if language == "en" and (does := DOES.match(text)):
        text = does[1]
    elif language == "en":
        text = _without_its_verb(text)
    kept = [match for match in UNIT.finditer(text) if says_something(match.group(), language)][:_SUBJECT_WORDS]
    if not kept:
        return ""
    # As it was said, for "without a visa" is no visa.
    end = kept[-1].end() if len(kept) == _SUBJECT_WORDS else len(text)
    return " ".join(re.sub(r"[?:]+", " ", text[kept[0].start() : end].strip(END)).split())


def _without_its_verb(text: str) -> str:
    """ "Which products does the bank offer?" without "does" and "offer": they are asked no more."""
    which = WHICH_DO.match(text)
    if which is None or "  " in text:
        return text
    rest = text[which.end() :].rstrip(END)
    verb = LAST_VERB.search(rest)
    if verb is None or " to " in rest[: verb.start()]:
        return text
    return f"{which[1]} {rest[: verb.start()]}"


def says_something(word: str, language: str) -> bool:
    return any(stem not in stop_words(language) for stem in words(word, language))
