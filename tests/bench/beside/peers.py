"""The peers: each installed by its name on PyPI into an environment of its own, outside of the tree and of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

OTHERS = ("python3.13", "python3.12", "python3.11")
"""Where a peer does not install on this Python, it may on an older one."""

PATIENCE = 1200
"""Seconds for one installation."""


@dataclass(frozen=True)
class Peer:
    """An environment with what was asked for."""

    folder: Path
    versions: dict[str, str]
    """By package, of those asked for; and of Python."""

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    def program(self, name: str) -> str:
        """One of its programs."""
        return str(self.folder / "bin" / name)


def cache() -> Path:
    """Where peers are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "genesys-tui-bench"


def peer(name: str, *packages: str, others: bool = False) -> Peer | str:
    """The environment with these packages, made unless it is there already; or, in words, why it cannot be.

    What could not be installed is not tried again as long as its folder is there.

    ``others``: whether it may run on another Python than this one.
    """
    why = ""
    for python in (sys.executable, *(OTHERS if others else ())):
        found = shutil.which(python)
        try:
            version = _ask(found or python, "import sys; print('{}.{}'.format(*sys.version_info))")
        except (OSError, subprocess.CalledProcessError):  # a placeholder for a Python that is not there
            continue
        found = found or python
        folder = cache() / f"{name}-{version}"
        why = _installed(folder, found, packages) or ""
        if not why:
            return Peer(folder, _versions(folder, packages))
    return f"{' '.join(packages)} could not be installed: {why}"


def _installed(folder: Path, python: str, packages: tuple[str, ...]) -> str | None:
    """Install what is not there yet; what pip complains of."""
    done, refused = folder / "installed", folder / "refused"
    if done.exists() and done.read_text().split() == list(packages):
        return None
    if refused.exists():
        return refused.read_text()
    print(f"installing {' '.join(packages)} into {folder} …", file=sys.stderr, flush=True)
    subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
    # Wheels only: what has to be compiled fails late, or hangs looking for a compiler's own packages.
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", *packages]
    try:
        result = subprocess.run(
            [str(folder / "bin" / "python"), *install], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        why = "" if not result.returncode else _complaint(result.stderr)
    except subprocess.TimeoutExpired:
        why = f"pip took more than {PATIENCE} s"
    (refused if why else done).write_text(why or " ".join(packages))
    return why or None


def _complaint(said: str) -> str:
    complaints = [line for line in said.splitlines() if line.startswith("ERROR")]
    return (complaints or ["ERROR: pip failed"])[0].removeprefix("ERROR: ")


def _versions(folder: Path, packages: tuple[str, ...]) -> dict[str, str]:
    script = (
        "import sys\nfrom importlib.metadata import version\nfor name in sys.argv[1:]: print(name, version(name))\n"
    )
    script += "print('Python', sys.version.split()[0])"
    said = _ask(str(folder / "bin" / "python"), script, *(package.partition(">")[0] for package in packages))
    return dict(line.split() for line in said.splitlines())


def _ask(python: str, script: str, *arguments: str) -> str:
    done = subprocess.run([python, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()
