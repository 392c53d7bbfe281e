"""What is put above the transcript moves nothing of what the reader sees."""

from __future__ import annotations

import pytest
from tui.transcript.test_transcript import hosted, settled, shown

from genesys_tui.tui.transcript.conversation import Conversation
from genesys_tui.tui.transcript.transcript import Transcript


def write(to: Transcript | Conversation, first: int, behind: int, head: str = "") -> None:
    if head:
        to.head(head)
    for n in range(first, behind):
        to.begin(f"Question {n}")
        to.append(f"Answer {n}.\n\n" + "Words that fill some lines. " * 12 + f"\n\n```\ncode {n}\n```")
        to.end(f"Completed {n}", "success")


@pytest.mark.parametrize("up", [0, 1, 2, 3, 40, 10_000])
@pytest.mark.parametrize("head", ["20 earlier", ""])
async def test_lines_in_view_stay_where_they_are(up: int, head: str) -> None:
    async with hosted() as (transcript, pilot):
        write(transcript, 20, 30, head)
        await settled(pilot)
        transcript.scroll_to(y=max(0, transcript.max_scroll_y - up))
        await settled(pilot)
        before, following = shown(transcript), transcript.following
        transcript.prepend(lambda earlier: write(earlier, 0, 20))
        kept = 2 if head and before[1].endswith(head) else 0
        for _ in range(2):
            after = shown(transcript)
            assert after[kept:][:18] == before[kept:][:18]
            assert transcript.following == following
            await settled(pilot)


async def test_all_is_as_if_it_had_been_written_at_once_and_can_grow_on() -> None:
    async with hosted() as (transcript, pilot):
        write(transcript, 3, 5, "more")
        transcript.begin("open")
        transcript.append("still ")
        await settled(pilot)
        transcript.prepend(lambda earlier: write(earlier, 1, 3, "still more"))
        assert transcript.has_head
        assert "still more" in transcript.text
        transcript.prepend(lambda earlier: write(earlier, 0, 1))
        assert not transcript.has_head
        transcript.append("growing")
        transcript.end("done")
        at_once, prompts = transcript.text, [call.prompt for call in transcript.said]
        transcript.clear()
        write(transcript, 0, 5)
        transcript.begin("open")
        transcript.append("still growing")
        transcript.end("done")
        assert transcript.text == at_once
        assert prompts == [call.prompt for call in transcript.said]
        assert [transcript.blocks[call.block].text for call in transcript.said] == prompts


async def test_marks_and_hits_stay_with_their_text() -> None:
    async with hosted() as (transcript, pilot):
        write(transcript, 5, 8, "more")
        await settled(pilot)
        await pilot.press("right_square_bracket", "left_square_bracket")
        transcript.search("answer 6")
        assert transcript.hits == (1, 1)
        transcript.prepend(lambda earlier: write(earlier, 0, 5))
        assert transcript.mark
        assert transcript.blocks[transcript.mark.start].text == "code 6"
        assert transcript.mark.label == "code 7 of 8"
        assert transcript.hits == (1, 1)
        assert any("Answer 6" in line and line.endswith("◀") for line in shown(transcript))


async def test_it_can_be_done_before_the_first_layout_and_to_nothing() -> None:
    transcript = Transcript()
    async with hosted() as (shown_one, pilot):
        shown_one.prepend(lambda earlier: write(earlier, 0, 1))
        await settled(pilot)
        assert "Answer 0" in shown_one.text
        await shown_one.parent.mount(transcript)  # type: ignore[union-attr]
        transcript.prepend(lambda earlier: write(earlier, 0, 2))
        await settled(pilot)
        assert "Answer 1" in transcript.text
