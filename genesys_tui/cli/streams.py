"""Standard output for data, standard error for narration; both cleaned where a terminal shows them."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

from genesys_tui.sanitize import sanitized


class OutputClosed(Exception):
    """Standard output takes nothing more. Its text says why; it is empty where the reader just left."""


def prepare_streams() -> None:
    """Make writing any text safe, whatever the terminal's encoding, and also where a stream was closed before."""
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write(text: str) -> None:
    """Data, as it arrives. Raises OutputClosed."""
    try:
        sys.stdout.write(sanitized(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
    except OSError as error:
        # Python flushes once more at exit; give that somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        left = isinstance(error, BrokenPipeError)
        raise OutputClosed("" if left else f"Standard output cannot be written: {error.strerror}.") from None


class Flow:
    """Data in pieces. The carriage return that ends one is cleaned together with the line feed that may follow it."""

    def __init__(self) -> None:
        self._return = False

    def write(self, text: str) -> None:
        """The next piece. Raises OutputClosed."""
        text = "\r" + text if self._return else text
        self._return = text.endswith("\r")
        write(text[:-1] if self._return else text)

    def end(self) -> None:
        """There is no next one. Raises OutputClosed."""
        if self._return:
            self._return = False
            write("\r")


def narrate(text: str) -> None:
    """A line beside the data. Nobody need be listening."""
    with contextlib.suppress(OSError):
        sys.stderr.write(sanitized(text) + "\n")
        sys.stderr.flush()
