"""The clipboard: which way text gets there, and what can be said of it."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from textual.app import App
from textual.message import Message

from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.mailbox import aside, mailbox_of

PATIENCE = 2.0
"""Seconds a tool may take."""

LONG = 74_994
"""Bytes of text beyond which terminals are known to ignore OSC 52."""

Terminal = Literal["osc52", "osc52-in-tmux"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that takes the text from its standard input."""

    name: str
    command: tuple[str, ...]
    encoding: str = "utf-8"

    def take(self, text: str) -> bool:
        """Give it the text; whether it said that it took it. To be called on a thread."""
        try:
            done = subprocess.run(  # noqa: S603 - the commands are ours, the text is no part of them
                self.command,
                input=text.encode(self.encoding, "replace"),
                # What holds the selection stays in the background, and would keep a pipe open.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


class Taken(Message):
    """A tool took the text, or none did."""

    def __init__(self, text: str, what: str, tool: Tool | None, number: int) -> None:
        self.text = text
        self.what = what
        self.tool = tool
        self.number = number
        """Which copy it was."""
        super().__init__()


def tools(environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> list[Tool]:
    """The tools that reach the clipboard of whoever looks at this terminal, the best first.

    Those of a desktop that is not in front of the operator, at the other end of ssh, do not.
    """
    remote = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    display = environ.get("DISPLAY", "")
    wanted: list[Tool] = []
    if environ.get("WAYLAND_DISPLAY") and not remote:
        wanted.append(Tool("wl-copy", ("wl-copy",)))
    if display and (not remote or not display.startswith(":")):
        wanted.append(Tool("xclip", ("xclip", "-selection", "clipboard", "-in")))
        wanted.append(Tool("xsel", ("xsel", "--clipboard", "--input")))
    if not remote:
        wanted.append(Tool("pbcopy", ("pbcopy",)))
        wanted.append(Tool("clip.exe", ("clip.exe",), "utf-16-le"))
    if environ.get("TMUX"):
        wanted.append(Tool("tmux", ("tmux", "load-buffer", "-w", "-")))
    return [tool for tool in wanted if which(tool.command[0])]


def sequence(text: str, way: Terminal) -> str:
    """What the terminal is sent."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    osc52 = f"\x1b]52;c;{encoded}\a"
    return osc52 if way == "osc52" else "\x1bPtmux;" + osc52.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def notice(text: str, way: Tool | Terminal) -> str:
    """Which way the text went, and no more than is known of that."""
    if isinstance(way, Tool):
        if way.name == "tmux":
            return "given to tmux, which passes it on to the terminal; whether that took it, it does not tell"
        return f"copied with {way.name}"
    path = "through tmux to the terminal" if way == "osc52-in-tmux" else "to the terminal"
    said = f"sent {path} (OSC 52); whether it took it, it does not tell"
    if len(text.encode("utf-8", "replace")) > LONG:
        said += ". It is long: many terminals ignore more than 75 kB"
    return said


class Copying(App[int]):
    """Copies by the way that fits the machine, wherever the text comes from."""

    _copies = 0
    _what = ""
    _said = ""

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, and say by which way it went."""
        self.copy(text)

    def copy(self, text: str, what: str = "Text") -> None:
        """Copy; the notice begins with ``what`` it is. Of several copies that one key makes, the last counts."""
        # Where it is pasted, it must not steer either: the record and its export have the original.
        self._clipboard, self._what = sanitized(text), what
        self._copies += 1
        self.call_next(self._copy_last, self._copies)

    def _copy_last(self, number: int) -> None:
        if number != self._copies:
            return
        text, what = self._clipboard, self._what
        if found := tools(os.environ):
            aside(partial(_taken, text, what, found, number), mailbox_of(self))
        else:
            self._send(text, what)

    def on_taken(self, event: Taken) -> None:
        """Say so; where no tool took it, send it to the terminal."""
        if event.number != self._copies:
            return
        if event.tool is None:
            self._send(event.text, event.what)
        else:
            self._say(event.what, event.text, event.tool)

    def _send(self, text: str, what: str) -> None:
        way: Terminal = "osc52-in-tmux" if os.environ.get("TMUX") else "osc52"
        if self._driver is not None:
            self._driver.write(sequence(text, way))
        self._say(what, text, way)

    def _say(self, what: str, text: str, way: Tool | Terminal) -> None:
        for each in list(self._notifications):
            if each.message == self._said:  # what was copied before is in no clipboard any more
                self._unnotify(each, refresh=False)
        self._said = f"{sanitized_line(what)}: {notice(text, way)}."
        self.notify(self._said, markup=False)


def copy(app: App[Any], text: str, what: str) -> None:
    """Copy by the app's way; another app than ours has only Textual's."""
    if isinstance(app, Copying):
        app.copy(text, what)
    else:
        app.copy_to_clipboard(text)


_turn = threading.Lock()


def _taken(text: str, what: str, found: list[Tool], number: int) -> Message:
    with _turn:
        return Taken(text, what, next((tool for tool in found if tool.take(text)), None), number)
