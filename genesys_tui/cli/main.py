"""The program: the app where nothing else is asked for, else a command; and the exit code of either."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from genesys_tui.cli.exits import exit_code_of
from genesys_tui.cli.streams import OutputClosed, narrate, prepare_streams
from genesys_tui.errors import GenesysError


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and exit: see ``exits`` for the codes."""
    prepare_streams()
    code = _run(sys.argv[1:] if arguments is None else arguments)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # What is left is Python's own end, where another Ctrl+C would be answered with a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


def _run(arguments: Sequence[str]) -> int:
    try:
        return _command(arguments) if arguments else _app()
    except KeyboardInterrupt:
        narrate("Stopped.")
        return 130
    except OutputClosed as closed:
        if not str(closed):
            return 141  # as a shell reports a program that SIGPIPE ended
        narrate(f"genesys-tui: {closed}")
        return 1
    except GenesysError as error:
        narrate(f"genesys-tui: {error.message}")
        if error.correlation_id:
            narrate(f"Correlation id: {error.correlation_id}")
        return exit_code_of(error.kind)


def _app() -> int:
    from genesys_tui.cli.app import open_app  # here, not above: commands need no screen

    return open_app(None)


def _command(arguments: Sequence[str]) -> int:
    from genesys_tui.cli.root import run  # here, not above: the app's first frame needs no command line

    return run(arguments)
