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


def narrate(text: str) -> None:
    """A line beside the data. Nobody need be listening."""
    with contextlib.suppress(OSError):
        sys.stderr.write(sanitized(text) + "\n")
        sys.stderr.flush()
