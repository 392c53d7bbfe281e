"""The password of the client certificate's key goes into the keyring and nowhere else."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from papers import PASSWORD, Papers
from secret_service import SecretService, missing_programs

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def keyring(environ: dict[str, str]) -> Iterator[None]:
    if missing := missing_programs():
        pytest.skip(f"needs a Secret Service: {missing} not installed (apt-get install gnome-keyring dbus)")
    with SecretService() as service:
        environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        yield


@pytest.mark.usefixtures("keyring")
def test_it_is_tried_kept_and_forgotten(run: Run, tmp_path: Path) -> None:
    assert "client_certificate" in run("config", "key-password", stdin=PASSWORD).stderr
    certificate, key = Papers(tmp_path).client(locked=True)
    run("config", "set", "client_certificate", certificate)
    run("config", "set", "client_key", key)

    wrong = run("config", "key-password", stdin="wrong\n")
    assert wrong.returncode == 2
    assert "does not open the key" in wrong.stderr

    kept = run("config", "key-password", stdin=f"{PASSWORD}\n")
    assert (kept.returncode, PASSWORD in kept.stdout + kept.stderr) == (0, False)
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]

    assert "Taken out" in run("config", "key-password", "--forget").stderr
    assert "None was kept" in run("config", "key-password", "--forget").stderr
