"""Filters: which calls are wanted."""

from __future__ import annotations

from typing import NamedTuple


class Filter(NamedTuple):
    """Which calls are wanted. None and empty ask for nothing."""

    since: str | None = None
    """ISO 8601, inclusive. What names no zone is UTC."""

    until: str | None = None
    """ISO 8601, exclusive."""

    model: str | None = None
    """May hold ``*``."""

    status: str | None = None
    conversation_id: str | None = None
    search: str | None = None
    """Part of a prompt, a reply, or a recorded error, in capitals or not."""

    stop_reason: str | None = None
    """May hold ``*``."""

    profile: str | None = None
    """May hold ``*``."""

    min_tokens: int | None = None
    """No fewer tokens than this."""

    kind: str | None = None
    """``probe`` for the calls that probes made, ``call`` for all others."""


EVERYTHING = Filter()
