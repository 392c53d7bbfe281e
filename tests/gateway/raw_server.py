"""A server that sends exactly the bytes it is told, when it is told, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
"""The head of a stream that ends with its connection."""

OK_CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

DONE = b"data: [DONE]\n\n"


def chunk(content: str = "", tokens: int = 0, *, complete: bool = False, chunk_id: str = "", **metadata: Any) -> bytes:
    """The event of one chunk; ``metadata`` by keyword."""
    fields = {
        "chunk_id": chunk_id or f"{tokens}-{content}-{complete}",
        "content": content,
        "tokens_generated": tokens,
        "is_complete": complete,
        "metadata": metadata or None,
    }
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def final(tokens: int = 0, **metadata: Any) -> bytes:
    return chunk("", tokens, complete=True, **metadata)


def piece(data: bytes) -> bytes:
    """Data in HTTP's chunked transfer coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def answer(status: int, body: bytes | str = b"", /, reason: str = "Any Reason", **headers: str) -> Sequence[Step]:
    """A whole answer that is no stream."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ["\r\n".join([*lines, "", ""]).encode() + body]


@dataclass
class Request:
    """One request, as it came."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, f"{name} was sent {len(found)} times"
        return found[0] if found else None


@dataclass
class Connection:
    """One client, while it is answered."""

    sock: socket.socket
    server: RawServer
    closed_by_client: threading.Event = field(default_factory=threading.Event)

    def send(self, data: bytes) -> None:
        """All of it; raises OSError where the client has gone."""
        self.sock.sendall(data)

    def rest(self, seconds: float | None) -> None:
        """Wait, no longer than the client stays."""
        self.sock.settimeout(0.05)
        left = seconds
        while not self.server.stopping.is_set() and (left is None or left > 0):
            step = 0.05 if left is None else min(0.05, left)
            if select.select([self.sock], [], [], step)[0] and not self._still_there():
                self.closed_by_client.set()
                raise ConnectionError("the client has gone")
            left = None if left is None else left - step
        self.sock.settimeout(None)

    def _still_there(self) -> bool:
        try:
            return self.sock.recv(65536) != b""
        except (TimeoutError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False


Step = bytes | float | Callable[[Connection], None]
"""Bytes to send, seconds to wait, or something to do."""


def hang(connection: Connection) -> None:
    """Say nothing more, and keep the connection open."""
    connection.rest(None)


def reset(connection: Connection) -> None:
    """End the connection with RST."""
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The file descriptor itself, lest TLS say goodbye.
    socket.socket(fileno=connection.sock.detach()).close()


def again_and_again(data: bytes, pause: float = 0.0) -> Callable[[Connection], None]:
    """Send this until the client has gone."""

    def flood(connection: Connection) -> None:
        while not connection.server.stopping.is_set():
            connection.send(data)
            if pause:
                connection.rest(pause)

    return flood


class RawServer:
    """Listens on loopback. The nth connection gets the nth answer; those beyond the last one get the last one again."""

    def __init__(self, *answers: Sequence[Step], tls: ssl.SSLContext | None = None, at_once: Step = b"") -> None:
        """``at_once`` comes before the handshake and the request."""
        self.requests: list[Request] = []
        self.connections: list[Connection] = []
        self.stopping = threading.Event()
        self._answers = answers
        self._tls = tls
        self._at_once = at_once
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> RawServer:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        # Closing alone would not wake the thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _begin(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        for number in range(10_000):
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(sock, self)
            self.connections.append(connection)
            self._begin(self._serve, connection, number)

    def _serve(self, connection: Connection, number: int) -> None:
        with contextlib.suppress(OSError):
            try:
                self._take(self._at_once, connection)
                if self._tls is not None:
                    connection.sock = self._tls.wrap_socket(connection.sock, server_side=True)
                self.requests.append(read_request(connection.sock))
                for step in self._answers[min(number, len(self._answers) - 1)]:
                    self._take(step, connection)
            finally:
                if connection.sock.fileno() >= 0:
                    # Closing with unread bytes would reset the connection.
                    socket.socket.shutdown(connection.sock, socket.SHUT_WR)
                    connection.sock.close()

    @staticmethod
    def _take(step: Step, connection: Connection) -> None:
        if isinstance(step, bytes):
            connection.send(step)
        elif callable(step):
            step(connection)
        else:
            connection.rest(step)


def read_request(sock: socket.socket) -> Request:
    """The next request on this connection. Raises ConnectionError where there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(sock)
        if not data[:1].isalpha():
            raise ConnectionError("this is no HTTP")
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    while len(body) < length:
        body += _more(sock)
    method, target, _ = first.split(" ")
    return Request(method, target, headers, body)


def _more(sock: socket.socket) -> bytes:
    data = sock.recv(65536)
    if not data:
        raise ConnectionError("the client has gone")
    return data
