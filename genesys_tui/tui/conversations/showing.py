"""Showing: a conversation of the past, written into the transcript."""

from __future__ import annotations

from typing import Any, Protocol

from genesys_tui.past import Past, PastExchange
from genesys_tui.tui.words import Severity, note_of, severity_of

REPLACED = "asked again or edited since: the next call does not build on it"
NOT_KEPT = "what was said was erased, or never kept: the next call does not build on it"


class Shows(Protocol):
    """What it takes to show one."""

    def begin(self, prompt: str) -> Any:
        """A prompt."""

    def append(self, text: str) -> Any:
        """Its reply."""

    def end(self, note: str, severity: Severity) -> Any:
        """How that ended."""

    def clear(self) -> Any:
        """Nothing."""


def show(past: Past, transcript: Shows) -> None:
    """In the place of what the transcript shows."""
    transcript.clear()
    if past.earlier:
        many = f"{past.earlier} earlier exchange{'s' * (past.earlier != 1)}"
        transcript.end(f"{many} of this conversation: page up at the top shows more", "muted")
    last = past.standing
    for exchange in past.exchanges:
        _show(exchange, transcript, is_last=exchange is last)


def _show(exchange: PastExchange, transcript: Shows, *, is_last: bool) -> None:
    transcript.begin(exchange.prompt)
    if exchange.content:
        transcript.append(exchange.content)
    if not exchange.records:
        transcript.end("said before this conversation was forked", "muted")
        return
    record = exchange.records[-1]
    transcript.end(note_of(record, can_continue=is_last and exchange.can_continue), severity_of(record))
    if not (exchange.prompt or exchange.content):
        transcript.end(NOT_KEPT, "muted")
    elif exchange.content and not exchange.stands:
        transcript.end(REPLACED, "muted")
