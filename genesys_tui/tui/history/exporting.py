"""Exporting: calls on their way to a file, how far they have got, and how they are stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.errors import GenesysError, LedgerError
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
_NO_CALL = '{"event":'
"""How a line begins that tells of the ledger itself."""


class Stopped(LedgerError):
    """An export that nobody wants any more."""


class Export:
    """Calls of a filter, written to a file on a thread: JSON lines or CSV, by its name. Stopped, it leaves no file."""

    def __init__(self, ledger: Ledger, wanted: Filter, file: Path, *, force: bool) -> None:
        self.file = file
        self.done = 0
        """Calls so far."""
        self.total: int | None = None
        """Calls in all, once that is known."""
        self._ledger, self._wanted, self._force = ledger.path, wanted, force
        self._csv = file.suffix.lower() == ".csv"
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
            self._write()
        except Stopped:
            return Done("The export was stopped; nothing was written.", is_export=True)
        except GenesysError as error:
            return Refused("export", error)
        finally:
            self._over.set()
        calls = f"{self.done:,} call{'s' * (self.done != 1)}"
        return Done(f"{calls} written to {self.file}. Only you can read it.", is_export=True)

    def _write(self) -> None:
        from genesys_tui.audit.export import exported, write_file
        from genesys_tui.audit.jsonl import jsonl
        from genesys_tui.audit.spreadsheet import csv_lines

        self.total = self._counted()
        lines = exported(self._ledger, csv_lines if self._csv else jsonl, self._wanted)
        write_file(self.file, self._followed(lines), force=self._force)

    def _counted(self) -> int | None:
        """How many there will be; None where a text is searched for, which takes as long as the export."""
        from genesys_tui.audit.browse import Browser
        from genesys_tui.audit.history import History

        if self._wanted == EVERYTHING:
            with History(self._ledger) as history:
                return history.how_many()
        if self._wanted.search:
            return None
        browser = Browser(self._ledger)
        try:
            return browser.count(self._wanted, most=2**40)
        finally:
            browser.close()

    def _followed(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, one or many at a time, counted as they pass; until it is stopped."""
        for some in lines:
            if self.stopping:
                raise Stopped("stopped")
            yield some
            self.done += self._calls_in(some)
        if self.stopping:
            raise Stopped("stopped")

    def _calls_in(self, lines: str) -> int:
        if self._csv:  # within a cell a line break has no carriage return
            return lines.count("\r\n") - lines.startswith('"request_id",')
        return lines.count("\n") - lines.count(f"\n{_NO_CALL}") - lines.startswith(_NO_CALL)


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
        """Leave no part of a file behind."""
        if self.export:
            self.export.stop()
            self.export.join(GOODBYE)

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
    parts: list[Content | str | tuple[str, str]] = [("Exporting ", "bold"), f"{name}  "]
    if export.total:
        full = min(_BAR, export.done * _BAR // export.total)
        parts += [("█" * full, "$text-success"), ("░" * (_BAR - full), MUTED), "  "]
    many = f"{export.done:,}" if export.total is None else f"{export.done:,} of {export.total:,}"
    return Content.assemble(*parts, f"{many} calls", (f"  {key} stops it", MUTED))
