from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from auth.signin_server import CLIENT_ID, CLIENT_SECRET, SignInServer
from secret_service import SecretService, missing_programs

from genesys_tui.auth import Credentials
from genesys_tui.auth.answer import Answer
from genesys_tui.auth.backend import forget_backend


@pytest.fixture(autouse=True)
def no_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep the developer's environment, keyring and home folder out."""
    for name in list(os.environ):
        if name.startswith(("GENESYS", "PYTHON_KEYRING", "KEYRING_", "XDG_", "SSL_CERT")) or name.upper().endswith(
            "_PROXY"
        ):
            monkeypatch.delenv(name)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    monkeypatch.setenv("HOME", str(tmp_path))
    forget_backend()
    yield
    forget_backend()


@pytest.fixture
def secret_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A real keyring, unlocked."""
    if missing := missing_programs():
        pytest.skip(f"needs a Secret Service: {missing} not installed (apt-get install gnome-keyring dbus)")
    with SecretService() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
        yield service


@pytest.fixture
def server() -> Iterator[SignInServer]:
    with SignInServer() as server:
        yield server


@pytest.fixture
def credentials() -> Credentials:
    return Credentials.of(CLIENT_ID, CLIENT_SECRET, "environment (GENESYS_CLIENT_SECRET)")


Ask = Callable[..., Answer]

ASKING = """
import json, sys
from genesys_tui.auth import sdk_child
for line in sys.stdin:
    print("answer " + json.dumps(sdk_child.ask(json.loads(line))), flush=True)
"""


@pytest.fixture(scope="session")
def sdk_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The child's own code in one process that answers many requests, since importing the SDK takes 1.5 seconds."""
    environ = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    environ["HOME"] = str(home := tmp_path_factory.mktemp("home"))
    # Where the SDK would send the id and the secret, if it were let.
    (home / ".genesyscloudpython").mkdir()
    (home / ".genesyscloudpython" / "config").write_text(
        "[general]\nhost = https://api.evil.test\nlive_reload_config = false\n"
        "[gateway]\nhost = 127.0.0.1\nprotocol = http\nport = 1\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", ASKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, text=True
    )
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def ask(sdk_process: subprocess.Popen[str]) -> Ask:
    def ask(api_url: str, **changes: Any) -> Answer:
        request = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "connect_timeout": 5, "request_timeout": 20}
        assert sdk_process.stdin is not None and sdk_process.stdout is not None
        sdk_process.stdin.write(json.dumps(request | {"api_url": api_url} | changes) + "\n")
        sdk_process.stdin.flush()
        while not (line := sdk_process.stdout.readline()).startswith("answer "):
            assert line, "the child's process ended"
        return Answer.model_validate_json(line.removeprefix("answer "))

    return ask
