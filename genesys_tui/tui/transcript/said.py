"""What was said, as it was sent and as it came: the source of what the transcript shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.leaves import Code, Table
from genesys_tui.tui.transcript.structure import Structure


@dataclass(slots=True)
class Said:
    """A prompt and what came of it, in however many calls. Nothing in it is cleaned: it is not for the screen."""

    prompt: str
    block: int
    """The first block that shows it."""
    parts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    """What the model reasoned; no part of the reply."""
    request_id: str = ""
    """Of the last of its calls; empty where there is none."""

    @property
    def reply(self) -> str:
        """The text of the reply, as Markdown."""
        if len(self.parts) > 1:
            self.parts[:] = ["".join(self.parts)]
        return "".join(self.parts)


def as_markdown(said: Sequence[Said]) -> str:
    """All of it, each under a heading."""
    parts = []
    for each in said:
        parts += [f"## Prompt\n\n{each.prompt.strip()}\n"] if each.prompt else []
        parts += [f"## Reply\n\n{each.reply.strip()}\n"] if each.reply else []
    return "\n".join(parts)


def codes(source: str) -> list[str]:
    """The code blocks of a reply, as they were written: with their tabs, without what they stand in."""
    whole = _Whole()
    for line in source.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n").split("\n"):
        whole.line(line)
    whole.finish()
    return [block.text for block in whole.blocks if block.kind == "code"]


def code(said: Sequence[Said], blocks: Sequence[Block], start: int, end: int) -> str:
    """The source of the code that these blocks show; what they show, where that cannot be told."""
    call = max((call for call in said if call.block <= start), key=lambda call: call.block)
    behind = min((other.block for other in said if other.block > start), default=len(blocks))
    starts = [n for n in range(call.block, behind) if blocks[n].kind == "code" and not blocks[n].joined]
    sources = codes(call.reply)
    if len(sources) == len(starts):
        return sources[starts.index(start)]
    return "\n".join(block.text for block in blocks[start:end])


class _Whole(Structure):
    """Blocks that are not cut, however long they are, and code as it was written."""

    def line(self, line: str) -> None:
        """Take a whole line. One within a fence keeps its tabs, where they are the fence's own."""
        leaf = self._leaf
        indent = sum(container.indent for container in self._open)
        outside = line[:indent].strip(" ") or any(container.sort == ">" for container in self._open)
        if isinstance(leaf, Code) and leaf.fence and not outside and "\t" in line and not leaf.closed_by(line[indent:]):
            self._add(line[indent:])
        else:
            super().line(line)

    def _add(self, line: str, more: bool = False) -> None:
        if isinstance(self._leaf, Table):
            self._leaf.rows.append(line)  # nobody asks how wide its columns are
        elif self._leaf is not None:
            self._leaf.add(line, more)
