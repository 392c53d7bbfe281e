"""The real app, but for a bug: crashing.py loop|thread."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from genesys_tui.cli.app import _exit_code, demo_workplace
from genesys_tui.config import load_settings
from genesys_tui.tui.app import GenesysApp
from genesys_tui.tui.mailbox import aside, mailbox_of


def crash() -> None:
    token = os.environ["SECRET"]
    headers = {"Authorization": f"Bearer {token}"}
    raise RuntimeError(f"a bug with {len(headers)} headers")


class Crashing(GenesysApp):
    def on_desk_opened(self) -> None:
        if sys.argv[1] == "thread":
            aside(crash, mailbox_of(self))
        else:
            crash()


if __name__ == "__main__":
    with ExitStack() as held:
        place = demo_workplace(load_settings(), held)
        sys.exit(_exit_code(Crashing(place.open_desk, place.settings, place.demo)))
