"""A collector on loopback: takes OTLP/HTTP, or does what a test wants."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
TAKEN: Answer = (200, {"Content-Type": "application/json"}, b"{}")


class TestCollector:
    """Answers requests with ``answers`` in turn, then takes everything."""

    __test__ = False

    def __init__(self) -> None:
        self.answers: list[Answer | Callable[[list[dict[str, Any]]], Answer]] = []
        self.batches: list[list[dict[str, Any]]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                spans = json.loads(gzip.decompress(body))["resourceSpans"][0]["scopeSpans"][0]["spans"]
                answer = collector.answers.pop(0) if collector.answers else TAKEN
                status, headers, content = answer(spans) if callable(answer) else answer
                if status == 200:
                    collector.batches.append(spans)
                if status == 0:  # taken, and the answer lost
                    collector.batches.append(spans)
                    self.connection.close()
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def keys(self) -> list[str]:
        """The dedupe key of each span, as they came."""
        return [
            next(each["value"]["stringValue"] for each in span["attributes"] if each["key"] == "genesys.dedupe_key")
            for batch in self.batches
            for span in batch
        ]

    def __enter__(self) -> TestCollector:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
