"""What the sign-in child makes of each answer Genesys Cloud, or the network, may give; the SDK is the real one."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from auth.signin_server import CLIENT_ID, CLIENT_SECRET, Proxy, Reply, SignInServer, invalid_client

from genesys_tui.auth.answer import Answer
from genesys_tui.auth.failure import explain
from genesys_tui.errors import ConfigurationError, CredentialsRejected, SignInError

pytestmark = pytest.mark.xdist_group("sdk")
Ask = Callable[..., Answer]


def test_a_sign_in_brings_the_token_its_life_and_whose_it_is(ask: Ask, server: SignInServer) -> None:
    server.scopes = ["ai:generative:read", "ai:generative:write"]
    answer = ask(server.url)
    assert answer.outcome == "signed_in"
    assert answer.access_token is not None
    assert answer.access_token.get_secret_value() == server.issued[0]
    assert answer.expires_in == 86399
    assert (answer.organization, answer.client_name) == ("Acme Contact", "tui client")
    assert answer.scopes == ("ai:generative:read", "ai:generative:write")
    signing_in, me = server.requests
    assert (signing_in.method, signing_in.path, signing_in.body) == (
        "POST",
        "/oauth/token",
        "grant_type=client_credentials",
    )
    assert (me.method, me.path, me.headers["Authorization"]) == (
        "GET",
        "/api/v2/tokens/me",
        f"Bearer {server.issued[0]}",
    )


def test_a_ready_token_is_asked_only_whose_it_is(ask: Ask, server: SignInServer) -> None:
    server.issued.append("ready")
    answer = ask(server.url, access_token="ready")
    assert (answer.outcome, answer.organization) == ("signed_in", "Acme Contact")
    assert server.paths() == ["/api/v2/tokens/me"]
    assert ask(server.url, access_token="stale").outcome == "rejected"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(403, {"message": "no"}), "403"),
        (Reply(404, b"nothing"), "404"),
        (Reply(503, b""), "503"),
        (Reply(200, b"<html>"), "named neither"),
        (Reply(200, {"organization": "Acme"}), "named neither"),
        (Reply(200, {"organization": {"name": "Acme"}, "authorizedScope": 7}), "could not be read"),
        (Reply(200, {"organization": {"name": "Acme"}}, drip=True), "no whole answer"),
    ],
)
def test_not_to_know_whose_a_good_token_is_is_no_failure(
    ask: Ask, server: SignInServer, reply: Reply, reason: str
) -> None:
    server.me_reply = reply
    answer = ask(server.url, request_timeout=1)
    assert answer.outcome == "signed_in"
    assert answer.access_token is not None
    assert answer.organization is None
    assert reason in (answer.identity_problem or "")


def test_a_token_of_unknown_life_is_said_to_be_one(ask: Ask, server: SignInServer) -> None:
    server.fields = {"expires_in": "soon"}
    assert ask(server.url).expires_in is None


FAILURES = {
    "wrong secret": (invalid_client("authentication failed"), "rejected", "refused the client secret"),
    "wrong id": (invalid_client(f"client not found: {CLIENT_ID}"), "rejected", "no OAuth client with this id"),
    "wrong grant": (invalid_client("no", "unauthorized_client"), "rejected", "grant type must be Client Credentials"),
    "another 400": (invalid_client("what?", "invalid_scope"), "rejected", "invalid_scope (what?)"),
    "401": (Reply(401, b""), "rejected", "refused the client secret"),
    "rate limit": (invalid_client("rate limit exceeded", "invalid_request"), "rate_limited", "Wait a minute"),
    "429": (Reply(429, {"message": "slow"}, {"Retry-After": "600"}), "rate_limited", "Wait a minute"),
    "500": (Reply(500, {"message": "oops"}), "other", "status 500 (oops)"),
    "503": (Reply(503, b"<html>busy</html>"), "other", "status 503"),
    "a web page": (Reply(200, b"<html>Welcome to the hotel</html>"), "html", "captive portal"),
    "a redirect": (Reply(302, b"", {"Location": "http://127.0.0.1:1/login"}), "html", "captive portal"),
    "too much": (Reply(200, b" " * (3 << 20)), "html", "1,048,576 bytes"),
    "no token": (Reply(200, {"token_type": "bearer"}), "no_token", "without an access token"),
    "a list": (Reply(200, []), "no_token", "without an access token"),
    "a poisoned token": (Reply(200, {"access_token": "a\r\nX-Evil: b"}), "no_token", "without an access token"),
    "a hang": (Reply(hang=True), "timeout", "did not answer in time"),
    "a drip": (Reply(drip=True), "timeout", "did not answer in time"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_each_failure_has_its_own_sentence(ask: Ask, server: SignInServer, case: str) -> None:
    server.token_reply, outcome, words = FAILURES[case]
    answer = ask(server.url, request_timeout=1)
    assert answer.outcome == outcome
    error = explain(answer, server.url, "environment (GENESYS_CLIENT_SECRET)")
    assert isinstance(error, CredentialsRejected if outcome == "rejected" else SignInError)
    assert words in error.message
    assert len(server.requests) == 1, "nothing is retried in silence, and no redirect followed"


def test_support_gets_the_status_and_the_correlation_id(ask: Ask, server: SignInServer) -> None:
    server.token_reply = invalid_client("authentication failed")
    error = explain(ask(server.url), server.url, "keyring")
    assert (error.status_code, error.correlation_id) == (400, "corr-42")


def test_what_a_server_says_is_shown_as_one_plain_line_without_the_secret(ask: Ask, server: SignInServer) -> None:
    server.token_reply = invalid_client(f"\x1b[31mno\r\n\x07{CLIENT_SECRET}\u202e " + "long " * 100)
    answer = ask(server.url)
    assert answer.detail is not None
    assert answer.detail.startswith("[31mno ••••")
    assert answer.detail.isprintable()
    assert len(answer.detail) <= 200


def test_credentials_that_cannot_travel_are_named(ask: Ask, server: SignInServer) -> None:
    answer = ask(server.url, client_secret="geheim–nis")
    assert answer.outcome == "non_ascii"
    assert "not ASCII" in explain(answer, server.url, "keyring").message
    assert not server.requests


def test_nobody_there_is_unreachable_and_the_host_is_named(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    answer = ask(url)
    assert answer.outcome == "unreachable"
    assert f"127.0.0.1:{port} cannot be reached" in explain(answer, url, "keyring").message


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[SignInServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "api.nowhere.test", "login.nowhere.test").configure_cert(context)
    with SignInServer(context) as server:
        yield server


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_a_certificate_nobody_vouches_for_is_refused_and_ca_bundle_named(ask: Ask, tls_server: SignInServer) -> None:
    answer = ask(tls_server.url)
    assert answer.outcome == "tls"
    assert "`ca_bundle`" in explain(answer, tls_server.url, "keyring").message
    assert not tls_server.requests


def test_a_scheme_in_capitals_is_no_less_strict(ask: Ask, tls_server: SignInServer, bundle: str) -> None:
    url = tls_server.url.replace("https", "HTTPS")
    assert ask(url).outcome == "tls"
    assert not tls_server.requests
    assert ask(url, ca_bundle=bundle).outcome == "signed_in"


def test_ca_bundle_is_believed(ask: Ask, tls_server: SignInServer, bundle: str) -> None:
    assert ask(tls_server.url, ca_bundle=bundle).outcome == "signed_in"
    wrong_name = tls_server.url.replace("127.0.0.1", "localhost")
    assert ask(wrong_name, ca_bundle=bundle).outcome == "tls"


def test_a_ca_bundle_that_cannot_be_read_is_named(ask: Ask, tls_server: SignInServer, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for name in ("none.pem", "empty.pem"):
        answer = ask(tls_server.url, ca_bundle=str(tmp_path / name))
        assert answer.outcome == "configuration"
        error = explain(answer, tls_server.url, "keyring")
        assert isinstance(error, ConfigurationError)
        assert str(tmp_path / name) in error.message
        assert "PEM file" in error.message


def test_the_proxy_carries_both_requests(ask: Ask, tls_server: SignInServer, bundle: str) -> None:
    with Proxy(tls_server.port) as proxy:
        answer = ask("https://api.nowhere.test", proxy=proxy.url, ca_bundle=bundle)
    assert (answer.outcome, answer.organization) == ("signed_in", "Acme Contact")
    assert proxy.connects == ["CONNECT login.nowhere.test:443 HTTP/1.1", "CONNECT api.nowhere.test:443 HTTP/1.1"]


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1", "nonsense://127.0.0.1:1", None])
def test_a_proxy_that_refuses_or_cannot_be_used_is_named(ask: Ask, url: str | None) -> None:
    with Proxy() as proxy:
        answer = ask("https://api.nowhere.test", proxy=url or proxy.url)
    assert answer.outcome == "proxy"
    assert "HTTPS_PROXY" in explain(answer, "https://api.nowhere.test", "keyring").message


def test_this_machine_is_never_asked_through_a_proxy(ask: Ask, server: SignInServer) -> None:
    with Proxy() as proxy:
        assert ask(server.url, proxy=proxy.url).outcome == "signed_in"
    assert not proxy.connects
