"""`login`, `logout`, `status`: who am I, and where are my credentials kept."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.options import profile_option
from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.auth import Credentials, SignIn, Token
    from genesys_tui.config import Settings


@click.command()
@profile_option
@click.option("--region", help="Region of the OAuth client: an AWS name such as eu-west-1, or a domain. Is remembered.")
@click.option("--base-url", help="A gateway that serves sign-in as well, such as http://127.0.0.1:8765. Is remembered.")
@click.option("--client-id", help="Asked for where it is not given.")
@click.option("--api-key", is_flag=True, help="Keep an API key instead: for the dialect openai, which is remembered.")
@click.option("--no-check", is_flag=True, help="Keep the credentials without trying them.")
def login(
    profile: str | None, region: str | None, base_url: str | None, client_id: str | None, api_key: bool, no_check: bool
) -> None:
    """Try OAuth client credentials, or an API key, and put them into the keyring.

    The secret is asked for without echo, or read from standard input where that is no terminal; never given as an
    option, where other programs could see it.
    """
    from genesys_tui.auth import Credentials, save_credentials
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings
    from genesys_tui.setting import write_setting

    if api_key:
        if client_id or region:
            raise click.UsageError("--api-key goes with neither --client-id nor --region.")
        from genesys_tui.cli.key_login import keep_key

        keep_key(profile, base_url, _ask_secret("API key"), check=not no_check)
        return
    remembered = {"region": region, "base_url": base_url}
    settings = load_settings(remembered, profile=profile, may_be_new=True)
    credentials = Credentials.of(client_id or _ask_client_id(), _ask_secret(), "login")
    place = settings.sign_in_place
    store = make_store(settings)
    if not no_check:
        _try(credentials, place, settings)
    save_credentials(store, credentials)
    for name, value in remembered.items():
        if value is not None:
            write_setting(settings.home.config_file, settings.name, name, value)
    narrate(f"Kept in {store.describe()}, for profile {settings.name}.")


@click.command()
@profile_option
def logout(profile: str | None) -> None:
    """Take the profile's credentials, its access token and its API key out of the keyring."""
    from genesys_tui.auth import forget_credentials
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings

    settings = load_settings(profile=profile)
    gone = forget_credentials(make_store(settings))
    narrate("Taken out of the keyring." if gone else f"Nothing was kept for profile {settings.name}.")


@click.command()
@profile_option
def status(profile: str | None) -> None:
    """Say who is signed in, how old the token is, and where credentials and settings came from."""
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings
    from genesys_tui.connection import make_endpoint, make_sign_in, wants_key

    settings = load_settings(profile=profile)
    if wants_key(settings):
        from genesys_tui.cli.key_login import key_rows

        write("".join(f"{name:14}{value}\n" for name, value in key_rows(settings).items()))
        return
    store = make_store(settings)
    sign_in = make_sign_in(settings, store)
    try:
        token = sign_in.identify()
    finally:
        sign_in.close()
    rows = {
        "profile": settings.name,
        "sign-in": settings.sign_in_place,
        "gateway": make_endpoint(settings, store).url,
        "credentials": sign_in.credentials_source or "",
        **_identity_rows(token, sign_in),
    }
    write("".join(f"{name:14}{value}\n" for name, value in rows.items() if value))
    if sign_in.notice:
        narrate(sign_in.notice)


def _identity_rows(token: Token, sign_in: SignIn) -> dict[str, str]:
    now = datetime.now(timezone.utc)
    age = token.age(now)
    left = None if token.expires_at is None else token.expires_at - now
    times = [
        "" if age is None else f"{_about(age)} old",
        "" if left is None else f"expires in {_about(left)}",
        f"from {sign_in.origin}" if sign_in.origin else "",
    ]
    return {
        "organization": token.organization or "",
        "client": token.client_name or "",
        "scopes": ", ".join(token.scopes) or "none listed: the client's roles decide",
        "token": ", ".join(filter(None, times)),
        "identity": token.identity_problem or "",
    }


def _try(credentials: Credentials, place: str, settings: Settings) -> None:
    from genesys_tui.auth import SignIn
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.connection import make_network

    narrate("Signing in …")
    sign_in = SignIn(credentials, place, None, network=make_network(settings, make_store(settings)))
    try:
        token = sign_in.identify()
    finally:
        sign_in.close()
    who = " of ".join(filter(None, [token.client_name, token.organization]))
    narrate(f"Signed in as {who}." if who else f"Signed in. {token.identity_problem or ''}".rstrip())


def _ask_client_id() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("Give --client-id; standard input is for the secret.")
    answer: str = click.prompt("Client id", err=True)
    return answer


def _ask_secret(name: str = "Client secret") -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt(name, hide_input=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\r\n")


def _about(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
