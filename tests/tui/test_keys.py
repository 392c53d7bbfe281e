"""Every binding has an id and can be remapped; what cannot be followed is said; F1 tells the keys as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genesys_tui.config import load_settings
from genesys_tui.errors import GenesysError
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.help import HelpScreen, chapters
from genesys_tui.tui.keys import Place, keymap_of, misfits, normal, places

WIDE = (120, 40)


def _app(tmp_path: Path, config: str = "") -> GenesysApp:
    def open_desk() -> Desk:
        raise GenesysError("Not here.")

    (tmp_path / "config.toml").write_text(config)
    return GenesysApp(open_desk, load_settings(environ={"GENESYS_TUI_HOME": str(tmp_path)}))


def _told(app: GenesysApp) -> str:
    return " ".join(notification.message for notification in app._notifications)


def _shown(app: GenesysApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("place", places(), ids=lambda place: place.name)
def test_every_binding_has_an_id(place: Place) -> None:
    assert not [binding.key for binding in place.bindings if not binding.id]


def test_an_id_means_one_thing_wherever_it_is_bound() -> None:
    actions: dict[str, set[str]] = {}
    for place in places():
        for binding in place.bindings:
            actions.setdefault(binding.id or "", set()).add(binding.action)
    assert not {name: what for name, what in actions.items() if name and len(what) > 1}


async def test_a_binding_can_be_remapped(tmp_path: Path) -> None:
    app = _app(tmp_path, '[keys]\n"app.history" = ["ctrl+t", "f12"]\n')
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause(0.2)
        await pilot.press("f3")
        assert app.current_mode == "chat"
        await pilot.press("f1")
        assert ("^t F12", "History") in [keys for chapter in app.screen._told for keys in chapter.keys]
        await pilot.press("f1", "ctrl+t")
        assert app.current_mode == "history"
        assert not _told(app)


async def test_what_cannot_be_followed_is_named_and_the_rest_works(tmp_path: Path) -> None:
    app = _app(
        tmp_path,
        '[keys]\n"app.history" = "f12"\n"no.such" = "f9"\n"app.quit" = "alt+enter"\n"app.chat" = "hyperspace"\n'
        '"app.wire" = 3\n[ui]\ntheme = "[/nope]"\n',
    )
    async with app.run_test(size=WIDE) as pilot:
        for _ in range(300):
            if "no.such" in _told(app):
                break
            await pilot.pause(0.02)
        told = _told(app)
        assert "keys.no.such: there is no such binding. `genesys-tui config keys` lists them." in told
        assert "keys.app.quit: 'alt+enter' cannot be told from another key" in told
        assert "keys.app.chat: 'hyperspace' is no key." in told
        assert "keys.app.wire: Give a key" in told
        assert "there is no theme '[/nope]'" in told
        await pilot.press("f12")
        assert app.current_mode == "history"


async def test_an_unknown_id_is_seen_with_the_nearest_on_a_small_terminal(tmp_path: Path) -> None:
    app = _app(tmp_path, '[keys]\n"chat.histroy" = "f9"\n"app.histroy" = "f9"\n')
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(300):
            if "keys.app.histroy" in _shown(app):
                break
            await pilot.pause(0.02)
        shown = " ".join(_shown(app).split())
        assert "keys.app.histroy: there is no such binding. Is it app.history" in shown
        assert "keys.chat.histroy: there is no such binding." in shown


def test_two_bindings_of_a_place_cannot_have_one_key() -> None:
    told = misfits({"app.chat": "f3"}, places())
    assert any("f3 is the key of both app.chat and app.history" in sentence for sentence in told), told
    assert not misfits({"app.chat": "f3", "app.history": "f2"}, places())


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("ctrl+x", "ctrl+x"),
        ("Shift+Ctrl+Left", "ctrl+shift+left"),
        ("?", "question_mark"),
        (",", "comma"),
        ("x, f5", "x,f5"),
        (["ctrl+space", "/"], "ctrl+space,slash"),
    ],
)
def test_keys_are_read_as_people_write_them(value: Any, keys: str) -> None:
    assert keymap_of({"a.b": value}) == ({"a.b": keys}, [])


@pytest.mark.parametrize("value", ["", [], [1], 3, "ctrl+", "ctrl+enterr", "strg+x", "alt+enter", "ctrl+m"])
def test_what_is_no_key_is_refused(value: Any) -> None:
    keymap, problems = keymap_of({"a.b": value})
    assert not keymap
    assert problems[0].startswith("keys.a.b: ")


def test_every_key_of_ours_is_one_that_can_be_asked_for() -> None:
    for place in places():
        for binding in place.bindings:
            for key in binding.key.split(","):
                assert keymap_of({"x": [key]}) == ({"x": normal(key)}, []), (place.name, key)


async def test_help_tells_the_keys_of_what_has_the_focus_and_of_the_screen(tmp_path: Path) -> None:
    app = _app(tmp_path)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause(0.1)
        told = chapters(app.screen)
        assert told[0].title == "Prompt"
        assert [chapter.title for chapter in told][-2:] == ["Everywhere", "Moving and editing"]
        assert any(chapter.about for chapter in told)
        words = {words for chapter in told for _, words in chapter.keys}
        described = {
            active.binding.description
            for active in app.screen.active_bindings.values()
            if active.binding.description and not active.binding.system
        }
        assert described == {each.partition(":")[0] for each in words}
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        assert "Everywhere" in _shown(app)
        await pilot.press("f1")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("f1", "escape")
        assert not isinstance(app.screen, HelpScreen)
