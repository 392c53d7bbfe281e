"""Chunks: what one event of a reply says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, TypeAdapter, ValidationError
from typing_extensions import NotRequired, TypedDict

from genesys_tui.gateway.facts import Ending

WORDS_THAT_MEAN_TRUNCATED = frozenset({"length", "max_tokens"})

MAX_STOP_REASON = 200
"""Characters of a gateway's stop reason that are kept."""

MAX_TOKENS = 2**53

TokenCount = Annotated[int, Field(ge=0, le=MAX_TOKENS, strict=True)]


class StreamChunk(BaseModel):
    """One chunk of a reply, validated."""

    model_config = ConfigDict(frozen=True)

    chunk_id: str
    content: str
    """A fragment to append (a delta), or the whole text so far, by the profile's ``content_mode``."""

    tokens_generated: TokenCount
    """Tokens of the whole reply so far: cumulative, never to be summed."""

    is_complete: StrictBool = False
    metadata: dict[str, Any] | None = None

    @staticmethod
    def from_bytes(data: bytes) -> StreamChunk:
        """Validate JSON straight from the wire. Raises pydantic's ``ValidationError``."""
        try:
            return validate_chunk(data)
        except ValidationError:
            text = data.decode("utf-8", "replace")
            if "\ufffd" not in text:
                raise
            # Bytes that are no UTF-8 are U+FFFD to server-sent events, and no reason to lose the rest of the chunk.
            return validate_chunk(text)


class ChunkFields(TypedDict):
    """What a StreamChunk holds, by the same rules, without the object around it: two thirds of the time."""

    chunk_id: str
    content: str
    tokens_generated: TokenCount
    is_complete: NotRequired[StrictBool]
    metadata: NotRequired[dict[str, Any] | None]


# Half a microsecond less than through the class. Both raise pydantic's ``ValidationError``.
validate_chunk: Callable[[bytes | str], StreamChunk] = TypeAdapter(StreamChunk).validator.validate_json
validate_fields: Callable[[bytes], ChunkFields] = TypeAdapter(ChunkFields).validator.validate_json


def ending_from(metadata: dict[str, Any] | None, at: float) -> Ending:
    """What the final chunk's metadata says. What is missing or of the wrong type counts as not said."""
    metadata = metadata or {}
    reason = metadata.get("stop_reason")
    reason = reason if isinstance(reason, str) and reason else "completed"
    truncated = metadata.get("truncated") is True or reason in WORDS_THAT_MEAN_TRUNCATED
    usage = metadata.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    counts = (_count(usage.get("input_tokens")), _count(usage.get("output_tokens")))
    return Ending(at, reason[:MAX_STOP_REASON], truncated, *counts)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_TOKENS else None
