"""Of which sentences a statement is made: one, one in other words, or two that each say one half of it."""

import re
from collections.abc import Iterator, Sequence

from bot.proof.alignment import PRONOUN
from bot.proof.derivation import Place, from_one
from bot.proof.items import row
from bot.proof.omission import NEUTRAL_LABEL
from bot.proof.reading import read
from bot.proof.rewordings import Wording, wordings
from bot.proof.short_names import by_short_names, names_given
from bot.proof.shorter import LONGEST, parts, said_of_each, said_of_one
from bot.proof.sources import Source
from bot.proof.standing import points_back

_CUT = re.compile(r"[;；]\s*|，|,\s+(?:(?:and|but|while|whereas|и|а|но|тогда как)\s+)?")
_MOST_CUTS = 4
_LEAST_SAID = 3
"""Items below which a part of a statement says nothing by itself."""
_ROW = re.compile(
    r"(?P<label>[^:：;；]+)[:：] ?(?P<one>[^:：;；]+)[;；] ?(?P<name>[^:：;；]+)[:：] ?(?P<value>[^:：;；]+)"
)
_OF_ROWS = frozenset({"point", "item", "of", "and", "for", "to", "with", "пункт", "показа", "этап", "по", "в", "для"})
"""Words of a column's name that say only that something stands there."""
_REWORDED = 3
"""Sentences that a statement in other words is held against."""


def derived(statement: str, language: str, places: Sequence[Place]) -> tuple[str, tuple[Place, ...]]:
    """What of a statement cannot be made of one of these sentences, or of two of them; empty with those where it can."""
    if not places:
        return "no sentence in its language", ()
    why, place = _made_of(statement, language, places)
    if place is not None:
        return "", (place,)
    halves = [(statement[: cut.start()], statement[cut.end() :]) for cut in list(_CUT.finditer(statement))[:_MOST_CUTS]]
    for one, other in [*halves, *said_of_one(statement), *said_of_each(statement, language)]:
        if min(len(row(half, language).items) for half in (one, other)) < _LEAST_SAID:
            continue
        made_of = [_made_of(half, language, places)[1] for half in (one, other)]
        found = tuple(dict.fromkeys(place for place in made_of if place is not None))
        if None in made_of or not _go_together(found):
            continue
        # What is said of two documents says of each half where it holds.
        if len({place.source.hit.passage.document_id for place in found}) == 1 or all(
            place is not None and _names_its_country(half, language, place.source)
            for half, place in zip((one, other), made_of, strict=True)
        ):
            return "", found
    return why, ()


def forged(statement: str, sources: Sequence[Source]) -> str:
    """Words that a statement puts in quotation marks and no source has; empty where there are none."""
    held = _letters(" ".join(f"{source.hit.passage.text} {source.context.text}" for source in sources))
    return next((said for said in _quoted(statement) if _letters(said) not in held), "")


def _made_of(statement: str, language: str, places: Sequence[Place]) -> tuple[str, Place | None]:
    """The first sentence that a statement can be made of, as it stands or in other words; else what stands against it."""
    said = row(statement, language)
    first = ""
    for place in places:
        why = from_one(said, place)
        if not why:
            return "", place
        first = first or why
    for place in places[:_REWORDED]:
        if _in_other_words(statement, language, place):
            return "", place
    return first, None


def _in_other_words(statement: str, language: str, place: Place) -> bool:
    if max(len(statement), len(place.stretch.reading.text)) > LONGEST:
        return False
    hit = place.source.hit
    named = names_given(
        f"{hit.passage.text} {place.source.context.text}", f"{hit.metadata.title}\n{hit.metadata.doc_number or ''}"
    )
    plain = by_short_names(statement, named)
    own = by_short_names(place.stretch.reading.text, named)
    shorter = (*parts(own, language), *_cell(own, place.source))
    given = list(dict.fromkeys([Wording(text) for text in (own, *shorter)]))
    given += [one for text in given[:] for one in wordings(text.text, language) if not one.of_all]
    for wording in (Wording(plain), *wordings(plain, language)):
        if wording.of_all:
            if _without_doer(wording, statement, language, place, own):
                return True
            continue
        said = row(wording.text, language)
        for one in given:
            if wording.verb and one.verb:
                continue
            if (
                not from_one(said, place, one.text)
                and _at_one_time(wording, one.text)
                and _at_one_time(one, said.folded)
            ):
                return True
    return False


def _cell(text: str, source: Source) -> Iterator[str]:
    """A row of two columns without their names, where these tell nothing that title and headings do not: "Tenor: 2 years"."""
    match = _ROW.fullmatch(text)
    if match is None or NEUTRAL_LABEL.fullmatch(match["name"].casefold()) is None:
        return
    told = [item for item in row(match["label"], source.language).items if item.key not in _OF_ROWS]
    if all(item.key in source.context.content for item in told):
        yield f"{match['one']}: {match['value']}"


def _at_one_time(wording: Wording, other: str) -> bool:
    """Whether what was turned tells of now or of then, as the other sentence does."""
    if wording.past is None:
        return True
    if not wording.verb.isascii():
        return f"{wording.verb}了" in other or f"已{wording.verb}" in other or f"已经{wording.verb}" in other
    stem = wording.verb.casefold()[:3]
    found = [word for word in re.findall(r"[a-z]+", other.casefold()) if word.startswith(stem)]
    return any(word.endswith("ed") is wording.past for word in found) if found else not wording.past


def _without_doer(wording: Wording, statement: str, language: str, place: Place, own: str) -> bool:
    """Whether a sentence says of the country that its document is about what a statement says without naming who does it."""
    given = row(own, language)
    verb = row(wording.text, language).items
    key = next((item.key for item in verb if item.kind == "word"), "")
    at = next((number for number, item in enumerate(given.items) if item.kind == "word" and item.key == key), 0)
    doer = given.items[0]
    helping = given.items[1:at]
    if not at or doer.kind != "country" or any(item.kind != "cue" for item in helping):
        return False
    about = place.source.hit.own_countries
    if doer.key not in about or not read(statement, language).countries <= {doer.key}:
        return False
    begin = min(item.start for item in given.items[1 : at + 1])
    text = given.folded[begin:]
    return not from_one(row(wording.text, language), place, text) and _at_one_time(wording, text)


def _names_its_country(half: str, language: str, source: Source) -> bool:
    named = read(half, language).countries
    return bool(named) and named <= source.countries


def _go_together(places: Sequence[Place]) -> bool:
    """Whether the sentences of two halves may stand in one: what points back stands right behind what it points to."""
    for number, place in enumerate(places):
        if PRONOUN.match(place.stretch.reading.folded) is None and not points_back(place.stretch.reading.text):
            continue
        before = places[number - 1] if number else None
        if before is None or before.source is not place.source:
            return False
        if place.source.hit.passage.text[before.stretch.end : place.stretch.start].strip():
            return False
    return True


def _quoted(text: str) -> Iterator[str]:
    for match in re.finditer(r"[“\"«„]([^“”\"«»„]+)[”\"»“]", text):
        yield match.group(1)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
