"""`audit`: the recorded calls, listed, shown and exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Call, Filter, Ledger

F = TypeVar("F", bound=Callable[..., Any])

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType[datetime]):
    """A date, a date and time, or how long ago: ``2026-11-22``, ``2026-11-22T10:00``, ``7d``, ``24h``, ``30m``."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment in UTC; what names no zone is local time."""
        text = str(value)
        if text[-1:] in _UNITS and text[:-1].isascii() and text[:-1].isdigit() and len(text) < 7:
            return datetime.now(timezone.utc) - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
        try:
            return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is no moment. Give a date (2026-11-22) or an age (7d, 24h, 30m).", param, ctx)


def _filter_options(command: F) -> F:
    for option in (
        click.option("--search", help="Part of a prompt, a reply or an error."),
        click.option("--status", type=click.Choice(["completed", "truncated", "cancelled", "failed", "running"])),
        click.option("--model", help="A model's name; * stands for anything."),
        click.option("--until", type=Moment(), help="Before a date, or an age such as 7d."),
        click.option("--since", type=Moment(), help="From a date on, or an age such as 7d."),
    ):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """The recorded calls: every call has one record, whatever its end."""


@audit.command("list")
@_filter_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def list_calls(limit: int, form: str, **wanted: Any) -> None:
    """List calls, the newest first."""
    from genesys_tui.audit.export import jsonl_lines

    with _ledger() as ledger:
        calls = ledger.calls(_filter(wanted), limit)
        _write_all(jsonl_lines(calls) if form == "jsonl" else _table(calls))


@audit.command()
@click.argument("request_id")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(request_id: str, form: str) -> None:
    """Show one call. The beginning of its request id will do."""
    from genesys_tui.audit.export import fields_of

    with _ledger() as ledger:
        call = ledger.get(request_id)
    write(json.dumps(fields_of(call), ensure_ascii=True) + "\n" if form == "json" else "".join(_page(call)))


@audit.command()
@_filter_options
@click.option("--format", type=click.Choice(["jsonl"]), default="jsonl", show_default=True, expose_value=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; standard output without it.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def export(output: Path | None, force: bool, **wanted: Any) -> None:
    """Export calls with prompts and replies, the newest first."""
    from genesys_tui.audit.export import jsonl_lines, write_file

    with _ledger() as ledger:
        lines = jsonl_lines(ledger.calls(_filter(wanted)))
        if output is None:
            _write_all(lines)
        else:
            write_file(output, lines, force=force)
            narrate(f"Written to {output}.")


def _ledger() -> Ledger:
    from genesys_tui.cli.wiring import open_ledger
    from genesys_tui.config import load_settings

    return open_ledger(load_settings())


def _filter(wanted: dict[str, Any]) -> Filter:
    from genesys_tui.audit.ledger import Filter

    moments = {name: wanted[name] and wanted[name].isoformat() for name in ("since", "until")}
    return Filter(**{**wanted, **moments})


def _write_all(lines: Iterable[str]) -> None:
    for line in lines:
        write(line)


def _table(calls: Iterable[Call]) -> Iterable[str]:
    from genesys_tui.sanitize import sanitized_line

    yield f"{'time':19}  {'request':8}  {'status':9}  {'stop reason':14}  "
    yield f"{'tokens':>7}  {'tok/s':>7}  {'TTFT':>7}  model\n"
    for record, _, _ in calls:
        rate, ttft = record.streaming_tokens_per_second, record.time_to_first_token_seconds
        yield (
            f"{record.started_at.astimezone():%Y-%m-%d %H:%M:%S}  {record.request_id[:8]:8}  {record.status:9}  "
            f"{sanitized_line(record.stop_reason)[:14]:14}  {record.total_tokens:>7}  "
            f"{'' if rate is None else f'{rate:.1f}':>7}  {'' if ttft is None else f'{ttft:.2f} s':>7}  "
            f"{sanitized_line(record.model)[:40]}\n"
        )


def _page(call: Call) -> Iterable[str]:
    from genesys_tui.endings import ending_in_words

    yield f"{ending_in_words(call.record)}\n\n"
    for name, value in call.record.model_dump(mode="json", exclude={"observations", "error"}).items():
        if value not in (None, "", {}):
            yield f"{name:28}{json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}\n"
    for seen in call.record.observations:
        yield f"{seen.what:28}{seen.at:.3f} s  {seen.name}: {seen.detail}\n"
    for message in call.messages:
        yield f"\n── {message['role']} ──\n{message['content']}\n"
    yield f"\n── reply ──\n{call.reply}\n"
