"""The looking screen: looks at the ledger while it is shown, and has keys wait for the calls they are for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import getters

from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.tui.aiming import Settling
from genesys_tui.tui.history.filter_line import FilterLine

if TYPE_CHECKING:
    from genesys_tui.tui.app import GenesysApp
    from genesys_tui.tui.desk import Desk

LOOK = 1.0
"""Seconds between two looks at how far the ledger has got."""


class LookingScreen(Settling):
    """Calls ``_look`` again and again; who reads the calls of a filter says so with ``settle_for``."""

    filter_line = getters.query_one(FilterLine)

    def __init__(self, desk: Callable[[], Desk | None]) -> None:
        super().__init__()
        self._desk = desk
        self._settled: Filter | None = None  # the filter whose calls keys wait for no longer

    def on_mount(self) -> None:
        """Look, while this screen is the one shown."""
        self._ticker = self.set_interval(LOOK, self._look, pause=True)

    def on_screen_resume(self) -> None:
        """Read on."""
        self._ticker.resume()
        self._look()

    def on_screen_suspend(self) -> None:
        """Nobody looks."""
        self._ticker.pause()

    @property
    def settling(self) -> bool:
        """Whether the first calls, or those of the filter that was left, are still to be read."""
        if self._settled is None:
            return self._desk() is not None
        return self._settled != self.filter_line.wanted and self.focused is not self.filter_line

    def settle(self) -> None:
        """Keys do what they can without."""
        self.settle_for(EVERYTHING if self._settled is None else self.filter_line.wanted)

    def settle_for(self, wanted: Filter) -> None:
        """The calls of this filter are there."""
        if self._settled != wanted:
            self._settled = wanted
            self.app.call_later(cast("GenesysApp", self.app).settled)

    def _look(self) -> None:
        """Read what is new."""
