"""Blocks: long pasted texts, each standing in the prompt as one short label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from genesys_tui.sanitize import sanitized
from genesys_tui.tui.health.amounts import size

PASTED_LINES = 50
PASTED_BYTES = 8 * 1024
"""A paste above either becomes a block."""

EDITABLE = 200_000
"""Characters up to which a text is put into the editor as it is."""

_LABEL = re.compile(r"\[pasted [^\[\]\n]{1,60}\]")


class Blocks:
    """What the labels in a prompt stand for. A label, once given, keeps its meaning."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def pasted(self, text: str) -> str:
        """What a paste puts into the editor: itself, made harmless, or the label of its block."""
        # Terminals send a pasted line break as a carriage return.
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if text.count("\n") >= PASTED_LINES or _size(text) > PASTED_BYTES:
            return self.label(text)
        return sanitized(text)

    def label(self, text: str) -> str:
        """Keep a text as a block."""
        lines = text.count("\n") + (not text.endswith("\n"))
        label = wanted = f"[pasted {lines:,} line{'s' * (lines != 1)} · {size(_size(text))}]"
        number = 1
        while self._texts.get(label, text) != text:
            number += 1
            label = f"{wanted[:-1]} · {number}]"
        self._texts[label] = text
        return label

    def know(self, blocks: Mapping[str, str]) -> None:
        """Take in labels that were given earlier."""
        self._texts.update(blocks)

    def used(self, text: str) -> dict[str, str]:
        """The blocks whose labels stand in this text."""
        return {label: self._texts[label] for label in _LABEL.findall(text) if label in self._texts}

    def expanded(self, text: str) -> str:
        """The text with every block in the place of its label."""
        return _LABEL.sub(lambda match: self._texts.get(match[0], match[0]), text)

    def folded(self, text: str) -> str:
        """The text with its blocks as labels, as it can be edited: nothing in it is too long for that, or harmful."""
        for label, block in sorted(self._texts.items(), key=lambda each: -len(each[1])):
            text = text.replace(block, label)
        if len(text) > EDITABLE:
            return self.label(self.expanded(text))
        if len(text) > PASTED_BYTES:
            text = "\n".join(line if len(line) <= PASTED_BYTES else self.label(line) for line in text.split("\n"))
        return sanitized(text)

    def unfolded(self, text: str) -> str:
        """The text with its blocks in it, as far as it can still be edited."""
        for label, block in self.used(text).items():
            longest = max(map(len, block.split("\n")))
            if len(text) + len(block) <= EDITABLE and longest <= PASTED_BYTES:
                text = text.replace(label, sanitized(block))
        return text

    def spans(self, line: str) -> Iterator[tuple[int, int]]:
        """Where labels stand in a line."""
        if "[pasted " in line:
            for match in _LABEL.finditer(line):
                if match[0] in self._texts:
                    yield match.span()


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
