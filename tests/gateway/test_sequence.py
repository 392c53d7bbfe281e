"""The sequence of chunks: what is odd is counted, and the text is right all the same."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.gateway.chunks import StreamChunk
from genesys_tui.gateway.facts import Anomaly, Delta
from genesys_tui.gateway.payload import ChunkMatrix
from genesys_tui.gateway.sequence import REMEMBERED_IDS, ContentMode, Sequence, validate_token_sequence


def chunk(content: str, tokens: int, chunk_id: str | None = None, *, complete: bool = False) -> StreamChunk:
    identity = f"{tokens}{content}{complete}" if chunk_id is None else chunk_id
    return StreamChunk(chunk_id=identity, content=content, tokens_generated=tokens, is_complete=complete)


def taken(
    *chunks: StreamChunk, mode: ContentMode = "delta", matrix: ChunkMatrix | None = None
) -> tuple[str, list[str]]:
    """The text that comes of it, and the kinds of anomalies."""
    sequence = Sequence(mode, matrix)
    text, kinds = "", []
    for number, each in enumerate(chunks):
        for fact in sequence.take(each, float(number)):
            assert fact.at == number
            if isinstance(fact, Anomaly):
                assert fact.chunk_id == each.chunk_id
                kinds.append(fact.kind)
            else:
                text = fact.content if fact.replaces else text + fact.content
    return text, kinds


MATRIX = ChunkMatrix(min_tokens_per_chunk=2, max_tokens_per_chunk=4)


@pytest.mark.parametrize(
    ("kind", "chunks", "text"),
    [
        ("tokens_fell", [chunk("a", 5), chunk("b", 3)], "ab"),
        ("duplicate_chunk", [chunk("a", 1, "x"), chunk("b", 2, "x")], "a"),
        ("after_final", [chunk("a", 1, complete=True), chunk("b", 2)], "a"),
        ("second_final", [chunk("a", 1, complete=True), chunk("b", 2, complete=True)], "a"),
    ],
)
def test_each_anomaly_is_told_once_and_costs_nothing_else(kind: str, chunks: list[StreamChunk], text: str) -> None:
    assert taken(*chunks) == (text, [kind])
    assert [anomaly.kind for anomaly in validate_token_sequence(chunks)] == [kind]


def test_a_sound_sequence_has_no_anomaly() -> None:
    sound = [chunk("a", 2), chunk("", 2), chunk("b", 6), chunk("c", 8), chunk("d", 9, complete=True)]
    assert taken(*sound, matrix=MATRIX) == ("abcd", [])
    assert validate_token_sequence(sound, MATRIX) == []


@pytest.mark.parametrize(
    ("tokens", "words"), [(5, "5 tokens in one chunk, more than max"), (1, "1 tokens in one chunk, fewer than min")]
)
def test_chunks_outside_the_matrix_are_told(tokens: int, words: str) -> None:
    (anomaly,) = validate_token_sequence([chunk("a", tokens)], MATRIX)
    assert anomaly.kind == "outside_chunk_matrix"
    assert words in anomaly.detail


def test_the_last_chunk_may_be_smaller_than_the_matrix_says() -> None:
    assert validate_token_sequence([chunk("a", 2), chunk("b", 3, complete=True)], MATRIX) == []
    (anomaly,) = validate_token_sequence([chunk("a", 9, complete=True)], MATRIX)
    assert anomaly.kind == "outside_chunk_matrix", "but not larger"


def test_chunks_without_an_id_are_no_duplicates() -> None:
    assert taken(chunk("a", 1, ""), chunk("b", 2, "")) == ("ab", [])


def test_a_duplicate_does_not_move_the_count() -> None:
    assert taken(chunk("a", 5, "x"), chunk("b", 1, "x"), chunk("c", 6))[1] == ["duplicate_chunk"]


def test_ids_are_remembered_within_bounds() -> None:
    sequence = Sequence()

    def kinds(number: int) -> list[str]:
        facts = sequence.take(chunk("", 0, f"{number:050}"), 0)
        return [fact.kind for fact in facts if isinstance(fact, Anomaly)]

    for number in range(REMEMBERED_IDS):
        kinds(number)
    assert kinds(0) == ["duplicate_chunk"]
    tracemalloc.start()
    for number in range(REMEMBERED_IDS, 20 * REMEMBERED_IDS):
        assert kinds(number) == []
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < 3 * REMEMBERED_IDS * 150
    assert kinds(0) == [], "too long ago"


@given(st.lists(st.text(max_size=6), max_size=20))
def test_cumulative_content_gives_the_text_that_deltas_give(pieces: list[str]) -> None:
    deltas = [chunk(piece, n, str(n)) for n, piece in enumerate(pieces)]
    whole = [chunk("".join(pieces[: n + 1]), n, str(n)) for n in range(len(pieces))]
    text, kinds = taken(*whole, mode="cumulative")
    assert text == taken(*deltas)[0] == "".join(pieces)
    assert kinds == []


def test_cumulative_content_that_is_no_extension_replaces() -> None:
    text, kinds = taken(chunk("One, two", 1), chunk("Won", 2), chunk("Won, too", 3), mode="cumulative")
    assert (text, kinds) == ("Won, too", ["not_an_extension"])


def test_a_final_chunk_without_content_replaces_nothing() -> None:
    assert taken(chunk("One", 1), chunk("", 1, complete=True), mode="cumulative") == ("One", [])


def repeating(*words: str) -> list[StreamChunk]:
    return [chunk("".join(words[: n + 1]), n) for n in range(len(words))]


def test_content_that_looks_cumulative_is_hinted_at_once() -> None:
    chunks = repeating("A long beginning, ", "more, ", "more, ", "more, ", "more", "!", "!")
    text, kinds = taken(*chunks)
    assert kinds == ["looks_cumulative"]
    assert text == "".join(each.content for each in chunks), "and nothing is guessed"
    (hint,) = validate_token_sequence(chunks)
    assert 'content_mode = "cumulative"' in hint.detail
    assert hint.chunk_id == chunks[3].chunk_id, "the third in a row that repeats all before it"


@pytest.mark.parametrize(
    "contents",
    [
        ["ha", "ha", "ha", "ha", "ha"],
        ["A long beginning", "A long beginning, more", "something else", "A long beginning, more and more", "x"],
        ["word "] * 50,
        [""] * 50,
    ],
)
def test_a_text_that_repeats_itself_is_no_reason_for_a_hint(contents: list[str]) -> None:
    assert taken(*[chunk(content, n, str(n)) for n, content in enumerate(contents)])[1] == []


def test_every_delta_carries_its_chunk() -> None:
    (delta,) = Sequence().take(chunk("a", 7, "id"), 1.5)
    assert delta == Delta(1.5, "a", 7, "id")
