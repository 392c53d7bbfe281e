"""The incident screen shows what it saves, to the letter, from the call in view and from the history."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from tui.conftest import MakeStage, Stage

from genesys_tui.tui.desk import Desk
from genesys_tui.tui.incident.screen import IncidentScreen
from genesys_tui.tui.parameters.row import Tick

SIZES = [(120, 40), (80, 24)]
PROMPT = "When may the customer in Leeds cancel?"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where bundles are saved unless told otherwise."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def opened(it: Stage, pilot: Pilot[Any], key: str = "f6") -> IncidentScreen:
    await pilot.press(key)
    await it.until(pilot, lambda: isinstance(it.app.screen, IncidentScreen) and it.app.screen.files.option_count)
    screen = it.app.screen
    assert isinstance(screen, IncidentScreen)
    return screen


async def shown(it: Stage, pilot: Pilot[Any], screen: IncidentScreen) -> dict[str, str]:
    """All files, as the screen shows them."""
    screen.files.focus()
    await pilot.press("home")
    seen: dict[str, str] = {}
    for number in range(screen.files.option_count):
        await it.until(pilot, lambda number=number: screen.files.highlighted == number)
        await pilot.pause(0.05)
        name = str(screen.files.get_option_at_index(number).prompt).split()[0]
        seen[name] = screen.page.text
        await pilot.press("down")
    return seen


async def saved(it: Stage, pilot: Pilot[Any], folder: Path) -> dict[str, str]:
    await pilot.press("ctrl+s")
    await it.until(pilot, lambda: not isinstance(it.app.screen, IncidentScreen))
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        return {Path(name).name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("with_texts", "production"), [(False, False), (True, False), (True, True)])
async def test_what_is_shown_is_what_is_saved(
    with_texts: bool, production: bool, size: tuple[int, int], stage: MakeStage, folder: Path
) -> None:
    it = stage("diagnostics", production=production)
    async with it.app.run_test(size=size) as pilot:
        await it.ready(pilot)
        it.app.chat.confirmed = True
        await it.ask(pilot, PROMPT)
        screen = await opened(it, pilot)
        if with_texts:
            await pilot.press("ctrl+t")
            await it.until(pilot, lambda: screen.files.option_count == 4)
        before = await shown(it, pilot, screen)
        assert list(before) == ["README.txt", "call.json", "timeline.jsonl", *(["capture.sse"] if with_texts else [])]
        after = await saved(it, pilot, folder)
    assert after == before
    assert (PROMPT in "".join(after.values())) is with_texts
    assert it.records[0].request_id in after["README.txt"]


async def test_the_call_in_view_is_the_one(stage: MakeStage) -> None:
    it = stage(tokens=800)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, "first")
        await it.ask(pilot, "second")
        first, second = (record.request_id for record in reversed(it.records))
        screen = await opened(it, pilot)
        assert second[:8] in it.screen
        await pilot.press("escape")
        it.app.chat.transcript.scroll_home(animate=False)
        await it.until(pilot, lambda: it.app.chat.transcript.in_view == 0)
        screen = await opened(it, pilot)
        assert first in (await shown(it, pilot, screen))["README.txt"]


async def test_from_the_history_and_from_a_resumed_conversation(stage: MakeStage) -> None:
    before = stage()
    async with before.app.run_test(size=(120, 40)) as pilot:
        await before.ready(pilot)
        await before.ask(pilot, PROMPT)
    (record,) = before.records
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await pilot.press("f3")
        await it.until(pilot, lambda: "completed" in it.screen)
        screen = await opened(it, pilot, "i")
        assert record.request_id in (await shown(it, pilot, screen))["README.txt"]
        await pilot.press("escape", "f2")
        it.app.chat.resume_conversation(record.conversation_id)
        await it.until(pilot, lambda: PROMPT in it.shown)
        screen = await opened(it, pilot)
        told = await shown(it, pilot, screen)
        assert record.request_id in told["README.txt"]
        assert "no longer kept" in told["timeline.jsonl"]


async def test_without_a_call_it_says_so(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await pilot.press("f6")
        await it.until(pilot, lambda: "There is no call yet" in it.screen)


async def test_a_file_that_is_there_stays_and_another_name_can_be_given(stage: MakeStage, folder: Path) -> None:
    it = stage()
    (folder / "mine.zip").write_text("mine")
    async with it.app.run_test(size=(80, 24)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, PROMPT)
        screen = await opened(it, pilot)
        for name, words in {"mine.zip": "exists already", "it.txt": "End the name with .zip"}.items():
            screen.line.value = str(folder / name)
            await pilot.press("ctrl+s")
            await it.until(pilot, lambda words=words: words in it.screen.replace("\n", " "))
        screen.line.value = str(folder / "other.zip")
        await pilot.press("ctrl+s")
        await it.until(pilot, lambda: (folder / "other.zip").exists())
    assert (folder / "mine.zip").read_text() == "mine"
    assert sorted(each.name for each in folder.iterdir()) == ["mine.zip", "other.zip"]


async def test_secrets_the_desk_knows_of_are_dotted_out_on_the_screen_too(stage: MakeStage) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, f"{PROMPT} canary-0815-secret")
        desk = it.app.chat.desk
        assert isinstance(desk, Desk)
        it.app.chat.desk = replace(desk, secrets=lambda: ["canary-0815-secret"])
        screen = await opened(it, pilot)
        await pilot.press("ctrl+t")
        await it.until(pilot, lambda: screen.files.option_count == 4)
        everything = "".join((await shown(it, pilot, screen)).values())
        assert PROMPT in everything
        assert "canary" not in everything


def typed(it: Stage, *keys: str) -> None:
    """Ahead: the app has had no time for what follows from one before the next comes."""
    for key in keys:
        it.app.post_message(events.Key(key, None))


@pytest.mark.parametrize("ahead", [["ctrl+t", "ctrl+s"], ["ctrl+t", "ctrl+s", "ctrl+t"]])
@pytest.mark.parametrize("with_texts", [True, False])
async def test_what_is_saved_has_prompt_and_reply_as_the_tick_had_it(
    with_texts: bool, ahead: list[str], stage: MakeStage, folder: Path
) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, PROMPT)
        screen = await opened(it, pilot)
        if not with_texts:
            await pilot.press("ctrl+t")
            await it.until(pilot, lambda: screen.files.option_count == 4)
        typed(it, *ahead)
        await it.until(pilot, lambda: not isinstance(it.app.screen, IncidentScreen))
    (file,) = folder.iterdir()
    with zipfile.ZipFile(file) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert (PROMPT in everything) is with_texts


async def test_escape_behind_a_save_leaves_no_file_that_nobody_was_told_of(stage: MakeStage, folder: Path) -> None:
    it = stage()
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, PROMPT)
        await opened(it, pilot)
        typed(it, "ctrl+s", "escape")
        await it.until(pilot, lambda: not isinstance(it.app.screen, IncidentScreen))
        (file,) = folder.iterdir()
        await it.until(pilot, lambda: len(it.app._notifications) > 0)
        assert [note.title for note in it.app._notifications] == ["Incident bundle saved"]
        assert [note.message for note in it.app._notifications] == [str(file)]
        # Where it is not made yet what would be saved, nothing is.
        await opened(it, pilot)
        it.app.screen.query_one(Tick).value = True
        typed(it, "ctrl+s", "escape")
        await pilot.pause(0.3)
        await it.until(pilot, lambda: not getattr(it.app.screen, "_saving", False))
        if isinstance(it.app.screen, IncidentScreen):  # made in time, and refused: that name is taken
            await pilot.press("escape")
        await it.until(pilot, lambda: not isinstance(it.app.screen, IncidentScreen))
        await pilot.pause(0.3)
        assert len(list(folder.iterdir())) == len(it.app._notifications)


async def test_what_is_saved_is_shown_to_the_end_of_each_line(stage: MakeStage, tmp_path: Path) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot)
        await pilot.press("f6")
        await it.until(pilot, lambda: isinstance(it.app.screen, IncidentScreen) and it.app.screen.page.text)
        screen = it.app.screen
        assert isinstance(screen, IncidentScreen)
        words = " ".join("many words in one line" for _ in range(20)) + " to its end\nand\t日本語" + "語" * 100 + "."
        screen.page.show(words)
        await it.until(pilot, lambda: "to its end" in it.screen)
        lines = [screen.page.render_line(y).text for y in range(screen.page.size.height)]
        width = screen.page.scrollable_content_region.width
        assert all(line.rstrip() == line[:width].rstrip() for line in lines)
        drawn = "".join("".join(lines).split())
        assert drawn == "".join(words.split())
        await pilot.resize_terminal(80, 40)
        await it.until(pilot, lambda: screen.page.scrollable_content_region.width < width)
        await pilot.pause(0.1)
        lines = [screen.page.render_line(y).text for y in range(30)]
        assert "".join("".join(lines).split()) == "".join(words.split())


async def test_of_an_erased_call_neither_texts_nor_what_arrived_are_offered_or_saved(
    stage: MakeStage, folder: Path
) -> None:
    it = stage("diagnostics")
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, PROMPT)
        (record,) = it.records
        reply = it.ledger.get(record.request_id).reply
        it.ledger.erase(record.request_id)
        screen = await opened(it, pilot)
        await it.until(pilot, lambda: "What was said in this call was erased" in it.screen)
        await pilot.press("ctrl+t")
        await pilot.pause(0.3)
        assert screen.texts.disabled
        assert not screen.texts.value
        assert "What was said in this call was erased" in it.screen
        before = await shown(it, pilot, screen)
        after = await saved(it, pilot, folder)
    assert after == before
    assert list(after) == ["README.txt", "call.json", "timeline.jsonl"]
    assert "was erased" in after["README.txt"]
    everything = "".join(after.values())
    assert PROMPT not in everything
    assert reply
    assert not [place for place in range(0, len(reply), 20) if reply[place : place + 20] in everything]
    assert '"headers": [\n' in after["call.json"]


@pytest.mark.parametrize("ahead", [[], ["ctrl+s"]], ids=["ticked", "ticked and saved"])
async def test_a_call_that_is_erased_while_its_bundle_is_looked_at_is_offered_no_longer(
    ahead: list[str], stage: MakeStage, folder: Path
) -> None:
    it = stage(tokens=20)
    async with it.app.run_test(size=(120, 40)) as pilot:
        await it.ready(pilot)
        await it.ask(pilot, PROMPT)
        screen = await opened(it, pilot)
        it.ledger.erase(it.records[0].request_id)
        typed(it, "ctrl+t", *ahead)
        await it.until(pilot, lambda: "What was said in this call was erased" in it.screen)
        await pilot.pause(0.3)
        assert it.app.screen is screen
        assert (screen.texts.value, screen.texts.disabled, screen.files.option_count) == (False, True, 3)
        assert not list(folder.iterdir())
