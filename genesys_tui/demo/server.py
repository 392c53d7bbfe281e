"""The server: an ASGI app on a socket, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp


class Server:
    """uvicorn in a daemon thread: silent, deaf to signals, and quick to stop."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
            timeout_graceful_shutdown=0,
        )
        self._listener = listener
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="demo-gateway", daemon=True)

    def start(self) -> None:
        """Start the thread and wait until it accepts connections."""
        self._thread.start()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise RuntimeError("the demo gateway's server did not start")
            time.sleep(0.002)

    def stop(self) -> None:
        """Stop, breaking off open streams, and wait for the thread to end."""
        self._uvicorn.should_exit = True
        self._thread.join(timeout=5)

    def _run(self) -> None:
        with contextlib.closing(self._listener):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        await self._uvicorn.serve(sockets=[self._listener])
        # A client that does not read keeps its connection from closing: take it away.
        for connection in list(self._uvicorn.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
