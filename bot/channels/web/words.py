"""Every word of the server-rendered pages and of the channel's own errors, in the languages of its readers."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.web.ports import ReadinessState
from retrieval import Location, Status


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue of one language."""

    language: str
    source: str
    issuer: str
    date: str
    number: str
    status: str
    effective: str
    expires: str
    document_language: str
    countries: str
    as_of: str
    publisher: str
    cited: str
    quote_moved: str
    quote_gone: str
    contents: str
    ask: str
    missing: str
    missing_detail: str
    starting: str
    indexing: str
    failed: str
    page: str
    slide: str
    sheet: str
    row: str
    rows: str
    statuses: Mapping[Status, str]
    languages: Mapping[str, str]

    def location(self, location: Location, *, headings: bool = True) -> str:
        """Where a passage stands, in this language; the headings themselves stay as the document has them."""
        parts = []
        if location.page is not None:
            parts.append(self.page.format(location.page))
        if location.slide is not None:
            parts.append(self.slide.format(location.slide))
        if location.sheet is not None:
            parts.append(self.sheet.format(location.sheet))
        if location.row is not None:
            if location.last_row is not None and location.last_row != location.row:
                parts.append(self.rows.format(location.row, location.last_row))
            else:
                parts.append(self.row.format(location.row))
        if headings and location.headings:
            parts.append("§ " + " › ".join(location.headings))
        return ", ".join(parts)

    def readiness(self, state: ReadinessState) -> str:
        """Why no question can be answered yet."""
        if state.phase == "failed":
            return f"{self.failed} {state.reason}".strip()
        if state.phase == "indexing" and state.total:
            return self.indexing.format(done=state.done, total=state.total)
        return self.starting


ENGLISH = Words(
    language="en",
    source="Source",
    issuer="Issued by",
    date="Date",
    number="Number",
    status="Status",
    effective="In force from",
    expires="In force until",
    document_language="Language",
    countries="Countries",
    as_of="Checked on",
    publisher="Open at the publisher",
    cited="Cited passage",
    quote_moved="The quoted words now stand in another place of this document; they are marked there.",
    quote_gone="The quoted words are no longer in this document: it has changed since the answer was given.",
    contents="To the cited passage",
    ask="Ask a question",
    missing="There is no such page or document",
    missing_detail="A document may have been renamed or withdrawn, or is not public.",
    starting="The knowledge base is being opened. Please ask again in a moment.",
    indexing="The documents are being read: indexing {done} of {total}. Please ask again in a moment.",
    failed="The knowledge base could not be opened.",
    page="p. {}",
    slide="slide {}",
    sheet="sheet {}",
    row="row {}",
    rows="rows {}–{}",
    statuses={
        Status.IN_FORCE: "in force",
        Status.NOT_YET_IN_FORCE: "not yet in force",
        Status.PARTLY_IN_FORCE: "partly in force",
        Status.AMENDED: "amended",
        Status.REPEALED: "repealed",
        Status.SUPERSEDED: "superseded",
        Status.DRAFT: "draft",
        Status.PROPOSAL: "proposal",
        Status.ANNOUNCED: "announced",
        Status.EXPIRED: "expired",
        Status.NOT_APPLICABLE: "",
    },
    languages={
        "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian", "fr": "French",
        "ja": "Japanese", "kk": "Kazakh", "ko": "Korean", "pt": "Portuguese", "ru": "Russian", "uk": "Ukrainian",
        "zh": "Chinese",
    },
)  # fmt: skip

CHINESE = Words(
    language="zh",
    source="来源",
    issuer="发布机构",
    date="日期",
    number="文号",
    status="效力",
    effective="生效日期",
    expires="失效日期",
    document_language="语言",
    countries="国家",
    as_of="核对日期",
    publisher="打开发布机构原文",
    cited="引用段落",
    quote_moved="引文现位于本文件的其他位置，已在该处标出。",
    quote_gone="引文已不在本文件中：文件在作答之后有过修改。",
    contents="跳到引用段落",
    ask="提问",
    missing="没有这个页面或文件",
    missing_detail="文件可能已更名、撤回，或不公开。",
    starting="知识库正在打开，请稍后再问。",
    indexing="正在读取文件：已索引 {done} / {total}，请稍后再问。",
    failed="知识库无法打开。",
    page="第 {} 页",
    slide="第 {} 张幻灯片",
    sheet="工作表 {}",
    row="第 {} 行",
    rows="第 {}–{} 行",
    statuses={
        Status.IN_FORCE: "现行有效",
        Status.NOT_YET_IN_FORCE: "尚未生效",
        Status.PARTLY_IN_FORCE: "部分有效",
        Status.AMENDED: "已修订",
        Status.REPEALED: "已废止",
        Status.SUPERSEDED: "已被取代",
        Status.DRAFT: "草案",
        Status.PROPOSAL: "提案",
        Status.ANNOUNCED: "已公布",
        Status.EXPIRED: "已失效",
        Status.NOT_APPLICABLE: "",
    },
    languages={
        "ar": "阿拉伯语", "de": "德语", "en": "英语", "es": "西班牙语", "fa": "波斯语", "fr": "法语",
        "ja": "日语", "kk": "哈萨克语", "ko": "韩语", "pt": "葡萄牙语", "ru": "俄语", "uk": "乌克兰语",
        "zh": "中文",
    },
)  # fmt: skip

RUSSIAN = Words(
    language="ru",
    source="Источник",
    issuer="Издан",
    date="Дата",
    number="Номер",
    status="Статус",
    effective="Действует с",
    expires="Действует до",
    document_language="Язык",
    countries="Страны",
    as_of="Проверено",
    publisher="Открыть у издателя",
    cited="Цитируемый фрагмент",
    quote_moved="Цитата теперь находится в другом месте документа; она отмечена там.",
    quote_gone="Этой цитаты в документе больше нет: он изменился после того, как был дан ответ.",
    contents="К цитируемому фрагменту",
    ask="Задать вопрос",
    missing="Такой страницы или документа нет",
    missing_detail="Возможно, документ переименован, отозван или не опубликован.",
    starting="База знаний открывается. Повторите вопрос чуть позже.",
    indexing="Документы читаются: обработано {done} из {total}. Повторите вопрос чуть позже.",
    failed="Не удалось открыть базу знаний.",
    page="с. {}",
    slide="слайд {}",
    sheet="лист {}",
    row="строка {}",
    rows="строки {}–{}",
    statuses={
        Status.IN_FORCE: "действует",
        Status.NOT_YET_IN_FORCE: "ещё не вступил в силу",
        Status.PARTLY_IN_FORCE: "действует частично",
        Status.AMENDED: "изменён",
        Status.REPEALED: "отменён",
        Status.SUPERSEDED: "заменён",
        Status.DRAFT: "черновик",
        Status.PROPOSAL: "проект",
        Status.ANNOUNCED: "объявлен",
        Status.EXPIRED: "утратил силу",
        Status.NOT_APPLICABLE: "",
    },
    languages={
        "ar": "арабский", "de": "немецкий", "en": "английский", "es": "испанский", "fa": "персидский",
        "fr": "французский", "ja": "японский", "kk": "казахский", "ko": "корейский", "pt": "португальский",
        "ru": "русский", "uk": "украинский", "zh": "китайский",
    },
)  # fmt: skip

CATALOGUES = {words.language: words for words in (ENGLISH, CHINESE, RUSSIAN)}


def words_for(language: str | None, accept_language: str | None = None) -> Words:
    """The catalogue of the language asked for, else of the one the browser likes best, else English."""
    for wanted in (language or "", *_by_preference(accept_language or "")):
        primary = wanted.replace("_", "-").split("-")[0].lower()
        if primary in CATALOGUES:
            return CATALOGUES[primary]
    return ENGLISH


def _by_preference(accept_language: str) -> list[str]:
    weighted = []
    for item in accept_language.split(",")[:20]:
        tag, _, parameter = item.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if tag.strip() and weight > 0:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def direction(language: str) -> str:
    """``rtl`` for the languages of the house's countries that are written from right to left."""
    return (
        "rtl"
        if language.split("-")[0].lower() in {"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
        else "ltr"
    )
