"""Questions of the history: which date, which file, and whether to erase."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.message import Message

from genesys_tui.audit.query import read_moment
from genesys_tui.errors import GenesysError
from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.conversations.question import Question, path_of
from genesys_tui.tui.history.chores import in_words
from genesys_tui.tui.history.messages import OthersCounted, Refused
from genesys_tui.tui.mailbox import aside, mailbox_of
from genesys_tui.tui.naming import name_of

SUFFIXES = (".jsonl", ".csv")
CONFIRMED_BY = 8
"""Characters of the request id that are typed to erase a call's texts."""

ALL = "all"
"""What is typed behind them to erase those of its conversation."""


class DateQuestion(Question):
    """Asks for a moment to go to."""

    def __init__(self) -> None:
        hint = "A date (2026-11-22), a date and time (2026-11-22T10:00), or an age (7d, 24h, 30m)."
        super().__init__("Go to a date", "", hint)

    def objections(self, text: str) -> tuple[str, str]:
        """What is no moment."""
        try:
            read_moment(text)
        except GenesysError as error:
            return error.message, ""
        return "", ""


class ExportQuestion(Question):
    """Asks where calls are to be written."""

    def objections(self, text: str) -> tuple[str, str]:
        """Only JSON lines and CSV, only into a folder there is; over a file only when confirmed."""
        file = path_of(text)
        if file.suffix.lower() not in SUFFIXES:
            return "End the name with .jsonl for JSON lines, which can be verified, or with .csv for a spreadsheet.", ""
        if not file.parent.is_dir():
            return f"There is no folder {file.parent}. Make it first, or name another one.", ""
        if file.is_dir():
            return f"{file} is a folder. Name a file.", ""
        return "", f"{file.name} exists already. Enter once more replaces it." if file.exists() else ""


class EraseQuestion(Question):
    """Asks for the beginning of a call's request id, so that nothing is erased by a slip.

    With ``all`` behind it, every ended call of the conversation is meant; ``count_others`` tells on a thread how many
    other ones that are, and how many calls of it still run; it may raise GenesysError.
    """

    DEFAULT_CSS = """
    EraseQuestion > Vertical { border: round $error; border-title-color: $text-error; }
    """

    def __init__(self, request_id: str, count_others: Callable[[], tuple[int, int]]) -> None:
        self._beginning = sanitized_line(request_id)[:CONFIRMED_BY]
        self.whole = f"{self._beginning} {ALL}"
        """The answer that means the conversation."""
        self._count = count_others
        self._others: int | None = None
        super().__init__("Erase what was said", "", self._told("Looking for other calls that may repeat it…"))

    def on_mount(self) -> None:
        """Find out how much else there is to erase."""
        aside(self._counted, mailbox_of(self))

    def on_others_counted(self, event: OthersCounted) -> None:
        """Say it, where it was not refused something meanwhile."""
        self._others = event.others
        calls = f"{event.others:,} other ended call{'s' * (event.others != 1)} of its conversation may repeat it"
        words = f"{calls}: to erase everything there, type {self.whole} and Enter." if event.others else ""
        words = words or "No other ended call of its conversation holds texts."
        self.note.update(Content(self._told(words + in_words(event.running))))

    def on_refused(self, event: Refused) -> None:
        """Say why it cannot be told."""
        self.note.update(Content(self._told(sanitized_line(event.error.message))))

    def objections(self, text: str) -> tuple[str, str]:
        """Anything else."""
        if text == self._beginning or (text == self.whole and self._others):
            return "", ""
        key = name_of(self, "question.leave")
        more = f", or {self.whole} for its whole conversation" if self._others else ""
        return f"Nothing is erased. Type {self._beginning}, the beginning of the request id{more}; {key} leaves it.", ""

    def _counted(self) -> Message:
        try:
            return OthersCounted(*self._count())
        except GenesysError as error:
            return Refused("chore", error)

    def _told(self, others: str) -> str:
        return (
            "Removes prompt, reply and error texts of this call for good, from every page of the audit file. That it"
            f" was made, and how it went, stays. To erase them, type {self._beginning} and Enter.\n\n{others}\n\n"
            "Exports made before keep it, and so does a draft into which its prompt was taken."
        )
