"""Drafts on disk: what is written and not sent, for the time after a crash.

Each running app has a folder of its own, ``drafts/<id>``, and holds a lock in it: ``draft.txt`` is the text as the
editor shows it, ``profile`` the name of the profile that it was written for, and beside them lies a file for each
pasted block, whose first line is the block's label. An app that starts takes over the newest folder of its profile
whose owner is gone, draft and all.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = "lock"
_TEXT = "draft.txt"
_PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and the blocks whose labels stand in it."""

    text: str = ""
    blocks: Mapping[str, str] = field(default_factory=dict)

    def after(self, earlier: Draft) -> Draft:
        """This one, with an earlier one before it."""
        text = "\n\n".join(text for text in (earlier.text, self.text) if text.strip())
        return Draft(text, {**earlier.blocks, **self.blocks})


class Drafts:
    """One app's draft, for one profile. To be used by one thread at a time; everything may raise OSError."""

    def __init__(self, root: Path, profile: str = "") -> None:
        self._root = root
        self.profile = profile
        """What it is for from the next ``keep`` on."""
        self._noted: str | None = None  # the profile that the folder names
        self._folder = root / uuid.uuid4().hex
        self._lock: BaseFileLock | None = None
        self._kept: dict[str, Path] = {}  # by label

    def adopt(self) -> tuple[Draft, int]:
        """Take over the profile's newest draft whose app is gone, if there is one; and how many others it has."""
        left = [folder for folder in self._left() if _profile_of(folder) in (None, self.profile)]
        for place, folder in enumerate(left):
            if lock := _locked(folder):
                # Another app may have come first, taken it over and sent it.
                if (folder / _TEXT).exists():
                    self._folder, self._lock = folder, lock
                    self._noted = _profile_of(folder)
                    return self._read(), len(left) - place - 1
                lock.release()
        return Draft(), 0

    def elsewhere(self) -> list[str]:
        """The other profiles for which drafts wait."""
        return sorted({name for folder in self._left() if (name := _profile_of(folder)) not in (None, self.profile)})

    def keep(self, draft: Draft) -> None:
        """Write it down, whole or not at all; an empty one leaves nothing behind."""
        if not draft.text.strip():
            self._forget()
            return
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(self._folder)
        if self._noted != (profile := self.profile):
            _write(self._folder / _PROFILE, profile)
            self._noted = profile
        for label in draft.blocks.keys() - self._kept.keys():
            file = self._folder / f"{uuid.uuid4().hex}.block"
            _write(file, f"{label}\n{draft.blocks[label]}")
            self._kept[label] = file
        _write(self._folder / _TEXT, draft.text)
        for label in self._kept.keys() - draft.blocks.keys():
            self._kept.pop(label).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of it; the next app finds what is left."""
        if self._lock is None:
            return
        if not (self._folder / _TEXT).exists():
            shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()
        self._lock = None

    def _left(self) -> list[Path]:
        """Folders with a draft of an app that is gone, the newest first."""
        dated = []
        for file in self._root.glob(f"*/{_TEXT}"):
            if lock := _locked(file.parent):
                lock.release()
                dated.append((file.stat().st_mtime, file.parent))
        return [folder for _, folder in sorted(dated, reverse=True)]

    def _read(self) -> Draft:
        blocks = {}
        for file in self._folder.glob("*.block"):
            label, _, block = _text_of(file).partition("\n")
            blocks[label] = block
            self._kept[label] = file
        return Draft(_text_of(self._folder / _TEXT), blocks)

    def _forget(self) -> None:
        (self._folder / _TEXT).unlink(missing_ok=True)
        for file in self._kept.values():
            file.unlink(missing_ok=True)
        self._kept.clear()


def _locked(folder: Path) -> BaseFileLock | None:
    """The folder's lock, held; None where another app holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def _write(file: Path, text: str) -> None:
    aside = file.with_name(f"{file.name}.new")
    with open(os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as stream:  # noqa: PTH123
        stream.write(text.encode("utf-8", "surrogatepass"))
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(file)


def _profile_of(folder: Path) -> str | None:
    """The profile of its draft; None where that was not written down: such a draft is anybody's."""
    try:
        return _text_of(folder / _PROFILE)
    except FileNotFoundError:
        return None


def _text_of(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")
