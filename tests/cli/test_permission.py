"""Production is asked about before it is called, and a read-only profile calls nothing."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from genesys_tui.demo import DemoGateway

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    with DemoGateway(rate=0) as gateway:
        yield gateway


@pytest.fixture
def signed_in(environ: dict[str, str], gateway: DemoGateway, run: Run) -> None:
    """A profile ``live`` that leads to the embedded gateway, with a token at hand."""
    environ["GENESYSCLOUD_ACCESS_TOKEN"] = gateway.mint_token()
    environ["GENESYS_TUI_PROFILE"] = "live"
    run("config", "set", "base_url", gateway.url)
    run("config", "set", "region", "eu-central-1")
    run("config", "set", "model", "gpt-4o")


def calls(run: Run) -> int:
    return len(run("audit", "list", "--format", "jsonl").stdout.splitlines())


@pytest.mark.usefixtures("signed_in")
def test_without_a_terminal_production_needs_yes(run: Run) -> None:
    run("config", "set", "production", "true")

    refused = run("ask", "hello")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "production" in refused.stderr
    assert "--yes" in refused.stderr
    assert calls(run) == 0

    assert run("ask", "--yes", "hello").returncode == 0
    assert calls(run) == 1


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(("answer", "code", "made"), [(b"y\n", 0, 1), (b"n\n", 130, 0), (b"\n", 130, 0)])
def test_at_a_terminal_production_is_asked_about(
    answer: bytes, code: int, made: int, run: Run, command: Sequence[str], environ: dict[str, str]
) -> None:
    run("config", "set", "production", "true")
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*command, "ask", "hello"], stdin=follower, stdout=follower, stderr=follower, env=environ
    ) as it:
        os.close(follower)
        alarm = threading.Timer(60, it.kill)
        alarm.start()
        seen = b""
        while b"Call it?" not in seen:
            seen += os.read(leader, 4096)
        assert all(word in seen for word in (b"PRODUCTION", b"live", b"eu-central-1", b"gpt-4o"))
        os.write(leader, answer)
        while True:
            try:
                data = os.read(leader, 4096)
            except OSError:
                break
            if not data:
                break
            seen += data
        alarm.cancel()
    os.close(leader)
    assert it.returncode == code
    assert calls(run) == made
    if not made:
        assert b"Nothing was sent." in seen


@pytest.mark.usefixtures("signed_in")
def test_a_read_only_profile_sends_nothing_and_can_be_browsed(run: Run) -> None:
    assert run("ask", "hello").returncode == 0
    run("config", "set", "read_only", "true")

    refused = run("ask", "--yes", "hello")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "read-only" in refused.stderr
    listed = run("audit", "list", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["status"] for line in listed] == ["completed"]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("flag", ["production", "read_only"])
def test_the_demo_is_neither(flag: str, run: Run) -> None:
    run("config", "set", flag, "true")

    assert run("ask", "--demo", "--rate", "0", "hello").returncode == 0
