"""What is imported when: starting stays light."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("textual", "httpx", "keyring", "PureCloudPlatformClientV2")


def loaded_by(code: str) -> set[str]:
    """Which of the heavy four a fresh interpreter has loaded after this."""
    program = f"import sys\n{code}\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split())


def command(*arguments: str) -> str:
    return f"from genesys_tui.cli.main import main\ntry: main({list(arguments)!r})\nexcept SystemExit: pass"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        *([name, "--help"] for name in ("ask", "probe", "audit", "login", "gateway", "config", "doctor")),
    ],
)
def test_help_loads_none_of_the_heavy_four(arguments: list[str]) -> None:
    assert loaded_by(command(*arguments)) == set()


def test_the_call_knows_no_screen_no_keyring_and_no_sdk() -> None:
    assert loaded_by("import genesys_tui.call") <= {"httpx"}


def test_the_audit_history_is_read_without_any_of_them() -> None:
    assert loaded_by(command("audit", "list")) == set()


def test_a_call_is_made_without_textual_and_the_sdk() -> None:
    assert loaded_by(command("ask", "--demo", "--rate", "0", "hello")) <= {"httpx"}
