"""Showing: a conversation of the past, written into the transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from genesys_tui.past import Past, PastExchange
from genesys_tui.tui.transcript.said import Said
from genesys_tui.tui.words import Keys, Severity, note_of, severity_of

REPLACED = "asked again or edited since: the next call does not build on it"
NOT_KEPT = "what was said was erased, or never kept: the next call does not build on it"


class Shows(Protocol):
    """What it takes to show one."""

    @property
    def said(self) -> list[Said]:
        """What it shows."""

    def begin(self, prompt: str) -> Any:
        """A prompt."""

    def append(self, text: str) -> Any:
        """Its reply."""

    def end(self, note: str, severity: Severity) -> Any:
        """How that ended."""

    def head(self, note: str) -> Any:
        """That there is more."""


class Clears(Shows, Protocol):
    """What it takes to show one in the place of another."""

    def clear(self) -> Any:
        """Nothing."""


class Prepends(Protocol):
    """What it takes to show more of one."""

    def prepend(self, write: Callable[[Any], None]) -> Any:
        """What this writes, above all."""


def show(past: Past, transcript: Clears, keys: Keys) -> None:
    """In the place of what the transcript shows."""
    transcript.clear()
    _write(past, past.exchanges, transcript, keys)


def show_earlier(past: Past, shown: str, transcript: Prepends, keys: Keys) -> bool:
    """Put what came before the exchange of this call above what the transcript shows; False where that is not told."""
    place = next((n for n, each in enumerate(past.exchanges) if shown in (r.request_id for r in each.records)), -1)
    if place >= 0:
        transcript.prepend(lambda earlier: _write(past, past.exchanges[:place], earlier, keys))
    return place >= 0


def first_call(past: Past) -> str:
    """The request id of the first call that tells of it; empty without one."""
    return next((record.request_id for each in past.exchanges for record in each.records), "")


def _write(past: Past, exchanges: Sequence[PastExchange], transcript: Shows, keys: Keys) -> None:
    if past.earlier:
        many = f"{past.earlier} earlier exchange{'s' * (past.earlier != 1)}"
        transcript.head(f"{many} of this conversation: {keys.page_up} at the top shows more")
    last = past.standing
    for exchange in exchanges:
        _show(exchange, transcript, keys if exchange is last and exchange.can_continue else None)


def _show(exchange: PastExchange, transcript: Shows, keys: Keys | None) -> None:
    transcript.begin(exchange.prompt)
    if exchange.records:
        transcript.said[-1].request_id = exchange.records[-1].request_id
    if exchange.content:
        transcript.append(exchange.content)
    if not exchange.records:
        transcript.end("said before this conversation was forked", "muted")
        return
    record = exchange.records[-1]
    transcript.end(note_of(record, keys), severity_of(record))
    if not (exchange.prompt or exchange.content):
        transcript.end(NOT_KEPT, "muted")
    elif exchange.content and not exchange.stands:
        transcript.end(REPLACED, "muted")
