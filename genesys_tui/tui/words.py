"""Words: endings as the screen shows them, with a colour and a key."""

from __future__ import annotations

from typing import Literal

from genesys_tui.audit.records import Record
from genesys_tui.endings import ending_in_words

Severity = Literal["muted", "success", "warning", "error"]
"""Each has a colour in every theme: ``$text-…``."""

CONTINUE_KEY = "ctrl+g"
PARAMETERS_KEY = "ctrl+e"
_SEVERITIES: dict[str, Severity] = {"completed": "success", "truncated": "warning", "failed": "error"}


def colour_of(severity: Severity) -> str:
    """The style that shows it; nothing for a widget's own muted one, which is no colour but a blend."""
    return "" if severity == "muted" else f"bold $text-{severity}"


def severity_of(record: Record) -> Severity:
    """How much an ending wants to be looked at."""
    return _SEVERITIES.get(record.status, "muted")


def note_of(record: Record, *, can_continue: bool = False) -> str:
    """What is written under a reply: how it ended, why, its figures, and what can be done."""
    keys = [f"{CONTINUE_KEY} continues"] if can_continue else []
    if can_continue and is_cut_by_max_tokens(record):
        keys.append(f"{PARAMETERS_KEY} raises the limit")
    return " — ".join([ending_in_words(record), *([", ".join(keys)] if keys else [])])


def is_cut_by_max_tokens(record: Record) -> bool:
    """Whether a higher limit would have let the reply go on."""
    return record.truncated and record.stop_reason in ("length", "max_tokens")
