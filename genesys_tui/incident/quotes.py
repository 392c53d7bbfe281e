"""Quotes: prompts and replies that others quote, taken out of what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

SAID = "[what was said]"

SHORTEST = 12
"""Characters of a prompt or a reply that are looked for: less than that anybody may say."""

BEGINNING = 40
"""Characters by which a quote is known that was cut off."""


def without_quotes(text: str, said: Iterable[str]) -> str:
    """The text without these, whole or cut off behind their beginning; as they are, or as JSON writes them."""
    for quote in said:
        if len(quote) >= SHORTEST:
            for form in _forms(quote):
                text = _without(text, form)
    return text


def _without(text: str, quote: str) -> str:
    text = text.replace(quote, SAID)
    beginning = quote[:BEGINNING]
    while len(quote) > BEGINNING and (start := text.find(beginning)) >= 0:
        end = start + sum(1 for _ in _common(text[start : start + len(quote)], quote))
        text = text[:start] + SAID + text[end:]
    return text


def _common(one: str, other: str) -> Iterator[str]:
    for here, there in zip(one, other, strict=False):
        if here != there:
            return
        yield here


def _forms(quote: str) -> list[str]:
    """Others may quote it on one line, or what JSON made of it; and the bundle is JSON itself."""
    forms = {quote, " ".join(quote.split())}
    for _ in range(2):
        forms |= {json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in forms for ascii_only in (False, True)}
    forms |= {form.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") for form in forms}
    return sorted(forms, key=len, reverse=True)
