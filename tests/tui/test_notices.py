"""What the app says covers nothing that is read; what must be known stands on every screen as long as it is so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets._toast import Toast

from genesys_tui.audit.ledger import Ledger
from genesys_tui.config import load_settings
from genesys_tui.errors import LedgerError
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.standing import StandingNotice, standing_of

from .conftest import MakeStage, Stage

LONG = "It could not be done, for a reason that takes some words to be told. " * 3


def shown(it: Stage, cls: type[Widget]) -> list[Widget]:
    return [each for each in it.app.screen.query(cls) if each.display and each.region]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_notice_covers_nothing(stage: MakeStage, size: tuple[int, int]) -> None:
    it = stage()
    async with it.app.run_test(size=size, notifications=True) as pilot:
        await it.ask(pilot)
        for key in ("f2", "f3", "f4"):
            await pilot.press(key)
            it.app.notify(LONG, title="Sorry", severity="error", markup=False)
            await it.until(pilot, lambda: "Sorry: It could not be done" in it.screen)
            place = shown(it, Notices)[0]
            seen = it.app.screen._compositor.visible_widgets.items()
            parts = {each: region.intersection(clip) for each, (region, clip) in seen if not each.children}
            assert not [each for each, part in parts.items() if each is not place and part.overlaps(place.region)]
            assert not it.app.screen.query(Toast)
            it.app.clear_notifications()
            await it.until(pilot, lambda: "Sorry" not in it.screen)


async def test_it_goes_by_itself_and_by_a_click(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        it.app.notify("For a moment.", timeout=0.3)
        await it.until(pilot, lambda: "For a moment." in it.screen)
        await it.until(pilot, lambda: "For a moment." not in it.screen)
        it.app.notify("Click me.", timeout=60)
        await it.until(pilot, lambda: "Click me." in it.screen)
        await pilot.click(Notices)
        await it.until(pilot, lambda: "Click me." not in it.screen)


async def test_several_stand_together_the_newest_first_and_go_with_the_reader(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        for number in range(9):
            it.app.notify(f"Number {number}.", timeout=60)
        await it.until(pilot, lambda: "Number 8." in it.screen)
        assert "Number 0." not in it.screen, "there is a limit to the room they take"
        assert "… 4 more lines" in it.screen
        it.app.clear_notifications()
        it.app.notify("word " * 100 + "END", timeout=60)
        await it.until(pilot, lambda: "more lines" in it.screen)
        assert "END" not in it.screen
        await pilot.resize_terminal(200, 24)
        await it.until(pilot, lambda: "END" in it.screen)
        assert "more lines" not in it.screen
        await pilot.resize_terminal(80, 24)
        it.app.clear_notifications()
        for number in range(9):
            it.app.notify(f"Number {number}.", timeout=60)
        await pilot.press("f3")
        await it.until(pilot, lambda: "History" in it.screen and "Number 8." in it.screen)


async def test_the_same_said_again_takes_no_more_room(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        for number in range(9):
            it.app.notify("One prompt is waiting already.", severity="warning", timeout=60)
            it.app.notify(f"Number {number % 2}.", timeout=60)
        await it.until(pilot, lambda: "Number 0." in it.screen)
        assert it.screen.count("One prompt is waiting already.") == 1
        assert len(it.app._notifications) == 3


async def test_what_was_said_before_does_not_come_again_over_the_help(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24), notifications=True) as pilot:
        await it.ready(pilot)
        it.app.notify("Read already.", timeout=60)
        await it.until(pilot, lambda: "Read already." in it.screen)
        for _ in range(2):
            await pilot.press("f1")
            it.app.notify("While the help is read.", timeout=60)
            await it.until(pilot, lambda: it.app.screen.query(Toast))
            assert [toast._notification.message for toast in it.app.screen.query(Toast)] == ["While the help is read."]
            await pilot.press("f1")
            await it.until(pilot, lambda: "Read already." in it.screen)
            assert not it.app.screen.query(Toast)


async def test_a_screen_without_a_place_for_it_shows_it_as_textual_does(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24), notifications=True) as pilot:
        await it.ready(pilot)
        await pilot.press("f1")
        it.app.notify("Over the help.")
        await it.until(pilot, lambda: it.app.screen.query(Toast))


def made(ledger: Ledger, tmp_path: Path) -> Stage:
    settings = load_settings({"base_url": "http://127.0.0.1:9"}, environ={"GENESYS_TUI_HOME": str(tmp_path)})
    return Stage(GenesysApp(lambda: Desk(None, ledger), settings), None, ledger)  # type: ignore[arg-type]


async def stands_everywhere(it: Stage, pilot: Pilot[Any], words: str) -> None:
    for key in ("f2", "f3", "f4", "ctrl+l"):
        await pilot.press(key)
        await it.until(pilot, lambda: words in " ".join(it.screen.split()))
    await pilot.press("escape")


async def test_a_ledger_that_may_only_be_read_is_told_on_every_screen(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "newer.db"
    Ledger(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with Ledger(path) as ledger:
        assert ledger.notice
        it = made(ledger, tmp_path)
        async with it.app.run_test(size=(120, 40)) as pilot:
            await it.ready(pilot)
            await stands_everywhere(it, pilot, ledger.notice[:60])


async def test_a_spool_is_told_as_long_as_it_is_needed(tmp_path: Path, stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        assert not shown(it, StandingNotice)
        it.ledger.notice = "The audit file cannot be written. Calls are recorded in /somewhere/[/else] until it can."
        await stands_everywhere(it, pilot, "Calls are recorded in /somewhere/[/else] until it can.")
        it.ledger.notice = ""
        await it.until(pilot, lambda: "cannot be written" not in it.screen)
        assert not shown(it, StandingNotice)


class NoKeyring:
    """A signer whose keyring never answers."""

    def known_seed(self) -> bytes | None:
        return self.seed()

    def seed(self) -> bytes:
        raise LedgerError("The keyring is locked. Unlock it: checkpoints are not signed until then.")

    def keep(self, note: str) -> None: ...

    def kept(self) -> str | None:
        return None


async def test_checkpoints_that_are_not_signed_are_told(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db", signer=NoKeyring()) as ledger:
        assert not standing_of(ledger)
        it = made(ledger, tmp_path)
        async with it.app.run_test(size=(120, 40)) as pilot:
            await it.ready(pilot)
            ledger.checkpoints.write()
            await stands_everywhere(it, pilot, "checkpoints are not signed until then.")
