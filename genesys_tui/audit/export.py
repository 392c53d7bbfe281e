"""Exports: the audit history as data, for other programs to read."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span
from genesys_tui.audit.processes import MANY, PROCESSORS, spread
from genesys_tui.audit.reading import Call
from genesys_tui.errors import LedgerError


def fields_of(call: Call) -> dict[str, Any]:
    """All that the ledger holds of a call: the record, the messages that were sent, and the reply as ``content``."""
    return {**call.record.model_dump(mode="json"), "messages": call.messages, "content": call.reply}


def jsonl_lines(calls: Iterable[Call]) -> Iterator[str]:
    """A JSON object per call and line, in ASCII."""
    return (json.dumps(fields_of(call), ensure_ascii=True) + "\n" for call in calls)


Form = Callable[[History, Filter, Span], Iterator[str]]
"""Makes lines of the calls that began in a span."""

_SPAN = 2**12


def exported(path: Path, form: Form, wanted: Filter = EVERYTHING) -> Iterator[str]:
    """The calls in a form: lines, or many lines at once. ``form`` is a function of a module. Raises LedgerError."""
    with History(path) as history:
        last = history.last()
        if last < MANY or PROCESSORS < 2:
            yield from form(history, wanted, WHOLE)
            return
    spans = [(first, min(first + _SPAN - 1, last)) for first in range(WHOLE[0], last + 1, _SPAN)]
    yield from spread(_part, [(path, form, wanted, span) for span in spans])


def _part(task: tuple[Path, Form, Filter, Span]) -> str:
    path, form, wanted, span = task
    with History(path) as history:
        return "".join(form(history, wanted, span))


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
