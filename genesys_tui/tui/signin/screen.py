"""The sign-in screen: a form, where its secret will be kept, and what came of the last try."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from genesys_tui.sanitize import sanitized
from genesys_tui.tui.leaving import Leaving
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.messages import Crashed
from genesys_tui.tui.naming import sign_of
from genesys_tui.tui.notices import Notices
from genesys_tui.tui.signin import errands
from genesys_tui.tui.signin.door import Admission, Attempt, Door, Workplace
from genesys_tui.tui.signin.fields import Fields
from genesys_tui.tui.signin.form import Form, GcForm
from genesys_tui.tui.signin.messages import Admitted, GcRead, KeeperFound, TurnedAway, WorkplaceReady
from genesys_tui.tui.signin.progress import Progress
from genesys_tui.tui.standing import StandingNotice
from genesys_tui.tui.widgets.key_line import KeyLine


class Departure(NamedTuple):
    """How the screen was left."""

    typed: Form | None = None
    """What was typed, where it was not used."""

    admission: Admission | None = None
    workplace: Workplace | None = None


class SignInScreen(Leaving[Departure]):
    """Signs in with the client id and secret of an OAuth client (Admin › Integrations › OAuth, grant type Client
    Credentials), or opens the demo, which needs neither. The secret goes into your keyring; without one it stays in
    memory until the app ends.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop", key_display="esc", id="signin.stop"),
        Binding("escape", "leave", "Back", key_display="esc", id="signin.leave"),
        Binding("ctrl+t", "demo", "Try the demo", id="signin.demo"),
        Binding("ctrl+g", "import_gc", "Import from gc", id="signin.import_gc"),
        Binding("ctrl+r", "look_again", "Look for the keyring", id="signin.look_again"),
    ]
    DEFAULT_CSS = """
    SignInScreen {
        align: center middle;
        & > #form { width: 84; max-width: 100%; height: auto; max-height: 1fr; padding: 0 2; scrollbar-size: 1 1; }
        & #title { height: 2; padding: 0 1; }
        & #keeper { height: auto; padding: 0 1; color: $text-muted; }
        & #problem { height: auto; padding: 0 1; color: $text-error; display: none; &.-shown { display: block; }
            &.-fine { color: $text-success; } &.-neutral { color: $text-muted; } }
        & #buttons { height: 3; margin-top: 1; }
        & Button { margin-right: 1; }
    }
    """

    fields = getters.query_one(Fields)
    keeper = getters.query_one("#keeper", Static)
    problem = getters.query_one("#problem", Static)
    progress = getters.query_one(Progress)

    def __init__(self, door: Door, why: str = "", typed: Form | None = None) -> None:
        super().__init__()
        self._door = door
        self._why = why
        profile = door.settings.profile
        self._begin_with = typed or Form(profile.region, profile.base_url)
        self._attempt: Attempt | None = None
        self._gc: list[GcForm] = []
        self._trouble = False

    def compose(self) -> ComposeResult:
        """The form, what is known about it, and what else can be done."""
        title = Content.assemble(
            ("Sign in to Genesys Cloud", "bold $text-primary"), f"  profile {sanitized(self._door.settings.name)}"
        )
        yield StandingNotice()
        with VerticalScroll(id="form", can_focus=False):
            yield Static(title, id="title", markup=False)
            yield Fields(self._begin_with)
            yield Static("Looking for your keyring …", id="keeper", markup=False)
            yield Static(id="problem", markup=False)
            yield Progress()
            with Horizontal(id="buttons"):
                yield Button("Sign in", variant="primary", id="sign-in")
                yield Button("Try the demo", id="demo")
                yield Button("Import from gc", id="import-gc")
        yield Notices()
        yield KeyLine()

    def on_mount(self) -> None:
        """Take the keys; look for the keyring meanwhile."""
        self.fields.focus_first_empty()
        self._say(self._why)
        aside(partial(errands.find_keeper, self._door), mailbox_of(self))

    def on_unmount(self) -> None:
        """Leave no process behind."""
        if self._attempt:
            self._attempt.cancel()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The keyring is looked for again where it was not found; a try is stopped where there is one."""
        offered = {
            "look_again": self._trouble,
            "stop": self._attempt is not None,
            "leave": self._attempt is None,
        }
        return offered.get(action, True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From field to field; from the last one, in."""
        if not self.fields.move_on(event.input):
            self.action_sign_in()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what it says."""
        {"sign-in": self.action_sign_in, "demo": self.action_demo, "import-gc": self.action_import_gc}[
            event.button.id or "sign-in"
        ]()

    def action_sign_in(self) -> None:
        """Try what was typed."""
        if self._attempt is None:
            self._attempt = self._door.attempt(self.fields.form)
            self._say("")
            self.progress.begin(f"Signing in at {self._attempt.place}", sign_of(self, "signin.stop"))
            self.refresh_bindings()
            aside(partial(errands.sign_in, self._attempt), mailbox_of(self))

    def action_stop(self) -> None:
        """Stop the try."""
        assert self._attempt is not None
        self._attempt.cancel()
        self._end("")
        self._say("Signing in was stopped.", mark="·")

    def action_leave(self) -> None:
        """Go back to the chat. What was typed is kept."""
        self.dismiss(Departure(typed=self.fields.form))

    def action_demo(self) -> None:
        """Open the embedded gateway instead."""
        aside(partial(errands.open_demo, self._door), mailbox_of(self))

    def action_import_gc(self) -> None:
        """Fill in the form from the profiles of the gc command line, one after the other."""
        if self._gc:
            self._fill()
        else:
            aside(partial(errands.read_gc, self._door), mailbox_of(self))

    def action_look_again(self) -> None:
        """Look for the keyring afresh."""
        self._show_keeper("Looking for your keyring …")
        aside(partial(errands.find_keeper, self._door, again=True), mailbox_of(self))

    def on_keeper_found(self, event: KeeperFound) -> None:
        """Say where the secret will be kept."""
        self._show_keeper(event.words, trouble=event.trouble)

    def on_admitted(self, event: Admitted) -> None:
        """Go in, unless the try was stopped."""
        if event.attempt is self._attempt:
            self._end("")
            self.dismiss(Departure(admission=event.admission))

    def on_turned_away(self, event: TurnedAway) -> None:
        """Say why, beside what was typed."""
        if event.attempt is None:
            self._say(event.why)
        elif event.attempt is self._attempt:
            self._end(event.why)

    def on_gc_read(self, event: GcRead) -> None:
        """Fill in the first one."""
        self._gc = list(event.forms)
        self._fill()

    def on_workplace_ready(self, event: WorkplaceReady) -> None:
        """Go and work there."""
        self.dismiss(Departure(typed=self.fields.form, workplace=event.workplace))

    def on_crashed(self, event: Crashed) -> None:
        """A bug on a thread is a bug of the app."""
        raise event.error

    def _fill(self) -> None:
        name, form = self._gc[0]
        self._gc = [*self._gc[1:], self._gc[0]]
        self.fields.fill(form)
        more = "" if len(self._gc) == 1 else f" There are {len(self._gc)}: import again for the next."
        self._say(f"Filled in from gc's profile {name}.{more} Enter signs in.", mark="✓")

    def _end(self, why: str) -> None:
        self._attempt = None
        self.progress.end()
        self.refresh_bindings()
        self._say(why)

    def _say(self, sentence: str, *, mark: str = "✗") -> None:
        self.problem.update(Content.assemble((f"{mark} ", "bold"), sanitized(sentence)))
        self.problem.set_class(bool(sentence), "-shown")
        self.problem.set_class(mark == "✓", "-fine")
        self.problem.set_class(mark == "·", "-neutral")
        if sentence:
            self.call_after_refresh(self.problem.scroll_visible, animate=False)

    def _show_keeper(self, words: str, *, trouble: bool = False) -> None:
        first, dot, rest = sanitized(words).partition(": " if trouble else "\n")
        self.keeper.update(Content.assemble((first, "$text-warning" if trouble else ""), dot, rest))
        self._trouble = trouble
        self.refresh_bindings()
