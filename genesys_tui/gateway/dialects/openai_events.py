"""The events of an OpenAI-compatible stream, read as leniently as servers differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from genesys_tui.gateway.chunks import MAX_STOP_REASON, MAX_TOKENS, WORDS_THAT_MEAN_TRUNCATED, ChunkFields, StreamChunk
from genesys_tui.gateway.dialects.dialect import LINGER, Failure, Final, Reading, Thought
from genesys_tui.gateway.facts import Diagnostic, Ending, Heartbeat
from genesys_tui.gateway.halves import Halves
from genesys_tui.gateway.sse import Event
from genesys_tui.table import in_words

USAGE_LINGER = 2.0
"""Seconds to wait behind the finish reason for the usage that was asked for."""

_PINGS = ("heartbeat", "ping")


class _Delta(BaseModel):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    """What vLLM and OpenRouter call it."""


class _Choice(BaseModel):
    index: int | None = None
    delta: _Delta | None = None
    finish_reason: str | None = None
    error: Any = None


class _Chunk(BaseModel):
    choices: tuple[_Choice, ...] | None = None
    usage: Any = None
    error: Any = None
    object: Any = None


_validate: Callable[[bytes | str], _Chunk] = TypeAdapter(_Chunk).validator.validate_json
_EMPTY = _Delta()


class OpenAIReader:
    """Gives the chunks that such a stream amounts to.

    It does not count tokens, so they are estimated: a delta has one for every four of its characters, rounded, and at
    least one. A usage, where one comes, is the truth. What says nothing, such as the role alone, is a heartbeat.
    """

    def __init__(self, *, expects_usage: bool) -> None:
        self._expects_usage = expects_usage
        self._usage: dict[str, int] = {}
        self._tokens = 0
        self._chunks = 0
        self._choice: int | None = None
        self._finished = False
        self._thought_aloud = False
        self._halves = Halves(lambda fields: fields["choices"][0]["delta"])

    @property
    def linger(self) -> float:
        """Longer while the usage has not come."""
        return USAGE_LINGER if self._expects_usage and "output_tokens" not in self._usage else LINGER

    def glance(self, data: bytes) -> ChunkFields | None:  # noqa: ARG002
        """None: what a delta is, is said by the events before it, too."""
        return None

    def read(self, event: Event, at: float) -> Reading:
        """What an event says."""
        if event.name != "message":
            if event.name in _PINGS:
                return Heartbeat(at)
            if event.name == "error":
                return Failure(at)
            return Diagnostic(at, event.name, event.text, "an event of another name")
        try:
            chunk = _validate(event.data)
        except ValidationError as error:
            return self._other(event, at, error)
        self._halves.forget()
        return self._understood(chunk, event, at)

    def _other(self, event: Event, at: float, error: ValidationError) -> Reading:
        """What could not be read at once: the end, bytes that are no UTF-8, halves of a character."""
        if event.data.strip() == b"[DONE]":
            return self._end(at)
        text = event.text
        mended = self._halves.mended(text)
        readable = text if mended is None and "\ufffd" in text else mended
        if readable is not None:
            try:
                chunk = _validate(readable)
            except ValidationError as still:
                error = still
            else:
                if mended is None:
                    self._halves.forget()
                return self._understood(chunk, event, at)
        return Diagnostic(at, event.name, text, f"not a chunk: {in_words(error)}")

    def _understood(self, chunk: _Chunk, event: Event, at: float) -> Reading:
        if chunk.error or chunk.object == "error":
            return Failure(at)
        told = self._take_usage(chunk.usage)
        if not chunk.choices:
            if chunk.usage is None and "choices" not in chunk.model_fields_set:
                return Diagnostic(at, event.name, event.text, "not a chunk: choices: field required.")
            return self._end(at) if self._finished and told else Heartbeat(at)
        choice = self._first_of(chunk.choices)
        if choice is None:
            return Heartbeat(at)
        if choice.error or choice.finish_reason == "error":
            return Failure(at)
        return self._spoken(choice.delta or _EMPTY, choice.finish_reason, told, at)

    def _spoken(self, delta: _Delta, reason: str | None, told: bool, at: float) -> Reading:
        text, thought = delta.content or delta.refusal or "", _thought(delta)
        if not text and not thought:
            if self._finished and told:
                return self._end(at)  # the usage, with the choice once more
            if not reason:
                return Heartbeat(at)
        else:
            counted = self._usage.get("output_tokens", 0) if told else 0
            more = (len(text) + len(thought) + 2) // 4 or 1
            self._tokens = max(self._tokens, counted) if counted else self._tokens + more
        self._thought_aloud = self._thought_aloud or bool(thought)
        chunk = self._chunk(text, reason, at) if text or reason else None
        return Thought(at, thought, self._tokens, chunk) if thought else chunk or Heartbeat(at)

    def _chunk(self, text: str, reason: str | None, at: float) -> StreamChunk | Final:
        self._chunks += 1
        chunk = StreamChunk(
            chunk_id=str(self._chunks),
            content=text,
            tokens_generated=self._tokens,
            is_complete=bool(reason),
        )
        if not reason:
            return chunk
        self._finished = True
        return Final(chunk, self._end(at, reason))

    def _end(self, at: float, reason: str = "completed") -> Ending:
        counts = self._said_usage()
        return Ending(
            at,
            reason[:MAX_STOP_REASON],
            reason in WORDS_THAT_MEAN_TRUNCATED,
            counts.get("input_tokens"),
            counts.get("output_tokens"),
            hidden_tokens=counts.get("hidden_tokens", 0),
        )

    def _first_of(self, choices: tuple[_Choice, ...]) -> _Choice | None:
        """The choice that was seen first; others are other replies to the same prompt."""
        if self._choice is None:
            self._choice = choices[0].index or 0
        return next((choice for choice in choices if (choice.index or 0) == self._choice), None)

    def _take_usage(self, usage: Any) -> bool:
        """Keep the latest counts; whether there were any."""
        if not isinstance(usage, dict):
            return False
        for ours, theirs in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")):
            self._keep_count(ours, usage.get(theirs))
        details = usage.get("completion_tokens_details")
        if isinstance(details, dict) and not self._thought_aloud:
            self._keep_count("hidden_tokens", details.get("reasoning_tokens"))
        return True

    def _keep_count(self, name: str, count: Any) -> None:
        if type(count) is int and 0 <= count <= MAX_TOKENS:
            self._usage[name] = count

    def _said_usage(self) -> dict[str, int]:
        """The counts, but no count of 0 for a reply that has text: a server that does not count says so."""
        said = dict(self._usage)
        if self._tokens and not said.get("output_tokens"):
            said.pop("output_tokens", None)
        return said


def _thought(delta: _Delta) -> str:
    thought = delta.reasoning_content or delta.reasoning
    return thought if isinstance(thought, str) else ""
