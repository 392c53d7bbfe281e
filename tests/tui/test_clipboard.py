"""Copied text goes the way that reaches the operator, and the notice claims no more than is known."""

from __future__ import annotations

import base64
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from genesys_tui.config import load_settings
from genesys_tui.errors import GenesysError
from genesys_tui.tui import clipboard
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.clipboard import LONG, Tool, notice, sequence, tools
from genesys_tui.tui.desk import Desk

TEXT = "first “line”\n\ttab; $(touch nothing) -rf 漢"


def program(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def names(**environ: str) -> list[str]:
    return [tool.name for tool in tools(environ, lambda name: name)]


def test_only_tools_of_the_desktop_in_front_of_the_operator_are_asked() -> None:
    here = ["pbcopy", "clip.exe"]
    assert names() == here
    assert names(WAYLAND_DISPLAY="wayland-0", DISPLAY=":0") == ["wl-copy", "xclip", "xsel", *here]
    assert names(DISPLAY=":0", SSH_TTY="/dev/pts/1") == []
    assert names(DISPLAY="localhost:10.0", SSH_CONNECTION="a b") == ["xclip", "xsel"]
    assert names(SSH_CONNECTION="a b", TMUX="x,1,0") == ["tmux"]
    assert tools({"DISPLAY": ":0"}, lambda _: None) == []


def test_a_tool_gets_the_text_by_its_standard_input_only(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = program(tmp_path, "taker", f'cat > "{out}"; echo "$@" > "{out}.arguments"')
    assert Tool("taker", (str(file), "-in")).take(TEXT)
    assert out.read_text() == TEXT
    assert (tmp_path / "out.arguments").read_text() == "-in\n"


def test_a_tool_that_fails_or_hangs_or_is_not_there_did_not_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "PATIENCE", 0.3)
    assert not Tool("no", (str(program(tmp_path, "no", "exit 1")),)).take(TEXT)
    assert not Tool("slow", (str(program(tmp_path, "slow", "exec sleep 30")),)).take(TEXT)
    assert not Tool("none", (str(tmp_path / "none"),)).take(TEXT)


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tmux server of our own."""
    if not shutil.which("tmux"):
        pytest.skip("needs tmux")
    monkeypatch.delenv("TMUX", raising=False)
    socket = tmp_path / "tmux"
    subprocess.run(["tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", "sleep 60"], check=True)
    yield socket
    subprocess.run(["tmux", "-S", socket, "kill-server"], check=True)


def test_tmux_takes_it_into_its_buffer(tmux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{tmux},1,0")
    tool = next(tool for tool in tools(os.environ) if tool.name == "tmux")
    assert tool.take(TEXT)
    shown = subprocess.run(["tmux", "-S", tmux, "show-buffer"], capture_output=True, check=True)
    assert shown.stdout.decode() == TEXT


def test_the_terminal_gets_osc_52_and_within_tmux_in_its_envelope() -> None:
    bare = sequence(TEXT, "osc52")
    assert bare.startswith("\x1b]52;c;")
    assert base64.b64decode(bare[len("\x1b]52;c;") : -1]).decode() == TEXT
    wrapped = sequence(TEXT, "osc52-in-tmux")
    assert wrapped.startswith("\x1bPtmux;\x1b\x1b]52;c;")
    assert wrapped.endswith("\a\x1b\\")
    assert sequence("\ud800", "osc52"), "a lone surrogate is no crash"


def test_the_notice_claims_only_what_is_known() -> None:
    assert notice("x", Tool("xclip", ())) == "copied with xclip"
    for way in ("osc52", "osc52-in-tmux"):
        said = notice("x", way)  # type: ignore[arg-type]
        assert "copied" not in said
        assert "OSC 52" in said
        assert "whether it took it, it does not tell" in said
    assert "many terminals ignore" in notice("x" * (LONG + 1), "osc52")
    assert "copied" not in notice("x", Tool("tmux", ()))


def an_app(tmp_path: Path) -> GenesysApp:
    def open_desk() -> Desk:
        raise GenesysError("Not here.")

    return GenesysApp(open_desk, load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)}))


async def told(app: GenesysApp, pilot: Pilot[int | None], pattern: str) -> None:
    for _ in range(300):
        if any(re.search(pattern, each.message) for each in app._notifications):
            return
        await pilot.pause(0.02)
    raise AssertionError([each.message for each in app._notifications])


async def test_the_app_falls_back_from_a_tool_that_fails_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    program(tmp_path, "xclip", "exit 1")
    xsel = program(tmp_path, "xsel", f'cat > "{out}"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", "localhost:10.0")
    app = an_app(tmp_path)
    async with app.run_test() as pilot:
        app.copy(TEXT, "The reply")
        assert app.clipboard == TEXT
        await told(app, pilot, "^The reply: copied with xsel.$")
        assert out.read_text() == TEXT
        xsel.write_text("#!/bin/sh\nexit 1\n")
        app.copy(TEXT, "The prompt")
        await told(app, pilot, r"^The prompt: sent to the terminal \(OSC 52\)")


async def test_of_two_copies_of_one_key_the_last_counts_and_is_told_once(tmp_path: Path) -> None:
    app = an_app(tmp_path)
    async with app.run_test() as pilot:
        before = len(app._notifications)
        app.copy_to_clipboard("[label]")
        app.copy_to_clipboard("whole")
        await pilot.pause()
        assert app.clipboard == "whole"
        assert len(app._notifications) == before + 1
