"""`models`: what the gateway lists."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from genesys_tui.cli.options import given, profile_option
from genesys_tui.cli.streams import narrate, write
from genesys_tui.dialect import DIALECT_NAMES


@click.command()
@profile_option
@click.option("--base-url", help="Where the gateway is.")
@click.option("--dialect", type=click.Choice(DIALECT_NAMES), help="How the gateway talks.")
def models(profile: str | None, **flags: Any) -> None:
    """List the models of the profile's gateway, a name a line; where it has no list, those of the profile."""
    from genesys_tui.cli.wiring import make_store
    from genesys_tui.config import load_settings
    from genesys_tui.connection import make_gateway, make_tokens
    from genesys_tui.sanitize import sanitized_line

    settings = load_settings(given(flags), profile=profile)
    store = make_store(settings)
    with closing(make_tokens(settings, store)) as tokens:
        names = make_gateway(settings, store, tokens).models()
    if not names:
        own = "Those of the profile's setting `models`:" if settings.profile.models else "Neither does the profile."
        narrate(f"The gateway lists no models. {own}")
    for name in names or settings.profile.models:
        write(f"{sanitized_line(name)}\n")
