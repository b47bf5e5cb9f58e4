"""Whether a statement is made of its source's own words, in their order and with all that holds them back.

A sentence is more than its words: who does what to whom is told by their order, and what is said may be held back by a
condition, a bound or a date beside it. So a statement in the language of its source stands only where it can be made of one
sentence by steps that keep its sense: words that say nothing come and go, words that stand for each other are exchanged, and
whole parts are left out that only add something. Whatever else was done to it, the quote says better.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.proof.harmless import LOCATIVE, MOVABLE, SMALL
from bot.proof.items import Item, Row, row
from bot.proof.omission import left_out
from bot.proof.sources import Source, Stretch
from retrieval import is_russian_verb

_MARK = re.compile(r"^\s*(?:\d{1,2}[.)、]|[-•*–—])\s*")
_OBTAINED = frozenset({"obtain", "get", "receive", "取得", "获得", "得到", "领取", "получить"})
_ABLE = frozenset({"can", "able to", "可以", "可", "能", "能够", "может", "могут"})
_GENITIVE = re.compile(r"(?:[^и]я|а|и)$")
"""How a country is written that something belongs to: Узбекистана, Сербии; a country in -ия does something itself."""
_GOES = frozenset("向从对由自与和给经被到至")
_SAYS_SO = re.compile(r"\b(?:was|were|is|are|been|be|has|have|had|\w+ly) $")
_FORCE = frozenset({"in force", "in effect", "force", "effect", "施行", "生效", "实施", "inforce"})


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a source, as something a statement may be made of."""

    source: Source
    stretch: Stretch


def from_one(said: Row, place: Place, text: str = "") -> str:
    """What of a statement cannot be made of a sentence, or of ``text``, which says the same; empty where all of it can."""
    text = text or place.stretch.reading.text
    # A number before a step is its place in a list, and no part of what it says.
    given = row(text if _MARK.match(said.folded) else _MARK.sub("", text), place.stretch.reading.language)
    told = _MARK.match(text) is not None
    strange = _strange(said, given, place.source)
    if strange:
        return strange
    ours, theirs = _without_movers(said, given, place.source)
    ours = [item for number, item in enumerate(ours) if not _implied(item, ours[number + 1 :], theirs, place)]
    first = ""
    for one, other in _turns(ours, theirs, given):
        why = _compared(one, other, given, place.source, told=told)
        if not why:
            return ""
        first = first or why
    return first


def _strange(said: Row, given: Row, source: Source) -> str:
    """A word that neither a sentence nor what stands over it has: found at once, without looking at any order."""
    if said.language == "zh":
        known = given.keys | row(source.context.text, "zh").keys
    else:
        known = given.keys | source.lead | SMALL.get(said.language, frozenset())
    return next((item.key for item in said.items if item.kind in {"word", "small"} and item.key not in known), "")


def _implied(item: Item, following: Sequence[Item], theirs: Sequence[Item], place: Place) -> bool:
    """Whether a sentence says it without the word: steps are to be taken, what one gets one can get, "signed" was signed."""
    if item.kind != "cue" or not following:
        return False
    if item.key == "must":
        return place.source.is_step(place.stretch) and not any(
            other.key in {"must", "may", "should"} for other in theirs
        )
    if item.key == "may":
        there = [other for other in theirs if other.kind == "cue" and not other.key.startswith("unlike")]
        return not there and item.text in _ABLE and following[0].text in _OBTAINED
    if item.key == "§was":
        at = next((number for number, other in enumerate(theirs) if other.same(following[0])), 0)
        return following[0].text.endswith("ed") and (at == 0 or theirs[at - 1].kind != "cue")
    return False


def _compared(ours: Sequence[Item], theirs: Sequence[Item], given: Row, source: Source, *, told: bool) -> str:
    pairs = _paired(ours, theirs)
    if not pairs:
        return "nothing in common"
    return _added(ours, theirs, pairs, source, told=told) or left_out(theirs, pairs, given)


def _turns(ours: Sequence[Item], theirs: Sequence[Item], given: Row) -> Iterator[tuple[Sequence[Item], Sequence[Item]]]:
    """Both as they stand, and with a part put last that may stand first as well: "in …", "if …"."""
    yield ours, theirs
    if any(segment.before in {"and", ",and", ",и", "strong", "colon"} for segment in given.segments[1:]):
        return  # what it is said of could be another part then
    for one, other, is_ours in ((ours, theirs, True), (theirs, ours, False)):
        if not one or not {one[0].key.split(":")[-1], one[0].text} & MOVABLE:
            continue
        begin = next((place for place, item in enumerate(other) if place and _alike(item, one[0])), 0)
        length = 0
        while (
            begin and begin + length < len(other) and length < len(one) and _alike(one[length], other[begin + length])
        ):
            length += 1
        if length > 1 and begin + length == len(other):
            turned = [*one[length:], *one[:length]]
            yield (turned, other) if is_ours else (other, turned)


def _alike(one: Item, other: Item) -> bool:
    return one.same(other) or other.same(one)


def _without_movers(said: Row, given: Row, source: Source) -> tuple[list[Item], list[Item]]:
    """The items of both but for a date and a country that are of the whole sentence, and may stand first or last in it."""
    ours, theirs = list(said.items), list(given.items)
    own, other = _timed(ours), _timed(theirs)
    if (
        own is not None
        and other is not None
        and _one_time(own, other, ours, theirs)
        and not _of_a_word(other, theirs, given)
    ):
        ours.remove(own)
        theirs.remove(other)
    elif (pair := _first_date(ours, theirs, given)) is not None:
        ours.remove(pair[0])
        theirs.remove(pair[1])
    if said.language == "ru" and (verbs := _verbs(ours, theirs)) is not None:
        ours.remove(verbs[0])
        theirs.remove(verbs[1])
    here, there = _located(ours, said), _located(theirs, given)
    if here is None or there is None or here[1:] == there[1:] == (None, None):
        return ours, theirs
    both = here[1] is not None and there[1] is not None
    if here[1:] == there[1:] if both else {here[1], there[1]} - {None} <= source.countries:
        return here[0], there[0]
    return ours, theirs


def _timed(items: Sequence[Item]) -> Item | None:
    """The one date of a sentence, where it stands first or last, or says since when all of it holds."""
    found = [item for item in items if item.kind == "date"]
    if len(found) != 1:
        return None
    since = found[0].key == "@from" and len({item.segment for item in items}) == 1
    return found[0] if since or found[0] in (items[0], items[-1]) else None


def _first_date(ours: Sequence[Item], theirs: Sequence[Item], given: Row) -> tuple[Item, Item] | None:
    """A date that a Chinese statement begins with and its sentence has behind its subject, before what is done then."""
    if given.language != "zh" or not ours or ours[0].kind != "date":
        return None
    found = [item for item in theirs if item.kind == "date" and ours[0].same(item) and item.start < _first_part(given)]
    if len(found) != 1 or given.folded[found[0].end :].startswith(("的", "第", "版", "度")):
        return None
    return ours[0], found[0]


def _first_part(given: Row) -> int:
    """Where the first part of a sentence ends; what stands in brackets parts nothing."""
    parted = (number for number, one in enumerate(given.segments) if one.before not in {"", "open", "close"})
    first = next(parted, None)
    return len(given.folded) if first is None else given.segments[first - 1].end


def _verbs(ours: Sequence[Item], theirs: Sequence[Item]) -> tuple[Item, Item] | None:
    """The one verb of either Russian sentence: endings tell who does what, wherever it stands."""
    if any(item.kind == "cue" and item.key == "not" for item in (*ours, *theirs)):
        return None
    found = [[item for item in items if item.kind == "word" and is_russian_verb(item.text)] for items in (ours, theirs)]
    if len(found[0]) != 1 or len(found[1]) != 1 or not found[0][0].same(found[1][0]):
        return None
    plural = [item.text.endswith(("т", "ть")) and item.text[-2:-1] in "ую" for item in (found[0][0], found[1][0])]
    return (found[0][0], found[1][0]) if plural[0] == plural[1] else None


def _of_a_word(date: Item, items: Sequence[Item], whole: Row) -> bool:
    """Whether a date is of the word before it and not of the whole: "loans issued in 2025"."""
    place = items.index(date)
    if not place or not items[place - 1].text.endswith(("ed", "ing")):
        return False
    return _SAYS_SO.search(whole.folded[: items[place - 1].start]) is None


def _located(items: Sequence[Item], whole: Row) -> tuple[list[Item], str | None, str | None] | None:
    """The items without the country where something holds, that country and how it is said.

    None where there are several countries, or one that does something, or that something goes to or comes from.
    """
    places = [number for number, item in enumerate(items) if item.kind == "country"]
    if not places:
        return list(items), None, None
    place = places[0]
    item, before = items[place], items[place - 1] if place else None
    if len(places) > 1:
        return None
    if before is not None and before.key in LOCATIVE:
        how = f"{before.key} {item.text}" if whole.language == "ru" else "in"
        return [*items[: place - 1], *items[place + 1 :]], item.key, how
    if whole.language == "ru" and before is not None and before.kind == "word" and _GENITIVE.search(item.text):
        return [*items[:place], *items[place + 1 :]], item.key, "of"
    owning = item.text.endswith("'s") or whole.folded[item.end :].startswith(("的", "'s "))
    owns = owning and (before is None or before.key not in _GOES)
    return ([*items[:place], *items[place + 1 :]], item.key, "in") if owns else None


def _one_time(said: Item, given: Item, ours: Sequence[Item], theirs: Sequence[Item]) -> bool:
    """Whether two dates say one time; what entered into force on a day has been in force since."""
    if {said.key, given.key} == {"@", "@from"} and all(
        any(i.text in _FORCE or i.key in _FORCE for i in row) for row in (ours, theirs)
    ):
        return said.date is not None and given.date is not None and given.date.holds(said.date)
    return said.same(given)


def _paired(ours: Sequence[Item], theirs: Sequence[Item]) -> list[tuple[int, int]]:
    """The longest row of items that stand in both in the same order, as their places."""
    begin = 0
    while begin < min(len(ours), len(theirs)) and ours[begin].same(theirs[begin]):
        begin += 1
    rows, columns = len(ours) - begin, len(theirs) - begin
    longest = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        mine, below, here = ours[begin + i], longest[i + 1], longest[i]
        for j in range(columns - 1, -1, -1):
            here[j] = below[j + 1] + 1 if mine.same(theirs[begin + j]) else max(below[j], here[j + 1])
    pairs = [(number, number) for number in range(begin)]
    i = j = 0
    while i < rows and j < columns:
        if ours[begin + i].same(theirs[begin + j]) and longest[i][j] == longest[i + 1][j + 1] + 1:
            pairs.append((begin + i, begin + j))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _added(
    ours: Sequence[Item], theirs: Sequence[Item], pairs: Sequence[tuple[int, int]], source: Source, *, told: bool
) -> str:
    """What a statement has that its sentence does not, but for names that title and headings give to all of a passage.

    Args:
        told: whether it is an item of a list, which may tell its reader what to do: a name before it would be who does it.
    """
    matched = dict(pairs)
    language = source.language.split("-")[0]
    known = source.lead
    for number, item in enumerate(ours):
        if number in matched:
            continue
        if item.kind == "small" and item.key in SMALL.get(language, ()):
            following = ours[number + 1] if number + 1 < len(ours) else None
            if following is not None and number + 1 not in matched and following.kind in {"word", "code"}:
                continue
            return item.key
        if item.kind == "code" and item.key in source.context.codes:
            continue
        if told or item.kind not in {"word", "figure"} or _replaces(number, pairs, theirs):
            return item.key
        if language == "zh":
            if number >= min(matched) or _keys(ours[: min(matched)]) not in _keys(row(source.context.text, "zh").items):
                return item.key
        elif item.kind == "figure" or item.key not in known or _moved(number, ours, pairs, theirs, source):
            return item.key
    return ""


def _moved(
    number: int, ours: Sequence[Item], pairs: Sequence[tuple[int, int]], theirs: Sequence[Item], source: Source
) -> bool:
    """Whether a word of the headings stands in the sentence elsewhere, or stands beside others otherwise than there."""
    matched = {our for our, _ in pairs}
    if ours[number].key in {item.key for item in theirs}:
        return True
    end = number
    while end + 1 < len(ours) and end + 1 not in matched:
        end += 1
    above = [item.key for item in row(source.context.text, source.language).items]
    run = [item.key for item in ours[number : end + 1]]
    return len(run) > 1 and not any(above[place : place + len(run)] == run for place in range(len(above)))


def _keys(items: Sequence[Item]) -> str:
    return "".join(item.key for item in items)


def _replaces(number: int, pairs: Sequence[tuple[int, int]], theirs: Sequence[Item]) -> bool:
    """Whether something was left out of the sentence where an item was put in."""
    before = max((their for our, their in pairs if our < number), default=-1)
    after = min((their for our, their in pairs if our > number), default=len(theirs))
    return after - before > 1
