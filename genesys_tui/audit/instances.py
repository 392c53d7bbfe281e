"""Instances: which processes that share a ledger are alive. Told by file locks, which die with their process.

A lock's file has the name of its instance only while it is locked: it is made under another one, and gets this one when
the lock is held. So whoever can lock a file of that name knows that its process is dead, and takes it away.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

if sys.platform != "win32":
    import fcntl

_MADE_LONG_AGO = 24 * 60 * 60.0
"""Seconds after which a file that never got its name is of a process that died meanwhile."""

_NAME = re.compile("[0-9a-f]{32}")


class Instance:
    """This process, alive until it closes or dies."""

    def __init__(self, folder: Path) -> None:
        """Take away what dead ones left, and become alive. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _clean(folder)
        self.folder = folder
        self.name = uuid.uuid4().hex
        self._file = _file(folder, self.name)
        # Windows renames no file that is open; but neither does it remove one, which is what is guarded against.
        made = self._file if os.name == "nt" else self._file.with_suffix(".new")
        self._lock = FileLock(made, thread_local=False)
        self._lock.acquire(blocking=False)
        made.replace(self._file)

    def close(self) -> None:
        """Say that this process no longer writes."""
        _remove(self._file, self._lock)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the instance of that name still runs. Cleans up behind one that does not."""
    if not _NAME.fullmatch(name):  # a ledger says it, and whoever handed that over: it leads to no other file
        return False
    file = _file(folder, name)
    if sys.platform == "win32":
        return _is_locked(file)
    try:
        # Shared, and on no file that is made for it: who looks is not taken for alive by others that look.
        with file.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            file.unlink(missing_ok=True)
        return False
    except FileNotFoundError:
        return False
    except (BlockingIOError, PermissionError):
        return file.exists()  # or it was locked by one that has just closed
    except OSError:  # a file system without such locks
        return _is_locked(file)


def _is_locked(file: Path) -> bool:
    if not file.exists():
        return False
    lock = FileLock(file, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return file.exists()
    _remove(file, lock)
    return False


def any_alive(folder: Path) -> bool:
    """Whether any instance runs."""
    return any(is_alive(folder, file.stem) for file in folder.glob("*.lock"))


def _clean(folder: Path) -> None:
    """Take away the files of the dead."""
    for file in folder.glob("*.lock"):
        with contextlib.suppress(OSError):  # somebody else's, or gone
            is_alive(folder, file.stem)
    for file in folder.glob("*.new"):
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > _MADE_LONG_AGO:
                file.unlink()


def _remove(file: Path, lock: FileLock) -> None:
    """Take a file away while it is locked, so that nobody can lock it who does not see it gone."""
    with contextlib.suppress(PermissionError):  # Windows removes it only when it is closed
        file.unlink(missing_ok=True)
    lock.release()
    with contextlib.suppress(PermissionError):
        file.unlink(missing_ok=True)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"
