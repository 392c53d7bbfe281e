"""One call: streamed, timed, recorded, whatever its end."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol

from genesys_tui.audit.records import Observation, Record, RecordedError, Status
from genesys_tui.errors import GenesysError, TimedOut
from genesys_tui.gateway.facts import (
    Anomaly,
    Answered,
    Arrival,
    Delta,
    Deltas,
    Diagnostic,
    Ending,
    Fact,
    Received,
    Retry,
)
from genesys_tui.gateway.payload import Payload
from genesys_tui.gateway.scope import Cancelled, Scope
from genesys_tui.metrics import DEFAULT_STALL, Snapshot, StreamMetrics

MOST_OBSERVATIONS = 50
LONGEST_OBSERVATION = 500
"""Characters of a diagnostic that the record keeps."""


@dataclass(frozen=True, slots=True)
class Started:
    """The call is recorded and about to be made."""

    record: Record


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over and its end recorded. Nothing follows."""

    record: Record
    content: str
    """The reply, as much of it as came."""


CallFact = Started | Fact | Ended


class Streams(Protocol):
    """What a call needs of a gateway."""

    def stream(self, payload: Payload, scope: Scope) -> Generator[Arrival, None, Ending]:
        """See ``genesys_tui.gateway.client.Gateway.stream``."""


class Records(Protocol):
    """What a call needs of a ledger."""

    def start(self, record: Record, messages: list[dict[str, str]]) -> None:
        """Durably record the start. Raises LedgerError."""

    def end(self, record: Record, reply: str) -> None:
        """Durably record the end. Raises LedgerError."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a record says of a call besides the call itself."""

    profile: str = "default"
    environment: str = ""
    conversation_id: str | None = None
    """None begins a conversation."""

    continues: str | None = None
    stall_seconds: float = DEFAULT_STALL
    probe: str = ""
    """The id of the probe that makes this call."""

    dialect: str = ""
    """How the gateway is talked to; empty where that is not known."""


class Call:
    """One request and its reply. ``run`` it once; ``cancel`` it from any thread."""

    def __init__(
        self,
        payload: Payload,
        gateway: Streams,
        ledger: Records,
        context: Context | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._context = context or Context()
        self._payload = payload
        self._gateway = gateway
        self._ledger = ledger
        self._clock = clock
        self._scope = Scope()
        self._metrics = StreamMetrics(self._context.stall_seconds)
        self._text = io.StringIO()
        self._observations: list[Observation] = []
        self._correlation_id: str | None = None

    def cancel(self) -> None:
        """Stop the call at once, whatever it is doing. Any thread may call this, at any time."""
        self._scope.cancel()

    @property
    def content(self) -> str:
        """The reply so far."""
        return self._text.getvalue()

    def snapshot(self) -> Snapshot:
        """The figures of this moment. Any thread may ask, at any time."""
        return self._metrics.snapshot(self._clock())

    def seconds_since_request(self, at: float) -> float:
        """When a fact happened, in seconds since the first request."""
        return self._metrics.seconds_since_request(at)

    def run(self) -> Generator[CallFact, None, Record]:
        """Make the call: Started, what the gateway tells, Ended. Returns the record.

        A failure of the call is an Ended, too. Raises LedgerError where the start cannot be recorded, and then sends
        nothing, or where the end cannot. Closing the generator cancels the call.
        """
        opening = self._opening()
        try:
            self._ledger.start(opening, [message.model_dump() for message in self._payload.input.messages])
        except BaseException:  # whatever it is, and raised again: nothing is left open behind it
            self._scope.close()
            raise
        record: Record | None = None
        try:
            yield Started(opening)
            ending = yield from self._stream()
            record = self._ended(opening, "truncated" if ending.truncated else "completed", ending)
        except (Cancelled, GeneratorExit, KeyboardInterrupt) as stop:
            record = self._ended(opening, "cancelled", Ending(self._clock(), "cancelled"))
            if not isinstance(stop, Cancelled):
                raise
        except GenesysError as error:
            reason = "timeout" if isinstance(error, TimedOut) else "error"
            record = self._ended(opening, "failed", Ending(self._clock(), reason), error)
        finally:
            self._scope.close()
            if record is None:  # a bug: it crashes, but not without a record
                record = self._ended(opening, "failed", Ending(self._clock(), "error", detail="a bug in the program"))
            self._ledger.end(record, self.content)
        yield Ended(record, self.content)
        return record

    def _stream(self) -> Generator[Fact, None, Ending]:
        with closing(self._gateway.stream(self._payload, self._scope)) as stream:
            while True:
                try:
                    arrival = next(stream)
                except StopIteration as end:
                    ending: Ending = end.value
                    return ending
                self._metrics.take(arrival)
                if isinstance(arrival, Deltas):
                    for delta in arrival.deltas:
                        self._text.write(delta.content)
                        yield delta
                    continue
                if isinstance(arrival, Delta):
                    if arrival.replaces:
                        self._text = io.StringIO()
                    self._text.write(arrival.content)
                elif not isinstance(arrival, Received):
                    self._take_note(arrival)
                yield arrival

    def _take_note(self, fact: Fact) -> None:
        if isinstance(fact, Diagnostic):
            self._observe("diagnostic", fact.at, fact.name, f"{fact.why}: {fact.data}" if fact.data else fact.why)
        elif isinstance(fact, Anomaly):
            self._observe("anomaly", fact.at, fact.kind, f"chunk {fact.chunk_id}: {fact.detail}")
        elif isinstance(fact, Retry):
            self._observe("retry", fact.at, f"attempt {fact.attempt}", fact.why)
        elif isinstance(fact, Answered):
            self._correlation_id = fact.correlation_id

    def _observe(self, what: str, at: float, name: str, detail: str) -> None:
        if len(self._observations) < MOST_OBSERVATIONS:
            seconds = round(self._metrics.seconds_since_request(at), 6)
            fields = {"what": what, "at": seconds, "name": name[:LONGEST_OBSERVATION]}
            self._observations.append(Observation.model_validate({**fields, "detail": detail[:LONGEST_OBSERVATION]}))

    def _opening(self) -> Record:
        context = self._context
        return Record(
            request_id=self._payload.request_id,
            model=self._payload.model,
            conversation_id=context.conversation_id or str(uuid.uuid4()),
            continues=context.continues,
            profile=context.profile,
            environment=context.environment,
            dialect=context.dialect,
            probe=context.probe,
            started_at=datetime.now(timezone.utc),
            parameters={
                **self._payload.parameters.model_dump(mode="json"),
                "stream_config": self._payload.stream_config.model_dump(mode="json"),
            },
        )

    def _ended(self, opening: Record, status: Status, ending: Ending, error: GenesysError | None = None) -> Record:
        self._metrics.take(ending)
        figures = self._metrics.snapshot(ending.at)
        return opening.model_copy(
            update={
                "status": status,
                "stop_reason": ending.stop_reason,
                "truncated": status == "truncated",
                "detail": ending.detail,
                "total_tokens": figures.tokens,
                "tokens_estimated": figures.estimated and figures.tokens > 0,
                "elapsed_seconds": round(figures.elapsed, 6),
                "tokens_per_second": round(figures.tokens_per_second or 0.0, 3),
                "streaming_tokens_per_second": _rounded(figures.streaming_tokens_per_second, 3),
                "input_tokens": ending.input_tokens,
                "time_to_first_token_seconds": _rounded(figures.time_to_first_token),
                "gap_p50_seconds": _rounded(figures.gap_p50),
                "gap_p95_seconds": _rounded(figures.gap_p95),
                "gap_max_seconds": _rounded(figures.gap_max),
                "stalls": figures.stalls,
                "total_chunks": figures.chunks,
                "total_bytes": figures.bytes,
                "heartbeats": figures.heartbeats,
                "diagnostics": figures.diagnostics,
                "sequence_anomalies": figures.anomalies,
                "attempts": figures.attempts,
                "correlation_id": (error and error.correlation_id) or self._correlation_id,
                "error": error and _recorded(error),
                "observations": tuple(self._observations),
            }
        )


def _recorded(error: GenesysError) -> RecordedError:
    return RecordedError(
        kind=error.kind,
        message=error.message,
        status_code=error.status_code,
        correlation_id=error.correlation_id,
    )


def _rounded(value: float | None, digits: int = 6) -> float | None:
    return None if value is None else round(value, digits)
