"""Server-sent events: bytes in, events out.

Follows https://html.spec.whatwg.org/multipage/server-sent-events.html, except that data stays bytes: a chunk is
validated straight from them. Nothing is held back: an event is out with the byte that completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

MAX_EVENT_BYTES = 8 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """One dispatched server-sent event."""

    data: bytes
    """Its ``data:`` lines, joined with LF. Not checked to be UTF-8: see ``text``."""

    name: str = "message"
    """What ``event:`` said."""

    id: str = ""
    """The last ``id:`` seen so far in the stream."""

    @property
    def text(self) -> str:
        """The data as the specification decodes it: UTF-8, with U+FFFD for what is not."""
        return self.data.decode("utf-8", "replace")


# Half the time of ``Event(…)``.
_event: Callable[[tuple[bytes, str, str]], Event] = partial(tuple.__new__, Event)


class Pulse(NamedTuple):
    """A sign of life without data: a comment, or an event that holds none."""

    text: str


class Oversized(NamedTuple):
    """An event that passed the limit and was dropped as it arrived."""

    size: int
    """Bytes seen when it was given up; more may have followed."""


class EventDecoder:
    """Cuts a byte stream into events, wherever the network cut it before.

    Memory is bounded by ``max_event_bytes``, whatever is sent. An event that lacks its final blank line when the
    stream ends is dropped, as the specification says.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.retry_ms: int | None = None
        """The reconnection time the server asked for, in milliseconds. Never acted on: a reply is not resumed."""
        self._max = max_event_bytes
        self._head = b""  # the first bytes, while they could still be part of a byte order mark
        self._at_start = True
        self._after_cr = False
        self._line = bytearray()  # a line without its end
        self._data = bytearray()  # each line with an LF behind it
        self._size = 0  # of the event so far, in bytes
        self._name = ""
        self.last_id = ""
        """What ``id:`` said last."""
        self._dropping = False  # the event passed the limit: ignore it up to its blank line

    def feed(self, data: bytes) -> Iterator[Event | Pulse | Oversized]:
        """Yield what these bytes complete. Consume it before the next ``feed``."""
        for item in self.cut(data):
            if isinstance(item, list):
                yield from [_event((content, "message", self.last_id)) for content in item]
            else:
                yield item

    def cut(self, data: bytes) -> Iterator[list[bytes] | Event | Pulse | Oversized]:
        """The same, but where events are as usual, with no name and one line of data, the data of a run of them."""
        if self._at_start:
            data = self._without_bom(data)
        if not data:
            return
        if b"\r" in data or self._after_cr:
            data = self._with_lf(data)
        if self._line:
            end = data.find(b"\n")
            if end < 0:
                yield from self._hold(data)
                return
            end += 1 + (data[end + 1 : end + 2] == b"\n")  # with its blank line, where that is here
            self._line += data[:end]
            data, rest = bytes(self._line), data[end:]
            self._line.clear()
            yield from self._lines(data)
            data = rest
        # The usual case, fast: whole events of one ``data: `` line each, and perhaps some of another one.
        end = data.rfind(b"\n\n")
        if end > 0 and data[:6] == b"data: " and not self._size and len(data) < self._max:
            contents = data[6:end].split(b"\n\ndata: ")
            # No line ends but those between them: each is a single line.
            if data.count(b"\n", 0, end) == 2 * len(contents) - 2:
                yield contents
                data = data[end + 2 :]
        if data:
            yield from self._blocks(data)

    def _blocks(self, data: bytes) -> Iterator[Event | Pulse | Oversized]:
        """Whole events of one ``data:`` line each, fast; and any other."""
        *blocks, rest = data.split(b"\n\n")
        for block in blocks:
            # A block that starts behind a half-read event belongs to that event.
            if block[:5] == b"data:" and b"\n" not in block and not self._size and len(block) < self._max:
                yield Event(block[6:] if block[5:6] == b" " else block[5:], "message", self.last_id)
            else:
                yield from self._lines(block + b"\n\n")
        end = rest.rfind(b"\n") + 1
        if end:
            yield from self._lines(rest[:end])
            rest = rest[end:]
        if rest:
            yield from self._hold(rest)

    def _lines(self, data: bytes) -> Iterator[Event | Pulse | Oversized]:
        """Whole lines, each ending in LF."""
        for line in data[:-1].split(b"\n"):
            if not line:
                yield from self._dispatch()
            elif self._dropping:
                continue
            elif self._size + len(line) >= self._max:
                yield self._drop(len(line) + 1)
            elif line[:1] == b":":
                yield Pulse(line[1:].decode("utf-8", "replace").strip())
            else:
                self._size += len(line) + 1
                self._field(line)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value[1:] if value[:1] == b" " else value
        if name == b"data":
            self._data += value + b"\n"
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
        elif name == b"id":
            if b"\0" not in value:
                self.last_id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) < 19:  # bytes.isdigit() knows ASCII digits only
            self.retry_ms = int(value)

    def _dispatch(self) -> Iterator[Event | Pulse]:
        if self._data:
            yield Event(bytes(self._data[:-1]), self._name or "message", self.last_id)
        elif self._name and not self._dropping:
            yield Pulse(self._name)
        self._reset()

    def _hold(self, data: bytes) -> Iterator[Oversized]:
        """Keep a line that has not ended, as far as the limit allows."""
        if self._dropping:
            self._line[:] = b"."  # what it holds no longer matters, only that it is not blank
            return
        self._line += data
        if self._size + len(self._line) > self._max:
            yield self._drop(len(self._line))
            self._line[:] = b"."

    def _drop(self, size: int) -> Oversized:
        """Give the event up at a line of this size, a comment included: whoever cut the stream, it ends alike."""
        self._size += size
        self._data.clear()
        self._name = ""
        self._dropping = True
        return Oversized(self._size)

    def _reset(self) -> None:
        self._data.clear()
        self._size = 0
        self._name = ""
        self._dropping = False

    def _without_bom(self, data: bytes) -> bytes:
        data = self._head + data
        if len(data) < len(_BOM) and _BOM.startswith(data):
            self._head = data
            return b""
        self._at_start = False
        self._head = b""
        return data.removeprefix(_BOM)

    def _with_lf(self, data: bytes) -> bytes:
        """CR, LF and CRLF as LF. A CR ends its line at once; an LF that follows it in the next bytes is skipped."""
        if self._after_cr:
            data = data.removeprefix(b"\n")
        self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
