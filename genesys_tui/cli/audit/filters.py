"""Filters as options, the same for every command that reads calls; and the ledger they are for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genesys_tui.sanitize import sanitized_line

if TYPE_CHECKING:
    from genesys_tui.audit.filters import Filter
    from genesys_tui.audit.ledger import Ledger

F = TypeVar("F", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """A day, a date and time, or how long ago: ``2026-11-22``, ``yesterday``, ``2026-11-22T10:00``, ``7d``, ``30m``."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC; what names no zone is local time."""
        from genesys_tui.audit.query import QueryError, read_moment

        try:
            return read_moment(str(value))
        except QueryError as error:
            self.fail(error.message, param, ctx)


class Filtered(click.Command):
    """A command with these options and nothing else: who gives it a word is told where to put it."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options only. Raises UsageError."""
        if words := super().parse_args(ctx, args):
            text = sanitized_line(" ".join(words))
            ctx.fail(f"{text!r} belongs to no option. To look for a text, put --search before it.")
        return words


def filter_options(command: F) -> F:
    """The options that choose calls."""
    for option in (
        click.option("--min-tokens", type=click.IntRange(0), help="No fewer tokens than this."),
        click.option("--kind", type=click.Choice(["probe", "call"]), help="Made by probes, or not."),
        click.option("--stop-reason", help="Why the reply ended; * stands for anything."),
        click.option("--profile", "of_profile", help="A profile's name; * stands for anything."),
        click.option("--conversation", "conversation_id", help="A conversation's id."),
        click.option("--search", help="Part of a prompt, a reply or an error."),
        click.option("--status", type=click.Choice(["completed", "truncated", "cancelled", "failed", "running"])),
        click.option("--model", help="A model's name; * stands for anything."),
        click.option("--until", type=Moment(), help="Before a date, or an age such as 7d."),
        click.option("--since", type=Moment(), help="From a date on, such as yesterday, or an age such as 7d."),
    ):
        command = option(command)
    return command


def make_filter(wanted: dict[str, Any]) -> Filter:
    """The filter that the options ask for."""
    from genesys_tui.audit.filters import Filter
    from genesys_tui.audit.query import QueryError, possible

    moments = {name: wanted[name] and wanted[name].isoformat() for name in ("since", "until")}
    named = {"profile": wanted["of_profile"], **moments}
    try:
        return possible(Filter(**{name: value for name, value in (wanted | named).items() if name != "of_profile"}))
    except QueryError as error:
        raise click.UsageError(error.message) from None


def opened() -> Ledger:
    """The user's ledger. Raises LedgerError."""
    from genesys_tui.cli.wiring import open_ledger
    from genesys_tui.config import load_settings

    return open_ledger(load_settings(may_be_new=True))
