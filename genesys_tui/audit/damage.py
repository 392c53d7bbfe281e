"""Damage: what reading an event raises that somebody tampered with."""

from __future__ import annotations

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
