"""Syntax highlighting of code that arrives in pieces, each going on in the state the one before it ended in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from genesys_tui.tui.transcript.blocks import Block
from genesys_tui.tui.transcript.inline import Run

if TYPE_CHECKING:
    from pygments.lexer import Lexer  # type: ignore[import-untyped]

Stack: TypeAlias = tuple[str, ...]

_BACK = 12
"""Pieces to look back at most for the state a piece begins in."""
_ROOT: Stack = ("root",)
_TAB = 4


def highlighted(block: Block) -> list[list[Run]]:
    """The lines of a piece of code as runs."""
    text = block.text.expandtabs(_TAB)
    lexer = _lexer(block.detail.lower())
    if lexer is None:
        return [[(line, ("code",))] for line in text.split("\n")]
    stack = _stack_before(lexer, block)
    if not block.arriving:
        return _lines_and_stack(lexer, text, stack)[0]
    if "\n" not in text:
        return _lines(lexer, text, list(stack))
    # Most of the time only the last line has grown.
    whole, last = text.rsplit("\n", 1)
    lines, stack = _lines_and_stack(lexer, whole, stack)
    return [*lines, *_lines(lexer, last, list(stack))]


def _lines(lexer: Lexer, text: str, stack: list[str]) -> list[list[Run]]:
    """The text's lines; `stack` is the lexer's state, before and after."""
    lines: list[list[Run]] = [[]]
    for kind, value in _lexed(lexer, text + "\n", stack):
        look = _look(kind)
        first, *others = value.split("\n")
        if first:
            lines[-1].append((first, look))
        lines.extend([(line, look)] if line else [] for line in others)
    return lines[:-1]


@lru_cache(32)
def _lines_and_stack(lexer: Lexer, text: str, stack: Stack) -> tuple[list[list[Run]], Stack]:
    after = list(stack)
    return _lines(lexer, text, after), tuple(after)


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

    return get_lexer_by_name(language, stripnl=False) if language.lower() in _languages() else None


@cache
def _languages() -> frozenset[str]:
    """The names that Pygments knows. Others would have it ask its plugins, at every letter of a fence's first line."""
    from pygments.lexers import get_all_lexers

    return frozenset(alias.lower() for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases)


def _stack_before(lexer: Lexer, block: Block) -> Stack:
    """The state that the piece begins in, as far as looking back tells."""
    pieces: list[Block] = []
    while block.before is not None and len(pieces) < _BACK:
        block = block.before
        pieces.append(block)
    stack = _ROOT
    for piece in reversed(pieces):
        stack = _stack_after(lexer, piece.text.expandtabs(_TAB), stack)
    return stack


@lru_cache(1024)
def _stack_after(lexer: Lexer, text: str, stack: Stack) -> Stack:
    return _lines_and_stack(lexer, text, stack)[1]  # soon asked for its lines, too, or was already


def _lexed(lexer: Any, text: str, stack: list[str]) -> Iterator[tuple[Any, str]]:
    """Kinds and values of the tokens; `stack` is the lexer's state, before and after.

    Pygments' own loop (`RegexLexer.get_tokens_unprocessed`) keeps that state to itself. Lexers of another making have
    none to carry, and begin each piece anew.
    """
    from pygments.lexer import ExtendedRegexLexer, RegexLexer
    from pygments.token import Error, Whitespace, _TokenType  # type: ignore[import-untyped]

    if not isinstance(lexer, RegexLexer) or isinstance(lexer, ExtendedRegexLexer):
        for _, kind, value in lexer.get_tokens_unprocessed(text):
            yield kind, value
        return
    states: Any = lexer._tokens
    position = 0
    while position < len(text):
        for match, action, then in states[stack[-1]]:
            if found := match(text, position):
                if type(action) is _TokenType:
                    yield action, found.group()
                elif action is not None:
                    for _, kind, value in action(lexer, found):
                        yield kind, value
                position = found.end()
                _move(stack, then)
                break
        else:
            if text[position] == "\n":
                stack[:] = _ROOT
            yield Whitespace if text[position] == "\n" else Error, text[position]
            position += 1


def _move(stack: list[str], then: Any) -> None:
    """Change the state as a rule of the lexer says."""
    if then is None:
        return
    if isinstance(then, int):
        del stack[max(1, len(stack) - abs(then)) :]
        return
    for state in (then,) if isinstance(then, str) else then:
        if state == "#push":
            stack.append(stack[-1])
        elif state != "#pop":
            stack.append(state)
        elif len(stack) > 1:
            stack.pop()


@cache
def _look(kind: Any) -> tuple[str, ...]:
    """The looks of a kind of token."""
    from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String

    looks = (
        (Comment, "comment"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (Number, "number"),
        (String, "string"),
        (Name.Function, "name"),
        (Name.Class, "name"),
        (Name.Decorator, "name"),
        (Name.Tag, "keyword"),
        (Name.Attribute, "name"),
        (Name.Builtin, "name"),
        (Generic.Deleted, "number"),
        (Generic.Inserted, "string"),
        (Generic.Heading, "keyword"),
        (Generic.Subheading, "keyword"),
    )
    for sort, look in looks:
        if kind in sort:
            return ("code", f"code-{look}")
    return ("code",)
