"""Growth: what a call costs per chunk, and how much memory it holds, however long it is."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.beside.table import table, times

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
_PIECE = 2 * 1024


def growth(quick: bool = False) -> str:
    """The table."""
    rows = []
    first: dict[str, float] = {}
    for length in LENGTHS[:3] if quick else LENGTHS:
        figures = measured(length)
        first = first or figures
        ratio = figures["cpu"] / first["cpu"]
        more = figures["peak"] - first["peak"]
        rows.append(
            (f"{length:,}", f"{figures['cpu']:.2f} µs", times(ratio), f"{figures['peak']:.1f} MB", f"{more:+.1f} MB")
        )
    heads = ("chunks in one call", "CPU time per chunk", "beside the shortest", "peak memory", "more than the shortest")
    note = (
        "To reach: flat. The bytes are made in the same process; the call keeps the reply's text, 8 bytes a chunk here."
    )
    return f"Growth, from bytes to facts\n\n{table(heads, rows)}\n\n{note}"


def measured(length: int) -> dict[str, float]:
    """Microseconds of CPU time per chunk (the median of ten stretches), and the process' peak memory in MB."""
    command = [sys.executable, __file__, str(length)]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


class Streamed:
    """A gateway whose answer is made as it is read: no memory but the call's own is in the figures."""

    def __init__(self, length: int) -> None:
        self._length = length

    def stream(self, payload: Any, scope: Any) -> Any:
        """As ``Gateway.stream``, from the bytes on."""
        from genesys_tui.gateway.dialects import DIALECTS
        from genesys_tui.gateway.facts import Answered, Requested
        from genesys_tui.gateway.reply import Reply
        from genesys_tui.gateway.sequence import Sequence

        dialect = DIALECTS["genesys"]
        yield Requested(time.perf_counter(), 1)
        yield Answered(time.perf_counter(), 200, None)
        sequence = Sequence("delta", dialect.matrix(payload))
        response: Any = _Response(_pieces(self._length))
        reply = Reply(response, dialect.reader(payload), sequence, scope, time.perf_counter)
        return (yield from reply.read(payload.limits))


class _Response:
    """As much of httpx's as a reply looks at, over bytes that are made."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.headers: dict[str, str] = {}
        self.extensions: dict[str, object] = {}
        self._pieces = pieces

    def iter_raw(self) -> Iterator[bytes]:
        return self._pieces


def _pieces(length: int) -> Iterator[bytes]:
    piece = bytearray()
    for number in range(1, length + 1):
        piece += b'data: {"chunk_id": "chunk-%07d", "content": " stream.", "tokens_generated": %d}\n\n' % (
            number,
            number,
        )
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    piece += b'data: {"chunk_id": "end", "content": "", "tokens_generated": %d, "is_complete": true}\n\n' % length
    yield bytes(piece)


def main(length: int) -> None:
    """One call, in a process of its own."""
    from genesys_tui.call import Call, Ended
    from genesys_tui.gateway.facts import Delta
    from genesys_tui.gateway.payload import build_payload

    class Nowhere:
        def start(self, record: Any, messages: Any) -> None:
            pass

        def end(self, record: Any, reply: str) -> None:
            pass

    payload = build_payload({"model": "m", "input": {"messages": [{"role": "user", "content": "Go on."}]}})
    call = Call(payload, Streamed(length), Nowhere())
    stretch, seen, costs = max(1, length // 10), 0, []
    began = time.process_time()
    for fact in call.run():
        if isinstance(fact, Delta):
            seen += 1
            if seen % stretch == 0:
                costs.append((time.process_time() - began) / stretch)
                began = time.process_time()
        elif isinstance(fact, Ended):
            assert fact.record.status == "completed", fact.record
            assert fact.record.total_chunks == length + 1, fact.record
    print(json.dumps({"cpu": statistics.median(costs) * 1e6, "peak": _peak()}))


def _peak() -> float:
    """The most memory that this process held, in MB."""
    status = Path("/proc/self/status")
    if not status.exists():  # there, what the parent held when it began this process may count, too
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
