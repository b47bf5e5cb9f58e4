"""Numbers written as words, in digits: "thirty-five days", "трёх месяцев", "第十五条", "百分之十六"."""

import re
from collections.abc import Callable

_EN_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen").split()  # fmt: skip
_EN = {word: value for value, word in enumerate(_EN_ONES)} | {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_EN_WORDS = "|".join(sorted(_EN, key=len, reverse=True))
_EN_RUN = re.compile(rf"\b(?:{_EN_WORDS})(?:[- ](?:{_EN_WORDS}))*(?: hundred)?\b")
_ONE_COUNTS = re.compile(
    r"[- ](?:(?:working|business|calendar)[- ])?(?:day|week|month|year|hour|percent|per cent|million|billion|thousand|hundred|tonne|third|half)"
)

_RU_FORMS = (
    (0, "ноль нуля"), (1, "один одна одно одного одной одному одним"), (2, "два две двух двум двумя"), (3, "три трех трем тремя"),
    (4, "четыре четырех четырем четырьмя"), (5, "пять пяти пятью"), (6, "шесть шести шестью"), (7, "семь семи семью"),
    (8, "восемь восьми восемью"), (9, "девять девяти девятью"), (10, "десять десяти десятью"), (11, "одиннадцать одиннадцати"),
    (12, "двенадцать двенадцати"), (13, "тринадцать тринадцати"), (14, "четырнадцать четырнадцати"), (15, "пятнадцать пятнадцати"),
    (16, "шестнадцать шестнадцати"), (17, "семнадцать семнадцати"), (18, "восемнадцать восемнадцати"), (19, "девятнадцать девятнадцати"),
    (20, "двадцать двадцати"), (30, "тридцать тридцати"), (40, "сорок сорока"), (50, "пятьдесят пятидесяти"),
    (60, "шестьдесят шестидесяти"), (70, "семьдесят семидесяти"), (80, "восемьдесят восьмидесяти"), (90, "девяносто девяноста"),
    (100, "сто ста"), (200, "двести двухсот"), (300, "триста трехсот"), (400, "четыреста четырехсот"), (500, "пятьсот пятисот"),
)  # fmt: skip
_RU = {form: value for value, forms in _RU_FORMS for form in forms.split()}
_RU_WORDS = "|".join(sorted(_RU, key=len, reverse=True))
_RU_RUN = re.compile(rf"\b(?:{_RU_WORDS})(?: (?:{_RU_WORDS}))*\b")
_RU_ONE_COUNTS = re.compile(
    r" (?:(?:рабоч|календарн)\w+ )?(?:дн|день|недел|месяц|год|час|процент|миллион|миллиард|млн|тысяч)"
)
_RU_COMPOUND = re.compile(rf"\b({_RU_WORDS})-?(?=дневн|летн|месячн|процентн|кратн|часов|недельн|годичн)")

_ZH_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_ZH_TENS = {"十": 10, "百": 100, "千": 1000}
_ZH_RUN = "零〇○一二两三四五六七八九十百千"
_ZH_MEASURE = (
    "个项条种类年月日天周倍成分%季万亿名人家级章节款部份次批届期元吨公小国省市县大方步岁号点座台套件位处所半兆吉度英平"
)
_ZH_COUNT = re.compile(rf"[{_ZH_RUN}]+(?=[{_ZH_MEASURE}])")
_ZH_ONE_COUNTS = re.compile(r"年|月|日|天|周|倍|季度|半|小时|个月|个工作日|万|亿|成|百|千")


_SHARES = tuple(
    (re.compile(pattern), share)
    for pattern, share in (
        (r"\b(?:three[- ]quarters|3/4)(?= of\b)", "75%"),
        (r"\btwo[- ]thirds(?= of\b)", "66.67%"),
        (r"\b(?:a|one)[- ]third(?= of\b)", "33.33%"),
        (r"\b(?:a|one)[- ]quarter(?= of (?!\d|an? ))", "25%"),
        (
            r"(?<!first )(?<!second )\b(?:one |a )?half(?= of (?!\d|an? )| the\b| its\b)|(?<=\bby )(?:one )?half\b",
            "50%",
        ),
        (r"\bтри четверти\b", "75%"),
        (r"\bдве трети\b", "66.67%"),
        (r"\bтреть\b", "33.33%"),
        (r"\bчетверть\b", "25%"),
        (r"(?<!перв[аоу][яй] )(?<!втор[аоу][яй] )\bполовин[аеуы]\b(?! (?:года|месяца|20\d\d))|(?<=\bв)двое\b", "50%"),
        (r"\bполтор[аы]\b|\bполутора\b", "1.5"),
        (r"一半|半数", "50%"),
    )
)
"""Shares in words."""
_ZH_SHARE = re.compile(rf"([二三四五六七八九十]|[2-9])分之([{_ZH_RUN}]|\d)")


def _share(match: re.Match[str]) -> str:
    parts = [int(part) if part.isdigit() and part.isascii() else _zh_integer(part) for part in match.groups()]
    return f"{100 * parts[1] / parts[0]:.4g}%" if parts[0] else match.group()


def in_digits(folded: str) -> str:
    """A folded text with its number words in digits, whatever language they are in; shares are percent."""
    text = folded
    for pattern, share in _SHARES:
        text = pattern.sub(share, text)
    text = _ZH_SHARE.sub(_share, text)
    if any("\u4e00" <= sign <= "\u9fff" for sign in text):
        text = _chinese(text)
    if any("а" <= sign <= "я" for sign in text):
        text = _RU_COMPOUND.sub(lambda m: f"{_RU[m.group(1)]}-", text)
        text = _RU_RUN.sub(_counting(_russian, text, _RU_ONE_COUNTS), text)
    return _EN_RUN.sub(_counting(_english, text, _ONE_COUNTS), text)


def _counting(
    parse: Callable[[str], int | None], text: str, one_counts: re.Pattern[str]
) -> Callable[[re.Match[str]], str]:
    """ "One" is a number before a unit only; elsewhere it is a pronoun."""

    def replaced(match: re.Match[str]) -> str:
        value = parse(match.group())
        if value is None or (value == 1 and not one_counts.match(text, match.end())):
            return match.group()
        return str(value)

    return replaced


def _english(run: str) -> int | None:
    total, previous = 0, 1_000
    for word in re.split(r"[- ]", run.removesuffix(" hundred")):
        value = _EN[word]
        if not (value < 10 and previous >= 20) and previous != 1_000:
            return None  # "two three": no number
        total, previous = total + value, value
    return total * 100 if run.endswith(" hundred") else total


def _russian(run: str) -> int | None:
    total, previous = 0, 10_000
    for word in run.split():
        value = _RU[word]
        if value >= previous or (previous < 20 and previous != 10_000):
            return None
        total, previous = total + value, value
    return total


def _chinese(text: str) -> str:
    text = re.sub(rf"百分之([{_ZH_RUN}]+(?:点[{_ZH_RUN}]+)?)", lambda m: f"{_zh_decimal(m.group(1))}%", text)
    text = re.sub(r"百分之(\d+(?:\.\d+)?)", r"\1%", text)
    text = re.sub(
        r"(?<!\d)([二一])([〇零○一二三四五六七八九]{3})(?=年)",
        lambda m: "".join(str(_ZH_DIGITS[s]) for s in m.group()),
        text,
    )
    text = re.sub(rf"第([{_ZH_RUN}]+)", lambda m: f"第{_zh_integer(m.group(1))}", text)
    text = re.sub(rf"([{_ZH_RUN}]+)成(?=[以左的,,。;;]|$)", lambda m: f"{_zh_integer(m.group(1)) * 10}%", text)

    def count(match: re.Match[str]) -> str:
        run = match.group()
        if run in {"一", "千", "百", "十"} and not (run in {"一", "十"} and _ZH_ONE_COUNTS.match(text, match.end())):
            return run
        if run[0] in "百千" or (
            run.endswith("一") and len(run) > 1 and run[-2] not in _ZH_TENS and run[-2] not in "零〇"
        ):
            return run
        return str(_zh_integer(run))

    return _ZH_COUNT.sub(count, text)


def _zh_decimal(run: str) -> str:
    whole, _, rest = run.partition("点")
    return str(_zh_integer(whole)) + ("." + "".join(str(_ZH_DIGITS.get(sign, 0)) for sign in rest) if rest else "")


def _zh_integer(run: str) -> int:
    if not any(sign in _ZH_TENS for sign in run):
        return int("".join(str(_ZH_DIGITS[sign]) for sign in run))
    total = current = 0
    for sign in run:
        if sign in _ZH_TENS:
            total += (current or 1) * _ZH_TENS[sign]
            current = 0
        else:
            current = _ZH_DIGITS[sign]
    return total + current
