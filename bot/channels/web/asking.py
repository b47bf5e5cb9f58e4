"""One way for every route to ask: the question checked, the answer worked on apart from the connection, and counted."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request

from bot.answer import Answer, Delta
from bot.assistant import clean_question
from bot.channels.web.bodies import AnswerBody
from bot.channels.web.leaving import unless_left
from bot.channels.web.links import source_link
from bot.channels.web.ports import Assistant, Readiness
from bot.channels.web.public_door import Caller
from bot.channels.web.run import Run
from bot.channels.web.runs import Runs
from bot.metrics import Metrics
from retrieval import NotReadyError

IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", max_length=128, description="The same request with the same key is answered once."),
]

Events = Callable[[], AsyncGenerator[Delta | Answer, None]]
Frames = Callable[[Run, Events, Callable[[Answer], AnswerBody]], AsyncGenerator[str, None]]


class StoppedError(Exception):
    """The answer was stopped before it was complete."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks on behalf of callers."""

    assistant: Assistant
    readiness: Readiness
    runs: Runs
    metrics: Metrics
    public_url: str | None

    def begin(
        self,
        request: Request,
        caller: Caller,
        question: str,
        frames: Frames,
        *,
        surface: str,
        conversation_id: str,
        language: str | None,
        key: tuple[str, str] | None = None,
        fingerprint: bytes = b"",
    ) -> Run:
        """An answer on its way: a new one, or the one that this very request began before.

        Args:
            key: whose ``Idempotency-Key`` it is, and the key.
            fingerprint: what makes the request the same.

        Raises:
            NotReadyError: there is no index yet.
            bot.errors.QuestionError: this cannot be asked.
            bot.channels.web.runs.BusyError: the caller, or everybody, has too many under way.
            bot.channels.web.runs.KeyUsedError: the key came with another request.
        """
        if not self.readiness.state().ready:
            raise NotReadyError("a question came before the index")
        text = clean_question(question, language=language)
        if known := self.runs.known(key, fingerprint):
            return known
        run = Run(caller.scope, conversation_id, text, language or caller.language, caller.place)

        def events() -> AsyncGenerator[Delta | Answer, None]:
            inner = caller.inner(conversation_id)
            asked = self.assistant.stream(question, conversation_id=inner, language=language)
            return self.metrics.measured(surface, asked)

        work = frames(run, events, lambda answer: self.body_of(answer, caller, request))
        self.runs.start(run, work, key=key, fingerprint=fingerprint, alone=caller.session is not None)
        return run

    async def answer(self, run: Run, request: Request) -> Answer:
        """The proven answer, once it is there; stopped when the last asker leaves, who cannot come back to a plain response.

        Raises:
            StoppedError: it was stopped.
            Exception: whatever kept it from being made.
        """
        if not await unless_left(request.receive, run.wait()) and not run.readers:
            self.runs.cancel(run)
        if run.error is not None:
            raise run.error
        if run.answer is None:
            raise StoppedError
        return run.answer

    def body_of(self, answer: Answer, caller: Caller, request: Request) -> AnswerBody:
        """The answer as its caller may see it."""
        base = self.public_url or str(request.base_url)
        body = AnswerBody.of(answer, lambda citation: source_link(base, citation, language=answer.language))
        return body.model_copy(update={"conversation_id": caller.outer(answer.conversation_id)})


async def silent(run: Run, events: Events, body_of: Callable[[Answer], AnswerBody]) -> AsyncGenerator[str, None]:
    """The frames of an answer that nobody follows: none."""
    stream = events()
    try:
        async for event in stream:
            if isinstance(event, Answer):
                run.answered(event)
    except Exception as error:
        run.error = error
    finally:
        await stream.aclose()
    for data in list[str]():  # a generator all the same
        yield data
