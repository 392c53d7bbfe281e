"""`audit bundle` writes one zip about a call, without secrets, and without what was said unless asked to."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

Run = Callable[..., "CompletedProcess[str]"]
PROMPT = "When may the customer in Leeds cancel?"


def test_a_call_becomes_a_file_for_a_ticket(run: Run, tmp_path: Path) -> None:
    secrets = {"GENESYS_CLIENT_SECRET": "canary-0815-secret"}
    run("ask", "--demo", "--rate", "0", f"{PROMPT} canary-0815-secret")
    request_id = json.loads(run("audit", "list", "--format", "jsonl").stdout)["request_id"]
    for flags in ((), ("--with-text",)):
        file = tmp_path / f"it{len(flags)}.zip"
        done = run("audit", "bundle", request_id[:8], "-o", str(file), *flags, **secrets)
        assert (done.returncode, done.stdout) == (0, f"{file}\n")
        with zipfile.ZipFile(file) as archive:
            texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist()}
        assert list(texts) == ["README.txt", "call.json", "timeline.jsonl"]
        assert json.loads(texts["call.json"])["call"]["request_id"] == request_id
        everything = "".join(texts.values())
        assert "canary" not in everything
        assert (PROMPT in everything) is bool(flags)

    again = run("audit", "bundle", request_id, "-o", str(tmp_path / "it0.zip"))
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert run("audit", "bundle", "nowhere").returncode == 1


MOODY = '''
from keyring.backend import KeyringBackend

class Moody(KeyringBackend):
    """Some of its entries cannot be read."""

    priority = 9

    def get_password(self, service, username):
        if service.endswith("/client-secret"):
            raise ValueError("not today")
        return "canary-in-the-keyring" if service.endswith("/api-key") else None

    def set_password(self, service, username, password): ...
    def delete_password(self, service, username): ...
'''


def test_every_secret_that_could_be_sent_is_looked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "moody.py").write_text(MOODY)
    (tmp_path / "secret").write_text("canary-in-a-file\n")
    environ = {
        "ALL_PROXY": "http://user:canary-of-a%2fproxy@proxy.example:3128",
        "GENESYS_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "PYTHON_KEYRING_BACKEND": "moody.Moody",
        "PYTHONPATH": str(tmp_path),
    }
    canaries = ["canary-of-a%2fproxy", "canary-of-a/proxy", "canary-in-a-file", "canary-in-the-keyring"]
    run("ask", "--demo", "--rate", "0", f"{PROMPT} {' '.join(canaries)}")
    request_id = json.loads(run("audit", "list", "--format", "jsonl").stdout)["request_id"]
    file = tmp_path / "it.zip"
    assert run("audit", "bundle", request_id, "-o", str(file), "--with-text", **environ).returncode == 0
    with zipfile.ZipFile(file) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert PROMPT in everything
    assert [canary for canary in canaries if canary in everything] == []
