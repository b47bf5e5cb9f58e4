"""Any chat model that LangChain knows, by one setting: it writes from passages, translates a question, divides a large one.

Nothing it says is trusted; here it is only kept within its time, its tokens and its turn.
"""

import asyncio
import contextlib
import copy
import datetime as dt
import logging
import math
import random
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import CutOffError, StartError, WriterError
from bot.prompts import Prompt, answering, completing, dividing, translating
from bot.writers import Claim, Exchange, Part
from bot.writers.limits import Breaker, Budget, Tally
from bot.writers.parsing import Parser
from bot.writers.thoughts import Thoughts
from retrieval import Hit, SearchResult

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

log = logging.getLogger(__name__)

PASSAGES = 8
"""Passages handed to a model."""
_PER_DOCUMENT = 3
"""Passages of one document among them, so that no file crowds out the others."""
_LONGEST = 9_000
"""Characters of an answer after which a model is stopped."""
_LONGEST_THOUGHT = 60_000
"""Characters that it may think aloud before that."""
_ANSWER_TOKENS = 900
_PREPARING = 8.0
"""Seconds for a translation or a plan."""
_TRIES = 3
_FIRST_WAIT = 0.4
"""Seconds before the second try; doubled for the third, and scattered."""
_LONGEST_WAIT = 8.0
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_TAKES_LIMITS = frozenset({"openai", "azure_openai", "anthropic", "deepseek", "xai", "groq", "mistralai"})
"""Providers whose client retries and waits by itself unless it is told not to."""
_SAYS_END = frozenset({"openai", "azure_openai", "deepseek", "xai"})
"""Providers whose last piece always says why it is the last; without that the answer was cut off."""
_CUT_OFF = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"})
"""Reasons for which a model stops in the middle of what it has to say, in the words of the providers."""


class ModelWriter:
    """A chat model within limits. Safe for many questions at once.

    Args:
        seconds: for one answer, tries and waits included.
        provider: as in ``provider:name``; tells what its streams look like.
    """

    def __init__(
        self,
        chat: "BaseChatModel",
        *,
        name: str,
        budget: Budget,
        seconds: float = 40.0,
        provider: str = "",
        breaker: Breaker | None = None,
    ) -> None:
        self.name = name
        self._chat = chat
        self._budget = budget
        self._seconds = seconds
        self._provider = provider
        self._breaker = breaker or Breaker()
        self._tally = Tally()
        self._until: float | None = None
        """The end of the time for the answer that this writer is for; None where each call has its own."""

    @staticmethod
    def open(model: str, *, budget: Budget, seconds: float) -> "ModelWriter":
        """The model of the setting ``provider:name``. Its keys and addresses come from the provider's own variables.

        Raises:
            StartError: the setting is not understood, the provider's package is missing, or it has no key.
        """
        provider, _, name = model.partition(":")
        if not provider or not name:
            raise StartError(
                f"DRAGOMAN_MODEL: '{model}' is no provider:name; write for example openai:gpt-5-mini or ollama:qwen3"
            )
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise StartError(
                "DRAGOMAN_MODEL needs LangChain; install the extra: pip install 'dragoman[openai]'"
            ) from error
        try:
            if provider in _TAKES_LIMITS:
                chat = init_chat_model(model, max_retries=0, timeout=seconds)
            else:
                chat = init_chat_model(model)
        except ImportError as error:
            raise StartError(
                f"DRAGOMAN_MODEL: '{model}' needs a package that is not installed ({error}); see the extras in pyproject.toml"
            ) from error
        except Exception as error:  # each provider has errors of its own for a missing key
            raise StartError(
                f"DRAGOMAN_MODEL: '{model}' cannot be used ({' '.join(str(error).split())[:300]})"
            ) from error
        return ModelWriter(chat, name=model, budget=budget, seconds=seconds, provider=provider)

    @property
    def tally(self) -> Tally:
        """What it has cost and how often it failed, for operators."""
        return self._tally

    @property
    def resting(self) -> bool:
        """Whether it failed so often that it is only tried now and then."""
        return self._breaker.is_open

    def for_one_answer(self) -> "ModelWriter":
        """The same model, breaker and budget; the seconds are for all calls together, from now."""
        writer = copy.copy(self)
        writer._until = time.monotonic() + self._seconds
        return writer

    async def write(
        self, result: SearchResult, *, language: str, today: dt.date, focus: str = ""
    ) -> AsyncGenerator[Claim, None]:
        """The claims of an answer as they are written; none if the model finds no answer in the passages.

        Args:
            focus: the one part of a briefing that is wanted.

        Raises:
            CutOffError: it had more to say than it may; the line that was not ended is left out.
            WriterError: there is no answer, or no end of it.
        """
        chosen = choose(result)
        prompt = answering(
            result.question,
            [result.hits[number] for number in chosen],
            language=language,
            mark=secrets.token_hex(6),
            today=today,
            focus=focus,
        )
        parser = Parser()
        async with contextlib.aclosing(self._pieces(prompt, seconds=self._seconds)) as pieces:
            async for piece in pieces:
                for claim in parser.feed(piece):
                    yield _renumbered(claim, chosen)
        for claim in parser.end():
            yield _renumbered(claim, chosen)

    async def translate(self, question: str, languages: Sequence[str]) -> Mapping[str, str]:
        """A question in other languages, by code, as far as the model gave them.

        Raises:
            WriterError: it gave nothing.
        """
        text = await self._whole(translating(question, languages, mark=secrets.token_hex(6)))
        found: dict[str, str] = {}
        for line in text.splitlines():
            code, colon, translated = line.partition(":")
            code = code.strip(" -*`").lower()
            if colon and code in languages and 0 < len(translated.strip()) <= 4 * len(question) + 200:
                found.setdefault(code, translated.strip())
        return found

    async def divide(self, question: str, *, most: int, language: str) -> tuple[Part, ...]:
        """The questions that a briefing or a comparison has to answer, with the headings the model proposes for them.

        Raises:
            WriterError: the model gave nothing.
        """
        text = await self._whole(dividing(question, most=most, language=language, mark=secrets.token_hex(6)))
        lines = (line.strip(" -*•\t").lstrip("0123456789.)、 ") for line in text.splitlines())
        parts: dict[str, Part] = {}
        for line in lines:
            heading, bar, question = line.partition("|")
            asked = (question if bar else line).strip()[:300]
            if len(asked) > 3:
                parts.setdefault(asked, Part(asked, heading.strip(" *#:：") if bar else ""))
        return tuple(parts.values())[:most]

    async def rewrite(self, question: str, earlier: Sequence[Exchange]) -> str:
        """A follow-up as it would be asked without the turns before it, which are told oldest first.

        Raises:
            WriterError: the model gave nothing.
        """
        told = [(each.question, each.answer) for each in earlier]
        text = await self._whole(completing(question, told, mark=secrets.token_hex(6)))
        return text.strip().strip('"“”«»`').strip()

    async def _whole(self, prompt: Prompt) -> str:
        # What only prepares an answer must leave time for it.
        async with contextlib.aclosing(
            self._pieces(prompt, seconds=min(self._seconds, _PREPARING), preparing=True)
        ) as pieces:
            return "".join([piece async for piece in pieces])

    async def _pieces(self, prompt: Prompt, *, seconds: float, preparing: bool = False) -> AsyncGenerator[str, None]:
        """What the model writes, piece by piece, within all limits.

        Args:
            preparing: it is no answer but a translation or a plan, whose failures are counted apart.
        """
        if not self._breaker.may_try():
            self.tally.failed("resting")
            raise WriterError(f"{self.name} failed several times in a row and rests for a while", kind="resting")
        asked = _tokens(prompt.system + prompt.user)
        reserved = asked + _ANSWER_TOKENS
        if not self._budget.reserve(reserved):
            self._breaker.given_up()
            self.tally.failed("budget")
            raise WriterError("the budget of tokens for today is spent (DRAGOMAN_MODEL_TOKENS_PER_DAY)", kind="budget")
        deadline = min(time.monotonic() + seconds, self._until or math.inf)
        written = _Written()
        try:
            for number in range(_TRIES):
                try:
                    async with contextlib.aclosing(self._once(prompt, deadline, written)) as pieces:
                        async for piece in pieces:
                            yield piece
                    break
                except WriterError:
                    raise
                except Exception as error:  # whatever a provider's client raises
                    wait = _wait(error, number)
                    if written.text or wait is None or number == _TRIES - 1 or time.monotonic() + wait > deadline:
                        told = f"{self.name}: {type(error).__name__}: {str(error)[:300]}"
                        raise WriterError(told, kind=_kind(error)) from error
                    await asyncio.sleep(wait)
            if not written.said:
                raise WriterError(f"{self.name} wrote nothing", kind="empty")
        except CutOffError:
            self._breaker.succeeded()  # it works, and says too much
            raise
        except WriterError as error:
            self._breaker.failed()
            self.tally.failed(f"preparing: {error.kind}" if preparing else error.kind)
            log.warning("the model did not %s: %s", "prepare an answer" if preparing else "answer, quotes will", error)
            raise
        except BaseException:
            self._breaker.given_up()  # the reader left, or we are stopped
            raise
        else:
            self._breaker.succeeded()
        finally:
            spent = written.tokens or asked + _tokens(written.text)
            self.tally.spent(spent)
            self._budget.settle(reserved, spent)

    async def _once(self, prompt: Prompt, deadline: float, written: "_Written") -> AsyncGenerator[str, None]:
        ended = False
        thoughts = Thoughts()
        async with contextlib.aclosing(_stream(self._chat, prompt)) as chunks:
            while True:
                try:
                    chunk = await asyncio.wait_for(anext(chunks), max(0.0, deadline - time.monotonic()))
                except StopAsyncIteration:
                    break
                except TimeoutError as error:
                    raise WriterError(f"{self.name} did not answer in time", kind="timeout") from error
                heard = str(chunk.text)
                written.text += heard
                piece = thoughts.without(heard)
                written.said += len(piece.strip())
                if chunk.usage_metadata is not None:
                    written.tokens += chunk.usage_metadata["total_tokens"]
                reason = _reason(chunk.response_metadata or {})
                ended = ended or reason is not None
                if reason in _CUT_OFF:
                    raise CutOffError(f"{self.name} was cut off after {len(written.text)} characters")
                if reason == "content_filter":
                    raise WriterError(f"{self.name} was stopped by its provider's filter", kind="filter")
                if written.said > _LONGEST or len(written.text) > _LONGEST + _LONGEST_THOUGHT:
                    log.warning("%s wrote more than %d characters and was stopped", self.name, _LONGEST)
                    raise CutOffError(f"{self.name} wrote more than {_LONGEST} characters")
                if piece:
                    yield piece
        if rest := thoughts.end():
            written.said += len(rest.strip())
            yield rest
        if not ended and self._provider in _SAYS_END:
            raise WriterError(f"{self.name} broke off", kind="broken off")


class _Written:
    """What came of a call so far."""

    def __init__(self) -> None:
        self.text = ""
        self.said = 0
        """Characters of it that are meant for readers, without what it thought aloud."""
        self.tokens = 0


async def _stream(chat: "BaseChatModel", prompt: Prompt) -> AsyncGenerator["AIMessageChunk", None]:
    from langchain_core.messages import HumanMessage, SystemMessage

    messages: list[BaseMessage] = [SystemMessage(prompt.system), HumanMessage(prompt.user)]
    chunks: Any = chat.astream(messages)
    async with contextlib.aclosing(chunks):
        async for chunk in chunks:
            yield chunk


def _reason(metadata: Mapping[str, object]) -> str | None:
    """Why a model stopped, in whatever words its provider says so; None while it goes on."""
    for name in ("finish_reason", "stop_reason", "done_reason"):
        if metadata.get(name):
            return str(metadata[name]).casefold()
    return None


def choose(result: SearchResult) -> list[int]:
    """The hits that are handed over, best first: few of one document, and each country of the question among them."""
    chosen: list[int] = []
    taken: dict[str, int] = {}

    def take(number: int) -> None:
        document = result.hits[number].passage.document_id
        if number not in chosen and len(chosen) < PASSAGES and taken.get(document, 0) < _PER_DOCUMENT:
            chosen.append(number)
            taken[document] = taken.get(document, 0) + 1

    for country in sorted(result.question.countries) if len(result.question.countries) > 1 else ():
        about = [number for number, hit in enumerate(result.hits) if _is_about(hit, country)]
        for number in about[:2]:
            take(number)
    for number in range(len(result.hits)):
        take(number)
    return sorted(chosen)


def _is_about(hit: Hit, country: str) -> bool:
    return country in hit.own_countries


def _renumbered(claim: Claim, chosen: Sequence[int]) -> Claim:
    """A claim whose numbers count the hits of the search, as all do outside; numbers never handed out are dropped."""
    return replace(claim, hits=tuple(chosen[n - 1] + 1 for n in claim.hits if 1 <= n <= len(chosen)))


def _tokens(text: str) -> int:
    """About how many tokens a text has: a Han character is one, four letters of others are."""
    wide = sum("\u2e80" <= sign <= "\uffef" for sign in text)
    return wide + (len(text) - wide) // 3 + 1


def _kind(error: Exception) -> str:
    """What operators count a failure of a provider's client under."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status < 600:
        return f"status {status}"
    name = type(error).__name__
    if isinstance(error, TimeoutError) or "Timeout" in name:
        return "timeout"
    return "unreachable" if isinstance(error, ConnectionError | OSError) or "Connect" in name else "other"


def _wait(error: Exception, number: int) -> float | None:
    """Seconds before another try; None where another would not help."""
    status = getattr(error, "status_code", None)
    if status is not None and status not in _PASSING:
        return None
    if (
        status is None
        and not isinstance(error, ConnectionError | OSError | TimeoutError)
        and "Connect" not in type(error).__name__
    ):
        return None
    response = getattr(error, "response", None)
    told = str(getattr(response, "headers", {}).get("retry-after", "")) if response is not None else ""
    scattered: float = _FIRST_WAIT * 2**number * random.uniform(0.5, 1.5)  # noqa: S311 no secret
    return min(float(told), _LONGEST_WAIT) + 0.2 * scattered if told.replace(".", "", 1).isdigit() else scattered
