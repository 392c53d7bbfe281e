"""A stand-in for Genesys Cloud's sign-in and tokens/me on this machine, with every bad day they can have."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CLIENT_ID = "11111111-2222-3333-4444-555555555555"
CLIENT_SECRET = "s3cr3t-Zx9-do-not-show"


@dataclass
class Reply:
    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: bool = False
    """One byte at a time, for as long as somebody listens."""
    hang: bool = False


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: str


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that hangs up, or distrusts the certificate, is what many tests are about."""


class SignInServer:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Seen] = []
        self.issued: list[str] = []
        self.token_reply: Reply | None = None
        self.me_reply: Reply | None = None
        self.fields: dict[str, Any] = {"token_type": "bearer", "expires_in": 86399}
        self.scopes: list[str] | None = None
        self.asked = threading.Event()
        self.released = threading.Event()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> SignInServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [seen.path for seen in self.requests]

    def reply(self, seen: Seen) -> Reply:
        if seen.path == "/oauth/token":
            return self.token_reply or self.sign_in(seen.headers.get("Authorization", ""))
        if self.me_reply is not None:
            return self.me_reply
        if seen.headers.get("Authorization", "").removeprefix("Bearer ") not in self.issued:
            return Reply(401, {"message": "bad token", "code": "bad.credentials", "status": 401})
        me = {"organization": {"id": "o", "name": "Acme Contact"}, "OAuthClient": {"id": "c", "name": "tui client"}}
        return Reply(200, me | ({} if self.scopes is None else {"authorizedScope": self.scopes}))

    def sign_in(self, authorization: str) -> Reply:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        client_id, _, secret = pair.partition(":")
        if client_id != CLIENT_ID:
            return invalid_client(f"client not found: {client_id}")
        if secret != CLIENT_SECRET:
            return invalid_client("authentication failed")
        self.issued.append(f"opaque-token-number-{len(self.issued) + 1:04d}")
        return Reply(200, {"access_token": self.issued[-1], **self.fields})

    def _handler(server: SignInServer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is the handler's, below.
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                seen = Seen(self.command, self.path, dict(self.headers), body)
                server.requests.append(seen)
                server.asked.set()
                self.answer(server.reply(seen))

            do_GET = do_POST  # noqa: N815

            def answer(self, reply: Reply) -> None:
                if reply.hang:
                    server.released.wait(60)
                    return
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                headers = {
                    "Content-Type": "application/json",
                    "Content-Length": "9999" if reply.drip else str(len(body)),
                    **reply.headers,
                }
                self.send_response(reply.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    if reply.drip:
                        while not server.released.wait(0.05):
                            self.wfile.write(b" ")
                    self.wfile.write(body)
                except OSError:
                    pass  # It had heard enough.

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def invalid_client(description: str, error: str = "invalid_client") -> Reply:
    body = {"error": error, "description": description, "error_description": description}
    return Reply(400, body, {"ININ-Correlation-Id": "corr-42"})


class Proxy:
    """Writes down every CONNECT; lets it through to one port of this machine, whatever it asked for, or refuses it."""

    def __init__(self, port: int | None = None) -> None:
        self.connects: list[str] = []
        self._port = port
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone would not wake the thread that accepts.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(4096)
            if not part:
                return
            head += part
        self.connects.append(head.split(b"\r\n")[0].decode())
        if self._port is None:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", self._port))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=pump, args=(server, client), daemon=True).start()
        pump(client, server)


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
