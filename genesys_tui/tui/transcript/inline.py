"""Inline Markdown: text in, runs of one look each out."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len

from genesys_tui.sanitize import sanitized

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Run: TypeAlias = tuple[str, tuple[str, ...]]
"""Some text and the names of its looks, as the palette knows them. A line feed in it is a hard break."""

_MARKUP = re.compile(r"[*_`~\[\]!<>&\\]|//|mailto:|  \n").search
_LOOKS = {"strong": "strong", "em": "emphasis", "s": "struck", "link": "link"}


@cache
def _markdown() -> MarkdownIt:
    """The parser: its HTML is text, and only whole addresses become links."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("gfm-like", {"html": False})
    if markdown.linkify is not None:
        markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    return markdown


def runs(text: str) -> list[Run]:
    """The text's runs. Soft breaks are spaces, links end in their address, HTML is text."""
    if not _MARKUP(text):
        return [(text.replace("\n", " ").replace("\t", " "), ())]
    children = _markdown().parseInline(text, {})[0].children or []
    return list(_walked(children))


_CODE = re.compile(r"`[^`]*`")
_UNCLOSED = (
    (re.compile(r"(?<![\w*])\*(?=[^\s*])[^*]*$"), "*"),
    (re.compile(r"(?<![\w*])\*\*(?=[^\s*])(?:[^*]|\*(?!\*))*$"), "**"),
    (re.compile(r"~~(?=[^\s~])[^~]*$"), "~~"),
    (re.compile(r"\]\([^()\s]*$"), ")"),
)


def mended(text: str) -> str:
    """Text that is still arriving, with the code, emphasis or link it ends in closed, so that no marks flash."""
    text = text.rstrip("*`~")
    if text.count("`") % 2:
        return text + "`"
    text = text.rstrip()
    for pattern, mark in _UNCLOSED:
        prose = _CODE.sub("", text)
        odd = mark == ")" or (prose.count(mark) - (2 * prose.count("**") if mark == "*" else 0)) % 2
        if odd and pattern.search(prose):
            text += mark
    return text


def _walked(children: list[Token]) -> list[Run]:
    out: list[Run] = []
    looks: list[str] = []
    links: list[tuple[str, int]] = []
    for token in children:
        kind = token.type
        if kind == "softbreak":
            out.append((" ", tuple(looks)))
        elif kind == "hardbreak":
            out.append(("\n", ()))
        elif kind == "code_inline":
            out.append((_cleaned(token.content), (*looks, "inline-code")))
        elif kind == "image":
            out.append((_cleaned(f"[image: {token.content}] "), tuple(looks)))
            out.append((_cleaned(f"({token.attrs.get('src', '')})"), (*looks, "address")))
        elif token.nesting > 0:
            looks.append(_LOOKS.get(kind.removesuffix("_open"), ""))
            if kind == "link_open":
                links.append((str(token.attrs.get("href", "")), len(out)))
        elif token.nesting < 0:
            looks.pop()
            if kind == "link_close":
                out += _address(*links.pop(), out, looks)
        elif token.content:
            out.append((_cleaned(token.content), tuple(looks)))
    return out


def _address(href: str, start: int, out: list[Run], looks: list[str]) -> list[Run]:
    """Where a link leads, in words, unless its text says so already."""
    shown = "".join(text for text, _ in out[start:])
    if not href or shown == href or f"mailto:{shown}" == href or href.rstrip("/") == shown.rstrip("/"):
        return []
    return [(_cleaned(f" ({href})"), (*looks, "address"))]


def _cleaned(text: str) -> str:
    """What an entity or a decoded address may have brought back, cleaned again, on one line."""
    return sanitized(text).replace("\n", " ").replace("\t", " ")


@lru_cache(4096)
def cells_of(text: str) -> int:
    """The cells that inline Markdown takes on one line."""
    return sum(cell_len(part) for part, _ in runs(text))
