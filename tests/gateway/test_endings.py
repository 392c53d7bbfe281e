"""How calls end: what a server does on the wire, and what the call's record says of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from fakes import AT_ONCE, FixedTokens, Outcome, Running, asking, call_to, lasts_at_most, run, wait_until
from gateway.raw_server import (
    DONE,
    OK,
    OK_CHUNKED,
    RawServer,
    Step,
    again_and_again,
    answer,
    chunk,
    final,
    hang,
    piece,
    reset,
)

from genesys_tui.audit.ledger import Ledger
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import (
    Anomaly,
    Answered,
    Delta,
    Diagnostic,
    Ending,
    Fact,
    Heartbeat,
    Received,
    Requested,
    Retry,
)
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.gateway.scope import Scope

Serve = Callable[..., RawServer]

HELLO = chunk("Hello", 1) + chunk(", world", 3)
HEARTBEAT = b"event: heartbeat\n\n"
ERROR = json.dumps({"message": "Said the gateway", "code": "x", "status": 400, "errors": []})

COMPLETED = ("completed", "completed", False)
DISCONNECTED = ("truncated", "disconnected", True)
TIMED_OUT = ("truncated", "timeout", True)
FAILED = ("failed", "error", False)
NEVER_ANSWERED = ("failed", "timeout", False)

ENDS: dict[str, tuple[Sequence[Step], tuple[str, str, bool]]] = {
    "the final chunk": ([OK, HELLO, final(3)], COMPLETED),
    "the final chunk, and status 201": ([OK.replace(b"200 OK", b"201 Created"), HELLO, final(3)], COMPLETED),
    "the final chunk of a chunked answer": ([OK_CHUNKED, piece(HELLO), piece(final(3)), piece(b"")], COMPLETED),
    "the gateway's own word": (
        [OK, HELLO, final(3, stop_reason="stop_sequence")],
        ("completed", "stop_sequence", False),
    ),
    "a chunked answer with sizes of 16 digits": (
        [OK_CHUNKED, *(b"%016x\r\n%b\r\n" % (len(data), data) for data in (HELLO, final(3), b""))],
        COMPLETED,
    ),
    "[DONE]": ([OK, HELLO, DONE], COMPLETED),
    "[DONE] behind a final chunk": ([OK, HELLO, final(3, stop_reason="stop"), DONE], ("completed", "stop", False)),
    "truncated, says the gateway": ([OK, HELLO, final(3, stop_reason="x", truncated=True)], ("truncated", "x", True)),
    "length": ([OK, HELLO, final(3, stop_reason="length")], ("truncated", "length", True)),
    "max_tokens": ([OK, HELLO, final(3, stop_reason="max_tokens")], ("truncated", "max_tokens", True)),
    "metadata of other types": ([OK, HELLO, final(3, stop_reason=7, truncated="yes", usage=[1])], COMPLETED),
    "the connection closed": ([OK, HELLO], DISCONNECTED),
    "the connection reset": ([OK, HELLO, 0.05, reset], DISCONNECTED),
    "a chunked answer closed": ([OK_CHUNKED, piece(HELLO)], DISCONNECTED),
    "a chunked answer closed inside a piece": ([OK_CHUNKED, piece(HELLO + final(3))[:-9]], DISCONNECTED),
    "a chunked answer that ends too early": ([OK_CHUNKED, piece(HELLO), piece(b"")], DISCONNECTED),
    "a chunked answer with nonsense in it": ([OK_CHUNKED, piece(HELLO), b"nonsense\r\n"], DISCONNECTED),
    "half of the final chunk": ([OK, HELLO, final(3)[:-1]], DISCONNECTED),
    "half of [DONE]": ([OK, HELLO, DONE[:-1]], DISCONNECTED),
    "silence in the middle": ([OK, HELLO, hang], TIMED_OUT),
    "silence in the middle of a chunk": ([OK, HELLO, final(3)[:20], hang], TIMED_OUT),
}


@pytest.mark.parametrize("name", ENDS)
def test_an_answer_with_text_ends_as_the_table_says(name: str, serve: Serve, ledger: Ledger) -> None:
    steps, end = ENDS[name]
    patience = 0.3 if hang in steps else 10
    outcome = run(call_to(serve(steps).url, ledger, asking(timeout_on_inactivity_seconds=patience)))
    assert outcome.end == end
    assert outcome.content == "Hello, world"
    assert outcome.record.total_tokens == 3
    assert ledger.get(outcome.record.request_id)[:3] == (
        outcome.record,
        [{"role": "user", "content": "Good morning"}],
        "Hello, world",
    )
    if end in (DISCONNECTED, TIMED_OUT):
        assert outcome.record.detail, "says in words what happened"


@pytest.mark.parametrize("silence", [0.0, 0.3])
def test_a_lost_connection_tells_of_a_silence_where_there_was_one(silence: float, serve: Serve, ledger: Ledger) -> None:
    steps = [OK, HELLO, silence] if silence else [OK, HELLO]
    detail = run(call_to(serve(steps).url, ledger, asking())).record.detail
    assert detail.startswith("the connection ended")
    assert "after 0.0 s" not in detail
    if silence:
        assert detail.endswith("s of silence")


WITHOUT_TEXT: dict[str, tuple[Sequence[Step], tuple[str, str, bool], str | None]] = {
    "nothing behind the headers, and closed": ([OK], DISCONNECTED, None),
    "silence behind the headers": ([OK, hang], TIMED_OUT, None),
    "silence before the headers": ([hang], NEVER_ANSWERED, "timeout"),
    "silence inside the headers": ([OK[:30], hang], NEVER_ANSWERED, "timeout"),
    "closed before an answer": ([b""], FAILED, "unreachable"),
    "reset before an answer": ([reset], FAILED, "unreachable"),
    "closed inside the headers": ([OK[:30]], FAILED, "unreachable"),
    "no HTTP": ([b"SSH-2.0-OpenSSH_9.7\r\n"], FAILED, "unreachable"),
    "endless headers": (
        [b"HTTP/1.1 200 OK\r\n", again_and_again(b"X-More: " + b"x" * 5000 + b"\r\n")],
        FAILED,
        "unreachable",
    ),
    "one endless header": ([b"HTTP/1.1 200 OK\r\nX-More: ", again_and_again(b"x" * 5000)], FAILED, "unreachable"),
    "endless interim answers": ([again_and_again(b"HTTP/1.1 103 Early Hints\r\n\r\n")], NEVER_ANSWERED, "timeout"),
    "JSON instead of a stream": (answer(200, "{}", Content_Type="application/json"), FAILED, "not_an_event_stream"),
    "a page instead of a stream": (answer(200, "<html>", Content_Type="text/html"), FAILED, "not_an_event_stream"),
    "a stream of no known type": (answer(200, HELLO, Content_Type="x bogus"), FAILED, "not_an_event_stream"),
    "a stream without a type": (answer(200, HELLO), FAILED, "not_an_event_stream"),
    "no content": (answer(204, Content_Type="text/event-stream"), FAILED, "not_an_event_stream"),
    "400": (answer(400, ERROR), FAILED, "refused"),
    "403": (answer(403, ERROR), FAILED, "refused"),
    "404": (answer(404, ERROR), FAILED, "not_served"),
    "413": (answer(413, ERROR), FAILED, "refused"),
    "500": (answer(500, ERROR), FAILED, "refused"),
    "429": (answer(429, ERROR), FAILED, "rate_limited"),
    "429 and a long time to wait": (answer(429, ERROR, Retry_After="181"), FAILED, "rate_limited"),
    "502": (answer(502, ERROR), FAILED, "unavailable"),
    "503": (answer(503, ERROR), FAILED, "unavailable"),
    "504": (answer(504, ERROR), FAILED, "unavailable"),
}
RETRIED = {"unreachable", "rate_limited", "unavailable"}


@pytest.mark.parametrize("name", WITHOUT_TEXT)
def test_an_answer_without_text_ends_as_the_table_says(name: str, serve: Serve, ledger: Ledger) -> None:
    steps, end, kind = WITHOUT_TEXT[name]
    server = serve(steps)
    limits = {"timeout_on_inactivity_seconds": 0.3, "max_stream_duration_seconds": 1.0}
    outcome = run(call_to(server.url, ledger, asking(**limits)))
    assert outcome.end == end
    assert outcome.content == ""
    record = outcome.record
    assert (record.error and record.error.kind) == kind
    assert len(server.requests) == record.attempts == (4 if kind in RETRIED and "long" not in name else 1)
    if record.error is not None:
        assert record.error.message.endswith((".", "`."))
    assert ledger.get(record.request_id).record == record


def test_nothing_answers_there(serve: Serve, ledger: Ledger) -> None:
    with RawServer([b""]) as server:
        pass
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == FAILED
    assert outcome.record.attempts == 4
    error = outcome.record.error
    assert error is not None
    assert error.kind == "unreachable"
    assert f"Nothing answers at 127.0.0.1:{server.port} (connection refused)." in error.message


@pytest.mark.parametrize("host", ["no-such-host.invalid", "double..dot.invalid", "x" * 64 + ".invalid"])
def test_a_host_that_does_not_exist_is_a_failure_in_words(host: str, ledger: Ledger) -> None:
    error = run(call_to(f"https://{host}", ledger)).record.error
    assert error is not None
    assert error.kind == "unreachable"
    assert f"The host {host} could not be found" in error.message


def test_a_cut_is_a_cut_at_every_byte(serve: Serve, ledger: Ledger) -> None:
    """Wherever a short stream is cut, by closing or by RST: completed with its last byte, never before."""
    events = [chunk("Hi", 1, chunk_id="1"), b": beat\n\n", final(2, usage={"output_tokens": 2})]
    stream = b"".join(events)
    ways: list[list[Step]] = [[], [0.02, reset]]
    cuts = [(place, way) for place in range(len(stream) + 1) for way in ways[: 1 if place % 5 else 2]]
    server = serve(*([OK, stream[:place], *way] for place, way in cuts))
    for place, _ in cuts:
        outcome = run(call_to(server.url, ledger))
        whole = place == len(stream)
        assert outcome.end == (COMPLETED if whole else DISCONNECTED), f"cut at {place}"
        assert outcome.content == ("Hi" if place >= len(events[0]) else "")
    assert len(server.requests) == len(cuts)


def test_a_cut_at_every_byte_of_a_chunked_answer_is_a_cut(serve: Serve, ledger: Ledger) -> None:
    """Once the final chunk has arrived, the rest of the transfer coding does not matter."""
    stream = piece(chunk("Hi", 1)) + piece(final(1)) + piece(b"")
    arrived = len(piece(chunk("Hi", 1))) + len(piece(final(1))) - 2
    places = range(0, len(stream) + 1, 3)
    server = serve(*([OK_CHUNKED, stream[:place]] for place in places))
    for place in places:
        assert run(call_to(server.url, ledger)).end == (COMPLETED if place >= arrived else DISCONNECTED), place


@pytest.mark.parametrize("beat", [HEARTBEAT, b": still here\n\n", b"\n", chunk("x", 1), b"data: nonsense\n\n"])
def test_the_limit_on_the_duration_holds_under_heartbeats(beat: bytes, serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, HELLO, again_and_again(beat, pause=0.02)])
    payload = asking(max_stream_duration_seconds=0.5, timeout_on_inactivity_seconds=30)
    with lasts_at_most(10):  # how promptly, test_promptness measures
        outcome = run(call_to(server.url, ledger, payload))
    assert outcome.end == TIMED_OUT
    assert outcome.content.startswith("Hello, world")
    assert 0.45 < outcome.record.elapsed_seconds < 10
    assert "max_stream_duration_seconds" in outcome.record.detail


def test_the_limit_on_the_duration_holds_flat_out(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, again_and_again(HEARTBEAT * 1000)])
    with lasts_at_most(0.9):
        outcome = run(call_to(server.url, ledger, asking(max_stream_duration_seconds=0.5)))
    assert outcome.end == TIMED_OUT
    assert outcome.record.heartbeats > 1000


def test_heartbeats_put_off_the_limit_on_inactivity(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, chunk("a", 1), *[0.2, HEARTBEAT] * 6, final(1)])
    outcome = run(call_to(server.url, ledger, asking(timeout_on_inactivity_seconds=0.8)))
    assert outcome.end == COMPLETED
    assert outcome.record.heartbeats == len(outcome.of(Heartbeat)) == 6


def test_a_limit_before_the_answer_names_itself(serve: Serve, ledger: Ledger) -> None:
    server = serve([hang])
    for limit in ("timeout_on_inactivity_seconds", "max_stream_duration_seconds"):
        error = run(call_to(server.url, ledger, asking(**{limit: 0.2}))).record.error
        assert error is not None
        assert f"no answer within 0.2 s ({limit})" in error.message


def test_a_call_is_one_request_with_these_headers(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, HELLO, final(3)])
    payload = asking("Grüße\n\0")
    run(call_to(server.url, ledger, payload))
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/v2/ai/generative/completions/stream")
    headers = {
        "Authorization": "Bearer first-token",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "Accept-Encoding": "identity",
        "X-Genesys-Request-Id": payload.request_id,
        "Host": f"127.0.0.1:{server.port}",
    }
    assert {name: request.header(name) for name in headers} == headers
    assert json.loads(request.body) == payload.model_dump(mode="json")


def test_the_endpoint_of_a_profile_is_asked(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, final()])
    assert run(call_to(server.url + "/prefix/", ledger, path="/other/stream?version=2")).end == COMPLETED
    assert server.requests[0].target == "/prefix/other/stream?version=2"


def test_a_rejected_token_is_renewed_once(serve: Serve, ledger: Ledger) -> None:
    server = serve(answer(401, ERROR), [OK, HELLO, final(3)])
    tokens = FixedTokens()
    outcome = run(call_to(server.url, ledger, tokens=tokens))
    assert outcome.end == COMPLETED
    assert tokens.rejected == ["first-token"]
    assert [request.header("Authorization") for request in server.requests] == [
        "Bearer first-token",
        "Bearer second-token",
    ]
    assert outcome.record.attempts == len(outcome.of(Requested)) == 2
    assert [retry.wait for retry in outcome.of(Retry)] == [0.0]
    assert [seen.what for seen in outcome.record.observations] == ["retry"]


def test_a_second_rejection_is_final(serve: Serve, ledger: Ledger) -> None:
    server = serve(answer(401, ERROR, ININ_Correlation_Id="abc-1"))
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == FAILED
    assert len(server.requests) == 2
    error = outcome.record.error
    assert error is not None
    assert (error.kind, error.status_code, error.correlation_id) == ("sign_in", 401, "abc-1")
    assert "refused fresh credentials, too" in error.message
    assert "Said the gateway." in error.message
    assert "second-token" not in outcome.record.model_dump_json()


def test_a_token_that_is_no_header_is_not_shown(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, final()])
    for token in ("secret\ntoken", "secret-tökén", "secret\0", " secret", ""):
        record = run(call_to(server.url, ledger, tokens=FixedTokens(token))).record
        assert record.error is not None
        assert record.error.kind == "sign_in"
        assert "secret" not in record.model_dump_json()
    assert not server.requests


def test_404_says_in_words_where_the_path_is_missing(serve: Serve, ledger: Ledger) -> None:
    error = run(call_to(serve(answer(404, ERROR)).url, ledger)).record.error
    assert error is not None
    assert error.status_code == 404
    assert error.message == (
        "/api/v2/ai/generative/completions/stream is not served at 127.0.0.1 (404). It says: Said the gateway. "
        "This path is not part of the public Platform API: set base_url and endpoint to where your organization's "
        "gateway is, or try `genesys-tui demo`."
    )


def test_403_speaks_of_the_role(serve: Serve, ledger: Ledger) -> None:
    outcome = run(call_to(serve(answer(403, ERROR, ININ_Correlation_Id="abc-2")).url, ledger))
    error = outcome.record.error
    assert error is not None
    assert "Said the gateway. A role of this OAuth client lacks a permission" in error.message
    assert error.correlation_id == outcome.record.correlation_id == "abc-2"


def test_the_correlation_id_of_a_good_answer_is_recorded(serve: Serve, ledger: Ledger) -> None:
    head = OK.replace(b"Connection:", b"inin-correlation-id: abc-3\r\nConnection:")
    outcome = run(call_to(serve([head, final()]).url, ledger))
    assert outcome.record.correlation_id == "abc-3"
    assert [fact.correlation_id for fact in outcome.of(Answered)] == ["abc-3"]


def test_a_rate_limit_is_waited_for_as_long_as_it_says(serve: Serve, ledger: Ledger) -> None:
    server = serve(answer(429, ERROR, Retry_After="1"), [OK, HELLO, final(3)])
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == COMPLETED
    (retry,) = outcome.of(Retry)
    assert (retry.attempt, retry.wait) == (1, 1.0)
    first, second = outcome.of(Requested)
    assert 1.0 <= second.at - first.at < 3
    assert outcome.record.elapsed_seconds >= 1.0, "elapsed counts the wait"
    assert outcome.record.time_to_first_token_seconds is not None
    assert outcome.record.time_to_first_token_seconds < 1.0, "the time to the first token does not"
    (seen,) = outcome.record.observations
    assert (seen.what, seen.name) == ("retry", "attempt 1")


@pytest.mark.parametrize("bad", [answer(503, ERROR), [reset], [b""]])
def test_an_answer_behind_failures_counts(bad: Sequence[Step], serve: Serve, ledger: Ledger) -> None:
    server = serve(bad, bad, bad, [OK, HELLO, final(3)])
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == COMPLETED
    assert [retry.attempt for retry in outcome.of(Retry)] == [1, 2, 3]
    assert outcome.record.attempts == len(server.requests) == 4


def test_each_retry_asks_for_the_token_anew(serve: Serve, ledger: Ledger) -> None:
    """It may have expired during the wait."""
    server = serve(answer(503), [OK, final()])
    tokens = FixedTokens()
    call = call_to(server.url, ledger, tokens=tokens)
    for fact in call.run():
        if isinstance(fact, Retry):
            tokens.current = "third-token"
    assert [request.header("Authorization") for request in server.requests] == [
        "Bearer first-token",
        "Bearer third-token",
    ]


def test_no_retry_means_one_request(serve: Serve, ledger: Ledger) -> None:
    server = serve(answer(503), [OK, final()])
    outcome = run(call_to(server.url, ledger, retry=RetryPolicy(retries=0)))
    assert outcome.end == FAILED
    assert len(server.requests) == 1


@pytest.mark.parametrize("ending", [[], [0.05, reset], [hang], [b"nonsense"]])
def test_nothing_is_retried_once_a_chunk_has_arrived(ending: Sequence[Step], serve: Serve, ledger: Ledger) -> None:
    server = serve([OK_CHUNKED, piece(chunk("a", 1)), *ending], [OK, HELLO, final(3)])
    outcome = run(call_to(server.url, ledger, asking(timeout_on_inactivity_seconds=0.3)))
    assert outcome.record.status == "truncated"
    assert outcome.content == "a"
    assert len(server.requests) == 1
    assert not outcome.of(Retry)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, serve: Serve, ledger: Ledger) -> None:
    other = serve([OK, final()])
    server = serve(answer(status, Location=other.url + "/elsewhere"))
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == FAILED
    assert not other.requests, "the token stays here"
    assert not other.connections
    error = outcome.record.error
    assert error is not None
    assert f"redirects to {other.url}/elsewhere, which is not followed" in error.message


def test_a_compressed_stream_is_unpacked_all_the_same(serve: Serve, ledger: Ledger) -> None:
    head = OK.replace(b"Connection:", b"Content-Encoding: gzip\r\nConnection:")
    assert run(call_to(serve([head, gzip.compress(HELLO + final(3))]).url, ledger)).content == "Hello, world"
    assert run(call_to(serve([head, gzip.compress(HELLO + final(3))[:-20]]).url, ledger)).end == DISCONNECTED
    assert run(call_to(serve([head, HELLO + final(3)]).url, ledger)).end == DISCONNECTED, "it is not what it says"


def test_interim_answers_come_before_the_answer(serve: Serve, ledger: Ledger) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" + b"HTTP/1.1 100 Continue\r\n\r\n"
    assert run(call_to(serve([early, OK, HELLO, final(3)]).url, ledger)).end == COMPLETED


def test_an_oversized_event_is_a_diagnostic_among_chunks(serve: Serve, ledger: Ledger) -> None:
    too_large = [b"data: ", *[b"x" * 2**20] * 9, b"\n\n"]
    server = serve([OK, chunk("before, ", 1), *too_large, chunk("after", 2), final(2)])
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == COMPLETED
    assert outcome.content == "before, after"
    (diagnostic,) = outcome.of(Diagnostic)
    assert "more than 8 MiB was dropped" in diagnostic.why
    assert outcome.record.diagnostics == 1
    assert outcome.record.total_bytes > 9 * 2**20


def test_what_is_no_chunk_is_a_diagnostic_among_chunks(serve: Serve, ledger: Ledger) -> None:
    odd = [
        b"data: nonsense\n\n",
        b"event: metrics\ndata: {}\n\n",
        b"data: " + b"[" * 10_000 + b"\n\n",
        b'data: {"content": 1}\n\n',
    ]
    odd += [b"data: null\n\n", b"data: \xff\xfe\n\n", b"data:\n\n"]
    server = serve(
        [OK, *(part for number, event in enumerate(odd) for part in (event, chunk(f"{number} ", number + 1))), final(7)]
    )
    outcome = run(call_to(server.url, ledger))
    assert outcome.end == COMPLETED
    assert outcome.content == "0 1 2 3 4 5 6 "
    assert [fact.name for fact in outcome.of(Diagnostic)].count("metrics") == 1
    assert outcome.record.diagnostics == len(odd) == len(outcome.record.observations)
    assert all(len(seen.detail) <= 500 for seen in outcome.record.observations)


def test_a_record_keeps_the_first_observations_and_counts_all(serve: Serve, ledger: Ledger) -> None:
    outcome = run(call_to(serve([OK, b"data: odd\n\n" * 500, final()]).url, ledger))
    assert outcome.record.diagnostics == 500
    assert len(outcome.record.observations) == 50


@pytest.mark.parametrize(
    "linger", [[hang], [again_and_again(HEARTBEAT, pause=0.01)], [again_and_again(HEARTBEAT * 1000)]]
)
def test_the_end_is_the_end_though_the_connection_stays_open(
    linger: Sequence[Step], serve: Serve, ledger: Ledger
) -> None:
    server = serve([OK, HELLO, final(3), *linger])
    with lasts_at_most(1.5):
        outcome = run(call_to(server.url, ledger))
    assert outcome.end == COMPLETED
    assert outcome.record.elapsed_seconds < 0.2, "elapsed ends with the final chunk"


def test_chunks_behind_the_final_one_are_counted_and_ignored(serve: Serve, ledger: Ledger) -> None:
    late = [0.05, chunk("late", 9), final(9, stop_reason="length", usage={"output_tokens": 9})]
    outcome = run(call_to(serve([OK, HELLO, final(3, stop_reason="stop"), *late]).url, ledger))
    assert outcome.end == ("completed", "stop", False)
    assert outcome.content == "Hello, world"
    assert [anomaly.kind for anomaly in outcome.of(Anomaly)] == ["after_final", "second_final"]
    assert (outcome.record.total_tokens, outcome.record.sequence_anomalies, outcome.record.total_chunks) == (3, 2, 3)


def test_usage_is_recorded_and_serves_where_chunks_do_not_count(serve: Serve, ledger: Ledger) -> None:
    usage = {"input_tokens": 11, "output_tokens": 7}
    record = run(call_to(serve([OK, chunk("a", 0), final(0, usage=usage)]).url, ledger)).record
    assert (record.input_tokens, record.total_tokens) == (11, 7)
    record = run(call_to(serve([OK, chunk("a", 5), final(5, usage=usage)]).url, ledger)).record
    assert record.total_tokens == 5, "the cumulative count where there is one"
    record = run(
        call_to(serve([OK, chunk("a", 0), final(0, usage={**usage, "input_tokens": "many"})]).url, ledger)
    ).record
    assert (record.input_tokens, record.total_tokens) == (None, 7), "each for itself"


def test_cumulative_content_is_text_once(serve: Serve, ledger: Ledger) -> None:
    steps = [OK, chunk("One", 1), chunk("One, two", 2), chunk("One, two, three", 3), final(3)]
    outcome = run(call_to(serve(steps).url, ledger, content_mode="cumulative"))
    assert outcome.content == "One, two, three"
    assert [delta.content for delta in outcome.of(Delta)] == ["One", ", two", ", three", ""]


def test_content_that_is_taken_back_is_replaced(serve: Serve, ledger: Ledger) -> None:
    outcome = run(
        call_to(
            serve([OK, chunk("One", 1), chunk("Won", 2), chunk("Won!", 3), final(3)]).url,
            ledger,
            content_mode="cumulative",
        )
    )
    assert outcome.content == "Won!"
    assert [delta.replaces for delta in outcome.of(Delta)] == [False, True, False, False]
    assert outcome.record.sequence_anomalies == 1


def test_a_surrogate_in_an_error_does_not_break_the_record(serve: Serve, ledger: Ledger) -> None:
    outcome = run(call_to(serve(answer(503, r'{"message": "half \ud83d of it"}')).url, ledger))
    assert outcome.record.error is not None
    assert "half ? of it" in outcome.record.error.message
    assert ledger.get(outcome.record.request_id).record == outcome.record


def test_every_byte_and_every_fact_has_its_time(serve: Serve, ledger: Ledger) -> None:
    stream = HELLO + HEARTBEAT + final(3)
    outcome = run(
        call_to(
            serve([OK, *(part for at in range(0, len(stream), 40) for part in (stream[at : at + 40], 0.01))]).url,
            ledger,
        )
    )
    times = [getattr(fact, "at", None) for fact in outcome.facts[1:-1]]
    assert times == sorted(times)
    assert sum(fact.size for fact in outcome.of(Received)) == outcome.record.total_bytes == len(stream)


def test_calls_leave_no_open_files(serve: Serve, ledger: Ledger) -> None:
    proc = pytest.importorskip("pathlib").Path("/proc/self/fd")
    if not proc.exists():
        pytest.skip("counts open files in /proc")
    steps: list[Any] = [[OK, HELLO, final(3)], [OK, HELLO, reset], [reset], answer(400, ERROR), [OK, HELLO, hang]]
    server = serve(*steps * 6)

    def one_of_each() -> None:
        for _ in steps:
            run(call_to(server.url, ledger, asking(timeout_on_inactivity_seconds=0.1), retry=RetryPolicy(retries=0)))
        wait_until(lambda: all(connection.sock.fileno() < 0 for connection in server.connections))

    one_of_each()
    before = len(list(proc.iterdir()))
    for _ in range(5):
        one_of_each()
    assert len(list(proc.iterdir())) <= before


def test_calls_at_the_same_time_do_not_mix(serve: Serve, ledger: Ledger) -> None:
    server = serve(
        *([OK, *(part for n in range(20) for part in (chunk(f"{who} ", n + 1), 0.002)), final(20)] for who in range(8))
    )
    running = [Running(call_to(server.url, ledger)) for _ in range(8)]
    texts = {each.finished().content for each in running}
    assert texts == {f"{who} " * 20 for who in range(8)}


def test_closing_the_call_closes_its_connection(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, chunk("a", 1), hang])
    with closing(call_to(server.url, ledger).run()) as facts:
        while not isinstance(next(facts), Delta):
            pass
    wait_until(lambda: server.connections[0].closed_by_client.is_set())


def test_retries_are_the_policy_of_the_gateway() -> None:
    assert AT_ONCE.retries == 3, "what the tables above count on"
    assert Outcome().facts == []


def test_a_gateway_that_counts_every_token_hides_none(serve: Serve) -> None:
    """Hidden tokens are told by another dialect; here metadata of that name means nothing."""
    server = serve([OK, HELLO, final(9, stop_reason="stop", usage={"output_tokens": 9, "hidden_tokens": 6}), DONE])
    endings: list[Ending] = []

    def made() -> Iterator[Fact]:
        with closing(Scope()) as scope:
            endings.append((yield from Gateway(Endpoint(server.url), FixedTokens()).stream(asking(), scope)))

    assert [fact.content for fact in made() if isinstance(fact, Delta)] == ["Hello", ", world", ""]
    assert [(ending.stop_reason, ending.output_tokens, ending.hidden_tokens) for ending in endings] == [("stop", 9, 0)]
