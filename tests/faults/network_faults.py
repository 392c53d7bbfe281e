"""What a network and a gateway can do to a call, and how that call is to end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gateway.raw_server import (
    DONE,
    OK,
    OK_CHUNKED,
    Connection,
    Step,
    again_and_again,
    answer,
    chunk,
    final,
    hang,
    piece,
    reset,
)

HELLO = chunk("Hello", 1, chunk_id="1") + chunk(", world", 3, chunk_id="2")
WHOLE = [OK, HELLO, final(3)]
"""What the gateway answers when the fault is over."""

START = b"HTTP/1.1 200 OK\r\n"
HUGE = 9 * 1024 * 1024

Where = Literal["http", "https", "https of a stranger", "https by another name", "http in place of https", "nowhere"]


class End(NamedTuple):
    """How the call ends."""

    status: str
    stop_reason: str
    exit_code: int
    kind: str | None = None
    """Of the record's error."""


COMPLETED = End("completed", "completed", 0)
CUT = End("truncated", "disconnected", 3)
TIMED_OUT = End("truncated", "timeout", 3)
NEVER_ANSWERED = End("failed", "timeout", 1, "timeout")


def failed(kind: str, exit_code: int = 1) -> End:
    return End("failed", "error", exit_code, kind)


UNREACHABLE = failed("unreachable")
REFUSED = failed("refused")
UNAVAILABLE = failed("unavailable")
NO_STREAM = failed("not_an_event_stream")


class Fault(NamedTuple):
    """What goes wrong, and what comes of it."""

    steps: Sequence[Step]
    end: End
    text: str = ""
    """Of the reply, as much as came."""
    attempts: int = 1
    """Where one retry is allowed."""
    where: Where = "http"
    at_once: Step = b""
    """Before the handshake and the request."""


def drip(data: bytes) -> list[Step]:
    """One byte a second."""
    return [step for byte in data for step in (bytes([byte]), 1.0)]


def half_a_handshake(connection: Connection) -> None:
    """Read the client's hello, answer with half of one, and go."""
    connection.sock.recv(65536)
    connection.send(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(20))
    raise ConnectionError("that is all")


def half_a_handshake_and_silence(connection: Connection) -> None:
    connection.sock.recv(65536)
    connection.send(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(20))
    hang(connection)


def _nonsense() -> bytes:
    return random.Random(4).randbytes(20_000)


NETWORK: dict[str, Fault] = {
    "nothing at all": Fault(WHOLE, COMPLETED, "Hello, world"),
    "refused": Fault([], UNREACHABLE, attempts=2, where="nowhere"),
    "reset before the request": Fault([], UNREACHABLE, attempts=2, at_once=reset),
    "reset before an answer": Fault([reset], UNREACHABLE, attempts=2),
    "reset inside the headers": Fault([OK[:30], 0.05, reset], UNREACHABLE, attempts=2),
    "reset behind the headers": Fault([OK, 0.05, reset], CUT),
    "reset inside a chunk": Fault([OK, HELLO, final(3)[:20], 0.05, reset], CUT, "Hello, world"),
    "cut before an answer": Fault([b""], UNREACHABLE, attempts=2),
    "cut inside the headers": Fault([OK[:30]], UNREACHABLE, attempts=2),
    "cut inside a transfer chunk": Fault([OK_CHUNKED, piece(HELLO + final(3))[:-9]], CUT, "Hello, world"),
    "headers at 1 byte/s": Fault(drip(OK), NEVER_ANSWERED),
    "a stream at 1 byte/s": Fault([OK, HELLO, *drip(final(3))], TIMED_OUT, "Hello, world"),
    "silence before an answer": Fault([hang], NEVER_ANSWERED),
    "silence inside the headers": Fault([OK[:30], hang], NEVER_ANSWERED),
    "silence behind the headers": Fault([OK, hang], TIMED_OUT),
    "silence inside a chunk": Fault([OK, HELLO, final(3)[:20], hang], TIMED_OUT, "Hello, world"),
    "silence but for heartbeats": Fault([OK, HELLO, again_and_again(b": beat\n\n", 0.1)], TIMED_OUT, "Hello, world"),
    "no HTTP": Fault([b"SSH-2.0-OpenSSH_9.7\r\n"], UNREACHABLE, attempts=2),
    "garbage for headers": Fault([_nonsense()], UNREACHABLE, attempts=2),
    "garbage for a stream": Fault([OK, HELLO, b"\n\n" + _nonsense()], CUT, "Hello, world"),
    "garbage between chunks": Fault([OK, HELLO, b"data: {\xff\n\n\0\n\n", final(3)], COMPLETED, "Hello, world"),
    "a broken transfer coding": Fault([OK_CHUNKED, piece(HELLO), b"nonsense\r\n"], CUT, "Hello, world"),
    "half a handshake": Fault([], UNREACHABLE, attempts=2, where="http in place of https", at_once=half_a_handshake),
    "half a handshake, then silence": Fault(
        [], NEVER_ANSWERED, where="http in place of https", at_once=half_a_handshake_and_silence
    ),
    "plain HTTP in place of TLS": Fault(WHOLE, UNREACHABLE, attempts=2, where="http in place of https"),
    "a certificate of a stranger": Fault(WHOLE, failed("untrusted"), where="https of a stranger"),
    "a certificate of another name": Fault(WHOLE, failed("untrusted"), where="https by another name"),
    "a certificate that holds": Fault(WHOLE, COMPLETED, "Hello, world", where="https"),
    "TLS that is cut": Fault([OK, HELLO, reset], CUT, "Hello, world", where="https"),
    "an oversized event": Fault([OK, b"data: " + b"x" * HUGE + b"\n\n", HELLO, DONE], COMPLETED, "Hello, world"),
    "endless headers": Fault(
        [b"HTTP/1.1 200 OK\r\n", again_and_again(b"X: " + b"x" * 5000 + b"\r\n")], UNREACHABLE, "", 2
    ),
    "one endless header": Fault([START + b"X: ", again_and_again(b"x" * 5000)], UNREACHABLE, attempts=2),
    "an endless line": Fault([OK, HELLO, b"data: ", again_and_again(b"x" * 65536)], TIMED_OUT, "Hello, world"),
    "100, then an answer": Fault([b"HTTP/1.1 100 Continue\r\n\r\n", *WHOLE], COMPLETED, "Hello, world"),
    "103, then an answer": Fault(
        [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", *WHOLE], COMPLETED, "Hello, world"
    ),
    "103 without end": Fault([again_and_again(b"HTTP/1.1 103 Early Hints\r\n\r\n")], NEVER_ANSWERED),
    "101": Fault([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"], UNREACHABLE, attempts=2),
    "204": Fault(answer(204, Content_Type="text/event-stream"), NO_STREAM),
    "200 and a page": Fault(answer(200, "<html>", Content_Type="text/html"), NO_STREAM),
    "302": Fault(answer(302, Location="https://elsewhere.invalid/"), REFUSED),
    "304": Fault(answer(304), REFUSED),
    "307 to itself": Fault(answer(307, Location="/"), REFUSED),
    "400": Fault(answer(400, '{"message": "no"}'), REFUSED),
    "401": Fault(answer(401, '{"message": "no"}'), failed("sign_in", 4)),
    "403": Fault(answer(403, '{"message": "no"}'), REFUSED),
    "404": Fault(answer(404, "nothing here"), failed("not_served")),
    "413": Fault(answer(413, b"\xff" * 100_000), REFUSED),
    "429": Fault(answer(429, Retry_After="0"), failed("rate_limited", 5), attempts=2),
    "429 until tomorrow": Fault(answer(429, Retry_After="86400"), failed("rate_limited", 5)),
    "500": Fault(answer(500), REFUSED),
    "502": Fault(answer(502, "<html>bad gateway"), UNAVAILABLE, attempts=2),
    "503": Fault(answer(503, Retry_After="0"), UNAVAILABLE, attempts=2),
    "504": Fault(answer(504), UNAVAILABLE, attempts=2),
    "599": Fault(answer(599), REFUSED),
    "999": Fault(answer(999), REFUSED),
}
