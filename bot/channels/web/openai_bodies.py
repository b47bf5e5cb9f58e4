"""The bodies of the OpenAI-compatible door, as far as a knowledge base has something to say to them."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.channels.web.bodies import whole
from bot.channels.web.examples import CARD, COMPLETION, shown

MODEL = "dragoman"

Text = Annotated[str, AfterValidator(whole)]


class ContentPart(BaseModel):
    """A piece of a message; only text can be asked."""

    type: str
    text: Text = ""


class ChatMessage(BaseModel):
    """A message. The last one of the user is the question; what a client says as `system` has no authority here."""

    role: str
    content: Text | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """Its words."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a client wants of a stream."""

    include_usage: bool = False


class ChatOrder(BaseModel):
    """A question in the form of OpenAI's chat completions. Sampling parameters are accepted and have nothing to act on."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "Which goods does CBAM cover?"}],
                    "stream": False,
                }
            ]
        },
    )

    model: Annotated[str, Field(max_length=200, description="`dragoman`.")]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1_000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: list[Any] | None = None
    tool_choice: Any = None
    functions: list[Any] | None = None
    function_call: Any = None
    response_format: dict[str, Any] | None = None
    logprobs: bool | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None

    def unsupported(self) -> tuple[str, str] | None:
        """The first parameter that cannot be honoured, and why; refused rather than passed over in silence."""
        if self.n not in {None, 1}:
            return "n", "there is one proven answer to a question; leave n out"
        for name in ("tools", "functions", "audio"):
            if getattr(self, name):
                return name, f"this model only answers from its documents; leave {name} out"
        for name in ("tool_choice", "function_call"):
            if getattr(self, name) not in (None, "none", "auto"):  # a choice may be an object
                return name, f"this model calls nothing; leave {name} out"
        if self.response_format and self.response_format.get("type") != "text":
            return "response_format", "an answer is text with its sources; leave response_format out"
        if self.logprobs:
            return "logprobs", "quotes have no probabilities; leave logprobs out"
        if self.modalities not in (None, [], ["text"]):
            return "modalities", "answers are text only"
        return None


class UrlCitation(BaseModel):
    """Where a mark of the text leads."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(BaseModel):
    """A mark `[n]` of the text."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Spoken(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: int = 0
    message: Spoken
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """Not counted by the answer, so always 0: what a language model costs in all is told by `/metrics`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Completion(BaseModel):
    """An answer in the form of OpenAI's chat completions."""

    model_config = shown(COMPLETION)

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    system_fingerprint: str
    """Who wrote: the language model by its name, or `quotes`."""
    usage: Usage = Usage()


class Model(BaseModel):
    """What can be asked."""

    model_config = shown(CARD)

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["dragoman"] = "dragoman"


class Models(BaseModel):
    """All that can be asked."""

    model_config = shown({"object": "list", "data": [CARD]})

    object: Literal["list"] = "list"
    data: list[Model]
