"""What is said, as blocks: prompts, the reply that is open, and how each ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.transcript.blocks import Block, Severity
from genesys_tui.tui.transcript.reply import Reply
from genesys_tui.tui.transcript.said import Said

_PROMPT = 2000
"""Characters of a prompt to a block at most."""


class Conversation:
    """The blocks in order. All before `settled` are final."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.said: list[Said] = []
        self.heads = 0
        """How many blocks at the top say that there is more than this."""
        self._reply: Reply | None = None
        self._opened = 0  # the first block of the last reply's text
        self._start = 0
        self._taken = 0
        self._thinking = False  # there is reasoning, and no text yet

    @property
    def settled(self) -> int:
        """How many blocks will not change any more."""
        return self._start + self._taken

    def begin(self, prompt: str, source: str | None = None) -> None:
        """Show a prompt, and open its reply. ``source`` is the prompt as it was sent, where that is another text."""
        self._close()
        self.said.append(Said(prompt if source is None else source, len(self.blocks)))
        for number, piece in enumerate(_pieces(sanitized(prompt).strip("\n"))):
            gap = 0 if self.blocks and not number else -1
            self.blocks.append(Block("prompt", piece, gap=gap, joined=number > 0))
        self._open()

    def go_on(self, prompt: str, reply: str) -> None:
        """Open a reply again: what comes follows its text, in the place of what was said behind it.

        Where the last reply is another one, this one comes once more, below it.
        """
        self._close()
        last = self.said[-1] if self.said else None
        if last and last.prompt == prompt and last.reply.startswith(reply):
            last.parts.clear()
            del self.blocks[self._opened :]
            self._open()
        else:
            self.begin(prompt)
        self.append(reply)

    def think(self, text: str) -> None:
        """Add to what the model reasons for the open reply: a line above it, as long as nothing of it has come."""
        if self._reply is None:
            raise RuntimeError("reasoning without a call: begin() comes first")
        said = self.said[-1]
        self._thinking = self._thinking or not (said.thoughts or any(said.parts))
        said.thoughts.append(text)

    def append(self, text: str) -> None:
        """Add text to the open reply."""
        if self._reply is None:
            raise RuntimeError("text without a call: begin() comes first")
        if text:
            self._settle_thoughts()
        self.said[-1].parts.append(text)
        self._reply.feed(text)

    def replace(self, text: str) -> None:
        """Put this text in place of the open reply's."""
        if self._reply is None:
            raise RuntimeError("text without a call: begin() comes first")
        self._settle_thoughts()
        del self.blocks[self._start :]
        self._reply, self._taken = Reply(), 0
        self.said[-1].parts[:] = [text]
        self._reply.feed(text)

    def end(self, note: str, severity: Severity) -> None:
        """Close the open reply, with a line that says how it ended."""
        self._close()
        if note:
            self.blocks.append(Block("note", sanitized_line(note), gap=0, detail=severity))
        self._start, self._taken = len(self.blocks), 0

    def prepend(self, earlier: Conversation) -> int:
        """Put what was said earlier before all of this, in place of this one's head. How many blocks more there are."""
        earlier._close()
        rest = self.blocks[self.heads :]
        if rest and rest[0].gap < 0 and earlier.blocks:
            rest[0] = replace(rest[0], gap=0)
        more = len(earlier.blocks) - self.heads
        self.blocks[:] = earlier.blocks + rest
        self._start += more
        self._opened += more
        for said in self.said:
            said.block += more
        self.said[:0] = earlier.said
        self.heads = earlier.heads
        return more

    def head(self, note: str) -> None:
        """Say at the top of an empty page that there is more than this."""
        self.end(note, "muted")
        self.heads = len(self.blocks)

    def update(self) -> None:
        """Bring the open reply's blocks up to date."""
        if self._reply is None:
            return
        start = self.settled
        finished = self._reply.finished[self._taken :]
        self.blocks[start:] = [*self._thoughts(), *finished, *self._reply.arriving()]
        self._taken += len(finished)

    def _thoughts(self) -> list[Block]:
        if not self._thinking:
            return []
        thoughts = sum(map(len, self.said[-1].thoughts))
        return [Block("note", f"reasoning, {thoughts:,} characters", gap=0, detail="muted")]

    def _settle_thoughts(self) -> None:
        """The reply begins, or ends without text: the line above it is final."""
        if self._thinking:
            self.blocks[self._start :] = self._thoughts()
            self._start, self._thinking = self._start + 1, False

    def _open(self) -> None:
        self._reply, self._start, self._taken = Reply(), len(self.blocks), 0

    def _close(self) -> None:
        if self._reply is None:
            return
        self._settle_thoughts()
        self._opened = self._start
        self._reply.finish()
        self.blocks[self._start + self._taken :] = self._reply.finished[self._taken :]
        self._reply = None
        self._start, self._taken = len(self.blocks), 0


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that end with a line if they can, else with a word."""
    while len(text) > _PROMPT:
        end = max(text.rfind("\n", _PROMPT // 2, _PROMPT), 0) or max(text.rfind(" ", _PROMPT // 2, _PROMPT), 0)
        yield text[: end or _PROMPT]
        text = text[end + 1 if end else _PROMPT :]
    if text:
        yield text
