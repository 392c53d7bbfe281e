"""Vitals: how a running call is doing at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genesys_tui.tui.health.limits import UNLIMITED, Limits

if TYPE_CHECKING:
    from genesys_tui.metrics import Snapshot


@dataclass(frozen=True, slots=True)
class Vitals:
    """A call's figures, and what they are measured against."""

    figures: Snapshot
    limits: Limits = UNLIMITED
    stall_seconds: float = 2.0
    """Without a chunk for longer, an open stream counts as stalled."""

    retry_in: float | None = None
    """Seconds until the next attempt, while one is waited for."""

    @property
    def stalled(self) -> bool:
        """Whether no chunk has come for longer than the threshold."""
        return (self.figures.without_chunk_for or 0.0) > self.stall_seconds

    @property
    def begun(self) -> bool:
        """Whether any text has come."""
        return self.figures.time_to_first_token is not None
