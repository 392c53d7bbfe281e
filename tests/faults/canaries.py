"""Canaries: secrets that can be told from everything else, in every form in which they could get out."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

CLIENT_ID = "11111111-2222-3333-4444-555555555555"
CLIENT_SECRET = "Canary+client/secret=4711"
ACCESS_TOKEN = "Canary+access/token=4712"
API_KEY = "sk-Canary+api/key=4713"
PROXY_PASSWORD = "Canary+proxy.word~4714"
KEY_PASSWORD = "Canary+key/word=4715"
EVERY = (CLIENT_SECRET, ACCESS_TOKEN, API_KEY, PROXY_PASSWORD, KEY_PASSWORD)


def forms(secret: str) -> Iterator[bytes]:
    """Plain, for a URL, and in base64 wherever in the encoded text it begins."""
    plain = secret.encode()
    yield plain
    yield quote(secret, safe="").encode()
    yield plain.hex().encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        # What shares a group of four characters with its neighbours looks different beside others.
        inner = coded[4 if before else 0 : len(coded) - 4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def found_in(data: bytes) -> list[str]:
    """The canaries that are in there."""
    return [secret for secret in EVERY if any(form in data for form in forms(secret))]


def found_below(folder: Path) -> list[str]:
    """The files that hold any, archives opened."""
    found = []
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                data += b"".join(archive.read(name) for name in archive.namelist())
        found += [f"{file.name}: {secret}" for secret in found_in(data)]
    return found


def found_in_children(pid: int) -> list[str]:
    """Those on the command line or in the environment of its children, and on its own command line."""
    found = found_in(_read(Path(f"/proc/{pid}/cmdline")))
    for process in Path("/proc").glob("[0-9]*"):
        if f"\nPPid:\t{pid}\n".encode() in _read(process / "status"):
            found += found_in(_read(process / "cmdline") + _read(process / "environ"))
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""
