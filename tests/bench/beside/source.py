"""A source: serves a stream of given bytes on loopback, an event a segment, or many at once."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
BULK = 64 * 1024
"""Bytes sent at once, about."""


def genesys_event(number: int) -> bytes:
    """A chunk as the gateway sends it."""
    fields = {"chunk_id": f"chunk-{number:07}", "content": " stream", "tokens_generated": number, "is_complete": False}
    return b"data: %s\n\n" % json.dumps(fields).encode()


def openai_event(number: int) -> bytes:
    """A chat completion's chunk, as OpenAI sends it."""
    fields = {
        "id": "chatcmpl-8f2a",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "delta": {"content": f" {number}"}, "finish_reason": None}],
    }
    return b"data: %s\n\n" % json.dumps(fields).encode()


EVENTS = {"genesys": genesys_event, "openai": openai_event}
END = b"data: [DONE]\n\n"


class Source:
    """Answers every request with what is being played. One connection at a time."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._parts: list[bytes] = []
        self._pause = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def play(self, events: Iterator[bytes], pause: float) -> None:
        """Answer the next request with these events and an end: each by itself and ``pause`` seconds apart; or, with
        no pause, as many at a time as fit."""
        parts = list(events) if pause else list(_together(events))
        # One HTTP chunk for each, as servers write it.
        self._parts = [b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, END]] + [b"0\r\n\r\n"]
        self._pause = pause

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                read_request(connection)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.sendall(HEAD)
                try:
                    self._send(connection)
                except OSError:  # the client left
                    continue

    def _send(self, connection: socket.socket) -> None:
        if not self._pause:
            for part in self._parts:
                connection.sendall(part)
            return
        for part in self._parts:
            # From the last one, never catching up: two of them would arrive together.
            time.sleep(self._pause)
            connection.sendall(part)


def read_request(connection: socket.socket) -> tuple[str, bytes]:
    """The request line's path, and the body."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return "", b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    sizes = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < (sizes or [0])[0]:
        body += connection.recv(65536)
    return head.split()[1].decode(), body


def _together(events: Iterator[bytes]) -> Iterator[bytes]:
    part = bytearray()
    for event in events:
        part += event
        if len(part) >= BULK:
            yield bytes(part)
            part.clear()
    yield bytes(part)
