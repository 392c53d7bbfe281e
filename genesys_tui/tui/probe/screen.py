"""The probe screen: its calls as they end, what they come to, and which limits hold."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from genesys_tui.probe.report import Report, report_of
from genesys_tui.probe.run import Run
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.conversations.question import Answer, path_of
from genesys_tui.tui.desk import GOODBYE
from genesys_tui.tui.leaving import Leaving
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.messages import Crashed
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.probe.errand import Errand, ProbeEnded
from genesys_tui.tui.probe.findings import compared, judged, measured, points_of, progress, remarked
from genesys_tui.tui.probe.plot import Plot, Scale
from genesys_tui.tui.probe.saving import Saved, SaveQuestion, saved
from genesys_tui.tui.standing import StandingNotice
from genesys_tui.tui.widgets.key_line import KeyLine
from genesys_tui.tui.widgets.line import Line

if TYPE_CHECKING:
    from genesys_tui.tui.desk import Desk
    from genesys_tui.tui.probe.form import Wanted

TICK = 0.2
"""Seconds between two looks at what ended."""

BROAD = 120
"""Cells from which the two tables stand side by side."""


class ProbeScreen(Leaving[None]):
    """Runs as soon as it is shown, also while another screen is."""

    HELP = (
        "A column is a call: a red one breaks a limit, a yellow one was truncated, × failed. Where there are more"
        " calls than columns, a column shows the worst of its calls. A failed call has no times; it counts under failed"
        " calls."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop", id="probe.stop", key_display="esc"),
        Binding("escape,q", "leave", "Close", id="probe.leave", key_display="esc"),
        Binding("s", "save", "Save…", id="probe.save"),
        Binding("r", "again", "Run again", id="probe.again"),
    ]
    DEFAULT_CSS = """
    ProbeScreen {
        & > Line { padding: 0 1; }
        & > Plot { margin: 0 1; max-height: 14; }
        #findings { height: auto; max-height: 60%; margin-top: 1; padding: 0 1; scrollbar-size-vertical: 1; }
        #tables { height: auto; layout: vertical; }
        #tables > Static { width: auto; height: auto; }
        #remarks, #comparison { height: auto; margin-top: 1; }
        #remarks.-none, #comparison.-none { display: none; }
    }
    ProbeScreen.-broad #tables { layout: horizontal; }
    ProbeScreen.-broad #judged { margin-left: 6; }
    ProbeScreen.-narrow {
        & > Plot { height: 4; }
        & #findings { max-height: 1fr; height: 1fr; margin-top: 0; }
    }
    """

    title_line = getters.query_one("#title", Line)
    progress_line = getters.query_one("#progress", Line)
    verdict_line = getters.query_one("#verdict", Line)

    def __init__(self, wanted: Wanted, desk: Desk) -> None:
        super().__init__()
        self._wanted = wanted
        self._desk = desk
        self._errand: Errand | None = None
        self._seen = -1
        self.report: Report | None = None
        """In the end."""

    def compose(self) -> ComposeResult:
        """What is probed and how far it is, two plots, and what is found."""
        limits = self._wanted.plan.limits
        yield StandingNotice()
        yield Line(id="title")
        yield Line(id="progress")
        yield Plot(Scale("Time to first token", "s", limits.max_ttft_p95))
        yield Plot(Scale("Rate", "tok/s", limits.min_rate_p50, falling=True))
        with VerticalScroll(id="findings"):
            with Horizontal(id="tables"):
                yield Static(id="measured", markup=False)
                yield Static(id="judged", markup=False)
            yield Static(id="remarks", markup=False, classes="-none")
            yield Static(id="comparison", markup=False, classes="-none")
        yield Line(id="verdict")
        yield Notices()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin."""
        self._ticker = self.set_interval(TICK, self._tick, pause=True)
        self._begin()

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room for both tables."""
        self.set_class(event.size.width >= BROAD, "-broad")

    def on_unmount(self) -> None:
        """Leave no call open in the ledger."""
        if self._errand and self.report is None:
            self._errand.cancel()
            self._errand.join(GOODBYE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys are offered while they do something."""
        if action == "stop":
            return self.report is None
        return self.report is not None if action in ("save", "again", "leave") else True

    def action_stop(self) -> None:
        """End it with what it has."""
        if self._errand:
            self._errand.cancel()

    def action_leave(self) -> None:
        """Back to where it was asked for."""
        self.dismiss(None)

    def action_again(self) -> None:
        """The same once more."""
        self._begin()

    def action_save(self) -> None:
        """Ask for a file."""
        if self.report:
            name = f"probe-{self.report.started_at.astimezone():%Y%m%d-%H%M%S}.json"
            self.app.push_screen(SaveQuestion(str(Path.cwd() / name)), self._named)

    def on_probe_ended(self, event: ProbeEnded) -> None:
        """Say what it came to."""
        self.report = event.report
        self._ticker.pause()
        self._show(event.report, trouble=event.trouble)
        self.refresh_bindings()

    def on_saved(self, event: Saved) -> None:
        """Say where, or why not."""
        self.notify(sanitized_line(event.sentence), severity="error" if event.failed else "information", markup=False)

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def _begin(self) -> None:
        wanted = self._wanted
        gateway = self._desk.gateway.reading(wanted.settings.profile.content_mode)
        run = Run(wanted.plan, wanted.settings, gateway, self._desk.ledger)
        self._errand = Errand(run, self._desk.ledger.path, mailbox_of(self))
        self.report, self._seen = None, -1
        self._errand.start()
        self._tick()
        self._ticker.resume()
        self.refresh_bindings()

    def _tick(self) -> None:
        if self._errand and self.report is None:
            run = self._errand.probe
            self.progress_line.show(progress(run))
            if self._seen != len(run.samples):
                self._seen = len(run.samples)
                self._show(report_of(run))

    def _show(self, report: Report, trouble: str = "") -> None:
        ended = self.report is report
        place = " · ".join(map(sanitized_line, (report.profile, report.environment, report.model)))
        self.title_line.show(Content.assemble(("Probe", "bold $primary"), "  ", place))
        for plot, points in zip(self.query(Plot), points_of(report), strict=True):
            plot.show(points)
        for name, content in (
            ("measured", measured(report)),
            ("judged", judged(report)),
            ("remarks", remarked(report)),
            ("comparison", compared(report.comparison, trouble)),
        ):
            part = self.query_one(f"#{name}", Static)
            part.update(content)
            part.set_class(not content.plain, "-none")
        self.verdict_line.show(_verdict(report) if ended else Content(""))
        if ended and self._errand:
            self.progress_line.show(progress(self._errand.probe))

    def _named(self, answer: Answer | None) -> None:
        if answer is not None and self.report:
            aside(partial(saved, self.report, path_of(answer.text), force=answer.confirmed), mailbox_of(self))


def _verdict(report: Report) -> Content:
    colour = {"held": "bold $text-success", "interrupted": "bold $text-warning"}.get(report.outcome, "bold $text-error")
    return Content.styled(sanitized_line(report.sentence), colour)
