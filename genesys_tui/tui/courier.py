"""The courier: carries one exchange from its thread to the screen, in few messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from genesys_tui.call import CallFact, Ended, Started
from genesys_tui.errors import GenesysError
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.facts import Delta, Reasoning, Requested, Retry
from genesys_tui.tui.health.limits import UNLIMITED, Limits
from genesys_tui.tui.health.vitals import Vitals
from genesys_tui.tui.mailbox import Mailbox
from genesys_tui.tui.messages import CallAbandoned, CallEnded, CallProgressed, CallStarted, Crashed
from genesys_tui.tui.wire.logs import WireLogs


class Courier:
    """Runs an exchange on a daemon thread.

    Text goes out in one CallProgressed, and no other until ``resume`` says that the screen has taken it: what comes
    meanwhile goes with the next. So the wire never waits for the screen, and the screen sets its own pace.
    """

    def __init__(
        self,
        exchange: Exchange,
        deliver: Mailbox,
        stall_seconds: float,
        wire: WireLogs | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._exchange = exchange
        self._deliver = deliver
        self._stall_seconds = stall_seconds
        self._clock = clock
        self._wire = wire or WireLogs()
        self._lock = threading.Lock()  # of everything below
        self._limits = UNLIMITED
        self._retry: Retry | None = None
        self._text: list[str] = []
        self._thoughts: list[str] = []
        self._replaces = False
        self._awaited = True
        self._thread = threading.Thread(target=self._run, daemon=True, name="genesys-tui-call")

    def start(self) -> None:
        """Make the calls; their messages follow."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop at once; the end is still told."""
        self._exchange.cancel()

    def join(self, seconds: float) -> None:
        """Wait this long for the end to be recorded."""
        self._thread.join(seconds)

    def resume(self) -> None:
        """The screen can take more text."""
        with self._lock:
            self._awaited = True
            self._hand_over()

    def vitals(self) -> Vitals:
        """The figures of this moment. Any thread may ask."""
        with self._lock:
            retry, limits = self._retry, self._limits
        waits = None if retry is None else max(0.0, retry.at + retry.wait - self._clock())
        return Vitals(self._exchange.snapshot(), limits, self._stall_seconds, waits)

    def _run(self) -> None:
        try:
            for fact in self._exchange.run():
                self._wire.take(fact)
                self._take(fact)
        except GenesysError as error:
            self._deliver(CallAbandoned(error))
        except Exception as bug:  # noqa: BLE001 - raised again by the screen, which crashes
            self._deliver(Crashed(bug))

    def _take(self, fact: CallFact) -> None:
        with self._lock:
            if isinstance(fact, Started):
                self._limits = Limits.of(fact.record)
                self._deliver(CallStarted(fact.record))
            elif isinstance(fact, Ended):
                self._awaited = True
                self._hand_over()
                self._deliver(CallEnded(fact.record, fact.content))
            elif isinstance(fact, Delta):
                if fact.content or fact.replaces:
                    self._keep(fact)
            elif isinstance(fact, Reasoning):
                self._thoughts.append(fact.content)
                self._hand_over()
            elif isinstance(fact, Retry | Requested):
                self._retry = fact if isinstance(fact, Retry) else None

    def _keep(self, delta: Delta) -> None:
        if delta.replaces:
            self._text.clear()
            self._replaces = True
        self._text.append(delta.content)
        self._hand_over()

    def _hand_over(self) -> None:
        if self._awaited and (self._text or self._replaces or self._thoughts):
            self._deliver(CallProgressed("".join(self._text), self._replaces, "".join(self._thoughts)))
            self._text, self._thoughts, self._replaces, self._awaited = [], [], False, False
