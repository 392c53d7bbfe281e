"""`audit verify`, `head`, `erase` and `push`, as people run them."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from audit.collecting import TestCollector
from audit.made import write
from cli.conftest import Run
from secret_service import SecretService, missing_programs

from genesys_tui.audit.ledger import Ledger
from genesys_tui.audit.records import RecordedError

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def ledger(run: Run, environ: dict[str, str]) -> Path:
    """Two calls, the second one with a secret in it."""
    for prompt in ("hello", "my secret is Xylophonist4711"):
        assert run("ask", "--demo", "--rate", "0", prompt).returncode == 0
    return Path(environ["GENESYS_TUI_HOME"]) / "ledger.db"


def first_id(run: Run, *filters: str) -> str:
    request_id: str = json.loads(run("audit", "list", "--format", "jsonl", *filters).stdout.splitlines()[0])[
        "request_id"
    ]
    return request_id


def test_without_a_keyring_the_ledger_is_valid_and_unanchored(run: Run, ledger: Path) -> None:
    done = run("audit", "verify", **NO_KEYRING)
    assert done.returncode == 10
    assert done.stdout.startswith("VALID-UNANCHORED")
    assert "not that everything was recorded" in done.stdout
    assert "There is no keyring" in done.stderr
    report = json.loads(run("audit", "verify", "--format", "json", **NO_KEYRING).stdout)
    assert (report["verdict"], report["calls"], report["signed"]) == ("VALID-UNANCHORED", 2, 0)


def test_an_anchor_file_that_is_not_there_is_a_mistake_in_the_command(run: Run, tmp_path: Path) -> None:
    for file, why in ((tmp_path / "nowhere", "does not exist."), (tmp_path, "is a directory.")):
        done = run("audit", "verify", "--anchor", str(file), **NO_KEYRING)
        assert (done.returncode, why in done.stderr, "Errno" in done.stderr) == (2, True, False)


def test_a_head_that_was_kept_elsewhere_anchors_ledger_and_export(run: Run, ledger: Path, tmp_path: Path) -> None:
    head = run("audit", "head", **NO_KEYRING)
    assert head.stdout.startswith("genesys-tui/ledger/")
    assert "It is not signed." in head.stderr
    (tmp_path / "head").write_text(head.stdout)
    assert run("audit", "verify", "--anchor", str(tmp_path / "head"), **NO_KEYRING).returncode == 0
    export = tmp_path / "all.jsonl"
    assert run("audit", "export", "-o", str(export)).returncode == 0
    done = run("audit", "verify", str(export), "--anchor", str(tmp_path / "head"))
    assert (done.returncode, done.stdout.split()[0]) == (0, "VALID-ANCHORED")
    run("ask", "--demo", "--rate", "0", "more")
    later = run("audit", "verify", "--anchor", str(tmp_path / "head"), **NO_KEYRING)
    assert later.returncode == 10
    assert "events are not anchored yet" in later.stdout


def test_each_verdict_has_its_exit_code(run: Run, ledger: Path, tmp_path: Path) -> None:
    head = tmp_path / "head"
    text = run("audit", "head", **NO_KEYRING).stdout
    head.write_text(re.sub(r"head [0-9a-f]{8}", "head 00000000", text))
    assert run("audit", "verify", "--anchor", str(head), **NO_KEYRING).returncode == 30
    with sqlite3.connect(ledger) as db:
        db.execute("DROP TRIGGER texts_stay_so")
        db.execute("UPDATE texts SET body = 'never said' WHERE part = 'reply'")
    done = run("audit", "verify", **NO_KEYRING)
    assert done.returncode == 40
    assert "Event " in done.stdout
    nothing = run("audit", "verify", str(tmp_path / "nothing"))
    assert (nothing.returncode, nothing.stdout.split()[0]) == (50, "UNREADABLE")
    assert run("audit", "verify", "--key", "nonsense").returncode == 2
    assert run("audit", "verify", "--anchor", str(ledger)).returncode == 1


def test_an_anchor_file_is_written_and_read(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    home = Path(environ["GENESYS_TUI_HOME"])
    home.mkdir()
    (home / "config.toml").write_text(f'[audit]\nanchor = "{tmp_path / "anchors"}"\n')
    run("ask", "--demo", "--rate", "0", "hello")
    assert run("audit", "verify", **NO_KEYRING).returncode == 0
    assert (tmp_path / "anchors").read_text().startswith("genesys-tui/ledger/")
    (tmp_path / "anchors").unlink()
    gone = run("audit", "verify", "--format", "json", **NO_KEYRING)
    assert gone.returncode == 10
    assert "anchor was not compared" in json.loads(gone.stdout)["sentences"][1]


def test_what_was_erased_is_gone(run: Run, ledger: Path) -> None:
    request_id = first_id(run, "--search", "xylophonist4711")
    refused = run("audit", "erase", request_id)
    assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
    done = run("audit", "erase", request_id[:8], "--yes", **NO_KEYRING)
    assert done.returncode == 0, done.stderr
    assert run("audit", "list", "--search", "xylophonist4711").stdout.count("\n") == 1
    shown = run("audit", "show", request_id).stdout
    assert "What was said in this call was erased." in shown
    assert all(b"Xylophonist" not in file.read_bytes() for file in ledger.parent.rglob("*") if file.is_file())
    assert run("audit", "verify", **NO_KEYRING).returncode == 10
    assert "erased already" in run("audit", "erase", request_id, "--yes", **NO_KEYRING).stderr


def test_the_rest_of_a_conversation_is_erased_by_the_id_of_the_call_that_is(run: Run, ledger: Path) -> None:
    call = json.loads(run("audit", "list", "--format", "jsonl", "--limit", "1").stdout)
    with Ledger(ledger) as kept:
        follows = kept.get(call["request_id"]).record.model_copy(update={"request_id": "follows", "status": "running"})
        kept.start(follows, [{"role": "user", "content": "again: Xylophonist4711"}])
        kept.end(follows.model_copy(update={"status": "completed"}), "again")
    erase = ("audit", "erase", call["request_id"], "--yes")
    assert f"`audit erase --conversation {call['request_id'][:8]}` erases them" in run(*erase, **NO_KEYRING).stderr
    assert run(*erase, "--conversation", **NO_KEYRING).stderr.startswith("Erased what was said in 1 call.")
    assert "erased" in run("audit", "show", "follows").stdout
    assert "erased already" in run(*erase, "--conversation", **NO_KEYRING).stderr


def test_a_call_of_no_conversation_is_erased_alone(run: Run, ledger: Path) -> None:
    with Ledger(ledger) as kept:
        write(kept, "alone", "by itself", conversation_id="")
        write(kept, "another", "by itself, too", conversation_id="")
        write(kept, "half", conversation_id="half\ud800")
        write(kept, "whole", conversation_id="half?")
    done = run("audit", "erase", "alone", "--conversation", "--yes", **NO_KEYRING)
    assert (done.returncode, done.stderr) == (0, "Erased what was said in 1 call.\n")
    done = run("audit", "erase", "half", "--conversation", "--yes", **NO_KEYRING)
    assert done.stderr == "Erased what was said in 1 call.\n"
    assert run("audit", "erase", "another", "--yes", **NO_KEYRING).stderr == "Erased what was said in 1 call.\n"
    assert run("audit", "list", "--search", "xylophonist4711").stdout.count("\n") == 2
    assert "erased already" in run("audit", "erase", "alone", "--conversation", "--yes", **NO_KEYRING).stderr


def test_texts_are_kept_as_the_settings_say(run: Run, environ: dict[str, str]) -> None:
    home = Path(environ["GENESYS_TUI_HOME"])
    home.mkdir()
    (home / "config.toml").write_text('[audit]\ntext = "hash"\n')
    run("ask", "--demo", "--rate", "0", "my secret is Xylophonist4711")
    assert all(b"Xylophonist" not in file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert "What was said in this call was not kept." in run("audit", "show", first_id(run)).stdout
    (home / "config.toml").write_text('[audit]\ntext = "some"\n')
    refused = run("audit", "list")
    assert (refused.returncode, "audit" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("form", "begins"), [("csv", '"request_id",'), ("otlp", '{"resourceSpans":'), ("jsonl", '{"event":')]
)
def test_exports_go_to_standard_output(form: str, begins: str, run: Run, ledger: Path) -> None:
    done = run("audit", "export", "--format", form)
    assert done.stdout.startswith(begins)
    assert done.stderr == ""


def test_calls_are_pushed_to_a_collector(run: Run, ledger: Path) -> None:
    with TestCollector() as collector:
        done = run("audit", "push", "--otlp", collector.url, OTEL_EXPORTER_OTLP_HEADERS="x-token=abc")
        assert (done.returncode, len(collector.keys)) == (0, 2), done.stderr
        assert collector.requests[0][1]["x-token"] == "abc"
        assert "2 calls were sent" in done.stderr
        collector.answers += [(503, {}, b"")]
        run("ask", "--demo", "--rate", "0", "more")
        failed = run("audit", "push", "--otlp", collector.url, "--retries", "0")
        assert (failed.returncode, "Nothing is lost" in failed.stderr) == (1, True)
        assert run("audit", "push", "--otlp", collector.url).returncode == 0
        assert len(set(collector.keys)) == 3


def test_a_push_that_is_refused_says_how_to_go_past_the_call(run: Run, ledger: Path) -> None:
    with TestCollector() as collector:
        collector.answers += [(400, {}, b"no such field")] * 3
        failed = run("audit", "push", "--otlp", collector.url)
        assert (failed.returncode, "it answered 400: no such field. " in failed.stderr) == (1, True), failed.stderr
        request_id = re.findall("--skip ([^` ]+)`", failed.stderr)[0]
        collector.answers[:] = [(400, {}, b"no such field")] * 2
        past = run("audit", "push", "--otlp", collector.url, "--skip", request_id)
        assert (past.returncode, len(collector.keys)) == (1, 1), past.stderr
        assert "Of them, 1 did not arrive, being rejected or skipped for good: it answered 400" in past.stderr
        assert run("audit", "push", "--otlp", collector.url).returncode == 0


def test_filters_are_the_same_for_list_and_export(run: Run, ledger: Path) -> None:
    for filters in (["--search", "XYLOPHONIST"], ["--min-tokens", "1", "--search", "secret"], ["--profile", "demo"]):
        listed = [json.loads(line) for line in run("audit", "list", "--format", "jsonl", *filters).stdout.splitlines()]
        lines = [json.loads(line) for line in run("audit", "export", *filters).stdout.splitlines()]
        assert [each["request_id"] for each in lines] == [each["request_id"] for each in listed][::-1]
        assert listed
    assert run("audit", "list", "--stop-reason", "len*").stdout.count("\n") == 1


@pytest.fixture
def keyring() -> Iterator[dict[str, str]]:
    """A real Secret Service."""
    if missing := missing_programs():
        pytest.skip(f"needs {missing}")
    with SecretService() as service:
        yield {name: service.environ[name] for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}


def test_with_a_keyring_it_is_signed_and_anchored(
    run: Run, ledger: Path, keyring: dict[str, str], command: Sequence[str], environ: dict[str, str]
) -> None:
    key = run("audit", "head", "--key", **keyring).stdout.strip()
    assert key.startswith("genesys-tui/ledger+")
    assert run("audit", "erase", first_id(run), "--yes", **keyring).returncode == 0  # news, and so a checkpoint
    done = run("audit", "verify", **keyring)
    assert (done.returncode, done.stdout.split()[0]) == (0, "VALID-ANCHORED"), done.stdout + done.stderr
    elsewhere = run("audit", "verify", str(ledger), "--key", key)
    assert elsewhere.returncode == 10
    assert "2 are signed" in elsewhere.stdout
    copy = ledger.read_bytes()
    assert run("audit", "erase", first_id(run, "--search", "hello"), "--yes", **keyring).returncode == 0
    ledger.write_bytes(copy)
    older = run("audit", "verify", **keyring)
    assert (older.returncode, older.stdout.split()[0]) == (30, "DIVERGED")
    assert run("audit", "head", "--accept", **keyring).returncode == 0
    assert run("audit", "verify", **keyring).returncode == 0
    process = subprocess.run(
        [*command, "audit", "head"], env={**environ, **keyring}, capture_output=True, text=True, timeout=60, check=False
    )
    assert "— genesys-tui/ledger " in process.stdout


def test_hostile_text_reaches_no_terminal(run: Run, environ: dict[str, str]) -> None:
    steer = "\x1b]0;owned\x07\x9b2J\u202e"
    with Ledger(Path(environ["GENESYS_TUI_HOME"]) / "ledger.db") as ledger:
        error = RecordedError(kind="refused", message=steer)
        write(ledger, f"r{steer}", steer, steer, model=steer, stop_reason=steer, status="failed", error=error)
    for command in (["list"], ["list", "--format", "jsonl"], ["show", "r"], ["show", "r", "--format", "json"]):
        shown = run("audit", *command).stdout
        assert shown
        assert not set(shown) & set(steer) - set("]0;owned2J"), command
    for form in ("jsonl", "csv", "otlp"):
        assert not set(run("audit", "export", "--format", form).stdout) & {"\x1b", "\x07", "\x9b", "\u202e"}
