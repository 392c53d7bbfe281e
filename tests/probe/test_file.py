"""A probe file is read, or told where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.errors import ConfigurationError
from genesys_tui.probe.file import ProbeFile, plan_with, read_file
from genesys_tui.probe.plan import DEFAULT_PROMPT, Plan

WHOLE = """\
profile = "lab"
prompts = ["What is a stall?", \"\"\"
Summarise:
- one\"\"\"]
repeat = 4
concurrency = 2
baseline = "7d"

[limits]
max_ttft_p95 = 2
max_gap = 1.5   # seconds
max_failed = 1

[parameters]
model = "gpt-4o"
max_tokens = 50
stop = ["END"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "probe.toml"


def test_a_whole_file(file: Path) -> None:
    file.write_text(WHOLE)
    found = read_file(file)
    assert (found.profile, found.total, found.concurrency, found.baseline) == ("lab", 8, 2, "7d")
    assert found.prompts[1] == "Summarise:\n- one"
    assert (found.limits.max_ttft_p95, found.limits.max_gap, found.limits.max_failed) == (2, 1.5, 1)
    assert found.parameters == {"model": "gpt-4o", "max_tokens": 50, "stop": ["END"]}


def test_an_empty_file_asks_what_no_file_asks(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf# nothing\n")
    assert read_file(file) == ProbeFile()
    assert ProbeFile().prompts == (DEFAULT_PROMPT,)


def test_options_beat_the_file(file: Path) -> None:
    file.write_text(WHOLE)
    plan = plan_with(read_file(file).plan, {"repeat": 7, "max_gap": 9.0, "min_rate_p50": 3.0, "max_tokens": 1})
    assert (plan.repeat, plan.concurrency) == (7, 2)
    assert (plan.limits.max_gap, plan.limits.min_rate_p50, plan.limits.max_ttft_p95) == (9.0, 3.0, 2)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("repeat = 3\nrepeat = 4\n", "line 2", "no TOML"),
        ("prompts = [\n", "end of document", "no TOML"),
        ("\nrepeats = 3\n", "line 2: repeats", "there are: repeat, prompts"),
        ("repeat = 0\n", "line 1: repeat", "greater than or equal to 1"),
        ("repeat = true\n", "line 1: repeat", "a whole number"),
        ("repeat = 2.5\n", "line 1: repeat", "a whole number"),
        ('repeat = "3"\n', "line 1: repeat", "a whole number"),
        ("concurrency = 65\n", "line 1: concurrency", "less than or equal to 64"),
        ("prompts = []\n", "line 1: prompts", "name at least one"),
        ('prompts = "hello"\n', "line 1: prompts", "takes a list"),
        ('prompts = ["a", 7]\n', "line 1: prompts[2]", "text in quotes"),
        ('prompts = ["a", " "]\n', "line 1: prompts[2]", "is empty"),
        ("\n[limits]\nmax_gap = nan\n", "line 3: limits.max_gap", "finite"),
        ("\n[limits]\nmax_gap = -1\n", "line 3: limits.max_gap", "greater than 0"),
        ('\n[limits]\nmax_gap = "2s"\n', "line 3: limits.max_gap", "takes a number"),
        ("limits.max_gap = false", "line 1: limits.max_gap", "takes a number"),
        ("[limits]\nmax_failed = -1", "line 2: limits.max_failed", "greater than or equal to 0"),
        ("[limits]\nmax_ttft = 1", "line 2: limits.max_ttft", "there are: max_ttft_p95"),
        ("limits = 3", "line 1: limits", "is a table"),
        ('baseline = "soon"', "line 1: baseline", "no moment"),
        ("profile = 3", "line 1: profile", "text in quotes"),
        ("parameters = 3", "line 1: parameters", "is a table"),
        ('[parameters]\nbase_url = "https://elsewhere"', "line 2: parameters.base_url", "the profile's"),
        ("[parameters]\nmodle = 3", "line 2: parameters.modle", "there is no such key; there are: model, "),
        ("[parameters]\nmax_tokens = 0", "probe.toml: parameters.max_tokens", "greater than or equal to 1"),
        ('[parameters]\nmax_tokens = "x"', "line 2: parameters.max_tokens", "integer"),
    ],
)
def test_a_bad_file_is_told_where_it_is_wrong(text: str, place: str, what: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_file(file)
    assert str(file) in caught.value.message
    assert place in caught.value.message
    assert what in caught.value.message


def test_a_prompt_that_is_no_text_is_told() -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_with(Plan(), {"prompts": ("half a character: \udcff",)})
    assert caught.value.message == "prompts[1]: holds bytes that are no text; give it as UTF-8."


def test_each_problem_has_a_sentence(file: Path) -> None:
    file.write_text("repeat = 0\nconcurrency = 0\n[limits]\nmax_gap = 0\n")
    with pytest.raises(ConfigurationError) as caught:
        read_file(file)
    assert [line.partition(": ")[0].rpartition(" ")[2] for line in caught.value.message.splitlines()] == ["1", "2", "4"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00\x01\x02", b"[" * 5000])
def test_what_is_no_text_or_no_toml_is_said_to_be_none(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="is no"):
        read_file(file)


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            read_file(path)
