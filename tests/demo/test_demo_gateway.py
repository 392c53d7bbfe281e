"""The gateway starts, signs clients in, notes what arrives and stops."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import genesys_tui.demo
from genesys_tui.demo import DemoGateway, RequestSeen

PATH = "/api/v2/ai/generative/completions/stream"
GRANT = {"grant_type": "client_credentials"}


def _eventually(true: Callable[[], bool], seconds: float = 3.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.005)
    return true()


def _open_stream(gateway: DemoGateway, payload: Any) -> socket.socket:
    """A stream that is being read from by nobody."""
    body = json.dumps(payload).encode()
    connection = socket.create_connection(("127.0.0.1", int(gateway.url.rsplit(":", 1)[1])))
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {gateway.mint_token()}\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    assert connection.recv(15) == b"HTTP/1.1 200 OK"
    return connection


def _sign_in(gateway: DemoGateway, client_id: str, secret: str, form: dict[str, str] = GRANT) -> httpx.Response:
    return httpx.post(f"{gateway.url}/oauth/token", auth=(client_id, secret), data=form, trust_env=False)


def test_importing_the_scenarios_imports_no_server() -> None:
    code = (
        "import sys; from genesys_tui.demo import SCENARIOS, DemoGateway; DemoGateway()\n"
        "assert not {'uvicorn', 'starlette'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_demo_imports_nothing_else_of_the_package() -> None:
    for module in Path(genesys_tui.demo.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2 and not (node.module or "").startswith("genesys_tui"), module
            elif isinstance(node, ast.Import):
                assert not any(name.name.startswith("genesys_tui") for name in node.names), module


def test_it_listens_on_loopback_only_and_on_the_port_it_is_given(payload: Any) -> None:
    with DemoGateway() as gateway:
        port = int(gateway.url.rsplit(":", 1)[1])
        assert gateway.url == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError), DemoGateway(port=port):
            pass
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=2)
    with DemoGateway(port=port) as again:
        assert again.url == f"http://127.0.0.1:{port}"
        assert httpx.get(f"{again.url}/", trust_env=False).status_code == 404


def test_before_it_starts_it_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="start it"):
        _ = DemoGateway().url


def test_credentials_are_exchanged_for_a_token_that_says_whose_it_is(gateway: DemoGateway) -> None:
    answer = _sign_in(gateway, gateway.client_id, gateway.client_secret)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 86399)
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    me = httpx.get(f"{gateway.url}/api/v2/tokens/me", headers=bearer, trust_env=False).json()
    assert me["organization"]["name"] == "Demo Contact Centre"
    assert me["OAuthClient"]["id"] == "demo-client"
    assert "ai:generative:write" in me["authorizedScope"]


@pytest.mark.parametrize(
    ("client_id", "secret", "form", "error", "words"),
    [
        ("demo-client", "wrong", GRANT, "invalid_client", "authentication failed"),
        ("nobody", "demo-secret", GRANT, "invalid_client", "client not found in this region"),
        ("démo", "sécret", GRANT, "invalid_client", "client not found"),
        ("demo-client", "demo-secret", {"grant_type": "password"}, "unsupported_grant_type", "client_credentials"),
    ],
)
def test_bad_credentials_are_a_400(
    gateway: DemoGateway, client_id: str, secret: str, form: dict[str, str], error: str, words: str
) -> None:
    answer = _sign_in(gateway, client_id, secret, form)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert words in answer.json()["description"] == answer.json()["error_description"]
    assert answer.headers["inin-correlation-id"]


def test_a_sign_in_without_basic_authorization_is_a_400(gateway: DemoGateway) -> None:
    for header in ("", "Basic", "Basic ???", "Bearer x", "Basic bm9jb2xvbg=="):
        answer = httpx.post(
            f"{gateway.url}/oauth/token", data=GRANT, headers={"Authorization": header}, trust_env=False
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


# The SDK takes 2 to 8 seconds to import, and reads its configuration from the home folder: a process of its own.
SDK = """
import sys
import PureCloudPlatformClientV2 as sdk
client = sdk.ApiClient(host=sys.argv[1])
client.gateway_configuration = None
client.get_client_credentials_token("demo-client", "demo-secret")
me = sdk.TokensApi(client).get_tokens_me()
assert me.organization.name == "Demo Contact Centre", me
assert me.o_auth_client.id == "demo-client" and me.o_auth_client.organization.id, me
assert me.authorized_scope == ["ai:generative:read", "ai:generative:write"], me
"""


def test_the_official_sdk_signs_in(gateway: DemoGateway, tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run([sys.executable, "-c", SDK, gateway.url], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_only_a_token_it_issued_opens_the_door(gateway: DemoGateway, ask: Any) -> None:
    token = gateway.mint_token()
    assert ask(token=token).status == 200
    gateway.revoke_tokens()
    revoked = ask(token=token)
    assert (revoked.status, revoked.error["code"]) == (401, "bad.credentials")
    assert revoked.error["contextId"] == revoked.headers["inin-correlation-id"]
    assert ask(token="unknown").status == 401
    assert ask(token=gateway.mint_token()).status == 200
    me = httpx.get(f"{gateway.url}/api/v2/tokens/me", trust_env=False)
    assert (me.status_code, me.json()["code"]) == (401, "authentication.required")


def test_a_path_or_method_that_is_not_served_has_the_error_body(gateway: DemoGateway) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("POST", "/api/v2/users/me", 404), ("GET", PATH, 405)):
        answer = httpx.request(method, gateway.url + path, trust_env=False)
        assert answer.status_code == answer.json()["status"] == status
        assert answer.json()["contextId"] == answer.headers["inin-correlation-id"]


def test_every_request_on_the_completion_path_is_noted_without_its_secret(
    gateway: DemoGateway, ask: Any, payload: Any
) -> None:
    token = gateway.mint_token()
    ask(payload("hello"), token=token, X_Demo_Scenario="unavailable")
    ask(payload("table"), token="not-a-token")
    first, second = gateway.requests
    assert isinstance(first, RequestSeen)
    assert (first.method, first.path, first.body) == ("POST", PATH, payload("hello"))
    assert first.headers["x-demo-scenario"] == "unavailable"
    assert first.headers["authorization"] == token[-4:]
    assert token not in repr(gateway.requests)
    assert second.body["input"]["messages"][0]["content"] == "table"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'"text"', b"NaN"])
def test_a_body_that_is_no_payload_is_a_400(gateway: DemoGateway, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {gateway.mint_token()}"}
    answer = httpx.post(gateway.url + PATH, content=body, headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad.request")


@pytest.mark.parametrize("scenario", ["calm", "silent", "burst"])
@pytest.mark.parametrize("rate", [0.0, 5.0])
def test_a_reader_who_leaves_ends_the_reply_at_once(scenario: str, rate: float, payload: Any) -> None:
    with DemoGateway(scenario, rate=rate, tokens=1_000_000, pace=0) as gateway:
        connection = _open_stream(gateway, payload("hello", parameters={"max_tokens": 1_000_000}))
        assert _eventually(lambda: gateway.open_streams == 1)
        connection.close()
        assert _eventually(lambda: gateway.open_streams == 0, 1.0)


@pytest.mark.parametrize("scenario", ["calm", "silent", "stall", "burst", "huge"])
def test_it_stops_at_once_though_streams_are_open(scenario: str, payload: Any) -> None:
    request = payload("hello", parameters={"max_tokens": 1_000_000})
    with DemoGateway(scenario, rate=0 if scenario == "burst" else 20, tokens=1_000_000) as gateway:
        connections = [_open_stream(gateway, request) for _ in range(5)]
        idle = socket.create_connection(("127.0.0.1", int(gateway.url.rsplit(":", 1)[1])))
        begun = time.monotonic()
    # Twice what is promised: other tests run beside this one.
    assert time.monotonic() - begun < 1.0
    assert gateway.open_streams == 0
    assert not [thread for thread in threading.enumerate() if thread.name == "demo-gateway"]
    for connection in (*connections, idle):
        connection.close()


def test_many_readers_are_served_at_once_and_each_in_order(gateway: DemoGateway, ask: Any, payload: Any) -> None:
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(ask("code").text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(texts) == {ask("code").text}
    assert len(texts) == 8 and len(gateway.requests) == 9


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_for_ever_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    code = (
        "from genesys_tui.demo import DemoGateway\nwith DemoGateway() as g: print(g.url, flush=True); g.serve_forever()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert httpx.get(f"{url}/x", trust_env=False).status_code == 404
    time.sleep(0.3)
    process.send_signal(number)
    _out, err = process.communicate(timeout=5)
    assert (process.returncode, err) == (0, "")
