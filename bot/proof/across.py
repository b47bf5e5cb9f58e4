"""What a statement in another language than its source says beyond it: words, ranks, causes, and whose opinion it is.

Little can be compared across languages, so that what can be must agree: every word that the dictionaries know must stand in
the sentence, or over it, by one of its names. What falls costs only a quote in the original.
"""

import functools
import re
from collections import Counter
from collections.abc import Sequence

from bot.proof.alignment import Match, Thought, as_compared, same
from bot.proof.reading import Reading, keys
from retrieval import Translator, country_names, words

_LIGHT = {
    "en": "step point indicator item rule order law regulation measure document state apply amount value date number group kind type part way case be make take go come say give get set "
    "include contain consist belong relate concern form content follow also however already together about around approximately year day month time "
    "certain corresponding relevant specific main basic new current present article paragraph clause against under through use each every per both other such same one two several any",
    "ru": "этап показатель пункт правило постановление закон положение мера документ справка применять применяться применение действовать составлять состоять стать статья считать считаться принять принимать "
    "входить включать относиться касаться дата число вид группа часть случай порядок система также однако уже вместе примерно около год день месяц время который новый основной соответствующий "
    "данный определенный указанный следующий иметь получить давать делать проводить являться служить каждый другой такой тот один несколько любой",
    "zh": "环节 内容 项目 约 大约 法律 适用 属于 办理 采用 规定 明确 通过 同时 进行 作为 包括 分为 组成 由 对于 关于 以及 或者 自 共 本 之前 之后 之内 如果 为了 既 即 事项 情形 方面 部门 机构 "
    "日期 数字 种类 部分 步骤 指标 条 款 号 种 类 项 个 年 月 日 有关 相关 主要 基本 新 现行 国家 税目 起来 来自 提出 实行 采取 使用 给出 充分 列入 纳入 涉及 下列 以下 按照 根据 应用 每个 每 各 其他 其它 一 两 个 任何 均 都 名 家",
}
"""Words that say only that something is so, or what kind of thing it is, as each language has its own."""
_FEW = 2
"""Things that a part with no fact speaks of, up to which its sentence must speak of nothing else."""
_HAN = re.compile(r"[\u3400-\u9fff]")
# "Tax: Social tax; Rate: 6": a row of a table as it is read.
_ROW = re.compile(r"[^:：;；\n]+[:：] ?[^:：;；\n]+(?:[;；] ?[^:：;；\n]+[:：] ?[^:：;；\n]+)+")
_KINDS: dict[str, dict[str, str]] = {
    "cause": {
        "en": r"\b(?:because|due to|owing to|as a result|therefore|thus|hence|thanks to|so that|caus\w+|led to|leads? to|leading to|result(?:s|ed|ing)? (?:in|from)|bring\w* about|triggered|driven by|that is why)\b|, so\b",
        "ru": r"(?<!\w)(?:потому что|потому|из-за|так как|поскольку|поэтому|в результате|благодаря|вследствие|прив[её]л\w*|приводи\w+|привод[яи]т\w*|вызва\w+|следовательно|в связи с|ввиду|за сч[её]т|обусловлен\w*)(?!\w)",
        "zh": r"因[为此而]|因(?!素)|由于|所以|导致|造成|致使|从而|使得|得益于|引起|引发|故(?![意障事])|以便|促使",
    },
    "rank": {
        "en": r"(?<!at )(?<!at the )\b(?:most|least|best|worst|highest|lowest|largest|biggest|smallest|greatest|fastest|cheapest|strictest|longest|shortest|newest|oldest|leading|top|number one|unique)\b|\bfirst(?! (?:of )?(?:\d|january|february|march|april|may|june|july|august|september|october|november|december))\b",
        "ru": r"(?<!\w)(?:сам(?:ый|ая|ое|ые|ого|ой|ых|ым|ом|ую|ыми)|наи\w+|лучш\w+|худш\w+|\w{3,}(?:ейш|айш)\w+|перв\w+|рекордн\w+|лидир\w+|ведущ\w+|уникальн\w+)(?!\w)",
        "zh": r"最(?![多少高低长短迟晚早]?(?:为|达|不超过)?\d)|第一(?![条章款节编])|首(?=[次个批家位先])|首屈|领先|唯一|独一|顶级|空前",
    },
    "opinion": {
        "en": r"\b(?:said|says|saying|according to (?!the (?:law|order|rule|regulation|article|act|code|decree|notice|agreement)|“|\")|experts?|analysts?|observers|reportedly|allegedly|critics?|believ\w+|consider(?:s|ed)? (?:it|this|that)|agree(?:s|d)? (?:that|with)|opinion|think|thinks|hope\w*|fear\w*|welcom\w+|prais\w+|unfortunately|fortunately|great news|obviously|clearly|of course)\b",
        "ru": r"(?<!\w)(?:сказал\w*|говор\w+|заяви\w+|заявля\w+|по словам|по мнению|по данным|счита(?:ет|ют) |эксперт\w*|аналитик\w*|отметил\w*|отмеча\w+|сообщ\w+|одобря\w+|приветству\w+|хвал\w+|к сожалению|к счастью|ура|очевидно|конечно|надеется|надеются|якобы)(?!\w)",
        "zh": r"专家|分析师|业内|人士|表示(?!为)|认为|据报道|据称|声称|指出|赞成|赞同|欢迎|批评|担心|希望|可惜|幸运|显然|当然|好消息|众所周知",
    },
    "worth": {
        "en": r"\b(?:good|bad|better|worse|favou?rable|beneficial|attractive|advantageous|convenient|easy|easier|excellent|safe|safer|dangerous|cheap|expensive|fair|unfair|successful|popular|profitable|generous|friendly)\b",
        "ru": r"(?<!\w)(?:хорош\w+|плох\w+|выгодн\w+|удобн\w+|привлекательн\w+|легк\w+|легче|отличн\w+|безопасн(?:ый|ая|ые|о|ее)|опасн(?:ый|ая|ые|о|ее)|дешев\w+|дорог(?:ой|ая|ое|ие|о)|справедлив\w+|успешн\w+|популярн\w+|прибыльн\w+|щедр\w+)(?!\w)",
        "zh": r"有利|不利|优越|便利|方便|容易|简单|昂贵|便宜|划算|合算|公平|成功|受欢迎|好处|理想|优秀|良好|友好|优势|吸引力",
    },
}  # fmt: skip
_EMPTY = re.compile(r"(?!)")


def beyond(part: Reading, match: Match, termbase: Translator | None) -> str:
    """What a part of a statement says that its sentence, in another language, does not; empty where there is nothing."""
    theirs = match.stretch.reading
    kind = next((kind for kind in _KINDS if _has(kind, part) and not _has(kind, theirs)), "")
    if kind:
        return f"{kind}: {_pattern(kind, part.language).search(part.folded).group()}"  # type: ignore[union-attr]
    language = match.source.language
    light = _light(part.language.split("-")[0])
    countries = theirs.countries | match.source.countries
    named: set[str] = set(light)
    named.update(key for key in part.content if key.isascii() and part.language.startswith("zh"))
    for asked, names in termbase.translations(part.text, part.language, language) if termbase is not None else ():
        own = keys(asked, part.language)
        if not part.content.intersection(own):
            continue
        named.update(own)
        if light.issuperset(own) or _is_held(asked, names, part.language, match, termbase):
            continue
        if part.countries and part.countries <= countries and _names_country(own, part):
            continue
        return f"{asked} is not said"
    other = _stands_for_another(part, match, termbase)
    if other:
        return other
    twice = _said_too_often(part, match, termbase)
    if twice:
        return f"{twice} is said once"
    # What no dictionary knows may be anything, but for names, which are compared as such.
    named.update(key for name in part.names for key in keys(name, part.language))
    said = "".join(named)
    held = theirs.spoken | match.source.lead
    unknown = {
        key for key in part.content - named if not (_HAN.search(key) and set(key) <= set(said)) and key not in held
    }
    if unknown:
        return f"{min(unknown)} is not known"
    return ""


def _stands_for_another(part: Reading, match: Match, termbase: Translator | None) -> str:
    """A thing that only title or headings name, where the sentence speaks of another that the statement does not name."""
    language = match.source.language
    theirs = match.stretch.reading
    light, used = _light(part.language.split("-")[0]), {*_light(language.split("-")[0]), *part.content}
    strange = ""
    for asked, names in termbase.translations(part.text, part.language, language) if termbase is not None else ():
        own = keys(asked, part.language)
        compared = as_compared(names, language)
        used.update(*compared)
        if not part.content.intersection(own) or light.issuperset(own) or _names_country(own, part):
            continue
        behind = part.folded.find(asked) + len(asked)
        if any(sign.isdigit() for sign in asked) or any(start - 4 < behind <= start for start, _ in part.code_spans):
            continue  # the number of a document is compared as such
        if not Thought((*compared, frozenset(own)), 1.0, asked).held(theirs.spoken):
            strange = strange or asked
    few = len(part.content) <= _FEW and not (part.figures or part.dates or part.countries or part.code_spans)
    left = theirs.content - used - {key for name in theirs.names for key in keys(name, language)}
    if few and left:
        return "too little is said to be compared"
    return f"{strange} is said of {min(left)}" if strange and left else ""


def _said_too_often(part: Reading, match: Match, termbase: Translator | None) -> str:
    """A thing for which a sentence has no word left, as another thing of the statement stands for the same word already."""
    language = match.source.language
    counts = Counter(word.key for word in match.stretch.reading.words)
    light = _light(part.language.split("-")[0])
    only: Counter[str] = Counter()
    for asked, names in termbase.translations(part.text, part.language, language) if termbase is not None else ():
        own = keys(asked, part.language)
        if light.issuperset(own) or not part.content.intersection(own):
            continue
        held = {name for name in as_compared(names, language) if name <= set(counts)}
        if len(held) == 1 and len(key := next(iter(held))) == 1:
            (word,) = key
            only[word] += 1
            if only[word] > counts[word]:
                return asked
    return ""


def _is_held(
    asked: str, names: tuple[tuple[str, ...], ...], language: str, match: Match, termbase: Translator | None
) -> bool:
    """Whether a sentence or what stands over it has a thing by one of its names, or every word of the thing by one of its own."""
    target = match.source.language
    held = match.stretch.reading.spoken | match.source.lead
    own = keys(asked, language)
    as_it_is = (frozenset(own),) if " ".join(own).isascii() else ()
    if Thought((*as_compared(names, target), *as_it_is), 1.0, asked).held(held):
        return True
    parts = words(asked, language)
    if len(parts) < 2 or termbase is None:
        return False
    spoken = match.stretch.reading.spoken
    single = asked.split() if " " in asked else parts
    return len(single) > 1 and all(
        any(
            Thought(as_compared(other, target), 1.0, part).held(spoken)
            for _, other in termbase.translations(part, language, target)
        )
        for part in single
    )


def of_two_rows(whole: Reading, used: Sequence[Match]) -> str:
    """Whether a statement puts together what stands in different rows of a table, or is a row of different sentences."""
    foreign = [match for match in used if not same(match.source.language, whole.language)]
    rows = any(map(_is_row, (whole, *(match.stretch.reading for match in foreign))))
    return "facts of two rows" if len(foreign) > 1 and rows else ""


def _is_row(reading: Reading) -> bool:
    return _ROW.search(reading.text) is not None


def _has(kind: str, reading: Reading) -> bool:
    return _pattern(kind, reading.language).search(reading.folded) is not None


@functools.cache
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    found = _KINDS[kind].get(language.split("-")[0])
    return re.compile(found) if found is not None else _EMPTY


@functools.cache
def _light(language: str) -> frozenset[str]:
    return frozenset(key for word in _LIGHT.get(language, "").split() for key in keys(word, language))


@functools.cache
def _country_keys(language: str, codes: frozenset[str]) -> frozenset[str]:
    return frozenset(key for name in country_names(sorted(codes), language) for key in keys(name, language))


def _names_country(own: Sequence[str], part: Reading) -> bool:
    """Whether words name a country of a text, which is compared as such: "Chinese", 中国."""
    language = part.language.split("-")[0]
    return all(any(key[:4] == name[:4] for name in _country_keys(language, part.countries)) for key in own)
