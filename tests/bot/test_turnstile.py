"""A few at a time, in the order they came, whoever leaves."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from bot.answer import Answer, Delta, Outcome
from bot.app import _watch
from bot.channels.web.ports import ReadinessState
from bot.channels.web.runs import Runs
from bot.metrics import Metrics
from bot.turnstile import PLACES, Turnstile
from tests.bot.conftest import House, WritingHouse
from tests.model_server import Misbehaviour


class Crowd:
    """People who go through a turnstile, each until told to go."""

    def __init__(self, turnstile: Turnstile) -> None:
        self.turnstile = turnstile
        self.inside: list[int] = []
        self.entered: list[int] = []
        self._go: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def come(self, *people: int) -> None:
        for person in people:
            self._go[person] = asyncio.Event()
            self.tasks[person] = asyncio.create_task(self._pass(person))
        await self.settle()

    async def leave(self, *people: int) -> None:
        for person in people:
            self._go[person].set()
        await self.settle()

    @staticmethod
    async def settle() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _pass(self, person: int) -> None:
        async with self.turnstile.place():
            self.inside.append(person)
            self.entered.append(person)
            try:
                await self._go[person].wait()
            finally:
                self.inside.remove(person)


async def test_so_many_are_let_in_and_the_others_in_the_order_they_came() -> None:
    crowd = Crowd(Turnstile(2))
    await crowd.come(1, 2, 3, 4, 5)
    assert (crowd.inside, crowd.turnstile.waiting) == ([1, 2], 3)
    await crowd.leave(2)
    await crowd.come(6)
    assert (crowd.inside, crowd.turnstile.waiting) == ([1, 3], 3)
    for person in (1, 3, 4, 5, 6):
        await crowd.leave(person)
    assert (crowd.entered, crowd.inside, crowd.turnstile.waiting) == ([1, 2, 3, 4, 5, 6], [], 0)


async def test_who_is_called_off_while_waiting_holds_up_nobody() -> None:
    crowd = Crowd(Turnstile(1))
    await crowd.come(1, 2, 3)
    crowd.tasks[2].cancel()
    await crowd.settle()
    assert crowd.turnstile.waiting == 1
    await crowd.leave(1)
    assert crowd.inside == [3]


async def test_a_place_that_comes_to_one_who_is_called_off_goes_to_the_next() -> None:
    crowd = Crowd(Turnstile(1))
    await crowd.come(1, 2, 3)
    crowd._go[1].set()
    await asyncio.sleep(0)
    assert crowd.inside == []  # the first is out, the place is the second's, who has not noticed yet
    crowd.tasks[2].cancel()
    await crowd.settle()
    assert (crowd.entered, crowd.inside) == ([1, 3], [3])
    await crowd.leave(3)
    await crowd.come(4)
    assert crowd.inside == [4]


async def test_all_who_wait_may_be_called_off_at_once() -> None:
    crowd = Crowd(Turnstile(1))
    await crowd.come(*range(50))
    for person in range(1, 50):
        crowd.tasks[person].cancel()
    await crowd.leave(0)
    await crowd.come(99)
    assert (crowd.entered, crowd.turnstile.waiting) == ([0, 99], 0)


async def test_what_is_made_in_a_turn_is_handed_on_after_it() -> None:
    async def events() -> AsyncGenerator[int, None]:
        for number in range(3):
            yield number

    turnstile = Turnstile(1)
    slow = turnstile.made(events())
    assert await anext(slow) == 0  # and takes no more for a while
    assert [number async for number in turnstile.made(events())] == [0, 1, 2]
    assert [number async for number in slow] == [1, 2]


async def test_an_error_in_a_turn_frees_the_place() -> None:
    async def events() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError

    turnstile = Turnstile(1)
    for _ in range(2):
        with contextlib.suppress(ValueError):
            assert not [number async for number in turnstile.made(events())]


async def test_readers_who_take_their_answers_slowly_hold_up_nobody(house: House) -> None:
    question = "What is the VAT rate in Kazakhstan?"
    slow = [house.assistant.stream(question) for _ in range(PLACES + 1)]
    for stream in slow:
        assert isinstance(await anext(stream), Delta)
    assert (await house.assistant.ask(question)).outcome is Outcome.ANSWERED
    for stream in slow:
        await stream.aclose()


async def test_questions_beyond_the_places_wait_and_are_answered(house: House) -> None:
    question = "What is the VAT rate in Kazakhstan?"
    asked = [asyncio.create_task(house.assistant.ask(question)) for _ in range(PLACES + 3)]
    await asyncio.sleep(0.001)
    waited = house.assistant.waiting
    asked[-1].cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert waited == 3
    assert all(isinstance(answer, Answer) for answer in answers[:-1])
    assert isinstance(answers[-1], asyncio.CancelledError)
    assert house.assistant.waiting == 0


async def test_who_waits_for_a_model_holds_no_place(writing: WritingHouse) -> None:
    writing.server.part = lambda _: Misbehaviour(hang_seconds=30)
    question = "What is the VAT rate in Kazakhstan?"
    hanging = [asyncio.create_task(writing.assistant.ask(question)) for _ in range(PLACES + 1)]
    while len(writing.server.asked) <= PLACES:
        await asyncio.sleep(0.01)  # all of them have come as far as the model
    assert writing.assistant.waiting == 0
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_operators_see_how_many_wait() -> None:
    class Waiting:
        model = None

        def state(self) -> ReadinessState:
            return ReadinessState(ready=True, phase="ready")

        def index_age(self) -> float:
            return 1.0

        def waiting(self) -> int:
            return 7

    metrics = Metrics()
    _watch(metrics, Waiting(), Runs(lambda _: ()))  # type: ignore[arg-type]
    assert b"dragoman_waiting_questions 7.0" in metrics.text()
