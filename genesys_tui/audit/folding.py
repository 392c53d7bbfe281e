"""Folding: what of a text is searched, and how it stands in the index of words."""

from __future__ import annotations

import json

from genesys_tui.audit.damage import UNREADABLE


def folded(texts: dict[str, str | bytes]) -> str:
    """An event's texts as the index has them, but for those that cannot be read."""
    return "\n".join(filter(None, (_searched(part, texts[part]) for part in sorted(texts))))


def _searched(part: str, body: str | bytes) -> str:
    try:
        return searched(part, body)
    except UNREADABLE:
        return ""


def searched(part: str, body: str | bytes) -> str:
    """What of a text is searched, folded: contents of messages, replies, and the error's message."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if part == "prompt":
        text = "\n".join(message["content"] for message in json.loads(text))
    elif part == "said":
        text = json.loads(text).get("error", "")
    return text.casefold().encode("utf-8", "replace").decode()
