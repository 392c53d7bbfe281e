"""Interruptions: the signals that end a command end it as Ctrl+C does, so that it leaves nothing half made."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt at SIGTERM and at SIGHUP, once. For the main thread."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]  # as nohup wishes it

    def interrupt(*_: object) -> None:
        for each in heard:  # what is cleaned up now is not to be interrupted again
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
