"""`config`: settings, where they live and where each one comes from."""

from __future__ import annotations

import json

import click

from genesys_tui.cli.options import profile_option
from genesys_tui.cli.streams import narrate, write


@click.group()
def config() -> None:
    """Settings: defaults < config.toml < environment < command line."""


@config.command()
def path() -> None:
    """Print where config.toml is, or would be."""
    from genesys_tui.config import Home

    write(f"{Home.of().config_file}\n")


@config.command()
@profile_option
def show(profile: str | None) -> None:
    """Print the settings of a profile, as TOML, and where each one comes from."""
    from genesys_tui.config import load_settings

    settings = load_settings(profile=profile)
    write(f"[profiles.{settings.name}]\n")
    for name, value in settings.profile.model_dump(mode="json").items():
        origin = settings.origins.get(name, "default")
        write(f"{f'{name} = {json.dumps(value, ensure_ascii=False)}':48}  # {origin}\n")


@config.command("set")
@click.argument("setting")
@click.argument("value")
@profile_option
def set_setting(setting: str, value: str, profile: str | None) -> None:
    """Set one SETTING of a profile to VALUE in config.toml; makes the profile where there is none."""
    from genesys_tui.config import load_settings, write_setting

    settings = load_settings(profile=profile, may_be_new=True)
    write_setting(settings.home.config_file, settings.name, setting, value)
    narrate(f"{setting} is set for profile {settings.name} in {settings.home.config_file}.")


@config.command()
def profiles() -> None:
    """List the profiles; a star marks the one in use."""
    from genesys_tui.config import DEFAULT_PROFILE, load_settings, read_config

    settings = load_settings()
    names = {DEFAULT_PROFILE, *read_config(settings.home.config_file).get("profiles", {})}
    for name in sorted(names):
        write(f"{'*' if name == settings.name else ' '} {name}\n")
