"""`doctor` names the hop that fails, says what to do, and tells scripts by its exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from papers import Papers

from genesys_tui.demo import DemoGateway

Run = Callable[..., "subprocess.CompletedProcess[str]"]
WAY = ["dns", "tcp", "proxy", "tls"]
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    with DemoGateway(rate=0) as gateway:
        yield gateway


def examined(run: Run, **environ: str) -> tuple[int, str | None, dict[str, Any]]:
    """The exit code, what fails first, and each finding by its name, the last one of each."""
    done = run("doctor", "--format", "json", TERM="xterm", **environ)
    told = json.loads(done.stdout)
    return done.returncode, told["failed"], {finding["check"]: finding for finding in told["checks"]}


def test_all_is_well(run: Run, gateway: DemoGateway) -> None:
    run("config", "set", "base_url", gateway.url)
    secrets = {"GENESYS_CLIENT_ID": gateway.client_id, "GENESYS_CLIENT_SECRET": gateway.client_secret}
    code, failed, findings = examined(run, **secrets)
    assert (code, failed) == (0, None)
    assert list(findings) == ["settings", "keyring", *WAY, "sign-in", "endpoint", "audit file", "terminal"]
    assert [name for name in WAY if findings[name]["verdict"] != "ok"] == []
    assert findings["sign-in"]["seconds"] > 0
    assert "is served" in findings["endpoint"]["words"]
    assert run("audit", "list", "--format", "jsonl").stdout == "", "no call was made"


@pytest.mark.parametrize(
    ("settings", "failed", "code", "words"),
    [
        ({"base_url": "https://gateway.invalid"}, "dns", 1, "gateway.invalid could not be found"),
        ({"base_url": "https://127.0.0.1:9"}, "tcp", 1, "Nothing answers at 127.0.0.1:9"),
        (
            {"base_url": "https://gateway.test", "proxy": "http://127.0.0.1:9"},
            "tcp",
            1,
            "The way leads through a proxy",
        ),
    ],
)
def test_the_hop_that_fails_is_named_and_those_behind_it_are_not_tried(
    settings: dict[str, str], failed: str, code: int, words: str, run: Run
) -> None:
    for name, value in settings.items():
        run("config", "set", "region", "eu-west-1")
        run("config", "set", name, value)
    seen, first, findings = examined(run, GENESYSCLOUD_ACCESS_TOKEN="canary-1234")
    assert seen == code
    assert findings[failed]["verdict"] == "fail"
    assert words in findings[failed]["words"]
    assert first in WAY
    behind = [*WAY[WAY.index(failed) + 1 :], "endpoint"]
    assert [findings[name]["verdict"] for name in behind] == ["skipped"] * len(behind)
    text = run("doctor", TERM="xterm", GENESYSCLOUD_ACCESS_TOKEN="canary-1234")
    assert "What fails first: " in text.stderr
    assert "canary-1234" not in text.stdout + text.stderr


def test_a_wrong_secret_fails_at_the_sign_in(run: Run, gateway: DemoGateway) -> None:
    run("config", "set", "base_url", gateway.url)
    secrets = {"GENESYS_CLIENT_ID": gateway.client_id, "GENESYS_CLIENT_SECRET": "wrong"}
    code, failed, findings = examined(run, **secrets)
    assert (code, failed) == (4, "sign-in")
    assert findings["endpoint"]["verdict"] == "skipped"


def test_a_path_that_is_not_served_fails_at_the_endpoint(run: Run, gateway: DemoGateway) -> None:
    run("config", "set", "base_url", gateway.url)
    run("config", "set", "endpoint", "/nowhere")
    code, failed, findings = examined(run, GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token())
    assert (code, failed) == (1, "endpoint")
    assert "/nowhere is not served" in findings["endpoint"]["words"]


def test_certificates_that_cannot_be_used_are_settings(run: Run, gateway: DemoGateway, tmp_path: Path) -> None:
    """As wrong as any other setting, and told by the same exit code."""
    run("config", "set", "base_url", gateway.url.replace("http:", "https:"))
    run("config", "set", "client_certificate", Papers(tmp_path).client(days=-1)[0])
    code, failed, findings = examined(run)
    assert (code, failed) == (2, "tls")
    assert "expired on" in findings["tls"]["words"]


def test_a_read_only_profile_is_not_knocked_for(run: Run, gateway: DemoGateway) -> None:
    run("config", "set", "base_url", gateway.url)
    run("config", "set", "read_only", "true")
    code, _, findings = examined(run, GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token())
    assert (code, findings["endpoint"]["verdict"]) == (0, "skipped")


def test_a_gateway_of_the_other_dialect_is_walked_to_without_a_sign_in(run: Run, gateway: DemoGateway) -> None:
    run("config", "set", "base_url", gateway.url)
    run("config", "set", "dialect", "openai")
    code, failed, findings = examined(run, OPENAI_API_KEY=gateway.mint_token(), **NO_KEYRING)
    assert (code, failed) == (0, None)
    assert "API key" in findings["sign-in"]["words"]
    assert "OPENAI_API_KEY" in findings["keyring"]["words"]
    assert "GENESYS_CLIENT" not in findings["keyring"]["words"]
    assert "/chat/completions is served" in findings["endpoint"]["words"]


def test_an_anchor_that_cannot_be_written_is_named_by_doctor_and_by_every_call(
    run: Run, gateway: DemoGateway, environ: dict[str, str]
) -> None:
    run("config", "set", "base_url", gateway.url)
    with (Path(environ["GENESYS_TUI_HOME"]) / "config.toml").open("a") as file:
        file.write('\n[audit]\nanchor = "/nonexistent/folder/anchors"\n')
    secrets = {"GENESYSCLOUD_ACCESS_TOKEN": gateway.mint_token(), **NO_KEYRING}
    code, failed, findings = examined(run, **secrets)
    assert (code, failed) == (1, "audit file")
    assert "/nonexistent/folder/anchors cannot be written" in findings["audit file"]["words"]
    asked = run("ask", "hello", **secrets)
    assert asked.returncode == 0
    assert "/nonexistent/folder/anchors cannot be written" in asked.stderr
    probed = run("probe", "--prompt", "hello", "--repeat", "1", "--quiet", **secrets)
    assert "/nonexistent/folder/anchors cannot be written" in probed.stderr


def test_without_a_keyring_nothing_is_said_to_be_signed(run: Run, gateway: DemoGateway) -> None:
    run("config", "set", "base_url", gateway.url)
    run("ask", "hello", GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token(), **NO_KEYRING)
    code, _, findings = examined(run, GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token(), **NO_KEYRING)
    assert (code, findings["audit file"]["verdict"]) == (0, "note")
    assert "1 call, " in findings["audit file"]["words"]
    assert "checkpoints not signed (There is no keyring" in findings["audit file"]["words"]
