"""Errands at the door: each runs on a thread and comes back as a message."""

from __future__ import annotations

from textual.message import Message

from genesys_tui.errors import GenesysError
from genesys_tui.tui.signin.door import Admission, Attempt, Door
from genesys_tui.tui.signin.messages import (
    Admitted,
    GcRead,
    KeeperFound,
    SignedOut,
    Told,
    TurnedAway,
    WorkplaceReady,
)

WITHOUT = "You can sign in, until the app ends: the secret is then held in memory only."


def find_keeper(door: Door, *, again: bool = False) -> Message:
    """See where credentials would be kept, and what happens where they cannot."""
    try:
        name = door.keeper(again=again)
    except GenesysError as error:
        return KeeperFound(f"{WITHOUT} {error.message}", trouble=True)
    return KeeperFound(f"Will be kept in {name}, for the profile {door.settings.name}.")


def sign_in(attempt: Attempt) -> Message:
    """Try the credentials."""
    try:
        return Admitted(attempt, attempt.run())
    except GenesysError as error:
        return TurnedAway(error.message, attempt)


def keep(door: Door, admission: Admission) -> Message:
    """Put away what has been let in already."""
    try:
        return Told(door.keep(admission))
    except GenesysError as error:
        return Told(f"Not kept: the sign-in ends with the app. {error.message}", "warning")


def read_gc(door: Door) -> Message:
    """Read the profiles of the gc command line."""
    try:
        return GcRead(door.gc_forms())
    except GenesysError as error:
        return TurnedAway(error.message)


def open_demo(door: Door) -> Message:
    """Start the embedded gateway."""
    try:
        return WorkplaceReady(door.demo())
    except GenesysError as error:
        return TurnedAway(error.message)


def sign_out(door: Door) -> Message:
    """Forget the credentials."""
    try:
        return SignedOut(door.sign_out())
    except GenesysError as error:
        return Told(error.message, "warning")
