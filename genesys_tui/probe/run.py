"""Runs: the calls of a plan, made and recorded, some at a time."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import NamedTuple

from genesys_tui.audit.records import Record, RecordedError
from genesys_tui.call import Ended, Records, Streams
from genesys_tui.config import Settings
from genesys_tui.errors import GenesysError
from genesys_tui.exchange import Exchange
from genesys_tui.gateway.payload import Message, new_request_id
from genesys_tui.probe.plan import Plan, Turn

_HOPELESS = ("sign_in", "keyring", "configuration")
"""Kinds of errors that each further call would meet, too."""

_LOOK = 0.2
"""Seconds after which a waiting thread looks up: not every system wakes it for a signal."""


class Sample(NamedTuple):
    """A call of the probe, ended."""

    turn: Turn
    record: Record


class Run:
    """Makes a plan's calls, each an ordinary call in the ledger, marked with the run's id. Iterate ``calls`` once.

    A call is retried as the settings say, and never continued. The first one that cannot sign in ends the run.
    """

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        gateway: Streams,
        ledger: Records,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Raises ConfigurationError where a prompt makes no payload."""
        self.id = str(uuid.uuid4())
        self.plan = plan
        self.settings = settings
        self.started_at = datetime.now(timezone.utc)
        self.samples: list[Sample] = []
        """In the order in which they ended. Grows while it runs; any thread may look."""
        self.cancelled = False
        self.stopped_by: RecordedError | None = None
        """What ended it early, where nobody cancelled it."""
        self._payloads = [settings.payload(Message(role="user", content=prompt)) for prompt in plan.prompts]
        self._context = replace(settings.context(), probe=self.id)
        self._gateway, self._ledger, self._clock = gateway, ledger, clock
        self._began = clock()
        self._elapsed: float | None = None
        self._turns = plan.turns()
        self._taking = threading.Lock()
        self._running: dict[int, Exchange] = {}
        self._halted = False
        self._told: queue.SimpleQueue[Sample | BaseException | None] = queue.SimpleQueue()

    @property
    def running(self) -> int:
        """How many calls are under way."""
        return len(self._running)

    @property
    def elapsed(self) -> float:
        """Seconds since it began; until its end, once it has ended."""
        return self._clock() - self._began if self._elapsed is None else self._elapsed

    def calls(self) -> Iterator[Sample]:
        """Make the calls; each is told when it has ended. Whatever ends the iteration, every call is recorded."""
        count = min(self.plan.concurrency, self.plan.total)
        workers = [threading.Thread(target=self._work, daemon=True, name="genesys-tui-probe") for _ in range(count)]
        self._began = self._clock()
        try:
            for worker in workers:
                worker.start()
            while count:
                told = self._next()
                if told is None:
                    count -= 1
                elif isinstance(told, BaseException):
                    raise told
                else:
                    yield told
        finally:
            self._halt()
            for worker in workers:
                if worker.ident is not None:
                    worker.join()
            self._elapsed = self._clock() - self._began

    def cancel(self) -> None:
        """Make no more calls and stop those under way; what they had is recorded. Any thread, any time, no lock."""
        self.cancelled = True
        self._halt()

    def _halt(self) -> None:
        # Told first, then the calls: whoever begins one enters it first, then asks.
        self._halted = True
        for exchange in list(self._running.values()):
            exchange.cancel()

    def _next(self) -> Sample | BaseException | None:
        while True:
            with contextlib.suppress(queue.Empty):
                return self._told.get(timeout=_LOOK)

    def _work(self) -> None:
        try:
            while (turn := self._take()) is not None:
                sample = Sample(turn, self._make(turn))
                self.samples.append(sample)
                self._told.put(sample)
                error = sample.record.error
                if error is not None and error.kind in _HOPELESS:
                    self._stop(error)
        except GenesysError as error:  # the ledger's: a call that is not recorded is not made
            self._stop(RecordedError(kind=error.kind, message=error.message))
        except BaseException as bug:  # noqa: BLE001 - raised again by whoever iterates
            self._told.put(bug)
        finally:
            self._told.put(None)

    def _stop(self, error: RecordedError) -> None:
        if not self._halted:
            self.stopped_by = error
        self._halt()

    def _take(self) -> Turn | None:
        with self._taking:
            return None if self._halted else next(self._turns, None)

    def _make(self, turn: Turn) -> Record:
        payload = self._payloads[turn.prompt - 1].model_copy(update={"request_id": new_request_id()})
        exchange = Exchange(payload, self._gateway, self._ledger, self._context, clock=self._clock)
        self._running[turn.number] = exchange
        if self._halted:
            exchange.cancel()
        try:
            with contextlib.closing(exchange.run()) as facts:
                ended = [fact for fact in facts if isinstance(fact, Ended)]
            return ended[-1].record
        finally:
            del self._running[turn.number]
