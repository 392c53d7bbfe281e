"""The history: every call in the ledger, to be found, read, asked again, exported and erased."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from genesys_tui.audit.rows import SORTED, Key, Order
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.clipboard import copy
from genesys_tui.tui.conversations.question import Answer, path_of
from genesys_tui.tui.history.browsing import BrowsingScreen
from genesys_tui.tui.history.columns import BY_NAME
from genesys_tui.tui.history.exporting import Export
from genesys_tui.tui.history.headline import UNREADABLE
from genesys_tui.tui.history.listing import count_of
from genesys_tui.tui.history.messages import Askable, Done, ErasedTexts, Refused
from genesys_tui.tui.history.news import Anchor
from genesys_tui.tui.history.table import CallTable
from genesys_tui.tui.mailbox import mailbox_of
from genesys_tui.tui.naming import name_of

if TYPE_CHECKING:
    from genesys_tui.audit.filters import Filter
    from genesys_tui.tui.app import GenesysApp
    from genesys_tui.tui.screens.chat import ChatScreen

_OF_A_CALL = ("open", "ask_again", "edit", "copy", "export", "incident", "erase")


class HistoryScreen(BrowsingScreen):
    """Calls as the audit file holds them, new ones as they are made. The pane reads the ledger itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "app.look('chat')", "Chat", show=False, id="history.leave"),
        Binding("escape", "back", "Back", show=False, id="history.back"),
        Binding("enter", "details", "Details", id="history.details", key_display="⏎"),
        Binding("slash", "filter", "Filter", id="history.filter", key_display="/"),
        Binding("o", "open", "Open", id="history.open", tooltip="its conversation"),
        Binding("t", "ask_again", "Ask again", id="history.ask_again", tooltip="with the same parameters"),
        Binding("s", "sort", "Sort", id="history.sort", tooltip="by the next column"),
        Binding("i,f6", "incident", "Incident…", id="history.incident", tooltip="a bundle for a ticket"),
        Binding("x", "export", "Export", id="history.export", tooltip="this call"),
        Binding("X", "export_all", "Export all", key_display="X", id="history.export_all", tooltip="that are shown"),
        Binding("f", "filter_dialog", "Fields…", id="history.filter_dialog", tooltip="the filter, to be filled in"),
        Binding("r", "reverse", "Reverse", id="history.reverse", tooltip="the order"),
        Binding("g", "go_to", "Date…", id="history.date", tooltip="go to one"),
        Binding("e", "edit", "Edit", id="history.edit", tooltip="its prompt, in the editor"),
        Binding("y", "copy", "Copy id", id="history.copy"),
        Binding("delete", "erase", "Erase…", id="history.erase", tooltip="what was said, for good"),
        Binding("d", "pane", "Pane", show=False, id="history.pane", tooltip="show the details beside, or do not"),
    ]
    DEFAULT_CSS = """
    HistoryScreen {
        & > Line, & > FilterLine { padding: 0 1; }
        & > #plot { height: 2; }
        & > Horizontal { height: 1fr; }
        &.-without-pane Detail { display: none; }
    }
    HistoryScreen.-narrow Detail { width: 1fr; display: none; }
    HistoryScreen.-narrow.-reading { & CallTable { display: none; } & Detail { display: block; } }
    HistoryScreen.-narrow > #plot { height: 1; }
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys are offered while they do something."""
        if action in _OF_A_CALL:
            return self.table.row is not None if self.is_mounted else False
        return True

    # Which calls.

    def action_filter(self) -> None:
        """Write a filter."""
        self.set_focus(self.filter_line)  # at once: what is typed behind the key is for it

    def action_filter_dialog(self) -> None:
        """Fill in a filter."""
        from genesys_tui.tui.history.filter_dialog import FilterDialog

        self.app.push_screen(FilterDialog(self.filter_line.value), self._filtered)

    def action_sort(self) -> None:
        """By the next column."""
        place = SORTED.index(self._asked.order.column)
        self._sort(SORTED[(place + 1) % len(SORTED)])

    def action_reverse(self) -> None:
        """The other way round."""
        self.list_anew(self._asked._replace(order=self._asked.order.reversed))

    def on_call_table_sorted(self, event: CallTable.Sorted) -> None:
        """By the column that was clicked; the other way round where it was that one already."""
        if event.column == self._asked.order.column:
            self.action_reverse()
        else:
            self._sort(event.column)

    def action_go_to(self) -> None:
        """Ask for a date."""
        from genesys_tui.tui.history.questions import DateQuestion

        self.app.push_screen(DateQuestion(), self._went_to)

    # One of them.

    def action_details(self) -> None:
        """Into the details, and back."""
        if self.detail.has_focus:
            self.action_back()
            return
        self.remove_class("-without-pane")
        self.add_class("-reading")
        self.set_focus(self.detail)
        self.read_call()

    def action_back(self) -> None:
        """From the details to the calls; from there stop an export, and without one go to the chat."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.set_focus(self.table)
        elif self.exporting.export:
            self.exporting.export.stop()
        else:
            cast("GenesysApp", self.app).action_look("chat")

    def action_pane(self) -> None:
        """Show the details beside the calls, or do not."""
        self.toggle_class("-without-pane")
        self.read_call()

    def action_open(self) -> None:
        """Go on with its conversation, from the end of it; shown is this call."""
        if (row := self.table.row) and row.conversation and self._chat_is_free():
            self._to_the_chat().open_call(str(row.conversation), str(row.request_id))

    def action_ask_again(self) -> None:
        """Ask it once more, as it was asked."""
        self._ask_again(edited=False)

    def action_edit(self) -> None:
        """Take its prompt into the editor."""
        self._ask_again(edited=True)

    def action_copy(self) -> None:
        """Copy its request id."""
        if row := self.table.row:
            request_id = sanitized_line(row.request_id)
            copy(self.app, request_id, f"The id {request_id}")

    def action_incident(self) -> None:
        """Put together what a ticket about it needs."""
        if row := self.table.row:
            cast("GenesysApp", self.app).chat.show_incident(row.request_id)

    def action_export(self) -> None:
        """Write it to a file."""
        from genesys_tui.tui.history.chores import only

        if row := self.table.row:
            try:
                self._export(only(row), "Export this call", f"call-{row.request_id[:8]}.jsonl")
            except GenesysError as error:
                self.notify(sanitized_line(error.message), severity="error", markup=False)

    def action_export_all(self) -> None:
        """Write all that are shown to a file; not while the filter, which says which, cannot be read."""
        if self.filter_line.has_class("-wrong"):
            self.notify(UNREADABLE, severity="warning")
            return
        shown = count_of(self.table.listing)
        today = datetime.now(timezone.utc).astimezone()
        self._export(self._asked.wanted, f"Export {shown}", f"calls-{today:%Y-%m-%d}.jsonl")

    def action_erase(self) -> None:
        """Erase what was said in it, once that is confirmed."""
        from genesys_tui.tui.history.chores import erase, others
        from genesys_tui.tui.history.questions import EraseQuestion

        if (row := self.table.row) is None or self._reader is None:
            return
        if row.erased or row.end_seq is None:
            state = "is erased already" if row.erased else "is not whole: it still runs"
            self.notify(f"What was said in this call {state}.")
            return
        ledger, request_id = self._reader.ledger, row.request_id

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                erase(ledger, request_id, mailbox_of(self), conversation=answer.text == question.whole)

        question = EraseQuestion(request_id, lambda: others(ledger, request_id))
        self.app.push_screen(question, answered)

    def on_askable(self, event: Askable) -> None:
        """To the chat, where there is something to ask."""
        if not event.kept:
            self.notify("What was asked in this call is not kept: it cannot be asked again.", severity="warning")
        elif self.is_active and self._chat_is_free():
            self._to_the_chat().ask_call_again(event.request_id, edited=event.edited)

    def on_done(self, event: Done) -> None:
        """Say so."""
        self.notify(sanitized_line(event.sentence), markup=False)
        if event.is_export:
            self.exporting.end()

    def on_refused(self, event: Refused) -> None:
        """Say why nothing was exported or erased."""
        if event.what == "export":
            self.exporting.end()
        if event.what in ("chore", "export"):
            self.notify(sanitized_line(event.error.message), severity="error", timeout=10, markup=False)

    def on_erased_texts(self, event: ErasedTexts) -> None:
        """Say so; what was erased is read anew, here and in the chat."""
        sentence = sanitized_line(event.sentence)
        if event.whole:
            self.notify(sentence, markup=False)
        else:
            self.notify(sentence, severity="warning", timeout=15, markup=False)
        self.read_call()
        chat = cast("GenesysApp", self.app).chat
        chat.forget(event.conversation, event.said)
        chat.composer.forget({prompt for prompt, _ in event.said})

    def _ask_again(self, *, edited: bool) -> None:
        from genesys_tui.tui.history.chores import look_at_prompt

        if (row := self.table.row) and self._reader and self._chat_is_free():
            look_at_prompt(self._reader.ledger, str(row.request_id), mailbox_of(self), edited=edited)

    def _chat_is_free(self) -> bool:
        chat = cast("GenesysApp", self.app).chat
        if chat.busy:
            key = name_of(chat, "chat.stop")
            words = f"A reply is being written in the chat. Stop it there with {key}, or wait for its end."
            self.notify(words, severity="warning", markup=False)
        return not chat.busy

    def _filtered(self, line: str | None) -> None:
        if line is not None:
            self.filter_line.use(line)
            self.set_focus(self.table)

    def _sort(self, column: str) -> None:
        self.list_anew(self._asked._replace(order=Order(column, BY_NAME[column].starts_down)))

    def _went_to(self, answer: Answer | None) -> None:
        from genesys_tui.audit.events import microseconds
        from genesys_tui.audit.query import read_moment

        if answer is None:
            return
        order = self._asked.order if self._asked.order.column == "time" else Order()
        self.table.to_first_column()
        key = Key(microseconds(read_moment(answer.text)), -1)
        self.list_anew(self._asked._replace(order=order), Anchor(key), going=True)

    def _export(self, wanted: Filter, title: str, name: str) -> None:
        from genesys_tui.tui.history.questions import ExportQuestion

        if self._reader is None:
            return
        key = name_of(self, "history.back")
        if self.exporting.export:
            self.notify(f"An export is under way. Wait for its end, or stop it with {key}.", markup=False)
            return
        ledger = self._reader.ledger

        def answered(answer: Answer | None) -> None:
            if answer is not None:
                export = Export(ledger, wanted, path_of(answer.text), force=answer.confirmed)
                self.exporting.begin(export, key, mailbox_of(self))

        hint = ".jsonl for JSON lines, which can be verified by themselves; .csv for a spreadsheet."
        self.app.push_screen(ExportQuestion(title, str(Path.cwd() / sanitized_line(name)), hint), answered)

    def _to_the_chat(self) -> ChatScreen:
        app = cast("GenesysApp", self.app)
        app.action_look("chat")
        return app.chat
