"""Signing in whole: the real child, the real SDK and the real keyring, against a server on this machine."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import trustme
from auth.signin_server import CLIENT_ID, CLIENT_SECRET, Proxy, Reply, SignInServer
from pydantic import SecretStr
from secret_service import SecretService

from genesys_tui.auth import Credentials, SecretStore, SignIn, Timeouts, Token, find_credentials, save_credentials
from genesys_tui.auth.child import BOOT
from genesys_tui.auth.token import fingerprint
from genesys_tui.errors import ConfigurationError, CredentialsMissing, CredentialsRejected, GenesysError, SignInError
from genesys_tui.network import Network
from genesys_tui.tls import Tls

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def kept(server: SignInServer, value: str, *, client_id: str = CLIENT_ID, life: timedelta = DAY) -> str:
    """What a former run would have left in the keyring."""
    token = Token(SecretStr(value), fingerprint(server.url, client_id), NOW, NOW + life, "Acme")
    server.issued.append(value)
    return token.to_json()


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to be")


def test_a_token_is_had_once_kept_and_used_by_the_next_run_without_the_sdk(
    secret_service: SecretService, server: SignInServer, clock: Clock, tmp_path: Path
) -> None:
    store = SecretStore("default")
    save_credentials(store, Credentials.of(CLIENT_ID, CLIENT_SECRET, "typed"))
    sign_in = SignIn(lambda: find_credentials({}, store), server.url, store, environ={}, clock=clock)
    assert sign_in.identity is None
    assert sign_in.token() == sign_in.token() == server.issued[0]
    assert server.paths() == ["/oauth/token", "/api/v2/tokens/me"]
    token = sign_in.identity
    assert token is not None
    assert (token.organization, token.client_name) == ("Acme Contact", "tui client")
    assert (token.issued_at, token.expires_at) == (NOW, NOW + timedelta(seconds=86399))
    assert (sign_in.credentials_source, sign_in.origin, sign_in.notice) == ("keyring", "sign-in", None)
    assert sign_in.identify() is token
    assert len(store.get("access-token").get_secret_value()) < 400

    # The next run, in a process of its own.
    code = f"""
import sys, datetime
from genesys_tui.auth import SecretStore, SignIn, find_credentials
store = SecretStore("default")
sign_in = SignIn(lambda: find_credentials({{}}, store), {server.url!r}, store, environ={{}},
    clock=lambda: datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.timezone.utc))
print(sign_in.token(), sign_in.origin, sign_in.identity.organization)
print([name for name in ("PureCloudPlatformClientV2", "httpx") if name in sys.modules])
"""
    output = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=tmp_path)
    assert output.splitlines() == [f"{server.issued[0]} keyring Acme Contact", "[]"]
    assert len(server.requests) == 2


def test_a_kept_token_is_renewed_five_minutes_before_its_end(
    secret_service: SecretService, server: SignInServer, credentials: Credentials, clock: Clock
) -> None:
    store = SecretStore("default")
    store.set("access-token", kept(server, "kept-token"))
    sign_in = SignIn(credentials, server.url, store, environ={}, clock=clock)
    clock.now = NOW + DAY - timedelta(seconds=301)
    assert sign_in.token() == "kept-token"
    assert not server.requests
    clock.now = NOW + DAY - timedelta(seconds=300)
    fresh = sign_in.token()
    assert fresh == server.issued[-1] != "kept-token"
    assert Token.from_json(store.get("access-token").get_secret_value()).bearer == fresh


def test_after_a_401_a_newer_token_is_used_and_else_a_new_one_fetched(
    secret_service: SecretService, server: SignInServer, credentials: Credentials, clock: Clock
) -> None:
    store = SecretStore("default")
    store.set("access-token", kept(server, "first"))
    sign_in = SignIn(credentials, server.url, store, environ={}, clock=clock)
    assert sign_in.token() == "first"
    # Another process was quicker.
    store.set("access-token", kept(server, "second"))
    assert sign_in.renew("first") == "second"
    # Another thread was quicker.
    assert sign_in.renew("first") == "second"
    assert not server.requests
    third = sign_in.renew("second")
    assert third == server.issued[-1] == sign_in.token()
    assert server.paths().count("/oauth/token") == 1
    assert Token.from_json(store.get("access-token").get_secret_value()).bearer == third


def test_a_token_of_another_client_or_place_or_make_is_never_used(
    secret_service: SecretService, server: SignInServer, credentials: Credentials, clock: Clock
) -> None:
    store = SecretStore("default")
    store.set("access-token", kept(server, "anothers", client_id="another"))
    assert SignIn(credentials, server.url, store, environ={}, clock=clock).token() != "anothers"


def test_callers_share_one_sign_in(server: SignInServer, credentials: Credentials) -> None:
    sign_in = SignIn(credentials, server.url, None, environ={})
    told: list[GenesysError | None] = []
    sign_in.start(told.append)
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(sign_in.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert tokens == server.issued * 8
    assert server.paths().count("/oauth/token") == 1
    wait_until(lambda: told == [None])
    # So do those whose token was rejected, all at once.
    threads = [threading.Thread(target=lambda: tokens.append(sign_in.renew(tokens[0]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert tokens[8:] == [server.issued[1]] * 4
    assert server.paths().count("/oauth/token") == 2


def test_a_wrong_secret_is_refused_and_can_be_corrected(
    secret_service: SecretService, server: SignInServer, tmp_path: Path
) -> None:
    store = SecretStore("default")
    environ = {"GENESYS_CLIENT_ID": CLIENT_ID, "GENESYS_CLIENT_SECRET": "wrong-hunter2"}
    sign_in = SignIn(lambda: find_credentials(environ, store), server.url, store, environ=environ)
    with pytest.raises(CredentialsRejected, match=r"environment \(GENESYS_CLIENT_SECRET\)") as caught:
        sign_in.token()
    assert caught.value.correlation_id == "corr-42"
    assert f"127.0.0.1:{server.port}" in caught.value.message
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "wrong-hunter2" not in shown.replace(repr(environ), "")
    assert store.get("access-token") is None
    environ["GENESYS_CLIENT_SECRET"] = CLIENT_SECRET
    assert sign_in.token() == server.issued[0]


def test_scopes_that_are_listed_must_hold_the_gateways(server: SignInServer, credentials: Credentials) -> None:
    server.scopes = ["ai:generative:read", "routing:readonly"]
    with pytest.raises(SignInError, match=r"lacks the scopes ai:generative:write\. .*Admin › Integrations › OAuth"):
        SignIn(credentials, server.url, None, environ={}).token()


def test_keyring_trouble_is_a_notice_where_the_credentials_came_from_elsewhere(
    server: SignInServer, credentials: Credentials
) -> None:
    sign_in = SignIn(credentials, server.url, SecretStore("default"), environ={})
    assert sign_in.token() == sign_in.token() == server.issued[0]
    assert sign_in.notice is not None
    assert sign_in.notice.startswith("The access token is kept in memory only. There is no keyring")


def test_a_token_of_unknown_life_is_kept_in_memory_only(
    secret_service: SecretService, server: SignInServer, credentials: Credentials, clock: Clock
) -> None:
    server.fields = {}
    store = SecretStore("default")
    sign_in = SignIn(credentials, server.url, store, environ={}, clock=clock)
    assert sign_in.token() == server.issued[0]
    clock.now += 2 * DAY
    assert sign_in.token() == server.issued[0]
    assert store.get("access-token") is None


def test_a_ready_token_is_used_as_it_is_and_cannot_be_renewed(server: SignInServer) -> None:
    environ = {"GENESYSCLOUD_ACCESS_TOKEN": "ready-token-hunter2"}
    sign_in = SignIn(lambda: pytest.fail("not needed"), server.url, None, environ=environ)
    server.issued.append("ready-token-hunter2")
    assert sign_in.token() == "ready-token-hunter2"
    assert sign_in.credentials_source == sign_in.origin == "environment (GENESYSCLOUD_ACCESS_TOKEN)"
    assert not server.requests
    assert sign_in.identify().organization == "Acme Contact"
    assert server.paths() == ["/api/v2/tokens/me"]
    with pytest.raises(SignInError, match=r"GENESYSCLOUD_ACCESS_TOKEN was refused \(401\)") as caught:
        sign_in.renew("ready-token-hunter2")
    assert "hunter2" not in str(caught.value)


def test_to_ask_whose_a_stale_token_is_renews_it(
    secret_service: SecretService, server: SignInServer, credentials: Credentials, clock: Clock
) -> None:
    store = SecretStore("default")
    stale = Token(SecretStr("stale"), fingerprint(server.url, CLIENT_ID), NOW, NOW + DAY)
    store.set("access-token", stale.to_json())
    sign_in = SignIn(credentials, server.url, store, environ={}, clock=clock)
    assert sign_in.token() == "stale"
    assert sign_in.identify().organization == "Acme Contact"
    assert sign_in.token() == server.issued[0]


def test_credentials_that_are_given_go_before_a_ready_token(server: SignInServer, credentials: Credentials) -> None:
    sign_in = SignIn(credentials, server.url, None, environ={"GENESYSCLOUD_ACCESS_TOKEN": "a-real-one"})
    assert sign_in.token() == server.issued[0]


def test_no_credentials_are_said_by_every_caller_anew(secret_service: SecretService, server: SignInServer) -> None:
    store = SecretStore("default")
    told: list[GenesysError | None] = []
    sign_in = SignIn(lambda: find_credentials({}, store), server.url, store, environ={})
    sign_in.start(told.append)
    wait_until(lambda: bool(told))
    assert isinstance(told[0], CredentialsMissing)
    with pytest.raises(CredentialsMissing):
        sign_in.token()


def test_plain_http_is_for_this_machine_only(credentials: Credentials) -> None:
    with pytest.raises(ConfigurationError, match="plain http"):
        SignIn(credentials, "http://gateway.example", None)


def child_pid(sign_in: SignIn) -> int:
    (child,) = sign_in._children
    assert child._process is not None
    return child._process.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_another_process_sees_no_secret_and_close_ends_the_child(
    server: SignInServer, credentials: Credentials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "precious").mkdir()
    for name in ("GENESYS_CLIENT_SECRET", "GENESYSCLOUD_OAUTHCLIENT_SECRET", "GENESYSCLOUD_ACCESS_TOKEN"):
        monkeypatch.setenv(name, CLIENT_SECRET)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server.token_reply = Reply(hang=True)
    sign_in = SignIn(credentials, server.url, None)
    told: list[GenesysError | None] = []
    sign_in.start(told.append)
    assert server.asked.wait(60)
    pid = child_pid(sign_in)
    for name in ("cmdline", "environ"):
        text = Path(f"/proc/{pid}/{name}").read_bytes()
        assert text
        assert CLIENT_SECRET.encode() not in text
        assert CLIENT_ID.encode() not in text
        assert b"GENESYS_" not in text
        assert b"GENESYSCLOUD" not in text
    home = dict(line.split("=", 1) for line in text.decode().split("\0") if line)["HOME"]
    assert list(Path(home).iterdir()) == []
    sign_in.close()
    wait_until(lambda: bool(told))
    assert str(told[0]) == "Signing in was stopped. Try again."
    assert not alive(pid)
    assert not Path(home).exists()
    with pytest.raises(SignInError, match="stopped"):
        sign_in.token()


def test_a_sign_in_that_takes_too_long_is_ended(server: SignInServer, credentials: Credentials) -> None:
    server.token_reply = Reply(hang=True)
    sign_in = SignIn(credentials, server.url, None, environ={}, timeouts=Timeouts(overall=0.2))
    with pytest.raises(SignInError, match=r"longer than 0\.2 s"):
        sign_in.token()
    assert not sign_in._children


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_child_never_outlives_its_parent(server: SignInServer, tmp_path: Path) -> None:
    server.token_reply = Reply(hang=True)
    code = f"""
import threading
from genesys_tui.auth import Credentials, SignIn
sign_in = SignIn(Credentials.of("id", "secret", "typed"), {server.url!r}, None, environ={{}})
sign_in.start()
while not (sign_in._children and next(iter(sign_in._children))._process): pass
print(next(iter(sign_in._children))._process.pid, flush=True)
threading.Event().wait()
"""
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environ, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert server.asked.wait(60)
    assert alive(pid)
    assert len(list(tmp_path.iterdir())) == 1, "the child's home"
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    wait_until(lambda: not alive(pid))
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_nothing_that_is_printed_is_taken_for_the_answer(
    server: SignInServer, credentials: Credentials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # certifi is among what the SDK imports; this one talks.
    import certifi

    (tmp_path / "certifi.py").write_text(
        "import os\nprint('{\"outcome\": \"rejected\"}', flush=True)\nos.write(1, b'noise')\n"
        f"def where(): return {certifi.where()!r}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert SignIn(credentials, server.url, None, environ={}).token() == server.issued[0]
    request = {"api_url": server.url, "access_token": server.issued[0], "connect_timeout": 5, "request_timeout": 20}
    command = [sys.executable, "-c", BOOT, *sys.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        output = child.stdout.read()
    assert json.loads(output)["organization"] == "Acme Contact", "nothing but the answer"


def test_a_child_that_cannot_work_is_an_error_that_says_so(
    server: SignInServer, credentials: Credentials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "httpx.py").write_text("raise SystemExit('broken')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SignInError, match=r"ended without an answer .exit code 1.\. Check the installation"):
        SignIn(credentials, server.url, None, environ={}).token()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(SignInError, match="could not be started"):
        SignIn(credentials, server.url, None, environ={}).token()


@pytest.mark.parametrize("by", ["environment", "setting"])
def test_proxy_and_certificates_reach_the_child(by: str, credentials: Credentials, tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.nowhere.test", "login.nowhere.test").configure_cert(context)
    bundle = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(bundle)
    with SignInServer(context) as server, Proxy(server.port) as proxy:
        place = "https://api.nowhere.test"
        if by == "environment":
            environ = {"https_proxy": proxy.url, "SSL_CERT_FILE": bundle}
            sign_in = SignIn(credentials, place, None, environ=environ)
        else:
            environ = {"HTTPS_PROXY": "http://127.0.0.1:1"}
            sign_in = SignIn(
                credentials, place, None, environ=environ, network=Network(proxy.url, Tls(ca_bundle=bundle))
            )
        assert sign_in.token() == server.issued[0]
    assert len(proxy.connects) == 2


def test_the_sdks_own_configuration_file_is_not_read(
    server: SignInServer, credentials: Credentials, tmp_path: Path
) -> None:
    folder = tmp_path / ".genesyscloudpython"
    folder.mkdir()
    config = {
        "general": {"host": "https://api.evil.test"},
        "gateway": {"host": "evil.test", "protocol": "http", "port": 1},
    }
    (folder / "config").write_text(json.dumps(config))
    environ = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    assert SignIn(credentials, server.url, None, environ=environ).token() == server.issued[0]
