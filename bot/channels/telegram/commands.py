"""Everything that begins with a slash, and the buttons that stand for it."""

import asyncio
import uuid
from collections.abc import Sequence

from bot.channels.telegram.answering import Answering
from bot.channels.telegram.chats import ChatRecord, Chats
from bot.channels.telegram.cutoffs import Cutoffs
from bot.channels.telegram.ledger import Address, Taken
from bot.channels.telegram.markup import Block, Span, paragraph, shortened
from bot.channels.telegram.messages import Button, Keyboard, Message, messages
from bot.channels.telegram.options import Options
from bot.channels.telegram.ports import Assistant, Library, Linker, Memory, Topic
from bot.channels.telegram.reading import Said
from bot.channels.telegram.render import sources_messages
from bot.replies import LANGUAGES, reply, reply_language
from bot.unlinked import unlinked
from retrieval import NotReadyError

COMMANDS = (
    "start", "help", "topics", "countries", "language", "sources", "new", "stop", "about", "privacy", "forget",
)  # fmt: skip
_OWN_NAMES = {"en": "English", "zh": "中文", "ru": "Русский"}
_BUTTON_TEXT = 60
_SHOWN = 24
"""Buttons of a list on one page."""
_TITLES = 12


class Commands:
    """Answers commands; none of them waits for the index."""

    def __init__(
        self,
        assistant: Assistant,
        memory: Memory,
        library: Library,
        chats: Chats,
        answering: Answering,
        cutoffs: Cutoffs,
        options: Options,
        *,
        link: Linker,
    ) -> None:
        self._assistant = assistant
        self._memory = memory
        self._library = library
        self._chats = chats
        self._answering = answering
        self._cutoffs = cutoffs
        self._options = options
        self._link = link

    async def run(self, taken: Taken, said: Said, chat: ChatRecord, *, reads_groups: bool) -> tuple[Message, ...]:
        """What a command says; for one that we do not know, what there is."""
        language = chat.language or reply_language(said.app_language)
        address = said.place.address(said.user_id)
        match said.command:
            case "start":
                return await self._start(said.text, language)
            case "help":
                return self._help(language, said=said, reads_groups=reads_groups)
            case "topics":
                return await self.listed("t", 0, language)
            case "countries":
                return await self.listed("c", 0, language)
            case "language":
                return _languages(language)
            case "sources":
                return await self._sources(address, chat.language, language)
            case "new":
                await self._chats.end_conversation(address)
                return _words(reply("telegram_new", language))
            case "about":
                return _words(reply("telegram_about", language, version=self._options.version))
            case "privacy":
                return _words(reply("telegram_privacy", language))
            case "forget":
                return await self._forget(taken, said, language)
            case _:
                return _words(reply("telegram_unknown", language))

    async def topic(self, kind: str, key: str, language: str) -> tuple[Message, ...]:
        """What the documents of a category (``t``) or on a country (``c``) are, and what to ask of them."""
        topics = await self._look(kind, language)
        if topics is None:
            return _words(reply("telegram_loading", language))
        found = next((topic for topic in topics if topic.key == key), None)
        if found is None:
            return _words(reply("telegram_topic_gone", language))
        titles: list[Block] = [
            paragraph(unlinked(f"• {shortened(title, 150)}"), near=number > 0)
            for number, title in enumerate(found.titles[:_TITLES])
        ]
        more = len(found.titles) - _TITLES
        if more > 0:
            titles.append(paragraph(reply("telegram_more", language, count=more), near=True))
        head = paragraph(Span(found.name, style="b"))
        return messages([head, *titles], await self.questions(found.questions))

    async def choose(self, chat_id: int, language: str, *, app_language: str) -> tuple[Message, ...]:
        """Fixes the language of our words in a chat, or frees it again."""
        chosen = language if language in LANGUAGES else ""
        await self._chats.remember(chat_id, language=chosen)
        if not chosen:
            return _words(reply("telegram_language_free", app_language))
        return _words(reply("telegram_language_set", chosen))

    async def questions(self, texts: Sequence[str]) -> Keyboard:
        """A button for each question."""
        keys = await self._chats.keep_prompts(texts)
        return tuple(
            (Button(shortened(text, _BUTTON_TEXT), data=f"q:{key}"),) for key, text in zip(keys, texts, strict=True)
        )

    async def _start(self, payload: str, language: str) -> tuple[Message, ...]:
        kind, _, key = payload.partition("_")
        if key and kind in {"t", "c"}:
            return await self.topic(kind, key, language)
        examples = await asyncio.to_thread(self._assistant.examples, language)
        ask = reply("telegram_start_try", language) if examples else reply("telegram_start_ask", language)
        blocks = [
            paragraph(Span(reply("telegram_start_hello", language), style="b")),
            paragraph(reply("telegram_start_what", language)),
            paragraph(reply("telegram_start_automatic", language)),
            paragraph(Span(ask, style="i")),
        ]
        return messages(blocks, await self.questions(examples))

    def _help(self, language: str, *, said: Said, reads_groups: bool) -> tuple[Message, ...]:
        listed = [
            paragraph(f"/{name} – {command_words(name, language)}", near=number > 0)
            for number, name in enumerate(COMMANDS)
        ]
        blocks = [paragraph(reply("telegram_help", language)), *listed]
        if not said.place.is_private or said.user_id in self._options.staff:
            blocks.append(paragraph(reply(f"telegram_help_groups_{self._options.groups}", language)))
            if not reads_groups and self._options.groups != "off":
                blocks.append(paragraph(reply("telegram_help_privacy_mode", language)))
        if said.user_id in self._options.staff:
            blocks.append(paragraph(reply("telegram_help_staff", language)))
        return messages(blocks)

    async def listed(self, kind: str, page: int, language: str) -> tuple[Message, ...]:
        """A page of the topics (``t``) or countries (``c``), each a button."""
        topics = await self._look(kind, language)
        if not topics:
            loading, empty = reply("telegram_loading", language), reply(f"telegram_empty_{kind}", language)
            return _words(loading if topics is None else empty)
        last = (len(topics) - 1) // _SHOWN
        page = min(max(page, 0), last)
        shown = topics[page * _SHOWN : (page + 1) * _SHOWN]
        keys = await self._chats.keep_prompts([topic.key for topic in shown])
        buttons = [
            Button(f"{shortened(topic.name, 40)} · {topic.documents}", data=f"{kind}:{key}")
            for key, topic in zip(keys, shown, strict=True)
        ]
        rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
        turning = tuple(
            Button(text, data=f"n:{kind}:{other}")
            for other, text in (
                (page - 1, _range(page - 1, len(topics), "‹ ", "")),
                (page + 1, _range(page + 1, len(topics), "", " ›")),
            )
            if 0 <= other <= last
        )
        return messages([paragraph(reply(f"telegram_list_{kind}", language))], (*rows, turning) if turning else rows)

    async def _look(self, kind: str, language: str) -> Sequence[Topic] | None:
        """The topics or the countries; None while the index is being read."""
        look = self._library.countries if kind == "c" else self._library.topics
        try:
            return await asyncio.to_thread(look, language)
        except NotReadyError:
            return None

    async def _sources(self, address: Address, chosen: str, language: str) -> tuple[Message, ...]:
        talk = await self._chats.conversation(address, new_id=uuid.uuid4().hex)
        answer = await asyncio.to_thread(self._memory.answer, talk.last_answer) if talk.last_answer else None
        if answer is None:
            return _words(reply("telegram_no_sources", language))
        made = sources_messages(answer, language=chosen or reply_language(answer.language), link=self._link)
        return made or _words(reply("telegram_no_sources", language))

    async def _forget(self, taken: Taken, said: Said, language: str) -> tuple[Message, ...]:
        whose = None if said.place.is_private else said.user_id
        turns = 0
        # First what is still on its way, here and in other topics: it is neither to be sent nor to be kept afterwards.
        self._cutoffs.forget(taken, said.place.chat_id, whose)
        await self._answering.drop(said.place.chat_id, whose)
        for conversation in await self._chats.conversations(said.place.chat_id, whose):
            turns += await asyncio.to_thread(self._memory.forget, conversation)
        await self._chats.forget(said.place.chat_id, whose, but=taken)
        return _words(reply("telegram_forgotten", language, turns=turns))


def command_words(name: str, language: str) -> str:
    """What a command does, for the list that Telegram shows."""
    return reply(f"telegram_command_{name}", language)


def _range(page: int, total: int, before: str, after: str) -> str:
    """What a button says that turns to a page: ``25–48 ›``."""
    return f"{before}{page * _SHOWN + 1}–{min((page + 1) * _SHOWN, total)}{after}"


def _languages(language: str) -> tuple[Message, ...]:
    buttons = tuple(Button(_OWN_NAMES[code], data=f"l:{code}") for code in LANGUAGES)
    free = Button(reply("telegram_button_any_language", language), data="l:-")
    return messages([paragraph(reply("telegram_language", language))], (buttons, (free,)))


def _words(text: str) -> tuple[Message, ...]:
    return messages([paragraph(text)])
