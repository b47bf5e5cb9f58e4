"""The one place that chooses who writes: quotes always, and a language model where one is set."""

import datetime as dt
from dataclasses import dataclass

from bot.assistant import Assistant
from bot.store import Store
from bot.writers import ProseWriter
from bot.writers.quoting import QuotingWriter
from retrieval import KnowledgeBase


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which language model writes, for how long, and how much a day; ``name`` is ``provider:model``, or empty for none."""

    name: str
    seconds: float
    tokens_per_day: int


def open_model(settings: ModelSettings | None, store: Store) -> ProseWriter | None:
    """The language model of the settings; None where none is set, and then nothing of LangChain is loaded.

    Args:
        store: counts the tokens that are spent.

    Raises:
        StartError: it cannot be used.
    """
    if settings is None or not settings.name:
        return None
    from bot.writers.limits import Budget
    from bot.writers.model import ModelWriter

    return ModelWriter.open(settings.name, budget=Budget(settings.tokens_per_day, store), seconds=settings.seconds)


def open_assistant(
    knowledge: KnowledgeBase, store: Store, model: ProseWriter | None, *, today: dt.date | None
) -> Assistant:
    """An assistant that quotes, and lets a model write where there is one."""
    return Assistant(knowledge, QuotingWriter(), store, model=model, today=today)
