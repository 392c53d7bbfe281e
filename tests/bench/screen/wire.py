"""A gateway that sends given tokens, one chunk each, at a given pace; and remembers when."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Script:
    """A first part sent fast, then the part that is measured."""

    tokens: list[str]
    before: int
    """How many of the tokens are sent ahead, at ``FAST`` a second."""

    rate: float
    """Chunks per second of the rest."""


FAST = 5000.0


class Wire:
    """Serves one script after another, a connection each, on loopback."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.script: Script | None = None
        self.began = threading.Event()
        """The measured part has begun."""
        self.ended = threading.Event()
        self.began_at = 0.0
        self.ended_at = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def play(self, script: Script) -> None:
        """Answer the next request with this."""
        self.began.clear()
        self.ended.clear()
        self.script = script

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                _read_request(connection)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(HEAD)
                if self.script is not None:
                    # An app that has crashed reads no more; the next one asks again.
                    with suppress(ConnectionError):
                        self._send(connection, self.script)
                    self.ended.set()

    def _send(self, connection: socket.socket, script: Script) -> None:
        chunks = [_chunk(number, token) for number, token in enumerate(script.tokens, 1)]
        _paced(connection, chunks[: script.before], FAST)
        if script.before:
            time.sleep(1.5)  # let the screen come to rest
        self.began_at = time.perf_counter()
        self.began.set()
        _paced(connection, chunks[script.before :], script.rate)
        self.ended_at = time.perf_counter()
        connection.sendall(_final(len(chunks)))


def _paced(connection: socket.socket, chunks: list[bytes], rate: float) -> None:
    """Send each when it is due; what is overdue together."""
    began = time.perf_counter()
    sent = 0
    while sent < len(chunks):
        due = min(len(chunks), int((time.perf_counter() - began) * rate) + 1)
        if due > sent:
            connection.sendall(b"".join(chunks[sent:due]))
            sent = due
        time.sleep(max(0.0005, began + sent / rate - time.perf_counter()))


def _chunk(number: int, token: str) -> bytes:
    fields = {"chunk_id": f"c{number}", "content": token, "tokens_generated": number, "is_complete": False}
    return b"data: %s\n\n" % json.dumps(fields).encode()


def _final(tokens: int) -> bytes:
    metadata = {"stop_reason": "completed", "truncated": False}
    fields = {"chunk_id": "end", "content": "", "tokens_generated": tokens, "is_complete": True, "metadata": metadata}
    return b"data: %s\n\n" % json.dumps(fields).encode()


def _read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    size = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < size:
        body += connection.recv(65536)
