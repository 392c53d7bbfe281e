"""The Merkle tree of RFC 6962, grown leaf by leaf. It keeps one hash for each full subtree, and no leaf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return sha256(b"\1" + left + right).digest()


def root_of(subtrees: Sequence[bytes]) -> bytes:
    """The root over full subtrees, the largest first."""
    if not subtrees:
        return sha256(b"").digest()
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node(left, root)
    return root


def levels_of(leaves: list[bytes]) -> list[list[bytes]]:
    """The nodes of every full subtree, level by level, beginning with the leaves: quicker than one leaf at a time."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        nodes = levels[-1]
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        levels.append([sha256(b"\1" + left + right).digest() for left, right in pairs])
    return levels


def subtrees_of(levels: list[list[bytes]], size: int) -> tuple[bytes, ...]:
    """The full subtrees, the largest first, of the first ``size`` leaves."""
    return tuple(
        levels[height][(size >> height) - 1] for height in range(size.bit_length() - 1, -1, -1) if size >> height & 1
    )


class Tree:
    """A tree that grows at its right side."""

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        """Go on with a tree whose full subtrees are known. Raises ValueError where they do not fit its size."""
        self.size = size
        self.subtrees = list(subtrees)
        if len(self.subtrees) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees")

    def add(self, leaf: bytes) -> None:
        """Grow by a leaf hash."""
        subtrees = self.subtrees
        subtrees.append(leaf)
        self.size = size = self.size + 1
        while not size & 1:
            right = subtrees.pop()
            subtrees[-1] = sha256(b"\1" + subtrees[-1] + right).digest()
            size >>= 1

    @property
    def root(self) -> bytes:
        """The root hash."""
        return root_of(self.subtrees)
