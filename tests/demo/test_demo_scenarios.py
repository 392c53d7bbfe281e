"""Every scenario does on the wire what its sentence says."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from genesys_tui.demo import SCENARIOS, DemoGateway


def _completed(answer: Any) -> bool:
    return not answer.cut and answer.final["metadata"]["stop_reason"] == "completed" and answer.status == 200


def _is_error(status: int, code: str) -> Callable[[Any], bool]:
    def check(answer: Any) -> bool:
        body = answer.error
        assert set(body) == {"message", "code", "status", "contextId", "details", "errors"}
        return bool(answer.status == body["status"] == status and body["code"] == code)

    return check


def _malformed(answer: Any) -> bool:
    broken = [event for event in answer.events if not event.startswith(b'data: {"chunk_id": "c-')]
    assert any(b"\xff" in event for event in broken)
    assert b"data:" in broken
    return _completed(answer) and len(broken) >= 7


def _diagnostics(answer: Any) -> bool:
    names = {event.split(b"\n")[0] for event in answer.events if event.startswith(b"event: ")}
    return _completed(answer) and {b"event: warning", b"event: trace"} <= names


def _out_of_sequence(answer: Any) -> bool:
    ids = [chunk["chunk_id"] for chunk in answer.chunks]
    counts = [chunk["tokens_generated"] for chunk in answer.chunks]
    finals = [at for at, chunk in enumerate(answer.chunks) if chunk["is_complete"]]
    assert len(set(ids)) == len(ids) - 1
    assert any(b < a for a, b in pairwise(counts))
    assert any(b > a + 16 for a, b in pairwise(counts))
    return len(finals) == 2 and finals[1] - finals[0] == 2 and answer.chunks[finals[0] + 1]["content"] != ""


def _cumulative(answer: Any) -> bool:
    contents = [chunk["content"] for chunk in answer.chunks]
    return _completed(answer) and all(b.startswith(a) for a, b in pairwise(contents)) and len(set(contents)) > 5


def _hostile(answer: Any) -> bool:
    text, final = answer.text, answer.final
    for harm in (
        "\x1b]52;",
        "\x1b]0;",
        "\x9b31m",
        "\u202e",
        "\U000e0061",
        "[/nope]",
        "javascript:",
        "ms-msdt:",
        "=HYPER",
    ):
        assert harm in text
    assert b"event: \x1b]0;" in answer.raw
    assert any("\x1b" in chunk["chunk_id"] for chunk in answer.chunks)
    assert all(b["tokens_generated"] >= a["tokens_generated"] for a, b in pairwise(answer.chunks))
    return not answer.cut and "\x1b" in final["metadata"]["stop_reason"]


CLAIMS: dict[str, Callable[[Any], bool]] = {
    "calm": lambda a: _completed(a) and len(a.events) == len(a.chunks),
    "slow-start": lambda a: _completed(a) and a.arrivals[0] - a.asked >= 0.18,
    "stall": lambda a: _completed(a) and sum(b - x >= 0.13 for x, b in pairwise(a.arrivals)) == 2,
    "heartbeats": lambda a: _completed(a) and a.raw.count(b"event: heartbeat") == 14 and b"\n: " in a.raw,
    "burst": lambda a: _completed(a) and a.final["tokens_generated"] == 6000 == len(a.chunks) - 1,
    "truncated": lambda a: a.final["metadata"]["truncated"] and a.final["metadata"]["stop_reason"] == "length",
    "cut": lambda a: a.cut and a.text and not any(chunk["is_complete"] for chunk in a.chunks) and b"DONE" not in a.raw,
    "done": lambda a: a.raw.endswith(b"data: [DONE]\n\n") and not any(chunk["is_complete"] for chunk in a.chunks),
    "cumulative": _cumulative,
    "malformed": _malformed,
    "diagnostics": _diagnostics,
    "out-of-sequence": _out_of_sequence,
    "huge": lambda a: _completed(a) and sum(len(event) > 8 * 1024 * 1024 for event in a.events) == 1,
    "hostile": _hostile,
    "rate-limited": lambda a: _is_error(429, "too.many.requests")(a) and a.headers["retry-after"] == "1",
    "unavailable": _is_error(503, "service.unavailable"),
    "expired-token": _is_error(401, "bad.credentials"),
    "refused": lambda a: _is_error(403, "missing.any.permissions")(a) and "ai:generative:write" in a.error["message"],
    "not-found": _is_error(404, "not.found"),
    "html": lambda a: a.status == 200 and a.headers["content-type"].startswith("text/html") and b"<html" in a.raw,
    "redirect": lambda a: a.status == 307 and a.headers["location"].startswith("http://127.0.0.1:9/"),
}


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "silent"])
def test_the_scenario_arrives_as_described(name: str, gateway: DemoGateway, ask: Any) -> None:
    gateway.scenario = name
    answer = ask("how healthy is this stream?")
    assert CLAIMS[name](answer), answer.raw[-500:]
    assert answer.headers["inin-correlation-id"]
    assert len(gateway.requests) == 1


def test_the_good_text_of_a_bad_day_is_the_text_of_a_good_one(gateway: DemoGateway, ask: Any) -> None:
    calm = ask("table").text
    for name in ("stall", "heartbeats", "done", "diagnostics", "malformed", "huge", "slow-start"):
        assert ask("table", X_Demo_Scenario=name).text == calm, name


def test_a_silent_stream_sends_headers_and_nothing_else(gateway: DemoGateway, payload: Any) -> None:
    gateway.scenario = "silent"
    headers = {"Authorization": f"Bearer {gateway.mint_token()}"}
    timeout = httpx.Timeout(5, read=0.3)
    url = f"{gateway.url}/api/v2/ai/generative/completions/stream"
    with (
        httpx.Client(trust_env=False, timeout=timeout) as client,
        client.stream("POST", url, json=payload("hello"), headers=headers) as response,
    ):
        assert response.status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            next(response.iter_raw())


def test_a_count_spends_itself_for_each_request_id_on_its_own(gateway: DemoGateway, ask: Any, payload: Any) -> None:
    gateway.scenario = "rate-limited:2"
    assert gateway.scenario == "rate-limited:2"
    first, second = payload("hello", request_id="one"), payload("hello", request_id="two")
    assert [ask(first).status for _ in range(3)] == [429, 429, 200]
    assert [ask(second).status for _ in range(3)] == [429, 429, 200]


def test_a_header_overrides_the_day_for_one_request(ask: Any) -> None:
    assert ask(X_Demo_Scenario="unavailable").status == 503
    assert ask().status == 200
    unknown = ask(X_Demo_Scenario="sunny")
    assert unknown.status == 400 and "calm" in unknown.error["message"]


def test_an_expired_token_stays_expired_and_one_issued_after_it_works(gateway: DemoGateway, ask: Any) -> None:
    old, older = gateway.mint_token(), gateway.mint_token()
    gateway.scenario = "expired-token"
    assert [ask(token=old).status, ask(token=old).status, ask(token=older).status] == [401, 401, 401]
    assert ask(token=gateway.mint_token()).status == 200


def test_each_request_expires_its_token_once_with_a_count(gateway: DemoGateway, ask: Any, payload: Any) -> None:
    gateway.scenario = "expired-token:1"
    for request_id in ("one", "two"):
        token = gateway.mint_token()
        request = payload("hello", request_id=request_id)
        assert [ask(request, token=token).status, ask(request, token=token).status] == [401, 401]
        assert ask(request).status == 200


def test_an_unknown_scenario_is_refused_with_the_list_of_names(gateway: DemoGateway) -> None:
    for wrong in ("sunny", "calm:", "cut:0", "cut:x", "cut:-1", ""):
        with pytest.raises(ValueError, match=r"out-of-sequence|whole number"):
            gateway.scenario = wrong
    with pytest.raises(ValueError, match="rate-limited"):
        DemoGateway("sunny")
    assert gateway.scenario == "calm"


def test_the_openai_dialect_has_the_same_days(gateway: DemoGateway, ask: Any) -> None:
    body = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "table"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    answer = ask(body, path="/v1/chat/completions")
    *events, usage, done = [event.removeprefix(b"data: ") for event in answer.events]
    assert done == b"[DONE]"
    assert json.loads(usage)["choices"] == []
    assert json.loads(usage)["usage"]["completion_tokens"] > 50
    deltas = [json.loads(event)["choices"][0] for event in events]
    assert "".join(choice["delta"].get("content", "") for choice in deltas) == ask("table").text
    assert deltas[-1]["finish_reason"] == "stop"
    cut = ask({**body, "max_tokens": 20}, path="/v1/chat/completions")
    assert b'"finish_reason": "length"' in cut.raw
    assert ask(body, path="/v1/chat/completions", X_Demo_Scenario="refused").status == 403
    for name in ("out-of-sequence", "hostile", "cumulative", "done"):
        assert ask(body, path="/v1/chat/completions", X_Demo_Scenario=name).raw.endswith(b"[DONE]\n\n"), name
