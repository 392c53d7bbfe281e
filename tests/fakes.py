"""Stand-ins for what lies outside of a call: who signs in, and who asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from genesys_tui.audit.records import Record
from genesys_tui.call import Call, CallFact, Context, Ended, Records
from genesys_tui.gateway.client import Gateway, TokenSource
from genesys_tui.gateway.endpoint import Endpoint
from genesys_tui.gateway.payload import Payload, build_payload
from genesys_tui.gateway.retry import RetryPolicy

SOON = 5.0
"""Seconds after which something that should happen at once counts as never, on a busy machine."""

AT_ONCE = RetryPolicy(random=lambda: 0.0)
"""Retries as often as by default, without waiting."""

Fact = TypeVar("Fact")


class FixedTokens:
    """A token that is always the same, and another one once it was rejected."""

    def __init__(self, token: str = "first-token", renewed: str = "second-token") -> None:
        self.current = token
        self._renewed = renewed
        self.rejected: list[str] = []

    def token(self) -> str:
        return self.current

    def renew(self, rejected: str) -> str:
        self.rejected.append(rejected)
        self.current = self._renewed
        return self.current


@dataclass
class Outcome:
    """What a call told, and how it ended."""

    facts: list[CallFact] = field(default_factory=list)

    def of(self, kind: type[Fact]) -> list[Fact]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    @property
    def ended(self) -> Ended:
        (ended,) = self.of(Ended)
        assert self.facts[-1] is ended, "nothing follows the end"
        return ended

    @property
    def record(self) -> Record:
        return self.ended.record

    @property
    def content(self) -> str:
        return self.ended.content

    @property
    def end(self) -> tuple[str, str, bool]:
        return self.record.status, self.record.stop_reason, self.record.truncated


def asking(prompt: str = "Good morning", **limits: float) -> Payload:
    """A payload; ``max_stream_duration_seconds`` and ``timeout_on_inactivity_seconds`` by keyword."""
    return build_payload(
        {
            "model": "gpt-4o-mini",
            "input": {"messages": [{"role": "user", "content": prompt}]},
            "stream_config": {"gateway_constraints": limits},
        }
    )


def call_to(
    url: str,
    ledger: Records,
    payload: Payload | None = None,
    *,
    tokens: TokenSource | None = None,
    retry: RetryPolicy = AT_ONCE,
    context: Context | None = None,
    **endpoint: Any,
) -> Call:
    gateway = Gateway(Endpoint(url, **endpoint), tokens or FixedTokens(), retry=retry)
    return Call(payload or asking(), gateway, ledger, context)


def run(call: Call) -> Outcome:
    """Make the call, to its end."""
    return Outcome(list(call.run()))


class Running:
    """A call on a thread of its own, as the front ends make it."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.outcome = Outcome()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_for(self, kind: type[Any]) -> None:
        wait_until(lambda: self.outcome.of(kind))

    def finished(self) -> Outcome:
        self._thread.join(SOON)
        assert not self._thread.is_alive(), "the call goes on"
        if self.failure is not None:
            raise self.failure
        return self.outcome

    def _run(self) -> None:
        try:
            for fact in self.call.run():
                self.outcome.facts.append(fact)
        except BaseException as error:  # noqa: BLE001 - raised again by finished()
            self.failure = error


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.002)


@contextmanager
def lasts_at_most(seconds: float) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took = time.perf_counter() - began
    assert took < seconds, f"took {took:.3f} s"
