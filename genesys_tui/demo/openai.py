"""The OpenAI-compatible dialect: its requests as payloads, and chunks as its events."""

from __future__ import annotations

import time
from collections.abc import Callable

from .chunks import Chunk, event
from .payload import Completion
from .writing import Dialect

PATH = "/v1/chat/completions"
_FINISH_REASONS = {"completed": "stop", "timeout": "length"}


def _read(body: object) -> object:
    if not isinstance(body, dict):
        return body
    stop = body.get("stop") or []
    options = body.get("stream_options")
    parameters = {
        "max_tokens": body.get("max_completion_tokens", body.get("max_tokens", 2048)),
        "temperature": body.get("temperature", 0.7),
        "stop": [stop] if isinstance(stop, str) else stop,
    }
    include_usage = isinstance(options, dict) and options.get("include_usage") is True
    return {
        "model": body.get("model"),
        "input": {"messages": body.get("messages")},
        "parameters": parameters,
        "stream_config": {"completion_directives": {"include_usage": include_usage}},
    }


def _writer(request: Completion) -> Callable[[Chunk], bytes]:
    frame = {
        "id": f"chatcmpl-{request.request_id}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": request.model,
    }

    def write(chunk: Chunk) -> bytes:
        if not chunk["is_complete"]:
            choice = {"index": 0, "delta": {"content": chunk["content"]}, "finish_reason": None}
            return event({**frame, "choices": [choice]})
        reason = chunk["metadata"]["stop_reason"]
        choice = {"index": 0, "delta": {}, "finish_reason": _FINISH_REASONS.get(reason, reason)}
        events = event({**frame, "choices": [choice]})
        if request.include_usage:
            output = chunk["tokens_generated"]
            usage = {
                "prompt_tokens": request.input_tokens,
                "completion_tokens": output,
                "total_tokens": request.input_tokens + output,
            }
            events += event({**frame, "choices": [], "usage": usage})
        return events + b"data: [DONE]\n\n"

    return write


DIALECT = Dialect(_read, _writer)
