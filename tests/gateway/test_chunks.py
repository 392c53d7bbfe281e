"""Chunks: what one event says, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from genesys_tui.gateway.chunks import StreamChunk, ending_from
from genesys_tui.gateway.dialects import DIALECTS, Reading
from genesys_tui.gateway.dialects.genesys import GenesysReader
from genesys_tui.gateway.facts import Diagnostic, Ending, Heartbeat
from genesys_tui.gateway.payload import build_stream_payload
from genesys_tui.gateway.sse import Event

CHUNK: dict[str, Any] = {"chunk_id": "1", "content": "Hi", "tokens_generated": 1, "is_complete": False, "metadata": {}}
GENESYS = DIALECTS["genesys"]


def read(event: Event, at: float) -> Reading:
    """The first event of a reply."""
    return GenesysReader().read(event, at)


def encoded(**changes: Any) -> bytes:
    return json.dumps(CHUNK | changes).encode()


@pytest.mark.parametrize("metadata", [None, {}, {"stop_reason": "stop"}, {"usage": {"input_tokens": 3}, "more": [1]}])
def test_metadata_may_be_anything_or_missing(metadata: Any) -> None:
    assert StreamChunk.from_bytes(encoded(metadata=metadata)).metadata == metadata
    without = {key: value for key, value in CHUNK.items() if key not in ("metadata", "is_complete")}
    chunk = StreamChunk.from_bytes(json.dumps(without).encode())
    assert (chunk.metadata, chunk.is_complete) == (None, False)


def test_fields_that_are_not_known_do_no_harm() -> None:
    assert StreamChunk.from_bytes(encoded(model="x", latency=[1])).content == "Hi"


@pytest.mark.parametrize(
    ("field", "values"),
    {
        "chunk_id": [1, None, [], {}],
        "content": [1, None, ["Hi"], {"text": "Hi"}],
        "tokens_generated": ["1", 1.0, -1, 2**53 + 1, True, None, 1e400],
        "is_complete": ["perhaps", None, 2],
        "metadata": [[], "none", 1],
    }.items(),
)
def test_a_field_of_another_type_is_a_diagnostic_that_names_it(field: str, values: list[Any]) -> None:
    for value in values:
        reading = read(Event(encoded(**{field: value})), 1.5)
        assert isinstance(reading, Diagnostic)
        assert reading.at == 1.5
        assert reading.why.startswith(f"not a chunk: {field}: ")


@pytest.mark.parametrize("field", ["chunk_id", "content", "tokens_generated"])
def test_a_field_that_is_missing_is_named(field: str) -> None:
    reading = read(Event(json.dumps({key: CHUNK[key] for key in CHUNK if key != field}).encode()), 0)
    assert isinstance(reading, Diagnostic)
    assert reading.why == f"not a chunk: {field}: field required."


@pytest.mark.parametrize("content", ["", " ", "\n\n", "\0", "🧹", "\u2028", '"\\', "a\u0301", "‮"])
def test_content_arrives_as_it_was_written(content: str) -> None:
    for ascii_only in (True, False):
        data = json.dumps(CHUNK | {"content": content}, ensure_ascii=ascii_only).encode()
        assert StreamChunk.from_bytes(data).content == content


def test_bytes_that_are_no_utf8_cost_only_themselves() -> None:
    assert StreamChunk.from_bytes(encoded(content="a?b").replace(b"?", b"\xff")).content == "a\ufffdb"


def test_a_chunk_is_immutable() -> None:
    with pytest.raises(ValidationError):
        StreamChunk.from_bytes(encoded()).content = "changed"  # type: ignore[misc]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_data_breaks_the_reading(data: bytes) -> None:
    reading = read(Event(data), 0)
    assert isinstance(reading, StreamChunk | Diagnostic | Ending)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([value]) | JSON_VALUES for name, value in (CHUNK | {"more": 1}).items()}
)


@given(FIELDS)
def test_at_a_glance_a_chunk_is_what_it_is_by_all_rules(fields: dict[str, Any]) -> None:
    data = json.dumps(fields).encode()
    seen, reading = GenesysReader().glance(data), read(Event(data), 0)
    if seen is None:
        assert isinstance(reading, Diagnostic)
    else:
        assert isinstance(reading, StreamChunk)
        assert StreamChunk(**seen) == reading
        assert seen.keys() <= StreamChunk.model_fields.keys()


METADATA = st.dictionaries(st.sampled_from(["stop_reason", "truncated", "usage", "x"]), JSON_VALUES)


@given(METADATA)
def test_no_metadata_breaks_the_ending(metadata: dict[str, Any]) -> None:
    ending = ending_from(metadata, 2.0)
    assert ending.at == 2.0
    assert ending.stop_reason
    assert ending.truncated in (True, False)


def test_an_ending_is_what_the_metadata_says() -> None:
    usage = {"input_tokens": 3, "output_tokens": 9}
    assert ending_from(None, 0) == Ending(0, "completed", False)
    assert ending_from({"stop_reason": "stop", "usage": usage}, 0) == Ending(0, "stop", False, 3, 9)
    assert ending_from({"stop_reason": "", "truncated": True}, 0) == Ending(0, "completed", True)
    assert ending_from({"stop_reason": "max_tokens", "truncated": False}, 0).truncated
    assert len(ending_from({"stop_reason": "x" * 9999}, 0).stop_reason) == 200


@pytest.mark.parametrize("wrong", ["3", 3.0, -1, True, None, 2**60, [3]])
def test_a_count_of_another_type_is_not_said(wrong: Any) -> None:
    ending = ending_from({"usage": {"input_tokens": wrong, "output_tokens": 9}}, 0)
    assert (ending.input_tokens, ending.output_tokens) == (None, 9)
    assert ending_from({"usage": wrong}, 0).output_tokens is None


@pytest.mark.parametrize("data", [b"[DONE]", b" [DONE] ", b"[DONE]\n"])
def test_done_is_an_ending(data: bytes) -> None:
    assert read(Event(data), 3.0) == Ending(3.0)


@pytest.mark.parametrize("data", [b"[done]", b"DONE", b"[DONE]]", b'"[DONE]"', b"[]", b""])
def test_what_only_looks_like_done_is_a_diagnostic(data: bytes) -> None:
    assert isinstance(read(Event(data), 0), Diagnostic)


def test_events_of_another_name_are_kept_as_they_came() -> None:
    assert read(Event(b"", "heartbeat"), 1) == Heartbeat(1)
    assert read(Event(b'{"x": 1}', "heartbeat"), 1) == Heartbeat(1)
    reading = read(Event(encoded(), "metrics"), 1)
    assert reading == Diagnostic(1, "metrics", encoded().decode(), "an event of another name")


def test_the_genesys_dialect_sends_the_payload_as_it_is() -> None:
    payload = build_stream_payload("Grüße 🧹", "gpt-4o-mini")
    assert json.loads(GENESYS.body(payload)) == payload.model_dump(mode="json")
    assert GENESYS.headers(payload) == {"X-Genesys-Request-Id": payload.request_id}
    assert GENESYS.url("https://x.example/", "") == "https://x.example/api/v2/ai/generative/completions/stream"
