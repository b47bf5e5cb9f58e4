"""The dates of a text as year, quarter, month and day, whatever notation and language they are written in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is given; ``end`` is where it ends in its text. ``bound`` is ``from`` or ``until`` where that is said."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    bound: str | None = None

    @property
    def parts(self) -> tuple[int | None, int | None, int | None, int | None]:
        """What is given of it."""
        return self.year, self.month, self.day, self.quarter

    def holds(self, other: "Date") -> bool:
        """Whether this date says at least what the other says: 1 May 2026 holds May 2026."""
        return all(theirs is None or theirs == mine for mine, theirs in zip(self.parts, other.parts, strict=True))


_EN = "january february march april may june july august september october november december".split()
_RU = "январ феврал март апрел ма[йяею]\\b июн июл август сентябр октябр ноябр декабр".split()
_EN_MONTH = r"(?P<m>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)(?![a-z])"  # fmt: skip
_RU_MONTH = r"(?P<m>(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]*|ма[йяею]\b|маем\b)"
_YEAR = r"(?P<y>(?:19|20)\d{2})(?!\d)"
_RU_WORD = r"(?: ?(?:год[ауо]?м?|г)(?![а-я])\.?)?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "перв": 1, "втор": 2, "трет": 3, "четв": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}  # fmt: skip
_DAYS = r"(?P<d>\d{1,2})(?:st|nd|rd|th|-?го)?"
_TO_DAY = r"(?:\s?(?:-|–|—|to|and|и|по)\s?(?P<d2>\d{1,2})(?:st|nd|rd|th|-?го)?)?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<a>(?:19|20)\d{2})年?\s?[-–—至到]\s?(?P<b>(?:19|20)\d{2})年(?!\d)",
        r"(?<![\d/.-])(?P<y>(?:19|20)\d{2})(?:-|/|\.)(?P<m>\d{1,2})(?:-|/|\.)(?P<d>\d{1,2})(?![\d])",
        r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d{2})(?!\d)",
        rf"(?<![\d.,]){_DAYS}{_TO_DAY}(?: of)? {_EN_MONTH}(?:,? {_YEAR})?",
        rf"(?<![a-z]){_EN_MONTH} (?P<d>\d{{1,2}})(?!\d|[.,]\d)(?:st|nd|rd|th)?(?:\s?(?:-|–|to|and)\s?(?P<d2>\d{{1,2}})(?!\d))?(?:,? {_YEAR})?",
        rf"(?<![a-z]){_EN_MONTH}(?:,| of)? {_YEAR}",
        rf"(?<![\d.,]){_DAYS}{_TO_DAY} {_RU_MONTH}(?: {_YEAR}{_RU_WORD})?",
        rf"(?<![а-я]){_RU_MONTH} {_YEAR}{_RU_WORD}",
        r"(?P<y>(?:19|20)\d{2})年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})(?:日|号)?(?:\s?(?:-|–|—|至|到)\s?(?P<d2>\d{1,2})[日号])?)?)?(?!度?第?[1-4]季)",
        r"(?<!\d)(?P<m>1[0-2]|[1-9])月(?:(?P<d>\d{1,2})[日号]?(?:\s?(?:-|–|—|至|到)\s?(?P<d2>\d{1,2})[日号])?)?",
        rf"(?:\bq(?P<q>[1-4])|(?P<q2>[1-4])(?:st|nd|rd|th)? quarter|(?P<qw>first|second|third|fourth) quarter)(?:,? (?:of )?{_YEAR})?",
        r"(?P<y>(?:19|20)\d{2}),? q(?P<q>[1-4])\b",
        rf"(?:(?P<q>[1-4])(?:-?[а-я]{{1,3}})?|(?P<qw>iv|i{{1,3}}|перв|втор|трет|четв)[а-я]*) квартал[а-я]*(?: {_YEAR})?",
        r"(?:(?P<y>(?:19|20)\d{2})年)?度?第?(?P<q>[1-4])季度?",
        r"(?<![a-z])(?P<m>january|february|march|april|june|july|august|september|october|november|december)(?![a-z])",
        r"(?<![а-я])(?P<m>январ[яье]|феврал[яье]|март[ае]|апрел[яье]|июн[яье]|июл[яье]|август[ае]|сентябр[яье]|октябр[яье]|ноябр[яье]|декабр[яье])(?![а-я])",
    )
)  # fmt: skip
_PLAIN_YEAR = re.compile(
    r"(?<![\d.,/№$€£¥+-])(?<!no\. )(?<!№ )(?:(?P<a>(?:19|20)\d{2})\s?[-–—]\s?(?P<b>(?:19|20)\d{2})|(?P<y>(?:19|20)\d{2}))(?!\d|[.,/]\d|\s?(?:%|percent|процент"
    r"|usd|eur|rmb|yuan|元|万|亿|млн|млрд|million|billion|tonnes?|тонн|吨|mw|мвт|kw|km|км|公里|家|人|个|项|号))(?: (?:год[ауо]?м?|г)(?![а-я])\.?)?"
)  # fmt: skip
_FROM = re.compile(
    r"(?:\bfrom|\bsince|\bafter|\bas of|\bstarting|\bbeginning|\beffective|\bon or after|\bс|\bсо|\bначиная с|\bпосле|自|从|起自)\s*(?:the )?$"
)
_UNTIL = re.compile(
    r"(?:\bby|\buntil|\btill|\bbefore|\bno later than|\bon or before|\bup to|\bthrough|\bend of|\bк|\bдо|\bпо|\bне позднее|截至|截止|不晚于|至|到|于)\s*(?:the )?(?:end of |конца )?$"
)
_FROM_AFTER = re.compile(r"(?:日|月|年)?(?:\(?含?\)?)?(?:起|以后|之后|后)")
_UNTIL_AFTER = re.compile(r"(?:日|月|年)?(?:前|以前|之前|底前|止|为止)")


def dates(text: str) -> list[Date]:
    """The dates of a folded text whose number words are digits, in order."""
    found: list[Date] = []
    taken = [False] * len(text)
    for pattern in (*_PATTERNS, _PLAIN_YEAR):
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            made = list(_made(text, match))
            if made:
                found += made
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    return sorted(found, key=lambda date: (date.start, date.parts[2] or 0))


def _made(text: str, match: re.Match[str]) -> Iterator[Date]:
    groups = match.groupdict()
    if groups.get("a"):
        for name in ("a", "b"):
            yield Date(match.start(), match.end(), year=int(groups[name]), bound="from" if name == "a" else "until")
        return
    year = int(groups["y"]) if groups.get("y") else None
    month = _month(groups["m"]) if groups.get("m") else None
    quarter = next((_quarter(groups[name]) for name in ("q", "q2", "qw") if groups.get(name)), None)
    bound = _bound(text, match)
    for name in ("d", "d2"):
        day = int(groups[name]) if groups.get(name) else None
        if (day is not None and not 1 <= day <= 31) or (month is not None and not 1 <= month <= 12):
            return
        if day is not None or name == "d":
            yield Date(match.start(), match.end(), year, month, day, quarter, bound if not groups.get("d2") else None)


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    for number, name in enumerate(_EN, start=1):
        if written[:3] == name[:3]:
            return number
    return next((number for number, stem in enumerate(_RU, start=1) if re.match(stem, written)), 5)


def _quarter(written: str) -> int:
    return int(written) if written.isdigit() else _ORDINALS[written]


def _bound(text: str, match: re.Match[str]) -> str | None:
    before = text[max(0, match.start() - 24) : match.start()]
    if _FROM_AFTER.match(text, match.end()) or _FROM.search(before):
        return "from"
    if _UNTIL_AFTER.match(text, match.end()) or _UNTIL.search(before):
        return "until"
    return None
