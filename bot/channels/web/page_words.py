"""The words of the pages around the widget: the full page, the privacy note, and the demonstration."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.web.words import Words


@dataclass(frozen=True, slots=True)
class PageWords:
    """The catalogue of one language."""

    tagline: str
    no_script: str
    no_script_docs: str
    privacy: str
    privacy_text: tuple[str, ...]
    demo: str
    demo_lead: str
    demo_text: tuple[str, ...]
    snippet: str
    snippet_hint: str
    appearance: str
    colour: str
    theme: str
    themes: Mapping[str, str]
    side: str
    sides: Mapping[str, str]
    language: str
    events: str
    events_hint: str
    open_chat: str
    full_page: str


_ENGLISH = PageWords(
    tagline="Answers from documents, each sentence with its source.",
    no_script="The chat needs JavaScript.",
    no_script_docs="Programs can ask over the interface described at",
    privacy="Privacy",
    privacy_text=(
        "You are talking to an automatic assistant. It needs no account, sets no cookies and loads nothing from other "
        "services; there is no tracking.",
        "Your questions, the answers and what you think of them are stored on the server of this service, so that your "
        "conversation can go on and staff can see what the documents lack. They are stored under a random number, "
        "without your name or network address. Your network address is used only while a request is answered and, for a "
        "short time, to keep floods away.",
        "Your browser keeps that random number, the name of the conversation and the language you chose in its storage "
        "for the site you are on. “Delete chat” erases the conversation from the server.",
        "Whoever runs this service may have set it up so that a language model of another company writes the answers, "
        "and may have rules of their own. Please do not write personal data or business secrets into your questions.",
    ),
    demo="The chat on your site",
    demo_lead="This is a page like any other. The button in the corner is all that the script adds to it.",
    demo_text=(
        "An enterprise that goes abroad asks about tariffs, permits, financing and partners, usually late in the evening "
        "and in its own language. Put the assistant where it asks: on a portal, beside a guide, under a news item.",
        "The chat brings its own styles and leaves those of the page alone. It reads the language of the page, follows "
        "its light or dark appearance, and works with the keyboard, a screen reader and a phone.",
    ),
    snippet="One line",
    snippet_hint="Whoever runs the service names your site in DRAGOMAN_ALLOWED_ORIGINS; no other site can use it.",
    appearance="Try its appearance",
    colour="Colour",
    theme="Theme",
    themes={"auto": "As the system", "light": "Light", "dark": "Dark"},
    side="Side",
    sides={"bottom-right": "Right", "bottom-left": "Left"},
    language="Language",
    events="What the page hears of it",
    events_hint="Nothing yet. Open the chat and ask.",
    open_chat="Open the chat",
    full_page="The full page",
)

_CHINESE = PageWords(
    tagline="只依据文件作答，每句话都注明出处。",
    no_script="使用对话需要启用 JavaScript。",
    no_script_docs="程序接口说明见",
    privacy="隐私说明",
    privacy_text=(
        "为您作答的是自动助手。使用时无需注册，不设置 Cookie，不加载任何第三方内容，也不进行跟踪。",
        "您的问题、系统的回答以及您的评价保存在本服务的服务器上，用于延续对话，并让工作人员了解文件中缺少哪些内容。"
        "这些内容只对应一个随机编号，不含您的姓名和网络地址。网络地址仅在处理请求时使用，并在短时间内用于防止恶意刷量。",
        "您的浏览器会在所访问网站的存储空间内保留该随机编号、对话名称和您选择的语言。点击“删除对话”，服务器上的对话即被清除。",
        "本服务的运营方可能使用其他公司的语言模型撰写回答，也可能另有规定。请勿在问题中填写个人信息或商业秘密。",
    ),
    demo="把对话放到您的网站上",
    demo_lead="这是一个普通网页，脚本只在页面一角添加了一个按钮。",
    demo_text=(
        "企业出海，要了解关税、许可、融资和合作伙伴，常常是在深夜，用的是自己的语言。把助手放在企业提问的地方：门户网站、办事指南旁、新闻报道下。",
        "对话窗口自带样式，不影响页面原有样式；它随页面语言切换，跟随浅色或深色外观，支持键盘、读屏软件和手机。",
    ),
    snippet="只需一行代码",
    snippet_hint="由服务运营方在 DRAGOMAN_ALLOWED_ORIGINS 中登记您的网站，其他网站无法使用。",
    appearance="试试外观",
    colour="颜色",
    theme="主题",
    themes={"auto": "跟随系统", "light": "浅色", "dark": "深色"},
    side="位置",
    sides={"bottom-right": "右侧", "bottom-left": "左侧"},
    language="语言",
    events="页面收到的事件",
    events_hint="暂无。请打开对话并提问。",
    open_chat="打开对话",
    full_page="完整页面",
)

_RUSSIAN = PageWords(
    tagline="Ответы из документов: у каждой фразы есть источник.",
    no_script="Для беседы нужен JavaScript.",
    no_script_docs="Интерфейс для программ описан на странице",
    privacy="Конфиденциальность",
    privacy_text=(
        "Вам отвечает автоматический помощник. Ему не нужна учётная запись, он не ставит куки, ничего не загружает с чужих "
        "сервисов и не следит за вами.",
        "Ваши вопросы, ответы и ваши оценки хранятся на сервере этой службы, чтобы беседу можно было продолжить, а "
        "сотрудники видели, чего не хватает в документах. Они хранятся под случайным номером, без вашего имени и сетевого "
        "адреса. Сетевой адрес нужен только на время запроса и, недолго, для защиты от потока запросов.",
        "Браузер хранит этот случайный номер, название беседы и выбранный язык в памяти того сайта, на котором вы "
        "находитесь. Кнопка «Удалить беседу» стирает её с сервера.",
        "Тот, кто ведёт эту службу, может поручить составление ответов языковой модели другой компании и установить "
        "собственные правила. Пожалуйста, не пишите в вопросах личных данных и коммерческих тайн.",
    ),
    demo="Беседа на вашем сайте",
    demo_lead="Это обычная страница. Скрипт добавляет к ней только кнопку в углу.",
    demo_text=(
        "Предприятие, которое выходит за рубеж, спрашивает о пошлинах, разрешениях, финансировании и партнёрах — часто "
        "поздно вечером и на своём языке. Поставьте помощника там, где спрашивают: на портале, рядом с руководством, под "
        "новостью.",
        "У беседы собственные стили, стили страницы она не трогает. Она говорит на языке страницы, следует её светлому или "
        "тёмному виду, работает с клавиатурой, с программой чтения экрана и на телефоне.",
    ),
    snippet="Одна строка",
    snippet_hint="Тот, кто ведёт службу, вносит ваш сайт в DRAGOMAN_ALLOWED_ORIGINS; другим сайтам она недоступна.",
    appearance="Попробуйте вид",
    colour="Цвет",
    theme="Тема",
    themes={"auto": "Как в системе", "light": "Светлая", "dark": "Тёмная"},
    side="Сторона",
    sides={"bottom-right": "Справа", "bottom-left": "Слева"},
    language="Язык",
    events="Что слышит страница",
    events_hint="Пока ничего. Откройте беседу и спросите.",
    open_chat="Открыть беседу",
    full_page="Полная страница",
)

_CATALOGUES = {"en": _ENGLISH, "zh": _CHINESE, "ru": _RUSSIAN}


def page_words(words: Words) -> PageWords:
    """The pages' catalogue in the language of a general one."""
    return _CATALOGUES[words.language]
