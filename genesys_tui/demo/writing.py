"""The writing of a reply: from a request to the bytes of its stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import replace

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .chunks import make_chunks
from .continuation import find_continuation
from .days import Stream, write_day
from .payload import Completion
from .replay import replay
from .replies import choose_reply
from .state import State
from .style import Style
from .tempo import Tempo
from .tokens import Generation

BURST = 6000
"""Tokens of a burst, at least."""


class EventStream(StreamingResponse):
    """The reply to a completion request, on a given day, as server-sent events."""

    def __init__(self, state: State, day: str, request: Completion, style: Style) -> None:
        self._events = _write(state, day, request, style)
        super().__init__(self._events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or stop writing it as soon as its reader leaves."""
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


async def _write(state: State, day: str, request: Completion, style: Style) -> AsyncGenerator[bytes, None]:
    if state.moments:
        async with aclosing(replay(state.moments, state.pace)) as sent_again:
            async for data in sent_again:
                yield data
        return
    tempo = Tempo(0.0 if day == "burst" else state.rate, pace=state.pace, limit=request.max_duration)
    # A burst is the most events its tokens can make.
    matrix = replace(request, max_tokens_per_chunk=request.min_tokens_per_chunk) if day == "burst" else request
    chunks = make_chunks(_generate(state, day, request), matrix, tempo)
    state.open_streams += 1
    try:
        async with aclosing(write_day(day, Stream(chunks, style, tempo))) as events:
            async for data in events:
                if data:
                    yield data
        if style.closing:
            yield style.closing
    finally:
        state.open_streams -= 1


def _generate(state: State, day: str, request: Completion) -> Generation:
    """The tokens of the reply, ended where the request and the day end it."""
    length = max(state.tokens or 0, BURST) if day == "burst" else state.tokens
    continuation = find_continuation(request.messages, length=length)
    reply = choose_reply(request.messages, length=length)
    tokens: Iterable[str] = continuation.tokens() if continuation else reply.tokens()
    limit: int | None = request.max_tokens
    if day == "burst":
        limit = None
    elif day == "truncated" and continuation is None:
        limit = min(request.max_tokens, max(1, reply.count() // 2))
    return Generation(tokens, limit=limit, stops=request.stops)
