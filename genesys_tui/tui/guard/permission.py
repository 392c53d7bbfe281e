"""Permission: asked for once, before the first call that reaches production; refused to read-only profiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from genesys_tui.errors import ConfigurationError
from genesys_tui.guard import must_ask, require_sending
from genesys_tui.sanitize import sanitized
from genesys_tui.tui.guard.question import ProductionQuestion

if TYPE_CHECKING:
    from genesys_tui.config import Settings
    from genesys_tui.tui.conversations.screen import ConversationScreen


def permitted(
    screen: ConversationScreen, settings: Settings, go: Callable[[], object], kept: Callable[[], object], rest: str
) -> bool:
    """Whether the call may be made at once.

    Where it is asked about first, ``go`` is called after a yes and ``kept`` after a no, with a sentence that ends in
    ``rest``; where it is refused, or another is asked about, ``kept``.
    """
    try:
        require_sending(settings)
    except ConfigurationError as error:
        kept()
        screen.notify(sanitized(error.message), title="Read-only", severity="warning", timeout=10, markup=False)
        return False
    if screen.confirmed or not must_ask(settings):
        return True

    def answered(yes: bool | None) -> None:
        if yes:
            screen.confirmed = True
            go()
        else:
            kept()
            screen.notify(f"Nothing was sent. {rest}".rstrip(), severity="information", markup=False)

    if any(isinstance(each, ProductionQuestion) for each in screen.app.screen_stack):
        kept()
    else:
        screen.app.push_screen(ProductionQuestion(settings), answered)
    return False
