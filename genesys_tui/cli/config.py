"""`config`: settings, where they live and where each one comes from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.options import profile_option
from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.auth.gc_cli import GcProfile

_PASSWORD = re.compile("(?:[^/]*//)?[^/@:]*:(?!//)[^@]+@")
"""In a proxy's address."""

_NOT_HERE = (
    "A password on a command line is seen by others and kept by the shell. Put the proxy with its password into the "
    "file that `genesys-tui config path` names, or into HTTPS_PROXY."
)


@click.group()
def config() -> None:
    """Settings: defaults < config.toml < environment < command line."""


@config.command()
def path() -> None:
    """Print where config.toml is, or would be."""
    from genesys_tui.home import Home

    write(f"{Home.of().config_file}\n")


@config.command()
@profile_option
def show(profile: str | None) -> None:
    """Print the settings of a profile, and those of the app, as TOML, and where each one comes from."""
    from genesys_tui.config import Audit, Ui, load_settings

    settings = load_settings(profile=profile)
    write(f"[profiles.{settings.name}]\n")
    for name, value in vars(settings.profile).items():
        origin = settings.origins.get(name, "default")
        if name == "proxy":
            value = re.sub("^([^/]*//)?.*@", r"\1••••@", value)  # user and password
        write(_line(name, value, origin))
    file = str(settings.home.config_file)
    for title, table, default in (("ui", settings.ui, Ui()), ("audit", settings.audit, Audit())):
        write(f"\n[{title}]\n")
        for name, value in vars(table).items():
            write(_line(name, value, "default" if value == getattr(default, name) else file))
    if settings.keys:
        write("\n[keys]\n")
        for name, value in sorted(settings.keys.items()):
            write(_line(json.dumps(name), value, file))


def _line(name: str, value: object, origin: str) -> str:
    return f"{f'{name} = {json.dumps(value, ensure_ascii=False, default=str)}':48}  # {origin}\n"


@config.command()
def keys() -> None:
    """List the ids of all bindings with their keys, as the table [keys] of config.toml has them."""
    from genesys_tui.tui.keys import places

    listed = {binding.id: binding for place in places() for binding in place.bindings if binding.id}
    write("[keys]\n")
    for name, binding in sorted(listed.items()):
        write(f"{f'{json.dumps(name)} = {json.dumps(binding.key)}':48}  # {binding.description}\n")


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("setting")
@click.argument("value")
@profile_option
def set_setting(setting: str, value: str, profile: str | None) -> None:
    """Set one SETTING of a profile to VALUE in config.toml; makes the profile where there is none."""
    from genesys_tui.auth.regions import find_api_url
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings
    from genesys_tui.connection import make_endpoint
    from genesys_tui.errors import ConfigurationError
    from genesys_tui.gateway.payload import Message
    from genesys_tui.setting import require_setting, value_of, write_setting

    _refuse_others(setting)
    require_setting(setting)
    if setting == "proxy" and _PASSWORD.match(value):
        raise ConfigurationError(_NOT_HERE)
    settings = load_settings(profile=profile, may_be_new=True)
    # What no call could use is refused here, and not by every call from here on.
    changed = load_settings({setting: value_of(setting, value)}, profile=profile, may_be_new=True)
    changed.payload(Message(role="user", content="hello"))
    make_endpoint(changed, make_store(changed))
    find_api_url(changed.profile.region)
    write_setting(settings.home.config_file, settings.name, setting, value)
    narrate(f"{setting} is set for profile {settings.name} in {settings.home.config_file}.")


def _refuse_others(setting: str) -> None:
    """Raise ConfigurationError for a setting that is no profile's, which says where it stands."""
    from genesys_tui.config import Audit, Profile, Ui
    from genesys_tui.errors import ConfigurationError
    from genesys_tui.home import Home
    from genesys_tui.table import names

    if setting in names(Profile):
        return
    known = {f"{title}.{name}": title for title, kind in (("ui", Ui), ("audit", Audit)) for name in names(kind)}
    title = known.get(setting, "keys" if setting.startswith("keys.") else "")
    if title:
        raise ConfigurationError(
            f"{setting} belongs to no profile. Edit {Home.of().config_file}: it stands there under [{title}], as"
            f" `genesys-tui config {'keys' if title == 'keys' else 'show'}` prints it."
        )


@config.command("key-password")
@click.option("--forget", is_flag=True, help="Take it out of the keyring instead.")
@profile_option
def key_password(forget: bool, profile: str | None) -> None:
    """Put the password of the client certificate's key into the keyring.

    It is asked for without echo, or read from standard input where that is no terminal; config.toml never holds it.
    """
    from genesys_tui.cli.certificate import keep_password
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings

    settings = load_settings(profile=profile)
    store = make_store(settings)
    if forget:
        gone = store.delete("key-password")
        narrate("Taken out of the keyring." if gone else f"None was kept for profile {settings.name}.")
        return
    keep_password(settings, store)
    narrate(f"Kept in {store.describe()}, for profile {settings.name}.")


@config.command()
def profiles() -> None:
    """List the profiles; a star marks the one in use."""
    from genesys_tui.config import DEFAULT_PROFILE, load_settings, read_config

    settings = load_settings(may_be_new=True)
    names = {DEFAULT_PROFILE, *read_config(settings.home.config_file).get("profiles", {})}
    for name in sorted(names):
        write(f"{'*' if name == settings.name else ' '} {name}\n")


@config.command("import-gc")
@click.argument("gc_profile", required=False)
@profile_option
def import_gc(gc_profile: str | None, profile: str | None) -> None:
    """Put the credentials of a profile of the gc command line into the keyring, and its region into config.toml.

    Without GC_PROFILE: the one that is called as the profile here, else the only one there is.
    """
    from genesys_tui.auth import save_credentials
    from genesys_tui.auth.gc_cli import gc_file, read_gc_profiles
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings
    from genesys_tui.setting import write_setting

    settings = load_settings(profile=profile, may_be_new=True)
    found = read_gc_profiles(gc_file())
    for sentence in found.skipped:
        narrate(sentence)
    chosen = _chosen(found.usable, gc_profile, settings.name)
    store = make_store(settings)
    save_credentials(store, chosen.credentials)
    write_setting(settings.home.config_file, settings.name, "region", chosen.region)
    narrate(
        f"The credentials of gc's profile {chosen.name!r} are kept in {store.describe()}, for profile {settings.name} "
        f"in {chosen.region}. Try them with `genesys-tui status`."
    )


def _chosen(profiles: tuple[GcProfile, ...], wanted: str | None, own: str) -> GcProfile:
    from genesys_tui.errors import ConfigurationError

    fitting = [profile for profile in profiles if profile.name.lower() == (wanted or own).lower()]
    if not wanted and not fitting and len(profiles) == 1:
        fitting = list(profiles)
    if not fitting:
        names = ", ".join(sorted(profile.name for profile in profiles))
        raise ConfigurationError(f"Name the profile of gc to import: `config import-gc NAME`; there are: {names}.")
    return fitting[0]
