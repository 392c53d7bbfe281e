"""A reply keeps to what its request asks for."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import httpx
import pytest

from genesys_tui.demo import DemoGateway


def _sizes(answer: Any) -> list[int]:
    counts = [0] + [chunk["tokens_generated"] for chunk in answer.chunks if not chunk["is_complete"]]
    return [after - before for before, after in pairwise(counts)]


def test_the_rate_and_the_first_token_are_paced(ask: Any, payload: Any) -> None:
    with DemoGateway(rate=200, tokens=200) as gateway:
        answer = ask(payload("hello"), to=gateway)
    first, last = answer.arrivals[0] - answer.asked, answer.arrivals[-1] - answer.asked
    assert 0.2 < first < 1.0
    assert 0.6 < last - first < 3.0
    assert answer.final["tokens_generated"] == 200


def test_a_flush_interval_makes_smaller_chunks_than_the_matrix_allows(ask: Any, payload: Any) -> None:
    with DemoGateway(rate=200, tokens=100, pace=0) as gateway:
        short = _sizes(ask(payload("hello", chunk_matrix={"flush_interval_ms": 20}), to=gateway))
        long = _sizes(ask(payload("hello", chunk_matrix={"flush_interval_ms": 10_000}), to=gateway))
        least = _sizes(
            ask(payload("hello", chunk_matrix={"flush_interval_ms": 0, "min_tokens_per_chunk": 8}), to=gateway)
        )
    assert max(short) <= 8
    assert set(long[1:-1]) == {16}
    assert set(least[:-1]) == {8}


@pytest.mark.parametrize("size", [1, 3, 16, 500])
def test_no_chunk_has_more_tokens_than_the_matrix_allows(size: int, ask: Any, payload: Any) -> None:
    answer = ask(payload("languages", chunk_matrix={"max_tokens_per_chunk": size}))
    assert max(_sizes(answer)) <= size
    assert min(_sizes(answer)) >= 1
    assert answer.text == ask("languages").text


def test_chunks_have_the_fields_of_the_protocol_and_counts_that_add_up(ask: Any) -> None:
    answer = ask("table")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert all(
        set(chunk) == {"chunk_id", "content", "tokens_generated", "is_complete", "metadata"} for chunk in answer.chunks
    )
    assert len({chunk["chunk_id"] for chunk in answer.chunks}) == len(answer.chunks)
    usage = answer.final["metadata"]["usage"]
    assert usage["output_tokens"] == answer.final["tokens_generated"] == sum(_sizes(answer))
    assert usage["input_tokens"] > 0


def test_usage_is_told_only_when_asked_for(ask: Any, payload: Any) -> None:
    answer = ask(payload("hello", completion_directives={"include_usage": False}))
    assert "usage" not in answer.final["metadata"]


@pytest.mark.parametrize("truncate_on_limit", [True, False])
def test_a_reply_ends_at_max_tokens_and_says_so(truncate_on_limit: bool, ask: Any, payload: Any) -> None:
    directives = {"truncate_on_limit": truncate_on_limit}
    answer = ask(payload("hello", parameters={"max_tokens": 21}, completion_directives=directives))
    assert answer.final["tokens_generated"] == 21
    assert answer.final["metadata"]["stop_reason"] == "length"
    assert answer.final["metadata"]["truncated"] is True
    assert ask("hello").text.startswith(answer.text)


def test_a_reply_that_just_fits_is_not_truncated(ask: Any, payload: Any) -> None:
    whole = ask("hello").final["tokens_generated"]
    fits = ask(payload("hello", parameters={"max_tokens": whole})).final
    assert (fits["tokens_generated"], fits["metadata"]["truncated"]) == (whole, False)
    assert ask(payload("hello", parameters={"max_tokens": whole - 1})).final["metadata"]["truncated"] is True


@pytest.mark.parametrize("stop", ["\n\n", "Genesys Cloud streaming", "protocol. Nothing", "#", "mall server"])
@pytest.mark.parametrize("size", [1, 16])
def test_a_stop_sequence_ends_the_reply_before_itself(stop: str, size: int, ask: Any, payload: Any) -> None:
    """Whether it falls within a token, on its edge or over several."""
    whole = ask("hello").text
    matrix = {"max_tokens_per_chunk": size}
    answer = ask(payload("hello", parameters={"stop": ["never said", stop]}, chunk_matrix=matrix))
    assert stop in whole
    assert answer.text == whole[: whole.index(stop)]
    assert answer.final["metadata"]["stop_reason"] == "stop"
    assert answer.final["metadata"]["truncated"] is False


def test_the_beginning_of_a_stop_sequence_is_held_back_and_then_said(ask: Any, payload: Any) -> None:
    answer = ask(payload("hello", parameters={"stop": ["protocol. Nothing you wrote", "here.\n"]}))
    assert answer.text == ask("hello").text
    assert answer.final["metadata"]["stop_reason"] == "completed"


def test_the_gateway_ends_a_reply_at_its_duration_limit(ask: Any, payload: Any) -> None:
    limits = {"max_stream_duration_seconds": 0.5}
    with DemoGateway(rate=50, tokens=10_000, pace=0) as gateway:
        answer = ask(payload("hello", gateway_constraints=limits), to=gateway)
        stalled = ask(payload("hello", gateway_constraints=limits), to=gateway, X_Demo_Scenario="slow-start")
    for each in (answer, stalled):
        assert each.final["metadata"]["stop_reason"] == "timeout"
        assert each.final["metadata"]["truncated"] is True
        assert 0.4 < each.arrivals[-1] - each.asked < 2
    assert 5 < answer.final["tokens_generated"] < 50


def test_a_reply_has_as_many_tokens_as_the_gateway_was_asked_for(ask: Any, payload: Any) -> None:
    for tokens in (1, 40, 5000):
        with DemoGateway(rate=0, tokens=tokens) as gateway:
            answer = ask(payload("hello", parameters={"max_tokens": 10_000}), to=gateway)
        assert answer.final["tokens_generated"] == tokens
        assert answer.final["metadata"]["stop_reason"] == "completed"
    paragraphs = answer.text.split("\n\n")
    assert len(set(paragraphs)) > 0.9 * len(paragraphs)


def test_the_prompt_chooses_the_reply_and_always_the_same(ask: Any) -> None:
    for prompt, mark in (
        ("show me some code", "```python"),
        ("a table, please", "|:--"),
        ("list the steps", "1. **Notice**"),
        ("hello", "# Hello"),
        ("all the languages", "العربية"),
    ):
        assert mark in ask(prompt).text
    odd = "\ud800 zqx"
    assert ask(odd).text == ask(odd).text != ""


def test_a_reply_knows_its_conversation(ask: Any, payload: Any) -> None:
    messages = [
        {"role": "system", "content": "Answer as a pirate.\nAlways."},
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "# Hello"},
        {"role": "user", "content": "now a table"},
    ]
    text = ask(payload(messages=messages)).text
    assert "Answer as a pirate." in text
    assert "Turn 2" in text and "“hello”" in text
    assert "Claims intake" in text
    assert "Turn" not in ask("now a table").text


SYSTEM = {"role": "system", "content": "Be brief."}
PROMPT = {"role": "user", "content": "show me some code"}
SO_FAR = "The reply was cut off. Go on exactly where it stopped; the text so far is:\n\n{}"


@pytest.mark.parametrize("limit", [8, 60, 250])
@pytest.mark.parametrize("shape", ["after", "before", "with a system prompt", "in the system prompt", "asked to go on"])
def test_a_truncated_reply_is_continued_from_its_seam(shape: str, limit: int, ask: Any, payload: Any) -> None:
    """With a little repeated, and to the same end as if it had never been cut."""
    first = [SYSTEM, PROMPT] if "system" in shape else [PROMPT]
    whole = ask(payload(messages=first)).text
    said = ask(payload(messages=first, parameters={"max_tokens": limit})).text
    so_far = {"role": "system", "content": SO_FAR.format(said)}
    messages = {
        "after": [PROMPT, so_far],
        "before": [so_far, PROMPT],
        "with a system prompt": [SYSTEM, PROMPT, so_far],
        "in the system prompt": [{"role": "system", "content": f"Be brief.\n\n{so_far['content']}"}, PROMPT],
        "asked to go on": [PROMPT, so_far, {"role": "user", "content": "Continue."}],
    }[shape]
    answer = ask(payload(messages=messages))
    assert answer.final["metadata"]["stop_reason"] == "completed"
    assert whole.endswith(answer.text)
    overlap = len(said) + len(answer.text) - len(whole)
    assert min(16, len(said)) <= overlap <= 60


def test_a_reply_can_be_continued_many_times(ask: Any, payload: Any) -> None:
    with DemoGateway(rate=0, tokens=900) as gateway:
        whole = ask(payload("hello"), to=gateway).text
        text = ask(payload("hello", parameters={"max_tokens": 200}), to=gateway).text
        for _ in range(20):
            so_far = {"role": "system", "content": SO_FAR.format(text)}
            messages = [{"role": "user", "content": "hello"}, so_far]
            answer = ask(payload(messages=messages, parameters={"max_tokens": 200}), to=gateway)
            text = whole[: whole.index(answer.text) + len(answer.text)]
            if not answer.final["metadata"]["truncated"]:
                break
    assert text == whole


def test_a_truncated_day_lets_the_continuation_complete(gateway: DemoGateway, ask: Any, payload: Any) -> None:
    gateway.scenario = "truncated"
    said = ask("table")
    so_far = {"role": "system", "content": SO_FAR.format(said.text)}
    rest = ask(payload(messages=[{"role": "user", "content": "table"}, so_far]))
    assert (said.final["metadata"]["truncated"], rest.final["metadata"]["truncated"]) == (True, False)


FAULTS: list[tuple[str, Any]] = [
    ("payload", ["not", "an", "object"]),
    ("model", {"model": ""}),
    ("input.messages", {"input": {"messages": []}}),
    ("input.messages[0].role", {"input": {"messages": [{"role": "robot", "content": "hi"}]}}),
    ("input.messages[0].content", {"input": {"messages": [{"role": "user", "content": 7}]}}),
    ("parameters.max_tokens", {"parameters": {"max_tokens": 0}}),
    ("parameters.max_tokens", {"parameters": {"max_tokens": True}}),
    ("parameters.temperature", {"parameters": {"temperature": 9}}),
    ("parameters.stop", {"parameters": {"stop": "\n\n"}}),
    ("stream_config", {"stream_config": None}),
    (
        "stream_config.chunk_matrix.max_tokens_per_chunk",
        {"stream_config": {"chunk_matrix": {"min_tokens_per_chunk": 32}}},
    ),
    (
        "stream_config.gateway_constraints.max_stream_duration_seconds",
        {"stream_config": {"gateway_constraints": {"max_stream_duration_seconds": -1}}},
    ),
]


@pytest.mark.parametrize(("field", "change"), FAULTS)
def test_an_invalid_payload_is_refused_and_its_fault_named(field: str, change: Any, ask: Any, payload: Any) -> None:
    answer = ask({**payload("hello"), **change} if isinstance(change, dict) else change)
    assert answer.status == 400
    assert answer.error["code"] == "bad.request"
    assert field in answer.error["message"]
    assert {"errorCode": "invalid", "fieldName": field} in answer.error["details"]


def test_without_enforce_schema_a_fault_is_read_as_its_default(ask: Any, payload: Any) -> None:
    lenient = payload("hello", completion_directives={"enforce_schema": False}, parameters={"max_tokens": "many"})
    assert ask(lenient).text == ask("hello").text


def test_the_request_id_of_the_header_must_be_the_payloads_own(ask: Any, payload: Any) -> None:
    request = payload("hello", request_id="one")
    assert ask(request, X_Genesys_Request_Id="one").status == 200
    assert ask(request, X_Genesys_Request_Id="two").status == 400


def test_a_million_tokens_begin_at_once(payload: Any, ask: Any) -> None:
    """A long reply is made as it goes, and a reader may leave it."""
    with DemoGateway(rate=0, tokens=1_000_000) as gateway:
        headers = {"Authorization": f"Bearer {gateway.mint_token()}"}
        body = payload("hello", parameters={"max_tokens": 1_000_000})
        url = f"{gateway.url}/api/v2/ai/generative/completions/stream"
        begun = time.monotonic()
        with (
            httpx.Client(trust_env=False) as client,
            client.stream("POST", url, json=body, headers=headers) as response,
        ):
            next(response.iter_raw())
        assert time.monotonic() - begun < 2
