"""Greetings, thanks, farewells and questions about the assistant itself: said back to without a look at the documents."""

import re
from enum import StrEnum

from retrieval import fold


class SmallTalk(StrEnum):
    """What a message says that asks nothing of the documents; ``reply("small_talk_…")`` answers it."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    WHO = "who"


_SAID = {
    SmallTalk.WHO: (
        r"who are you|what are you|what is your name|what(?:'s| is) this|what can you do(?: for me)?|what do you do|help(?: me)?"
        r"|how can you help(?: me)?|are you (?:a )?(?:bot|robot|human|ai|an ai|real person|person)"
        r"|(?:请问)?[你您]是谁[呀啊]?|[你您]是(?:机器人|人工智能|真人|人)吗|[你您](?:能|可以|会)(?:做|干|帮我做)?(?:什么|些什么|哪些事)|[你您]叫什么(?:名字)?|帮助"
        r"|(?:а )?(?:кто|что) (?:ты|вы)(?: так(?:ой|ая|ое|ие))?|(?:а )?что (?:ты умеешь|вы умеете|ты можешь|вы можете)|как (?:тебя|вас) зовут"
        r"|помощь|(?:ты|вы) (?:бот|робот|человек)"
    ),
    SmallTalk.THANKS: (
        r"(?:ok |okay |great |good |perfect |many )?(?:thanks|thank you|thankyou|thx|cheers)(?: a lot| very much| so much| again| for (?:your|the) help)?"
        r"|(?:that is |that's |very )?(?:great|helpful|perfect|good|clear|useful)|ok|okay|got it|i see|(?:cool|nice|good|great|well)(?: one| job| work| answer| done)?|alright|all right|fine|understood|h+m+|wow|yes|yep|no|nope"
        r"|(?:no,? (?:thanks|thank you)|never ?mind|nothing(?: else)?|that(?: is|'s) (?:all|it)|all clear|makes sense)"
        r"|(?:好的?|非常|太|十分|多)?(?:谢谢|感谢|多谢|谢了)(?:[你您]|你们|您的帮助|你的帮助|啦|了)?|好的?|好吧|嗯+|哦+|行|收到|太好了|没事了?|不用了?|可以了|是的?|不是|没有了|就这些|明白了?|知道了|了解了?"
        r"|(?:большое |огромное |хорошо )?(?:спасибо|благодарю|спс)(?: большое| вам| тебе| вас| за помощь| огромное)*|понятно|ясно|хорошо|отлично|ок|окей|ага|угу|ладно|супер|класс|здорово|принято|понял[аи]?|всё понятно|все понятно|да|нет|не надо|ничего|это вс[её]|(?:нет )?спасибо не надо|хм+"
    ),
    SmallTalk.FAREWELL: (
        r"bye|bye bye|goodbye|good bye|see you(?: later| soon)?|good night|再见|拜拜|回头见|晚安|до свидания|пока|всего доброго|до встречи"
    ),
    SmallTalk.GREETING: (
        r"hi|hello|hey|hello there|hi there|greetings|good (?:morning|afternoon|evening|day)|how are you(?: doing)?"
        r"|[你您]好[呀啊]?|大家好|您好|早上好|上午好|下午好|晚上好|早|嗨|哈喽|在吗|[你您]好吗"
        r"|привет|здравствуйте|здравствуй|добрый (?:день|вечер)|доброе утро|приветствую|салют|как дела"
    ),
}  # fmt: skip
_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _SAID.items()}
_LONGEST = 80
_COURTEOUS = (SmallTalk.THANKS, SmallTalk.GREETING)
_FIRST = re.compile(r"\s*([^,，.。!！;；…]{1,40})[,，.。!！;；…]+\s*(?=\S)")
_ONE_MORE = re.compile(
    r"^\s*(?:(?:and |just )?(?:one|another|last|next|quick)(?: more| last| quick)?(?: thing| question| one)?\s*[:：]"
    r"|(?:(?:还有|再问|最后)?(?:一个|个)?问题|另外|对了)\s*[:：,，]|(?:и |а )?(?:ещё|еще)(?: один| одно)?(?: вопрос| момент)?\s*:)\s*",
    re.IGNORECASE,
)
"""What announces a question."""
_PARTS = re.compile(r"[^\w'’ -]+")


def small_talk(text: str) -> SmallTalk | None:
    """What a message says, if all of it is small talk; a greeting before a question is a question."""
    if len(text) > _LONGEST:
        return None
    parts = [part.strip(" -") for part in _PARTS.split(fold(text).replace("’", "'"))]
    kinds = [_kind(part) for part in parts if part]
    if not kinds or None in kinds:
        return None
    return next(kind for kind in _SAID if kind in kinds)


def without_courtesy(text: str) -> str:
    """A question without the thanks or the greeting before it: "ok, thanks, and in Kazakhstan?"."""
    rest = text
    while (first := _FIRST.match(rest)) and small_talk(first[1]) in _COURTEOUS:
        rest = rest[first.end() :]
    return _ONE_MORE.sub("", rest, count=1)


def _kind(part: str) -> SmallTalk | None:
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(part)), None)
