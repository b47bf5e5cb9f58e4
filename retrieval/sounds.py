"""Names by their sound, from one script to another: "Тесла" and "特斯拉" for "Tesla", "青岛" for "Qingdao".

A name is brought into Latin letters and then to its skeletons, the kinds of its consonants in their order. What other
scripts cannot tell apart is one kind: Chinese has no r beside l, Russian no h beside g. Names with a skeleton in common are
candidates; how alike they are with their vowels decides.
"""

import difflib
import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.language import han_names, is_han, script_of, stop_words

_ALIKE = {2: 0.75, 3: 0.6}
"""By the length of the skeleton: of the short ones there are many."""
_LONG_ALIKE = 0.5
_TAGGED = 0.1
"""By how much liker a Chinese name must be: the tagger takes many a word for one."""
_AS_GOOD = 0.1
"""By how much less alike than the best another may be that is taken too."""
_LEAST_LETTERS = 3
_MOST_SKELETONS = 8
_LETTERS = {
    "latin": r"A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "cyrillic": r"\u0400-\u052f",
    "han": r"\u3400-\u9fff\uf900-\ufaff",
}
# A word ends where the script changes: "Tesla公司".
_SPELLED = re.compile(
    "|".join(rf"[{letters}]+(?:['’][{letters}]+)*" for letters in _LETTERS.values())
    + rf"|(?:(?![{''.join(_LETTERS.values())}])[^\W\d_])+"
)
_JOINED = re.compile(r"[ -]")
_CASE_ENDING = re.compile(r"(?<=[а-яё]{3})(?:[оеы]м|[ое]й|ами|ах|[ауеыияю])$", re.IGNORECASE)

# How letters are read, roughly and in most languages; a small letter is a vowel.
_LATIN = (
    "shch:S sch:S tch:S dzh:S ch:S sh:S zh:S ts:S tz:S ph:V th:T kh:H gh:K ck:K qu:KV ng:N x:KS q:Q ce:Se ci:Si cy:Si c:K "
    "j:J ge:Ge gi:Gi gy:Gi b:P p:P d:T t:T g:K k:K f:V v:V w:W s:S z:S m:M n:N l:L r:R h:H "
    "ee:i ea:i ie:i oo:u ou:u ow:o ai:e ay:e ei:e ey:e au:o a:a e:e i:i o:o u:u y:i"
)
_PINYIN = (
    "zh:S ch:S sh:S ng:N b:P p:P f:V w:W d:T t:T g:K k:K h:H j:J q:S x:X z:S c:S s:S m:M n:N er:L l:L r:L "
    "ai:e ei:e ao:o ou:o ia:a ie:e iu:u ua:a uo:o ui:i a:a e:e i:i o:o u:u v:u y:i"
)
# What may be heard otherwise, or not at all.
_OTHERWISE = {"W": "V-", "H": "-K", "R": "L-", "G": "KS", "Q": "KS", "J": "SK", "X": "S-"}
_PLAINLY = str.maketrans({"W": "V", "H": "", "R": "L", "G": "K", "Q": "K", "J": "S", "X": "S"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in a text, from ``start`` to before ``end``."""

    start: int
    end: int
    written: str


def names_in(text: str, language: str) -> list[Name]:
    """What may be a name: words with a capital, and two of them in a row; in Chinese what its tagger takes for one."""
    found = [Name(start, start + len(name), name) for start, name in han_names(text)]
    stops = stop_words(language)
    before: Name | None = None
    for word in _spelled(text):
        if is_han(word.written[0]) or not word.written[0].isupper() or word.written.casefold() in stops:
            before = None
            continue
        if len(word.written) >= _LEAST_LETTERS:
            found.append(word)
        if before is not None and _JOINED.fullmatch(text[before.end : word.start]):
            found.append(Name(before.start, word.end, text[before.start : word.end]))
        before = word
    return found


def _spelled(text: str) -> Iterable[Name]:
    return (Name(word.start(), word.end(), word.group()) for word in _SPELLED.finditer(text))


@functools.lru_cache(maxsize=65_536)
def skeletons(name: str) -> tuple[str, ...]:
    """The consonants of a name, in every way they may be heard; none for a name too short to be told by them."""
    found = itertools.chain.from_iterable(_skeletons(_read(form)) for form in _forms(name))
    return tuple(dict.fromkeys(skeleton for skeleton in found if len(skeleton) > 1))


def alike(name: str, others: Iterable[str]) -> list[str]:
    """Those of other names, written in another script, that have a skeleton of this one and sound like it; best first."""
    script = script_of(name[0])
    heard = set(skeletons(name))
    own = [_plain(_read(form)) for form in _forms(name)]
    found: list[tuple[float, str]] = []
    for other in others:
        shared = max((len(skeleton) for skeleton in skeletons(other) if skeleton in heard), default=0)
        # Chinese writes the words of a foreign name in one.
        as_many_words = len(_JOINED.findall(name)) == len(_JOINED.findall(other))
        if not shared or script_of(other[0]) == script or not (as_many_words or "han" in (script, script_of(other[0]))):
            continue
        likeness = max(_ratio(one, _plain(_read(form))) for one in own for form in _forms(other))
        least = _ALIKE.get(shared, _LONG_ALIKE) + (_TAGGED if script_of(other[0]) == "han" else 0.0)
        if likeness >= least:
            found.append((-likeness, other))
    bound = min(found, default=(0.0, ""))[0] + _AS_GOOD
    return [other for unlikeness, other in sorted(found) if unlikeness <= bound]


def _forms(name: str) -> tuple[str, ...]:
    """A name, and without what may be the ending of a Russian case: "Теслой"."""
    return tuple(dict.fromkeys([name, _CASE_ENDING.sub("", name)]))


def _ratio(one: str, two: str) -> float:
    return difflib.SequenceMatcher(None, one, two, autojunk=False).ratio()


def _plain(read: str) -> str:
    return _once(read.translate(_PLAINLY))


def _skeletons(read: str) -> Iterable[str]:
    heard = [_OTHERWISE.get(letter, letter) for letter in read if letter.isupper()]
    for ways in itertools.islice(itertools.product(*heard), _MOST_SKELETONS):
        yield _once("".join(ways).replace("-", ""))


def _once(text: str) -> str:
    return "".join(letter for letter, _ in itertools.groupby(text))


@functools.lru_cache(maxsize=65_536)
def _read(name: str) -> str:
    if script_of(name[0]) == "han":
        from pypinyin import lazy_pinyin  # its dictionary takes a moment to load

        return "".join(_heard(syllable, _PINYIN) for syllable in lazy_pinyin(name))
    from anyascii import anyascii

    return _heard(anyascii(name).lower(), _LATIN)


def _heard(letters: str, table: str) -> str:
    readings, pattern = _reader(table)
    return "".join(readings[match.group()] for match in pattern.finditer(letters))


@functools.cache
def _reader(table: str) -> tuple[dict[str, str], re.Pattern[str]]:
    readings = dict(entry.split(":") for entry in table.split())
    return readings, re.compile("|".join(sorted(readings, key=len, reverse=True)))
