"""The first frame waits for nothing it does not need."""

from __future__ import annotations

import subprocess
import sys

from genesys_tui.tui.morning import PARTS


def _loaded_by(module: str) -> set[str]:
    script = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


FIRST_FRAME = "genesys_tui.cli.main, genesys_tui.cli.app, genesys_tui.cli.entrance, genesys_tui.tui.app"
LATE = {
    *("httpx", "keyring", "sqlite3", "PureCloudPlatformClientV2", "pydantic", "click", "filelock", "tomlkit"),
    *("markdown_it", "pygments", "uvicorn", "starlette", "cryptography"),
    *("genesys_tui.gateway.client", "genesys_tui.audit.ledger", "genesys_tui.call", "genesys_tui.demo"),
    *("genesys_tui.tui.screens.history", "genesys_tui.tui.screens.wire", "genesys_tui.tui.signin.screen"),
    *("genesys_tui.tui.help", "genesys_tui.tui.parameters.dialog", "genesys_tui.tui.conversations.shelf"),
}


def test_the_first_frame_is_imported_without_what_it_does_not_need() -> None:
    assert LATE & _loaded_by(FIRST_FRAME) == set()


def test_what_the_morning_brings_is_not_there_before_it() -> None:
    parts = {module for modules in PARTS.values() for module in modules}
    assert parts & _loaded_by(FIRST_FRAME) == set()


def test_a_call_knows_no_textual() -> None:
    assert not {"textual", "rich"} & _loaded_by("genesys_tui.exchange")
