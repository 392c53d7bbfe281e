"""`demo`, and the embedded gateway, held open for the length of a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.options import profile_option
from genesys_tui.dialect import DIALECT_NAMES
from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from genesys_tui.config import Settings
    from genesys_tui.demo import DemoGateway


@click.command()
@click.option("--scenario", default="calm", show_default=True, help="See `genesys-tui gateway --help`.")
@click.option("--rate", type=click.FloatRange(0), default=60.0, show_default=True, help="Tokens per second.")
@click.option("--dialect", type=click.Choice(DIALECT_NAMES), help="How it is talked to; else as the profile says.")
@profile_option
def demo(scenario: str, rate: float, dialect: str | None, profile: str | None) -> int:
    """Open the app on the embedded gateway. Needs no credentials and no network."""
    from genesys_tui.cli.app import open_demo

    return open_demo(profile, scenario, rate, dialect)


@contextlib.contextmanager
def running_gateway(
    scenario: str, *, rate: float = 60.0, tokens: int | None = None, port: int = 0, replay: Path | None = None
) -> Iterator[DemoGateway]:
    """A gateway that serves as long as it is held. Raises ConfigurationError, naming what it cannot do."""
    from genesys_tui.demo import DemoGateway

    with contextlib.ExitStack() as held:
        try:
            gateway = DemoGateway(scenario, rate=rate, tokens=tokens, port=port, replay=replay)
        except OSError as error:
            raise ConfigurationError(f"The capture {replay} cannot be read: {error.strerror}.") from None
        except ValueError as error:
            what = f"The capture {replay} cannot be played" if replay else "scenario"
            raise ConfigurationError(f"{what}: {error}.") from None
        try:
            held.enter_context(gateway)
        except OSError as error:
            raise ConfigurationError(f"Port {port} cannot be used ({error.strerror}). Choose another one.") from None
        yield gateway


def leading_to(gateway: DemoGateway, settings: Settings) -> Settings:
    """The settings, but for where calls go; they are recorded under a profile of their own."""
    there = replace(settings.profile, base_url=gateway.url, endpoint="", production=False, read_only=False)
    if settings.origins.get("content_mode") != "command line" and gateway.scenario != "cumulative":
        there = replace(there, content_mode="delta")
    return replace(settings, name="demo", profile=there)
