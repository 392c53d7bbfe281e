"""Messages of signing in: what its threads tell the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from genesys_tui.tui.signin.door import Admission, Attempt, Workplace
    from genesys_tui.tui.signin.form import GcForm


class KeyringWaits(Message):
    """The keyring is taking its time."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__()


class KeyringAnswered(Message):
    """It no longer is, or is no longer waited for."""


class SignInNeeded(Message):
    """There are no credentials to begin with."""

    def __init__(self, why: str) -> None:
        self.why = why
        """A sentence; empty where there is nothing to explain."""
        super().__init__()


class KeeperFound(Message):
    """Where credentials would be kept."""

    def __init__(self, words: str, *, trouble: bool = False) -> None:
        self.words = words
        self.trouble = trouble
        super().__init__()


class Admitted(Message):
    """The sign-in succeeded."""

    def __init__(self, attempt: Attempt, admission: Admission) -> None:
        self.attempt = attempt
        self.admission = admission
        super().__init__()


class TurnedAway(Message):
    """Something asked of the door could not be done."""

    def __init__(self, why: str, attempt: Attempt | None = None) -> None:
        self.why = why
        self.attempt = attempt
        """The try that failed, where it was one."""
        super().__init__()


class GcRead(Message):
    """The profiles of the gc command line were read."""

    def __init__(self, forms: Sequence[GcForm]) -> None:
        self.forms = forms
        super().__init__()


class WorkplaceReady(Message):
    """The embedded gateway runs."""

    def __init__(self, workplace: Workplace) -> None:
        self.workplace = workplace
        super().__init__()


class Told(Message):
    """A sentence for the operator."""

    def __init__(self, sentence: str, severity: SeverityLevel = "information") -> None:
        self.sentence = sentence
        self.severity = severity
        super().__init__()


class SignedOut(Told):
    """The credentials are forgotten."""
