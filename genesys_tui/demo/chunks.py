"""Chunks: the JSON of a reply's events, in order and in time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from .payload import Completion
from .tempo import Tempo, batches
from .tokens import Generation

Chunk = dict[str, Any]


async def make_chunks(generation: Generation, request: Completion, tempo: Tempo) -> AsyncIterator[Chunk]:
    """The chunks of a reply, the final one last."""
    number = total = 0
    async for batch in batches(generation, request, tempo):
        number += 1
        total += len(batch)
        yield _chunk(number, "".join(batch), total, {"model": request.model} if number == 1 else None)
    if tempo.expired:
        generation.time_out()
    metadata: Chunk = {"stop_reason": generation.stop_reason, "truncated": generation.truncated}
    if request.include_usage:
        metadata["usage"] = {"input_tokens": request.input_tokens, "output_tokens": total}
    yield _chunk(number + 1, "", total, metadata, is_complete=True)


def _chunk(number: int, content: str, total: int, metadata: Chunk | None, *, is_complete: bool = False) -> Chunk:
    return {
        "chunk_id": f"c-{number:06d}",
        "content": content,
        "tokens_generated": total,
        "is_complete": is_complete,
        "metadata": metadata,
    }


def event(data: object, *, name: str = "") -> bytes:
    """A server-sent event that carries the data as JSON."""
    head = f"event: {name}\n" if name else ""
    # A prompt that is quoted back may hold half a surrogate pair, which UTF-8 cannot say.
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
