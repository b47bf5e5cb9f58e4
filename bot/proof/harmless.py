"""Words that a writer may add, leave out or put for each other without saying anything else, and words that hold back what is said.

All lists are of stems or of patterns over folded text. What is in none of them must stand in the source as it stands in the
statement: a list that lacks a word costs a quote, one that holds a word too many costs the truth.
"""

import re

FREE = {
    "en": frozenset(
        "a an the this these those that is are be been being am has have having do does it its they their them he his she her who which there also "
        "thus thereby therefore hereby currently now such respectively s and as contain contains contained rate rates".split()
    ),
    "ru": frozenset(
        "и а же также это этот эта эти этого этой тот та те быть есть был является являются явля он она оно они его ее их который которая которое которые "
        "составля состав равн равен равна равно соответственно настоящее время сейчас ставка ставк ставки г год года".split()
    ),
    "zh": frozenset("的 了 则 并 且 和 也 还 即 为 是 其 该 此 亦 而 之 与 及 地".split()),
}
"""Words without which a sentence says the same: articles, "is", "has", pronouns, "also"."""

ALIKE = {
    "en": (
        r"according to|in accordance with|pursuant to|under(?= the| article| order| regulation)",
        r"for (?:example|instance)|e\.g\.",
        r"at (?:the )?most|no more than|not more than|up to|within",
        r"at least|no less than|not less than|a minimum of",
        r"start\w*|beg[iau]n\w*|commenc\w*",
        r"dropp?\w*|fall(?:s|ing|en)?|fell|declin\w*",
        r"enterprises?|compan(?:y|ies)|firms?|business(?:es)?",
        r"yearly|annually|(?:per|a|each|every) year",
        r"monthly|(?:per|a|each|every) month",
        r"abroad|overseas",
        r"vat|value[- ]added tax",
        r"more than|over(?= ?[\d$])|above(?= ?[\d$])|exceeding",
        r"own(?:s|ed)?|hold(?:s|ing)?|held|possess\w*",
        r"(?:is |are |be )?valid|runs?|lasts?",
        r"gets?|receiv\w+|obtain\w*",
        r"lays? down|sets? out",
        r"cover(?:s|ed)?|reach(?:es|ed)?|appl(?:y|ies|ied) to",
        r"consum(?:e|es|ed)|us(?:e|es|ed)",
        r"pays?|paid",
        r"file[sd]?|submit\w*|lodg(?:e|es|ed)|hand(?:s|ed)? in",
        r"extend(?:ed|s)?|prolong(?:ed|s)?",
        r"buys?|bought|purchas(?:e|es|ed)",
        r"giv(?:e|es|en|ing)|grant(?:s|ed|ing)?",
        r"amounts? to|(?:is |are )?worth|totals?|comes? to",
        r"sets? up|establish(?:es|ed)?|founded|creat(?:e|es|ed)",
        r"compl(?:y|ies|ied) with|meets?|met|satisf(?:y|ies|ied)|fulfil(?:s|led)?",
        r"publish(?:es|ed)?|releas(?:e|es|ed)",
        r"adopt(?:s|ed)?|pass(?:es|ed)",
        r"replac(?:e|es|ed)|supersed(?:e|es|ed)",
        r"because of|due to|owing to|as a result of",
        r"consists? of|compris(?:e|es)|(?:is|are) made up of",
        r"carr(?:y|ies|ied) out|conduct(?:s|ed)?|perform(?:s|ed)?",
        r"ris(?:e|es|en|ing)|rose|increas(?:e|es|ed)|gr(?:ew|ow|ows|own)|climb(?:s|ed)?",
        r"sell(?:s|ing)?|sold",
        r"ship(?:s|ped)?(?= \d)|export(?:s|ed)?(?= \d)",
        r"employees|workers|staff",
        r"quarterly|(?:per|a|each|every) quarter",
        r"weekly|(?:per|a|each|every) week",
        r"daily|(?:per|a|each|every) day",
        r"once|one time|a single time",
        r"twice|two times",
        r"locat(?:ed|ion)|situated",
        r"known as|called|named",
        r"remain(?:s|ed)?|stay(?:s|ed)?|continu(?:e|es|ed) to be",
        r"decid(?:e|es|ed)(?: on)?|rul(?:e|es|ed) on",
        r"larger|bigger|greater",
        r"main|principal|chief",
    ),
    "ru": (
        r"ндс|налог\w* на добавленную стоимость",
        r"согласно|в соответствии с|по данным|на основании",
        r"предприяти\w+|компани\w+|фирм\w*",
        r"не менее|минимум|как минимум",
        r"не более|максимум|не свыше",
        r"свыше|более|больше",
        r"начина\w+|начал\w*|начат\w*|начн\w+",
        r"(?:действ(?:ует|уют)|применя(?:ется|ются)) (?:для|к)|распространя(?:ется|ются) на|каса(?:ется|ются)|относ(?:ится|ятся) к",
        r"действ(?:ует|уют|овать)|применя(?:ется|ются)",
        r"вход(?:ит|ят) в|явля(?:ется|ются) член(?:ом|ами)|состо(?:ит|ят) в",
        r"ин(?:ой|ая|ое|ые|ого|ых|ым|ыми)|друг(?:ой|ая|ое|ие|ого|их|им|ими)",
        r"опубликова\w+|обнародова\w+",
        r"ввоз(?:ит|ят|ить|ящ\w+)?(?!\w)|импорт(?:ирует|ируют|ировать|ирующ\w+)?(?!\w)",
        r"вывоз(?:ит|ят|ить|ящ\w+)?(?!\w)|экспорт(?:ирует|ируют|ировать|ирующ\w+)?(?!\w)",
        r"работник\w*|сотрудник\w*",
        r"раньше|ранее|прежде",
        r"вырос\w*|увелич\w*|возрос\w*|повыс\w*",
        r"сниз\w*|упал\w*|уменьш\w*|сократ\w*",
        r"ежеквартально|каждый квартал|(?:раз )?в квартал",
        r"замен(?:ил|ила|ило|или|яет|яют)|приш(?:ел|ла|ло|ли) на смену",
        r"например|к примеру",
        r"в год|ежегодно|за год",
        r"в месяц|ежемесячно|за месяц",
        r"в течение|за",
        r"зарубежн\w+|иностранн\w+",
        r"платит|платят|уплачива\w+",
        r"получ\w+",
        r"пода(?:ть|ет|ют|вать|ваться|ется)|представ\w+",
        r"обязан\w*|долж\w+",
    ),
    "zh": (
        "企业|公司",
        "办理|完成|办结",
        "施行|实施|生效",
        "以及|和|及|与|并",
        "根据|按照|依照|依据|按(?![期时月年日揭比])",
        "重新启动|重启",
        "继续有效|仍然有效|仍有效|依然有效|继续生效",
        "发布|颁布|公布",
        "员工|职工|雇员",
        "设立|成立|建立",
        "增长|增加|上升",
        "下降|减少|降低",
        "购买|采购|买入",
        "出售|销售",
        "覆盖|涵盖",
        "位于|坐落于?",
        "以外|之外",
        "以内|之内",
        "含有|包含|含",
        "取代|代替|替代",
        "有关|相关",
        "目前|现在|现行",
        "自|从",
        "起|开始|起开始",
        "超过|高于|多于|大于",
        "不足|不到|不满|未满|低于|少于|小于",
        "提交|报送|递交",
        "主管部门|主管机关",
        "许可证|许可",
        "海外|境外|国外",
        "约|大约|左右",
        "无需|无须|不需|不用|不必",
        "不得|不能|不可|不准",
        "之前|以前|前",
        "之后|以后|后",
        "小型|小",
        "缴纳|交纳|支付",
        "征收|收取",
        "取得|获得|得到|领取",
        "期限|时限",
        "同比|比上年|比去年",
    ),
}
"""Groups of words that stand for each other, as patterns."""

FILLERS = {
    "en": re.compile(
        r"\b(?:by|a total of|the amount of|the sum of|in the amount of|with a (?:capacity|term|value|length) of)(?= )"
    ),
    "ru": re.compile(r"(?<!\w)(?:на|в размере|всего|мощностью|сроком|объемом|стоимостью|площадью)(?= )"),
    "zh": re.compile(r"达到?|一?共|总共|共计"),
}
"""Words that only lead to a figure."""

NOISE = {
    "en": re.compile(r"\brates? of\b"),
    "ru": re.compile(r"(?<!\w)ставк\w+ по(?!\w)"),
    "zh": re.compile("(?<=[需必])要|本(?=[流程办法规定条例指南卡片文件令项])|经(?=[^，。；]{1,10}(?:批准|同意|核准))"),
}
"""Words that say only that a rate is one."""

SMALL = {
    "en": frozenset("of in on at for under by to with about per".split()),
    "ru": frozenset("в во на для по о об к с со у".split()),
    "zh": frozenset("在 于 对 由".split()),
}
"""Small words that may come along with a name that is taken over from a heading."""

LOCATIVE = frozenset("in of within в во 在".split())
"""Small words after which a country is where something holds, not what it goes to or comes from."""

ADDITIVE = re.compile(
    r"(?:and|which|including|while|whereas|among them|dated|signed|known as|based in|located in|adopted|от \d|принят\w*|и|а также|а|в том числе|включая|тогда как|причем|при этом)\b|其中|并且?|同时|此外|另|包括|而"
)
"""What begins a part that only adds something to the one before."""

RESTRICTS = re.compile(
    r"\b(?:if|unless|except\w*|but|however|only|provided|subject|until|till|unlike|other than|instead|rather|although|though|where|when|whose|who|not|no(?!\.? ?\d)|never|without"
    r"|cannot|draft|propos\w+|plan\w*|report\w*|said|says?|claim\w*|den(?:y|ied|ies)|critics?|alleged\w*|wrong|incorrect|outdated|would|could|might|should"
    r"|before|after|as long as|in case|depending|wh?ether|or|void|withdr\w+|cancel\w+|repeal\w+|suspend\w+|expire\w*|exclud\w*|net of|per|so far|yet|still|old|former\w*|previous\w*|earlier)\b"
    r"|(?<!\w)(?:если|кроме|но|однако|только|лишь|при условии|за исключением|исключ\w+|не|ни|нет|без|до|пока|хотя|когда|где|котор\w+|или|либо|иначе|проект\w*|планир\w+|предлага\w+"
    r"|сообща\w+|утвержда\w+|заяв\w+|отриц\w+|якобы|по словам|бы|мог\w*|отозва\w+|отмен\w+|приостан\w+|после|перед|вместо|прежн\w+|стар\w+)(?!\w)"
    r"|但|除|仅|只|若|如(?!下)|前提|为限|不|未|无|非|否|或|草案|拟|计划|据称|据报道|称|认为|可能|时|后|前|暂|尚|者|原|旧"
)
"""What holds back a sentence: a part with such a word cannot be left out."""

CONDITIONAL = re.compile(
    r"\b(?:if|unless|between|both|or|neither|either|total|together|sum|when|where|until|combined|average)\b"
    r"|(?<!\w)(?:если|между|или|либо|оба|обе|всего|итого|вместе|когда|сумма|среднем)(?!\w)|若|如果|之间|或|共|合计|总|平均|时|的$|后$|前$"
)
"""What binds the things it joins: none of them can be left out."""

MOVABLE = frozenset(
    "in for at under on since from within above below согласно с со по без из-за during before after if unless until when once while для в во при если до после когда на".split()
)
"""Words that begin a part which may stand before what it is said of, or behind."""

PREDICATE = re.compile(
    r"\s*(?:was|were|is|are|has|have|had|will|must|may|can|shall|should|needs?|took|takes|entered|came|began|applies|applied|\w+(?:ed|es)\b|"
    r"был\w*|является|имеет|вступил\w*|действует|применя\w+|составля\w+|подписан\w*|принят\w*|долж\w+|мо(?:жет|гут)|[由在自为须应可对按从于已将是需不])"
)
"""Where the subject of a sentence ends."""
