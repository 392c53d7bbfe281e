"""`audit show`: one call, all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.audit.filters import opened
from genesys_tui.cli.streams import write

if TYPE_CHECKING:
    from genesys_tui.audit.ledger import Call


@click.command()
@click.argument("request_id")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(request_id: str, form: str) -> None:
    """Show one call. The beginning of its request id will do."""
    from genesys_tui.audit.export import fields_of

    if not request_id.strip():
        raise click.UsageError("Give a REQUEST_ID, or the beginning of one. See `genesys-tui audit list`.")
    with opened() as ledger:
        call = ledger.get(request_id)
        place = ledger.place_of(call.record.request_id)
    fields = {**fields_of(call), "ledger": place._asdict()}
    write(json.dumps(fields, ensure_ascii=True) + "\n" if form == "json" else "".join(_page(call, str(place))))


def _page(call: Call, place: str) -> Iterable[str]:
    from genesys_tui.endings import ending_in_words
    from genesys_tui.sanitize import sanitized, sanitized_line

    yield f"{sanitized_line(ending_in_words(call.record))}\n\n"
    for name, value in call.record.model_dump(mode="json", exclude={"observations", "error"}).items():
        if value not in (None, "", {}):
            yield f"{name:28}{sanitized_line(_shown(value))}\n"
    for seen in call.record.observations:
        yield f"{seen.what:28}{seen.at:.3f} s  {sanitized_line(f'{seen.name}: {seen.detail}')}\n"
    yield f"{'ledger':28}{place}\n"
    if call.erased:
        yield "\nWhat was said in this call was erased.\n"
        return
    for message in call.messages:
        yield f"\n── {sanitized_line(message['role'])} ──\n{sanitized(message['content'])}\n"
    if call.reply:
        yield f"\n── reply ──\n{sanitized(call.reply)}\n"
    else:
        yield "\nThere is no reply.\n" if call.messages else "\nWhat was said in this call was not kept.\n"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
