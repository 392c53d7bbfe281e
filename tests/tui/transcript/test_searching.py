"""Searching finds what is read, in whatever is not drawn yet too, and marks it where it stands."""

from __future__ import annotations

import time

import pytest
from tui.transcript.documents import DOCUMENTS, MIXED
from tui.transcript.drawing import PALETTE
from tui.transcript.oracle import blocks_of
from tui.transcript.test_transcript import hosted, settled, shown

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.draw import drawn
from genesys_tui.tui.transcript.finding import Finding, plain
from genesys_tui.tui.transcript.transcript import Transcript


def found(text: str, blocks: list[Block], width: int = 60) -> list[str]:
    """The text under each hit's spans, joined."""
    finding = Finding(text)
    finding.update(blocks)
    texts = []
    for index, block in enumerate(blocks):
        _, hits = finding.of(index)
        if hits:
            strips = drawn(block, width, PALETTE)
            spans = finding.spans(block, hits, strips, width)
            for number in range(len(hits)):
                texts.append(
                    "".join(strips[span.line].text[span.start : span.end] for span in spans if span.hit == number)
                )
    return texts


@pytest.mark.parametrize(
    "source",
    [
        "The **quick** brown fox",
        "- a list\n  - the *quick brown* fox",
        "> quoted: the quick `brown` fox",
        "# The Quick Brown Fox\n\nunder it",
        "```python\nx = 1\nthe QUICK brown fox\n```",
        "1. ```\n   quick brown\n   ```",
        "[quick](http://x.test) no\n\nthe quick\nbrown fox",
    ],
)
@pytest.mark.parametrize("width", [60, 24, 9])
def test_a_hit_is_marked_where_it_stands_however_it_is_wrapped(source: str, width: int) -> None:
    texts = found("quick brown", blocks_of(source), width)
    assert len(texts) == 1
    assert texts[0].replace(" ", "").lower() == "quickbrown"


def test_hits_in_a_table_are_marked_in_their_cells() -> None:
    assert found("north", blocks_of("| queue | n |\n|---|--:|\n| **North** | 1 |\n| south | north |")) == [
        "North",
        "north",
    ]


def test_marks_of_markdown_are_no_text_and_every_letter_is_found() -> None:
    assert found("**", blocks_of("**bold** and `**code**`")) == ["**", "**"]
    assert found("&", blocks_of("a &amp; b")) == ["&"]
    assert found(".*", blocks_of("any.*thing")) == [".*"], "it is no pattern"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_letter_of_the_plain_text_has_its_place_in_the_drawing(name: str) -> None:
    blocks = [block for block in blocks_of(DOCUMENTS[name]) if block.kind != "table"]
    texts = found("e", blocks)
    assert all(text.lower() == "e" for text in texts)
    assert len(texts) == sum(plain(block).lower().count("e") for block in blocks)


def test_100_000_tokens_are_searched_in_about_the_time_that_reading_them_takes() -> None:
    began = time.process_time()
    blocks = blocks_of(MIXED * (400_000 // len(MIXED)))
    reading = time.process_time() - began
    began = time.process_time()
    finding = Finding("e")
    finding.update(blocks)
    assert len(finding.hits) > 10_000
    assert time.process_time() - began < 2 * reading + 0.1


def fill(transcript: Transcript, replies: int = 60) -> None:
    for n in range(replies):
        transcript.begin(f"Question {n}")
        transcript.append("Words that fill some lines. " * 20 + (f"\n\nThe **needle** {n}" if n % 20 == 5 else ""))
        transcript.end("done")


async def test_hits_are_counted_and_gone_through_in_a_ring() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        transcript.search("NEEDLE")
        assert transcript.hits == (3, 3), "from the end, the last one above"
        assert any("needle 45" in line and line.endswith("◀") for line in shown(transcript))
        for number, at in ((5, 1), (25, 2), (45, 3), (5, 1)):
            await pilot.press("n")
            assert transcript.hits == (at, 3)
            assert any(f"needle {number}" in line and line.endswith("◀") for line in shown(transcript))
        await pilot.press("N")
        assert transcript.hits == (3, 3)
        transcript.search("nowhere")
        assert transcript.hits == (0, 0)
        await pilot.press("escape", "n")
        assert not any(line.endswith("◀") for line in shown(transcript))


async def test_each_text_is_looked_for_from_where_the_search_began_or_was_taken_on() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript)
        await settled(pilot)
        end = transcript.scroll_offset.y
        transcript.search("needle 5")
        assert transcript.hits == (1, 1)
        assert transcript.scroll_offset.y < end
        transcript.search("needle 5x")
        assert transcript.scroll_offset.y == end
        assert transcript.following
        transcript.search("needle")
        assert transcript.hits == (3, 3)
        await pilot.press("N", "N")
        transcript.search("needl")
        assert transcript.hits == (1, 3)
        # What the reader scrolled to is where the next text is looked for.
        transcript.scroll_to(y=end)
        await settled(pilot)
        transcript.search("needle")
        assert transcript.hits == (3, 3)
        transcript.search("")
        transcript.search("needle 5")
        transcript.follow()
        transcript.search("Words")
        assert transcript.following
        assert transcript.scroll_offset.y == end


async def test_the_hit_stays_in_view_when_the_view_becomes_smaller() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript, 3)
        transcript.begin("More")
        transcript.append("- a needle\n" + "- hay\n" * (transcript.size.height - 4))
        await settled(pilot)
        transcript.search("a needle")
        assert transcript.hits == (1, 1)
        assert transcript.following, "the hit is in view already"
        for height in (20, 10, 5):
            transcript.styles.height = height
            await settled(pilot)
            assert any(line.endswith("◀") for line in shown(transcript)), height


async def test_searching_draws_only_what_it_goes_to() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript, 2000)
        await settled(pilot)
        before = len(transcript._page._drawings)
        transcript.search("needle 1985")
        assert transcript.hits[1] == 1
        assert len(transcript._page._drawings) < before + 60


async def test_what_arrives_is_searched_too_and_the_hit_looked_at_stays() -> None:
    async with hosted() as (transcript, pilot):
        fill(transcript, 20)
        transcript.begin("More")
        transcript.append("no nee")
        await settled(pilot)
        transcript.search("needle")
        assert transcript.hits == (1, 1)
        top = transcript.scroll_offset.y
        transcript.append("dle\n\nand another needle")
        await settled(pilot)
        assert transcript.hits == (1, 3)
        transcript.end("done")
        await settled(pilot)
        assert transcript.hits == (1, 3)
        assert transcript.scroll_offset.y == top


async def test_code_blocks_are_walked_through_and_the_marked_one_has_an_edge() -> None:
    async with hosted((70, 20)) as (transcript, pilot):
        for n in range(3):
            transcript.begin(f"p{n}")
            transcript.append("Words.\n\n" * 20 + f"- item\n  ```python\n  x = {n}\n\n  y\n  ```\n")
            transcript.end("done")
        await settled(pilot)
        for key, number in (("right_square_bracket", 3), ("left_square_bracket", 2), ("left_square_bracket", 1)):
            await pilot.press(key)
            lines = shown(transcript)
            assert any(f"code {number} of 3" in line for line in lines)
            assert [line for line in lines if line.startswith("  ┃")][1:] == [f"  ┃x = {number - 1}", "  ┃", "  ┃y"]
        await pilot.press("left_square_bracket")
        assert transcript.mark and transcript.mark.number == 1
        await pilot.press("escape")
        assert not any("┃" in line for line in shown(transcript))
