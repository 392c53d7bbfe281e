"""The API key of a gateway that wants one: where it is found, kept and forgotten."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pydantic import SecretStr

from genesys_tui.auth.store import SecretStore
from genesys_tui.errors import CredentialsMissing, CredentialsRejected, GenesysError, SecretStoreError, SignInError

VARIABLE = "OPENAI_API_KEY"
_HOW = f"Run `genesys-tui login --api-key`, or set {VARIABLE}."


class _Found(NamedTuple):
    value: SecretStr
    source: str


class ApiKey:
    """Hands out the key of one profile: the keyring's, else that of OPENAI_API_KEY. Any thread may call any method."""

    identity = None
    """Whose it is, nobody says."""

    def __init__(self, store: SecretStore, environ: Mapping[str, str], *, optional: bool) -> None:
        """Touch nothing yet. An ``optional`` key is one that a gateway on this machine may do without."""
        self._store = store
        self._environ = environ
        self._optional = optional
        self._lock = threading.Lock()
        self._found: _Found | None = None

    @property
    def credentials_source(self) -> str | None:
        """Where it came from, in words, once it was needed; None where there is none."""
        return self._found.source if self._found else None

    def token(self) -> str:
        """The key; empty where none is needed and none was found.

        Raises:
            SignInError: there is none, or it cannot be used, or the keyring cannot be read.
        """
        with self._lock:
            self._found = self._found or self._find()
            return self._found.value.get_secret_value() if self._found else ""

    def renew(self, rejected: str) -> str:
        """The key that was stored meanwhile, where that is another one.

        Raises:
            SignInError: as ``token``; or there is no other.
        """
        with self._lock:
            before, self._found = self._found, None
        if (key := self.token()) != rejected:
            return key
        if not rejected:
            raise CredentialsMissing(f"The gateway wants an API key (401). {_HOW}", status_code=401)
        source = before.source if before else "keyring"
        raise CredentialsRejected(f"The gateway refused the API key from the {source} (401). {_HOW}", status_code=401)

    def start(self, then: Callable[[GenesysError | None], None] | None = None) -> None:
        """Look for it in the background, so that it is there when the first call wants it."""

        def work() -> None:
            problem: GenesysError | None = None
            try:
                self.token()
            except GenesysError as error:  # The first call raises it again, to somebody who can show it.
                problem = error
            if then is not None:
                then(problem)

        threading.Thread(target=work, name="api-key", daemon=True).start()

    def close(self) -> None:
        """Nothing is under way."""

    def _find(self) -> _Found | None:
        problem: SecretStoreError | None = None
        try:
            if kept := self._store.get("api-key", patient=not self._optional):
                return _Found(cleaned(kept.get_secret_value(), "keyring"), "keyring")
        except SecretStoreError as error:
            problem = error
        if given := self._environ.get(VARIABLE):
            return _Found(cleaned(given, f"environment ({VARIABLE})"), f"environment ({VARIABLE})")
        if self._optional:
            return None
        if problem:
            raise without_keyring(problem)
        raise CredentialsMissing(f"There is no API key for the profile {self._store.profile!r}. {_HOW}")


def save_api_key(store: SecretStore, key: SecretStr) -> None:
    """Keep it in the keyring. Raises SecretStoreError."""
    try:
        store.set("api-key", key)
    except SecretStoreError as error:
        raise without_keyring(error) from None


def require_keyring(store: SecretStore) -> None:
    """See that there is one to keep a key in. Raises SecretStoreError."""
    try:
        store.get("api-key")
    except SecretStoreError as error:
        raise without_keyring(error) from None


def forget_api_key(store: SecretStore) -> bool:
    """Drop it. False where there was none. Raises SecretStoreError."""
    return store.delete("api-key")


def without_keyring(problem: SecretStoreError) -> SecretStoreError:
    """The store's own sentences tell of other variables."""
    return SecretStoreError(f"{problem.message.partition('. ')[0].rstrip('.')}. Set {VARIABLE} instead.")


def cleaned(key: str, source: str) -> SecretStr:
    """Strip a key, and see that it can travel in a header. Raises SignInError, which never shows it."""
    key = key.strip()
    if re.fullmatch("[!-~]+", key):
        return SecretStr(key)
    problem = "holds a space or what is no ASCII" if key else "is blank"
    raise SignInError(f"The API key from the {source} {problem}. Copy it again from where it was issued.")
