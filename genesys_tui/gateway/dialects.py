"""Dialects: how a payload is written for a gateway, and how its events are read."""

from __future__ import annotations

from typing import Protocol

from pydantic import ValidationError

from genesys_tui.gateway.chunks import StreamChunk
from genesys_tui.gateway.facts import Diagnostic, Ending, Heartbeat
from genesys_tui.gateway.payload import Payload, in_words
from genesys_tui.gateway.sse import Event

Reading = StreamChunk | Ending | Heartbeat | Diagnostic


class Dialect(Protocol):
    """What differs between gateways. Nothing above this seam knows which one it talks to."""

    default_endpoint: str
    """The path requests go to where the profile names none."""

    def headers(self, payload: Payload) -> dict[str, str]:
        """Headers besides authorization and content type."""

    def body(self, payload: Payload) -> bytes:
        """The request body."""

    def read(self, event: Event, at: float) -> Reading:
        """What an event says."""


class GenesysDialect:
    """The Genesys Cloud AI gateway's own."""

    default_endpoint = "/api/v2/ai/generative/completions/stream"

    def headers(self, payload: Payload) -> dict[str, str]:
        """The request id, for the gateway's own logs."""
        return {"X-Genesys-Request-Id": payload.request_id}

    def body(self, payload: Payload) -> bytes:
        """The payload as it is."""
        return payload.model_dump_json().encode()

    def read(self, event: Event, at: float) -> Reading:
        """A chunk, ``[DONE]``, a heartbeat, or a diagnostic."""
        if event.name != "message":
            if event.name == "heartbeat":
                return Heartbeat(at)
            return Diagnostic(at, event.name, event.text, "an event of another name")
        try:
            return StreamChunk.from_bytes(event.data)
        except ValidationError as error:
            if event.data.strip() == b"[DONE]":
                return Ending(at)
            return Diagnostic(at, event.name, event.text, f"not a chunk: {in_words(error)}")


DIALECTS: dict[str, Dialect] = {"genesys": GenesysDialect()}
