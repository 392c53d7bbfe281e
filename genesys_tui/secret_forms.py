"""Secret forms: the ways in which others may write a secret that they quote."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters. A shorter secret would be found in anything."""


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
