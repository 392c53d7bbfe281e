"""The demo gateway: a server on 127.0.0.1, for as long as it is held open."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from .accounts import API_KEY, CLIENT_ID, CLIENT_SECRET
from .replay import read_capture
from .state import RequestSeen, State

if TYPE_CHECKING:
    from .server import Server

HOST = "127.0.0.1"


class DemoGateway:
    """A gateway to hold open with `with`; it answers from a daemon thread, on 127.0.0.1 only.

    `rate` is in tokens per second (0: as fast as possible, without a pause before the first), `tokens` the length asked
    of every reply, `port` 0 any free port, and `pace` multiplies every pause a scenario makes.
    `replay` names a capture: every reply is its events, at their own pace. Raises OSError or ValueError where it
    is none.
    """

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET
    api_key = API_KEY

    def __init__(
        self,
        scenario: str = "calm",
        *,
        rate: float = 60.0,
        tokens: int | None = None,
        port: int = 0,
        pace: float = 1.0,
        replay: Path | None = None,
    ) -> None:
        moments = read_capture(replay) if replay else ()
        self._state = State(scenario, rate=rate, tokens=tokens, pace=pace, moments=moments)
        self._port = port
        self._server: Server | None = None

    def __enter__(self) -> DemoGateway:
        """Start, and return when it accepts. Raises OSError where the port is taken."""
        if self._server is not None:
            raise RuntimeError("the demo gateway is running already")
        # Starlette and uvicorn take a fifth of a second to import: only a gateway that starts pays for them.
        from .app import create_app
        from .server import Server

        listener = socket.create_server((HOST, self._port))
        self._port = int(listener.getsockname()[1])
        self._server = Server(create_app(self._state), listener)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop at once, open streams included."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    @property
    def url(self) -> str:
        """The base URL of sign-in and both dialects. Raises RuntimeError before a free port has been found."""
        if self._port == 0:
            raise RuntimeError("the demo gateway has no address yet: start it with `with`")
        return f"http://{HOST}:{self._port}"

    @property
    def scenario(self) -> str:
        """The day it is. Set it from any thread; the next request meets it. Raises ValueError for an unknown one."""
        return self._state.scenario

    @scenario.setter
    def scenario(self, name: str) -> None:
        self._state.scenario = name

    @property
    def requests(self) -> list[RequestSeen]:
        """The last 1000 requests that arrived on the completion path, in order."""
        return self._state.requests

    @property
    def open_streams(self) -> int:
        """How many replies are being written."""
        return self._state.open_streams

    def mint_token(self) -> str:
        """A valid access token, without asking over HTTP."""
        return self._state.accounts.mint()

    def revoke_tokens(self) -> None:
        """Answer 401 to every token issued so far."""
        self._state.accounts.revoke_all()

    def serve_forever(self) -> None:
        """Serve until SIGINT or SIGTERM, then stop and return; inside `with` or without, but from the main thread."""
        stopping = threading.Event()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            stopping.set()

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            if self._server is None:
                with self:
                    _wait(stopping)
            else:
                _wait(stopping)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _wait(event: threading.Event) -> None:
    # Without a timeout Windows would not deliver Ctrl+C until the wait is over.
    while not event.wait(0.2):
        pass
