"""Exporting: calls on their way to a file, how far they have got, and how they are stopped."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.message import Message

from genesys_tui.audit.filters import Filter
from genesys_tui.audit.rows import Interrupted
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.history.columns import MUTED
from genesys_tui.tui.history.messages import Done, Refused
from genesys_tui.tui.mailbox import Mailbox, aside
from genesys_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Ledger

TICK = 0.1
"""Seconds between two looks at how far it is."""

GOODBYE = 2.0
"""Seconds that quitting waits for what was begun to be taken away again."""

_BAR = 24


class Export:
    """Calls of a filter, written to a file on a thread: JSON lines or CSV, by its name. Stopped, it leaves no file."""

    def __init__(self, ledger: Ledger, wanted: Filter, file: Path, *, force: bool) -> None:
        self.file = file
        self.behind = (0, 0)
        """How many events of how many; no event of none until that is known."""
        self.outcome = ""
        """What became of it, in a sentence; empty while that is open."""
        self._ledger, self._wanted, self._force = ledger.path, wanted, force
        self._stopped = threading.Event()
        self._over = threading.Event()

    def start(self, deliver: Mailbox) -> None:
        """Begin; Done or Refused follows."""
        aside(self._run, deliver)

    def stop(self) -> None:
        """Give it up. Any thread may call this."""
        self._stopped.set()

    def join(self, seconds: float) -> None:
        """Wait this long for its end."""
        self._over.wait(seconds)

    @property
    def stopping(self) -> bool:
        """Whether it was given up."""
        return self._stopped.is_set()

    def _run(self) -> Message:
        try:
            self.outcome = f"Written to {self.file}: {self._write()}. Only you can read it."
        except Interrupted as stopped:
            self.outcome = stopped.message
        except GenesysError as error:
            self.outcome = error.message
            return Refused("export", error)
        finally:
            self._over.set()
        return Done(self.outcome, is_export=True)

    def _write(self) -> str:
        """Returns how many calls these are, in words."""
        from genesys_tui.audit.export import export_file, how_many
        from genesys_tui.audit.jsonl import jsonl
        from genesys_tui.audit.spreadsheet import csv_lines

        form = csv_lines if self.file.suffix.lower() == ".csv" else jsonl
        path, file, wanted, force = self._ledger, self.file, self._wanted, self._force
        return how_many(
            export_file(path, file, form, wanted, force=force, tell=self._tell, go_on=lambda: not self.stopping)
        )

    def _tell(self, events: int, of: int) -> None:
        self.behind = events, of


class Exporting(Line):
    """How far an export is; hidden while there is none."""

    DEFAULT_CSS = """
    Exporting { display: none; padding: 0 1; background: $surface; &.-busy { display: block; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self.export: Export | None = None
        """The one under way."""

    def on_mount(self) -> None:
        """Tick only while there is one."""
        self._ticker = self.set_interval(TICK, self._tick, pause=True)

    def on_unmount(self) -> None:
        """Leave no part of a file behind, and say to who quits what became of it."""
        if self.export:
            self.export.stop()
            self.export.join(GOODBYE)
            if self.export.outcome and self.app.return_code is not None:
                self.app._exit_renderables.append(Text(sanitized_line(self.export.outcome)))

    def begin(self, export: Export, key: str, deliver: Mailbox) -> None:
        """Start it, and follow it. ``key`` stops it."""
        self.export, self._key = export, key
        self.add_class("-busy")
        self._tick()
        self._ticker.resume()
        export.start(deliver)

    def end(self) -> None:
        """It is over."""
        self.export = None
        self._ticker.pause()
        self.remove_class("-busy")

    def _tick(self) -> None:
        if self.export:
            self.show(_content(self.export, self._key))


def _content(export: Export, key: str) -> Content:
    name = sanitized_line(export.file.name)
    if export.stopping:
        return Content.assemble(("Stopping ", "bold"), name)
    events, of = export.behind
    full = events * _BAR // of if of else 0
    bar = [("█" * full, "$text-success"), ("░" * (_BAR - full), MUTED)]
    done = f"  {events * 100 // of if of else 0:3} %"
    return Content.assemble(("Exporting ", "bold"), f"{name}  ", *bar, done, (f"  {key} stops it", MUTED))
