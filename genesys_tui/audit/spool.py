"""The spool: where records wait that the ledger could not take. One private file for each running program."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from genesys_tui.audit.instances import is_alive
from genesys_tui.errors import LedgerError

DAMAGED = ".damaged"
"""How the file is named from which not all could be read."""


class Spool:
    """A file of JSON lines, each of them on disk before ``add`` returns."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def add(self, entry: dict[str, Any]) -> None:
        """Put an entry behind the others. Raises LedgerError."""
        line = json.dumps({**entry, "check": _check(entry)}, ensure_ascii=True) + "\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self.file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            try:
                before = os.fstat(file).st_size
                if os.write(file, line.encode()) != len(line):
                    os.ftruncate(file, before)
                    raise OSError("no space left")
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise LedgerError(
                f"Neither the audit file nor its spool {self.file} can be written: {error.strerror or error}."
                " Free some space, then try again."
            ) from error

    def __bool__(self) -> bool:
        return self.file.exists()

    def lines(self) -> Iterator[dict[str, Any] | None]:
        """What waits, in order; None for a line that cannot be read.

        A last line that is not whole was never acknowledged, and is left out. Another program may have taken in all.
        """
        with contextlib.suppress(FileNotFoundError):
            for line in self.file.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):
                    yield _parsed(line)

    def taken_in(self, damaged: int) -> str:
        """Forget it, now that it is in the ledger. With ``damaged`` lines that are not, keep it; a sentence says so."""
        if not damaged:
            self.file.unlink(missing_ok=True)
            return ""
        kept = next(file for number in count(1) if not (file := self.file.with_suffix(f".{number}{DAMAGED}")).exists())
        with contextlib.suppress(OSError):
            self.file.replace(kept)
        return (
            f"{damaged:,} record{'' if damaged == 1 else 's'} that waited for the audit file cannot be read and could"
            f" not be taken in. Keep {kept}, and look into it."
        )


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line.lstrip(b"\0"))  # which a power cut may leave
    except ValueError:
        return None
    if not isinstance(found, dict) or found.pop("check", None) not in (None, _check(found)):
        return None  # a program of before wrote none
    return found


def _check(entry: dict[str, Any]) -> str:
    """What tells a line that is damaged."""
    return sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


def left_behind(folder: Path, instances: Path) -> list[Spool]:
    """The spools of programs that run no more."""
    return [Spool(file) for file in sorted(folder.glob("*.jsonl")) if not is_alive(instances, file.stem)]
