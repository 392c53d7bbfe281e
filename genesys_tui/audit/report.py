"""Reports: what verification came to, in a verdict, figures and sentences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Verdict(Enum):
    """What verification came to; its value is the exit code."""

    ANCHORED = 0
    UNANCHORED = 10
    DIVERGED = 30
    INVALID = 40
    UNREADABLE = 50

    @property
    def word(self) -> str:
        """As it is printed."""
        return f"VALID-{self.name}" if self.value <= 10 else self.name


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome."""

    verdict: Verdict
    sentences: tuple[str, ...]
    """What to say of it, the most important first."""

    events: int = 0
    calls: int = 0
    erased: int = 0
    checkpoints: int = 0
    signed: int = 0
    """Checkpoints whose signature by the key is good."""

    anchors: int = 0
    """Notes from elsewhere that were compared."""

    unanchored: int = 0
    """Events after the newest anchor."""

    first_bad: int | None = None
    ledger: str = ""
    """Its id."""

    head: str = ""

    def saying(self, *sentences: str) -> Report:
        """The same in other words."""
        return replace(self, sentences=sentences)

    @classmethod
    def unreadable(cls, sentence: str) -> Report:
        """Nothing could be checked."""
        return cls(Verdict.UNREADABLE, (sentence,))
