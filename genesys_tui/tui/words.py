"""Words: endings as the screen shows them, with a colour and what can be done about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from genesys_tui.endings import ending_in_words

if TYPE_CHECKING:
    from genesys_tui.audit.records import Record

Severity = Literal["muted", "success", "warning", "error"]
"""Each has a colour in every theme: ``$text-…``."""

IN_THE_EDITOR = "The prompt is in the editor."
"""Where that is so, and nothing else is said of it."""


class Keys(NamedTuple):
    """Keys that sentences offer, as they name them."""

    go_on: str
    """Continues a truncated reply."""

    parameters: str
    """Changes what calls are made with."""

    page_up: str
    """Shows what was said before."""


_SEVERITIES: dict[str, Severity] = {"completed": "success", "truncated": "warning", "failed": "error"}


def colour_of(severity: Severity) -> str:
    """The style that shows it; nothing for a widget's own muted one, which is no colour but a blend."""
    return "" if severity == "muted" else f"bold $text-{severity}"


def severity_of(record: Record) -> Severity:
    """How much an ending wants to be looked at."""
    return _SEVERITIES.get(record.status, "muted")


def note_of(record: Record, keys: Keys | None = None) -> str:
    """What is written under a reply: how it ended, why, its figures, and, with keys, how it can be continued."""
    said = [ending_in_words(record)]
    if keys:
        raises = f", {keys.parameters} raises the limit" if is_cut_by_max_tokens(record) else ""
        said.append(f"{keys.go_on} continues{raises}")
    return " — ".join(said)


def whereabouts(queued: bool, unanswered: bool, back: bool, key: str) -> str:
    """Where prompts are that got no reply: the one that waited, and the one that was asked, which the key brings."""
    if queued:
        other = f"; {key} brings back the one before" if unanswered else ""
        return f"the prompt that waited is back in the editor{other}"
    if not unanswered:
        return ""
    return "your prompt is back in the editor" if back else f"{key} brings your prompt back into the editor"


def is_cut_by_max_tokens(record: Record) -> bool:
    """Whether a higher limit would have let the reply go on."""
    return record.truncated and record.stop_reason in ("length", "max_tokens")
