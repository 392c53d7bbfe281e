"""Defaults: what a payload says where nothing else is asked for. They stand alone, so that settings need no more."""

from __future__ import annotations

STOP = ("<|endoftext|>",)
"""The app's stop sequences. The mission's pair also holds a blank line, which ends most Markdown after a paragraph."""

MAX_TOKENS = 2048
TEMPERATURE = 0.7
MIN_TOKENS_PER_CHUNK = 1
MAX_TOKENS_PER_CHUNK = 16
FLUSH_INTERVAL_MS = 50
MAX_STREAM_DURATION = 120.0
"""Seconds."""

INACTIVITY_TIMEOUT = 30.0
"""Seconds."""
