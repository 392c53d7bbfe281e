"""The first frame waits for nothing it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest


def _loaded_by(module: str) -> set[str]:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "late",
    [
        "httpx",
        "keyring",
        "sqlite3",
        "PureCloudPlatformClientV2",
        "genesys_tui.gateway.client",
        "genesys_tui.audit.ledger",
    ],
)
def test_the_app_is_imported_without(late: str) -> None:
    assert late not in _loaded_by("genesys_tui.tui.app")


def test_a_call_knows_no_textual() -> None:
    assert not {"textual", "rich"} & _loaded_by("genesys_tui.exchange")
