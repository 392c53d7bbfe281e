"""The chat: a prompt, its streaming reply, and how the stream is doing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.notifications import SeverityLevel
from textual.reactive import var

from genesys_tui.config import Settings
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized, sanitized_line
from genesys_tui.tui.desk import GOODBYE, DemoSwitch, Desk
from genesys_tui.tui.health.folded import FoldedHealth
from genesys_tui.tui.health.readings import READY, Reading, Readings, final_readings
from genesys_tui.tui.mailbox import mailbox_of
from genesys_tui.tui.messages import CallAbandoned, CallEnded, CallProgressed, Crashed, DeskOpened, DeskRefused
from genesys_tui.tui.morning import OPENING, MorningScreen
from genesys_tui.tui.naming import name_of
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.pace import pause_after
from genesys_tui.tui.prompt.composer import Composer
from genesys_tui.tui.prompt.prompt import Prompt, prompt_for
from genesys_tui.tui.prompt.queued import Queued
from genesys_tui.tui.slash import command_of, obey
from genesys_tui.tui.standing import StandingNotice
from genesys_tui.tui.widgets.key_line import KeyLine
from genesys_tui.tui.widgets.masthead import Masthead
from genesys_tui.tui.widgets.welcome import Welcome
from genesys_tui.tui.words import IN_THE_EDITOR, Severity, note_of, severity_of, whereabouts

if TYPE_CHECKING:
    from genesys_tui.exchange import Exchange
    from genesys_tui.tui.courier import Courier
    from genesys_tui.tui.prompt.keeper import Handover

TICK = 0.2
"""Seconds between two readings of the gauges."""


class ChatScreen(MorningScreen):
    """Talks to the gateway, one call at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Stop", id="chat.stop", key_display="esc"),
        Binding("ctrl+g", "go_on", "Continue", id="chat.continue"),
    ]
    busy = var(False, bindings=True)
    empty = var(True, toggle_class="-empty")

    masthead = getters.query_one(Masthead)
    folded = getters.query_one(FoldedHealth)
    composer = getters.query_one(Composer)
    queued = getters.query_one(Queued)
    prompt = getters.query_one(Prompt)

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        settings: Settings,
        demo: DemoSwitch | None,
        handed: Handover | None = None,
    ) -> None:
        super().__init__()
        self._handed = handed
        self.desk: Desk | None = None
        self._open_desk = open_desk
        self._opening = False
        self._settings = settings
        self._demo = demo
        self._courier: Courier | None = None
        self._unanswered = ""  # the prompt that goes back into the editor where it gets no reply

    def compose(self) -> ComposeResult:
        """Transcript and prompt, the stream's health beside them."""
        yield StandingNotice()
        yield Masthead(self._settings)
        with Horizontal(id="page"):
            with Vertical(id="talk"):
                yield Welcome(prompt_for(self._settings.ui.enter), demo=self._demo is not None)
                yield Notices()
                yield FoldedHealth()
                yield Composer(self._settings, lambda: self.desk, self._handed)
            yield Container(id="sidebar")
        yield KeyLine()

    def on_mount(self) -> None:
        """Take the keys; open the desk when the first frame is out."""
        self._deliver = mailbox_of(self)
        self._ticker = self.set_interval(TICK, self._tick, pause=True)
        self.prompt.focus()
        self._opening = True  # soon
        self._show({"state": OPENING})
        self.begin_morning()

    def on_unmount(self) -> None:
        """Leave no call open in the ledger."""
        if self._courier:
            self._courier.cancel()
            self._courier.join(GOODBYE)

    def _begin_opening(self) -> None:
        self._opening = True
        self._show({"state": OPENING})
        self.open_desk()

    def on_desk_opened(self, event: DeskOpened) -> None:
        """Calls can be made; one may be waiting."""
        if not self.stays:
            return
        self.desk, self._opening = event.desk, False
        self.health.measure_token(event.desk.token_age)
        self._show({"state": READY})
        self._ask_queued()

    def on_desk_refused(self, event: DeskRefused) -> None:
        """Say why no call can be made. The next prompt tries again."""
        self._opening = False
        self._show({"state": Reading("not ready", "error")})
        self._say(event.error.message, "error")
        self._back_to_the_editor()

    # What the operator does.

    async def on_prompt_sent(self, event: Prompt.Sent) -> None:
        """Ask, now or as soon as it is possible."""
        if command := command_of(event.text):
            await obey(command, self)
        elif self.may_send(lambda: self.post_message(Prompt.Sent(event.text)), rest=IN_THE_EDITOR):
            if self.busy or self.desk is None:
                self._queue()
            else:
                self._ask(self.prompt.take())

    def switch_scenario(self, name: str) -> bool:
        """Turn the embedded gateway's day; whether there is such a one."""
        if self._demo is None:
            self._tell("There is no embedded gateway here. Start one with `genesys-tui demo`.", "warning")
            return False
        try:
            self._demo.scenario = name
        except ValueError as error:
            self._tell(f"{error}.", "warning")
            return False
        self._tell(self._demo.scenarios.get(name.partition(":")[0], ""), "information", title=name)
        self._show_state()
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are offered while they do something."""
        if action == "cancel":
            return self.busy
        if action == "go_on":
            return not (self.empty or self.busy) and self._talk.can_continue
        return super().check_action(action, parameters)

    def action_cancel(self) -> None:
        """Stop the call; what came is kept."""
        if self._courier:
            self._courier.cancel()

    def action_go_on(self) -> None:
        """Continue the truncated reply."""
        if self.desk and self._talk.can_continue and self.may_send(self.action_go_on):
            self._unanswered = ""
            cut, exchange = self._talk.cut, self._talk.go_on(self.desk)
            self.transcript.go_on(*cut)
            self._start(exchange)

    # The call.

    def _queue(self) -> None:
        if self.queued.prompt:
            self._tell("One prompt is waiting already. Send this one when that has been asked.", "warning")
            return
        self.queued.prompt = self.prompt.take()
        if not self.busy and not self._opening:
            self._begin_opening()

    def _ask(self, prompt: str) -> None:
        assert self.desk is not None
        try:
            exchange = self._talk.ask(prompt, self.desk)
        except GenesysError as error:
            self._say(error.message, "error")
            self.prompt.give_back(prompt)
            return
        self._unanswered = prompt
        self.empty = False
        self.transcript.begin(self.prompt.blocks.folded(prompt), prompt)
        self._start(exchange)

    def _start(self, exchange: Exchange) -> None:
        from genesys_tui.tui.courier import Courier  # late: see ``morning``

        self.health.clear()
        self._courier = Courier(exchange, self._deliver, self._settings.profile.stall_seconds, self.wire)
        self._courier.start()
        self.busy = True
        self._tick()
        self._ticker.resume()

    def on_call_started(self) -> None:
        """The request is on its way."""
        self._tick()

    def on_call_progressed(self, event: CallProgressed) -> None:
        """Show the text; take more when it has been painted."""
        began = time.thread_time()
        self.transcript.think(event.reasoning)
        (self.transcript.replace if event.replaces else self.transcript.append)(event.text)
        self.call_after_refresh(self._painted, began)

    def _painted(self, began: float) -> None:
        cost = time.thread_time() - began
        if self._courier:
            self.set_timer(pause_after(cost), self._courier.resume)

    def on_call_ended(self, event: CallEnded) -> None:
        """Say how it ended, and go on to what waits."""
        record = event.record
        self._talk.ended(record, event.content)
        self._end(note_of(record, self.keys if self._talk.can_continue else None), severity_of(record))
        readings = final_readings(record, self._settings.profile.stall_seconds)
        self._show(readings, state=readings["state"] if record.status == "failed" else READY)
        if record.status in ("completed", "truncated"):
            self._ask_queued()
        else:
            kept = record.status == "cancelled" and event.content
            self._back_to_the_editor("" if kept else self._unanswered)

    def on_call_abandoned(self, event: CallAbandoned) -> None:
        """Say why there is no record, and therefore no call."""
        self._end(event.error.message, "error")
        self._show({"state": Reading("no record", "error")})
        self._back_to_the_editor(self._unanswered)

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def _end(self, note: str, severity: Severity) -> None:
        self._courier = None
        self._ticker.pause()
        self.transcript.end(note, severity)
        self.transcript.catch_up()
        self.busy = False
        self.refresh_bindings()

    def _ask_queued(self) -> None:
        if self.queued.prompt:
            self._ask(self.queued.take())

    def _back_to_the_editor(self, unanswered: str = "") -> None:
        """What waits, else what got no reply: neither is asked by itself after something went wrong."""
        queued, free = self.queued.take(), not self.prompt.text.strip()
        if back := queued or (unanswered if free else ""):
            self.prompt.give_back(back)
        if words := whereabouts(bool(queued), bool(unanswered), bool(back), name_of(self, "chat.edit_last")):
            self.transcript.end(words, "muted")

    # What is shown.

    def _tick(self) -> None:
        if self._courier:
            self._show(self.health.follow(self._courier.vitals()), live=True)

    def _show(self, readings: Readings, *, live: bool = False, state: Reading | None = None) -> None:
        self._state = state or readings["state"]
        self._show_state()
        if self.has_gauges:
            self.health.read(readings, live=live)
        self.folded.read(readings)

    def _show_last_call(self) -> None:
        """Of the conversation that is shown, and of no other."""
        if self.has_gauges:
            self.health.clear()
        last = self._talk.last
        readings = final_readings(last, self._settings.profile.stall_seconds) if last else {"state": READY}
        if self.desk:
            self._show(readings, state=READY)

    def _show_state(self) -> None:
        self.masthead.show(self._state, self._demo.scenario if self._demo else "")

    def _say(self, sentence: str, severity: Severity) -> None:
        self.empty = False
        self.transcript.end(sentence, severity)

    def _tell(self, sentence: str, severity: SeverityLevel, title: str = "") -> None:
        self.notify(sanitized(sentence), title=sanitized_line(title), severity=severity, markup=False)
