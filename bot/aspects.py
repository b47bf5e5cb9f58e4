"""The side of a subject that a follow-up names and nothing else: "and the tax side?", "那环保方面呢？", "а что с рисками?"."""

import re
from collections.abc import Mapping

# What documents call it, and what people call it.
_ASPECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("environment", r"environment(?:al(?:ly)?)?|ecolog(?:y|ical(?:ly)?)|green"),
        ("tax", r"tax(?:es|ation)?|fiscal(?:ly)?"),
        ("law", r"laws?|legal(?:ly)?|legislation"),
        ("policy", r"polic(?:y|ies)"),
        ("risks", r"risks?"),
        ("financing", r"financ(?:e|es|ing|ial(?:ly)?)|funding"),
        ("insurance", r"insurance"),
        ("market", r"markets?"),
        ("customs", r"customs"),
        ("labour", r"labou?r|employment|staff(?:ing)?"),
        ("visa", r"visas?"),
        ("procedure", r"procedur(?:es?|al(?:ly)?)"),
        ("data", r"data(?: protection)?"),
    ),
    "zh": (
        ("环境", "环保|环境保护|环境|生态|绿色"),
        ("税收", "税务|税收|税|财税"),
        ("法律", "法律|法规|合规"),
        ("政策", "政策"),
        ("风险", "风险"),
        ("融资", "融资|资金|金融|财务"),
        ("保险", "保险"),
        ("市场", "市场"),
        ("海关", "海关|通关|关务"),
        ("劳动", "劳动|劳务|用工|雇佣|人员"),
        ("签证", "签证"),
        ("流程", "流程|程序|手续"),
        ("数据", "数据"),
    ),
    "ru": (
        ("экология", r"эколог\w+|окружающ\w+ сред\w+|природоохран\w+"),
        ("налоги", r"налог\w*|налогообложени\w+"),
        ("закон", r"закон\w*|право|прав[ауе]|правов\w+|юридическ\w+"),
        ("политика", r"политик\w+"),
        ("риски", r"риск\w*"),
        ("финансирование", r"финанс\w+"),
        ("страхование", r"страхов\w+"),
        ("рынок", r"рын\w+"),
        ("таможня", r"тамож\w+"),
        ("труд", r"труд\w*|персонал\w*|найм\w*"),
        ("виза", r"виз\w*"),
        ("порядок", r"процедур\w*|порядк\w+"),
        ("данные", r"данны\w+"),
    ),
}
_FRAMES = {
    "en": r"(?:(?:in terms of|on|about|regarding|as for|from|as regards|for|with) )?(?:the |its |their )?(?:{word})"
          r"(?:[ -]?wise| (?:side|aspects?|part|angle|point of view|perspective|standpoint|matters|issues|questions|front)(?: of (?:it|this|that|things))?)?",
    "zh": r"(?:在|从|就)?(?:{word})(?:这|那|的)?(?:方面|层面|角度|问题|块|上)*(?:来看|来说|来讲)?(?:有(?:什么|哪些|何))?(?:要求|规定|支持|注意事项|需要注意的)?",
    "ru": r"(?:(?:с точки зрения|со стороны|по части|в плане|в части|насчет|касательно|что (?:с|со|насчет|по|там с)|как (?:с|со)|с|со|по|о|об|про) )?(?:{word})"
          r"(?: (?:сторон\w+|аспект\w*|вопрос\w*|част\w+|точк\w+ зрения))?",
}  # fmt: skip
_PATTERNS = {
    language: tuple((name, re.compile(_FRAMES[language].format(word=word))) for name, word in aspects)
    for language, aspects in _ASPECTS.items()
}
ACTS = {
    "en": re.compile(
        r"\b(?:filing|registration|approval|record|application|documents?|rate|need(?:ed|s)?)\b", re.IGNORECASE
    ),
    "zh": re.compile(r"备案|登记|审批|核准|申报|报告|税率|费率"),
    "ru": re.compile(r"\b(?:регистраци\w+|подач\w+|согласовани\w+|ставк\w+|документ\w*)\b", re.IGNORECASE),
}
"""What is done about a subject, and so is left behind when another side of it is asked for."""


def aspect(text: str, language: str) -> str | None:
    """The side of a subject that a folded text names, as documents call it; None if it says anything else."""
    return next((name for name, pattern in _PATTERNS.get(language, ()) if pattern.fullmatch(text)), None)
