"""Countries named in a text, in every language CLDR knows, as ISO 3166 codes; and the members of regional groups.

Names come from Babel's copy of the Unicode CLDR. What CLDR writes in full and people write short is listed here.
"""

import functools
import itertools
import re
from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

from retrieval.language import fold, script_counts, words
from retrieval.metadata import Metadata

_ALIASES = {
    "en": {
        "AE": "uae|emirates", "BA": "bosnia", "BN": "brunei darussalam", "CD": "dr congo|drc", "CG": "congo-brazzaville|congo",
        "CI": "ivory coast", "CV": "cabo verde", "CZ": "czech republic", "GB": "great britain|britain|england",
        "HK": "hong kong", "IR": "iran", "KG": "kyrgyz republic", "KP": "dprk", "KR": "republic of korea|korea",
        "LA": "lao pdr|lao", "MD": "moldova", "MK": "macedonia", "MM": "burma", "MO": "macau|macao", "PS": "palestine",
        "RU": "russian federation", "SY": "syria", "SZ": "swaziland", "TL": "east timor", "TR": "turkey|turkiye",
        "TZ": "tanzania", "US": "united states of america|america", "VN": "viet nam",
    },
    "zh": {
        "AE": "阿联酋|阿拉伯联合酋长国", "BA": "波黑|波斯尼亚", "CD": "刚果（金）|民主刚果", "CG": "刚果（布）", "GB": "英国", "HK": "香港",
        "ID": "印尼", "KG": "吉尔吉斯", "KP": "朝鲜", "KZ": "哈萨克", "LA": "老挝", "MK": "北马其顿", "MO": "澳门", "MM": "缅甸",
        "RU": "俄罗斯|俄国|俄联邦", "SA": "沙特", "TJ": "塔吉克", "TM": "土库曼", "TW": "台湾", "UZ": "乌兹别克", "CI": "科特迪瓦",
    },
    "ru": {
        "AE": "оаэ|эмираты", "BN": "брунея", "BY": "белоруссия|беларуси", "CN": "кнр|китая", "CZ": "чешская республика", "EG": "египта", "GB": "великобритания|англия",
        "HK": "гонконг", "KG": "киргизия|кыргызстан", "KP": "кндр", "KR": "южная корея|республика корея", "KW": "кувейте", "LA": "лаос",
        "MD": "молдавия|молдова", "MM": "мьянма", "MO": "макао", "NP": "непале", "RU": "рф|российская федерация", "SN": "сенегале", "TM": "туркмения",
        "US": "сша|соединенные штаты", "VN": "вьетнам|вьетнаме", "YE": "йемене", "ZA": "юар",
    },
}  # fmt: skip
# The adjective of a country, or the name of its people.
_ADJECTIVES = {
    "en": (
        "AE:emirati AF:afghan AL:albanian AM:armenian AO:angolan AR:argentine,argentinian AT:austrian AU:australian "
        "AZ:azerbaijani,azeri BA:bosnian BD:bangladeshi,bengali BE:belgian BG:bulgarian BH:bahraini BI:burundian BJ:beninese "
        "BN:bruneian BO:bolivian BR:brazilian BW:botswanan BY:belarusian CA:canadian CD:congolese CH:swiss CL:chilean "
        "CM:cameroonian CN:chinese CO:colombian CR:costa-rican CU:cuban CY:cypriot CZ:czech DE:german DJ:djiboutian DK:danish "
        "DZ:algerian EC:ecuadorian EE:estonian EG:egyptian ER:eritrean ES:spanish ET:ethiopian FI:finnish FJ:fijian FR:french "
        "GA:gabonese GB:british,english GE:georgian GH:ghanaian GN:guinean GR:greek GT:guatemalan HR:croatian HT:haitian "
        "HU:hungarian ID:indonesian IE:irish IL:israeli IN:indian IQ:iraqi IR:iranian IS:icelandic IT:italian JM:jamaican "
        "JO:jordanian JP:japanese KE:kenyan KG:kyrgyz,kyrgyzstani KH:cambodian KP:north-korean KR:korean KW:kuwaiti "
        "KZ:kazakh,kazakhstani LA:laotian,lao LB:lebanese LK:sri-lankan LR:liberian LT:lithuanian LU:luxembourgish LV:latvian "
        "LY:libyan MA:moroccan MD:moldovan ME:montenegrin MG:malagasy MK:macedonian ML:malian MM:burmese MN:mongolian "
        "MR:mauritanian MT:maltese MU:mauritian MV:maldivian MX:mexican MY:malaysian MZ:mozambican NA:namibian NE:nigerien "
        "NG:nigerian NI:nicaraguan NL:dutch NO:norwegian NP:nepalese,nepali OM:omani PA:panamanian PE:peruvian PH:philippine,"
        "filipino PK:pakistani PL:polish PT:portuguese PY:paraguayan QA:qatari RO:romanian RS:serbian RU:russian RW:rwandan "
        "SA:saudi SD:sudanese SE:swedish SG:singaporean SI:slovenian SK:slovak SN:senegalese SO:somali SY:syrian TD:chadian "
        "TG:togolese TH:thai TJ:tajik TM:turkmen TN:tunisian TR:turkish TW:taiwanese TZ:tanzanian UA:ukrainian UG:ugandan "
        "US:american UY:uruguayan UZ:uzbek,uzbekistani VE:venezuelan VN:vietnamese YE:yemeni ZA:south-african ZM:zambian "
        "ZW:zimbabwean"
    ),
    "ru": (
        "AE:эмиратский AO:ангольский AZ:азербайджанский AM:армянский AF:афганский BD:бангладешский BY:белорусский "
        "BN:брунейский BG:болгарский BR:бразильский GB:британский,английский HU:венгерский VN:вьетнамский DE:немецкий,германский "
        "GE:грузинский DJ:джибутийский EG:египетский IL:израильский IN:индийский ID:индонезийский JO:иорданский IQ:иракский "
        "IR:иранский IT:итальянский ES:испанский KZ:казахстанский,казахский KH:камбоджийский CA:канадский QA:катарский "
        "KE:кенийский KG:киргизский,кыргызский,кыргызстанский CN:китайский KR:южнокорейский,корейский KP:северокорейский "
        "LA:лаосский MY:малайзийский MA:марокканский MN:монгольский MM:мьянманский NP:непальский NG:нигерийский "
        "PK:пакистанский PE:перуанский PL:польский RU:российский,русский SA:саудовский RS:сербский SG:сингапурский "
        "US:американский TJ:таджикский TH:таиландский,тайский TZ:танзанийский TM:туркменский,туркменистанский TR:турецкий "
        "UZ:узбекский,узбекистанский UA:украинский PH:филиппинский FR:французский ME:черногорский CL:чилийский LK:шриланкийский "
        "ET:эфиопский ZA:южноафриканский JP:японский"
    ),
}  # fmt: skip
# Short forms that are words of their own in lower case.
_CAPITALS = {
    "US": re.compile(r"\b(?:US|USA|U\.S\.(?:A\.)?)(?![A-Za-z])"),
    "GB": re.compile(r"\b(?:UK|U\.K\.)(?![A-Za-z])"),
}
# Names whose stem is also that of a common word or of another country: "данные", "более", "Нигерия".
_LOOKALIKES = {
    "en": {"FR": re.compile(r"\bfrance\b")},
    "ru": {
        "BO": re.compile(r"\bболиви"),
        "DK": re.compile(r"\bдани[яиюе]"),
        "NE": re.compile(r"\bнигер(?:а|у|е|ом)?\b"),
        "NG": re.compile(r"\bнигери"),
        "OM": re.compile(r"\bоман"),
        "WS": re.compile(r"\bсамоа"),
    },
}
# Names whose stem is that of an everyday word: "данные", "того же".
_EXACT = {
    "ru": {
        "DK": re.compile(r"\bДани[яиюейё]"),
        "TG": re.compile(r"\bТого\b(?! же)"),
        "ML": re.compile(r"\bМали\b"),
        "TD": re.compile(r"\bЧад[аеу]?\b"),
    }
}
# What names no country although it has its name: the money that all reckon in, and languages.
_MONEY = re.compile(
    r"\b(?:(?:US|U\.S\.|American|Hong Kong|Australian|Canadian|Singapore) dollars?|Swiss francs?|British pounds?|Chinese yuan|Japanese yen|Russian rou?bles?)\b"
    r"|\b(?:долл(?:\.|ар\w*)\s+США|(?:американск|гонконгск|австралийск|канадск|сингапурск|швейцарск|британск|китайск|японск|российск)\w+"
    r"\s+(?:доллар|франк|фунт|юан|иен|рубл)\w*)",
    re.IGNORECASE,
)
_LANGUAGES = {
    "en": re.compile(
        r"\b(?:in|into|speaks?)\s+[A-Z]\w+(?=\s*(?:[^\w\s]|$|and\b|or\b|at\b))"
        r"|\b[A-Z]\w+[\s-](?:languages?|versions?|translations?|interpret\w+|editions?|speak\w+)\b|\b(?:Latin|Central) American\b|\bpolish\b"
    ),
    "ru": re.compile(r"\b\w+[сц]к\w+\s+язык\w*|\bпо-\w+ски\b|\bна (?:русском|английском|китайском)\b", re.IGNORECASE),
}
_NO_COUNTRIES = frozenset({"AQ", "EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})

_MEMBERS = {
    "EU": "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    "ASEAN": "BN ID KH LA MM MY PH SG TH TL VN",
    "SCO": "BY CN IN IR KG KZ PK RU TJ UZ",
    "EAEU": "AM BY KG KZ RU",
    "GCC": "AE BH KW OM QA SA",
    "CENTRAL_ASIA": "KG KZ TJ TM UZ",
    "CEE": "AL BA BG CZ EE HR HU LT LV ME MK PL RO RS SI SK",
    "AFRICAN_UNION": (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE "
        "NG RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW"
    ),
}


def members(region: str) -> frozenset[str]:
    """The countries of a regional group of the taxonomy; empty for ``GLOBAL`` and for corridors."""
    return frozenset(_MEMBERS.get(region, "").split())


def countries_in(text: str, language: str) -> frozenset[str]:
    """Codes of the countries a text names, in its own language and, where its script fits, in en, zh and ru."""
    text = _MONEY.sub(" ", text)
    scripts = script_counts(text)
    found: set[str] = set()
    languages = {language}
    if scripts["latin"]:
        languages.add("en")
    if scripts["cyrillic"]:
        languages.add("ru")
    if scripts["han"]:
        languages.add("zh")
    exact = itertools.chain(_CAPITALS.items(), *(_EXACT.get(name, {}).items() for name in languages))
    found.update(code for code, pattern in exact if pattern.search(text))
    folded = fold(text) if languages & {"zh", "ja"} else ""
    for name_language in languages:
        if name_language in {"zh", "ja"}:
            names, pattern = _unspaced_names(name_language)
            found.update(names[match.group()] for match in pattern.finditer(folded))
        else:
            found |= _spaced(text, name_language)
    return frozenset(found)


def countries_of_document(metadata: Metadata, language: str) -> frozenset[str]:
    """Codes of the countries a document is about by its card, or else by its title.

    A rule of a region holds for its members; a card on Kazakhstan that names its region is still about Kazakhstan.
    """
    return (
        frozenset(code[:2] for code in metadata.countries)
        or frozenset[str]().union(*map(members, metadata.region))
        or _countries_of_title(metadata.title, language)
    )


@functools.lru_cache(maxsize=4096)
def _countries_of_title(title: str, language: str) -> frozenset[str]:
    return countries_in(title, language)


def unspaced_names_in(folded: str) -> list[tuple[int, int, str]]:
    """The countries that a folded Chinese text names: where each name begins and ends, and the country's code."""
    names, pattern = _unspaced_names("zh")
    return [(match.start(), match.end(), names[match.group()]) for match in pattern.finditer(folded)]


def countries_of_adjectives(text: str, language: str) -> frozenset[str]:
    """Codes of the countries a text refers to by an adjective: "the Polish labour market".

    Weaker than a name: a Chinese investor in Kenya asks about Kenya.
    """
    adjectives = _adjectives(language)
    stems = words(_LANGUAGES[language].sub(" ", _MONEY.sub(" ", text)), language) if adjectives else []
    found: set[str] = set()
    position = 0
    while position < len(stems):
        pair = " ".join(stems[position : position + 2])
        known = pair if pair in adjectives else stems[position]  # a North Korean is no South Korean
        if known in adjectives:
            found.add(adjectives[known])
        position += 1 + (known == pair and " " in pair)
    return frozenset(found)


@functools.cache
def _adjectives(language: str) -> dict[str, str]:
    listed = _ADJECTIVES.get(language, "")
    return {
        " ".join(words(adjective.replace("-", " "), language)): code
        for entry in listed.split()
        for code, _, names in [entry.partition(":")]
        for adjective in names.split(",")
        if adjective
    }


def country_names(codes: Iterable[str], language: str) -> list[str]:
    """The names of countries in a language, as CLDR gives them; ``en`` where it has none."""
    return [name for code in codes if (name := _territories(language).get(code) or _territories("en").get(code))]


def _spaced(text: str, language: str) -> set[str]:
    names = _spaced_names(language)
    stems = words(text, language)
    folded = fold(text)
    lookalikes = {code for code, pattern in _LOOKALIKES.get(language, {}).items() if not pattern.search(folded)}
    found: set[str] = set()
    position = 0
    while position < len(stems):
        length, code = next(
            (
                (len(name), code)
                for name, code in names.get(stems[position], ())
                if code not in lookalikes and _stands_at(stems, position, name)
            ),
            (1, None),
        )
        if code is not None:
            found.add(code)
        position += length
    return found


def _stands_at(stems: list[str], position: int, name: tuple[str, ...]) -> bool:
    return tuple(stems[position : position + len(name)]) == name


@functools.cache
def _spaced_names(language: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First stem to (all stems, code), the longest name first: so "Papua New Guinea" is not Guinea."""
    names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, code in _names(language):
        if code in _EXACT.get(language, {}):
            continue
        for form in {name, *(_case_forms(name) if language == "ru" else ())}:
            stems = tuple(words(form, language))
            if stems and len("".join(stems)) > 1:
                names.setdefault(stems[0], []).append((stems, code))
    for listed in names.values():
        listed.sort(key=lambda item: -len(item[0]))
    return names


def _case_forms(name: str) -> list[str]:
    """A Russian name in its cases, because the stemmer does not give all of them one stem: Узбекистан, в Узбекистане."""
    if " " in name or "-" in name:
        return []
    if name[-1] in "ьй":
        return [name[:-1] + ending for ending in ("я", "ю", "ем", "е", "и")]
    if name[-1] in "ая":
        return [name[:-1] + ending for ending in ("ы", "и", "е", "у", "ю", "ой", "ей")]
    return [] if name[-1] in "еиоуыэю" else [name + ending for ending in ("а", "у", "ом", "е")]


@functools.cache
def _unspaced_names(language: str) -> tuple[dict[str, str], re.Pattern[str]]:
    names = {fold(name): code for name, code in _names(language) if len(name) > 1}
    longest_first = sorted(names, key=len, reverse=True)
    return names, re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _names(language: str) -> list[tuple[str, str]]:
    listed = [
        (name, code)
        for code, name in _territories(language).items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    # "Myanmar (Burma)" and "Congo - Kinshasa" are written to be read, not to be found.
    listed += [(part, code) for name, code in listed if "(" in name for part in [name.split("(")[0].strip()]]
    for code, aliases in _ALIASES.get(language, {}).items():
        listed += [(alias, code) for alias in aliases.split("|")]
    return listed


@functools.cache
def _territories(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language.replace("-", "_")).territories)
    except (UnknownLocaleError, ValueError):
        return {}
