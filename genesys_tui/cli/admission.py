"""An attempt to sign in, made of a form; and the admission it ends in."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from genesys_tui.auth import Credentials, SignIn, find_region
from genesys_tui.cli.wiring import make_store
from genesys_tui.config import Profile, Settings
from genesys_tui.connection import make_endpoint, make_network
from genesys_tui.errors import ConfigurationError, GenesysError, SignInError
from genesys_tui.setting import write_setting
from genesys_tui.table import Misfit, table
from genesys_tui.tui.signin.form import Form


@dataclass(frozen=True, slots=True)
class Admission:
    """A sign-in that succeeded, not yet in use."""

    settings: Settings
    """The profile's, led to the place that was signed in to."""

    credentials: Credentials
    sign_in: SignIn
    """Holds the token."""

    moved: bool
    """Whether the place is another one than before."""

    welcome: str

    def write_place(self) -> None:
        """Remember the place in config.toml, where it is another one. Raises ConfigurationError."""
        if not self.moved:
            return
        file, profile = self.settings.home.config_file, self.settings.profile
        for name in ("region", "base_url"):
            write_setting(file, self.settings.name, name, getattr(profile, name))


class Attempt:
    """One try to sign in with what was typed into a form."""

    def __init__(self, settings: Settings, form: Form) -> None:
        self._settings = settings
        self._form = form
        self._lock = threading.Lock()
        self._sign_in: SignIn | None = None
        self._cancelled = False

    @property
    def place(self) -> str:
        """Where, in words."""
        if host := urlsplit(self._form.base_url.strip()).hostname:
            return host
        try:
            region = find_region(self._form.region)
        except GenesysError:
            return self._form.region
        return f"{region.name} ({region.domain})"

    def run(self) -> Admission:
        """Sign in, without keyring. Raises GenesysError, whose sentence says why not."""
        settings = self._moved()
        credentials = Credentials.of(self._form.client_id, self._form.client_secret, "form")
        store = make_store(settings)
        make_endpoint(settings, store)  # Raises where the gateway's address cannot be used.
        sign_in = SignIn(credentials, settings.sign_in_place, None, network=make_network(settings, store))
        with self._lock:
            if self._cancelled:
                raise SignInError("Signing in was stopped.")
            self._sign_in = sign_in
        token = sign_in.identify()
        who = " of ".join(filter(None, [token.client_name, token.organization]))
        welcome = f"Signed in as {who}." if who else f"Signed in. {token.identity_problem or ''}".rstrip()
        return Admission(settings, credentials, sign_in, settings.profile != self._settings.profile, welcome)

    def cancel(self) -> None:
        """End ``run`` soon. Any thread may call this."""
        with self._lock:
            self._cancelled = True
            sign_in = self._sign_in
        if sign_in is not None:
            sign_in.close()

    def _moved(self) -> Settings:
        where = {"region": self._form.region, "base_url": self._form.base_url.strip()}
        try:
            profile = table(Profile, {**vars(self._settings.profile), **where})
        except Misfit as misfit:
            raise ConfigurationError(str(misfit)) from None
        return replace(self._settings, profile=profile)
