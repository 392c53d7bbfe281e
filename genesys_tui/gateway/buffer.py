"""The buffer: a stream's bytes in, its chunks out. For programs that bring their own HTTP."""

from __future__ import annotations

from genesys_tui.gateway.chunks import StreamChunk
from genesys_tui.gateway.dialects.genesys import GenesysReader
from genesys_tui.gateway.facts import Diagnostic
from genesys_tui.gateway.sse import Event, EventDecoder


class StreamBuffer:
    """Bytes in, validated chunks out: none lost, none reordered, wherever the network cut them."""

    def __init__(self) -> None:
        self._decoder = EventDecoder()
        self._reader = GenesysReader()
        self.rejected = 0
        """How many events were neither a chunk, a heartbeat nor the end."""

    def feed(self, data: bytes) -> list[StreamChunk]:
        """The chunks that these bytes complete."""
        chunks = []
        for event in self._decoder.feed(data):
            if isinstance(event, Event):
                reading = self._reader.read(event, 0.0)
                if isinstance(reading, StreamChunk):
                    chunks.append(reading)
                self.rejected += isinstance(reading, Diagnostic)
        return chunks
