"""The widget: streaming, following, scrolling, selecting, theming."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import SELECT_ALL, Selection
from textual.strip import Strip
from tui.transcript.documents import DOCUMENTS, MIXED

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.draw import drawn
from genesys_tui.tui.transcript.palette import Palette
from genesys_tui.tui.transcript.transcript import Transcript


class Hosting(App[None]):
    def compose(self) -> ComposeResult:
        yield Transcript()


@asynccontextmanager
async def hosted(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Transcript, Pilot[None]]]:
    app = Hosting()
    async with app.run_test(size=size) as pilot:
        transcript = app.query_one(Transcript)
        transcript.focus()
        yield transcript, pilot


def shown(transcript: Transcript) -> list[str]:
    """The lines in view."""
    return [transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)]


def fill(transcript: Transcript, replies: int = 30) -> None:
    for n in range(replies):
        transcript.begin(f"Question {n}")
        transcript.append(f"Answer {n}.\n\n" + "Words that fill some lines. " * 12 + "\n\n- a\n- b\n\n```\ncode\n```")
        transcript.end(f"Completed {n}")


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause(0.05)
    await pilot.pause()


async def test_what_waits_for_the_next_frame_can_be_had_at_once() -> None:
    async with hosted() as (transcript, pilot):
        await settled(pilot)
        transcript.begin("Question")
        transcript.append("Answer")
        transcript.end("Completed")
        transcript.catch_up()
        assert "✓ Completed" in [line.strip() for line in shown(transcript)]


async def test_prompt_reply_and_note_are_shown_in_words_and_shapes() -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("Which queue?\nShort, please.")
        transcript.append("The **north** queue.")
        transcript.end("Completed: 4 tokens")
        await settled(pilot)
        assert transcript.text == "▌ Which queue?\n▌ Short, please.\n\nThe north queue.\n\n✓ Completed: 4 tokens"
        assert shown(transcript)[:6] == transcript.text.split("\n")


@pytest.mark.parametrize(("severity", "mark"), [("success", "✓"), ("warning", "!"), ("error", "✗"), ("muted", "·")])
async def test_each_severity_has_a_mark_of_its_own(severity: str, mark: str) -> None:
    async with hosted() as (transcript, _):
        transcript.begin("p")
        transcript.end("It ended", severity)  # type: ignore[arg-type]
        assert transcript.text.endswith(f"{mark} It ended")


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_streamed_text_ends_as_if_it_had_come_at_once(name: str) -> None:
    async with hosted((70, 20)) as (transcript, pilot):
        texts = []
        for size in (13, 100_000):
            transcript.clear()
            transcript.begin("p")
            for start in range(0, len(DOCUMENTS[name]), size):
                transcript.append(DOCUMENTS[name][start : start + size])
                if start % 31 == 0:
                    await pilot.pause()
            transcript.end("Completed")
            texts.append(transcript.text)
        assert texts[0] == texts[1]


async def test_line_ends_may_be_split_over_two_appends() -> None:
    async with hosted() as (transcript, _):
        transcript.begin("p")
        transcript.append("- a\r")
        transcript.append("\n- b\r\n- c\r")
        transcript.append("d")
        assert transcript.text == "▌ p\n\n• a\n• b\n• c␍d"


async def test_replace_puts_another_text_in_place_of_the_open_reply() -> None:
    async with hosted() as (transcript, _):
        transcript.begin("p")
        transcript.append("One.\n\nTwo.\n\nThree")
        assert "Two" in transcript.text
        transcript.replace("Other")
        transcript.append(" text")
        assert transcript.text == "▌ p\n\nOther text"


async def test_clear_forgets_everything() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        transcript.clear()
        await settled(pilot)
        assert transcript.text == ""
        assert not any(shown(transcript))
        assert transcript.max_scroll_y == 0
        transcript.begin("again")
        assert transcript.text == "▌ again"


async def test_text_needs_a_call() -> None:
    async with hosted() as (transcript, _):
        with pytest.raises(RuntimeError, match="begin"):
            transcript.append("x")


async def test_a_reply_may_arrive_before_the_first_layout() -> None:
    class Early(Hosting):
        def compose(self) -> ComposeResult:
            transcript = Transcript()
            transcript.begin("p")
            transcript.append("early")
            yield transcript

    app = Early()
    async with app.run_test() as pilot:
        await settled(pilot)
        assert shown(app.query_one(Transcript))[2] == "early"


async def test_the_view_follows_the_end() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        assert transcript.following
        assert shown(transcript)[-1] == "✓ Completed 29"
        transcript.begin("More")
        for n in range(60):
            transcript.append(f"Line {n}\n\n")
            await pilot.pause(0.002)
        await settled(pilot)
        assert shown(transcript)[-1] == "Line 59"
        assert transcript.is_vertical_scroll_end


async def test_the_view_stays_where_the_reader_scrolled() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        transcript.begin("More")
        transcript.append("Start\n\n")
        await settled(pilot)
        await pilot.press("up", "up", "up")
        assert not transcript.following
        before = shown(transcript)
        for n in range(40):
            transcript.append(f"Line {n}\n\n")
            await pilot.pause(0.001)
        await settled(pilot)
        assert shown(transcript)[:-1] == before[:-1]
        assert transcript.unseen >= 80
        assert f"↓ {transcript.unseen} new lines" in shown(transcript)[-1]
        await pilot.press("end")
        assert transcript.following
        assert transcript.unseen == 0
        assert shown(transcript)[-1] == "Line 39"


async def test_lines_that_come_into_view_are_no_longer_new() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        transcript.begin("More")
        await settled(pilot)
        await pilot.press("up")
        transcript.append("".join(f"Line {n}\n\n" for n in range(40)))
        await settled(pilot)
        before = transcript.unseen
        await pilot.press("pagedown")
        after = transcript.unseen
        assert 0 < after < before
        await pilot.press("pageup")
        assert transcript.unseen == after


async def test_a_click_on_the_count_leads_to_the_end() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        transcript.begin("More")
        await settled(pilot)
        await pilot.press("home")
        transcript.append("New")
        await settled(pilot)
        await pilot.click(Transcript, offset=(60, 23))
        assert transcript.following


async def test_scrolling_down_to_the_end_follows_again() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        await pilot.press("pageup", "pageup", "pagedown")
        assert not transcript.following
        await pilot.press("pagedown", "pagedown")
        assert transcript.following


async def test_each_step_up_shows_the_line_above_although_heights_were_guesses() -> None:
    """No jump where an estimate is corrected, all the way from the end to the beginning."""
    async with hosted((50, 12)) as (transcript, pilot):
        for n in range(2):
            transcript.begin(f"Question {n}")
            transcript.append(MIXED)
            transcript.end("Completed")
        await settled(pilot)
        before = shown(transcript)
        steps = 0
        while transcript.scroll_y > 0:
            transcript.action_scroll_up()
            now = shown(transcript)
            assert now[1:] == before[:-1]
            before = now
            steps += 1
        assert before[0] == "▌ Question 0"
        assert steps == len(transcript.text.split("\n")) - 12


async def test_paging_shows_every_line_once() -> None:
    async with hosted((50, 12)) as (transcript, pilot):
        fill(transcript, 12)
        await settled(pilot)
        await pilot.press("home")
        seen = shown(transcript)
        while not transcript.is_vertical_scroll_end:
            top = transcript.scroll_y
            await pilot.press("pagedown")
            seen += shown(transcript)[-int(transcript.scroll_y - top) :]
        assert "\n".join(seen) == transcript.text


@pytest.mark.parametrize("question", [0, 7, 25])
async def test_a_resize_keeps_what_is_read_where_it_is(question: int) -> None:
    async with hosted((80, 24)) as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        prompt = f"▌ Question {question}"
        transcript.scroll_to(y=transcript.text.split("\n").index(prompt))
        for width in (40, 100, 33, 80):
            await pilot.resize_terminal(width, 20)
            await settled(pilot)
            assert shown(transcript)[0] == prompt
            assert not transcript.following


async def test_a_resize_keeps_following() -> None:
    async with hosted((80, 24)) as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        for size in ((40, 10), (120, 40)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert shown(transcript)[-1] == "✓ Completed 29"


async def test_the_wheel_scrolls_and_at_the_end_follows_again() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        end = transcript.scroll_y
        for turn, following in ((events.MouseScrollUp, False), (events.MouseScrollDown, True)):
            for _ in range(3):
                transcript.post_message(turn(transcript, 5, 5, 0, 0, 0, False, False, False))
                await pilot.pause()
            assert transcript.following is following
            assert (transcript.scroll_y == end) is following


async def test_scrolling_to_a_line_is_immediate() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        transcript.scroll_to(y=100)
        assert transcript.scroll_y == 100
        transcript.scroll_relative(y=-3)
        assert transcript.scroll_y == 97
        assert not transcript.following


async def test_selected_text_is_what_was_under_the_mouse() -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("Which queue?")
        transcript.append("The **north** queue, 漢字 and\n\n- one\n- two")
        transcript.end("Completed")
        await settled(pilot)
        await pilot.mouse_down(Transcript, offset=(5, 2))
        await pilot.hover(Transcript, offset=(4, 4))
        await pilot.mouse_up(Transcript, offset=(4, 4))
        await pilot.pause()
        assert transcript.screen.get_selected_text() == "north queue, 漢字 and\n\n• on"
        assert pilot.app.screen.selections


async def test_selected_text_stays_although_heights_above_change() -> None:
    async with hosted((40, 10)) as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        transcript.scroll_to(y=60)
        await pilot.pause()
        await pilot.mouse_down(Transcript, offset=(1, 2))
        await pilot.hover(Transcript, offset=(30, 4))
        await pilot.mouse_up(Transcript, offset=(30, 4))
        selected = transcript.screen.get_selected_text()
        await pilot.press("home", "end")
        assert transcript.screen.get_selected_text() == selected
        assert selected


@pytest.mark.parametrize(
    ("start", "end"), [((3, 15), (4, 2)), ((4, 2), (3, 15)), ((4, 2), (79, 15)), ((0, 0), (3, 18))]
)
async def test_a_selection_may_begin_or_end_below_the_text(start: tuple[int, int], end: tuple[int, int]) -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("Which queue?")
        transcript.append("The north queue")
        await settled(pilot)
        await pilot.mouse_down(Transcript, offset=start)
        await pilot.hover(Transcript, offset=end)
        await pilot.mouse_up(Transcript, offset=end)
        assert (transcript.screen.get_selected_text() or "").endswith("north queue")


async def test_all_text_may_be_selected() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript, 3)
        await settled(pilot)
        assert transcript.get_selection(SELECT_ALL) == (transcript.text, "\n")
        assert transcript.get_selection(Selection(Offset(2, 0), None)) == (transcript.text[2:], "\n")


async def test_a_selection_shows() -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("p")
        transcript.append("words")
        await settled(pilot)
        pilot.app.screen.selections = {transcript: SELECT_ALL}
        await pilot.pause()
        style = {segment.text: segment.style for segment in transcript.render_line(2)}["words"]
        assert style
        assert style.bgcolor != transcript.rich_style.bgcolor
        assert style.color == transcript.rich_style.color, "what is selected can still be read"


async def test_a_theme_changes_all_looks() -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("p")
        transcript.append("# Head\n\n```python\nreturn 1\n```")
        await settled(pilot)
        looks = []
        for theme in ("textual-dark", "textual-light", "ansi-dark"):
            pilot.app.theme = theme
            await pilot.pause()
            looks.append([segment.style for y in range(10) for segment in transcript.render_line(y)])
        assert len({tuple(map(str, look)) for look in looks}) == 3


async def test_long_prompts_are_shown_whole() -> None:
    async with hosted() as (transcript, pilot):
        prompt = "\n".join(f"line {n} of a prompt" for n in range(2000))
        transcript.begin(prompt)
        await settled(pilot)
        assert transcript.text.replace("▌ ", "") == prompt


async def test_only_what_is_in_view_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filling, resizing and another theme each draw a page, not the conversation."""
    calls: list[Block] = []

    def counted(block: Block, width: int, palette: Palette) -> list[Strip]:
        calls.append(block)
        return drawn(block, width, palette)

    monkeypatch.setattr("genesys_tui.tui.transcript.page.drawn", counted)
    async with hosted() as (transcript, pilot):
        fill(transcript, 200)
        await settled(pilot)
        await pilot.resize_terminal(60, 30)
        await settled(pilot)
        pilot.app.theme = "textual-light"
        await settled(pilot)
        assert len(calls) < 150
        assert transcript.text.count("Question") == 200


async def test_appends_are_drawn_together(monkeypatch: pytest.MonkeyPatch) -> None:
    flushes = 0
    flush = Transcript._flush

    def counted(self: Transcript) -> None:
        nonlocal flushes
        flushes += 1
        flush(self)

    monkeypatch.setattr(Transcript, "_flush", counted)
    async with hosted() as (transcript, pilot):
        transcript.begin("p")
        for n in range(300):
            transcript.append(f"word{n} ")
            await asyncio.sleep(0)
        await settled(pilot)
        assert flushes < 100
        assert "word299" in transcript.text


async def test_a_transcript_that_is_hidden_keeps_up() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript, 3)
        transcript.display = False
        await settled(pilot)
        fill(transcript, 3)
        await settled(pilot)
        transcript.display = True
        await settled(pilot)
        assert shown(transcript)[-1] == "✓ Completed 2"
        assert len(max(shown(transcript), key=len)) > 60


async def test_a_reply_that_is_opened_again_and_ended_within_a_frame_shows_its_last_ending() -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("p")
        transcript.append("One.\n\nTwo.\n\nThree.")
        transcript.end("cut", "warning")
        await settled(pilot)
        transcript.go_on("p", "One.\n\nTwo.\n\nThree.")
        transcript.end("failed", "error")
        transcript.go_on("p", "One.\n\nTwo.\n\nThree.")
        transcript.end("done", "success")
        await settled(pilot)
        assert "cut" not in transcript.text
        assert "failed" not in transcript.text
        assert transcript.text.split()[-2:] == ["✓", "done"]


async def test_a_reply_that_is_replaced_and_ended_within_a_frame_is_the_new_one() -> None:
    async with hosted() as (transcript, pilot):
        transcript.begin("p")
        transcript.append("One.\n\nTwo.\n\nThree.\n\n")
        await settled(pilot)
        transcript.replace("Four.\n\nFive.\n\nSix.\n\nSeven.")
        transcript.end("done", "success")
        await settled(pilot)
        assert transcript.text.split() == ["▌", "p", "Four.", "Five.", "Six.", "Seven.", "✓", "done"]


def test_styles_are_waited_for_where_a_size_is_told_before_them() -> None:
    transcript = Transcript()
    transcript._restyled()
    assert transcript._page.palette is None
    assert transcript._restyle, "they are taken up as soon as they are there"
