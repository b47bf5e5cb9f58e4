"""Dates, amounts and codes in one notation, whatever a text writes: "25 May 2018" is "2018年5月25日", "1.2 million" is "120万".

They are looked for beside the words they are written with, so a notation that is not known here costs nothing.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterator
from decimal import Decimal

from babel import Locale, UnknownLocaleError

_DAY, _YEAR = r"(?<![\d.])(\d{1,2})", r"((?:1[5-9]|20|21)\d{2})(?![\d])"
_YEAR_FIRST = re.compile(
    r"(?<![\d./-])((?:1[5-9]|20|21)\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:\s?日|(?![\d./-]))"
)
_DAY_FIRST = re.compile(rf"{_DAY}(?:\.|\s+tháng\s+)(\d{{1,2}})(?:\.|\s+năm\s+){_YEAR}")
_SCALES = {
    "万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4,
    "thousand": 10**3, "million": 10**6, "mln": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12,
    "тыс": 10**3, "тысяч": 10**3, "млн": 10**6, "миллион": 10**6, "млрд": 10**9, "миллиард": 10**9, "трлн": 10**12,
    "триллион": 10**12,
}  # fmt: skip
# Six groups are enough for any amount; without a bound a long row of figures would be walked through from each of them.
_AMOUNT = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[,\u00a0\u202f ]\d{3}){1,6}(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?)[\s-]?"
    rf"({'|'.join(sorted(_SCALES, key=len, reverse=True))})"
)
_GROUPED = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[,\u00a0\u202f ]\d{3}){1,6}(?![\d]|[.,]\d)|(?<![\d.,])\d{5,}(?![\d]|[.,]\d)"
)
_TARIFF = re.compile(r"(?<![\d.,])(\d{4})[. ](\d{2})(?:[. ]?(\d{2}))?(?:[. ]?(\d{2}))?(?![\d]|[.,]\d)")
_ORDINAL = re.compile(
    r"第(?=[一二三四五六七八九十百千])(?:([一二三四五六七八九]?)(千))?零?(?:([一二三四五六七八九]?)(百))?零?(?:([一二三四五六七八九]?)(十))?([一二三四五六七八九]?)(?=[条章节款项编篇届次])"
)
_YEAR_IN_HAN = re.compile(r"([一二三四五六七八九零〇]{4})(?=年)")
_HAN_DIGITS = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_CLAUSE = re.compile(
    r"(?:articles?|sections?|chapters?|clauses?|paragraphs?|annex|appendix|schedule|стать[яиюе]\w*|глав[аыеу]|пункт\w{0,2}|раздел\w{0,2}"
    r"|приложени\w{1,2}|artikel|artículo|artigo|articolo|artykuł)\s(\d+)(?![\d.,]*\d)|第(\d+)(?=[条章节款项编])"
)
_CLAUSES = re.compile(
    r"(?:articles?|sections?|chapters?|стать\w+|пункт\w*)\s(\d{1,4})\s?(?:-|–|—|to|and|,|и|по)\s?(?:article |стать\w+ )?(\d{1,4})"
    r"|第(\d{1,4})[条章节]?[至到、和—–-]第?(\d{1,4})[条章节]"
)
_MOST_CLAUSES = 200
"""Articles of the longest range that is opened up."""
_ITEM = re.compile(r"(?m)^\s*(\d{1,3})[.)、]")
# What stands short before a number, by language; the full stop may be missing.
_SHORT = {
    "en": {"arts?": "article", "secs?": "section", "paras?": "paragraph", "nos?|number": "no", "ch": "chapter"},
    "ru": {"стст|ст": "статья", "пп|п": "пункт", "чч|ч": "часть", "гл": "глава", "номер": "no"},
    "de": {"art": "artikel", "abs": "absatz", "nr": "no"},
    "fr": {"art": "article", "al": "alinéa", "n°": "no"},
    "es": {"arts?": "artículo", "n[úu]m": "no"},
}


def codes(folded: str, language: str) -> tuple[str, ...]:
    """The days, large numbers and tariff codes of a folded text, each in its one notation: "2018-05-25", "1200000", "854140"."""
    found = [day.isoformat() for day in _days(folded, language)]
    found += _numbers(folded)
    found += ("".join(filter(None, match.groups())) for match in _TARIFF.finditer(folded))
    return tuple(dict.fromkeys(found))


def written_out(folded: str, language: str) -> str:
    """A folded text with "ст. 15" written "статья 15", "第十五条" written "第15条", and the like."""
    short = _short(language)
    if short is not None:
        folded = short[0].sub(lambda match: f"{_full(match.group(1), short[1])} {match.group(2)}", folded)
    if "第" in folded:
        folded = _ORDINAL.sub(_ordinal, folded)
    if "年" in folded:
        folded = _YEAR_IN_HAN.sub(lambda match: "".join(str(_HAN_DIGITS[digit]) for digit in match.group(1)), folded)
    return folded


def clauses(folded: str, language: str) -> frozenset[str]:
    """The numbers of the articles, chapters and annexes that a folded text names."""
    return frozenset(
        number for match in _CLAUSE.finditer(written_out(folded, language)) for number in match.groups() if number
    )


def clauses_of(folded: str, language: str) -> frozenset[str]:
    """The numbers of the articles, chapters and annexes that a folded text is, or tells of; ranges opened up, list items counted."""
    written = written_out(folded, language)
    found = set(clauses(folded, language))
    for match in _CLAUSES.finditer(written):
        first, last = (int(number) for number in match.groups() if number)
        found.update(map(str, range(first, min(last, first + _MOST_CLAUSES) + 1)))
    found.update(_ITEM.findall(written))
    return frozenset(found)


def _days(folded: str, language: str) -> Iterator[dt.date]:
    written = [(year, month, day) for year, month, day in _YEAR_FIRST.findall(folded)]
    written += [(year, month, day) for day, month, year in _DAY_FIRST.findall(folded)]
    months = _months(language)
    if months is not None:
        day_first, month_first, numbers = months
        written += [(year, numbers[month], day) for day, month, year in day_first.findall(folded)]
        written += [(year, numbers[month], day) for month, day, year in month_first.findall(folded)]
    for year, month, day in written:
        try:
            yield dt.date(int(year), int(month), int(day))
        except ValueError:
            continue  # 31.02.2020 is a number of something else


@functools.cache
def _months(language: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, int]] | None:
    """Patterns for day, month, year and for month, day, year, and the numbers of the months' names; none where dates have
    no names of months."""
    try:
        named = Locale.parse(language).months["format"]  # forms that stand beside a day, as a genitive does
    except (UnknownLocaleError, ValueError):
        return None
    numbers = {
        str(name).casefold().rstrip("."): number
        for width in ("wide", "abbreviated")
        for number, name in named[width].items()
        if str(name)[0].isalpha()
    }
    if not numbers or any("\u3400" <= name[0] <= "\u9fff" for name in numbers):
        return None
    either = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    between = r"\.?,?\s+(?:de\s+)?"
    day_first = re.compile(rf"{_DAY}(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?({either}){between}{_YEAR}")
    month_first = re.compile(rf"\b({either})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}")
    return day_first, month_first, numbers


def _numbers(folded: str) -> Iterator[str]:
    for match in _AMOUNT.finditer(folded):
        figure = re.sub(r"[\u00a0\u202f ]|,(?=\d{3}(?:[,.\u00a0\u202f ]|$))", "", match.group(1)).replace(",", ".")
        amount = Decimal(figure) * _SCALES[match.group(2)]
        yield str(int(amount)) if amount == int(amount) else str(amount.normalize())
    for match in _GROUPED.finditer(folded):
        yield re.sub(r"\D", "", match.group())


@functools.cache
def _short(language: str) -> tuple[re.Pattern[str], dict[str, str]] | None:
    listed = _SHORT.get(language)
    return (re.compile(rf"(?<!\w)({'|'.join(listed)})\.?\s?(\d+)"), listed) if listed else None


def _full(short: str, listed: dict[str, str]) -> str:
    return next(full for pattern, full in listed.items() if re.fullmatch(pattern, short))


def _ordinal(match: re.Match[str]) -> str:
    *places, ones = match.groups()
    number = _HAN_DIGITS[ones] if ones else 0
    for value, digit, unit in zip((1000, 100, 10), places[::2], places[1::2], strict=True):
        number += value * _HAN_DIGITS[digit or "一"] * bool(unit)
    return f"第{number}"
