"""The sequence: chunks checked against those before them, and turned into text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from genesys_tui.gateway.chunks import MAX_TOKENS, ChunkFields, StreamChunk
from genesys_tui.gateway.facts import Anomaly, Delta, delta_of
from genesys_tui.gateway.payload import ChunkMatrix

ContentMode = Literal["delta", "cumulative"]

REMEMBERED_IDS = 4096
"""How many of the latest chunk ids a duplicate is looked for in, at least. All of them would grow with the stream."""

_REPEATS_BEFORE_HINT = 3
_ENOUGH_TO_COMPARE = 8  # characters: shorter texts repeat by chance


class Sequence:
    """Takes chunks in the order they came; gives the text they add and what is odd about them."""

    def __init__(self, content_mode: ContentMode = "delta", matrix: ChunkMatrix | None = None) -> None:
        self.tokens = 0
        """The last cumulative count."""
        self.complete = False
        """A final chunk was seen."""
        self._cumulative = content_mode == "cumulative"
        self._matrix = matrix
        self._most = MAX_TOKENS if matrix is None else matrix.max_tokens_per_chunk
        self._least = 0 if matrix is None else matrix.min_tokens_per_chunk
        self._ids: set[str] = set()
        self._older_ids: set[str] = set()
        self._text = ""  # cumulative: all of it; delta: only until the hint is decided
        self._repeats = 0
        self._hint_open = not self._cumulative

    def plain(
        self, run: Iterator[bytes], glance: Callable[[bytes], ChunkFields | None], at: float
    ) -> tuple[list[Delta], bytes | None]:
        """The deltas of a run's chunks, up to the first of which there is more to say; and that one, if there is.

        One loop, for this is done for every event.
        """
        if self._hint_open or self._cumulative or self.complete:
            return [], next(run, None)
        ids, older, tokens = self._ids, self._older_ids, self.tokens
        least, most = self._least, self._most
        deltas: list[Delta] = []
        odd = None
        for data in run:
            chunk = glance(data)
            if chunk is None or chunk.get("is_complete"):
                odd = data
                break
            chunk_id, so_far = chunk["chunk_id"], chunk["tokens_generated"]
            if chunk_id in ids or chunk_id in older or not least <= so_far - tokens <= most:
                odd = data
                break
            tokens = so_far
            if chunk_id:
                ids.add(chunk_id)
                if len(ids) == REMEMBERED_IDS:
                    ids, older = self._forget_old_ids()
            deltas.append(delta_of((at, chunk["content"], so_far, chunk_id, False, data)))
        self.tokens = tokens
        return deltas, odd

    def take(self, chunk: StreamChunk, at: float, data: bytes = b"") -> Iterator[Delta | Anomaly]:
        """Yield the chunk's anomalies, then its delta unless it is to be ignored. ``data`` is the chunk as it came."""
        if self.complete:
            kind = "second_final" if chunk.is_complete else "after_final"
            yield Anomaly(at, kind, chunk.chunk_id, "came after the final chunk and was ignored", data)
            return
        if chunk.chunk_id in self._ids or chunk.chunk_id in self._older_ids:
            yield Anomaly(at, "duplicate_chunk", chunk.chunk_id, "was seen before and was dropped", data)
            return
        if chunk.chunk_id:
            self._ids.add(chunk.chunk_id)
            if len(self._ids) == REMEMBERED_IDS:
                self._forget_old_ids()
        step = chunk.tokens_generated - self.tokens
        if step < 0:
            fall = f"tokens_generated fell from {self.tokens} to {chunk.tokens_generated}"
            yield Anomaly(at, "tokens_fell", chunk.chunk_id, fall)
        elif (detail := self._outside_matrix(chunk, step)) is not None:
            yield Anomaly(at, "outside_chunk_matrix", chunk.chunk_id, detail)
        self.tokens = chunk.tokens_generated
        self.complete = chunk.is_complete
        if self._cumulative:
            yield from self._extend(chunk, at, data)
            return
        if self._hint_open and self._looks_cumulative(chunk.content):
            hint = 'each chunk repeats everything before it: set content_mode = "cumulative" in the profile'
            yield Anomaly(at, "looks_cumulative", chunk.chunk_id, hint)
        yield Delta(at, chunk.content, chunk.tokens_generated, chunk.chunk_id, False, data)

    def _extend(self, chunk: StreamChunk, at: float, data: bytes) -> Iterator[Delta | Anomaly]:
        """Cumulative content: only the new suffix is text."""
        content, before = chunk.content, self._text
        if chunk.is_complete and not content:
            content = before  # a final chunk that only says how it ended
        self._text = content
        if content.startswith(before):
            yield Delta(at, content[len(before) :], chunk.tokens_generated, chunk.chunk_id, False, data)
            return
        yield Anomaly(at, "not_an_extension", chunk.chunk_id, "does not extend the text so far and replaced it")
        yield Delta(at, content, chunk.tokens_generated, chunk.chunk_id, True, data)

    def _outside_matrix(self, chunk: StreamChunk, step: int) -> str | None:
        matrix = self._matrix
        if matrix is None:
            return None
        if step > matrix.max_tokens_per_chunk:
            return f"{step} tokens in one chunk, more than max_tokens_per_chunk {matrix.max_tokens_per_chunk}"
        # A last chunk holds what is left, and one without text holds nothing.
        if step < matrix.min_tokens_per_chunk and chunk.content and not chunk.is_complete:
            return f"{step} tokens in one chunk, fewer than min_tokens_per_chunk {matrix.min_tokens_per_chunk}"
        return None

    def _looks_cumulative(self, content: str) -> bool:
        """True once, at the third chunk in a row that repeats all text before it."""
        if not content:
            return False
        if not self._text:
            self._text = content
        elif content.startswith(self._text) and len(content) > len(self._text):
            self._repeats += len(self._text) >= _ENOUGH_TO_COMPARE
            self._text = content
        else:
            # One that does not repeat settles it: what went before is part of this reply.
            self._hint_open, self._text = False, ""
        if self._repeats < _REPEATS_BEFORE_HINT:
            return False
        self._hint_open, self._text = False, ""
        return True

    def _forget_old_ids(self) -> tuple[set[str], set[str]]:
        """Returns those of the future, and the latest."""
        self._ids, self._older_ids = set(), self._ids
        return self._ids, self._older_ids


def validate_token_sequence(chunks: Iterable[StreamChunk], matrix: ChunkMatrix | None = None) -> list[Anomaly]:
    """Everything odd about a finished sequence of chunks; empty when it is sound."""
    sequence = Sequence(matrix=matrix)
    return [fact for chunk in chunks for fact in sequence.take(chunk, 0.0) if isinstance(fact, Anomaly)]
