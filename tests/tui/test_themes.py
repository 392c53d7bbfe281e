"""Themes are kept, NO_COLOR sends no colour, nothing moves where it may not, production is unmistakable."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from textual.widgets import Input

from genesys_tui.config import load_settings
from genesys_tui.errors import GenesysError
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk

from .conftest import MakeStage

SGR = re.compile(rb"\x1b\[([0-9;:]*)m")


def _app(tmp_path: Path) -> GenesysApp:
    def open_desk() -> Desk:
        raise GenesysError("Not here.")

    return GenesysApp(open_desk, load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)}))


async def test_a_theme_chosen_in_the_palette_is_there_at_the_next_start(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('# ours\nprofile = "default"  # the only one\n')
    app = _app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        app.search_themes()
        await pilot.pause(0.2)
        await pilot.press(*"gruvbox")
        await pilot.pause(0.5)
        await pilot.press("down", "enter")
        for _ in range(200):
            if "gruvbox" in config.read_text():
                break
            await pilot.pause(0.02)
    assert config.read_text() == ('# ours\nprofile = "default"  # the only one\n\n[ui]\ntheme = "gruvbox"\n')
    assert _app(tmp_path).theme == "gruvbox"


async def test_what_was_not_chosen_is_not_written(tmp_path: Path) -> None:
    app = _app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.3)
    assert not (tmp_path / "config.toml").exists()


async def test_a_theme_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    app = _app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        (tmp_path / "config.toml").write_text("not toml at all")
        app.theme = "nord"
        for _ in range(200):
            if app._notifications:
                break
            await pilot.pause(0.02)
        assert "The theme could not be kept." in next(iter(app._notifications)).message


async def test_nothing_moves_where_it_may_not(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[ui]\nreduced_motion = true\n")
    app = _app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        assert app.animation_level == "none"
        assert app.chat.prompt.has_focus
        assert not app.chat.prompt.cursor_blink
    (tmp_path / "config.toml").unlink()
    app = _app(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        assert app.chat.prompt.cursor_blink
        assert Input.cursor_blink


async def test_the_busy_sign_stays_where_nothing_may_move(stage: MakeStage, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[ui]\nreduced_motion = true\n")
    it = stage(rate=40, tokens=2000)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.send(pilot, "hello")
        await it.until(pilot, lambda: "● streaming" in it.screen)


@pytest.mark.parametrize("width", [80, 120])
async def test_production_is_unmistakable(stage: MakeStage, width: int) -> None:
    it = stage(production=True)
    async with it.app.run_test(size=(width, 24)) as pilot:
        await it.ready(pilot)
        first = it.app.screen._compositor.render_strips()[0]
        assert "▲ PRODUCTION" in first.text
        assert "default" in first.text and "ready" in first.text
        (badge,) = [segment for segment in first if "PRODUCTION" in segment.text]
        assert badge.style and badge.style.reverse and badge.style.bold
    it = stage()
    async with it.app.run_test(size=(width, 24)) as pilot:
        await it.ready(pilot)
        assert "PRODUCTION" not in it.screen


def _colours(sent: bytes) -> set[bytes]:
    """The SGR parameters that set a colour; 39 and 49 are the terminal's own."""
    found = set()
    for codes in SGR.findall(sent):
        numbers = [int(code or 0) for code in re.split(rb"[;:]", codes)]
        if any(30 <= number <= 38 or 40 <= number <= 48 or 90 <= number <= 107 for number in numbers):
            found.add(codes)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("plain", [True, False])
def test_no_color_sends_no_colour_and_tells_every_state_in_text(tmp_path: Path, plain: bool) -> None:
    """A whole call on the embedded gateway, in a real pseudo-terminal."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environ |= {"HOME": str(tmp_path), "GENESYS_TUI_HOME": str(tmp_path), "TERM": "xterm-256color"}
    environ |= {"PYTHONUTF8": "1", "COLORTERM": "truecolor", **({"NO_COLOR": "1"} if plain else {})}
    app = subprocess.Popen(
        [sys.executable, "-m", "genesys_tui", "demo", "--scenario", "truncated", "--rate", "0"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environ,
        start_new_session=True,
    )
    os.close(follower)
    try:
        sent = _read_until(leader, b"ready")
        os.write(leader, b"hello\r")
        sent += _read_until(leader, b"cut by length")
        os.write(leader, b"\x1bOP")  # F1
        sent += _read_until(leader, b"esc closes")
    finally:
        app.kill()
        app.wait()
        os.close(leader)
    assert bool(_colours(sent)) is not plain


def _read_until(leader: int, words: bytes, seconds: float = 40) -> bytes:
    sent = b""
    ends = time.monotonic() + seconds
    while words not in SGR.sub(b"", sent):
        if not select.select([leader], [], [], max(0.0, ends - time.monotonic()))[0]:
            raise AssertionError(f"{words!r} was not shown: {sent[-2000:]!r}")
        sent += os.read(leader, 65536)
    return sent


async def test_without_colours_the_palette_shows_what_is_pointed_at(
    stage: MakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await pilot.press("ctrl+p")
        await it.until(pilot, lambda: "Find, resume, rename" in it.screen)

        def underlined() -> str:
            strips = it.app.screen._compositor.render_strips()
            return "".join(each.text for strip in strips for each in strip if each.style and each.style.underline)

        await it.until(pilot, lambda: "Conversations" in underlined())
        await pilot.press("down")
        await it.until(pilot, lambda: underlined().strip() and "Conversations" not in underlined())
