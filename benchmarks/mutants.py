"""True statements and false ones made of them: what the proof must keep, and what it must catch.

Every sentence of the knowledge folder is true of its passage. Reworded in ways that keep its meaning it still is; with one
figure, unit, date, country, name, negation or modal word changed it is not.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.proof.standing import ITEM, Under, last_heading, standings
from retrieval import Hit, split_sentences
from retrieval.gazetteer import countries_in
from retrieval.metadata import Access
from retrieval.readers import ReadLimits, read
from retrieval.splitter import split

LANGUAGES = ("en", "zh", "ru")
_ASIDES = {"Source", "Sources", "Источник", "For staff", "来源", "资料来源", "Источники", "Для сотрудников"}
_LEAST = {"en": 25, "ru": 25, "zh": 10}


@dataclass(frozen=True, slots=True)
class Truth:
    """A statement that its passage supports."""

    text: str
    hit: Hit
    reworded: bool


@dataclass(frozen=True, slots=True)
class Mutant:
    """A statement that was true until one thing in it was changed."""

    kind: str
    text: str
    truth: Truth


def passages(folder: Path, *, only: str = "") -> list[Hit]:
    """The passages of a knowledge folder, as a search would give them; of files whose names hold ``only``."""
    found = []
    for path in sorted(folder.glob("*/*")):
        if path.suffix in {".yaml", ".csv", ".xlsx"} or path.name.endswith(".yaml") or only not in path.name:
            continue
        document_id = path.relative_to(folder).as_posix()
        document = read(path, document_id, ReadLimits())
        if document.metadata.access is not Access.PUBLIC:
            continue
        for passage in split(document):
            countries = frozenset(document.metadata.countries) | countries_in(passage.text, passage.language)
            found.append(Hit(passage, document.metadata, countries))
    return found


def truths(hits: list[Hit], language: str, *, chance: random.Random) -> Iterator[Truth]:
    """The sentences of one language, each as it stands and, where there is a way, in other words."""
    for hit in hits:
        if hit.passage.language != language:
            continue
        if hit.passage.location.headings and hit.passage.location.headings[-1] in _ASIDES:
            continue  # what only names where a document comes from is never found
        heading = last_heading(hit.passage.location.headings)
        for standing in standings(hit.passage.text, language, heading):
            sentence, above = standing.sentence, standing.above
            text = " ".join(sentence.text.split())
            if standing.under is not None:
                # Alone it may well be false; with what it stands under it is true.
                said = f"{above.text} {ITEM.sub('', text, count=1)}" if above is not None else ""
                if standing.under is Under.INTRODUCTION and above is not None and "http" not in said:
                    yield Truth(" ".join(said.split()), hit, reworded=False)
                continue
            if len(text) < _LEAST[language] or text.endswith((":", "：", "?", "？")) or "http" in text:
                continue
            yield Truth(text, hit, reworded=False)
            other = reword(text, language, hit.metadata.title, chance)
            if other != text:
                yield Truth(other, hit, reworded=True)


# -- other words, same meaning -----------------------------------------------------------------------------------------

_EN_MONTHS = "January February March April May June July August September October November December".split()
_RU_MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
_EN_SMALL = "two three four five six seven eight nine ten eleven twelve".split()
_SAME_WORDS = {
    "en": (
        (r"(\d) percent\b", r"\1%"), (r"(\d)%", r"\1 percent"), (r"\bmust\b", "shall"), (r"\bmust not\b", "shall not"), (r"\benterprises\b", "companies"),
        (r"\bwithin (\d+)", r"in no more than \1"), (r"\bUSD (\d)", r"$\1"), (r"\bunder the\b", "according to the"), (r"\bin force\b", "in effect"),
        (r"\bsince\b", "from"), (r"\bmay not\b", "cannot"), (r"\bat least\b", "no less than"), (r"\bworking days\b", "business days"),
        (r"\bneeds\b", "requires"), (r"\bmore than\b", "over"), (r"\bfor example\b", "for instance"), (r"\s\([^()]*\)", ""),
    ),
    "ru": (
        (r"(\d) процент\w*", r"\1 %"), (r"(\d) ?%", r"\1 процентов"), (r"\bдолжны\b", "обязаны"), (r"\bдолжен\b", "обязан"), (r"\bпредприяти(я|й)\b", "компании"),
        (r"\bсоставляет\b", "равна"), (r"\bсогласно\b", "в соответствии с"), (r"\bне менее\b", "минимум"), (r"\bсвыше\b", "более"), (r"\s\([^()]*\)", ""),
        (r"\bмлн\b", "миллионов"), (r"\bмлрд\b", "миллиардов"), (r"\bможет\b", "вправе"), (r"\bгода\b", "г."), (r"\bдействует\b", "применяется"),
    ),
    "zh": (
        ("应当", "必须"), (r"(\d)%", r"百分之\1"), ("企业", "公司"), ("不超过", "至多"), ("以及", "和"), ("办理", "完成"), ("自(.{4,12}?)起施行", r"从\1开始施行"),
        ("应于", "须在"), (r"（[^（）]*）", ""), ("至少", "不少于"), ("可以", "可"), ("超过", "高于"), ("根据", "按照"), ("有关", "相关"), ("目前", "现在"),
    ),
}  # fmt: skip


def reword(text: str, language: str, title: str, chance: random.Random) -> str:
    """The same in other words: notations, synonyms, asides left out, the source named, a date moved to the front."""
    found = text
    ways = [way for way in _SAME_WORDS[language] if re.search(way[0], found)]
    for pattern, other in chance.sample(ways, min(len(ways), 3)):
        if not (pattern.startswith(r"(\d)%") and language == "zh" and re.search(r"\d\d%|\.\d%", found)):
            found = re.sub(pattern, other, found)
    found = _other_dates(found, language, chance)
    if language == "en":
        moved = re.fullmatch(
            r"([A-Z].{20,}?),? ((?:from|since|on|by|until) (?:\d{1,2} )?(?:" + "|".join(_EN_MONTHS) + r") \d{4})\.",
            found,
        )
        if moved and "," not in moved.group(1):
            found = f"{moved.group(2).capitalize()}, {moved.group(1)[0].lower() if moved.group(1).startswith('The ') else moved.group(1)[0]}{moved.group(1)[1:]}."
        found = re.sub(
            r"\b([2-9]|1[0-2]) (?=days|months|years|working)", lambda m: _EN_SMALL[int(m.group(1)) - 2] + " ", found
        )
    roll = chance.random()
    if roll < 0.25 and not text.startswith(("-", "|")):
        lead = {
            "en": f"According to “{title}”, ",
            "ru": f"Согласно документу «{title}», ",
            "zh": f"根据《{title.strip('《》')}》，",
        }[language]
        found = lead + found
    return found


def _other_dates(text: str, language: str, chance: random.Random) -> str:
    if language == "en":
        months = "|".join(_EN_MONTHS)
        if chance.random() < 0.5:
            return re.sub(rf"\b(\d{{1,2}}) ({months}) (\d{{4}})", r"\2 \1, \3", text)
        return re.sub(
            rf"\b(\d{{1,2}}) ({months}) (\d{{4}})",
            lambda m: f"{m.group(3)}-{_EN_MONTHS.index(m.group(2)) + 1:02}-{int(m.group(1)):02}",
            text,
        )
    if language == "ru":
        months = "|".join(_RU_MONTHS)
        return re.sub(
            rf"\b(\d{{1,2}}) ({months}) (\d{{4}})( года| г\.)?",
            lambda m: f"{int(m.group(1)):02}.{_RU_MONTHS.index(m.group(2)) + 1:02}.{m.group(3)}",
            text,
        )
    if chance.random() < 0.5:
        return re.sub(
            r"(\d{4})年(\d{1,2})月(\d{1,2})日",
            lambda m: f"{m.group(1)}-{int(m.group(2)):02}-{int(m.group(3)):02}",
            text,
        )
    return text


# -- one thing changed -------------------------------------------------------------------------------------------------

DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{2}\.\d{2}\.\d{4}|\d{4}年(?:\d{1,2}月(?:\d{1,2}日?)?)?|\d{1,2}月\d{1,2}日|(?:\d{1,2} )?(?:" + "|".join([*_EN_MONTHS, *_RU_MONTHS])
    + r")(?: \d{1,2}(?!\d))?,?(?: \d{4})?|\b(?:19|20)\d{2}\b"
)  # fmt: skip
NUMBER = re.compile(
    r"(?<![\w.,/№-])\d{1,3}(?:[ ,\u00a0]\d{3})+(?![\d])|(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\d/])(?!-[IVX])"
)
_UNITS = {
    "en": (("working days", "months"), ("business days", "months"), ("days", "months"), ("months", "years"), ("years", "months"), ("percent", "million"), ("tonnes", "kilograms"),
           ("million", "billion"), ("billion", "million"), ("USD", "EUR"), ("euros", "yuan"), ("yuan", "euros"), ("kilometres", "metres"), ("hours", "days"), ("MW", "GW"), ("GW", "MW")),
    "ru": (("рабочих дней", "месяцев"), ("рабочих дня", "месяца"), ("дней", "месяцев"), ("месяцев", "лет"), ("лет", "месяцев"), ("процентов", "тысяч"), ("процента", "тысячи"), ("тонн", "килограммов"),
           ("млн", "млрд"), ("млрд", "млн"), ("долларов", "евро"), ("евро", "юаней"), ("тенге", "рублей"), ("миллионов", "миллиардов"), ("МВт", "ГВт"), ("часов", "дней"), ("юаней", "долларов")),
    "zh": (("个工作日", "个月"), ("年期", "个月期"), ("个月", "年"), ("%", "万元"), ("亿", "万"), ("万吨", "万公斤"), ("美元", "欧元"), ("欧元", "人民币元"), ("天", "个月"),
           ("兆瓦", "千瓦"), ("吨", "公斤"), ("公里", "米"), ("小时", "天")),
}  # fmt: skip
_COUNTRIES = {
    "en": "Kazakhstan Uzbekistan Serbia Hungary Indonesia Kenya Egypt Pakistan China Brazil Laos Chile".split(),
    "ru": "Казахстан Узбекистан Кыргызстан Таджикистан Туркменистан Пакистан Афганистан Вьетнам Лаос Иран Катар Китай".split(),
    "zh": "哈萨克斯坦 乌兹别克斯坦 塞尔维亚 匈牙利 印度尼西亚 肯尼亚 埃及 巴基斯坦 中国 巴西 老挝 智利 越南".split(),
}
_NEGATED = {
    "en": ((r"\b(must|may|shall|can|could|should|will|would|is|are|was|were)\b(?! not)(?!not)", r"\1 not"), (r"\b(has|have|had) (?=been|to\b)", r"\1 not "),
           (r"\b(covers|applies|requires|needs|includes|allows|lists|takes|gives|sets|makes|holds|replaces|lasts|begins|uses|pays|says|keeps|asks)\b", "does not \\1")),
    "ru": ((r"(?<!\bне )\b(должн\w+|может|могут|является|являются|составляет|действует|действуют|применя\w+т(?:ся)?|входит|входят|включает|охватывает|вступ\w+т?|требует\w*|обязан\w*|вправе|предусмотрен\w*|предусматривает|установлен\w*|действовал\w*|заменил\w*|подлежат|подлежит|запрещен\w*|запрещает|принят\w*|получ\w+т|подают|подает|подаёт|платит|платят|освобождаются)\b", r"не \1"),),
    "zh": ((r"(?<![不未非无])(应当|必须|可以|适用|包括|属于|需要|实行|要求|允许|覆盖|取消|承担|享受|规定)", r"不\1"), (r"(?<![不未非无但还只就总而于])是(?!否)", "不是"), (r"(?<![不未作成认行称视])为(?![了何止])", "不为"), (r"(?<!未)(施行|生效|发布|公布|签署|设立|取代|完成)", r"未\1")),
}  # fmt: skip
_MODALS = {
    "en": ((r"\b(?:must|shall)\b(?! not)", "may"), (r"\bmay\b(?! not| \d)", "must"), (r"\bcan\b(?!not)", "must"), (r"\bshould\b", "must")),
    "ru": ((r"\bдолжны\b|\bобязаны\b", "могут"), (r"\bдолжен\b|\bобязан\b|\bдолжна\b", "может"), (r"\bмогут\b|\bвправе\b", "должны"), (r"\bможет\b", "должен")),
    "zh": ((r"应当|必须", "可以"), (r"可以", "必须"), ("鼓励", "要求")),
}  # fmt: skip
_BOUNDS = {
    "en": ((r"\bat least\b|\bno less than\b", "at most"), (r"\bup to\b|\bno more than\b|\bwithin\b", "at least"), (r"\bmore than\b|\bover\b(?= [\dU$])|\babove\b(?= [\dU$])", "less than"), (r"\bless than\b|\bbelow\b", "more than")),
    "ru": ((r"\bне менее\b", "не более"), (r"\bне более\b", "не менее"), (r"\bсвыше\b|(?<!не )\bболее\b(?= \d)", "менее")),
    "zh": (("不超过|至多", "不少于"), ("至少|不少于", "不超过"), ("以上", "以下"), ("(?<!不)超过", "低于")),
}  # fmt: skip
_UNNEGATED = {
    "en": (r"\bnot ", r"\bno (?=[a-z])(?!more|less|later|earlier)", r"\bwithout\b"), "ru": (r"\bне (?!более|менее|позднее|только|ранее)",), "zh": (r"不(?=得|予|再|包括|适用|属|需|受)", "未(?=[经规])"),
}  # fmt: skip


def mutants(truth: Truth, language: str, chance: random.Random) -> Iterator[Mutant]:
    """One mutant of each kind that can be made of a statement."""
    makers = (
        ("figure", _figure), ("unit", _unit), ("date", _date), ("country", _country), ("negation added", _negation), ("negation dropped", _without_negation),
        ("modal word", _modal), ("bound", _bound), ("name", _name),
    )  # fmt: skip
    whole = {" ".join(s.text.split()).strip(" .。") for s in split_sentences(truth.hit.passage.text)}
    for kind, make in makers:
        changed = make(truth, language, chance)
        if changed is not None and changed != truth.text and changed.strip(" .。") not in whole:
            yield Mutant(kind, changed, truth)


def _figure(truth: Truth, language: str, chance: random.Random) -> str | None:
    dates = [match.span() for match in DATE.finditer(truth.text)]
    found = [m for m in NUMBER.finditer(truth.text) if not any(a < m.end() and m.start() < b for a, b in dates)]
    found = [m for m in found if not truth.text[: m.start()].rstrip().endswith(("“", "»"))]
    if not found:
        return None
    match = chance.choice(found)
    own = match.group()
    others = [
        m.group()
        for m in NUMBER.finditer(truth.hit.passage.text)
        if m.group() != own and not re.fullmatch(r"(?:19|20)\d\d", m.group())
    ]
    if others and chance.random() < 0.5:
        other = chance.choice(others)
    else:
        place = chance.randrange(len(own))
        while not own[place].isdigit():
            place = chance.randrange(len(own))
        lowest = 1 if place == 0 else 0
        other = (
            own[:place] + str(chance.choice([d for d in range(lowest, 10) if str(d) != own[place]])) + own[place + 1 :]
        )
    return truth.text[: match.start()] + other + truth.text[match.end() :]


def _unit(truth: Truth, language: str, chance: random.Random) -> str | None:
    possible = [(a, b) for a, b in _UNITS[language] if re.search(rf"\d ?{re.escape(a)}|{re.escape(a)} ?\d", truth.text)]
    if not possible:
        return None
    one, other = chance.choice(possible[:1] if "day" in possible[0][0] else possible)
    return re.sub(
        rf"(?<=\d){re.escape(one)}|(?<=\d ){re.escape(one)}|{re.escape(one)}(?= ?\d)", other, truth.text, count=1
    )


def _date(truth: Truth, language: str, chance: random.Random) -> str | None:
    found = list(DATE.finditer(truth.text))
    if not found:
        return None
    match = chance.choice(found)
    own = match.group()
    ways = []
    if re.search(r"(?:19|20)\d\d", own):
        ways.append(
            lambda: re.sub(r"(?:19|20)\d\d", lambda m: str(int(m.group()) + chance.choice([-2, -1, 1, 2])), own)
        )
    months = [month for month in (*_EN_MONTHS, *_RU_MONTHS) if month in own]
    if months:
        names = _EN_MONTHS if months[0] in _EN_MONTHS else _RU_MONTHS
        ways.append(lambda: own.replace(months[0], chance.choice([name for name in names if name != months[0]])))
    if "月" in own:
        ways.append(lambda: re.sub(r"(\d{1,2})月", lambda m: f"{int(m.group(1)) % 12 + 1}月", own))
    day = re.match(r"(\d{1,2})(?= [A-Zа-я])", own)
    if day:
        ways.append(lambda: str(int(day.group(1)) % 28 + 1) + own[day.end() :])
    if not ways:
        return None
    return truth.text[: match.start()] + chance.choice(ways)() + truth.text[match.end() :]


def _country(truth: Truth, language: str, chance: random.Random) -> str | None:
    names = _COUNTRIES[language]
    pattern = (
        rf"({'|'.join(names)})(а|у|е|ом|и|я|ем|ю)?(?![а-я])" if language == "ru" else rf"(?:{'|'.join(names)})(?![a-z])"
    )
    found = list(re.finditer(pattern, truth.text.replace("Китай", "Китай")))
    if not found:
        return None
    match = chance.choice(found)
    name = match.group(1) if language == "ru" else match.group()
    there = countries_in(f"{truth.hit.passage.text} {truth.hit.metadata.title}", language) | set(
        truth.hit.metadata.countries
    )
    others = [
        other for other in names if other != name and not countries_in(other, language) & there and other != "Китай"
    ]
    ending = (match.group(2) or "") if language == "ru" else ""
    return truth.text[: match.start()] + chance.choice(others) + ending + truth.text[match.end() :]


def _pattern(text: str, ways: tuple[tuple[str, str], ...], chance: random.Random) -> str | None:
    possible = [way for way in ways if re.search(way[0], text)]
    if not possible:
        return None
    pattern, other = chance.choice(possible)
    return re.sub(pattern, other, text, count=1)


def _negation(truth: Truth, language: str, chance: random.Random) -> str | None:
    return _pattern(truth.text, _NEGATED[language], chance)


def _without_negation(truth: Truth, language: str, chance: random.Random) -> str | None:
    return _pattern(truth.text, tuple((pattern, "") for pattern in _UNNEGATED[language]), chance)


def _modal(truth: Truth, language: str, chance: random.Random) -> str | None:
    return _pattern(truth.text, _MODALS[language], chance)


def _bound(truth: Truth, language: str, chance: random.Random) -> str | None:
    return _pattern(truth.text, _BOUNDS[language], chance)


def _name(truth: Truth, language: str, chance: random.Random) -> str | None:
    found = [
        m
        for m in re.finditer(r"(?<![A-Za-z])[A-Z]{3,6}(?![A-Za-z])", truth.text)
        if m.group() not in {"USD", "EUR", "RMB", "CNY"}
    ]
    if not found:
        return None
    match = chance.choice(found)
    other = chance.choice(
        [
            name
            for name in ("NDRC", "MOFCOM", "SAFE", "PBOC", "CBAM", "CCER", "SASAC", "ISO", "WTO", "OECD")
            if name not in truth.hit.passage.text and name not in truth.hit.metadata.title
        ]
    )
    return truth.text[: match.start()] + other + truth.text[match.end() :]
