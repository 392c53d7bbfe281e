"""Erased: a conversation without what was said in calls that are erased, where others quote it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesys_tui.gateway.payload import Message
    from genesys_tui.past import Past

Erased = tuple[str, str]
"""The prompt of an erased call, and its reply, neither of them empty."""


def without(messages: tuple[Message, ...], erased: Collection[Erased]) -> tuple[Message, ...]:
    """The same without the prompts that were erased, and the replies to them."""
    kept: list[Message] = []
    for message in messages:
        before = kept[-1] if kept else None
        if before and any(before.content == prompt and reply in message.content for prompt, reply in erased):
            kept.pop()
        else:
            kept.append(message)
    return tuple(kept)


def past_without(past: Past, erased: Collection[Erased]) -> Past:
    """The same where later calls do not tell of what was erased."""
    if not erased:
        return past
    told = [each for each in past.exchanges if each.records or without(each.after[-2:], erased)]
    return replace(past, exchanges=tuple(replace(each, before=without(each.before, erased)) for each in told))
