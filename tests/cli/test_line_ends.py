"""Line ends of a reply that come in two pieces."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Callable, Sequence

import pytest
from gateway.raw_server import OK, RawServer, chunk, final

PIECES = ("one\r", "\ntwo\r\n", "three\r", "four\r")


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_a_line_end_in_two_deltas_is_one_line_end(
    terminal: bool, command: Sequence[str], environ: dict[str, str], serve: Callable[..., RawServer]
) -> None:
    """Shown, the lone carriage returns are visible and no others; piped, every byte is as it came."""
    server = serve([OK, *(chunk(piece, number) for number, piece in enumerate(PIECES, 1)), final(4)])
    leader, follower = pty.openpty()
    arguments = [*command, "ask", "--base-url", server.url, "hello"]
    with subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=follower if terminal else subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**environ, "GENESYSCLOUD_ACCESS_TOKEN": "a-token"},
    ) as process:
        os.close(follower)
        told = b"" if terminal else process.communicate(timeout=60)[0]
        while terminal:
            try:
                told += os.read(leader, 65536)
            except OSError:
                break
    os.close(leader)
    assert process.returncode == 0
    if terminal:  # which makes CR LF of an LF
        assert told.decode().replace("\r\n", "\n") == "one\ntwo\nthree␍four␍\n"
    else:
        assert told.decode() == "".join(PIECES) + "\n"
