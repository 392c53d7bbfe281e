"""Whatever text comes, wherever it is shown: nothing of it reaches the terminal but text."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from .conftest import DEMO, HERE, Launch, ended, ready, started
from .reader import read

CONFIG = r"""
profile = "default"
[profiles.default]
model = "gpt\u001b]0;owned\u0007\u202e[@click=app.quit]x[/]"
models = ["\u001b[2J\u009b31m", "[/nope]", "m\uDB40\uDC61\u200b"]
system = "\u001b]52;c;cm0gLXJmIC8=\u0007[bold red]loud[/] \u202e"
[keys]
"app.\u001b[31mnone" = "f9"
"[@click=app.quit]q[/]" = "f8"
""".replace(r"\uDB40\uDC61", r"\U000e0061")

SCREENS = {
    *("ChatScreen", "HistoryScreen", "WireScreen", "HelpScreen", "SignInScreen"),
    *("ParametersDialog", "Shelf", "FilterDialog", "Search", "CommandPalette"),
}
"""Those that the walk must have met at least: it finds its way by the keys that are offered."""


def test_nothing_hostile_reaches_the_terminal(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    report = tmp_path / "walked.json"
    terminal = launch(str(HERE / "walker.py"), "hostile", str(report))
    assert ended(terminal, 110) == 0, terminal.output[-3000:].decode("utf-8", "replace")
    told, walked = read(terminal.output), json.loads(report.read_text())
    assert walked["unclean"] == []
    assert told.strangers == []
    assert [each for each in told.commands if not each.startswith(("22;", "52;c;"))] == []  # pointer, clipboard
    copied = [base64.b64decode(each[5:]).decode() for each in told.commands if each.startswith("52;c;")]
    assert copied
    assert [each for each in copied if "\x1b" in each or "\u202e" in each] == []
    assert "[@click=app.quit]" in told.text
    assert [each for each in walked["clicks"] if "quit" in each] == []
    assert set(walked["seen"]) >= SCREENS


def test_no_color_means_none(launch: Launch) -> None:
    terminal = launch(*DEMO, "--rate", "0", NO_COLOR="1")
    started(terminal)
    for key in ("\x1bOR", "\x1bOS", "\x1bOP"):  # F3, F4, F1
        mark = terminal.type(key)
        terminal.wait_for("\x1b[", mark)
    terminal.wait_for("esc closes")
    assert read(terminal.output).colours == set()


def test_the_reader_sees_colours_where_there_are(launch: Launch) -> None:
    terminal = launch(*DEMO)
    ready(terminal)
    assert read(terminal.output).colours
