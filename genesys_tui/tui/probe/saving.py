"""Saving: a report written to a file, as JSON or JUnit."""

from __future__ import annotations

from pathlib import Path

from textual.message import Message

from genesys_tui.errors import GenesysError
from genesys_tui.probe.report import Report
from genesys_tui.tui.conversations.question import Question, path_of

SUFFIXES = (".json", ".xml", ".prom")


class Saved(Message):
    """A report was written, or could not be."""

    def __init__(self, sentence: str, *, failed: bool = False) -> None:
        self.sentence = sentence
        self.failed = failed
        super().__init__()


class SaveQuestion(Question):
    """Asks where a report is to be written."""

    def __init__(self, first: str) -> None:
        hint = ".json for all that is known, .xml for JUnit, .prom for OpenMetrics."
        super().__init__("Save the report", first, hint)

    def objections(self, text: str) -> tuple[str, str]:
        """Only these forms, only into a folder there is; over a file only when confirmed."""
        file = path_of(text)
        if file.suffix.lower() not in SUFFIXES:
            return "End the name with .json, with .xml for JUnit, or with .prom for OpenMetrics.", ""
        if not file.parent.is_dir():
            return f"There is no folder {file.parent}. Make it first, or name another one.", ""
        if file.is_dir():
            return f"{file} is a folder. Name a file.", ""
        return "", f"{file.name} exists already. Enter once more replaces it." if file.exists() else ""


def saved(report: Report, file: Path, *, force: bool) -> Message:
    """Write it, in the form that its name asks for. Takes its time."""
    from genesys_tui.audit.export import write_file
    from genesys_tui.probe.document import document_of
    from genesys_tui.probe.junit import junit_of
    from genesys_tui.probe.openmetrics import openmetrics_of

    forms = {".json": document_of, ".xml": junit_of, ".prom": openmetrics_of}
    try:
        write_file(file, [forms[file.suffix.lower()](report)], force=force)
    except GenesysError as error:
        return Saved(error.message, failed=True)
    return Saved(f"The report is in {file}. Only you can read it.")
