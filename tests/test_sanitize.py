"""The sanitiser: nothing that could steer a terminal gets through, and nothing else is lost."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.sanitize import sanitized, sanitized_line

C0 = [code for code in range(0x20) if chr(code) not in "\t\n"]
C1 = range(0x80, 0xA0)
BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
INVISIBLE = [
    0x00AD,
    0x034F,
    0x180E,
    0x200B,
    *range(0x2060, 0x2065),
    0xFEFF,
    *range(0xE0001, 0xE0080),
    *range(0xE0100, 0xE01F0),
]
BLANK_LETTERS = [0x115F, 0x1160, 0x3164, 0xFFA0]
"""Hangul fillers: letters to Unicode, nothing to the eye."""

FORBIDDEN = frozenset(
    map(chr, [*C0, 0x7F, *C1, *BIDI, *INVISIBLE, *BLANK_LETTERS, 0x2028, 0x2029, *range(0xD800, 0xE000)])
)

TEXTS = st.text(st.characters() | st.sampled_from(sorted(FORBIDDEN)) | st.sampled_from("\r\n\t\x1b]x "))


@pytest.mark.parametrize(
    ("codes", "becomes"),
    [
        pytest.param(C0, lambda code: chr(0x2400 + code), id="C0 controls become their pictures"),
        pytest.param([0x7F], lambda code: "\u2421", id="DEL becomes its picture"),
        pytest.param(C1, lambda code: "\ufffd", id="C1 controls are replaced"),
        pytest.param(BIDI, lambda code: "\ufffd", id="bidi controls are replaced"),
        pytest.param(range(0xD800, 0xE000), lambda code: "\ufffd", id="lone surrogates are replaced"),
        pytest.param(INVISIBLE, lambda code: "", id="what is invisible is removed"),
        pytest.param(BLANK_LETTERS, lambda code: "", id="letters without a shape are removed"),
        pytest.param([0x2028, 0x2029], lambda code: "\n", id="separators become line feeds"),
        pytest.param(b"\t\n", chr, id="tabs and line feeds stay"),
        pytest.param([0x200C, 0x200D, 0xFE0F], chr, id="ZWNJ, ZWJ and VS16 stay"),
    ],
)
def test_each_code_point(codes: list[int], becomes: object) -> None:
    assert callable(becomes)
    for code in codes:
        expected = becomes(code)
        assert sanitized(chr(code)) == expected, hex(code)
        for before, after in (("a", "b"), ("漢", "🧹"), ("\n", "x"), ("\x1b", "\x1b")):
            around = sanitized(before), sanitized(after)
            assert sanitized(before + chr(code) + after) == around[0] + expected + around[1], hex(code)


@pytest.mark.parametrize(
    "text", ["Grüße", "漢字とかな", "नमस्ते", "می‌خواهم", "👩‍👩‍👧 ❤️ 🇩🇪", "e\u0301", "[/nope]", "a\tb\nc", "한국어", ""]
)
def test_every_script_stays_as_it_is(text: str) -> None:
    assert sanitized(text) == text


@given(TEXTS)
def test_nothing_forbidden_is_left(text: str) -> None:
    assert not FORBIDDEN & set(sanitized(text))
    assert not FORBIDDEN & set(sanitized_line(text))


@given(TEXTS)
def test_twice_is_once(text: str) -> None:
    assert sanitized(sanitized(text)) == sanitized(text)
    assert sanitized_line(sanitized_line(text)) == sanitized_line(text)


@given(TEXTS, TEXTS)
def test_nothing_slips_through_a_cut(left: str, right: str) -> None:
    if not (left.endswith("\r") and right.startswith("\n")):
        assert sanitized(left) + sanitized(right) == sanitized(left + right)
    assert not FORBIDDEN & set(sanitized(left) + sanitized(right))


def test_no_control_of_unicode_is_left_anywhere() -> None:
    """All of Unicode at once: of categories Cc, Cf and Cs only what is named remains."""
    everything = sanitized("".join(map(chr, range(sys.maxunicode + 1))))
    left = {character for character in everything if unicodedata.category(character) in ("Cc", "Cf", "Cs")}
    shown = {
        character for character in left if unicodedata.name(character, "").startswith(("ARABIC", "SYRIAC", "KAITHI"))
    }
    named = set("\t\n\u200c\u200d")
    # Number signs that are drawn, and format controls of notations that no terminal acts upon.
    notation = {
        character
        for character in left
        if ord(character) in (*range(0x13430, 0x13440), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B))
    }
    assert left == named | shown | notation


def test_a_line_is_one_line() -> None:
    assert sanitized_line("  a\r\nb\tc\u2028d\x0b\x1b[2J ") == "a b c d␋␛[2J"


def test_crlf_is_one_line_end() -> None:
    assert sanitized("a\r\nb\rc") == "a\nb␍c"
