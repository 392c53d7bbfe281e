"""Whatever ends a request before its answer is an error in words, whoever asked, and quotes nothing that is secret."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import pytest
from fakes import FixedTokens, asking
from gateway.raw_server import Connection, RawServer, Step, answer, hang, reset

from genesys_tui.errors import GatewayError, ProxyRefused, TimedOut, Unreachable
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.hops import Way
from genesys_tui.gateway.knock import knock
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.gateway.scope import Scope

Serve = Callable[..., RawServer]
TOKEN = "first-token"
PASSWORD = "pa55 wörd/xyz"
PAIR = base64.b64encode(f"user:{PASSWORD}".encode()).decode()


def call(endpoint: Endpoint) -> None:
    """As the app does."""
    for _ in Gateway(endpoint, FixedTokens(TOKEN), retry=RetryPolicy(retries=0)).stream(asking(), Scope()):
        pass


def models(endpoint: Endpoint) -> None:
    """As `models` and the sign-in with an API key do."""
    Gateway(endpoint, FixedTokens(TOKEN)).models()


def walk(endpoint: Endpoint) -> None:
    """As `doctor` does first."""
    *_, last = Way(endpoint.base_url, endpoint.proxy_url, lambda: endpoint.tls).walk()
    assert last.error
    raise last.error


ASKING = [call, models, partial(knock, token=TOKEN)]
each_asking = pytest.mark.parametrize("ask", ASKING, ids=["call", "models", "knock"])


def echo(line: str) -> Callable[[Connection], None]:
    """Quote in an answer's first line what was sent."""

    def step(connection: Connection) -> None:
        request = connection.server.requests[-1]
        sent = request.header("Proxy-Authorization") or request.header("Authorization")
        connection.send(f"{line.format(sent)}\r\nContent-Length: 0\r\n\r\n".encode("latin-1", "replace"))

    return step


@pytest.mark.parametrize("ask", [*ASKING, walk], ids=["call", "models", "knock", "walk"])
@pytest.mark.parametrize(
    "line",
    [
        "HTTP/1.1 407 denied for Proxy-Authorization: {}",
        "HTTP/1.1 407 denied for " + PAIR.rstrip("="),
        "HTTP/1.1 407 denied for user:" + quote(PASSWORD, safe=""),
        "HTTP/1.1 4o7 denied for {}",
    ],
)
def test_a_proxy_that_quotes_its_password_is_not_quoted(
    ask: Callable[[Endpoint], None], line: str, serve: Serve
) -> None:
    proxy = serve([echo(line)])
    there = f"http://user:{quote(PASSWORD, safe='')}@127.0.0.1:{proxy.port}"
    with pytest.raises(GatewayError) as refused:
        ask(Endpoint("https://gateway.test/v1", dialect="openai", proxy=there))
    assert proxy.requests[0].header("Proxy-Authorization") == f"Basic {PAIR}"
    said = refused.value.message
    assert "••••" in said
    assert not [secret for secret in (PASSWORD, quote(PASSWORD, safe=""), PAIR.rstrip("=")) if secret in said]
    if " 407 " in line:
        assert isinstance(refused.value, ProxyRefused)


@each_asking
def test_a_gateway_that_quotes_the_token_in_what_is_no_http_is_not_quoted(
    ask: Callable[[Endpoint], None], serve: Serve
) -> None:
    server = serve([echo("HTTP/1.1 2oo {}")])
    with pytest.raises(Unreachable, match="••••") as refused:
        ask(Endpoint(server.url, dialect="openai"))
    assert TOKEN not in refused.value.message


@each_asking
@pytest.mark.parametrize("steps", [[], [reset]], ids=["closed", "reset"])
def test_a_gateway_that_hangs_up_is_named(ask: Callable[[Endpoint], None], steps: list[Step], serve: Serve) -> None:
    with pytest.raises(Unreachable, match=r"The connection to 127\.0\.0\.1 ended"):
        ask(Endpoint(serve(steps).url, dialect="openai"))


@each_asking
def test_a_proxy_that_refuses_is_named(ask: Callable[[Endpoint], None], serve: Serve) -> None:
    proxy = serve(answer(407, reason="Proxy Authentication Required"))
    with pytest.raises(ProxyRefused, match="answered 407 Proxy Authentication Required"):
        ask(Endpoint("https://gateway.test/v1", dialect="openai", proxy=proxy.url))


def test_a_gateway_that_accepts_and_stays_silent_is_named(serve: Serve) -> None:
    with pytest.raises(TimedOut, match=r"127\.0\.0\.1 gave no answer within 0\.3 s"):
        knock(Endpoint(serve([hang]).url), TOKEN, patience=0.3)
