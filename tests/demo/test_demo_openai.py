"""The embedded gateway's OpenAI-compatible side: who is let in, what is refused and how, what is listed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from genesys_tui.demo import DemoGateway

BODY: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "table"}],
    "stream": True,
}


def post(gateway: DemoGateway, body: Any = None, key: str | None = None, **headers: str) -> httpx.Response:
    headers |= {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(trust_env=False, timeout=10) as client:
        return client.post(f"{gateway.url}/v1/chat/completions", json=BODY if body is None else body, headers=headers)


def test_who_has_no_key_or_the_right_one_is_let_in(gateway: DemoGateway) -> None:
    for key in (None, gateway.api_key, gateway.mint_token()):
        assert post(gateway, key=key).status_code == 200
    wrong = post(gateway, key="wrong")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["type"] == "authentication_error"


@pytest.mark.parametrize(
    ("scenario", "status", "kind"),
    [
        ("rate-limited", 429, "rate_limit_error"),
        ("unavailable", 503, "server_error"),
        ("refused", 403, "permission_error"),
        ("expired-token", 401, "authentication_error"),
        ("not-found", 404, "invalid_request_error"),
    ],
)
def test_refusals_have_the_shape_of_the_dialect(gateway: DemoGateway, scenario: str, status: int, kind: str) -> None:
    gateway.scenario = scenario
    answer = post(gateway)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
    assert answer.json()["error"]["message"]
    assert answer.headers["x-request-id"]
    assert answer.headers.get("retry-after") == ("1" if scenario == "rate-limited" else None)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"stream": False}, "stream"),
        ({"model": ""}, "model"),
        ({"messages": []}, "messages"),
        ({"temperature": 9}, "temperature"),
    ],
)
def test_a_faulty_request_is_refused_by_the_name_of_its_field(
    gateway: DemoGateway, change: dict[str, Any], param: str
) -> None:
    answer = post(gateway, {**BODY, **change})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


def test_a_count_is_spent_by_request_id(gateway: DemoGateway) -> None:
    gateway.scenario = "unavailable:1"
    seen = [post(gateway, **{"X-Request-Id": name}).status_code for name in ("one", "one", "two", "two")]
    assert seen == [503, 200, 503, 200]


def test_usage_comes_only_where_it_was_asked_for(gateway: DemoGateway) -> None:
    assert b'"usage"' not in post(gateway).content
    assert b'"usage"' in post(gateway, {**BODY, "stream_options": {"include_usage": True}}).content


def test_contents_may_come_in_parts(gateway: DemoGateway) -> None:
    parts = [{"role": "user", "content": [{"type": "text", "text": "ta"}, {"type": "text", "text": "ble"}]}]
    lines = [
        line.partition(b'"choices"')[2] for line in post(gateway, {**BODY, "messages": parts}).content.splitlines()
    ]
    assert lines == [line.partition(b'"choices"')[2] for line in post(gateway).content.splitlines()]


def test_models_are_listed(gateway: DemoGateway) -> None:
    with httpx.Client(trust_env=False, timeout=10) as client:
        listed = client.get(f"{gateway.url}/v1/models").json()["data"]
        assert "gpt-4o-mini" in [model["id"] for model in listed]
        assert client.get(f"{gateway.url}/v1/models", headers={"Authorization": "Bearer x"}).status_code == 401
