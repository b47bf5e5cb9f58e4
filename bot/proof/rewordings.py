"""Other sentences that say what a sentence says: active for passive, "of" for "'s", a short name for a long one.

Each is made by a rule of grammar and knows nothing of any source; whether a sentence of a source says it is for
``derivation`` to find out, word by word, as for any other. A rule that fits wrongly makes a sentence that nothing says.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MOST = 10
_FORMS = {
    "given": "gives", "made": "makes", "held": "holds", "sold": "sells", "bought": "buys", "built": "builds", "taken": "takes", "known": "knows",
    "drawn": "draws", "laid": "lays", "kept": "keeps", "written": "writes", "chosen": "chooses", "sent": "sends", "led": "leads",
    "found": "finds", "borne": "bears", "met": "meets", "paid": "pays", "set": "sets", "brought": "brings", "sought": "seeks",
    "put": "puts", "run": "runs", "told": "tells", "withdrawn": "withdraws", "overseen": "oversees", "shown": "shows",
}  # fmt: skip
_PARTICIPLE = rf"(?:\w{{2,}}ed|{'|'.join(_FORMS)})"
_BE = (
    r"(?P<be>is|are|was|were|(?:has|have) been|(?P<modal>must|may|can|shall|should|will|could|would)(?P<not> not)? be)"
)
_PASSIVE = re.compile(
    rf"(?P<object>[^;:]+?) {_BE}(?P<denied> not)? (?:being )?(?P<verb>{_PARTICIPLE})(?P<up> (?:up|out|in|off|down))?(?P<between>(?: [^;:]+?)?)"
    r" by (?!\d|way|means|default|law\b(?! \d)|\w+ing\b|about|up to|no |at least|more|less|over|the end)(?P<agent>[^;:]+)",
    re.IGNORECASE,
)
_AGENTLESS = re.compile(
    rf"(?P<object>[^;:,]+?) {_BE}(?P<denied> not)? (?:being )?(?P<verb>{_PARTICIPLE})(?P<up> (?:up|out|in|off|down))?(?P<rest>\b[^;:]*)",
    re.IGNORECASE,
)
_AGENT_ENDS = re.compile(r",? (?=(?:in|on|at|for|from|since|until|within|under|during|after|before|if|when|to|with)\b)")
_OWNS = re.compile(r"(?P<the>\b[Tt]he )?(?P<owner>(?:[A-Z][\w&-]*|\w+))['’]s (?P<owned>[\w-]+(?: [\w-]+){0,3})")
_YEAR_FIRST = re.compile(r"\b(?P<the>[Tt]he )(?P<year>(?:19|20)\d\d) (?P<named>[\w-]+(?: [\w-]+){0,3})")
_IS_THE = re.compile(
    r"(?P<lead>(?:[^,]+, )?)(?P<one>[Tt]he [^,;:]+?) (?P<be>is|are|was|were|has been|have been) (?P<other>[A-Z][\w&-]*(?: [A-Z][\w&-]*)*)"
)
_BEGINS = (
    (
        re.compile(
            r"(?P<what>[^,;:]+?) (?:(?:will )?(?:start|begin)s?|will be starting) (?P<when>(?:on |from |in )?\S*\d.*)",
            re.I,
        ),
        "start of",
    ),
    (re.compile(r"(?P<what>[^,;:]+?) (?:начн[её]тся|начнутся|начина[ею]тся) (?P<when>(?:с )?\S*\d.*)", re.I), "начало"),
)
_ORDER = re.compile(
    r"(?P<verb>File|Submit|Lodge|Register|Pay|Deposit|Notify|Complete|Obtain|Report|Keep|Send) (?P<object>(?:the|an?|your)(?: [\w-]+){1,3})(?P<rest>\b.*)"
)
_SHORT = (
    (re.compile(r"\bcan(?:'t|’t| not)\b", re.I), "cannot"), (re.compile(r"\bwon['’]t\b", re.I), "will not"), (re.compile(r"\b(do|does|did|is|are|was|were|has|have|must|need)n['’]t\b", re.I), r"\1 not"),
    (re.compile(r"\bprior to\b", re.I), "before"), (re.compile(r"\bin (?:case|the event)(?: that)?\b(?! of)", re.I), "if"), (re.compile(r"\b(?:even though|though)\b", re.I), "although"),
    (re.compile(r"\b(?:do(?:es)?|did) not have to\b", re.I), "need not"), (re.compile(r"\bha(?:s|ve) to\b", re.I), "must"), (re.compile(r"\bso[- ]called\b", re.I), "known as"), (re.compile(r"\bin order to\b", re.I), "to"),
    (re.compile(r"\b(?:rang(?:e|es|ing)|runs?) (?=from \d+ to \d)", re.I), "is "), (re.compile(r"\bfrom (?=\d+ to \d+ (?:year|month|day|percent|week))", re.I), ""),
    (re.compile(r"\b(?:no|not) later than (?=[\w-]+ (?:\w+ )?(?:days?|weeks?|months?|years?) before\b)", re.I), "at least "),
    (re.compile(r"\bне позднее(?:,? чем)? за (?=\d+ \w+ (?:\w+ )?до\b)", re.I), "не менее чем за "),
    (re.compile(r"\b(?:do|does) not (?:need|require) (?=(?:the|an?)\b)|\bneeds? no (?=\w)|\bpays? no (?=\w)|\bdo(?:es)? not (?:have to )?pay ", re.I), "are exempt from "),
    (re.compile(r"\bне (?:плат[ия]т|платят|уплачива[ею]т|облага[ею]тся) ", re.I), "освобождены от "),
    (re.compile("(?<=[还均都也则，])要(?![求素点件])"), "须"), (re.compile(r"(?:国务院)?令第 ?(\d+) ?号"), r"第\1号令"),
    (re.compile("要求(?=为)"), ""), (re.compile("自贸试?验?区"), "自由贸易试验区"), (re.compile("重启"), "重新启动"),
)  # fmt: skip
"""What is only another way of writing a word."""
_ZH_IF = re.compile(
    r"(?:如果|假如|倘若|若|如(?!下|何|实|期))(?P<case>[^，；：]{2,}?)(?:的)?，(?:则|那么|就)?(?P<then>.+)"
)
_ZH_IS_IF = re.compile(r"(?P<case>[^，；：]{4,}?)(?:的|时)，(?P<then>.+)")
_OF_A_TIME = re.compile(r"\d{4}年|\d月|已")
_ZH_THEN = re.compile(r"(?P<case>[^，；：]{4,}?)，(?P<then>[^，；：]*?)就(?P<rest>.+)")
_ZH_PASSIVE = re.compile(
    r"(?P<object>[^，；：]{2,}?)(?:已经?)?被(?P<agent>[^，；：]{2,}?)(?P<verb>[\u4e00-\u9fff]{2})(?P<end>[。了]*)"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Another sentence that says the same.

    ``verb`` is the one that was turned, as it was written; ``past`` whether what it tells is over, None where both may be.
    ``of_all`` is set where a passive names no doer: it lacks a subject, which must be a country or what all of the text is of.
    """

    text: str
    verb: str = ""
    past: bool | None = None
    of_all: bool = False


@functools.lru_cache(maxsize=2_048)
def wordings(text: str, language: str) -> tuple[Wording, ...]:
    """Other sentences that say what a sentence says, without itself."""
    plain = _written_out(text)
    found = {} if plain == text else {plain: Wording(plain)}
    todo = [Wording(plain)]
    for one in todo:  # grows: what was turned once may be turned once more
        for rule in _RULES.get(language.split("-")[0], ()):
            for other in rule(one.text):
                if len(found) >= _MOST:
                    return tuple(found.values())
                if other.text in found or other.text == text or (one.verb and other.verb):
                    continue
                turned = other if other.verb else Wording(other.text, one.verb, one.past, one.of_all)
                found[other.text] = turned
                if not one.verb and one.text == plain and not turned.of_all:
                    todo.append(turned)
    return tuple(found.values())


def _written_out(text: str) -> str:
    for pattern, other in _SHORT:
        text = pattern.sub(other, text)
    return text


def _active(text: str) -> Iterator[Wording]:
    match = _PASSIVE.fullmatch(text.rstrip(" ."))
    if match is None:
        return
    agent, rest = match["agent"], match["between"]
    ends = [len(agent), *(cut.start() for cut in itertools.islice(_AGENT_ENDS.finditer(agent), 2))]
    lead, comma, subject = match["object"].rpartition(", ")
    for end in ends:
        said = f"{agent[:end]}{_helped(match)} {_finite(match)}{match['up'] or ''} {subject}{rest}{agent[end:]}"
        yield Wording(f"{lead}{comma}{said}", match["verb"], _past(match))


def _without_doer(text: str) -> Iterator[Wording]:
    match = _AGENTLESS.fullmatch(text.rstrip(" ."))
    if match is not None:
        said = f"{_helped(match)} {_finite(match)}{match['up'] or ''} {match['object']}{match['rest']}".strip()
        yield Wording(said, match["verb"], _past(match), of_all=True)


def _helped(match: re.Match[str]) -> str:
    modal = f" {match['modal']}{match['not'] or ''}" if match["modal"] else ""
    return modal + (" does not" if match["denied"] else "")


def _finite(match: re.Match[str]) -> str:
    verb = match["verb"].lower()
    return _FORMS.get(verb, verb)


def _past(match: re.Match[str]) -> bool | None:
    be = match["be"].lower()
    return None if match["modal"] or "been" in be else be.startswith("w")


def _owner_behind(text: str) -> Iterator[Wording]:
    for match in itertools.islice(_OWNS.finditer(text), 2):
        owned = match["owned"].split()
        for count in range(1, len(owned) + 1):
            behind = " ".join(owned[count:])
            for small in ("of", "by") if match["the"] else ("of",):
                said = f"the {' '.join(owned[:count])} {small} {match['the'] or ''}{match['owner']} {behind}".strip()
                yield Wording(f"{text[: match.start()]}{said}{text[match.end() :]}")


def _year_behind(text: str) -> Iterator[Wording]:
    for match in itertools.islice(_YEAR_FIRST.finditer(text), 1):
        named = match["named"].split()
        for count in range(1, len(named) + 1):
            said = f"{match['the']}{' '.join(named[:count])} of {match['year']} {' '.join(named[count:])}".strip()
            yield Wording(f"{text[: match.start()]}{said}{text[match.end() :]}")


def _turned_round(text: str) -> Iterator[Wording]:
    """ "The authority is NEMA" is "NEMA is the authority"."""
    match = _IS_THE.fullmatch(text.rstrip(" ."))
    if match is not None:
        lead = match["lead"].rstrip(", ")
        yield Wording(f"{match['other']} {match['be']} {match['one']} {lead}".strip())


def _told_to(text: str) -> Iterator[Wording]:
    """ "File the form" is "the form must be filed", whoever is to do it."""
    match = _ORDER.fullmatch(text.rstrip(" ."))
    if match is not None:
        said = match["object"].split()
        for count in range(2, len(said) + 1):
            rest = f"{' '.join(said[count:])}{match['rest']}".strip()
            yield Wording(f"{' '.join(said[:count])} must {match['verb'].lower()} {rest}".strip())


def _begins(text: str) -> Iterator[Wording]:
    """ "The sale begins on a day" is "beginning of the sale: that day", as tables say it."""
    for pattern, noun in _BEGINS:
        if match := pattern.fullmatch(text.rstrip(" .。")):
            yield Wording(f"{noun} {match['what']}: {match['when']}")


def _case(text: str) -> Iterator[Wording]:
    """A case is told by 如果 before it or by 的 behind it."""
    for pattern in (_ZH_IF, _ZH_IS_IF):
        if (match := pattern.fullmatch(text)) and not _OF_A_TIME.search(match["case"]):
            yield Wording(f"若{match['case']}，{match['then']}")


def _then(text: str) -> Iterator[Wording]:
    if (match := _ZH_THEN.fullmatch(text)) and _ZH_IF.fullmatch(text) is None:
        yield Wording(f"若{match['case']}，{match['then']}{match['rest']}")


def _zh_active(text: str) -> Iterator[Wording]:
    if match := _ZH_PASSIVE.fullmatch(text):
        yield Wording(f"{match['agent']}{match['verb']}了{match['object']}", match["verb"], past=True)


_RULES: dict[str, tuple[Callable[[str], Iterator[Wording]], ...]] = {
    "en": (_told_to, _active, _turned_round, _without_doer, _year_behind, _begins, _owner_behind),
    "ru": (_begins,),
    "zh": (_case, _then, _zh_active),
}
