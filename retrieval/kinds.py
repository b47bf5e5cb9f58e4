"""The kind of thing that a question asks for, and whether a text holds something of the kind."""

import re
from collections.abc import Sequence
from enum import StrEnum


class Asked(StrEnum):
    """The kind of thing that answers, as far as the question's words tell."""

    MONEY = "money"
    DURATION = "duration"
    FIGURE = "figure"
    TIME = "time"
    WHO = "who"
    PLACE = "place"
    LIST = "list"
    STEPS = "steps"
    ANY = "any"


_ASKED: Sequence[tuple[Asked, str]] = (
    (Asked.STEPS, r"\bwhat steps|which steps|\bhow (?:do|can|does|should|to)\b|procedure for|在?哪些步骤|哪些程序|什么程序|流程|如何办理|怎么办理"
                  r"|怎样办理|какие шаги|каков порядок|как (?:получить|оформить|подать|зарегистрировать)"),
    (Asked.MONEY, r"\bhow much (?:does|do|did|will|would|must|should)\b.*\b(?:costs?|pay|paid|charged?|spend|spent)\b|\bwhat (?:is|are|was|were) (?:the )?(?:\w+ ){0,3}"
                  r"(?:price|fees?|salary|wage|cost|costs|charge)\b|多少钱|(?:费用?|价格?|价|工资|薪水|造价|成本)(?:大约|约)?(?:是|为)?多少(?!倍|个百分点)"
                  r"|сколько (?:\w+ ){0,3}(?:сто[ия]|плат|заплат|обойд)\w*|как(?:ова|ая) (?:\w+ ){0,3}(?:цена|стоимость|плата)\b"),
    (Asked.DURATION, r"\bhow long (?:does|do|did|will|would|must|may|can|should)\b|\bhow many (?:days|weeks|months|years)\b|多长时间|多久|几[天年]|多少[天年]"
                     r"|как долго|сколько (?:времени|дней|недель|месяцев|лет)|в какой срок|за какой срок"),
    (Asked.FIGURE, r"\bhow (?:much|many|large|big|high|long|far|old|often|tall|deep)\b|what (?:percentage|percent|share|proportion|number|rate|amount"
                   r"|price|tax|population|area|length|value)|\bwhat (?:is|was|are|were) the (?:\w+ ){0,3}(?:rate|share|number|amount|price|balance"
                   r"|population|gdp|threshold|percentage|value|size|area|height|length|total|capital requirement)\b|多少|多大|多高|多长|多久|百分之|几[个种项年月日天人家条次成]"
                   r"|比例|占比|сколько|как долго|каков[аоы]? (?:\w+ ){0,2}(?:доля|ставка|сумма|цена|площадь|численность|размер|объём|объем|порог|срок)"
                   r"|какой процент|какая доля|какова доля"),
    (Asked.TIME, r"\bwhen\b|what (?:year|date|day|month|time)|which (?:year|date|day|month)|since when|by when|deadline|from what date|截止日期|什么时候|何时|哪一?年|哪一?天|哪[个一]?月|几月|几号"
                 r"|什么时间|когда|в каком году|какого числа|с как(?:ого|ой даты)|до как(?:ого|ой даты)"),
    (Asked.WHO, r"\bwho(?:se|m)?\b|which (?:company|body|bodies|agency|authority|ministry|person|organi[sz]ation)|谁|哪家|哪个部门|哪些部门|哪些机构|何人|哪位|哪个公司"
                r"|кто|кем|кому|какой орган|какая компания|какое ведомство"),
    (Asked.PLACE, r"\bwhere\b|\b(?:which|what) (?:country|city|town|place|region|port)|哪里|哪儿|何处|何地|在哪(?=[座？?，,]|$)|哪[个座](?:国家|城市|地区|省)|什么地方|где|куда|в какой стране|в каком городе"),
    (Asked.LIST, r"\bwhich\b.*\b(?:are|do|does|were)\b|what (?:are|were) the|\blist\b|name the|what (?:kinds|types|groups)|哪些|有哪几|哪几[个种类项]|分别是|包括什么"
                 r"|какие|перечислите|каковы"),
)  # fmt: skip
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿两]+[个种项年月日天人家条次成%％]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half)\b"
                     r"|\b(?:один|одна|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять)\b", re.IGNORECASE)  # fmt: skip
_UNIT = re.compile(r"%|％|per ?cent|percent|\b(?:million|billion|trillion|thousand|km|tons?|tonnes|days?|months?|years?|USD|EUR|RMB|yuan)\b"
                   r"|[亿万元吨]|процент|млн|млрд|тыс|дн|лет|руб|долл|евро", re.IGNORECASE)  # fmt: skip
_TIME = re.compile(r"\b(?:19|20)\d{2}\b|\d{4}年|\d{1,2}月|\b(?:January|February|March|April|May|June|July|August|September"
                   r"|October|November|December)\b|\b\d{1,2}:\d{2}\b|январ|феврал|март|апрел|ма[йя]\b|июн|июл|август|сентябр|октябр"
                   r"|ноябр|декабр|century|世纪|век", re.IGNORECASE)  # fmt: skip
_MONEY = re.compile(
    r"[$€£¥₽₸₴₹%％]|\b(?:dollars?|euros?|crowns?|koruna|kron[aer]|yuan|renminbi|rmb|cny|usd|eur|gbp|tenge|kzt|mci|som|soms|soum|soums|sum|sums|uzs|lari|gel|drams?|manats?"
    r"|roubles?|rubles?|rub|hryvnias?|forints?|huf|zlotys?|pln|dinars?|rsd|lira|liras|dirhams?|aed|riyals?|sar|dong|vnd|rupiah|idr|ringgit"
    r"|baht|kip|pesos?|reais|real|birr|shillings?|naira|rand|rupees?|pounds?|francs?|won|yen|tugriks?|per ?cent|free of charge|no fee)\b"
    r"|[元圆镑盾铢]|坚戈|克朗|苏姆|索姆|卢布|里亚尔|里拉|第纳尔|福林|兹罗提|迪拉姆|比索|先令|先令|比尔|奈拉|兰特|卢比|卢比|法郎|日圆|韩元|百分之|免费"
    r"|\b(?:долл|евро|крон|юан|тенге|сум|сом|руб|лари|драм|манат|гривн|форинт|злот|динар|лир|дирхам|риял|донг|рупи|ринггит|бат|песо|бырр|шиллинг|фунт"
    r"|франк|иен|мрп|процент)\w*|бесплатн",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|decades?|centur(?:y|ies)|immediately)\b|[秒天年月周]|小时|分钟|工作日|季度|世纪|立即"
    r"|\b(?:секунд|минут|час|дн|ден|недел|месяц|квартал|год|лет|десятилети|век|столети|немедленно)\w*",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"\b(?:agreements?|treat(?:y|ies)|fta|protocols?)\b|协定|条约|协议|\b(?:соглашени|договор|протокол)\w*"
)
_COMPARED = re.compile(
    r"\b(?:compar\w*|differ\w*|versus|vs|than|more|less|or|both|each|respectively)\b|比|更|还是|或|区别|不同|差异|分别|各自"
    r"|\b(?:сравн|отлич|разниц|различ)\w*|\b(?:чем|или|больше|меньше|об[ае]|кажд\w*)\b"
)
_ANSWERS = {Asked.MONEY: _MONEY, Asked.DURATION: _DURATION, Asked.FIGURE: _FIGURE, Asked.TIME: _TIME}


def asked_in(text: str) -> Asked:
    """The kind of thing that a question asks for."""
    lowered = text.casefold()
    return next((kind for kind, pattern in _ASKED if re.search(pattern, lowered)), Asked.ANY)


def is_of_both(text: str) -> bool:
    """Whether a question that names countries asks for what they have with each other, such as a treaty."""
    lowered = text.casefold()
    return _AGREED.search(lowered) is not None and _COMPARED.search(lowered) is None


def is_of_kind(asked: Asked, text: str) -> bool:
    """Whether a text holds an amount, a duration, a figure or a date where one was asked for; true where none was."""
    pattern = _ANSWERS.get(asked)
    if pattern is None:
        return True
    return pattern.search(text) is not None and (asked is not Asked.DURATION or _FIGURE.search(text) is not None)


def has_unit(text: str) -> bool:
    """Whether a text counts something in a unit."""
    return _UNIT.search(text) is not None
