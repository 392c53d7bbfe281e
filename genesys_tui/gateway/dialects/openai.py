"""The dialect of everything that is OpenAI-compatible: vLLM, llama.cpp, Ollama, LiteLLM and many proxies.

What is sent: https://platform.openai.com/docs/api-reference/chat/create. What comes back differs from server to server;
``openai_events`` reads it.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from genesys_tui.errors import GatewayError
from genesys_tui.gateway.dialects.dialect import Advice, Dialect, Reader
from genesys_tui.gateway.dialects.openai_events import OpenAIReader
from genesys_tui.gateway.payload import ChunkMatrix, Payload

_COMPLETIONS = "/chat/completions"
_VERSIONED = re.compile(r"(?<!/)/v\d[^/]*(/openai)?$")
"""How a base URL ends that has the version in it already, such as Gemini's ``…/v1beta/openai``."""


_Limit = Literal["max_tokens", "max_completion_tokens"]
_USAGE = re.compile("stream_options|include_usage")
_USE_THE_OTHER_LIMIT = re.compile(r"\buse\W+max_completion_tokens|max_completion_tokens\W+instead", re.IGNORECASE)
"""What is said of a limit that is too high may name both, too."""


class OpenAIDialect:
    """Chat completions, streamed."""

    credentials: Literal["oauth", "api_key"] = "api_key"
    at_the_region = False
    counts_tokens = False
    correlation_headers: tuple[str, ...] = ("x-request-id", "x-litellm-call-id", "x-generation-id")
    advice = Advice(
        not_served="Check base_url (with or without /v1) and endpoint, and that the gateway knows this model.",
        forbidden="The API key may not use this gateway or this model: ask whoever runs it.",
        still_unauthorized="Set the API key anew: `genesys-tui login --api-key`.",
    )

    def __init__(self, *, takes_usage: bool = True, limit: _Limit = "max_tokens") -> None:
        """Ask for the usage where the payload wishes it, unless the gateway does not take that; ``limit`` is what it
        calls ``max_tokens``.
        """
        self._takes_usage = takes_usage
        self._limit = limit

    def url(self, base_url: str, path: str) -> str:
        """``/v1/chat/completions`` behind the base URL, which may hold a part of that already."""
        base = base_url.rstrip("/")
        if path:
            return base + path
        if base.endswith(_COMPLETIONS):
            return base
        return base + ("" if _VERSIONED.search(base) else "/v1") + _COMPLETIONS

    def models_url(self, base_url: str, path: str) -> str | None:
        """``models`` beside the completions; None where a path of another shape was given."""
        url = self.url(base_url, path)
        return url.removesuffix(_COMPLETIONS) + "/models" if url.endswith(_COMPLETIONS) else None

    def headers(self, payload: Payload) -> dict[str, str]:
        """The request id, which many gateways write into their logs."""
        return {"X-Request-Id": payload.request_id}

    def body(self, payload: Payload) -> bytes:
        """What the payload says, as far as this dialect can say it: it has no chunk matrix and no limits in time."""
        parameters = payload.parameters
        fields: dict[str, Any] = {
            "model": payload.model,
            "messages": [message.model_dump() for message in payload.input.messages],
            self._limit: parameters.max_tokens,
            "temperature": parameters.temperature,
            "stream": True,
        }
        if parameters.stop:
            fields["stop"] = list(parameters.stop)
        if self._asks_for_usage(payload):
            fields["stream_options"] = {"include_usage": True}
        return json.dumps(fields, ensure_ascii=False).encode()

    def matrix(self, payload: Payload) -> ChunkMatrix | None:  # noqa: ARG002
        """Nothing the gateway was told."""
        return None

    def reader(self, payload: Payload) -> Reader:
        """Waits for the usage where it was asked for."""
        return OpenAIReader(expects_usage=self._asks_for_usage(payload))

    def concession(self, payload: Payload, error: GatewayError) -> tuple[Dialect, str] | None:
        """Without ``stream_options``, which older gateways and some others do not take; or with the other name of
        ``max_tokens``, which OpenAI's reasoning models insist on.
        """
        if self._asks_for_usage(payload) and _says(error, _USAGE):
            without = OpenAIDialect(takes_usage=False, limit=self._limit)
            return without, "The gateway does not take stream_options (include_usage). Asking once more without."
        if self._limit == "max_tokens" and _says(error, _USE_THE_OTHER_LIMIT):
            renamed = OpenAIDialect(takes_usage=self._takes_usage, limit="max_completion_tokens")
            return renamed, "The gateway does not take max_tokens. Asking once more with max_completion_tokens."
        return None

    def _asks_for_usage(self, payload: Payload) -> bool:
        return self._takes_usage and payload.stream_config.completion_directives.include_usage


def _says(error: GatewayError, what: re.Pattern[str]) -> bool:
    return any(what.search(said) for said in error.said)
