"""The pieces of which proofs are made, against the documents that define them."""

from __future__ import annotations

import base64
import hmac
import json
import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.audit.canonical import canonical, in_ascii
from genesys_tui.audit.chain import leaf_of
from genesys_tui.audit.merkle import Tree, levels_of, root_of, subtrees_of
from genesys_tui.audit.notes import Note, notes_in, parse_note, public_key, signed
from genesys_tui.audit.texts import prove

# From the reference implementation of certificate transparency.
LEAVES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes(range(0x60, 0x70))
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_tree_is_that_of_rfc_6962() -> None:
    tree = Tree()
    assert tree.root == sha256(b"").digest()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.add(leaf_of(leaf))
        assert tree.root.hex() == root


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_tree_can_be_gone_on_with_anywhere(first: int, more: int) -> None:
    leaves = [bytes([number % 256]) * 32 for number in range(first + more)]
    whole = Tree()
    for leaf in leaves:
        whole.add(leaf)
    begun = Tree()
    for leaf in leaves[:first]:
        begun.add(leaf)
    again = Tree(begun.size, begun.subtrees)
    for leaf in leaves[first:]:
        again.add(leaf)
    assert again.root == whole.root
    assert list(subtrees_of(levels_of(leaves), len(leaves))) == whole.subtrees
    assert root_of(subtrees_of(levels_of(leaves), first)) == begun.root


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
)


@given(JSON)
def test_canonical_json_is_json_and_the_only_way_to_say_it(value: object) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text
    assert json.loads(in_ascii(text)) == value
    assert in_ascii(text).isascii()
    text.encode()


def test_canonical_json_is_that_of_rfc_8785() -> None:
    value = {"numbers": [333333333, 4, 2, 0], "string": '€$\x0f\nA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical(value) == (
        '{"literals":[null,true,false],"numbers":[333333333,4,2,0],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@pytest.mark.parametrize("value", [1.0, [1.5], {"a": {"b": (2.5,)}}, float("nan")])
def test_canonical_json_has_no_floats(value: object) -> None:
    with pytest.raises(TypeError, match="is a float"):
        canonical(value)


NOTE = Note(bytes(range(16)), 12345, b"r" * 32, b"h" * 32, 1_700_000_000_000_000)


def test_a_note_is_signed_as_c2sp_has_it() -> None:
    seed = b"s" * 32
    note = signed(NOTE, seed)
    body, _, signatures = note.text.partition("\n\n")
    origin, size, root, *_ = body.split("\n")
    assert (origin, size) == ("genesys-tui/ledger/000102030405060708090a0b0c0d0e0f", "12345")
    assert base64.b64decode(root) == b"r" * 32
    dash, name, both = signatures.removesuffix("\n").split(" ")
    key = public_key(seed)
    assert (dash, name) == ("—", "genesys-tui/ledger")
    signature = base64.b64decode(both)
    assert signature[:4] == sha256(b"genesys-tui/ledger\n\x01" + key.public).digest()[:4]
    assert key.verifies(signature[4:], f"{body}\n".encode())
    assert parse_note(note.text) == note
    assert note.signed_by(key) is True
    assert note.signed_by(public_key(b"t" * 32)) is None


def test_a_note_that_was_changed_is_not_signed() -> None:
    note = signed(NOTE, b"s" * 32)
    for old, new in (("12345", "12346"), ("head 68", "head 69"), ("at 17", "at 18")):
        assert parse_note(note.text.replace(old, new)).signed_by(public_key(b"s" * 32)) is False


@given(st.text())
def test_no_text_breaks_the_reader_of_notes(text: str) -> None:
    assert list(notes_in(text)) == []
    mixed = text + "\n" + signed(NOTE, b"s" * 32).text + text
    assert [note.size for note in notes_in(mixed)] == [12345]


def test_notes_are_found_in_any_order() -> None:
    sizes = random.Random(1).sample(range(1, 1000), 20)
    text = "\n".join(Note(NOTE.ledger, size, NOTE.root, NOTE.head, 1).text for size in sizes)
    assert [note.size for note in notes_in(text)] == sizes


@given(st.binary(max_size=80), st.binary(max_size=200))
def test_a_text_is_proved_by_the_hmac_of_rfc_2104(salt: bytes, body: bytes) -> None:
    whole = (salt * 32 + b"0" * 32)[:32]
    assert prove(whole, body) == hmac.digest(whole, body, "sha256").hex()
    assert len(salt) == 32 or prove(salt, body) == "", "HMAC takes a salt with zeros behind it for the same one"
