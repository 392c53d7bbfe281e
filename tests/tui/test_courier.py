"""The courier tells each start and end once, keeps order, and sends text only when the screen wants it."""

from __future__ import annotations

import threading
from collections.abc import Generator
from pathlib import Path

from textual.message import Message

from genesys_tui.audit.ledger import Ledger
from genesys_tui.call import Context
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.facts import Answered, Delta, Ending, Fact, Requested, Retry
from genesys_tui.gateway.payload import Payload, build_stream_payload
from genesys_tui.gateway.scope import Scope
from genesys_tui.tui.courier import Courier
from genesys_tui.tui.messages import CallEnded, CallProgressed, CallStarted


class Scripted:
    """A gateway that says what it is told to, and waits where it is told to."""

    def __init__(self, *facts: Fact | threading.Event) -> None:
        self._facts = facts
        self.reached = threading.Semaphore(0)

    def stream(self, payload: Payload, scope: Scope) -> Generator[Fact, None, Ending]:
        for fact in self._facts:
            if isinstance(fact, threading.Event):
                self.reached.release()
                fact.wait(5)
            else:
                yield fact
        return Ending(2.0)


def _courier(gateway: Scripted, folder: Path, told: list[Message]) -> Courier:
    payload = build_stream_payload("hello", "m")
    exchange = Exchange(payload, gateway, Ledger(folder / "ledger.db"), Context())
    return Courier(exchange, told.append, 2.0, clock=lambda: 1.5)


def test_text_waits_until_the_screen_has_taken_what_came_before(tmp_path: Path) -> None:
    told: list[Message] = []
    pause = threading.Event()
    texts = [Delta(1.0, text, number) for number, text in enumerate("abcd", 1)]
    gateway = Scripted(Requested(0.0, 1), Answered(0.5, 200, None), *texts[:3], pause, texts[3])
    courier = _courier(gateway, tmp_path, told)
    courier.start()
    gateway.reached.acquire(timeout=5)
    assert [message.text for message in told if isinstance(message, CallProgressed)] == ["a"]
    courier.resume()
    assert [message.text for message in told if isinstance(message, CallProgressed)] == ["a", "bc"]
    assert courier.vitals().figures.tokens == 3
    pause.set()
    courier.join(5)
    assert [type(message) for message in told] == [CallStarted, *[CallProgressed] * 3, CallEnded]
    courier.resume()
    assert len(told) == 5  # nothing follows the end


def test_a_replacement_takes_the_place_of_text_not_yet_shown(tmp_path: Path) -> None:
    told: list[Message] = []
    facts = [Delta(1.0, "a", 1), Delta(1.0, "b", 2), Delta(1.0, "xyz", 3, replaces=True), Delta(1.0, "!", 4)]
    courier = _courier(Scripted(Requested(0.0, 1), Answered(0.5, 200, None), *facts), tmp_path, told)
    courier.start()
    courier.join(5)
    progress = [message for message in told if isinstance(message, CallProgressed)]
    assert [(message.text, message.replaces) for message in progress] == [("a", False), ("xyz!", True)]


def test_a_wait_for_the_next_attempt_counts_down(tmp_path: Path) -> None:
    pause = threading.Event()
    gateway = Scripted(Requested(0.0, 1), Retry(1.0, 1, 3.0, "busy"), pause, Requested(4.0, 2))
    courier = _courier(gateway, tmp_path, [])
    courier.start()
    gateway.reached.acquire(timeout=5)
    assert courier.vitals().retry_in == 2.5
    pause.set()
    courier.join(5)
    assert courier.vitals().retry_in is None
