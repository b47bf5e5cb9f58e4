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
    (Asked.MONEY, r"\bhow much (?:does|do|did|will|would|must|should)\b.*\b(?:costs?|pay|paid|charged?|spend|spent)\b|\bwhat (?:does|do|did|will) .*\bcost\b"
                  r"|\bwhat (?:is|are|was|were) (?:the )?(?:\w+ ){0,3}(?:price|fees?|salary|wage|cost|costs|charge)\b|\b(?:what|which) fees?\b|\bhow much (?:is|are) the (?:\w+ ){0,2}(?:fees?|price|cost|fine)\b"
                  r"|多少钱|(?:费用?|(?<!评)价格?|工资|薪水|造价|成本|罚款)(?:大约|约)?(?:是|为)?多少(?!倍|个百分点)|收费(?:是)?多少"
                  r"|сколько (?:\w+ ){0,3}(?:сто(?:ит|ят|ить|ило|ила|или)|(?:за)?плат(?:ит|ят|ить|им|ите|ят|или)|обойд[её]тся)\b(?! лет)|как(?:ова|ая) (?:\w+ ){0,3}(?:цена|стоимость|плата)\b|какие (?:сборы|пошлины за)\b"),
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
    r"[$€£¥₽₸₴₹%％元]|百分之|免费|\b(?:dollars?|euros?|yuan|per ?cent|free of charge|no fee)\b|\b(?:долл|евро|юан|руб|процент|бесплатн)\w*",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|decades?|centur(?:y|ies)|immediately)\b|[秒天年月周]|小时|分钟|工作日|季度|世纪|立即"
    r"|\b(?:секунд|минут|час|дн|ден|недел|месяц|квартал|год|лет|десятилети|век|столети|немедленно)\w*",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"\b(?:treat(?:y|ies)|fta|(?:free )?trade agreements?|visa waivers?|protocols?|conventions?|memorand\w+)\b|\bagreements? (?:\w+ ){0,3}between\b"
    r"|协定|条约|议定书|备忘录|公约|之间的协议|\b(?:протокол|конвенци|меморандум)\w*"
    r"|\bсоглашени\w* (?:\w+ ){0,2}(?:о (?:свободной )?торговле|между)|\bсоглашени\w* [а-яё]+ с(?:о)? |\bдоговор\w* между",
)
_PARTIES = re.compile(
    r"[A-ZА-ЯЁ]\w+\s?[-–—]\s?[A-ZА-ЯЁ]\w+ (?:\w+ ){0,3}agreement|соглашени\w* [А-ЯЁ]\w+\s?[-–—]\s?[А-ЯЁ]"
)
"""Two names joined by a stroke: "the Korea-Turkey agreement"."""
_COMPARED = re.compile(
    r"\b(?:compar\w*|differ\w*|versus|vs|than|more|less|or|both|each|respectively)\b|比|更|还是|或|区别|不同|差异|分别|各自"
    r"|\b(?:сравн|отлич|разниц|различ)\w*|\b(?:чем|или|больше|меньше|об[ае]|кажд\w*)\b"
)
_NO_AMOUNT = re.compile(
    r"\b(?:in|since|until|by|from|of|for|during|after|before|с|до|в|за|на|от) (?:19|20)\d{2}\b|(?:19|20)\d{2}(?:\s?г(?:од\w*)?\b|年)|^\s*\d{1,3}[.)、]"
    r"|(?:\b(?:articles?|sections?|chapters?|annex|steps?|order|law|decree|regulation|act|resolution|no)\.?|№|第|\b(?:стать|пункт|приказ|закон|указ|постановлени|декрет)\w*|\bст\.)\s*(?:no\.? ?|№ ?)?\d+"
    r"|\d+(?:\s?(?:to|-|–|до|至|到)\s?\d+)?\s*(?:个?工作)?(?:[秒天年月日周条章项款步]|个月|小时|分钟)"
    r"|\d+(?:\s?(?:to|-|–|до)\s?\d+)?\s+(?:(?:working|business|calendar|рабочих|календарных) )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?|steps?|items?|kwh|mw|km"
    r"|(?:секунд|минут|час|месяц|недел|позици)\w*|дн(?:я|ей)|день|год(?:а|у|ов)?|лет|квт\S*|мвт|км)\b"
    r"|\d{1,2}\s+(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Numbers that are no amount of money: every other may be one, in a currency that nobody lists."""
_NUMBER = re.compile(r"(?<![A-Za-zА-Яа-яЁё\d/:.,-])\d[\d.,\u00a0\u202f ]*(?![\d/:]|[A-Za-z-]\d)")
_IN_WORDS = re.compile(
    r"\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million)\b|[一二三四五六七八九十两]+[百千万亿]"
    r"|\b(?:двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|сто|двести|триста|четыреста|\w+сот|тысяч\w*|миллион\w*)\b"
    r"|\bwithout charge\b|\bno charge\b|\bcosts? nothing\b|\bfree\b|不收取|免收|不收费|免征|не взима\w+|без оплаты|без взимания",
    re.IGNORECASE,
)
_ANSWERS = {Asked.MONEY: _MONEY, Asked.DURATION: _DURATION, Asked.FIGURE: _FIGURE, Asked.TIME: _TIME}


def asked_in(text: str) -> Asked:
    """The kind of thing that a question asks for."""
    lowered = text.casefold()
    return next((kind for kind, pattern in _ASKED if re.search(pattern, lowered)), Asked.ANY)


def is_of_both(text: str) -> bool:
    """Whether a question that names countries asks for what they have with each other, such as a treaty."""
    lowered = text.casefold()
    agreed = _AGREED.search(lowered) is not None or _PARTIES.search(text) is not None
    return agreed and _COMPARED.search(lowered) is None


def is_of_kind(asked: Asked, text: str) -> bool:
    """Whether a text holds an amount, a duration, a figure or a date where one was asked for; true where none was."""
    if asked is Asked.MONEY and (_IN_WORDS.search(text) or _NUMBER.search(_NO_AMOUNT.sub(" ", text))):
        return True
    pattern = _ANSWERS.get(asked)
    if pattern is None:
        return True
    return pattern.search(text) is not None and (asked is not Asked.DURATION or _FIGURE.search(text) is not None)


def has_unit(text: str) -> bool:
    """Whether a text counts something in a unit."""
    return _UNIT.search(text) is not None
