"""Unpacking: a body that was compressed against our wish, a bounded piece at a time.

httpx would unpack whatever one read holds at once, and a kilobyte can hold a gigabyte.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

PIECE = 64 * 1024
"""Bytes that are unpacked at once, at most."""

CAN_UNPACK = frozenset({"identity", "gzip", "x-gzip", "deflate"})


def unpacked(body: Iterable[bytes]) -> Iterator[bytes]:
    """The body, of which one layer of gzip or deflate is taken off. Raises zlib.error for anything else."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    for data in body:
        while data and not unpacker.eof:
            yield unpacker.decompress(data, PIECE)
            data = unpacker.unconsumed_tail
