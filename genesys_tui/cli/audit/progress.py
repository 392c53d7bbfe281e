"""Progress on standard error, where it is a terminal and the work takes long."""

from __future__ import annotations

import contextlib
import sys
import time

AFTER = 0.5
"""Seconds before anything is shown."""
EVERY = 0.1
"""Seconds."""
_WIDTH = 24


class Progress:
    """A bar that is drawn over itself. Use as a context manager."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = time.monotonic()
        self._next = self._began + AFTER
        self._shown = False
        self._wanted = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """So many of so many are done."""
        now = time.monotonic()
        if not self._wanted or now < self._next or not total:
            return
        self._next, self._shown = now + EVERY, True
        share = min(1.0, done / total)
        bar = "█" * round(share * _WIDTH)
        left = f"  {(now - self._began) * (1 - share) / share:.0f} s left" if share >= 0.01 else ""
        self._write(f"\r{self._what} {bar:░<{_WIDTH}} {share:4.0%}{left} \x1b[K")

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()
