"""The body: an answer's bytes as they arrive, taken straight from the connection.

The way through the HTTP library's layers costs more than all that is done with an event afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpcore
import httpx

from genesys_tui.gateway.network import ScopedStream

_SIZE = re.compile(rb"0*([0-9A-Fa-f]{1,15})[ \t]*(;.*)?", re.DOTALL)
_LONGEST_LINE = 16 * 1024


def body_of(response: httpx.Response, timeout: float) -> Iterator[bytes]:
    """What the answer holds, without its transfer coding: each piece as soon as it is here.

    ``timeout`` is in seconds without a byte. Raises httpx's TransportErrors, as the response itself would.
    """
    stream = response.extensions.get("network_stream")
    if not isinstance(stream, ScopedStream):
        return response.iter_raw()
    arriving = _arriving(stream, timeout)
    if "chunked" in response.headers.get("Transfer-Encoding", "").lower():
        return _chunked(arriving)
    size = response.headers.get("Content-Length")
    return arriving if size is None else _sized(arriving, int(size))


def _arriving(stream: ScopedStream, timeout: float) -> Iterator[bytes]:
    try:
        while data := stream.read_on(timeout):
            yield data
    except httpcore.ReadTimeout as error:
        raise httpx.ReadTimeout(str(error)) from error
    except httpcore.ReadError as error:
        raise httpx.ReadError(str(error)) from error


def _sized(arriving: Iterator[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left:
        data = next(arriving, b"")[:left]
        if not data:
            raise httpx.RemoteProtocolError(f"the peer closed it after {size - left} of {size} bytes")
        left -= len(data)
        yield data


def _chunked(arriving: Iterator[bytes]) -> Iterator[bytes]:
    chunks = Chunks()
    for data in arriving:
        if body := chunks.feed(data):
            yield body
        if chunks.fault:
            raise httpx.RemoteProtocolError(chunks.fault)
        if chunks.ended:
            return
    raise httpx.RemoteProtocolError("the peer closed it before the last chunk")


class Chunks:
    """Takes the chunked transfer coding off, wherever the network cut it: RFC 9112, section 7.1."""

    def __init__(self) -> None:
        self.ended = False
        """The last chunk was seen. What follows, such as trailers, is none of the body."""
        self.fault = ""
        """What is wrong with the coding, in words. What came before is good."""
        self._line = b""  # one without its end
        self._left = 0  # of the chunk, in bytes
        self._between = False  # behind a chunk, before the line end that belongs to it

    def feed(self, data: bytes) -> bytes:
        """The body that these bytes hold."""
        if self._line:
            data, self._line = self._line + data, b""
        parts = []
        at, size = 0, len(data)
        while at < size and not self.ended and not self.fault:
            if self._left:
                part = data[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._left -= len(part)
                self._between = not self._left
                continue
            end = data.find(b"\n", at)
            if end < 0:
                self._hold(data[at:])
                break
            self._read_line(data[at:end])
            at = end + 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read_line(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        if self._between:
            if line:
                self.fault = "a chunk is longer than it says"
            self._between = False
        elif len(line) <= _LONGEST_LINE and (size := _SIZE.fullmatch(line)):
            self._left = int(size[1], 16)
            self.ended = not self._left
        else:
            self.fault = "a chunk does not say how long it is"

    def _hold(self, line: bytes) -> None:
        if len(line) > _LONGEST_LINE:
            self.fault = "the line before a chunk does not end"
        self._line = line
