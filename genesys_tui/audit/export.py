"""Exports: the audit history as data, for other programs to read."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from genesys_tui.audit.damage import UNREADABLE
from genesys_tui.audit.filters import EVERYTHING, Filter
from genesys_tui.audit.history import WHOLE, History, Span
from genesys_tui.audit.processes import MANY, PROCESSORS, Places, places, spread
from genesys_tui.audit.reading import Call, damaged
from genesys_tui.audit.rows import Interrupted
from genesys_tui.errors import LedgerError


def fields_of(call: Call) -> dict[str, Any]:
    """All that the ledger holds of a call: the record, the messages that were sent, and the reply as ``content``."""
    return {**call.record.model_dump(mode="json"), "messages": call.messages, "content": call.reply}


def jsonl_lines(calls: Iterable[Call]) -> Iterator[str]:
    """A JSON object per call and line, in ASCII."""
    return (json.dumps(fields_of(call), ensure_ascii=True) + "\n" for call in calls)


Form = Callable[[History, Filter, Span], Iterator[str]]
"""Makes lines of the calls that began in a span."""

Tell = Callable[[int, int], None]
"""Hears how many events of how many are behind."""

_SPAN = 2**11
"""Events of a piece: few enough that its memory is used again for the next one."""
_LONGEST_NAME = 50
"""Characters of a file's name in that of the one that is written aside, which may not be too long."""
_Task = tuple[Path, Form, Filter, Span, int]
"""The last is up to which event the ledger is exported."""


class Part(NamedTuple):
    """What an export says of some events."""

    lines: str
    """The lines, joined."""

    calls: int
    """How many calls these are."""


def exported(path: Path, form: Form, wanted: Filter = EVERYTHING, *, tell: Tell = lambda _, __: None) -> Iterator[Part]:
    """The calls in a form, many at once. ``form`` is a function of a module. Raises LedgerError."""
    tasks, last = _tasks(path, form, wanted)
    made = map(_part, tasks) if last < MANY or PROCESSORS < 2 else spread(_part, tasks)
    for task, part in zip(tasks, made, strict=True):
        yield part
        tell(task[3][1], last)


def how_many(calls: int) -> str:
    """So many calls, in words."""
    return "no call" if not calls else "1 call" if calls == 1 else f"{calls:,} calls"


def _tasks(path: Path, form: Form, wanted: Filter) -> tuple[list[_Task], int]:
    """The ledger as it is at this moment, in pieces, and its last event.

    A piece is a short read, since a long one would keep others from writing. Of everything, what ended since is left
    out: the events in between are not there either.
    """
    with History(path) as history:
        last = history.last()
    spans = [(first, min(first + _SPAN - 1, last)) for first in range(1, max(last, 1) + 1, _SPAN)]
    until = last if wanted == EVERYTHING else WHOLE[1]
    return [(path, form, wanted, span, until) for span in spans], last


def _part(task: _Task) -> Part:
    path, form, wanted, span, until = task
    with History(path, until) as history:
        try:
            return Part("".join(form(history, wanted, span)), history.given)
        except UNREADABLE:
            raise damaged() from None


def export_file(
    path: Path,
    file: Path,
    form: Form,
    wanted: Filter = EVERYTHING,
    *,
    force: bool = False,
    tell: Tell = lambda _, __: None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Write the calls of a ledger to a private file, whole or not at all; the quickest way for many.

    Returns how many they are. Raises LedgerError, also where the file exists, unless forced; and Interrupted as soon as
    ``go_on``, which is asked every few thousand events, says no.
    """
    if _is_of(path, file):
        raise LedgerError(f"{file} is the audit file itself, or belongs to it. Name another file.")
    with written_aside(file, force=force) as stream:
        tasks, last = _tasks(path, form, wanted)
        calls = 0
        with contextlib.closing(_written(tasks, stream)) as written:
            for span, count in written:
                if not go_on():
                    raise Interrupted("The export was stopped; nothing was written.")
                calls += count
                tell(span[1], last)
    return calls


def _is_of(path: Path, file: Path) -> bool:
    """Whether a file is that ledger, by whatever name, or one that SQLite keeps beside it."""
    own = [path, *(path.with_name(path.name + end) for end in ("-journal", "-wal", "-shm"))]
    with contextlib.suppress(OSError):
        if file.resolve() in [each.resolve() for each in own] or file.samefile(path):
            return True
    return False


def _written(tasks: list[_Task], stream: BinaryIO) -> Generator[tuple[Span, int], None, None]:
    """Write span after span; those that are written, and how many calls each holds."""
    if tasks[-1][3][1] < MANY or PROCESSORS < 2:
        for task in tasks:
            lines, calls = _part(task)
            stream.write(lines.encode())
            yield task[3], calls
        return
    # Each process writes its own pieces: to hand them over would take a third of the time.
    pieces = [(task, number, stream.name) for number, task in enumerate(tasks)]
    yield from spread(_write_part, pieces, Places())


def _write_part(piece: tuple[_Task, int, str]) -> tuple[Span, int]:
    task, number, aside = piece
    try:
        lines, calls = _part(task)
        data = memoryview(lines.encode())
    except BaseException:  # whatever it is, and raised again: nobody waits for this piece
        places().give_up()
        raise
    place = places().take(number, len(data))
    if place >= 0:
        _write_at(Path(aside), data, place)
    return task[3], calls


def _write_at(file: Path, data: memoryview, place: int) -> None:
    with file.open("r+b", buffering=0) as stream:
        stream.seek(place)
        rest = data
        while rest:
            rest = rest[stream.write(rest) :]
        if hasattr(os, "posix_fadvise"):  # the disk can begin already
            os.posix_fadvise(stream.fileno(), place, len(data), os.POSIX_FADV_DONTNEED)


def write_file(file: Path, lines: Iterable[str], *, force: bool = False) -> None:
    """Write a private file, whole or not at all. Raises LedgerError, also where the file exists, unless forced."""
    with written_aside(file, force=force) as stream:
        stream.writelines(line.encode() for line in lines)


def _require_replaceable(file: Path, force: bool) -> None:
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise LedgerError(f"{file} cannot be written: {error.strerror or error}.") from error
    if stat.S_ISDIR(mode):
        raise LedgerError(f"{str(file)!r} is a folder. Name a file in it.")
    if not stat.S_ISREG(mode):
        raise LedgerError(f"{file} is a device or a pipe. Name a file, or write to standard output.")
    if not force:
        raise _exists(file)


@contextlib.contextmanager
def written_aside(file: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A private file that gets its name when all is written and on disk, and is gone where it is not.

    Raises LedgerError, also where the file exists, unless forced.
    """
    _require_replaceable(file, force)
    # A name of its own, since several may write to one name at once; known before the file is there, so that whatever
    # ends this takes it away; and one that tells what a killed one left behind.
    aside = file.with_name(f".{file.name[:_LONGEST_NAME]}.{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with aside.open("r+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _put_in_place(aside, file, force)
    except FileExistsError:
        raise _exists(file) from None
    except OSError as error:
        raise LedgerError(f"{file} cannot be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _exists(file: Path) -> LedgerError:
    return LedgerError(f"{file} exists already. Name another file, or use --force to replace it.")


def _put_in_place(aside: Path, file: Path, force: bool) -> None:
    if not force:
        try:
            os.link(aside, file)  # which never replaces
            return
        except FileExistsError:
            raise
        except OSError:  # a file system without links: the name is taken first, so that nobody else's is replaced
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        aside.replace(file)
    except BaseException:  # whatever it is, and raised again: a name that was only taken is given back
        if not force:
            file.unlink(missing_ok=True)
        raise
