"""`genesys-tui` and `demo`: the app."""

from __future__ import annotations

import click

from genesys_tui.cli.options import profile_option


def open_app(profile: str | None) -> int:
    """Open the app on a profile."""
    raise NotImplementedError


@click.command()
@click.option("--scenario", default="calm", show_default=True, help="See `genesys-tui gateway --help`.")
@click.option("--rate", type=click.FloatRange(0), default=60.0, show_default=True, help="Tokens per second.")
@profile_option
def demo(scenario: str, rate: float, profile: str | None) -> int:
    """Open the app on the embedded gateway. Needs no credentials and no network."""
    raise NotImplementedError
