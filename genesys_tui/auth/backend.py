"""The keyring's backend: found, judged, and its troubles put into words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from genesys_tui.errors import SecretStoreError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

Trouble = Literal[
    "missing", "locked", "no collection", "hanging", "still hanging", "gone", "pretending", "unfit", "failed"
]

WITHOUT_KEYRING = "set GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE) instead"

_SENTENCES: dict[Trouble, str] = {
    "missing": "There is no keyring on this machine: no backend answers, and on Linux there may be no D-Bus session."
    " Start one (gnome-keyring or KWallet), or ",
    "locked": "The keyring is locked. Unlock it and try again, or ",
    "no collection": "The keyring has no default collection, or the dialog to create one was closed."
    " Create one in your keyring app (Seahorse: File › New › Password Keyring), or ",
    "hanging": "The keyring is hanging: it did not answer in time."
    " Look for a dialog that waits for you, or restart the keyring, or ",
    "still hanging": "The keyring is still hanging from an earlier call, so it was not asked again."
    " Answer its dialog or restart it, then try again, or ",
    "gone": "The keyring's bus has gone away ({detail}). Log in to your desktop session again, or ",
    "pretending": "The keyring only pretends to keep things: {detail}."
    " Choose a real one (keyring --list-backends), or ",
    "unfit": "The keyring backend {detail}, so it is not used. Choose another (keyring --list-backends), or ",
    "failed": "The keyring failed ({detail}). Look at it with `keyring diagnose`, or ",
}


def explain(trouble: Trouble, detail: str = "") -> SecretStoreError:
    """Put a keyring's trouble into words, and what to do about it."""
    return SecretStoreError(_SENTENCES[trouble].format(detail=detail) + WITHOUT_KEYRING + ".")


def explain_exception(error: Exception) -> SecretStoreError:
    """Put what a backend raised into words. Only its type: its text may hold what was to be stored."""
    # keyring wraps "no such service" into the InitError it also has for "no such collection".
    names = {cls.__name__ for known in (error, error.__cause__) for cls in type(known).__mro__}
    detail = type(error).__name__
    if names & {"NoKeyringError", "SecretServiceNotAvailableException"}:
        return explain("missing")
    if names & {"KeyringLocked", "LockedException"}:
        return explain("locked")
    if "InitError" in names:
        return explain("no collection")
    if names & {"ImportError", "AttributeError"}:
        return explain(
            "failed", f"{detail}: PYTHON_KEYRING_BACKEND or keyringrc.cfg names a backend that cannot be loaded"
        )
    # jeepney, which speaks D-Bus for the Secret Service, ends a lost connection with either.
    if names & {"OSError", "EOFError"}:
        return explain("gone", detail)
    return explain("failed", detail)


def detect_backend() -> KeyringBackend:
    """Import keyring (60 ms) and find the backend that keeps secrets here (50 ms, or for ever: the bus may hang).

    Raises:
        SecretStoreError: there is none, or none that can be trusted.
    """
    if sys.platform != "darwin":
        # Elsewhere its import only looks for Apple's libraries, with gcc and ld, which would inherit every secret in
        # the environment.
        sys.modules.setdefault("keyring.backends.macOS.api", None)  # type: ignore[arg-type]  # as import allows it
    import keyring
    import keyring.backends.chainer

    found = keyring.get_keyring()
    if not isinstance(found, keyring.backends.chainer.ChainerBackend):
        refused = refusal(found)
        if refused is not None:
            raise refused
        return found
    # The chainer asks every backend in turn, those that prompt on the terminal included: pick the first good one.
    backends: list[KeyringBackend] = list(found.backends)
    good = [backend for backend in backends if refusal(backend) is None]
    if good:
        return good[0]
    raise next(filter(None, map(refusal, backends)), explain("missing"))


def forget_backend() -> None:
    """Have keyring look for its backends again: it remembers for the whole process what it found, or did not."""
    import keyring.backend
    import keyring.core

    vars(keyring.backend.get_all_keyring).pop("saved_result", None)
    keyring.core._keyring_backend = None


def refusal(backend: KeyringBackend) -> SecretStoreError | None:
    """Say why a backend is refused: it is none, stores nothing or plain text, or asks on the terminal."""
    family = [f"{cls.__module__}.{cls.__name__}" for cls in type(backend).__mro__]
    if "keyring.backends.fail.Keyring" in family:
        return explain("missing")
    if "keyring.backends.null.Keyring" in family:
        return explain("pretending", "it is the null backend (keyring --disable), which stores nothing")
    for name in family:
        package = ".".join(name.split(".")[:2])
        if package not in ("keyrings.alt", "keyrings.cryptfile"):
            continue
        if "Plaintext" in name:
            return explain("unfit", f"{name} writes secrets to a file as plain text")
        return explain("unfit", f"{name} asks for a password on the terminal or keeps secrets in a file")
    return None
