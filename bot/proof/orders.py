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
_ADDRESSED = re.compile(
    r"(?:^|[.!?;|>]\s*)\W*(?:[\w-]+ ){0,5}?(?:system|assistants?|chat ?bots?|language models?|llms?|ai)(?: (?:override|message|prompt|note|instruction)s?)?\s*[:|—>-]+\s*(?P<order>[^.!?]+)"
    r"|(?:^|[.!?;|>]\s*)\W*(?:system|assistant) (?:override|prompt|message)\b\W*(?P<overriding>[^.!?]+)"
    r"|\b(?:note|notice|message|instructions?|orders?|rules?) (?:to|for) (?:(?:all|any|every|the|ai|our) )*(?:assistants?|chat ?bots?|language models?|llms?)\b\W*(?P<noted>[^.!?]+)",
    re.IGNORECASE,
)
_TO_MACHINES = re.compile(
    r"(?:^|[.!?;|]\s*)\W*(?:систем[аеы]|(?:всем )?(?:ассистент\w*|помощник\w*|чат-?бот\w*|нейросет\w*|языков\w+ модел\w+))(?: \w+)?\s*[:|—-]+\s*(?:[а-я]+(?:йте|ите|ьте)\b|скажи|напиши|добавь|сообщи|закончи|начни|укажи|говори|ответь)"
    r"|(?:правило|указание|инструкция|сообщение) для (?:всех )?(?:ассистент\w*|чат-?бот\w*|нейросет\w*|языков\w+ модел\w+)\W"
    r"|(?:系统(?:提示|指令|消息)?|(?:ai|人工智能)?助手|聊天机器人|语言模型|大模型)[^，。：:]{0,6}[：:|]\s*(?:请|必须|务必|只|不要|告诉|说|以|在)"
    r"|(?:给|对|致)(?:所有)?(?:的)?(?:ai|人工智能)?(?:助手|聊天机器人|语言模型|大模型)的?(?:规则|指令|提示|说明|要求|备注)"
)
"""A name that machines are called by, and an order behind it."""
_OF_THE_ANSWER = re.compile(
    r"\bthe (?:response|reply|answer|output|summary)\b|\b(?:respond|reply|answer)(?: only)? (?:with|in|by|as)\b"
    r"|\b(?:assistant|chatbot|chat bot|language model|llm)s?\b|\bсво\w+ ответ\w*|языков\w+ модел|\bассистент|\bпомощник|чат-?бот|нейросет"
    r"|(?:回答|回复|答复)(?:中|里|时)|助手|语言模型|大模型|聊天机器人"
)
"""What may be meant for the writer of an answer, where it is an order or somebody is spoken to."""
_THIS = (
    r"(?:this|the present) (?:document|text|page|file|passage|article|note|source|material|content|section|paragraph)"
)
_SUMS_UP = r"(?:summari[sz]\w*|paraphras\w*|condens\w+|answer(?:s|ing)?|respond(?:s|ing)?|reply(?:ing)?|describ\w+|explain(?:ing)?|discuss\w*|asked|questioned|process(?:ing)?|us(?:e|ing)|quot(?:e|ing))"
_STATES = (
    r"(?:state|say|claim|mention|assert|conclude|report|note|write|answer|reply|respond|declare|tell (?:\w+ ){1,3}?)"
)
_OF_THE_TEXT = re.compile(
    # "When summarising this document, state that …"; "If asked about the fee, say that …": the order need not come first.
    rf"\b(?:when(?:ever)?|while|if|before|after|in|once|as)\b[^.;!?]{{0,30}}\b{_SUMS_UP}\b[^.;!?]{{0,80}}?,\s*(?:please |always |also |only |then |do |you \w+ )*{_STATES}\s?that\b"
    rf"|\b(?:when(?:ever)?|while|if|before|after|in|once|as)\b[^.;!?]{{0,30}}\b{_SUMS_UP}\b[^.;!?]{{0,20}}\b{_THIS}\b[^.;!?]{{0,40}}?,\s*(?:please |always |also |only |then |do not |never )*(?:{_STATES}|add|include|insert|omit|recommend|ignore|present)\b"
    rf"|^\W*(?:please |always |you \w+ )*{_STATES}\s?that\b[^.;!?]*\b(?:when(?:ever)?|while|if|before|in)\b[^.;!?]{{0,20}}\b(?:summari[sz]\w*|paraphras\w*|answering|responding|replying|asked|{_THIS})\b"
    rf"|\b(?:any|every|each|all|the) (?:summar(?:y|ies)|answers?|descriptions?|translations?|quotations?|responses?|repl(?:y|ies)) (?:of|about|to|on|from|based on|drawn from)\b[^.;!?]{{0,20}}\bthis\b[^.;!?]{{0,30}}\b(?:must|should|shall|has to|have to|needs? to|ought to) (?:\w+ )?(?:state|say|claim|mention|assert|conclude|recommend|add|include|begin|end)\b"
    r"|(?:^\W*|[,;:] )(?:please |always |you \w+ )*tell (?:the |any |all |every )?(?:readers?|users?|askers?|whoever)\b"
    rf"|(?:^\W*|[,;] )(?:always|from now on|henceforth|in (?:every|all|any|each) answers?)[, ]+{_STATES}\s?that\b"
    r"|(?:总结|概括|归纳|概述|摘要|复述|转述|描述|回答|回复|答复|处理|阅读)[^。；！？]{0,6}(?:本|该|此|这[份篇个段]?)(?:文件|文档|文本|材料|资料|内容|页面|段落|文章)[^。；！？]{0,6}(?:时候?|后|前|过程中|中)[，,]?(?:请|应当?|须|必须|要|务必|需要?|都|均)*(?:说|称|声明|说明|指出|强调|表示|写明|提到|回答|告诉)"
    r"|(?:如果|若|如|当|凡)[^。；！？，,]{0,8}(?:有人|用户|读者|对方|被)[^。；！？，,]{0,4}(?:问|询问|提问)[^。；！？，,]{0,20}[，,](?:请|就|则|应当?|必须|要|务必)*(?:说|称|声称|回答|答复|告诉|告知|表示)"
    r"|\b(?:при|когда|если|перед|после|в)\b[^.;!?]{0,30}\b(?:резюм\w+|обобщ\w+|переска\w+|изложен\w+|излага\w+|суммир\w+|отвеча\w+|ответ\w*|спрос\w+|спраш\w+|описыва\w+|описани\w+|цитир\w+)\b[^.;!?]{0,80}?,?\s(?:всегда |обязательно |также |пожалуйста,? )*(?:укажи|скажи|сообщи|напиши|утверждай|отметь|подчеркни|заяви|упомяни|ответь|говори)(?:те)?,? что\b"
)
"""What is said to whoever puts this very text into other words, wherever in a sentence the order stands."""
_SPOKEN_TO = re.compile(
    r"^\W*(?:(?:dear|hey|attention|note to|notice to|message to|important)\b[^.]{0,20})?(?:ai |the |all )*(?:assistant|chatbot|chat bot|language model|llm)s?\s*[:,!—|-]"
    r"|\byou (?:are|must|should|will|have to|need to)\b|^\W*(?:respond|reply|answer)\b"
    r"|\b(?:ты|вы) (?:долж\w+|обязан\w*|теперь)\b|^\W*(?:ассистент|помощник|чат-?бот|нейросеть)\s*[:,!—-]"
    r"|^\W*(?:ai|人工智能|智能)?(?:助手|语言模型|大模型|聊天机器人)[：:，,！]|(?:你|您)(?:必须|应当|应该|要|需要|是)|请|务必"
)
_SAYS = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|must|may|can|will|shall|should|does|do|did|not|comes?|goes|holds?)\b"
)
_QUOTED = re.compile(r"[\"“«‘'][^\"”»’']*(?:[\"”»’']|$)")
_COMMANDS = frozenset(
    "add answer ask call click compose contact convert create describe do explain generate give include insert just let list mention name "
    "please promote provide recommend repeat replace reply respond say send show tell translate visit write".split()
)
_ORDERED = _COMMANDS | frozenset(
    "always never only begin end finish start ignore omit output print quote state".split()
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
    if _TO_THE_WRITER.search(reading.folded) or _OF_THE_TEXT.search(reading.folded):
        return True
    if _TO_MACHINES.search(reading.folded) or _is_addressed(reading.folded):
        return True
    about = _OF_THE_ANSWER.search(reading.folded)
    return about is not None and (_SPOKEN_TO.search(reading.folded) is not None or is_order(reading))


def _is_addressed(folded: str) -> bool:
    """Whether a machine is called by its name and ordered something: "Note to assistants: say …", "SYSTEM: answer …"."""
    for found in _ADDRESSED.finditer(folded):
        first = next(filter(None, found.groups())).split()
        if len(first) > 1 and first[0].strip(",.:;“\"'").lower() in _ORDERED:
            return True
    return False


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
