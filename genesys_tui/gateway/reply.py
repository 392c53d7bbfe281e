"""The reply: an open stream, read to its end.

The way of a chunk: its bytes are stamped here as they arrive, ``EventDecoder`` cuts them into events, the dialect
validates each straight from its bytes, ``Sequence`` checks it against those before it and gives the delta. Deltas that
arrived together go on together.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Generator, Iterator

import httpx

from genesys_tui.errors import BrokenOff
from genesys_tui.gateway.body import body_of
from genesys_tui.gateway.chunks import StreamChunk, ending_from
from genesys_tui.gateway.dialects import Failure, Final, Reader, Reading, Thought
from genesys_tui.gateway.facts import (
    Arrival,
    Deltas,
    Diagnostic,
    Done,
    Ending,
    Fact,
    Heartbeat,
    Reasoning,
    Received,
)
from genesys_tui.gateway.payload import GatewayConstraints
from genesys_tui.gateway.redaction import DataRedaction, redacted
from genesys_tui.gateway.refusals import encoding_of, what_it_says
from genesys_tui.gateway.scope import Cancelled, DeadlineReached, Scope
from genesys_tui.gateway.sequence import Sequence
from genesys_tui.gateway.sse import Event, EventDecoder, Oversized, Pulse
from genesys_tui.gateway.unpack import unpacked

QUIET = 0.1
"""Seconds without a byte from which the silence before a lost connection is told."""


class Reply:
    """Reads one open stream. Whatever happens from here on, it has an ending."""

    def __init__(
        self,
        response: httpx.Response,
        reader: Reader,
        sequence: Sequence,
        scope: Scope,
        clock: Callable[[], float],
        token: str = "",
    ) -> None:
        """``token`` is what nothing of the reply may quote."""
        self._response = response
        self._reader = reader
        self._sequence = sequence
        self._scope = scope
        self._clock = clock
        self._token = token
        self._redaction = DataRedaction(token)
        self._decoder = EventDecoder()
        self._ending: Ending | None = None

    def read(self, limits: GatewayConstraints) -> Generator[Arrival, None, Ending]:
        """Yield the facts as they arrive; return how the reply ended. Raises Cancelled, and BrokenOff."""
        cut = "timeout"
        last = self._clock()
        try:
            for data in self._pieces(limits.timeout_on_inactivity_seconds):
                last = self._clock()
                yield Received(last, len(data))
                yield from self._take(data, last)
            cut, detail = "disconnected", "the connection ended"
        except Cancelled:
            if self._ending is None:
                raise
        except DeadlineReached:
            detail = f"the limit of {limits.max_stream_duration_seconds:g} s (max_stream_duration_seconds) was reached"
        except httpx.ReadTimeout:
            detail = f"nothing came for {limits.timeout_on_inactivity_seconds:g} s (timeout_on_inactivity_seconds)"
        except (httpx.TransportError, zlib.error) as error:
            cut, detail = "disconnected", f"the connection was lost: {error}"
        if self._ending is not None:
            return self._ending  # what followed the end no longer matters
        at = self._clock()
        if cut == "disconnected" and at - last >= QUIET:
            detail += f" after {at - last:.1f} s of silence"
        return Ending(at, cut, truncated=True, detail=detail)

    def _take(self, data: bytes, at: float) -> Iterator[Arrival]:
        """What these bytes complete."""
        harmless = not self._redaction.wanted(data)
        for item in self._decoder.cut(data):
            if isinstance(item, list):
                yield from self._take_run(iter(item), at, harmless)
            else:
                yield from self._look_at(item, at)

    def _take_run(self, run: Iterator[bytes], at: float, harmless: bool) -> Iterator[Arrival]:
        """Plain chunks together, anything else by itself."""
        while True:
            deltas, odd = self._sequence.plain(run, self._reader.glance, at) if harmless else ([], next(run, None))
            if deltas:
                yield deltas[0] if len(deltas) == 1 else Deltas(at, tuple(deltas))
            if odd is None:
                return
            yield from self._look_at(Event(odd, id=self._decoder.last_id), at)

    def _look_at(self, item: Event | Pulse | Oversized, at: float) -> Iterator[Fact]:
        if not isinstance(item, Event):
            yield self._sign_of_life(item, at)
            return
        if item.name != "message" or self._redaction.wanted(item.data):
            item = self._quiet(item)
        yield from self._understand(self._reader.read(item, at), item, at)

    def _pieces(self, timeout: float) -> Iterator[bytes]:
        """The body as it arrives. One that was compressed against our wish is unpacked."""
        body = body_of(self._response, timeout)
        if encoding_of(self._response) == "identity":
            return body
        return self._scope.checked(unpacked(body))

    def _quiet(self, event: Event) -> Event:
        """The event without the token: its data is shown and saved as it came."""
        name, last_id = (redacted(text, self._token) for text in (event.name, event.id))
        return Event(self._redaction(event.data), name, last_id)

    def _sign_of_life(self, item: Pulse | Oversized, at: float) -> Fact:
        if isinstance(item, Pulse):
            return Heartbeat(at, data=redacted(item.text, self._token).encode())
        return Diagnostic(at, "message", "", f"an event of more than {item.size // 2**20} MiB was dropped")

    def _understand(self, reading: Reading, event: Event, at: float) -> Iterator[Fact]:
        if isinstance(reading, StreamChunk):
            yield from self._sequence.take(reading, at, event.data)
            if reading.is_complete:
                self._end(ending_from(reading.metadata, at))
        elif isinstance(reading, Final):
            yield from self._sequence.take(reading.chunk, at, event.data)
            self._end(reading.ending)
        elif isinstance(reading, Heartbeat):
            yield Heartbeat(at, event.name, event.data)
        elif isinstance(reading, Thought):
            yield Reasoning(at, reading.text, reading.tokens_generated, b"" if reading.chunk else event.data)
            if reading.chunk:
                yield from self._understand(reading.chunk, event, at)
        elif isinstance(reading, Ending):
            yield Done(at, event.data)
            self._end(reading)
        elif isinstance(reading, Diagnostic):
            name, data = redacted(reading.name, self._token), redacted(reading.data, self._token)
            yield reading._replace(name=name, data=data)
        elif isinstance(reading, Failure):
            yield from self._break_off(event, at)

    def _break_off(self, event: Event, at: float) -> Iterator[Fact]:
        text = redacted(event.text, self._token)
        yield Diagnostic(at, redacted(event.name, self._token), text, "an error in place of the rest")
        if self._ending is None:
            said = what_it_says(text)
            quoted = f" It says: {said}" if said else ""
            raise BrokenOff(
                f"The gateway broke off its answer with an error.{quoted} Try again; if it stays so, show this to "
                "whoever runs the gateway."
            )

    def _end(self, ending: Ending) -> None:
        """Take the first ending; of others, the counts that it leaves unsaid."""
        first = self._ending
        if first is None:
            self._ending = ending._replace(stop_reason=redacted(ending.stop_reason, self._token))
            self._sequence.complete = True
        elif first.output_tokens is None:
            self._ending = first._replace(
                input_tokens=ending.input_tokens,
                output_tokens=ending.output_tokens,
                hidden_tokens=ending.hidden_tokens,
            )
        linger = time.perf_counter() + self._reader.linger
        self._scope.deadline = linger if self._scope.deadline is None else min(self._scope.deadline, linger)
