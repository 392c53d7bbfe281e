"""The OpenAI-compatible dialect: its requests as payloads, and chunks as its events."""

from __future__ import annotations

import time
from collections.abc import Callable

from .chunks import Chunk, event
from .payload import Completion, Fault
from .style import GENESYS_STYLE, Dialect, Style

PREFIX = "/v1/"
PATH = PREFIX + "chat/completions"
MODELS_PATH = PREFIX + "models"
MODELS = ("gpt-4o-mini", "gpt-4o", "demo-small", "demo-large")
_FINISH_REASONS = {"completed": "stop", "timeout": "length"}
_MALFORMED = (
    b'data: {"choices": [{"index": 0, "delta": {"content": "half a chu\n\n',
    b'data: {"choices": [{"index": "first", "delta": {"content": ["a", "list"]}, "finish_reason": 7}]}\n\n',
    b'data: {"choices": [{"index": 0, "delta": {"content": "\xff\xfe\xc3("}}]}\n\n',
    *GENESYS_STYLE.malformed[3:],
)


def _read(body: object) -> tuple[object, list[Fault]]:
    if not isinstance(body, dict):
        return body, []
    faults = [] if body.get("stream") is True else [Fault("stream", "must be true: nothing else is served here")]
    stop = body.get("stop") or []
    options = body.get("stream_options")
    parameters = {
        "max_tokens": body.get("max_completion_tokens") or body.get("max_tokens") or 2048,
        "temperature": 0.7 if body.get("temperature") is None else body["temperature"],
        "stop": [stop] if isinstance(stop, str) else stop,
    }
    include_usage = isinstance(options, dict) and options.get("include_usage") is True
    payload = {
        "model": body.get("model"),
        "input": {"messages": _messages(body.get("messages"))},
        "parameters": parameters,
        "stream_config": {"completion_directives": {"include_usage": include_usage}},
    }
    return payload, faults


def _messages(messages: object) -> object:
    """Contents in parts made one text, and the developer's messages the system's."""
    if not isinstance(messages, list):
        return messages
    return [_message(message) if isinstance(message, dict) else message for message in messages]


def _message(message: dict[str, object]) -> dict[str, object]:
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return {"role": "system" if message.get("role") == "developer" else message.get("role"), "content": content}


def _style(request: Completion) -> Style:
    return Style(_writer(request), b": OPENROUTER PROCESSING\n\n", _MALFORMED, b"data: [DONE]\n\n")


def _writer(request: Completion) -> Callable[[Chunk], bytes]:
    frame = {
        "id": f"chatcmpl-{request.request_id}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": request.model,
    }
    last = ""

    def choose(delta: dict[str, str], reason: str | None = None) -> bytes:
        return event({**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def write(chunk: Chunk) -> bytes:
        nonlocal last
        if chunk["chunk_id"] == last:
            return b""  # nothing here could tell a chunk that is sent again from another one
        role = b"" if last else choose({"role": "assistant", "content": ""})
        last = chunk["chunk_id"]
        metadata = chunk["metadata"] or {}
        frame["model"] = metadata.get("model", request.model)
        content = {"content": chunk["content"]}
        if not chunk["is_complete"]:
            return role + choose(content)
        reason = metadata["stop_reason"]
        events = role + choose(content if chunk["content"] else {}, _FINISH_REASONS.get(reason, reason))
        if "usage" in metadata:
            counts = metadata["usage"]["input_tokens"], metadata["usage"]["output_tokens"]
            usage = dict(
                zip(("prompt_tokens", "completion_tokens", "total_tokens"), (*counts, sum(counts)), strict=True)
            )
            events += event({**frame, "choices": [], "usage": usage})
        return events

    return write


def list_models() -> dict[str, object]:
    """The models, as the dialect lists them. Any other name is served as well."""
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 1700000000, "owned_by": "demo"} for name in MODELS],
    }


DIALECT = Dialect(_read, _style, "X-Request-Id", "X-Request-Id", open_to_all=True)
