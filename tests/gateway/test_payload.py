"""The payload: what is sent, and which values cannot be."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.payload import build_payload, build_stream_payload

MESSAGES = {"messages": [{"role": "user", "content": "Hi"}]}


def test_a_prompt_becomes_the_protocols_request_body() -> None:
    payload = build_stream_payload("Hi", "gpt-4o-mini").model_dump(mode="json")
    request_id = payload.pop("request_id")
    assert uuid.UUID(request_id).version == 4
    assert payload == {
        "model": "gpt-4o-mini",
        "input": MESSAGES,
        "parameters": {"max_tokens": 2048, "temperature": 0.7, "stop": ["<|endoftext|>", "\n\n"]},
        "stream_config": {
            "chunk_matrix": {"min_tokens_per_chunk": 1, "max_tokens_per_chunk": 16, "flush_interval_ms": 50},
            "completion_directives": {"include_usage": True, "enforce_schema": True, "truncate_on_limit": True},
            "gateway_constraints": {"max_stream_duration_seconds": 120, "timeout_on_inactivity_seconds": 30},
        },
    }


def test_stop_sequences_are_the_callers_where_given() -> None:
    assert build_stream_payload("Hi", "m", stop_sequences=[]).parameters.stop == ()
    assert build_stream_payload("Hi", "m", 5, 0, ["x"]).parameters.stop == ("x",)


def test_the_apps_own_payload_does_not_stop_at_paragraphs() -> None:
    assert build_payload({"model": "m", "input": MESSAGES}).parameters.stop == ("<|endoftext|>",)


def test_each_payload_has_its_own_id() -> None:
    assert len({build_stream_payload("Hi", "m").request_id for _ in range(100)}) == 100


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("request_id", {"request_id": ""}),
    ("request_id", {"request_id": "a b"}),
    ("request_id", {"request_id": "a\n"}),
    ("request_id", {"request_id": "a\r\nX-Header: injected"}),
    ("request_id", {"request_id": "x" * 129}),
    ("model", {"model": ""}),
    ("model", {"model": "x" * 257}),
    ("model", {"model": None}),
    ("model", {"model": "\ud800"}),
    ("input", {"input": None}),
    ("input.messages", {"input": {"messages": []}}),
    ("input.messages.0.role", {"input": {"messages": [{"role": "tool", "content": "x"}]}}),
    ("input.messages.0.content", {"input": {"messages": [{"role": "user", "content": "half \ud83d"}]}}),
    ("input.messages.0.name", {"input": {"messages": [{"role": "user", "content": "x", "name": "y"}]}}),
    ("parameters.max_tokens", {"parameters": {"max_tokens": 0}}),
    ("parameters.max_tokens", {"parameters": {"max_tokens": 2.5}}),
    ("parameters.temperature", {"parameters": {"temperature": -0.1}}),
    ("parameters.temperature", {"parameters": {"temperature": 2.1}}),
    ("parameters.temperature", {"parameters": {"temperature": float("nan")}}),
    ("parameters.stop", {"parameters": {"stop": ["x"] * 17}}),
    ("parameters.stop.0", {"parameters": {"stop": [""]}}),
    ("parameters.stop", {"parameters": {"stop": "a string"}}),
    ("parameters.top_p", {"parameters": {"top_p": 1}}),
    (
        "stream_config.chunk_matrix.min_tokens_per_chunk",
        {"stream_config": {"chunk_matrix": {"min_tokens_per_chunk": 0}}},
    ),
    ("stream_config.chunk_matrix.flush_interval_ms", {"stream_config": {"chunk_matrix": {"flush_interval_ms": -1}}}),
    (
        "stream_config.chunk_matrix: min_tokens_per_chunk must not be larger than max_tokens_per_chunk",
        {"stream_config": {"chunk_matrix": {"min_tokens_per_chunk": 9, "max_tokens_per_chunk": 8}}},
    ),
    (
        "stream_config.gateway_constraints.max_stream_duration_seconds",
        {"stream_config": {"gateway_constraints": {"max_stream_duration_seconds": 0}}},
    ),
    (
        "stream_config.gateway_constraints.timeout_on_inactivity_seconds",
        {"stream_config": {"gateway_constraints": {"timeout_on_inactivity_seconds": float("inf")}}},
    ),
    ("stream_config.gateway_constraints.x", {"stream_config": {"gateway_constraints": {"x": 1}}}),
    ("extra", {"extra": 1}),
]


@pytest.mark.parametrize(("field", "changes"), REFUSED)
def test_a_value_that_cannot_be_used_is_refused_by_name(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        build_payload({"model": "m", "input": MESSAGES} | changes)
    assert refused.value.message.startswith(field)
    assert refused.value.message.endswith(".")


def test_all_that_is_wrong_is_named_at_once_and_no_value_is_quoted() -> None:
    with pytest.raises(ConfigurationError) as refused:
        build_payload({"model": "", "input": MESSAGES, "parameters": {"max_tokens": "hunter2", "temperature": 9}})
    for field in ("model", "parameters.max_tokens", "parameters.temperature"):
        assert f"{field}: " in refused.value.message
    assert "hunter2" not in refused.value.message
