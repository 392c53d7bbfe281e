"""Markdown documents that the tests stream, and a strategy that makes more."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

MIXED = """# Routing *queues* in Genesys

A paragraph with **bold**, *italic*, `code`, ~~gone~~ and [a link](https://example.com/x).
See https://developer.genesys.cloud and <b>HTML</b> &amp; entities.

Setext
---
- one
- two
  - nested **x**
    1. deep
    2. deeper

       paragraph in deeper
- three

- [ ] to do
- [x] done

3. three
4. four
> quote line
lazy
> > nested quote
>
> - list in quote
>   ```python
>   def f(x):
>       return "a" + x
>   ```

| Name | 日本語 | Qty |
|:-----|:---:|---:|
| a `x` | 漢字 | 1 |
| long cell with **bold** and more text that will probably wrap at eighty columns wide | 👩‍👩‍👧 | 22 |

```json
{"a": [1, 2, null], "b": "c"}
```

    indented
    code

***
<think>
hm
</think>
"""

FENCE = "```python\n" + "".join(
    f'def route_{n}(queue: str) -> int:\n    """Route to {n}.\n\n    More."""\n    return {n} + len(queue)  # {n}\n\n'
    for n in range(60)
)
LONG_LINE = "```json\n" + "{" + ", ".join(f'"key{n}": [{n}, null, "värde 値"]' for n in range(300)) + "}\n```\nafter"
PARAGRAPH = " ".join(f"Sentence {n} says **something** of `queue_{n}` and *more*." for n in range(200))
UNBROKEN = "長い文章を書く。" * 400
TABLE = "| Queue | Calls | Note |\n|---|---:|---|\n" + "".join(
    f"| queue {n} | {n * 7919} | {'wide 値 ' * (n % 7)} |\n" for n in range(120)
)
LIST = "".join(f"{n}. item {n} with **bold** text\n   - nested {n}\n" for n in range(1, 150))
QUOTE = "".join(f"> line {n} of a quote\n" for n in range(200))
NESTED = "".join("  " * (n % 30) + f"- level {n}\n" for n in range(90))
DOCUMENTS = {
    "mixed": MIXED,
    "fence": FENCE,
    "long line": LONG_LINE,
    "paragraph": PARAGRAPH,
    "unbroken": UNBROKEN,
    "table": TABLE,
    "list": LIST,
    "quote": QUOTE,
    "nested": NESTED,
    "windows": MIXED.replace("\n", "\r\n"),
    "carriage returns": "a\rb\r\r\nc\r",
    "empty": "",
    "blank lines": "\n\n\n  \n\ta\n\n",
}

_LINES = (
    *("foo", "bar *baz*", "", "", "- a", "- b", "* c", "1. one", "2. two", "3) x", "> q", ">", "> - ql"),
    *("  - nested", "    deep", "   three", "```", "```py", "~~~", "# H", "## H2 ##", "---", "===", "***"),
    *("| a | b |", "|---|:-:|", "| 1 | 2 |", "a | b", "--|--", "- ", "-", "1.", "+ x", "10. ten", "     five"),
    *("      six", "\ttab", "- [ ] t", "> ```", "  > q2", "- > qq", "- - dd", "- # h", "<div>", "</div>"),
    *("&amp;", "  ", "_ _ _", "> | a | b |", "> |--|--|", "**open", "`code", "[x](y)", "値 漢字", "👩‍👩‍👧"),
)

documents = st.lists(st.sampled_from(_LINES), max_size=12).map("\n".join)
"""Sources that mix every construct, well formed or not."""


def pieces(source: str, cuts: list[int]) -> list[str]:
    """The source, cut at these places (modulo its length)."""
    bounds = sorted({cut % (len(source) + 1) for cut in cuts} | {0, len(source)})
    return [source[start:end] for start, end in pairwise(bounds)] or [source]
