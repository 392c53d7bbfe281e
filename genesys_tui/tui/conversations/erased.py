"""Erased: what was said in calls that are erased, to be left out wherever others quote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesys_tui.gateway.payload import Message
    from genesys_tui.past import Past

Pair = tuple[str, str]
"""A prompt, and the reply to it, joined over the calls it took; empty where there was none."""


class Erased:
    """The prompts and replies that were erased since the start: they are sent no more, whoever quotes them."""

    def __init__(self) -> None:
        self._pairs: set[Pair] = set()

    def update(self, pairs: Iterable[Pair]) -> None:
        """These were erased, too."""
        self._pairs.update(pairs)

    def said_anew(self, prompt: str, reply: str = "") -> None:
        """A call after the erasure said the same: that is not erased."""
        self._pairs.discard((prompt, reply))

    def holds(self, prompt: str, reply: str) -> bool:
        """Whether that was asked, and replied, in a call that is erased."""
        return (prompt, reply) in self._pairs

    def filter(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The same without the prompts that were erased, and the replies to them."""
        if not self._pairs:
            return messages
        kept: list[Message] = []
        for message in messages:
            asked = kept[-1] if kept and kept[-1].role == "user" and message.role == "assistant" else None
            if asked and self.holds(asked.content, message.content):
                kept.pop()
            else:
                kept.append(message)
        return tuple(kept)

    def past(self, past: Past) -> Past:
        """The same where later calls do not tell of what was erased."""
        if not self._pairs:
            return past
        told = [each for each in past.exchanges if each.records or not self.holds(each.prompt, each.content)]
        return replace(past, exchanges=tuple(replace(each, before=self.filter(each.before)) for each in told))
