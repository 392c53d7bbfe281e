"""A demo gateway on loopback, and a client that trusts nothing it sends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from genesys_tui.demo import DemoGateway

PATH = "/api/v2/ai/generative/completions/stream"


def make_payload(*contents: str, **fields: Any) -> dict[str, Any]:
    """A valid payload; users' messages, and `parameters`, `chunk_matrix` and so on by keyword."""
    messages = [{"role": "user", "content": content} for content in contents]
    return {
        "request_id": fields.get("request_id", "0b9a7a52-2f8e-4e55-9d6a-1c1f4a1b2c3d"),
        "model": "gpt-4o-mini",
        "input": {"messages": fields.get("messages", messages)},
        "parameters": {"max_tokens": 4000, "temperature": 0.7, "stop": [], **fields.get("parameters", {})},
        "stream_config": {
            "chunk_matrix": {
                "min_tokens_per_chunk": 1,
                "max_tokens_per_chunk": 16,
                "flush_interval_ms": 50,
                **fields.get("chunk_matrix", {}),
            },
            "completion_directives": {
                "include_usage": True,
                "enforce_schema": True,
                "truncate_on_limit": True,
                **fields.get("completion_directives", {}),
            },
            "gateway_constraints": {
                "max_stream_duration_seconds": 120,
                "timeout_on_inactivity_seconds": 30,
                **fields.get("gateway_constraints", {}),
            },
        },
    }


@dataclass
class Answer:
    """What came back: the bytes as they were, and the good chunks among them."""

    status: int
    headers: httpx.Headers
    raw: bytes = b""
    asked: float = field(default_factory=time.monotonic)
    arrivals: list[float] = field(default_factory=list)
    cut: bool = False

    @property
    def events(self) -> list[bytes]:
        return [event for event in self.raw.split(b"\n\n") if event]

    @property
    def chunks(self) -> list[dict[str, Any]]:
        found = []
        for event in self.events:
            if not event.startswith(b'data: {"chunk_id": ') or len(event) > 1_000_000:
                continue
            try:
                chunk = json.loads(event[6:])
            except ValueError:
                continue
            if isinstance(chunk.get("content"), str) and isinstance(chunk.get("tokens_generated"), int):
                found.append(chunk)
        return found

    @property
    def final(self) -> dict[str, Any]:
        return next(chunk for chunk in self.chunks if chunk["is_complete"])

    @property
    def text(self) -> str:
        return "".join(chunk["content"] for chunk in self.chunks)

    @property
    def error(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body


@pytest.fixture
def payload() -> Callable[..., dict[str, Any]]:
    return make_payload


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """As fast as possible, with pauses a twentieth as long."""
    with DemoGateway(rate=0, pace=0.05) as gateway:
        yield gateway


Ask = Callable[..., Answer]


@pytest.fixture
def ask(gateway: DemoGateway) -> Ask:
    """Post a payload (or a prompt) to a gateway and read all of the answer."""

    def ask(
        payload: Any = "hello", *, to: DemoGateway = gateway, path: str = PATH, token: str = "", **headers: str
    ) -> Answer:
        body = make_payload(payload) if isinstance(payload, str) else payload
        send = {"Authorization": f"Bearer {token or to.mint_token()}"}
        send |= {name.replace("_", "-"): value for name, value in headers.items()}
        asked = time.monotonic()
        with (
            httpx.Client(trust_env=False, timeout=10) as client,
            client.stream("POST", to.url + path, content=json.dumps(body), headers=send) as response,
        ):
            answer = Answer(response.status_code, response.headers, asked=asked)
            try:
                for data in response.iter_raw():
                    answer.raw += data
                    answer.arrivals.append(time.monotonic())
            except httpx.RemoteProtocolError:
                answer.cut = True
        return answer

    return ask
