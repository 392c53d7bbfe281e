"""A program in a pseudo-terminal that is read all the time, as a terminal would."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Terminal:
    """Runs a program at a size of columns and lines. Use as a context manager.

    ``controls`` is whether it is the program's controlling terminal, which sends SIGHUP when it vanishes.
    """

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        size: tuple[int, int] = (120, 40),
        *,
        controls: bool = True,
    ) -> None:
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.started_at = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env=dict(environ),
            cwd=environ.get("HOME"),  # where what it exports lands
            start_new_session=True,
            preexec_fn=_take_control if controls else None,
        )
        self._follower = follower  # kept open, to ask how the program left it
        self._woken, self._wake = os.pipe()
        self._changed = threading.Condition()
        self._output = bytearray()
        self._reading = threading.Event()
        self._reading.set()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self._leader)
        os.close(self._woken)

    @property
    def output(self) -> bytes:
        """All that the program has written."""
        with self._changed:
            return bytes(self._output)

    @property
    def echoes(self) -> bool:
        """Whether what is typed is echoed by line, as a shell wants to find its terminal."""
        both = termios.ECHO | termios.ICANON
        return termios.tcgetattr(self._follower)[3] & both == both

    def echo(self) -> None:
        """Be set as a shell sets it where a program has stopped."""
        attributes = termios.tcgetattr(self._follower)
        attributes[0] |= termios.ICRNL
        attributes[3] |= termios.ECHO | termios.ICANON
        termios.tcsetattr(self._follower, termios.TCSANOW, attributes)

    def type(self, text: str) -> int:
        """Type, and return where in the output to look for what follows."""
        with self._changed:
            mark = len(self._output)
        os.write(self._leader, text.encode())
        return mark

    def wait_for(self, text: str, since: int = 0, seconds: float = 30.0) -> float:
        """When the text was seen behind that place, as time.perf_counter tells it. Raises TimeoutError."""
        wanted = text.encode()
        deadline = time.perf_counter() + seconds
        with self._changed:
            while self._output.find(wanted, since) < 0:
                if not self._changed.wait(deadline - time.perf_counter()):
                    raise TimeoutError(f"{text!r} was not shown within {seconds:g} s")
            return time.perf_counter()

    def resize(self, columns: int, lines: int) -> None:
        """Become another size, as a dragged window does."""
        fcntl.ioctl(self._leader, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def stop_reading(self) -> None:
        """Let the program's output pile up, but for what is being read."""
        self._reading.clear()

    def go_on_reading(self) -> None:
        """Take what piled up, and all that follows."""
        self._reading.set()

    def hang_up(self) -> None:
        """Vanish, as a closed window does."""
        if self._wake < 0:
            return
        self._reading.set()
        os.close(self._wake)  # a terminal that is being read from does not vanish
        self._wake = -1
        self._reader.join()
        os.close(self._follower)
        os.close(self._leader)
        self._leader = os.open(os.devnull, os.O_RDWR)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def cpu(self) -> float:
        """Seconds of CPU time that the program has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Its resident memory, in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1000

    def _read(self) -> None:
        while True:
            self._reading.wait()
            if self._woken in select.select([self._leader, self._woken], [], [])[0]:
                return
            try:
                data = os.read(self._leader, 65536)
            except OSError:
                return
            if not data:
                return
            with self._changed:
                self._output += data
                self._changed.notify_all()


def _take_control() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
