"""The fault matrix, surroundings: names, clocks, disks, keyrings and tokens that go wrong in the midst of a session."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
from secret_service import SecretService, missing_programs
from tui.conftest import MakeStage, Tokens, no_desktop, stage
from tui.terminal.conftest import environment

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.report import Verdict
from genesys_tui.audit.verification import verify
from genesys_tui.auth import Credentials, SecretStore, SignIn, find_credentials, save_credentials
from genesys_tui.auth.backend import forget_backend
from genesys_tui.cli.main import _run
from genesys_tui.demo import DemoGateway
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.tui.desk import Desk

__all__ = ["no_desktop", "stage"]

ASK = [sys.executable, "-m", "genesys_tui", "ask", "--format", "json"]


async def test_a_name_that_cannot_be_found(
    stage: MakeStage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "a-token")
    url = "https://no-such-host.invalid"
    assert _run(["ask", "--base-url", url, "--retries", "1", "--format", "json", "hello"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["error"]["kind"], told["attempts"]) == ("failed", "unreachable", 2)
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        good = it.app.chat.desk
        lost = Gateway(Endpoint(url), Tokens(it.demo), retry=RetryPolicy(retries=1, base=0.01))
        it.app.chat.desk = Desk(lost, it.ledger)
        await it.ask(pilot)
        assert (it.records[0].status, it.records[0].attempts) == ("failed", 2)
        it.app.chat.desk = good
        await it.ask(pilot)
        assert it.records[0].status == "completed"


class Jumping(datetime):
    """A wall clock that steps by a day at each look: on, back, back again and on."""

    steps = cycle([0, 86_400, -86_400, -2 * 86_400, 3600])

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=next(cls.steps))


@pytest.fixture
def jumping(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("genesys_tui.") and vars(module).get("datetime") is datetime:
            monkeypatch.setattr(module, "datetime", Jumping)


async def test_a_clock_that_steps(
    jumping: None,
    stage: MakeStage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Durations are of a clock that does not step; the chain of events is in the order they happened."""
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        for _ in range(4):
            await it.ask(pilot)
        assert [record.status for record in it.records] == ["completed"] * 4
        assert all(0 < record.elapsed_seconds < 60 for record in it.records)
        await pilot.press("f3")
        await pilot.pause()
        assert it.app.is_running
        monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", it.demo.mint_token())
    assert _run(["ask", "--base-url", it.demo.url, "--format", "json", "hello"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "completed"
    assert 0 < told["elapsed_seconds"] < 60
    assert verify(tmp_path / "ledger.db").verdict is Verdict.UNANCHORED


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """`ask`: no call without a record, in a sentence. With room again, the next one is made."""
    with DemoGateway(rate=0) as gateway:
        home = environment(tmp_path, GENESYSCLOUD_ACCESS_TOKEN=gateway.mint_token())
        ask = [*ASK, "--base-url", gateway.url, "hello"]
        assert subprocess.run(ask, env=home, capture_output=True, check=False).returncode == 0
        most = max(file.stat().st_size for file in tmp_path.glob("ledger.db*"))
        full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
        done = subprocess.run(
            [*ask[:-1], "-"],
            input="x" * (most + 100_000),
            env=home,
            capture_output=True,
            text=True,
            preexec_fn=full,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert "The audit file" in done.stderr
        assert "Traceback" not in done.stderr
        assert len(gateway.requests) == 1, "nothing was sent that could not be recorded"
        assert subprocess.run(ask, env=home, capture_output=True, check=False).returncode == 0
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert [call.record.status for call in ledger.calls()] == ["completed"] * 2
    assert verify(tmp_path / "ledger.db").verdict is Verdict.UNANCHORED


async def test_a_disk_that_is_full_under_the_app(stage: MakeStage, tmp_path: Path) -> None:
    it = stage()
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        most = max(file.stat().st_size for file in tmp_path.glob("ledger.db*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            await it.send(pilot, "x" * (most + 100_000))
            await it.until(pilot, lambda: "The audit file" in it.shown and not it.app.chat.busy)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert len(it.demo.requests) == 1
        it.app.chat.prompt.text = ""
        await it.ask(pilot, "and now")
        assert [record.status for record in it.records] == ["completed"] * 2
    assert verify(tmp_path / "ledger.db").verdict is Verdict.UNANCHORED


async def test_a_token_that_is_revoked_in_the_midst_of_a_stream(stage: MakeStage) -> None:
    """The stream goes on; the next call is refused once and made with a fresh token."""
    it = stage(rate=40, tokens=40)
    token = it.demo.mint_token()

    class Kept(Tokens):
        def token(self) -> str:
            return token

    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        it.app.chat.desk = Desk(Gateway(Endpoint(it.demo.url), Kept(it.demo)), it.ledger)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: it.demo.open_streams)
        it.demo.revoke_tokens()
        await it.until(pilot, lambda: not it.app.chat.busy)
        assert (it.records[0].status, it.records[0].attempts) == ("completed", 1)
        await it.ask(pilot, "and now")
        assert (it.records[0].status, it.records[0].attempts) == ("completed", 2)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    if missing := missing_programs():
        pytest.skip(f"needs a Secret Service: {missing} not installed (apt-get install gnome-keyring dbus)")
    with SecretService() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
        forget_backend()
        yield service
    forget_backend()


async def test_a_keyring_that_is_gone_in_the_midst_of_a_session(
    keyring: SecretService, stage: MakeStage, tmp_path: Path
) -> None:
    """The token at hand goes on being good; a new one cannot be had, which is a sentence and a record."""
    it = stage()
    place = it.demo.url
    save_credentials(SecretStore("default"), Credentials.of(it.demo.client_id, it.demo.client_secret, "keyring"))
    bus = {"DBUS_SESSION_BUS_ADDRESS": keyring.address}
    ask = [*ASK, "--base-url", place, "hello"]
    home = environment(tmp_path / "another") | bus
    (tmp_path / "another").mkdir()
    assert subprocess.run(ask, env=home, capture_output=True, check=False).returncode == 0

    store = SecretStore("default")
    tokens = SignIn(partial(find_credentials, {}, store), place, store, environ=environment(tmp_path))
    async with it.app.run_test() as pilot:
        await it.ready(pilot)
        it.app.chat.desk = Desk(Gateway(Endpoint(place), tokens), it.ledger)
        await it.ask(pilot)
        keyring.end_daemon()
        await it.ask(pilot)
        assert [record.status for record in it.records] == ["completed"] * 2
        it.demo.revoke_tokens()
        await it.ask(pilot)
        failed = it.records[0]
        assert (failed.status, failed.error and failed.error.kind) == ("failed", "keyring")
        it.app.chat.desk = Desk(Gateway(Endpoint(place), Tokens(it.demo)), it.ledger)
        await it.ask(pilot)
        assert it.records[0].status == "completed"
    done = subprocess.run(ask, env=home, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert json.loads(done.stdout)["error"]["kind"] == "keyring"
    assert "Traceback" not in done.stderr
