"""How each construct looks, in characters and cells."""

from __future__ import annotations

from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from tui.transcript.documents import DOCUMENTS, LONG_LINE, MIXED, documents
from tui.transcript.drawing import lines_of, looks_of, strips_of
from tui.transcript.oracle import blocks_of

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.draw import warm_up
from genesys_tui.tui.transcript.fences import highlighted


def test_a_mixed_document_reads_well() -> None:
    assert lines_of(MIXED, 66) == [
        "Routing queues in Genesys",
        "━━━━━━━━━━━━━━━━━━━━━━━━━",
        "",
        "A paragraph with bold, italic, code, gone and a link",
        "(https://example.com/x). See https://developer.genesys.cloud and",
        "<b>HTML</b> & entities.",
        "",
        "Setext",
        "──────",
        "",
        "• one",
        "• two",
        "  ◦ nested x",
        "    1. deep",
        "    2. deeper",
        "",
        "       paragraph in deeper",
        "• three",
        "",
        "☐ to do",
        "☑ done",
        "",
        "3. three",
        "4. four",
        "",
        "│ quote line lazy",
        "│ │ nested quote",
        "│",
        "│ • list in quote",
        "│    python",
        "│    def f(x):",
        '│        return "a" + x',
        "",
        "Name                                                │ 日本語 │ Qty",
        "────────────────────────────────────────────────────┼────────┼────",
        "a x                                                 │  漢字  │   1",
        "long cell with bold and more text that will         │   👩‍👩‍👧   │  22",
        "probably wrap at eighty columns wide                │        │",
        "",
        " json",
        ' {"a": [1, 2, null], "b": "c"}',
        "",
        " indented",
        " code",
        "",
        "─" * 66,
        "",
        "<think> hm </think>",
    ]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("width", [2, 5, 24, 80, 200])
def test_every_line_is_exactly_as_wide_as_the_page(name: str, width: int) -> None:
    strips_of(blocks_of(DOCUMENTS[name]), width)


@given(documents, st.integers(2, 100))
def test_no_source_breaks_the_page(source: str, width: int) -> None:
    strips_of(blocks_of(source), width)


@given(st.text("ab 漢字é👩‍👧🏽‍🦰e\u0301العربيةहिन्दी", max_size=80), st.integers(8, 40))
def test_wrapping_loses_no_character(text: str, width: int) -> None:
    shown = "".join(lines_of(f"x{text}", width))
    assert shown.replace(" ", "") == f"x{text}".replace(" ", "")


def test_table_columns_line_up_in_cells() -> None:
    source = "| a | b | c |\n|---|:-:|--:|\n" + "".join(
        f"| {cell} | {cell} | {n} |\n"
        for n, cell in enumerate(("x", "漢字仮名", "👩‍👩‍👧", "e\u0301", "שלום", "🇩🇪 ok", "نص"))
    )
    _, _, *rows = lines_of(source)
    assert len({tuple(cell_len(cell) for cell in row.split("│")[:2]) for row in rows}) == 1


def test_pieces_of_a_long_table_share_their_columns() -> None:
    lines = lines_of(DOCUMENTS["table"], 100)
    assert len({line.index("│") for line in lines if "│" in line}) == 1


def test_a_table_without_room_shows_its_rows_as_text() -> None:
    lines = lines_of("|" + "a|" * 20 + "\n|" + "-|" * 20 + "\n|" + "b|" * 20, 30)
    assert "b|b" in "".join(lines)


def test_rows_with_too_few_or_too_many_cells_stay_in_the_table() -> None:
    lines = lines_of("a|b\n-|-\n1\n1|2|3")
    assert lines == ["a   │ b", "────┼────", "1   │", "1   │ 2"]


def test_lists_keep_the_blank_lines_of_their_source() -> None:
    assert lines_of("- a\n- b\n\n- c") == ["• a", "• b", "", "• c"]


def test_an_empty_item_shows_its_bullet() -> None:
    assert lines_of("1. a\n2.\n3. c") == ["1. a", "2.", "3. c"]


def test_deep_nesting_leaves_room_for_the_text() -> None:
    assert any("the deepest words" in line for line in lines_of("> " * 40 + "the deepest words", 40))


def test_code_is_never_cut_off() -> None:
    shown = "".join(line[1:] for line in lines_of(LONG_LINE, 40)[1:])
    assert '"key299": [299, null, "värde 値"]' in shown


def test_tabs_in_code_take_their_columns() -> None:
    assert lines_of("```\n\ta\tb\n```") == ["     a   b"]


def test_links_say_where_they_lead() -> None:
    assert lines_of("[docs](https://example.com/a) <https://b.example> ![plan](c.png)") == [
        "docs (https://example.com/a) https://b.example [image: plan]",
        "(c.png)",
    ]


def test_html_is_shown() -> None:
    assert lines_of('<div class="x">a<br>b</div>') == ['<div class="x">a<br>b</div>']


def test_looks_of_inline_markup() -> None:
    looks = looks_of("**strong** *soft* `code` ~~gone~~ [go](x) # no heading")
    assert looks["strong"] == "strong"
    assert looks["soft"] == "emphasis"
    assert looks["code"] == "inline-code"
    assert looks["gone"] == "struck"
    assert looks["go"] == "link"


def test_highlighting_goes_on_across_the_pieces_of_a_fence() -> None:
    """A string that spans the cut is a string on both sides."""
    body = "".join(f"line {n} of the text\n" for n in range(50))
    blocks = blocks_of(f'```python\ntext = """\n{body}"""\nreturn 1\n```')
    assert len(blocks) > 1
    looks = {
        segment.text: segment.style.meta["look"]
        for strip in strips_of(blocks)
        for segment in strip
        if segment.style and "look" in segment.style.meta
    }
    assert {looks[f"line {n} of the text"] for n in range(50)} == {"code-string"}
    assert looks["return"] == "code-keyword"


@pytest.mark.parametrize(
    "language", ["python", "json", "yaml", "c", "php", "console", "nonsense", "", "PYTHON", "jinja"]
)
def test_highlighting_changes_no_character(language: str) -> None:
    code = "\n".join(f'if (x[{n}] == "a\'b") {{ /* é 漢 */ return {n}; }} # %s \\ <?php' for n in range(60))
    shown = [line[1:] for line in lines_of(f"```{language}\n{code}\n```", 100)]
    assert "\n".join(shown[1:] if language else shown) == code


def test_numbers_and_bullets_show_nesting_without_colour() -> None:
    assert lines_of("- a\n  - b\n    - c\n      - d") == ["• a", "  ◦ b", "    ▪ c", "      • d"]


def test_scripts_without_spaces_break_anywhere_but_before_a_full_stop() -> None:
    assert lines_of("漢字漢字漢字。漢字", 13) == ["漢字漢字漢", "字。漢字"]


def test_a_language_that_is_still_arriving_is_searched_for_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among plugins that takes longer than a frame."""
    warm_up()

    def searched(_: str) -> NoReturn:
        raise AssertionError("the plugins were searched")

    monkeypatch.setattr("pygments.plugin.iter_entry_points", searched)
    for name in ("p", "pyth", "no-such-language"):
        assert highlighted(Block("code", "return 1", detail=name)) == [[("return 1", ("code",))]]
    assert ("return", ("code", "code-keyword")) in highlighted(Block("code", "return 1", detail="Python"))[0]
