"""Names that are nearest to one that does not exist."""

from __future__ import annotations

from collections.abc import Collection

MOST = 3


def nearest(name: str, known: Collection[str]) -> list[str]:
    """Those that it may have been meant to be, the likeliest first; at most ``MOST``."""
    from difflib import get_close_matches  # late: nearly every name is one that there is

    return get_close_matches(name, known, MOST)


def no_such_key(name: str, known: Collection[str]) -> str:
    """What is said of a key that is none: those that there are, the nearest first."""
    near = nearest(name, known)
    return f"there is no such key; there are: {', '.join([*near, *(each for each in known if each not in near)])}"
