"""One answer on its way, and the frames of it that were said so far."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from bot.answer import Answer

PING_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream: ``seq`` counts from 1; ``data`` is JSON, or ``[DONE]``."""

    seq: int
    data: str


class Run:
    """One answer on its way, and all that was said of it so far.

    Attributes:
        scope: whose it is; nobody else sees it.
        language: of the words said when something goes wrong.
        place: where it was asked; empty where that does not count.
        key: its owner and ``Idempotency-Key``, if it has one.
        answer: the proven answer, once there is one.
        error: what kept it from an answer.
        failure: the same as (status, code, words) for those who follow the frames.
        readers: connections that follow it now.
    """

    def __init__(self, scope: str, conversation_id: str, question: str, language: str, place: str = "") -> None:
        self.id = secrets.token_hex(12)
        self.scope = scope
        self.conversation_id = conversation_id
        self.question = question
        self.language = language
        self.place = place
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.failure: tuple[int, str, str] | None = None
        self.frames: list[Frame] = []
        self.key: tuple[str, str] | None = None
        self.done = False
        self.stopped = False
        self.readers = 0
        self.on_left: Callable[[], None] = lambda: None
        self.on_answer: Callable[[Answer], None] = lambda answer: None
        self._news = asyncio.Event()

    def event_id(self, frame: Frame) -> str:
        """The SSE id of a frame, which ``Last-Event-ID`` gives back."""
        return f"{self.id}:{frame.seq}"

    def say(self, data: str) -> None:
        """Adds a frame and wakes the readers."""
        self.frames.append(Frame(len(self.frames) + 1, data))
        self._wake()

    def answered(self, answer: Answer) -> None:
        """The proven answer is there."""
        self.answer = answer
        self.on_answer(answer)

    def end(self) -> None:
        """No frame comes after this."""
        self.done = True
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def follow(self, after: int = 0) -> AsyncIterator[Sequence[Frame]]:
        """Frames after a number, those there are and those to come, as many as there are; none after a quiet while."""
        self.readers += 1
        try:
            while True:
                if after < len(self.frames):
                    ready = self.frames[after:]
                    after += len(ready)
                    yield ready
                    continue
                if self.done:
                    return
                news = self._news
                try:
                    async with asyncio.timeout(PING_SECONDS):
                        await news.wait()
                except TimeoutError:
                    yield ()
        finally:
            self.readers -= 1
            if self.readers == 0:
                self.on_left()

    async def wait(self) -> None:
        """Until it has ended."""
        async for _ in self.follow(len(self.frames)):
            pass
