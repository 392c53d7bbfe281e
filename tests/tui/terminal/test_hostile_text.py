"""Whatever text comes, wherever it is shown: nothing of it reaches the terminal but text."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from textual.screen import Screen

from genesys_tui.tui.keys import places

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

UNMET: set[str] = set()
"""Screens that the walk does not meet. One that is neither met nor named here fails the test."""


def screens() -> set[str]:
    """Every screen of the package that is not only there to be built upon."""
    places()  # imports them all

    def below(kind: type) -> set[type]:
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    ours = {each for each in below(Screen) if each.__module__.startswith("genesys_tui.")}
    return {each.__name__ for each in ours if not any(issubclass(other, each) for other in ours - {each})}


@pytest.mark.timeout(600)  # a walk of hundreds of steps
def test_nothing_hostile_reaches_the_terminal(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    report = tmp_path / "walked.json"
    terminal = launch(str(HERE / "walker.py"), "hostile", str(report))
    assert ended(terminal, 540) == 0, terminal.output[-3000:].decode("utf-8", "replace")
    told, walked = read(terminal.output), json.loads(report.read_text())
    assert walked["unclean"] == []
    assert told.strangers == []
    assert [each for each in told.commands if not each.startswith(("22;", "52;c;"))] == []  # pointer, clipboard
    copied = [base64.b64decode(each[5:]).decode() for each in told.commands if each.startswith("52;c;")]
    assert copied
    assert [each for each in copied if "\x1b" in each or "\u202e" in each] == []
    assert "[@click=app.quit]" in told.text
    assert [each for each in walked["clicks"] if "quit" in each] == []
    assert screens() - set(walked["seen"]) <= UNMET


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
