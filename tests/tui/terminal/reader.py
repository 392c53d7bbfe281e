"""A strict reader of what a program writes to its terminal: text, known sequences, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<csi>[<=>?]?[0-9;:]*[ $]?[@-~])"
    r"|\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|[PX^_](?P<string>[^\x1b]*)\x1b\\"
    r"|(?P<other>.)"
    r")",
    re.DOTALL,
)
_KNOWN = re.compile(
    r"[0-9;:]*m"  # colours and the like
    r"|[0-9]+;[0-9]+H"  # the cursor's place
    r"|\?[0-9;]+[hl]"  # modes
    r"|>[0-9]+u|<u"  # the keyboard
    r"|\?2026\$p"  # a question about synchronised output
    r"|\?2048\$p"
)
_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
COLOURS = frozenset([*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)])


@dataclass
class Reading:
    """What was read."""

    text: str = ""
    """Without sequences."""

    controls: list[str] = field(default_factory=list)
    """CSI sequences, without their beginning."""

    commands: list[str] = field(default_factory=list)
    """OSC sequences, without beginning and end."""

    strangers: list[str] = field(default_factory=list)
    """What is none of those: other sequences, control characters, what steers a reader's eye."""

    @property
    def colours(self) -> set[int]:
        """The colours that were set."""
        graphics = [control[:-1] for control in self.controls if control.endswith("m")]
        return {int(number) for each in graphics for number in re.split("[;:]", each) if number} & COLOURS


def read(output: bytes) -> Reading:
    """Read all of it. Bytes that are no UTF-8 are strangers, too."""
    reading, texts, place = Reading(), [], 0
    try:
        told = output.decode("utf-8")
    except UnicodeDecodeError as error:
        reading.strangers.append(f"no UTF-8: {output[error.start - 20 : error.end + 20]!r}")
        told = output.decode("utf-8", "replace")
    for match in _SEQUENCE.finditer(told):
        texts.append(told[place : match.start()])
        place = match.end()
        if (control := match["csi"]) and _KNOWN.fullmatch(control):
            reading.controls.append(control)
        elif match["osc"] is not None:
            reading.commands.append(match["osc"])
        else:
            reading.strangers.append(repr(match.group()))
    texts.append(told[place:])
    reading.text = "".join(texts)
    for found in _STEERING.finditer(reading.text):
        reading.strangers.append(repr(reading.text[max(0, found.start() - 20) : found.end() + 20]))
    return reading
