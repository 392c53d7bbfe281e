"""The progress: a busy sign in words, with the seconds it has been busy."""

from __future__ import annotations

import time

from textual.content import Content

from genesys_tui.tui.widgets.line import Line

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_STILL = "●"


class Progress(Line):
    """Hidden while nothing is under way. Where nothing may move, only the seconds change."""

    DEFAULT_CSS = """
    Progress { display: none; padding: 0 1; color: $text-warning; &.-busy { display: block; } }
    """

    def on_mount(self) -> None:
        """Tick only while busy."""
        still = getattr(self.app, "still", False)
        self._frames = _STILL if still else _FRAMES
        self._ticker = self.set_interval(1.0 if still else 0.1, self._tick, pause=True)

    def begin(self, words: str, key: str) -> None:
        """Something is under way, which that key stops."""
        self._words, self._key, self._began = words, key, time.monotonic()
        self.set_class(True, "-busy")
        self._tick()
        self._ticker.resume()

    def end(self) -> None:
        """It is over."""
        self._ticker.pause()
        self.set_class(False, "-busy")

    def _tick(self) -> None:
        spent = time.monotonic() - self._began
        frame = self._frames[int(spent * 10) % len(self._frames)]
        self.show(Content.assemble((f"{frame} ", "bold"), f"{self._words} … {spent:.0f} s — {self._key} stops"))
