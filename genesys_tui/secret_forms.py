"""Secret forms: the ways in which others may write a secret that they quote."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters. A shorter secret would be found in anything."""

DOTS = "••••"
_SHORT = {'"': '\\\\"', "\\": "\\\\\\\\", "/": "\\\\/"}
"""By character, a pattern of its short escape in JSON."""


def dotted(text: str, secret: str) -> str:
    """The text, with dots for a secret in any of its forms."""
    for form in forms_of(secret):
        text = text.replace(form, DOTS)
    return escaped(secret).sub(DOTS, text) if "\\" in text and len(secret) >= SHORTEST else text


@lru_cache(maxsize=64)
def escaped(secret: str) -> re.Pattern[str]:
    """Finds it in JSON, whichever of its characters are escaped there: none need be, and each may."""
    return re.compile("".join(map(_character, secret)))


def _character(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    long = "".join(f"\\\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
    return f"(?:{'|'.join([re.escape(character), f'(?i:{long})', *_SHORT.get(character, '').split()])})"


@lru_cache(maxsize=64)
def forms_of(secret: str) -> tuple[str, ...]:
    """As it is, as URLs and as JSON write it, the longest first; none of a secret that is too short to look for."""
    if len(secret) < SHORTEST:
        return ()
    in_urls = {quote(secret, safe, errors="replace") for safe in ("", "/")}
    in_urls.add(quote_plus(secret, errors="replace"))
    in_urls |= {re.sub("%..", lambda found: found[0].lower(), form) for form in in_urls}
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True)}
    in_json |= {form.replace("/", "\\/") for form in in_json}
    # One form may be a part of another.
    return tuple(sorted({secret, *in_urls, *in_json}, key=len, reverse=True))
