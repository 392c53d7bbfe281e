"""The state: what a running call is doing, in a few words."""

from __future__ import annotations

import math

from genesys_tui.endings import seconds
from genesys_tui.tui.health.amounts import NEAR
from genesys_tui.tui.health.vitals import Vitals
from genesys_tui.tui.words import Severity


def state_of(vitals: Vitals) -> tuple[str, Severity]:
    """The words, at most 24 characters, and how much they want to be looked at."""
    now = vitals.figures
    if vitals.retry_in is not None:
        return f"trying again in {math.ceil(vitals.retry_in)} s", "warning"
    if not now.answered:
        return ("waiting for an answer" if now.attempts else "signing in"), "muted"
    limit = vitals.limits.inactivity
    if limit and (now.silent_for or 0.0) >= NEAR * limit:
        return f"gives up in {math.ceil(max(0.0, limit - (now.silent_for or 0.0)))} s", "error"
    if vitals.stalled:
        since = seconds(math.floor(now.without_chunk_for or 0.0), 0)
        return f"{'stalled' if now.chunks else 'slow start'} for {since}", "warning"
    return ("streaming", "success") if now.chunks else ("open, no chunk yet", "muted")
