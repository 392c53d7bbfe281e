"""Slash commands: what a prompt that begins with a slash asks of the app instead of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from genesys_tui.sanitize import sanitized_line

if TYPE_CHECKING:
    from genesys_tui.tui.screens.chat import ChatScreen

ACTIONS = {
    "help": "app.help",
    "new": "begin_again",
    "again": "ask_again",
    "edit": "edit_last",
    "continue": "go_on",
    "search": "search",
    "conversations": "conversations",
    "parameters": "parameters",
    "history": "app.look('history')",
    "wire": "app.look('wire')",
    "quit": "app.quit",
}
"""What each does; the keys do the same."""

SCENARIO = "scenario"
"""Turns the day of an embedded gateway: ``/scenario stall``."""

AS_IT_IS = "A space in front of the slash sends it as it is."

_COMMAND = re.compile(r"/([A-Za-z][\w-]*)(?:\s+(.*))?", re.DOTALL)
_MOST = 4


class Command(NamedTuple):
    """What was written."""

    name: str
    argument: str


def command_of(text: str) -> Command | None:
    """The command that a prompt is; None for one to be asked, such as a path or a comment, or behind a space."""
    found = _COMMAND.fullmatch(text.rstrip())
    return Command(found[1].lower(), (found[2] or "").strip()) if found else None


def unknown(name: str, known: Iterable[str]) -> str:
    """That there is no such command, what there is, and how to send the text anyway."""
    import difflib  # late: hardly anybody needs it

    known = sorted(known)
    near = difflib.get_close_matches(name, known, _MOST) or [each for each in known if each.startswith(name[:2])]
    listed = ", ".join(f"/{each}" for each in near or known)
    there = f"Did you mean {listed}?" if near else f"There are {listed}."
    return f"There is no command /{name[:40]}. {there} {AS_IT_IS}"


async def obey(command: Command, chat: ChatScreen) -> None:
    """Do what it says; the prompt stays in the editor where that cannot be done."""
    name, argument = command
    if name == SCENARIO:
        done = chat.switch_scenario(argument)
    elif name not in ACTIONS:
        done = _told(chat, unknown(name, [*ACTIONS, SCENARIO]))
    elif argument:
        done = _told(chat, f"/{name} takes nothing behind it. {AS_IT_IS}")
    else:
        prompt = chat.prompt.take()
        done = await chat.app.run_action(ACTIONS[name], chat)
        if not done:
            chat.prompt.give_back(prompt)
            _told(chat, f"/{name} can do nothing at the moment. {AS_IT_IS}")
        return
    if done:
        chat.prompt.take()


def _told(chat: ChatScreen, sentence: str) -> bool:
    chat.notify(sanitized_line(sentence), severity="warning", markup=False)
    return False
