"""The keyring on its good day and on each of its bad ones; the Secret Service is a real one."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from secret_service import SecretService

from genesys_tui.auth import SecretStore
from genesys_tui.auth.backend import explain_exception
from genesys_tui.auth.store import WAITING
from genesys_tui.errors import SecretStoreError

REMEDY = "set GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET (or GENESYS_CLIENT_SECRET_FILE) instead."


def trouble(store: SecretStore) -> str:
    with pytest.raises(SecretStoreError) as caught:
        store.get("client-secret")
    assert caught.value.message.endswith(REMEDY)
    assert caught.value.kind == "keyring"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value.message


def test_a_secret_is_kept_read_rewritten_and_removed(secret_service: SecretService) -> None:
    store = SecretStore("default")
    assert store.get("client-secret") is None
    store.set("client-secret", "geheim–ü")
    assert store.get("client-secret").get_secret_value() == "geheim–ü"
    store.set("client-secret", "other")
    assert SecretStore("default").get("client-secret").get_secret_value() == "other"
    assert store.delete("client-secret") is True
    assert store.get("client-secret") is None
    assert store.delete("client-secret") is False
    assert store.describe() == "SecretService Keyring"


def test_items_and_profiles_never_touch_each_other(secret_service: SecretService) -> None:
    store, other = SecretStore("default"), SecretStore("other")
    store.set("client-secret", "1")
    store.set("access-token", "2")
    other.set("access-token", "3")
    store.delete("access-token")
    assert store.get("client-secret").get_secret_value() == "1"
    assert store.get("access-token") is None
    assert other.get("access-token").get_secret_value() == "3"


def test_no_bus_is_a_missing_keyring() -> None:
    assert "There is no keyring on this machine" in trouble(SecretStore("default"))


def test_a_keyring_that_is_started_later_is_found_by_retry(
    secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_service.end_daemon()
    store = SecretStore("default")
    assert "There is no keyring" in trouble(store)
    secret_service.start_daemon()
    store.retry()
    assert store.get("client-secret") is None


def test_a_locked_keyring_is_said_to_be_locked(secret_service: SecretService) -> None:
    SecretStore("default").set("client-secret", "1")
    secret_service.lock()
    assert "The keyring is locked. Unlock it" in trouble(SecretStore("default"))


def test_a_keyring_without_a_default_collection_is_told_apart(secret_service: SecretService) -> None:
    secret_service.end_daemon()
    for file in (secret_service.folder / "data" / "keyrings").iterdir():
        file.unlink()
    secret_service.start_daemon(unlock=False)
    assert "no default collection" in trouble(SecretStore("default"))


def test_a_hanging_keyring_costs_its_timeout_once_and_no_second_thread(secret_service: SecretService) -> None:
    store = SecretStore("default", timeout=0.5)
    assert store.get("client-secret") is None
    secret_service.hang()
    assert "The keyring is hanging" in trouble(store)
    threads = threading.active_count()
    began = time.monotonic()
    for _ in range(5):
        assert "still hanging from an earlier call" in trouble(store)
    assert time.monotonic() - began < 2  # not half a second each
    assert threading.active_count() == threads
    # It is not held against the keyring for ever: once the blocked call returns, it is asked again.
    secret_service.resume()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(10)
    store.timeout = 10
    assert store.get("client-secret") is None


def test_retry_gives_a_hanging_keyring_another_chance(secret_service: SecretService) -> None:
    store = SecretStore("default", timeout=0.3)
    secret_service.hang()
    assert "The keyring is hanging" in trouble(store)
    store.retry()
    assert "The keyring is hanging" in trouble(store)


def test_on_a_desktop_it_is_said_that_somebody_is_waited_for(
    secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    SecretStore("default").set("client-secret", "1")
    monkeypatch.setenv("DISPLAY", ":99")
    told: list[str] = []

    def unlock(sentence: str) -> None:
        told.append(sentence)
        secret_service.resume()

    store = SecretStore("default", timeout=0.3, unlock_timeout=20, on_waiting=unlock)
    secret_service.hang()
    assert store.get("client-secret").get_secret_value() == "1"
    assert told == [WAITING]


def test_who_is_impatient_does_not_wait_for_somebody(
    secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    told: list[str] = []
    store = SecretStore("default", timeout=0.3, unlock_timeout=30, on_waiting=told.append)
    secret_service.hang()
    with pytest.raises(SecretStoreError, match="hanging"):
        store.get("access-token", patient=False)
    assert told == []


def test_a_bus_that_goes_away_is_told_apart(secret_service: SecretService) -> None:
    store = SecretStore("default")
    assert store.get("client-secret") is None
    secret_service.end_daemon()
    secret_service.end_bus()
    assert "The keyring's bus has gone away" in trouble(store)


def test_a_service_that_goes_away_is_a_missing_keyring(secret_service: SecretService) -> None:
    store = SecretStore("default")
    assert store.get("client-secret") is None
    secret_service.end_daemon()
    assert "There is no keyring" in trouble(store)


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.null.Keyring", "null backend"),
        ("keyring.backends.fail.Keyring", "There is no keyring"),
        ("no.such.Backend", "cannot be loaded"),
        ("keyring.backends.null.NoSuchName", "cannot be loaded"),
    ],
)
def test_a_backend_that_only_pretends_is_refused(backend: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    assert words in trouble(SecretStore("default"))


FAKES = {
    "keyrings/alt/file.py": """
        import getpass
        from keyring.backend import KeyringBackend
        class PlaintextKeyring(KeyringBackend):
            priority = 0.5
            def get_password(self, *a): raise SystemExit("asked")
            set_password = delete_password = get_password
        class EncryptedKeyring(PlaintextKeyring):
            priority = 0.6
            def get_password(self, *a): return getpass.getpass()
    """,
    "keyrings/cryptfile/cryptfile.py": """
        from keyrings.alt.file import PlaintextKeyring
        class CryptFileKeyring(PlaintextKeyring):
            priority = 2.5
    """,
    "mine.py": """
        from keyrings.cryptfile.cryptfile import CryptFileKeyring
        from keyring.backend import KeyringBackend
        class Derived(CryptFileKeyring): pass
        class Forgetful(KeyringBackend):
            priority = 9
            kept = "old"
            def get_password(self, *a): return self.kept
            def set_password(self, *a): pass
            delete_password = set_password
        class Leaky(Forgetful):
            def set_password(self, service, user, secret): raise ValueError("cannot store " + secret)
    """,
}

STORE = """
import sys, traceback
from genesys_tui.auth import SecretStore
store, secret = SecretStore("default"), "".join(["hunter", "2"])
try:
    if sys.argv[1] == "get": print(store.get("client-secret"))
    if sys.argv[1] == "set": store.set("client-secret", secret)
    if sys.argv[1] == "delete": store.delete("client-secret")
    if sys.argv[1] == "chain":
        import keyrings.alt.file
        store.set("client-secret", secret)
        print(type(store._backend).__module__, store.get("client-secret").get_secret_value(), store.get("api-key"))
except Exception:
    traceback.print_exc(file=sys.stdout)
"""


def run_store(action: str, tmp_path: Path, **environ: str) -> str:
    """In a process of its own: whatever becomes known to keyring stays known to it."""
    for path, text in FAKES.items():
        (tmp_path / "fakes" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fakes" / path).write_text(textwrap.dedent(text))
    command = [sys.executable, "-c", STORE, action]
    environ = {**os.environ, "PYTHONPATH": str(tmp_path / "fakes"), **environ}
    result = subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert "assword:" not in result.stderr
    assert "hunter2" not in result.stderr
    return result.stdout


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyrings.alt.file.PlaintextKeyring", "plain text"),
        ("keyrings.alt.file.EncryptedKeyring", "asks for a password on the terminal"),
        ("keyrings.cryptfile.cryptfile.CryptFileKeyring", "asks for a password on the terminal"),
        ("mine.Derived", "asks for a password on the terminal"),
    ],
)
def test_a_backend_that_asks_on_the_terminal_or_writes_plain_text_is_never_asked(
    backend: str, words: str, tmp_path: Path
) -> None:
    output = run_store("get", tmp_path, PYTHON_KEYRING_BACKEND=backend)
    assert "The keyring backend keyrings." in output
    assert words in output


@pytest.mark.parametrize(
    ("action", "words"), [("set", "could not be read back"), ("delete", "what was deleted is still there")]
)
def test_what_is_stored_is_read_back(action: str, words: str, tmp_path: Path) -> None:
    assert words in run_store(action, tmp_path, PYTHON_KEYRING_BACKEND="mine.Forgetful")


def test_what_a_backend_raises_does_not_carry_the_secret_out(tmp_path: Path) -> None:
    output = run_store("set", tmp_path, PYTHON_KEYRING_BACKEND="mine.Leaky")
    assert "The keyring failed (ValueError)" in output
    assert "hunter2" not in output


def test_of_a_chain_of_backends_only_the_first_good_one_is_asked(secret_service: SecretService, tmp_path: Path) -> None:
    assert run_store("chain", tmp_path).split() == ["keyring.backends.SecretService", "hunter2", "None"]


def test_importing_the_store_imports_no_keyring() -> None:
    heavy = ("keyring", "httpx", "secretstorage", "PureCloudPlatformClientV2", "textual")
    code = f"import sys, genesys_tui.auth, genesys_tui.auth.sdk_child; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_an_exception_nobody_knows_is_named_by_its_type_only() -> None:
    assert "(ZeroDivisionError)" in explain_exception(ZeroDivisionError("hunter2")).message
    assert "hunter2" not in explain_exception(ZeroDivisionError("hunter2")).message


def test_windows_small_entries_are_said_to_be_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SecretStoreError, match="1,280 characters"):
        SecretStore("default").set("access-token", "x" * 1281)
