"""What a follow-up says about the turn before it: "not the VAT, the income tax", "both", "the second one", "in Chinese, please"."""

import re
from collections.abc import Sequence

_ARTICLE = {
    "en": r"(?:(?:the|a|an|for|in|about|of|on)\s+){0,2}",
    "zh": r"",
    "ru": r"(?:(?:про|о|об|для|в|во|на|по)\s+)?",
}
_NOT_BUT = {
    "en": re.compile(
        rf"(?:no[, ]+)?(?:i (?:mean|meant|said)[, ]+)?not {_ARTICLE['en']}(?P<not>[^,;]{{2,40}}?)(?:\s*[,;–—-]\s*(?:but\s+)?|\s+but\s+)(?:i mean\w* )?{_ARTICLE['en']}(?P<but>.{{2,60}})",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"[哦噢啊呃哎]?(?:不[，, ]*)?(?:我(?:问|说|指)的)?(?:不是|不问)(?P<not>[^，,]{1,15})[，, ]*(?:而是|是|我?问的?是?|要)(?P<but>.{1,20})"),
    "ru": re.compile(
        rf"(?:нет[, ]+)?(?:я )?не {_ARTICLE['ru']}(?P<not>[^,]{{2,40}}?)\s*,\s*а\s+{_ARTICLE['ru']}(?P<but>.{{2,60}})", re.IGNORECASE
    ),
}  # fmt: skip
_RATHER = {
    "en": re.compile(
        rf"(?:no[, ]+)?(?:i (?:mean|meant|said)[, ]+)?{_ARTICLE['en']}(?P<but>[^,;]{{2,60}}?), (?:and |but )?not {_ARTICLE['en']}(?P<not>[^,;]{{2,40}})",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"(?:不[，, ]*)?(?:我?(?:想|要)?(?:问|说|指|看)的?是?)?(?P<but>[^，,]{1,20})[，, ]+(?:而)?不是(?P<not>[^，,]{1,15}?)"),
    "ru": re.compile(
        rf"(?:нет[, ]+)?(?:я )?{_ARTICLE['ru']}(?P<but>[^,]{{2,60}}?)\s*,\s*а не {_ARTICLE['ru']}(?P<not>[^,]{{2,40}})", re.IGNORECASE
    ),
}  # fmt: skip
"""The same with what was meant first."""
_CRY = re.compile(r"^(?!(?:no|нет|не|not)\b|不)(?:[A-Za-zА-Яа-яЁё]{1,8}|[\u3400-\u9fff]{1,2})[,，!！.。…]+\s*")
"""A word by itself before a correction: "oh, …", "ой, …"."""
_ALL = re.compile(
    r"(?:for )?(?:both|all|each|every one|all of them|both of them)|两个都?要?|都要|都|全部|所有|(?:для )?(?:об(?:а|е|оих|еих)|все|всех)", re.IGNORECASE
)  # fmt: skip
_CHOICES = tuple(
    re.compile(rf"(?:no[, ]+)?(?:{pattern})", re.IGNORECASE)
    for pattern in (
        r"(?:the )?(?:first|1st)(?: one)?|第一个?|перв\w+|1",
        r"(?:the )?(?:second|2nd)(?: one)?|第二个?|втор\w+|2",
        r"(?:the )?(?:third|3rd)(?: one)?|第三个?|трет\w+|3",
        r"(?:the )?(?:fourth|4th)(?: one)?|第四个?|четв[её]рт\w+|4",
    )
)
_LANGUAGES = {
    "en": r"english|英文|英语|по-английски|на английском(?: языке)?",
    "zh": r"chinese|mandarin|中文|汉语|по-китайски|на китайском(?: языке)?",
    "ru": r"russian|俄文|俄语|по-русски|на русском(?: языке)?",
}
_IN_LANGUAGE = {
    code: re.compile(
        rf"(?:(?:can|could|would) you (?:please )?(?:say|repeat|answer|tell me|write|translate)(?: (?:that|it|this))? )?(?:(?:please|and|now|the same|again|say it|answer|tell me)\b[ ,]*)*(?:in )?(?:{name})(?:[ ,]+please)?"
        rf"|(?:请|麻烦)?(?:你)?(?:再)?(?:用|以)(?:{name})(?:回答|说|答复|再说一遍|说一遍|再答)?(?:吧|一下|一遍)?"
        rf"|(?:(?:а|и|ещё|пожалуйста|можно|ответь(?:те)?|скажи(?:те)?|то же)[ ,]+)*(?:{name})(?:[ ,]+(?:можно|пожалуйста))*",
        re.IGNORECASE,
    )
    for code, name in _LANGUAGES.items()
}
_AROUND = " \t?？!！.。…,，;；:："


def corrected(said: str, language: str) -> tuple[str, str] | None:
    """What was not meant and what was, where a follow-up says both."""
    bare = _CRY.sub("", said.strip(_AROUND), count=1)
    found = next((found for each in (_NOT_BUT, _RATHER) if (found := each[language].fullmatch(bare))), None)
    return (found["not"].strip(_AROUND), found["but"].strip(_AROUND)) if found else None


def chosen(said: str, offered: Sequence[str]) -> str | None:
    """The one of the whole questions offered that a follow-up counts to."""
    bare = said.strip(_AROUND)
    number = next((number for number, pattern in enumerate(_CHOICES) if pattern.fullmatch(bare)), None)
    return offered[number] if number is not None and number < len(offered) else None


def wants_all(said: str) -> bool:
    """Whether a follow-up asks for everything that was offered."""
    return _ALL.fullmatch(said.strip(_AROUND)) is not None


def language_wished(said: str) -> str | None:
    """The language in which a follow-up wants the same again, where it says nothing else."""
    bare = said.strip(_AROUND)
    return next((code for code, pattern in _IN_LANGUAGE.items() if pattern.fullmatch(bare)), None)
