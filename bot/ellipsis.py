"""The words that show that a question leans on an earlier one, by language: for ``bot.conversation`` to read."""

import re

# What a follow-up begins with.
LEAD = {
    "en": re.compile(
        r"(?:(?:ok|okay|thanks|thank you|great|well|so|then|oh|ah|hm+|wait|oops|sorry|pardon|my mistake|scratch that|wrong)\b[ ,.!:–—-]*)*(?:(?:and |but )?(?:what|how) about\b|and\b|but\b|or\b|also\b|(?:the )?same (?:question |thing )?(?:for|about|in)\b|what (?=if\b)|any\b"
        r"|(?:the )?ones?\b(?= (?:in|for|from|of)\b)|(?:(?:no|nope|sorry|wait)\b[,.!:—-]+\s*|(?:no )?(?:actually )?i (?:mean|meant|said|was asking about|asked about)\b[ ,:]*)+)\s*",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:谢谢|好的?|哦|噢|啊|等等|对不起|不好意思)?[，,。！! ]*(?:我?[说讲问写打弄搞]错了[，,。！! ]+(?:应该|应当|其实)?是?|(?:(?:不是|不对|不|错了|抱歉)[，,。！! ]+)?我(?:是)?(?:说|指|问|想问)的?(?:是)?|(?:不是|不对|不|错了|抱歉)[，,。！! ]+|那么|那(?!些|个(?!人)|种|里|边)|还有|至于|而|换成|如果是|如果换成|(?:同样|一样|同一个?)的?(?:问题)?[，,]|我(?:还)?以为(?:是)?|我听说(?:是)?)[，, ]*"
    ),
    "ru": re.compile(
        r"(?:(?:спасибо|хорошо|понятно|ну|ой|ах|извини(?:те)?|прости(?:те)?|погоди(?:те)?|вернее|точнее)[ ,.!]+)*(?:(?:(?:стоп|не то|не так|ошиб\w+)[ ,.!:]+)+|(?:нет[,.! ]+)?я (?:имел[аи]? в виду|спрашивал[аи]?(?: про| об?)?)[ ,:]*|нет[,.!]+\s*(?:про |об? )?|(?:тот|такой) же вопрос(?: про| об?| для| по)?\s+|то же(?: самое)? (?:про|для|по)\s+|(?:(?:а|и|но|или) )?(?:как|что) (?:насч[её]т|там с|по поводу)\s+|(?:(?:а|и|но) )?что (?=если\b)|(?:а|и|но|или)(?: ещ[её])?[, ]+(?:как (?=в |во |для ))?)",
        re.IGNORECASE,
    ),
}
# What it ends with.
TAIL = {
    "en": re.compile(r"[\s,]+(?:then|too|as well|also|the same|similar|please)$", re.IGNORECASE),
    "zh": re.compile(
        r"(?:又)?(?:怎么样|如何)?呢[呀啊]?$|怎么样$|(?:是不是)?(?:也|都)?(?:一样|如此|适用)吗?$|也(?:都|还)?(?:[\u3400-\u9fff]|可以|需要|包括|覆盖|适合)吗$|(?:也)?有(?:没有)?(?:类似|同样|相同|一样)的?(?:规定|政策|要求|制度)?吗?$"
    ),
    "ru": re.compile(r"[\s,]+(?:пожалуйста|тоже|тогда|столько же|так же|то же(?: самое)?|аналогично)$", re.IGNORECASE),
}
# Words that make it a question of its own form.
QUESTION = {
    "en": re.compile(
        r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|does|do|did|can|could|may|must|should|will|would|has|have)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"什么时候|百分之几|百分之多少|什么|哪[一几]?(?:些|个|里|儿|家|年|部|条|种|类|项|天|位)?|怎么办(?!理)|怎么样|怎么|怎样|如何|多少|多大|多久|多长|多高|几个|几|谁来|谁|为何|何时|何地|是否|有没有|是不是|能不能|可不可以|吗"
        r"|分别|现在|目前|需要|必须|应当|应该|可以|能够|请问|请|是|呢|一下|告诉我"
    ),
    "ru": re.compile(
        r"\b(?:что|кто|кого|кем|кому|чей|как|какой|какая|какое|какие|каких|каким|какими|какого|какую|каков[аоы]?|когда|где|куда|откуда|почему"
        r"|зачем|сколько|ли|нужн[аоы]?|нужен|можно|надо)\b",
        re.IGNORECASE,
    ),
}
# A phrase that says of what, where or when, and so goes on with the earlier question.
PREPOSITION = {
    "en": re.compile(
        r"(?:in|for|to|from|with|under|at|on|by|of|after|before|without|if|outside|within|via)\b", re.IGNORECASE
    ),
    "zh": re.compile(r"(?:对于|对|在|向|从|针对|没有)"),
    "ru": re.compile(r"(?:в|во|для|с|со|из|по|на|у|при|до|после|за|от|к|без|через|если)\s", re.IGNORECASE),
}
# What stands for something that was said before.
POINTS = {
    "en": re.compile(
        r"\b(?:it|its|they|them|their|these|those|this(?! (?:year|week|month|site|assistant|service|knowledge|base))|that one|that)\b"
        r"|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b(?! (?:is|are|was|were|a|an|any))"
        r"|(?<=\bthe )(?:\w+ ){1,2}ones?\b|(?<=\bfor )one$|(?<=\bget )one$|(?<=\bneed )one$|^which (?:(?:one|two|three)s?\b(?! of\b)|(?=(?:is|are|was|were|do|does|can|must|should|need|needs|require|requires|apply|applies)\b))|^which (?:one )?(?:is|are|was|were) (?:the )?(?:\w+er|\w+est|more \w+|better|best)$",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"它们?|他们|这些|那些|其中|^(?:这|那)?里[面头]|上述|以上(?=哪|这|的)|这个(?!月|知识|助手|网站|服务)|这类|那个(?!人)|这种|这(?=是|要|需|有|从|什)|那里|该(?!不该|怎|如|不|是)(?=[\u3400-\u9fff])"),
    "ru": re.compile(
        r"\b(?:это|этого|этому|этим|этом|этих|эти|эта|этой|эту|этот|этими|он|она|оно|они|их|его|ее|её|ему|ей|им|ими|них|ним|ними|него|нее|неё|ней"
        r"|нём|нем|там|туда|оттуда|такой|такая|такие|таких|тот|те)\b(?!-)",
        re.IGNORECASE,
    ),
}  # fmt: skip
THERE = {
    "en": re.compile(r"(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b(?! (?:is|are|was|were|a|an|any))", re.IGNORECASE),
    "zh": re.compile(r"(?:在)?(?:那里|那边|那儿|当地|该国)(?:的)?"),
    "ru": re.compile(r"\b(?:там|туда|оттуда)\b", re.IGNORECASE),
}
"""What stands for a country that was spoken of."""
MAY_IT = re.compile(
    r"(?:可以|可不可以|能不能|能否|可否|能|是否|需不需要|要(?!求|么|是)|从(?=[哪何几什])|为什么|为何|适用|怎么|怎样|如何|谁|什么时候|何时|多少|多久|向谁|由谁|不|未|没有)"
)
"""A short Chinese question that begins so has left out of what it asks."""
ALSO = re.compile(r"也(?:要|需|得|可|能|适|必|应|包|算|是)")
"""In a Chinese question: what was asked before is asked of something else."""
IN_IT = re.compile(r"^[\u3400-\u9fff]{1,2}[上里中内]面?(?:大概|一共|总共|都|还)?(?:有|包括|包含|写)")
"""A short Chinese question of what is in a thing that nobody has named: 清单上有多少项."""
ONLY_THEN = re.compile(r"才(?:适用|算|需要|要|能|可以|行|$)")
"""In a short Chinese question: from when on a rule holds that it does not name."""
GOES_ON = re.compile(r"(?<!^)(?:也(?!许)|还(?:能|要|有|可|需|是))")
"""A short Chinese question that has "too" or "still" behind its first word presupposes what was asked before."""
CONDITION = {
    "en": re.compile(r"if\b(?:[^,;]|,(?=\d))*$", re.IGNORECASE),
    "zh": re.compile(r"(?:如果|要是|假如|若)[^，,；;]*$"),
    "ru": re.compile(r"если\b[^;]*$", re.IGNORECASE),
}
"""A condition and no question of its own: of what was asked before."""
IS_WHAT = re.compile(r"^([^？?：:，,]{2,}?)是(?:由|在|从|被)?(?:哪|谁|什么|怎|多少|几|何).*$")
"""A Chinese question whose subject stands before 是 and a question word."""
WHICH_DO = re.compile(r"((?:[Ww]hich|[Ww]hat) [^?]*?) (?:do|does|did) ")
"""Which of something an English question asks that its subject does."""
LAST_VERB = re.compile(
    r"(?<! a)(?<! an)(?<! the)(?<! of)(?<! in)(?<! for) [a-z]+(?: (?:through|to|for|from|with|on|in|at|under|of))?$"
)
"""The last word of such a question, which is its verb."""
DOES = re.compile(r"what (?:do|does|did) (.+?) (?!for\b|to\b)\w+\W*$", re.IGNORECASE)
"""An English question whose subject stands before its last word, the verb."""
# What can be asked of anything, and so does not say of what it is asked.
GENERIC = {
    "en": re.compile(
        "max|maximum|min|minimum|total|average|explain|elaborate|clarify|since|legal|basis|threshold|thresholds|deadline|date|dates|documents|document|papers|fee|fees|cost|costs|price|limit|penalty|penalties|fine|fines|exception|exceptions"
        "|exemptions|conditions|condition|requirements|require|required|steps|step|procedure|source|sources|detail|details|example|examples"
        "|reason|reasons|long|take|takes|effect|force|start|starts|begin|begins|end|ends|expire|expires|apply|applies|valid|office|authority"
        "|responsible|pay|pays|charge|late|next|number|year|years|day|days|time|happens|happen|issued|issue|issues|decides|decide|else|change"
        "|changed|changes|work|works|mean|means|important|possible|last|lasts|needed|involved|covered|included|excluded|affected|true|sure|free"
        "|submit|file|register|join|attend|participate|participation|qualify|appeal|sign"
    ),
    "zh": re.compile(
        "时间|期限|时限|材料|文件|手续|费用|价格|条件|罚款|处罚|例外|依据|来源|部门|机构|原因|生效|实施|执行|开始|起算|门槛|监管|发行|去年|今年|明年|办完|办好|办下来|截止|日期|办理|申请|提交|要求|流程|程序|步骤"
        "|审批|负责|具体|详细|内容|例子|钱|收费|有效|变化|后果|违反|逾期|适用|规定|好处|作用|意思|区别|结果|第一步|下一步|天|审查|审核|报名|参加|受理|公示|缴纳|享受|主要|修改|改|最长|最多|最高|最低|最少|最早|最晚|最快"
    ),
    "ru": re.compile(
        "максимум|максимальный|минимум|минимальный|порог|разрешение|ждать|почему|зачем|отчего|срок|сроки|дата|документы|документ|стоимость|цена|сбор|штраф|штрафы|исключения|условия|требования|порядок|шаги|источник|источники|пример"
        "|примеры|причина|число|числа|год|года|время|времени|действует|действуют|начинается|вступает|вступил|вступила|силу|сила|платить|платит|отвечает|ведомство|орган"
        "|требуется|требуются|необходимы|необходимо|подробнее|подробности|стоит|длится|занимает|входит|дальше|последствия|выдает|выдаёт|решает"
        "|изменилось|означает|значит|дней|день|момента|именно|обязательно|заканчивается|истекает|нужна|нужны|нужен"
        "|подавать|подать|подача|обращаться|обратиться|получить|оформить|записаться|участвовать|участие|обжаловать|продлить"
    ),
}  # fmt: skip
# What limits the earlier question to a part of what it asked about.
ONLY = {
    "en": re.compile(
        r"(?:(?:i|we)(?:['’]?m| am|['’]?re| are)? )?(?:just|only|solely|specifically)\b(?! (?:tell|give|show|list|say|explain)\b) ?(?:need|want|interested in|care about|asking about|about)?\s*(?P<first>.+)|(?P<last>.+?),? only",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"我?(?:只|仅|就|单|光)是?(?:看|问|说|要|限于?|想(?:知道|了解|看|问)|关心|考虑|讲|谈|指|针对)(?P<first>.+?)(?P<last>)(?:的|就行|就好|就可以|这块)*[吧了]?"
    ),
    "ru": re.compile(
        r"(?:(?:меня|нас|мне|нам) )?(?:(?:интересу|нуж)\w+ |хочу (?:знать )?)?(?:только|лишь|исключительно)\s+(?:(?:интересу|нуж)\w+ )?(?:(?:про|о|об|обо|насч[её]т) )?(?P<first>.+)|(?P<last>.+?),? (?:и )?только",
        re.IGNORECASE,
    ),
}  # fmt: skip
LIMIT = {"en": ", only ", "zh": "，仅限", "ru": ", только "}
"""What stands before the part to which a question was limited."""
AND = {"en": ("and", "or"), "ru": ("и", "или"), "zh": ("和", "与", "及", "或", "、")}
SUBJECT = {
    "en": re.compile(
        r"\b(?:do|does|did|is|are|was|were|can|must|should|will|may|has|have) (?P<it>it|they)\b", re.IGNORECASE
    ),
    "zh": re.compile(r"(?P<it>它们?)"),
    "ru": re.compile(r"\b(?P<it>он|она|оно|они)\b(?!-)", re.IGNORECASE),
}
"""A pronoun that is what a clause is about: what it means was said before that clause."""
CLAUSE = re.compile(r"[,，、;；:：]|\b(?:if|when|that|because|and|but|or|если|когда|что|и|но|или)\b", re.IGNORECASE)
"""Where a clause ends and another begins."""
PREDICATE = re.compile(r"\b\w{3,}тся\b", re.IGNORECASE)
"""A Russian verb that says of something what is done to it."""
VERB = {
    "en": re.compile(r"\b(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|had)\b", re.IGNORECASE),
    "ru": re.compile(r"\b\w{2,}(?:ет|ёт|ут|ют|ит|ят|ат|тся|ться|ть|ал[аио]?|ил[аио]?|ен[аоы]?|жно|жна|жны)\b", re.IGNORECASE),
}  # fmt: skip
"""What most likely is a verb, by its form or its place among few words."""
COUNTS = re.compile(
    r"(?:(?:in|for|to|from|with|under|at|on|by|of|в|на|за|до|с|по) )?(?:how many|how much|сколько) [\w-]+ \w",
    re.IGNORECASE,
)
COMPARES = {
    "en": re.compile(
        r"(?:(?:is|are|and) )*(?:the |any )?(?:same|different|similar|equal|more|less|higher|lower|cheaper|stricter) (?:as|from|to|than)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"[跟和与同比].{1,12}(?:一样|相同|区别|不同|一回事|差别|差异|相比|冲突|矛盾|关系|(?:更|还)?[高低严宽多少])(?:的)?[吗么]?$"
    ),
    "ru": re.compile(
        r"(?:чем (?:он[аои]? )?отлича|отлича\w+ от|(?:так же|то же|такой же|одинаков\w*|больше|меньше|выше|ниже|строже|дешевле),? (?:чем|как|что|с)\b)",
        re.IGNORECASE,
    ),
}
"""What begins by comparing something unsaid with something else."""
BACK = {
    "en": re.compile(
        r"(?:(?:ok|okay|so|well|and|but|now|let['’]?s|let us|can we)[, ]+)*(?:(?:go|going|come|coming|get|getting|return|returning) )?(?:back|returning) to (?P<what>[^,:;?–—]{2,60}?)(?:\s*(?:[,:;–—]+|[.!](?=\s))\s*(?P<then>.+))?",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"(?:好的?|那么?|我们)?[，,]?(?:再?回到|再?说回|再说|回头说|还是(?:说|问|看|刚才|之前|前面))(?:一下)?(?:刚才|之前|前面)?的?(?P<what>[^，,：:]{1,20}?)(?:的(?:问题|话题|事))?(?:[，,：:]+(?P<then>.+))?"
    ),
    "ru": re.compile(
        r"(?:(?:ладно|хорошо|ок|окей|а|и|но|так|теперь|давайте|можно)[, ]+)*(?:верн[её]мся|вернуться|возвращаясь|верн[её]м|снова|обратно|назад)\s+(?:к|ко|про|о|об)\s+(?P<what>[^,:;?–—]{2,60}?)(?:\s*(?:[,:;–—]+|[.!](?=\s))\s*(?P<then>.+))?",
        re.IGNORECASE,
    ),
}  # fmt: skip
"""What goes back to something that was spoken of before, and may ask something of it."""
CORRECTS = re.compile(
    r"\b(?:mean|meant|said|sorry|pardon|actually|oops|mistake|no|nope|нет|имел\w*|вернее|точнее|стоп|не то|не так|ошиб\w+|ой|извини\w*|прости\w*)\b|错|不|抱歉|对不起|我[说指]",
    re.IGNORECASE,
)
"""What a follow-up begins with that puts right what was asked."""
CHOOSES = re.compile(r"which one\b|哪一?个|как\w+ из (?:них|этих)\b", re.IGNORECASE)
BARE = {
    "en": re.compile(r"(?:(?:in|for|to|from|with|under|at|on|by|of) )?(?:what|which|how many|how much) [\w-]+", re.IGNORECASE),
    "zh": re.compile(r"(?:在|向|给|由|从)?(?:哪些?|多少|几)[\u3400-\u9fff]{1,2}"),
    "ru": re.compile(r"(?:(?:в|во|для|с|со|из|по|на|у|при|до|после|за|от|к|под) )?(?:сколько|как(?:ой|ого|ому|ом|ою|ую|ая|ое|ие|их|им|ими)) [\w-]+", re.IGNORECASE),
}  # fmt: skip
"""A question word and its noun, with nothing said of them."""
# Groups of countries that a question is asked of like a country.
REGION = re.compile(
    r"(?:EU|European Union|ASEAN|EAEU|SCO|GCC|Central Asia|ЕС|Евросоюз[а-я]*|АСЕАН|ЕАЭС|ШОС|欧盟|东盟|上合组织|欧亚经济联盟|中亚)(?![A-Za-zА-Яа-я])"
)
# A wish for all there is about a country is a question of its own.
ABOUT = re.compile(r"tell|about|overview|introduc|brief|介绍|概况|расскаж|обзор|информаци")
_EMPTY_IT = re.compile(r"\s*(?:(?:\w+\s+){0,3}?(?<!subject )(?<!due )(?<!apply )(?<!applies )(?<!according )to|(?:\w+\s+)?(?:that|when|if))\b", re.IGNORECASE)  # fmt: skip
_THAT = re.compile(r"that\s+(?:is|are|was|were|has|have|can|must|may|will)\b", re.IGNORECASE)


def empty_it(text: str, match: "re.Match[str]") -> bool:
    """Whether an English "it" or "that" means nothing said before: "is it possible to …", "goods that are …"."""
    word = match.group().casefold()
    if word == "it":
        return _EMPTY_IT.match(text, match.end()) is not None
    if word == "that":
        return _THAT.match(text, match.start()) is not None
    return False


AUXILIARY = re.compile(
    r"^\W*\w+ ли\s*$|^\W*(?:i|we) (?:thought|read|heard|believed?|assumed|was told|were told)(?: that)?\s*$|^\W*(?:я|мы) (?:дума|слыша|чита|счита)л[аи]?,?(?: что)?\s*$|^\W*(?:who|what|where|when|how) (?:(?:must|can|may|should|shall|will|has to|have to|needs to|do|does|did|is|are|i|you|we) ){0,2}\w+\s*$|(?:^|\b(?:do|does|did|is|are|was|were|can|must|of|for|он|она|они|это|из|от|для|о|с|в))\s*$",
    re.IGNORECASE,
)
"""After these a pronoun may mean something earlier even where a word of the question stands before it."""
DEFINES = re.compile(
    r"什么(?:是|叫)|何谓|what(?: is|'s| are| does)\b|who (?:is|are)\b|что такое|что значит|кто так", re.IGNORECASE
)
"""What begins a question for a meaning, which needs but one word."""
