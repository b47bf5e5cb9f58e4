"""What web pages carry around their text: buttons, cookie bars, contact blocks, author and time lines, repetitions.

Only for text and HTML without front matter: copied from the web, most likely. Everything here is told by its shape,
and a sentence is never taken for furniture.
"""

import datetime as dt
import re
from collections.abc import Sequence

_LONGEST = 120
"""In columns; a line that is longer is text."""

_SENTENCE_END = re.compile(r"[.!?。！？…][\"'”’»)）\]]*$")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in re.split(r"[|\n]", text) if phrase.strip())


_BUTTONS = _phrases(
    """
    more|read more|learn more|view more|see more|show more|load more|more news|more information|share|share this
    share to|share on|print|print this page|home|homepage|back|go back|back to top|back to list|top|next|previous|prev
    login|log in|sign in|sign up|subscribe|search|menu|close|send|submit|copy link|skip to content|skip to main content
    facebook|twitter|tweet|linkedin|whatsapp|wechat|weibo|telegram|like|favorites|leave a comment|follow us|accept
    accept all|reject all|ok|got it|i agree|agree|cookie settings|contact|contact us|send message|send inquiry|font size
    更多|查看更多|了解更多|阅读更多|加载更多|分享|分享到|分享至|转发|打印|打印本页|首页|返回|返回首页|返回顶部|返回列表|上一篇|下一篇
    上一页|下一页|关闭|关闭窗口|登录|登陆|注册|搜索|菜单|收藏|点赞|复制链接|关注我们|同意|接受|全部接受|我知道了|字号|大|中|小|扫一扫
    微信|微博|ещё|еще|подробнее|читать далее|читать дальше|поделиться|печать|распечатать|версия для печати|главная
    на главную|наверх|назад|вперёд|далее|войти|вход|регистрация|подписаться|поиск|меню|закрыть|отправить|принять
    согласен|согласиться
    """
)
_SECTIONS = _phrases(
    """
    news|latest news|company news|industry news|news center|news centre|press|press releases|articles|article|blog
    events|media|新闻|新闻中心|新闻动态|公司新闻|行业新闻|行业动态|资讯|动态|要闻|当前位置|正文|новости|пресс-центр|статьи|события
    """
)
_CONTACT_HEADS = re.compile(
    r"(contacts?|contact (us|info(rmation)?|details|person)|get in touch|联系我们|联系方式|联系人|聯繫我們|контакты|"
    r"контактная информация|связаться с нами|свяжитесь с нами|наши контакты)\W*",
    re.IGNORECASE,
)
_CONTACT_LABEL = re.compile(
    r"(?:[\w.&/-]+[ \t]){0,3}?(?:"
    r"contact(?: person| us)?|phone(?: number)?|tele?phone|tel|mobile|mob|cell|hotline|fax|e-?mail(?: address)?|mail|qq"
    r"|wechat|weixin|whatsapp|viber|telegram|skype|customer service|address|addr|add|website|web|postal code|post ?code"
    r"|zip(?: code)?|(?:working|office|business|opening) hours"
    r"|联系人|联系电话|咨询电话|服务电话|电\s*话|手\s*机|传\s*真|邮\s*箱|电子邮箱|电子邮件|微\s*信|微信号|地\s*址|公司地址|邮\s*编"
    r"|网\s*址|官网|客服|热线|服务热线|工作时间|营业时间|办公时间"
    r"|контакты|контактное лицо|телефон|тел|моб|факс|эл\.? ?почта|электронная почта|почта|адрес|сайт|режим работы"
    r"|часы работы|график работы|время работы"
    r")\.?(?: \w+){0,2}\s*(?P<colon>[:：]\s*|$)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}")
_NUMBERS = re.compile(r"[+(（]?\d[\d\s().（）/,、;-]{4,60}")
_WEB = re.compile(r"(?:https?://|www\.)\S{3,200}", re.IGNORECASE)

_META_LABEL = re.compile(
    r"(?:author|by|editor|edited by|source|origin|time|date|posted|posted on|published|published on"
    r"|publish(?:ed|ing)? (?:time|date)|release (?:time|date)|updated|last updated|views?|page views?|reads?|hits"
    r"|click(?:s|ed)?|browse|keywords?|tags?|category|article source|previous|next"
    r"|作者|编辑|责任编辑|责编|来源|文章来源|信息来源|稿件来源|时间|日期|发布时间|发布日期|发表时间|更新时间|浏览|浏览次数|浏览量"
    r"|阅读|阅读量|点击|点击数|访问量|字号|字体|关键词|标签|分类|上一篇|下一篇|上一条|下一条"
    r"|автор|источник|редактор|дата|дата публикации|опубликовано|обновлено|время|просмотры|просмотров|теги|рубрика"
    r"|предыдущая|следующая)\s*[:：]",
    re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"copyright\b|©|\(c\)\s*\d{4}|all rights reserved|版权所有|版權所有|.{0,12}icp备|.{0,10}公网安备|все права защищены",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?:we use|(?:this|our) (?:web)?site uses?|by (?:continuing|using|clicking)|accept|мы используем"
    r"|(?:этот|наш) сайт использует|продолжая)\b.{0,80}(?:\bcookies?\b|куки)|(?:本网站|我们|本站)使用.{0,20}cookie",
    re.IGNORECASE,
)
_CRUMBS = re.compile(r"(?:home|homepage|首页|当前位置|您的位置|главная)\s*[:：]?\s*[>»›/|→-]{1,2}\s*.+", re.IGNORECASE)


def furniture(lines: Sequence[str]) -> set[int]:
    """Which lines are not text. Empty lines may stand between; they count for nothing."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    texts = [" ".join(lines[index].split()) for index in filled]
    dropped = _repeats(texts) | _contacts(texts)
    last = len(texts) - 1
    for place, text in enumerate(texts):
        if place in dropped or _width(text) > _LONGEST:
            if _COOKIES.match(text) and _width(text) <= 4 * _LONGEST and (place < 3 or place > last - 5):
                dropped.add(place)
            continue
        bare = text.strip(" \t>»›→←|·•.…[]【】()（）<«+-–—").casefold()
        at_edge = place < 8 or place > last - 8
        if (
            bare in _BUTTONS
            or not re.search(r"\w", text)
            or (place < 3 and bare in _SECTIONS)
            or (at_edge and _is_meta(text))
            or (place > last - 8 and _RIGHTS.match(text))
            or ((place < 5 or place > last - 5) and _COOKIES.match(text))
            or (place < 5 and _CRUMBS.fullmatch(text) and not _SENTENCE_END.search(text))
        ):
            dropped.add(place)
    if len(dropped) == len(texts):
        return set()
    return {filled[place] for place in dropped}


def _is_meta(text: str) -> bool:
    label = _META_LABEL.match(text)
    if label is None:
        return False
    value = text[label.end() :]
    return _width(value) <= 80 and not (_SENTENCE_END.search(value) and len(value.split()) > 4)


def _repeats(texts: Sequence[str]) -> set[int]:
    """Lines that say what the line before said, and teasers that the next line begins with."""
    dropped = set()
    kept: int | None = None
    for place, text in enumerate(texts):
        if kept is not None and _folded(text) == _folded(texts[kept]):
            dropped.add(place)
            continue
        if kept is not None and len(texts[kept]) >= 60 and _folded(text).startswith(_folded(texts[kept])):
            dropped.add(kept)
        kept = place
    return dropped


def _folded(text: str) -> str:
    return text.casefold().rstrip(" .。…")


def _contacts(texts: Sequence[str]) -> set[int]:
    """Blocks of short lines that hold ways to reach somebody, at least two of them or one under a contact heading."""
    dropped: set[int] = set()
    place = 0
    while place < len(texts):
        # Far from both ends it is more likely what the text is about: the ministries of a country, the members of a fund.
        if 4 <= place < len(texts) - 20 or not _opens_contacts(texts[place]):
            place += 1
            continue
        end = place
        while end < len(texts) and _may_be_contact(texts[end]):
            end += 1
        run = range(place, end)
        strong = [at for at in run if _is_way_to_reach(texts[at])]
        headed = _CONTACT_HEADS.fullmatch(texts[place]) is not None
        if len(strong) >= 2 or (headed and strong):
            # In the middle of a page the block ends with its last label; at the end it takes what is under it too.
            if end < len(texts):
                end = max(at for at in run if _opens_contacts(texts[at])) + 1
            dropped.update(range(place, end))
        place = max(end, place + 1)
    return dropped


def _opens_contacts(text: str) -> bool:
    if not _may_be_contact(text):
        return False
    if _CONTACT_HEADS.fullmatch(text):
        return True
    label = _CONTACT_LABEL.match(text)
    return label is not None and (label["colon"] != "" or label.end() == len(text))


def _may_be_contact(text: str) -> bool:
    if _width(text) > _LONGEST:
        return False
    return not (_SENTENCE_END.search(text) and (len(text.split()) > 7 or len(_HAN.findall(text)) > 25))


def _is_way_to_reach(text: str) -> bool:
    """A label and a number or an address of the net, and no more."""
    label = _CONTACT_LABEL.match(text)
    value = text[label.end() :] if label else text
    found = _EMAIL.search(value) or _WEB.match(value) or (_NUMBERS.match(value) if label else None)
    return found is not None and len(value) - len(found[0]) <= 40


def _width(text: str) -> int:
    return len(text) + len(_HAN.findall(text))


_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan января",
            "february feb февраля",
            "march mar марта",
            "april apr апреля",
            "may мая",
            "june jun июня",
            "july jul июля",
            "august aug августа",
            "september sep sept сентября",
            "october oct октября",
            "november nov ноября",
            "december dec декабря",
        ),
        start=1,
    )
    for name in names.split()
}
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)日?"
    r"|(?<!\d)(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y2>(?:19|20)\d\d)(?!\d)"
    r"|(?<!\d)(?P<d3>\d{1,2})(?:st|nd|rd|th)?\s(?P<m3>[^\W\d_]{3,9})\.?,?\s(?P<y3>(?:19|20)\d\d)(?!\d)"
    r"|(?P<m4>[^\W\d_]{3,9})\.?\s(?P<d4>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<y4>(?:19|20)\d\d)(?!\d)"
)
_DATE_LABEL = re.compile(
    r"(?:.{0,40}\b)?(?:time|date|dated|published(?: on)?|posted(?: on)?|released?|updated(?: on)?"
    r"|发布时间|发布日期|发表时间|时间|日期|дата(?: публикации)?|опубликовано|время)\s*[:：]?\s*$",
    re.IGNORECASE,
)


def date_in_head(lines: Sequence[str]) -> dt.date | None:
    """The day a text was published, where its first lines say so: a labelled date, or a line that is little else."""
    filled = [" ".join(line.split()) for line in lines if line.strip()][:6]
    for place, line in enumerate(filled):
        found = _DATE.search(line[:120])
        if found is None:
            continue
        labelled = _DATE_LABEL.match(line[: found.start()]) is not None
        alone = len(line) <= 60 and (found.end() - found.start()) * 5 >= len(line) * 2
        opens = place == 0 and found.start() == 0 and found["y"] is not None and not line[: found.end()].endswith("日")
        if labelled or alone or opens:
            date = _date(found)
            if date is not None:
                return date
    return None


def _date(found: re.Match[str]) -> dt.date | None:
    if found["y"]:
        year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    elif found["y2"]:
        year, first, second = int(found["y2"]), int(found["a"]), int(found["b"])
        if first <= 12 and second <= 12 and first != second and "." not in found[0]:
            return None  # the 3rd of April or the 4th of March: nobody can tell
        day, month = (first, second) if second <= 12 else (second, first)
    else:
        name, day_text, year_text = (
            (found["m3"], found["d3"], found["y3"]) if found["y3"] else (found["m4"], found["d4"], found["y4"])
        )
        month = _MONTHS.get(name.casefold(), 0)
        year, day = int(year_text), int(day_text)
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    return date if dt.date(1990, 1, 1) <= date <= dt.date.today() + dt.timedelta(days=1) else None
