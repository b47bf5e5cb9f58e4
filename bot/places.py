"""Where a text names countries and regions, in order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.ellipsis import REGION
from retrieval import countries_in, countries_of_adjectives, country_names, fold

_HAN = "\u3400-\u9fff"
UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:['’-][^\W_{_HAN}]+)*")
"""A word, or a Chinese character."""
_READ = 400
"""Characters of a text that are looked through."""
_LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A country or region by the place of its name in a text."""

    start: int
    end: int
    code: str


def places_in(text: str, language: str) -> list[Named]:
    """Countries and regions in the order of a text. A country's adjective counts only where no country is named."""
    named = _named(text, language, adjectives=False) or _named(text, language, adjectives=True)
    return [place for place in named if place.code != "CN"] or named


def _named(text: str, language: str, *, adjectives: bool) -> list[Named]:
    units = [match.span() for match in UNIT.finditer(text[:_READ])]
    found: list[Named] = []
    position = 0
    while position < len(units):
        length, code = _name_at(text, units[position : position + _LONGEST_NAME], language, adjectives=adjectives)
        if code:
            found.append(Named(units[position][0], units[position + length - 1][1], code))
        position += max(1, length)
    return found


def _name_at(text: str, units: Sequence[tuple[int, int]], language: str, *, adjectives: bool) -> tuple[int, str]:
    """How many words or signs a name that begins here has, and which country it is; 0 and nothing if none does."""
    start = units[0][0]
    if region := REGION.match(text, start):
        return sum(unit[1] <= region.end() for unit in units), region.group().upper()

    def codes_to(length: int) -> frozenset[str]:
        window = text[start : units[length - 1][1]]
        return countries_in(window, language) or (
            countries_of_adjectives(window, language) if adjectives else frozenset()
        )

    for shortest in range(1, len(units) + 1):
        length, codes = shortest, codes_to(shortest)
        if not codes:
            continue
        # A name may begin with that of another country: 印度 and 印度尼西亚.
        for longer in range(shortest + 1, len(units) + 1):
            other = codes_to(longer)
            if other and not other & codes:
                length, codes = longer, other
        code = min(codes)
        if language == "zh" and text[units[length - 1][1] :].startswith("国") and length < len(units):
            return length + 1, code
        for whole in country_names([code], language):
            count = sum(unit[1] <= start + len(whole) for unit in units)
            if count and fold(text[start : start + len(whole)]) == fold(whole):
                return count, code
        tail = text[units[1][0] : units[length - 1][1]] if length > 1 else ""
        inside = countries_in(tail, language) or (countries_of_adjectives(tail, language) if adjectives else None)
        return (0, "") if tail and inside else (length, code)
    return 0, ""


def says_who(text: str, place: Named, language: str) -> bool:
    """Whether a country is said of persons or firms, or China of the other side: not where something is asked of."""
    before, after = text[: place.start], text[place.end :]
    if _PERSONS_AFTER[language].match(after) or _PERSONS_BEFORE[language].search(before):
        return True
    return place.code == "CN" and _OTHER_SIDE[language].search(before) is not None


_PERSONS = {
    "en": r"(?:citizen|national|compan(?:y|ie)|firm|enterprise|investor|exporter|contractor|worker|manufacturer|supplier)s?",
    "zh": r"(?:公民|国民|居民|企业(?!所得)|公司|投资者|投资人|出口商|承包商|员工)",
    "ru": r"(?:граждан|компани|фирм|предприяти|инвестор|экспорт[её]р|подрядчик|работник|поставщик)[а-яё]*",
}
_PERSONS_AFTER = {
    "en": re.compile(rf"\s+{_PERSONS['en']}\b", re.IGNORECASE),
    "zh": re.compile(rf"籍?的?{_PERSONS['zh']}"),
    "ru": re.compile(rf"\s+{_PERSONS['ru']}\b", re.IGNORECASE),
}
_PERSONS_BEFORE = {
    "en": re.compile(rf"\b{_PERSONS['en']} (?:of|from) $", re.IGNORECASE),
    "zh": re.compile(r"(?!)"),
    "ru": re.compile(rf"\b{_PERSONS['ru']} (?:из )?$", re.IGNORECASE),
}
_OTHER_SIDE = {
    "en": re.compile(r"\b(?:with|from|to) $", re.IGNORECASE),
    "zh": re.compile(r"[与跟同和从对向]$"),
    "ru": re.compile(r"\b(?:с|со|из|к) $", re.IGNORECASE),
}


def blanked(text: str, places: Sequence[Named]) -> str:
    """The text with spaces where the names stand."""
    for place in places:
        text = text[: place.start] + " " * (place.end - place.start) + text[place.end :]
    return text
