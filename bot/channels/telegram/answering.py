"""A question from a chat to its answer in the outbox, with signs of life in between."""

import asyncio
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import replace

from bot.answer import Answer, Delta
from bot.channels.telegram.chats import Chats
from bot.channels.telegram.cutoffs import Cutoffs
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.drafts import Drafts, Showing
from bot.channels.telegram.ledger import Conversation, Ledger, Taken
from bot.channels.telegram.markup import paragraph, pinched, shortened
from bot.channels.telegram.messages import Button, Message, messages
from bot.channels.telegram.pace import REAL, Pace
from bot.channels.telegram.ports import Assistant, Linker, Memory
from bot.channels.telegram.reading import Place
from bot.channels.telegram.render import answer_messages
from bot.errors import QuestionError
from bot.replies import reply, reply_language
from retrieval import NotReadyError, detect_language

log = logging.getLogger(__name__)

_AT_ONCE = 4
"""Questions of Telegram that are worked on side by side; the others wait, and are told so."""
_BUTTON_TEXT = 60


class Answering:
    """Answers questions, each exactly once."""

    def __init__(
        self,
        assistant: Assistant,
        memory: Memory,
        ledger: Ledger,
        chats: Chats,
        cutoffs: Cutoffs,
        delivery: Delivery,
        drafts: Drafts,
        *,
        link: Linker,
        seconds: float,
        pace: Pace = REAL,
    ) -> None:
        self._assistant = assistant
        self._memory = memory
        self._cutoffs = cutoffs
        self._seconds = seconds
        self._ledger = ledger
        self._chats = chats
        self._delivery = delivery
        self._drafts = drafts
        self._link = link
        self._pace = pace
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._queued = 0
        self._running: dict[tuple[tuple[int, int], int], asyncio.Task[Answer]] = {}
        self._stopped: set[asyncio.Task[Answer]] = set()
        self._dropped: set[asyncio.Task[Answer]] = set()

    async def answer(
        self,
        taken: Taken,
        place: Place,
        user_id: int,
        question: str,
        *,
        chosen: str,
        app_language: str,
        pressed: bool = False,
        remark: Callable[[str], str] = lambda _: "",
    ) -> None:
        """Answers one question and has the answer delivered.

        Args:
            chosen: the language the chat chose for our words, or empty.
            app_language: of the user's app, for questions that do not tell theirs; or empty.
            pressed: the question came from a button, so the answer repeats it.
            remark: what to say first, in a language.
        """
        address = place.address(user_id, reply=not pressed)
        talk = await self._chats.conversation(address, new_id=uuid.uuid4().hex)
        hint = "" if tells_its_language(question) else await self._hint(talk, app_language)
        language = chosen or reply_language(hint or detect_language(question[:2_000]))
        if self._cutoffs.is_forgotten(taken, place.chat_id, user_id):
            await self._chats.forget_conversation(talk)
            await self._ledger.finish(taken)
            return
        work = asyncio.create_task(self._ask(taken, place, question, talk, language, hint))
        key = (place.lane, user_id)
        self._running[key] = work
        made: tuple[Message, ...]
        try:
            answer = await work
        except asyncio.CancelledError:
            if work in self._dropped:
                self._dropped.discard(work)
                await self._ledger.finish(taken)
                return
            if work not in self._stopped:
                work.cancel()
                raise
            self._stopped.discard(work)
            made = messages([paragraph(reply("telegram_stopped", language))])
        except QuestionError as error:
            made = messages([paragraph(error.message)])
        except Exception:
            log.exception("a question was not answered")
            made = messages([paragraph(reply("telegram_failed", language))])
        else:
            language = chosen or reply_language(answer.language)
            made = answer_messages(
                answer,
                language=language,
                link=self._link,
                asked=shortened(question, 300) if pressed else "",
                remark=remark(language),
                prompts=await self._prompts(answer),
            )
            if answer.citations:  # thanks do not make the sources of the answer before them unknown
                talk = replace(talk, last_answer=answer.id)
        finally:
            self._running.pop(key, None)
        parcels = await self._ledger.finish(taken, address, made, language=language, conversation=talk)
        self._delivery.send(*parcels)

    def stop(self, place_lane: tuple[int, int], user_id: int) -> bool:
        """Ends what is being worked on for a user; False if there is nothing."""
        work = self._running.get((place_lane, user_id))
        if work is None or work.done():
            return False
        self._stopped.add(work)
        work.cancel()
        return True

    def stop_chat(self, chat_id: int) -> None:
        """Ends what is being worked on in a private chat."""
        for lane, user_id in list(self._running):
            if lane[0] == chat_id:
                self.stop(lane, user_id)

    async def drop(self, chat_id: int, user_id: int | None) -> None:
        """Ends what is being worked on in a chat, for one user or for all, without a word. When this returns it has ended."""
        works = [
            work
            for (lane, whose), work in self._running.items()
            if lane[0] == chat_id and user_id in {None, whose} and not work.done()
        ]
        self._dropped.update(works)
        for work in works:
            work.cancel()
        if works:
            await asyncio.wait(works)

    async def _hint(self, talk: Conversation, app_language: str) -> str:
        """The language of a question that does not tell it: that of the conversation, else the app's; empty for neither."""
        last = await asyncio.to_thread(self._memory.answer, talk.last_answer) if talk.last_answer else None
        if last is not None:
            return last.language
        return reply_language(app_language) if app_language else ""

    async def _ask(
        self, taken: Taken, place: Place, question: str, talk: Conversation, language: str, hint: str
    ) -> Answer:
        async with self._drafts.showing(place, taken.update_id) as showing:
            self._queued += 1
            try:
                if self._turn.locked():
                    ahead = self._queued - 1
                    busy, first = reply("telegram_busy", language, ahead=ahead), reply("telegram_busy_next", language)
                    showing.say(busy if ahead else first)
                await self._turn.acquire()
            finally:
                self._queued -= 1
            try:
                return await self._stream(question, talk, showing, language, hint)
            finally:
                self._turn.release()

    async def _stream(self, question: str, talk: Conversation, showing: Showing, language: str, hint: str) -> Answer:
        waited = False
        while True:
            try:
                events = self._assistant.stream(question, conversation_id=talk.id, language=hint or None)
                break
            except NotReadyError:
                if not waited:
                    showing.say(reply("telegram_not_ready", language))
                waited = True
                await asyncio.sleep(self._pace.look)
        try:
            async with asyncio.timeout(self._seconds):
                async for event in events:
                    if isinstance(event, Delta):
                        showing.add(event.text)
                    else:
                        return event
        finally:
            await events.aclose()
        raise RuntimeError("a stream ended without its answer")

    async def _prompts(self, answer: Answer) -> list[Button]:
        keys = await self._chats.keep_prompts(answer.suggestions)
        return [
            Button(pinched(f"❓ {text}", _BUTTON_TEXT), data=f"q:{key}")
            for key, text in zip(keys, answer.suggestions, strict=True)
        ]


def tells_its_language(question: str) -> bool:
    """Whether there is more than signs, figures and codes such as CBAM or HS 8507, which are written alike everywhere."""
    return re.search(r"[^\W\d_A-Z]", question) is not None
