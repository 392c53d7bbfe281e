"""A real Secret Service for tests: gnome-keyring on a bus of its own, with nothing of the developer's machine in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""
"""Without service folders: the stock session bus would start another keyring for each one that a test ends."""


def missing_programs() -> str:
    return ", ".join(name for name in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(name) is None)


class SecretService:
    """Use as a context manager: the bus runs, the keyring is unlocked; what happens next is the test's."""

    def __init__(self) -> None:
        # Not pytest's tmp_path: the path of a socket may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="secrets-"))
        for name in ("data", "run"):
            (self.folder / name).mkdir(mode=0o700)
        hidden = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
        self.environ = {name: value for name, value in os.environ.items() if name not in hidden}
        self.environ |= {
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
        }
        self.bus: subprocess.Popen[str] | None = None
        self.daemon: subprocess.Popen[str] | None = None
        self.address = ""

    def __enter__(self) -> SecretService:
        self.start_bus()
        self.start_daemon()
        return self

    def __exit__(self, *_: object) -> None:
        self.end_daemon()
        self.end_bus()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_bus(self) -> None:
        config = self.folder / "bus.conf"
        config.write_text(BUS.format(folder=self.folder))
        command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
        self.bus = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environ, text=True
        )
        assert self.bus.stdout is not None
        self.address = self.environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().strip()

    def start_daemon(self, *, unlock: bool = True) -> None:
        command = ["gnome-keyring-daemon", "--components=secrets", "--foreground", *(["--unlock"] if unlock else [])]
        self.daemon = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environ,
            text=True,
        )
        assert self.daemon.stdin is not None
        self.daemon.stdin.write("ci-password" if unlock else "")
        self.daemon.stdin.close()
        self._wait_until_served()

    def lock(self) -> None:
        """Start the daemon again on the same files, without the password."""
        self.end_daemon()
        self.start_daemon(unlock=False)

    def hang(self) -> None:
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGCONT)

    def end_daemon(self) -> None:
        self.resume()
        self._end(self.daemon)
        self.daemon = None

    def end_bus(self) -> None:
        self._end(self.bus)
        self.bus = None

    @staticmethod
    def _end(process: subprocess.Popen[str] | None) -> None:
        if process is None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _wait_until_served(self) -> None:
        from jeepney.io.blocking import open_dbus_connection
        from secretstorage import check_service_availability

        with open_dbus_connection(self.address) as connection:
            for _ in range(200):
                if check_service_availability(connection):
                    return
                time.sleep(0.05)
        raise AssertionError("gnome-keyring-daemon did not come up")
