"""Questions of the history: which date, which file, and whether to erase."""

from __future__ import annotations

from genesys_tui.audit.query import read_moment
from genesys_tui.errors import GenesysError
from genesys_tui.tui.conversations.question import Question, path_of
from genesys_tui.tui.naming import name_of

SUFFIXES = (".jsonl", ".csv")
CONFIRMED_BY = 8
"""Characters of the request id that are typed to erase a call's texts."""


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
    """Asks for the beginning of a call's request id, so that nothing is erased by a slip."""

    DEFAULT_CSS = """
    EraseQuestion > Vertical { border: round $error; border-title-color: $text-error; }
    """

    def __init__(self, request_id: str) -> None:
        self._beginning = request_id[:CONFIRMED_BY]
        hint = (
            "Removes prompt, reply and error texts of this call for good, from every page of the audit file. That it"
            f" was made, and how it went, stays. To erase them, type {self._beginning} and Enter."
        )
        super().__init__("Erase what was said", "", hint)

    def objections(self, text: str) -> tuple[str, str]:
        """Anything else."""
        if text == self._beginning:
            return "", ""
        key = name_of(self, "question.leave")
        return f"Nothing is erased. Type {self._beginning}, the beginning of the request id; {key} leaves it.", ""
