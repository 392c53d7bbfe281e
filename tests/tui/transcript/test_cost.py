"""What an append costs does not depend on how much is there already. Ratios only: machines differ."""

from __future__ import annotations

import time

import pytest
from rich.style import Style

from genesys_tui.tui.transcript.conversation import Conversation
from genesys_tui.tui.transcript.page import Page
from genesys_tui.tui.transcript.palette import Palette
from genesys_tui.tui.transcript.view import View

REPLIES = {
    "fence": ("```python\n", "value = call('text', 12)  # note\n"),
    "paragraph": ("", "A sentence **goes** on. "),
    "unbroken": ("", "漢字"),
    "table": ("|a|b|\n|-|-|\n", "| cell of a row | 12 |\n"),
    "list": ("", "- an item with `code`\n"),
    "nested list": ("- outer\n", "  - an item with `code`\n"),
    "quote": ("", "> a line of a quote\n"),
    "fence in a quote": ("> ```json\n", '> {"key": [1, 2]},\n'),
    "paragraphs": ("", "A sentence.\n\n"),
}


def seconds_per_append(head: str, part: str, tokens: int) -> float:
    """The least of some measurements of a short append, drawing included, behind so many tokens."""
    conversation, page = Conversation(), Page()
    page.palette = Palette(Style(), {})
    view = View(page)
    view.resize(100, 40)
    conversation.begin("p")
    conversation.append(head + part * (tokens * 4 // len(part)))
    conversation.update()
    page.replace(0, conversation.blocks)
    view.settle()
    times = []
    for number in range(60):
        text = part[number * 4 % len(part) :][:4]
        began = time.process_time()
        start = conversation.settled
        conversation.append(text)
        conversation.update()
        page.replace(start, conversation.blocks[start:])
        view.settle()
        times.append(time.process_time() - began)
    return sum(sorted(times)[:50])


@pytest.mark.parametrize("name", REPLIES)
def test_an_append_costs_the_same_behind_100_000_tokens_as_behind_2_000(name: str) -> None:
    small, large = (seconds_per_append(*REPLIES[name], tokens) for tokens in (2_000, 100_000))
    assert large < 5 * small + 0.005
