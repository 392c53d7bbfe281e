"""The mailbox: how work on a thread answers the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from textual.message import Message
from textual.message_pump import MessagePump

from genesys_tui.tui.messages import Crashed

Mailbox = Callable[[Message], None]
"""Takes a message from any thread, keeps the order, never waits."""


def mailbox_of(pump: MessagePump) -> Mailbox:
    """The way to this screen or app. To be asked for on its own thread."""
    loop = asyncio.get_running_loop()

    def deliver(message: Message) -> None:
        # Through the loop even from its own thread: post_message alone would let those messages jump the queue.
        with suppress(RuntimeError):  # the loop is closed: the app has quit
            loop.call_soon_threadsafe(pump.post_message, message)

    return deliver


def aside(work: Callable[[], Message], deliver: Mailbox) -> None:
    """Do something slow on a daemon thread; what it returns is delivered."""

    def run() -> None:
        try:
            message = work()
        except Exception as bug:  # noqa: BLE001 - raised again by the screen, which crashes
            message = Crashed(bug)
        deliver(message)

    threading.Thread(target=run, daemon=True, name="genesys-tui-aside").start()
