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
