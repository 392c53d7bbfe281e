"""The walk through earlier prompts, with the draft at its foot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable


class Walk:
    """Earlier prompts, the newest first, each once.

    ``shown`` is what the editor holds at the time. What was altered on the way is found again at its place.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        """``fold`` makes a prompt fit for the editor."""
        self._fold = fold
        self.prompts: list[str] = []
        self._place = 0
        self._original = ""
        self._altered: dict[int, str] = {}
        self.loaded = False
        """Whether prompts of earlier times are among them."""

    @property
    def place(self) -> int:
        """0 for the draft, 1 for the newest prompt."""
        return self._place

    def place_of(self, shown: str) -> int:
        """The place of what is shown; 0 where it has been emptied, or is another text by now."""
        return self._place if shown == self._original else 0

    def load(self, prompts: Iterable[str]) -> None:
        """Take in the prompts of earlier times, the newest first. To be done at the foot."""
        self.prompts = list(dict.fromkeys(prompt for prompt in (*self.prompts, *prompts) if prompt.strip()))
        self.loaded = True

    def forget(self, erased: Collection[str], shown: str) -> str:
        """Drop these; those of earlier times are to be read anew, as other calls may have asked the same.

        Returns what the editor holds from here on. What was written over one of them goes to the draft.
        """
        written = self._written(shown)
        kept = [0, *(place for place, prompt in enumerate(self.prompts, 1) if prompt not in erased)]
        draft = _joined({place: text for place, text in written.items() if place not in kept[1:]})
        self._altered = {new: written[old] for new, old in enumerate(kept) if old in written}
        self._altered |= {0: draft} if draft else {}
        self.prompts = [self.prompts[place - 1] for place in kept[1:]]
        self.loaded = False
        if self._place in kept[1:]:
            self._place = kept.index(self._place)
            return shown
        self._place, self._original = 0, ""
        return draft

    def go(self, place: int, shown: str) -> str:
        """What stands at a place."""
        self._altered = self._written(shown)
        self._place = place
        self._original = self._fold(self.prompts[place - 1]) if place else ""
        return self._altered.get(place, self._original)

    def asked(self, prompt: str) -> str:
        """The prompt of this place goes out. Returns what was written at others: the draft of the next walk."""
        left = _joined(self._elsewhere())
        if prompt in self.prompts:
            self.prompts.remove(prompt)
        self.prompts.insert(0, prompt)
        self._leave_off()
        return left

    def unsent(self, shown: str) -> str:
        """All that was written and not asked."""
        return _joined(self._written(shown))

    def _written(self, shown: str) -> dict[int, str]:
        is_altered = bool(shown.strip()) and shown != self._original
        return self._elsewhere() | ({self._place: shown} if is_altered else {})

    def _elsewhere(self) -> dict[int, str]:
        return {place: text for place, text in self._altered.items() if place != self._place}

    def _leave_off(self) -> None:
        self._place, self._original, self._altered = 0, "", {}


def _joined(written: dict[int, str]) -> str:
    return "\n\n".join(text for _, text in sorted(written.items(), reverse=True))
