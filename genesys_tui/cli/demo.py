"""The embedded gateway, held open for the length of a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from genesys_tui.errors import ConfigurationError

if TYPE_CHECKING:
    from genesys_tui.config import Settings
    from genesys_tui.demo import DemoGateway


@contextlib.contextmanager
def embedded_gateway(
    settings: Settings, scenario: str, *, rate: float = 60.0, tokens: int | None = None, port: int = 0
) -> Iterator[tuple[DemoGateway, Settings]]:
    """A running gateway, and the settings that lead to it. Raises ConfigurationError."""
    gateway = new_gateway(scenario, rate=rate, tokens=tokens, port=port)
    try:
        gateway.__enter__()
    except OSError as error:
        raise ConfigurationError(f"Port {port} cannot be used ({error.strerror}). Choose another one.") from None
    try:
        profile = settings.profile.model_copy(update={"base_url": gateway.url, "endpoint": "", "dialect": "genesys"})
        yield gateway, replace(settings, name="demo", profile=profile)
    finally:
        gateway.__exit__(None, None, None)


def new_gateway(scenario: str, *, rate: float, tokens: int | None, port: int) -> DemoGateway:
    """A gateway that does not run yet. Raises ConfigurationError for an unknown scenario."""
    from genesys_tui.demo import DemoGateway

    try:
        return DemoGateway(scenario, rate=rate, tokens=tokens, port=port)
    except ValueError as error:
        raise ConfigurationError(f"scenario: {error}") from None
