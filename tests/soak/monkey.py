"""The monkey: what a hand types, clicks and drags that knows every key and no reason."""

from __future__ import annotations

import random

from genesys_tui.demo import SCENARIOS
from genesys_tui.demo.hostility import HOSTILE_TEXTS

_CSI, _SS3 = "\x1b[", "\x1bO"
_FUNCTION = [_SS3 + letter for letter in "PQRS"] + [f"{_CSI}{number}~" for number in (15, 17, 18, 19, 20)]
_ARROWS = [_CSI + letter for letter in "ABCDHF"] + [f"{_CSI}{number}~" for number in (2, 3, 5, 6)]
_SHIFTED = [f"{_CSI}1;{which}{letter}" for which in "25" for letter in "ABCD"] + [_CSI + "Z"]
_CONTROL = [chr(number) for number in range(1, 27) if chr(number) not in "\x11\x1a"]  # not ctrl+q, ctrl+z: they leave

KEYS = (
    *_FUNCTION,
    *_ARROWS,
    *_SHIFTED,
    *_CONTROL,
    "\x1b",
    "\x1b",
    "\x1b",
    "\r",
    "\t",
    " ",
    *"yYnNcpsfxXvgtrdo/[]1234567",
)
"""Every key that something is bound to, and some that nothing is."""

PROMPTS = (
    "a table",
    "code",
    "hello",
    "a haiku",
    "## why\n\n- one\n- two",
    "say something long",
    "x" * 400,
    "ä 🧹 مرحبا",
)
DAYS = tuple(name for name in SCENARIOS if name not in ("silent", "burst", "huge"))
RARE = ("silent", "burst", "huge", "rate-limited:1", "unavailable:2", "expired-token:1")


class Monkey:
    """Chooses, by a seed, what comes next."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def prompt(self) -> str:
        """To the chat, with whatever prompt, and off with it."""
        return f"\x1b{_SS3}Q{self.chance.choice(PROMPTS)}\r".replace("\n", "\x0a")

    def keys(self) -> str:
        return "".join(self.chance.choice(KEYS) for _ in range(self.chance.choice((1, 1, 2, 5))))

    def letters(self) -> str:
        return "".join(self.chance.choice("abc defg, hij-öß🧹\t") for _ in range(self.chance.randrange(1, 12)))

    def paste(self) -> str:
        return f"{_CSI}200~{self.chance.choice(HOSTILE_TEXTS)}{_CSI}201~"

    def mouse(self, columns: int, lines: int) -> str:
        """A click, or a turn of the wheel."""
        button = self.chance.choice((0, 0, 2, 64, 65))
        place = f"{button};{self.chance.randint(1, columns)};{self.chance.randint(1, lines)}"
        return f"{_CSI}<{place}M{_CSI}<{place}m"

    def size(self) -> tuple[int, int]:
        return self.chance.choice(((120, 40), (80, 24), (200, 60), (40, 10), (20, 5), (100, 30), (1, 1)))

    def day(self) -> str:
        return self.chance.choice(RARE if self.chance.random() < 0.15 else DAYS)
