"""What markdown-it makes of a whole document, in the words of our blocks: the second opinion."""

from __future__ import annotations

from markdown_it import MarkdownIt

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.columns import split_row
from genesys_tui.tui.transcript.reply import Reply

Leaf = tuple[str, str, str]
"""A leaf's kind, the containers around it (`>` and `-`, outermost first) and its text."""


def blocks_of(source: str) -> list[Block]:
    reply = Reply()
    reply.feed(source)
    reply.finish()
    return reply.finished


def ours(source: str) -> list[Leaf]:
    leaves: list[Leaf] = []
    for block in blocks_of(source):
        around = "".join(">" if frame.quote else "-" for frame in block.frames)
        text = block.text
        if block.kind == "table":
            aligns = block.columns.aligns if block.columns else []
            rows = [[*split_row(row), *[""] * len(aligns)][: len(aligns)] for row in text.split("\n")]
            text = "\n".join("|".join(row) for row in rows)
        task = [frame.marker for frame in block.frames if frame.marker in ("☐", "☑")]
        if task:
            text = ("[ ] " if task[0] == "☐" else "[x] ") + text
        if block.joined:
            _, around, before = leaves.pop()
            text = f"{before}\n{text}"
        leaves.append((block.kind, around, plain(text)))
    return [leaf for leaf in leaves if leaf[2] or leaf[0] in ("rule", "code")]


def theirs(source: str) -> list[Leaf]:
    markdown = MarkdownIt("gfm-like", {"html": False, "linkify": False}).disable("reference")
    leaves: list[Leaf] = []
    around = ""
    rows: list[list[str]] = []
    kind = ""
    for token in markdown.parse(source):
        match token.type:
            case "blockquote_open":
                around += ">"
            case "list_item_open":
                around += "-"
            case "blockquote_close" | "list_item_close":
                around = around[:-1]
            case "heading_open":
                kind = "heading"
            case "paragraph_open":
                kind = "paragraph"
            case "table_open":
                kind, rows = "table", []
            case "tr_open":
                rows.append([])
            case "table_close":
                leaves.append(("table", around, plain("\n".join("|".join(row) for row in rows))))
            case "inline" if kind == "table":
                rows[-1].append(token.content)
            case "inline":
                leaves.append((kind, around, plain(token.content)))
            case "fence" | "code_block":
                leaves.append(("code", around, plain(token.content)))
            case "hr":
                leaves.append(("rule", around, ""))
    return [leaf for leaf in leaves if leaf[2] or leaf[0] in ("rule", "code")]


def plain(text: str) -> str:
    """The text without what differs in form only: spaces, and how a task is ticked."""
    return "\n".join(" ".join(line.split()) for line in text.replace("[X]", "[x]").split("\n")).strip()
