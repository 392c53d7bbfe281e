"""Exports: the audit history as data, for other programs to read."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from genesys_tui.audit.ledger import Call
from genesys_tui.errors import LedgerError


def fields_of(call: Call) -> dict[str, Any]:
    """All that the ledger holds of a call: the record, the messages that were sent, and the reply as ``content``."""
    return {**call.record.model_dump(mode="json"), "messages": call.messages, "content": call.reply}


def jsonl_lines(calls: Iterable[Call]) -> Iterator[str]:
    """A JSON object per call and line, in ASCII."""
    return (json.dumps(fields_of(call), ensure_ascii=True) + "\n" for call in calls)


def write_file(file: Path, lines: Iterable[str], *, force: bool = False) -> None:
    """Write a private file, whole or not at all. Raises LedgerError, also where the file exists, unless forced."""
    if file.exists() and not force:
        raise LedgerError(f"{file} exists already. Name another file, or use --force to replace it.")
    aside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        _put_in_place(aside, file, force)
    except OSError as error:
        raise LedgerError(f"{file} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _put_in_place(aside: Path, file: Path, force: bool) -> None:
    place: Callable[[Path, Path], None] = os.replace if force else os.link  # a link never replaces
    place(aside, file)
