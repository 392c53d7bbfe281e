"""The sign-in child as its parent sees it: started, asked once, ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

import genesys_tui
from genesys_tui.auth.answer import Answer
from genesys_tui.errors import SignInError

BOOT = "import sys; sys.path[:] = sys.argv[1:]; from genesys_tui.auth.sdk_child import main; main()"
PASSED_ON = (
    *("PATH", "SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
)
"""The environment variables the child gets, whatever their case. No credential is among them."""


class SignInChild:
    """One run of sdk_child.main in a process of its own."""

    def __init__(self, environ: Mapping[str, str], deadline: float) -> None:
        """Start nothing yet.

        Args:
            environ: the environment of which the child gets proxies, certificates and what Python needs.
            deadline: seconds until it is ended, answer or not. The first import of the SDK may take eight.
        """
        self._environ = environ
        self._deadline = deadline
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: SignInError | None = None

    def ask(self, request: Mapping[str, Any]) -> Answer:
        """Start the child, hand it the request on stdin, and wait for its answer.

        Raises:
            SignInError: it could not be started, was stopped, took too long, or ended without an answer.
        """
        # A home that does not exist would not do: the SDK goes up to the first folder that does, and watches all of it.
        with tempfile.TemporaryDirectory(prefix="genesys-tui-", ignore_cleanup_errors=True) as home:
            process = self._start(home)
            late = f"Signing in took longer than {self._deadline:g} s and was given up. Try again."
            timer = threading.Timer(self._deadline, self.end, [late])
            timer.daemon = True
            timer.start()
            try:
                answer = _exchange(process, request)
            finally:
                timer.cancel()
                process.kill()
                process.wait()
        if self._ended is not None:
            raise self._ended
        if answer is None:
            raise SignInError(
                f"The sign-in process ended without an answer (exit code {process.returncode}). "
                "Check the installation with `genesys-tui doctor`."
            )
        return answer

    def end(self, reason: str) -> None:
        """Kill the child, and have ``ask`` raise a SignInError with the reason. Any thread may call this."""
        with self._lock:
            self._ended = self._ended or SignInError(reason)
            if self._process is not None:
                self._process.kill()

    def _start(self, home: str) -> subprocess.Popen[bytes]:
        # -I keeps the environment and the current folder out of the child's imports, and with them the user's packages
        # and PYTHONPATH, where this one may well be installed: so the parent's own paths are handed over.
        paths = [str(Path(path).absolute()) for path in sys.path if path]
        paths.append(str(Path(genesys_tui.__file__).parent.parent))
        passed_on = {name: value for name, value in self._environ.items() if name.upper() in PASSED_ON}
        with self._lock:
            if self._ended is not None:
                raise self._ended
            try:
                self._process = subprocess.Popen(  # noqa: S603 - this Python, and our own code.
                    [sys.executable, "-I", "-c", BOOT, *paths],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**passed_on, "HOME": home, "USERPROFILE": home},
                    start_new_session=os.name == "posix",  # Ctrl+C is for the parent, which then ends the child.
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise SignInError(
                    f"Python could not be started to sign in ({error.strerror}). Check that {sys.executable} exists."
                ) from None
            return self._process


def _exchange(process: subprocess.Popen[bytes], request: Mapping[str, Any]) -> Answer | None:
    """Write the request, read until the child ends. Stdin stays open until then: the child lives as long as it is."""
    assert process.stdin is not None and process.stdout is not None
    try:
        # Secrets are revealed on the way out only, so that no frame holds them.
        process.stdin.write(json.dumps(request, default=SecretStr.get_secret_value).encode() + b"\n")
        process.stdin.flush()
        output = process.stdout.read()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
        return Answer.model_validate_json(output.strip().rpartition(b"\n")[2])
    except (OSError, ValidationError):  # It ended before it had read the request, or before it had answered.
        return None
    finally:
        process.stdout.close()
        with contextlib.suppress(OSError):
            process.stdin.close()
