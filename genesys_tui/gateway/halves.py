"""Halves: a character beyond U+FFFF, whose two escapes of JSON came in two chunks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_HALF = re.compile(r"\\u[dD][89a-fA-F]")

Find = Callable[[Any], Any]
"""Finds, in a chunk's parsed JSON, the object whose ``content`` goes on from chunk to chunk. May raise LookupError."""


class Halves:
    """Puts such characters together again. Ask it only about JSON that was refused: others it need not see."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._first = ""

    def mended(self, text: str) -> str | None:
        """The JSON without halves: the second one is joined to the first, a first one waits, and any other becomes
        U+FFFD. None where it holds no half.
        """
        if not _HALF.search(text):
            return None
        try:
            fields = json.loads(text)
            self._join(self._find(fields))
        except (ValueError, RecursionError):
            return None
        except (LookupError, TypeError):
            pass  # no chunk, but there is JSON to be mended
        return json.dumps(fields, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def forget(self) -> None:
        """A chunk came in between: the half that waits is alone for good."""
        self._first = ""

    def _join(self, holder: Any) -> None:
        content = holder["content"]
        if not isinstance(content, str) or not content:
            return
        first, self._first = self._first, ""
        if "\udc00" <= content[0] <= "\udfff":
            content = first + content
        if "\ud800" <= content[-1] <= "\udbff":
            content, self._first = content[:-1], content[-1]
        holder["content"] = content
