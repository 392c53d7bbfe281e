"""The keeper: writes drafts down on a thread of its own, the last one winning."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from textual.message import Message

from genesys_tui.tui.mailbox import Mailbox
from genesys_tui.tui.prompt.drafts import Draft, Drafts

PATIENCE = 2.0
"""Seconds that quitting waits for the last one."""


class DraftFound(Message):
    """What was left of another time, now this app's own."""

    def __init__(self, draft: Draft, others: int, elsewhere: Sequence[str] = ()) -> None:
        self.draft = draft
        self.others = others
        """How many drafts wait for other starts."""
        self.elsewhere = elsewhere
        """The other profiles for which drafts wait."""
        super().__init__()


class DraftNotKept(Message):
    """The draft cannot be written down."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class Keeper:
    """Begins with what was left of another time; until that is ``received``, it is written before all others."""

    def __init__(self, root: Path, deliver: Mailbox, profile: str = "") -> None:
        self._drafts = Drafts(root, profile)
        self._deliver = deliver
        self._wake = threading.Condition()  # of everything below
        self._found = Draft()
        self._latest: Draft | None = None
        self._closing = False
        self._complained = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="genesys-tui-drafts")

    def start(self) -> None:
        """Look for what was left, unless it was started before; a DraftFound follows in any case."""
        if self._thread.ident is None:
            self._thread.start()

    def answer(self, deliver: Mailbox, profile: str = "") -> None:
        """Tell another one from here on; the draft is for its profile."""
        self._deliver = deliver
        self._drafts.profile = profile

    def received(self) -> None:
        """What was found is part of the drafts to come."""
        with self._wake:
            self._found = Draft()

    def keep(self, draft: Draft) -> None:
        """Write it down, soon. Any thread may call this."""
        with self._wake:
            self._latest = draft
            self._wake.notify()

    def close(self, draft: Draft) -> None:
        """Write it down and let go."""
        with self._wake:
            self._latest, self._closing = draft, True
            self._wake.notify()
        self.start()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        others, elsewhere = 0, list[str]()
        try:
            found, others = self._drafts.adopt()
            with self._wake:
                self._found = found
            elsewhere = self._drafts.elsewhere()
        except OSError as error:
            self._deliver(DraftNotKept(_reason(error)))
        self._deliver(DraftFound(self._found, others, elsewhere))
        while (draft := self._next()) is not None:
            self._write(draft)
        self._drafts.close()

    def _write(self, draft: Draft) -> None:
        try:
            self._drafts.keep(draft)
        except OSError as error:
            if not self._complained:
                self._deliver(DraftNotKept(_reason(error)))
            self._complained = True

    def _next(self) -> Draft | None:
        with self._wake:
            self._wake.wait_for(lambda: self._latest is not None or self._closing)
            if self._latest is None:
                return None
            draft, self._latest = self._latest.after(self._found), None
            return draft


class Handover(NamedTuple):
    """What an editor leaves to the one that takes its place."""

    keeper: Keeper
    draft: Draft


def _reason(error: OSError) -> str:
    return f"The draft cannot be kept in {error.filename or 'the data folder'} ({error.strerror or error})."
