"""Chores: renaming and exporting a conversation, from the list or from the chat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

from genesys_tui.errors import GenesysError
from genesys_tui.tui.conversations.messages import ChoreDone, ReadRefused
from genesys_tui.tui.conversations.question import Answer, FileQuestion, Question, path_of
from genesys_tui.tui.mailbox import aside, mailbox_of

if TYPE_CHECKING:
    from typing import Any

    from genesys_tui.audit.conversations import Conversations


def rename(screen: Screen[Any], conversations: Conversations, conversation_id: str, title: str) -> None:
    """Ask for a name and give it. The screen is told with ChoreDone or ReadRefused."""

    def answered(answer: Answer | None) -> None:
        if answer is not None:
            work(screen, lambda: _renamed(conversations, conversation_id, answer.text))

    hint = "Enter names it; an empty name brings its first prompt back."
    screen.app.push_screen(Question("Rename", title, hint), answered)


def export(screen: Screen[Any], conversations: Conversations, conversation_id: str, title: str) -> None:
    """Ask for a file and write it. The screen is told with ChoreDone or ReadRefused."""
    from genesys_tui.document import file_name_for

    def answered(answer: Answer | None) -> None:
        if answer is not None:
            work(screen, lambda: _written(conversations, conversation_id, path_of(answer.text), answer.confirmed))

    hint = ".md for Markdown, .json for JSON with every record. Only you can read the file."
    screen.app.push_screen(FileQuestion("Export", str(Path.cwd() / file_name_for(title)), hint), answered)


def work(screen: Screen[Any], job: Callable[[], Message]) -> None:
    """Do it on a thread; the screen gets its message, or ReadRefused."""

    def safely() -> Message:
        try:
            return job()
        except GenesysError as error:
            return ReadRefused(error)

    aside(safely, mailbox_of(screen))


def _renamed(conversations: Conversations, conversation_id: str, name: str) -> Message:
    conversations.rename(conversation_id, name)
    return ChoreDone(f"Named: {name}" if name else "Its first prompt names it again.", renamed=True)


def _written(conversations: Conversations, conversation_id: str, file: Path, force: bool) -> Message:
    from genesys_tui.audit.export import write_file
    from genesys_tui.document import document_of

    write_file(file, document_of(conversations.past(conversation_id), file), force=force)
    return ChoreDone(f"Written to {file}.")
