"""The fault matrix, network: each fault through `ask` as a process, and through the app, which goes on after it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import forkserver
import pytest
from fakes import FixedTokens
from faults.network_faults import COMPLETED, CUT, NETWORK, End
from faults.network_stage import Authority, authority, served
from gateway.raw_server import DONE, OK, RawServer
from tui.conftest import MakeStage, Tokens, no_desktop, stage

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import Record
from genesys_tui.cli.main import _run
from genesys_tui.gateway.client import Gateway
from genesys_tui.gateway.retry import RetryPolicy
from genesys_tui.tui.desk import Desk

__all__ = ["no_desktop", "stage"]

LIMITS = {"inactivity_timeout": 1.2, "max_stream_duration": 2.0, "retries": 1}
APPS = 6
"""How many apps share the faults: each lives through its share."""


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


def configure(home: Path, url: str, signer: Authority) -> None:
    limits = "\n".join(f"{name} = {value}" for name, value in LIMITS.items())
    (home / "config.toml").write_text(
        f'[profiles.default]\nbase_url = "{url}"\nca_bundle = "{signer.bundle}"\n{limits}'
    )


def end_of(record: Record, exit_code: int) -> End:
    return End(record.status, record.stop_reason, exit_code, record.error and record.error.kind)


@pytest.mark.parametrize("name", NETWORK)
def test_ask_ends_with_status_exit_code_and_record(name: str, signer: Authority, tmp_path: Path) -> None:
    fault = NETWORK[name]
    environ = {"GENESYS_TUI_HOME": str(tmp_path), "HOME": str(tmp_path), "GENESYSCLOUD_ACCESS_TOKEN": "a-token"}
    with served(fault, signer) as url:
        configure(tmp_path, url, signer)
        done = forkserver.run(["ask", "--format", "json", "hello"], environ)
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    with Ledger(tmp_path / "ledger.db") as ledger:
        (call,) = ledger.calls()
    record = call.record
    assert end_of(record, done.returncode) == fault.end, done.stderr
    assert (told["status"], told["request_id"], told["content"]) == (record.status, record.request_id, fault.text)
    assert (call.reply, record.truncated) == (fault.text, record.status == "truncated")
    if name != "401":
        assert record.attempts == fault.attempts
    assert record.error is None or record.error.message.endswith((".", ".)", "`.")), record.error.message


@pytest.mark.parametrize("share", range(APPS))
async def test_the_app_records_the_same_and_answers_the_next_prompt(
    share: int, signer: Authority, stage: MakeStage
) -> None:
    it = stage(**LIMITS)
    calm = Gateway(signer.endpoint(it.demo.url), Tokens(it.demo))
    async with it.app.run_test(size=(100, 30)) as pilot:
        await it.ready(pilot)
        for name in list(NETWORK)[share::APPS]:
            fault = NETWORK[name]
            with served(fault, signer) as url:
                gateway = Gateway(signer.endpoint(url), FixedTokens(), retry=RetryPolicy(retries=1, base=0.01))
                it.app.chat.desk = Desk(gateway, it.ledger)
                await it.ask(pilot, name)
            record = it.records[0]
            assert end_of(record, fault.end.exit_code) == fault.end, name
            assert next(iter(it.ledger.calls())).reply == fault.text
            it.app.chat.desk = Desk(calm, it.ledger)
            await it.ask(pilot, f"after {name}")
            after = it.records[0]
            assert (after.status, after.request_id != record.request_id) == ("completed", True), name
            assert f"after {name}" in it.shown
            assert it.app.is_running


SHORT = [b'data: {"chunk_id":"1","content":"Hi","tokens_generated":1}\n\n', DONE]


def test_ask_cut_at_each_byte_of_a_short_stream(
    serve: Callable[..., RawServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command line itself, without a process of its own for each byte."""
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "a-token")
    stream = b"".join(SHORT)
    server = serve(*([OK, stream[:place]] for place in range(len(stream) + 1)))
    for place in range(len(stream) + 1):
        code = _run(["ask", "--base-url", server.url, "--format", "json", "hello"])
        told = json.loads(capsys.readouterr().out)
        wanted = COMPLETED if place == len(stream) else CUT
        assert (told["status"], told["stop_reason"], code) == wanted[:3], f"cut at {place}"
        assert told["content"] == ("Hi" if place >= len(SHORT[0]) else ""), f"cut at {place}"
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert [call.record.status for call in ledger.calls()] == ["completed", *["truncated"] * len(stream)]
