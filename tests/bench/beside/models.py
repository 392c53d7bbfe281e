"""A server of one reply that speaks to every program: the gateway's protocol, OpenAI's and Ollama's."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

from bench.beside.source import genesys_event, openai_event, read_request

MODEL = "bench"
_DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "llama",
    "families": ["llama"],
    "parameter_size": "1B",
    "quantization_level": "Q4",
}
_LISTED = {
    "name": MODEL,
    "model": MODEL,
    "modified_at": "2026-01-01T00:00:00Z",
    "size": 1,
    "digest": "0" * 64,
    "details": _DETAILS,
}
_PLAIN = {
    "/api/version": {"version": "0.12.0"},
    "/api/tags": {"models": [_LISTED]},
    "/api/ps": {"models": []},
    "/api/show": {
        "modelfile": "",
        "parameters": "",
        "template": "",
        "details": _DETAILS,
        "model_info": {"general.architecture": "llama", "llama.context_length": 8192},
        "capabilities": ["completion"],
    },
    "/v1/models": {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1, "owned_by": "bench"}]},
}


class Models:
    """Streams the same tokens at the same rate to whoever asks."""

    def __init__(self, tokens: list[str], rate: float) -> None:
        self._tokens = tokens
        self._rate = rate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.began = threading.Event()
        """A reply has begun."""
        self.ended = threading.Event()
        self.ended_at = 0.0
        self.asked: list[str] = []
        """Every path that was asked for."""
        threading.Thread(target=self._serve, daemon=True).start()

    def again(self) -> None:
        """Forget what was asked."""
        self.began.clear()
        self.ended.clear()
        self.asked.clear()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                path, body = read_request(connection)
                self.asked.append(path)
                asked = json.loads(body) if body[:1] == b"{" else {}
                if path in _PLAIN:
                    _send(connection, "application/json", json.dumps(_PLAIN[path]).encode())
                elif path.endswith("/completions/stream"):
                    self._stream(connection, "text/event-stream", self._genesys())
                elif path == "/v1/chat/completions":
                    self._chat(connection, asked, "text/event-stream", self._openai(), _OPENAI_WHOLE)
                elif path == "/api/chat":
                    self._chat(connection, asked, "application/x-ndjson", self._ollama(), _OLLAMA_WHOLE)
                else:
                    _send(connection, "application/json", b"{}", "404 Not Found")
            except OSError:  # it left
                return

    def _chat(
        self, connection: socket.socket, asked: dict[str, object], kind: str, parts: Iterator[bytes], whole: bytes
    ) -> None:
        # Not streamed: a title for the conversation, or so.
        if asked.get("stream", kind != "text/event-stream"):
            self._stream(connection, kind, parts)
        else:
            _send(connection, "application/json", whole)

    def _stream(self, connection: socket.socket, kind: str, parts: Iterator[bytes]) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        self.began.set()
        began = time.perf_counter()
        for number, part in enumerate(parts):
            time.sleep(max(0.0, began + number / self._rate - time.perf_counter()))
            connection.sendall(part)
        self.ended_at = time.perf_counter()
        self.ended.set()

    def _genesys(self) -> Iterator[bytes]:
        for number, token in enumerate(self._tokens, 1):
            yield _with(genesys_event(number), content=token)
        final = {"chunk_id": "end", "content": "", "tokens_generated": len(self._tokens), "is_complete": True}
        yield b"data: %s\n\n" % json.dumps(final).encode()

    def _openai(self) -> Iterator[bytes]:
        for number, token in enumerate(self._tokens, 1):
            choice = {"index": 0, "delta": {"role": "assistant", "content": token}, "finish_reason": None}
            yield _with(openai_event(number), choices=[choice])
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        yield _with(openai_event(0), choices=[end])
        yield b"data: [DONE]\n\n"

    def _ollama(self) -> Iterator[bytes]:
        said = {"model": MODEL, "created_at": "2026-01-01T00:00:00Z"}
        for token in self._tokens:
            fields = {**said, "message": {"role": "assistant", "content": token}, "done": False}
            yield json.dumps(fields).encode() + b"\n"
        end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop", "eval_count": 1}
        yield json.dumps({**said, **end}).encode() + b"\n"


_WHOLE = {"role": "assistant", "content": "A title"}
_OPENAI_WHOLE = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": MODEL,
        "choices": [{"index": 0, "message": _WHOLE, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }
).encode()
_OLLAMA_WHOLE = json.dumps(
    {"model": MODEL, "created_at": "2026-01-01T00:00:00Z", "message": _WHOLE, "done": True, "done_reason": "stop"}
).encode()


def _with(event: bytes, **changed: object) -> bytes:
    return b"data: %s\n\n" % json.dumps({**json.loads(event[6:]), **changed}).encode()


def _send(connection: socket.socket, kind: str, body: bytes, status: str = "200 OK") -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + body)
