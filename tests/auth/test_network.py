"""The SDK signs in over the same network as the stream: proxy, trust and client certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from auth.signin_server import Proxy, SignInServer
from gateway.raw_server import Connection, RawServer
from papers import PASSWORD, Papers
from pydantic import SecretStr
from secret_service import SecretService

from genesys_tui.auth import Credentials, SecretStore, SignIn
from genesys_tui.auth.key_password import find_key_password
from genesys_tui.errors import ConfigurationError, SignInError
from genesys_tui.network import Network
from genesys_tui.tls import Tls

pytestmark = pytest.mark.xdist_group("sdk")
PLACE = "https://api.nowhere.test"


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


@pytest.fixture
def strict_server(papers: Papers) -> Iterator[SignInServer]:
    """Demands a client certificate."""
    with SignInServer(papers.server()) as server:
        yield server


def test_a_locked_key_opens_with_the_password_of_the_keyring_and_the_proxy_carries_it(
    strict_server: SignInServer, papers: Papers, credentials: Credentials, secret_service: SecretService
) -> None:
    store = SecretStore("default")
    store.set("key-password", PASSWORD)
    certificate, key = papers.client(locked=True)
    with Proxy(strict_server.port) as proxy:
        tls = Tls("system", papers.bundle, certificate, key, partial(find_key_password, {}, store))
        sign_in = SignIn(credentials, PLACE, None, environ={}, network=Network(proxy.url, tls))
        assert sign_in.token() == strict_server.issued[0]
    assert len(proxy.connects) == 2


def test_the_operating_systems_authorities_are_believed(
    strict_server: SignInServer, papers: Papers, credentials: Credentials
) -> None:
    tls = Tls("system", "", *papers.client())
    environ = {"SSL_CERT_FILE": papers.bundle}
    sign_in = SignIn(credentials, strict_server.url, None, environ=environ, network=Network("", tls))
    assert sign_in.token() == strict_server.issued[0]


@pytest.mark.parametrize("shown", ["none", "another authority's"])
def test_a_server_that_wants_another_certificate_is_named(
    shown: str, strict_server: SignInServer, papers: Papers, credentials: Credentials, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    files = ("", "") if shown == "none" else Papers(tmp_path / "other").client()
    network = Network("", Tls("openssl", papers.bundle, *files))
    with pytest.raises(SignInError, match=r"127\.0\.0\.1 .*client.certificate") as refused:
        SignIn(credentials, strict_server.url, None, environ={}, network=network).token()
    assert "client_certificate" in refused.value.message
    assert not strict_server.requests


@pytest.mark.parametrize(
    ("password", "words"), [(None, "is encrypted, and its password is not known"), ("wrong", "does not open the key")]
)
def test_a_key_that_stays_locked_is_an_error_of_the_configuration(
    password: str | None, words: str, strict_server: SignInServer, papers: Papers, credentials: Credentials
) -> None:
    known = password and SecretStr(password)
    tls = Tls("openssl", papers.bundle, *papers.client(locked=True), lambda: known or None)
    with pytest.raises(ConfigurationError, match=words):
        SignIn(credentials, strict_server.url, None, environ={}, network=Network("", tls)).token()
    assert not strict_server.requests


def test_the_home_folder_is_the_operators(
    strict_server: SignInServer, papers: Papers, credentials: Credentials, tmp_path: Path
) -> None:
    """Although the child has another one."""
    certificate, key = (Path(file).name for file in papers.client())
    tls = Tls("openssl", f"~/{Path(papers.bundle).name}", f"~/{certificate}", f"~/{key}")
    sign_in = SignIn(credentials, strict_server.url, None, environ={}, network=Network("", tls))
    assert sign_in.token() == strict_server.issued[0]


@pytest.mark.parametrize("where", ["settings", "environment"])
def test_a_proxy_that_quotes_its_password_is_not_quoted(
    where: str, serve: Callable[..., RawServer], credentials: Credentials
) -> None:
    def refuse(connection: Connection) -> None:
        sent = connection.server.requests[-1].header("Proxy-Authorization")
        connection.send(f"HTTP/1.1 407 user:pa55word-xyz sent {sent}\r\nContent-Length: 0\r\n\r\n".encode())

    proxy = f"http://user:pa55word-xyz@127.0.0.1:{serve([refuse]).port}"
    chosen = {"network": Network(proxy)} if where == "settings" else {"environ": {"HTTPS_PROXY": proxy}}
    with pytest.raises(SignInError, match="407") as refused:
        SignIn(credentials, PLACE, None, **{"environ": {}, **chosen}).token()
    assert "407 user:•••• sent Basic ••••" in refused.value.message
    assert "pa55word" not in refused.value.message


def test_half_a_password_of_a_proxy_is_not_quoted_either(credentials: Credentials) -> None:
    with pytest.raises(SignInError) as refused:
        SignIn(credentials, PLACE, None, environ={}, network=Network("http://user:pa55/word@proxy.test:1")).token()
    assert "pa55" not in refused.value.message


def test_a_password_in_the_environment_goes_before_the_keyrings() -> None:
    found = find_key_password({"GENESYS_CLIENT_KEY_PASSWORD": PASSWORD}, SecretStore("default"))
    assert found is not None
    assert found.get_secret_value() == PASSWORD
    assert PASSWORD not in repr(found)
