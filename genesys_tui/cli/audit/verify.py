"""`audit verify` and `audit head`: whether the ledger is what it was, and what it is."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesys_tui.cli.audit.filters import opened
from genesys_tui.cli.audit.progress import Progress
from genesys_tui.cli.streams import narrate, write
from genesys_tui.errors import ConfigurationError, LedgerError

if TYPE_CHECKING:
    from genesys_tui.audit.notes import Key, Note
    from genesys_tui.audit.report import Report
    from genesys_tui.config import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--key", "key_text", help="The public key that signed it, as `audit head --key` printed it.")
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="A file that holds what `audit head` printed.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(file: Path | None, key_text: str | None, anchor_file: Path | None, form: str) -> int:
    """Verify the ledger, or FILE: another one, or an export of one in jsonl.

    Without FILE, key and anchor come from the keyring and the settings. Exit codes: 0 VALID-ANCHORED, 10
    VALID-UNANCHORED, 30 DIVERGED from what was anchored, 40 INVALID, 50 UNREADABLE.
    """
    from genesys_tui.audit.anchors import read_anchors
    from genesys_tui.audit.notes import Key
    from genesys_tui.audit.verification import verify as check
    from genesys_tui.config import load_settings

    anchors = read_anchors(anchor_file) if anchor_file else []
    try:
        key = Key.parse(key_text) if key_text else None
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    own, missing = file is None, ""
    if file is None:
        settings = load_settings(may_be_new=True)
        file = settings.home.ledger
        own_key, own_anchors, missing = _own_evidence(settings)
        key, anchors = key or own_key, [*anchors, *own_anchors]
    with Progress("Verifying") as progress:
        report = check(file, key=key, anchors=anchors, tell=progress, ledger=own)
    if missing and report.events:
        report = report.saying(report.sentences[0], missing, *report.sentences[1:])
    write(_as_json(report) if form == "json" else _as_text(file, report))
    return report.verdict.value


@click.command()
@click.option("--key", "only_key", is_flag=True, help="Print the public key for `audit verify --key` instead.")
@click.option("--accept", is_flag=True, help="Keep it in the keyring, though what is kept there contradicts it.")
def head(only_key: bool, accept: bool) -> None:
    """Print what the ledger is now: its size, root and head, signed where there is a key.

    Keep that somewhere else, such as in a ticket or on paper: `audit verify --anchor FILE` compares the ledger with it.
    """
    with opened() as ledger:
        checkpoints = ledger.checkpoints
        if only_key:
            key = checkpoints.key()
            if key is None:
                raise LedgerError(f"There is no key. {checkpoints.trouble}")
            write(f"{key.text}\n")
            return
        if not accept and (contradiction := checkpoints.contradicted()):
            raise LedgerError(f"No head is printed. {contradiction}")
        write((checkpoints.accept() if accept else checkpoints.note()).text)
        if checkpoints.trouble:
            narrate(f"It is not signed. {checkpoints.trouble}")


def _own_evidence(settings: Settings) -> tuple[Key | None, list[Note], str]:
    """What the keyring and the anchor file know of the user's ledger; and why the file knows nothing, as a sentence."""
    from genesys_tui.audit.anchors import read_anchors
    from genesys_tui.audit.notes import notes_in, public_key
    from genesys_tui.cli.signing import KeyringSigner

    anchors: list[Note] = []
    key, missing = None, ""
    signer = KeyringSigner(settings.home.ledger)
    try:
        seed = signer.known_seed()
        kept = signer.kept() or ""
        # With a key and no head nothing was signed yet: each checkpoint leaves its head there.
        key = public_key(seed) if seed and kept else None
        anchors += notes_in(kept)
    except LedgerError as error:
        narrate(f"The keyring was not asked for key and head. {error.message}")
    if settings.audit.anchor:
        try:
            anchors += read_anchors(Path(settings.audit.anchor).expanduser())
        except LedgerError as error:
            missing = f"What the settings name as the ledger's anchor was not compared. {error.message}"
    return key, anchors, missing


def _as_text(file: Path, report: Report) -> str:
    lines = [f"{report.verdict.word}  {file}", "", *report.sentences, ""]
    if report.ledger:
        erased = f", {report.erased:,} erased" if report.erased else ""
        lines += [
            f"ledger       {report.ledger}",
            f"events       {report.events:,} ({report.calls:,} calls{erased})",
            f"checkpoints  {report.checkpoints:,} ({report.signed:,} with a good signature)",
            f"anchored     {report.events - report.unanchored:,} of {report.events:,} events"
            f" ({report.anchors:,} anchor{'' if report.anchors == 1 else 's'})",
            f"head         {report.head}",
        ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _as_json(report: Report) -> str:
    fields = asdict(report)
    return json.dumps({**fields, "verdict": report.verdict.word}) + "\n"
