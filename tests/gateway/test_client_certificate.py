"""A server that demands a client certificate is streamed from by those who have it; the others are told what to do."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import certifi
import pytest
from auth.signin_server import Proxy
from fakes import call_to, run
from gateway.raw_server import OK, RawServer, chunk, final
from papers import PASSWORD, Papers
from pydantic import SecretStr

from genesys_tui import GenesysLLMStreamer, build_stream_payload
from genesys_tui.audit.ledger import Ledger
from genesys_tui.call import Ended
from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway.facts import Requested
from genesys_tui.tls import Tls

Serve = Callable[..., RawServer]
REPLY = [OK, chunk("through", 1), final(1)]
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("through", ["directly", "a proxy"])
def test_the_certificate_opens_the_stream(
    through: str, version: ssl.TLSVersion, serve: Serve, papers: Papers, ledger: Ledger
) -> None:
    server = serve(REPLY, tls=papers.server(version))
    certificate, key = papers.client()
    trust = Tls(ca_bundle=papers.bundle, client_certificate=certificate, client_key=key).context
    with Proxy(server.port) as proxy:
        url = server.url if through == "directly" else "https://gateway.test"
        outcome = run(call_to(url, ledger, trust=trust, proxy=proxy.url))
    assert (outcome.record.status, outcome.content) == ("completed", "through")
    assert proxy.connects == ([] if through == "directly" else ["CONNECT gateway.test:443 HTTP/1.1"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_that_wants_one_is_not_retried_and_says_which_setting(
    version: ssl.TLSVersion, serve: Serve, papers: Papers, ledger: Ledger
) -> None:
    server = serve(REPLY, tls=papers.server(version))
    for _ in range(5):  # the alert arrives before, with or behind what is written
        outcome = run(call_to(server.url, ledger, trust=Tls(ca_bundle=papers.bundle).context))
        error = outcome.record.error
        assert error is not None
        assert error.kind == "client_certificate"
        assert "127.0.0.1" in error.message
        assert "client_certificate" in error.message
        assert outcome.record.attempts == 1, "no retry would help"
    assert not server.requests


@pytest.mark.parametrize("version", VERSIONS)
def test_a_certificate_of_another_authority_is_refused_in_words(
    version: ssl.TLSVersion, serve: Serve, papers: Papers, ledger: Ledger, tmp_path: Path
) -> None:
    server = serve(REPLY, tls=papers.server(version))
    (tmp_path / "other").mkdir()
    certificate, key = Papers(tmp_path / "other").client()
    trust = Tls(ca_bundle=papers.bundle, client_certificate=certificate, client_key=key).context
    error = run(call_to(server.url, ledger, trust=trust)).record.error
    assert error is not None
    assert error.kind == "client_certificate"
    assert "refused the client certificate" in error.message
    assert not server.requests


def test_an_encrypted_key_opens_with_its_password_and_certificate_and_key_may_share_a_file(
    serve: Serve, papers: Papers, ledger: Ledger
) -> None:
    server = serve(REPLY, tls=papers.server())
    certificate, key = papers.client(locked=True)
    Path(certificate).write_bytes(Path(certificate).read_bytes() + Path(key).read_bytes())
    tls = Tls(ca_bundle=papers.bundle, client_certificate=certificate, password=lambda: SecretStr(PASSWORD))
    assert run(call_to(server.url, ledger, trust=tls.context)).record.status == "completed"
    assert PASSWORD not in repr(tls)


def broken(how: str, papers: Papers) -> Tls:
    days = -1 if how == "expired" else 30
    certificate, key = papers.client(locked="password" in how, days=days)
    password = SecretStr("wrong") if how == "wrong password" else None
    if how == "another key":
        _, key = papers.client("another")
    elif how == "no key":
        key = certificate
    elif how == "no certificate":
        certificate = key
    elif how == "missing certificate":
        certificate = str(papers.folder / "nowhere.pem")
    elif how == "missing key":
        key = str(papers.folder / "nowhere.key")
    elif how == "damaged key":
        text = Path(key).read_text()
        Path(key).write_text(text.replace(text.splitlines()[2], "A" * 64))
    return Tls(ca_bundle=papers.bundle, client_certificate=certificate, client_key=key, password=lambda: password)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing certificate", ["client_certificate", "nowhere.pem", "No such file"]),
        ("missing key", ["client_key", "nowhere.key", "No such file"]),
        ("no certificate", ["client_certificate", "there is no certificate in", "client.key"]),
        ("no key", ["client_key", "there is no private key in", "client.pem"]),
        ("another key", ["client_key", "another.key", "does not belong to the certificate in", "client.pem"]),
        ("damaged key", ["client_key", "client.key", "cannot be used"]),
        ("no password", ["client_key", "is encrypted", "config key-password"]),
        ("wrong password", ["client_key", "does not open the key", "config key-password"]),
        ("expired", ["client_certificate", "client.pem", "expired on"]),
    ],
)
def test_what_is_wrong_with_the_files_is_said_and_nothing_is_sent(
    how: str, words: list[str], serve: Serve, papers: Papers, ledger: Ledger
) -> None:
    server = serve(REPLY, tls=papers.server())
    record = run(call_to(server.url, ledger, trust=broken(how, papers).context)).record
    assert record.error is not None
    assert record.error.kind == "configuration"
    assert record.attempts == 1
    assert [word for word in words if word not in record.error.message] == []
    assert not server.requests


def test_a_locked_key_never_asks_on_the_terminal(papers: Papers) -> None:
    certificate, key = papers.client(locked=True)
    with pytest.raises(ConfigurationError, match="is encrypted"):
        Tls(client_certificate=certificate, client_key=key).context()


def test_a_keyring_that_waits_to_be_unlocked_holds_nobody(papers: Papers, ledger: Ledger) -> None:
    unlocked = threading.Event()
    certificate, key = papers.client(locked=True)

    def password() -> SecretStr:
        unlocked.wait(60)
        return SecretStr(PASSWORD)

    tls = Tls(client_certificate=certificate, client_key=key, password=password)
    call = call_to("https://gateway.test", ledger, trust=tls.context)
    facts = call.run()
    while not isinstance(next(facts), Requested):
        pass
    timer = threading.Timer(0.2, call.cancel)
    timer.start()
    try:
        assert [fact.record.status for fact in facts if isinstance(fact, Ended)] == ["cancelled"]
        assert not unlocked.is_set()
    finally:
        unlocked.set()
        timer.cancel()


@pytest.mark.parametrize("trust", ["system", "openssl"])
def test_the_system_is_believed_and_nobody_else(
    trust: str, serve: Serve, papers: Papers, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(REPLY, tls=papers.server())
    certificate, key = papers.client()
    tls = Tls(trust, client_certificate=certificate, client_key=key)  # type: ignore[arg-type]
    error = run(call_to(server.url, ledger, trust=tls.context)).record.error
    assert error is not None
    assert error.kind == "untrusted"
    # Where the system's authorities are, as an administrator of this machine would say it.
    monkeypatch.setenv("SSL_CERT_FILE", papers.bundle)
    assert run(call_to(server.url, ledger, trust=tls.context)).content == "through"


def test_certifi_is_believed_whatever_the_system_says(
    serve: Serve, papers: Papers, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(REPLY, tls=papers.server(demanding=False))
    monkeypatch.setenv("SSL_CERT_FILE", papers.bundle)
    error = run(call_to(server.url, ledger, trust=Tls("certifi").context)).record.error
    assert error is not None
    assert error.kind == "untrusted"


@pytest.mark.parametrize("chosen", ["a folder", "folders", "a file", "an empty folder", "no folder"])
def test_certifi_is_believed_only_where_the_operator_names_nothing(
    chosen: str, serve: Serve, papers: Papers, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(REPLY, tls=papers.server(demanding=False))
    monkeypatch.setattr(certifi, "where", lambda: papers.bundle)
    for name in ("full", "empty"):
        (tmp_path / name).mkdir()
    other = Papers(tmp_path / "full").bundle
    named = {"a folder": ["full"], "folders": ["missing", "full"], "an empty folder": ["empty"]}
    folders = named.get(chosen, ["missing"])
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join(str(tmp_path / name) for name in folders))
    monkeypatch.setenv("SSL_CERT_FILE", other if chosen == "a file" else str(tmp_path / "missing.pem"))
    outcome = run(call_to(server.url, ledger, trust=Tls().context))
    if chosen in ("an empty folder", "no folder"):
        assert outcome.content == "through"
    else:
        assert outcome.record.error is not None
        assert outcome.record.error.kind == "untrusted"


def test_the_library_takes_proxy_and_certificates_from_the_profile(
    serve: Serve, papers: Papers, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(REPLY, tls=papers.server(VERSIONS[0]))
    certificate, key = papers.client()
    monkeypatch.setenv("GENESYS_TUI_HOME", str(tmp_path))
    with Proxy(server.port) as proxy:
        network = {"proxy": proxy.url, "ca_bundle": papers.bundle, "client_certificate": certificate, "client_key": key}
        lines = "\n".join(f'{name} = "{value}"' for name, value in network.items())
        (tmp_path / "config.toml").write_text(f"[profiles.live]\n{lines}\n")
        token = type("Token", (), {"token": lambda _: "t", "renew": lambda _, __: "t"})()
        streamer = GenesysLLMStreamer(token, "https://gateway.test", ledger=ledger, profile="live")
        text = "".join(streamer.stream_completion(build_stream_payload("hello", "m")))
    assert text == "through"
    assert proxy.connects == ["CONNECT gateway.test:443 HTTP/1.1"]
