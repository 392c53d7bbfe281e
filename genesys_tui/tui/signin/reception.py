"""The reception: how the app brings people to the sign-in screen, and to work from there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from genesys_tui.config import Settings
from genesys_tui.sanitize import sanitized
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.manners import WellMannered
from genesys_tui.tui.messages import CallEnded
from genesys_tui.tui.naming import name_of
from genesys_tui.tui.prompt.prompt import Prompt
from genesys_tui.tui.signin import errands
from genesys_tui.tui.signin.door import Door, Workplace
from genesys_tui.tui.signin.messages import KeyringWaits, SignedOut, SignInNeeded, Told
from genesys_tui.tui.widgets.masthead import Masthead

if TYPE_CHECKING:
    from genesys_tui.tui.screens.chat import ChatScreen
    from genesys_tui.tui.signin.form import Form
    from genesys_tui.tui.signin.screen import Departure, SignInScreen

SIGN_IN_KEY = "f9"


class Receiving(WellMannered):
    """An app with a door. Without one, nobody can sign in or out here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(SIGN_IN_KEY, "sign_in", "Sign in", show=False, id="app.sign_in"),
    ]
    chat: ChatScreen

    def __init__(self, settings: Settings, door: Door | None, theme: str = "") -> None:
        super().__init__(settings, theme)
        self._door = door
        self._typed: Form | None = None
        self._sign_in_screen: SignInScreen | None = None

    def move(self, workplace: Workplace) -> None:
        """Work there from here on."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Hear the door's news."""
        if self._door:
            self._door.listen(mailbox_of(self))

    def on_keyring_waits(self, event: KeyringWaits) -> None:
        """Say in the masthead what is waited for."""
        self._note(event.words)

    def on_keyring_answered(self) -> None:
        """It is over."""
        self._note("")

    def on_sign_in_needed(self, event: SignInNeeded) -> None:
        """Open the door, but never under the fingers of somebody who is writing."""
        prompts = self.chat.query(Prompt)
        if not prompts:  # the app is being taken down
            return
        if any(prompt.text.strip() for prompt in prompts) or self.screen is not self.chat:
            self._offer("You are not signed in.")
        else:
            self.action_sign_in(event.why)

    def on_call_ended(self, event: CallEnded) -> None:
        """Offer to sign in where that was what a call lacked."""
        if event.record.error is not None and event.record.error.kind in ("sign_in", "keyring"):
            self._offer("The call was not made: there is no access token.")

    def on_told(self, event: Told) -> None:
        """Say it."""
        self.notify(sanitized(event.sentence), severity=event.severity, timeout=10, markup=False)

    def on_signed_out(self, event: SignedOut) -> None:
        """Say it, and offer the way back in."""
        self._typed = None
        self.action_sign_in(event.sentence)

    def action_sign_in(self, why: str = "") -> None:
        """Show the sign-in screen, or say why there is none."""
        from genesys_tui.tui.signin.screen import SignInScreen  # late: most starts need no sign-in

        if self._door and (sentence := self._door.by_key):
            self.on_told(Told(sentence))
        elif self._door and self.is_running and not self._at_the_door:
            self.switch_mode("chat")
            self._sign_in_screen = SignInScreen(self._door, why, self._typed)
            self.push_screen(self._sign_in_screen, self._leave)

    def action_sign_out(self) -> None:
        """Forget the credentials."""
        if self._door:
            aside(partial(errands.sign_out, self._door), mailbox_of(self))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette, with the door in it."""
        yield from super().get_system_commands(screen)
        if self._door:
            yield SystemCommand("Sign in…", "With the credentials of an OAuth client", self.action_sign_in)
            yield SystemCommand("Sign out", "Forget the credentials, in the keyring too", self.action_sign_out)

    @property
    def _at_the_door(self) -> bool:
        return self.screen is self._sign_in_screen

    def _note(self, words: str) -> None:
        for masthead in self.chat.query(Masthead):
            masthead.notice = words

    def _offer(self, sentence: str) -> None:
        if self._door and not self._at_the_door:
            key = name_of(self, "app.sign_in")
            how = self._door.by_key or f"Press {key} to sign in, or choose “Sign in…” in the palette."
            self.notify(f"{sentence} {how}", severity="warning", timeout=12, markup=False)

    def _leave(self, departure: Departure | None) -> None:
        assert self._door is not None
        if departure is None:
            return
        self._typed = departure.typed  # nothing, where it was used
        if departure.workplace:
            self.move(departure.workplace)
        elif departure.admission:
            self.move(self._door.enter(departure.admission))
            self.on_told(Told(departure.admission.welcome))
            aside(partial(errands.keep, self._door, departure.admission), mailbox_of(self))
