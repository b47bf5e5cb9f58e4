"""What operators count: questions, answers, refusals and requests, as Prometheus text. Never a word of a question."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from bot.answer import Answer, Delta
from bot.replies import LANGUAGES
from bot.writers import ProseWriter

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counters of one server. Every label has few values, all of our own making."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._answers = Counter(
            "dragoman_answers",
            "Answers by surface, language and outcome.",
            ("surface", "language", "outcome"),
            registry=registry,
        )
        self._writers = Counter(
            "dragoman_answers_by_writer",
            "Answers by surface and who wrote them: a model, quotes, or nobody where nothing was answered.",
            ("surface", "writer"),
            registry=registry,
        )
        self._unanswered = Counter(
            "dragoman_unanswered",
            "Questions without an answer: an error, or stopped.",
            ("surface", "reason"),
            registry=registry,
        )
        self._first = Histogram(
            "dragoman_first_text_seconds",
            "From a question to its first words.",
            ("surface",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._whole = Histogram(
            "dragoman_answer_seconds",
            "From a question to its proven answer.",
            ("surface",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._citations = Histogram(
            "dragoman_answer_citations", "Citations of an answer.", buckets=(0, 1, 2, 3, 4, 6, 8, 12), registry=registry
        )
        self._removed = Counter(
            "dragoman_removed_statements",
            "Statements that the proof took out of a model's draft, by kind of reason, and whether a quote took their place.",
            ("reason", "quoted"),
            registry=registry,
        )
        self._feedback = Counter("dragoman_feedback", "Ratings of answers.", ("helpful",), registry=registry)
        self._handed_over = Counter("dragoman_handed_over", "Questions put to a person.", registry=registry)
        self._refused = Counter(
            "dragoman_refused", "Requests refused, by limit or rule.", ("limit",), registry=registry
        )
        self._requests = Counter(
            "dragoman_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=registry,
        )

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Adds a number that is looked up when it is asked for."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def watch_model(self, model: ProseWriter) -> None:
        """Adds what a language model costs and how it fails, and whether it rests."""
        self._registry.register(_ModelUse(model))

    def answered(self, surface: str, answer: Answer, seconds: float) -> None:
        """Counts an answer."""
        primary = answer.language.split("-")[0].lower()
        language = primary if primary in LANGUAGES else "other"
        self._answers.labels(surface, language, answer.outcome.value).inc()
        self._writers.labels(surface, _writer(answer)).inc()
        self._whole.labels(surface).observe(seconds)
        self._citations.observe(len(answer.citations))
        for one in answer.removed:
            # What comes after the colon are words of the draft.
            self._removed.labels(one.reason.partition(":")[0], "yes" if one.quoted else "no").inc()

    async def measured(
        self, surface: str, events: AsyncGenerator[Delta | Answer, None]
    ) -> AsyncGenerator[Delta | Answer, None]:
        """The same events, counted and timed."""
        began = time.perf_counter()
        first = True
        reason = "stopped"
        try:
            async for event in events:
                if first:
                    first = False
                    self._first.labels(surface).observe(time.perf_counter() - began)
                if isinstance(event, Answer):
                    reason = ""
                    self.answered(surface, event, time.perf_counter() - began)
                yield event
        except Exception as error:
            reason = type(error).__name__
            raise
        finally:
            await events.aclose()
            if reason:
                self._unanswered.labels(surface, reason).inc()

    def rated(self, helpful: bool | None) -> None:
        """Counts a rating."""
        self._feedback.labels({True: "yes", False: "no", None: "taken back"}[helpful]).inc()

    def handed_over(self) -> None:
        """Counts a question that goes to a person."""
        self._handed_over.inc()

    def refused(self, limit: str) -> None:
        """Counts a refusal by one of our rules."""
        self._refused.labels(limit).inc()

    def requested(self, route: str, method: str, status: int) -> None:
        """Counts a request; ``route`` is the pattern, never the address."""
        self._requests.labels(route, method, str(status)).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _ModelUse(Collector):
    """A model's own counts, read when they are asked for."""

    def __init__(self, model: ProseWriter) -> None:
        self._model = model

    def collect(self) -> Iterator[Metric]:
        failures = CounterMetricFamily(
            "dragoman_model_failures",
            "Calls of the language model that gave no answer, by kind; resting and budget: calls that were not made.",
            labels=("kind",),
        )
        for kind, number in sorted(self._model.tally.failures.items()):
            failures.add_metric((kind,), number)
        yield failures
        tokens = CounterMetricFamily(
            "dragoman_model_tokens", "Tokens the language model has spent, in and out together."
        )
        tokens.add_metric((), self._model.tally.tokens)
        yield tokens
        meaning = "1 while the language model failed so often that it is only tried now and then."
        yield GaugeMetricFamily("dragoman_model_resting", meaning, value=float(self._model.resting))


def _writer(answer: Answer) -> str:
    if answer.model is not None:
        return "model"
    return "quotes" if answer.statements else "nobody"
