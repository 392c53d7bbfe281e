"""Standard output for data, standard error for narration; both cleaned where a terminal shows them."""

from __future__ import annotations

import contextlib
import io
import os
import sys

from genesys_tui.sanitize import sanitized


class OutputClosed(Exception):
    """Whoever read standard output is gone."""


def prepare_streams() -> None:
    """Make writing any text safe, whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write(text: str) -> None:
    """Data, as it arrives. Raises OutputClosed."""
    try:
        sys.stdout.write(sanitized(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit; give that somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputClosed from None


def narrate(text: str) -> None:
    """A line beside the data. Nobody need be listening."""
    with contextlib.suppress(OSError):
        sys.stderr.write(sanitized(text) + "\n")
        sys.stderr.flush()
