"""What the interface answers, by example, for its OpenAPI document; without nulls, which FastAPI leaves out of it."""

from typing import Any

from pydantic import ConfigDict

ANSWER: dict[str, object] = {
    "id": "9f1c2ab64d5e4b7f8a3c0d1e2f3a4b5c",
    "conversation_id": "c-3f2a",
    "outcome": "answered",
    "language": "en",
    "text": "The CBAM declaration for a calendar year is due by 30 September of the next year. [1]",
    "statements": [
        {"text": "The CBAM declaration for a calendar year is due by 30 September of the next year.", "citations": [1]}
    ],
    "citations": [
        {
            "number": 1,
            "document_id": "policy/cbam-reporting.md",
            "passage_id": "policy/cbam-reporting.md#2",
            "title": "Guidance on the Carbon Border Adjustment Mechanism",
            "issuer": "European Commission",
            "date": "2026-03-02",
            "language": "en",
            "location": "§ Deadlines › Annual declaration",
            "quote": "An authorised declarant submits the CBAM declaration … by 30 September of each year.",
            "url": "https://help.example/sources/policy/cbam-reporting.md?p=2#p2",
            "source_url": "https://publisher.example/cbam",
        }
    ],
    "notes": [{"kind": "dated", "text": "Source 1 describes the state of 2 March 2026.", "citations": [1]}],
    "suggestions": ["Which records must a declarant keep?"],
    "model": "openai:gpt-5-mini",
}
CONVERSATION: dict[str, object] = {
    "conversation_id": "c-3f2a",
    "turns": [
        {
            "question": "When is the annual CBAM declaration due?",
            "answer": ANSWER,
            "feedback": {"helpful": True, "reason": ""},
        }
    ],
    "running": {"run_id": "5b1d0c9e8f7a6b5c4d3e2f1a", "question": "Which goods does CBAM cover?"},
}
RESULTS: dict[str, object] = {
    "query": "CBAM deadlines",
    "results": [
        {
            "document_id": "policy/cbam-reporting.md",
            "passage_id": "policy/cbam-reporting.md#2",
            "title": "Guidance on the Carbon Border Adjustment Mechanism",
            "issuer": "European Commission",
            "date": "2026-03-02",
            "language": "en",
            "location": "§ Deadlines › Annual declaration",
            "text": "An authorised declarant submits the CBAM declaration …",
            "url": "https://help.example/sources/policy/cbam-reporting.md?p=2#p2",
            "source_url": "https://publisher.example/cbam",
        }
    ],
}
SOURCE: dict[str, object] = {
    "document_id": "policy/cbam-reporting.md",
    "title": "Guidance on the Carbon Border Adjustment Mechanism",
    "issuer": "European Commission",
    "date": "2026-03-02",
    "number": "C(2026) 118",
    "status": "in_force",
    "effective": "2026-04-01",
    "expires": "2030-12-31",
    "as_of": "2026-10-01",
    "countries": ["BE"],
    "language": "en",
    "url": "https://help.example/sources/policy/cbam-reporting.md",
    "source_url": "https://publisher.example/cbam",
    "passages": [
        {
            "passage_id": "policy/cbam-reporting.md#1",
            "location": "§ Scope",
            "language": "en",
            "text": "This guidance explains what exporters should prepare.",
        }
    ],
    "next_offset": 100,
}
COMPLETION: dict[str, object] = {
    "id": "chatcmpl-5b1d0c9e8f7a",
    "object": "chat.completion",
    "created": 1_795_000_000,
    "model": "dragoman",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "The declaration is due by 30 September. [1]",
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "start_index": 40,
                            "end_index": 43,
                            "url": "https://help.example/sources/policy/cbam-reporting.md?p=2#p2",
                            "title": "Guidance on the Carbon Border Adjustment Mechanism",
                        },
                    }
                ],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    "system_fingerprint": "quotes",
}
CARD: dict[str, object] = {"id": "dragoman", "object": "model", "created": 1_795_000_000, "owned_by": "dragoman"}

STREAM = (
    'data: {"type":"start","messageId":"5b1d","messageMetadata":{"run_id":"5b1d","conversation_id":"c-3f2a"}}\nid: 5b1d:1\n\n'
    'data: {"type":"text-start","id":"text-1"}\nid: 5b1d:2\n\n'
    'data: {"type":"text-delta","id":"text-1","delta":"The CBAM declaration "}\nid: 5b1d:3\n\n'
    "…\n\n"
    "data: [DONE]\nid: 5b1d:9\n\n"
)
CHUNKS = (
    'data: {"id":"chatcmpl-5b1d","object":"chat.completion.chunk","created":1795000000,"model":"dragoman",'
    '"choices":[{"index":0,"delta":{"content":"The declaration is due by 30 September. [1]"},"finish_reason":null}]}\n\n'
    "data: [DONE]\n\n"
)


def shown(*examples: dict[str, object]) -> ConfigDict:
    """The configuration of a model that is described with examples."""
    listed: list[Any] = [*examples]
    return ConfigDict(json_schema_extra={"examples": listed})


def streamed(example: str) -> dict[str, object]:
    """The OpenAPI description of a stream of events."""
    return {"text/event-stream": {"schema": {"type": "string"}, "example": example}}
