"""A setting: judged, and written to config.toml."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from genesys_tui.config import Profile, Ui, read_config
from genesys_tui.errors import ConfigurationError
from genesys_tui.table import Misfit, names, table
from genesys_tui.toml_file import changing

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def write_setting(file: Path, profile: str, setting: str, text: str) -> None:
    """Set one setting of a profile in the file, leaving the rest and its comments as they are.

    ``text`` is a TOML value, or a plain string. Raises ConfigurationError where the setting cannot take it.
    """
    import tomlkit

    require_setting(setting)
    value = value_of(setting, text)
    read_config(file)
    with changing(file) as document:
        table = document.setdefault("profiles", tomlkit.table(is_super_table=True)).setdefault(profile, tomlkit.table())
        table[setting] = value


def require_setting(name: str) -> None:
    """Raise ConfigurationError, which lists them, unless a profile has such a setting."""
    if name not in (known := names(Profile)):
        raise ConfigurationError(f"There is no setting {name!r}; there are: {', '.join(known)}.")


def value_of(setting: str, text: str) -> Any:
    """The text as the setting takes it: a TOML value, or a plain string. Raises ConfigurationError."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        value = text
    try:
        table(Profile, {setting: value})
    except Misfit as misfit:
        try:
            table(Profile, {setting: text})
        except Misfit:
            raise ConfigurationError(str(misfit)) from None
        return text
    return value


def write_ui(file: Path, setting: str, value: str | bool) -> None:
    """Set one setting of ``[ui]`` in the file, leaving the rest as it is. Raises ConfigurationError."""
    import tomlkit

    try:
        table(Ui, {setting: value})
    except Misfit as misfit:
        raise ConfigurationError(str(misfit)) from None
    read_config(file)
    with changing(file) as document:
        document.setdefault("ui", tomlkit.table())[setting] = value
