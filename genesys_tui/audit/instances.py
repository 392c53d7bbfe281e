"""Instances: which processes that share a ledger are alive. Told by file locks, which die with their process."""

from __future__ import annotations

import uuid
from pathlib import Path

from filelock import FileLock, Timeout


class Instance:
    """This process, alive until it closes or dies."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.name = uuid.uuid4().hex
        self._file = _file(folder, self.name)
        self._lock = FileLock(self._file)
        self._lock.acquire(blocking=False)

    def close(self) -> None:
        """Say that this process no longer writes."""
        self._lock.release()
        self._file.unlink(missing_ok=True)


def is_alive(folder: Path, name: str) -> bool:
    """Whether the instance of that name still runs. Cleans up behind one that does not."""
    file = _file(folder, name)
    if not file.exists():
        return False
    lock = FileLock(file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    file.unlink(missing_ok=True)
    return False


def any_alive(folder: Path) -> bool:
    """Whether any instance runs."""
    return any(is_alive(folder, file.stem) for file in folder.glob("*.lock"))


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"
