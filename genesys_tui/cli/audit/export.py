"""`audit export`: calls for other programs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genesys_tui.cli.audit.filters import Filtered, filter_options, make_filter, opened
from genesys_tui.cli.audit.output import OutputFile
from genesys_tui.cli.audit.progress import Progress
from genesys_tui.cli.interruption import interruptible
from genesys_tui.cli.streams import narrate, write

if TYPE_CHECKING:
    from genesys_tui.audit.export import Form


@click.command(cls=Filtered)
@filter_options
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv", "otlp"]), help="csv without it for a file .csv, else jsonl."
)
@click.option("-o", "--output", type=OutputFile(), help="A file; standard output without it, and for -.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option("--with-text", is_flag=True, help="Put prompts and replies into otlp, too.")
def export(form: str | None, output: Path | None, force: bool, with_text: bool, **wanted: Any) -> None:
    """Export calls, the oldest first.

    jsonl is all there is of them: `audit verify FILE` can check it. csv is for spreadsheets: a text that begins like a
    formula gets an apostrophe in front. otlp is OpenTelemetry's JSON, a line for each call, as a collector reads it.
    """
    from genesys_tui.audit.export import export_file, exported, how_many

    chosen = make_filter(wanted)
    ending = output.suffix.lower() if output else ""
    named = "csv" if ending == ".csv" else "jsonl"
    form = form or named
    shaped = _form(form, with_text)
    with interruptible(), opened() as ledger, Progress("Exporting") as progress:
        if output is not None and str(output) != "-":
            calls = export_file(ledger.path, output, shaped, chosen, force=force, tell=progress)
            told = f"Written to {output}: {how_many(calls)}."
        else:
            told = "No call fits."
            for part in exported(ledger.path, shaped, chosen, tell=progress):
                write(part.lines)
                told = told if not part.calls else ""
    if told:
        narrate(told)
    if ending in (".csv", ".jsonl", ".json") and (form == "csv") != (named == "csv"):
        narrate(f"It is {form}, as --format says, though its name ends in {ending}.")


def _form(name: str, text: bool) -> Form:
    from genesys_tui.audit.jsonl import jsonl
    from genesys_tui.audit.otlp import otlp_lines
    from genesys_tui.audit.spreadsheet import csv_lines

    forms: dict[str, Form] = {"jsonl": jsonl, "csv": csv_lines, "otlp": partial(otlp_lines, text=text)}
    return forms[name]
