"""Block structure: the lines of a Markdown source in, blocks out, as soon as each can no longer change.

CommonMark's own method: a line first goes through the containers that are open (quotes, list items), then may open
others, and what is left of it belongs to a leaf. A line is looked at once, so a reply costs the same however it is
nested and however long it grows.
"""

from __future__ import annotations

import re
from copy import copy

from genesys_tui.tui.transcript.blocks import Block, Kind
from genesys_tui.tui.transcript.columns import Columns, alignments, split_row
from genesys_tui.tui.transcript.containers import Container, behind_quote, frames_of, gap_between, untabbed
from genesys_tui.tui.transcript.leaves import Code, Paragraph, Table, tentative

_ITEM = re.compile(r"([-+*]|(\d{1,9})([.)]))(?=[ \t]|$)")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$")
_HASHES = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")


class Structure:
    """The blocks of a reply, as its lines arrive."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[Container] = []
        self._leaf: Paragraph | Code | Table | None = None
        self._blank = False
        self._count = 0
        self._last: list[Container] | None = None
        self._piece: Block | None = None
        self._tentative = False

    def tentative(self) -> Structure:
        """A copy without the finished blocks, to be given what is still arriving and thrown away."""
        twin = copy(self)
        twin.blocks = []
        twin._tentative = True
        twin._open = [copy(container) for container in self._open]
        twin._leaf = self._leaf and tentative(self._leaf)
        return twin

    def line(self, line: str) -> None:
        """Take a whole line, without its line feed."""
        rest, depth = self._matched(untabbed(line))
        inside = depth == len(self._open)
        leaf = self._leaf
        if inside and isinstance(leaf, Code) and self._into_code(leaf, rest):
            return
        rest, depth, opened = self._containers(rest, depth)
        inside = inside and not opened
        paragraph = self._leaf if isinstance(self._leaf, Paragraph) else None
        body = rest.lstrip(" ")
        indent = len(rest) - len(body)
        if not body.rstrip():
            self._blank_line(depth, opened)
        elif paragraph and inside and self._underlined(paragraph, rest):
            pass
        elif indent > 3 and not paragraph:
            self._begin(Code(indent=4), depth, rest)
        elif indent > 3 or not self._marked(body, indent, depth):
            self._text(body, depth, inside)

    def _text(self, body: str, depth: int, inside: bool) -> None:
        """Take what is left of a line as text: more of a paragraph or a table, or a paragraph's beginning."""
        if isinstance(self._leaf, Paragraph):
            self._leaf.lazy = not inside
            self._add(body)
        elif isinstance(self._leaf, Table) and inside:
            self._add(body)
        else:
            self._begin(Paragraph(), depth, body)

    def more(self, text: str) -> None:
        """Take more of the last line, which is being cut for its length."""
        if self._leaf is None:
            self._begin(Paragraph(), len(self._open), text)
        else:
            self._add(text, more=True)

    def finish(self) -> None:
        """Close everything that is open."""
        self._close_to(0)

    def _matched(self, rest: str) -> tuple[str, int]:
        """What is left of a line behind the open containers it goes on with, and how many they are."""
        for depth, container in enumerate(self._open):
            body = rest.lstrip(" ")
            indent = len(rest) - len(body)
            if container.sort == ">":
                if indent > 3 or not body.startswith(">"):
                    return rest, depth
                rest = behind_quote(body)
            elif indent < container.indent if body else container.empty:
                return rest, depth
            else:
                rest = rest[container.indent :]
        return rest, len(self._open)

    def _into_code(self, leaf: Code, rest: str) -> bool:
        """Whether the line belonged to the code that is open."""
        if leaf.fence and leaf.closed_by(rest):
            self._close_leaf()
        elif leaf.fence or rest.startswith("    ") or not rest.strip(" "):
            self._add(rest)
        else:
            return False
        return True

    def _containers(self, rest: str, depth: int) -> tuple[str, int, bool]:
        """Open the quotes and items that the line begins with."""
        opened = False
        while True:
            body = rest.lstrip(" ")
            indent = len(rest) - len(body)
            if indent > 3 or not body:
                return rest, depth, opened
            if body[0] == ">":
                self._open_container(depth, Container(">"))
                rest = behind_quote(body)
            elif (item := _ITEM.match(body)) and not self._no_item(item, body, opened or depth < len(self._open)):
                after = untabbed(body[item.end() :])
                spaces = len(after) - len(after.lstrip(" "))
                inner = 1 if spaces > 4 or not after.strip() else spaces
                container = Container(item[3] or item[1], int(item[2] or 0), indent + len(item[1]) + inner)
                self._open_container(depth, container)
                rest = after[inner:]
            else:
                return rest, depth, opened
            depth += 1
            opened = True

    def _no_item(self, item: re.Match[str], body: str, free: bool) -> bool:
        """Whether what looks like a list item is not one: a rule, an underline, or a paragraph's next line."""
        if _RULE.match(body):
            return True
        if free or not isinstance(self._leaf, Paragraph):
            return False
        return not body[item.end() :].strip() or item[2] not in (None, "1")

    def _open_container(self, depth: int, container: Container) -> None:
        before = self._open[depth] if depth < len(self._open) else None
        self._close_to(depth)
        self._count += 1
        container.order = container.group = self._count
        if before and before.sort == container.sort != ">":
            container.group = before.group
            container.number = before.number + 1
        for outer in self._open:
            outer.empty = False
        self._open.append(container)

    def _blank_line(self, depth: int, opened: bool) -> None:
        if depth < len(self._open):
            self._close_to(depth)
        elif not isinstance(self._leaf, Code):
            self._close_leaf()
        self._blank |= not opened

    def _underlined(self, paragraph: Paragraph, rest: str) -> bool:
        """Whether the line made a heading of the paragraph, or a table of its last line."""
        body = rest.lstrip(" ")
        if len(rest) - len(body) > 3:
            return False
        if match := _UNDERLINE.match(body):
            self._leaf = None
            self._emit("heading", "\n".join(paragraph.lines), paragraph.joined, "1" if match[1][0] == "=" else "2")
            return True
        aligns = alignments(body)
        header = paragraph.lines[-1]
        if aligns is None or paragraph.lazy or len(split_row(header)) != len(aligns):
            return False
        if len(paragraph.lines) > 1:
            self._emit("paragraph", "\n".join(paragraph.lines[:-1]), paragraph.joined)
        columns = Columns(aligns)
        self._leaf = Table(columns, [])
        self._add(header)
        return True

    def _marked(self, body: str, indent: int, depth: int) -> bool:
        """Whether the line was a heading, a rule or a fence's beginning."""
        if match := _HEADING.match(body):
            self._close_to(depth)
            self._emit("heading", _HASHES.sub("", match[2] or "").strip(), detail=str(len(match[1])))
        elif _RULE.match(body):
            self._close_to(depth)
            self._emit("rule", "")
        elif match := _FENCE.match(body):
            info = (match[2] if match[1] else match[4]).strip()
            self._begin(Code(info.split(" ")[0], match[1] or match[3], indent), depth, None)
        else:
            return False
        return True

    def _begin(self, leaf: Paragraph | Code | Table, depth: int, line: str | None) -> None:
        self._close_to(depth)
        for container in self._open:
            container.empty = False
        self._leaf = leaf
        if line is not None:
            self._add(line)

    def _add(self, line: str, more: bool = False) -> None:
        leaf = self._leaf
        if leaf is None:
            return
        leaf.add(line, more)
        while (piece := leaf.cut()) is not None:
            self._emit_leaf(leaf, piece)
            leaf.joined = True

    def _close_to(self, depth: int) -> None:
        """Close the leaf, and the containers deeper than this."""
        self._close_leaf()
        while len(self._open) > depth:
            if not self._open[-1].shown and self._open[-1].sort != ">":
                self._emit("paragraph", "")
            self._open.pop()

    def _close_leaf(self) -> None:
        leaf, self._leaf = self._leaf, None
        if leaf is None:
            return
        if isinstance(leaf, Paragraph):
            text = "\n".join(leaf.lines).rstrip()
        elif isinstance(leaf, Code):
            while leaf.lines and not leaf.fence and not leaf.lines[-1].strip():
                leaf.lines.pop()
                self._blank = True
            text = "\n".join(leaf.lines)
        else:
            text = "\n".join(leaf.rows)
            if not leaf.tentative:
                leaf.columns.settle()
        if text or not leaf.joined:
            self._emit_leaf(leaf, text)
        self._piece = None

    def _emit_leaf(self, leaf: Paragraph | Code | Table, text: str) -> None:
        if isinstance(leaf, Paragraph):
            self._emit("paragraph", text, leaf.joined)
        elif isinstance(leaf, Table):
            self._emit("table", text, leaf.joined, columns=leaf.columns)
        else:
            before = self._piece if leaf.joined else None
            self._piece = self._emit("code", text, leaf.joined, leaf.language, before=before)

    def _emit(
        self,
        kind: Kind,
        text: str,
        joined: bool = False,
        detail: str = "",
        *,
        columns: Columns | None = None,
        before: Block | None = None,
    ) -> Block:
        frames, text = frames_of(self._open, text, kind == "paragraph", joined)
        gap = -1 if joined else gap_between(self._last, self._open, self._blank)
        arriving = self._tentative and kind == "code"
        block = Block(kind, text, frames, gap, joined, detail, arriving, columns, before)
        self.blocks.append(block)
        self._blank = False
        self._last = [copy(container) for container in self._open]
        for container in self._open:
            container.shown, container.empty = True, False
        return block
