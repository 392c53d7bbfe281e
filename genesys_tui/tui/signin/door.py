"""The door: what the screen needs of whoever signs people in. Only ``listen`` and ``enter`` return at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from genesys_tui.config import Settings
from genesys_tui.tui.desk import DemoSwitch, Desk
from genesys_tui.tui.mailbox import Mailbox

if TYPE_CHECKING:
    from genesys_tui.tui.signin.form import Form, GcForm


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the screen works: the settings, how its desk is opened, and the embedded gateway's switch if it is one."""

    settings: Settings
    open_desk: Callable[[], Desk]
    demo: DemoSwitch | None = None


class Admission(Protocol):
    """A sign-in that succeeded, not yet in use."""

    @property
    def welcome(self) -> str:
        """A sentence: who is signed in."""


class Attempt(Protocol):
    """One try to sign in."""

    @property
    def place(self) -> str:
        """Where, in words."""

    def run(self) -> Admission:
        """Sign in. Raises GenesysError, whose sentence says why not."""

    def cancel(self) -> None:
        """End ``run`` soon. Any thread may call this."""


class Door(Protocol):
    """Signs a profile in and out. Methods that touch keyring, network or files are for threads."""

    settings: Settings
    """Of the profile; the form begins with them."""

    def listen(self, deliver: Mailbox) -> None:
        """Send news there from here on: KeyringWaits, KeyringAnswered, SignInNeeded."""

    @property
    def by_key(self) -> str:
        """How a profile without OAuth client signs in, in a sentence; empty for any other."""

    def keeper(self, *, again: bool = False) -> str:
        """The name of the keyring; ``again`` looks for it afresh. Raises GenesysError."""

    def attempt(self, form: Form) -> Attempt:
        """A try that has not begun."""

    def enter(self, admission: Any) -> Workplace:
        """Work with these credentials from here on; they are in memory only."""

    def keep(self, admission: Any) -> str:
        """Put credentials and place where the next start finds them. Says where. Raises GenesysError."""

    def gc_forms(self) -> Sequence[GcForm]:
        """The profiles of the gc command line, the most fitting first. Raises GenesysError."""

    def demo(self) -> Workplace:
        """Start an embedded gateway. Raises GenesysError."""

    def sign_out(self) -> str:
        """Forget the credentials, in memory and in the keyring. Says what was done. Raises GenesysError."""
