"""The library reads like the tutorial's example, and does what that one meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gateway.raw_server import DONE, OK, RawServer, answer

from genesys_tui import (
    AuditEntry,
    GenesysError,
    GenesysLLMStreamer,
    Ledger,
    StreamBuffer,
    StreamChunk,
    build_stream_payload,
    initialize_genesys_client,
    validate_token_sequence,
)
from genesys_tui.demo import DemoGateway
from genesys_tui.home import Home

Serve = Callable[..., RawServer]


class FixedToken:
    """A client that is signed in already."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self, rejected: str) -> str:
        raise AssertionError("no renewal is expected")


def drain(stream: Any) -> tuple[str, AuditEntry]:
    """The text of a generator, and its return value."""
    parts = []
    while True:
        try:
            parts.append(next(stream))
        except StopIteration as end:
            return "".join(parts), end.value


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    with Ledger(tmp_path / "ledger.db") as opened:
        yield opened


def test_the_tutorials_example_runs_and_makes_one_request(ledger: Ledger) -> None:
    """Sign in with the real SDK, build a payload, iterate the stream with a callback, get the audit entry."""
    seen: list[tuple[str, dict[str, Any]]] = []
    with DemoGateway(rate=0) as gateway:
        client = initialize_genesys_client(gateway.client_id, gateway.client_secret, gateway.url)
        streamer = GenesysLLMStreamer(client, gateway.url, ledger=ledger)
        payload = build_stream_payload("hello", "gpt-4o-mini", max_tokens=64, stop_sequences=[])

        text, entry = drain(streamer.stream_completion(payload, lambda content, info: seen.append((content, info))))

        assert len(gateway.requests) == 1
    assert text
    assert text == "".join(content for content, _ in seen)
    assert [info["chunk_index"] for _, info in seen] == list(range(len(seen)))
    assert {"tokens_per_second", "elapsed"} <= set(seen[0][1])
    counts = [info["tokens_generated"] for _, info in seen]
    assert counts == sorted(counts)
    assert len(set(counts)) > 2, "each chunk's own, though they arrive together"
    assert isinstance(entry, AuditEntry)
    assert (entry.status, entry.stop_reason, entry.truncated, entry.total_tokens) == ("truncated", "length", True, 64)
    assert ledger.get(entry.request_id).reply == text


def test_without_stop_sequences_a_payload_keeps_the_tutorials_pair() -> None:
    assert build_stream_payload("hello", "m").parameters.stop == ("<|endoftext|>", "\n\n")


def test_a_payload_may_be_a_plain_dict(ledger: Ledger) -> None:
    with DemoGateway(rate=0) as gateway:
        streamer = GenesysLLMStreamer(FixedToken(gateway.mint_token()), gateway.url, ledger=ledger)
        payload = {"model": "m", "input": {"messages": [{"role": "user", "content": "hello"}]}}
        _, entry = drain(streamer.stream_completion(payload))
    assert entry.status == "completed"


def test_a_truncated_reply_is_continued_without_a_seam(ledger: Ledger) -> None:
    with DemoGateway(rate=0) as gateway:
        streamer = GenesysLLMStreamer(FixedToken(gateway.mint_token()), gateway.url, ledger=ledger)
        payload = build_stream_payload("hello", "m", stop_sequences=[])
        whole, _ = drain(streamer.stream_completion(payload.model_copy(update={"request_id": "whole"})))
        gateway.scenario = "cut"
        begun, entry = drain(streamer.stream_completion(payload))
        gateway.scenario = "calm"
        rest, second = drain(streamer.continue_completion(payload, entry, begun))
    assert entry.stop_reason == "disconnected"
    assert begun + rest == whole
    assert second.continues == entry.request_id


def test_a_failed_call_returns_its_entry(ledger: Ledger) -> None:
    with DemoGateway("refused", rate=0) as gateway:
        streamer = GenesysLLMStreamer(FixedToken(gateway.mint_token()), gateway.url, ledger=ledger)
        text, entry = drain(streamer.stream_completion(build_stream_payload("hello", "m")))
    assert (text, entry.status) == ("", "failed")
    assert entry.error is not None
    assert entry.error.status_code == 403
    assert entry.error.correlation_id


def test_closing_the_generator_cancels_the_call(ledger: Ledger) -> None:
    with DemoGateway(rate=20) as gateway:
        streamer = GenesysLLMStreamer(FixedToken(gateway.mint_token()), gateway.url, ledger=ledger)
        stream = streamer.stream_completion(build_stream_payload("hello", "m"))
        next(stream)
        stream.close()
    (call,) = ledger.calls()
    assert call.record.status == "cancelled"
    assert call.reply


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_the_buffer_loses_and_reorders_nothing(size: int) -> None:
    chunks = [
        StreamChunk(chunk_id=str(n), content=f"wörd {n} ", tokens_generated=n, is_complete=n == 99) for n in range(100)
    ]
    wire = b"".join(b"data: %s\n\n" % chunk.model_dump_json().encode() for chunk in chunks)
    buffer = StreamBuffer()

    got = [chunk for start in range(0, len(wire), size) for chunk in buffer.feed(wire[start : start + size])]

    assert got == chunks
    assert validate_token_sequence(got) == []


def test_a_sequence_that_falls_or_repeats_is_told() -> None:
    chunks = [StreamChunk(chunk_id=name, content="x", tokens_generated=n) for name, n in (("a", 2), ("b", 1), ("b", 3))]

    assert [anomaly.kind for anomaly in validate_token_sequence(chunks)] == ["tokens_fell", "duplicate_chunk"]


def test_what_cannot_be_used_is_refused_by_name(ledger: Ledger) -> None:
    with pytest.raises(GenesysError, match="max_tokens"):
        build_stream_payload("hello", "m", max_tokens=0)
    with pytest.raises(GenesysError, match="https"):
        GenesysLLMStreamer(FixedToken("t"), "http://llm.example", ledger=ledger)


HELLO = b'data: {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}\n\n'
STOP = b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\n'


def write_config(tmp_path: Path, *lines: str) -> None:
    """``tmp_path`` is the home of every test."""
    (tmp_path / "config.toml").write_text("\n".join(lines) + "\n")


def corporate(tmp_path: Path, url: str, *lines: str) -> None:
    """A profile of another dialect that differs in all that a call can show, and is the one to use."""
    write_config(
        tmp_path,
        'profile = "corp"',
        "[profiles.corp]",
        f'base_url = "{url}"',
        'endpoint = "/special/path"',
        'dialect = "openai"',
        'content_mode = "cumulative"',
        "stall_seconds = 0.1",
        "retries = 0",
        *lines,
    )


def test_the_library_calls_as_the_profile_in_use_says(
    tmp_path: Path, ledger: Ledger, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path, dialect, key, content mode and stalls; and the record names the profile."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-some-long-key")
    whole = HELLO.replace(b"Hello", b"Hello, world")
    server = serve([OK, HELLO, 0.5, whole, STOP, DONE])
    corporate(tmp_path, server.url)

    streamer = GenesysLLMStreamer(initialize_genesys_client(), ledger=ledger)
    _, entry = drain(streamer.stream_completion(build_stream_payload("hello", "m")))

    (request,) = server.requests
    assert request.target == "/special/path"
    assert request.header("Authorization") == "Bearer sk-some-long-key"
    assert ledger.get(entry.request_id).reply == "Hello, world"
    assert entry.stalls == 1
    assert (entry.profile, entry.environment, entry.status) == ("corp", server.url, "completed")


def test_the_other_dialect_takes_the_key_and_no_sign_in(
    ledger: Ledger, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-some-long-key")
    server = serve([OK, HELLO, STOP, DONE])
    streamer = GenesysLLMStreamer(initialize_genesys_client(), server.url, dialect="openai", ledger=ledger)
    text, entry = drain(streamer.stream_completion(build_stream_payload("hello", "m")))
    assert (text, entry.status) == ("Hello", "completed")
    (request,) = server.requests
    assert request.header("Authorization") == "Bearer sk-some-long-key"


def test_the_profile_may_be_named_by_the_environment_or_the_caller(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DemoGateway(rate=0) as gateway:
        write_config(tmp_path, *(f'[profiles.{name}]\nbase_url = "{gateway.url}"' for name in ("one", "two")))
        monkeypatch.setenv("GENESYS_TUI_PROFILE", "one")
        client, payload = FixedToken(gateway.mint_token()), build_stream_payload("hello", "m")
        entries = [
            drain(streamer.stream_completion(payload.model_copy(update={"request_id": name})))[1]
            for name, streamer in {
                "first": GenesysLLMStreamer(client, ledger=ledger),
                "second": GenesysLLMStreamer(client, ledger=ledger, profile="two"),
            }.items()
        ]
    assert [entry.profile for entry in entries] == ["one", "two"]


def test_the_library_retries_as_often_as_the_profile_says(tmp_path: Path, ledger: Ledger, serve: Serve) -> None:
    server = serve(answer(503))
    corporate(tmp_path, server.url)
    streamer = GenesysLLMStreamer(FixedToken("t0ken"), ledger=ledger)
    _, entry = drain(streamer.stream_completion(build_stream_payload("hello", "m")))
    assert (entry.status, entry.attempts, len(server.requests)) == ("failed", 1, 1)


def test_what_the_caller_gives_goes_before_the_profile(tmp_path: Path, ledger: Ledger) -> None:
    corporate(tmp_path, "http://127.0.0.1:9")
    with DemoGateway(rate=0) as gateway:
        client = FixedToken(gateway.mint_token())
        streamer = GenesysLLMStreamer(client, gateway.url, endpoint="", dialect="genesys", ledger=ledger)
        _, entry = drain(streamer.stream_completion(build_stream_payload("hello", "m")))
    assert (entry.status, entry.environment) == ("completed", gateway.url)


def test_a_read_only_profile_sends_nothing(tmp_path: Path, ledger: Ledger, serve: Serve) -> None:
    server = serve([OK, HELLO, STOP, DONE])
    corporate(tmp_path, server.url, "read_only = true")
    with pytest.raises(GenesysError, match="corp is read-only"):
        drain(GenesysLLMStreamer(FixedToken("t0ken"), ledger=ledger).stream_completion(build_stream_payload("hi", "m")))
    assert server.requests == []


def test_the_default_ledger_keeps_what_the_settings_say(tmp_path: Path) -> None:
    with DemoGateway(rate=0) as gateway:
        write_config(tmp_path, "[audit]", 'text = "none"')
        streamer = GenesysLLMStreamer(FixedToken(gateway.mint_token()), gateway.url)
        text, entry = drain(streamer.stream_completion(build_stream_payload("hello", "m")))
    with Ledger(Home.of().ledger) as kept:
        assert text
        assert not kept.get(entry.request_id).reply
