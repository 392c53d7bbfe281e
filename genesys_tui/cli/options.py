"""Options that several commands share: the profile, and everything a profile can say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from genesys_tui.dialect import DIALECT_NAMES

F = TypeVar("F", bound=Callable[..., Any])

_SETTINGS = (
    click.option("--region", help="Region: an AWS name such as eu-west-1, or a Genesys Cloud domain."),
    click.option("--base-url", help="Where the gateway is, if not at the region's API host."),
    click.option("--endpoint", help="The gateway's path, if not the dialect's own."),
    click.option("--dialect", type=click.Choice(DIALECT_NAMES), help="How the gateway talks."),
    click.option("--content-mode", type=click.Choice(["delta", "cumulative"]), help="What a chunk's content is."),
    click.option("--model", help="The model to ask."),
    click.option("--system", help="A system prompt."),
    click.option("--max-tokens", type=int, help="The longest reply, in tokens."),
    click.option("--temperature", type=float, help="0 to 2."),
    click.option("--stop", multiple=True, help="A sequence that ends the reply; may be given several times."),
    click.option("--min-tokens-per-chunk", type=int),
    click.option("--max-tokens-per-chunk", type=int),
    click.option("--flush-interval-ms", type=int, help="Milliseconds after which a chunk is sent as it is."),
    click.option("--max-stream-duration", type=float, help="Seconds a stream may take."),
    click.option("--inactivity-timeout", type=float, help="Seconds a stream may be silent."),
    click.option("--retries", type=int, help="Attempts after the first, before anything has arrived."),
)


def profile_option(command: F) -> F:
    """``--profile``, also where it stands before the command."""
    return click.option(
        "--profile",
        default=lambda: click.get_current_context().find_root().obj,
        show_default=False,
        help="The profile to use.",
    )(command)


def setting_options(command: F) -> F:
    """An option for every setting of a profile that a single call may want changed."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


def given(flags: dict[str, Any]) -> dict[str, Any]:
    """The settings that were given on the command line."""
    return {name: value for name, value in flags.items() if value is not None and value != ()}
