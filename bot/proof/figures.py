"""The figures of a text with their units and bounds, in one notation: "USD 300 million", "3亿美元", "300 млн долл."."""

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a folded text. ``value`` is in the base of its unit (kilograms, months, watts …)."""

    start: int
    end: int
    value: Decimal
    unit: str | None
    """The dimension with its base: ``percent``, ``day``, ``working_day``, ``month``, ``money:usd`` …; None for a bare count."""
    bound: str | None = None
    """``max``, ``min``, ``above``, ``below`` or ``about``, where the text says so."""


_UNITS: tuple[tuple[str, str, str], ...] = (
    (r"percentage points?|п\. ?п\.|процентн\w+ пункт\w*|个百分点", "points", "1"),
    (r"%|percent\b|per cent\b|процент\w*|个?百分比", "percent", "1"),
    (r"(?:working|business)[- ]days?\b|рабоч\w+ д(?:ень|ня|ней|ням)|个?工作日", "working_day", "1"),
    (r"(?:calendar[- ])?days?\b|(?:календарн\w+ )?д(?:ень|ня|ней|ням|нях)\b|дневн\w+|сут\w+|个?自然日|天|日(?!本|元)", "day", "1"),
    (r"weeks?\b|недел\w+|周|个?星期", "day", "7"),
    (r"months?\b|месяц\w*|месячн\w+|мес\.?(?!\w)|个?月(?!\d)", "month", "1"),
    (r"years?\b|(?:год|года|лет|году|годам|летн\w+|годичн\w+)\b|年", "month", "12"),
    (r"hours?\b|час(?:а|ов|ам)?\b|часов\w*|个?小时", "hour", "1"),
    (r"minutes?\b|минут\w*|分钟", "hour", "0.016666666667"),
    (r"us dollars?\b|u\.s\. dollars?\b|dollars?\b|usd\b|us\$|\$|долл\w*\.?(?: сша)?|美元|美金", "money:usd", "1"),
    (r"euros?\b|eur\b|€|евро\b|欧元", "money:eur", "1"),
    (r"yuan\b|renminbi\b|rmb\b|cny\b|юан\w+|元人民币|人民币|元|¥", "money:cny", "1"),
    (r"pounds? sterling|gbp\b|£|英镑|фунт\w+ стерлингов", "money:gbp", "1"),
    (r"rou?bles?\b|rub\b|руб(?:л\w+|\.)?(?!\w)|卢布", "money:rub", "1"),
    (r"tenge\b|kzt\b|тенге\b|坚戈", "money:kzt", "1"),
    (r"so?u?ms?\b|uzs\b|сум(?:ов|а|ы)?\b|苏姆", "money:uzs", "1"),
    (r"rupiahs?\b|idr\b|印尼盾|印尼卢比", "money:idr", "1"),
    (r"rupees?\b|pkr\b|inr\b|рупи\w+|卢比", "money:rupee", "1"),
    (r"dong\b|vnd\b|донг\w*|越南盾", "money:vnd", "1"),
    (r"shillings?\b|kes\b|шиллинг\w*|先令", "money:shilling", "1"),
    (r"riyals?\b|sar\b|риял\w*|里亚尔", "money:riyal", "1"),
    (r"dirhams?\b|aed\b|дирхам\w*|迪拉姆", "money:aed", "1"),
    (r"dinars?\b|rsd\b|динар\w*|第纳尔", "money:dinar", "1"),
    (r"forints?\b|huf\b|форинт\w*|福林", "money:huf", "1"),
    (r"egyptian pounds?\b|egp\b|египетск\w+ фунт\w*|埃镑|埃及镑", "money:egp", "1"),
    (r"kips?\b|lak\b|кип\w*|基普", "money:lak", "1"),
    (r"crowns?\b|крон\w*|克朗", "money:crown", "1"),
    (r"(?:metric )?tonnes?\b|(?:metric )?tons?\b|тонн\w*|吨", "kilogram", "1000"),
    (r"kilograms?\b|kilos?\b|kg\b|килограмм\w*|кг\b|公斤|千克", "kilogram", "1"),
    (r"square kilomet(?:re|er)s?\b|sq\.? ?km\b|km2|кв\. ?км|квадратн\w+ километр\w*|平方公里", "square_metre", "1000000"),
    (r"hectares?\b|ha\b|гектар\w*|га\b|公顷", "square_metre", "10000"),
    (r"square met(?:re|er)s?\b|sq\.? ?m\b|m2|кв\. ?м\b|квадратн\w+ метр\w*|平方米", "square_metre", "1"),
    (r"cubic met(?:re|er)s?\b|m3|куб\. ?м\b|кубическ\w+ метр\w*|кубометр\w*|立方米", "cubic_metre", "1"),
    (r"亩", "mu", "1"),
    (r"kilomet(?:re|er)s?\b|km\b|километр\w*|км\b|公里|千米", "metre", "1000"),
    (r"met(?:re|er)s?\b|m\b|метр(?:а|ов)?\b|米", "metre", "1"),
    (r"kilowatt[- ]hours?\b|kwh\b|квт[·-]?ч|千瓦时", "watt_hour", "1000"),
    (r"megawatt[- ]hours?\b|mwh\b|мвт[·-]?ч|兆瓦时", "watt_hour", "1000000"),
    (r"gigawatt[- ]hours?\b|gwh\b|гвт[·-]?ч|吉瓦时", "watt_hour", "1000000000"),
    (r"terawatt[- ]hours?\b|twh\b|твт[·-]?ч|太瓦时", "watt_hour", "1000000000000"),
    (r"kilowatts?\b|kw\b|квт\b|киловатт\w*|千瓦", "watt", "1000"),
    (r"megawatts?\b|mw\b|мвт\b|мегаватт\w*|兆瓦", "watt", "1000000"),
    (r"gigawatts?\b|gw\b|гвт\b|гигаватт\w*|吉瓦", "watt", "1000000000"),
    (r"°c|degrees? celsius|градус\w*(?: цельсия)?|摄氏度|度", "degree", "1"),
    (r"times\b|fold\b|раза?\b|кратн\w+|倍", "times", "1"),
)  # fmt: skip
_UNIT = re.compile("|".join(f"(?P<u{number}>{pattern})" for number, (pattern, _, _) in enumerate(_UNITS)))
_SCALES = {
    "hundred": 2, "сот": 2, "thousand": 3, "тыс": 3, "million": 6, "mln": 6, "mn": 6, "млн": 6, "милл": 6, "billion": 9, "bn": 9,
    "млрд": 9, "миллиард": 9, "trillion": 12, "tn": 12, "трлн": 12, "трилл": 12,
}  # fmt: skip
_SCALE = re.compile(
    r"[ -]?(?:(?P<word>hundred|thousand|million|mln|billion|bn|mn|trillion|tn|тыс\w*|миллиард\w*|миллион\w*|млн|млрд|трлн|триллион\w*)\b\.?"
    r"|[多余]?(?P<han>[十百千万亿]+(?![瓦克米]))[多余]?)"
)
_NUMBER = re.compile(
    r"(?<![\w.,])[-−]?(?:\d{1,3}(?:[, ’']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)(?![\w]*\d)|\d+(?:[.,]\d+)*"
)
_CURRENCY_BEFORE = re.compile(
    r"(?<![a-zа-я])(us\$|hk\$|\$|€|£|¥|usd|eur|rmb|cny|gbp|rub|kzt|uzs|idr|vnd|kes|sar|aed|egp|pkr|huf|rsd|人民币|долл\. ?|"
    r"us dollars? )\s*$"
)
_BETWEEN = r"(?:\s|the|an?|of|чем|за|на|в|срок|течение|usd|us\$|\$|€|¥|rmb|eur|人民币|about|около|sum|amount|сумму|value|period|или)*$"
_BEFORE = tuple(
    (bound, re.compile(rf"(?:{pattern}){_BETWEEN}"))
    for bound, pattern in (
        ("max", r"\bno(?:t)? (?:more|greater|later|longer|higher|larger) than|\bnot? (?:to )?(?:exceed(?:ing)?|over|above)|\bat (?:the )?most|\bup to|\bmaximum(?: of| is)?"
                r"|\bwithin|не (?:более|больше|позднее|позже|выше|свыше)|не (?:может |должн\w+ )?превыша\w+|\bдо|максимум|в пределах|不(?:得|能|应|可|会)?(?:超过|高于|多于|晚于|大于)"
                r"|至多|最多|最长|最高|不超"),
        ("min", r"\bno(?:t)? (?:less|fewer|lower|earlier|sooner|shorter|smaller) than|\bnot below|\bat least|\bminimum(?: of| is)?|не (?:менее|меньше|ниже|ранее|раньше)"
                r"|\bминимум|по меньшей мере|как минимум|不(?:得|能|应|可)?(?:少于|低于|小于|早于)|至少|最少|最低|不少于"),
        ("above", r"\b(?:more|greater|higher|longer|larger) than|\bover|\babove|\bexceed(?:s|ing|ed)?|\bbeyond|(?<!не )(?:более|больше|свыше|выше|превыша\w+|сверх)|(?<!不)(?<!得)超过|超出|高于|大于|逾|多于"),
        ("below", r"\b(?:less|fewer|lower|shorter|smaller) than|\bunder|\bbelow|(?<!не )(?:менее|меньше|ниже)|(?<!不)(?<!得)(?:低于|少于|小于)|不足|不满|未满|不到"),
        ("about", r"\babout|\baround|\bapproximately|\broughly|\bnearly|\balmost|\bcirca|\bоколо|\bпримерно|\bприблизительно|\bпочти|约|大约|近|将近"),
    )
)  # fmt: skip
_AFTER = tuple(
    (bound, re.compile(pattern))
    for bound, pattern in (
        ("max", r"\s?(?:以内|之内|及以下|\(含\)以下|内(?!部|地|容|蒙|资)|or (?:less|fewer|below)|и (?:менее|меньше)|at (?:the )?most|maximum)"),
        ("min", r"\s?(?:以上|及以上|\(含\)以上|or (?:more|above|over|longer)|and (?:above|over|more)|и (?:более|больше|выше)|at least|minimum)"),
        ("below", r"\s?以下"),
        ("about", r"\s?左右"),
    )
)  # fmt: skip

_IN = re.compile(r"(?:\b(?:in|for|на срок|в течение)\s+)?$")
_REACH = 42
"""Characters before a figure in which its bound stands."""


def figures(text: str, language: str) -> list[Figure]:
    """The figures of a folded text whose dates and codes are masked and whose number words are digits."""
    found = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        value = _value(match.group(), language)
        if value is None:
            continue
        unit, factor = None, Decimal(1)
        scale = _SCALE.match(text, end)
        if scale is not None:
            value *= _power(scale)
            end = scale.end()
        before = _CURRENCY_BEFORE.search(text, max(0, start - 12), start)
        space = re.compile(r"[ -]{0,2}").match(text, end)
        assert space is not None
        after = _UNIT.match(text, space.end())
        if before is not None:
            unit, factor = _unit_of(before.group(1).strip())
            start = before.start()
        if after is not None and not (before is not None and not after.group().strip()):
            own, own_factor = _unit_of_match(after)
            if before is None or own.startswith("money:"):
                unit, factor = (own, own_factor) if before is None else (unit, factor)
                end = after.end()
        found.append(Figure(start, end, (value * factor).normalize(), unit, _bound(text, start, end)))
    return found


def _value(written: str, language: str) -> Decimal | None:
    sign = -1 if written[0] in "-−" else 1
    digits = written.lstrip("-−")
    digits = re.sub(r"[ ’'](?=\d{3})", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits) and not (
        language == "ru" and digits.count(",") == 1 and "." not in digits
    ):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", digits):
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        return None  # a section number, kept as a code
    return sign * Decimal(digits)


def _power(scale: re.Match[str]) -> Decimal:
    if scale.group("han"):
        power = sum({"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}[sign] for sign in scale.group("han"))
        return Decimal(10) ** power
    word = scale.group("word")
    return Decimal(10) ** next(
        power for name, power in sorted(_SCALES.items(), key=lambda i: -len(i[0])) if word.startswith(name)
    )


def _unit_of(written: str) -> tuple[str, Decimal]:
    match = _UNIT.match(written)
    if match is None:
        return f"money:{written}", Decimal(1)
    return _unit_of_match(match)


def _unit_of_match(match: re.Match[str]) -> tuple[str, Decimal]:
    assert match.lastgroup is not None
    _, unit, factor = _UNITS[int(match.lastgroup[1:])]
    return unit, Decimal(factor)


def _bound(text: str, start: int, end: int) -> str | None:
    before = text[max(0, start - _REACH) : start]
    for bound, pattern in _AFTER:
        if pattern.match(text, end):
            return bound
    for bound, pattern in _BEFORE:
        if pattern.search(before):
            return bound
    return None


def bound_words(text: str, figure: Figure) -> list[tuple[int, int]]:
    """Where the words stand that make a figure of a folded text a bound: "at least", "以上"."""
    if figure.bound is None:
        return []
    behind = [
        match.span()
        for bound, pattern in _AFTER
        if bound == figure.bound and (match := pattern.match(text, figure.end))
    ]
    if behind:
        return behind
    begin = max(0, figure.start - _REACH)
    ahead = text[begin : figure.start]
    return [
        (begin + _IN.search(ahead, 0, match.start()).start(), figure.start)  # type: ignore[union-attr]
        for bound, pattern in _BEFORE
        if bound == figure.bound and (match := pattern.search(ahead))
    ]


def unit_is_named(unit: str, text: str) -> bool:
    """Whether a folded text names a unit, as the label of a column does for its cells."""
    names = {
        "percent": ("%", "percent", "per cent", "процент", "比例", "税率"),
        "day": ("day", "дн", "日", "天"),
        "working_day": ("working day", "рабоч", "工作日"),
        "month": ("year", "month", "год", "лет", "месяц", "年", "月"),
    }.get(unit, ())
    if unit.startswith("money:"):
        names = {"money:usd": ("usd", "dollar", "$", "美元", "долл"), "money:eur": ("eur", "€", "欧元", "евро"), "money:cny": ("元", "rmb", "cny", "yuan", "юан")}.get(unit, (unit[6:],))  # fmt: skip
    elif not names:
        names = {"kilogram": ("tonne", "ton", "kg", "吨", "тонн", "кг"), "watt": ("mw", "gw", "kw", "мвт", "гвт", "квт", "瓦"), "watt_hour": ("wh", "вт", "瓦时"), "metre": ("km", "metre", "км", "公里", "米")}.get(unit, ())  # fmt: skip
    return any(name in text for name in names)


def is_unit(word: str) -> bool:
    """Whether a folded word is a unit, as MW is, and no name."""
    return _UNIT.fullmatch(word) is not None
