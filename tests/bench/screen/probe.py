"""The real app, with a beat in its event loop that notes how late it comes. Not part of the app: run by measure.py.

usage: probe.py REPORT [markdown]

REPORT is written at the end: lags of the beat, in seconds, since the last SIGUSR1. With ``markdown`` the transcript is
Textual's own Markdown widget, fed through ``Markdown.get_stream``, as its terminal peers do it.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

BEAT = 0.01
"""Seconds."""


def use_markdown() -> None:
    """Put Textual's Markdown in the place of the transcript, before the screens are imported."""
    from textual.containers import VerticalScroll
    from textual.widgets import Markdown, Static
    from textual.widgets.markdown import MarkdownStream

    import genesys_tui.tui.transcript.transcript as module
    from genesys_tui.tui.transcript.said import Said

    class MarkdownTranscript(VerticalScroll):
        """What a call asks of the transcript, over a tree of widgets."""

        DEFAULT_CSS = "MarkdownTranscript { height: 1fr; }"
        _stream: MarkdownStream | None = None
        has_head = False

        def __init__(self) -> None:
            super().__init__()
            self.said: list[Said] = []

        def begin(self, shown: str, prompt: str = "") -> None:
            self.said.append(Said(prompt, 0))
            reply = Markdown()
            self.mount(Static(shown, markup=False), reply)
            self.anchor()
            self._stream = Markdown.get_stream(reply)

        def think(self, text: str) -> None:
            assert not text, "no reply here reasons"

        def append(self, text: str) -> None:
            assert self._stream is not None
            self.call_later(self._stream.write, text)

        def end(self, note: str, severity: str = "success") -> None:
            self.call_later(self._end, note, severity)

        def catch_up(self) -> None:
            pass

        async def _end(self, note: str, severity: str) -> None:
            if self._stream is not None:
                await self._stream.stop()
            await self.mount(Static(note, markup=False, classes=severity))

    module.Transcript = MarkdownTranscript  # type: ignore[misc,assignment]


class Beat:
    """Wakes every ``BEAT`` seconds and notes how much later it was."""

    def __init__(self) -> None:
        self.lags: list[float] = []

    async def run(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.lags.clear)
        while True:
            due = time.perf_counter() + BEAT
            await asyncio.sleep(BEAT)
            self.lags.append(time.perf_counter() - due)


def main() -> None:
    report, *sink = sys.argv[1:]
    if sink == ["markdown"]:
        use_markdown()
    from genesys_tui.cli.entrance import Entrance
    from genesys_tui.config import load_settings
    from genesys_tui.tui.app import GenesysApp

    class Probed(GenesysApp):
        def on_load(self) -> None:
            self.run_worker(beat.run())

    beat = Beat()
    settings = load_settings()
    with ExitStack() as held:
        entrance = Entrance(settings, held)
        Probed(entrance.open_desk, settings, door=entrance).run()
    Path(report).write_text(json.dumps(beat.lags))


if __name__ == "__main__":
    main()
