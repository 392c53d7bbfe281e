"""What only a real terminal shows: pasting, another editor, and being killed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from genesys_tui.audit.ledger import Ledger

if sys.platform == "win32":
    pytest.skip("no pseudo-terminals", allow_module_level=True)

from .terminal import Terminal

LOG = "".join(f"line {number:05} of the log, with some more words to it\n" for number in range(10_000))
READY = "sk the model"


def _prompts(home: Path) -> list[str]:
    if not (home / "ledger.db").exists():
        return []
    with Ledger(home / "ledger.db") as ledger:
        return [call.messages[-1]["content"] for call in ledger.calls()]


def _drafts(home: Path) -> list[str]:
    return [file.read_text() for file in home.glob("drafts/*/draft.txt")]


def test_a_paste_of_10000_lines_is_taken_whole_and_keys_go_on(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.until(lambda: terminal.shows(READY))
        terminal.type("Why? ")
        terminal.paste(LOG)
        terminal.type(" please")
        terminal.until(lambda: terminal.shows("[pasted 10,000 lines"))
        terminal.until(lambda: any("please" in draft for draft in _drafts(tmp_path)))
        terminal.type("\r")
        terminal.until(lambda: _prompts(tmp_path))
    assert _prompts(tmp_path) == [f"Why? {LOG} please"]


def test_ctrl_o_opens_the_editor_on_the_draft(tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text(
        f'#!/bin/sh\nstty -a > "{tmp_path}/stty"; cp "$1" "{tmp_path}/seen"; echo "$1" > "{tmp_path}/name"\n'
        'printf "edited: %s\\n" "$(cat "$1")" > "$1.new"; cat "$1.new" > "$1"; rm "$1.new"\n'
    )
    editor.chmod(0o700)
    with Terminal(tmp_path, VISUAL=str(editor)) as terminal:
        terminal.until(lambda: terminal.shows(READY))
        terminal.type("a draft")
        terminal.type("\x0f")
        terminal.until(lambda: terminal.shows("edited: a draft"))
        terminal.type("!\r")
        terminal.until(lambda: _prompts(tmp_path))
    assert _prompts(tmp_path) == ["edited: a draft!"]
    assert (tmp_path / "seen").read_text() == "a draft"
    assert " icanon " in (tmp_path / "stty").read_text(), "the editor has an ordinary terminal"
    assert not Path((tmp_path / "name").read_text().strip()).parent.exists()


def test_a_failing_editor_costs_nothing(tmp_path: Path) -> None:
    with Terminal(tmp_path, VISUAL="false") as terminal:
        terminal.until(lambda: terminal.shows(READY))
        terminal.type("a draft")
        terminal.type("\x0f")
        terminal.until(lambda: terminal.shows("failed with code 1"))
        terminal.type("!\r")
        terminal.until(lambda: _prompts(tmp_path))
    assert _prompts(tmp_path) == ["a draft!"]


def test_a_killed_app_leaves_its_draft_to_the_next(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.until(lambda: terminal.shows(READY))
        terminal.type("half a thou")
        terminal.paste(LOG)
        terminal.until(lambda: any("[pasted" in draft for draft in _drafts(tmp_path)))
        terminal.kill()
    with Terminal(tmp_path) as terminal:
        terminal.until(lambda: terminal.shows("half a thou[pasted 10,000 lines"))
        terminal.type("!\r")
        terminal.until(lambda: _prompts(tmp_path))
        terminal.until(lambda: not _drafts(tmp_path))
    assert _prompts(tmp_path) == [f"half a thou{LOG}!"]
