"""The dialect of everything that is OpenAI-compatible: vLLM, llama.cpp, Ollama, LiteLLM and many proxies.

What is sent: https://platform.openai.com/docs/api-reference/chat/create. What comes back differs from server to server;
``openai_events`` reads it.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from genesys_tui.errors import GatewayError
from genesys_tui.gateway.dialects.dialect import Advice, Reader
from genesys_tui.gateway.dialects.openai_events import OpenAIReader
from genesys_tui.gateway.payload import ChunkMatrix, Payload

_COMPLETIONS = "/chat/completions"
_VERSIONED = re.compile(r"(?<!/)/v\d[^/]*(/openai)?$")
"""How a base URL ends that has the version in it already, such as Gemini's ``…/v1beta/openai``."""


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
            "max_tokens": parameters.max_tokens,
            "temperature": parameters.temperature,
            "stream": True,
        }
        if parameters.stop:
            fields["stop"] = list(parameters.stop)
        if _asks_for_usage(payload):
            fields["stream_options"] = {"include_usage": True}
        return json.dumps(fields, ensure_ascii=False).encode()

    def matrix(self, payload: Payload) -> ChunkMatrix | None:  # noqa: ARG002
        """Nothing the gateway was told."""
        return None

    def reader(self, payload: Payload) -> Reader:
        """Waits for the usage where it was asked for."""
        return OpenAIReader(expects_usage=_asks_for_usage(payload))

    def concession(self, payload: Payload, error: GatewayError) -> tuple[Payload, str] | None:
        """The same without ``stream_options``, which older gateways and some others do not take."""
        refused = error.status_code in (400, 422) and re.search("stream_options|include_usage", error.message)
        if not refused or not _asks_for_usage(payload):
            return None
        config = payload.stream_config
        directives = config.completion_directives.model_copy(update={"include_usage": False})
        config = config.model_copy(update={"completion_directives": directives})
        return payload.model_copy(update={"stream_config": config}), "stream_options (include_usage)"


def _asks_for_usage(payload: Payload) -> bool:
    return payload.stream_config.completion_directives.include_usage
