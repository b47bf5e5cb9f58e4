"""Which sentences of a document are addressed to whoever writes the answer, instead of saying something.

Ordinary documents speak of assistants, of replies within thirty days and of correct answers as well; such a sentence is
meant for us only if it also orders, or speaks to somebody. What is missed here does no harm by itself: it is a quote.
"""

import re

from bot.proof.reading import Reading
from retrieval import stop_words

_TO_THE_WRITER = re.compile(
    r"\b(?:your|this) (?:response|reply|answer|output|message|summary)\b(?! (?:to (?:the|us|our|a)|from|must reach|within)\b)"
    r"|(?:^|[.!:;,(\"'-]\s*|\b(?:please|now|and|must|should|to) )(?:ignore|disregard|forget|override)\b[^.;:!?]{0,30}?"
    r"\b(?:instruct\w*|prompts?|rules?|guidelines|passages?|messages?|previous|prior|above|everything)\b"
    r"|(?:ваш|тво)\w+ ответ|\bответь\b|\bотвечай\b|\bигнорируй|\bзабудь\b"
    r"|(?:你|您)的(?:回答|回复|答复|输出)"
    r"|(?:忽略|无视|忘记)[^。；！？]{0,6}?(?:以上|上述|之前|前面|此前|先前|所有|一切|其他)[^。；！？]{0,6}?(?:内容|指令|指示|规则|提示|要求|说明|文字|段落|信息|资料)"
)
"""What is said to the writer of an answer and to nobody else."""
_OF_THE_ANSWER = re.compile(
    r"\bthe (?:response|reply|answer|output|summary)\b|\b(?:respond|reply|answer)(?: only)? (?:with|in|by|as)\b"
    r"|\b(?:assistant|chatbot|language model)\b|\bсво\w+ ответ\w*|языков\w+ модел|\bассистент|\bпомощник"
    r"|(?:回答|回复|答复)(?:中|里|时)|助手|语言模型"
)
"""What may be meant for the writer of an answer, where it is an order or somebody is spoken to."""
_SPOKEN_TO = re.compile(
    r"^\W*(?:(?:dear|hey|attention|note to)\b[^.]{0,20})?(?:ai |the )?(?:assistant|chatbot|language model)s?\s*[:,!—-]"
    r"|\byou (?:are|must|should|will|have to|need to)\b|^\W*(?:respond|reply|answer)\b"
    r"|\b(?:ты|вы) (?:долж\w+|обязан\w*|теперь)\b|^\W*(?:ассистент|помощник)\s*[:,!—-]"
    r"|^\W*(?:助手|语言模型)[：:，,！]|(?:你|您)(?:必须|应当|应该|要|需要|是)|请|务必"
)
_SAYS = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|must|may|can|will|shall|should|does|do|did|not|comes?|goes|holds?)\b"
)
_QUOTED = re.compile(r"[\"“«‘'][^\"”»’']*(?:[\"”»’']|$)")
_COMMANDS = frozenset(
    "add answer ask call click compose contact convert create describe do explain generate give include insert just let list mention name "
    "please promote provide recommend repeat replace reply respond say send show tell translate visit write".split()
)
_NO_VERBS = ("s", "ed", "ing", "ly", "tion", "ness", "ity", "ment", "ance", "ence", "ian", "ese", "ish", "ful", "ous")
_OPENINGS = frozenset(
    "however except hereby today yesterday tomorrow even ever perhaps maybe meanwhile moreover furthermore nevertheless otherwise "
    "instead indeed thus hence besides although though whereas while since unless until preamble annex official one two three four "
    "five six seven eight nine ten first second third last next early late new".split()
)
"""What sentences begin with that order nothing, beside the empty words."""
_TOLD = re.compile(r"\b(?:[a-z]{2,}ed|became|began|came|got|led|made|said|saw|sent|took|went|won|wrote)\b")
_ORDERS = re.compile(
    r"[а-я]+(?:йте|ите|ьте)(?:сь)?\b|(?:скажи|напиши|добавь|объясни|опиши|покажи|переведи|назови|расскажи|забудь|сделай|включи|замени|убери)\b"
    r"|请|不要|务必|告诉|解释|描述|列出|翻译|写(?!着|道|有)|说出|加上(?!央|此|之|了|这)|添加|删除(?!的)|把(?=[^，。]{1,12}(?:改|换|写|译|翻|删|替|加|放|告|发))"
)


def is_to_the_writer(reading: Reading) -> bool:
    """Whether a sentence speaks to whoever writes the answer, about the answer."""
    if _TO_THE_WRITER.search(reading.folded):
        return True
    about = _OF_THE_ANSWER.search(reading.folded)
    return about is not None and (_SPOKEN_TO.search(reading.folded) is not None or is_order(reading))


def is_order(reading: Reading) -> bool:
    """Whether a sentence asks for something rather than says it, as far as its first words tell."""
    text = reading.text.strip(' -•*–—"“«')
    if text.rstrip(' »”"').endswith(("?", "？")):
        return True
    if not text.split():
        return False
    first, *rest = text.split()
    if not first.isascii():
        return _ORDERS.match(text.casefold()) is not None
    word = first.strip(",.:;")
    if word.lower() in _COMMANDS:
        return bool(rest)
    if not word.isalpha() or not (word[1:].islower() or word.isupper()) or first.endswith(".") or not rest:
        return False
    if any(part.endswith(":") for part in text.split()[:4]):
        return False  # "broad gauge: 16,636 km": a fact under its name
    if word.lower() in stop_words("en") | _OPENINGS or word.lower().endswith(_NO_VERBS):
        return False
    ahead = _QUOTED.sub("", text).split()[1:9]
    # A name after the first word is who a sentence tells of.
    named = any(part[:1].isupper() and part[1:2].islower() for part in ahead[:2])
    return not named and not _SAYS.search(" ".join(ahead)) and not _TOLD.search(" ".join(ahead[:3]))
