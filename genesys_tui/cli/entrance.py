"""The entrance: one profile's sign-in in a running app; what it holds can be changed while calls are made."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

from genesys_tui.cli.wiring import make_store, open_ledger
from genesys_tui.connection import make_gateway, make_tokens, wants_key
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.signin.door import Workplace
from genesys_tui.tui.signin.messages import KeyringAnswered, KeyringWaits, SignInNeeded, Told

if TYPE_CHECKING:
    from textual.message import Message

    from genesys_tui.audit.ledger import Ledger
    from genesys_tui.auth import SecretStore, SignIn
    from genesys_tui.auth.api_key import ApiKey
    from genesys_tui.cli.admission import Admission, Attempt
    from genesys_tui.config import Settings
    from genesys_tui.errors import GenesysError
    from genesys_tui.tui.mailbox import Mailbox
    from genesys_tui.tui.signin.form import Form, GcForm

T = TypeVar("T")

_CREDENTIALS = (
    *("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET", "GENESYS_CLIENT_SECRET_FILE"),
    *("GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET", "GENESYSCLOUD_ACCESS_TOKEN"),
)


class Entrance:
    """The door of an app, and the tokens of its gateway. Any thread may call any method."""

    def __init__(self, settings: Settings, held: ExitStack, environ: Mapping[str, str] = os.environ) -> None:
        """Touch nothing yet. ``held`` lets go of what is opened when the app ends."""
        self.settings = settings
        self._held = held
        self._environ = environ
        self._lock = threading.Lock()
        self._sign_in: SignIn | ApiKey | None = None
        self._store: SecretStore | None = None
        self._ledger: Ledger | None = None
        self._demo: Workplace | None = None
        self._deliver: Mailbox | None = None
        self._waiting = False
        held.callback(self._change, None)

    def listen(self, deliver: Mailbox) -> None:
        """Send news there from here on."""
        self._deliver = deliver

    # The gateway's tokens.

    def token(self) -> str:
        """The bearer value. Raises SignInError."""
        return self._patiently(self._current().token)

    def renew(self, rejected: str) -> str:
        """Another one. Raises SignInError."""
        return self._patiently(lambda: self._current().renew(rejected))

    # The desk.

    def open_desk(self) -> Desk:
        """What the screen works with, on the profile's gateway. Raises GenesysError."""
        self._current()
        with self._lock:
            if self._ledger is None:
                self._ledger = self._held.enter_context(open_ledger(self.settings, lambda _: None))
        gateway = make_gateway(self.settings, make_store(self.settings, lambda _: None), self)
        return Desk(
            gateway, self._ledger, lambda: self._current().start(self._started), self._token_age, self._known_secrets
        )

    # The door.

    @property
    def by_key(self) -> str:
        """How a profile without OAuth client signs in, in a sentence; empty for any other."""
        if not wants_key(self.settings):
            return ""
        return "This profile's gateway wants an API key: run `genesys-tui login --api-key` and start again."

    def keeper(self, *, again: bool = False) -> str:
        """The name of the keyring. Raises SecretStoreError."""
        store = self._secrets()
        if again:
            store.retry()
        return self._patiently(store.describe)

    def attempt(self, form: Form) -> Attempt:
        """A try that has not begun."""
        from genesys_tui.cli.admission import Attempt

        return Attempt(self.settings, form)

    def enter(self, admission: Admission) -> Workplace:
        """Work with these credentials from here on; they are in memory only."""
        self.settings = admission.settings
        self._change(admission.sign_in)
        return Workplace(self.settings, self.open_desk)

    def keep(self, admission: Admission) -> str:
        """Put credentials and place where the next start finds them. Says where. Raises GenesysError."""
        from genesys_tui.auth import save_credentials

        admission.write_place()
        store = self._secrets()
        self._patiently(lambda: save_credentials(store, admission.credentials))
        kept = f"Kept in {store.describe()}, for the profile {self.settings.name}."
        return f"{kept} {self._overridden(admission)}".strip()

    def gc_forms(self) -> Sequence[GcForm]:
        """The profiles of the gc command line, the most fitting first. Raises ConfigurationError."""
        from genesys_tui.auth.gc_cli import best_first, gc_file, read_gc_profiles
        from genesys_tui.tui.signin.form import Form, GcForm

        found = read_gc_profiles(gc_file()).usable
        return [
            GcForm(each.name, Form(each.region, "", each.credentials.client_id, each.credentials.client_secret))
            for each in best_first(found, self.settings.name)
        ]

    def demo(self) -> Workplace:
        """The embedded gateway, started at the first time. Raises GenesysError."""
        from genesys_tui.cli.app import demo_workplace

        if self._demo is None:
            self._demo = demo_workplace(self.settings, self._held)
        return self._demo

    def sign_out(self) -> str:
        """Forget the credentials, in memory and in the keyring. Says what was done. Raises SecretStoreError."""
        from genesys_tui.auth import forget_credentials

        self._change(None)
        store = self._secrets()
        gone = self._patiently(lambda: forget_credentials(store))
        said = "Signed out: taken out of the keyring." if gone else "Signed out: the keyring held nothing."
        if variable := self._variable():
            said += f" {variable} is still set, and is what the next call signs in with. Unset it, and start again."
        return said

    def _current(self) -> SignIn | ApiKey:
        store = self._secrets()
        with self._lock:
            if self._sign_in is None:
                self._sign_in = make_tokens(self.settings, store)
            return self._sign_in

    def _change(self, sign_in: SignIn | None) -> None:
        with self._lock:
            before, self._sign_in = self._sign_in, sign_in
        if before is not None:
            before.close()

    def _secrets(self) -> SecretStore:
        with self._lock:
            if self._store is None:
                self._store = make_store(self.settings, self._wait)
            return self._store

    def _wait(self, words: str) -> None:
        self._waiting = True
        self._tell(KeyringWaits(words))

    def _token_age(self) -> float | None:
        """Seconds since the token at hand was issued."""
        sign_in = self._sign_in
        age = sign_in.identity.age(datetime.now(timezone.utc)) if sign_in and sign_in.identity else None
        return None if age is None else age.total_seconds()

    def _known_secrets(self) -> tuple[str, ...]:
        from genesys_tui.cli.secrets import known_secrets

        sign_in = self._sign_in
        at_hand = (sign_in.identity.bearer,) if sign_in and sign_in.identity else ()
        return (*at_hand, *known_secrets(self.settings, self._secrets(), self._environ))

    def _answered(self) -> None:
        if self._waiting:
            self._waiting = False
            self._tell(KeyringAnswered())

    def _started(self, problem: GenesysError | None) -> None:
        from genesys_tui.errors import CredentialsMissing, SecretStoreError

        self._answered()
        if problem and self.by_key:
            self._tell(Told(problem.message, "warning"))
        elif isinstance(problem, (CredentialsMissing, SecretStoreError)):
            # Half a pair of variables wants to be explained; that nothing is there yet does not.
            self._tell(SignInNeeded(problem.message if self._variable() else ""))

    def _patiently(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        finally:
            self._answered()

    def _tell(self, news: Message) -> None:
        if self._deliver is not None:
            self._deliver(news)

    def _variable(self) -> str:
        """The first variable that holds credentials; empty where none does."""
        return next((name for name in _CREDENTIALS if self._environ.get(name)), "")

    def _overridden(self, admission: Admission) -> str:
        said = []
        if variable := self._variable():
            said.append(f"{variable} is set and goes before the keyring at the next start.")
        origin = self.settings.origins.get("region", "")
        if origin.startswith("environment") and admission.moved:
            said.append(f"The region of the next start is that of the {origin}.")
        return " ".join(said)
