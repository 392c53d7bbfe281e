"""A terminal: the real program in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path


class Terminal:
    """`genesys-tui demo`, with its files in one folder. To be used as a context."""

    def __init__(self, home: Path, **environ: str) -> None:
        self._terminal, program_side = pty.openpty()
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._program = subprocess.Popen(
            [sys.executable, "-m", "genesys_tui", "demo", "--rate", "0"],
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
            start_new_session=True,
            env={**os.environ, "GENESYS_TUI_HOME": str(home), "TERM": "xterm", **environ},
        )
        os.close(program_side)
        self.written = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def type(self, text: str) -> None:
        """Send it as a terminal would, in pieces."""
        data = text.encode()
        while data:
            _, ready, _ = select.select([], [self._terminal], [], 30)
            assert ready, "the program does not read"
            data = data[os.write(self._terminal, data[:1024]) :]

    def paste(self, text: str) -> None:
        """A bracketed paste; terminals send its line breaks as carriage returns."""
        self.type("\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~")

    def shows(self, text: str) -> bool:
        """Whether it was written at any time."""
        return text in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.written)

    def until(self, met: Callable[[], object], seconds: float = 60) -> None:
        """Wait until it is so."""
        end = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < end, self.written[-3000:]
            time.sleep(0.02)

    def kill(self) -> None:
        """`kill -9`."""
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait()
            self._reader.join(5)
            os.close(self._terminal)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:
                return
            if not data:
                return
            self.written += data.decode("utf-8", "replace")
