"""The headline: how many calls are listed and how, and what is wrong with what was asked for."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from genesys_tui.sanitize import sanitized_line
from genesys_tui.tui.history.filter_line import FilterLine
from genesys_tui.tui.naming import name_of

UNREADABLE = "The filter cannot be read: mend it, or empty it to export all."
"""What is said to who exports by one."""


def headline(words: str, *, trouble: bool, new: int) -> Content:
    """The first line: a state or a trouble, and how many calls came meanwhile."""
    style = "$text-warning" if trouble else ""
    title = Content.assemble(("History", "bold $primary"), "  ", (sanitized_line(words), style))
    return title + Content.assemble("  ", (f"↑ {new:,} new", "bold $text-accent")) if new and not trouble else title


class Misread(Static):
    """What is wrong with the filter, in full, and which one is in force instead; hidden while nothing is."""

    DEFAULT_CSS = """
    Misread { display: none; height: auto; padding: 0 1; color: $text-warning; &.-any { display: block; } }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def tell(self, line: FilterLine) -> None:
        """Of this line."""
        self.set_class(bool(line.trouble), "-any")
        if line.trouble:
            calls = f"those of {line.in_force}" if line.in_force else "all calls"
            key = name_of(line, "filter.leave")
            words = f"{line.trouble} Shown are {calls}, as before; {key} in the filter brings that back."
            self.update(Content(sanitized_line(words)))
