"""The payload: what a call asks for, as the gateway's JSON."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from genesys_tui.errors import ConfigurationError
from genesys_tui.gateway import defaults
from genesys_tui.table import in_words

MISSION_STOP = ("<|endoftext|>", "\n\n")

Role = Literal["system", "user", "assistant"]
StopSequence = Annotated[str, Field(min_length=1, max_length=256)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Message(_Strict):
    """One message of the conversation so far."""

    role: Role
    content: str

    @field_validator("content")
    @classmethod
    def _encodable(cls, content: str) -> str:
        try:
            content.encode()
        except UnicodeEncodeError:
            raise ValueError("holds bytes that are no text; give it as UTF-8") from None
        return content


class Input(_Strict):
    """What the model reads."""

    messages: tuple[Message, ...] = Field(min_length=1)


class Parameters(_Strict):
    """How the model writes."""

    max_tokens: int = Field(defaults.MAX_TOKENS, ge=1, le=1_000_000)
    temperature: float = Field(defaults.TEMPERATURE, ge=0, le=2)
    stop: tuple[StopSequence, ...] = Field(defaults.STOP, max_length=16)


class ChunkMatrix(_Strict):
    """How the gateway groups tokens into chunks."""

    min_tokens_per_chunk: int = Field(defaults.MIN_TOKENS_PER_CHUNK, ge=1, le=4096)
    max_tokens_per_chunk: int = Field(defaults.MAX_TOKENS_PER_CHUNK, ge=1, le=4096)
    flush_interval_ms: int = Field(defaults.FLUSH_INTERVAL_MS, ge=0, le=60_000)
    """Milliseconds after which a chunk is sent with what there is."""

    @model_validator(mode="after")
    def _ordered(self) -> ChunkMatrix:
        if self.min_tokens_per_chunk > self.max_tokens_per_chunk:
            raise ValueError("min_tokens_per_chunk must not be larger than max_tokens_per_chunk")
        return self


class CompletionDirectives(_Strict):
    """What the gateway does besides streaming."""

    include_usage: bool = True
    enforce_schema: bool = True
    truncate_on_limit: bool = True


class GatewayConstraints(_Strict):
    """How long a stream may take, in seconds. Kept on this side too."""

    max_stream_duration_seconds: float = Field(defaults.MAX_STREAM_DURATION, gt=0, le=86_400)
    timeout_on_inactivity_seconds: float = Field(defaults.INACTIVITY_TIMEOUT, gt=0, le=86_400)


class StreamConfig(_Strict):
    """How the reply is streamed."""

    chunk_matrix: ChunkMatrix = ChunkMatrix()
    completion_directives: CompletionDirectives = CompletionDirectives()
    gateway_constraints: GatewayConstraints = GatewayConstraints()


def new_request_id() -> str:
    """A fresh UUID4."""
    return str(uuid.uuid4())


class Payload(_Strict):
    """A whole request body. Immutable: a changed one is a copy with another request id."""

    request_id: str = Field(default_factory=new_request_id, pattern=r"^[A-Za-z0-9._:-]{1,128}$")
    model: str = Field(min_length=1, max_length=256)
    input: Input
    parameters: Parameters = Parameters()
    stream_config: StreamConfig = StreamConfig()

    @property
    def limits(self) -> GatewayConstraints:
        """The limits that are kept on this side too."""
        return self.stream_config.gateway_constraints


def build_payload(fields: dict[str, object]) -> Payload:
    """Validate a request body. Raises ConfigurationError, naming each field that cannot be used and why."""
    try:
        return Payload.model_validate(fields)
    except ValidationError as error:
        raise ConfigurationError(in_words(error)) from None


def build_stream_payload(
    prompt: str,
    model_id: str,
    max_tokens: int = 2048,
    temperature: float = 0.7,
    stop_sequences: Sequence[str] | None = None,
) -> Payload:
    """A payload for one prompt, with the mission's defaults. Raises ConfigurationError for values it cannot use."""
    return build_payload(
        {
            "model": model_id,
            "input": {"messages": [{"role": "user", "content": prompt}]},
            "parameters": {
                "max_tokens": max_tokens,
                "temperature": temperature,
                "stop": tuple(MISSION_STOP if stop_sequences is None else stop_sequences),
            },
        }
    )
