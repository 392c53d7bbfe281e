"""The Genesys Cloud AI gateway's own dialect."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError

from genesys_tui.errors import GatewayError
from genesys_tui.gateway.chunks import ChunkFields, StreamChunk, validate_chunk, validate_fields
from genesys_tui.gateway.dialects.dialect import LINGER, Advice, Dialect, Reader, Reading
from genesys_tui.gateway.facts import Diagnostic, Ending, Heartbeat
from genesys_tui.gateway.halves import Halves
from genesys_tui.gateway.payload import ChunkMatrix, Payload
from genesys_tui.gateway.sse import Event
from genesys_tui.table import in_words

PATH = "/api/v2/ai/generative/completions/stream"


def _itself(fields: Any) -> Any:
    return fields


class GenesysReader:
    """Reads events whose data is a chunk as it stands in the protocol."""

    linger = LINGER

    def __init__(self) -> None:
        self._halves: Halves | None = None

    def glance(self, data: bytes) -> ChunkFields | None:
        """Nearly every event is a chunk, and no more."""
        try:
            fields = validate_fields(data)
        except ValidationError:
            return None
        if self._halves is not None:
            self._halves.forget()
        return fields

    def read(self, event: Event, at: float) -> Reading:
        """A chunk, ``[DONE]``, a heartbeat, or a diagnostic."""
        if event.name != "message":
            if event.name == "heartbeat":
                return Heartbeat(at)
            return Diagnostic(at, event.name, event.text, "an event of another name")
        try:
            chunk = validate_chunk(event.data)
        except ValidationError:
            return self._other(event, at)
        if self._halves is not None:
            self._halves.forget()
        return chunk

    def _other(self, event: Event, at: float) -> Reading:
        if event.data.strip() == b"[DONE]":
            return Ending(at)
        try:
            chunk = StreamChunk.from_bytes(event.data)
        except ValidationError as invalid:
            error = invalid
        else:
            if self._halves is not None:
                self._halves.forget()
            return chunk
        self._halves = self._halves or Halves(_itself)
        if (mended := self._halves.mended(event.text)) is not None:
            try:
                return StreamChunk.from_bytes(mended.encode())
            except ValidationError as still:
                error = still
        return Diagnostic(at, event.name, event.text, f"not a chunk: {in_words(error)}")


class GenesysDialect:
    """A payload is sent as it is; chunks arrive as they are."""

    credentials: Literal["oauth", "api_key"] = "oauth"
    at_the_region = True
    counts_tokens = True
    correlation_headers: tuple[str, ...] = ("ININ-Correlation-Id",)
    advice = Advice(
        not_served="This path is not part of the public Platform API: set base_url and endpoint to where your "
        "organization's gateway is, or try `genesys-tui demo`.",
        forbidden="A role of this OAuth client lacks a permission: add it under Admin › Integrations › OAuth.",
        still_unauthorized="Check that the profile's region is the one the OAuth client belongs to: "
        "`genesys-tui status`.",
    )

    def url(self, base_url: str, path: str) -> str:
        """The path behind the base URL, which may hold the dialect's own already."""
        base = base_url.rstrip("/")
        return base + (path or ("" if base.endswith(PATH) else PATH))

    def models_url(self, base_url: str, path: str) -> str | None:  # noqa: ARG002
        """The gateway lists none."""
        return None

    def headers(self, payload: Payload) -> dict[str, str]:
        """The request id, for the gateway's own logs."""
        return {"X-Genesys-Request-Id": payload.request_id}

    def body(self, payload: Payload) -> bytes:
        """The payload as it is."""
        return payload.model_dump_json().encode()

    def matrix(self, payload: Payload) -> ChunkMatrix | None:
        """What the payload asks for."""
        return payload.stream_config.chunk_matrix

    def reader(self, payload: Payload) -> Reader:  # noqa: ARG002
        """The same for every payload."""
        return GenesysReader()

    def concession(self, payload: Payload, error: GatewayError) -> tuple[Dialect, str] | None:  # noqa: ARG002
        """There is nothing to leave out."""
        return None
