"""A probe out of the palette: asked for, run, stopped, saved; every call of it in the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from textual.pilot import Pilot
from textual.widgets import Input
from tui.conftest import MakeStage, Stage

from genesys_tui.tui.conversations.question import Question
from genesys_tui.tui.guard.question import ProductionQuestion
from genesys_tui.tui.probe.dialog import ProbeDialog
from genesys_tui.tui.probe.screen import ProbeScreen

WIDE, NARROW = (120, 40), (80, 24)


def _choose(place: Stage) -> None:
    commands = {command.title: command for command in place.app.get_system_commands(place.app.screen)}
    commands["Run a probe…"].callback()


async def _asked(place: Stage, pilot: Pilot[Any], **fields: str) -> ProbeDialog:
    """Ask for one in the palette, and fill these in."""
    await place.ready(pilot)
    _choose(place)
    await place.until(pilot, lambda: isinstance(place.app.screen, ProbeDialog) and place.app.screen.query("#prompts"))
    dialog = place.app.screen
    assert isinstance(dialog, ProbeDialog)
    for name, text in fields.items():
        if name == "prompts":
            dialog.prompts.text = text
        else:
            dialog.query_one(f"#{name}", Input).value = text
    await pilot.pause()
    return dialog


async def _run(place: Stage, pilot: Pilot[Any], **fields: str) -> ProbeScreen:
    """The screen of a probe that has begun."""
    await _asked(place, pilot, **fields)
    await pilot.press("f5")
    await place.until(pilot, lambda: isinstance(place.app.screen, ProbeScreen))
    assert isinstance(place.app.screen, ProbeScreen)
    return place.app.screen


async def _ended(place: Stage, pilot: Pilot[Any], screen: ProbeScreen) -> None:
    await place.until(pilot, lambda: screen.report)
    await pilot.pause(0.1)


async def test_a_probe_is_run_and_shown(stage: MakeStage) -> None:
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, prompts="one\ntwo", repeat="3", concurrency="2", max_gap="30")
        await _ended(place, pilot, screen)

        assert "6 of 6 calls" in place.screen
        assert "6 calls · 6 completed" in place.screen
        assert "longest gap" in place.screen
        assert "All limits held." in place.screen
        assert "Compared with 0 calls" in place.screen
        assert screen.report is not None
        assert {record.probe for record in place.records} == {screen.report.id}
        assert len(place.records) == 6
        await pilot.press("escape")
        await place.until(pilot, lambda: place.app.screen is place.app.chat)


async def test_limits_that_are_broken_are_said_to_be(stage: MakeStage) -> None:
    place = stage("truncated")
    async with place.app.run_test(size=NARROW) as pilot:
        screen = await _run(place, pilot, repeat="2", max_truncated="1", baseline="")
        await _ended(place, pilot, screen)
        assert "BROKEN" in place.screen
        assert "Broken: truncated calls." in place.screen
        assert "Compared" not in place.screen


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (119, 50), (120, 40), (200, 60)])
async def test_no_table_is_cut_off(size: tuple[int, int], stage: MakeStage) -> None:
    place = stage("truncated")
    async with place.app.run_test(size=size) as pilot:
        screen = await _run(place, pilot, repeat="2", max_truncated="1", min_rate_p50="1")
        await _ended(place, pilot, screen)
        assert "verdict" in place.screen
        assert "not measured" in place.screen
        assert "min" in place.screen or "—" in place.screen


async def test_failed_calls_have_a_mark_and_a_reason(stage: MakeStage) -> None:
    place = stage("refused")
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, repeat="3")
        await _ended(place, pilot, screen)
        assert "0 ┤×  ×  ×" in place.screen
        assert "3 × refused" in place.screen
        assert "A failed call has no stream" in place.screen


async def test_escape_ends_it_with_what_it_has(stage: MakeStage) -> None:
    place = stage(rate=60)
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, repeat="100", concurrency="2")
        await place.until(pilot, lambda: "2 under way" in place.screen)
        await pilot.press("escape")
        await _ended(place, pilot, screen)
        assert place.app.screen is screen, "what it has is still shown"
        assert "Interrupted after" in place.screen
        assert {record.status for record in place.records} <= {"completed", "cancelled"}
        assert len(place.records) < 100


async def test_it_goes_on_while_another_screen_is_shown(stage: MakeStage) -> None:
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, repeat="30")
        await pilot.press("f4")
        await _ended(place, pilot, screen)
        assert place.app.current_mode == "wire"
        await pilot.press("f2")
        await place.until(pilot, lambda: "30 of 30 calls" in place.screen)


async def test_quitting_leaves_no_call_open(stage: MakeStage) -> None:
    place = stage(rate=60)
    async with place.app.run_test(size=WIDE) as pilot:
        await _run(place, pilot, repeat="50", concurrency="3")
        await place.until(pilot, lambda: len(place.records) == 3)
    assert {record.status for record in place.records} == {"cancelled"}


async def test_it_can_be_run_again(stage: MakeStage) -> None:
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, repeat="10")
        await _ended(place, pilot, screen)
        first = screen.report
        await pilot.press("r")
        await place.until(pilot, lambda: screen.report not in (None, first))
        assert len(place.records) == 20
        await place.until(pilot, lambda: "Compared with 10 calls of 1 probe" in place.screen)


async def test_what_cannot_be_run_is_told_and_stays(stage: MakeStage) -> None:
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        dialog = await _asked(place, pilot, repeat="many")
        await pilot.press("f5")
        assert place.app.screen is dialog
        assert "repeat: takes a whole number." in place.screen
        await pilot.press("escape")
        await place.until(pilot, lambda: place.app.screen is place.app.chat)
        assert place.records == []


async def test_a_file_fills_the_form(stage: MakeStage, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('prompts = ["from the file"]\nrepeat = 2\n[parameters]\nmodel = "of-the-file"\n')
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        dialog = await _asked(place, pilot, file=str(file))
        dialog.query_one("#file").focus()
        await pilot.press("enter")
        await place.until(pilot, lambda: "2 calls of of-the-file" in place.screen)
        await pilot.press("f5")
        await place.until(pilot, lambda: isinstance(place.app.screen, ProbeScreen) and place.app.screen.report)
        assert [record.model for record in place.records] == ["of-the-file"] * 2


async def test_a_bad_file_is_told_where_it_is_wrong(stage: MakeStage, tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("[limits]\nmax_gap = 'wide'\n")
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        dialog = await _asked(place, pilot, file=str(file))
        dialog.query_one("#file").focus()
        await pilot.press("enter")
        await place.until(pilot, lambda: "line 2: limits.max_gap" in " ".join(str(dialog.verdict.content).split()))


async def test_the_report_is_saved_as_json_and_as_junit(stage: MakeStage, tmp_path: Path) -> None:
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, repeat="2")
        await _ended(place, pilot, screen)
        for name in ("report.json", "report.xml"):
            await pilot.press("s")
            await place.until(pilot, lambda: isinstance(place.app.screen, Question))
            place.app.screen.query_one(Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await place.until(pilot, (tmp_path / name).exists)
            await place.until(pilot, lambda: place.app.screen is screen)
    assert json.loads((tmp_path / "report.json").read_text())["calls_ended"] == 2
    assert JUnitXml.fromstring((tmp_path / "report.xml").read_bytes()).failures == 0
    assert (tmp_path / "report.json").stat().st_mode & 0o077 == 0


async def test_a_file_of_another_kind_is_refused_and_one_that_exists_asked_about(
    stage: MakeStage, tmp_path: Path
) -> None:
    (tmp_path / "there.json").write_text("old")
    place = stage()
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, repeat="1")
        await _ended(place, pilot, screen)
        await pilot.press("s")
        await place.until(pilot, lambda: isinstance(place.app.screen, Question))
        place.app.screen.query_one(Input).value = str(tmp_path / "report.txt")
        await pilot.press("enter")
        assert "End the name with .json" in place.screen
        place.app.screen.query_one(Input).value = str(tmp_path / "there.json")
        await pilot.press("enter")
        assert "exists already" in place.screen
        assert (tmp_path / "there.json").read_text() == "old"
        await pilot.press("enter")
        await place.until(pilot, lambda: (tmp_path / "there.json").read_text() != "old")


async def test_production_is_asked_about_first(stage: MakeStage) -> None:
    place = stage(production=True)
    async with place.app.run_test(size=WIDE) as pilot:
        await _asked(place, pilot, repeat="2")
        await pilot.press("f5")
        await pilot.pause(0.3)
        assert not isinstance(place.app.screen, ProbeScreen)
        assert place.demo.requests == []


async def test_hostile_names_stay_harmless(stage: MakeStage) -> None:
    place = stage("hostile", model="\x1b]0;owned\x07[b]m[/nope]\u202e")
    async with place.app.run_test(size=WIDE) as pilot:
        screen = await _run(place, pilot, prompts="[/nope]\x1b[31m", repeat="2")
        await _ended(place, pilot, screen)
        assert not set("\x1b\x07\u202e") & set(place.screen)
        assert "[b]m[/nope]" in place.screen


async def test_a_no_to_production_leads_back_to_the_form_as_it_was_filled_in(stage: MakeStage) -> None:
    place = stage(production=True)
    async with place.app.run_test(size=WIDE) as pilot:
        await _asked(place, pilot, prompts="one\ntwo", repeat="3", max_gap="30", baseline="")
        for _ in range(2):
            await pilot.press("f5")
            await place.until(pilot, lambda: isinstance(place.app.screen, ProductionQuestion))
            await pilot.press("escape")
            await place.until(pilot, lambda: isinstance(place.app.screen, ProbeDialog) and "6 calls" in place.screen)
            assert isinstance(place.app.screen, ProbeDialog)
            assert place.app.screen.prompts.text == "one\ntwo"
            fields = {each.id: each.value for each in place.app.screen.query(Input)}
            assert (fields["repeat"], fields["max_gap"], fields["baseline"]) == ("3", "30", "")
        assert {each.message for each in place.app._notifications} == {"Nothing was sent."}
        assert place.records == []
        await pilot.press("f5")
        await place.until(pilot, lambda: isinstance(place.app.screen, ProductionQuestion))
        await pilot.press("ctrl+y")
        await place.until(pilot, lambda: isinstance(place.app.screen, ProbeScreen) and place.app.screen.report)
        assert len(place.records) == 6


async def test_a_read_only_profile_refuses_before_anything_is_filled_in(stage: MakeStage) -> None:
    place = stage(read_only=True)
    async with place.app.run_test(size=WIDE) as pilot:
        await place.ready(pilot)
        _choose(place)
        await place.until(pilot, lambda: "is read-only" in place.screen)
        assert place.app.screen is place.app.chat
        assert place.records == []
