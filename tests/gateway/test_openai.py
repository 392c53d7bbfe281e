"""The OpenAI-compatible dialect: what is sent, and what is understood of servers that differ. Over real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fakes import FixedTokens, Outcome, asking, call_to, run
from gateway.raw_server import DONE, OK, OK_CHUNKED, RawServer, Step, answer, hang, piece

from genesys_tui.audit.ledger import Ledger
from genesys_tui.call import Call
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.dialects import DIALECTS
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import Anomaly, Answered, Delta, Diagnostic, Heartbeat, Reasoning, Retry
from genesys_tui.gateway.payload import CompletionDirectives, Parameters, Payload, build_stream_payload

Serve = Callable[..., RawServer]

OPENAI = DIALECTS["openai"]


def data(fields: Any, prefix: str = "data: ") -> bytes:
    return f"{prefix}{json.dumps(fields)}\n\n".encode()


def said(content: Any = None, finish: str | None = None, *, index: int = 0, more: Any = None, **delta: Any) -> bytes:
    """One event with one choice."""
    delta = delta if content is None else {"content": content, **delta}
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return data({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice], **(more or {})})


def usage(prompt: int = 5, completion: int = 9, **fields: Any) -> bytes:
    return data({**fields, "usage": {"prompt_tokens": prompt, "completion_tokens": completion}})


ROLE = said(role="assistant")
HELLO = said("Hello") + said(", world")
STOP = said(finish="stop")
USAGE = usage(choices=[])

COMPLETED = ("completed", "stop", False)
FAILED = ("failed", "error", False)
DISCONNECTED = ("truncated", "disconnected", True)

COUNTED = (9, False)
ESTIMATED = (3, True)

STREAMS: dict[str, tuple[Sequence[Step], tuple[str, str, bool], tuple[int, bool]]] = {
    "as OpenAI does it": ([OK, ROLE, HELLO, STOP, USAGE, DONE], COMPLETED, COUNTED),
    "as OpenAI does it, chunked": (
        [OK_CHUNKED, piece(ROLE + HELLO), piece(STOP + USAGE + DONE), piece(b"")],
        COMPLETED,
        COUNTED,
    ),
    "usage without choices": ([OK, HELLO, STOP, usage(), DONE], COMPLETED, COUNTED),
    "usage with null for choices": ([OK, HELLO, STOP, usage(choices=None), DONE], COMPLETED, COUNTED),
    "usage with the finish reason": (
        [OK, HELLO, said(finish="stop", more={"usage": {"prompt_tokens": 5, "completion_tokens": 9}}), DONE],
        COMPLETED,
        COUNTED,
    ),
    "usage with the choice once more": (
        [OK, HELLO, STOP, said("", "stop", more={"usage": {"prompt_tokens": 5, "completion_tokens": 9}}), DONE],
        COMPLETED,
        COUNTED,
    ),
    "usage before the finish reason": ([OK, HELLO, USAGE, STOP, DONE], COMPLETED, COUNTED),
    "usage behind a pause": ([OK, HELLO, STOP, 0.6, USAGE, DONE], COMPLETED, COUNTED),
    "null for usage in every chunk": (
        [OK, said("Hello", more={"usage": None}) + said(", world", more={"usage": None}), STOP, USAGE, DONE],
        COMPLETED,
        COUNTED,
    ),
    "no usage": ([OK, HELLO, STOP, DONE], COMPLETED, ESTIMATED),
    "a usage that counts nothing": ([OK, HELLO, STOP, usage(0, 0, choices=[]), DONE], COMPLETED, ESTIMATED),
    "a usage of other types": (
        [OK, HELLO, STOP, data({"usage": "9"}), data({"usage": {"completion_tokens": "9"}}), DONE],
        COMPLETED,
        ESTIMATED,
    ),
    "null for content": (
        [OK, said(content=None, role="assistant", tool_calls=None), HELLO, STOP, USAGE],
        COMPLETED,
        COUNTED,
    ),
    "empty deltas": (
        [OK, said(""), said("Hello"), said(""), said(", world"), said(""), STOP, USAGE],
        COMPLETED,
        COUNTED,
    ),
    "no delta": (
        [OK, HELLO, data({"choices": [{"index": 0, "delta": None, "finish_reason": "stop"}]}), USAGE],
        COMPLETED,
        COUNTED,
    ),
    "a finish reason on a chunk with content": (
        [OK, said("Hello"), said(", world", "stop"), USAGE, DONE],
        COMPLETED,
        COUNTED,
    ),
    "several choices, an event each": (
        [OK, said("Hello"), said("Hullo", index=1), said(", world"), said("!", "stop", index=1), STOP, USAGE, DONE],
        COMPLETED,
        COUNTED,
    ),
    "several choices in one event": (
        [
            OK,
            data({"choices": [{"index": n, "delta": {"content": text}} for n, text in enumerate(["Hello", "Hullo"])]}),
            said(", world", "stop"),
            USAGE,
        ],
        COMPLETED,
        COUNTED,
    ),
    "no index": ([OK, data({"choices": [{"delta": {"content": "Hello, world"}}]}), STOP, USAGE], COMPLETED, COUNTED),
    "a chunk of filter results first": (
        [OK, data({"choices": [], "prompt_filter_results": [{}]}), HELLO, STOP, USAGE],
        COMPLETED,
        COUNTED,
    ),
    "a refusal": ([OK, said(refusal="Hello, world"), STOP, USAGE], COMPLETED, COUNTED),
    "no [DONE], and closed": ([OK, HELLO, STOP, USAGE], COMPLETED, COUNTED),
    "no [DONE], and left open": ([OK, HELLO, STOP, USAGE, hang], COMPLETED, COUNTED),
    "no usage, no [DONE], and left open": ([OK, HELLO, STOP, hang], COMPLETED, ESTIMATED),
    "[DONE] without a finish reason": ([OK, HELLO, DONE], ("completed", "completed", False), ESTIMATED),
    "usage and [DONE] without a finish reason": ([OK, HELLO, USAGE, DONE], ("completed", "completed", False), COUNTED),
    "data without a space": (
        [OK, (ROLE + HELLO + STOP + USAGE + DONE).replace(b"data: ", b"data:")],
        COMPLETED,
        COUNTED,
    ),
    "comments": (
        [OK, b": OPENROUTER PROCESSING\n\n", ROLE, b": ping\n\n", HELLO, b":\n\n", STOP, USAGE, DONE],
        COMPLETED,
        COUNTED,
    ),
    "pings with a name": ([OK, b"event: ping\ndata: {}\n\n", HELLO, STOP, USAGE, DONE], COMPLETED, COUNTED),
    "its limit": ([OK, HELLO, said(finish="length"), USAGE, DONE], ("truncated", "length", True), COUNTED),
    "a filter": (
        [OK, HELLO, said(finish="content_filter"), USAGE, DONE],
        ("completed", "content_filter", False),
        COUNTED,
    ),
    "closed in the midst": ([OK, HELLO], DISCONNECTED, ESTIMATED),
    "an error behind the end": (
        [OK, HELLO, STOP, USAGE, data({"error": {"message": "too late"}}), DONE],
        COMPLETED,
        COUNTED,
    ),
}


def ask(serve: Serve, ledger: Ledger, *answers: Sequence[Step], payload: Payload | None = None, **more: Any) -> Outcome:
    return run(call_to(serve(*answers).url, ledger, payload, dialect="openai", **more))


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_ends_as_the_table_says(name: str, serve: Serve, ledger: Ledger) -> None:
    steps, end, (tokens, estimated) = STREAMS[name]
    outcome = ask(serve, ledger, steps)
    assert outcome.end == end
    assert outcome.content == "Hello, world"
    record = outcome.record
    assert (record.total_tokens, record.tokens_estimated) == (tokens, estimated)
    assert record.input_tokens == (None if estimated and "counts nothing" not in name else 5 if not estimated else 0)
    assert record.attempts == 1
    assert record.sequence_anomalies == 0
    assert ledger.get(record.request_id).record == record


REFUSES_USAGE = {
    "vLLM": (400, {"object": "error", "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options')}]"}),
    "Mistral": (422, {"message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"]}]}}),
    "FastAPI": (422, {"detail": [{"loc": ["body", "stream_options", "include_usage"], "msg": "Extra inputs"}]}),
    "Fireworks": (400, {"error": {"message": "Extra inputs are not permitted, field: 'stream_options'"}}),
    "one that names it as a parameter": (400, {"error": {"message": "Unknown parameter.", "param": "stream_options"}}),
    "one that talks": (400, {"error": {"message": f"Invalid body: {'x' * 600} stream_options"}}),
    "one with an error in a 200": (200, {"error": {"message": "stream_options is not supported"}}),
    "one that fails": (500, {"error": "create() got an unexpected keyword argument 'stream_options'"}),
}


@pytest.mark.parametrize("server", REFUSES_USAGE)
def test_a_gateway_that_refuses_stream_options_is_asked_once_more_without(
    server: str, serve: Serve, ledger: Ledger
) -> None:
    """One call with two attempts: seen, recorded, and not counted among the retries."""
    status, body = REFUSES_USAGE[server]
    refusal = answer(status, json.dumps(body), Content_Type="application/json")
    at = serve(refusal, [OK, HELLO, STOP, DONE])
    outcome = run(call_to(at.url, ledger, dialect="openai"))
    first, second = (json.loads(request.body) for request in at.requests)
    assert first.pop("stream_options") == {"include_usage": True}
    assert first == second
    assert at.requests[0].header("X-Request-Id") == at.requests[1].header("X-Request-Id") == outcome.record.request_id
    assert (outcome.end, outcome.content) == (COMPLETED, "Hello, world")
    assert (outcome.record.attempts, outcome.record.total_tokens, outcome.record.tokens_estimated) == (2, 3, True)
    (seen,) = outcome.record.observations
    assert (seen.what, seen.name) == ("retry", "attempt 1")
    assert "stream_options" in seen.detail


def test_it_is_not_asked_a_third_time_nor_for_another_refusal(serve: Serve, ledger: Ledger) -> None:
    stubborn = serve(answer(400, '{"error": {"message": "stream_options are not for you"}}'))
    record = run(call_to(stubborn.url, ledger, dialect="openai")).record
    assert (record.status, record.attempts, len(stubborn.requests)) == ("failed", 2, 2)
    other = serve(answer(400, '{"error": {"message": "temperature is too high"}}'))
    record = run(call_to(other.url, ledger, dialect="openai")).record
    assert (record.status, record.attempts, len(other.requests)) == ("failed", 1, 1)
    assert record.error is not None and "temperature is too high" in record.error.message


NO_REFUSAL = {
    "a request that is repeated": (422, {"detail": [{"loc": ["body", "seed"], "input": {"stream_options": {}}}]}),
    "a prompt that is repeated": (422, {"detail": [{"loc": ["body"], "input": {"content": "What is include_usage?"}}]}),
    "a whole reply": (200, {"choices": [{"message": {"content": "You use max_completion_tokens or stream_options"}}]}),
    "a limit that is too high": (400, {"error": {"message": "'max_tokens' or 'max_completion_tokens' is too large."}}),
}


@pytest.mark.parametrize("name", NO_REFUSAL)
def test_what_only_mentions_them_is_not_asked_again(name: str, serve: Serve, ledger: Ledger) -> None:
    status, body = NO_REFUSAL[name]
    at = serve(answer(status, json.dumps(body), Content_Type="application/json"))
    record = run(call_to(at.url, ledger, dialect="openai")).record
    assert (record.status, record.attempts, len(at.requests)) == ("failed", 1, 1)


REFUSED_USAGE = answer(400, '{"error": {"message": "stream_options: unknown field"}}')
REFUSED_LIMIT = answer(
    400,
    json.dumps(
        {
            "error": {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                "param": "max_tokens",
                "code": "unsupported_parameter",
            }
        }
    ),
)


def test_a_gateway_that_wants_the_limit_by_its_other_name_gets_it(serve: Serve, ledger: Ledger) -> None:
    at = serve(REFUSED_LIMIT, [OK, HELLO, STOP, USAGE, DONE])
    outcome = run(call_to(at.url, ledger, dialect="openai"))
    first, second = (json.loads(request.body) for request in at.requests)
    assert first.pop("max_tokens") == second.pop("max_completion_tokens")
    assert first == second
    assert (outcome.end, outcome.record.attempts, outcome.record.tokens_estimated) == (COMPLETED, 2, False)
    (seen,) = outcome.record.observations
    assert "max_completion_tokens" in seen.detail


def test_a_concession_is_made_once_for_a_model(serve: Serve, ledger: Ledger) -> None:
    """Both of them are remembered, also while content is read in another way, and for no other model."""
    good = [OK, HELLO, STOP, DONE]
    at = serve(REFUSED_USAGE, REFUSED_LIMIT, good)
    gateway = Gateway(Endpoint(at.url, dialect="openai"), FixedTokens())
    whole = gateway.reading("cumulative")
    for there, model in ((gateway, "m"), (gateway, "m"), (whole, "m"), (gateway, "other")):
        outcome = run(Call(build_stream_payload("hello", model), there, ledger))
        assert outcome.record.status == "completed"
    asked = [
        (body["model"], "stream_options" in body, "max_completion_tokens" in body)
        for body in (json.loads(request.body) for request in at.requests)
    ]
    once, again = [("m", True, False), ("m", False, False), ("m", False, True)], ("m", False, True)
    assert asked == [*once, again, again, ("other", True, False)]


def test_a_concession_that_did_not_help_is_forgotten(serve: Serve, ledger: Ledger) -> None:
    at = serve(REFUSED_USAGE, answer(400, "no"), [OK, HELLO, STOP, USAGE, DONE])
    gateway = Gateway(Endpoint(at.url, dialect="openai"), FixedTokens())
    ends = [run(Call(build_stream_payload("hello", "m"), gateway, ledger)).record for _ in range(2)]
    assert [record.status for record in ends] == ["failed", "completed"]
    assert ["stream_options" in json.loads(request.body) for request in at.requests] == [True, False, True]


def without_usage() -> Payload:
    payload = asking()
    directives = CompletionDirectives(include_usage=False)
    config = payload.stream_config.model_copy(update={"completion_directives": directives})
    return payload.model_copy(update={"stream_config": config})


def test_usage_is_asked_for_only_where_it_is_wanted(serve: Serve, ledger: Ledger) -> None:
    at = serve([OK, HELLO, STOP, hang])
    outcome = run(call_to(at.url, ledger, without_usage(), dialect="openai"))
    assert "stream_options" not in json.loads(at.requests[0].body)
    assert outcome.end == COMPLETED
    assert outcome.record.tokens_estimated


def test_the_request_is_a_chat_completion(serve: Serve, ledger: Ledger) -> None:
    at = serve([OK, HELLO, STOP, USAGE, DONE])
    payload = build_stream_payload("Grüße 🧹", "llama-3", max_tokens=7, temperature=0.5, stop_sequences=["END"])
    run(call_to(at.url, ledger, payload, dialect="openai"))
    (request,) = at.requests
    assert (request.method, request.target) == ("POST", "/v1/chat/completions")
    assert request.header("Authorization") == "Bearer first-token"
    assert request.header("Accept") == "text/event-stream"
    assert json.loads(request.body) == {
        "model": "llama-3",
        "messages": [{"role": "user", "content": "Grüße 🧹"}],
        "max_tokens": 7,
        "temperature": 0.5,
        "stop": ["END"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    nothing = payload.model_copy(update={"parameters": Parameters(stop=())})
    assert "stop" not in json.loads(OPENAI.body(nothing))


@pytest.mark.parametrize(
    ("base_url", "path", "url"),
    [
        ("https://x.example", "", "https://x.example/v1/chat/completions"),
        ("https://x.example/", "", "https://x.example/v1/chat/completions"),
        ("https://x.example/v1", "", "https://x.example/v1/chat/completions"),
        ("https://x.example/v1/", "", "https://x.example/v1/chat/completions"),
        ("https://x.example/llm/v1", "", "https://x.example/llm/v1/chat/completions"),
        ("https://x.example/llm", "", "https://x.example/llm/v1/chat/completions"),
        ("https://x.example/api/v3", "", "https://x.example/api/v3/chat/completions"),
        ("https://x.example/v1beta/openai", "", "https://x.example/v1beta/openai/chat/completions"),
        ("https://x.example/v1/chat/completions", "", "https://x.example/v1/chat/completions"),
        ("https://x.example/v1", "/chat", "https://x.example/v1/chat"),
        ("https://v1.example", "", "https://v1.example/v1/chat/completions"),
    ],
)
def test_the_base_url_may_hold_the_version_or_not(base_url: str, path: str, url: str) -> None:
    assert OPENAI.url(base_url, path) == url
    models = None if path else url.replace("/chat/completions", "/models")
    assert OPENAI.models_url(base_url, path) == models


def test_without_a_key_nothing_is_said_of_one(serve: Serve, ledger: Ledger) -> None:
    at = serve([OK, HELLO, STOP, DONE])
    outcome = run(call_to(at.url, ledger, dialect="openai", tokens=FixedTokens("")))
    assert outcome.end == COMPLETED
    assert at.requests[0].header("Authorization") is None


ERRORS: dict[str, Sequence[bytes]] = {
    "an error object": [data({"error": {"message": "The model fell over.", "type": "server_error", "code": 500}})],
    "an error object with a choice": [
        data({"error": {"message": "The model fell over."}, "choices": [{"delta": {}, "finish_reason": "error"}]})
    ],
    "an error that is text": [data({"error": "The model fell over."})],
    "vLLM's": [data({"object": "error", "message": "The model fell over.", "code": 400})],
    "an event of that name": [b"event: error\n" + data({"message": "The model fell over."})],
    "an error in its choice": [
        data({"choices": [{"delta": {}, "error": {"message": "x"}}], "message": "The model fell over."})
    ],
    "behind which all ends well": [data({"error": {"message": "The model fell over."}}), STOP, USAGE, DONE],
}


@pytest.mark.parametrize("before", [b"", HELLO], ids=["at once", "in the midst"])
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_inside_the_stream_ends_it_as_failed(name: str, before: bytes, serve: Serve, ledger: Ledger) -> None:
    """What came is kept, and nothing is asked twice."""
    at = serve([OK, before, *ERRORS[name], hang])
    outcome = run(call_to(at.url, ledger, dialect="openai"))
    assert outcome.end == FAILED
    assert outcome.content == ("Hello, world" if before else "")
    assert outcome.record.error is not None
    assert outcome.record.error.kind == "broken_off"
    assert "It says: The model fell over. " in outcome.record.error.message
    assert len(at.requests) == 1
    (diagnostic,) = outcome.of(Diagnostic)
    assert "The model fell over." in diagnostic.data


def test_an_error_does_not_tell_the_key(serve: Serve, ledger: Ledger) -> None:
    for steps in (
        [OK, data({"error": {"message": "key sk-very-secret-key is tired"}})],
        answer(400, '{"error": {"message": "key sk-very-secret-key is tired"}}'),
        answer(200, '{"error": {"message": "key sk-very-secret-key is tired"}}', Content_Type="application/json"),
    ):
        outcome = ask(serve, ledger, steps, tokens=FixedTokens("sk-very-secret-key"))
        assert "key •••• is tired" in str(outcome.record.error)
        assert "very-secret" not in outcome.record.model_dump_json()


WITH_200: dict[str, tuple[Any, str, int, int, str]] = {
    "that names a status": ({"code": 403, "message": "Not for you"}, "refused", 403, 1, "Not for you"),
    "that names no status": ({"message": "Out of credits", "code": "quota"}, "refused", 200, 1, "Out of credits"),
    "that is text": ("Out of order", "refused", 200, 1, "Out of order"),
    "of a rate limit": ({"code": 429, "message": "Slow down"}, "rate_limited", 429, 4, "Slow down"),
    "of a rate limit, in quotes": ({"code": "429", "message": "Slow down"}, "rate_limited", 429, 4, "Slow down"),
    "of a service that is away": ({"code": 503, "message": "Away"}, "unavailable", 503, 4, "Away"),
}


@pytest.mark.parametrize("name", WITH_200)
def test_a_json_error_with_status_200_is_an_error(name: str, serve: Serve, ledger: Ledger) -> None:
    error, kind, status, attempts, says = WITH_200[name]
    outcome = ask(serve, ledger, answer(200, json.dumps({"error": error}), Content_Type="application/json"))
    assert outcome.end == FAILED
    record = outcome.record
    assert record.error is not None
    assert (record.error.kind, record.error.status_code, record.attempts) == (kind, status, attempts)
    assert f"It says: {says}." in record.error.message
    assert "sign-in page" not in record.error.message


def test_refusals_speak_of_keys_and_not_of_oauth(serve: Serve, ledger: Ledger) -> None:
    for status, words in ((403, "API key"), (404, "with or without /v1")):
        record = ask(serve, ledger, answer(status, '{"error": {"message": "No"}}')).record
        assert record.error is not None
        assert words in record.error.message
        assert "OAuth" not in record.error.message
        assert "Platform API" not in record.error.message


def test_the_answer_is_named_by_the_servers_own_header(serve: Serve, ledger: Ledger) -> None:
    named = OK.replace(b"\r\n\r\n", b"\r\nX-Request-ID: req-7\r\n\r\n")
    outcome = ask(serve, ledger, [named, HELLO, STOP, DONE])
    assert outcome.of(Answered)[0].correlation_id == outcome.record.correlation_id == "req-7"


REASONED = (
    ROLE
    + said(reasoning_content="Hm. ")
    + said(reasoning="Well. ", content=None)
    + said(", world"[:0] + "Hello", reasoning_content="So!")
    + said(", world", "stop")
)


def test_reasoning_is_life_but_no_part_of_the_reply(serve: Serve, ledger: Ledger) -> None:
    """It counts as chunks and tokens; the first token is the reply's."""
    outcome = ask(serve, ledger, [OK, ROLE, said(reasoning_content="Hm. "), 0.3, REASONED[len(ROLE) :], DONE])
    assert outcome.content == "Hello, world"
    assert "".join(fact.content for fact in outcome.of(Reasoning)) == "Hm. Hm. Well. So!"
    assert [fact.content for fact in outcome.of(Delta)] == ["Hello", ", world"]
    record = outcome.record
    assert (record.total_tokens, record.tokens_estimated) == (8, True)
    assert record.time_to_first_token_seconds is not None
    assert record.time_to_first_token_seconds >= 0.3
    assert ledger.get(record.request_id).reply == "Hello, world"


def test_hidden_reasoning_counts_as_tokens_but_not_as_speed(serve: Serve, ledger: Ledger) -> None:
    counts = {"completion_tokens": 1002, "completion_tokens_details": {"reasoning_tokens": 1000}}
    last = data({"choices": [], "usage": counts})
    outcome = ask(serve, ledger, [OK, said("Hello"), 0.3, said(", world"), STOP, last, DONE])
    assert outcome.record.total_tokens == 1002
    assert outcome.record.streaming_tokens_per_second is not None
    assert outcome.record.streaming_tokens_per_second < 10


def test_a_model_that_reasons_for_long_does_not_stall(serve: Serve, ledger: Ledger) -> None:
    from genesys_tui.call import Context

    steps: list[Step] = [OK]
    for _ in range(6):
        steps += [0.1, said(reasoning_content="Hm. ")]
    outcome = ask(serve, ledger, [*steps, HELLO, STOP, DONE], context=Context(stall_seconds=0.55))
    assert outcome.record.stalls == 0
    assert outcome.content == "Hello, world"


def test_the_role_alone_is_life_and_no_chunk(serve: Serve, ledger: Ledger) -> None:
    """Or the wait for the first token would be a gap between chunks."""
    outcome = ask(serve, ledger, [OK, ROLE, 1.0, HELLO, STOP, USAGE, DONE])
    assert len(outcome.of(Heartbeat)) == 1
    assert outcome.record.total_chunks == 3
    assert outcome.record.gap_max_seconds is not None
    assert outcome.record.gap_max_seconds < 0.8


def test_what_follows_the_finish_reason_is_odd(serve: Serve, ledger: Ledger) -> None:
    outcome = ask(serve, ledger, [OK, HELLO, STOP, said("more"), said(finish="length"), USAGE, DONE])
    assert outcome.end == COMPLETED
    assert outcome.content == "Hello, world"
    assert [fact.kind for fact in outcome.of(Anomaly)] == ["after_final", "second_final"]
    assert outcome.record.total_tokens == 9


@pytest.mark.parametrize(
    "nonsense",
    [
        b"data: {\n\n",
        b"data: null\n\n",
        b"data: 42\n\n",
        b"data: [1]\n\n",
        b"data:\n\n",
        data({"choices": "none"}),
        data({"choices": [1]}),
        data({"choices": [{"delta": {"content": ["a", "list"]}}]}),
        data({"choices": [{"delta": {"content": 7}}]}),
        data({"choices": [{"delta": "x"}]}),
        data({"choices": [{"delta": {}, "finish_reason": 7}]}),
        data({"chunk_id": "1", "content": "x", "tokens_generated": 1}),
        b"event: trace\n" + said("x"),
        b"data: " + b"[" * 5000 + b"\n\n",
    ],
)
def test_what_is_no_chunk_is_a_diagnostic(nonsense: bytes, serve: Serve, ledger: Ledger) -> None:
    outcome = ask(serve, ledger, [OK, said("Hello"), nonsense, said(", world"), STOP, USAGE, DONE])
    assert (outcome.end, outcome.content) == (COMPLETED, "Hello, world")
    assert len(outcome.of(Diagnostic)) == 1


def test_usage_in_every_chunk_is_counted_as_it_comes(serve: Serve, ledger: Ledger) -> None:
    steps = [
        said(text, more={"usage": {"prompt_tokens": 5, "completion_tokens": n}})
        for n, text in ((3, "Hello"), (8, ", world"))
    ]
    outcome = ask(serve, ledger, [OK, *steps, STOP, DONE])
    assert [fact.tokens_generated for fact in outcome.of(Delta)] == [3, 8, 8]
    assert (outcome.record.total_tokens, outcome.record.tokens_estimated) == (8, False)


def test_deltas_of_several_tokens_are_estimated_by_their_characters(serve: Serve, ledger: Ledger) -> None:
    """Or a gateway that sends four tokens at a time would seem four times too slow, and a cancelled call for good."""
    steps = [said("word" * 4) for _ in range(20)] + [said(text) for text in ("a", "ab", "four5", "sixsix")]
    outcome = ask(serve, ledger, [OK, *steps, STOP, DONE])
    assert [fact.tokens_generated for fact in outcome.of(Delta)][-5:] == [81, 82, 83, 85, 85]
    assert (outcome.record.total_tokens, outcome.record.tokens_estimated) == (85, True)


def test_a_usage_in_every_chunk_is_not_run_ahead_of(serve: Serve, ledger: Ledger) -> None:
    steps = [said("a long word ", more={"usage": {"prompt_tokens": 5, "completion_tokens": n}}) for n in (1, 2, 3)]
    outcome = ask(serve, ledger, [OK, *steps, STOP, DONE])
    assert [fact.tokens_generated for fact in outcome.of(Delta)] == [1, 2, 3, 3]


def test_cumulative_content_is_read_as_in_any_dialect(serve: Serve, ledger: Ledger) -> None:
    steps = [OK, said(reasoning_content="Hm"), said("Hel"), said(""), said("Hello"), said("Hello, world"), STOP, DONE]
    outcome = ask(serve, ledger, steps, content_mode="cumulative")
    assert (outcome.end, outcome.content) == (COMPLETED, "Hello, world")
    assert outcome.record.sequence_anomalies == 0


def test_a_wrong_key_is_told_and_tried_once_more_where_there_is_another(serve: Serve, ledger: Ledger) -> None:
    wrong = answer(401, '{"error": {"message": "Incorrect API key provided"}}')
    outcome = ask(serve, ledger, wrong, [OK, HELLO, STOP, DONE])
    assert (outcome.end, outcome.record.attempts) == (COMPLETED, 2)
    assert [fact.why for fact in outcome.of(Retry)] == ["The credentials were refused (401). Looking for fresh ones."]
    record = ask(serve, ledger, wrong).record
    assert record.error is not None
    assert record.error.kind == "sign_in"
    assert "login --api-key" in record.error.message
