"""The keyring, kept at arm's length: it may be missing, locked, hanging, or only pretend to keep things.

Every touch, the import and the search for a backend included, happens on a daemon thread that is waited for only so
long: a keyring that hangs costs seconds, never the app, and a blocked daemon thread does not hold the app's exit.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import SecretStr

from genesys_tui.auth.backend import detect_backend, explain, explain_exception, forget_backend
from genesys_tui.errors import SecretStoreError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Item = Literal["client-secret", "access-token", "signing-key", "ledger-head", "api-key", "key-password"]
T = TypeVar("T")

USERNAME = "genesys-tui"
WAITING = "waiting for your keyring to be unlocked"
WINDOWS_LIMIT = 1280
"""Characters that fit into one entry of the Windows credential locker (2,560 bytes of UTF-16)."""


class SecretStore:
    """The secrets of one profile, one keyring entry each, under ``genesys-tui/<profile>/<item>``.

    Every method raises SecretStoreError, whose message says what is wrong with the keyring and what to do. Any thread
    may call them.
    """

    def __init__(
        self,
        profile: str,
        *,
        timeout: float = 3.0,
        unlock_timeout: float = 60.0,
        on_waiting: Callable[[str], None] | None = None,
    ) -> None:
        """Touch nothing yet.

        Args:
            profile: whose secrets these are.
            timeout: seconds a keyring may take to answer.
            unlock_timeout: seconds it may take on a desktop, where somebody may be typing a password into a dialog.
            on_waiting: told once per call, in words, that ``timeout`` has passed and the wait goes on.
        """
        self.profile = profile
        self.timeout = timeout
        self.unlock_timeout = unlock_timeout
        self.on_waiting = on_waiting
        self._backend: KeyringBackend | None = None
        self._blocked: threading.Thread | None = None

    def get(self, item: Item, *, patient: bool = True) -> SecretStr | None:
        """Read a secret; None where nothing is stored. Impatient, it does not wait for a keyring to be unlocked."""
        service = self._service(item)

        def read(backend: KeyringBackend) -> SecretStr | None:
            value = backend.get_password(service, USERNAME)
            return None if value is None else SecretStr(value)

        return self._run(read, patient)

    def set(self, item: Item, value: SecretStr | str, *, patient: bool = True) -> None:
        """Store a secret, and read it back to know that it was stored."""
        service = self._service(item)
        secret = value if isinstance(value, SecretStr) else SecretStr(value)

        def write(backend: KeyringBackend) -> bool:
            backend.set_password(service, USERNAME, secret.get_secret_value())
            return backend.get_password(service, USERNAME) == secret.get_secret_value()

        if sys.platform == "win32" and len(secret.get_secret_value()) > WINDOWS_LIMIT:
            raise SecretStoreError(
                f"Windows keeps at most {WINDOWS_LIMIT:,} characters per secret: this one is too long."
            )
        if not self._run(write, patient):
            raise explain("pretending", "what was stored could not be read back")

    def delete(self, item: Item) -> bool:
        """Remove a secret. False where there was none."""
        service = self._service(item)

        def remove(backend: KeyringBackend) -> bool | None:
            if backend.get_password(service, USERNAME) is None:
                return False
            backend.delete_password(service, USERNAME)
            return True if backend.get_password(service, USERNAME) is None else None

        removed = self._run(remove, patient=True)
        if removed is None:
            raise explain("pretending", "what was deleted is still there")
        return removed

    def describe(self) -> str:
        """Say which keyring keeps the secrets."""
        return self._run(lambda backend: str(backend.name), patient=True)

    def retry(self) -> None:
        """Give a keyring that was hanging or missing another chance, and look for it afresh."""
        self._blocked = None
        self._backend = None
        forget_backend()

    def _service(self, item: Item) -> str:
        return f"genesys-tui/{self.profile}/{item}"

    def _run(self, touch: Callable[[KeyringBackend], T], patient: bool) -> T:
        """Touch the backend on a thread of its own and wait for it, but not for ever."""
        if self._blocked is not None and self._blocked.is_alive():
            # Another call would block as well: one thread is enough.
            raise explain("still hanging")
        outcome: list[Any] = []
        failure: list[SecretStoreError] = []

        def work() -> None:
            try:
                if self._backend is None:
                    self._backend = detect_backend()
                outcome.append(touch(self._backend))
            except SecretStoreError as error:
                failure.append(error)
            except Exception as error:  # noqa: BLE001 - backends raise what they like, and this is the edge.
                failure.append(explain_exception(error))

        thread = threading.Thread(target=work, name="keyring", daemon=True)
        thread.start()
        self._wait(thread, patient)
        if failure:
            # Without what the backend raised behind it: those frames hold secrets.
            raise failure[0]
        if not outcome:
            self._blocked = thread
            raise explain("hanging")
        value: T = outcome[0]
        return value

    def _wait(self, thread: threading.Thread, patient: bool) -> None:
        thread.join(self.timeout)
        if thread.is_alive() and patient and on_desktop() and self.unlock_timeout > self.timeout:
            if self.on_waiting is not None:
                self.on_waiting(WAITING)
            thread.join(self.unlock_timeout - self.timeout)


def on_desktop() -> bool:
    """Whether somebody could be asked, in a dialog, to unlock the keyring."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
