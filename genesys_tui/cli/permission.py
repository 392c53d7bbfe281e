"""Permission: asked for before calls that reach production, refused to profiles that are for looking only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genesys_tui.cli.streams import narrate

if TYPE_CHECKING:
    from genesys_tui.config import Settings

F = TypeVar("F", bound=Callable[..., Any])


def yes_option(command: F) -> F:
    """``--yes``: the answer, given beforehand."""
    return click.option("--yes", is_flag=True, help="Call a production profile without being asked.")(command)


def require_permission(settings: Settings, *, yes: bool) -> None:
    """Return where the profile's calls may be made; a production profile's once that is confirmed.

    Raises ConfigurationError where nothing may be sent, or nobody can be asked; click.Abort for a no.
    """
    from genesys_tui.errors import ConfigurationError
    from genesys_tui.guard import must_ask, reaches, require_sending

    require_sending(settings)
    if yes or not must_ask(settings):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigurationError(
            f"The profile {settings.name} is marked as production, and there is no terminal to ask at. "
            "Add --yes to make the call."
        )
    narrate("▲ PRODUCTION: " + " · ".join(f"{name} {value}" for name, value in reaches(settings).items()))
    if not click.confirm("Call it?", default=False, err=True):
        narrate("Nothing was sent.")
        raise click.Abort
