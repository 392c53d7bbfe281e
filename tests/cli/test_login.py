"""`login`, `status`, `doctor`, `logout`: the real SDK, a real keyring, and secrets that stay quiet."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cli.conftest import Run
from secret_service import SecretService, missing_programs

from genesys_tui.demo import DemoGateway

SECRET = DemoGateway.client_secret


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    with DemoGateway(rate=0) as gateway:
        yield gateway


@pytest.fixture
def keyring(environ: dict[str, str]) -> Iterator[None]:
    """An unlocked Secret Service in the commands' environment."""
    if missing := missing_programs():
        pytest.skip(f"needs a Secret Service: {missing} not installed (apt-get install gnome-keyring dbus)")
    with SecretService() as service:
        environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        environ["XDG_RUNTIME_DIR"] = service.environ["XDG_RUNTIME_DIR"]
        yield


def login(run: Run, gateway: DemoGateway, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    return run("login", "--base-url", gateway.url, "--client-id", gateway.client_id, stdin=f"{secret}\n")


@pytest.mark.usefixtures("keyring")
def test_from_login_to_logout(run: Run, gateway: DemoGateway, tmp_path: Path) -> None:
    """Credentials go into the keyring, the token is bought once and kept there, and both go with logout."""
    first = login(run, gateway)
    assert first.returncode == 0, first.stderr
    assert "Demo Contact Centre" in first.stderr

    status = run("status")
    assert "keyring" in status.stdout
    assert "Demo OAuth client" in status.stdout
    assert "expires in 23 h" in status.stdout

    assert run("ask", "hello").returncode == 0
    doctor = run("doctor", TERM="xterm")
    assert doctor.returncode == 0, doctor.stdout
    assert "FAIL" not in doctor.stdout
    assert "note" not in doctor.stdout

    assert run("logout").returncode == 0
    assert run("ask", "hello").returncode == 4
    everything = [first, status, doctor]
    assert SECRET not in "".join(done.stdout + done.stderr for done in everything)
    assert all(SECRET.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.usefixtures("keyring")
def test_a_wrong_secret_is_refused_and_not_kept(run: Run, gateway: DemoGateway) -> None:
    done = login(run, gateway, secret="wrong-5678")

    assert done.returncode == 4
    assert "secret" in done.stderr
    assert "wrong-5678" not in done.stdout + done.stderr
    assert run("ask", "hello").returncode == 4


def test_without_a_keyring_login_says_what_to_do(run: Run, gateway: DemoGateway) -> None:
    done = login(run, gateway)

    assert done.returncode == 4
    assert "GENESYS_CLIENT_SECRET" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_region_is_refused_with_the_choices(run: Run) -> None:
    done = run("login", "--region", "moon-1", "--client-id", "x", stdin="y\n")

    assert done.returncode == 2
    assert "eu-west-1" in done.stderr


def test_the_secret_is_asked_for_without_echo(
    command: Sequence[str], environ: dict[str, str], gateway: DemoGateway
) -> None:
    leader, follower = pty.openpty()
    arguments = [*command, "login", "--base-url", gateway.url, "--client-id", gateway.client_id]
    with subprocess.Popen(arguments, stdin=follower, stdout=follower, stderr=follower, env=environ):
        os.close(follower)
        seen = b""
        while b"secret" not in seen:
            seen += os.read(leader, 4096)
        time.sleep(0.3)  # getpass turns the echo off behind its question
        os.write(leader, SECRET.encode() + b"\n")
        while True:
            try:
                data = os.read(leader, 4096)
            except OSError:
                break
            seen += data
            if not data:
                break
    os.close(leader)
    assert SECRET.encode() not in seen


def test_credentials_in_the_environment_need_no_keyring(run: Run, gateway: DemoGateway) -> None:
    given = {"GENESYS_CLIENT_ID": gateway.client_id, "GENESYS_CLIENT_SECRET": SECRET}
    run("config", "set", "base_url", gateway.url)

    assert run("ask", "hello", **given).returncode == 0
    status = run("status", **given)
    assert "environment (GENESYS_CLIENT_SECRET)" in status.stdout
    assert "memory only" in status.stderr
    doctor = run("doctor", **given, TERM="xterm")
    assert doctor.returncode == 0
    assert "note  keyring" in doctor.stdout
