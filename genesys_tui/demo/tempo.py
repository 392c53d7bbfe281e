"""Tempo: when the tokens of one reply are due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

from .payload import Completion

FIRST_TOKEN = 0.3
"""Seconds before the first token, where tokens are paced at all."""


class Tempo:
    """The clock of one reply. Starts when it is made.

    `rate` is in tokens per second, 0 as fast as possible; `pace` multiplies every pause; `limit` is how many seconds
    the reply may take.
    """

    def __init__(self, rate: float, *, pace: float, limit: float) -> None:
        self._rate = rate
        self._pace = pace
        self._start = time.monotonic() + (FIRST_TOKEN * pace if rate else 0)
        self._deadline = time.monotonic() + limit

    @property
    def unhurried(self) -> bool:
        """Whether tokens are paced at all."""
        return self._rate > 0

    @property
    def expired(self) -> bool:
        """Whether the reply has taken as long as it may."""
        return time.monotonic() >= self._deadline

    def due(self, number: int) -> float:
        """When the token of that number, from 0, is due; on the monotonic clock."""
        return self._start + (number / self._rate if self._rate else 0)

    async def reach(self, moment: float) -> None:
        """Wait until then, or until the reply has taken as long as it may."""
        # Even a moment long past lets the loop turn, or a fast reply would never notice that its reader left.
        await asyncio.sleep(max(0.0, min(moment, self._deadline) - time.monotonic()))

    async def pause(self, seconds: float) -> None:
        """Stop for that long; the tokens that follow keep their distances."""
        begun = time.monotonic()
        await self.reach(begun + seconds * self._pace)
        self._start += time.monotonic() - begun


async def batches(tokens: Iterable[str], request: Completion, tempo: Tempo) -> AsyncIterator[list[str]]:
    """The tokens as the chunk matrix asks for them, each batch when its last token is due; none once time is up."""
    held: list[str] = []
    due = flushed = float("-inf")
    for number, token in enumerate(tokens):
        held.append(token)
        due = tempo.due(number)
        full = len(held) >= request.max_tokens_per_chunk
        ripe = len(held) >= request.min_tokens_per_chunk and due - flushed >= request.flush_interval
        if not (full or (ripe and tempo.unhurried)):
            continue
        await tempo.reach(due)
        if tempo.expired:
            return
        yield held
        held, flushed = [], due
    await tempo.reach(due)
    if held and not tempo.expired:
        yield held
