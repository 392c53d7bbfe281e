"""The credentials that the `gc` command line keeps: read from its file, never written there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from genesys_tui.auth.credentials import Credentials
from genesys_tui.auth.regions import find_region
from genesys_tui.errors import ConfigurationError, GenesysError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class GcProfile(NamedTuple):
    """One profile of `gc` that this app can sign in with."""

    name: str
    region: str
    """The AWS name."""

    credentials: Credentials


class GcProfiles(NamedTuple):
    """What was found in the file of `gc`."""

    usable: tuple[GcProfile, ...]
    skipped: tuple[str, ...]
    """A sentence for each profile that cannot be used here. None holds a secret."""


def gc_file() -> Path:
    """Where `gc` keeps its profiles."""
    return Path.home() / ".gc" / "config.toml"


def read_gc_profiles(file: Path) -> GcProfiles:
    """Read every profile that has client credentials.

    Raises:
        ConfigurationError: the file is not there, cannot be read, or holds no profile that can be used.
    """
    read = [_profile_or_reason(name, table, file) for name, table in _tables(file).items()]
    usable = tuple(each for each in read if isinstance(each, GcProfile))
    skipped = tuple(each for each in read if isinstance(each, str))
    if not usable:
        why = " ".join(skipped) or "There is no profile in it."
        raise ConfigurationError(f"Nothing can be imported from {file}. {why}")
    return GcProfiles(usable, skipped)


def best_first(profiles: tuple[GcProfile, ...], wanted: str) -> tuple[GcProfile, ...]:
    """The profiles, the one of that name before the others, whatever its case: `gc` calls its first one DEFAULT."""
    return tuple(sorted(profiles, key=lambda profile: profile.name.lower() != wanted.lower()))


def _tables(file: Path) -> dict[str, Mapping[str, Any]]:
    try:
        with file.open("rb") as stream:
            content = tomllib.load(stream)
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no {file}: gc has no profiles on this machine. Type the client id and secret instead."
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read ({error.strerror}). Check its permissions.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Not what the parser said: it may quote a line, and with it a secret.
        raise ConfigurationError(f"{file} is not TOML. Repair it, or type the client id and secret.") from None
    return {name: table for name, table in content.items() if isinstance(table, dict)}


def _profile_or_reason(name: str, table: Mapping[str, Any], file: Path) -> GcProfile | str:
    try:
        return _profile(name, table, file)
    except GenesysError as error:
        return f"The profile {name!r} of gc cannot be used. {error.message}"


def _profile(name: str, table: Mapping[str, Any], file: Path) -> GcProfile:
    fields = {key: table.get(key) or "" for key in ("environment", "client_credentials", "client_secret")}
    if not all(isinstance(value, str) for value in fields.values()):
        raise ConfigurationError("Its settings are not text.")
    if not (fields["client_credentials"] and fields["client_secret"]):
        raise ConfigurationError("It has no client id and secret, so it signs in some other way.")
    credentials = Credentials.of(fields["client_credentials"], fields["client_secret"], f"file {file}")
    return GcProfile(name, find_region(fields["environment"] or "us-east-1").name, credentials)
