"""The small words that turn a sentence: negations, modal words, "only" and "all", and words that have an opposite."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """One such word in a folded text. ``kind`` is ``not``, ``unlike`` (a negation in other words), or a modal class."""

    start: int
    end: int
    kind: str


_HARMLESS = re.compile(
    r"\bno\. ?(?=[\d_])|\bno (?=[\d_])|\bnot only|\bnot just|\bwhether or not|\bif not|\bbut not limited to|не только|не считая|тем не менее|"
    r"не (?:более|менее|позднее|позже|ранее|раньше|свыше|выше|ниже|меньше|больше|считая)|не (?:может |должн\w+ )?превыша\w+|"
    r"\bnot? (?:more|less|fewer|greater|later|earlier|longer|shorter|higher|lower|sooner|larger|smaller) than|\bnot (?:to )?exceed\w*|\bnot below|\bnot over|"
    r"不(?:得|能|应|可|会)?(?:超过|低于|高于|少于|多于|晚于|早于|大于|小于)|"
    r"不同|不断|不仅|不但|不动产|不锈钢|不丹|不可抗力|不论|不管|不良|不利|不明|不足|不满|不超|未满|无论|无偿|无人机|无形|无锡|非常|非洲|非政府|未来|"
    # "Can" and "must" as parts of other words: solar power, supply, response.
    r"(?:太阳|风|核|节|储|产|氢|水|热|电|光|动|潜|势|性|功|智|技|职|效|才|机|万|低|耗|用|新|赋)能(?![够否不])|能(?:源|量|力|耗|效|级|见度)|"
    r"(?:供|反|响|相|适|效|对|呼|感|报)应(?!当)|应(?:税|用|急|对|收|付|变|邀|届|纳税|运)|认可|许可|可(?:持续|再生|能性|行|靠|研|见)|"
    r"未名|莫桑|莫尔|莫里|宁可|需求|必需品|所需|内需|外需|急需|刚需|供需|强制性标准|"
    r"未成年|北非|南非|东非|西非|是否|能否|可否|无害|无废|非化石|不可再生|非物质|非金属|莫斯科|莫桑比克|别克|类别|级别|分别|特别|国别|个别|性别|识别|区别"
)  # fmt: skip
_CUES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("not", r"\b(?:not|no|never|neither|nor|none|nothing|nobody|nowhere|without|cannot|\w+n['’]t)\b|(?<!\w)(?:не|ни|нет|без|нельзя|никогда|никто|ничто|никак\w+)(?!\w)"
                r"|[不未无無没沒勿非莫]|别(?=[^人处])"),
        ("unlike", r"\b(?:exempt\w*|prohibit\w*|forbid\w*|ban(?:s|ned)?|barred|exclu(?:d|s)\w*|except\w*|unless|lack\w*|absen\w+|fail(?:s|ed)?|refus\w*|reject\w*|den(?:y|ied|ies)"
                   r"|out of date|outdated|obsolete|incorrect|wrong|unlawful|illegal|invalid|ineligible|waiv\w+|abolish\w*|repeal\w*|ceas\w+|terminat\w*|stop(?:s|ped|ping)?|suspend\w*|void|unable|impossible|free of|free from|[a-z]+-free|zero|non-\w+|un(?!it|der|iq|i)\w+ed)\b"
                   r"|(?<!\w)(?:освобо\w+|запре[щт]\w*|исключ\w+|устаре\w+|неверн\w+|безвиз\w+|беспошлин\w+|безналог\w+|безвозмездн\w+|бесплатн\w+|кроме|отказ\w*|отмен\w+|прекра\w+|приостан\w+|утратил\w*|отсутств\w+|невозмож\w+|нулев\w+|не(?!гативн|обходим|замедл|посредств|скольк|движим|фтегаз|фтепрод|фтехим|дел[ьи])[а-я]{5,})"
                   r"|免|禁止|禁|除|取消|废止|失效|终止|暂停|拒绝|缺乏|零|否|停止|过时|有误|错误"),
        ("must", r"\b(?:must|shall|requir\w+|oblig\w+|mandator\w+|compuls\w+|ha(?:s|ve) to|need(?:s|ed)?|necessar\w+)\b|(?<!\w)(?:долж\w+|обяза\w+|необходим\w*|требу\w+|требов\w+|следует|надлежит|нужн\w+)"
                 r"|应当|必须|须|应(?![用对急收付变])|需(?!求)|要求|强制|义务"),
        ("may", r"\b(?:may|can|cannot|could|might|allow(?:s|ed)?|permit(?:s|ted)|entitled|option(?:al)?|eligible|able to|possib\w+|right to)\b|(?<!\w)(?:мож(?:ет|но|ете|ем)|могут|мог|могла|могли|вправе|разреша\w+|разрешен\w*"
                r"|допуска\w+|име(?:ет|ют) право|возможн\w+)|可以|(?<!许)可(?![持再能行靠研见再])|能够|能(?![源力耗效级])|允许|准许|(?<!所)有权|可能"),
        ("should", r"\b(?:should|recommend\w*|encourag\w+|advis\w+|voluntar\w+|ought)\b|(?<!\w)(?:рекоменд\w+|поощр\w+|желатель\w+|целесообраз\w+|добровольн\w+)|鼓励|建议|倡导|自愿|宜(?![居])"),
        ("planned", r"\b(?:plan(?:s|ned|ning)?|propos\w+|draft\w*|expect\w*|likely|intend\w*|forecast\w*|estimat\w+|targets?|aims?|scheduled|probabl\w+|projected)\b"
                    r"|(?<!\w)(?:планир\w+|предлага\w+|предлож\w+|ожида\w+|вероятн\w+|намер\w+|прогноз\w*|предполага\w+|законопроект\w*)|拟|计划|预计|预期|草案|征求意见|预测|估计|目标|有望|或将|打算"),
        ("done", r"\b(?:commissioned|put into operation|came on stream|(?:was|were|been) built|achieved|realised|realized|was installed|were installed)\b"
                 r"|(?<!\w)(?:введен\w*(?= в (?:эксплуатацию|строй)| \d)|построен\w*|достигнут\w*|реализован\w*)|建成|投产|投运|落成|竣工|已(?:经)?(?:实现|达到)"),
        ("only", r"\b(?:only|solely|exclusively)\b|(?<!\w)(?:только|лишь|исключительно)(?!\w)|仅|只(?!有)|只有|唯一"),
        ("all", r"\b(?:all|every|always|entire|whole)\b|(?<!\w)(?:все(?:х|м|ми|го|й|м)?|весь|каждый|каждая|каждое|каждого|каждой|всегда|люб(?:ой|ая|ое|ые|ого|ых|ым))(?!\w)|所有|全部|一切|任何|均|每"),
    )
)  # fmt: skip

_OPPOSITES = (
    "increase/decrease increase/reduce increase/cut raise/lower raise/cut rise/fall grow/shrink grow/fall before/after above/below import/export importer/exporter "
    "inbound/outbound incoming/outgoing buyer/seller approve/reject allow/prohibit permit/prohibit allow/forbid include/exclude minimum/maximum "
    "higher/lower high/low more/less more/fewer open/close start/end begin/end start/stop begin/cease enter/leave first/last public/private domestic/foreign "
    "national/provincial central/local grant/revoke accept/refuse legal/illegal lawful/unlawful valid/invalid earlier/later large/small buy/sell "
    "direct/indirect mandatory/voluntary compulsory/voluntary temporary/permanent full/partial active/inactive strengthen/weaken tighten/relax "
    "positive/negative filing/approval encourage/discourage gain/loss profit/loss majority/minority north/south east/west new/old surplus/deficit "
    "增加/减少 上升/下降 上调/下调 提高/降低 增长/下降 扩大/缩小 进口/出口 境内/境外 国内/国外 批准/拒绝 允许/禁止 鼓励/禁止 鼓励/限制 包括/除外 最高/最低 最低/最高 "
    "最多/最少 高于/低于 超过/低于 以上/以下 开始/结束 生效/失效 施行/废止 买方/卖方 合法/非法 备案/核准 备案/审批 有效/无效 中央/地方 国家/省级 强制/自愿 直接/间接 全部/部分 公开/保密 "
    "увеличить/уменьшить увеличение/уменьшение повышение/снижение повысить/снизить рост/падение вырос/снизился импорт/экспорт импортер/экспортер разрешено/запрещено "
    "минимум/максимум минимальный/максимальный выше/ниже более/менее начало/конец открыть/закрыть государственный/частный внутренний/внешний "
    "иностранный/отечественный законный/незаконный обязательный/добровольный прямой/косвенный полный/частичный временный/постоянный до/после ввоз/вывоз "
    "покупатель/продавец принять/отклонить вступил/утратил больше/меньше северный/южный восточный/западный национальный/местный"
)  # fmt: skip


def cues(text: str) -> list[Cue]:
    """The cues of a folded text, in order; those in bounds ("no later than") and names are none."""
    masked = _HARMLESS.sub(lambda match: "_" * len(match.group()), text)
    found = [Cue(match.start(), match.end(), kind) for kind, pattern in _CUES for match in pattern.finditer(masked)]
    return sorted(found, key=lambda cue: cue.start)


def opposite_pairs() -> tuple[tuple[str, str], ...]:
    """Pairs of words of which a text that holds one does not support the other; both ways round."""
    pairs = [tuple(pair.split("/")) for pair in _OPPOSITES.split()]
    return tuple((a, b) for a, b in pairs) + tuple((b, a) for a, b in pairs)
