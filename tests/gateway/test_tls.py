"""Encrypted connections, and those through a proxy."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress

import httpx
import pytest
from fakes import FixedTokens, asking, call_to, run
from gateway.conftest import Certificates
from gateway.raw_server import OK, Connection, RawServer, Step, answer, chunk, final, hang, reset

from genesys_tui.audit.ledger import Ledger
from genesys_tui.errors import ConfigurationError, Untrusted
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.facts import Delta
from genesys_tui.gateway.knock import knock
from genesys_tui.gateway.network import ScopedTransport
from genesys_tui.gateway.scope import Scope

Serve = Callable[..., RawServer]

COMPLETED = ("completed", "completed", False)


def test_a_trusted_server_is_streamed_from(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    words = [part for n in range(50) for part in (chunk(f"{n} ", n + 1), 0.001)]
    server = serve([OK, *words, chunk("x" * 200_000, 51), final(51)], tls=certificates.server())
    outcome = run(call_to(server.url, ledger, trust=certificates.trusted))
    assert outcome.end == COMPLETED
    assert outcome.content == "".join(f"{n} " for n in range(50)) + "x" * 200_000


def test_localhost_is_found_by_name(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    server = serve([OK, final()], tls=certificates.server())
    assert run(call_to(f"https://localhost:{server.port}", ledger, trust=certificates.trusted)).end == COMPLETED


@pytest.mark.parametrize("why", ["another authority", "another name", "only plain http there"])
def test_a_certificate_that_does_not_hold(why: str, serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    names = ["other.example"] if why == "another name" else []
    trust = ssl.create_default_context if why == "another authority" else certificates.trusted
    tls = None if why == "only plain http there" else certificates.server(*names)
    server = serve([OK, final()], tls=tls)
    outcome = run(call_to(f"https://127.0.0.1:{server.port}", ledger, trust=trust))
    assert outcome.end == ("failed", "error", False)
    error = outcome.record.error
    assert error is not None
    assert not server.requests, "no token is sent"
    if tls is not None:
        assert error.kind == "untrusted"
        assert outcome.record.attempts == 1, "no retry would help"
        assert "The certificate of 127.0.0.1 is not trusted" in error.message
        assert "ca_bundle" in error.message
    else:
        assert error.kind == "unreachable"


@pytest.mark.parametrize("scheme", ["HTTPS", "Https"])
def test_a_scheme_in_capitals_is_no_less_strict(
    scheme: str, serve: Serve, certificates: Certificates, ledger: Ledger
) -> None:
    server = serve([OK, final()], tls=certificates.server())
    url = f"{scheme}://127.0.0.1:{server.port}"
    error = run(call_to(url, ledger, trust=ssl.create_default_context)).record.error
    assert error is not None
    assert error.kind == "untrusted"
    endpoint = Endpoint(url, dialect="openai", trust=ssl.create_default_context)
    with pytest.raises(Untrusted):
        knock(endpoint, "a-token")
    with pytest.raises(Untrusted):
        Gateway(endpoint, FixedTokens()).models()
    assert not server.requests, "no token is sent"
    assert run(call_to(url, ledger, trust=certificates.trusted)).end == COMPLETED


def test_without_a_context_nobody_is_trusted(serve: Serve, certificates: Certificates) -> None:
    server = serve([OK, final()], tls=certificates.server())
    with closing(Scope()) as scope, pytest.raises(Untrusted):
        httpx.Client(transport=ScopedTransport(scope, tls=None)).get(server.url)
    assert not server.requests


@pytest.mark.parametrize("ending", [[], [0.05, reset]], ids=["closed", "reset"])
def test_an_encrypted_stream_that_is_cut_is_cut(
    ending: Sequence[Step], serve: Serve, certificates: Certificates, ledger: Ledger
) -> None:
    server = serve([OK, chunk("so far", 1), *ending], tls=certificates.server())
    outcome = run(call_to(server.url, ledger, trust=certificates.trusted))
    assert outcome.end == ("truncated", "disconnected", True)
    assert outcome.content == "so far"
    assert outcome.record.attempts == 1


def test_an_alert_amid_the_reply_is_a_lost_connection(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    """As from a server that asks for a client certificate only then, and gets none."""
    demanding = certificates.server()
    certificates.authority.configure_trust(demanding)
    demanding.verify_mode, demanding.post_handshake_auth = ssl.CERT_REQUIRED, True

    def trust() -> ssl.SSLContext:
        context = certificates.trusted()
        context.post_handshake_auth = True
        return context

    def demand(connection: Connection) -> None:
        connection.sock.verify_client_post_handshake()  # type: ignore[attr-defined]
        connection.send(chunk(", world", 3))
        connection.sock.recv(1)

    outcome = run(call_to(serve([OK, chunk("so far", 1), demand], tls=demanding).url, ledger, trust=trust))
    assert outcome.end == ("truncated", "disconnected", True)
    assert outcome.content == "so far, world"
    assert "TLS with 127.0.0.1 failed: TLSV13_ALERT_CERTIFICATE_REQUIRED" in outcome.record.detail


def test_silence_is_noticed_on_an_encrypted_stream(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    server = serve([OK, chunk("so far", 1), hang], tls=certificates.server())
    payload = asking(timeout_on_inactivity_seconds=0.3)
    outcome = run(call_to(server.url, ledger, payload, trust=certificates.trusted))
    assert outcome.end == ("truncated", "timeout", True)


def test_a_silent_handshake_ends_with_the_limit_on_the_duration(
    serve: Serve, certificates: Certificates, ledger: Ledger
) -> None:
    server = serve([], at_once=hang)
    payload = asking(max_stream_duration_seconds=0.3)
    outcome = run(call_to(f"https://127.0.0.1:{server.port}", ledger, payload, trust=certificates.trusted))
    assert outcome.end == ("failed", "timeout", False)


def test_a_large_prompt_is_sent_whole_while_the_answer_begins(
    serve: Serve, certificates: Certificates, ledger: Ledger
) -> None:
    server = serve([OK, final()], tls=certificates.server())
    prompt = "Grüße " * 500_000
    assert run(call_to(server.url, ledger, asking(prompt), trust=certificates.trusted)).end == COMPLETED
    assert len(server.requests[0].body) > 3_500_000


def tunnel_to(port: int) -> Callable[[Connection], None]:
    """What a proxy does behind its answer to CONNECT."""

    def tunnel(connection: Connection) -> None:
        with socket.create_connection(("127.0.0.1", port)) as onward, suppress(OSError):
            ends = {connection.sock: onward, onward: connection.sock}
            while True:
                for end in select.select(list(ends), [], [], 5)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)

    return tunnel


def test_a_proxy_opens_a_tunnel_and_sees_no_token(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    server = serve([OK, chunk("through", 1), final(1)], tls=certificates.server("gateway.test"))
    proxy = serve([b"HTTP/1.1 200 Connection established\r\n\r\n", tunnel_to(server.port)])
    outcome = run(call_to("https://gateway.test", ledger, trust=certificates.trusted, proxy=proxy.url))
    assert outcome.end == COMPLETED
    assert outcome.content == "through"
    (asked,) = proxy.requests
    assert (asked.method, asked.target) == ("CONNECT", "gateway.test:443")
    assert asked.header("Authorization") is None
    assert server.requests[0].header("Authorization") == "Bearer first-token"


def test_a_proxy_that_is_cancelled_lets_go(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    server = serve([OK, chunk("so far", 1), hang], tls=certificates.server("gateway.test"))
    proxy = serve([b"HTTP/1.1 200 Connection established\r\n\r\n", tunnel_to(server.port)])
    call = call_to("https://gateway.test", ledger, trust=certificates.trusted, proxy=proxy.url)
    began = time.perf_counter()
    facts = []
    for fact in call.run():
        facts.append(fact)
        if isinstance(fact, Delta):
            call.cancel()
    assert facts[-1].record.status == "cancelled"  # type: ignore[union-attr]
    assert time.perf_counter() - began < 5


def test_this_machine_is_never_asked_through_a_proxy(
    serve: Serve, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy elsewhere would get the token over plain http."""
    server, proxy = serve([OK, final()]), serve([OK, final()])
    monkeypatch.setenv("http_proxy", proxy.url)
    assert run(call_to(server.url, ledger, proxy=proxy.url)).end == COMPLETED
    assert not proxy.requests


def test_the_environments_proxy_is_taken_where_none_is_chosen(
    serve: Serve, certificates: Certificates, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve([OK, final()], tls=certificates.server("gateway.test"))
    proxy = serve([b"HTTP/1.1 200 Connection established\r\n\r\n", tunnel_to(server.port)])
    monkeypatch.setenv("https_proxy", proxy.url)
    assert run(call_to("https://gateway.test", ledger, trust=certificates.trusted)).end == COMPLETED
    monkeypatch.setenv("no_proxy", "gateway.test")
    assert Endpoint("https://gateway.test").proxy_url is None


def test_a_proxy_that_refuses_is_named(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    proxy = serve(answer(407, reason="Proxy Authentication Required"))
    outcome = run(call_to("https://gateway.example", ledger, trust=certificates.trusted, proxy=proxy.url))
    error = outcome.record.error
    assert error is not None
    assert error.kind == "proxy"
    assert outcome.record.attempts == 1, "no retry would help"
    assert "407 Proxy Authentication Required" in error.message


@pytest.mark.parametrize("proxy", ["https://proxy.example:3128", "socks5://proxy.example", "http://p:99999"])
def test_other_proxies_are_refused_by_name(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="proxy: give it as http://HOST:PORT"):
        Endpoint("https://gateway.example", proxy=proxy)


def test_a_proxys_password_is_never_shown() -> None:
    endpoint = Endpoint("https://gateway.example", proxy="http://user:hunter2@proxy.example:3128")
    assert "hunter2" not in repr(endpoint)
    with pytest.raises(ConfigurationError) as refused:
        Endpoint("https://gateway.example", proxy="http://user:hunter2@proxy.example:99999")
    assert "hunter2" not in str(refused.value)


def test_a_connection_that_is_reset_before_its_handshake_is_unreachable(
    serve: Serve, certificates: Certificates, ledger: Ledger
) -> None:
    server = serve([], at_once=reset)
    for _ in range(5):  # the client notices in one of several places
        outcome = run(call_to(f"https://127.0.0.1:{server.port}", ledger, trust=certificates.trusted))
        assert outcome.record.error is not None
        assert outcome.record.error.kind == "unreachable"
        assert outcome.record.attempts == 4
