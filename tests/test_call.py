"""Every call ends exactly once, in one record, whatever happens; its start is on disk before its request leaves."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
from fakes import FixedTokens, Outcome, asking, call_to, run, wait_until
from gateway.raw_server import OK, Connection, RawServer, answer, chunk, final, hang

from genesys_tui.audit.ledger import Filter, Ledger
from genesys_tui.audit.records import FINAL_STATUSES, Record
from genesys_tui.call import CallFact, Context, Ended, Started
from genesys_tui.errors import CredentialsRejected, LedgerError
from genesys_tui.gateway.facts import Answered, Delta, Received, Requested

Serve = Callable[..., RawServer]

STREAM = [OK, chunk("so ", 1), chunk("far", 2), final(2, usage={"input_tokens": 5, "output_tokens": 2})]


class OnceOnly:
    """A ledger in front of a real one that counts what is written."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.starts: list[Record] = []
        self.ends: list[Record] = []

    def start(self, record: Record, messages: list[dict[str, str]]) -> None:
        self._ledger.start(record, messages)
        self.starts.append(record)

    def end(self, record: Record, reply: str) -> None:
        self._ledger.end(record, reply)
        self.ends.append(record)


def test_a_call_tells_its_start_its_facts_and_its_end(serve: Serve, ledger: Ledger) -> None:
    payload = asking("What is new?")
    context = Context("work", "mypurecloud.de", "conversation-1", "call-0")
    outcome = run(call_to(serve(STREAM).url, ledger, payload, context=context))
    assert isinstance(outcome.facts[0], Started)
    assert [type(fact) for fact in outcome.facts[1:3]] == [Requested, Answered]
    record = outcome.record
    assert outcome.facts[0].record.status == "running"
    assert (record.request_id, record.model) == (payload.request_id, "gpt-4o-mini")
    assert (record.profile, record.environment) == ("work", "mypurecloud.de")
    assert (record.conversation_id, record.continues) == ("conversation-1", "call-0")
    assert (record.total_tokens, record.input_tokens, record.total_chunks, record.attempts) == (2, 5, 3, 1)
    assert record.parameters["stream_config"]["chunk_matrix"]["max_tokens_per_chunk"] == 16
    assert 0 < (record.time_to_first_token_seconds or 0) <= record.elapsed_seconds < 5
    assert record.tokens_per_second == pytest.approx(2 / record.elapsed_seconds, rel=0.01)
    assert record.started_at.utcoffset() is not None
    assert ledger.get(payload.request_id).reply == outcome.content == "so far"


def test_a_call_without_a_conversation_begins_one(serve: Serve, ledger: Ledger) -> None:
    server = serve(STREAM)
    assert len({run(call_to(server.url, ledger)).record.conversation_id for _ in range(3)}) == 3


def test_the_content_so_far_can_be_read_while_it_comes(serve: Serve, ledger: Ledger) -> None:
    call = call_to(serve(STREAM).url, ledger)
    seen = [call.content for fact in call.run() if isinstance(fact, Delta)]
    assert seen == ["so ", "so far", "so far"]
    assert call.snapshot().tokens == 2


def test_the_start_is_on_disk_before_the_request_leaves(serve: Serve, ledger: Ledger) -> None:
    found = []

    def look(_: Connection) -> None:
        with sqlite3.connect(f"file:{ledger.path}?mode=ro", uri=True) as db:
            found.extend(
                db.execute(
                    "SELECT c.request_id, c.status, t.body FROM calls AS c JOIN texts AS t ON t.seq = c.start_seq"
                ).fetchall()
            )

    payload = asking("Are you there?")
    run(call_to(serve([look, *STREAM]).url, ledger, payload))
    assert found == [(payload.request_id, "running", '[{"content":"Are you there?","role":"user"}]')]


def test_the_start_is_on_disk_before_a_connection_is_made(serve: Serve, ledger: Ledger) -> None:
    server = serve(STREAM)
    facts = call_to(server.url, ledger).run()
    assert isinstance(next(facts), Started)
    assert next(ledger.calls()).record.status == "running"
    assert not server.connections
    facts.close()


def test_nothing_is_sent_where_the_start_cannot_be_recorded(serve: Serve, ledger: Ledger) -> None:
    server = serve(STREAM)
    payload = asking()
    run(call_to(server.url, ledger, payload))
    with pytest.raises(LedgerError, match=f"{payload.request_id} is already recorded"):
        run(call_to(server.url, ledger, payload))
    ledger.path.unlink()
    with pytest.raises(LedgerError, match="was moved or removed"):
        run(call_to(server.url, ledger))
    assert len(server.connections) == 1


def test_a_disk_that_is_full_means_no_request(serve: Serve, tmp_path: Path) -> None:
    """A second process may write no more bytes: its call is refused, and the server hears nothing."""
    pytest.importorskip("resource")
    server = serve(STREAM)
    script = """
import resource, sys
from pathlib import Path
from fakes import asking, call_to, run
from genesys_tui.audit.ledger import Ledger
from genesys_tui.errors import LedgerError
with Ledger(Path(sys.argv[2])) as ledger:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ledger.path.stat().st_size,) * 2)
    try:
        run(call_to(sys.argv[1], ledger, asking("x" * 1_000_000)))
    except LedgerError as error:
        print(error)
"""
    with child(script, server.url, tmp_path / "ledger.db") as process:
        said, _ = process.communicate(timeout=30)
    assert "cannot be written" in said
    assert "Without it no call is made." in said
    assert not server.connections


def a_bug() -> FixedTokens:
    class Broken(FixedTokens):
        def token(self) -> str:
            raise ZeroDivisionError("a bug")

    return Broken()


def bad_credentials() -> FixedTokens:
    class Rejected(FixedTokens):
        def token(self) -> str:
            raise CredentialsRejected("The secret is wrong. Sign in again.", status_code=400)

    return Rejected()


def test_a_sign_in_that_fails_is_a_failed_call(serve: Serve, ledger: Ledger) -> None:
    server = serve(STREAM)
    outcome = run(call_to(server.url, ledger, tokens=bad_credentials()))
    assert outcome.end == ("failed", "error", False)
    assert outcome.record.error is not None
    assert outcome.record.error.model_dump() == {
        "kind": "sign_in",
        "message": "The secret is wrong. Sign in again.",
        "status_code": 400,
        "correlation_id": None,
    }
    assert not server.connections


def test_a_bug_crashes_and_is_recorded(serve: Serve, ledger: Ledger) -> None:
    once = OnceOnly(ledger)
    with pytest.raises(ZeroDivisionError):
        run(call_to(serve(STREAM).url, once, tokens=a_bug()))
    (end,) = once.ends
    assert (end.status, end.stop_reason, end.detail) == ("failed", "error", "a bug in the program")


def leave(facts: Iterator[CallFact], how: type[BaseException] | None) -> None:
    """As a ``for`` loop that breaks, or one whose body raises."""
    if how is None:
        facts.close()  # type: ignore[attr-defined]
    else:
        with pytest.raises(how):
            facts.throw(how("thrown"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("how", "status"),
    [(None, "cancelled"), (KeyboardInterrupt, "cancelled"), (RuntimeError, "failed"), (SystemExit, "failed")],
)
def test_a_call_that_is_left_at_any_fact_ends_once(
    how: type[BaseException] | None, status: str, serve: Serve, ledger: Ledger
) -> None:
    server = serve(STREAM)
    last: CallFact | None = None
    place = 0
    while not isinstance(last, Ended):
        place += 1
        once = OnceOnly(ledger)
        facts = call_to(server.url, once).run()
        *_, last = islice(facts, place)
        leave(facts, how)
        assert len(once.starts) == len(once.ends) == 1, f"left at fact {place}"
        assert once.ends[0].status == ("completed" if isinstance(last, Ended) else status)
        assert ledger.get(once.ends[0].request_id).record == once.ends[0]
    assert not list(ledger.calls(Filter(status="running")))


def test_a_call_that_never_runs_is_no_call(serve: Serve, ledger: Ledger) -> None:
    call_to(serve(STREAM).url, ledger).run()
    call_to(serve(STREAM).url, ledger).cancel()
    assert not list(ledger.calls())


def test_what_is_left_lets_go_of_its_connection_though_its_error_is_kept(serve: Serve, ledger: Ledger) -> None:
    server = serve([*STREAM[:2], hang])
    facts = call_to(server.url, ledger).run()
    while not isinstance(next(facts), Delta):
        pass
    with pytest.raises(RuntimeError) as kept:
        facts.throw(RuntimeError("a bug in the screen"))
    wait_until(lambda: server.connections[0].closed_by_client.is_set())
    assert kept.value.__traceback__ is not None


RUN_A_CALL = """
import sys
from pathlib import Path
from fakes import call_to
from genesys_tui.audit.ledger import Ledger
with Ledger(Path(sys.argv[2])) as ledger:
    for fact in call_to(sys.argv[1], ledger).run():
        print(type(fact).__name__, flush=True)
"""


@contextmanager
def child(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A second process with the tests' own modules at hand."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n{script}"]
    process = subprocess.Popen([*command, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    while process.stdout.readline().strip() != word:
        assert process.poll() is None


@pytest.mark.parametrize("moment", ["Started", "Requested", "Delta"])
def test_a_call_whose_process_is_killed_is_closed_by_the_next(moment: str, serve: Serve, tmp_path: Path) -> None:
    server = serve([hang] if moment == "Requested" else [*STREAM[:2], hang])
    file = tmp_path / "ledger.db"
    with child(RUN_A_CALL, server.url, file) as process:
        read_until(process, moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Ledger(file) as ledger:
        assert ledger.recovered == 1
        (call,) = ledger.calls()
        assert (call.record.status, call.record.stop_reason, call.record.truncated) == ("failed", "interrupted", False)
        assert call.messages == [{"role": "user", "content": "Good morning"}]
    with Ledger(file) as ledger:
        assert ledger.recovered == 0, "once"


def test_a_call_of_another_process_that_lives_is_left_alone(serve: Serve, tmp_path: Path) -> None:
    go_on = threading.Event()
    server = serve([*STREAM[:2], lambda connection: go_on.wait(30) and None, *STREAM[2:]])
    file = tmp_path / "ledger.db"
    with child(RUN_A_CALL, server.url, file) as process:
        read_until(process, "Delta")
        for _ in range(3):
            with Ledger(file) as ledger:
                assert ledger.recovered == 0
                assert [call.record.status for call in ledger.calls()] == ["running"]
        go_on.set()
        process.communicate(timeout=30)
        assert process.returncode == 0
    with Ledger(file) as ledger:
        assert [call.record.status for call in ledger.calls()] == ["completed"]


def test_a_ledger_of_the_same_process_is_alive_too(ledger: Ledger, serve: Serve) -> None:
    facts = call_to(serve(STREAM).url, ledger).run()
    next(facts)
    with Ledger(ledger.path) as second:
        assert second.recovered == 0
    assert Outcome(list(facts)).record.status == "completed"


def test_only_the_four_statuses_end_a_call() -> None:
    assert FINAL_STATUSES == ("completed", "truncated", "cancelled", "failed")


def test_bytes_are_counted_as_they_came(serve: Serve, ledger: Ledger) -> None:
    outcome = run(call_to(serve(STREAM).url, ledger))
    assert sum(fact.size for fact in outcome.of(Received)) == sum(map(len, STREAM[1:]))
    assert run(call_to(serve(answer(400, "x")).url, ledger)).record.total_bytes == 0
