"""A terminal app, command line and library for the Genesys Cloud LLM gateway.

The library's names are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.errors import GenesysError
    from genesys_tui.gateway.buffer import StreamBuffer
    from genesys_tui.gateway.chunks import StreamChunk
    from genesys_tui.gateway.payload import Payload, build_stream_payload
    from genesys_tui.gateway.sequence import validate_token_sequence
    from genesys_tui.metrics import StreamMetrics
    from genesys_tui.streamer import AuditEntry, GenesysLLMStreamer, initialize_genesys_client

__all__ = [
    "AuditEntry",
    "GenesysError",
    "GenesysLLMStreamer",
    "Ledger",
    "Payload",
    "StreamBuffer",
    "StreamChunk",
    "StreamMetrics",
    "build_stream_payload",
    "initialize_genesys_client",
    "validate_token_sequence",
]

_HOMES = {
    "AuditEntry": "streamer",
    "GenesysError": "errors",
    "GenesysLLMStreamer": "streamer",
    "Ledger": "audit.ledger",
    "Payload": "gateway.payload",
    "StreamBuffer": "gateway.buffer",
    "StreamChunk": "gateway.chunks",
    "StreamMetrics": "metrics",
    "build_stream_payload": "gateway.payload",
    "initialize_genesys_client": "streamer",
    "validate_token_sequence": "gateway.sequence",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
