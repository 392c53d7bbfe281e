"""Canaries through every error path: no byte of them comes out, in any form, anywhere."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import forkserver
import pytest
from auth.signin_server import Reply, SignInServer
from faults import canaries
from faults.canaries import found_below, found_in, found_in_children
from gateway.raw_server import OK, Connection, RawServer, answer, chunk, final
from papers import Papers
from tui.terminal.conftest import Launch, calls_in, ended, environment, launch, ready

from genesys_tui.audit.ledger import Ledger

__all__ = ["launch"]

TOKEN = {"GENESYSCLOUD_ACCESS_TOKEN": canaries.ACCESS_TOKEN}
KEY = {"OPENAI_API_KEY": canaries.API_KEY}
PAIR = {"GENESYS_CLIENT_ID": canaries.CLIENT_ID, "GENESYS_CLIENT_SECRET": canaries.CLIENT_SECRET}
OPENAI = 'dialect = "openai"'


def heard(connection: Connection) -> str:
    """All that the client said of itself, as a careless gateway may repeat it."""
    headers = dict(connection.server.requests[-1].headers)
    return headers.get("Authorization", "") or headers.get("Proxy-Authorization", "")


def refusing(status: int) -> Callable[[Connection], None]:
    """Quotes the secret in reason, headers and body."""

    def refuse(connection: Connection) -> None:
        said = heard(connection)
        body = json.dumps({"message": f"bad credentials {said}", "code": said, "contextId": said, "details": [said]})
        (step,) = answer(status, body, f"No {said}", ININ_Correlation_Id=said, Retry_After="0", X_Echo=said)
        connection.send(step)  # type: ignore[arg-type]

    return refuse


def page(connection: Connection) -> None:
    (step,) = answer(200, f"<html>{heard(connection)}", Content_Type="text/html")
    connection.send(step)  # type: ignore[arg-type]


def diagnostics(connection: Connection) -> None:
    """Quotes it in what is no chunk, in every place that has a name."""
    said = heard(connection)
    odd = json.dumps({"chunk_id": said, "content": 17, said: said})
    connection.send(OK + chunk("Hello", 1) + f"event: {said}\ndata: {said}\n\n: {said}\n\ndata: {odd}\n\n".encode())
    connection.send(f"id: {said}\ndata: {{broken {said}\n\n".encode() + final(1, stop_reason=said))


def broken_off(connection: Connection) -> None:
    said = heard(connection)
    connection.send(OK + b"event: error\ndata: " + json.dumps({"error": {"message": said}}).encode() + b"\n\n")


class Way(NamedTuple):
    """An error path: what goes wrong, and the secret that is at hand."""

    variables: dict[str, str]
    step: Callable[[Connection], None]
    settings: str = ""


def no_proxy(connection: Connection) -> None:
    refusing(407)(connection)


WAYS = {
    **{f"{status}, access token": Way(TOKEN, refusing(status)) for status in (400, 401, 404, 503)},
    "a page, access token": Way(TOKEN, page),
    "diagnostics, access token": Way(TOKEN, diagnostics),
    **{f"{status}, API key": Way(KEY, refusing(status), OPENAI) for status in (401, 429)},
    "diagnostics, API key": Way(KEY, diagnostics, OPENAI),
    "broken off, API key": Way(KEY, broken_off, OPENAI),
}


def told(home: Path, variables: dict[str, str], *arguments: str) -> bytes:
    """All that a command writes; its processes are looked at while it runs."""
    seen: list[str] = []
    environ = environment(home, **variables)
    done = forkserver.run(arguments, environ, look=lambda process: seen.extend(found_in_children(process)))
    assert seen == []
    return f"{done.stdout}{done.stderr}".encode()


def exported(home: Path, variables: dict[str, str]) -> bytes:
    """Every form in which a record leaves the machine."""
    said = told(home, variables, "audit", "export", "-o", str(home / "calls.jsonl"))
    with Ledger(home / "ledger.db") as ledger:
        request_id = next(ledger.calls()).record.request_id
    return said + told(home, variables, "audit", "bundle", request_id, "-o", str(home / "bundle.zip"))


def nothing_out(home: Path, variables: dict[str, str], form: str = "events") -> None:
    """Ask, in that form; look at what was written anywhere."""
    said = told(home, variables, "ask", "--format", form, "hello")
    assert b"Traceback" not in said
    assert found_in(said) == []
    assert found_below(home) == []


@pytest.mark.parametrize("name", WAYS)
def test_what_a_gateway_quotes(name: str, tmp_path: Path, serve: Callable[..., RawServer]) -> None:
    way = WAYS[name]
    server = serve([way.step])
    settings = f'[profiles.default]\nbase_url = "{server.url}"\nretries = 1\n{way.settings}\n'
    (tmp_path / "config.toml").write_text(settings)
    nothing_out(tmp_path, way.variables, "events" if "diag" in name else "json")
    assert server.requests, "the path was walked"
    assert any(found_in(f"{value}".encode()) for _, value in server.requests[-1].headers), "with the secret"
    if name.startswith(("401", "diag")):
        assert found_in(exported(tmp_path, way.variables)) == []
        assert found_below(tmp_path) == []
        assert found_in(told(tmp_path, way.variables, "audit", "list") + told(tmp_path, way.variables, "status")) == []


@contextmanager
def sign_in_that(reply: Reply) -> Iterator[SignInServer]:
    with SignInServer() as server:
        server.token_reply = reply
        yield server


def quoted(status: int) -> Reply:
    """The secret as it was sent, and as it is."""
    pair = base64.b64encode(f"{canaries.CLIENT_ID}:{canaries.CLIENT_SECRET}".encode()).decode()
    said = f"client {canaries.CLIENT_SECRET} with Basic {pair} is bad"
    return Reply(status, {"error": "invalid_client", "description": said, "error_description": said}, {"X-Echo": said})


@pytest.mark.parametrize("status", [400, 500])
def test_what_a_sign_in_quotes(status: int, tmp_path: Path) -> None:
    with sign_in_that(quoted(status)) as server:
        (tmp_path / "config.toml").write_text(f'[profiles.default]\nbase_url = "{server.url}"\n')
        nothing_out(tmp_path, PAIR, "json")
        assert server.requests
        if status == 400:
            assert found_in(told(tmp_path, PAIR, "doctor") + told(tmp_path, PAIR, "status")) == []
            assert found_below(tmp_path) == []


def test_what_a_proxy_quotes(tmp_path: Path, serve: Callable[..., RawServer]) -> None:
    proxy = serve([no_proxy])
    leading = {"HTTPS_PROXY": f"http://user:{canaries.PROXY_PASSWORD}@127.0.0.1:{proxy.port}"}
    (tmp_path / "config.toml").write_text('[profiles.default]\nbase_url = "https://gateway.test"\nretries = 1\n')
    nothing_out(tmp_path, {**TOKEN, **leading}, "json")
    assert proxy.requests[-1].header("Proxy-Authorization"), "the password was sent"
    assert found_in(told(tmp_path, {**TOKEN, **leading}, "doctor") + told(tmp_path, leading, "config", "show")) == []


def test_the_password_of_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not open it."""
    (tmp_path / "papers").mkdir()
    certificate, key = Papers(tmp_path / "papers").client(locked=True)
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        f'[profiles.default]\nbase_url = "https://127.0.0.1:9"\nretries = 0\n'
        f'client_certificate = "{certificate}"\nclient_key = "{key}"\n'
    )
    variables = {**TOKEN, "GENESYS_CLIENT_KEY_PASSWORD": canaries.KEY_PASSWORD}
    nothing_out(home, variables, "json")
    assert found_in(told(home, variables, "doctor")) == []


LOOKED_AT = [
    ("\x1bOS", "Data"),  # F4
    ("\r\x1b[B\x1b[Bs", "Capture saved"),
    ("\x1bOR", "newest first"),  # F3
    ("\r\x1bOQ", "Enter sends"),  # F2
]
"""Keys, and what is shown by them at last."""


def ended_calls(home: Path, count: int) -> None:
    """Wait until there are so many."""
    deadline = time.monotonic() + 60
    while [call.record.status != "running" for call in calls_in(home)] != [True] * count:
        assert time.monotonic() < deadline, calls_in(home)
        time.sleep(0.05)


@pytest.mark.parametrize(("variables", "settings"), [(TOKEN, ""), (KEY, OPENAI)], ids=["access token", "API key"])
def test_no_frame_of_the_app_shows_one(
    variables: dict[str, str], settings: str, launch: Launch, tmp_path: Path, serve: Callable[..., RawServer]
) -> None:
    """Diagnostics and a refusal, in the chat, the history and the wire with its data open."""
    server = serve([diagnostics], [refusing(400)])
    (tmp_path / "config.toml").write_text(f'[profiles.default]\nbase_url = "{server.url}"\n{settings}\n')
    terminal = launch("-m", "genesys_tui", **variables)
    ready(terminal)
    for count in (1, 2):
        mark = terminal.type("hello")
        terminal.wait_for("hello", mark)
        terminal.type("\r")
        ended_calls(tmp_path, count)
        for keys, shown in LOOKED_AT:
            mark = terminal.type(keys)
            terminal.wait_for(shown, mark)
    assert found_in_children(terminal.process.pid) == []
    terminal.type("\x11")
    assert ended(terminal) == 0
    assert len(server.requests) == 2
    assert found_in(terminal.output) == []
    assert found_below(tmp_path) == []


def test_the_forms_are_found() -> None:
    for secret in canaries.EVERY:
        for around in ("", "a", "ab", "abc"):
            coded = base64.b64encode(f"{around}{secret}{around}".encode())
            assert found_in(b"x" + coded + b"y") == [secret]
            assert found_in(base64.urlsafe_b64encode(f"{around}{secret}{around}".encode())) == [secret]
