"""The wire: every event of a call as it arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from genesys_tui.config import Settings
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.clipboard import copy
from genesys_tui.tui.health.amounts import size
from genesys_tui.tui.naming import name_of
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.standing import StandingNotice
from genesys_tui.tui.widgets.key_line import KeyLine
from genesys_tui.tui.widgets.line import Line
from genesys_tui.tui.wire.capture import save
from genesys_tui.tui.wire.draw import titles
from genesys_tui.tui.wire.filters import FILTERS, Filters
from genesys_tui.tui.wire.log import WireLog
from genesys_tui.tui.wire.logs import WireLogs
from genesys_tui.tui.wire.sieve import Sieve
from genesys_tui.tui.wire.view import WireView
from genesys_tui.tui.wire.words import detail_of, line_of

if TYPE_CHECKING:
    from genesys_tui.tui.app import GenesysApp

TICK = 0.1
"""Seconds between two looks at what arrived."""

MOST_COPIED = 10_000
"""Lines that are copied at once."""

_OF_A_CALL = ("data", "filter", "kind", "copy", "copy_all", "save", "incident", "call")
"""Actions that need one."""


class WireScreen(Screen[None]):
    """The events of one of the last calls; of a running one as they arrive."""

    AUTO_FOCUS = "WireView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "app.look('chat')", "Chat", show=False, id="wire.leave"),
        Binding("escape", "back", "Back", show=False, id="wire.back"),
        Binding("enter", "data", "Data", id="wire.data"),
        Binding("f", "filter", "Filter", id="wire.filter"),
        *(
            Binding(str(key), f"kind('{name}')", name.capitalize(), show=False, id=f"wire.{name}")
            for key, name in enumerate(FILTERS, 1)
        ),
        Binding("y", "copy", "Copy", id="wire.copy"),
        Binding("Y", "copy_all", "Copy all", key_display="Y", id="wire.copy_all"),
        Binding("s", "save", "Save", id="wire.save"),
        Binding("i,f6", "incident", "Incident…", id="wire.incident", tooltip="a bundle for a ticket"),
        Binding("left", "call(-1)", "Earlier", id="wire.earlier"),
        Binding("right", "call(1)", "Later", id="wire.later"),
    ]
    DEFAULT_CSS = """
    WireScreen {
        #title, #columns { padding: 0 1; }
        #columns { color: $text-muted; background: $surface; }
        WireView { margin: 0 1; }
        #data { height: 40%; padding: 0 1; border-top: solid $primary; display: none; }
        #data.-open { display: block; }
    }
    """

    view = getters.query_one(WireView)
    filters = getters.query_one(Filters)
    title_line = getters.query_one("#title", Line)
    data = getters.query_one("#data", VerticalScroll)

    def __init__(self, logs: WireLogs, settings: Settings) -> None:
        super().__init__()
        self._logs = logs
        self._folder = settings.home.data / "captures"
        self._stall_seconds = settings.profile.stall_seconds
        self._log: WireLog | None = None
        self._newest = True  # whether the call looked at is always the latest one

    def compose(self) -> ComposeResult:
        """What is looked at, the filters, the events, and the data of one of them."""
        yield StandingNotice()
        yield Line(id="title")
        yield Filters()
        yield Line(id="columns")
        yield WireView(self._stall_seconds)
        with VerticalScroll(id="data"):
            yield Static("", markup=False)
        yield Notices()
        yield KeyLine()

    def on_mount(self) -> None:
        """Look again and again, while this screen is the one shown."""
        self.set_interval(TICK, self._tick)

    def on_resize(self) -> None:
        """Columns have their places by the width."""
        self.query_one("#columns", Line).show(Content(titles(self.size.width - 2)))

    def on_screen_resume(self) -> None:
        """Look at what arrived meanwhile."""
        self._tick()
        self.set_focus(self.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys are offered while they do something."""
        return action not in _OF_A_CALL or self._log is not None

    def action_back(self) -> None:
        """Close the data; where they are not open, go to the chat."""
        if self.data.has_class("-open"):
            self.data.remove_class("-open")
        else:
            cast("GenesysApp", self.app).action_look("chat")

    def action_filter(self) -> None:
        """The next of the usual choices."""
        self.filters.step()
        self._sift()

    def action_kind(self, name: str) -> None:
        """Show the events of a kind, or do not."""
        self.filters.toggle(name)
        self._sift()

    def action_call(self, step: int) -> None:
        """Look at an earlier or a later call."""
        logs = self._logs.logs
        if self._log in logs:
            place = min(len(logs) - 1, max(0, logs.index(self._log) + step))
            self._newest = place == len(logs) - 1
            self._look_at(logs[place])

    def action_data(self) -> None:
        """Show the data of the event pointed at, or no longer."""
        self.data.toggle_class("-open")
        self._show_data()

    def action_copy(self) -> None:
        """Copy the data of the event pointed at, or its line where it has none."""
        if event := self.view.event:
            data = event.data.decode("utf-8", "replace")
            self._copy(sanitized(data) if data else line_of(event), f"event {event.number:,}")

    def action_copy_all(self) -> None:
        """Copy the lines of all events looked at."""
        if sieve := self.view.sieve:
            numbers = [sieve[place] for place in range(max(0, len(sieve) - MOST_COPIED), len(sieve))]
            lines = [line_of(event) for number in numbers if (event := sieve.log.event(number))]
            which = "the newest " if len(sieve) > MOST_COPIED else ""
            self._copy("\n".join(lines), f"{which}{len(lines):,} lines")

    def action_save(self) -> None:
        """Save the call's capture."""
        assert self._log is not None  # else it is not offered
        try:
            file = save(self._log, self._folder)
        except GenesysError as error:
            self.notify(sanitized(error.message), severity="error", markup=False)
            return
        again = f"Play it back: genesys-tui gateway --replay {file}"
        self.notify(sanitized(f"{file}\n{again}"), title="Capture saved", markup=False, timeout=10)

    def action_incident(self) -> None:
        """Put together what a ticket about the call needs."""
        assert self._log is not None
        cast("GenesysApp", self.app).chat.show_incident(self._log.record.request_id)

    def on_wire_view_pointed(self) -> None:
        """Its data, where it is shown."""
        self._show_data()

    def _tick(self) -> None:
        if not self.is_current:
            return
        logs = self._logs.logs
        if logs and (self._newest or self._log not in logs):
            self._newest = True
            if self._log is not logs[-1]:
                self._look_at(logs[-1])
        if self.view.update() and self.view.following:
            self._show_data()
        self._describe()

    def _look_at(self, log: WireLog) -> None:
        self._log = log
        self.refresh_bindings()
        self._sift()

    def _sift(self) -> None:
        self.view.show(Sieve(self._log, self.filters.codes) if self._log else None)
        self._describe()
        self._show_data()

    def _describe(self) -> None:
        self.filters.count(self._log)
        words = _about(self._log, self._logs) if self._log else "no call yet: what arrives is shown here, as it arrives"
        kept = Content.assemble(("Wire", "bold $primary"), "  ", sanitized_line(words))
        self.title_line.show(kept)

    def _show_data(self) -> None:
        if self.data.has_class("-open"):
            event = self.view.event
            words = detail_of(event, name_of(self, "wire.copy")) if event else "nothing is pointed at"
            self.data.query_one(Static).update(Content(words))

    def _copy(self, text: str, what: str) -> None:
        copy(self.app, text, what.capitalize())


def _about(log: WireLog, logs: WireLogs) -> str:
    record = log.record
    place = f"call {logs.logs.index(log) + 1} of {len(logs.logs)}" if log in logs.logs else "a call no longer kept"
    parts = [place, f"{record.started_at.astimezone():%H:%M:%S}", record.model, _count(log), size(log.size)]
    parts.append(record.status)
    if logs.forgotten:
        parts.append(f"{logs.forgotten:,} earlier calls no longer kept")
    return " · ".join(parts)


def _count(log: WireLog) -> str:
    kept = f", the newest {log.last - log.first + 1:,} kept" if log.first > 1 else ""
    return f"{log.last:,} events{kept}"
