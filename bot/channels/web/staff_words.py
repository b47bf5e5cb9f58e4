"""Every word of the pages for staff. Names of fields stay as staff write them in a card."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.web.words import CHINESE, ENGLISH, RUSSIAN, Words
from retrieval import Access, FileStanding, Standing


@dataclass(frozen=True, slots=True)
class StaffWords:
    """The catalogue of one language."""

    words: Words
    heading: str
    sign_in: str
    sign_in_hint: str
    key: str
    wrong_key: str
    too_many: str
    sign_out: str
    files: str
    documents: str
    not_indexed: str
    passages: str
    not_public: str
    lexical: str
    vectors: str
    silent: str
    agree: str
    waiting: str
    disagree: str
    no_vectors: str
    no_folder: str
    removed: str
    removed_lately: str
    in_its_place: str
    starting: str
    syncing: str
    seconds_left: str
    synced: str
    stopped: str
    search: str
    show: str
    everything: str
    all_languages: str
    all_categories: str
    sort: str
    apply: str
    clear: str
    shown: str
    none: str
    empty: str
    document: str
    state: str
    language: str
    size: str
    page_count: str
    passage_count: str
    dates: str
    indexed_at: str
    in_force: str
    until: str
    as_of: str
    review: str
    review_passed: str
    warnings: str
    previous: str
    next: str
    back: str
    public_page: str
    card: str
    understood: str
    context: str
    countries: str
    nothing: str
    filters: Mapping[str, str]
    sorts: Mapping[str, str]
    states: Mapping[FileStanding, str]
    standings: Mapping[Standing, str]
    accesses: Mapping[Access, str]

    @property
    def code(self) -> str:
        """The language's code."""
        return self.words.language

    def language_name(self, code: str) -> str:
        """A language by its name in this one."""
        return self.words.languages.get(code.split("-")[0], code)


_ENGLISH = StaffWords(
    words=ENGLISH,
    heading="Knowledge",
    sign_in="Sign in",
    sign_in_hint="This page is for staff. The key was shown when the service was first started; whoever runs it can tell you.",
    key="Staff key",
    wrong_key="This is not the key.",
    too_many="Too many wrong keys. Try again in {} seconds.",
    sign_out="Sign out",
    files="files in the folder",
    documents="documents in the catalog",
    not_indexed="{} not indexed",
    passages="passages in the catalog",
    not_public="{} not public, not searched",
    lexical="in the index of words",
    vectors="in the index of meaning",
    silent="no answer",
    agree="Folder, catalog and both indexes agree.",
    waiting="They do not agree: {} files have changed since the last sync and wait for the next one.",
    disagree="They do not agree: an index does not hold what the catalog holds. A restart mends it.",
    no_vectors="They do not agree: the index of meaning does not answer. Questions are answered by words alone.",
    no_folder="They cannot be compared: the knowledge folder is not there.",
    removed="Taken out of the language model’s drafts because no source bears them out: {total} statements, {quoted} of them replaced by a quote ({kinds}).",
    removed_lately="The sentences of the latest answers, with what was asked",
    in_its_place="In its place:",
    starting="The knowledge base is being opened.",
    syncing="Reading the folder: {done} of {total}",
    seconds_left="about {} s left",
    synced="Last synced {}",
    stopped="The last sync stopped.",
    search="Title, path, warning …",
    show="Show",
    everything="All files",
    all_languages="All languages",
    all_categories="All categories",
    sort="Sort by",
    apply="Apply",
    clear="Show all",
    shown="{shown} of {total} files",
    none="No file fits these filters.",
    empty="The folder holds no file yet. Save a document into it; it appears here within seconds.",
    document="Document",
    state="State",
    language="Language",
    size="Size",
    page_count="{} p.",
    passage_count="{} passages",
    dates="Dates",
    indexed_at="Last indexed",
    in_force="in force",
    until="until",
    as_of="as of",
    review="review by",
    review_passed="passed",
    warnings="Warnings",
    previous="Previous",
    next="Next",
    back="All documents",
    public_page="As readers see it",
    card="Card",
    understood="Passages as they were understood",
    context="Indexed with",
    countries="Countries",
    nothing="Nothing of this file is answered from.",
    filters={
        "failed": "Not indexed",
        "held": "Last good version kept",
        "warnings": "With warnings",
        "review": "Review date passed",
        "current": "Applies today",
        "past": "Superseded or expired",
        "coming": "Coming",
        "hidden": "Not public",
    },
    sorts={
        "path": "Path",
        "title": "Title",
        "state": "State",
        "language": "Language",
        "passages": "Passages",
        "effective": "In force from",
        "review": "Review date",
        "indexed": "Last indexed",
    },
    states={
        FileStanding.INDEXED: "indexed",
        FileStanding.HELD: "last good version kept",
        FileStanding.FAILED: "not indexed",
    },
    standings={
        Standing.CURRENT: "applies today",
        Standing.SUPERSEDED: "superseded",
        Standing.EXPIRED: "expired",
        Standing.COMING: "coming",
    },
    accesses={Access.PUBLIC: "public", Access.MEMBER: "members only", Access.STAFF: "staff only"},
)

_CHINESE = StaffWords(
    words=CHINESE,
    heading="知识库",
    sign_in="登录",
    sign_in_hint="本页仅供工作人员使用。密钥在服务首次启动时显示过，可向系统管理人员索取。",
    key="工作人员密钥",
    wrong_key="密钥不正确。",
    too_many="错误次数过多，请在 {} 秒后重试。",
    sign_out="退出",
    files="文件夹中的文件",
    documents="目录中的文件",
    not_indexed="{} 份未索引",
    passages="目录中的段落",
    not_public="{} 段不公开，不参与检索",
    lexical="词语索引中的段落",
    vectors="语义索引中的段落",
    silent="无响应",
    agree="文件夹、目录与两个索引一致。",
    waiting="不一致：有 {} 份文件在上次同步后有变动，等待下次同步。",
    disagree="不一致：某个索引与目录内容不符，重新启动即可修复。",
    no_vectors="不一致：语义索引没有响应，目前仅按词语作答。",
    no_folder="无法比较：知识文件夹不存在。",
    removed="从语言模型的草稿中删去、因为没有来源支持的句子：{total} 句，其中 {quoted} 句换成了原文引用（{kinds}）。",
    removed_lately="最近回答中被删去的句子及其问题",
    in_its_place="替换为：",
    starting="知识库正在打开。",
    syncing="正在读取文件夹：{done} / {total}",
    seconds_left="约剩 {} 秒",
    synced="上次同步 {}",
    stopped="上次同步中断。",
    search="标题、路径、警告……",
    show="显示",
    everything="全部文件",
    all_languages="全部语言",
    all_categories="全部类别",
    sort="排序",
    apply="应用",
    clear="显示全部",
    shown="{total} 份文件中的 {shown} 份",
    none="没有符合条件的文件。",
    empty="文件夹中还没有文件。存入文件后，几秒钟内就会显示在这里。",
    document="文件",
    state="状态",
    language="语言",
    size="篇幅",
    page_count="{} 页",
    passage_count="{} 段",
    dates="日期",
    indexed_at="上次索引",
    in_force="生效",
    until="至",
    as_of="核对于",
    review="复核期限",
    review_passed="已过期",
    warnings="警告",
    previous="上一页",
    next="下一页",
    back="全部文件",
    public_page="读者看到的页面",
    card="信息卡",
    understood="系统所理解的段落",
    context="索引时附带",
    countries="国家",
    nothing="本文件的内容不参与作答。",
    filters={
        "failed": "未索引",
        "held": "保留上一可用版本",
        "warnings": "有警告",
        "review": "复核期限已过",
        "current": "现行适用",
        "past": "已被取代或已失效",
        "coming": "即将生效",
        "hidden": "不公开",
    },
    sorts={
        "path": "路径",
        "title": "标题",
        "state": "状态",
        "language": "语言",
        "passages": "段落数",
        "effective": "生效日期",
        "review": "复核期限",
        "indexed": "上次索引",
    },
    states={
        FileStanding.INDEXED: "已索引",
        FileStanding.HELD: "保留上一可用版本",
        FileStanding.FAILED: "未索引",
    },
    standings={
        Standing.CURRENT: "现行适用",
        Standing.SUPERSEDED: "已被取代",
        Standing.EXPIRED: "已失效",
        Standing.COMING: "即将生效",
    },
    accesses={Access.PUBLIC: "公开", Access.MEMBER: "仅限会员", Access.STAFF: "仅限工作人员"},
)

_RUSSIAN = StaffWords(
    words=RUSSIAN,
    heading="База знаний",
    sign_in="Войти",
    sign_in_hint="Страница для сотрудников. Ключ был показан при первом запуске службы; его знает тот, кто её ведёт.",
    key="Ключ сотрудника",
    wrong_key="Это не тот ключ.",
    too_many="Слишком много неверных ключей. Повторите через {} с.",
    sign_out="Выйти",
    files="файлов в папке",
    documents="документов в каталоге",
    not_indexed="не обработано: {}",
    passages="фрагментов в каталоге",
    not_public="не для всех, в поиске нет: {}",
    lexical="в индексе слов",
    vectors="в индексе смысла",
    silent="не отвечает",
    agree="Папка, каталог и оба индекса совпадают.",
    waiting="Не совпадают: после последней синхронизации изменилось файлов: {}; они ждут следующей.",
    disagree="Не совпадают: в одном из индексов не то, что в каталоге. Поможет перезапуск.",
    no_vectors="Не совпадают: индекс смысла не отвечает. Ответы пока подбираются только по словам.",
    no_folder="Сравнить нельзя: папки знаний нет на месте.",
    removed="Удалено из черновиков языковой модели, так как источники этого не подтверждают: {total}, из них заменено цитатой: {quoted} ({kinds}).",
    removed_lately="Предложения из последних ответов и вопросы к ним",
    in_its_place="Вместо него:",
    starting="База знаний открывается.",
    syncing="Папка читается: {done} из {total}",
    seconds_left="осталось около {} с",
    synced="Последняя синхронизация {}",
    stopped="Последняя синхронизация прервана.",
    search="Название, путь, замечание…",
    show="Показать",
    everything="Все файлы",
    all_languages="Все языки",
    all_categories="Все разделы",
    sort="Порядок",
    apply="Применить",
    clear="Показать всё",
    shown="Файлов: {shown} из {total}",
    none="Таких файлов нет.",
    empty="В папке ещё нет файлов. Сохраните в неё документ, и он появится здесь через несколько секунд.",
    document="Документ",
    state="Состояние",
    language="Язык",
    size="Объём",
    page_count="{} с.",
    passage_count="фрагментов: {}",
    dates="Даты",
    indexed_at="Обработан",
    in_force="действует",
    until="до",
    as_of="по состоянию на",
    review="проверить до",
    review_passed="срок прошёл",
    warnings="Замечания",
    previous="Назад",
    next="Дальше",
    back="Все документы",
    public_page="Как видят читатели",
    card="Карточка",
    understood="Фрагменты, как они поняты",
    context="Индексируется вместе с",
    countries="Страны",
    nothing="По этому файлу ответов не даётся.",
    filters={
        "failed": "Не обработаны",
        "held": "Оставлена прежняя версия",
        "warnings": "С замечаниями",
        "review": "Срок проверки прошёл",
        "current": "Действуют сегодня",
        "past": "Заменены или утратили силу",
        "coming": "Ещё не вступили в силу",
        "hidden": "Не для всех",
    },
    sorts={
        "path": "Путь",
        "title": "Название",
        "state": "Состояние",
        "language": "Язык",
        "passages": "Фрагменты",
        "effective": "Начало действия",
        "review": "Срок проверки",
        "indexed": "Обработан",
    },
    states={
        FileStanding.INDEXED: "обработан",
        FileStanding.HELD: "оставлена прежняя версия",
        FileStanding.FAILED: "не обработан",
    },
    standings={
        Standing.CURRENT: "действует",
        Standing.SUPERSEDED: "заменён",
        Standing.EXPIRED: "утратил силу",
        Standing.COMING: "ещё не вступил в силу",
    },
    accesses={Access.PUBLIC: "для всех", Access.MEMBER: "для членов", Access.STAFF: "для сотрудников"},
)

_CATALOGUES = {words.code: words for words in (_ENGLISH, _CHINESE, _RUSSIAN)}


def staff_words(words: Words) -> StaffWords:
    """The staff catalogue in the language of a general one."""
    return _CATALOGUES[words.language]
