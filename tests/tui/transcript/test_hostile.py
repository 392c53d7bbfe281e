"""Untrusted text is shown, and does nothing."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from tui.transcript.drawing import lines_of

from genesys_tui.tui.transcript.transcript import Transcript

HOSTILE = {
    "clipboard": "\x1b]52;c;aGFja2Vk\x07",
    "title": "\x1b]0;owned\x1b\\",
    "cursor": "a\x1b[2J\x1b[Hb",
    "C1": "\x9b2J\x9d52;c;aGFja2Vk\x9c",
    "delete": "a\x7fb",
    "bidi": "user\u202etxt.exe\u2066x\u2069",
    "entity bidi": "&#x202e;evil &rlm; &#8206;",
    "entity escape": "&#27;[2J &#x9b;2J",
    "address": "https://example.com/%E2%80%AEgnp.exe",
    "link": "[a&#x202e;b](https://e.com/&#x202e;)",
    "tags": "a\U000e0041\U000e0042b",
    "markup": "[/nope] [@click=app.quit]x[/] [bold red]y[/]",
    "surrogates": "a\ud800b",
    "separators": "a\u2028b\u2029c\x0cd\x0be\x1cf\x85g",
    "zero width": "a\u200b\ufeffb",
    "percent": "%s {} \\",
}
WRAPPINGS = (
    "{}",
    "```python\n{}\n```",
    "```{}\nx\n```",
    "| a |\n|---|\n| {} |",
    "- {}",
    "> {}",
    "# {}",
    "`{}`",
    "[{}](x)",
)


class Hosting(App[None]):
    def compose(self) -> ComposeResult:
        yield Transcript()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_nothing_that_steers_a_terminal_is_drawn(name: str, wrapping: str) -> None:
    for line in lines_of(wrapping.replace("{}", HOSTILE[name])):
        harmful = [c for c in line if not c.isprintable() and c not in "\u200c\u200d"]
        assert not harmful, ascii(line)


async def test_no_sequence_reaches_the_screen_from_prompt_reply_or_note() -> None:
    app = Hosting()
    async with app.run_test(size=(80, 200)) as pilot:
        transcript = app.query_one(Transcript)
        for text in HOSTILE.values():
            transcript.begin(text)
            for character in text:
                transcript.append(character)
            transcript.end(text, "error")
            await pilot.pause()
        await pilot.pause(0.1)
        drawn = "".join(segment.text for y in range(transcript.size.height) for segment in transcript.render_line(y))
        assert all(c.isprintable() or c in "\u200c\u200d" for c in drawn)
        assert "[@click=app.quit]x[/]" in transcript.text
        styles = [segment.style for y in range(200) for segment in transcript.render_line(y) if segment.style]
        assert not any("@click" in style.meta or style.link for style in styles)


@pytest.mark.parametrize("mark", ["> ", "- ", "[", "*", "`", "|", "![", "_a ", "**a", "<", "&", "~~", "[](", "1. "])
def test_no_amount_of_marks_stops_the_page(mark: str) -> None:
    """Bounded pieces keep the worst of markup from adding up."""
    assert lines_of(mark * 5000 + "\nx\n" + mark * 5000)
