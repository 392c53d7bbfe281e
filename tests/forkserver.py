"""Runs the command line as a process of its own, forked from one that has imported all of it.

That spares the half second or more that its imports take. How `python -m genesys_tui` itself starts, and what it
imports, is tested with real starts.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

TESTS = str(Path(__file__).parent)
_SERVE = f"import sys; sys.path.insert(0, {TESTS!r}); import forkserver; forkserver.serve()"
_LATE = (
    *("anyio._backends._asyncio", "certifi", "concurrent.futures.process", "cryptography.x509", "csv", "httpcore"),
    *("httpx", "keyring.backends.fail", "tomlkit", "truststore", "uvicorn.lifespan.on", "uvicorn.loops.asyncio"),
    *("uvicorn.main", "uvicorn.protocols.http.h11_impl", "uvicorn.protocols.websockets.auto", "zipfile"),
)
"""What the program imports inside of functions, from elsewhere."""

_READ_AT_START = ("PYTHONHOME", "PYTHONIOENCODING", "PYTHONPATH")
_NUMBER = struct.Struct("!i")
_ordering = threading.Lock()
_LOOK = 0.05
"""Seconds between two looks."""


def run(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    stdin: str = "",
    timeout: float = 60,
    look: Callable[[int], object] = lambda _: None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it wrote. Raises TimeoutExpired.

    ``look`` is told its process id again and again while it runs, where it is forked.
    """
    others = [name for name in _READ_AT_START if environ.get(name) not in (None, os.environ.get(name))]
    if others or not hasattr(os, "fork"):
        command = [sys.executable, "-m", "genesys_tui", *arguments]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=dict(environ), timeout=timeout, check=False
        )
    (in_theirs, in_ours), (out_ours, out_theirs), (err_ours, err_theirs) = os.pipe(), os.pipe(), os.pipe()
    status = _ask(list(arguments), dict(environ), [in_theirs, out_theirs, err_theirs])
    out, err = bytearray(), bytearray()
    hands = [
        threading.Thread(target=_write, args=(in_ours, stdin.encode())),
        threading.Thread(target=_read, args=(out_ours, out)),
        threading.Thread(target=_read, args=(err_ours, err)),
    ]
    for hand in hands:
        hand.start()
    try:
        code = _wait(status, list(arguments), timeout, look)
    finally:
        for hand in hands:
            hand.join()
    return subprocess.CompletedProcess(list(arguments), code, _text(out), _text(err))


def _ask(arguments: list[str], environ: dict[str, str], streams: list[int]) -> socket.socket:
    """Have it started; the streams are closed here. Returns where its process id and its end are told."""
    status, theirs = socket.socketpair()
    order = json.dumps({"arguments": arguments, "environ": environ, "folder": str(Path.cwd())}).encode()
    with theirs, _ordering:
        handles = array.array("i", [*streams, theirs.fileno()])
        _server().sendmsg([_NUMBER.pack(len(order))], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handles)])
        _server().sendall(order)
    for stream in streams:
        os.close(stream)
    return status


@cache
def _server() -> socket.socket:
    """One for each process that tests."""
    ours, theirs = socket.socketpair()
    os.set_inheritable(theirs.fileno(), True)
    with theirs:
        command = [sys.executable, "-X", "utf8", "-c", _SERVE, str(theirs.fileno())]
        subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    return ours


def _wait(status: socket.socket, arguments: list[str], timeout: float, look: Callable[[int], object]) -> int:
    with status:
        process, deadline, late = _number(status), time.monotonic() + timeout, False
        look(process)
        while not late and not select.select([status], [], [], _LOOK)[0]:
            look(process)
            if late := time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(_number(status))
    if late:
        raise subprocess.TimeoutExpired(arguments, timeout)
    return code


def _number(told: socket.socket) -> int:
    number: int = _NUMBER.unpack(told.recv(_NUMBER.size, socket.MSG_WAITALL))[0]
    return number


def _write(stream: int, data: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(stream, "wb") as file:
        file.write(data)


def _read(stream: int, data: bytearray) -> None:
    with os.fdopen(stream, "rb") as file:
        data += file.read()


def _text(data: bytearray) -> str:
    return data.decode().replace("\r\n", "\n").replace("\r", "\n")


def serve() -> None:
    """The process that is forked, until nobody can order any more. Returns in none but it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for commands
    orders = socket.socket(fileno=int(sys.argv[1]))
    sys.path.remove(TESTS)
    _import_all()
    while head := orders.recvmsg(_NUMBER.size, socket.CMSG_SPACE(4 * array.array("i").itemsize)):
        data, handed, *_ = head
        if not data:
            return
        order = json.loads(orders.recv(_NUMBER.unpack(data)[0], socket.MSG_WAITALL))
        handles = array.array("i", handed[0][2])
        if not os.fork():
            orders.close()
            _run(order, *handles)
        for handle in handles:
            os.close(handle)


def _import_all() -> None:
    import genesys_tui

    for module in pkgutil.walk_packages(genesys_tui.__path__, "genesys_tui."):
        if not module.name.startswith(("genesys_tui.tui", "genesys_tui.auth.sdk_", "genesys_tui.__main__")):
            importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # else each fork copies all of it at its end


def _run(order: dict[str, Any], stdin: int, stdout: int, stderr: int, status: int) -> NoReturn:
    """Wait for a command, in a process between; be the command, in that one's child."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if process := os.fork():
        for handle in (stdin, stdout, stderr):
            os.close(handle)
        os.write(status, _NUMBER.pack(process))
        os.write(status, _NUMBER.pack(os.waitpid(process, 0)[1]))
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, handle in enumerate((stdin, stdout, stderr)):
        os.dup2(handle, number)
        os.close(handle)
    os.close(status)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environ"])
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    from genesys_tui.cli.main import main

    main(order["arguments"])
