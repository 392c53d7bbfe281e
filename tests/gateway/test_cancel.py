"""Cancelling a call from another thread ends it at once, whatever it is waiting for."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fakes import FixedTokens, Outcome, Running, asking, call_to, run, wait_until
from gateway.conftest import Certificates
from gateway.raw_server import OK, RawServer, Step, again_and_again, answer, chunk, final, hang

from genesys_tui.audit.ledger import Ledger
from genesys_tui.call import Call, Started
from genesys_tui.gateway.facts import Delta, Heartbeat, Received, Requested, Retry
from genesys_tui.gateway.retry import RetryPolicy

Serve = Callable[..., RawServer]

AT_ONCE = 0.5
"""Seconds; some milliseconds on a machine that is not busy."""


def cancelled(running: Running, during: str = "") -> Outcome:
    time.sleep(0.03)  # let it wait in earnest; whenever the cancel comes, the claim is the same
    began = time.perf_counter()
    running.call.cancel()
    outcome = running.finished()
    took = time.perf_counter() - began
    assert took < AT_ONCE, f"cancelling took {took:.3f} s {during}"
    assert outcome.end == ("cancelled", "cancelled", False)
    assert outcome.record.error is None
    return outcome


def recorded(ledger: Ledger, outcome: Outcome) -> tuple[str, str]:
    call = ledger.get(outcome.record.request_id)
    return call.record.status, call.reply


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What a name server or a sign-in waits for that does not answer, until the test is over."""
    over = threading.Event()
    yield over
    over.set()


def test_while_the_host_is_looked_up(never: threading.Event, monkeypatch: pytest.MonkeyPatch, ledger: Ledger) -> None:
    asked = threading.Event()

    def getaddrinfo(*args: Any, **options: Any) -> list[Any]:
        asked.set()
        never.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    running = Running(call_to("https://gateway.example", ledger))
    assert asked.wait(5)
    cancelled(running)


def test_while_the_token_is_fetched(never: threading.Event, ledger: Ledger) -> None:
    class Slow(FixedTokens):
        def token(self) -> str:
            asked.set()
            never.wait()
            return super().token()

    asked = threading.Event()
    running = Running(call_to("https://gateway.example", ledger, tokens=Slow()))
    assert asked.wait(5)
    outcome = cancelled(running)
    assert not outcome.of(Requested)
    assert outcome.record.elapsed_seconds == 0


def test_while_the_token_is_renewed(never: threading.Event, serve: Serve, ledger: Ledger) -> None:
    class Slow(FixedTokens):
        def renew(self, rejected: str) -> str:
            asked.set()
            never.wait()
            return super().renew(rejected)

    asked = threading.Event()
    running = Running(call_to(serve(answer(401)).url, ledger, tokens=Slow()))
    assert asked.wait(5)
    cancelled(running)


@contextlib.contextmanager
def full_listener() -> Iterator[int]:
    """A port that answers no connection: its queue is full, and nobody accepts."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as waiting:
        port: int = listener.getsockname()[1]
        for _ in range(8):
            sock = waiting.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        yield port


def test_while_it_connects(ledger: Ledger) -> None:
    with full_listener() as port:
        running = Running(call_to(f"http://127.0.0.1:{port}", ledger))
        running.wait_for(Requested)
        cancelled(running)


def test_during_the_handshake(serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    server = serve([], at_once=hang)
    running = Running(call_to(f"https://127.0.0.1:{server.port}", ledger, trust=certificates.trusted))
    wait_until(lambda: server.connections)
    cancelled(running)


WAITING: dict[str, tuple[Sequence[Step], type[Any], str]] = {
    "for headers": ([hang], Requested, ""),
    "within the headers": ([OK[:20], hang], Requested, ""),
    "for the first byte": ([OK, hang], Requested, ""),
    "for more": ([OK, chunk("so far", 1), hang], Delta, "so far"),
    "for the end of a chunk": ([OK, chunk("so far", 1), b"data: {", hang], Delta, "so far"),
    "under heartbeats": ([OK, chunk("so far", 1), again_and_again(b": beat\n\n", pause=0.01)], Heartbeat, "so far"),
    "under heartbeats flat out": ([OK, chunk("so far", 1), again_and_again(b": beat\n\n" * 99)], Heartbeat, "so far"),
}


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("name", WAITING)
def test_while_it_waits(name: str, encrypted: bool, serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    steps, seen, text = WAITING[name]
    server = serve(steps, tls=certificates.server() if encrypted else None)
    running = Running(call_to(server.url, ledger, trust=certificates.trusted))
    wait_until(lambda: server.requests)
    running.wait_for(seen)
    outcome = cancelled(running)
    assert outcome.content == text, "what arrived is kept"
    assert recorded(ledger, outcome) == ("cancelled", text)
    assert len(server.requests) == 1, "a cancelled call is not retried"


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_flat_out(encrypted: bool, serve: Serve, certificates: Certificates, ledger: Ledger) -> None:
    many = b"".join(chunk("word ", n, chunk_id=str(n)) for n in range(500))
    server = serve([OK, again_and_again(many)], tls=certificates.server() if encrypted else None)
    running = Running(call_to(server.url, ledger, trust=certificates.trusted))
    wait_until(lambda: len(running.outcome.facts) > 2000)
    outcome = cancelled(running)
    assert outcome.content.startswith("word word ")
    assert recorded(ledger, outcome) == ("cancelled", outcome.content)


def test_while_it_waits_to_retry(serve: Serve, ledger: Ledger) -> None:
    server = serve(answer(503, Retry_After="60"))
    running = Running(call_to(server.url, ledger))
    running.wait_for(Retry)
    cancelled(running)
    assert len(server.requests) == 1


def test_while_an_error_drips(serve: Serve, ledger: Ledger) -> None:
    head = b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n\r\n"
    server = serve([head, again_and_again(b"x", pause=0.01)])
    running = Running(call_to(server.url, ledger))
    wait_until(lambda: server.requests)
    cancelled(running)


def test_while_the_request_is_sent(serve: Serve, ledger: Ledger) -> None:
    """A server that does not read lets a large prompt wait in the network's buffers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        payload = asking("x" * 8_000_000)
        running = Running(call_to(f"http://127.0.0.1:{listener.getsockname()[1]}", ledger, payload))
        connection, _ = listener.accept()
        with connection:
            running.wait_for(Requested)
            time.sleep(0.2)
            cancelled(running)


def test_before_it_begins(serve: Serve, ledger: Ledger) -> None:
    """It is recorded all the same, and nothing is sent."""
    server = serve([OK, final()])
    call = call_to(server.url, ledger)
    call.cancel()
    outcome = run(call)
    assert outcome.end == ("cancelled", "cancelled", False)
    assert not server.connections


def test_right_after_its_start_was_told(serve: Serve, ledger: Ledger) -> None:
    server = serve([OK, final()])
    call = call_to(server.url, ledger)
    facts = []
    for fact in call.run():
        facts.append(fact)
        if isinstance(fact, Started):
            call.cancel()
    assert Outcome(facts).end == ("cancelled", "cancelled", False)
    assert not server.connections


def test_cancelling_again_and_after_the_end_changes_nothing(serve: Serve, ledger: Ledger) -> None:
    call = call_to(serve([OK, chunk("whole", 1), final(1)]).url, ledger)
    outcome = run(call)
    for _ in range(3):
        call.cancel()
    assert outcome.end == ("completed", "completed", False)
    assert recorded(ledger, outcome) == ("completed", "whole")


def test_a_reply_that_is_complete_stays_so_though_cancelled_while_its_connection_lingers(
    serve: Serve, ledger: Ledger
) -> None:
    server = serve([OK, chunk("whole", 1), final(1, stop_reason="stop"), hang])
    call = call_to(server.url, ledger)
    facts = []
    for fact in call.run():
        facts.append(fact)
        if isinstance(fact, Delta) and fact.content == "":
            call.cancel()
    assert Outcome(facts).end == ("completed", "stop", False)


def test_many_threads_may_cancel_at_any_time(serve: Serve, ledger: Ledger) -> None:
    """One end each, whenever the cancel came."""
    server = serve([OK, *(part for n in range(30) for part in (chunk("x", n + 1), 0.001)), final(30)])
    for moment in range(30):
        call = call_to(server.url, ledger, retry=RetryPolicy(retries=0))
        timers = [threading.Timer(moment * 0.002, call.cancel) for _ in range(3)]
        for timer in timers:
            timer.start()
        outcome = run(call)
        assert outcome.record.status in ("cancelled", "completed")
        assert outcome.content == "x" * outcome.record.total_tokens
        assert recorded(ledger, outcome) == (outcome.record.status, outcome.content)
        for timer in timers:
            timer.join()


def test_the_silence_of_a_slow_reader_is_not_the_gateways(serve: Serve, ledger: Ledger) -> None:
    """Who takes the facts slowly finds the rest where it was, and can cancel there."""
    server = serve([OK, *[chunk("x", n + 1) for n in range(100)], hang])
    call: Call = call_to(server.url, ledger)
    facts = call.run()
    for fact in facts:
        if isinstance(fact, Received):
            time.sleep(0.1)
            break
    call.cancel()
    assert Outcome(list(facts)).record.status == "cancelled"
