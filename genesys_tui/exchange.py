"""An exchange: a prompt and its whole reply, over as many calls as its continuations take."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Generator
from dataclasses import replace

from genesys_tui.audit.records import Record
from genesys_tui.call import Call, CallFact, Context, Ended, Records, Streams
from genesys_tui.gateway.facts import Delta
from genesys_tui.gateway.payload import Payload
from genesys_tui.metrics import Snapshot, StreamMetrics
from genesys_tui.seam import Seam, continuation

_NOTHING = StreamMetrics().snapshot(0.0)


class Exchange:
    """Runs a call and, where its reply is truncated, up to ``continues`` follow-up calls that go on with it."""

    def __init__(
        self,
        payload: Payload,
        gateway: Streams,
        ledger: Records,
        context: Context,
        *,
        continues: int = 0,
        before: str | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``before`` is the reply so far, where there is one: then already the first call goes on with it."""
        self._before = before
        self._text = io.StringIO()
        self._text.write(before or "")
        self._asked = payload
        self._gateway = gateway
        self._ledger = ledger
        self._context = context
        self._continues = continues
        self._clock = clock
        self._cancelled = False
        self._call: Call | None = None

    def cancel(self) -> None:
        """Stop the running call and make no other. Any thread may call this, at any time."""
        # Told first, then the call: whoever begins one sets the call first, then asks. No lock, for signal handlers.
        self._cancelled = True
        if self._call is not None:
            self._call.cancel()

    @property
    def content(self) -> str:
        """The reply so far, joined over all calls."""
        return self._text.getvalue()

    def snapshot(self) -> Snapshot:
        """The figures of the call that runs or ran last. Any thread may ask, at any time."""
        return _NOTHING if self._call is None else self._call.snapshot()

    def seconds_since_request(self, at: float) -> float:
        """When a fact happened, in seconds since the first request of its call."""
        return 0.0 if self._call is None else self._call.seconds_since_request(at)

    def run(self) -> Generator[CallFact, None, Record]:
        """The facts of each call in turn; a continuation's deltas without what they repeat. Returns the last record."""
        payload, context, left = self._asked, self._context, self._continues
        if self._before is not None:
            payload = continuation(payload, self._before)
        while True:
            record = yield from self._one(payload, context)
            if record.status != "truncated" or not left or self._cancelled or not self.content:
                return record
            left -= 1
            payload = continuation(self._asked, self.content)
            context = replace(context, conversation_id=record.conversation_id, continues=record.request_id)

    def _one(self, payload: Payload, context: Context) -> Generator[CallFact, None, Record]:
        call = Call(payload, self._gateway, self._ledger, context, clock=self._clock)
        self._call = call
        if self._cancelled:
            call.cancel()
        before = self.content
        seam = Seam(before)
        facts = call.run()
        last: Delta | None = None
        try:
            while True:
                fact = next(facts)
                if isinstance(fact, Delta):
                    if fact.replaces:  # only this call's text: that before it stays, and is joined anew
                        seam, self._text = Seam(before), io.StringIO()
                    new = seam.feed(fact.content)
                    fact = last = fact._replace(content=before + new if fact.replaces else new)
                    self._text.write(fact.content)
                elif isinstance(fact, Ended):
                    if last is not None and (rest := seam.finish()):
                        self._text.write(rest)
                        yield last._replace(content=rest, replaces=False, data=b"")
                    fact = replace(fact, content=self.content)
                yield fact
        except StopIteration as end:
            record: Record = end.value
            return record
        finally:
            facts.close()
